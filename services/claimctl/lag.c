/* claimctl/lag.c: `lag`: what each stage still has before it, in records, seconds and money. */
#include "claimctl/command.h"
#include "claimctl/listing.h"
#include "claimctl/nearest.h"
#include "claimctl/option.h"
#include "claimctl/sums.h"
#include "claimctl/topic_reader.h"
#include "classification/stage.h"
#include "compliance/stage.h"
#include "domain/claim_value.h"
#include "intake/stage.h"
#include "payout/stage.h"
#include "runtime/clock.h"
#include "runtime/kafka_log.h"
#include "wire/dossier_codec.h"

enum { PARTITIONS_MAX = 1024, ARENA_BYTES = 32 << 20, AMOUNT_BYTES = 64 };

static const struct stage *const stages[] = { &intake_stage, &classification_stage, &compliance_stage, &payout_stage };
enum { STAGES = sizeof stages / sizeof stages[0] };

static const struct listing_field fields[] = {
    { "group", LISTING_TEXT, "the consumer group of the stage", false },
    { "topic", LISTING_TEXT, "its input", false },
    { "partition", LISTING_WHOLE, "", false },
    { "current_offset", LISTING_WHOLE, "committed; empty: never", false },
    { "log_end_offset", LISTING_WHOLE, "of committed records", false },
    { "lag", LISTING_WHOLE, "records that wait: markers of transactions are none", false },
    { "time", LISTING_FIGURE, "seconds since the oldest of them was written", false },
    { "money", LISTING_TEXT, "what these lines claim, by currency", false },
};
enum { FIELD_COUNT = sizeof fields / sizeof fields[0] };

/* What waits in one partition. */
struct backlog {
    uint64_t records;
    instant_ms oldest_unix_ms;
    struct sums money;
};

/* What waits for one group. */
struct group { char name[KAFKA_NAME_MAX]; struct backlog backlog; unsigned partitions, waiting; };

struct lag {
    struct broker     broker;
    struct output     out;
    struct listing    listing;
    struct arena      kept, scratch;
    struct kafka_log *log;
    struct slice      stage;                        /* of the command line; empty: all */
    bool              shows_all;                    /* partitions too in which nothing waits */
    struct backlog    backlog;                      /* of the partition at work */
    struct group      groups[STAGES];
    unsigned          group_count;
    instant_ms        now_unix_ms;
};

/* --- what waits --- */

static bool take(void *lag, const struct record *record, instant_ms at_unix_ms)
{
    struct lag *l = lag;
    struct backlog *w = &l->backlog;
    struct dossier d;
    int64_t minor;
    if (w->records++ == 0 || at_unix_ms < w->oldest_unix_ms) w->oldest_unix_ms = at_unix_ms;
    if (record->topic == TOPIC_REVIEWS || record->topic == TOPIC_CLAIMS_SUBMITTED) return true;
    arena_reset(&l->scratch);
    if (dossier_decode(&l->scratch, record->value, &d) == OK && d.line && claim_value_stated(d.line, &minor))
        sum_add(sums_of_currency(&l->kept, &w->money, d.line->currency), minor);
    return true;
}

static enum err read_waiting(struct lag *l, enum topic topic, int32_t partition, int64_t from)
{
    struct topic_range range = { .topic = topic,
                                 .partition = partition,
                                 .from = { .kind = from < 0 ? MOMENT_BEGINNING : MOMENT_OFFSET, .offset = from },
                                 .until = { .kind = MOMENT_END } };
    l->backlog = (struct backlog){ 0 };
    return topic_read(&l->broker, &range, 1, false, take, l);
}

static void add_backlog(struct arena *a, struct group *g, const struct backlog *w)
{
    struct backlog *sum = &g->backlog;
    g->partitions++;
    if (w->records == 0) return;
    if (sum->records == 0 || w->oldest_unix_ms < sum->oldest_unix_ms) sum->oldest_unix_ms = w->oldest_unix_ms;
    sum->records += w->records;
    g->waiting++;
    for (const struct sum *m = w->money.first; m; m = m->next)
        sum_add(sums_of_currency(a, &sum->money, m->currency), m->minor);
}

/* --- rows --- */

static struct slice seconds(struct arena *a, const struct lag *l, const struct backlog *w)
{
    struct text t = text_in(a, 24);
    if (w->records == 0) return (struct slice){ 0 };
    int64_t age_ms = l->now_unix_ms - w->oldest_unix_ms;
    text_put_int(&t, age_ms > 0 ? age_ms / 1000 : 0);
    PUT(&t, " s");
    return text_slice(&t);
}

static struct slice money(struct arena *a, const struct backlog *w)
{
    size_t count = 0;
    for (const struct sum *m = w->money.first; m; m = m->next) count++;
    struct text t = text_in(a, count * AMOUNT_BYTES);
    for (const struct sum *m = w->money.first; m; m = m->next) {
        if (t.size) text_put_byte(&t, ' ');
        sum_put_money(&t, m->minor, m->currency);
    }
    return text_slice(&t);
}

