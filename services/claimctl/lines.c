/* claimctl/lines.c: `lines list|show|explain`: where each line of a finished run stands, and why. */
#include "claimctl/colour.h"
#include "claimctl/command.h"
#include "claimctl/explain.h"
#include "claimctl/findings.h"
#include "claimctl/holding.h"
#include "claimctl/line_name.h"
#include "claimctl/lines_filter.h"
#include "claimctl/lines_trace.h"
#include "claimctl/option.h"
#include "claimctl/payout_text.h"
#include "claimctl/reading.h"
#include "claimctl/refused_line.h"
#include "claimctl/results.h"
#include "claimctl/taken_back.h"
#include "claimctl/unmask.h"
#include "runtime/clock.h"

enum { LINE_TEXT_MAX = 1 << 20, AMOUNTS_BYTES = 8192, REASONS_BYTES = 4096, SAME_SHOWN_MAX = 8, SAME_BYTES = 128 };

struct request {
    struct slice word;
    enum outcome only;
    struct lines_filter filter;
    unsigned found, rows;
    char same[SAME_SHOWN_MAX][SAME_BYTES];          /* of those rows: id and partner */
    struct nearest near;
    struct taken_back taken_back;
    struct listing listing;
}; /* rows: found by DOCUMENT:ROW */

/* --- list --- */

static const struct listing_field fields[] = {
    { "line", LISTING_TEXT, "document:row, or document:position where a document has no rows", false },
    { "kind", LISTING_TEXT, "what the line is", false },
    { "outcome", LISTING_TEXT, "PASS SHORT HOLD PARK REJECT DEAD", false },
    { "payouts", LISTING_TEXT, "what it pays, an amount an entry", false },
    { "reasons", LISTING_LIST, "by precedence", false },
    { "partner_id", LISTING_TEXT, "who sent it", true },
    { "line_id", LISTING_TEXT, "its id; empty where intake gave none", true },
    { "stage", LISTING_TEXT, "that decided last", true },
    { "received_at", LISTING_TEXT, "RFC 3339; empty where it is not known", true },
    { "standing", LISTING_TEXT, "ADJUSTED, REVERSED: later lines took back some of what it pays, or all; else empty",
      true },
};
enum { FIELD_COUNT = sizeof fields / sizeof fields[0] };

static struct slice amounts_of(struct arena *a, const struct standing *s)
{
    struct text t = text_in(a, AMOUNTS_BYTES);
    const struct payout_section *p = s->dossier->payout;
    payout_put_amounts(&t, p);
    return text_slice(&t);
}

static bool list_line(struct reading *r, const struct transcript_entry *e, const struct standing *s, void *context)
{
    struct request *request = context;
    const struct receipt *receipt = s->dossier->receipt;
    (void)e;
    bool is_wanted = lines_filter_wants(&request->filter, s);
    if (!is_wanted || (request->only && s->outcome != request->only)) return true;
    request->found++;
    struct text received = text_in(&r->arena, 32);
    instant_put(&received, receipt->received_at_unix_ms);
    const struct slice cells[FIELD_COUNT] = {
        line_name_in(&r->arena, receipt),
        kind_name(s->dossier->line->kind),
        word_text(VOCABULARY_OUTCOME, s->outcome),
        amounts_of(&r->arena, s),
        reason_names(&r->arena, s->reasons, s->reason_count),
        s->dossier->line->partner_id,
        receipt->line_id,
        word_text(VOCABULARY_STAGE, s->stage),
        text_slice(&received),
        taken_back_standing(&request->taken_back, s->dossier),
    };
    listing_row(&request->listing, cells);
    return !r->out.closed;
}

/* --- show, explain --- */

static bool is_row(const struct standing *s, struct slice word)
{
    return line_name_is(s->dossier->receipt, word);
}

/* Documents of several partners may have one name: what tells their lines apart is kept until it is known. */
static void note_row(struct request *request, const struct standing *s)
{
    if (!is_row(s, request->word)) return;
    if (request->rows < SAME_SHOWN_MAX) {
        struct text t = text_over(request->same[request->rows], SAME_BYTES - 1);
        text_put(&t, s->dossier->receipt->line_id);
        PUT(&t, " of ");
        text_put(&t, s->dossier->line->partner_id);
        t.bytes[t.size] = 0;
    }
    request->rows++;
}

