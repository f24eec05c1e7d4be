/* compliance/expiry.h: what is older than any rule looks leaves; what waits, and slots, stay. */
#include "support/test.h"

#include "compliance/expiry.h"
#include "compliance/stage.h"
#include "compliance/stored_rows.h"
#include "runtime/memory_store.h"

#include <stdio.h>

struct rig { struct memory_store *memory; struct stage_env env; };

static struct rig open_rig(void)
{
    struct rig r = { .memory = memory_store_open(NULL) };
    struct catalogue *catalogue = catalogue_open();
    r.env = (struct stage_env){ .stage = &compliance_stage, .arena = test_arena(), .catalogue = catalogue,
                                .store = memory_store_base(r.memory), .expire_keys_max = 1000 };
    CHECK_INT(instant_parse(SLICE("2026-04-15T00:00:00Z"), &r.env.now_unix_ms), OK);      /* before: 2023-03-01 */
    return r;
}

static void close_rig(struct rig *r)
{
    catalogue_close((struct catalogue *)(uintptr_t)r->env.catalogue);
    memory_store_close(r->memory);
}

static struct slice key(const char *name)
{
    return BOOKS_KEY(test_arena(), SLICE("R"), slice_from(name));
}

static void put(struct rig *r, enum compliance_table table, const char *name, const void *record)
{
    CHECK_INT(stored_rows_put(&r->env, table, key(name), record), OK);
}

static void put_line(struct rig *r, const char *line_id, enum footprint_state state, int32_t date)
{
    struct footprint f = { .state = state, .date = date, .received_at_unix_ms = 1577836800000 };  /* 2020 */
    put(r, COMPLIANCE_LINES, line_id, &f);
}

static bool has(struct rig *r, enum compliance_table table, const char *name)
{
    struct slice value;
    CHECK_INT(store_get(r->env.store, stored_rows_number(&r->env, table), key(name), &value), OK);
    return value.size > 0;
}

static unsigned sweep(struct rig *r)
{
    bool due = true;
    unsigned steps = 0;
    for (; steps < 100; steps++) {
        r->env.ticks_soon = false;
        CHECK_INT(expiry_is_due(&r->env, &due), OK);
        if (!due) break;
        CHECK_INT(expiry_go_on(&r->env), OK);
    }
    CHECK(!due);
    return steps;
}

TEST(a_line_leaves_when_its_date_is_past_the_horizon_and_stays_while_it_waits)
{
    struct rig r = open_rig();
    put_line(&r, "old", FOOTPRINT_ACCEPTED, 20230228);
    put_line(&r, "edge", FOOTPRINT_ACCEPTED, 20230301);
    put_line(&r, "waiting", FOOTPRINT_OPEN, 20190101);
    put_line(&r, "refused", FOOTPRINT_ENDED, 20190101);
    sweep(&r);
    CHECK(!has(&r, COMPLIANCE_LINES, "old"));
    CHECK(has(&r, COMPLIANCE_LINES, "edge"));
    CHECK(has(&r, COMPLIANCE_LINES, "waiting"));
    CHECK(!has(&r, COMPLIANCE_LINES, "refused"));
    close_rig(&r);
}

TEST(what_points_to_lines_leaves_behind_the_last_of_them)
{
    struct rig r = open_rig();
    put_line(&r, "old", FOOTPRINT_ACCEPTED, 20200101);
    put_line(&r, "young", FOOTPRINT_ACCEPTED, 20260101);
    struct transaction_uses gone = { .lines = { { .line_id = SLICE("old") } }, .line_count = 1 };
    struct transaction_uses lives = { .lines = { { .line_id = SLICE("old") }, { .line_id = SLICE("young") } },
                                      .line_count = 2 };
    struct document_uses proof = { .uses = { { .line_id = SLICE("old") } }, .use_count = 1 };
    put(&r, COMPLIANCE_TRANSACTIONS, "gone", &gone);
    put(&r, COMPLIANCE_TRANSACTIONS, "lives", &lives);
    put(&r, COMPLIANCE_DOCUMENTS, "proof", &proof);
    sweep(&r);
    CHECK(!has(&r, COMPLIANCE_TRANSACTIONS, "gone"));
    CHECK(has(&r, COMPLIANCE_TRANSACTIONS, "lives"));
    CHECK(!has(&r, COMPLIANCE_DOCUMENTS, "proof"));
    close_rig(&r);
}

