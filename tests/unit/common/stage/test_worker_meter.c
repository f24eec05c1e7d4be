/* What happens beside the loop is counted under its name: what only a fault raises, by value. */
#include "stage/worker_meter.h"

#include "runtime/metrics.h"
#include "stage/review.h"
#include "support/test.h"

enum { TEXT_BYTES = 64 << 10, SECOND_NS = 1000000000 };

static const struct stage stage = { .name = "classification", .writes = SECTION_CLASSIFICATION };

static bool shows(const char *line)
{
    struct text t = text_in(test_arena(), TEXT_BYTES);
    metrics_put(&t, SERVICE_CLASSIFICATION);
    text_put_byte(&t, 0);
    return strstr(t.bytes, line) != NULL;
}

TEST(acts_without_effect_steps_to_be_done_again_lost_partitions_and_replays_are_counted_by_their_names)
{
    static const char *const shown[] = {
        "claimstream_reviews_void_total{service=\"classification\",why=\"NOT_WAITING\"} 2\n",
        "claimstream_reviews_void_total{service=\"classification\",why=\"SIGNED_BEFORE\"} 1\n",
        "claimstream_retries_total{service=\"classification\",class=\"STATE_FULL\"} 2\n",
        "claimstream_retries_total{service=\"classification\",class=\"KAFKA_UNREACHABLE\"} 1\n",
        "claimstream_rebalances_total{service=\"classification\",kind=\"assigned\"} 1\n",
        "claimstream_rebalances_total{service=\"classification\",kind=\"revoked\"} 0\n",
        "claimstream_rebalances_total{service=\"classification\",kind=\"lost\"} 1\n",
        "claimstream_assigned_partitions{service=\"classification\"} 0\n",
        "claimstream_restored_records_total{service=\"classification\"} 310012\n",
        "claimstream_restore_seconds_count{service=\"classification\"} 2\n",
        "claimstream_restore_seconds_sum{service=\"classification\"} 5\n",
    };
    metrics_reset();
    struct worker_meter *m = worker_meter_open(&stage);
    worker_meter_void_review(m, REVIEW_VOID_NOT_WAITING);
    worker_meter_void_review(m, REVIEW_VOID_SIGNED_BEFORE);
    worker_meter_void_review(m, REVIEW_VOID_NOT_WAITING);
    worker_meter_retry(m, ERR_STATE_FULL);
    worker_meter_retry(m, ERR_KAFKA_UNREACHABLE);
    worker_meter_retry(m, ERR_STATE_FULL);
    worker_meter_rebalance(m, WORKER_ASSIGNED, 4);
    worker_meter_rebalance(m, WORKER_LOST, 0);
    worker_meter_restored(m, 310000, 4LL * SECOND_NS);
    worker_meter_restored(m, 12, SECOND_NS);
    for (unsigned i = 0; i < sizeof shown / sizeof shown[0]; i++) {
        if (!shows(shown[i])) fprintf(stderr, "not shown: %s", shown[i]);
        CHECK(shows(shown[i]));
    }
    worker_meter_close(m);
}
