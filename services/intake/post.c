/* intake/post.c: turns between submitters, and the transaction. */
#include "intake/post_unit.h"

#include "base/assert.h"
#include "domain/currency.h"
#include "intake/stage.h"
#include "wire/limits.h"

#include <stdlib.h>

enum { PULL_EVERY_MS = 200, PARKED_RETRY_MS = 30000, EXPIRE_EVERY_MS = 60000, EXPIRE_KEYS_MAX = 1000, ROW_BYTES = 1000,
       ERROR_BYTES = 600,       ARENA_RESERVE = 64 << 20 };

/* Opening */

void post_retune(struct post *p, const struct post_bounds *bounds)
{
    struct post_bounds *b = &p->options.bounds;
    *b = *bounds;
    if (!b->chunk_lines) b->chunk_lines = POST_CHUNK_LINES;
    if (!b->lines_max) b->lines_max = POST_LINES_MAX;
    if (!b->retries_max) b->retries_max = POST_RETRIES_MAX;
    if (!b->expire_keys_max) b->expire_keys_max = EXPIRE_KEYS_MAX;
    if (!b->bytes_max) b->bytes_max = BATCH_BYTES_MAX;
}

enum err post_open(const struct post_options *options, struct post **post)
{
    ASSERT(options->source && options->sink && options->stores && options->partitions > 0);
    struct post *p = calloc(1, sizeof *p);
    if (!p) return ERR_MEMORY_EXHAUSTED;
    p->options = *options;
    post_retune(p, &options->bounds);
    p->batch = (struct batch){
        .stage = &intake_stage,
        .arena = &p->scratch,
        .sink = options->sink,
        .source = options->source,
        .stores = options->stores,
        .partitions = options->partitions,
        .writes_changelog = options->writes_changelog,
    };
    json_out_open(&p->json);
    p->has_parked = true;                           /* perhaps: the first look tells */
    enum err e = arena_open(&p->arena, ARENA_BYTES(BATCH_BYTES_MAX), ARENA_RESERVE);
    if (e == OK) e = arena_open(&p->scratch, ARENA_BYTES(BATCH_BYTES_MAX), ARENA_RESERVE);
    if (e == OK) e = batch_open(&p->batch);
    if (e == OK) p->mark = batch_last_mark(&p->batch);
    if (e == OK) *post = p;
    else post_close(p);
    return e;
}

static void forget_undos(struct post_document *d)
{
    while (d->turn.undos) {
        struct post_undo *next = d->turn.undos->next;
        free(d->turn.undos);
        d->turn.undos = next;
    }
}

static void close_lanes(struct post *p)
{
    for (; p->lane_count > 0; p->lane_count--) {
        struct lane *next = p->lanes->next;
        for (struct post_document *d = p->lanes->first; d; d = d->next) forget_undos(d);
        free(p->lanes);
        p->lanes = next;
    }
}

void post_close(struct post *p)
{
    if (!p) return;
    close_lanes(p);
    intake_close(p->intake);
    json_out_close(&p->json);
    free(p->units);
    free(p->working);
    batch_close(&p->batch);
    arena_close(&p->arena);
    arena_close(&p->scratch);
    free(p);
}

/* Who is whose */

int32_t post_partition(const struct post *p, struct slice submitter_id)
{
    return topic_partition(submitter_id, p->options.partitions);
}

bool post_owns(const struct post *p, struct slice submitter_id)
{
    return p->options.stores[post_partition(p, submitter_id)] != NULL;
}

struct store *post_store(struct post *p, struct slice submitter_id)
{
    struct store *s = p->options.stores[post_partition(p, submitter_id)];
    ASSERT(s);
    return s;
}

struct store *post_store_of(struct post *p, int32_t partition)
{
    ASSERT(partition >= 0 && partition < p->options.partitions);
    return p->options.stores[partition];
}

struct post_counts post_counts(const struct post *p)
{
    return p->counts;
}

void post_retry_parked(struct post *p, const struct framing_schemas *schemas)
{
    p->options.schemas = *schemas;
    p->parked_at_unix_ms = 0;
}

/* Lanes: one a submitter, in a ring */

static struct lane *lane_of(struct post *p, struct slice submitter_id)
{
    struct lane *l = p->lanes;
    for (unsigned k = 0; k < p->lane_count; k++, l = l->next)
        if (slice_equal(l->submitter_id, submitter_id)) return l;
    l = calloc(1, sizeof *l);
    ASSERT(l);
    l->submitter_id = submitter_id;
    l->next = p->lanes ? p->lanes->next : l;
    if (p->lanes) p->lanes->next = l;
    else p->lanes = l;
    p->lane_count++;
    return l;
}

