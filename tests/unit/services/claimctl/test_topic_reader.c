/* Which of two dossiers of a line, read one after the other, is what became of it. */
#include "claimctl/topic_reader.h"

#include "support/table.h"

static const char topics[] = "HELD DECIDED";

static enum topic topic_of(const struct table *t, const char *column)
{
    return cell_word(t, column, topics) ? TOPIC_CLAIMS_DECIDED : TOPIC_CLAIMS_HELD;
}

TEST(the_later_one_of_a_partition_stands_and_what_was_decided_whenever_it_was_read)
{
    static char bytes[1000];
    struct table t = TABLE("first    size  | then     partition  bytes  stands",
                           "HELD     900   | HELD     0          950    yes",
                           "HELD     950   | HELD     0          900    yes",    /* it waits again where it waited */
                           "HELD     900   | HELD     7          950    yes",    /* its root came to be known */
                           "HELD     950   | HELD     7          900    no",
                           "HELD     950   | DECIDED  0          900    yes",
                           "HELD     950   | DECIDED  7          900    yes",
                           "DECIDED  900   | HELD     0          950    no",
                           "DECIDED  900   | HELD     7          950    no",
                           "DECIDED  900   | DECIDED  0          900    yes");
    while (table_next(&t)) {
        struct topic_place before = { .topic = topic_of(&t, "first"), .size = (size_t)cell_int(&t, "size") };
        struct record record = { .topic = topic_of(&t, "then"), .partition = (int32_t)cell_int(&t, "partition"),
                                 .value = slice_of(bytes, (size_t)cell_int(&t, "bytes")) };
        CHECK_CELL(&t, "stands", topic_supersedes(&record, &before) ? SLICE("yes") : SLICE("no"));
    }
}
