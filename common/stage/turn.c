/* stage/turn.c: the turn of a line: it is judged, and then published, kept or let go, with the lines that it ends. */
#include "stage/turn.h"

#include "base/assert.h"
#include "stage/cases.h"
#include "stage/dead_letter.h"
#include "stage/review.h"
#include "wire/dossier_codec.h"
#include "wire/limits.h"

/* Beyond that, a line that is woken and waits on gets no further section: reviews and its end need the room. */
enum { SECTIONS_BY_WAKING_MAX = SECTIONS_OF_A_KIND_MAX / 2 };

bool turn_is_complete(const struct batch *b, const struct dossier *d)
{
    for (enum section s = 0; s < SECTION_COUNT; s++)
        if (b->stage->needs & 1u << s && !dossier_has(d, s)) return false;
    return d->line && d->receipt;
}

bool turn_strays(const struct batch *b, const struct record *r, const struct dossier *d)
{
    const struct classification *c = b->stage->writes == SECTION_CLASSIFICATION ? NULL : d->classification;
    struct slice root = c && c->partner_root_id.size ? c->partner_root_id : d->receipt->partner_root_id;
    return topic_partition(root, b->partitions) != r->partition;
}

static bool is_final(enum outcome outcome)
{
    return outcome != OUTCOME_HOLD && outcome != OUTCOME_PARK;
}

static void count_reasons(struct batch *b, const struct judgement *j)
{
    for (unsigned i = 0; i < j->reason_count; i++) {
        ASSERT((unsigned)j->reasons[i].code < BATCH_REASONS);
        if (b->reasons[j->reasons[i].code] < UINT16_MAX) b->reasons[j->reasons[i].code]++;
    }
}

static void count_limits(struct batch *b, const struct verdict *v)
{
    const struct payout_section *section = v->section;
    if (b->stage->writes != SECTION_PAYOUT) return;
    for (unsigned p = 0; p < section->program_count; p++)
        for (unsigned i = 0; i < section->programs[p].balance_count; i++)
            b->neared[section->programs[p].balances[i].nears]++;
}

/* --- dead letters ----------------------------------------------------------------------------------------------- */

static struct slice issue_of(enum err why)
{
    if (why == ERR_WIRE_TOO_LARGE) return SLICE("DOSSIER_TOO_LARGE");
    return why == ERR_TRANSACTION_REFUSED ? SLICE("KAFKA_REFUSED_RECORD") : (struct slice){ 0 };
}

enum err turn_die(struct batch *b, const struct record *r, const struct dossier *d, enum err why)
{
    bool misses = d && why == ERR_WIRE_FIELD && !turn_is_complete(b, d);
    bool strays = d && why == ERR_WIRE_FIELD && !misses && turn_strays(b, r, d);
    const struct receipt *receipt = d ? d->receipt : NULL;
    struct dead_letter letter = {
        .record = r, .stage = slice_from(b->stage->name), .code = misses ? REASON_SECTION_MISSING : REASON_UNREADABLE,
        .error = misses || strays ? OK : why, .failed_at_unix_ms = b->env.now_unix_ms,
        .issue = strays ? SLICE("WRONG_PARTITION") : issue_of(why),
    };
    if (receipt) {
        letter.line_id = receipt->line_id;
        letter.document_id = receipt->document_id;
        letter.trace_id = receipt->traceparent;
    }
    conservation_end(&b->count, d ? d->line : NULL, OUTCOME_DEAD);
    b->reasons[letter.code]++;
    return dead_letter_send(b->arena, b->sink, &letter);
}

/* Lines that wait for the decision on this line take their turn right after it. */
static void push_target(struct batch *b, const struct turn *t)
{
    struct slice line_id = t->dossier->receipt->line_id;
    wake_push(&b->wake, t->partition, SLICE_JOIN(b->arena, SLICE(WAIT_TARGET), line_id));
}