static void drop_first(struct lane *l)
{
    l->first = l->first->next;
    if (l->first) l->submitter_id = l->first->row.submitter_id;
}

static void drop_lane(struct post *p, struct lane *l)
{
    struct lane *before = l;
    while (before->next != l) before = before->next;
    before->next = l->next;
    if (p->lanes == l) p->lanes = l->next == l ? NULL : before;
    p->lane_count--;
    free(l);
}

static void drop_empty_lanes(struct post *p)
{
    struct lane *l = p->lanes;
    for (unsigned k = p->lane_count; k > 0; k--) {
        struct lane *next = l->next;
        if (!l->first && !l->awaited) drop_lane(p, l);
        l = next;
    }
}

void post_add(struct post *p, struct post_document *d)
{
    ASSERT(post_owns(p, d->row.submitter_id));
    struct lane *l = lane_of(p, d->row.submitter_id);
    d->post = p;
    d->next = NULL;
    d->partition = post_partition(p, d->row.submitter_id);
    d->turn = (struct post_turn){ 0 };
    bool is_in_front = l->awaited == d;
    if (is_in_front) {
        d->next = l->first;
        l->first = d;
        l->awaited = NULL;
    } else if (l->first) {
        l->last->next = d;
    } else {
        l->first = d;
    }
    if (!d->next) l->last = d;
    l->submitter_id = l->first->row.submitter_id;
}

void post_forget(struct post *p, const struct post_document *d)
{
    struct lane *l = p->lanes;
    for (unsigned k = 0; k < p->lane_count; k++, l = l->next)
        if (l->awaited == d) l->awaited = NULL;
    drop_empty_lanes(p);
}

/* The turn of a document */

static void copy_progress(struct intake_document *to, const struct intake_document *from)
{
    to->state = from->state;
    to->cursor = from->cursor;
    to->passed = from->passed;
    to->rejected = from->rejected;
    to->dead = from->dead;
    to->attempt = from->attempt;
    to->total_count = 0;
    for (unsigned k = 0; k < from->total_count; k++) {
        const struct currency *c = currency_find(from->totals[k].currency);
        if (!c) continue;
        to->totals[to->total_count] = from->totals[k];
        to->totals[to->total_count++].currency = c->code;
    }
}

/* The control number may have come since the survey. */
static enum err ask_interchange(struct post *p, struct post_document *d, bool *is_stale)
{
    bool found;
    struct intake_key key;
    const struct intake_result *r = intake_result(d->intake);
    *is_stale = false;
    if (r->interchange.size == 0 || r->state == DOCUMENT_DUPLICATE || r->state == DOCUMENT_REJECTED) return OK;
    TRY(register_get_interchange(post_store(p, d->row.submitter_id),
                                 register_key(&p->arena, d->row.submitter_id, r->interchange), p->now_unix_ms, &key,
                                 &found));
    *is_stale = found && memcmp(key.document_id, d->id, SHA256_BYTES) != 0;
    return OK;
}

/* The end of a document notes what it undid: after a crash before that, the report must stand as it stood. */
static void end(struct post *p, struct post_document *d)
{
    const struct issues *errors = &intake_result(d->intake)->errors;
    for (const struct post_undo *n = d->turn.undos; n; n = n->next) {
        struct post_unit *u = post_unit_add(p, UNIT_UNDO, d);
        u->report_id = n->report_id;
        u->undo = n;
    }
    post_unit_add(p, UNIT_END, d);
    p->bytes += ROW_BYTES + (size_t)(errors->count < POST_ERRORS_KEPT ? errors->count : POST_ERRORS_KEPT) * ERROR_BYTES;
    d->turn.is_collected = true;
}

/* Takes the row on file instead of the one that was brought. Its texts are good until the next turn. */
static void adopt(struct post *p, struct intake_document *row, const struct intake_document *on_file)
{
    struct slice submitter_id = row->submitter_id;
    *row = *on_file;
    intake_document_keep(&p->arena, row);
    row->submitter_id = submitter_id;
}

/* It ended before a crash, and its maker was not told: that it comes now is no second sending. */
static bool has_come_to_an_end(enum intake_state state)
{
    return state == INTAKE_POSTED || state == INTAKE_ANSWERED || state == INTAKE_REJECTED || state == INTAKE_VALIDATED
           || state == INTAKE_DUPLICATE;
}

