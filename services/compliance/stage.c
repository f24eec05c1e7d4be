/* compliance/stage.c: is it honest, and may it be paid? The stage as data. */
#include "compliance/stage.h"

#include "compliance/decide.h"
#include "compliance/facts.h"
#include "compliance/gather.h"
#include "compliance/prefetch.h"
#include "compliance/tables.h"
#include "wire/table_compliance.h"

static const struct stage_table compliance_tables[COMPLIANCE_TABLE_COUNT] = {
#define TABLE_ROW(id, number, name, record) [COMPLIANCE_##id] = STAGE_TABLE(number, name, record, compliance, record),
#include "compliance/tables.def"
#undef TABLE_ROW
};

/* The stock of a product, what a customer bought of it, and what of that waits. */
static const struct stage_keeper kept[] = {
    { COMPLIANCE_INVENTORY_DAYS, TABLE_COMPLIANCE_KEEPER(pool_month) },
    { COMPLIANCE_INVENTORY, TABLE_COMPLIANCE_KEEPER(pool_ledger) },
    { COMPLIANCE_MATCH_DAYS, TABLE_COMPLIANCE_KEEPER(pool_month) },
    { COMPLIANCE_MATCHES, TABLE_COMPLIANCE_KEEPER(match_sales) },
};

const struct stage compliance_stage = {
    .name          = "compliance",
    .id            = STAGE_COMPLIANCE,
    .letter        = 'S',
    .inputs        = { TOPIC_CLAIMS_CLASSIFIED, TOPIC_REVIEWS },
    .outputs       = { [OUTCOME_PASS]   = TOPIC_CLAIMS_CLEARED, [OUTCOME_SHORT] = TOPIC_CLAIMS_CLEARED,
                       [OUTCOME_HOLD]   = TOPIC_CLAIMS_HELD,    [OUTCOME_PARK]  = TOPIC_CLAIMS_HELD,
                       [OUTCOME_REJECT] = TOPIC_CLAIMS_DECIDED, [OUTCOME_DEAD]  = TOPIC_DEADLETTERS },
    .changelog     = TOPIC_COMPLIANCE_CHANGELOG,
    .needs         = HAS(SUBMISSION) | HAS(RECEIPT) | HAS(CLASSIFICATION),
    .writes        = SECTION_CLEARANCE,
    .entries       = TOPIC_NONE,
    .back          = TOPIC_CLAIMS_RECEIVED,
    .ended_in      = SECTION_CLASSIFICATION,
    .told_by       = SECTION_PAYOUT,
    .section_bytes = sizeof(struct clearance),
    .facts_bytes   = sizeof(struct compliance_facts),
    .tables        = compliance_tables,
    .table_count   = COMPLIANCE_TABLE_COUNT,
    .kept          = kept,
    .kept_count    = sizeof kept / sizeof kept[0],
    .row_version   = 15,
    .prefetch      = compliance_prefetch,
    .gather        = compliance_gather,
    .open          = compliance_open,
    .decide        = compliance_decide,
    .ask           = compliance_ask,
    .record        = compliance_record,
    .tick_is_due   = compliance_tick_is_due,
    .tick          = compliance_tick,
    .tick_ms       = COMPLIANCE_TICK_MS,
    .row_version_read = TABLE_COMPLIANCE_VERSION_READ,
    .renew_row     = table_compliance_renew,
    .contract      = 1,                             /* whether the original of a correction may still earn */
};
