/* stage/judge.c: a line before its stage: its rows, its policy, the passes of decide, the head of its section. */
#include "stage/judge.h"

#include "base/assert.h"
#include "base/hash.h"
#include "stage/row_versions.h"
#include "stage/waiting.h"
#include "wire/dossier_codec.h"

#include <stdio.h>

/* --- rows ------------------------------------------------------------------------------------------------------- */

static enum err read_row(struct batch *b, struct store *store, const struct book_row *row, struct slice *stored)
{
    struct slice value;
    TRY(store_get(store, b->numbers[row->table], row->key, &value));
    *stored = slice_skip(value, 1);
    if (!value.size) return OK;
    if (row->table == STAGE_TABLE_WAITING) return waiting_check_version(value);   /* the loop's layout */
    return row_versions_read(b->stage, &b->codecs[row->table], b->arena, value, stored);
}

/* Decodes a row into the cache of the batch, with texts of its own: the store's live no longer than the line. */
static enum err begin_keeping(struct batch *b, struct store *store, const struct book_row *row,
                              struct cached_row **kept)
{
    const struct book_codec *codec = &b->codecs[row->table];
    struct arena *home = &b->rows->arena;
    struct slice stored;
    TRY(read_row(b, store, row, &stored));
    *kept = row_cache_add(b->rows, b->env.partition, row, codec->bytes);
    if (!stored.size) return OK;
    TRY(codec->decode(home, stored, (*kept)->record));
    b->keepers[row->table].own(home, home, (*kept)->record);
    (*kept)->found = true;
    return OK;
}

/* A row of a table with a keeper is decoded once a batch. */
static enum err fetch_kept(struct batch *b, struct store *store, struct book_row *row)
{
    struct cached_row *kept = row_cache_find(b->rows, b->env.partition, row);
    if (!kept) TRY(begin_keeping(b, store, row, &kept));
    books_supply_kept(row, kept->found ? kept->record : NULL, kept);
    return OK;
}

static enum err fetch_row(struct batch *b, struct store *store, struct book_row *row)
{
    struct slice stored;
    if (b->keepers[row->table].own) return fetch_kept(b, store, row);
    TRY(read_row(b, store, row, &stored));
    books_supply(row, stored);
    return OK;
}

static enum err fetch_missed(struct batch *b, struct store *store, struct books *books)
{
    for (unsigned i = 0; i < books->row_count; i++)
        if (!books->rows[i]->gathered) TRY(fetch_row(b, store, books->rows[i]));
    return OK;
}

/* Puts the version in front of a packed row: into the place left free for it if the row was packed right after that
 * place, else in a copy. */
static struct slice with_version(struct batch *b, char *kept, struct slice encoded)
{
    if (encoded.bytes != kept + ARENA_ALIGN) {
        kept = arena_take(b->arena, ARENA_ALIGN + encoded.size);
        memcpy(kept + ARENA_ALIGN, encoded.bytes, encoded.size);
    }
    kept[ARENA_ALIGN - 1] = (char)b->stage->row_version;
    return slice_of(kept + ARENA_ALIGN - 1, encoded.size + 1);
}

static enum err put_row(struct batch *b, struct store *store, unsigned table, struct slice key, const void *record)
{
    char *kept = arena_take(b->arena, ARENA_ALIGN);
    struct slice encoded = b->codecs[table].encode(b->arena, record);
    ASSERT(table != STAGE_TABLE_WAITING);
    if (encoded.size == 0) return store_remove(store, b->numbers[table], key);
    return store_put(store, b->numbers[table], key, with_version(b, kept, encoded));
}

/* The kept copy must encode to the same bytes as its original. */
static void check_kept(struct batch *b, const struct book_codec *codec, const struct cached_row *kept,
                       const void *record)
{
    struct slice packed = codec->encode(b->arena, kept->record);
    ASSERT(slice_equal(packed, codec->encode(b->arena, record)));
    ASSERT(kept->found == (packed.size > 0));
}

/* Where a row is kept. Nothing is flushed while a line is judged, so a place found then is still good; a row that is
 * only overwritten was never looked for. */
