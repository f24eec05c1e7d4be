/* claimctl/doctor.c: `doctor`: one line a check: ok, warning or failure, what was seen, what to do (surfaces.md
 * 2.7). */
#include "claimctl/broker.h"
#include "claimctl/command.h"
#include "claimctl/deadletters.h"
#include "claimctl/inbox.h"
#include "claimctl/listing.h"
#include "claimctl/option.h"
#include "claimctl/publish.h"
#include "claimctl/redis.h"
#include "claimctl/topic_reader.h"
#include "runtime/certificate.h"
#include "runtime/clock.h"
#include "runtime/kafka_admin.h"
#include "runtime/kafka_log.h"
#include "runtime/kafka_probe.h"
#include "stage/redis_registry.h"

#include <linux/magic.h>
#include <stdarg.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/vfs.h>
#include <unistd.h>

enum {
    ARENA_BYTES = 64 << 20,
    SAYS_BYTES = 512,
    QUESTION_MS = 10000,
    SKEW_MS_MAX = 1000,
    FREE_PERCENT_MIN = 10,
    FREE_MIB_MIN = 4096,
    PARTITIONS_MAX = 1024,
    READ_MS = 500,
    EXPIRY_DAYS = 14,
    KEYS_SAMPLED = 50
};

enum verdict_of_check { CHECK_OK, CHECK_WARNING, CHECK_FAILURE };

static const struct listing_field fields[] = {
    { "standing", LISTING_TEXT, "ok, warning or failure", false },
    { "check", LISTING_TEXT, "what was looked at", false },
    { "seen", LISTING_TEXT, "what was seen, and what to do", false },
};

struct doctor {
    struct broker      broker;
    struct output      out;
    struct listing     listing;
    struct arena       arena;
    struct redis_link *redis;
    unsigned           counts[3];
};

static void __attribute__((format(printf, 4, 5)))
say(struct doctor *d, enum verdict_of_check verdict, const char *check, const char *format, ...)
{
    static const struct slice words[] = { SLICE_INIT("ok"), SLICE_INIT("warning"), SLICE_INIT("failure") };
    char seen[SAYS_BYTES];
    va_list list;
    va_start(list, format);
    vsnprintf(seen, sizeof seen, format, list);
    va_end(list);
    const struct slice cells[] = { words[verdict], slice_from(check), slice_from(seen) };
    listing_row(&d->listing, cells);
    d->counts[verdict]++;
}

/* --- Kafka --- */

static bool check_brokers(struct doctor *d)
{
    char id[KAFKA_NAME_MAX];
    struct slice brokers = slice_from(d->broker.kafka.brokers);
    if (kafka_client_cluster(&d->broker.kafka, QUESTION_MS, id, sizeof id) != OK) {
        say(d, CHECK_FAILURE, "brokers",
            "%s do not answer%s%s; start them, or name others: --brokers, CLAIMSTREAM_KAFKA_BROKERS",
            d->broker.kafka.brokers, d->broker.last[0] ? ": " : "", d->broker.last);
        return false;
    }
    say(d, CHECK_OK, "brokers", "%s answer: cluster %s", d->broker.kafka.brokers, id);
    memcpy(d->broker.cluster_id, id, sizeof id);
    struct kafka_produce produce;
    enum err e = kafka_probe_produce(&d->broker.kafka, &produce);
    if (e != OK) say(d, CHECK_WARNING, "broker version", "it does not say which requests it knows");
    else if (produce.newest < KAFKA_PRODUCE_2_1)
        say(d, CHECK_FAILURE, "broker version", "Produce %d is older than Kafka 2.1: upgrade the brokers",
            produce.newest);
    else
        say(d, CHECK_OK, "broker version", "Produce %d to %d: Kafka 2.1 or newer; the client is librdkafka %s",
            produce.oldest, produce.newest, kafka_client_version());
    bool single = !broker_is_local(&d->broker) && slice_find(brokers, ',') == brokers.size,
         development = settings_flag(&d->broker.settings, SETTING_TOPICS_ALLOW_SINGLE_REPLICA);
    if (single && !development)
        say(d, CHECK_WARNING, "bootstrap",
            "one bootstrap server: name two or more, a request stuck on a dead one blocks everything");
    return true;
}