/* A line that waited has no record any more: the dead letter carries its bytes as they are kept, and no offset. */
static enum err die_on_turn(struct batch *b, const struct turn *t, enum err why)
{
    struct record kept = { .topic = b->stage->inputs[0], .partition = t->partition, .offset = -1,
                           .key = t->dossier->receipt->partner_root_id, .value = t->dossier->bytes };
    if (t->waited) TRY(waiting_end(batch_store(b, t->partition), t->waited->line_id));
    wake_begin(&b->wake);
    push_target(b, t);
    return turn_die(b, t->record ? t->record : &kept, t->dossier, why);
}

/* --- publishing ------------------------------------------------------------------------------------------------- */

/* A line that waits keeps the key that it came with, since its state lies on that partition. A line that goes on has
 * the root that classification found. */
static struct slice key_of(const struct batch *b, const struct turn *t, const struct verdict *v)
{
    const struct classification *c =
        b->stage->writes == SECTION_CLASSIFICATION ? v->section : t->dossier->classification;
    bool waits = !is_final(v->judgement->outcome);
    if (b->stage->writes == SECTION_CLASSIFICATION && waits) return t->dossier->receipt->partner_root_id;
    return c && c->partner_root_id.size ? c->partner_root_id : t->dossier->receipt->partner_root_id;
}

static void check_output(struct batch *b, const struct turn *t, struct slice out)
{
    struct dossier again = { 0 };
    size_t mark = arena_mark(b->arena);
    enum err e = dossier_decode(b->arena, out, &again);
    ASSERT(e == OK);
    ASSERT(slice_starts_with(out, t->dossier->bytes));          /* earlier sections byte for byte */
    for (enum section s = 0; s < SECTION_COUNT; s++)
        ASSERT(again.section_counts[s] == t->dossier->section_counts[s] + (s == b->stage->writes));
    arena_rewind(b->arena, mark);
}

static enum err append_section(struct batch *b, const struct turn *t, const struct verdict *v, struct slice *out)
{
    struct slice packed;
    TRY(section_encode(b->arena, b->stage->writes, v->section, &packed));
    if (b->stage->contract > t->dossier->contract)
        TRY(dossier_append_contract(b->arena, packed, b->stage->contract, &packed));
    TRY(dossier_append(b->arena, t->dossier->bytes, packed, out));
    if (b->checks) check_output(b, t, *out);
    return OK;
}

static void check_entry(struct batch *b, const struct payout *entry, struct slice flat)
{
    struct slice alone;
    ASSERT(payout_encode(b->arena, entry, &alone) == OK && slice_equal(alone, flat));
}

/* The bytes of each entry are cut out of the packed section: they are not encoded twice. */
static enum err send_entries(struct batch *b, struct slice key, const struct verdict *v, struct slice packed)
{
    if (b->stage->entries == TOPIC_NONE) return OK;
    ASSERT(b->stage->writes == SECTION_PAYOUT);
    const struct payout_section *section = v->section;
    struct slice *flat = ARENA_ARRAY(b->arena, section->entry_count, struct slice);
    section_entries(packed, flat, section->entry_count);
    for (unsigned i = 0; i < section->entry_count; i++) {
        if (b->checks) check_entry(b, &section->entries[i], flat[i]);
        TRY(batch_send(b, b->stage->entries, key, flat[i]));
    }
    return OK;
}

/* --- waiting ---------------------------------------------------------------------------------------------------- */

static bool is_same_wait(const struct judgement *before, const struct judgement *now)
{
    unsigned skip = before->reason_count > 0 && before->reasons[0].code == REASON_PARK_EXPIRED;
    if (before->reason_count != now->reason_count + skip) return false;
    if (!skip && before->outcome != now->outcome) return false;
    for (unsigned i = 0; i < now->reason_count; i++)
        if (before->reasons[i + skip].code != now->reasons[i].code) return false;
    return slice_equal(before->waiting.on, now->waiting.on);
}

