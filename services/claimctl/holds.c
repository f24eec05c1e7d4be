/* claimctl/holds.c: `holds list|show` and the acts on what waits: who holds what, until when, and what a person
 * decides. */
#include "base/assert.h"
#include "claimctl/command.h"
#include "claimctl/explain.h"
#include "claimctl/findings.h"
#include "claimctl/holding.h"
#include "claimctl/holds_act.h"
#include "claimctl/line_name.h"
#include "claimctl/option.h"
#include "claimctl/reading.h"
#include "claimctl/results.h"
#include "claimctl/run_keep.h"
#include "claimctl/unmask.h"
#include "domain/currency.h"
#include "runtime/clock.h"

#include <stdlib.h>

enum { HOLD_TEXT_MAX = 4096, LINE_TEXT_MAX = 1 << 20, HOLDS_ARENA_BYTES = 256 << 20 };

static const struct listing_field fields[] = {
    { "due", LISTING_TEXT, "when it is due, RFC 3339", false },
    { "stage", LISTING_TEXT, "that holds it", false },
    { "says", LISTING_TEXT, "what it is about, and why it waits", false },
    { "waits_for", LISTING_TEXT, "the datum it waits for; empty: a person", false },
    { "state", LISTING_TEXT,
      "OPEN, ASKED, ANSWERED, TAKEN, PROPOSED with who and since when; of a parked line WAITS or AT_RISK", false },
    { "outcome", LISTING_TEXT, "HOLD or PARK", true },
    { "line", LISTING_TEXT, "document:row; empty: a case", true },
    { "id", LISTING_TEXT, "line_id or case_id", true },
    { "partner_id", LISTING_TEXT, "who sent it", true },
    { "amount", LISTING_FIGURE, "outstanding", true },
    { "currency", LISTING_TEXT, "of the amount", true },
    { "reasons", LISTING_LIST, "by precedence", true },
    { "taken_by", LISTING_TEXT, "who looks into it", true },
    { "taken_at", LISTING_TEXT, "since when, RFC 3339", true },
    { "taken_until", LISTING_TEXT, "until when nobody else proposes", true },
    { "proposed_by", LISTING_TEXT, "whose proposal stands", true },
    { "question", LISTING_TEXT, "what the partner was asked last", true },
    { "answer", LISTING_TEXT, "what it said to that", true },
};
enum {
    FIELD_STATE = 4,
    FIELD_TAKEN_BY = 12,
    FIELD_TAKEN_AT,
    FIELD_TAKEN_UNTIL,
    FIELD_PROPOSED_BY,
    FIELD_QUESTION,
    FIELD_ANSWER,
    FIELD_COUNT = sizeof fields / sizeof fields[0]
};
_Static_assert(FIELD_COUNT == FIELD_ANSWER + 1, "the last fields say who has it");

/* A place in the queue (screening.md 4.3, 6.5): strong matches at its head, then by due time, what is worth more
 * before. */
struct place { bool is_strong; instant_ms due_unix_ms; int64_t amount_minor, score_points; unsigned order; };

/* Rows are printed in that order: each is kept until all are known. */
struct held { struct place place; struct slice cells[FIELD_COUNT]; };
struct queue { struct arena arena; struct held *items; unsigned count, capacity; instant_ms now_unix_ms; };

static void add(struct queue *q, struct place place, const struct slice *cells)
{
    if (q->count == q->capacity) {
        q->capacity = q->capacity ? 2 * q->capacity : 64;
        q->items = realloc(q->items, q->capacity * sizeof *q->items);
        if (!q->items) abort();
    }
    place.order = q->count;
    q->items[q->count] = (struct held){ place, { { 0 } } };
    for (unsigned i = 0; i < FIELD_COUNT; i++) q->items[q->count].cells[i] = slice_copy(&q->arena, cells[i]);
    q->count++;
}

static int by_place(const void *a_, const void *b_)
{
    const struct place *a = &((const struct held *)a_)->place, *b = &((const struct held *)b_)->place;
    __int128 weight_a = (__int128)a->amount_minor * a->score_points,
             weight_b = (__int128)b->amount_minor * b->score_points;
    if (a->is_strong != b->is_strong) return a->is_strong ? -1 : 1;
    if (a->due_unix_ms != b->due_unix_ms) return a->due_unix_ms < b->due_unix_ms ? -1 : 1;
    if (weight_a != weight_b) return weight_a > weight_b ? -1 : 1;
    if (a->amount_minor != b->amount_minor) return a->amount_minor > b->amount_minor ? -1 : 1;
    return a->order < b->order ? -1 : 1;
}

