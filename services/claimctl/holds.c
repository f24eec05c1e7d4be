/* claimctl/holds.c: `holds list|show` and the acts on what waits: who holds what, until when, and what a person decides. */
#include "claimctl/command.h"
#include "claimctl/explain.h"
#include "claimctl/holds_act.h"
#include "claimctl/line_name.h"
#include "claimctl/reading.h"
#include "claimctl/reading_options.h"
#include "claimctl/results.h"
#include "domain/currency.h"

#include <stdlib.h>

enum { HOLD_TEXT_MAX = 4096, LINE_TEXT_MAX = 1 << 20, HOLDS_ARENA_BYTES = 256 << 20 };

static const struct listing_field fields[] = {
    { "due", LISTING_TEXT, "when it is due, RFC 3339", false },
    { "stage", LISTING_TEXT, "that holds it", false },
    { "says", LISTING_TEXT, "what it is about, and why it waits", false },
    { "waits_for", LISTING_TEXT, "the datum it waits for; empty: a person", false },
    { "outcome", LISTING_TEXT, "HOLD or PARK", true },
    { "line", LISTING_TEXT, "document:row; empty: a case", true },
    { "id", LISTING_TEXT, "line_id or case_id", true },
    { "partner_id", LISTING_TEXT, "who sent it", true },
    { "amount", LISTING_FIGURE, "outstanding", true },
    { "currency", LISTING_TEXT, "of the amount", true },
    { "reasons", LISTING_LIST, "by precedence", true },
};
enum { FIELD_COUNT = sizeof fields / sizeof fields[0] };

/* Rows are printed by due time: each is kept until all are known. */
struct held { instant_ms due_unix_ms; unsigned order; struct slice cells[FIELD_COUNT]; };
struct queue { struct arena arena; struct held *items; unsigned count, capacity; };

static void add(struct queue *q, instant_ms due_unix_ms, const struct slice *cells)
{
    if (q->count == q->capacity) {
        q->capacity = q->capacity ? 2 * q->capacity : 64;
        q->items = realloc(q->items, q->capacity * sizeof *q->items);
        if (!q->items) abort();
    }
    q->items[q->count] = (struct held){ due_unix_ms, q->count, { { 0 } } };
    for (unsigned i = 0; i < FIELD_COUNT; i++) q->items[q->count].cells[i] = slice_copy(&q->arena, cells[i]);
    q->count++;
}

static int by_due(const void *a_, const void *b_)
{
    const struct held *a = a_, *b = b_;
    if (a->due_unix_ms != b->due_unix_ms) return a->due_unix_ms < b->due_unix_ms ? -1 : 1;
    return a->order < b->order ? -1 : 1;
}

static struct slice reasons_of(struct arena *a, const struct standing *s)
{
    struct text t = text_in(a, HOLD_TEXT_MAX);
    for (unsigned i = 0; i < s->reason_count; i++) {
        if (i) text_put_byte(&t, ' ');
        text_put(&t, reason_name(s->reasons[i].code));
    }
    return text_slice(&t);
}

static bool add_line(struct reading *r, const struct transcript_entry *e, const struct standing *s, void *context)
{
    (void)e;
    if (s->outcome != OUTCOME_HOLD && s->outcome != OUTCOME_PARK) return true;
    const struct judgement *j = dossier_standing(s->dossier);
    struct text due = text_in(&r->arena, 32), says = text_in(&r->arena, HOLD_TEXT_MAX), amount = text_in(&r->arena, 32);
    if (j->waiting.due_unix_ms) instant_put(&due, j->waiting.due_unix_ms);
    explain_put_line(&says, s);
    if (s->has_claim) money_put(&amount, s->refused_minor, s->currency);
    const struct slice cells[FIELD_COUNT] = {
        text_slice(&due), word_text(VOCABULARY_STAGE, s->stage), text_slice(&says), j->waiting.on, word_text(VOCABULARY_OUTCOME, s->outcome),
        line_name_in(&r->arena, s->dossier->receipt), s->dossier->receipt->line_id, s->dossier->line->partner_id, text_slice(&amount),
        s->has_claim ? s->currency : (struct slice){ 0 }, reasons_of(&r->arena, s),
    };
    add(context, j->waiting.due_unix_ms, cells);
    return true;
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
    text_put(&says, c->case_subject);
    const struct slice cells[FIELD_COUNT] = { { 0 }, SLICE("COMPLIANCE"), text_slice(&says), { 0 }, SLICE("HOLD"), { 0 }, c->case_id };
    add(context, INT64_MAX, cells);
    return true;
}

