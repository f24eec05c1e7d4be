/* claimctl/programs_simulate.c: `programs simulate`: the money that other terms would move, per partner and program. */
#include "claimctl/programs.h"

#include "base/assert.h"
#include "claimctl/command.h"
#include "claimctl/output.h"
#include "claimctl/reading_options.h"
#include "claimctl/what_if.h"
#include "domain/currency.h"

#include <stdlib.h>

/* What one partner gets of one program, without and with the new terms. */
struct moved {
    struct slice  partner_id, program_id, ledger, currency;
    __int128      minor[2];
    struct moved *next;
};

struct simulation {
    struct arena *arena;
    unsigned      side;                             /* 0 without, 1 with */
    struct moved *first;
    uint8_t      *outcomes;                         /* of the first run, by entry */
    uint32_t      entry_count, at, changed;
};

/* In order of partner, program, ledger, currency. */
static int compare(const struct moved *m, const struct payout *p)
{
    int order = slice_compare(m->partner_id, p->partner_id);
    if (!order) order = slice_compare(m->program_id, p->program_id);
    if (!order) order = slice_compare(m->ledger, p->ledger);
    return order ? order : slice_compare(m->currency, p->currency);
}

static struct moved *moved_of(struct simulation *x, const struct payout *p)
{
    struct moved **at = &x->first;
    while (*at && compare(*at, p) < 0) at = &(*at)->next;
    if (*at && compare(*at, p) == 0) return *at;
    struct moved *m = ARENA_NEW(x->arena, struct moved);
    *m = (struct moved){
        .partner_id = slice_copy(x->arena, p->partner_id), .program_id = slice_copy(x->arena, p->program_id),
        .ledger = slice_copy(x->arena, p->ledger), .currency = slice_copy(x->arena, p->currency), .next = *at,
    };
    return *at = m;
}

static void visit(struct what_if *w, const struct transcript_entry *e, const struct standing *s, const struct node *refused, void *context)
{
    struct simulation *x = context;
    uint32_t index = (uint32_t)(e - w->engine.transcript.entries);
    uint8_t outcome = s ? (uint8_t)s->outcome : OUTCOME_UNSPECIFIED;
    (void)refused;
    ASSERT(index < x->entry_count);
    if (x->side == 0) x->outcomes[index] = outcome;
    else x->changed += x->outcomes[index] != outcome;
    const struct payout_section *p = s ? s->dossier->payout : NULL;
    for (unsigned i = 0; p && i < p->entry_count; i++) moved_of(x, &p->entries[i])->minor[x->side] += p->entries[i].amount_minor;
}

static int run_side(struct simulation *x, const char *world, const struct terms_file *program)
{
    static struct what_if w;
    w = (struct what_if){ .options = run_options_default(world), .program = program };
    int code = what_if_run(&w);
    if (code == EXIT_DONE && x->side == 0) {
        x->entry_count = w.engine.transcript.count;
        x->outcomes = arena_alloc(x->arena, x->entry_count + 1);
    }
    ASSERT(code != EXIT_DONE || x->entry_count == w.engine.transcript.count);   /* terms do not change what intake accepts */
    if (code == EXIT_DONE && !what_if_walk(&w, visit, x)) code = EXIT_FAILED;
    what_if_close(&w);
    x->side++;
    return code;
}

static void print_minor(struct output *out, __int128 minor, struct slice currency, bool with_sign)
{
    char buffer[64];
    struct text t = text_over(buffer, sizeof buffer);
    if (with_sign && minor > 0) text_put_byte(&t, '+');
    money_put(&t, (int64_t)minor, currency);
    output_print(out, "\t%.*s", SLICE_ARGS(text_slice(&t)));
}

static void print_differences(const struct simulation *x, struct output *out)
{
    unsigned partners = 0;
    output_print(out, "PARTNER\tPROGRAM\tLEDGER\tNOW\tTHEN\tDIFFERENCE\tCURRENCY\n");
    for (const struct moved *m = x->first; m; m = m->next) {
        if (m->minor[0] == m->minor[1]) continue;
        output_print(out, "%.*s\t%.*s\t%.*s", SLICE_ARGS(m->partner_id), SLICE_ARGS(m->program_id), SLICE_ARGS(m->ledger));
        print_minor(out, m->minor[0], m->currency, false);
        print_minor(out, m->minor[1], m->currency, false);
        print_minor(out, m->minor[1] - m->minor[0], m->currency, true);
        output_print(out, "\t%.*s\n", SLICE_ARGS(m->currency));
        partners++;
    }
    fprintf(stderr, "%u entries of the run, %u end otherwise, %u sums of money differ\n", x->entry_count, x->changed, partners);
}

int programs_simulate(struct arena *a, int argc, char **argv)
{
    struct slice world = { 0 }, path = { 0 };
    struct terms_file program;
    struct problems problems = problems_in(a);
    struct simulation x = { .arena = a };
    struct output out = output_stdout();
    const struct reading_option options[] = { { "--world", &world, NULL }, { "--program", &path, NULL } };
    if (reading_options_take(&argc, argv, options, 2) != OK) return EXIT_USAGE;
    if (argc != 2 || !world.size || !path.size) return reading_options_usage("programs simulate --world DIR --program FILE");
    if (!terms_file_read(a, path, &program, &problems)) {
        terms_file_complain(a, &problems);
        return EXIT_FAILED;
    }
    int code = run_side(&x, world.bytes, NULL);
    if (code == EXIT_DONE) code = run_side(&x, world.bytes, &program);
    if (code == EXIT_DONE) print_differences(&x, &out);
    return output_close(&out) || code != EXIT_DONE ? code : EXIT_FAILED;
}
