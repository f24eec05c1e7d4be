/* Settings: one table, four origins, and what people and checks read of it. */
#include "runtime/setting.h"

#include "support/table.h"

static struct settings s;

static struct setting_place from(enum setting_origin origin)
{
    return (struct setting_place){ .origin = origin, .where = SLICE("a.yaml"), .line = 7, .column = 3 };
}

static enum setting_answer set(const char *name, const char *value, enum setting_origin origin)
{
    return settings_set(&s, slice_from(name), slice_from(value), from(origin));
}

static void begin(enum service service)
{
    settings_init(&s, test_arena(), service);
}

static bool contains(const struct text *t, const char *part)
{
    return memmem(t->bytes, t->size, part, strlen(part)) != NULL;
}

TEST(every_default_is_a_value_that_its_setting_takes)
{
    begin(SERVICE_PAYOUT);                          /* asserts it */
    for (enum setting_id id = 0; id < SETTING_COUNT; id++) {
        CHECK(setting_row(id)->readers != 0);
        CHECK(setting_row(id)->help.size > 10);
        CHECK_INT(setting_find(setting_row(id)->name), id);
        CHECK_INT(settings_origin(&s, id), SETTING_DEFAULT);
    }
    CHECK_INT(settings_number(&s, SETTING_BATCH_LINES_MAX), 4000);
    CHECK_INT(settings_number(&s, SETTING_STATE_MAP_BYTES), 64LL << 30);
    CHECK(!settings_flag(&s, SETTING_TOPICS_ALLOW_SINGLE_REPLICA));
    CHECK(!settings_path(&s, SETTING_SCREENING_LISTS_FILE));
}

TEST(a_value_is_taken_within_its_range_and_refused_outside)
{
    struct table t = TABLE(
        "setting                       value             | answer   number",
        "batch.lines_max               1                 | taken    1",
        "batch.lines_max               100000            | taken    100000",
        "batch.lines_max               0                 | refused  0",
        "batch.lines_max               100001            | refused  0",
        "batch.lines_max               4_000             | refused  0",
        "batch.lines_max               -                 | refused  0",
        "state.map_bytes               1MiB              | taken    1048576",
        "state.map_bytes               2GiB              | taken    2147483648",
        "state.map_bytes               1023KiB           | refused  0",
        "state.map_bytes               99999999999GiB    | refused  0",
        "raw.retention_days            3653              | taken    3653",
        "raw.retention_days            3652              | refused  0",
        "log.level                     debug             | taken    1",
        "log.level                     error             | taken    3",
        "log.level                     loud              | refused  0",
        "intake.auth                   none              | taken    1",
        "topics.allow_single_replica   true              | taken    1",
        "topics.allow_single_replica   yes               | refused  0",
        "http.listen                   127.0.0.1:80      | taken    0",
        "http.listen                   :80               | refused  0",
        "http.listen                   host:99999        | refused  0",
        "http.listen                   -                 | taken    0",
        "redis.address                 /run/redis.sock   | taken    0",
        "redis.address                 rediss://cache:1  | refused  0",
        "batch.lines                   1                 | unknown  0",
        "kafka.                        1                 | unknown  0",
        "kafka.9x                      1                 | unknown  0",
        "kafka.client.rak              a                 | unknown  0",
        "kafka.client.rack             a                 | taken    0");
    while (table_next(&t)) {
        struct slice name = cell(&t, "setting");
        begin(SERVICE_PAYOUT);
        enum setting_answer answer = settings_set(&s, name, cell(&t, "value"), from(SETTING_FILE));
        CHECK_INT(answer, cell_word(&t, "answer", "taken unknown refused"));
        enum setting_id id = setting_find(name);
        if (answer == SETTING_TAKEN && id < SETTING_COUNT) CHECK_INT(s.values[id].number, cell_int(&t, "number"));
    }
}

TEST(a_stronger_origin_wins_whatever_the_order)
{
    begin(SERVICE_PAYOUT);
    CHECK_INT(set("batch.lines_max", "10", SETTING_ENVIRONMENT), SETTING_TAKEN);
    CHECK_INT(set("batch.lines_max", "20", SETTING_FILE), SETTING_TAKEN);
    CHECK_INT(settings_number(&s, SETTING_BATCH_LINES_MAX), 10);
    CHECK_INT(set("batch.lines_max", "30", SETTING_FLAG), SETTING_TAKEN);
    CHECK_INT(set("batch.lines_max", "40", SETTING_ENVIRONMENT), SETTING_TAKEN);
    CHECK_INT(settings_number(&s, SETTING_BATCH_LINES_MAX), 30);
    CHECK_INT(settings_origin(&s, SETTING_BATCH_LINES_MAX), SETTING_FLAG);
    CHECK_INT(set("kafka.client.rack", "a", SETTING_FLAG), SETTING_TAKEN);
    CHECK_INT(set("kafka.client.rack", "b", SETTING_FILE), SETTING_TAKEN);
    CHECK_INT(s.property_count, 1);
    CHECK_TEXT(s.properties[0].value, "a");
}

