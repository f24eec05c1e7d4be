/* services/claimctl/lists.c: lists of names without a service: search a name, check files, compare two states, load a
 * new one. */
#include "claimctl/broker.h"
#include "claimctl/command.h"
#include "claimctl/file_refusal.h"
#include "claimctl/list_diff.h"
#include "claimctl/list_files.h"
#include "claimctl/listing.h"
#include "claimctl/lists_load.h"
#include "claimctl/option.h"
#include "domain/policy.h"
#include "wire/list_load.h"
#include "wire/list_ofac.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum {
    NAME_BYTES_MAX = 4096,
    HEAD_BYTES = 64,
    FILES_MAX = 64,
    LIMIT_MAX = 10000,
    WORK_BYTES = 64 << 20
};

/* A command at work: what it read, and where its errors are. */
struct lists_command {
    struct arena      arena, work;                  /* lists; one query */
    struct problems   problems;
    struct output     out;
    struct policy     policy;
    bool              is_set;                       /* the lists are those of a setting */
};

static bool open_command(struct lists_command *c)
{
    *c = (struct lists_command){ .out = output_stdout() };
    if (arena_open(&c->arena, LIST_ARENA_BYTES, WORK_BYTES) != OK) return false;
    if (arena_open(&c->work, WORK_BYTES, WORK_BYTES) != OK) return false;
    c->problems = problems_in(&c->arena);
    policy_default(&c->policy);
    return true;
}

static int close_command(struct lists_command *c, int code)
{
    if (c->problems.count && code == EXIT_FAILED)
        code = c->is_set ? EXIT_BAD_SETTING : file_refusal_code(&c->problems);
    if (c->problems.count && c->arena.base) {
        struct text said = text_in(&c->arena, 1 << 20);
        problems_put(&said, &c->problems);
        fprintf(stderr, "%.*s", SLICE_ARGS(text_slice(&said)));
    }
    if (!output_close(&c->out)) code = EXIT_FAILED;
    arena_close(&c->arena);
    arena_close(&c->work);
    return code;
}

static int usage(const char *what)
{
    fprintf(
        stderr,
        "error[USAGE %d]: %s\n"
        "  lists search [--file LIST] [--kind K] [--country C] [--born YEAR] [--limit N] [--format FORM] NAME|-\n"
        "  lists check FILE...\n"
        "  lists diff OLD NEW\n"
        "  lists load [--lists FILE] LIST FILE... [--execute]\n",
        ERR_USAGE, what);
    return EXIT_USAGE;
}

/* Files, each a source of its own; sdn.csv brings its companions, a lists.yaml the sources it names. */

static struct texts with_companions(struct arena *a, struct slice path)
{
    static const char *const companions[] = { "alt.csv", "add.csv", "sdn_comments.csv" };
    struct slice *files = ARENA_ARRAY(a, 4, struct slice), folder = list_files_folder(path);
    unsigned count = 0;
    files[count++] = path;
    for (unsigned i = 0; i < sizeof companions / sizeof companions[0]; i++) {
        struct slice name = SLICE_JOIN(a, folder, slice_from(companions[i]));
        if (access(name.bytes, R_OK) == 0) files[count++] = name;
    }
    return (struct texts){ .items = files, .count = count };
}

static struct slice head_of(struct arena *a, struct slice path)
{
    char *head = arena_alloc(a, HEAD_BYTES);
    FILE *file = fopen(slice_copy(a, path).bytes, "rb");
    size_t size = file ? fread(head, 1, HEAD_BYTES, file) : 0;
    if (file) fclose(file);
    return slice_of(head, size);
}

/* alt.csv beside its sdn.csv is read with it, whichever of them was named. */
static struct slice main_file(struct arena *a, struct slice path)
{
    struct slice folder = list_files_folder(path);
    struct text t = text_in(a, folder.size + 16);
    enum list_ofac_file which;
    if (!list_ofac_which(path, &which) || which == LIST_OFAC_SDN) return path;
    text_put(&t, folder);
    PUT(&t, "sdn.csv");
    struct slice name = slice_copy(a, text_slice(&t));
    return access(name.bytes, R_OK) == 0 ? name : path;
}

