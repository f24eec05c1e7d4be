/* claimctl/lists_load.c: what a service would do with new files of a source is done first, with copies that nobody else
 * touches; then those are renamed into place, where the services find them at their next look (screening.md 6.4). */
#include "claimctl/lists_load.h"

#include "claimctl/broker.h"
#include "claimctl/command.h"
#include "claimctl/list_diff.h"
#include "claimctl/list_files.h"
#include "claimctl/nearest.h"
#include "claimctl/option.h"
#include "claimctl/terms_file.h"
#include "domain/policy.h"
#include "runtime/clock.h"
#include "wire/list_load.h"
#include "wire/list_ofac.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

enum { NAMES_BYTES = 64 << 10, COPY_BYTES = 1 << 16 };

struct load {
    struct broker      broker;                      /* settings and who acts; nothing is connected */
    struct arena       arena;
    struct problems    problems;
    struct output      out;
    struct policy      policy;
    struct slice       lists;                       /* the file that names them */
    bool               lists_is_set, execute;       /* named by a setting, not by --lists; not the plan alone */
    struct list_source source, candidate;           /* as it is; with new files in place of old ones */
    struct slice      *news;                        /* a new file for each file of the source; empty: it stays */
    char **folders, **copies; /* of each new file, beside its place, and the copy in it; NULL: none */
    int                lock;                        /* on the file that names the lists; -1 none */
};

static int complain(enum err e, struct slice what, const char *why)
{
    fprintf(stderr, "error[%s %d]: %.*s: %s\n", err_name(e), e, SLICE_ARGS(what), why);
    return e == ERR_USAGE ? EXIT_USAGE : EXIT_FAILED;
}

/* People know the file that they named, not our copy of it. */
static void name_what_was_named(struct load *l)
{
    for (struct problem *p = l->problems.first; p; p = p->next)
        for (unsigned i = 0; l->copies && i < l->source.files.count; i++)
            if (l->copies[i] && slice_equal(p->file, slice_from(l->copies[i]))) p->file = l->news[i];
}

static int fail_with_problems(struct load *l)
{
    name_what_was_named(l);
    return terms_file_complain(&l->arena, &l->problems);
}

/* --- which files --- */

static struct slice name_of(struct slice path)
{
    return slice_skip(path, list_files_folder(path).size);
}

static bool are_the_same_part(const struct list_source *s, struct slice old, struct slice new)
{
    enum list_ofac_file a, b;
    if (s->format == LIST_FORMAT_OFAC_SDN && list_ofac_which(old, &a) && list_ofac_which(new, &b)) return a == b;
    return s->files.count == 1 || slice_equal_nocase(name_of(old), name_of(new));
}

static int place_file(struct load *l, struct slice path)
{
    for (unsigned i = 0; i < l->source.files.count; i++) {
        if (l->news[i].size || !are_the_same_part(&l->source, l->source.files.items[i], path)) continue;
        l->news[i] = path;
        return EXIT_DONE;
    }
    fprintf(stderr, "error[USAGE %d]: %.*s stands for no file of %.*s, which has", ERR_USAGE, SLICE_ARGS(path),
            SLICE_ARGS(l->source.id));
    for (unsigned i = 0; i < l->source.files.count; i++)
        fprintf(stderr, " %.*s", SLICE_ARGS(name_of(l->source.files.items[i])));
    fprintf(stderr, "\n");
    return EXIT_USAGE;
}

static int find_source(struct load *l, struct slice id)
{
    struct world_lists named;
    if (!list_files_sources(&l->arena, l->lists, &named, &l->problems)) {
        int code = fail_with_problems(l);
        return l->lists_is_set ? EXIT_BAD_SETTING : code;
    }
    for (unsigned i = 0; i < named.source_count; i++) {
        if (!slice_equal(named.sources[i].id, id)) continue;
        l->source = named.sources[i];
        l->news = ARENA_ARRAY(&l->arena, l->source.files.count + 1u, struct slice);
        l->folders = ARENA_ARRAY(&l->arena, l->source.files.count + 1u, char *);
        l->copies = ARENA_ARRAY(&l->arena, l->source.files.count + 1u, char *);
        return EXIT_DONE;
    }
    struct nearest near = nearest_to(id);
    struct text all = text_in(&l->arena, NAMES_BYTES);
    PUT(&all, "it names");
    for (unsigned i = 0; i < named.source_count; i++) {
        nearest_offer(&near, named.sources[i].id);
        text_put_byte(&all, ' ');
        text_put(&all, named.sources[i].id);
    }
    text_put_byte(&all, 0);
    return nearest_refuse(&near, all.bytes, "%.*s names no list %.*s", SLICE_ARGS(l->lists), SLICE_ARGS(id));
}

/* Of a plan the files as they were named; else the copies, so that what is judged is what will be in force. */
static void take_news(struct load *l)
{
    struct slice *files = ARENA_ARRAY(&l->arena, l->source.files.count, struct slice);
    l->candidate = l->source;
    for (unsigned i = 0; i < l->source.files.count; i++)
        files[i] = l->copies[i] ? slice_from(l->copies[i]) : l->news[i].size ? l->news[i] : l->source.files.items[i];
    l->candidate.files.items = files;
}

