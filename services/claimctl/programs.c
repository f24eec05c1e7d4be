/* claimctl/programs.c: verbs of `programs`, and those that show terms as understood. */
#include "claimctl/programs.h"

#include "claimctl/command.h"
#include "claimctl/node_diff.h"
#include "claimctl/output.h"
#include "claimctl/programs_close.h"
#include "claimctl/programs_offered.h"
#include "claimctl/programs_publish.h"
#include "claimctl/terms_file.h"
#include "wire/yaml_text.h"

enum { PROGRAMS_ARENA_BYTES = 64 << 20, ECHO_BYTES = 1 << 20 };

static int read_or_complain(struct arena *a, const char *path, struct terms_file *out)
{
    struct problems problems = problems_in(a);
    if (terms_file_read(a, slice_from(path), out, &problems)) return EXIT_DONE;
    return terms_file_complain(a, &problems);
}

static int echo(struct arena *a, int argc, char **argv)
{
    struct terms_file file;
    struct output out = output_stdout();
    if (argc != 3) return command_usage("programs");
    int code = read_or_complain(a, argv[2], &file);
    if (code != EXIT_DONE) return code;
    struct text t = text_in(a, ECHO_BYTES);
    yaml_put(&t, terms_write_program(a, &file.program));
    output_put(&out, text_slice(&t));
    return output_close(&out) ? EXIT_DONE : EXIT_FAILED;
}

/* --- diff --- */

struct differences { struct output out; unsigned count; };

static void print_difference(void *context, struct slice path, const struct node *before, const struct node *after)
{
    struct differences *d = context;
    d->count++;
    output_print(&d->out, "%c\t%.*s", !before ? '+' : !after ? '-' : '~', SLICE_ARGS(path));
    if (before) output_print(&d->out, "\t%.*s", SLICE_ARGS(before->text));
    if (after) output_print(&d->out, "\t%.*s", SLICE_ARGS(after->text));
    output_put(&d->out, SLICE("\n"));
}

static int diff(struct arena *a, int argc, char **argv)
{
    struct terms_file before, after;
    struct differences d = { .out = output_stdout() };
    if (argc != 4) return command_usage("programs");
    int code = read_or_complain(a, argv[2], &before);
    int other = read_or_complain(a, argv[3], &after);
    if (code != EXIT_DONE || other != EXIT_DONE) return code != EXIT_DONE ? code : other;
    node_diff(terms_write_program(a, &before.program), terms_write_program(a, &after.program), print_difference, &d);
    if (!output_close(&d.out)) return EXIT_FAILED;
    return d.count ? EXIT_DIFFERS : EXIT_DONE;
}

int claimctl_programs(int argc, char **argv)
{
    static const struct { struct slice verb; int (*run)(struct arena *a, int argc, char **argv);
    } verbs[] = {
        { SLICE_INIT("list"), programs_list },
        { SLICE_INIT("show"), programs_show },
        { SLICE_INIT("create"), programs_create },
        { SLICE_INIT("lint"), programs_lint },
        { SLICE_INIT("test"), programs_test },
        { SLICE_INIT("echo"), echo },
        { SLICE_INIT("diff"), diff },
        { SLICE_INIT("simulate"), programs_simulate },
        { SLICE_INIT("publish"), programs_publish },
        { SLICE_INIT("retire"), programs_retire },
        { SLICE_INIT("close"), programs_close },
        { SLICE_INIT("offered"), programs_offered },
    };
    struct slice verb = slice_from(argc > 1 ? argv[1] : "");
    for (unsigned i = 0; i < sizeof verbs / sizeof verbs[0]; i++) {
        struct arena a;
        if (!slice_equal(verbs[i].verb, verb)) continue;
        if (arena_open(&a, PROGRAMS_ARENA_BYTES, PROGRAMS_ARENA_BYTES) != OK) return EXIT_FAILED;
        int code = verbs[i].run(&a, argc, argv);
        arena_close(&a);
        return code;
    }
    return command_refuse_verb("programs", argc > 1 ? argv[1] : NULL);
}