static struct list_source source_of(struct arena *a, struct slice path)
{
    path = main_file(a, path);
    struct list_source s = { .id = path, .purpose = LIST_PURPOSE_DENIED, .required = true, .has_max_age_hours = true };
    s.format = list_load_format(path, head_of(a, path));
    if (s.format == LIST_FORMAT_OFAC_SDN) {
        s.files = with_companions(a, path);
        return s;
    }
    struct slice *only = ARENA_ARRAY(a, 1, struct slice);
    only[0] = path;
    s.files = (struct texts){ .items = only, .count = 1 };
    return s;
}

static bool is_named(const struct world_lists *sources, struct slice id)
{
    for (unsigned i = 0; i < sources->source_count; i++)
        if (slice_equal(sources->sources[i].id, id)) return true;
    return false;
}

/* A list that is left out would find nobody. */
static bool add_source(struct world_lists *to, struct list_source *sources, const struct list_source *one)
{
    if (to->source_count == SCREEN_LISTS_MAX) {
        fprintf(stderr, "error[USAGE %d]: more than %d lists\n", ERR_USAGE, SCREEN_LISTS_MAX);
        return false;
    }
    sources[to->source_count] = *one;
    sources[to->source_count++].purpose = LIST_PURPOSE_DENIED;
    return true;
}

/* All files as sources; a search asks every list, whatever its purpose in a lists.yaml. */
static bool sources_of(struct lists_command *c, const char *const *paths, unsigned count, struct world_lists *out)
{
    struct list_source *sources = ARENA_ARRAY(&c->arena, SCREEN_LISTS_MAX, struct list_source);
    *out = (struct world_lists){ .sources = sources };
    for (unsigned i = 0; i < count; i++) {
        struct slice path = slice_from(paths[i]);
        struct list_source own;
        struct world_lists named = { .sources = &own, .source_count = 1 };
        bool is_file_of_sources = slice_ends_with(path, SLICE(".yaml")) || slice_ends_with(path, SLICE(".yml"));
        if (!is_file_of_sources) own = source_of(&c->arena, path);
        else if (!list_files_sources(&c->arena, path, &named, &c->problems)) return false;
        if (!is_file_of_sources && is_named(out, own.id)) continue;
        for (unsigned k = 0; k < named.source_count; k++)
            if (!add_source(out, sources, &named.sources[k])) return false;
    }
    return true;
}

/* search */

struct search {
    const char       *files[FILES_MAX];
    unsigned          file_count;
    struct name_query query;
    uint64_t          limit;
    struct listing    listing;
    enum listing_form form;
    bool              has_queries;                  /* several names: each hit says of which */
};

static const struct listing_field hit_fields[] = {
    { "query", LISTING_TEXT, "the name that was asked for, when they come from standard input", false },
    { "entry_id", LISTING_TEXT, "of the list", false },
    { "name", LISTING_TEXT, "the one of the entry that is like it", false },
    { "score", LISTING_WHOLE, "how like: 10000 is the same", false },
    { "band", LISTING_TEXT, "STRONG, LIKELY or WEAK", false },
    { "weak", LISTING_FLAG, "the publisher calls it a weak alias", false },
    { "alignment", LISTING_TEXT, "which word was compared with which", false },
};
enum { HIT_FIELDS = sizeof hit_fields / sizeof hit_fields[0], SCORE_BYTES = 24 };

static void put_hit(struct lists_command *c, struct search *s, const struct name_hit *hit, struct slice asked)
{
    char digits[SCORE_BYTES];
    struct text score = text_over(digits, sizeof digits);
    text_put_int(&score, hit->score);
    const struct slice cells[HIT_FIELDS] = {
        asked,
        hit->entry->entry_id,
        hit->name,
        text_slice(&score),
        screen_band(hit->score, c->policy.screening_strong_score, c->policy.screening_likely_score,
                    c->policy.screening_weak_score),
        hit->weak ? SLICE("weak") : SLICE(""),
        hit->alignment,
    };
    listing_row(&s->listing, s->has_queries ? cells : cells + 1);
}