/* The document that these corrections are of was corrected under another profile meanwhile: the lines of both would
 * stand side by side. */
static enum err ask_parent(struct post *p, struct post_document *d)
{
    bool found;
    struct intake_key key;
    if (!register_is_correction(d->row.parent)) return OK;
    TRY(register_get_key(post_store(p, d->row.submitter_id),
                         register_replay_key(&p->arena, d->row.submitter_id, d->row.parent), &key, &found));
    if (found && memcmp(key.document_id, d->id, SHA256_BYTES) != 0) d->verdict = POST_DISCARDED;
    return OK;
}

/* Some of its lines are on file, read with another version of its profile than the one in force now. The rest has to be
 * read as it began. This is told once: that version may be gone. */
static bool began_otherwise(struct post *p, struct post_document *d, const struct intake_document *on_file)
{
    if (on_file->state != INTAKE_POSTING || d->is_read_again || slice_equal(on_file->profile, d->row.profile))
        return false;
    d->began_with = slice_copy(&p->arena, on_file->profile);
    return d->is_read_again = true;
}

static struct slice partner_of(const struct post_document *d, const struct intake_document *row)
{
    return row->partner_id.size > 0 ? row->partner_id : intake_result(d->intake)->own_partner;
}

/* The same bytes came for another partner. Lines that name no partner are then others, and nothing came twice. Lines
 * that name their partner, and interchanges, which have numbers of their own, are the same whoever is named beside. */
static bool is_for_another_partner(struct post_document *d, const struct intake_document *on_file)
{
    const struct intake_result *r = intake_result(d->intake);
    bool stands = on_file->state == INTAKE_HELD || on_file->state == INTAKE_POSTING || register_was_posted(on_file);
    if (!stands || d->is_of_partner || r->interchange.size > 0 || r->header.names_partner) return false;
    return d->is_of_partner = !slice_equal(partner_of(d, on_file), partner_of(d, &d->row));
}

/* *is_stale: the registers know something that its survey did not. */
static enum err ask_registers(struct post *p, struct post_document *d, struct intake_document *on_file, bool *found,
                              bool *is_stale)
{
    const struct post_events *events = &p->options.events;
    TRY(ask_interchange(p, d, is_stale));
    *is_stale |= d->corrects && events->outdated && events->outdated(events->context, d);
    if (*is_stale) return OK;
    TRY(register_get_document(post_store(p, d->row.submitter_id), d->id, on_file, found));
    *is_stale = *found && (is_for_another_partner(d, on_file) || began_otherwise(p, d, on_file));
    return OK;
}

/* Keeps the row that is on file where it says already how the document ended: the same reception did, its lines were
 * posted, or, when it ends without its lines, it was settled while it waited. */
static void keep_row(struct post *p, struct post_document *d, const struct intake_document *on_file)
{
    bool by_survey = d->verdict == POST_BY_SURVEY;
    bool is_same_reception =
        on_file->received_at_unix_ms == d->row.received_at_unix_ms && has_come_to_an_end(on_file->state);
    bool stays = by_survey ? is_same_reception || register_was_posted(on_file) : !d->turn.was_held;
    if (!stays) return;
    adopt(p, &d->row, on_file);
    if (by_survey && !is_same_reception) d->row.state = INTAKE_DUPLICATE;
    d->turn.keeps_row = true;
}

static enum err begin_document(struct post *p, struct post_document *d, bool *is_stale)
{
    bool found;
    struct intake_document on_file;
    TRY(ask_registers(p, d, &on_file, &found, is_stale));
    if (*is_stale) return OK;
    d->turn.has_begun = true;
    d->turn.was_held = found && on_file.state == INTAKE_HELD;
    d->row.attempt = !found ? 1 : d->turn.was_held ? on_file.attempt : on_file.attempt + 1;
    d->row.state = INTAKE_SURVEYED;
    TRY(ask_parent(p, d));
    if (d->verdict == POST_BY_SURVEY && found && on_file.state == INTAKE_POSTING) {
        copy_progress(&d->row, &on_file);
        d->turn.skip = on_file.cursor;
    }
    if (found) keep_row(p, d, &on_file);
    if (d->turn.keeps_row || d->verdict != POST_BY_SURVEY) end(p, d);
    return OK;
}

/* A document of the lane that ends in this transaction has the same bytes, number or parent: that one is decided
 * first. */