/* Another line than the one that is asked for. */
static bool offer(struct reading *r, struct request *request, const struct standing *s)
{
    if (!request->found) reading_offer_names(r, s, &request->near);
    return true;
}

static bool offer_refused(struct reading *r, struct request *request, const struct refused_line *l)
{
    nearest_offer(&request->near, line_name_in(&r->arena, &l->receipt));
    nearest_offer(&request->near, l->invoice_no);
    return true;
}

static bool show_line(struct reading *r, const struct transcript_entry *e, const struct standing *s, void *context)
{
    struct request *request = context;
    if (!reading_is_named(s, request->word)) return offer(r, request, s);
    note_row(request, s);
    struct text t = text_in(&r->arena, LINE_TEXT_MAX);
    struct standing shown = *s;
    shown.live = taken_back_standing(&request->taken_back, s->dossier);
    results_put_line(&t, &shown, (struct slice){ 0 }, e->first_seq);
    output_line(&r->out, text_slice(&t));
    request->found++;
    return true;
}

static bool explain_line(struct reading *r, const struct transcript_entry *e, const struct standing *s, void *context)
{
    struct request *request = context;
    (void)e;
    if (!reading_is_named(s, request->word) && !line_name_is_of(s->dossier->receipt, request->word))
        return offer(r, request, s);
    note_row(request, s);
    struct text t = text_in(&r->arena, LINE_TEXT_MAX);
    explain_put_line(&t, s);
    text_put_byte(&t, '\n');
    taken_back_put(&t, &request->taken_back, s->dossier);
    if (s->outcome == OUTCOME_HOLD || s->outcome == OUTCOME_PARK) {
        struct review_question question = review_question(s->dossier, s->stage);
        findings_put_text(&t, dossier_standing(s->dossier));
        holding_put_question(&t, &question);
    }
    payout_put_explanation(&t, s);
    colour_put_sentence(&r->out, text_slice(&t));
    request->found++;
    return true;
}

/* --- lines that intake refused --- */

static bool list_refused(struct reading *r, const struct node *object, void *context)
{
    struct request *request = context;
    struct refused_line l;
    if (!refused_line_read(object, &l) || (request->only && l.outcome != request->only)) return true;
    if (!lines_filter_wants_refused(&request->filter, &l, node_text(object, "partner_id"))) return true;
    request->found++;
    struct text reasons = text_in(&r->arena, REASONS_BYTES);
    for (const struct node_entry *e = l.reasons ? l.reasons->first : NULL; e; e = e->next) {
        if (e != l.reasons->first) text_put_byte(&reasons, ' ');
        text_put(&reasons, e->value->text);
    }
    const struct slice cells[FIELD_COUNT] = {
        line_name_in(&r->arena, &l.receipt),
        l.kind,
        word_text(VOCABULARY_OUTCOME, l.outcome),
        { 0 },
        text_slice(&reasons),
        node_text(object, "partner_id"),
        l.receipt.line_id,
        node_text(object, "stage"),
        { 0 },
        { 0 },
    };
    listing_row(&request->listing, cells);
    return !r->out.closed;
}

static bool show_refused(struct reading *r, const struct node *object, void *context)
{
    struct request *request = context;
    struct refused_line l;
    if (!refused_line_read(object, &l)) return true;
    if (!refused_line_is_named(&l, request->word)) return offer_refused(r, request, &l);
    output_line(&r->out, r->object_json);
    request->found++;
    return true;
}

static bool explain_refused(struct reading *r, const struct node *object, void *context)
{
    struct request *request = context;
    struct refused_line l;
    if (!refused_line_read(object, &l)) return true;
    if (!refused_line_is_named(&l, request->word) && !line_name_is_of(&l.receipt, request->word))
        return offer_refused(r, request, &l);
    struct text t = text_in(&r->arena, LINE_TEXT_MAX);
    refused_line_put_explanation(&t, &l);
    output_put(&r->out, text_slice(&t));
    request->found++;
    return true;
}

/* What came later is known before the first line is told. */
static bool walk(struct reading *r, reading_visit *visit, reading_visit_object *visit_refused, struct request *request)
{
    bool read = taken_back_read(&request->taken_back, r) && reading_walk_all(r, visit, visit_refused, request);
    taken_back_close(&request->taken_back);
    return read;
}