static void check_topics(struct doctor *d)
{
    static struct kafka_findings found;
    struct kafka_plan plan = { .allow_single_replica =
                                   settings_flag(&d->broker.settings, SETTING_TOPICS_ALLOW_SINGLE_REPLICA) };
    enum err e = kafka_admin_check(&d->broker.kafka, &plan, &found);
    if (e != OK) say(d, CHECK_FAILURE, "topics", "they cannot be asked for: %s", err_text(e));
    else if (found.count == 0)
        say(d, CHECK_OK, "topics",
            "partitions, replicas, clean-up, retention, sizes and time-outs are as topic.def wants them");
    for (unsigned i = 0; e == OK && i < found.count; i++) {
        say(d, broker_finding_stops(&d->broker, &found, i) ? CHECK_FAILURE : CHECK_WARNING, "topics", "%s",
            found.at[i].text);
    }
}

static bool note_probe(void *seen, const struct record *record, instant_ms at_unix_ms)
{
    (void)at_unix_ms;
    *(bool *)seen |= slice_equal(record->key, SLICE("probe"));
    return true;
}

/* What may be written, and whether what is compressed is. */
static void tell_writes(struct doctor *d, const struct kafka_probed *probed)
{
    unsigned refused = 0;
    for (enum topic topic = TOPIC_NONE + 1; topic < TOPIC_COUNT; topic++) {
        if (probed->topics[topic] == OK || probed->topics[topic] == ERR_KAFKA_TOPIC)
            continue; /* said with the topics */
        if (refused++ && probed->topics[topic] == ERR_CLOCK_AHEAD) continue;    /* of all topics alike */
        if (probed->topics[topic] == ERR_CLOCK_AHEAD) {
            say(d, CHECK_FAILURE, "clock", "%s: set it, and run a time daemon on both", err_text(ERR_CLOCK_AHEAD));
            continue;
        }
        say(d, CHECK_FAILURE, "access",
            "%.*s cannot be written: %s; grant Write on it, and Write on the TransactionalId",
            SLICE_ARGS(topic_row(topic)->name), probed->why);
    }
    if (!refused) say(d, CHECK_OK, "access", "every topic may be written in a transaction");
    if (!probed->packed_bytes) return;
    if (kafka_probe_packs(probed))
        say(d, CHECK_OK, "compression", "%u bytes went over the wire as %llu", KAFKA_PROBE_BYTES,
            (unsigned long long)probed->packed_bytes);
    else
        say(d, CHECK_WARNING, "compression",
            "lz4 is set and %u bytes went over the wire as %llu: this client sends plain to a broker that does not "
            "list Produce 0; use librdkafka 2.11.1 or Kafka 4.0 and newer",
            KAFKA_PROBE_BYTES, (unsigned long long)probed->packed_bytes);
}

/* What a record was refused for says more than that the transaction then failed. */
static enum err why_of(const struct kafka_probed *probed, enum err e)
{
    for (enum topic topic = TOPIC_NONE + 1; topic < TOPIC_COUNT; topic++)
        if (probed->topics[topic] == ERR_CLOCK_AHEAD) return ERR_CLOCK_AHEAD;
    return e;
}

/* Written, rolled back, and not to be seen by who reads what is committed. */
static void check_transaction(struct doctor *d)
{
    struct kafka_options options = d->broker.kafka;
    struct kafka_probed probed;
    struct topic_range range = { .topic = TOPIC_AUDIT, .partition = 0, .until = { .kind = MOMENT_END } };
    bool seen = false;
    options.stage = "doctor";
    enum err e = kafka_probe_write(&options, ~UINT64_C(0), &probed);
    if (e == OK) e = topic_read(&d->broker, &range, 1, false, note_probe, &seen);
    if (e != OK)
        say(d, CHECK_FAILURE, "transaction", "one could not be written and rolled back: %s%s%s",
            err_text(why_of(&probed, e)), probed.why[0] ? ": " : "", probed.why);
    else if (seen)
        say(d, CHECK_FAILURE, "transaction",
            "a record that was rolled back is read by read_committed: the broker is no Apache Kafka");
    else say(d, CHECK_OK, "transaction", "one was written and rolled back in %lld ms", (long long)probed.took_ms);
    tell_writes(d, &probed);
}

