/* claimctl/payouts.c: `payouts list|show|explain|verify|export`: the entries of a finished run, and whether they
 * compute again. */
#include "claimctl/claims_left.h"
#include "claimctl/colour.h"
#include "claimctl/command.h"
#include "claimctl/explain.h"
#include "claimctl/line_name.h"
#include "claimctl/option.h"
#include "claimctl/payout_export.h"
#include "claimctl/payout_text.h"
#include "claimctl/payouts_estimate.h"
#include "claimctl/reading.h"
#include "claimctl/results.h"
#include "claimctl/taken_back.h"
#include "domain/calendar.h"
#include "domain/currency.h"
#include "domain/rating/rating.h"

enum { PAYOUT_TEXT_MAX = 1 << 20 };

struct request {
    struct slice   word, ledger, partner, program;
    uint64_t       found, differs;
    bool           partner_seen, program_seen, as_csv;
    struct nearest near, near_partner, near_program;
    struct taken_back taken_back;
    struct claims_left left;                            /* of --left-paid */
    bool           left_paid;
    struct listing listing;
};

/* --- list --- */

static const struct listing_field fields[] = {
    { "payout_id", LISTING_TEXT, "the entry: idempotency key of the payment", false },
    { "partner_id", LISTING_TEXT, "who is paid", false },
    { "program_id", LISTING_TEXT, "by which terms", false },
    { "ledger", LISTING_TEXT, "EARNED is what is owed; FUND ESTIMATED SETTLED", false },
    { "amount", LISTING_FIGURE, "negative where money is taken back", false },
    { "currency", LISTING_TEXT, "ISO 4217", false },
    { "line", LISTING_TEXT, "document:row of the line that posted it", false },
    { "payable_on", LISTING_TEXT, "ISO date", true },
    { "line_id", LISTING_TEXT, "id of that line", true },
    { "claim_id", LISTING_TEXT, "the partner's number of the claim", true },
};
enum { FIELD_COUNT = sizeof fields / sizeof fields[0] };

static bool is_wanted(struct slice wanted, struct slice value)
{
    return slice_is_empty(wanted) || slice_equal(wanted, value);
}

static bool wants(const struct request *request, const struct payout *p)
{
    if (request->left_paid && !claims_left_has(&request->left, p)) return false;
    return is_wanted(request->ledger, p->ledger) && is_wanted(request->partner, p->partner_id)
           && is_wanted(request->program, p->program_id);
}

static void note_partner(struct request *request, struct slice id)
{
    request->partner_seen |= slice_equal(id, request->partner);
    nearest_offer(&request->near_partner, id);
}

static void note_program(struct request *request, struct slice id)
{
    request->program_seen |= slice_equal(id, request->program);
    nearest_offer(&request->near_program, id);
}

/* Whether the run knows what was asked for, paid or not. */
static void note_seen(struct request *request, const struct standing *s)
{
    const struct payout_section *p = s->dossier->payout;
    if (s->dossier->line) note_partner(request, s->dossier->line->partner_id);
    for (unsigned i = 0; p && i < p->program_count; i++) note_program(request, p->programs[i].program_id);
    for (unsigned i = 0; p && i < p->entry_count; i++) {
        note_partner(request, p->entries[i].partner_id);
        note_program(request, p->entries[i].program_id);
    }
}

static int refuse_unseen(const struct request *r)
{
    if (r->partner.size && !r->partner_seen)
        return nearest_refuse(&r->near_partner,
                              "ids are compared as they are written: claimctl partners list names those on file",
                              "no line is of partner %.*s", SLICE_ARGS(r->partner));
    if (r->program.size && !r->program_seen)
        return nearest_refuse(&r->near_program,
                              "ids are compared as they are written: claimctl payouts list names that of each entry",
                              "no line is of program %.*s", SLICE_ARGS(r->program));
    return EXIT_DONE;
}

static bool list_payouts(struct reading *r, const struct transcript_entry *e, const struct standing *s, void *context)
{
    struct request *request = context;
    (void)e;
    note_seen(request, s);
    for (unsigned i = 0; s->dossier->payout && i < s->dossier->payout->entry_count; i++) {
        const struct payout *p = &s->dossier->payout->entries[i];
        if (!wants(request, p)) continue;
        struct text amount = text_in(&r->arena, 32);
        money_put(&amount, p->amount_minor, p->currency);
        const struct slice cells[FIELD_COUNT] = {
            p->payout_id,
            p->partner_id,
            p->program_id,
            p->ledger,
            text_slice(&amount),
            p->currency,
            line_name_in(&r->arena, s->dossier->receipt),
            date_text(&r->arena, p->payable_on),
            p->line_id,
            p->claim_id,
        };
        listing_row(&request->listing, cells);
        request->found++;
    }
    return !r->out.closed;
}