/* True when a line was judged again and waits as before: then no section is appended. */
static bool says_nothing_new(const struct batch *b, const struct turn *t, const struct verdict *v)
{
    if (t->dossier->section_counts[b->stage->writes] == 0 || is_final(v->judgement->outcome)) return false;
    if (t->reviewed_now) return t->dossier->section_counts[b->stage->writes] >= SECTIONS_OF_A_KIND_MAX - 1;
    const struct judgement *before = dossier_judgement(t->dossier, b->stage->writes);
    return is_same_wait(before, v->judgement) || t->dossier->section_counts[b->stage->writes] >= SECTIONS_BY_WAKING_MAX;
}

/* When the clock acts on a parked line: at the time that the stage named, to judge it again; else park_max_hours after
 * it was kept, to end it. */
static void set_clock(const struct batch *b, const struct turn *t, const struct verdict *v, struct waiting_row *row)
{
    const struct judgement *j = v->judgement;
    row->acts_at_unix_ms = 0;
    row->asks_again = false;
    if (row->outcome != OUTCOME_PARK) return;
    if (t->stage_named_due && j->waiting.due_unix_ms > b->env.now_unix_ms) {
        row->acts_at_unix_ms = j->waiting.due_unix_ms;
        row->asks_again = true;
    } else if (!t->stage_named_due && judge_expires(j)) {
        row->acts_at_unix_ms = row->kept_at_unix_ms + t->policy->park_max_hours * INSTANT_HOUR_MS;
    }
}

static enum err keep(struct batch *b, const struct turn *t, const struct verdict *v, struct slice dossier)
{
    struct waiting_row row = {
        .line_id = t->dossier->receipt->line_id, .outcome = v->judgement->outcome, .on = v->judgement->waiting.on,
        .received_at_unix_ms = t->dossier->receipt->received_at_unix_ms,
        .has_position = true, .position = t->dossier->receipt->position,
        .kept_at_unix_ms = t->waited ? t->waited->kept_at_unix_ms : b->env.now_unix_ms,
        .reviewed_bytes = t->review ? t->reviewed_bytes : 0, .dossier = dossier,
    };
    set_clock(b, t, v, &row);
    return waiting_keep(batch_store(b, t->partition), b->arena, &row);
}

/* The same wait goes on, though the stage may have moved its time. A line that another stage gave back is published
 * again as it was. */
static enum err keep_on(struct batch *b, const struct turn *t, const struct verdict *v)
{
    if (!t->waited) {
        TRY(batch_send(b, b->stage->outputs[v->judgement->outcome], key_of(b, t, v), t->dossier->bytes));
        return keep(b, t, v, t->dossier->bytes);
    }
    struct waiting_row row = *t->waited;
    if (row.outcome == OUTCOME_PARK) set_clock(b, t, v, &row);
    if (t->reviewed_now) row.reviewed_bytes = 0;
    bool moved = row.acts_at_unix_ms != t->waited->acts_at_unix_ms || row.reviewed_bytes != t->waited->reviewed_bytes;
    return moved ? waiting_keep(batch_store(b, t->partition), b->arena, &row) : OK;
}

/* --- the turn --------------------------------------------------------------------------------------------------- */

static void push_wakes(struct batch *b, const struct turn *t, const struct verdict *v)
{
    wake_begin(&b->wake);
    for (unsigned i = v->wake_count; i-- > 0; ) wake_push(&b->wake, t->partition, judge_datum(b->arena, v->wakes[i]));
    push_target(b, t);
}

/* All that a verdict leads to which says something new. */
static enum err publish(struct batch *b, const struct turn *t, const struct verdict *v, struct slice out)
{
    enum outcome outcome = v->judgement->outcome;
    struct slice key = key_of(b, t, v);
    ASSERT(b->stage->outputs[outcome] != TOPIC_NONE);
    TRY(batch_send(b, b->stage->outputs[outcome], key, out));
    TRY(send_entries(b, key, v, slice_skip(out, t->dossier->bytes.size)));
    if (v->tells_back) TRY(batch_send(b, b->stage->back, key, out));
    TRY(cases_open(b, t, v));
    TRY(judge_record(b, t, v));
    if (!is_final(outcome)) return keep(b, t, v, out);
    push_wakes(b, t, v);
    return t->waited ? waiting_end(batch_store(b, t->partition), t->waited->line_id) : OK;
}

