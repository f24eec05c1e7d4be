/* claimctl/agreements.c: `agreements list|show|balance`: authorised, used, remaining, with the lines that used it. */
#include "base/assert.h"
#include "claimctl/agreement_limits.h"
#include "claimctl/command.h"
#include "claimctl/line_name.h"
#include "claimctl/option.h"
#include "claimctl/reading.h"
#include "domain/currency.h"
#include "domain/decimal.h"
#include "wire/json_text.h"

#include <stdlib.h>

enum { BALANCE_ARENA_BYTES = 256 << 20, FIGURE_BYTES = 96, OBJECT_BYTES = 1 << 16, PASSES_MAX = 16 };

/* An entry that was paid, or taken back, under a line of an agreement. */
struct use {
    struct slice root, number, line_name, program_id, currency, payout_id, reverses_payout_id;
    int64_t      qty_milli, amount_minor;
    uint32_t     line_no;                           /* 0: nobody said */
    struct use  *next;
};

struct request {
    struct slice number, partner;
    struct arena arena;                             /* of the uses */
    struct use  *first, **last;
    struct directory line_nos;                      /* payout id → the line of the agreement that it used */
    struct agreement_limits limits;
    struct slice root;                              /* of the partner, once a line of it was seen */
    struct nearest near;                            /* to the number, else the partner */
    unsigned     found;
    struct listing listing;
};

/* The line of the agreement that an entry used, as the workings recorded it. */
static uint32_t line_no_of(const struct payout_section *section, const struct payout *entry)
{
    uint64_t line_no;
    for (unsigned i = 0; i < section->program_count; i++) {
        const struct program_result *p = &section->programs[i];
        if (!slice_equal(p->program_id, entry->program_id)) continue;
        for (unsigned k = 0; k < p->balance_count; k++)
            if (slice_equal(p->balances[k].kind, SLICE("agreement_line"))
                && slice_to_uint(p->balances[k].id, UINT32_MAX, &line_no))
                return (uint32_t)line_no;
    }
    return 0;
}

/* What was claimed by fraud stays used: the money comes back, the quantity does not. */
static bool gives_back_nothing(const struct payout *p)
{
    return p->reverses_payout_id.size && slice_equal(p->cause, SLICE("FRAUD"));
}

static void add_use(struct request *q, const struct standing *s, const struct payout *p)
{
    struct use *use = ARENA_NEW(&q->arena, struct use);
    *use = (struct use){
        .root = slice_copy(&q->arena, p->partner_root_id),
        .number = slice_copy(&q->arena, p->authorisation_no),
        .line_no = p->reverses_payout_id.size ? 0 : line_no_of(s->dossier->payout, p),
        .payout_id = slice_copy(&q->arena, p->payout_id),
        .reverses_payout_id = slice_copy(&q->arena, p->reverses_payout_id),
        .program_id = slice_copy(&q->arena, p->program_id),
        .line_name = line_name_in(&q->arena, s->dossier->receipt),
        .currency = slice_copy(&q->arena, p->currency),
        .qty_milli = gives_back_nothing(p) ? 0 : p->qty_milli,
        .amount_minor = p->amount_minor,
    };
    if (use->line_no) *directory_at(&q->line_nos, use->payout_id, NULL) = use->line_no;
    *q->last = use;
    q->last = &use->next;
}

/* What takes back an entry stands under the line of the agreement that the entry used; the entry itself may take back
 * one, and a sale may come after its return. */
static void find_reversed(struct request *q)
{
    bool found = true;
    for (unsigned pass = 0; found && pass < PASSES_MAX; pass++) {
        found = false;
        for (struct use *use = q->first; use; use = use->next) {
            if (use->line_no || !use->reverses_payout_id.size) continue;
            use->line_no = directory_get(&q->line_nos, use->reverses_payout_id, 0);
            if (!use->line_no) continue;
            *directory_at(&q->line_nos, use->payout_id, NULL) = use->line_no;
            found = true;
        }
    }
}

static bool collect_uses(struct reading *r, const struct transcript_entry *e, const struct standing *s, void *context)
{
    struct request *q = context;
    const struct dossier *d = s->dossier;
    (void)r, (void)e;
    agreement_limits_note(&q->limits, s);
    if (q->partner.size && !q->root.size && slice_equal(d->line->partner_id, q->partner))
        q->root =
            slice_copy(&q->arena, d->classification ? d->classification->partner_root_id : d->receipt->partner_root_id);
    for (unsigned i = 0; d->payout && i < d->payout->entry_count; i++) {
        const struct payout *p = &d->payout->entries[i];
        if (p->authorisation_no.size && slice_equal(p->ledger, SLICE("EARNED"))) add_use(q, s, p);
    }
    return true;
}

