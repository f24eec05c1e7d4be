/* claimctl/topics.c: `topics list|create|check`: the topics as topic.def wants them. */
#include "claimctl/broker.h"
#include "claimctl/command.h"
#include "claimctl/listing.h"
#include "claimctl/option.h"
#include "runtime/kafka_admin.h"

enum { PARTITIONS_MAX = 1024, REPLICAS_MAX = 15, CELL_BYTES = 64 };

struct topics {
    struct broker     broker;
    struct kafka_plan plan;
    struct output     out;
    unsigned          created, existed, refused;
};

static bool read_count(struct slice word, const char *option, uint64_t max, int32_t *value)
{
    uint64_t number;
    if (!word.size) return true;
    if (slice_to_uint(word, max, &number) && number > 0) {
        *value = (int32_t)number;
        return true;
    }
    fprintf(stderr, "error[USAGE %d]: %s takes 1 to %llu\n", ERR_USAGE, option, (unsigned long long)max);
    return false;
}

/* Options, settings, connection. */
static int open_topics(struct topics *t, int argc, char **argv)
{
    struct slice partitions = { 0 }, replicas = { 0 };
    const struct option_slot options[] = { { "--partitions", &partitions, NULL },
                                              { "--replicas", &replicas, NULL } };
    *t = (struct topics){ .out = output_stdout() };
    int code = broker_open(&t->broker, &argc, argv);
    if (code != EXIT_DONE) return code;
    option_take(&argc, argv, options, 2);
    if (argc != 2) return command_usage("topics");
    if (!read_count(partitions, "--partitions", PARTITIONS_MAX, &t->plan.partitions)
        || !read_count(replicas, "--replicas", REPLICAS_MAX, &t->plan.replication))
        return EXIT_USAGE;
    t->plan.allow_single_replica = settings_flag(&t->broker.settings, SETTING_TOPICS_ALLOW_SINGLE_REPLICA);
    return broker_connect(&t->broker);
}

static int close_topics(struct topics *t, int code)
{
    broker_close(&t->broker);
    return output_close(&t->out) ? code : EXIT_FAILED;
}

/* --- create --- */

static void tell_created(void *context, enum topic topic, const char *name, enum kafka_creation what, const char *text)
{
    static const char *const words[] = {
        [KAFKA_TOPIC_CREATED] = "created", [KAFKA_TOPIC_EXISTED] = "exists", [KAFKA_TOPIC_REFUSED] = "refused"
    };
    struct topics *t = context;
    (void)topic;
    t->created += what == KAFKA_TOPIC_CREATED;
    t->existed += what == KAFKA_TOPIC_EXISTED;
    t->refused += what == KAFKA_TOPIC_REFUSED;
    output_print(&t->out, "%s\t%s", name, words[what]);
    if (text && *text && what == KAFKA_TOPIC_REFUSED) output_print(&t->out, "\t%s", text);
    output_put(&t->out, SLICE("\n"));
}

static int create(int argc, char **argv)
{
    static struct topics t;
    int code = open_topics(&t, argc, argv);
    if (code == EXIT_DONE) code = broker_may_write(&t.broker, DUTY_INSTALL);
    if (code != EXIT_DONE) return close_topics(&t, code);
    enum err e = kafka_admin_create(&t.broker.kafka, &t.plan, tell_created, &t);
    fprintf(stderr, "%u created, %u existed, %u refused\n", t.created, t.existed, t.refused);
    if (e != OK) code = broker_fail(&t.broker, e, "topics");
    return close_topics(&t, code);
}

/* --- check --- */

static int check(int argc, char **argv)
{
    static struct topics t;
    static struct kafka_findings found;
    int code = open_topics(&t, argc, argv);
    if (code != EXIT_DONE) return close_topics(&t, code);
    enum err e = kafka_admin_check(&t.broker.kafka, &t.plan, &found);
    if (e != OK) return close_topics(&t, broker_fail(&t.broker, e, "topics"));
    unsigned stopping = 0;
    for (unsigned i = 0; i < found.count; i++) {
        bool stops = broker_finding_stops(&t.broker, &found, i);
        output_print(&t.out, "%s\t%s\n", stops ? "stops" : "warns", found.at[i].text);
        stopping += stops;
    }
    fprintf(stderr, "%u finding%s, %u of them keep%s the stages from starting\n", found.count,
            found.count == 1 ? "" : "s", stopping, stopping == 1 ? "s" : "");
    return close_topics(&t, stopping ? EXIT_DIFFERS : EXIT_DONE);
}

/* --- list: what topic.def says, without a broker --- */

static const struct listing_field list_fields[] = {
    { "topic", LISTING_TEXT, "name", false },
    { "partitions", LISTING_TEXT, "count; shared: the one count of all partner-keyed topics", false },
    { "kept", LISTING_TEXT, "days, or for ever", false },
    { "cleanup", LISTING_TEXT, "compact or delete", false },
};

static void put_list_row(struct listing *l, enum topic topic)
{
    char buffers[2][CELL_BYTES];
    struct text partitions = text_over(buffers[0], CELL_BYTES), kept = text_over(buffers[1], CELL_BYTES);
    const struct topic_row *row = topic_row(topic);
    if (row->partitions) text_put_int(&partitions, row->partitions);
    else PUT(&partitions, "shared");
    if (row->kept_days) {
        text_put_int(&kept, row->kept_days);
        PUT(&kept, " days");
    } else PUT(&kept, "for ever");
    const struct slice cells[] = { row->name, text_slice(&partitions), text_slice(&kept),
                                   row->compacted ? SLICE("compact") : SLICE("delete") };
    listing_row(l, cells);
}

static int list(int argc, char **argv)
{
    struct output out = output_stdout();
    struct listing l = { 0 };
    enum listing_form form;
    if (!listing_take_form(&argc, argv, &form, NULL)) return EXIT_USAGE;
    option_take(&argc, argv, NULL, 0);
    if (argc != 2) return command_usage("topics");
    if (listing_begin(&l, &out, list_fields, sizeof list_fields / sizeof list_fields[0], form)) {
        for (enum topic topic = TOPIC_NONE + 1; topic < TOPIC_COUNT; topic++) put_list_row(&l, topic);
        listing_end(&l);
    }
    return output_close(&out) ? EXIT_DONE : EXIT_FAILED;
}

int claimctl_topics(int argc, char **argv)
{
    static const struct command_verb verbs[] = { { SLICE_INIT("list"), list },
                                                 { SLICE_INIT("create"), create },
                                                 { SLICE_INIT("check"), check } };
    return command_run_verb("topics", verbs, sizeof verbs / sizeof verbs[0], argc, argv);
}