/* One name; `asked` names it in the output when there are several. False: it folds to nothing. */
static bool search_name(struct lists_command *c, struct search *s, const struct name_lists *lists,
                        struct slice name, struct slice asked)
{
    struct name_query q = s->query;
    struct name_answer answer;
    struct screen_limits limits = { .score_min = (int32_t)c->policy.screening_weak_score,
                                    .candidates_max = (unsigned)c->policy.screening_candidates_max };
    q.name = name;
    screen_name(&c->work, lists, LIST_PURPOSE_DENIED, &q, limits, &answer);
    for (unsigned i = 0; i < answer.hit_count && i < s->limit; i++) put_hit(c, s, &answer.hits[i], asked);
    if (answer.is_cut)
        fprintf(stderr, "more candidates than %u: the least likely were not compared\n", limits.candidates_max);
    bool is_readable = !answer.is_unreadable;
    if (is_readable && !answer.hit_count)
        fprintf(stderr, "nobody on these lists has a name like \"%.*s\": no score reaches %d\n", SLICE_ARGS(name),
                limits.score_min);
    if (!is_readable) fprintf(stderr, "\"%.*s\" folds to nothing: it cannot be compared\n", SLICE_ARGS(name));
    arena_reset(&c->work);
    return is_readable;
}

/* Names from standard input, one a line. */
static bool search_input(struct lists_command *c, struct search *s, const struct name_lists *lists)
{
    char line[NAME_BYTES_MAX];
    bool fine = true;
    while (fgets(line, sizeof line, stdin)) {
        struct slice name = slice_from(line);
        while (name.size && (name.bytes[name.size - 1] == '\n' || name.bytes[name.size - 1] == '\r')) name.size--;
        if (name.size) fine &= search_name(c, s, lists, name, name);
    }
    return fine;
}

static int run_search(struct lists_command *c, struct search *s, const char *name)
{
    struct world_lists sources;
    struct name_lists lists;
    if (!sources_of(c, s->files, s->file_count, &sources)) return EXIT_FAILED;
    if (list_load(&c->arena, &sources, &lists, &c->problems) != OK) return EXIT_FAILED;
    bool fine = s->has_queries ? search_input(c, s, &lists) : search_name(c, s, &lists, slice_from(name), SLICE(""));
    return fine ? EXIT_DONE : EXIT_FAILED;
}

static enum party_kind kind_named(struct arena *a, const char *word)
{
    struct slice upper = slice_upper(a, slice_from(word));
    if (slice_equal(upper, SLICE("ORGANIZATION"))) upper = SLICE("ORGANISATION");
    return (enum party_kind)word_find(VOCABULARY_PARTY_KIND, upper);
}

/* NULL, or what is wrong with an option. */
static const char *take_options(struct lists_command *c, struct search *s, int *argc, char **argv)
{
    struct slice kind = { 0 }, country = { 0 }, born = { 0 }, limit = { 0 };
    const struct option_slot options[] = {
        { "--kind", &kind, NULL },
        { "--country", &country, NULL },
        { "--born", &born, NULL },
        { "--limit", &limit, NULL },
    };
    uint64_t year = 0;
    s->file_count = option_pick_each(argc, argv, "--file", s->files, FILES_MAX);
    option_take(argc, argv, options, sizeof options / sizeof options[0]);
    if (kind.bytes) s->query.kind = kind_named(&c->arena, kind.bytes);
    if (kind.bytes && !s->query.kind) return "--kind is PERSON, ORGANISATION, VESSEL or AIRCRAFT";
    s->query.country = slice_upper(&c->arena, country);
    if (country.bytes && country.size != 2) return "--country is a code of two letters";
    if (born.bytes && (!slice_to_uint(born, 2099, &year) || year < 1800)) return "--born is a year";
    s->query.birth_year = (int32_t)year;
    bool is_limit = !limit.bytes || (slice_to_uint(limit, LIMIT_MAX, &s->limit) && s->limit > 0);
    return is_limit ? NULL : "--limit is a number from 1";
}