static bool meets_its_like(const struct lane *l, const struct post_document *d)
{
    struct slice interchange = intake_result(d->intake)->interchange;
    for (const struct post_document *other = l->first; other != d; other = other->next) {
        if (memcmp(other->id, d->id, SHA256_BYTES) == 0) return true;
        bool corrects = register_is_correction(d->row.parent);
        if (corrects && slice_equal(other->row.parent, d->row.parent)) return true;
        if (interchange.size && slice_equal(intake_result(other->intake)->interchange, interchange)) return true;
    }
    return false;
}

static enum err on_line(void *context, const struct intake_line *line)
{
    struct post_document *d = context;
    if (d->turn.skip > 0) { d->turn.skip--; return OK; }
    post_unit_add_line(d->post, d, line);
    return OK;
}

static enum err on_undo(void *context, struct slice report_id, const struct report_ref *target, enum purpose purpose)
{
    struct post_document *d = context;
    size_t size = report_id.size + target->number.size;
    struct post_undo *n = malloc(sizeof *n + size), **last = &d->turn.undos;
    if (!n) return ERR_MEMORY_EXHAUSTED;
    struct text t = text_over((char *)(n + 1), size);
    text_put(&t, report_id);
    text_put(&t, target->number);
    *n = (struct post_undo){ slice_of(t.bytes, report_id.size), *target, purpose, NULL };
    n->target.number = slice_of(t.bytes + report_id.size, target->number.size);
    while (*last) last = &(*last)->next;
    *last = n;
    return OK;
}

static bool has_room(const struct post *p)
{
    return p->bytes < 2 * p->options.bounds.bytes_max && !arena_is_full(&p->arena);
}

/* Lines of one document, at most *quota. */
static enum err take_lines(struct post *p, struct post_document *d, unsigned *quota)
{
    bool done = false;
    struct intake_events events = { .context = d, .on_line = on_line, .on_undo = on_undo };
    intake_hand_over_to(d->intake, &events);
    while (!done && *quota > 0 && has_room(p)) {
        TRY(intake_post(d->intake, 1, &done));
        --*quota;
    }
    if (done) end(p, d);
    return OK;
}

static enum err take_lane(struct post *p, struct lane *l, unsigned quota, unsigned *left)
{
    struct post_document *d = l->awaited ? NULL : l->first;
    unsigned before = quota;
    while (d && quota > 0 && has_room(p)) {
        bool is_stale = false;
        if (d->turn.is_collected) { d = d->next; continue; }
        if (!d->turn.has_begun && ((d->corrects && d != l->first) || meets_its_like(l, d))) break;
        if (!d->turn.has_begun) TRY(begin_document(p, d, &is_stale));
        if (is_stale) {
            if (d != l->first) break;
            drop_first(l);
            forget_undos(d);
            l->awaited = d;
            p->options.events.again(p->options.events.context, d);
            break;
        }
        if (!d->turn.is_collected) TRY(take_lines(p, d, &quota));
        if (!d->turn.is_collected) break;
        d = d->next;
    }
    *left -= before - quota;
    return OK;
}

/* First each lane gets its share; then what is left goes to the lanes that can use it. */
static enum err take_documents(struct post *p)
{
    unsigned left = p->options.bounds.chunk_lines;
    if (p->lane_count == 0) return OK;
    p->lanes = p->lanes->next;                      /* another one begins */
    for (unsigned round = 0; round < 2; round++) {
        struct lane *l = p->lanes;
        unsigned share = left / p->lane_count;
        for (unsigned k = 0; k < p->lane_count && left > 0; k++, l = l->next) {
            unsigned quota = round == 0 && share > 0 ? share : left;
            TRY(take_lane(p, l, quota < left ? quota : left, &left));
        }
    }
    return OK;
}

/* The transaction */

static enum err write_documents(struct post *p)
{
    for (unsigned k = 0; k < p->working_count; k++) {
        struct post_document *d = p->working[k];
        if (d->turn.keeps_row) continue;
        d->working.changed_at_unix_ms = p->now_unix_ms;
        TRY(register_put_document(&p->scratch, batch_store(&p->batch, d->partition), d->id, &d->working));
    }
    return OK;
}

static enum err expire(struct post *p)
{
    if (!p->expires || !p->options.stores[p->expire_partition]) return OK;
    return register_expire(&p->scratch, batch_store(&p->batch, p->expire_partition), p->now_unix_ms,
                           p->options.bounds.expire_keys_max, &p->expire_from, p->expire_room);
}

