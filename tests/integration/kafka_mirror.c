/* Puts what an embedded run sends between its stages on the topics of a broker, record by record: kafka_mirror BROKERS
 * NAMESPACE WORLD received|all|dead. With `received` only what intake posts: the services do the rest. With `all` also
 * the changelogs, so that what reads topics finds what services would have left. With `dead` a few dead letters, as
 * intake and a stage write them. */
#include "claimctl/run_feed.h"
#include "runtime/kafka_writer.h"
#include "stage/dead_letter.h"
#include "stage/loop.h"

#include <stdio.h>
#include <stdlib.h>

enum { FLUSH_MS = 300000 };

static struct kafka_writer *writer;

static void fail(enum err e, const char *what)
{
    fprintf(stderr, "kafka_mirror: %s: %s\n", what, err_text(e));
    exit(1);
}

static void mirror(void *context, const struct record *r)
{
    (void)context;
    int32_t partition = topic_row(r->topic)->partitions ? -1 : r->partition;
    enum err e = kafka_writer_send(writer, r->topic, partition, r->key, r->value, r->headers, r->header_count);
    if (e != OK) fail(e, topic_row(r->topic)->name.bytes);
}

struct rows { enum topic topic; int32_t partition; uint8_t table; };

static enum err mirror_row(void *context, struct slice key, struct slice value)
{
    struct rows *rows = context;
    char buffer[STORE_KEY_MAX + 1];
    struct text t = text_over(buffer, sizeof buffer);
    text_put_byte(&t, (char)rows->table);
    text_put(&t, key);
    return kafka_writer_send(writer, rows->topic, rows->partition, text_slice(&t), value, NULL, 0);
}

static void mirror_state(struct run_engine *engine, enum run_stage stage)
{
    const struct stage *s = run_engine_stage(stage);
    for (int32_t p = 0; p < embedded_partitions(engine->engine); p++)
        for (unsigned i = 0; i < s->table_count; i++) {
            struct rows rows = { s->changelog, p, s->tables[i].number };
            enum err e = store_scan(embedded_store(engine->engine, stage, p), rows.table, (struct slice){ 0 },
                                    (struct slice){ 0 }, mirror_row, &rows);
            if (e != OK) fail(e, s->name);
        }
}

/* --- dead letters ------------------------------------------------------------------------------------------------ */

static enum err send_dead(struct sink *sink, enum topic topic, int32_t partition, struct slice key, struct slice value,
                          const struct header *headers, unsigned count)
{
    (void)sink;
    return kafka_writer_send(writer, topic, partition, key, value, headers, count);
}

static void bury(struct arena *a, const char *line_id, struct slice value, enum topic topic, const char *stage,
                 enum reason_code code, const char *errors)
{
    static const struct sink_ops ops = { .send = send_dead };
    struct sink sink = { &ops };
    struct record record = { .topic = topic, .partition = 1, .offset = 7, .key = SLICE("N-100"), .value = value };
    struct dead_letter d = { .record = &record,
                             .stage = slice_from(stage),
                             .code = code,
                             .errors = slice_from(errors),
                             .line_id = slice_from(line_id),
                             .document_id = SLICE("0123456789abcdef"),
                             .failed_at_unix_ms = 1775638800000 };
    enum err e = dead_letter_send(a, &sink, &d);
    if (e != OK) fail(e, "deadletters.v1");
}

static void send_letters(void)
{
    static const char errors[] =
        "[{\"code\":\"FIELD_MISSING\",\"number\":102,\"severity\":\"error\",\"level\":\"field\",\"message\":\"qty is "
        "missing.\",\"fix\":\"Add it.\",\"where\":{\"row\":%d}}]";
    struct arena a;
    if (arena_open(&a, 1 << 20, 1 << 20) != OK) exit(1);
    for (int i = 0; i < 3; i++) {
        char id[40], list[256];
        snprintf(id, sizeof id, "%032d", i + 1);
        snprintf(list, sizeof list, errors, i + 2);
        bury(&a, id, SLICE("{\"kind\":\"POS_SALE\",\"partner_id\":\"N-100\",\"invoice_no\":\"D-1\"}"),
             TOPIC_CLAIMS_SUBMITTED, "intake", REASON_FIELD_MISSING, list);
    }
    bury(&a, "", SLICE("\xff\xfe not a dossier"), TOPIC_CLAIMS_CLASSIFIED, "compliance", REASON_UNREADABLE, "");
    arena_close(&a);
}

int main(int argc, char **argv)
{
    static const enum topic all[] = {
        TOPIC_CLAIMS_RECEIVED, TOPIC_CLAIMS_CLASSIFIED, TOPIC_CLAIMS_CLEARED, TOPIC_CLAIMS_HELD,
        TOPIC_CLAIMS_DECIDED,  TOPIC_PAYOUTS,           TOPIC_DEADLETTERS,
    };
    static struct run_engine engine;
    if (argc != 5) return 2;
    struct kafka_options kafka = { .brokers = argv[1], .namespace = argv[2], .stage = "mirror" };
    bool is_all = strcmp(argv[4], "all") == 0;
    enum err e = kafka_writer_open(&kafka, &writer);
    if (e != OK) fail(e, argv[1]);
    if (strcmp(argv[4], "dead") == 0) {
        send_letters();
        return kafka_writer_flush(writer, FLUSH_MS) == OK ? 0 : 1;
    }
    struct run_options options = run_options_default(argv[3]);
    struct run_feed feed = { .engine = &engine };
    if (run_engine_open(&engine, &options) != 0) return 1;
    for (unsigned i = 0; i < (is_all ? sizeof all / sizeof all[0] : 1); i++)
        embedded_follow(engine.engine, all[i], mirror, NULL);
    if (run_feed_all(&feed) != 0) return 1;
    for (enum run_stage s = 0; is_all && s < RUN_STAGE_COUNT; s++) mirror_state(&engine, s);
    if ((e = kafka_writer_flush(writer, FLUSH_MS)) != OK) fail(e, "flush");
    kafka_writer_close(writer);
    run_engine_close(&engine);
    return 0;
}