static enum err pass_record(void *context, const struct record *record, int64_t timestamp_unix_ms)
{
    (void)context, (void)record, (void)timestamp_unix_ms;
    return OK;
}

/* Reading at the end of a topic asks for the right and for no record. */
static enum err try_read(struct kafka_log *log, enum topic topic)
{
    struct offset from = { .topic = topic };
    int64_t low;
    TRY(kafka_log_watermarks(log, topic, 0, QUESTION_MS, &low, &from.next));
    TRY(kafka_log_assign(log, &from, 1));
    for (int64_t until = clock_mono_ms() + READ_MS; clock_mono_ms() < until && !kafka_log_is_at_end(log); )
        TRY(kafka_log_step(log, 20, 20, pass_record, NULL, NULL));
    return OK;
}

static void check_reads(struct doctor *d)
{
    struct kafka_log *log = NULL;
    unsigned refused = 0;
    enum err e = kafka_log_open(&d->broker.kafka, KAFKA_READ_COMMITTED, &log);
    for (enum topic topic = TOPIC_NONE + 1; e == OK && topic < TOPIC_COUNT; topic++) {
        enum err one = try_read(log, topic);
        if (one == OK || one == ERR_KAFKA_TOPIC) continue;
        refused++;
        say(d, CHECK_FAILURE, "access", "%.*s cannot be read: %s; grant Read and Describe on it",
            SLICE_ARGS(topic_row(topic)->name), err_text(one));
    }
    if (e == OK && !refused) say(d, CHECK_OK, "access", "every topic may be read");
    kafka_log_close(log);
}

/* --- where keys lie --- */

struct keys { int32_t partitions; unsigned seen, strays; };

static enum err compare_key(void *context, const struct record *record, int64_t timestamp_unix_ms)
{
    struct keys *k = context;
    (void)timestamp_unix_ms;
    k->seen++;
    k->strays += topic_partition(record->key, k->partitions) != record->partition;
    return OK;
}

static enum err sample_keys(struct kafka_log *log, struct keys *k)
{
    static struct offset from[PARTITIONS_MAX];
    TRY(kafka_log_partitions(log, TOPIC_CLAIMS_RECEIVED, &k->partitions));
    int32_t count = k->partitions < PARTITIONS_MAX ? k->partitions : PARTITIONS_MAX;
    for (int32_t p = 0; p < count; p++) {
        int64_t low, high;
        TRY(kafka_log_watermarks(log, TOPIC_CLAIMS_RECEIVED, p, QUESTION_MS, &low, &high));
        from[p] = (struct offset){ .topic = TOPIC_CLAIMS_RECEIVED,
                                   .partition = p,
                                   .next = high - low > KEYS_SAMPLED ? high - KEYS_SAMPLED : low };
    }
    TRY(kafka_log_assign(log, from, (unsigned)count));
    for (int64_t until = clock_mono_ms() + QUESTION_MS; clock_mono_ms() < until && !kafka_log_is_at_end(log); )
        TRY(kafka_log_step(log, 20, 100, compare_key, k, NULL));
    return OK;
}

/* Who sends with another partitioner puts a partner where nobody knows him. */
static void check_keys(struct doctor *d)
{
    struct kafka_log *log = NULL;
    struct keys k = { 0 };
    enum err e = kafka_log_open(&d->broker.kafka, KAFKA_READ_COMMITTED, &log);
    if (e == OK) e = sample_keys(log, &k);
    kafka_log_close(log);
    if (e != OK) return;                            /* said with the topics */
    if (k.strays)
        say(d, CHECK_FAILURE, "keys",
            "%u of the last %u records of claims.received.v1 do not lie where murmur2 of their key puts them: who else "
            "writes there, and with which partitioner?",
            k.strays, k.seen);
    else
        say(d, CHECK_OK, "keys", "the last %u records of claims.received.v1 lie where murmur2 of their key puts them",
            k.seen);
}

/* Two processes with one ordinal fence each other: the group knows one member by that name, from another place each
 * time. */