/* Sends the line back to the stage that had ended it, as it waited there: without the sections that came since. */
static enum err give_back(struct batch *b, const struct turn *t, const struct verdict *v)
{
    struct slice bytes = dossier_before_section(t->dossier->bytes, b->stage->ended_in);
    ASSERT(b->stage->back != TOPIC_NONE && bytes.size > 0);
    conservation_end(&b->count, t->dossier->line, OUTCOME_PARK);
    TRY(batch_send(b, b->stage->back, t->dossier->receipt->partner_root_id, bytes));
    TRY(judge_record(b, t, v));
    wake_begin(&b->wake);
    push_target(b, t);
    return t->waited ? waiting_end(batch_store(b, t->partition), t->waited->line_id) : OK;
}

/* Ends the turn of a judged line. If its section cannot be packed, a dead letter is all that it leaves. */
static enum err end_turn(struct batch *b, struct turn *t, struct verdict *v)
{
    struct slice out = { 0 };
    if (v->gives_back) return give_back(b, t, v);
    if (says_nothing_new(b, t, v)) {
        conservation_end(&b->count, t->dossier->line, t->waited ? t->waited->outcome : v->judgement->outcome);
        TRY(judge_record(b, t, v));
        return keep_on(b, t, v);
    }
    enum err e = append_section(b, t, v, &out);
    if (err_class(e) == ERR_CLASS_POISON) return die_on_turn(b, t, e);
    TRY(e);
    conservation_end(&b->count, t->dossier->line, v->judgement->outcome);
    count_reasons(b, v->judgement);
    count_limits(b, v);
    b->repeats += v->is_repeat;
    rule_tally_count(&b->rules, v->judgement, t->dossier->line);
    return publish(b, t, v, out);
}

/* --- a waiting line --------------------------------------------------------------------------------------------- */

static struct review_object object_of(const struct batch *b, const struct dossier *d)
{
    return review_object_of(b->env.catalogue, d, b->stage->id, b->stage->writes);
}

/* A review stays in force while its line waits again: its effect is computed again from the dossier as it then was. */
static enum err bring_review(struct batch *b, const struct waiting_row *row, struct turn *t)
{
    if (!row->reviewed_bytes) return OK;
    struct dossier *then = ARENA_NEW(b->arena, struct dossier);
    struct review_effect *effect = ARENA_NEW(b->arena, struct review_effect);
    TRY(dossier_decode(b->arena, slice_head(row->dossier, row->reviewed_bytes), then));
    struct review_object object = object_of(b, then);
    if (!object.judgement || then->review_count == 0) return ERR_STATE_MALFORMED;
    *effect = review_effect_again(b->arena, &object);
    t->review = effect;
    t->reviewed_bytes = row->reviewed_bytes;
    t->decided_at_unix_ms = then->reviews[then->review_count - 1].at_unix_ms;
    return OK;
}

static enum err turn_of_row(struct batch *b, int32_t partition, const struct waiting_row *row, struct turn *t)
{
    struct dossier *d = ARENA_NEW(b->arena, struct dossier);
    TRY(dossier_decode(b->arena, row->dossier, d));
    if (!d->line || !d->receipt || !dossier_judgement(d, b->stage->writes)) return ERR_STATE_MALFORMED;
    *t = (struct turn){ .partition = partition,
                        .waited = row,
                        .dossier = d,
                        .facts = arena_alloc(b->arena, b->stage->facts_bytes),
                        .decided_at_unix_ms = d->receipt->received_at_unix_ms };
    return bring_review(b, row, t);
}

