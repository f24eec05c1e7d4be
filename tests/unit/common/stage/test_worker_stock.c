/* What waits in the tables of a worker, as its gauges show it. */
#include "stage/worker_stock.h"

#include "runtime/memory_store.h"
#include "runtime/metrics.h"
#include "stage/waiting.h"
#include "support/test.h"
#include "support/toy.h"
#include "wire/dossier_codec.h"

#include <stdio.h>
#include <string.h>

enum { PARTITIONS = 3 };

static const instant_ms NOW = 100 * (instant_ms)INSTANT_HOUR_MS;

static struct memory_store *memory[PARTITIONS];
static struct store *stores[PARTITIONS];

static void open_stores(void)
{
    metrics_reset();
    for (unsigned p = 0; p < PARTITIONS; p++) {
        memory[p] = memory_store_open(NULL);
        stores[p] = memory_store_base(memory[p]);
    }
}

static void close_stores(void)
{
    for (unsigned p = 0; p < PARTITIONS; p++) memory_store_close(memory[p]);
}

static void keep(unsigned partition, const char *name, enum outcome outcome, int64_t amount_minor)
{
    struct waiting_row row = { .line_id = slice_from(name),
                               .outcome = outcome,
                               .received_at_unix_ms = 1,
                               .kept_at_unix_ms = 1,
                               .dossier = TOY_LINE(test_arena(), name, "R1", "", amount_minor) };
    CHECK_INT(waiting_keep(stores[partition], test_arena(), &row), OK);
    store_merge(stores[partition], 0);
}

/* It waits until `due`. */
static void keep_until(const char *name, enum outcome outcome, instant_ms due)
{
    struct slice packed, dossier;
    struct reason reason = { .code = outcome == OUTCOME_HOLD ? REASON_NEAR_DUPLICATE : REASON_PART_UNKNOWN,
                             .outcome = outcome };
    struct clearance section = { .judgement = { .outcome = outcome,
                                           .reasons = &reason,
                                           .reason_count = 1,
                                           .waiting = { reason.code, SLICE("part:X"), 1, due } } };
    CHECK_INT(section_encode(test_arena(), SECTION_CLEARANCE, &section, &packed), OK);
    CHECK_INT(dossier_append(test_arena(), TOY_LINE(test_arena(), name, "R1", "", 1), packed, &dossier), OK);
    struct waiting_row row = { .line_id = slice_from(name),
                               .outcome = outcome,
                               .received_at_unix_ms = 1,
                               .kept_at_unix_ms = 1,
                               .dossier = dossier };
    CHECK_INT(waiting_keep(stores[0], test_arena(), &row), OK);
    store_merge(stores[0], 0);
}

static void open_case(unsigned partition, const char *id)
{
    CHECK_INT(store_put(stores[partition], WAITING_CASE_TABLE, slice_from(id), SLICE("\1case")), OK);
    store_merge(stores[partition], 0);
}

static bool shows(const char *line)
{
    struct text t = text_in(test_arena(), 64 << 10);
    metrics_put(&t, SERVICE_PAYOUT);
    text_put_byte(&t, 0);
    return strstr(t.bytes, line) != NULL;
}