static void forget_attempt(struct post *p)
{
    for (unsigned k = 0; k < p->working_count; k++) {
        struct post_document *d = p->working[k];
        d->turn.is_working = d->turn.has_ended = false;
        memset(&d->turn.last_report, 0, sizeof d->turn.last_report);
    }
    p->working_count = p->consumed = 0;
    p->skips_record = false;
    p->applied = (struct post_counts){ 0 };
}

/* A record and its lines are posted together: a transaction never ends between them. */
static unsigned end_of_window(const struct post *p)
{
    unsigned to = p->from + p->limit;
    while (to < p->unit_count && p->units[to - 1].work && p->units[to - 1].type != UNIT_CONSUME
           && p->units[to - 1].type != UNIT_UNPARK)
        to++;
    return to;
}

static enum err commit(struct post *p)
{
    struct batch *b = &p->batch;
    unsigned offsets = batch_offsets(b);
    enum err e = sink_commit(p->options.sink, p->options.source, b->offsets, offsets);
    if (e != ERR_TRANSACTION_UNKNOWN) return e;
    bool committed = false;
    TRY(sink_recover(p->options.sink, p->options.source, b->offsets, offsets, &committed));
    return committed ? OK : ERR_TRANSACTION_ABORTED;
}

static enum err attempt(struct post *p)
{
    struct batch *b = &p->batch;
    unsigned to = end_of_window(p);
    batch_advance(b, BATCH_PULLED);
    batch_clear(b);
    forget_attempt(p);
    b->mark = ++p->mark;
    arena_reset(&p->scratch);
    TRY(sink_begin(p->options.sink));
    for (unsigned k = p->from; k < to; k++) TRY(post_unit_apply(p, &p->units[k]));
    TRY(write_documents(p));
    TRY(expire(p));
    TRY(batch_send_changelog(b));
    batch_advance(b, BATCH_DECIDED);
    return commit(p);
}

static enum err undo(struct post *p)
{
    batch_advance(&p->batch, BATCH_DROPPED);
    batch_drop(&p->batch);
    forget_attempt(p);
    p->counts.aborted++;
    return sink_abort(p->options.sink);
}

static void add_counts(struct post *p)
{
    p->counts.passed += p->applied.passed;
    p->counts.rejected += p->applied.rejected;
    p->counts.dead += p->applied.dead;
    p->counts.documents += p->applied.documents;
    p->counts.records += p->applied.records;
    p->counts.repeated += p->applied.repeated;
    p->counts.parked += p->applied.parked;
    for (unsigned k = 0; k < INTAKE_STATE_COUNT; k++) p->counts.ended[k] += p->applied.ended[k];
    p->counts.transactions++;
}

static void tell_reports(struct post *p, unsigned to)
{
    if (!p->options.events.reported) return;
    for (unsigned k = p->from; k < to; k++) {
        const struct post_unit *u = &p->units[k];
        bool repeats = k > p->from && u[-1].document == u->document && u[-1].type == u->type
                       && slice_equal(u[-1].report_id, u->report_id);
        bool is_of_report = u->report_id.size > 0 || u->type == UNIT_UNDO;
        if (!u->document || !is_of_report || repeats) continue;
        p->options.events.reported(p->options.events.context, u->document->row.submitter_id, u->report_id);
    }
}

/* Documents that ended leave their lanes in order; then their makers are told. */
static void release(struct post *p)
{
    struct lane *l = p->lanes;
    struct post_document *ended = NULL, **last = &ended;
    for (unsigned k = 0; k < p->lane_count; k++, l = l->next)
        while (l->first && l->first->turn.has_ended && l->first->turn.is_working) {
            struct post_document *d = l->first;
            drop_first(l);
            d->turn.is_working = false;
            d->next = NULL;
            forget_undos(d);
            *last = d;
            last = &d->next;
        }
    drop_empty_lanes(p);
    for (unsigned k = 0; k < p->working_count; k++) p->working[k]->turn.is_working = false;
    p->working_count = 0;
    while (ended) {
        struct post_document *d = ended;
        ended = d->next;
        p->options.events.ended(p->options.events.context, d);
    }
}

static void merge(struct post *p)
{
    unsigned to = end_of_window(p);
    batch_advance(&p->batch, BATCH_COMMITTED);
    batch_merge(&p->batch);
    source_complete(p->options.source, p->consumed);
    batch_advance(&p->batch, BATCH_MERGED);
    add_counts(p);
    for (unsigned k = 0; k < p->working_count; k++) p->working[k]->row = p->working[k]->working;
    tell_reports(p, to);
    release(p);
    p->from = to;
    if (p->from == p->unit_count) p->expires = false;
}

