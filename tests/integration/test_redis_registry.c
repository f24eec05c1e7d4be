/* stage/redis_registry.h on a redis-server of its own: slots, places, proofs, restoration, rebuilding. */
#include "support/redis_server.h"
#include "support/test.h"

#include "stage/redis_registry.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { PARTITIONS = 3, PATIENT_MS = 30000 };

static struct redis_server server;

static void close_server(void)
{
    redis_server_close(&server);
}

static void need_server(void)
{
    static bool opened;
    if (!opened) {
        opened = redis_server_open(&server, NULL);
        CHECK(opened);
        if (!opened) exit(69);
        atexit(close_server);
    }
    if (!server.pid) CHECK(redis_server_start(&server));
    CHECK(redis_server_tell(&server, "FLUSHALL"));
    CHECK(redis_server_tell(&server, "CONFIG SET maxmemory-policy noeviction"));
}

/* A worker that owns all partitions and remembers what each saw, as its state does. */
struct worker {
    struct redis_link *link;
    struct redis_registry *r;
    struct registry *registry;
    struct registry_sight seen[PARTITIONS];
};

static struct worker open_at(const char *address)
{
    struct worker w = { 0 };
    CHECK_INT(redis_link_open(&(struct redis_options){ .address = address, .timeout_ms = PATIENT_MS }, &w.link), OK);
    CHECK_INT(redis_registry_open(&(struct redis_registry_options){ .link = w.link, .partitions = PARTITIONS }, &w.r),
              OK);
    w.registry = redis_registry_base(w.r);
    return w;
}

static void close_worker(struct worker *w)
{
    redis_registry_close(w->r);
    redis_link_close(w->link);
}

/* One round of a partition's tick without slots to set again. */
static enum registry_standing tend(struct worker *w, int32_t partition)
{
    struct registry_sight now;
    enum registry_standing standing = registry_look(w->registry, partition, &w->seen[partition], &now);
    if (standing != REGISTRY_IS_RESTORING && standing != REGISTRY_IS_RESTORING_ALL) return standing;
    if (registry_announce(w->registry, partition, &now) == OK) w->seen[partition] = now;
    return standing;
}

static struct worker open_ready(void)
{
    struct worker w = open_at(server.address);
    for (int32_t p = 0; p < PARTITIONS; p++) tend(&w, p);
    for (int32_t p = 0; p < PARTITIONS; p++) CHECK_INT(tend(&w, p), REGISTRY_IS_READY);
    return w;
}

static struct registry_request serial(const char *key, const char *root, const char *line)
{
    return (struct registry_request){ .family = REGISTRY_SERIAL, .key = slice_from(key),
                                      .claim = { slice_from(root), slice_from(line), 1700000000000, 0 } };
}

static struct registry_request deal(const char *key, const char *root, const char *line, instant_ms received)
{
    return (struct registry_request){ .family = REGISTRY_DEAL,
                                      .key = slice_from(key),
                                      .claim = { slice_from(root), slice_from(line), received, 0 } };
}

static struct slice holder(struct worker *w, struct registry_request q)
{
    CHECK_INT(registry_ask(w->registry, &q, 1), OK);
    return q.holder_count ? slice_copy(test_arena(), q.holders[0].line_id) : SLICE("nobody");
}

TEST(a_serial_has_one_holder_and_the_same_line_meets_itself)
{
    need_server();
    struct worker w = open_ready();
    struct registry_request q[] = { serial("P:1", "R1", "l1"), serial("P:1", "R2", "l2"), serial("P:2", "R2", "l2"),
                                    serial("P:1", "R1", "l1") };
    CHECK_INT(registry_ask(w.registry, q, 4), OK);
    CHECK_TEXT(q[1].holders[0].line_id, "l1");
    CHECK_TEXT(q[1].holders[0].root_id, "R1");
    CHECK_INT(q[1].holders[0].received_at_unix_ms, 1700000000000);
    CHECK_INT(q[1].place, 1);
    CHECK_TEXT(q[2].holders[0].line_id, "l2");
    CHECK_INT(q[2].place, 0);
    CHECK_INT(q[3].place, 0);
    close_worker(&w);
}

TEST(looking_takes_nothing)
{
    need_server();
    struct worker w = open_ready();
    struct registry_request q = serial("P:1", "R1", "l1");
    q.only_looks = true;
    CHECK_TEXT(holder(&w, q), "nobody");
    CHECK_TEXT(holder(&w, serial("P:1", "R2", "l2")), "l2");
    CHECK_TEXT(holder(&w, q), "l2");
    close_worker(&w);
}

