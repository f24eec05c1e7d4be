/* runtime/redis_link.h, redis_watch.h and stage/redis_profiles.h on a redis-server of their own: answers,
 * invalidations, and everything that can happen to a server. */
#include "support/profile.h"
#include "support/redis_tls.h"
#include "support/test.h"

#include "runtime/clock.h"
#include "stage/redis_profiles.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <unistd.h>

static struct redis_server server;
static struct redis_certificates certificates;
static struct redis_tls *tls;                           /* REDIS_TLS=1: the whole of it by TLS */

/* One server for all tests, emptied before each; it ends with the process. */
static void close_server(void)
{
    redis_server_close(&server);
    redis_tls_close(tls);
    if (certificates.folder[0]) redis_certificates_remove(&certificates);
}

static bool open_server(void)
{
    if (!getenv("REDIS_TLS")) return redis_server_open(&server, NULL);
    if (!redis_certificates_make(&certificates)) return false;
    tls = redis_certificates_trust(&certificates);
    return redis_server_open_tls(&server, &certificates, "good", false);
}

static void need_server(void)
{
    static bool opened;
    if (!opened) {
        opened = open_server();
        CHECK(opened);
        if (!opened) exit(69);
        atexit(close_server);
    }
    if (!server.pid) CHECK(redis_server_start(&server));
    CHECK(redis_server_tell(&server, "FLUSHALL"));
}

/* A time-out that no server that runs meets, however busy the machine; one that is met
 * soon; heartbeats that are waited for, and such that are not. */
enum { PATIENT_MS = 30000, HASTY_MS = 300, BEAT_MS = 100, QUIET_MS = 60000, FAILURES_UNTIL_AWAY = 5 };

static struct redis_link *open_link(unsigned timeout_ms)
{
    struct redis_link *link = NULL;
    CHECK_INT(redis_link_open(
                  &(struct redis_options){ .address = server.address, .tls = tls, .timeout_ms = timeout_ms }, &link),
              OK);
    return link;
}

static enum err ask_one(struct redis_link *link, const struct redis_answer **answer, struct redis_command command)
{
    return redis_link_ask(link, &command, 1, answer);
}

/* --- the link --- */

TEST(a_pipeline_is_answered_in_its_order)
{
    need_server();
    struct redis_link *link = open_link(PATIENT_MS);
    const struct redis_answer *a[4];
    struct redis_command commands[] = { REDIS_COMMAND(SLICE("SET"), SLICE("k"), SLICE("v\0w")),
                                        REDIS_COMMAND(SLICE("GET"), SLICE("k")),
                                        REDIS_COMMAND(SLICE("GET"), SLICE("none")),
                                        REDIS_COMMAND(SLICE("MGET"), SLICE("k"), SLICE("none")) };
    CHECK_INT(redis_link_ask(link, commands, 4, a), OK);
    CHECK_TEXT(redis_answer_text(a[0]), "OK");
    CHECK_SLICE(redis_answer_text(a[1]), SLICE("v\0w"));
    CHECK_INT(redis_answer_kind(a[2]), REDIS_NIL);
    CHECK_INT(redis_answer_count(a[3]), 2);
    CHECK_INT(redis_answer_kind(redis_answer_item(a[3], 1)), REDIS_NIL);
    redis_link_close(link);
}

TEST(a_refusal_is_an_answer_and_the_connection_stays)
{
    need_server();
    struct redis_link *link = open_link(PATIENT_MS);
    const struct redis_answer *a;
    CHECK_INT(ask_one(link, &a, REDIS_COMMAND(SLICE("NOSUCHCOMMAND"))), OK);
    CHECK_INT(redis_answer_kind(a), REDIS_REFUSAL);
    CHECK_INT(ask_one(link, &a, REDIS_COMMAND(SLICE("PING"))), OK);
    CHECK_INT(redis_link_generation(link), 1);
    redis_link_close(link);
}

