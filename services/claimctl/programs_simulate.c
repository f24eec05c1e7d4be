/* claimctl/programs_simulate.c: `programs simulate`: the money that other terms would move, per partner and program. */
#include "claimctl/programs.h"

#include "base/assert.h"
#include "claimctl/command.h"
#include "claimctl/money_moved.h"
#include "claimctl/option.h"
#include "claimctl/programs_history.h"
#include "claimctl/what_if.h"

enum { PROGRAMS_MAX = 64 };

struct simulation {
    struct arena *arena;
    struct slice  world, since, lists;
    struct terms_file programs[PROGRAMS_MAX];       /* to be tried */
    unsigned      program_count;
    unsigned      side;                             /* 0 without, 1 with */
    struct money_moved money;
    struct line_end *ends;                          /* of the first run, by entry */
    uint32_t      entry_count;
    struct ends_compared compared;
};

static void visit(struct what_if *w, const struct transcript_entry *e, const struct standing *s,
                  const struct node *refused, void *context)
{
    struct simulation *x = context;
    uint32_t index = (uint32_t)(e - w->engine.transcript.entries);
    struct line_end end = { .outcome = s ? (uint8_t)s->outcome : OUTCOME_UNSPECIFIED };
    (void)refused;
    ASSERT(index < x->entry_count);
    const struct payout_section *p = s ? s->dossier->payout : NULL;
    for (unsigned i = 0; p && i < p->entry_count; i++) {
        money_moved_add(&x->money, x->side, &p->entries[i]);
        line_end_add(&end, &p->entries[i]);
    }
    if (x->side == 0) x->ends[index] = end;
    else ends_compare(&x->compared, &x->ends[index], &end);
}

static int run_side(struct simulation *x, const char *world)
{
    static struct what_if w;
    w = (struct what_if){ .options = run_options_default(world), .is_again = x->side > 0 };
    if (x->side) w.programs = x->programs, w.program_count = x->program_count;
    int code = what_if_run(&w);
    if (code == EXIT_DONE && x->side == 0) {
        x->entry_count = w.engine.transcript.count;
        x->ends = ARENA_ARRAY(x->arena, x->entry_count + 1, struct line_end);
    }
    ASSERT(code != EXIT_DONE
           || x->entry_count == w.engine.transcript.count); /* terms do not change what intake accepts */
    if (code == EXIT_DONE && !what_if_walk(&w, visit, x)) code = EXIT_FAILED;
    what_if_close(&w);
    x->side++;
    return code;
}

static void print_differences(const struct simulation *x, struct output *out)
{
    unsigned sums = money_moved_print(&x->money, out);
    ends_say(&x->compared, "of the run", sums);
}

static int read_programs(struct simulation *x, const char *const *paths, unsigned count)
{
    struct problems problems = problems_in(x->arena);
    for (; x->program_count < count; x->program_count++)
        if (!terms_file_read(x->arena, slice_from(paths[x->program_count]), &x->programs[x->program_count], &problems))
            return terms_file_complain(x->arena, &problems);
    return EXIT_DONE;
}

static int read_words(struct simulation *x, int argc, char **argv)
{
    const char *programs[PROGRAMS_MAX];
    unsigned count = option_pick_each(&argc, argv, "--program", programs, PROGRAMS_MAX);
    const struct option_slot options[] = { { "--world", &x->world, NULL }, { "--lists", &x->lists, NULL } };
    option_take(&argc, argv, options, sizeof options / sizeof options[0]);
    bool one_source = !x->world.size != !x->since.size && !(x->world.size && x->lists.size);
    if (argc == 2 && one_source && count) return read_programs(x, programs, count);
    return option_usage("programs simulate --world DIR|--since 30d [--lists FILE] --program FILE..., at most 64");
}

static int simulate_world(struct simulation *x)
{
    struct output out = output_stdout();
    int code = run_side(x, x->world.bytes);
    if (code == EXIT_DONE) code = run_side(x, x->world.bytes);
    if (code == EXIT_DONE) print_differences(x, &out);
    return output_close(&out) ? code : EXIT_FAILED;
}

static int simulate_history(struct simulation *x, struct broker *b)
{
    struct programs_history h = {
        .arena = x->arena,
        .since = x->since,
        .lists = x->lists.size ? x->lists.bytes : NULL,
        .programs = x->programs,
        .program_count = x->program_count,
    };
    return programs_history_simulate(&h, b);
}

int programs_simulate(struct arena *a, int argc, char **argv)
{
    static struct simulation x;
    struct broker broker = { 0 };
    x = (struct simulation){ .arena = a, .money = { .arena = a } };
    x.since = slice_from(option_pick_text(&argc, argv, "--since"));
    bool asks_broker = x.since.bytes != NULL;
    int code = asks_broker ? broker_open(&broker, &argc, argv) : EXIT_DONE;
    if (code == EXIT_DONE) code = read_words(&x, argc, argv);
    if (code == EXIT_DONE) code = asks_broker ? simulate_history(&x, &broker) : simulate_world(&x);
    if (asks_broker) broker_close(&broker);
    return code;
}
