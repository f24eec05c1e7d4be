/* State on disk whose process gets no memory, at whatever place: it is told, nothing is lost, and nothing is taken for
 * damage. Sanitizers have an allocator of their own, which is not asked here. */
#include "lmdb_rig.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>

enum { ROWS = 200, PLACES_MAX = 400 };

static unsigned left = UINT_MAX;                    /* allocations that succeed still */
static bool     has_failed;

#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
static bool fails(void)
{
    if (left == UINT_MAX || left-- > 0) return false;
    left = 0;
    has_failed = true;
    errno = ENOMEM;
    return true;
}

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *from, size_t size);

/* They stand before those of the library of C. */
void *malloc(size_t size) { return fails() ? NULL : __libc_malloc(size); }
void *calloc(size_t count, size_t size) { return fails() ? NULL : __libc_calloc(count, size); }
void *realloc(void *from, size_t size) { return fails() ? NULL : __libc_realloc(from, size); }
void *reallocarray(void *from, size_t count, size_t size)
{
    return fails() || count > SIZE_MAX / size ? NULL : __libc_realloc(from, count * size);
}
#endif

static void name(char key[16], unsigned i) { snprintf(key, 16, "key%u", i); }

static void write_rows(struct desk *d, unsigned from, const char *value)
{
    char key[16];
    for (unsigned i = from; i < from + ROWS; i++) {
        name(key, i);
        commit(d, key, value, from + ROWS);
    }
}

static void check_rows(struct desk *d, unsigned from, const char *value)
{
    char key[16];
    for (unsigned i = from; i < from + ROWS; i += 7) {
        name(key, i);
        CHECK_SLICE(got(d, key), slice_from(value));
    }
}

/* A store with some runs, one of which is about to be merged. */
static void leave_runs(struct desk *d)
{
    desk_make(d);
    CHECK_INT(desk_open(d), STATE_NEW);
    for (unsigned n = 0; n < 3; n++) {
        write_rows(d, n * ROWS, "before");
        rest(d, 1000);
    }
}

TEST(a_save_without_memory_is_told_and_made_good_when_there_is_some)
{
    unsigned failed = 0;
    for (unsigned place = 0; place < PLACES_MAX; place++) {
        struct desk d;
        leave_runs(&d);
        write_rows(&d, 3 * ROWS, "behind");
        has_failed = false;
        left = place;
        d.now += 1000;
        enum err e = lmdb_stores_rest(&d.lmdb, 1, 0, d.now, &d.may_pull);
        left = UINT_MAX;
        CHECK_INT(e, OK);
        bool is_failing = stats(&d).is_failing;
        CHECK_INT(d.notices, is_failing);
        if (is_failing) CHECK_SLICE(slice_from(d.notice), SLICE("Cannot allocate memory"));
        check_rows(&d, 3 * ROWS, "behind");
        failed += is_failing;
        rest(&d, 1000);
        CHECK(!stats(&d).is_failing);
        CHECK_INT(stats(&d).changelog_offset, 4 * ROWS);
        desk_close(&d, false);
        CHECK_INT(desk_open(&d), STATE_KEPT);
        check_rows(&d, 0, "before");
        check_rows(&d, 3 * ROWS, "behind");
        desk_drop(&d);
        if (!has_failed) break;
    }
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
    CHECK(failed > 3);
#endif
}

static enum err count_row(void *context, struct slice key, struct slice value)
{
    (void)key, (void)value;
    ++*(unsigned *)context;
    return OK;
}

TEST(a_walk_without_memory_is_no_damage)
{
    for (unsigned place = 0; place < PLACES_MAX; place++) {
        struct desk d;
        unsigned rows = 0;
        leave_runs(&d);
        has_failed = false;
        left = place;
        enum err e = store_scan(d.store, TABLE, (struct slice){ 0 }, (struct slice){ 0 }, count_row, &rows);
        left = UINT_MAX;
        CHECK_INT(e, has_failed ? ERR_MEMORY_EXHAUSTED : OK);
        if (!has_failed) CHECK_INT(rows, 3 * ROWS);
        desk_close(&d, false);
        CHECK_INT(desk_open(&d), STATE_KEPT);
        desk_drop(&d);
        if (!has_failed) break;
    }
}

TEST(an_opening_without_memory_discards_nothing)
{
    for (unsigned place = 0; place < PLACES_MAX; place++) {
        struct desk d;
        leave_runs(&d);
        desk_close(&d, false);
        has_failed = false;
        left = place;
        enum err e = lmdb_store_open(&d.options, &d.identity, d.start, d.high, d.now, &d.lmdb, &d.opened);
        left = UINT_MAX;
        if (e == OK) CHECK_INT(d.opened.origin, STATE_KEPT);
        else CHECK_INT(e, ERR_MEMORY_EXHAUSTED);
        if (e == OK) desk_close(&d, false);
        CHECK_INT(desk_open(&d), STATE_KEPT);
        check_rows(&d, 0, "before");
        desk_drop(&d);
        if (!has_failed) break;
    }
}
