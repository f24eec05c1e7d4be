/* Topics, and the partition of a key as Java computes it. */
#include "runtime/topic.h"

#include "support/table.h"

TEST(a_topic_is_found_by_its_name)
{
    CHECK(topic_find(SLICE("claims.held.v1")) == TOPIC_CLAIMS_HELD);
    CHECK(topic_find(SLICE("claims.held.v2")) == TOPIC_NONE);
    CHECK_TEXT(topic_row(TOPIC_PAYOUTS)->name, "payouts.v1");
    CHECK(topic_row(TOPIC_PAYOUT_CHANGELOG)->compacted && !topic_row(TOPIC_PAYOUTS)->compacted);
}

TEST(keys_go_where_java_puts_them)
{
    /* murmur2 of Kafka's own tests: 21, foobar, a-little-bit-long-string … as positive numbers modulo 2^31. */
    struct table t = TABLE(
        "key                          | partition_of_2147483647",
        "21                           | 1173551340",
        "foobar                       | 1357151166",
        "a-little-bit-long-string     | 1161502112",
        "a-little-bit-longer-string   | 661178819",
        "lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8  | 2088585677");
    while (table_next(&t)) CHECK_CELL_INT(&t, "partition_of_2147483647", topic_partition(cell(&t, "key"), 2147483647));
}