TEST(a_slot_goes_back_while_it_is_still_the_lines_and_not_after)
{
    need_server();
    struct worker w = open_ready();
    CHECK_TEXT(holder(&w, serial("P:1", "R1", "l1")), "l1");
    CHECK_INT(registry_release(w.registry, REGISTRY_SERIAL, SLICE("P:1"), SLICE("l2")), OK);
    CHECK_TEXT(holder(&w, serial("P:1", "R2", "l2")), "l1");
    CHECK_INT(registry_release(w.registry, REGISTRY_SERIAL, SLICE("P:1"), SLICE("l1")), OK);
    CHECK_INT(registry_release(w.registry, REGISTRY_SERIAL, SLICE("P:1"), SLICE("l1")), OK);
    CHECK_TEXT(holder(&w, serial("P:1", "R2", "l2")), "l2");
    close_worker(&w);
}

TEST(a_slot_passes_from_its_line_to_another_at_one_stroke_and_from_nobody_else)
{
    need_server();
    struct worker w = open_ready();
    struct registry_request other = serial("P:1", "R|2%", "l|2");
    CHECK_INT(registry_hand_over(w.registry, other.key, SLICE("l1"), &other.claim), OK);   /* nobody stood there */
    CHECK_TEXT(holder(&w, serial("P:1", "R1", "l1")), "l1");
    CHECK_INT(registry_hand_over(w.registry, other.key, SLICE("l3"), &other.claim), OK);
    CHECK_TEXT(holder(&w, other), "l1");
    CHECK_INT(registry_hand_over(w.registry, other.key, SLICE("l1"), &other.claim), OK);
    CHECK_INT(registry_hand_over(w.registry, other.key, SLICE("l1"), &other.claim), OK);   /* said again */
    CHECK_TEXT(holder(&w, serial("P:1", "R1", "l1")), "l|2");
    CHECK_INT(registry_ask(w.registry, &other, 1), OK);
    CHECK_INT(other.place, 0);
    close_worker(&w);
}

TEST(names_may_hold_whatever_a_partner_writes)
{
    need_server();
    struct worker w = open_ready();
    struct registry_request q = serial("P:|%7C \xc3\xa4", "R|1%", "l|1%25|");
    CHECK_TEXT(holder(&w, q), "l|1%25|");
    q.claim.line_id = SLICE("other");
    CHECK_INT(registry_ask(w.registry, &q, 1), OK);
    CHECK_TEXT(q.holders[0].root_id, "R|1%");
    CHECK_INT(registry_release(w.registry, REGISTRY_SERIAL, q.key, SLICE("l|1%25|")), OK);
    CHECK_TEXT(holder(&w, q), "other");
    close_worker(&w);
}

TEST(deals_stand_in_the_order_in_which_they_came_and_close_on_a_day)
{
    need_server();
    struct worker w = open_ready();
    struct registry_request q[] = { deal("k", "R1", "R1/D|1", 30), deal("k", "R2", "R2/D-1", 20),
                                    deal("k", "R1", "R1/D|1", 30) };
    CHECK_INT(registry_ask(w.registry, q, 3), OK);
    CHECK_INT(q[1].holder_count, 2);
    CHECK_INT(q[1].place, 1);
    CHECK_INT(q[2].place, 0);
    CHECK_INT(registry_close_deal(w.registry, SLICE("k"), SLICE("R1/D|1"), 20260707), OK);
    CHECK_INT(registry_ask(w.registry, q, 2), OK);
    CHECK_INT(q[1].holders[0].closed_on, 20260707);
    CHECK_INT(q[1].holders[1].closed_on, 0);
    CHECK_INT(registry_release(w.registry, REGISTRY_DEAL, SLICE("k"), SLICE("R1/D|1")), OK);
    CHECK_INT(registry_ask(w.registry, &q[1], 1), OK);
    CHECK_INT(q[1].place, 0);
    close_worker(&w);
}

TEST(a_thousand_slots_of_one_batch_are_one_round_trip)
{
    need_server();
    struct worker w = open_ready();
    struct registry_request *q = ARENA_ARRAY(test_arena(), 1000, struct registry_request);
    for (unsigned i = 0; i < 1000; i++) {
        char *key = arena_alloc(test_arena(), 16);
        snprintf(key, 16, "P:%u", i % 700);
        q[i] = serial(key, "R1", i < 700 ? "l1" : "l2");
    }
    uint64_t before = redis_link_counts(w.link).pipelines;
    CHECK_INT(registry_ask(w.registry, q, 1000), OK);
    CHECK_INT(redis_link_counts(w.link).pipelines - before, 1);
    for (unsigned i = 0; i < 1000; i++) CHECK_TEXT(q[i].holders[0].line_id, "l1");
    close_worker(&w);
}