static void give_up(struct post *p, struct post_unit *u)
{
    struct record *shown = ARENA_NEW(&p->arena, struct record);
    *shown = (struct record){ .topic = u->topic, .partition = -1, .offset = -1, .key = u->key, .value = u->value };
    u->dead = ARENA_NEW(&p->arena, struct dead_letter);
    *u->dead = (struct dead_letter){ .record = shown,
                                     .stage = SLICE("intake"),
                                     .code = REASON_UNREADABLE,
                                     .error = ERR_TRANSACTION_REFUSED,
                                     .failed_at_unix_ms = p->now_unix_ms };
    u->topic = TOPIC_NONE;
    u->outcome = OUTCOME_DEAD;
}

/* Halves the window to find what the broker does not take (kafka.md 5.3). Once found, it goes to the dead letters. */
static bool narrow(struct post *p)
{
    bool any = false;
    if (p->limit > 1) { p->limit /= 2; return true; }
    for (unsigned k = p->from, to = end_of_window(p); k < to; k++) {
        if (p->units[k].topic == TOPIC_NONE) continue;
        give_up(p, &p->units[k]);
        any = true;
    }
    return any;
}

static bool tries_again(struct post *p, enum err e, unsigned tries)
{
    if (e == ERR_TRANSACTION_REFUSED) return narrow(p);
    return e == ERR_TRANSACTION_ABORTED && tries < p->options.bounds.retries_max;
}

static enum err transact(struct post *p)
{
    for (unsigned tries = 1;; tries++) {
        enum err e = attempt(p);
        if (e == OK) { merge(p); return OK; }
        if (err_class(e) == ERR_CLASS_POISON) e = ERR_STATE_MALFORMED;
        if (err_class(e) != ERR_CLASS_RETRY) return e;
        TRY(undo(p));
        if (e == ERR_SOURCE_STALE) source_drop(p->options.source);
        if (!tries_again(p, e, tries)) return e;
    }
}

/* Looks for what must not be kept for ever, one partition at a time. */
static void begin_expiry(struct post *p)
{
    if (p->now_unix_ms - p->expired_at_unix_ms < EXPIRE_EVERY_MS && p->expire_from.size == 0) return;
    if (p->expire_from.size == 0) p->expire_partition = (p->expire_partition + 1) % p->options.partitions;
    p->expired_at_unix_ms = p->now_unix_ms;
    p->expires = true;
}

/* A pull waits for a first record. While there are documents to post it is done now and then only, so that records and
 * documents take turns. */
static enum err pull(struct post *p, const struct record **records, unsigned *count)
{
    *count = 0;
    if (p->lane_count > 0 && p->now_unix_ms >= p->pulled_at_unix_ms
        && p->now_unix_ms - p->pulled_at_unix_ms < PULL_EVERY_MS)
        return OK;
    enum err e =
        source_pull(p->options.source, p->options.bounds.lines_max, p->options.bounds.bytes_max, records, count);
    p->pulled_at_unix_ms = p->now_unix_ms;
    return e;
}

static enum err collect(struct post *p)
{
    const struct record *records = NULL;
    unsigned count;
    arena_reset(&p->arena);
    p->unit_count = p->from = 0;
    p->bytes = 0;
    TRY(pull(p, &records, &count));
    TRY(take_documents(p));
    drop_empty_lanes(p);
    bool is_due = p->has_parked && p->now_unix_ms - p->parked_at_unix_ms >= PARKED_RETRY_MS;
    if (is_due) {
        p->parked_at_unix_ms = p->now_unix_ms;
        TRY(post_unit_take_parked(p));
    }
    TRY(post_unit_take_records(p, records, count));
    for (unsigned k = 0; k < p->unit_count; k++) p->has_parked |= p->units[k].type == UNIT_PARK;
    if (p->unit_count > 0) begin_expiry(p);
    return OK;
}

enum err post_step(struct post *p, instant_ms now_unix_ms, bool *worked)
{
    *worked = false;
    p->now_unix_ms = now_unix_ms;
    if (p->from == p->unit_count) TRY(collect(p));
    *worked = p->from < p->unit_count || p->lane_count > 0;
    if (p->from == p->unit_count) return OK;
    p->limit = p->unit_count - p->from;
    return transact(p);
}