/* --- show, explain, verify --- */

static bool has_payout(const struct standing *s, struct request *request)
{
    for (unsigned i = 0; s->dossier->payout && i < s->dossier->payout->entry_count; i++) {
        if (slice_equal(s->dossier->payout->entries[i].payout_id, request->word)) return true;
        nearest_offer(&request->near, s->dossier->payout->entries[i].payout_id);
    }
    return false;
}

static bool show_payout(struct reading *r, const struct transcript_entry *e, const struct standing *s, void *context)
{
    struct request *request = context;
    if (!has_payout(s, request)) return true;
    struct text t = text_in(&r->arena, PAYOUT_TEXT_MAX);
    struct standing shown = *s;
    shown.live = taken_back_standing(&request->taken_back, s->dossier);
    results_put_line(&t, &shown, (struct slice){ 0 }, e->first_seq);
    output_line(&r->out, text_slice(&t));
    request->found++;
    return false;
}

static bool explain_payout(struct reading *r, const struct transcript_entry *e, const struct standing *s, void *context)
{
    struct request *request = context;
    (void)e;
    if (!has_payout(s, request)) return true;
    struct text t = text_in(&r->arena, PAYOUT_TEXT_MAX);
    explain_put_line(&t, s);
    text_put_byte(&t, '\n');
    taken_back_put(&t, &request->taken_back, s->dossier);
    payout_put_explanation(&t, s);
    colour_put_sentence(&r->out, text_slice(&t));
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
                 SLICE_ARGS(program ? program->program_id : SLICE("-")),
                 SLICE_ARGS(step ? step->rule : SLICE("an entry")));
    return true;
}

static bool export_payouts(struct reading *r, const struct transcript_entry *e, const struct standing *s, void *context)
{
    struct request *request = context;
    (void)e;
    note_seen(request, s);
    for (unsigned i = 0; s->dossier->payout && i < s->dossier->payout->entry_count; i++) {
        struct payout p = s->dossier->payout->entries[i];
        if (!wants(request, &p)) continue;
        struct text t = text_in(&r->arena, PAYOUT_TEXT_MAX / 16);
        if (!p.decided_at_unix_ms) p.decided_at_unix_ms = s->dossier->payout->judgement.decided_at_unix_ms;
        if (request->as_csv) payout_export_put_csv(&t, &p);
        else payout_export_put_json(&t, &p);
        if (!request->as_csv) text_put_byte(&t, '\n');
        output_put(&r->out, text_slice(&t));
        request->found++;
    }
    return !r->out.closed;
}

static void begin_export(struct reading *r)
{
    char buffer[1024];
    struct text t = text_over(buffer, sizeof buffer);
    payout_export_put_header(&t);
    output_put(&r->out, text_slice(&t));
}

/* --- verbs --- */

/* --ledger, --partner, --program, --left-paid of list and export. */
static int take_filter(struct request *request, int *argc, char **argv)
{
    const struct option_slot options[] = {
        { "--ledger", &request->ledger, NULL },
        { "--partner", &request->partner, NULL },
        { "--program", &request->program, NULL },
        { "--left-paid", NULL, &request->left_paid },
    };
    option_take(argc, argv, options, sizeof options / sizeof options[0]);
    request->near_partner = nearest_to(request->partner);
    request->near_program = nearest_to(request->program);
    if (slice_is_empty(request->ledger) || word_find(VOCABULARY_LEDGER, request->ledger)) return EXIT_DONE;
    struct nearest near = nearest_of_words(request->ledger, VOCABULARY_LEDGER);
    return nearest_refuse_word(&near, "there are EARNED, FUND, ESTIMATED and SETTLED", "%.*s is no ledger",
                               SLICE_ARGS(request->ledger));
}

static bool walk_wanted(struct reading *r, reading_visit *visit, struct request *request)
{
    if (!request->left_paid) return reading_walk(r, visit, request);
    bool fine = claims_left_read(&request->left, r) && reading_walk(r, visit, request);
    claims_left_close(&request->left);
    return fine;
}

