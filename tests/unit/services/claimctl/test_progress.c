/* What is said of work that takes its time. */
#include "claimctl/progress.h"

#include "support/table.h"

TEST(progress_says_how_much_how_fast_what_was_refused_and_when_it_ends)
{
    struct table t = TABLE(
        "items     rejected  done  total  ms      | line",
        "0         0         0     0      0       | 0 lines",
        "999       0         0     0      1000    | 999 lines · 999/s",
        "1000      0         0     0      1000    | 1.0 k lines · 1.0 k/s",
        "12440000  3         10    20     68000   | 12.4 M lines · 182 k/s · 3 rejected · ETA 01:08",
        "99999     0         0     20     1000    | 99.9 k lines · 99.9 k/s",
        "100000    1500      20    20     1000    | 100 k lines · 100 k/s · 1.5 k rejected",
        "5         0         1     3      1000    | 5 lines · 5/s · ETA 00:02",
        "5         0         1     3662   1000    | 5 lines · 5/s · ETA 1:01:01",
        "5         0         2     1      1000    | 5 lines · 5/s",
        "1         0         1     999999  1000    | 1 lines · 1/s");
    while (table_next(&t)) {
        char buffer[200];
        struct text line = text_over(buffer, sizeof buffer);
        struct progress p = { "lines", (uint64_t)cell_int(&t, "items"), (uint64_t)cell_int(&t, "rejected"),
                              (uint64_t)cell_int(&t, "done"), (uint64_t)cell_int(&t, "total") };
        progress_put(&line, &p, (uint64_t)cell_int(&t, "ms"));
        CHECK(!line.full);
        CHECK_CELL(&t, "line", text_slice(&line));
    }
}