static void check_members(struct doctor *d, const char *group, bool has_worked)
{
    static struct kafka_member members[KAFKA_PROBE_MEMBERS_MAX];
    unsigned count, unnamed = 0;
    enum err e = kafka_probe_members(&d->broker.kafka, group, members, KAFKA_PROBE_MEMBERS_MAX, &count);
    if (e != OK)
        return say(d, CHECK_WARNING, "members", "%s cannot be described: %s; grant Describe on the group", group,
                   err_text(e));
    for (unsigned i = 0; i < count; i++) {
        unnamed += !members[i].static_id[0];
        for (unsigned k = 0; k < i; k++)
            if (members[i].static_id[0] && strcmp(members[i].static_id, members[k].static_id) == 0)
                say(d, CHECK_FAILURE, "members",
                    "%s: %s is there twice, from %s and %s: give each process its own `instance`", group,
                    members[i].static_id, members[k].host, members[i].host);
    }
    if (unnamed)
        say(d, CHECK_FAILURE, "members", "%s has %u members without a static id: who joined it is no service of ours",
            group, unnamed);
    else if (count)
        say(d, CHECK_OK, "members", "%s: %u, each with a static id of its own, the first %s", group, count,
            members[0].static_id);
    else if (has_worked)
        say(d, CHECK_FAILURE, "members", "nobody works in %s any more, what comes waits: start its service", group);
}

static void check_group(struct doctor *d, struct kafka_log *log, const char *stage, enum topic topic)
{
    static struct offset offsets[PARTITIONS_MAX];
    char group[KAFKA_NAME_MAX];
    struct kafka_options options = d->broker.kafka;
    int32_t partitions = 0, never = 0;
    options.stage = stage;
    kafka_client_group_name(&options, group);
    enum err e = kafka_log_partitions(log, topic, &partitions);
    if (partitions > PARTITIONS_MAX) partitions = PARTITIONS_MAX;
    for (int32_t p = 0; p < partitions; p++) offsets[p] = (struct offset){ .topic = topic, .partition = p };
    if (e == OK) e = kafka_log_group_offsets(&options, group, offsets, (unsigned)partitions, QUESTION_MS);
    for (int32_t p = 0; e == OK && p < partitions; p++) never += offsets[p].next < 0;
    if (e == OK) check_members(d, group, never < partitions);
    if (e != OK) say(d, CHECK_FAILURE, "groups", "%s: its offsets cannot be read: %s", group, err_text(e));
    else if (never == partitions)
        say(d, CHECK_WARNING, "groups", "%s has committed nothing yet: is the service running?", group);
    else if (never)
        say(d, CHECK_OK, "groups", "%s works; %d of %d partitions of %.*s had nothing yet", group, never, partitions,
            SLICE_ARGS(topic_row(topic)->name));
    else
        say(d, CHECK_OK, "groups", "%s works on all %d partitions of %.*s", group, partitions,
            SLICE_ARGS(topic_row(topic)->name));
}

static void check_groups(struct doctor *d)
{
    static const struct { const char *stage; enum topic topic;
    } groups[] = {
        { "intake", TOPIC_CLAIMS_SUBMITTED },
        { "classification", TOPIC_CLAIMS_RECEIVED },
        { "compliance", TOPIC_CLAIMS_CLASSIFIED },
        { "payout", TOPIC_CLAIMS_CLEARED },
    };
    struct kafka_log *log = NULL;
    enum err e = kafka_log_open(&d->broker.kafka, KAFKA_READ_COMMITTED, &log);
    if (e != OK) say(d, CHECK_FAILURE, "groups", "%s", err_text(e));
    for (unsigned i = 0; e == OK && i < sizeof groups / sizeof groups[0]; i++)
        check_group(d, log, groups[i].stage, groups[i].topic);
    if (log) kafka_log_close(log);
}

/* --- reference data, dead letters --- */

struct counted { struct arena *arena; unsigned programs, proposals, partners, records; instant_ms last_unix_ms; };

static void count_terms(struct counted *c, const struct reference *r)
{
    for (unsigned i = 0; i < r->terms->version_count; i++) {
        const struct publication *by = &r->terms->versions[i].publication;
        if (publication_is_approved(by)) c->programs += r->type == REFERENCE_PROGRAM;
        else c->proposals++;
        if (by->published_at_unix_ms > c->last_unix_ms) c->last_unix_ms = by->published_at_unix_ms;
    }
}