/* --- what it would be --- */

static void warn_of_age(const struct load *l, const struct name_list *new)
{
    int64_t hours = (clock_now_unix_ms() - new->file_time_unix_ms) / INSTANT_HOUR_MS;
    if (!new->max_age_hours || hours <= (int64_t)new->max_age_hours) return;
    fprintf(stderr,
            "warning: the oldest file is %lld hours old; over %u hours lines wait for a fresh list (LIST_STALE)\n",
            (long long)hours, new->max_age_hours);
    if (l->candidate.required) return;
    fprintf(stderr, "         this one is not required: they do not wait for it\n");
}

/* What is in force may be damaged: then anything readable is better. */
static int compare(struct load *l)
{
    struct name_list old, new;
    struct problems of_old = problems_in(&l->arena);
    if (list_load_source(&l->arena, &l->candidate, &new, &l->problems) != OK) return fail_with_problems(l);
    bool has_old = list_load_source(&l->arena, &l->source, &old, &of_old) == OK;
    if (!has_old) {
        fprintf(stderr, "warning: the list in force cannot be read, so the new one is compared with nothing\n");
        old = (struct name_list){ .id = l->source.id };
    }
    struct list_changes c = list_diff_print(&l->out, &old, &new);
    if (has_old && list_shrinks(&old, &new, l->policy.screening_shrink_refuse_percent)) {
        fprintf(stderr,
                "error[LIST_INVALID %d]: %.*s would have over %lld percent fewer entries (%u, %u before): refused, the "
                "list in force stays\n",
                ERR_LIST_INVALID, SLICE_ARGS(l->source.id), (long long)l->policy.screening_shrink_refuse_percent,
                new.entry_count, old.entry_count);
        return EXIT_FAILED;
    }
    fprintf(stderr, "%.*s: %u entr%s; %u added, %u changed, %u removed%s\n", SLICE_ARGS(l->source.id), new.entry_count,
            new.entry_count == 1 ? "y" : "ies", c.added, c.changed, c.removed,
            c.added + c.changed + c.removed ? "" : ": only its age begins anew");
    warn_of_age(l, &new);
    return EXIT_DONE;
}

/* --- into place --- */

static char *path_of(struct load *l, struct slice path, const char *suffix)
{
    struct text t = text_in(&l->arena, path.size + 16);
    text_put(&t, path);
    text_put(&t, slice_from(suffix));
    text_put_byte(&t, 0);
    return t.bytes;
}

static bool copy_bytes(int from, int to)
{
    char bytes[COPY_BYTES];
    for (;;) {
        ssize_t size = read(from, bytes, sizeof bytes);
        if (size < 0 && errno == EINTR) continue;
        if (size <= 0) return size == 0;
        for (ssize_t done = 0; done < size;) {
            ssize_t written = write(to, bytes + done, (size_t)(size - done));
            if (written < 0 && errno != EINTR) return false;
            if (written > 0) done += written;
        }
    }
}

