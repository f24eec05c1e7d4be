/* The command line of the services. */
#include "stage/process_options.h"

#include "support/test.h"

static struct process_options o;

static enum err read(int argc, const char **argv)
{
    return process_options_read(test_arena(), argc, (char **)argv, &o);
}
#define READ(...) \
    read(sizeof((const char *[]){ "x", __VA_ARGS__ }) / sizeof(char *), (const char *[]){ "x", __VA_ARGS__ })

TEST(options_are_settings_by_another_name)
{
    CHECK_INT(
        READ("--config", "a.yaml", "--set=batch.lines_max=5", "--instance", "3", "--log=text", "--log-level", "debug"),
        OK);
    CHECK_INT(o.mode, PROCESS_RUN);
    CHECK_TEXT(slice_from(o.file), "a.yaml");
    CHECK_INT(o.set_count, 4);
    CHECK_TEXT(slice_from(o.sets[0]), "batch.lines_max=5");
    CHECK_TEXT(slice_from(o.sets[1]), "instance=3");
    CHECK_TEXT(slice_from(o.sets[2]), "log.format=text");
    CHECK_TEXT(slice_from(o.sets[3]), "log.level=debug");
}

TEST(one_thing_is_asked_for_at_a_time)
{
    CHECK_INT(READ("--settings"), OK);
    CHECK_INT(o.mode, PROCESS_SETTINGS);
    CHECK_INT(READ("--settings=md"), OK);
    CHECK_INT(o.mode, PROCESS_SETTINGS_MARKDOWN);
    CHECK_INT(READ("--settings=yaml"), OK);
    CHECK_INT(o.mode, PROCESS_SETTINGS_YAML);
    CHECK_INT(READ("--check", "--health"), ERR_USAGE);
    CHECK_INT(READ("--check=yes"), ERR_USAGE);
    CHECK_TEXT(o.complaint, "this option takes no value: check");
}

TEST(a_wrong_word_names_the_nearest)
{
    CHECK_INT(READ("--chek"), ERR_USAGE);
    CHECK_TEXT(o.complaint, "unknown option chek; did you mean --check?");
    CHECK_INT(READ("--zzzzzzzz"), ERR_USAGE);
    CHECK_TEXT(o.complaint, "unknown option zzzzzzzz");
    CHECK_INT(READ("run"), ERR_USAGE);
    CHECK_TEXT(o.complaint, "unexpected argument run");
    CHECK_INT(READ("--set"), ERR_USAGE);
    CHECK_TEXT(o.complaint, "this option needs a value: set");
}

TEST(the_help_names_every_option_and_the_exit_codes)
{
    struct text t = text_in(test_arena(), 8192);
    process_options_help(&t, SERVICE_COMPLIANCE, "screens claims");
    struct slice s = text_slice(&t);
    CHECK(slice_starts_with(s, SLICE("usage: claim-screener [options]\nscreens claims\n")));
    CHECK(memmem(s.bytes, s.size, "--health", 8) && memmem(s.bytes, s.size, "75 restart me", 13));
}