static bool count_record(void *counted, bool is_partner, struct slice key, struct slice value)
{
    struct counted *c = counted;
    struct reference r;
    c->records++;
    arena_reset(c->arena);
    if (is_partner && memchr(key.bytes, '?', key.size)) c->proposals++;
    else if (is_partner) c->partners++;
    else if (reference_decode(c->arena, value, &r) == OK && r.terms) count_terms(c, &r);
    return true;
}

static void check_reference(struct doctor *d)
{
    struct publish p;
    int code = publish_open(&p, &d->broker, &d->out, false);
    struct counted c = { .arena = &p.scratch };
    char buffer[32];
    struct text last = text_over(buffer, sizeof buffer);
    if (code == EXIT_DONE) {
        shelf_walk(p.shelf, count_record, &c);
        if (c.last_unix_ms) instant_put(&last, c.last_unix_ms);
        else PUT(&last, "never");
        bool empty = c.programs == 0 || c.partners == 0;
        say(d, empty ? CHECK_WARNING : CHECK_OK, "reference data",
            "%u versions of programs, %u partners, last published %.*s%s", c.programs, c.partners,
            SLICE_ARGS(text_slice(&last)), empty ? "; claimctl load, programs publish, partners import" : "");
        if (p.unreadable)
            say(d, CHECK_WARNING, "reference data",
                "%u records of partners.v1 and programs.v1 cannot be read; what stood under their keys before stays in "
                "force: publish it again",
                p.unreadable);
        if (c.proposals)
            say(d, CHECK_WARNING, "reference data",
                "%u proposals wait for a second person: claimctl programs list, partners list", c.proposals);
    } else say(d, CHECK_FAILURE, "reference data", "partners.v1 and programs.v1 cannot be read");
    publish_close(&p);
}

struct letters { uint64_t dead, refused; };

static bool count_letter(void *letters, const struct record *record, instant_ms at_unix_ms)
{
    struct letters *l = letters;
    (void)at_unix_ms;
    if (deadletters_is_refusal(record)) l->refused++;
    else l->dead++;
    return true;
}

static void check_dead_letters(struct doctor *d)
{
    static const enum topic topics[] = { TOPIC_DEADLETTERS };
    struct letters found = { 0 };
    char refused[96] = "";
    enum err e = topic_read_all(&d->broker, topics, 1, count_letter, &found);
    if (found.refused)
        snprintf(refused, sizeof refused, "; besides, %llu lines that intake refused, as their submitters were told",
                 (unsigned long long)found.refused);
    if (e != OK) say(d, CHECK_FAILURE, "dead letters", "they cannot be read: %s", err_text(e));
    else if (found.dead)
        say(d, CHECK_WARNING, "dead letters", "%llu stand there: claimctl deadletters list%s",
            (unsigned long long)found.dead, refused);
    else say(d, CHECK_OK, "dead letters", "none%s", refused);
}

/* --- Redis --- */

static bool ask_redis(struct doctor *d, const struct redis_command *command, const struct redis_answer **answer)
{
    return redis_link_ask(d->redis, command, 1, answer) == OK && redis_answer_kind(*answer) != REDIS_REFUSAL;
}

static struct slice info_field(struct slice info, struct slice name)
{
    while (info.size) {
        struct slice line = slice_cut(&info, '\n'), value = line, found = slice_cut(&value, ':');
        if (!slice_equal(found, name)) continue;
        if (value.size && value.bytes[value.size - 1] == '\r') value.size--;
        return value;
    }
    return (struct slice){ 0 };
}