/* Who has it: the last cells of a row. */
static void fill_holding(struct reading *r, const struct queue *q, const struct dossier *d, struct slice *cells)
{
    struct holding h = holding_of(d, q->now_unix_ms);
    struct text state = text_in(&r->arena, HOLD_TEXT_MAX), since = text_in(&r->arena, 32),
                until = text_in(&r->arena, 32);
    holding_put_text(&state, &h);
    cells[FIELD_STATE] = text_slice(&state);
    if (h.proposal) cells[FIELD_PROPOSED_BY] = h.proposal->actor_id;
    if (h.question.asked) cells[FIELD_QUESTION] = h.question.asked->note;
    if (h.question.answered) cells[FIELD_ANSWER] = h.question.answered->note;
    if (!h.taker) return;
    instant_put(&since, h.taker->at_unix_ms);
    instant_put(&until, h.taker->until_unix_ms);
    cells[FIELD_TAKEN_BY] = h.taker->actor_id;
    cells[FIELD_TAKEN_AT] = text_slice(&since);
    cells[FIELD_TAKEN_UNTIL] = text_slice(&until);
}

static bool add_line(struct reading *r, const struct transcript_entry *e, const struct standing *s, void *context)
{
    (void)e;
    if (s->outcome != OUTCOME_HOLD && s->outcome != OUTCOME_PARK) return true;
    const struct judgement *j = dossier_standing(s->dossier);
    struct text due = text_in(&r->arena, 32), says = text_in(&r->arena, HOLD_TEXT_MAX), amount = text_in(&r->arena, 32);
    if (j->waiting.due_unix_ms) instant_put(&due, j->waiting.due_unix_ms);
    explain_put_line(&says, s);
    if (s->reason_count) {
        PUT(&says, " [");
        text_put(&says, reason_name(s->reasons[0].code));
        text_put_byte(&says, ']');
    }
    if (s->has_claim) money_put(&amount, s->refused_minor, s->currency);
    struct slice cells[FIELD_COUNT] = {
        text_slice(&due),
        word_text(VOCABULARY_STAGE, s->stage),
        text_slice(&says),
        j->waiting.on,
        { 0 },
        word_text(VOCABULARY_OUTCOME, s->outcome),
        line_name_in(&r->arena, s->dossier->receipt),
        s->dossier->receipt->line_id,
        s->dossier->line->partner_id,
        text_slice(&amount),
        s->has_claim ? s->currency : (struct slice){ 0 },
        reason_names(&r->arena, s->reasons, s->reason_count),
    };
    fill_holding(r, context, s->dossier, cells);
    add(context,
        (struct place){ .due_unix_ms = j->waiting.due_unix_ms,
                        .amount_minor = s->has_claim ? s->refused_minor : 0,
                        .score_points = s->dossier->clearance ? s->dossier->clearance->score_points : 0 },
        cells);
    return true;
}

/* A case of a pair that is STRONG by the page's default: the ruleset of the time is not at hand. */
static bool is_strong(const struct clearance *c)
{
    struct policy page;
    policy_default(&page);
    for (unsigned i = 0; i < c->judgement.rule_result_count; i++) {
        const struct rule_result *result = &c->judgement.rule_results[i];
        for (unsigned k = 0; k < result->evidence_count; k++)
            if (result->evidence[k].kind == EVIDENCE_LIST_ENTRY
                && result->evidence[k].score >= page.screening_strong_score)
                return true;
    }
    return false;
}

static bool add_case(struct reading *r, const struct transcript_entry *e, const struct standing *s, void *context)
{
    (void)e;
    const struct clearance *c = s->dossier->clearance;
    if (!c || c->judgement.outcome != OUTCOME_HOLD) return true;
    struct text says = text_in(&r->arena, HOLD_TEXT_MAX);
    PUT(&says, "case ");
    text_put(&says, c->case_id);
    text_put_byte(&says, ' ');
    text_put(&says, word_text(VOCABULARY_CASE_KIND, c->case_kind));
    text_put_byte(&says, ' ');
    text_put(&says, c->case_kind == CASE_KIND_SAMPLE ? line_name_in(&r->arena, s->dossier->receipt) : c->case_subject);
    struct slice cells[FIELD_COUNT] = { { 0 }, SLICE("COMPLIANCE"), text_slice(&says), { 0 }, { 0 }, SLICE("HOLD"),
                                        { 0 }, c->case_id };
    fill_holding(r, context, s->dossier, cells);
    add(context, (struct place){ .is_strong = is_strong(c), .due_unix_ms = INT64_MAX }, cells);
    return true;
}

/* In a run time stands where it ended. */
static instant_ms now_of(const struct reading *r)
{
    return r->has_broker ? clock_now_unix_ms() : r->state.folder ? run_keep_clock(&r->state) : 0;
}

static int list(int argc, char **argv)
{
    struct reading r;
    struct queue q = { .now_unix_ms = 0 };
    struct listing l = { 0 };
    int code = reading_open(&r, &argc, argv);
    if (code != EXIT_DONE) return code;
    option_take(&argc, argv, NULL, 0);
    if (argc != 2) return reading_close(&r, command_usage("holds"));
    if (!listing_begin(&l, &r.out, fields, FIELD_COUNT, r.form)) return reading_close(&r, EXIT_DONE);
    code = reading_start(&r);
    q.now_unix_ms = now_of(&r);
    if (code == EXIT_DONE && arena_open(&q.arena, HOLDS_ARENA_BYTES, HOLDS_ARENA_BYTES) != OK) code = EXIT_FAILED;
    if (code == EXIT_DONE && (!reading_walk(&r, add_line, &q) || !reading_walk_cases(&r, add_case, &q)))
        code = EXIT_FAILED;
    if (q.count) qsort(q.items, q.count, sizeof *q.items, by_place);
    for (unsigned i = 0; i < q.count; i++) listing_row(&l, q.items[i].cells);
    listing_end_of(&l, code == EXIT_DONE);
    if (q.count == 0 && code == EXIT_DONE) fprintf(stderr, "nothing waits\n");
    free(q.items);
    arena_close(&q.arena);
    return reading_close(&r, code);
}

