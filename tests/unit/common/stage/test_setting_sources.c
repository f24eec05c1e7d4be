/* Settings from files, environment and options, and what is said about each mistake. */
#include "stage/setting_sources.h"

#include "support/test.h"

#include <stdio.h>
#include <unistd.h>

static struct settings s;
static struct problems problems;

static void begin(void)
{
    settings_init(&s, test_arena(), SERVICE_COMPLIANCE);
    problems = problems_in(test_arena());
}

static enum err read_text(const char *text)
{
    begin();
    return setting_sources_read_text(&s, SLICE("c.yaml"), slice_from(text), &problems);
}

static struct slice said(void)
{
    struct text t = text_in(test_arena(), 1 << 16);
    problems_put(&t, &problems);
    return text_slice(&t);
}

static bool says(const char *part)
{
    struct slice all = said();
    return memmem(all.bytes, all.size, part, strlen(part)) != NULL;
}

TEST(a_file_nests_names_or_writes_them_with_dots_and_lists_become_commas)
{
    CHECK_INT(
        read_text("kafka:\n  brokers: [a:9092, b:9092]\n  socket:\n    keepalive.enable: true\nbatch.lines_max: 500\n"
                  "screening: {lists_file: lists.yaml}\ncontexts:\n  prod: {brokers: x}\n"),
        OK);
    CHECK_TEXT(settings_text(&s, SETTING_KAFKA_BROKERS), "a:9092,b:9092");
    CHECK_INT(settings_number(&s, SETTING_BATCH_LINES_MAX), 500);
    CHECK_TEXT(slice_from(settings_path(&s, SETTING_SCREENING_LISTS_FILE)), "lists.yaml");
    CHECK_INT(s.property_count, 1);
    CHECK_TEXT(s.properties[0].name, "socket.keepalive.enable");
    CHECK_INT(s.values[SETTING_BATCH_LINES_MAX].place.line, 5);
}

TEST(an_empty_file_and_one_of_comments_say_nothing)
{
    CHECK_INT(read_text(""), OK);
    CHECK_INT(read_text("# batch.lines_max: 1\n\n   # more\n"), OK);
    CHECK_INT(settings_origin(&s, SETTING_BATCH_LINES_MAX), SETTING_DEFAULT);
}

TEST(an_unknown_key_is_refused_with_its_place_and_the_nearest_name)
{
    CHECK_INT(read_text("batch:\n  lines_max: 5\n  line_max: 6\nstat.dir: /x\n"), ERR_CONFIG_INVALID);
    CHECK_INT(problems.count, 2);
    CHECK(says("error[CONFIG_INVALID 6001]: there is no setting batch.line_max\n  at c.yaml:3:3  batch.line_max\n  did "
               "you mean batch.lines_max?\n"));
    CHECK(says("did you mean state.dir?"));
}

TEST(a_value_out_of_range_is_refused_with_what_the_setting_takes)
{
    CHECK_INT(read_text("commit: {settle_ms: 5000}\nlog.level: chatty\nworkers: [1, 2]\nhttp: [{a: b}]\n"),
              ERR_CONFIG_INVALID);
    CHECK_INT(problems.count, 4);
    CHECK(says("commit.settle_ms cannot be \"5000\"\n  at c.yaml:1:10  commit.settle_ms\n  it takes a whole number "
               "from 0 to 1000 ms\n"));
    CHECK(says("it takes one of info, debug, warning, error"));
}

TEST(what_is_no_yaml_or_no_map_is_refused)
{
    CHECK_INT(read_text("batch: {"), ERR_CONFIG_INVALID);
    CHECK_INT(read_text("- a\n"), ERR_CONFIG_INVALID);
    CHECK(says("the file is no map of settings"));
}

static enum err read_all(const char *file, char **environment, const char *const *sets, unsigned set_count)
{
    begin();
    struct setting_sources sources = { .file = file, .sets = sets, .set_count = set_count, .environment = environment };
    return setting_sources_read(&s, &sources, &problems);
}

static const char *write_file(const char *text)
{
    static char path[64];
    snprintf(path, sizeof path, "/tmp/claimstream-setting-%d", (int)getpid());
    FILE *f = fopen(path, "w");
    if (f) {
        fputs(text, f);
        fclose(f);
    }
    return path;
}