static void check_redis_memory(struct doctor *d)
{
    const struct redis_answer *answer;
    struct redis_command command = REDIS_COMMAND(SLICE("INFO"));
    if (!ask_redis(d, &command, &answer)) return;
    struct slice info = redis_answer_text(answer), evicted = info_field(info, SLICE("evicted_keys")),
                 aof = info_field(info, SLICE("aof_enabled"));
    struct slice version = slice_copy(&d->arena, info_field(info, SLICE("redis_version")));
    if (evicted.size && !slice_equal(evicted, SLICE("0")))
        say(d, CHECK_WARNING, "redis",
            "%.*s keys were evicted: slots of the registry may be gone; raise maxmemory, then claimctl registry "
            "rebuild",
            SLICE_ARGS(evicted));
    if (!slice_equal(aof, SLICE("1")))
        say(d, CHECK_WARNING, "redis",
            "appendonly is off: a restart forgets the registry until it is set again from the tables");
    struct redis_command track = REDIS_COMMAND(SLICE("CLIENT"), SLICE("TRACKING"), SLICE("ON"), SLICE("BCAST"),
                                               SLICE("PREFIX"), SLICE("doctor:"));
    if (!ask_redis(d, &track, &answer))
        say(d, CHECK_FAILURE, "redis",
            "CLIENT TRACKING is refused: the caches of profiles would not hear of changes; Redis 6 or newer without a "
            "proxy in between is needed");
    say(d, CHECK_OK, "redis", "version %.*s answers at %.*s%s", SLICE_ARGS(version),
        SLICE_ARGS(settings_text(&d->broker.settings, SETTING_REDIS_ADDRESS)),
        settings_flag(&d->broker.settings, SETTING_REDIS_TLS) ? " by TLS" : "");
}

/* Lines with serials and deals wait for it (screening.md 8.1). */
static void check_registry(struct doctor *d)
{
    bool is_there;
    char name[REDIS_NAMESPACE_MAX];
    if (!d->broker.cluster_id[0]) return;                   /* its keys bear the cluster's name */
    redis_name(&d->broker, name);
    if (redis_registry_is_there(d->redis, &d->arena, name, &is_there) != OK || is_there) return;
    say(d, CHECK_WARNING, "registry",
        "Redis holds no registry of this installation: before the services' first start that is as it should be; "
        "behind it Redis was emptied, and lines with serials or deals wait until claimctl registry rebuild");
}

/* The clocks of the machines against each other: Redis tells its own. */
static void check_clock(struct doctor *d)
{
    const struct redis_answer *answer;
    struct redis_command command = REDIS_COMMAND(SLICE("TIME"));
    uint64_t seconds, micros;
    instant_ms before = clock_now_unix_ms();
    if (!ask_redis(d, &command, &answer) || redis_answer_count(answer) != 2) return;
    if (!slice_to_uint(redis_answer_text(redis_answer_item(answer, 0)), INT32_MAX * UINT64_C(2), &seconds)) return;
    if (!slice_to_uint(redis_answer_text(redis_answer_item(answer, 1)), 999999, &micros)) return;
    instant_ms skew = (instant_ms)(seconds * 1000 + micros / 1000) - before;
    if (skew > SKEW_MS_MAX || skew < -SKEW_MS_MAX)
        say(d, CHECK_WARNING, "clock", "this machine and Redis differ by %lld ms: run a time daemon on both",
            (long long)skew);
    else say(d, CHECK_OK, "clock", "this machine and Redis agree within a second");
}

static void ask_all_of_redis(struct doctor *d)
{
    struct slice address = settings_text(&d->broker.settings, SETTING_REDIS_ADDRESS), finding;
    if (redis_registry_check_server(d->redis, &d->arena, &finding) == OK) {
        if (finding.size) say(d, CHECK_FAILURE, "redis", "%.*s", SLICE_ARGS(finding));
        check_redis_memory(d);
        check_registry(d);
        check_clock(d);
    } else if (redis_link_is_refused(d->redis)) {
        say(d, CHECK_FAILURE, "redis", "%.*s: %s", SLICE_ARGS(address), redis_link_why(d->redis));
    } else {
        say(d, CHECK_WARNING, "redis",
            "%.*s does not answer: %s; verdicts stay the same, lines with serials wait; start it, or set redis.address",
            SLICE_ARGS(address), redis_link_why(d->redis));
    }
}

static void check_redis(struct doctor *d)
{
    struct redis_settings settings;
    if (!settings_text(&d->broker.settings, SETTING_REDIS_ADDRESS).size)
        return say(d, CHECK_WARNING, "redis", "redis.address is empty: lines with serials and deals wait");
    if (redis_open_link(&d->broker, &settings, &d->redis) == EXIT_DONE) ask_all_of_redis(d);
    else say(d, CHECK_FAILURE, "redis", "the settings redis.* cannot be used as they stand");
    redis_link_close(d->redis);
    redis_settings_close(&settings);
}

