/* Lists that change while somebody screens against them. */
#include "stage/list_watch.h"

#include "support/test.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static char folder[64];
static struct list_watch *watch;
static unsigned taken_over, refused;
static struct problems problems;
static unsigned writes;

static void told(void *context, struct slice source, const struct name_list *list, struct slice refusal)
{
    (void)context, (void)source, (void)list;
    if (refusal.size) refused++;
    else taken_over++;
}

static const char *path(const char *name)
{
    static char path[2][128];
    static unsigned at;
    at = !at;
    snprintf(path[at], sizeof path[at], "%s/%s", folder, name);
    return path[at];
}

/* Each write is a second later, as far as the file says. */
static void put(const char *name, const char *text)
{
    struct timespec times[2] = { { .tv_sec = 1775638800 + ++writes }, { .tv_sec = 1775638800 + writes } };
    FILE *f = fopen(path(name), "w");
    if (!f) return;
    fputs(text, f);
    fclose(f);
    utimensat(AT_FDCWD, path(name), times, 0);
}

static void put_names(const char *name, unsigned count)
{
    static char text[8192];
    size_t size =
        (size_t)snprintf(text, sizeof text,
                         "entry_id,kind,name,aliases,weak_aliases,countries,birth_dates,identifiers,program,remarks\n");
    for (unsigned i = 0; i < count; i++)
        size += (size_t)snprintf(text + size, sizeof text - size, "E%u,ORGANISATION,COMPANY NUMBER %u,,,,,,,\n", i, i);
    put(name, text);
}

static enum err open_watch(const char *config)
{
    snprintf(folder, sizeof folder, "/tmp/claimstream-lists-XXXXXX");
    CHECK(mkdtemp(folder) != NULL);
    taken_over = refused = writes = 0;
    watch = NULL;
    problems = problems_in(test_arena());
    put("lists.yaml", config);
    put_names("a.csv", 20);
    put_names("b.csv", 3);
    static char file[128];
    snprintf(file, sizeof file, "%s", path("lists.yaml"));
    struct list_watch_options options = { .file = file, .listeners = 2, .shrink_percent = 10, .told = told };
    return list_watch_open(&options, test_arena(), &problems, &watch);
}

static void close_watch(void)
{
    list_watch_close(watch);
    unlink(path("lists.yaml"));
    unlink(path("a.csv"));
    unlink(path("b.csv"));
    rmdir(folder);
}

static const char two[] = "sources:\n  - {id: A, purpose: DENIED, format: CSV, files: [a.csv], required: true}\n"
                          "  - {id: B, purpose: FORWARDER, format: CSV, files: [b.csv]}\n";

static unsigned entries(unsigned listener, unsigned list, bool *is_new)
{
    return list_watch_take(watch, listener, is_new)->lists[list].entry_count;
}

TEST(a_changed_file_is_swapped_in_and_each_listener_hears_of_it_once)
{
    bool news;
    CHECK_INT(open_watch(two), OK);
    CHECK_INT(entries(0, 0, &news), 20);
    CHECK(news);
    CHECK_INT(entries(0, 1, &news), 3);
    CHECK(!news);
    CHECK(!list_watch_poll(watch));
    put_names("b.csv", 4);
    CHECK(list_watch_poll(watch));
    CHECK_INT(taken_over, 3);                       /* A, B, and B again: A was not read again */
    CHECK_INT(entries(0, 1, &news), 4);
    CHECK(news);
    CHECK_INT(entries(0, 0, &news), 20);
    CHECK(!news);
    CHECK_INT(entries(1, 1, &news), 4);
    CHECK(news);
    CHECK(!list_watch_poll(watch));
    close_watch();
}

TEST(what_a_listener_holds_outlives_the_snapshots_that_follow)
{
    bool news;
    CHECK_INT(open_watch(two), OK);
    const struct name_lists *held = list_watch_take(watch, 0, &news);
    for (unsigned i = 5; i < 9; i++) {
        put_names("b.csv", i);
        CHECK(list_watch_poll(watch));
    }
    CHECK_INT(held->lists[1].entry_count, 3);
    CHECK_INT(entries(0, 1, &news), 8);
    close_watch();
}

TEST(a_source_that_breaks_or_shrinks_is_refused_and_what_was_in_force_stays)
{
    bool news;
    CHECK_INT(open_watch(two), OK);
    put_names("a.csv", 10);
    CHECK(list_watch_poll(watch));
    CHECK_INT(refused, 1);
    CHECK_INT(entries(0, 0, &news), 20);
    put("a.csv", "this is no list\n");
    put_names("b.csv", 5);
    CHECK(list_watch_poll(watch));
    CHECK_INT(refused, 2);
    CHECK_INT(entries(0, 0, &news), 20);
    CHECK_INT(entries(0, 1, &news), 5);             /* the other one is taken all the same */
    CHECK(!list_watch_poll(watch));                 /* refused once, not at each look */
    put_names("a.csv", 19);
    CHECK(list_watch_poll(watch));
    CHECK_INT(entries(0, 0, &news), 19);
    close_watch();
}

TEST(a_configuration_that_breaks_is_refused_and_a_new_source_is_read)
{
    bool news;
    CHECK_INT(open_watch("sources:\n  - {id: A, purpose: DENIED, format: CSV, files: [a.csv]}\n"), OK);
    put("lists.yaml", "sources: 7\n");
    CHECK(!list_watch_poll(watch));
    CHECK_INT(refused, 1);
    put("lists.yaml", two);
    CHECK(list_watch_poll(watch));
    CHECK_INT(list_watch_take(watch, 0, &news)->list_count, 2);
    close_watch();
}

TEST(without_a_list_of_denied_parties_nothing_starts_unless_the_file_says_so)
{
    CHECK_INT(open_watch("sources:\n  - {id: B, purpose: FORWARDER, format: CSV, files: [b.csv]}\n"), ERR_LIST_INVALID);
    CHECK(problems.count == 1);
    close_watch();
    CHECK_INT(open_watch("denied: none\nsources:\n  - {id: B, purpose: FORWARDER, format: CSV, files: [b.csv]}\n"), OK);
    close_watch();
    CHECK_INT(open_watch("sources:\n  - {id: A, purpose: DENIED, format: CSV, files: [missing.csv]}\n"),
              ERR_LIST_INVALID);
    CHECK(problems.count == 2);
    close_watch();
}
