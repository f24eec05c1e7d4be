/* claimctl/registry.c: `registry check|rebuild`: the shared registry of serials and deals in Redis against what the
 * tables of compliance know (screening.md 8.1). */
#include "claimctl/changelog.h"
#include "claimctl/command.h"
#include "claimctl/option.h"
#include "claimctl/output.h"
#include "claimctl/redis.h"
#include "compliance/restoration.h"
#include "compliance/stage.h"
#include "runtime/clock.h"
#include "runtime/kafka_writer.h"
#include "stage/redis_registry.h"
#include "wire/json_text.h"

#include <stdlib.h>

enum {
    ARENA_BYTES = 256 << 20,
    AUDIT_BYTES = 8192,
    DEALS_FIRST = 256,                              /* doubled from here */
    DEALS_MAX = DEALS_FIRST << 14
};
#define DEALS_BYTES ((size_t)1 << 30)                /* of address space */

struct registry_command {
    struct broker              broker;
    struct output              out;
    struct arena               arena, kept;         /* of the portion at work; deals until they are sent */
    struct memory_store       *store;
    struct redis_rebuild       redis;
    struct redis_settings      settings;
    struct redis_link         *link;
    char                       name[REDIS_NAMESPACE_MAX];
    struct registry_request   *deals;               /* rebuild: they take their places in order of receipt */
    unsigned                   deal_count, deal_capacity;
    struct slice               reason;
    bool                       execute;
    uint64_t                   slots, set, missing, foreign;
};

static const char *family_of(const struct registry_request *q)
{
    return q->family == REGISTRY_DEAL ? "deal" : "serial";
}

/* --- check --- */

static enum err compare(void *command, struct registry_request *q)
{
    struct registry_command *c = command;
    struct slice holder;
    c->slots++;
    TRY(redis_registry_rebuild_look(&c->redis, &c->arena, q, &holder));
    if (slice_equal(holder, q->claim.line_id)) return OK;
    if (holder.size) c->foreign++;
    else c->missing++;
    output_print(&c->out, "%s\t%.*s\t%s\t%.*s", holder.size ? "other" : "missing", SLICE_ARGS(q->key), family_of(q),
                 SLICE_ARGS(q->claim.line_id));
    if (holder.size) output_print(&c->out, "\t%.*s stands there", SLICE_ARGS(holder));
    output_put(&c->out, SLICE("\n"));
    return OK;
}

static int check_all(struct registry_command *c, struct stage_env *env)
{
    enum err e = restoration_each_slot(env, compare, c);
    if (e != OK) return broker_fail(&c->broker, e, e == ERR_REDIS_AWAY ? "redis.address" : "compliance.changelog.v1");
    fprintf(stderr, "%llu slots in the tables, %llu missing in Redis, %llu held there by another line\n",
            (unsigned long long)c->slots, (unsigned long long)c->missing, (unsigned long long)c->foreign);
    if (c->missing || c->foreign) fprintf(stderr, "claimctl registry rebuild sets all of them again\n");
    return c->missing || c->foreign ? EXIT_DIFFERS : EXIT_DONE;
}

/* --- rebuild --- */

static enum err set_slot(struct registry_command *c, const struct registry_request *q)
{
    struct slice holder = { 0 };
    TRY(redis_registry_rebuild_add(&c->redis, &c->arena, q, &holder));
    c->set++;
    if (!holder.size) return OK;
    c->foreign++;
    output_print(&c->out, "conflict\t%.*s\t%s\t%.*s\t%.*s stands there\n", SLICE_ARGS(q->key), family_of(q),
                 SLICE_ARGS(q->claim.line_id), SLICE_ARGS(holder));
    return OK;
}

static enum err grow(struct registry_command *c)
{
    if (c->deal_count < c->deal_capacity) return OK;
    if (c->deal_capacity >= DEALS_MAX) return ERR_MEMORY_EXHAUSTED;
    unsigned capacity = c->deal_capacity ? 2 * c->deal_capacity : DEALS_FIRST;
    struct registry_request *deals = reallocarray(c->deals, capacity, sizeof *deals);
    if (!deals) return ERR_MEMORY_EXHAUSTED;
    c->deals = deals;
    c->deal_capacity = capacity;
    return OK;
}

static enum err keep_deal(struct registry_command *c, const struct registry_request *q)
{
    TRY(grow(c));
    struct registry_request kept = *q;
    kept.key = slice_copy(&c->kept, q->key);
    kept.claim.root_id = slice_copy(&c->kept, q->claim.root_id);
    kept.claim.line_id = slice_copy(&c->kept, q->claim.line_id);
    c->deals[c->deal_count++] = kept;
    return OK;
}

static enum err take_slot(void *command, struct registry_request *q)
{
    struct registry_command *c = command;
    c->slots++;
    if (q->family == REGISTRY_DEAL) return keep_deal(c, q);
    return c->execute ? set_slot(c, q) : OK;
}

static int by_receipt(const void *a_, const void *b_)
{
    const struct registry_claim *a = &((const struct registry_request *)a_)->claim,
                                *b = &((const struct registry_request *)b_)->claim;
    if (a->received_at_unix_ms != b->received_at_unix_ms)
        return a->received_at_unix_ms < b->received_at_unix_ms ? -1 : 1;
    return slice_compare(a->line_id, b->line_id);
}