static int refuse_outcome(const char *word)
{
    struct nearest near = nearest_of_words(slice_from(word), VOCABULARY_OUTCOME);
    return nearest_refuse_word(&near, "lines list takes PASS, SHORT, HOLD, PARK, REJECT or DEAD", "%s is no outcome",
                               word);
}

/* OUTCOME and the filters. An exit code. */
static int read_request(struct request *request, int argc, char **argv)
{
    struct lines_filter *f = &request->filter;
    const struct option_slot options[] = {
        { "--partner", &f->wanted[LINES_FILTER_PARTNER], NULL },
        { "--program", &f->wanted[LINES_FILTER_PROGRAM], NULL },
        { "--document", &f->wanted[LINES_FILTER_DOCUMENT], NULL },
        { "--reason", &f->reason, NULL },
        { "--since", &f->since, NULL },
    };
    option_take(&argc, argv, options, sizeof options / sizeof options[0]);
    if (argc == 3) request->only = (enum outcome)word_find(VOCABULARY_OUTCOME, slice_from(argv[2]));
    if (argc == 3 && !request->only) return refuse_outcome(argv[2]);
    return argc > 3 ? command_usage("lines") : lines_filter_begin(f, clock_now_unix_ms());
}

static int list(int argc, char **argv)
{
    struct reading r;
    static struct request request;
    request = (struct request){ .only = OUTCOME_UNSPECIFIED };
    int code = reading_open(&r, &argc, argv);
    if (code != EXIT_DONE) return code;
    code = read_request(&request, argc, argv);
    if (code != EXIT_DONE) return reading_close(&r, code);
    if (!listing_begin(&request.listing, &r.out, fields, FIELD_COUNT, r.form)) return reading_close(&r, EXIT_DONE);
    code = reading_start(&r);
    if (code == EXIT_DONE && !walk(&r, list_line, list_refused, &request)) code = EXIT_FAILED;
    listing_end_of(&request.listing, code == EXIT_DONE);
    return reading_close(&r, code == EXIT_DONE ? lines_filter_end(&request.filter) : code);
}

static int find(int argc, char **argv, reading_visit *visit, reading_visit_object *visit_refused)
{
    struct reading r;
    struct request request = { .only = OUTCOME_UNSPECIFIED };
    int code = reading_open(&r, &argc, argv);
    if (code != EXIT_DONE) return code;
    code = unmask_take(&argc, argv, r.has_broker ? &r.broker : NULL);
    option_take(&argc, argv, NULL, 0);
    if (code == EXIT_DONE && argc != 3) code = command_usage("lines");
    if (code != EXIT_DONE) return reading_close(&r, code);
    request.word = slice_from(argv[2]);
    request.near = nearest_to(request.word);
    code = reading_start(&r);
    if (code == EXIT_DONE) code = unmask_begin(r.folder, "line.unmask", argv[2]);
    if (code != EXIT_DONE) return reading_close(&r, code);
    r.shows_persons = !unmask_is_masked();
    if (!walk(&r, visit, visit_refused, &request)) return reading_close(&r, EXIT_FAILED);
    if (!request.found)
        code = nearest_refuse(&request.near,
                              "LINE is as lines list names it (document:row), a line id, an invoice number or a claim "
                              "number; explain takes a document, too",
                              "no line is named %s", argv[2]);
    if (request.rows > 1)
        fprintf(stderr,
                "%u lines are called %s, of documents of one name; by their line_id they can be told apart:\n",
                request.rows, argv[2]);
    for (unsigned i = 0; request.rows > 1 && i < request.rows && i < SAME_SHOWN_MAX; i++)
        fprintf(stderr, "  %s\n", request.same[i]);
    return reading_close(&r, code);
}

static int show(int argc, char **argv)
{
    return find(argc, argv, show_line, show_refused);
}

static int explain(int argc, char **argv)
{
    return find(argc, argv, explain_line, explain_refused);
}

int claimctl_lines(int argc, char **argv)
{
    static const struct command_verb verbs[] = {
        { SLICE_INIT("list"), list },
        { SLICE_INIT("show"), show },
        { SLICE_INIT("explain"), explain },
        { SLICE_INIT("trace"), lines_trace },
    };
    return command_run_verb("lines", verbs, sizeof verbs / sizeof verbs[0], argc, argv);
}
