/* claimctl/payouts.c: `payouts list|show|explain|verify|export`: the entries of a finished run, and whether they compute again. */
#include "claimctl/command.h"
#include "claimctl/explain.h"
#include "claimctl/line_name.h"
#include "claimctl/payout_export.h"
#include "claimctl/payout_text.h"
#include "claimctl/payouts_estimate.h"
#include "claimctl/reading.h"
#include "claimctl/reading_options.h"
#include "claimctl/results.h"
#include "domain/currency.h"
#include "domain/rating/rating.h"

enum { PAYOUT_TEXT_MAX = 1 << 20 };

struct request { struct slice word, format, ledger, partner, program; uint64_t found, differs; bool partner_seen, program_seen; };

static bool list_payouts(struct reading *r, const struct transcript_entry *e, const struct standing *s, void *context)
{
    struct request *request = context;
    (void)e;
    for (unsigned i = 0; s->dossier->payout && i < s->dossier->payout->entry_count; i++) {
        const struct payout *p = &s->dossier->payout->entries[i];
        char buffer[32];
        struct text amount = text_over(buffer, sizeof buffer);
        money_put(&amount, p->amount_minor, p->currency);
        output_print(&r->out, "%.*s\t%.*s\t%.*s\t%.*s\t%.*s\t%.*s\t%.*s\n", SLICE_ARGS(p->payout_id), SLICE_ARGS(p->partner_id),
                     SLICE_ARGS(p->program_id), SLICE_ARGS(p->ledger), SLICE_ARGS(text_slice(&amount)), SLICE_ARGS(p->currency),
                     SLICE_ARGS(line_name_in(&r->arena, s->dossier->receipt)));
        request->found++;
    }
    return !r->out.closed;
}

static bool has_payout(const struct standing *s, struct slice payout_id)
{
    for (unsigned i = 0; s->dossier->payout && i < s->dossier->payout->entry_count; i++)
        if (slice_equal(s->dossier->payout->entries[i].payout_id, payout_id)) return true;
    return false;
}

static bool show_payout(struct reading *r, const struct transcript_entry *e, const struct standing *s, void *context)
{
    struct request *request = context;
    if (!has_payout(s, request->word)) return true;
    struct text t = text_in(&r->arena, PAYOUT_TEXT_MAX);
    results_put_line(&t, s, (struct slice){ 0 }, e->first_seq);
    output_line(&r->out, text_slice(&t));
    request->found++;
    return false;
}

static bool explain_payout(struct reading *r, const struct transcript_entry *e, const struct standing *s, void *context)
{
    struct request *request = context;
    (void)e;
    if (!has_payout(s, request->word)) return true;
    struct text t = text_in(&r->arena, PAYOUT_TEXT_MAX);
    explain_put_line(&t, s);
    text_put_byte(&t, '\n');
    payout_put_explanation(&t, s);
    output_put(&r->out, text_slice(&t));
    request->found++;
    return false;
}

static bool verify_line(struct reading *r, const struct transcript_entry *e, const struct standing *s, void *context)
{
    struct request *request = context;
    const struct payout_section *p = s->dossier->payout;
    const struct program_result *program;
    const struct step *step;
    (void)e;
    for (unsigned i = 0; p && i < p->program_count; i++) request->found += p->programs[i].working_count > 0;
    if (!p || workings_verify_section(p, &program, &step) == OK) return true;
    request->differs++;
    output_print(&r->out, "%.*s\t%.*s\tdiffers at %.*s\n", SLICE_ARGS(line_name_in(&r->arena, s->dossier->receipt)),
                 SLICE_ARGS(program ? program->program_id : SLICE("-")), SLICE_ARGS(step ? step->rule : SLICE("an entry")));
    return true;
}

static bool is_wanted(struct slice wanted, struct slice value)
{
    return slice_is_empty(wanted) || slice_equal(wanted, value);
}

/* Whether the run knows what was asked for, paid or not. */
static void note_seen(struct request *request, const struct standing *s)
{
    const struct payout_section *p = s->dossier->payout;
    request->partner_seen |= s->dossier->line && slice_equal(s->dossier->line->partner_id, request->partner);
    for (unsigned i = 0; p && i < p->program_count; i++) request->program_seen |= slice_equal(p->programs[i].program_id, request->program);
    for (unsigned i = 0; p && i < p->entry_count; i++) {
        request->partner_seen |= slice_equal(p->entries[i].partner_id, request->partner);
        request->program_seen |= slice_equal(p->entries[i].program_id, request->program);
    }
}

