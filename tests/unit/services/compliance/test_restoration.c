/* compliance/restoration.h against a registry of the test: what is set again, when the partition says so, who is
 * woken. */
#include "support/test.h"

#include "compliance/prefetch.h"
#include "compliance/stage.h"
#include "compliance/stored_rows.h"
#include "runtime/memory_store.h"
#include "stage/registry.h"
#include "stage/waiting.h"

#include <stdio.h>

/* A registry that says how it stands, and notes what is done to it. */
struct fake {
    struct registry        registry;
    enum registry_standing standing;
    bool                   settled, refuses;
    unsigned               restored, announced;
    struct text            keys;                    /* line@key of what was set again */
    const char            *holder;                  /* another line in every serial slot; NULL: none */
    struct registry_claim  claim;
};

static struct fake *of(struct registry *r)
{
    return (struct fake *)r;
}

static bool is_settled(struct registry *r, int32_t partition)
{
    (void)partition;
    return of(r)->settled;
}

static enum registry_standing look(struct registry *r, int32_t partition, const struct registry_sight *last,
                                   struct registry_sight *now)
{
    (void)partition;
    *now = *last;
    snprintf(now->epoch, sizeof now->epoch, "first:1:a");
    snprintf(now->run_id, sizeof now->run_id, "run");
    return of(r)->standing;
}

static enum err restore(struct registry *r, const struct registry_sight *now, struct registry_request *q,
                        unsigned count)
{
    struct fake *f = of(r);
    CHECK(now->run_id[0] != 0);
    if (f->refuses) return ERR_REGISTRY_AWAY;
    f->restored += count;
    for (unsigned i = 0; i < count; i++) {
        text_put(&f->keys, q[i].claim.line_id);
        PUT(&f->keys, "@");
        text_put(&f->keys, q[i].key);
        PUT(&f->keys, " ");
        f->claim = (struct registry_claim){ .root_id = SLICE("R2"), .line_id = slice_from(f->holder ? f->holder : "") };
        q[i].holders = f->holder ? &f->claim : &q[i].claim;
        q[i].holder_count = 1;
        q[i].place = f->holder ? 1 : 0;
    }
    return OK;
}

static enum err announce(struct registry *r, int32_t partition, const struct registry_sight *now)
{
    (void)partition, (void)now;
    of(r)->announced++;
    of(r)->standing = REGISTRY_IS_READY;
    return OK;
}

static const struct registry_ops ops = {
    .is_settled = is_settled, .look = look, .restore = restore, .announce = announce
};

struct rig { struct memory_store *memory; struct fake fake; struct stage_env env; };

static struct rig *open_rig(enum registry_standing standing)
{
    static struct rig r;
    r = (struct rig){ .memory = memory_store_open(NULL),
                      .fake = { .registry = { &ops }, .standing = standing, .keys = text_in(test_arena(), 4096) } };
    r.env = (struct stage_env){ .stage = &compliance_stage, .arena = test_arena(), .catalogue = catalogue_open(),
                                .registry = &r.fake.registry, .store = memory_store_base(r.memory) };
    CHECK_INT(instant_parse(SLICE("2026-04-15T00:00:00Z"), &r.env.now_unix_ms), OK);
    return &r;
}

static void close_rig(struct rig *r)
{
    catalogue_close((struct catalogue *)(uintptr_t)r->env.catalogue);
    memory_store_close(r->memory);
}

static void put_line(struct rig *r, const char *line_id, enum footprint_state state, int64_t hours_ago)
{
    struct footprint f = { .state = state, .date = 20260401, .document_id = SLICE("doc"),
                           .received_at_unix_ms = r->env.now_unix_ms - hours_ago * INSTANT_HOUR_MS };
    CHECK_INT(stored_rows_put(&r->env, COMPLIANCE_LINES, BOOKS_KEY(test_arena(), SLICE("R1"), slice_from(line_id)), &f),
              OK);
}

static void put_serial(struct rig *r, const char *serial, const char *line_id, bool is_registered)
{
    struct serial_history h = {
        .slots = { { .program_id = SLICE("P"), .line_id = slice_from(line_id), .is_registered = is_registered } },
        .slot_count = 1
    };
    CHECK_INT(stored_rows_put(&r->env, COMPLIANCE_SERIALS,
                              BOOKS_KEY(test_arena(), SLICE("R1"), slice_from(serial), SLICE("")), &h),
              OK);
}

static bool is_due(struct rig *r)
{
    bool due = false;
    CHECK_INT(compliance_tick_is_due(&r->env, &due), OK);
    return due;
}

static void tick(struct rig *r)
{
    r->env.wake_count = r->env.case_count = 0;
    r->env.ticks_soon = false;
    CHECK_INT(compliance_tick(&r->env), OK);
}