static bool is_wanted(struct request *q, const struct node *balance)
{
    if (!slice_equal(node_text(balance, "kind"), SLICE("agreement_line"))) return false;
    nearest_offer(&q->near, node_text(balance, q->number.size ? "authorisation_no" : "partner_root_id"));
    if (q->number.size && !slice_equal(node_text(balance, "authorisation_no"), q->number)) return false;
    return slice_is_empty(q->partner)
           || slice_equal(node_text(balance, "partner_root_id"), q->root.size ? q->root : q->partner);
}

static bool used_it(const struct use *use, const struct node *balance)
{
    uint64_t line_no;
    return slice_equal(use->root, node_text(balance, "partner_root_id"))
        && slice_equal(use->number, node_text(balance, "authorisation_no"))
        && (!use->line_no || (slice_to_uint(node_text(balance, "line_no"), UINT32_MAX, &line_no)
                              && line_no == use->line_no));
}

static void print_use(struct output *out, const struct use *use)
{
    char buffer[FIGURE_BYTES];
    struct text qty = text_over(buffer, FIGURE_BYTES / 2),
                amount = text_over(buffer + FIGURE_BYTES / 2, FIGURE_BYTES / 2);
    decimal_put(&qty, use->qty_milli, MILLI_DIGITS);
    money_put(&amount, use->amount_minor, use->currency);
    output_print(out, "  %.*s\t%.*s\t%.*s used\t%.*s %.*s\n", SLICE_ARGS(use->line_name), SLICE_ARGS(use->program_id),
                 SLICE_ARGS(text_slice(&qty)), SLICE_ARGS(text_slice(&amount)), SLICE_ARGS(use->currency));
}

static bool print_balance(struct reading *r, const struct node *balance, void *context)
{
    struct request *q = context;
    if (!is_wanted(q, balance)) return true;
    q->found++;
    output_print(&r->out, "%.*s line %.*s\t%.*s\t", SLICE_ARGS(node_text(balance, "authorisation_no")),
                 SLICE_ARGS(node_text(balance, "line_no")), SLICE_ARGS(node_text(balance, "partner_root_id")));
    if (agreement_limits_are_open(&q->limits, balance))
        output_print(&r->out, "no quantity agreed\t%.*s used\twithout a limit\t",
                     SLICE_ARGS(node_text(balance, "consumed")));
    else
        output_print(&r->out, "%.*s authorised\t%.*s used\t%.*s remaining\t",
                     SLICE_ARGS(node_text(balance, "authorised")), SLICE_ARGS(node_text(balance, "consumed")),
                     SLICE_ARGS(node_text(balance, "remaining")));
    output_print(&r->out, "%.*s %.*s paid\n", SLICE_ARGS(node_text(balance, "paid")),
                 SLICE_ARGS(node_text(balance, "currency")));
    for (const struct use *use = q->first; use; use = use->next)
        if (used_it(use, balance)) print_use(&r->out, use);
    return !r->out.closed;
}

/* --- list --- */

static const struct listing_field fields[] = {
    { "authorisation_no", LISTING_TEXT, "number of the agreement", false },
    { "line_no", LISTING_TEXT, "of its line", false },
    { "partner_root_id", LISTING_TEXT, "whose it is", false },
    { "authorised", LISTING_FIGURE, "base units; empty: without a limit", false },
    { "consumed", LISTING_FIGURE, "base units that lines used, less what came back", false },
    { "remaining", LISTING_FIGURE, "base units; empty: without a limit", false },
    { "paid", LISTING_FIGURE, "money", false },
    { "currency", LISTING_TEXT, "of it", false },
};
enum { FIELD_COUNT = sizeof fields / sizeof fields[0] };

/* A cell of a balance: of a line without an agreed quantity nothing stands where no limit is. */
static struct slice cell_of(const struct request *q, const struct node *balance, const char *name)
{
    bool is_limit = strcmp(name, "authorised") == 0 || strcmp(name, "remaining") == 0;
    return is_limit && agreement_limits_are_open(&q->limits, balance) ? (struct slice){ 0 } : node_text(balance, name);
}