static struct cached_row *home_of(struct batch *b, int32_t partition, const struct book_row *row)
{
    struct cached_row *kept = row->home ? row->home : row_cache_find(b->rows, partition, row);
    return kept ? kept : row_cache_add(b->rows, partition, row, b->codecs[row->table].bytes);
}

static void keep_row(struct batch *b, int32_t partition, const struct book_row *row)
{
    const struct book_codec *codec = &b->codecs[row->table];
    struct cached_row *kept = home_of(b, partition, row);
    ASSERT(kept->hash == row->hash && kept->table == row->table && kept->partition == partition);
    row_cache_keep(b->rows, kept, &b->keepers[row->table], row->record, codec->bytes);
    if (b->checks) check_kept(b, codec, kept, row->record);
}

static enum err write_row(struct batch *b, int32_t partition, struct store *store, const struct book_row *row)
{
    ASSERT(row->table != STAGE_TABLE_WAITING && row->record);
    if (!b->keepers[row->table].own) return put_row(b, store, row->table, row->key, row->record);
    keep_row(b, partition, row);
    return OK;
}

enum err judge_flush(struct batch *b)
{
    for (const struct cached_row *kept = b->rows->first; kept; kept = kept->next_added) {
        size_t mark = arena_mark(b->arena);
        if (!kept->dirty) continue;
        TRY(put_row(b, batch_store(b, kept->partition), kept->table, kept->key, kept->record));
        arena_rewind(b->arena, mark);
    }
    row_cache_clear(b->rows);
    return OK;
}

enum err judge_record(struct batch *b, const struct turn *t, const struct verdict *v)
{
    struct store *store = batch_store(b, t->partition);
    for (unsigned i = 0; i < v->books->row_count; i++)
        if (v->books->rows[i]->dirty) TRY(write_row(b, t->partition, store, v->books->rows[i]));
    if (!b->stage->record) return OK;
    return b->stage->record(&b->env, t->dossier, v);
}

/* --- policy ----------------------------------------------------------------------------------------------------- */

/* The program whose policy counts. A claim may leave it to the agreement or pre-approval that it quotes: then it is the
 * one that classification found. */
static struct slice policy_program(const struct dossier *d, enum kind kind)
{
    const struct classification *c = d->classification;
    if (d->line->program_id.size || !kind_is_claim(kind) || !c || c->candidate_count == 0) return d->line->program_id;
    return c->candidates[0].program_id;
}

const struct policy *judge_policy(const struct catalogue *catalogue, const struct dossier *d)
{
    enum kind kind = d->line->kind == KIND_REPLACE && d->line->replaces_kind ? d->line->replaces_kind : d->line->kind;
    const struct classification *c = d->classification;
    int32_t received = c && c->received_date ? c->received_date : instant_date(d->receipt->received_at_unix_ms, 0);
    struct slice root = c && c->partner_root_id.size ? c->partner_root_id : d->receipt->partner_root_id;
    return catalogue_policy(catalogue, received, root, policy_program(d, kind), kind_incentive(kind));
}

/* --- passes ----------------------------------------------------------------------------------------------------- */

static enum err one_pass(struct batch *b, const struct turn *t, bool withdraws, void *opened, struct verdict *v,
                         struct books *books)
{
    verdict_init(v, b->arena, books, b->stage->section_bytes);
    v->review = t->review;
    v->opened = opened;
    if (withdraws) {
        if (b->stage->withdraw) b->stage->withdraw(t->dossier, t->policy, v);
        return books->broken;
    }
    b->stage->decide(t->dossier, t->facts, t->policy, v);
    return books->broken;
}

/* A line that needs too many passes or too many rows is left to a person. */
static void give_up(struct batch *b, struct verdict *v, struct books *books)
{
    books_restart(books);
    verdict_init(v, b->arena, books, b->stage->section_bytes);
    reason_argument(verdict_give(v, REASON_RULE_ERROR), SLICE("rule"), SLICE("passes"));
    verdict_close(v);
}

struct supply { struct batch *batch; struct store *store; };