TEST(a_server_that_stops_costs_one_time_out_and_never_answers_the_next_question)
{
    need_server();
    struct redis_link *link = open_link(HASTY_MS);
    const struct redis_answer *a;
    WAIT_FOR(ask_one(link, &a, REDIS_COMMAND(SLICE("SET"), SLICE("x"), SLICE("1"))) == OK);
    redis_server_pause(&server);
    int64_t took_ms = INT64_MAX;                    /* of several: the machine may stand still during one */
    for (int i = 0; i < FAILURES_UNTIL_AWAY - 1 && took_ms >= 10 * HASTY_MS; i++) {
        int64_t before = clock_mono_ms();
        CHECK_INT(ask_one(link, &a, REDIS_COMMAND(SLICE("GET"), SLICE("x"))), ERR_REDIS_AWAY);
        took_ms = clock_mono_ms() - before;
        CHECK(took_ms >= HASTY_MS / 2);
    }
    CHECK(took_ms < 10 * HASTY_MS);
    redis_server_resume(&server);
    WAIT_FOR(ask_one(link, &a, REDIS_COMMAND(SLICE("ECHO"), SLICE("mine"))) == OK);
    CHECK_TEXT(redis_answer_text(a), "mine");
    CHECK(redis_link_generation(link) >= 2);
    redis_link_close(link);
}

TEST(a_killed_server_is_asked_once_a_second_until_it_is_back)
{
    need_server();
    struct redis_link *link = open_link(PATIENT_MS);
    const struct redis_answer *a;
    CHECK_INT(ask_one(link, &a, REDIS_COMMAND(SLICE("PING"))), OK);
    redis_server_kill(&server);
    int64_t before = clock_mono_ms();
    for (int i = 0; i < 1000; i++) CHECK_INT(ask_one(link, &a, REDIS_COMMAND(SLICE("PING"))), ERR_REDIS_AWAY);
    CHECK(redis_link_is_away(link));
    uint64_t failures = redis_link_counts(link).failures;
    CHECK(failures >= 5 && failures <= 5 + (uint64_t)(clock_mono_ms() - before) / 1000);
    CHECK(redis_server_start(&server));
    WAIT_FOR(ask_one(link, &a, REDIS_COMMAND(SLICE("PING"))) == OK);
    CHECK(!redis_link_is_away(link));
    redis_link_close(link);
}

TEST(a_server_with_a_password_lets_only_him_in_who_knows_it)
{
    struct redis_server locked;
    struct redis_link *with = NULL, *without = NULL;
    const struct redis_answer *a;
    CHECK(redis_server_open(&locked, (const char *const[]){ "--requirepass", "secret", NULL }));
    CHECK_INT(redis_link_open(
                  &(struct redis_options){ .address = locked.address, .password = "secret", .timeout_ms = PATIENT_MS },
                  &with),
              OK);
    CHECK_INT(redis_link_open(&(struct redis_options){ .address = locked.address, .timeout_ms = PATIENT_MS }, &without),
              OK);
    WAIT_FOR(ask_one(with, &a, REDIS_COMMAND(SLICE("PING"))) == OK);
    CHECK_INT(ask_one(without, &a, REDIS_COMMAND(SLICE("PING"))), ERR_REDIS_AWAY);
    redis_link_close(with);
    redis_link_close(without);
    redis_server_close(&locked);
}

/* --- the watch --- */

static atomic_uint told_away, told_back;

static void note_change(void *context, bool is_away, const char *why)
{
    (void)context, (void)why;
    atomic_fetch_add(is_away ? &told_away : &told_back, 1);
}

static struct redis_watch *open_watch(unsigned listeners, size_t ring_bytes, unsigned heartbeat_ms)
{
    told_away = told_back = 0;
    struct redis_watch *watch = NULL;
    struct redis_watch_options o = { .redis = { .address = server.address, .tls = tls, .on_change = note_change },
                                     .prefix = REDIS_PARTNER_PREFIX,
                                     .listeners = listeners,
                                     .ring_bytes = ring_bytes,
                                     .heartbeat_ms = heartbeat_ms };
    CHECK_INT(redis_watch_open_alone(&o, &watch), OK);
    return watch;
}

