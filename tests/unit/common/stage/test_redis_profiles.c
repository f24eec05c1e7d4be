/* stage/redis_profiles.h without Redis: the local copy, the near-cache before it, the lives of entries. The same with a
 * server: tests/integration/test_redis.c. */
#include "support/profile.h"
#include "support/test.h"

#include "runtime/log.h"
#include "stage/redis_profiles.h"
#include "wire/partner_codec.h"

#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

static int64_t now_ms;

static int64_t clock_of_test(void)
{
    return now_ms;
}

struct rig { struct profile_copy copy; struct redis_profiles *p; struct profiles *profiles; };

static struct rig open_rig(void)
{
    struct rig r = { .copy = profile_copy_open() };
    struct redis_profiles_options o = {
        .copy = r.copy.copy, .entries_max = 8, .seed = test_seed(), .clock_ms = clock_of_test
    };
    now_ms = 1000000;
    CHECK_INT(redis_profiles_open(&o, &r.p), OK);
    r.profiles = redis_profiles_base(r.p);
    return r;
}

static void close_rig(struct rig *r)
{
    redis_profiles_close(r->p);
    profile_copy_close(&r->copy);
}

static const struct partner *find(struct rig *r, const char *id, enum profile_source *source)
{
    return r->profiles->ops->find(r->profiles, slice_from(id), source);
}

TEST(without_redis_a_profile_comes_from_the_copy_and_then_from_near)
{
    struct rig r = open_rig();
    enum profile_source source;
    profile_put(&r.copy, "V-310", "Alder", 3, NULL);
    profiles_renew(r.profiles);
    CHECK_TEXT(find(&r, "V-310", &source)->name, "Alder");
    CHECK_INT(source, PROFILE_SOURCE_LOCAL);
    CHECK_INT(find(&r, "V-310", &source)->revision, 3);
    CHECK_INT(source, PROFILE_SOURCE_LOCAL);                    /* of the batch that loaded it */
    profiles_renew(r.profiles);
    CHECK_TEXT(find(&r, "V-310", &source)->name, "Alder");
    CHECK_INT(source, PROFILE_SOURCE_NEAR);
    CHECK_INT(redis_profiles_counts(r.p).local_hits, 1);
    CHECK_INT(redis_profiles_counts(r.p).near_hits, 1);
    CHECK_INT(redis_profiles_counts(r.p).round_trips, 0);
    close_rig(&r);
}

TEST(a_revision_that_came_into_force_is_seen_by_the_next_batch_and_not_within_one)
{
    struct rig r = open_rig();
    profile_put(&r.copy, "V-310", "Alder", 1, NULL);
    profiles_renew(r.profiles);
    const struct partner *lent = find(&r, "V-310", NULL);
    profile_put(&r.copy, "V-310", "Alder & Sons", 2, NULL);
    CHECK(find(&r, "V-310", NULL) == lent);
    struct partner news = { .partner_id = SLICE("V-310") };
    profiles_put(r.profiles, &news);
    CHECK_TEXT(lent->name, "Alder");                            /* lent until the batch ends */
    profiles_renew(r.profiles);
    CHECK_TEXT(find(&r, "V-310", NULL)->name, "Alder & Sons");
    close_rig(&r);
}

TEST(nobody_on_file_is_remembered_for_half_a_minute_at_least_and_a_minute_at_most)
{
    struct rig r = open_rig();
    profiles_renew(r.profiles);
    CHECK(find(&r, "V-999", NULL) == NULL);
    profile_put(&r.copy, "V-999", "Late", 1, NULL);
    now_ms += 29000;
    profiles_renew(r.profiles);
    CHECK(find(&r, "V-999", NULL) == NULL);
    now_ms += 31000;
    profiles_renew(r.profiles);
    CHECK_TEXT(find(&r, "V-999", NULL)->name, "Late");
    close_rig(&r);
}

TEST(an_absence_ends_at_once_when_the_partner_is_published)
{
    struct rig r = open_rig();
    profiles_renew(r.profiles);
    CHECK(find(&r, "V-999", NULL) == NULL);
    profile_put(&r.copy, "V-999", "Late", 1, NULL);
    struct partner news = { .partner_id = SLICE("V-999") };
    redis_profiles_apply(r.p, &news, SLICE(""));
    profiles_renew(r.profiles);
    CHECK_TEXT(find(&r, "V-999", NULL)->name, "Late");
    close_rig(&r);
}

