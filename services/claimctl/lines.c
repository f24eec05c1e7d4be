/* claimctl/lines.c: `lines list|show|explain`: where each line of a finished run stands, and why. */
#include "claimctl/command.h"
#include "claimctl/explain.h"
#include "claimctl/payout_text.h"
#include "claimctl/reading.h"
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
    const struct receipt *receipt = s->dossier->receipt;
    output_print(&r->out, "%.*s:%u\t%.*s\t%.*s\t", SLICE_ARGS(receipt->file_name), receipt->row ? receipt->row : receipt->position,
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

static int usage(void)
{
    fprintf(stderr, "error[USAGE %d]: lines list [OUTCOME] | show LINE | explain LINE, with --state DIR\n"
            "  LINE is document:row, a line id, an invoice number or a claim number\n", ERR_USAGE);
    return EXIT_USAGE;
}

int claimctl_lines(int argc, char **argv)
{
    struct reading r;
    struct request request = { 0 };
    int code = reading_open(&r, &argc, argv);
    if (code != EXIT_DONE) return code;
    struct slice verb = slice_from(argc > 1 ? argv[1] : "");
    if (argc > 2) request.word = slice_from(argv[2]);
    reading_visit *visit = slice_equal(verb, SLICE("list")) ? list_line : slice_equal(verb, SLICE("show")) ? show_line
        : slice_equal(verb, SLICE("explain")) ? explain_line : NULL;
    if (!visit || (visit != list_line && argc != 3)) return reading_close(&r, usage());
    if (visit == list_line && argc > 2) {
        request.only = (enum outcome)word_find(VOCABULARY_OUTCOME, request.word);
        if (!request.only) return reading_close(&r, usage());
    }
    if (!reading_walk(&r, visit, &request)) return reading_close(&r, EXIT_FAILED);
    if (visit != list_line && !request.found) fprintf(stderr, "error[USAGE %d]: no line is named %s\n", ERR_USAGE, argv[2]);
    return reading_close(&r, visit == list_line || request.found ? EXIT_DONE : EXIT_NOT_FOUND);
}
