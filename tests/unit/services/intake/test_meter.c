#include "service_rig.h"

#include "intake/meter.h"
#include "runtime/metrics.h"

TEST(lines_documents_and_the_spool_are_shown)
{
    struct desk *k = desk_open();
    struct text t = text_in(test_arena(), 1 << 20);
    desk_wait(k, SEND(k, SLICE(SALE("1", "1") "\n" SALE("2", "x")), 0));
    desk_wait(k, SEND(k, SLICE(SALE("1", "1") "\n" SALE("2", "x")), 0));
    desk_wait(k, SEND(k, SLICE("<html>"), 0));
    WAIT_FOR(spool_dir_bytes(service_spool(k->service)) == 0,
             desk_turn(k)); /* a segment outlives its documents by a moment */
    meter_show(k->service);
    metrics_put(&t, SERVICE_INTAKE);
    struct slice shown = text_slice(&t);
    CHECK(holds(shown, "claimstream_lines_total{service=\"intake\",outcome=\"PASS\"} 1\n"));
    CHECK(holds(shown, "claimstream_lines_total{service=\"intake\",outcome=\"REJECT\"} 1\n"));
    CHECK(holds(shown, "claimstream_documents_total{service=\"intake\",state=\"POSTED\"} 1\n"));
    CHECK(holds(shown, "claimstream_documents_total{service=\"intake\",state=\"DUPLICATE\"} 1\n"));
    CHECK(holds(shown, "claimstream_documents_total{service=\"intake\",state=\"REJECTED\"} 1\n"));
    CHECK(holds(shown, "claimstream_documents_waiting{service=\"intake\"} 0\n")
          && holds(shown, "claimstream_spool_bytes{service=\"intake\"} 0\n"));
    desk_close(k);
}