TEST(the_newest_registered_slots_of_lines_that_stand_are_set_again_and_then_announced)
{
    struct rig *r = open_rig(REGISTRY_IS_RESTORING);
    put_line(r, "young", FOOTPRINT_ACCEPTED, 5);
    put_line(r, "held", FOOTPRINT_OPEN, 5);
    put_line(r, "ended", FOOTPRINT_ENDED, 5);
    put_line(r, "old", FOOTPRINT_ACCEPTED, 24 * 40);
    put_serial(r, "K1", "young", true);
    put_serial(r, "K2", "held", true);
    put_serial(r, "K3", "ended", true);
    put_serial(r, "K4", "old", true);
    put_serial(r, "K5", "young", false);            /* the registry never gave it */
    CHECK(is_due(r));
    tick(r);
    CHECK_SLICE(text_slice(&r->fake.keys), SLICE("young@P:K1 held@P:K2 "));
    CHECK_INT(r->fake.announced, 1);
    CHECK(r->env.ticks_soon);                       /* to see whether the others stand there */
    r->fake.settled = true;
    CHECK(!is_due(r));
    close_rig(r);
}

TEST(after_evictions_all_are_set_again)
{
    struct rig *r = open_rig(REGISTRY_IS_RESTORING_ALL);
    put_line(r, "old", FOOTPRINT_ACCEPTED, 24 * 400);
    put_serial(r, "K4", "old", true);
    tick(r);
    CHECK_SLICE(text_slice(&r->fake.keys), SLICE("old@P:K4 "));
    close_rig(r);
}

TEST(many_slots_take_several_ticks_and_go_on_where_they_stood)
{
    enum { SERIALS = 7500 };
    struct rig *r = open_rig(REGISTRY_IS_RESTORING);
    char (*names)[12] = arena_alloc(test_arena(), SERIALS * sizeof *names);
    unsigned ticks = 0;
    put_line(r, "young", FOOTPRINT_ACCEPTED, 5);
    for (unsigned i = 0; i < SERIALS; i++) {
        snprintf(names[i], sizeof names[i], "K%05u", i);
        put_serial(r, names[i], "young", true);
    }
    for (; ticks < 20 && !r->fake.announced; ticks++) {
        r->fake.keys.size = 0;
        size_t mark = arena_mark(test_arena());
        CHECK(is_due(r));
        tick(r);
        arena_rewind(test_arena(), mark);
    }
    CHECK(ticks > 1);
    CHECK_INT(r->fake.restored, SERIALS);
    CHECK_INT(r->fake.announced, 1);
    close_rig(r);
}

TEST(a_registry_that_goes_away_meanwhile_is_begun_again_later)
{
    struct rig *r = open_rig(REGISTRY_IS_RESTORING);
    put_line(r, "young", FOOTPRINT_ACCEPTED, 5);
    put_serial(r, "K1", "young", true);
    r->fake.refuses = true;
    tick(r);
    CHECK_INT(r->fake.announced, 0);
    r->fake.refuses = false;
    tick(r);
    CHECK_SLICE(text_slice(&r->fake.keys), SLICE("young@P:K1 "));
    CHECK_INT(r->fake.announced, 1);
    close_rig(r);
}

TEST(a_slot_in_which_another_line_stands_opens_a_case_for_both)
{
    struct rig *r = open_rig(REGISTRY_IS_RESTORING);
    put_line(r, "young", FOOTPRINT_ACCEPTED, 5);
    put_serial(r, "K1", "young", true);
    r->fake.holder = "stranger";
    tick(r);
    CHECK_INT(r->env.case_count, 1);
    const struct clearance *c = r->env.cases[0].clearance;
    CHECK_INT(c->case_kind, CASE_KIND_PARTNER);
    CHECK_TEXT(c->case_subject, "R1");
    CHECK_TEXT(c->case_line_ids.items[0], "young");
    CHECK_TEXT(c->case_line_ids.items[1], "stranger");
    CHECK_INT(c->judgement.rule_results[0].evidence[0].kind, EVIDENCE_SLOT);
    CHECK_TEXT(r->env.cases[0].document_id, "doc");
    close_rig(r);
}

TEST(what_waits_for_the_registry_is_woken_when_it_is_ready_and_nobody_while_others_are_missing)
{
    struct rig *r = open_rig(REGISTRY_IS_WAITING);
    struct waiting_row row = { .line_id = SLICE("line"),
                               .outcome = OUTCOME_PARK,
                               .on = SLICE(WAIT_REGISTRY),
                               .received_at_unix_ms = 1,
                               .kept_at_unix_ms = 1,
                               .dossier = SLICE("bytes") };
    CHECK_INT(waiting_keep(r->env.store, test_arena(), &row), OK);
    CHECK(!is_due(r));
    r->fake.standing = REGISTRY_IS_AWAY;
    CHECK(!is_due(r));
    r->fake.standing = REGISTRY_IS_READY;
    CHECK(is_due(r));
    tick(r);
    CHECK_INT(r->env.wake_count, 1);
    CHECK_TEXT(r->env.wakes[0], "registry");
    close_rig(r);
}
