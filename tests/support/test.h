/* tests/support/test.h: a test is a sentence. TEST registers itself with CUnit through a constructor, so there is no
 * list to forget; a failure prints both sides in the words of the business. */
#ifndef TESTS_SUPPORT_TEST_H
#define TESTS_SUPPORT_TEST_H

#include "base/str.h"

#include <CUnit/CUnit.h>

void test_register(const char *name, void (*run)(void));

#define TEST(name) \
    static void name(void); \
    __attribute__((constructor)) static void register_##name(void) { test_register(#name, name); } \
    static void name(void)

/* Each check counts once; a failing one prints file, line, what was expected and what came. */
void check_at(const char *file, int line, bool holds, const char *condition);
void check_slice_at(const char *file, int line, struct slice got, struct slice want, const char *what);
void check_int_at(const char *file, int line, int64_t got, int64_t want, const char *what);

#define CHECK(condition)          check_at(__FILE__, __LINE__, (condition), #condition)
#define CHECK_SLICE(got, want)    check_slice_at(__FILE__, __LINE__, (got), (want), #got)
#define CHECK_TEXT(got, literal)  check_slice_at(__FILE__, __LINE__, (got), SLICE(literal), #got)
#define CHECK_INT(got, want)      check_int_at(__FILE__, __LINE__, (int64_t)(got), (int64_t)(want), #got)

/* Waits until a condition holds, taking steps in between; what never comes fails after five minutes. No test may depend
 * on how fast something comes or in how many pieces: it waits for what it wants to see, never for a time. */
#define WAIT_FOR(condition, ...) \
    do { \
        bool holds_; \
        int64_t until_ = test_patience(); \
        while (!(holds_ = (condition)) && test_goes_on(until_)) { __VA_ARGS__; } \
        check_at(__FILE__, __LINE__, holds_, "in the end: " #condition); \
    } while (0)

/* When the patience that begins now ends; whether it lasts, after a nap of a millisecond. */
int64_t test_patience(void);
bool test_goes_on(int64_t until_ms);

/* An arena for the running test, emptied before each test. */
struct arena *test_arena(void);

/* A seed for property tests: TEST_SEED in the environment, else 1; and a small deterministic generator. */
uint64_t test_seed(void);
uint64_t test_random(uint64_t *state);

/* Whether this is a build for the address or the thread sanitizer, in which everything takes several times as long. */
bool test_is_sanitized(void);

/* How many of so many alike cases are tried: all of them, under a sanitizer a quarter, since what it
 * looks for shows in any of them. */
unsigned test_share(unsigned cases);

#endif