TEST(lines_money_and_cases_are_counted_over_all_tables_and_again_a_minute_later)
{
    open_stores();
    struct worker_stock *stock = worker_stock_open(SECTION_CLEARANCE);
    keep(0, "a", OUTCOME_HOLD, 500);
    keep(0, "b", OUTCOME_PARK, 70);
    keep(2, "c", OUTCOME_HOLD, 25);
    open_case(2, "case-1");
    CHECK(!shows("claimstream_cases_open{"));
    CHECK_INT(worker_stock_step(stock, stores, PARTITIONS, 1000, NOW), OK);
    CHECK(shows("claimstream_waiting_lines{service=\"payout\",outcome=\"HOLD\",reason=\"\"} 2\n"));
    CHECK(shows("claimstream_waiting_lines{service=\"payout\",outcome=\"PARK\",reason=\"\"} 1\n"));
    CHECK(shows("claimstream_waiting_amount_minor{service=\"payout\",outcome=\"HOLD\",currency=\"USD\"} 525\n"));
    CHECK(shows("claimstream_cases_open{service=\"payout\"} 1\n"));
    CHECK_INT(waiting_end(stores[0], SLICE("a")), OK);
    CHECK_INT(waiting_end(stores[2], SLICE("c")), OK);
    store_merge(stores[0], 0);
    store_merge(stores[2], 0);
    CHECK_INT(worker_stock_step(stock, stores, PARTITIONS, 1000 + WORKER_STOCK_EVERY_MS - 1, NOW), OK);
    CHECK(shows("outcome=\"HOLD\",reason=\"\"} 2\n"));
    CHECK_INT(worker_stock_step(stock, stores, PARTITIONS, 1000 + WORKER_STOCK_EVERY_MS, NOW), OK);
    CHECK(shows("claimstream_waiting_lines{service=\"payout\",outcome=\"HOLD\",reason=\"\"} 0\n"));
    CHECK(shows("claimstream_waiting_amount_minor{service=\"payout\",outcome=\"HOLD\",currency=\"USD\"} 0\n"));
    worker_stock_close(stock);
    CHECK(!shows("claimstream_waiting_lines{service=\"payout\",outcome=\"HOLD\""));
    close_stores();
}

TEST(a_walk_goes_on_between_batches_where_it_was_left_and_passes_partitions_that_are_not_ours)
{
    open_stores();
    struct store *ours[PARTITIONS] = { stores[0], NULL, stores[2] };
    struct worker_stock *stock = worker_stock_open(SECTION_CLEARANCE);
    for (unsigned i = 0; i < 3 * WORKER_STOCK_ROWS + 10; i++) {
        char name[16];
        snprintf(name, sizeof name, "line-%04u", i);
        keep(i % 2 ? 2 : 0, name, OUTCOME_PARK, 1);
    }
    keep(1, "theirs", OUTCOME_PARK, 1);
    unsigned steps = 0;
    while (!shows("claimstream_cases_open{") && steps < 10) {
        steps++;
        CHECK_INT(worker_stock_step(stock, ours, PARTITIONS, 1000, NOW), OK);
    }
    CHECK_INT(steps, 4);
    CHECK(shows("outcome=\"PARK\",reason=\"\"} 610\n"));
    worker_stock_restart(stock);                    /* given to others */
    CHECK(!shows("outcome=\"PARK\",reason=\"\"} 610\n"));
    worker_stock_close(stock);
    close_stores();
}

TEST(lines_whose_time_ends_within_twelve_hours_are_at_risk)
{
    open_stores();
    struct worker_stock *stock = worker_stock_open(SECTION_CLEARANCE);
    keep_until("later", OUTCOME_HOLD, NOW + 12 * INSTANT_HOUR_MS + 1);
    keep_until("soon", OUTCOME_HOLD, NOW + 12 * INSTANT_HOUR_MS);
    keep_until("over", OUTCOME_HOLD, NOW - 1);
    keep_until("parked", OUTCOME_PARK, NOW);
    keep_until("without a time", OUTCOME_PARK, 0);
    CHECK_INT(worker_stock_step(stock, stores, PARTITIONS, 1000, NOW), OK);
    CHECK(shows("claimstream_waiting_lines{service=\"payout\",outcome=\"HOLD\",reason=\"NEAR_DUPLICATE\"} 3\n"));
    CHECK(shows("claimstream_waiting_at_risk_lines{service=\"payout\",outcome=\"HOLD\"} 2\n"));
    CHECK(shows("claimstream_waiting_at_risk_lines{service=\"payout\",outcome=\"PARK\"} 1\n"));
    CHECK(shows("claimstream_waiting_oldest_seconds{service=\"payout\",reason=\"NEAR_DUPLICATE\"} 359999.999\n"));
    worker_stock_close(stock);
    CHECK(!shows("claimstream_waiting_at_risk_lines{"));
    close_stores();
}