/* --- this machine --- */

/* LMDB maps its file and locks it: a disk of this machine can, a network mostly cannot, and memory forgets. */
static void check_file_system(struct doctor *d, const char *folder)
{
    struct statfs fs;
    if (statfs(folder, &fs) != 0) return;
    unsigned long type = (unsigned long)fs.f_type & 0xffffffffu;
    if (type == NFS_SUPER_MAGIC || type == SMB_SUPER_MAGIC || type == CIFS_SUPER_MAGIC || type == FUSE_SUPER_MAGIC)
        say(d, CHECK_FAILURE, "state",
            "%s is on a network or in user space: tables are mapped and locked there; use a local disk", folder);
    else if (type == TMPFS_MAGIC)
        say(d, CHECK_WARNING, "state", "%s is in memory: each restart of the machine replays the whole changelog",
            folder);
}

static void check_state(struct doctor *d)
{
    const char *folder = settings_path(&d->broker.settings, SETTING_STATE_DIR);
    bool is_default = settings_origin(&d->broker.settings, SETTING_STATE_DIR) == SETTING_DEFAULT;
    struct statvfs space;
    if (is_default)
        say(d, CHECK_OK, "state",
            "%s is looked at, since no setting says where the services keep theirs: --config with their file, or --set "
            "state.dir=DIR, does", folder);
    if (access(folder, F_OK) != 0) {
        say(d, CHECK_OK, "state", "%s is not on this machine: services run elsewhere, or have not started", folder);
        return;
    }
    if (access(folder, W_OK) != 0) return say(d, CHECK_WARNING, "state", "%s cannot be written by this user", folder);
    if (statvfs(folder, &space) != 0) return say(d, CHECK_WARNING, "state", "%s cannot be asked for its space", folder);
    check_file_system(d, folder);
    unsigned percent = space.f_blocks ? (unsigned)(space.f_bavail * 100 / space.f_blocks) : 100;
    unsigned long long mib = (unsigned long long)space.f_bavail * space.f_frsize >> 20;
    bool is_full = percent < FREE_PERCENT_MIN && mib < FREE_MIB_MIN;   /* a tenth of a large disk is room enough */
    say(d, is_full ? CHECK_FAILURE : CHECK_OK, "state", "%s: %llu MiB free (%u %%)%s", folder, mib, percent,
        is_full ? "; make room, or tables are no longer saved" : "");
}

static void check_file(struct doctor *d, const char *check, struct slice name, struct slice path)
{
    if (access(path.bytes, R_OK) == 0)
        say(d, CHECK_OK, check, "%.*s: %.*s can be read", SLICE_ARGS(name), SLICE_ARGS(path));
    else say(d, CHECK_FAILURE, check, "%.*s: %.*s cannot be read", SLICE_ARGS(name), SLICE_ARGS(path));
}

static void check_expiry(struct doctor *d, struct slice name, struct slice path)
{
    instant_ms end;
    if (certificate_expiry(path.bytes, &end) != OK) return;         /* a key, or none that could be read: said before */
    int64_t days = (end - clock_now_unix_ms()) / INSTANT_DAY_MS;
    if (end <= clock_now_unix_ms())
        say(d, CHECK_FAILURE, "certificates", "%.*s: %.*s has expired", SLICE_ARGS(name), SLICE_ARGS(path));
    else
        say(d, days < EXPIRY_DAYS ? CHECK_WARNING : CHECK_OK, "certificates", "%.*s: %.*s holds for %lld days",
            SLICE_ARGS(name), SLICE_ARGS(path), (long long)days);
}

static void check_setting_file(struct doctor *d, enum setting_id id)
{
    struct slice path = settings_text(&d->broker.settings, id);
    if (!path.size) return;
    check_file(d, "certificates", setting_row(id)->name, path);
    check_expiry(d, setting_row(id)->name, path);
}

static void check_certificates(struct doctor *d)
{
    const struct settings *s = &d->broker.settings;
    for (unsigned i = 0; i < s->property_count; i++)
        if (slice_ends_with(s->properties[i].name, SLICE(".location"))) {
            check_file(d, "certificates", s->properties[i].name, s->properties[i].value);
            check_expiry(d, s->properties[i].name, s->properties[i].value);
        }
    check_setting_file(d, SETTING_REDIS_TLS_CA);
    check_setting_file(d, SETTING_REDIS_TLS_CERTIFICATE);
    check_setting_file(d, SETTING_HTTP_CERTIFICATE_FILE);
}