static bool is_live(struct redis_watch *watch)
{
    return redis_watch_epoch(watch) & 1;
}

static bool is_told(struct redis_watch *watch, unsigned listener, const char *key)
{
    struct slice told;
    while (redis_watch_next(watch, listener, &told))
        if (slice_equal(told, slice_from(key))) return true;
    return false;
}

TEST(every_listener_is_told_of_a_changed_key_and_of_no_other_prefix)
{
    need_server();
    struct redis_watch *watch = open_watch(2, 0, QUIET_MS);
    struct slice told;
    WAIT_FOR(is_live(watch));
    CHECK(redis_server_tell(&server, "SET reg:epoch x"));
    CHECK(redis_server_tell(&server, "SET partner:V-310 x"));
    WAIT_FOR(redis_watch_next(watch, 1, &told));
    CHECK_TEXT(told, "V-310");
    WAIT_FOR(redis_watch_next(watch, 0, &told));    /* they are told one after the other */
    CHECK_TEXT(told, "V-310");
    CHECK(!redis_watch_next(watch, 0, &told) && !redis_watch_next(watch, 1, &told));
    redis_watch_close_alone(watch);
}

TEST(a_flush_moves_the_epoch_by_two)
{
    need_server();
    struct redis_watch *watch = open_watch(1, 0, QUIET_MS);
    WAIT_FOR(is_live(watch));
    uint64_t before = redis_watch_epoch(watch);
    CHECK(redis_server_tell(&server, "FLUSHALL"));
    WAIT_FOR(redis_watch_epoch(watch) == before + 2);
    redis_watch_close_alone(watch);
}

TEST(a_full_ring_moves_the_epoch_and_loses_nothing_unsaid)
{
    need_server();
    struct redis_watch *watch = open_watch(1, 64, QUIET_MS);
    WAIT_FOR(is_live(watch));
    uint64_t before = redis_watch_epoch(watch);
    for (int i = 0; i < 20; i++) CHECK(redis_server_tell(&server, "SET partner:V-310 x"));
    WAIT_FOR(redis_watch_counts(watch).full_rings > 0);
    CHECK(redis_watch_epoch(watch) > before);
    CHECK(is_live(watch));
    redis_watch_close_alone(watch);
}

TEST(a_connection_that_dies_in_silence_shows_within_two_heartbeats_and_is_made_again)
{
    need_server();
    struct redis_watch *watch = open_watch(1, 0, BEAT_MS);
    WAIT_FOR(is_live(watch));
    uint64_t before = redis_watch_epoch(watch);
    CHECK(redis_server_tell(&server, "CLIENT KILL TYPE pubsub"));       /* I */
    WAIT_FOR(redis_watch_epoch(watch) >= before + 2);
    WAIT_FOR(is_live(watch));
    before = redis_watch_epoch(watch);
    CHECK(redis_server_tell(&server, "CLIENT KILL TYPE normal SKIPME yes"));     /* K and H */
    WAIT_FOR(redis_watch_epoch(watch) >= before + 2);
    WAIT_FOR(is_live(watch));
    WAIT_FOR(is_told(watch, 0, "V-310"),
             CHECK(redis_server_tell(&server, "SET partner:V-310 x"))); /* a beat may be late again */
    redis_watch_close_alone(watch);
}

TEST(a_stopped_server_ends_the_epoch_by_the_heartbeat_alone)
{
    need_server();
    struct redis_watch *watch = open_watch(1, 0, BEAT_MS);
    WAIT_FOR(is_live(watch));
    redis_server_pause(&server);
    WAIT_FOR(!is_live(watch));
    redis_server_resume(&server);
    WAIT_FOR(is_live(watch));
    CHECK(redis_watch_counts(watch).losses >= 1);
    redis_watch_close_alone(watch);
}