static enum err set_deals(struct registry_command *c)
{
    if (c->deal_count) qsort(c->deals, c->deal_count, sizeof *c->deals, by_receipt);
    for (unsigned i = 0; c->execute && i < c->deal_count; i++) {
        arena_reset(&c->arena);
        TRY(set_slot(c, &c->deals[i]));
    }
    return OK;
}

static enum err audit(struct registry_command *c)
{
    struct kafka_writer *writer;
    char buffer[AUDIT_BYTES];
    struct text t = text_over(buffer, sizeof buffer);
    struct json j = json_over(&t);
    TRY(kafka_writer_open(&c->broker.kafka, &writer));
    json_open_object(&j);
    json_instant(&j, "at", clock_now_unix_ms());
    json_text(&j, "actor", c->broker.actor);
    json_text(&j, "verb", SLICE("registry.rebuild"));
    json_text(&j, "object", settings_text(&c->broker.settings, SETTING_REDIS_ADDRESS));
    json_text(&j, "reason", slice_head(c->reason, AUDIT_BYTES / 4));
    json_close_object(&j);
    enum err e = kafka_writer_send(writer, TOPIC_AUDIT, -1, c->broker.actor, text_slice(&t), NULL, 0);
    if (e == OK) e = kafka_writer_flush(writer, BROKER_PATIENCE_MS);
    kafka_writer_close(writer);
    return e;
}

static enum err rebuild_slots(struct registry_command *c, struct stage_env *env)
{
    if (c->execute) TRY(audit(c));
    if (c->execute) TRY(redis_registry_rebuild_begin(&c->redis));
    TRY(restoration_each_slot(env, take_slot, c));
    TRY(set_deals(c));
    return c->execute ? redis_registry_rebuild_finish(&c->redis, clock_now_unix_ms()) : OK;
}

static int rebuild_all(struct registry_command *c, struct stage_env *env)
{
    enum err e = rebuild_slots(c, env);
    if (e != OK) return broker_fail(&c->broker, e, "registry rebuild");
    fprintf(stderr, "%llu slots in the tables, %llu set, %llu in conflict\n", (unsigned long long)c->slots,
            (unsigned long long)c->set, (unsigned long long)c->foreign);
    if (!c->execute)
        fprintf(
            stderr,
            "a plan: nothing was changed; --execute does it, and no line with a serial or a deal passes meanwhile\n");
    return c->foreign ? EXIT_CONFLICT : EXIT_DONE;
}

/* --- both --- */

static int open_registry(struct registry_command *c, int argc, char **argv, bool changes)
{
    const struct option_slot options[] = { { "--reason", &c->reason, NULL }, { "--execute", NULL, &c->execute } };
    *c = (struct registry_command){ .out = output_stdout() };
    int code = broker_open(&c->broker, &argc, argv);
    if (code != EXIT_DONE) return code;
    option_take(&argc, argv, options, 2);
    if (argc != 2 || (!changes && c->execute)) return command_usage("registry");
    if (c->execute && !c->reason.size) {
        fprintf(stderr, "error[USAGE %d]: --reason TEXT is needed: why, for the audit\n", ERR_USAGE);
        return EXIT_USAGE;
    }
    if (c->execute) code = broker_may_write(&c->broker, DUTY_REGISTRY_REBUILD);
    if (code == EXIT_DONE) code = broker_connect(&c->broker);
    if (code == EXIT_DONE) code = redis_open_link(&c->broker, &c->settings, &c->link);
    if (code == EXIT_DONE) redis_name(&c->broker, c->name);
    c->redis = (struct redis_rebuild){ c->link, c->name };
    bool room =
        arena_open(&c->arena, ARENA_BYTES, ARENA_BYTES) == OK && arena_open(&c->kept, DEALS_BYTES, DEALS_BYTES) == OK;
    return code == EXIT_DONE && !room ? EXIT_FAILED : code;
}

static int run(int argc, char **argv, bool changes, int (*work)(struct registry_command *, struct stage_env *))
{
    static struct registry_command c;
    int code = open_registry(&c, argc, argv, changes);
    enum err e = code == EXIT_DONE ? changelog_replay(&c.broker, TOPIC_COMPLIANCE_CHANGELOG, &c.store) : OK;
    if (e != OK) code = broker_fail(&c.broker, e, "compliance.changelog.v1");
    if (code == EXIT_DONE) {
        struct stage_env env = { .stage = &compliance_stage,
                                 .arena = &c.arena,
                                 .store = memory_store_base(c.store),
                                 .now_unix_ms = clock_now_unix_ms() };
        code = work(&c, &env);
    }
    memory_store_close(c.store);
    redis_link_close(c.link);
    redis_settings_close(&c.settings);
    free(c.deals);
    arena_close(&c.kept);
    arena_close(&c.arena);
    broker_close(&c.broker);
    return output_close(&c.out) ? code : EXIT_FAILED;
}

static int check(int argc, char **argv)
{
    return run(argc, argv, false, check_all);
}

static int rebuild(int argc, char **argv)
{
    return run(argc, argv, true, rebuild_all);
}

int claimctl_registry(int argc, char **argv)
{
    static const struct command_verb verbs[] = { { SLICE_INIT("check"), check }, { SLICE_INIT("rebuild"), rebuild } };
    return command_run_verb("registry", verbs, sizeof verbs / sizeof verbs[0], argc, argv);
}