/* The turn of a line that waits here; `waited` is NULL when it does not, and nothing else is then filled in. */
static enum err find_waiting(struct batch *b, int32_t partition, struct slice line_id, struct turn *t)
{
    struct waiting_row *row = ARENA_NEW(b->arena, struct waiting_row);
    bool found;
    *t = (struct turn){ 0 };
    TRY(waiting_get(batch_store(b, partition), line_id, row, &found));
    return found ? turn_of_row(b, partition, row, t) : OK;
}

/* --- withdrawal ------------------------------------------------------------------------------------------------- */

static enum err withdraw(struct batch *b, int32_t partition, struct slice line_id, struct slice other, instant_ms at)
{
    struct turn t;
    struct verdict v;
    struct books books;
    TRY(find_waiting(b, partition, line_id, &t));
    if (!t.waited) return OK;
    t.decided_at_unix_ms = at;
    t.review = NULL;
    conservation_take(&b->count, t.dossier->line);
    TRY(judge_withdrawal(b, &t, other, &v, &books));
    return end_turn(b, &t, &v);
}

/* Only a line that goes on withdraws another, and only one that still waits. Without verdict.withdraws,
 * withdrew_line_id stays as decide set it: it knows of an original that was withdrawn or refused before. */
static enum err settle_withdrawal(struct batch *b, const struct turn *t, struct verdict *v)
{
    struct waiting_row row;
    bool found = false;
    bool goes_on = v->judgement->outcome == OUTCOME_PASS || v->judgement->outcome == OUTCOME_SHORT;
    if (v->withdraws.size && goes_on) TRY(waiting_get(batch_store(b, t->partition), v->withdraws, &row, &found));
    if (v->withdraws.size) v->judgement->withdrew_line_id = found ? v->withdraws : (struct slice){ 0 };
    return OK;
}

static bool is_told(const struct batch *b, const struct dossier *d)
{
    return b->stage->told_by && dossier_has(d, b->stage->told_by);
}

/* No line that came: it was counted, and went on, before. */
static enum err hear(struct batch *b, struct turn *t)
{
    struct verdict v;
    struct books books;
    TRY(judge_line(b, t, &v, &books));
    return judge_record(b, t, &v);
}

enum err turn_take(struct batch *b, struct turn *t)
{
    struct verdict v;
    struct books books;
    if (is_told(b, t->dossier)) return hear(b, t);
    conservation_take(&b->count, t->dossier->line);
    enum err e = judge_line(b, t, &v, &books);
    if (err_class(e) == ERR_CLASS_POISON) return die_on_turn(b, t, e);
    TRY(e);
    TRY(settle_withdrawal(b, t, &v));
    TRY(end_turn(b, t, &v));
    struct slice by = t->dossier->receipt->line_id;
    if (!v.judgement->withdrew_line_id.size) return OK;
    TRY(withdraw(b, t->partition, v.judgement->withdrew_line_id, by, t->decided_at_unix_ms));
    for (unsigned i = 0; i < v.repeat_count; i++)
        TRY(withdraw(b, t->partition, v.repeats[i], by, t->decided_at_unix_ms));
    return OK;
}

/* --- waiting lines, again --------------------------------------------------------------------------------------- */

static enum err prefetch_one(struct batch *b, const struct turn *t)
{
    struct stage_item item = { .dossier = t->dossier, .facts = t->facts };
    return b->stage->prefetch ? b->stage->prefetch(&b->env, &item, 1) : OK;
}

static enum err judge_again(struct batch *b, struct turn *t)
{
    TRY(prefetch_one(b, t));
    return turn_take(b, t);
}

enum err turn_again(struct batch *b, int32_t partition, struct slice line_id)
{
    struct turn t;
    TRY(find_waiting(b, partition, line_id, &t));
    return t.waited ? judge_again(b, &t) : OK;
}

