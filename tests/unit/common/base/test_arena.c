/* Memory of one unit of work: what it gives, what it gives back, and what lies behind it. */
#include "base/arena.h"

#include "support/test.h"

#include <stdint.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { BUDGET = 64 << 10, RESERVE = 4 << 20 };

static struct arena opened(void)
{
    struct arena a;
    CHECK_INT(arena_open(&a, BUDGET, RESERVE), OK);
    return a;
}

/* True when the work ends the process: a broken promise, or the sanitizer's word. */
static bool ends(void (*work)(struct arena *), struct arena *a)
{
    pid_t child = fork();
    if (child == 0) {
        close(STDERR_FILENO);
        work(a);
        _exit(0);
    }
    int status = 0;
    CHECK(waitpid(child, &status, 0) == child);
    return !WIFEXITED(status) || WEXITSTATUS(status) != 0;
}

TEST(blocks_are_aligned_zeroed_and_apart)
{
    static const size_t sizes[] = { 1, 15, 16, 17, 127, 128, 129, 4096, 70000 };
    struct arena a = opened();
    for (unsigned round = 0; round < 2; round++) {
        char *before = NULL;
        for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
            char *block = arena_alloc(&a, sizes[i]);
            CHECK((uintptr_t)block % 16 == 0);
            CHECK(block[0] == 0 && memchr(block, 0xff, sizes[i]) == NULL);
            CHECK(!before || block > before);
            memset(block, 0xff, sizes[i]);
            before = block + sizes[i] - 1;
        }
        arena_reset(&a);
    }
    arena_close(&a);
}

TEST(a_mark_is_a_place_to_come_back_to)
{
    struct arena a = opened();
    char *first = arena_alloc(&a, 100);
    memset(first, 7, 100);
    size_t mark = arena_mark(&a);
    char *second = arena_alloc(&a, 1000);
    arena_rewind(&a, mark);
    CHECK(arena_alloc(&a, 1000) == (void *)second);
    CHECK(first[99] == 7);
    arena_close(&a);
}

/* What was written, what was given back to the system, and what nobody touched yet. */
TEST(a_block_over_written_and_untouched_memory_is_zero_throughout)
{
    static const size_t written[] = { 1000, 5000, BUDGET + 5000, 200000, 300 };
    static const char zeroes[2 * BUDGET];
    struct arena a = opened();
    for (size_t i = 0; i < sizeof written / sizeof *written; i++) {
        memset(arena_take(&a, written[i]), 0xff, written[i]);
        if (i % 2) arena_reset(&a);
        else arena_rewind(&a, 0);
        arena_take(&a, 160);
        CHECK(memcmp(arena_alloc(&a, 3000), zeroes, 3000) == 0);
        CHECK(memcmp(arena_alloc(&a, sizeof zeroes), zeroes, sizeof zeroes) == 0);
        arena_reset(&a);
    }
    arena_close(&a);
}

TEST(the_budget_is_used_up_before_the_reserve_is)
{
    struct arena a = opened();
    arena_take(&a, BUDGET - 16);
    CHECK(!arena_is_full(&a));
    arena_take(&a, 16);
    CHECK(arena_is_full(&a));
    CHECK(arena_take(&a, RESERVE) != NULL);
    arena_reset(&a);
    CHECK(!arena_is_full(&a));
    arena_close(&a);
}

static void takes_more_than_there_is(struct arena *a)
{
    arena_take(a, BUDGET + RESERVE);
    arena_take(a, 1);
}

TEST(passing_the_reserve_is_a_broken_promise)
{
    struct arena a = opened();
    CHECK(ends(takes_more_than_there_is, &a));
    arena_close(&a);
}

#if defined(__SANITIZE_ADDRESS__)
static void writes_behind_a_block(struct arena *a)
{
    volatile char *block = arena_alloc(a, 40);
    block[40] = 1;
}

static void writes_behind_a_large_block(struct arena *a)
{
    volatile char *block = arena_take(a, 2 << 20);
    block[2 << 20] = 1;
}

static void writes_into_what_was_given_back(struct arena *a)
{
    size_t mark = arena_mark(a);
    volatile char *block = arena_alloc(a, 40);
    arena_rewind(a, mark);
    block[0] = 1;
}

TEST(the_sanitizer_sees_what_is_written_past_a_block)
{
    void (*const works[])(struct arena *) = { writes_behind_a_block, writes_behind_a_large_block,
                                              writes_into_what_was_given_back };
    for (size_t i = 0; i < sizeof works / sizeof *works; i++) {
        struct arena a = opened();
        CHECK(ends(works[i], &a));
        arena_close(&a);
    }
}
#endif
