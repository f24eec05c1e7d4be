/* Which line a CANCEL or REPLACE by invoice means: domain.md 6.3. */
#include "domain/correctable.h"

#include "support/table.h"

static enum standing standing_of(struct slice word)
{
    if (slice_equal(word, SLICE("live"))) return STANDING_LIVE;
    return slice_equal(word, SLICE("waits")) ? STANDING_WAITS : STANDING_ENDED;
}

TEST(a_sale_in_force_is_meant_before_one_that_waits_before_a_claim_before_a_return_before_what_ended)
{
    struct table t = TABLE(
        "kind             | qty | standing | rank",
        "POS_SALE         | 1   | live     | 7",
        "SELL_IN          | 1   | live     | 7",
        "POS_SALE         | 1   | waits    | 6",
        "SHIP_DEBIT_CLAIM | 1   | live     | 5",
        "SPIFF_CLAIM      | 1   | waits    | 5",
        "DEAL_CLAIM       | 1   | live     | 5",
        "POS_RETURN       | -1  | live     | 4",
        "SHIP_DEBIT_CLAIM | -1  | live     | 4",
        "SELL_IN          | -1  | waits    | 4",
        "POS_SALE         | 1   | ended    | 3",
        "SPIFF_CLAIM      | 1   | ended    | 2",
        "POS_RETURN       | -1  | ended    | 1");
    while (table_next(&t)) {
        enum kind kind = kind_find(cell(&t, "kind"));
        CHECK_CELL_INT(&t, "rank", correctable_rank(kind, cell_int(&t, "qty"), standing_of(cell(&t, "standing"))));
    }
}

/* "all", "none" or one kind. */
static uint32_t granted(struct slice word)
{
    if (slice_equal(word, SLICE("all"))) return 0;
    return KIND_BIT(KIND_UNSPECIFIED) | KIND_BIT(kind_find(word));
}

TEST(what_the_submitter_may_send_is_meant_of_a_replace_its_kind_and_with_a_quantity_what_can_go_back)
{
    struct table t = TABLE(
        "correction       | qty | replaces         | may send | of               | of qty | meant",
        "CANCEL           | 0   | -                | all      | POS_SALE         | 5      | yes",
        "CANCEL           | 0   | -                | all      | SPIFF_CLAIM      | 5      | yes",
        "CANCEL           | 0   | -                | all      | POS_RETURN       | -5     | yes",
        "CANCEL           | -5  | -                | all      | POS_RETURN       | -5     | no",
        "CANCEL           | 5   | -                | all      | POS_RETURN       | -5     | yes",
        "CANCEL           | 5   | -                | all      | POS_SALE         | 5      | no",
        "CANCEL           | -5  | -                | all      | POS_SALE         | 5      | yes",
        "CANCEL           | 0   | -                | all      | CANCEL           | -5     | no",
        "CANCEL           | 0   | -                | SELL_IN  | SELL_IN          | 5      | yes",
        "CANCEL           | 0   | -                | SELL_IN  | POS_SALE         | 5      | no",
        "CANCEL           | 0   | -                | none     | POS_SALE         | 5      | no",
        "REPLACE          | 4   | POS_SALE         | all      | POS_SALE         | 5      | yes",
        "REPLACE          | 4   | POS_SALE         | all      | SPIFF_CLAIM      | 5      | no",
        "REPLACE          | 4   | SPIFF_CLAIM      | all      | POS_SALE         | 5      | no",
        "REPLACE          | 4   | SPIFF_CLAIM      | all      | SPIFF_CLAIM      | 5      | yes",
        "REPLACE          | 4   | SHIP_DEBIT_CLAIM | all      | SHIP_DEBIT_CLAIM | -5     | no",
        "REPLACE          | -4  | SHIP_DEBIT_CLAIM | all      | SHIP_DEBIT_CLAIM | -5     | yes",
        "REPLACE          | 4   | POS_SALE         | SELL_IN  | POS_SALE         | 5      | no",
        "REPLACE          | 4   | -                | all      | POS_SALE         | 5      | yes",
        "POS_RETURN       | -5  | -                | all      | POS_SALE         | 5      | yes",
        "POS_RETURN       | -5  | -                | all      | POS_RETURN       | -5     | no",
        "SHIP_DEBIT_CLAIM | -5  | -                | all      | SHIP_DEBIT_CLAIM | 5      | yes",
        "SHIP_DEBIT_CLAIM | -5  | -                | all      | SHIP_DEBIT_CLAIM | -5     | no",
        "SELL_IN          | -5  | -                | all      | SELL_IN          | 5      | yes");
    while (table_next(&t)) {
        struct line line = { .kind = kind_find(cell(&t, "correction")), .replaces_kind = kind_find(cell(&t, "replaces")),
                             .qty_milli = cell_int(&t, "qty") };
        struct receipt receipt = { .correctable_kinds = granted(cell(&t, "may send")) };
        struct dossier d = { .line = &line, .receipt = &receipt };
        bool meant = correctable_fits(&d, kind_find(cell(&t, "of")), cell_int(&t, "of qty"));
        CHECK_CELL(&t, "meant", meant ? SLICE("yes") : SLICE("no"));
    }
}
