/* tests/support/test.c: registration, checks, and the main of every test binary. */
#include "support/test.h"

#include "base/assert.h"

#include <CUnit/Basic.h>
#include <inttypes.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { TESTS_MAX = 512, ARENA_SIZE = 1 << 28, PATIENCE_MS = 300000, NAP_NS = 1000000, SLOW_MS = 2000 };

/* LMDB asks for 2 MiB of zeroes with each environment, of which few are written: fresh from the system nobody has to
 * write them. A test opens thousands; memory that comes again would be cleared each time. */
enum { FRESH_BYTES = 1 << 20 };

static struct { const char *name; void (*run)(void); } tests[TESTS_MAX];
static unsigned test_count;
static struct arena arena;

void test_register(const char *name, void (*run)(void))
{
    ASSERT(test_count < TESTS_MAX);
    tests[test_count].name = name;
    tests[test_count++].run = run;
}

struct arena *test_arena(void)
{
    return &arena;
}

uint64_t test_seed(void)
{
    const char *text = getenv("TEST_SEED");
    return text ? strtoull(text, NULL, 10) : 1;
}

/* splitmix64 */
uint64_t test_random(uint64_t *state)
{
    uint64_t z = (*state += 0x9e3779b97f4a7c15u);
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
    z = (z ^ z >> 27) * 0x94d049bb133111ebu;
    return z ^ z >> 31;
}

bool test_is_sanitized(void)
{
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
    return true;
#else
    return false;
#endif
}

unsigned test_share(unsigned cases)
{
    return test_is_sanitized() ? (cases + 3) / 4 : cases;
}

static int64_t mono_ms(void)
{
    struct timespec now;
    ASSERT(clock_gettime(CLOCK_MONOTONIC, &now) == 0);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

int64_t test_patience(void)
{
    return mono_ms() + PATIENCE_MS;
}

bool test_goes_on(int64_t until_ms)
{
    nanosleep(&(struct timespec){ .tv_nsec = NAP_NS }, NULL);
    return mono_ms() < until_ms;
}

void check_at(const char *file, int line, bool holds, const char *condition)
{
    if (!holds) printf("\n  %s:%d: %s\n", file, line, condition);
    CU_assertImplementation(holds, (unsigned)line, condition, file, "", CU_FALSE);
}

void check_slice_at(const char *file, int line, struct slice got, struct slice want, const char *what)
{
    bool holds = slice_equal(got, want);
    if (!holds)
        printf("\n  %s:%d: %s\n    is   %.*s\n    want %.*s\n", file, line, what, SLICE_ARGS(got), SLICE_ARGS(want));
    CU_assertImplementation(holds, (unsigned)line, what, file, "", CU_FALSE);
}

void check_int_at(const char *file, int line, int64_t got, int64_t want, const char *what)
{
    if (got != want) printf("\n  %s:%d: %s is %" PRId64 ", want %" PRId64 "\n", file, line, what, got, want);
    CU_assertImplementation(got == want, (unsigned)line, what, file, "", CU_FALSE);
}

static int64_t began_ms;

static void begin_test(void)
{
    began_ms = mono_ms();
}

/* Who takes long is named: the time of `make test` is everybody's. */
static void end_test(void)
{
    int64_t took_ms = mono_ms() - began_ms;
    if (took_ms > SLOW_MS) printf("  slow: %s, %" PRId64 " ms\n", CU_get_current_test()->pName, took_ms);
    arena_reset(&arena);
}

/* test [--count FILE]: runs all, writes "passed failed" of tests into FILE. */
int main(int argc, char **argv)
{
    CU_pSuite suite;
    (void)mallopt(M_MMAP_THRESHOLD, FRESH_BYTES);
    ASSERT(arena_open(&arena, ARENA_SIZE, ARENA_SIZE) == OK);
    if (CU_initialize_registry() != CUE_SUCCESS) return 1;
    suite = CU_add_suite_with_setup_and_teardown(argv[0], NULL, NULL, begin_test, end_test);
    for (unsigned i = 0; i < test_count; i++)
        if (!CU_add_test(suite, tests[i].name, tests[i].run)) return 1;
    CU_basic_set_mode(CU_BRM_SILENT);
    CU_basic_run_tests();
    unsigned failed = CU_get_number_of_tests_failed();
    unsigned passed = CU_get_number_of_tests_run() - failed;
    if (failed) CU_basic_show_failures(CU_get_failure_list());
    printf("%s%s: %u passed, %u failed\n", failed ? "\n" : "", argv[0], passed, failed);
    if (argc == 3) {
        FILE *count = fopen(argv[2], "w");
        if (!count) return 1;
        fprintf(count, "%u %u\n", passed, failed);
        if (fclose(count) != 0) return 1;
    }
    CU_cleanup_registry();
    arena_close(&arena);
    return failed || passed == 0 ? 1 : 0;
}
