/* Which line a CANCEL or REPLACE by invoice means: domain.md 6.3. */
#include "domain/correctable.h"

#include "support/table.h"

static enum standing standing_of(struct slice word)
{
    if (slice_equal(word, SLICE("live"))) return STANDING_LIVE;
    return slice_equal(word, SLICE("waits")) ? STANDING_WAITS : STANDING_ENDED;
}

TEST(a_sale_in_force_is_meant_before_one_that_waits_before_a_claim_before_what_ended)
{
    struct table t = TABLE(
        "kind             | standing | rank",
        "POS_SALE         | live     | 5",
        "SELL_IN          | live     | 5",
        "POS_SALE         | waits    | 4",
        "SHIP_DEBIT_CLAIM | live     | 3",
        "SPIFF_CLAIM      | waits    | 3",
        "DEAL_CLAIM       | live     | 3",
        "POS_SALE         | ended    | 2",
        "SPIFF_CLAIM      | ended    | 1");
    while (table_next(&t))
        CHECK_CELL_INT(&t, "rank", correctable_rank(kind_find(cell(&t, "kind")), standing_of(cell(&t, "standing"))));
}

/* "all", "none" or one kind. */
static uint32_t granted(struct slice word)
{
    if (slice_equal(word, SLICE("all"))) return 0;
    return KIND_BIT(KIND_UNSPECIFIED) | KIND_BIT(kind_find(word));
}

TEST(only_what_the_submitter_may_send_is_meant_and_of_a_replace_only_its_kind)
{
    struct table t = TABLE(
        "correction | replaces    | may send        | of          | meant",
        "CANCEL     | -           | all             | POS_SALE    | yes",
        "CANCEL     | -           | all             | SPIFF_CLAIM | yes",
        "CANCEL     | -           | all             | CANCEL      | no",
        "CANCEL     | -           | SELL_IN         | SELL_IN     | yes",
        "CANCEL     | -           | SELL_IN         | POS_SALE    | no",
        "CANCEL     | -           | none            | POS_SALE    | no",
        "REPLACE    | POS_SALE    | all             | POS_SALE    | yes",
        "REPLACE    | POS_SALE    | all             | SPIFF_CLAIM | no",
        "REPLACE    | SPIFF_CLAIM | all             | POS_SALE    | no",
        "REPLACE    | SPIFF_CLAIM | all             | SPIFF_CLAIM | yes",
        "REPLACE    | POS_SALE    | SELL_IN         | POS_SALE    | no",
        "REPLACE    | -           | all             | POS_SALE    | yes");
    while (table_next(&t)) {
        struct line line = { .kind = kind_find(cell(&t, "correction")), .replaces_kind = kind_find(cell(&t, "replaces")) };
        struct receipt receipt = { .correctable_kinds = granted(cell(&t, "may send")) };
        struct dossier d = { .line = &line, .receipt = &receipt };
        bool meant = correctable_kind(&d, kind_find(cell(&t, "of")));
        CHECK_CELL(&t, "meant", meant ? SLICE("yes") : SLICE("no"));
    }
}