TEST(a_refused_connection_is_tried_again_until_it_is_there)
{
    need_server();
    redis_server_kill(&server);
    struct redis_watch *watch = open_watch(1, 0, QUIET_MS);
    WAIT_FOR(told_away);                                    /* also who was there never is away */
    usleep(120000);                                         /* some more refusals, as a rule */
    CHECK(!is_live(watch));
    CHECK(redis_server_start(&server));
    WAIT_FOR(is_live(watch));
    WAIT_FOR(told_back);
    CHECK_INT(told_away, 1);
    redis_watch_close_alone(watch);
}

TEST(it_closes_at_any_moment_without_leaving_a_handle)
{
    need_server();
    for (int i = 0; i < 30; i++) {
        struct redis_watch *watch = open_watch(1, 0, BEAT_MS);
        usleep((useconds_t)i * 150);
        redis_watch_close_alone(watch);                     /* asserts that its loop is empty */
    }
}

/* --- profiles --- */

struct rig {
    struct profile_copy copy;
    struct redis_link *link;
    struct redis_watch *watch;
    struct redis_profiles *p;
    struct profiles *profiles;
};

static struct rig open_rig(unsigned timeout_ms, unsigned heartbeat_ms)
{
    struct rig r = { .copy = profile_copy_open(),
                     .link = open_link(timeout_ms),
                     .watch = open_watch(1, 0, heartbeat_ms) };
    struct redis_profiles_options o = { .link = r.link, .watch = r.watch, .copy = r.copy.copy, .seed = test_seed() };
    CHECK_INT(redis_profiles_open(&o, &r.p), OK);
    r.profiles = redis_profiles_base(r.p);
    return r;
}

static void close_rig(struct rig *r)
{
    redis_profiles_close(r->p);
    redis_watch_close_alone(r->watch);
    redis_link_close(r->link);
    profile_copy_close(&r->copy);
}

static struct slice name_of(struct rig *r, const char *id, enum profile_source *source)
{
    const struct partner *p = r->profiles->ops->find(r->profiles, slice_from(id), source);
    return p ? p->name : SLICE("nobody");
}

/* Puts bytes into Redis as another process would. */
static void set_raw(const char *key, struct slice value)
{
    struct redis_link *link = open_link(PATIENT_MS);
    const struct redis_answer *a;
    CHECK_INT(ask_one(link, &a, REDIS_COMMAND(SLICE("SET"), slice_from(key), value)), OK);
    redis_link_close(link);
}

static struct slice get_raw(const char *key)
{
    struct redis_link *link = open_link(PATIENT_MS);
    const struct redis_answer *a;
    CHECK_INT(ask_one(link, &a, REDIS_COMMAND(SLICE("GET"), slice_from(key))), OK);
    struct slice value = slice_copy(test_arena(), redis_answer_text(a));
    redis_link_close(link);
    return value;
}

static struct slice value_of(uint64_t revision, struct slice bytes)
{
    struct text t = text_in(test_arena(), 8 + bytes.size);
    for (int i = 0; i < 8; i++) text_put_byte(&t, (char)(revision >> (56 - 8 * i)));
    text_put(&t, bytes);
    return text_slice(&t);
}

TEST(a_miss_is_filled_from_the_copy_and_the_next_worker_finds_it_in_redis)
{
    need_server();
    struct rig r = open_rig(PATIENT_MS, QUIET_MS);
    enum profile_source source;
    profile_put(&r.copy, "V-310", "Alder", 258, NULL);
    WAIT_FOR(is_live(r.watch));
    profiles_renew(r.profiles);
    profiles_prefetch(r.profiles, &SLICE("V-310"), 1);
    CHECK_TEXT(name_of(&r, "V-310", &source), "Alder");
    CHECK_INT(source, PROFILE_SOURCE_LOCAL);
    CHECK_INT(redis_profiles_counts(r.p).fills, 1);
    CHECK_SLICE(get_raw("partner:V-310"), value_of(258, profile_bytes("V-310", "Alder", 258, NULL)));
    WAIT_FOR((profiles_renew(r.profiles), redis_profiles_counts(r.p).told > 0));     /* its own fill */
    CHECK_TEXT(name_of(&r, "V-310", &source), "Alder");
    CHECK_INT(source, PROFILE_SOURCE_REDIS);
    profiles_renew(r.profiles);
    CHECK_TEXT(name_of(&r, "V-310", &source), "Alder");
    CHECK_INT(source, PROFILE_SOURCE_NEAR);
    CHECK_INT(redis_profiles_counts(r.p).fills, 1);
    close_rig(&r);
}

