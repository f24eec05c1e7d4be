/* claimctl/lines.c: `lines list|show|explain`: where each line of a finished run stands, and why. */
#include "claimctl/command.h"
#include "claimctl/explain.h"
#include "claimctl/line_name.h"
#include "claimctl/payout_text.h"
#include "claimctl/reading.h"
#include "claimctl/refused_line.h"
#include "claimctl/results.h"

enum { LINE_TEXT_MAX = 1 << 20 };

struct request { struct slice word; enum outcome only; unsigned found; };

static void put_amounts(struct output *o, const struct standing *s)
{
    char buffer[128];
    struct text t = text_over(buffer, sizeof buffer);
    const struct payout_section *p = s->dossier->payout;
    for (unsigned i = 0; p && i < p->entry_count; i++) {
        if (i) text_put_byte(&t, ' ');
        payout_put_amount(&t, &p->entries[i]);
    }
    output_put(o, t.size ? text_slice(&t) : SLICE("-"));
}

static bool list_line(struct reading *r, const struct transcript_entry *e, const struct standing *s, void *context)
{
    struct request *request = context;
    (void)e;
    if (request->only && s->outcome != request->only) return true;
    request->found++;
    output_print(&r->out, "%.*s\t%.*s\t%.*s\t", SLICE_ARGS(line_name_in(&r->arena, s->dossier->receipt)),
                 SLICE_ARGS(kind_name(s->dossier->line->kind)), SLICE_ARGS(word_text(VOCABULARY_OUTCOME, s->outcome)));
    put_amounts(&r->out, s);
    for (unsigned i = 0; i < s->reason_count; i++)
        output_print(&r->out, "%c%.*s", i ? ' ' : '\t', SLICE_ARGS(reason_name(s->reasons[i].code)));
    output_put(&r->out, SLICE("\n"));
    return !r->out.closed;
}

static bool show_line(struct reading *r, const struct transcript_entry *e, const struct standing *s, void *context)
{
    struct request *request = context;
    if (!reading_is_named(s, request->word)) return true;
    struct text t = text_in(&r->arena, LINE_TEXT_MAX);
    results_put_line(&t, s, (struct slice){ 0 }, e->first_seq);
    output_line(&r->out, text_slice(&t));
    request->found++;
    return true;
}

static bool explain_line(struct reading *r, const struct transcript_entry *e, const struct standing *s, void *context)
{
    struct request *request = context;
    (void)e;
    if (!reading_is_named(s, request->word)) return true;
    struct text t = text_in(&r->arena, LINE_TEXT_MAX);
    explain_put_line(&t, s);
    text_put_byte(&t, '\n');
    payout_put_explanation(&t, s);
    output_put(&r->out, text_slice(&t));
    request->found++;
    return true;
}

/* --- lines that intake refused --- */

static bool list_refused(struct reading *r, const struct node *object, void *context)
{
    struct request *request = context;
    struct refused_line l;
    if (!refused_line_read(object, &l) || (request->only && l.outcome != request->only)) return true;
    request->found++;
    struct text t = text_in(&r->arena, LINE_TEXT_MAX);
    refused_line_put_row(&t, &l);
    output_put(&r->out, text_slice(&t));
    return !r->out.closed;
}

static bool show_refused(struct reading *r, const struct node *object, void *context)
{
    struct request *request = context;
    struct refused_line l;
    if (!refused_line_read(object, &l) || !refused_line_is_named(&l, request->word)) return true;
    output_line(&r->out, r->object_json);
    request->found++;
    return true;
}

static bool explain_refused(struct reading *r, const struct node *object, void *context)
{
    struct request *request = context;
    struct refused_line l;
    if (!refused_line_read(object, &l) || !refused_line_is_named(&l, request->word)) return true;
    struct text t = text_in(&r->arena, LINE_TEXT_MAX);
    refused_line_put_explanation(&t, &l);
    output_put(&r->out, text_slice(&t));
    request->found++;
    return true;
}

static int usage(void)
{
    fprintf(stderr, "error[USAGE %d]: lines list [OUTCOME] | show LINE | explain LINE, with --state DIR\n"
            "  LINE is as lines list names it (document:row), a line id, an invoice number or a claim number\n", ERR_USAGE);
    return EXIT_USAGE;
}

int claimctl_lines(int argc, char **argv)
{
    static const struct { struct slice verb; reading_visit *visit; reading_visit_object *visit_refused; } verbs[] = {
        { SLICE_INIT("list"), list_line, list_refused }, { SLICE_INIT("show"), show_line, show_refused },
        { SLICE_INIT("explain"), explain_line, explain_refused },
    };
    const unsigned count = sizeof verbs / sizeof verbs[0];
    struct reading r;
    struct request request = { 0 };
    int code = reading_open(&r, &argc, argv);
    if (code != EXIT_DONE) return code;
    struct slice verb = slice_from(argc > 1 ? argv[1] : "");
    if (argc > 2) request.word = slice_from(argv[2]);
    unsigned at = 0;
    while (at < count && !slice_equal(verbs[at].verb, verb)) at++;
    bool lists = at < count && verbs[at].visit == list_line;
    if (at == count || (lists ? argc > 3 : argc != 3)) return reading_close(&r, usage());
    if (lists && argc > 2) {
        request.only = (enum outcome)word_find(VOCABULARY_OUTCOME, request.word);
        if (!request.only) return reading_close(&r, usage());
    }
    if (!reading_walk_all(&r, verbs[at].visit, verbs[at].visit_refused, &request)) return reading_close(&r, EXIT_FAILED);
    if (!lists && !request.found) fprintf(stderr, "error[USAGE %d]: no line is named %s\n", ERR_USAGE, argv[2]);
    return reading_close(&r, lists || request.found ? EXIT_DONE : EXIT_NOT_FOUND);
}