static int refuse_unseen(const struct request *r)
{
    const struct { struct slice wanted; bool seen; const char *what; } asked[] = {
        { r->partner, r->partner_seen, "partner" }, { r->program, r->program_seen, "program" },
    };
    for (unsigned i = 0; i < sizeof asked / sizeof asked[0]; i++) {
        if (!asked[i].wanted.size || asked[i].seen) continue;
        fprintf(stderr, "error[USAGE %d]: no line is of %s %.*s\n", ERR_USAGE, asked[i].what, SLICE_ARGS(asked[i].wanted));
        return EXIT_NOT_FOUND;
    }
    return EXIT_DONE;
}

static bool export_payouts(struct reading *r, const struct transcript_entry *e, const struct standing *s, void *context)
{
    struct request *request = context;
    (void)e;
    note_seen(request, s);
    for (unsigned i = 0; s->dossier->payout && i < s->dossier->payout->entry_count; i++) {
        struct payout p = s->dossier->payout->entries[i];
        bool wanted = is_wanted(request->ledger, p.ledger) && is_wanted(request->partner, p.partner_id);
        if (!wanted || !is_wanted(request->program, p.program_id)) continue;
        struct text t = text_in(&r->arena, PAYOUT_TEXT_MAX / 16);
        if (!p.decided_at_unix_ms) p.decided_at_unix_ms = s->dossier->payout->judgement.decided_at_unix_ms;
        if (slice_equal(request->format, SLICE("csv"))) payout_export_put_csv(&t, &p);
        else payout_export_put_json(&t, &p);
        if (slice_equal(request->format, SLICE("jsonl"))) text_put_byte(&t, '\n');
        output_put(&r->out, text_slice(&t));
        request->found++;
    }
    return !r->out.closed;
}

static bool begin_export(struct reading *r, const struct request *request)
{
    char buffer[1024];
    struct text t = text_over(buffer, sizeof buffer);
    if (slice_equal(request->format, SLICE("jsonl"))) return true;
    if (!slice_equal(request->format, SLICE("csv"))) return false;
    payout_export_put_header(&t);
    output_put(&r->out, text_slice(&t));
    return true;
}

static int usage(void)
{
    return reading_options_usage("payouts list | verify | show PAYOUT | explain PAYOUT, with --state DIR\n"
                                 "  payouts export --format csv|jsonl [--ledger EARNED] [--partner ID] [--program ID] --state DIR\n"
                                 "  payouts estimate --world DIR --input FILE");
}

/* Options belong to `export` alone. */
static bool has_options(const struct request *r)
{
    return r->format.size || r->ledger.size || r->partner.size || r->program.size;
}

int claimctl_payouts(int argc, char **argv)
{
    static const struct { struct slice verb; reading_visit *visit; bool named; } verbs[] = {
        { SLICE_INIT("list"), list_payouts, false }, { SLICE_INIT("show"), show_payout, true },
        { SLICE_INIT("explain"), explain_payout, true }, { SLICE_INIT("verify"), verify_line, false },
        { SLICE_INIT("export"), export_payouts, false },
    };
    struct reading r;
    struct request request = { 0 };
    const struct reading_option options[] = {
        { "--format", &request.format, NULL }, { "--ledger", &request.ledger, NULL }, { "--partner", &request.partner, NULL }, { "--program", &request.program, NULL },
    };
    if (argc > 1 && strcmp(argv[1], "estimate") == 0) return payouts_estimate(argc, argv);
    const unsigned count = sizeof verbs / sizeof verbs[0];
    int code = reading_open(&r, &argc, argv);
    if (code != EXIT_DONE) return code;
    if (reading_options_take(&argc, argv, options, 4) != OK) return reading_close(&r, EXIT_USAGE);
    struct slice verb = slice_from(argc > 1 ? argv[1] : "");
    unsigned at = 0;
    while (at < count && !slice_equal(verbs[at].verb, verb)) at++;
    if (at == count || argc != (verbs[at].named ? 3 : 2)) return reading_close(&r, usage());
    if (verbs[at].visit == export_payouts ? !begin_export(&r, &request) : has_options(&request)) return reading_close(&r, usage());
    if (verbs[at].named) request.word = slice_from(argv[2]);
    if (!reading_walk(&r, verbs[at].visit, &request)) return reading_close(&r, EXIT_FAILED);
    if (verbs[at].visit == verify_line) {
        output_print(&r.out, "%llu calculations recomputed, %llu differ\n", (unsigned long long)request.found, (unsigned long long)request.differs);
        return reading_close(&r, request.differs ? EXIT_DIFFERS : EXIT_DONE);
    }
    if (verbs[at].visit == export_payouts) return reading_close(&r, refuse_unseen(&request));
    if (verbs[at].named && !request.found) {
        fprintf(stderr, "error[USAGE %d]: no payout is named %s\n", ERR_USAGE, argv[2]);
        return reading_close(&r, EXIT_NOT_FOUND);
    }
    return reading_close(&r, EXIT_DONE);
}