static int list(int argc, char **argv)
{
    struct reading r;
    struct request request = { .found = 0 };
    int code = reading_open(&r, &argc, argv);
    if (code != EXIT_DONE) return code;
    code = take_filter(&request, &argc, argv);
    if (code == EXIT_DONE && argc != 2) code = command_refuse("payouts", "list", "%s is one word too many", argv[2]);
    if (code != EXIT_DONE) return reading_close(&r, code);
    if (!listing_begin(&request.listing, &r.out, fields, FIELD_COUNT, r.form)) return reading_close(&r, EXIT_DONE);
    code = reading_start(&r);
    if (code == EXIT_DONE && !walk_wanted(&r, list_payouts, &request)) code = EXIT_FAILED;
    listing_end_of(&request.listing, code == EXIT_DONE);
    return reading_close(&r, code == EXIT_DONE ? refuse_unseen(&request) : code);
}

static int find(int argc, char **argv, reading_visit *visit)
{
    struct reading r;
    struct request request = { .found = 0 };
    int code = reading_open(&r, &argc, argv);
    if (code != EXIT_DONE) return code;
    option_take(&argc, argv, NULL, 0);
    if (argc != 3) return reading_close(&r, command_usage("payouts"));
    request.word = slice_from(argv[2]);
    request.near = nearest_to(request.word);
    code = reading_start(&r);
    if (code == EXIT_DONE && !(taken_back_read(&request.taken_back, &r) && reading_walk(&r, visit, &request)))
        code = EXIT_FAILED;
    taken_back_close(&request.taken_back);
    if (code != EXIT_DONE || request.found) return reading_close(&r, code);
    code = nearest_refuse(&request.near,
                          "claimctl payouts list names them; lines explain LINE names those of a line",
                          "no payout is named %s", argv[2]);
    return reading_close(&r, code);
}

static int show(int argc, char **argv)
{
    return find(argc, argv, show_payout);
}

static int explain(int argc, char **argv)
{
    return find(argc, argv, explain_payout);
}

static int verify(int argc, char **argv)
{
    struct reading r;
    struct request request = { .found = 0 };
    int code = reading_open(&r, &argc, argv);
    if (code != EXIT_DONE) return code;
    option_take(&argc, argv, NULL, 0);
    if (argc != 2) return reading_close(&r, command_usage("payouts"));
    code = reading_start(&r);
    if (code == EXIT_DONE && !reading_walk(&r, verify_line, &request)) code = EXIT_FAILED;
    if (code != EXIT_DONE) return reading_close(&r, code);
    output_print(&r.out, "%llu calculations recomputed, %llu differ\n", (unsigned long long)request.found,
                 (unsigned long long)request.differs);
    return reading_close(&r, request.differs ? EXIT_DIFFERS : EXIT_DONE);
}

static int export(int argc, char **argv)
{
    struct reading r;
    struct request request = { .found = 0 };
    int code = reading_open(&r, &argc, argv);
    if (code != EXIT_DONE) return code;
    request.as_csv = r.form == LISTING_CSV;
    code = take_filter(&request, &argc, argv);
    if (code == EXIT_DONE && argc != 2) code = command_refuse("payouts", "export", "%s is one word too many", argv[2]);
    if (code == EXIT_DONE && r.form != LISTING_CSV && r.form != LISTING_JSONL)
        code = command_refuse("payouts", "export", "export needs --format csv or --format jsonl");
    if (code != EXIT_DONE) return reading_close(&r, code);
    code = reading_start(&r);
    if (code == EXIT_DONE && request.as_csv) begin_export(&r);
    if (code == EXIT_DONE && !walk_wanted(&r, export_payouts, &request)) code = EXIT_FAILED;
    return reading_close(&r, code == EXIT_DONE ? refuse_unseen(&request) : code);
}

int claimctl_payouts(int argc, char **argv)
{
    static const struct command_verb verbs[] = {
        { SLICE_INIT("list"), list },       { SLICE_INIT("show"), show },
        { SLICE_INIT("explain"), explain }, { SLICE_INIT("verify"), verify },
        { SLICE_INIT("export"), export },   { SLICE_INIT("estimate"), payouts_estimate },
    };
    return command_run_verb("payouts", verbs, sizeof verbs / sizeof verbs[0], argc, argv);
}