/* --- show --- */

struct request { struct slice word; struct nearest near; instant_ms now_unix_ms; unsigned found; };

/* The object as results have it, and who has what it stands for. */
static void print_object(struct reading *r, const struct request *request, const struct dossier *d, struct text *t)
{
    ASSERT(t->size && t->bytes[t->size - 1] == '}');
    t->size--;
    struct json j = json_over(t);
    struct holding h = holding_of(d, request->now_unix_ms);
    j.comma = true;
    findings_put_member(&j, dossier_standing(d));
    holding_put_members(&j, d, &h);
    json_close_object(&j);
    output_line(&r->out, text_slice(t));
}

static bool show_line(struct reading *r, const struct transcript_entry *e, const struct standing *s, void *context)
{
    struct request *request = context;
    bool waits = s->outcome == OUTCOME_HOLD || s->outcome == OUTCOME_PARK;
    if (waits) reading_offer_names(r, s, &request->near);
    if (!waits || !reading_is_named(s, request->word)) return true;
    struct text t = text_in(&r->arena, LINE_TEXT_MAX);
    results_put_line(&t, s, (struct slice){ 0 }, e->first_seq);
    print_object(r, request, s->dossier, &t);
    request->found++;
    return true;
}

/* A case of one line names it as people do. */
static void put_case_line(struct reading *r, const struct dossier *d, struct text *t)
{
    if (d->clearance->case_kind != CASE_KIND_SAMPLE) return;
    t->size--;
    struct json j = json_over(t);
    j.comma = true;
    json_text(&j, "line", line_name_in(&r->arena, d->receipt));
    json_close_object(&j);
}

static bool show_case(struct reading *r, const struct transcript_entry *e, const struct standing *s, void *context)
{
    struct request *request = context;
    (void)e;
    if (s->dossier->clearance) nearest_offer(&request->near, s->dossier->clearance->case_id);
    if (!s->dossier->clearance || !slice_equal(s->dossier->clearance->case_id, request->word)) return true;
    struct text t = text_in(&r->arena, LINE_TEXT_MAX);
    results_put_case(&t, s->dossier->clearance);
    put_case_line(r, s->dossier, &t);
    print_object(r, request, s->dossier, &t);
    request->found++;
    return true;
}

static int show(int argc, char **argv)
{
    struct reading r;
    struct request request = { .now_unix_ms = 0 };
    int code = reading_open(&r, &argc, argv);
    if (code != EXIT_DONE) return code;
    code = unmask_take(&argc, argv, r.has_broker ? &r.broker : NULL);
    option_take(&argc, argv, NULL, 0);
    if (code == EXIT_DONE && argc != 3) code = command_usage("holds");
    if (code != EXIT_DONE) return reading_close(&r, code);
    request.word = slice_from(argv[2]);
    request.near = nearest_to(request.word);
    code = reading_start(&r);
    if (code == EXIT_DONE) code = unmask_begin(r.folder, "hold.unmask", argv[2]);
    r.shows_persons = !unmask_is_masked();
    request.now_unix_ms = now_of(&r);
    if (code == EXIT_DONE && (!reading_walk(&r, show_line, &request) || !reading_walk_cases(&r, show_case, &request)))
        code = EXIT_FAILED;
    if (code == EXIT_DONE && !request.found)
        code = nearest_refuse(&request.near, "claimctl holds list names what does", "nothing of that name waits: %s",
                              argv[2]);
    return reading_close(&r, code);
}

int claimctl_holds(int argc, char **argv)
{
    static const struct command_verb verbs[] = {
        { SLICE_INIT("list"), list },          { SLICE_INIT("show"), show },
        { SLICE_INIT("take"), holds_act },     { SLICE_INIT("release"), holds_act },
        { SLICE_INIT("adjust"), holds_act },   { SLICE_INIT("deny"), holds_act },
        { SLICE_INIT("ask"), holds_act },      { SLICE_INIT("answer"), holds_act },
        { SLICE_INIT("assign"), holds_act },
        { SLICE_INIT("clear"), holds_act },    { SLICE_INIT("block"), holds_act },
        { SLICE_INIT("confirm"), holds_act },  { SLICE_INIT("decline"), holds_act },
        { SLICE_INIT("withdraw"), holds_act },
    };
    return command_run_verb("holds", verbs, sizeof verbs / sizeof verbs[0], argc, argv);
}
