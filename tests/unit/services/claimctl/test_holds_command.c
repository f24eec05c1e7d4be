/* What the words of an act on what waits name. */
#include "claimctl/holds_command.h"

#include "support/test.h"

TEST(a_word_is_compared_with_all_of_a_run_and_takes_no_memory_for_it)
{
    static struct holds_command c;
    struct receipt receipt = { .file_name = SLICE("sales.csv"), .line_id = SLICE("788048e77e1e2d7b7cf5ff17b9355d44") };
    struct line line = { .kind = KIND_POS_SALE, .invoice_no = SLICE("70031") };
    struct dossier dossier = { .receipt = &receipt, .line = &line };
    struct record record = { .topic = TOPIC_CLAIMS_HELD };
    c = (struct holds_command){ .words = { SLICE("sale.csv:7") }, .word_count = 1 };
    c.near[0] = nearest_to(c.words[0]);
    for (receipt.row = 1; receipt.row < 10; receipt.row++)
        CHECK(!holds_command_note(&c, 0, &dossier, &record));   /* it has no arena: to take of one ends the process */
    CHECK(slice_equal(slice_of(c.near[0].name, c.near[0].name_size), SLICE("sales.csv:7")));
}