static void check_lists(struct doctor *d)
{
    struct slice path = settings_text(&d->broker.settings, SETTING_SCREENING_LISTS_FILE);
    struct stat status;
    if (!path.size) return;
    check_file(d, "lists", SLICE("screening.lists_file"), path);
    if (stat(path.bytes, &status) != 0) return;
    int64_t days = (clock_now_unix_ms() / 1000 - status.st_mtime) / 86400;
    say(d, days > 7 ? CHECK_WARNING : CHECK_OK, "lists", "%.*s is %lld days old%s", SLICE_ARGS(path), (long long)days,
        days > 7 ? ": fetch fresh snapshots" : "");
}

/* Whom the door knows is what the settings of this command name: they are those of intake, as everywhere here. */
static void check_inbox(struct doctor *d)
{
    const struct settings *s = &d->broker.settings;
    const char *folder = settings_path(s, SETTING_INTAKE_INBOX_DIR);
    struct problems problems = { .arena = &d->arena };
    struct grants grants;
    struct inbox found;
    if (!folder || !*folder) return;
    struct grant_files files = { .submitters = settings_path(s, SETTING_INTAKE_SUBMITTERS),
                                 .profiles_dir = settings_path(s, SETTING_INTAKE_PROFILES_DIR) };
    if (grants_read(&d->arena, &files, &grants, &problems) != OK)
        return say(d, CHECK_FAILURE, "inbox", "intake.submitters or intake.profiles_dir cannot be read as they stand; "
                                              "claim-intake --check says where");
    if (!inbox_look(folder, &grants, &found))
        return say(d, CHECK_WARNING, "inbox", "%s cannot be read on this machine", folder);
    for (unsigned k = 0; k < found.stray_count && k < INBOX_FOLDERS_TOLD; k++)
        say(d, CHECK_WARNING, "inbox", "%s/%s: %u file%s of no known submitter, which nobody takes; move them to the "
            "folder of one, or name it in intake.submitters", folder, found.strays[k].folder, found.strays[k].files,
            plural(found.strays[k].files));
    if (found.stray_count == 0)
        say(d, CHECK_OK, "inbox", "%s: %u folder%s of submitters, nothing beside them", folder, found.known_count,
            plural(found.known_count));
}

/* --- all --- */

static void check_all(struct doctor *d)
{
    if (check_brokers(d)) {
        check_topics(d);
        check_transaction(d);
        check_reads(d);
        check_keys(d);
        check_groups(d);
        check_reference(d);
        check_dead_letters(d);
    }
    check_redis(d);
    check_state(d);
    check_inbox(d);
    check_lists(d);
    check_certificates(d);
}

int claimctl_doctor(int argc, char **argv)
{
    static struct doctor d;
    enum listing_form form;
    d = (struct doctor){ .out = output_stdout() };
    int code = broker_open(&d.broker, &argc, argv);
    if (code == EXIT_DONE && !listing_take_form(&argc, argv, &form, NULL)) code = EXIT_USAGE;
    option_take(&argc, argv, NULL, 0);
    if (code == EXIT_DONE && argc != 1) code = command_usage("doctor");
    if (code == EXIT_DONE && arena_open(&d.arena, ARENA_BYTES, ARENA_BYTES) != OK) code = EXIT_FAILED;
    if (code == EXIT_DONE && listing_begin(&d.listing, &d.out, fields, sizeof fields / sizeof fields[0], form)) {
        check_all(&d);
        listing_end(&d.listing);
        fprintf(stderr, "%u ok, %u warning%s, %u failure%s\n", d.counts[CHECK_OK], d.counts[CHECK_WARNING],
                plural(d.counts[CHECK_WARNING]), d.counts[CHECK_FAILURE], plural(d.counts[CHECK_FAILURE]));
        if (d.counts[CHECK_FAILURE]) code = EXIT_DIFFERS;
    }
    arena_close(&d.arena);
    broker_close(&d.broker);
    return output_close(&d.out) ? code : EXIT_FAILED;
}