TEST(a_flag_is_above_the_environment_that_above_the_file)
{
    char *environment[] = { "PATH=/bin",
                            "CLAIMSTREAM_BATCH_LINES_MAX=20",
                            "CLAIMSTREAM_STATE_DIR=/e",
                            "CLAIMSTREAM_KAFKA_CLIENT_RACK=r",
                            "CLAIMSTREAM_KAFKA_BROKERS=e:1",
                            NULL };
    const char *sets[] = { "batch.lines_max=30" };
    const char *file = write_file("batch.lines_max: 10\nstate.dir: /f\ncommit.settle_ms: 7\n");
    CHECK_INT(read_all(file, environment, sets, 1), OK);
    CHECK_INT(settings_number(&s, SETTING_BATCH_LINES_MAX), 30);
    CHECK_TEXT(settings_text(&s, SETTING_STATE_DIR), "/e");
    CHECK_INT(settings_number(&s, SETTING_COMMIT_SETTLE_MS), 7);
    CHECK_TEXT(settings_text(&s, SETTING_KAFKA_BROKERS), "e:1");
    CHECK_TEXT(s.properties[0].name, "client.rack");
    CHECK_INT(settings_origin(&s, SETTING_STATE_DIR), SETTING_ENVIRONMENT);
    unlink(file);
}

TEST(mistakes_in_the_environment_and_in_options_are_refused_but_links_of_an_orchestrator_are_not_ours)
{
    char *environment[] = { "CLAIMSTREAM_BATCH_LINE_MAX=20", "CLAIMSTREAM_CONSOLE_SERVICE_HOST=10.0.0.1",
                            "CLAIMSTREAM_CONSOLE_PORT=tcp://10.0.0.1:80", NULL };
    const char *sets[] = { "batch.lines_max", "kafka.sasl.password=x" };
    CHECK_INT(read_all("/dev/null", environment, sets, 2), ERR_FILE_UNREADABLE);
    CHECK(says("this is no file"));
    const char *file = write_file("");
    CHECK_INT(read_all(file, environment, sets, 2), ERR_CONFIG_INVALID);
    unlink(file);
    CHECK_INT(problems.count, 3);
    CHECK(says("at CLAIMSTREAM_BATCH_LINE_MAX  batch.line.max\n  did you mean batch.lines_max?"));
    CHECK(says("--set batch.lines_max has no value"));
    CHECK(says("everybody sees the arguments of a process"));
}

TEST(a_secret_comes_from_the_file_that_is_named)
{
    char set[128], variable[128];
    const char *path = write_file("hunter2\n");
    snprintf(set, sizeof set, "kafka.sasl.password_file=%s", path);
    const char *sets[] = { set };
    CHECK_INT(read_all(NULL, (char *[]){ NULL }, sets, 1), OK);
    CHECK_TEXT(s.properties[0].name, "sasl.password");
    CHECK_TEXT(s.properties[0].value, "hunter2");
    snprintf(variable, sizeof variable, "CLAIMSTREAM_KAFKA_SSL_KEY_PASSWORD_FILE=%s", path);
    CHECK_INT(read_all(NULL, (char *[]){ variable, NULL }, NULL, 0), OK);
    CHECK_TEXT(s.properties[0].name, "ssl.key.password");
    unlink(path);
    CHECK_INT(read_all(NULL, (char *[]){ variable, NULL }, NULL, 0), ERR_CONFIG_INVALID);
}

struct differences { unsigned live, fixed; };

static void count_difference(void *context, enum setting_id id, bool reloads)
{
    struct differences *d = context;
    (void)id;
    if (reloads) d->live++;
    else d->fixed++;
}

TEST(a_reload_tells_what_it_takes_and_what_needs_a_restart)
{
    struct settings after;
    struct differences d = { 0 };
    begin();
    settings_init(&after, test_arena(), SERVICE_COMPLIANCE);
    CHECK_INT(setting_sources_read_text(
                  &after, SLICE("c.yaml"),
                  SLICE("batch.lines_max: 9\nworkers: 2\nkafka.client.rack: a\nhttp.listen: ''\n"), &problems),
              OK);
    setting_sources_compare(&s, &after, count_difference, &d);
    CHECK_INT(d.live, 1);
    CHECK_INT(d.fixed, 2);
}