enum err turn_refuse(struct batch *b, int32_t partition, struct slice line_id)
{
    struct turn t;
    TRY(find_waiting(b, partition, line_id, &t));
    if (!t.waited) return OK;
    conservation_take(&b->count, t.dossier->line);
    return die_on_turn(b, &t, ERR_TRANSACTION_REFUSED);
}

static enum err expire(struct batch *b, struct turn *t)
{
    struct verdict v;
    struct books books;
    conservation_take(&b->count, t->dossier->line);
    TRY(judge_expiry(b, t, &v, &books));
    return end_turn(b, t, &v);
}

enum err turn_on_time(struct batch *b, int32_t partition, struct slice line_id)
{
    struct turn t;
    TRY(find_waiting(b, partition, line_id, &t));
    ASSERT(t.waited && t.waited->outcome == OUTCOME_PARK);
    return t.waited->asks_again ? judge_again(b, &t) : expire(b, &t);
}

/* --- reviews ---------------------------------------------------------------------------------------------------- */

/* An act that is not a decision, or not yet: it stands in the dossier, and the line waits on. */
static enum err note_review(struct batch *b, const struct turn *t, struct slice bytes)
{
    struct waiting_row row = *t->waited;
    row.dossier = bytes;
    TRY(waiting_keep(batch_store(b, t->partition), b->arena, &row));
    return batch_send(b, b->stage->outputs[OUTCOME_HOLD], t->dossier->receipt->partner_root_id, bytes);
}

static enum err judge_reviewed(struct batch *b, struct turn *t, struct slice bytes, const struct review_effect *effect,
                               instant_ms at)
{
    struct dossier *d = ARENA_NEW(b->arena, struct dossier);
    TRY(dossier_decode(b->arena, bytes, d));
    t->dossier = d;
    t->review = effect;
    t->reviewed_now = true;
    t->reviewed_bytes = bytes.size;
    t->decided_at_unix_ms = at;
    return judge_again(b, t);
}

static enum err review_line(struct batch *b, int32_t partition, const struct review *r)
{
    struct turn t;
    struct slice bytes;
    TRY(find_waiting(b, partition, r->line_id, &t));
    if (!t.waited) {
        batch_report_void(b, r, REVIEW_VOID_NOT_WAITING);
        return OK;
    }
    struct review_object object = object_of(b, t.dossier);
    struct review_answer answer = review_weigh(b->arena, &object, r);
    enum err e = answer.standing == REVIEW_VOID ? OK : review_append(b->arena, t.dossier, r, &answer, &bytes);
    if (e == ERR_WIRE_TOO_LARGE)
        answer = (struct review_answer){ .standing = REVIEW_VOID, .why = REVIEW_VOID_TOO_MANY };
    else TRY(e);
    if (answer.standing == REVIEW_VOID) batch_report_void(b, r, answer.why);
    else if (answer.standing == REVIEW_EFFECTIVE) return judge_reviewed(b, &t, bytes, &answer.effect, r->at_unix_ms);
    else return note_review(b, &t, bytes);
    return OK;
}

static enum err bury_review(struct batch *b, const struct record *record, enum err why)
{
    struct dead_letter letter = { .record = record, .stage = slice_from(b->stage->name), .code = REASON_UNREADABLE,
                                  .error = why, .issue = issue_of(why), .failed_at_unix_ms = b->env.now_unix_ms };
    return dead_letter_send(b->arena, b->sink, &letter);
}

enum err turn_refuse_review(struct batch *b, const struct record *record)
{
    return bury_review(b, record, ERR_TRANSACTION_REFUSED);
}

enum err turn_review(struct batch *b, const struct record *record)
{
    struct review r = { 0 };
    enum err e = review_decode(b->arena, record->value, &r);
    if (e != OK)
        return b->stage->id == STAGE_CLASSIFICATION ? bury_review(b, record, e)
                                                    : OK; /* three stages read it: the first one reports */
    if (r.stage != b->stage->id) return OK;
    return r.case_id.size ? cases_review(b, record->partition, &r) : review_line(b, record->partition, &r);
}
