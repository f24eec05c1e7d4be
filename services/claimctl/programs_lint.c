/* claimctl/programs_lint.c: `programs lint`: files and folders of terms, errors first, then findings. */
#include "claimctl/programs.h"

#include "claimctl/command.h"
#include "claimctl/option.h"
#include "claimctl/output.h"
#include "claimctl/terms_lint.h"
#include "wire/limits.h"
#include "wire/yaml.h"

#include <dirent.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

enum { FILES_MAX = 4096 };

struct lint {
    const char              *named;                 /* what the command line names first */
    struct arena            *arena;
    struct catalogue        *catalogue, *sold;      /* sold: of a world that was named; NULL: none */
    struct slice             prices;                /* where its price lists stand */
    struct problems          errors, findings, doubts;  /* doubts: what other files may answer */
    const struct terms_file *programs[FILES_MAX];
    unsigned                 program_count, file_count;
};

/* Puts the record of a file in force, whatever it is; programs are kept for the findings. */
static void take_file(struct lint *l, struct slice path)
{
    struct text_source s = { .arena = l->arena, .file = path, .problems = &l->errors, .code = ERR_TERMS_INVALID };
    struct applied_record applied;
    struct slice text;
    if (world_read_file(l->arena, path, TERMS_TEXT_BYTES_MAX, &text, &l->errors) != OK) return;
    const struct node *tree = yaml_read(&s, text);
    l->file_count++;
    if (!tree || !record_apply(&s, tree, l->catalogue, &applied)) return;
    struct terms_file limits = { .path = path, .tree = tree };
    if (applied.type == RECORD_LIMITS) terms_lint_limits(&limits, &l->findings);
    if (applied.type != RECORD_PROGRAM) return;
    struct terms_file *file = ARENA_NEW(l->arena, struct terms_file);
    *file = (struct terms_file){ .path = path, .tree = tree };
    if (l->program_count < FILES_MAX && terms_read_program(&s, tree, &file->program))
        l->programs[l->program_count++] = file;
}

static int is_yaml(const struct dirent *e)
{
    struct slice name = slice_from(e->d_name);
    return name.bytes[0] != '.' && slice_ends_with(name, SLICE(".yaml"));
}

static bool is_folder(const char *path)
{
    struct stat status;
    return stat(path, &status) == 0 && S_ISDIR(status.st_mode);
}

/* The same error of a file is told once, though the file is read by itself and with its world. */
static void add_new_errors(struct lint *l, const struct problems *problems)
{
    for (const struct problem *p = problems->first; p; p = p->next) {
        const struct problem *e = l->errors.first;
        while (e && !(e->at.line == p->at.line && e->at.column == p->at.column && slice_equal(e->file, p->file)
                      && slice_equal(e->message, p->message)))
            e = e->next;
        if (!e) problems_add(&l->errors, p);
    }
}

/* What a world sells, and what of it does not fit together. */
static void take_world(struct lint *l, const char *folder)
{
    char path[PATH_MAX];
    struct stat status;
    struct world world;
    struct problems problems = problems_in(l->arena);
    int size = snprintf(path, sizeof path, "%s/world.yaml", folder);
    if (size < 0 || (size_t)size >= sizeof path || stat(path, &status) != 0 || l->sold) return;
    l->sold = catalogue_open();
    if (!l->sold || world_load(l->arena, slice_from(folder), l->sold, &world, &problems) == OK) {
        snprintf(path, sizeof path, "%s/prices.csv", folder);
        l->prices = slice_copy(l->arena, slice_from(path));
        for (const struct problem *p = world.doubts.first; p; p = p->next) problems_add(&l->findings, p);
        return;
    }
    add_new_errors(l, &problems);
    catalogue_close(l->sold);
    l->sold = NULL;
}

/* A folder of terms, or a world with its folder `programs`. */
static void take_folder(struct lint *l, const char *folder)
{
    char path[PATH_MAX];
    struct dirent **names;
    snprintf(path, sizeof path, "%s/programs", folder);
    struct slice from = slice_copy(l->arena, slice_from(is_folder(path) ? path : folder));
    int count = scandir(from.bytes, &names, is_yaml, alphasort);
    if (count > FILES_MAX) {
        struct problem p = { .code = ERR_FILE_UNREADABLE, .file = from,
                             .message = SLICE("the folder holds more than 4096 files *.yaml"),
                             .fix = SLICE("look at it in parts; a world takes no more of them") };
        problems_add(&l->errors, &p);
    }
    for (int i = 0; i < count; i++) {
        int size = snprintf(path, sizeof path, "%s/%s", from.bytes, names[i]->d_name);
        if (size > 0 && (size_t)size < sizeof path) take_file(l, slice_copy(l->arena, slice_from(path)));
        free(names[i]);
    }
    if (count >= 0) free(names);
    take_world(l, folder);
}

static bool print_findings(struct lint *l)
{
    struct output out = output_stdout();
    for (const struct problem *p = l->findings.first; p; p = p->next)
        output_print(&out, "%.*s:%u:%u\t%.*s\t%.*s\t%.*s\n", SLICE_ARGS(p->file), p->at.line, p->at.column,
                     SLICE_ARGS(p->member), SLICE_ARGS(p->message), SLICE_ARGS(p->fix));
    return output_close(&out);
}

static int finish(struct lint *l)
{
    for (unsigned i = 0; i < l->program_count; i++)
        terms_lint_program(l->programs[i], catalogue_matrix(l->catalogue, l->programs[i]->program.valid_from),
                           &l->findings);
    terms_lint_versions(l->programs, l->program_count, &l->findings, &l->doubts);
    terms_lint_ranks(l->programs, l->program_count, &l->findings);
    for (unsigned i = 0; l->sold && i < l->program_count; i++)
        terms_lint_products(l->programs[i], l->sold, &l->findings);
    if (l->sold) terms_lint_prices(l->sold, l->prices, &l->findings);
    bool printed = print_findings(l);
    if (!l->errors.count) terms_file_warn(&l->doubts);  /* one may stand in what could not be read */
    int refused = l->errors.count ? terms_file_complain(l->arena, &l->errors) : EXIT_DONE;
    fprintf(stderr, "%u file%s, %u error%s, %u finding%s\n", l->file_count, plural(l->file_count), l->errors.count,
            plural(l->errors.count), l->findings.count, plural(l->findings.count));
    if (!l->errors.count && !l->file_count) {
        fprintf(stderr, "error[FILE_UNREADABLE %d]: %s: no terms are here; name their files, or their folder\n",
                ERR_FILE_UNREADABLE, l->named);
        return EXIT_NOT_FOUND;
    }
    if (l->errors.count) return refused;
    return !printed ? EXIT_FAILED : l->findings.count ? EXIT_DIFFERS : EXIT_DONE;
}

int programs_lint(struct arena *a, int argc, char **argv)
{
    static struct lint l;
    l = (struct lint){
        .arena = a,
        .catalogue = catalogue_open(),
        .errors = problems_in(a),
        .findings = problems_in(a),
        .doubts = problems_in(a),
        .named = argv[2],
    };
    if (argc < 3) return option_usage("programs lint FILE|DIR...");
    if (!l.catalogue) return EXIT_FAILED;
    for (int i = 2; i < argc; i++) {
        if (is_folder(argv[i])) take_folder(&l, argv[i]);
        else take_file(&l, slice_from(argv[i]));
    }
    int code = finish(&l);
    catalogue_close(l.catalogue);
    if (l.sold) catalogue_close(l.sold);
    return code;
}