static enum err bring_row(void *context, struct book_row *row)
{
    const struct supply *s = context;
    return fetch_row(s->batch, s->store, row);
}

/* Fills the facts, and brings the rows that the stage knows beforehand it will need. */
static enum err gather(struct batch *b, const struct turn *t, struct store *store, struct verdict *v,
                       struct books *books, void **opened)
{
    struct supply supply = { b, store };
    struct book_source source = { bring_row, &supply };
    if (b->stage->gather) TRY(b->stage->gather(&b->env, t->dossier, t->facts));
    if (!b->stage->open) return OK;
    verdict_init(v, b->arena, books, b->stage->section_bytes);
    v->review = t->review;
    books->source = &source;
    *opened = b->stage->open(t->dossier, t->facts, t->policy, v);
    books->source = NULL;
    return books->broken;
}

static enum err run_passes(struct batch *b, struct turn *t, bool withdraws, struct verdict *v, struct books *books)
{
    void *opened = NULL;
    struct store *store = batch_store(b, t->partition);
    b->env.store = store;
    b->env.partition = t->partition;
    t->policy = judge_policy(b->env.catalogue, t->dossier);
    books_init(books, b->arena, b->codecs, STAGE_TABLE_WAITING + 1);
    books->keepers = b->keepers;
    if (!withdraws) TRY(gather(b, t, store, v, books, &opened));
    for (unsigned pass = 0; pass < BOOKS_PASSES_MAX; pass++) {
        TRY(one_pass(b, t, withdraws, opened, v, books));
        if (books->missed == 0 && (!v->wants || !b->stage->ask)) return OK;
        if (books_are_full(books)) break;
        if (books->missed == 0) TRY(b->stage->ask(&b->env, v->wants, t->facts));
        else TRY(fetch_missed(b, store, books));
        books_restart(books);
        opened = NULL;                              /* it borrowed from rows that are decoded again now */
    }
    if (withdraws) verdict_init(v, b->arena, books, b->stage->section_bytes);
    else give_up(b, v, books);
    return OK;
}

/* --- the head of the section ------------------------------------------------------------------------------------ */

struct slice judge_datum(struct arena *a, struct slice named)
{
    if (named.size <= WAITING_ON_MAX && utf8_is_valid(named)) return named;
    struct hash128 hash = hash_bytes(named);
    struct text t = text_in(a, 64 + 2 * HASH128_BYTES);
    size_t kind = slice_find(named, ':');
    if (kind < 32) text_put(&t, slice_head(named, kind + 1));
    text_put_hex(&t, hash.bytes, HASH128_BYTES);
    return text_slice(&t);
}

static int64_t sla_hours(const struct batch *b, const struct turn *t, const struct verdict *v)
{
    const struct classification *c =
        b->stage->writes == SECTION_CLASSIFICATION ? v->section : t->dossier->classification;
    return c && c->sla_hours ? c->sla_hours : PARTNER_SLA_HOURS;
}

bool judge_expires(const struct judgement *j)
{
    return j->waiting.reason != REASON_WAITING_FOR_TARGET && j->waiting.reason != REASON_WAITING_FOR_POS;
}

/* The times in a section come from the line, never from the clock: judged on any other day, the section is the same. */
static void fill_waiting(const struct batch *b, struct turn *t, const struct verdict *v)
{
    struct judgement *j = v->judgement;
    t->stage_named_due = j->outcome == OUTCOME_PARK && j->waiting.due_unix_ms != 0;
    j->waiting.on = judge_datum(b->arena, j->waiting.on);
    j->waiting.since_unix_ms = t->decided_at_unix_ms;
    if (j->outcome == OUTCOME_HOLD)
        j->waiting.due_unix_ms = t->dossier->receipt->received_at_unix_ms + sla_hours(b, t, v) * INSTANT_HOUR_MS;
    else if (!t->stage_named_due && judge_expires(j))
        j->waiting.due_unix_ms = t->decided_at_unix_ms + t->policy->park_max_hours * INSTANT_HOUR_MS;
}

