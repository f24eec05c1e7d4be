/* The installation's secret. */
#include "stage/seed.h"

#include "support/test.h"

#include <stdio.h>
#include <unistd.h>

static struct settings s;
static struct problems problems;

static enum err read_from(const char *text, uint64_t *seed)
{
    char path[64];
    struct setting_place place = { .origin = SETTING_FLAG };
    snprintf(path, sizeof path, "/tmp/claimstream-seed-%d", (int)getpid());
    FILE *f = text ? fopen(path, "w") : NULL;
    if (f) {
        fputs(text, f);
        fclose(f);
    }
    settings_init(&s, test_arena(), SERVICE_PAYOUT);
    problems = problems_in(test_arena());
    CHECK_INT(settings_set(&s, SLICE("state.seed_file"), slice_from(path), place), SETTING_TAKEN);
    enum err e = seed_read(&s, &problems, seed);
    unlink(path);
    return e;
}

TEST(sixteen_hex_digits_are_a_seed_and_nothing_else_is)
{
    uint64_t seed = 1;
    CHECK_INT(read_from("0123456789abcdef\n", &seed), OK);
    CHECK(seed == 0x0123456789abcdefu);
    CHECK_INT(read_from("0123456789abcde\n", &seed), ERR_CONFIG_INVALID);
    CHECK_INT(read_from("-123456789abcdef", &seed), ERR_CONFIG_INVALID);
    CHECK_INT(read_from("0123456789abcdeg", &seed), ERR_CONFIG_INVALID);
    CHECK_INT(read_from("", &seed), ERR_CONFIG_INVALID);
    CHECK_INT(read_from(NULL, &seed), ERR_FILE_UNREADABLE);
    CHECK_INT(problems.count, 1);
}

TEST(without_a_file_it_is_zero)
{
    uint64_t seed = 1;
    settings_init(&s, test_arena(), SERVICE_PAYOUT);
    problems = problems_in(test_arena());
    CHECK_INT(seed_read(&s, &problems, &seed), OK);
    CHECK(seed == 0);
}