static enum err print_partition(struct lag *l, struct group *group, const struct offset *committed)
{
    int64_t low, high;
    TRY(kafka_log_watermarks(l->log, committed->topic, committed->partition, BROKER_PATIENCE_MS, &low, &high));
    bool waits = committed->next < high && high > low;
    l->backlog = (struct backlog){ 0 };
    if (waits) TRY(read_waiting(l, committed->topic, committed->partition, committed->next));
    arena_reset(&l->scratch);
    const struct slice cells[FIELD_COUNT] = {
        slice_from(group->name),
        topic_row(committed->topic)->name,
        slice_of_int(&l->scratch, committed->partition),
        committed->next < 0 ? (struct slice){ 0 } : slice_of_int(&l->scratch, committed->next),
        slice_of_int(&l->scratch, high),
        slice_of_int(&l->scratch, (int64_t)l->backlog.records),
        seconds(&l->scratch, l, &l->backlog),
        money(&l->scratch, &l->backlog),
    };
    if (l->shows_all || l->backlog.records > 0) listing_row(&l->listing, cells);
    add_backlog(&l->kept, group, &l->backlog);
    return OK;
}

static enum err print_input(struct lag *l, const struct stage *stage, struct group *group, enum topic topic)
{
    static struct offset offsets[PARTITIONS_MAX];
    struct kafka_options options = l->broker.kafka;
    int32_t partitions;
    options.stage = stage->name;
    kafka_client_group_name(&options, group->name);
    TRY(kafka_log_partitions(l->log, topic, &partitions));
    if (partitions > PARTITIONS_MAX) partitions = PARTITIONS_MAX;
    for (int32_t p = 0; p < partitions; p++) offsets[p] = (struct offset){ .topic = topic, .partition = p };
    TRY(kafka_log_group_offsets(&options, group->name, offsets, (unsigned)partitions, BROKER_PATIENCE_MS));
    for (int32_t p = 0; p < partitions; p++) TRY(print_partition(l, group, &offsets[p]));
    return OK;
}

static enum err print_all(struct lag *l)
{
    TRY(kafka_log_open(&l->broker.kafka, KAFKA_READ_COMMITTED, &l->log));
    for (unsigned i = 0; i < STAGES; i++) {
        if (l->stage.size && !slice_equal(l->stage, slice_from(stages[i]->name))) continue;
        struct group *group = &l->groups[l->group_count++];
        for (unsigned k = 0; k < STAGE_INPUTS_MAX && stages[i]->inputs[k] != TOPIC_NONE; k++)
            TRY(print_input(l, stages[i], group, stages[i]->inputs[k]));
    }
    return OK;
}

/* One line a group after the rows of its partitions, and one for all. */
static void print_sums(struct lag *l)
{
    uint64_t records = 0;
    for (unsigned i = 0; i < l->group_count; i++) {
        const struct group *g = &l->groups[i];
        arena_reset(&l->scratch);
        struct slice age = seconds(&l->scratch, l, &g->backlog), claimed = money(&l->scratch, &g->backlog);
        records += g->backlog.records;
        fprintf(stderr, "%s: %llu wait in %u of %u partitions", g->name, (unsigned long long)g->backlog.records,
                g->waiting, g->partitions);
        if (age.size) fprintf(stderr, ", the oldest for %.*s", SLICE_ARGS(age));
        if (claimed.size) fprintf(stderr, ", claiming %.*s", SLICE_ARGS(claimed));
        fputc('\n', stderr);
    }
    fprintf(stderr, "%llu record%s wait%s\n", (unsigned long long)records, plural(records), records == 1 ? "s" : "");
}

static int refuse_stage(struct slice word)
{
    struct nearest near = nearest_to(word);
    for (unsigned i = 0; i < STAGES; i++) nearest_offer(&near, slice_from(stages[i]->name));
    return nearest_refuse_word(&near, "--stage takes intake, classification, compliance or payout",
                               "there is no stage %.*s", SLICE_ARGS(word));
}

static int read_words(struct lag *l, int argc, char **argv, enum listing_form *form)
{
    bool known = false;
    const struct option_slot options[] = { { "--stage", &l->stage, NULL },
                                              { "--all", NULL, &l->shows_all } };
    int code = broker_open(&l->broker, &argc, argv);
    if (code != EXIT_DONE) return code;
    if (!listing_take_form(&argc, argv, form, NULL)) return EXIT_USAGE;
    option_take(&argc, argv, options, sizeof options / sizeof options[0]);
    for (unsigned i = 0; i < STAGES; i++) known |= slice_equal(l->stage, slice_from(stages[i]->name));
    if (argc != 1) return command_usage("lag");
    if (l->stage.size && !known) return refuse_stage(l->stage);
    l->shows_all |= *form != LISTING_AUTO && *form != LISTING_TABLE && *form != LISTING_TSV; /* programs count rows */
    return EXIT_DONE;
}

int claimctl_lag(int argc, char **argv)
{
    static struct lag l;
    enum listing_form form;
    l = (struct lag){ .out = output_stdout(), .listing = { .names_in_tsv = true }, .now_unix_ms = clock_now_unix_ms() };
    int code = read_words(&l, argc, argv, &form);
    if (code == EXIT_DONE && form != LISTING_HELP) code = broker_connect(&l.broker);
    if (code == EXIT_DONE && listing_begin(&l.listing, &l.out, fields, FIELD_COUNT, form)) {
        if (arena_open(&l.scratch, ARENA_BYTES, ARENA_BYTES) != OK) code = EXIT_FAILED;
        if (arena_open(&l.kept, ARENA_BYTES, ARENA_BYTES) != OK) code = EXIT_FAILED;
        enum err e = code == EXIT_DONE ? print_all(&l) : OK;
        if (e != OK) code = broker_fail(&l.broker, e, "lag");
        listing_end_of(&l.listing, code == EXIT_DONE);
        if (code == EXIT_DONE) print_sums(&l);
    }
    if (l.log) kafka_log_close(l.log);
    arena_close(&l.scratch);
    arena_close(&l.kept);
    broker_close(&l.broker);
    return output_close(&l.out) ? code : EXIT_FAILED;
}
