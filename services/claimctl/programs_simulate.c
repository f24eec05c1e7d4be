/* claimctl/programs_simulate.c: `programs simulate`: the money that other terms would move, per partner and program. */
#include "claimctl/programs.h"

#include "base/assert.h"
#include "claimctl/command.h"
#include "claimctl/money_moved.h"
#include "claimctl/reading_options.h"
#include "claimctl/terms_file.h"
#include "claimctl/what_if.h"

struct simulation {
    struct arena *arena;
    unsigned      side;                             /* 0 without, 1 with */
    struct money_moved money;
    uint8_t      *outcomes;                         /* of the first run, by entry */
    uint32_t      entry_count, at, changed;
};

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
    for (unsigned i = 0; p && i < p->entry_count; i++) money_moved_add(&x->money, x->side, &p->entries[i]);
}

static int run_side(struct simulation *x, const char *world, const struct terms_file *program)
{
    static struct what_if w;
    w = (struct what_if){ .options = run_options_default(world) };
    if (program) w.record = program->tree, w.record_file = program->path;
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

static void print_differences(const struct simulation *x, struct output *out)
{
    unsigned sums = money_moved_print(&x->money, out);
    fprintf(stderr, "%u entries of the run, %u end otherwise, %u sums of money differ\n", x->entry_count, x->changed, sums);
}

int programs_simulate(struct arena *a, int argc, char **argv)
{
    struct slice world = { 0 }, path = { 0 };
    struct terms_file program;
    struct problems problems = problems_in(a);
    struct simulation x = { .arena = a, .money = { .arena = a } };
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
