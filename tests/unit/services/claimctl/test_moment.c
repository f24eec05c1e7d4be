/* Places in a topic as people say them. */
#include "claimctl/moment.h"

#include "support/table.h"

TEST(a_place_is_said_as_a_span_an_instant_an_offset_or_a_word)
{
    struct table t = TABLE(
        "word                  | kind       value",
        "beginning             | BEGINNING  0",
        "now                   | END        0",
        "@17                   | OFFSET     17",
        "10m                   | INSTANT    1775638200000",
        "2h                    | INSTANT    1775631600000",
        "3d                    | INSTANT    1775379600000",
        "1w                    | INSTANT    1775034000000",
        "30s                   | INSTANT    1775638770000",
        "2026-04-08T09:00:00Z  | INSTANT    1775638800000",
        "2026-04-08            | INSTANT    1775606400000");
    static const struct slice kinds[] = { SLICE_INIT("BEGINNING"), SLICE_INIT("END"), SLICE_INIT("INSTANT"),
                                          SLICE_INIT("OFFSET") };
    while (table_next(&t)) {
        struct moment m;
        CHECK(moment_read(cell(&t, "word"), 1775638800000, &m));
        CHECK_CELL(&t, "kind", kinds[m.kind]);
        CHECK_CELL_INT(&t, "value", m.kind == MOMENT_OFFSET ? m.offset : m.unix_ms);
    }
}

TEST(what_says_no_place_is_refused)
{
    static const char *const wrong[] = { "",           "10",         "m",
                                         "10y",        "-5m",        "@",
                                         "@x",         "yesterday",  "2026-13-01T00:00:00Z",
                                         "2026-13-01", "2026-02-30", "99999999d" };
    struct moment m;
    for (unsigned i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
        CHECK(!moment_read(slice_from(wrong[i]), 1775638800000, &m));
    CHECK(moment_read(SLICE("999999w"), 1775638800000, &m) && m.unix_ms == 0);
}