TEST(nothing_is_taken_before_every_partition_stands_there)
{
    need_server();
    struct worker w = open_at(server.address);
    struct registry_request q = serial("P:1", "R1", "l1");
    CHECK_INT(registry_ask(w.registry, &q, 1), ERR_REGISTRY_AWAY);
    tend(&w, 0);
    tend(&w, 1);
    CHECK_INT(tend(&w, 0), REGISTRY_IS_WAITING);
    CHECK_INT(registry_ask(w.registry, &q, 1), ERR_REGISTRY_AWAY);
    CHECK(redis_registry_why(w.r).size > 0);
    tend(&w, 2);
    CHECK_INT(tend(&w, 0), REGISTRY_IS_READY);
    CHECK_TEXT(holder(&w, q), "l1");
    close_worker(&w);
}

TEST(an_emptied_redis_is_not_a_free_registry)
{
    need_server();
    struct worker w = open_ready();
    CHECK_TEXT(holder(&w, serial("P:1", "R1", "l1")), "l1");
    CHECK(redis_server_tell(&server, "FLUSHALL"));
    struct registry_request q = serial("P:1", "R2", "l2");
    CHECK_INT(registry_ask(w.registry, &q, 1), ERR_REGISTRY_AWAY);
    CHECK_INT(tend(&w, 0), REGISTRY_IS_AWAY);
    struct worker stranger =
        open_at(server.address); /* a state without an epoch begins a new one, but stands there alone */
    tend(&stranger, 1);
    CHECK_INT(tend(&w, 0), REGISTRY_IS_AWAY);
    CHECK_INT(registry_ask(stranger.registry, &q, 1), ERR_REGISTRY_AWAY);
    close_worker(&stranger);
    close_worker(&w);
}

TEST(a_restarted_server_is_another_one_until_its_slots_are_set_again)
{
    static const char *const durable[] = { "--appendonly", "yes", "--appendfsync", "always", NULL };
    struct redis_server other;
    CHECK(redis_server_open(&other, durable));
    struct worker w = open_at(other.address);
    for (int32_t p = 0; p < PARTITIONS; p++) tend(&w, p);
    for (int32_t p = 0; p < PARTITIONS; p++) CHECK_INT(tend(&w, p), REGISTRY_IS_READY);
    CHECK_TEXT(holder(&w, serial("P:1", "R1", "l1")), "l1");
    redis_server_kill(&other);
    CHECK(redis_server_start(&other));
    struct registry_request q = serial("P:2", "R2", "l2");
    WAIT_FOR(registry_ask(w.registry, &q, 1) == OK || redis_registry_why(w.r).bytes[0] != 'R');
    CHECK_INT(registry_ask(w.registry, &q, 1), ERR_REGISTRY_AWAY);
    struct registry_sight now;
    CHECK_INT(registry_look(w.registry, 0, &w.seen[0], &now), REGISTRY_IS_RESTORING);
    struct registry_request lost[] = { serial("P:1", "R1", "l1"), serial("P:9", "R1", "l9") };
    CHECK_INT(registry_restore(w.registry, &now, lost, 2), OK);
    CHECK_TEXT(lost[1].holders[0].line_id, "l9");
    for (int32_t p = 0; p < PARTITIONS; p++) tend(&w, p);
    for (int32_t p = 0; p < PARTITIONS; p++) CHECK_INT(tend(&w, p), REGISTRY_IS_READY);
    CHECK_TEXT(holder(&w, serial("P:9", "R2", "l2")), "l9");
    CHECK_TEXT(holder(&w, serial("P:1", "R2", "l2")), "l1");
    close_worker(&w);
    redis_server_close(&other);
}

TEST(deals_that_are_set_again_stand_by_time_of_receipt)
{
    need_server();
    struct worker w = open_ready();
    struct registry_request q[] = { deal("k", "R2", "R2/D", 20), deal("k", "R1", "R1/D", 10),
                                    deal("k", "R3", "R3/D", 15) };
    CHECK_INT(registry_restore(w.registry, &w.seen[0], q, 3), OK);
    CHECK_INT(registry_ask(w.registry, q, 1), OK);
    CHECK_TEXT(q[0].holders[0].line_id, "R1/D");
    CHECK_TEXT(q[0].holders[1].line_id, "R3/D");
    CHECK_TEXT(q[0].holders[2].line_id, "R2/D");
    close_worker(&w);
}