/* With the time at which it was fetched, since the age of a list counts from there. */
static bool copy_file(const char *from, const char *to)
{
    struct stat st;
    int in = open(from, O_RDONLY | O_CLOEXEC),
        out = in < 0 ? -1 : open(to, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    bool good = out >= 0 && fstat(in, &st) == 0 && copy_bytes(in, out);
    good = good && futimens(out, (const struct timespec[2]){ st.st_atim, st.st_mtim }) == 0 && fsync(out) == 0;
    if (out >= 0) good &= close(out) == 0;
    if (in >= 0) close(in);
    return good;
}

/* A rename is on disk when its folder is; a file system that cannot tell has it sooner or later. */
static void settle(struct load *l, struct slice path)
{
    struct slice folder = list_files_folder(path);
    int fd = open(folder.size ? path_of(l, folder, "") : ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0) return;
    (void)!fsync(fd);
    close(fd);
}

/* A folder of our own beside the place, so that a rename stays on its disk, and in it the copy under the name of the
 * place. */
static bool copy_beside(struct load *l, unsigned i)
{
    struct slice place = l->source.files.items[i];
    char *folder = path_of(l, list_files_folder(place), ".load-XXXXXX");
    if (!mkdtemp(folder)) return false;
    struct text t = text_in(&l->arena, strlen(folder) + place.size + 2);
    text_put(&t, slice_from(folder));
    text_put_byte(&t, '/');
    text_put(&t, name_of(place));
    text_put_byte(&t, 0);
    l->folders[i] = folder;
    l->copies[i] = t.bytes;
    return copy_file(path_of(l, l->news[i], ""), l->copies[i]);
}

static int copy_all_beside(struct load *l)
{
    for (unsigned i = 0; i < l->source.files.count; i++)
        if (l->news[i].size && !copy_beside(l, i))
            return complain(ERR_FILE_UNWRITABLE, l->source.files.items[i], strerror(errno));
    return EXIT_DONE;
}

/* Whatever is left of them: what was in force before, or a load that came to nothing. */
static void remove_copies(struct load *l)
{
    for (unsigned i = 0; l->folders && i < l->source.files.count; i++) {
        if (l->copies[i]) (void)unlink(l->copies[i]);
        if (l->folders[i]) (void)rmdir(l->folders[i]);
    }
}

/* In place, and what stood there where the copy was; where a file system cannot exchange two, or nothing stood there, a
 * rename. */
static bool exchange(const char *copy, const char *place)
{
    struct stat st;
    if (lstat(place, &st) == 0 && S_ISDIR(st.st_mode)) {
        errno = EISDIR;
        return false;
    }
    if (renameat2(AT_FDCWD, copy, AT_FDCWD, place, RENAME_EXCHANGE) == 0) return true;
    if (errno != ENOENT && errno != EINVAL && errno != ENOSYS) return false;
    return rename(copy, place) == 0;
}

static int fail_in_place(struct load *l, unsigned at)
{
    int code = complain(ERR_FILE_UNWRITABLE, l->source.files.items[at], strerror(errno));
    for (unsigned i = at + 1; i < l->source.files.count; i++)
        if (l->copies[i]) (void)exchange(l->copies[i], path_of(l, l->source.files.items[i], ""));
    fprintf(stderr, "what was in place before is in force\n");
    return code;
}

/* Of several files the main one comes last: it is what makes a reader look at the others. Fails one, those before it go
 * back. */
static int put_in_place(struct load *l)
{
    for (unsigned i = l->source.files.count; i-- > 0;) {
        struct slice place = l->source.files.items[i];
        if (!l->copies[i]) continue;
        if (!exchange(l->copies[i], path_of(l, place, ""))) return fail_in_place(l, i);
        settle(l, place);
    }
    fprintf(stderr, "%.*s is in place, by %.*s: each service takes it over at its next look (screening.poll_ms)\n",
            SLICE_ARGS(l->source.id), SLICE_ARGS(l->broker.actor));
    return EXIT_DONE;
}

/* Two that load at once would compare with what the other one is about to replace. */
static int lock_lists(struct load *l)
{
    l->lock = open(path_of(l, l->lists, ""), O_RDONLY | O_CLOEXEC);
    if (l->lock < 0) return complain(ERR_FILE_UNREADABLE, l->lists, strerror(errno));
    if (flock(l->lock, LOCK_EX | LOCK_NB) == 0) return EXIT_DONE;
    fprintf(stderr, "error[%s %d]: another `lists load` is at work on %.*s: try again\n", err_name(ERR_FILE_UNWRITABLE),
            ERR_FILE_UNWRITABLE, SLICE_ARGS(l->lists));
    return EXIT_TRY_AGAIN;
}

/* --- the verb --- */

static int load(struct load *l, int argc, char **argv)
{
    const struct option_slot options[] = { { "--lists", &l->lists, NULL }, { "--execute", NULL, &l->execute } };
    int code = broker_open(&l->broker, &argc, argv);
    if (code != EXIT_DONE) return code;
    option_take(&argc, argv, options, 2);
    if (argc < 4) return command_usage("lists");
    l->lists_is_set = !l->lists.size;
    if (l->lists_is_set) l->lists = settings_text(&l->broker.settings, SETTING_SCREENING_LISTS_FILE);
    if (!l->lists.size)
        return option_usage("which file names the lists? --lists FILE, or the setting screening.lists_file");
    code = find_source(l, slice_from(argv[2]));
    for (int i = 3; code == EXIT_DONE && i < argc; i++) code = place_file(l, slice_from(argv[i]));
    if (code == EXIT_DONE && l->execute) code = broker_may_write(&l->broker, DUTY_LISTS_LOAD);
    if (code == EXIT_DONE && l->execute) code = lock_lists(l);
    if (code == EXIT_DONE && l->execute) code = copy_all_beside(l);
    if (code != EXIT_DONE) return code;
    take_news(l);
    code = compare(l);
    if (code == EXIT_DONE && l->execute) return put_in_place(l);
    if (code == EXIT_DONE) fprintf(stderr, "a plan: nothing was kept; --execute puts it in place\n");
    return code;
}

int lists_load(int argc, char **argv)
{
    static struct load l;
    l = (struct load){ .out = output_stdout(), .lock = -1 };
    int code = arena_open(&l.arena, LIST_ARENA_BYTES, LIST_ARENA_BYTES) == OK ? EXIT_DONE : EXIT_FAILED;
    l.problems = problems_in(&l.arena);
    policy_default(&l.policy);
    if (code == EXIT_DONE) code = load(&l, argc, argv);
    remove_copies(&l);
    if (l.lock >= 0) close(l.lock);
    broker_close(&l.broker);
    bool printed = output_close(&l.out);
    arena_close(&l.arena);
    return printed ? code : EXIT_FAILED;
}
