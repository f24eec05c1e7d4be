/* payout/stage.c: how much is it worth? The stage as data. */
#include "payout/stage.h"

#include "payout/decide.h"
#include "payout/facts.h"
#include "payout/gather.h"
#include "wire/table_payout.h"

static const struct stage_table payout_tables[PAYOUT_TABLE_COUNT] = {
#define PAYOUT_ROW(id, number, name, record, key_parts) [PAYOUT_##id] = STAGE_TABLE(number, #name, record, payout, id),
#include "domain/rating/rows.def"
#undef PAYOUT_ROW
};

/* The stock of a product, what programs owe a root, and its agreements: nearly every line of a root moves the same
 * rows. */
#define KEPT(id) { PAYOUT_##id, TABLE_PAYOUT_KEEPER(id) }
static const struct stage_keeper kept[] = {
    KEPT(LOTS),       KEPT(STOCK_DAYS),          KEPT(VOLUMES),
    KEPT(SALES),      KEPT(SALES_DAYS),          KEPT(CAPS),
    KEPT(FUNDS),      KEPT(ACCUMULATORS),        KEPT(YEAR_TO_DATE),
    KEPT(AGREEMENTS), KEPT(AGREEMENT_REVISIONS), KEPT(AGREEMENT_LINES),
};
#undef KEPT

const struct stage payout_stage = {
    .name          = "payout",
    .id            = STAGE_PAYOUT,
    .letter        = 'P',
    .inputs        = { TOPIC_CLAIMS_CLEARED, TOPIC_REVIEWS },
    .outputs       = { [OUTCOME_PASS]   = TOPIC_CLAIMS_DECIDED, [OUTCOME_SHORT] = TOPIC_CLAIMS_DECIDED,
                       [OUTCOME_HOLD]   = TOPIC_CLAIMS_HELD,    [OUTCOME_PARK]  = TOPIC_CLAIMS_HELD,
                       [OUTCOME_REJECT] = TOPIC_CLAIMS_DECIDED, [OUTCOME_DEAD]  = TOPIC_DEADLETTERS },
    .changelog     = TOPIC_PAYOUT_CHANGELOG,
    .needs         = HAS(SUBMISSION) | HAS(RECEIPT) | HAS(CLASSIFICATION) | HAS(CLEARANCE),
    .writes        = SECTION_PAYOUT,
    .entries       = TOPIC_PAYOUTS,
    .back          = TOPIC_CLAIMS_CLASSIFIED,
    .section_bytes = sizeof(struct payout_section),
    .facts_bytes   = sizeof(struct payout_facts),
    .tables        = payout_tables,
    .table_count   = PAYOUT_TABLE_COUNT,
    .kept          = kept,
    .kept_count    = sizeof kept / sizeof kept[0],
    .row_version   = 9,
    .gather        = payout_gather,
    .open          = payout_open,
    .decide        = payout_decide,
    .withdraw      = payout_withdraw,
    .row_version_read = TABLE_PAYOUT_VERSION_READ,
    .renew_row     = table_payout_renew,
};