TEST(keys_windows_and_dated_rows_leave_by_their_dates_and_slots_never)
{
    struct rig r = open_rig();
    struct key_use old = { .line_id = SLICE("l"), .state = FOOTPRINT_ACCEPTED, .received_date = 20230228 }, young = old;
    young.received_date = 20230301;
    struct window_days window = { .days = { { 20200101, 3 }, { 20230228, 1 } }, .day_count = 2 };
    struct serial_history serial = { .sold = { SLICE("l"), 20100101 },
                                     .slots = { { .program_id = SLICE("P"), .line_id = SLICE("l") } },
                                     .slot_count = 1 };
    struct payee_day day = { 100 };
    put(&r, COMPLIANCE_KEYS, "old", &old);
    put(&r, COMPLIANCE_KEYS, "young", &young);
    put(&r, COMPLIANCE_WINDOWS, "rep", &window);
    put(&r, COMPLIANCE_SERIALS, "K1", &serial);
    put(&r, COMPLIANCE_PAYEE_DAYS, "20230228", &day);
    put(&r, COMPLIANCE_PAYEE_DAYS, "20230301", &day);
    sweep(&r);
    CHECK(!has(&r, COMPLIANCE_KEYS, "old"));
    CHECK(has(&r, COMPLIANCE_KEYS, "young"));
    CHECK(!has(&r, COMPLIANCE_WINDOWS, "rep"));
    CHECK(has(&r, COMPLIANCE_SERIALS, "K1"));
    CHECK(!has(&r, COMPLIANCE_PAYEE_DAYS, "20230228"));
    CHECK(has(&r, COMPLIANCE_PAYEE_DAYS, "20230301"));
    close_rig(&r);
}

TEST(a_long_table_is_swept_in_portions_and_once_a_month)
{
    struct rig r = open_rig();
    for (unsigned i = 0; i < 5000; i++) {
        char name[16];
        snprintf(name, sizeof name, "l%05u", i);
        put_line(&r, name, FOOTPRINT_ACCEPTED, i % 2 ? 20200101 : 20260101);
    }
    r.env.expire_keys_max = 10;
    CHECK_INT(expiry_go_on(&r.env), OK);
    CHECK(!has(&r, COMPLIANCE_LINES, "l00009") && has(&r, COMPLIANCE_LINES, "l00011"));
    r.env.expire_keys_max = 1000;
    CHECK(sweep(&r) > 11 + 1);                              /* tables, and the further portions of the first */
    CHECK(has(&r, COMPLIANCE_LINES, "l04998"));
    CHECK(!has(&r, COMPLIANCE_LINES, "l04999"));
    CHECK_INT(sweep(&r), 0);
    CHECK_INT(instant_parse(SLICE("2026-05-01T00:00:00Z"), &r.env.now_unix_ms), OK);
    CHECK(sweep(&r) > 0);
    close_rig(&r);
}

static void put_bucket(struct rig *r, struct slice row_key, uint16_t day, bool has_older)
{
    struct near_ref ref = { .day = day };
    struct near_bucket b = { .refs = (const char *)&ref, .ref_count = 1, .has_older = has_older };
    CHECK_INT(stored_rows_put(&r->env, COMPLIANCE_NEAR, row_key, &b), OK);
}

static bool has_bucket(struct rig *r, struct slice row_key)
{
    struct slice value;
    CHECK_INT(store_get(r->env.store, stored_rows_number(&r->env, COMPLIANCE_NEAR), row_key, &value), OK);
    return value.size > 0;
}

TEST(a_bucket_stays_as_long_as_its_older_entries_do)
{
    struct rig r = open_rig();
    struct slice young = key("bucket"), older = BOOKS_KEY(test_arena(), SLICE("R"), SLICE("bucket"), SLICE("o")),
                 alone = key("alone");
    put_bucket(&r, young, 1, true);                 /* what came last was about sales of long ago */
    put_bucket(&r, older, 13000, false);            /* 2025 */
    put_bucket(&r, alone, 1, true);
    sweep(&r);
    CHECK(has_bucket(&r, young) && has_bucket(&r, older) && !has_bucket(&r, alone));
    CHECK_INT(instant_parse(SLICE("2031-04-15T00:00:00Z"), &r.env.now_unix_ms), OK);
    sweep(&r);
    CHECK_INT(instant_parse(SLICE("2031-05-15T00:00:00Z"), &r.env.now_unix_ms), OK);
    sweep(&r);
    CHECK(!has_bucket(&r, young) && !has_bucket(&r, older));
    close_rig(&r);
}