TEST(a_prefetch_past_the_soft_life_brings_it_afresh_and_a_find_does_not_wait_for_that)
{
    struct rig r = open_rig();
    profile_put(&r.copy, "V-310", "Alder", 1, NULL);
    profiles_renew(r.profiles);
    find(&r, "V-310", NULL);
    profile_put(&r.copy, "V-310", "Alder & Sons", 2, NULL);     /* nobody told */
    now_ms += 73000;                                            /* past 60 s + 20 % */
    profiles_renew(r.profiles);
    CHECK_TEXT(find(&r, "V-310", NULL)->name, "Alder");
    profiles_prefetch(r.profiles, &SLICE("V-310"), 1);
    CHECK_TEXT(find(&r, "V-310", NULL)->name, "Alder & Sons");
    close_rig(&r);
}

TEST(past_the_hard_life_nothing_is_used)
{
    struct rig r = open_rig();
    profile_put(&r.copy, "V-310", "Alder", 1, NULL);
    profiles_renew(r.profiles);
    find(&r, "V-310", NULL);
    profile_put(&r.copy, "V-310", "Alder & Sons", 2, NULL);
    now_ms += 721000;
    profiles_renew(r.profiles);
    CHECK_TEXT(find(&r, "V-310", NULL)->name, "Alder & Sons");
    close_rig(&r);
}

TEST(who_gives_an_identifier_back_leaves_it_to_the_other_that_bears_it)
{
    struct rig r = open_rig();
    profile_put(&r.copy, "V-310", "Alder", 1, "081446207");
    profile_put(&r.copy, "N-100", "Birch", 1, "081446207");
    r.profiles->ops->renew(r.profiles);
    CHECK_TEXT(r.profiles->ops->find_by_identifier(r.profiles, SLICE("1"), SLICE("081446207"))->partner_id, "N-100");
    profile_put(&r.copy, "N-100", "Birch", 2, NULL);
    redis_profiles_apply(r.p, &(struct partner){ .partner_id = SLICE("N-100") }, (struct slice){ 0 });
    r.profiles->ops->renew(r.profiles);
    const struct partner *p = r.profiles->ops->find_by_identifier(r.profiles, SLICE("1"), SLICE("081446207"));
    CHECK(p != NULL);
    if (p) CHECK_TEXT(p->partner_id, "V-310");
    close_rig(&r);
}

TEST(an_identifier_leads_to_the_partner_that_bears_it_now)
{
    struct rig r = open_rig();
    profile_put(&r.copy, "V-310", "Alder", 1, "081446207");
    profiles_renew(r.profiles);
    CHECK_TEXT(r.profiles->ops->find_by_identifier(r.profiles, SLICE("1"), SLICE("081446207"))->partner_id, "V-310");
    CHECK(r.profiles->ops->find_by_identifier(r.profiles, SLICE("92"), SLICE("081446207")) == NULL);
    profile_put(&r.copy, "V-310", "Alder", 2, "081446208");
    struct partner news = { .partner_id = SLICE("V-310") };
    profiles_put(r.profiles, &news);
    profiles_renew(r.profiles);
    CHECK(r.profiles->ops->find_by_identifier(r.profiles, SLICE("1"), SLICE("081446207")) == NULL);
    CHECK_TEXT(r.profiles->ops->find_by_identifier(r.profiles, SLICE("1"), SLICE("081446208"))->partner_id, "V-310");
    close_rig(&r);
}

/* Before a worker has partitions, and while nothing comes, no batch renews its reader. */
TEST(a_load_of_profiles_does_not_grow_the_copy_behind_a_worker_that_judges_nothing)
{
    struct rig r = open_rig();
    char path[PARTNER_COPY_PATH_MAX];
    struct stat data;
    for (unsigned i = 0; i < 2000; i++) {
        profile_put(&r.copy, "V-310", "Alder", i + 1, NULL);
        redis_profiles_apply(r.p, &(struct partner){ .partner_id = SLICE("V-310") }, (struct slice){ 0 });
    }
    snprintf(path, sizeof path, "%s/data.mdb", r.copy.folder);
    CHECK(stat(path, &data) == 0 && data.st_size < 2 << 20);
    r.profiles->ops->renew(r.profiles);
    CHECK_INT(find(&r, "V-310", NULL)->revision, 2000);
    close_rig(&r);
}