TEST(a_newer_revision_in_redis_is_used_and_a_copy_that_lags_does_not_overwrite_it)
{
    need_server();
    struct rig r = open_rig(PATIENT_MS, QUIET_MS);
    profile_put(&r.copy, "V-310", "Alder", 1, NULL);
    set_raw("partner:V-310", value_of(2, profile_bytes("V-310", "Alder & Sons", 2, NULL)));
    profiles_renew(r.profiles);
    CHECK_TEXT(name_of(&r, "V-310", NULL), "Alder & Sons");
    CHECK_INT(redis_profiles_counts(r.p).fills, 0);
    close_rig(&r);
}

TEST(an_older_revision_in_redis_is_passed_over_and_replaced)
{
    need_server();
    struct rig r = open_rig(PATIENT_MS, QUIET_MS);
    uint64_t newer = (uint64_t)1 << 53 | 1, older = (uint64_t)1 << 53;         /* alike as numbers of Lua */
    profile_put(&r.copy, "V-310", "Alder & Sons", newer, NULL);
    set_raw("partner:V-310", value_of(older, profile_bytes("V-310", "Alder", older, NULL)));
    profiles_renew(r.profiles);
    CHECK_TEXT(name_of(&r, "V-310", NULL), "Alder & Sons");
    CHECK_SLICE(get_raw("partner:V-310"), value_of(newer, profile_bytes("V-310", "Alder & Sons", newer, NULL)));
    close_rig(&r);
}

TEST(corrupt_bytes_in_redis_are_a_miss_and_are_mended)
{
    need_server();
    struct rig r = open_rig(PATIENT_MS, QUIET_MS);
    struct slice good = profile_bytes("V-310", "Alder", 7, NULL);
    struct slice corrupt[] = { SLICE(""),
                               SLICE("short"),
                               SLICE("\xff\xff\xff\xff\xff\xff\xff\xff"),
                               SLICE("\xff\xff\xff\xff\xff\xff\xff\xffgarbage"),
                               value_of(UINT64_MAX, good),
                               value_of(8, good),
                               value_of(7, profile_bytes("V-311", "Other", 7, NULL)),
                               value_of(7, profile_bytes("V-310", "Forged", 7, NULL)),
                               value_of(9, slice_head(good, good.size - 3)) };
    profile_put(&r.copy, "V-310", "Alder", 7, NULL);
    WAIT_FOR(is_live(r.watch));
    for (unsigned i = 0; i < sizeof corrupt / sizeof corrupt[0]; i++) {
        uint64_t told = redis_profiles_counts(r.p).told;
        set_raw("partner:V-310", corrupt[i]);
        WAIT_FOR((profiles_renew(r.profiles), redis_profiles_counts(r.p).told > told));
        CHECK_TEXT(name_of(&r, "V-310", NULL), "Alder");
        CHECK_SLICE(get_raw("partner:V-310"), value_of(7, good));
    }
    CHECK(redis_profiles_counts(r.p).corrupt
          >= sizeof corrupt / sizeof corrupt[0] - 1); /* the empty text is nothing at all */
    CHECK_TEXT(name_of(&r, "V-999", NULL), "nobody");
    set_raw("partner:V-998", SLICE("nobody has this in a copy"));
    CHECK_TEXT(name_of(&r, "V-998", NULL), "nobody");
    close_rig(&r);
}