TEST(a_slot_that_another_line_took_meanwhile_is_seen_when_it_is_set_again)
{
    need_server();
    struct worker w = open_ready();
    CHECK_TEXT(holder(&w, serial("P:1", "R2", "l2")), "l2");
    struct registry_request q = serial("P:1", "R1", "l1");
    CHECK_INT(registry_restore(w.registry, &w.seen[0], &q, 1), OK);
    CHECK_TEXT(q.holders[0].line_id, "l2");
    CHECK_INT(q.place, 1);
    CHECK_INT(redis_registry_counts(w.r).conflicts, 1);
    close_worker(&w);
}

/* Protected mode, a user of few rights: what Redis says, and not that it is old. */
TEST(a_server_that_does_not_say_what_it_is_is_named_by_its_own_words)
{
    need_server();
    struct worker w = open_ready();
    struct slice finding;
    CHECK(redis_server_tell(&server, "ACL SETUSER default -info"));
    CHECK_INT(redis_registry_check_server(w.link, test_arena(), &finding), OK);
    CHECK(slice_starts_with(finding, SLICE("it refuses INFO: NOPERM")));
    CHECK(redis_server_tell(&server, "ACL SETUSER default +info"));
    close_worker(&w);
}

TEST(a_policy_that_evicts_is_away_and_is_named)
{
    need_server();
    struct worker w = open_ready();
    struct registry_request q = serial("P:1", "R1", "l1");
    struct slice finding;
    CHECK(redis_server_tell(&server, "CONFIG SET maxmemory-policy allkeys-lru"));
    CHECK_INT(registry_ask(w.registry, &q, 1), ERR_REGISTRY_AWAY);
    CHECK_INT(redis_registry_check_server(w.link, test_arena(), &finding), OK);
    CHECK(finding.size > 0);
    CHECK(redis_server_tell(&server, "CONFIG SET maxmemory-policy noeviction"));
    CHECK_INT(redis_registry_check_server(w.link, test_arena(), &finding), OK);
    CHECK_INT(finding.size, 0);
    CHECK_TEXT(holder(&w, q), "l1");
    close_worker(&w);
}

TEST(evicted_slots_are_all_set_again)
{
    need_server();
    struct worker w = open_ready();
    struct registry_sight now;
    CHECK(redis_server_tell(&server, "SET filler 1"));
    CHECK(redis_server_tell(&server, "CONFIG SET maxmemory-policy volatile-ttl"));
    CHECK(redis_server_tell(&server, "SET going 1 EX 100"));
    redis_server_tell(&server, "CONFIG SET maxmemory 1");
    redis_server_tell(&server, "SET x 1");
    CHECK(redis_server_tell(&server, "CONFIG SET maxmemory 0"));
    CHECK(redis_server_tell(&server, "CONFIG SET maxmemory-policy noeviction"));
    struct registry_request q = serial("P:1", "R1", "l1");
    CHECK_INT(registry_ask(w.registry, &q, 1), ERR_REGISTRY_AWAY);
    CHECK_INT(registry_look(w.registry, 0, &w.seen[0], &now), REGISTRY_IS_RESTORING_ALL);
    CHECK(now.evicted_keys > w.seen[0].evicted_keys);
    close_worker(&w);
}

TEST(a_rebuilt_registry_takes_the_place_of_the_one_that_was_lost)
{
    need_server();
    struct worker w = open_ready();
    struct slice other;
    struct redis_rebuild b = { .link = w.link };
    CHECK_TEXT(holder(&w, serial("P:1", "R1", "l1")), "l1");
    CHECK(redis_server_tell(&server, "FLUSHALL"));
    struct registry_request first = serial("P:1", "R1", "l1"), second = serial("P:1", "R2", "l2"),
                            place = deal("k", "R1", "R1/D", 5);
    CHECK_INT(redis_registry_rebuild_begin(&b), OK);
    CHECK_INT(redis_registry_rebuild_add(&b, test_arena(), &first, &other), OK);
    CHECK_INT(other.size, 0);
    CHECK_INT(redis_registry_rebuild_add(&b, test_arena(), &second, &other), OK);
    CHECK_TEXT(other, "l1");
    CHECK_INT(redis_registry_rebuild_add(&b, test_arena(), &place, &other), OK);
    struct registry_request q = serial("P:3", "R2", "l2");
    CHECK_INT(registry_ask(w.registry, &q, 1), ERR_REGISTRY_AWAY);                /* not while it is rebuilt */
    CHECK_INT(redis_registry_rebuild_finish(&b, 4000000000000), OK);
    for (int32_t p = 0; p < PARTITIONS; p++) CHECK_INT(tend(&w, p), REGISTRY_IS_RESTORING_ALL);
    for (int32_t p = 0; p < PARTITIONS; p++) CHECK_INT(tend(&w, p), REGISTRY_IS_READY);
    CHECK_TEXT(holder(&w, serial("P:1", "R2", "l2")), "l1");
    close_worker(&w);
}