static int search_with(struct lists_command *c, const struct settings *settings, int argc, char **argv)
{
    struct search s = { .limit = LIMIT_MAX };
    struct slice lists = settings_text(settings, SETTING_SCREENING_LISTS_FILE);
    if (!listing_take_form(&argc, argv, &s.form, NULL)) return EXIT_USAGE;
    const char *wrong = take_options(c, &s, &argc, argv);
    if (wrong) return usage(wrong);
    s.has_queries = argc > 1 && strcmp(argv[1], "-") == 0;
    unsigned first = s.form == LISTING_HELP || s.has_queries ? 0 : 1;
    if (!listing_begin(&s.listing, &c->out, hit_fields + first, HIT_FIELDS - first, s.form)) return EXIT_DONE;
    c->is_set = s.file_count == 0 && lists.size;
    if (c->is_set)
        s.files[s.file_count++] = slice_copy(&c->arena, lists).bytes;
    if (s.file_count == 0) return usage("which list? --file LIST, or the setting screening.lists_file");
    if (argc != 2) return usage("exactly one name is searched; - reads names from standard input");
    int code = run_search(c, &s, argv[1]);
    listing_end_of(&s.listing, code == EXIT_DONE);
    return code;
}

/* Settings say which lists are screened against; nothing is connected. */
static int search(struct lists_command *c, int argc, char **argv)
{
    static struct broker broker;
    int code = broker_open(&broker, &argc, argv);
    if (code == EXIT_DONE) code = search_with(c, &broker.settings, argc, argv);
    broker_close(&broker);
    return code;
}

/* check */

static unsigned names_of(const struct name_list *list)
{
    unsigned count = 0;
    for (unsigned i = 0; i < list->entry_count; i++) count += list->entries[i].name_count;
    return count;
}

static void put_summary(struct lists_command *c, const struct name_list *list)
{
    char bytes[512];
    struct text t = text_over(bytes, sizeof bytes);
    text_put(&t, slice_head(list->id, 256));
    PUT(&t, "\t");
    text_put_int(&t, list->entry_count);
    PUT(&t, " entries\t");
    text_put_int(&t, names_of(list));
    PUT(&t, " names\tsha256:");
    text_put_hex(&t, list->sha256, SHA256_BYTES);
    output_line(&c->out, text_slice(&t));
}

static int check(struct lists_command *c, int argc, char **argv)
{
    struct world_lists sources;
    int code = EXIT_DONE;
    if (argc < 2) return usage("which files?");
    if (!sources_of(c, (const char *const *)argv + 1, (unsigned)argc - 1, &sources)) return EXIT_FAILED;
    for (unsigned i = 0; i < sources.source_count; i++) {
        struct name_list list;
        if (list_load_source(&c->arena, &sources.sources[i], &list, &c->problems) != OK) code = EXIT_FAILED;
        else put_summary(c, &list);
    }
    return code;
}

/* diff */

static bool read_one(struct lists_command *c, char *path, struct name_list *list)
{
    struct list_source source = source_of(&c->arena, slice_from(path));
    return list_load_source(&c->arena, &source, list, &c->problems) == OK;
}

static int diff(struct lists_command *c, int argc, char **argv)
{
    struct name_list old, new;
    if (argc != 3) return usage("two files are compared");
    if (!read_one(c, argv[1], &old) || !read_one(c, argv[2], &new)) return EXIT_FAILED;
    struct list_changes changes = list_diff_print(&c->out, &old, &new);
    if (list_shrinks(&old, &new, c->policy.screening_shrink_refuse_percent))
        fprintf(
            stderr,
            "%s has over %d percent fewer entries (%u, %u before): a service refuses it and keeps the list in force\n",
            argv[2], (int)c->policy.screening_shrink_refuse_percent, new.entry_count, old.entry_count);
    return changes.added + changes.changed + changes.removed ? EXIT_DIFFERS : EXIT_DONE;
}

int claimctl_lists(int argc, char **argv)
{
    struct lists_command c;
    if (argc < 2) return command_usage("lists");
    if (strcmp(argv[1], "load") == 0) return lists_load(argc, argv);
    if (!open_command(&c)) return close_command(&c, command_fail(ERR_MEMORY_EXHAUSTED, NULL));
    int code = strcmp(argv[1], "search") == 0 ? search(&c, argc - 1, argv + 1)
             : strcmp(argv[1], "check") == 0  ? check(&c, argc - 1, argv + 1)
             : strcmp(argv[1], "diff") == 0   ? diff(&c, argc - 1, argv + 1)
             : command_refuse_verb("lists", argv[1]);
    return close_command(&c, code);
}