static bool list_balance(struct reading *r, const struct node *balance, void *context)
{
    struct request *q = context;
    struct slice cells[FIELD_COUNT];
    if (!is_wanted(q, balance)) return true;
    q->found++;
    for (unsigned i = 0; i < FIELD_COUNT; i++) cells[i] = cell_of(q, balance, fields[i].name);
    listing_row(&q->listing, cells);
    return !r->out.closed;
}

/* --- show --- */

static void put_use(struct json *j, const struct use *use)
{
    json_open_object(j);
    json_text(j, "line", use->line_name);
    json_text(j, "program_id", use->program_id);
    json_decimal(j, "qty", use->qty_milli, 3);
    json_money(j, "amount", use->amount_minor, use->currency);
    json_text(j, "currency", use->currency);
    json_close_object(j);
}

static bool show_balance(struct reading *r, const struct node *balance, void *context)
{
    struct request *q = context;
    if (!is_wanted(q, balance)) return true;
    q->found++;
    struct text t = text_in(&r->arena, OBJECT_BYTES);
    struct json j = json_over(&t);
    json_open_object(&j);
    for (unsigned i = 0; i < FIELD_COUNT; i++) {
        struct slice cell = cell_of(q, balance, fields[i].name);
        if (cell.size) json_text(&j, fields[i].name, cell);
    }
    json_name(&j, SLICE("used_by"));
    json_open_array(&j);
    for (const struct use *use = q->first; use; use = use->next) {
        if (!used_it(use, balance)) continue;
        put_use(&j, use);
        output_put(&r->out, text_slice(&t));        /* nobody knows how many there are */
        t.size = 0;
    }
    json_close_array(&j);
    json_close_object(&j);
    ASSERT(!t.full);
    output_line(&r->out, text_slice(&t));
    return !r->out.closed;
}

/* --- all of them --- */

static int print_all(struct reading *r, struct request *q, reading_visit_object *visit)
{
    if (arena_open(&q->arena, BALANCE_ARENA_BYTES, BALANCE_ARENA_BYTES) != OK) return EXIT_FAILED;
    q->last = &q->first;
    directory_open(&q->line_nos);
    agreement_limits_open(&q->limits);
    bool read = reading_walk(r, collect_uses, q);
    find_reversed(q);
    read = read && reading_walk_balances(r, visit, q);
    agreement_limits_close(&q->limits);
    directory_close(&q->line_nos);
    arena_close(&q->arena);
    if (!read) return EXIT_FAILED;
    if (q->found || (!q->number.size && !q->partner.size)) return EXIT_DONE;
    return nearest_refuse(&q->near, "claimctl agreements list names all that did",
                          "no agreement of %s %.*s used or authorised anything", q->number.size ? "number" : "partner",
                          SLICE_ARGS(q->number.size ? q->number : q->partner));
}

static int run(int argc, char **argv, int words_min, int words_max, reading_visit_object *visit)
{
    struct reading r;
    struct request request = { 0 };
    const struct option_slot options[] = { { "--partner", &request.partner, NULL } };
    int code = reading_open(&r, &argc, argv);
    if (code != EXIT_DONE) return code;
    option_take(&argc, argv, options, 1);
    if (argc < words_min || argc > words_max) return reading_close(&r, command_usage("agreements"));
    if (argc == 3) request.number = slice_from(argv[2]);
    request.near = nearest_to(request.number.size ? request.number : request.partner);
    bool lists = visit == list_balance;
    if (lists && !listing_begin(&request.listing, &r.out, fields, FIELD_COUNT, r.form))
        return reading_close(&r, EXIT_DONE);
    code = reading_start(&r);
    if (code == EXIT_DONE) code = print_all(&r, &request, visit);
    if (lists) listing_end_of(&request.listing, code == EXIT_DONE);
    return reading_close(&r, code);
}

static int list(int argc, char **argv)
{
    return run(argc, argv, 2, 2, list_balance);
}

static int show(int argc, char **argv)
{
    return run(argc, argv, 3, 3, show_balance);
}

static int balance(int argc, char **argv)
{
    return run(argc, argv, 2, 3, print_balance);
}

int claimctl_agreements(int argc, char **argv)
{
    static const struct command_verb verbs[] = { { SLICE_INIT("list"), list },
                                                 { SLICE_INIT("show"), show },
                                                 { SLICE_INIT("balance"), balance } };
    return command_run_verb("agreements", verbs, sizeof verbs / sizeof verbs[0], argc, argv);
}