TEST(two_installations_on_one_server_do_not_meet)
{
    need_server();
    struct worker w = open_ready(), other = { 0 };
    CHECK_INT(
        redis_link_open(&(struct redis_options){ .address = server.address, .timeout_ms = PATIENT_MS }, &other.link),
        OK);
    struct redis_registry_options o = { .link = other.link, .name_space = "test", .partitions = 1 };
    CHECK_INT(redis_registry_open(&o, &other.r), OK);
    other.registry = redis_registry_base(other.r);
    tend(&other, 0);
    CHECK_INT(tend(&other, 0), REGISTRY_IS_READY);
    CHECK_TEXT(holder(&w, serial("P:1", "R1", "l1")), "l1");
    CHECK_TEXT(holder(&other, serial("P:1", "R2", "l2")), "l2");
    CHECK_INT(redis_registry_rebuild_begin(&(struct redis_rebuild){ .link = other.link, .name_space = "test" }), OK);
    CHECK_TEXT(holder(&w, serial("P:1", "R3", "l3")), "l1");
    close_worker(&other);
    close_worker(&w);
}

TEST(an_older_rebuild_from_a_backup_is_not_taken_over)
{
    need_server();
    struct worker w = open_ready();
    struct redis_rebuild b = { .link = w.link };
    CHECK_INT(redis_registry_rebuild_begin(&b), OK);
    CHECK_INT(redis_registry_rebuild_finish(&b, 1000), OK);
    CHECK_INT(tend(&w, 0), REGISTRY_IS_AWAY);
    close_worker(&w);
}

/* Lines of two roots that ask at random through kills, flushes of the newest slots, and restorations from what each was
 * told: no serial is ever granted to both. */
TEST(no_serial_is_ever_granted_to_two_roots)
{
    enum { SERIALS = 12, ROUNDS = 400 };
    static const char *const durable[] = { "--appendonly", "yes", "--appendfsync", "always", NULL };
    static const char *const keys[SERIALS] = { "P:0", "P:1", "P:2", "P:3", "P:4",  "P:5",
                                               "P:6", "P:7", "P:8", "P:9", "P:10", "P:11" };
    static const char *const roots[2] = { "R0", "R1" }, *const lines[2] = { "l0", "l1" };
    struct redis_server other;
    uint64_t random = test_seed();
    int granted[SERIALS];                                   /* by the books: -1 nobody */
    unsigned answered = 0, lost = 0;
    CHECK(redis_server_open(&other, durable));
    struct worker w = open_at(other.address);
    for (int i = 0; i < SERIALS; i++) granted[i] = -1;
    for (int round = 0; round < ROUNDS; round++) {
        int s = (int)(test_random(&random) % SERIALS), who = (int)(test_random(&random) % 2);
        if (round % 80 == 79) {                             /* the newest slots were never replicated */
            char command[64];
            for (int i = 0; i < 4; i++) {
                snprintf(command, sizeof command, "DEL reg:serial:%s", keys[test_random(&random) % SERIALS]);
                redis_server_tell(&other, command);
            }
            redis_server_kill(&other);
            CHECK(redis_server_start(&other));
            lost++;
        }
        struct registry_request q = serial(keys[s], roots[who], lines[who]);
        if (registry_ask(w.registry, &q, 1) == OK) {
            answered++;
            if (q.place == 0) {
                CHECK(granted[s] == -1 || granted[s] == who);
                granted[s] = who;
            }
            continue;
        }
        for (int32_t p = 0; p < PARTITIONS; p++) {          /* what a tick does */
            struct registry_sight now;
            enum registry_standing standing = registry_look(w.registry, p, &w.seen[p], &now);
            if (standing == REGISTRY_IS_READY || standing == REGISTRY_IS_WAITING || standing == REGISTRY_IS_AWAY)
                continue;
            bool all_set = true;
            for (int i = 0; i < SERIALS; i++) {
                struct registry_request again = serial(keys[i], roots[granted[i] == 1], lines[granted[i] == 1]);
                if (granted[i] == -1) continue;
                all_set = all_set && registry_restore(w.registry, &now, &again, 1) == OK;
                if (all_set) CHECK_SLICE(again.holders[0].line_id, again.claim.line_id);
            }
            if (all_set && registry_announce(w.registry, p, &now) == OK) w.seen[p] = now;
        }
    }
    CHECK(answered > ROUNDS / 2 && lost >= 4);
    close_worker(&w);
    redis_server_close(&other);
}