static int list(int argc, char **argv)
{
    struct reading r;
    struct queue q = { .count = 0 };
    struct listing l = { 0 };
    int code = reading_open(&r, &argc, argv);
    if (code != EXIT_DONE) return code;
    if (reading_options_take(&argc, argv, NULL, 0) != OK) return reading_close(&r, EXIT_USAGE);
    if (argc != 2) return reading_close(&r, command_usage("holds"));
    if (!listing_begin(&l, &r.out, fields, FIELD_COUNT, r.form)) return reading_close(&r, EXIT_DONE);
    code = reading_start(&r);
    if (code == EXIT_DONE && arena_open(&q.arena, HOLDS_ARENA_BYTES, HOLDS_ARENA_BYTES) != OK) code = EXIT_FAILED;
    if (code == EXIT_DONE && (!reading_walk(&r, add_line, &q) || !reading_walk_cases(&r, add_case, &q))) code = EXIT_FAILED;
    if (q.count) qsort(q.items, q.count, sizeof *q.items, by_due);
    for (unsigned i = 0; i < q.count; i++) listing_row(&l, q.items[i].cells);
    listing_end(&l);
    if (q.count == 0 && code == EXIT_DONE) fprintf(stderr, "nothing waits\n");
    free(q.items);
    arena_close(&q.arena);
    return reading_close(&r, code);
}

/* --- show --- */

struct request { struct slice word; unsigned found; };

static bool show_line(struct reading *r, const struct transcript_entry *e, const struct standing *s, void *context)
{
    struct request *request = context;
    bool waits = s->outcome == OUTCOME_HOLD || s->outcome == OUTCOME_PARK;
    if (!waits || !reading_is_named(s, request->word)) return true;
    struct text t = text_in(&r->arena, LINE_TEXT_MAX);
    results_put_line(&t, s, (struct slice){ 0 }, e->first_seq);
    output_line(&r->out, text_slice(&t));
    request->found++;
    return true;
}

static bool show_case(struct reading *r, const struct transcript_entry *e, const struct standing *s, void *context)
{
    struct request *request = context;
    (void)e;
    if (!s->dossier->clearance || !slice_equal(s->dossier->clearance->case_id, request->word)) return true;
    struct text t = text_in(&r->arena, LINE_TEXT_MAX);
    results_put_case(&t, s->dossier->clearance);
    output_line(&r->out, text_slice(&t));
    request->found++;
    return true;
}

static int show(int argc, char **argv)
{
    struct reading r;
    struct request request = { .found = 0 };
    int code = reading_open(&r, &argc, argv);
    if (code != EXIT_DONE) return code;
    if (reading_options_take(&argc, argv, NULL, 0) != OK) return reading_close(&r, EXIT_USAGE);
    if (argc != 3) return reading_close(&r, command_usage("holds"));
    request.word = slice_from(argv[2]);
    code = reading_start(&r);
    if (code == EXIT_DONE && (!reading_walk(&r, show_line, &request) || !reading_walk_cases(&r, show_case, &request))) code = EXIT_FAILED;
    if (code == EXIT_DONE && !request.found) {
        fprintf(stderr, "error[USAGE %d]: nothing of that name waits: %s\n", ERR_USAGE, argv[2]);
        code = EXIT_NOT_FOUND;
    }
    return reading_close(&r, code);
}

int claimctl_holds(int argc, char **argv)
{
    static const struct command_verb verbs[] = {
        { SLICE_INIT("list"), list },           { SLICE_INIT("show"), show },           { SLICE_INIT("release"), holds_act },
        { SLICE_INIT("adjust"), holds_act },    { SLICE_INIT("deny"), holds_act },      { SLICE_INIT("ask"), holds_act },
        { SLICE_INIT("assign"), holds_act },    { SLICE_INIT("clear"), holds_act },     { SLICE_INIT("block"), holds_act },
        { SLICE_INIT("confirm"), holds_act },   { SLICE_INIT("decline"), holds_act },   { SLICE_INIT("withdraw"), holds_act },
    };
    return command_run_verb("holds", verbs, sizeof verbs / sizeof verbs[0], argc, argv);
}