TEST(a_password_is_no_argument_and_is_never_shown)
{
    begin(SERVICE_PAYOUT);
    CHECK_INT(set("kafka.sasl.password", "hunter2", SETTING_FLAG), SETTING_SECRET);
    CHECK_INT(set("kafka.sasl.password", "hunter2", SETTING_FILE), SETTING_TAKEN);
    struct text table = text_in(test_arena(), 1 << 16), json = text_in(test_arena(), 1 << 16);
    settings_put_table(&table, &s, false);
    settings_put_json(&json, &s);
    CHECK(contains(&table, "kafka.sasl.password") && contains(&table, "file a.yaml:7") && !contains(&table, "hunter2"));
    CHECK(contains(&json, "\"kafka.sasl.password\":{\"value\":\"****\"") && !contains(&json, "hunter2"));
}

TEST(each_instance_of_each_service_has_its_own_admin_port)
{
    char buffer[64];
    struct text host = text_over(buffer, sizeof buffer);
    unsigned port;
    begin(SERVICE_COMPLIANCE);
    CHECK_INT(set("instance", "2", SETTING_FLAG), SETTING_TAKEN);
    settings_address(&s, SETTING_ADMIN_LISTEN, &host, &port);
    CHECK_TEXT(text_slice(&host), "127.0.0.1");
    CHECK_INT(port, 9123);
    host = text_over(buffer, sizeof buffer);
    CHECK_INT(set("admin.listen", "[::1]:9", SETTING_FILE), SETTING_TAKEN);
    settings_address(&s, SETTING_ADMIN_LISTEN, &host, &port);
    CHECK_TEXT(text_slice(&host), "::1");
    CHECK_INT(port, 9);
    host = text_over(buffer, sizeof buffer);
    CHECK_INT(set("redis.address", "/run/r.sock", SETTING_FILE), SETTING_TAKEN);
    settings_address(&s, SETTING_REDIS_ADDRESS, &host, &port);
    CHECK_TEXT(text_slice(&host), "/run/r.sock");
    CHECK_INT(port, 0);
}

TEST(the_table_of_a_service_leaves_out_what_others_read)
{
    begin(SERVICE_CLASSIFICATION);
    struct text t = text_in(test_arena(), 1 << 16), md = text_in(test_arena(), 1 << 16);
    settings_put_table(&t, &s, false);
    CHECK(contains(&t, "park.sweep_ms") && !contains(&t, "screening.lists_file") && !contains(&t, "http.listen"));
    settings_put_table(&md, &s, true);
    CHECK(contains(&md, "| `log.level` | info, debug, warning, error | info | yes |"));
}

TEST(a_file_of_all_settings_says_nothing_until_a_mark_is_taken_away)
{
    begin(SERVICE_PAYOUT);
    struct text t = text_in(test_arena(), 1 << 16);
    settings_put_yaml(&t, &s);
    struct slice rest = text_slice(&t);
    while (rest.size) {
        struct slice line = slice_cut(&rest, '\n');
        CHECK(!line.size || line.bytes[0] == '#');
    }
    CHECK(contains(&t, "#kafka.brokers: \"127.0.0.1:9092\"\n") && contains(&t, "#log.level: info\n")
          && contains(&t, "; read again at SIGHUP\n#commit.settle_ms: 3\n"));
}

TEST(names_become_variables_and_places_are_told)
{
    char buffer[128];
    struct text t = text_over(buffer, sizeof buffer);
    setting_put_variable(&t, SLICE("kafka.brokers"));
    CHECK_TEXT(text_slice(&t), "CLAIMSTREAM_KAFKA_BROKERS");
    t = text_over(buffer, sizeof buffer);
    setting_put_range(&t, setting_row(SETTING_COMMIT_SETTLE_MS));
    CHECK_TEXT(text_slice(&t), "a whole number from 0 to 1000 ms");
    t = text_over(buffer, sizeof buffer);
    struct setting_place place = from(SETTING_FILE);
    setting_put_place(&t, &place);
    CHECK_TEXT(text_slice(&t), "file a.yaml:7");
}