/* An earlier section gave that reason: a stage may repeat it, as compliance does when it decides on a refusal of
 * classification (screening.md 1.2). */
static bool stands_before(const struct dossier *d, enum reason_code code)
{
    for (enum section s = SECTION_CLASSIFICATION; s <= SECTION_PAYOUT; s++) {
        const struct judgement *j = dossier_judgement(d, s);
        for (unsigned i = 0; j && i < j->reason_count; i++)
            if (j->reasons[i].code == code) return true;
    }
    return false;
}

static void check_reasons(const struct batch *b, const struct dossier *d, const struct judgement *j)
{
    for (unsigned i = 0; i < j->reason_count; i++) {
        bool known = reason_is_given_by(j->reasons[i].code, b->stage->letter) || stands_before(d, j->reasons[i].code);
        if (!known)
            fprintf(stderr, "%s gives %s: see reason.def\n", b->stage->name, reason_name(j->reasons[i].code).bytes);
        ASSERT(known);
    }
}

static void fill_head(const struct batch *b, struct turn *t, const struct verdict *v)
{
    struct judgement *j = v->judgement;
    ASSERT(j->outcome > OUTCOME_UNSPECIFIED && j->outcome < OUTCOME_COUNT && j->outcome != OUTCOME_DEAD);
    if (b->checks) check_reasons(b, t->dossier, j);
    j->input_hash = hash_bytes(t->dossier->bytes);
    j->decided_at_unix_ms = t->decided_at_unix_ms;
    j->review_sequence = t->review ? t->review->sequence : 0;
    if (j->outcome == OUTCOME_HOLD || j->outcome == OUTCOME_PARK) fill_waiting(b, t, v);
}

enum err judge_line(struct batch *b, struct turn *t, struct verdict *v, struct books *books)
{
    TRY(run_passes(b, t, false, v, books));
    fill_head(b, t, v);
    return OK;
}

/* --- ends without decide ---------------------------------------------------------------------------------------- */

/* A line that is withdrawn keeps what classification found of its partner when it came in. */
static void keep_identity(const struct batch *b, const struct turn *t, struct verdict *v)
{
    if (b->stage->writes != SECTION_CLASSIFICATION || !t->dossier->classification) return;
    struct judgement head = *v->judgement;
    *(struct classification *)v->section = *t->dossier->classification;
    *v->judgement = head;
}

enum err judge_withdrawal(struct batch *b, struct turn *t, struct slice other, struct verdict *v, struct books *books)
{
    TRY(run_passes(b, t, true, v, books));
    keep_identity(b, t, v);
    v->judgement->reason_count = 0;                 /* WITHDRAWN stands alone (domain.md 11) */
    reason_argument(verdict_give(v, REASON_WITHDRAWN), SLICE("other"), other);
    verdict_close(v);
    fill_head(b, t, v);
    return OK;
}

enum err judge_expiry(struct batch *b, struct turn *t, struct verdict *v, struct books *books)
{
    const struct judgement *parked = dossier_judgement(t->dossier, b->stage->writes);
    if (!parked) return ERR_STATE_MALFORMED;
    books_init(books, b->arena, b->codecs, STAGE_TABLE_WAITING + 1);
    books->keepers = b->keepers;
    verdict_init(v, b->arena, books, b->stage->section_bytes);
    struct reason *reasons = v->judgement->reasons;
    memcpy(v->section, parked, b->stage->section_bytes);        /* the judgement is its first member */
    v->judgement->reasons = reasons;
    v->judgement->reason_count = 0;
    v->judgement->outcome = OUTCOME_UNSPECIFIED;
    t->policy = judge_policy(b->env.catalogue, t->dossier);
    verdict_give(v, REASON_PARK_EXPIRED);
    for (unsigned i = 0; i < parked->reason_count; i++)
        *verdict_give_as(v, parked->reasons[i].code, parked->reasons[i].outcome) = parked->reasons[i];
    v->judgement->waiting = (struct waiting){ .reason = REASON_PARK_EXPIRED, .on = parked->waiting.on };
    verdict_close(v);
    fill_head(b, t, v);
    return OK;
}