TEST(a_change_by_another_process_ends_what_is_near)
{
    need_server();
    struct rig r = open_rig(PATIENT_MS, QUIET_MS);
    set_raw("partner:V-310", value_of(1, profile_bytes("V-310", "Alder", 1, NULL)));
    WAIT_FOR(is_live(r.watch));
    profiles_renew(r.profiles);
    CHECK_TEXT(name_of(&r, "V-310", NULL), "Alder");
    set_raw("partner:V-310", value_of(2, profile_bytes("V-310", "Alder & Sons", 2, NULL)));
    WAIT_FOR((profiles_renew(r.profiles), slice_equal(name_of(&r, "V-310", NULL), SLICE("Alder & Sons"))));
    close_rig(&r);
}

TEST(an_unknown_partner_that_is_published_elsewhere_is_known_at_once)
{
    need_server();
    struct rig r = open_rig(PATIENT_MS, QUIET_MS);
    WAIT_FOR(is_live(r.watch));
    profiles_renew(r.profiles);
    CHECK_TEXT(name_of(&r, "V-310", NULL), "nobody");
    set_raw("partner:V-310", value_of(1, profile_bytes("V-310", "Alder", 1, NULL)));
    WAIT_FOR((profiles_renew(r.profiles), slice_equal(name_of(&r, "V-310", NULL), SLICE("Alder"))));
    close_rig(&r);
}

TEST(while_nobody_tells_changes_nothing_from_redis_outlives_its_batch)
{
    need_server();
    struct rig r = { .copy = profile_copy_open(), .link = open_link(PATIENT_MS) };
    struct redis_profiles_options o = { .link = r.link, .copy = r.copy.copy };
    CHECK_INT(redis_profiles_open(&o, &r.p), OK);
    r.profiles = redis_profiles_base(r.p);
    set_raw("partner:V-310", value_of(1, profile_bytes("V-310", "Alder", 1, NULL)));
    profiles_renew(r.profiles);
    CHECK_TEXT(name_of(&r, "V-310", NULL), "Alder");
    set_raw("partner:V-310", value_of(2, profile_bytes("V-310", "Alder & Sons", 2, NULL)));
    CHECK_TEXT(name_of(&r, "V-310", NULL), "Alder");            /* one batch, one answer */
    profiles_renew(r.profiles);
    CHECK_TEXT(name_of(&r, "V-310", NULL), "Alder & Sons");
    redis_profiles_close(r.p);
    redis_link_close(r.link);
    profile_copy_close(&r.copy);
}

TEST(killed_flushed_stopped_restarted_the_answers_are_those_of_the_copy)
{
    need_server();
    struct rig r = open_rig(20, BEAT_MS);
    profile_put(&r.copy, "V-310", "Alder", 1, NULL);
    profile_put(&r.copy, "V-320", "Beech", 1, NULL);
    for (int round = 0; round < 120; round++) {
        if (round == 10) redis_server_kill(&server);
        if (round == 30) CHECK(redis_server_start(&server));
        if (round == 50) redis_server_pause(&server);
        if (round == 60) redis_server_resume(&server);
        if (round % 25 == 20 && server.pid) redis_server_tell(&server, "FLUSHALL");
        profiles_renew(r.profiles);
        profiles_prefetch(r.profiles, (const struct slice[]){ SLICE("V-310"), SLICE("V-320"), SLICE("V-999") }, 3);
        CHECK_TEXT(name_of(&r, "V-310", NULL), "Alder");
        CHECK_TEXT(name_of(&r, "V-320", NULL), "Beech");
        CHECK_TEXT(name_of(&r, "V-999", NULL), "nobody");
    }
    close_rig(&r);
}

TEST(a_server_without_room_refuses_the_fill_and_that_is_all)
{
    need_server();
    struct rig r = open_rig(PATIENT_MS, QUIET_MS);
    profile_put(&r.copy, "V-310", "Alder", 1, NULL);
    CHECK(redis_server_tell(&server, "CONFIG SET maxmemory 1"));
    profiles_renew(r.profiles);
    CHECK_TEXT(name_of(&r, "V-310", NULL), "Alder");
    CHECK_INT(redis_profiles_counts(r.p).fills, 0);
    CHECK(redis_server_tell(&server, "CONFIG SET maxmemory 0"));
    close_rig(&r);
}