TEST(more_partners_than_the_cache_holds_are_all_found)
{
    struct rig r = open_rig();
    static const char *const ids[] = { "P-0", "P-1", "P-2", "P-3", "P-4",  "P-5",
                                       "P-6", "P-7", "P-8", "P-9", "P-10", "P-11" };
    struct slice names[24];
    for (unsigned i = 0; i < 12; i++) profile_put(&r.copy, ids[i], ids[i], 1, NULL);
    for (unsigned i = 0; i < 24; i++) names[i] = i % 5 ? slice_from(ids[i % 12]) : SLICE("");
    profiles_renew(r.profiles);
    profiles_prefetch(r.profiles, names, 24);
    for (unsigned i = 0; i < 12; i++) CHECK_SLICE(find(&r, ids[i], NULL)->name, slice_from(ids[i]));
    CHECK(redis_profiles_counts(r.p).evicted >= 4);
    close_rig(&r);
}

TEST(who_cannot_be_looked_up_is_no_unknown_partner_but_a_batch_that_fails)
{
    struct rig r = open_rig();
    struct partner_copy_entry entry = { .partner_id = SLICE("V-310"),
                                        .bytes = SLICE("no Partner at all"),
                                        .revision = 3 };
    CHECK_INT(partner_copy_put(r.copy.copy, &entry), OK);
    CHECK_INT(partner_copy_commit(r.copy.copy, 1, 1000), OK);
    profiles_renew(r.profiles);
    CHECK(find(&r, "V-999", NULL) == NULL);
    CHECK_INT(profiles_failure(r.profiles), OK);
    log_to(-1);
    CHECK(find(&r, "V-310", NULL) == NULL);
    CHECK_INT(profiles_failure(r.profiles), ERR_STATE_MALFORMED);
    CHECK_INT(redis_profiles_counts(r.p).unreadable, 1);
    profiles_renew(r.profiles);
    CHECK_INT(profiles_failure(r.profiles), OK);
    CHECK(find(&r, "V-310", NULL) == NULL);
    CHECK_INT(profiles_failure(r.profiles), ERR_STATE_MALFORMED);      /* it was not kept as an absence */
    log_to(STDOUT_FILENO);
    close_rig(&r);
}

static struct record record_of(struct slice key, struct slice value)
{
    return (struct record){ .topic = TOPIC_PARTNERS, .offset = 41, .key = key, .value = value };
}

TEST(records_of_the_topic_go_into_the_copy_unless_they_are_proposals_or_cannot_be_read)
{
    struct rig r = open_rig();
    struct arena scratch;
    CHECK_INT(arena_open(&scratch, 1 << 20, 1 << 20), OK);
    struct redis_profiles_notes notes = { .copy = r.copy.copy, .scratch = &scratch };
    struct partner p = {
        .partner_id = SLICE("V-311"), .root_id = SLICE("V-311"), .name = SLICE("Proposed"), .sla_hours = 48
    };
    struct slice proposal;
    CHECK_INT(partner_encode(test_arena(), &p, SLICE("author"), SLICE(""), 1, &proposal), OK);
    struct record records[] = { record_of(SLICE("V-310"), profile_bytes("V-310", "Alder", 1, NULL)),
                                record_of(SLICE("V-311"), proposal), record_of(SLICE("V-312"), SLICE("\xff\xff")),
                                record_of(SLICE("V-310"), SLICE("")),
                                record_of(SLICE("V-313"), profile_bytes("V-314", "Other", 1, NULL)) };
    for (unsigned i = 0; i < 5; i++) CHECK_INT(redis_profiles_note(&notes, &records[i]), OK);
    profiles_renew(r.profiles);
    CHECK_TEXT(find(&r, "V-310", NULL)->name, "Alder");
    CHECK(find(&r, "V-311", NULL) == NULL && find(&r, "V-313", NULL) == NULL && find(&r, "V-314", NULL) == NULL);
    CHECK_INT(partner_copy_offset(r.copy.copy), 42);
    CHECK(!notes.is_failing);
    arena_close(&scratch);
    close_rig(&r);
}
