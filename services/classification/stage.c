/* classification/stage.c: the descriptor that the loop runs. */
#include "classification/stage.h"

#include "classification/decide.h"
#include "classification/facts.h"
#include "classification/inquiry.h"
#include "classification/tables.h"
#include "wire/limits.h"
#include "wire/table_classification.h"

_Static_assert((int)INQUIRY_CANDIDATES_MAX == (int)CANDIDATES_MAX, "a section holds what an inquiry asks");

/* In the order of tables.h. */
static const struct stage_table tables[CLASSIFICATION_TABLE_COUNT] = {
    [CLASSIFICATION_FEATURES]  = STAGE_TABLE(1, "features", features_record, classification, features),
    [CLASSIFICATION_DRIFT]     = STAGE_TABLE(2, "drift", drift_record, classification, drift),
    [CLASSIFICATION_TARGETS]   = STAGE_TABLE(3, "targets", target_record, classification, targets),
    [CLASSIFICATION_ORIGINALS] = STAGE_TABLE(4, "originals", originals_record, classification, originals),
};

/* What a site does in a quarter, and what that says of its role. */
static const struct stage_keeper kept[] = {
    { CLASSIFICATION_FEATURES, TABLE_CLASSIFICATION_KEEPER_FEATURES },
    { CLASSIFICATION_DRIFT, TABLE_CLASSIFICATION_KEEPER_DRIFT },
};

const struct stage classification_stage = {
    .name      = "classification",
    .id        = STAGE_CLASSIFICATION,
    .letter    = 'C',
    .inputs    = { TOPIC_CLAIMS_RECEIVED, TOPIC_REVIEWS },
    .outputs   = { [OUTCOME_PASS]   = TOPIC_CLAIMS_CLASSIFIED, [OUTCOME_SHORT] = TOPIC_CLAIMS_CLASSIFIED,
                   [OUTCOME_HOLD]   = TOPIC_CLAIMS_HELD,       [OUTCOME_PARK]  = TOPIC_CLAIMS_HELD,
                   [OUTCOME_REJECT] = TOPIC_CLAIMS_CLASSIFIED, [OUTCOME_DEAD]  = TOPIC_DEADLETTERS },
    .changelog = TOPIC_CLASSIFICATION_CHANGELOG,
    .needs     = HAS(SUBMISSION) | HAS(RECEIPT),
    .writes    = SECTION_CLASSIFICATION,
    .entries   = TOPIC_NONE,
    .section_bytes = sizeof(struct classification),
    .facts_bytes   = sizeof(struct classification_facts),
    .tables        = tables,
    .table_count   = CLASSIFICATION_TABLE_COUNT,
    .kept          = kept,
    .kept_count    = sizeof kept / sizeof kept[0],
    .row_version   = 4,
    .row_version_read = TABLE_CLASSIFICATION_VERSION_READ,
    .renew_row     = table_classification_renew,
    .prefetch  = classification_prefetch,
    .gather    = classification_gather,
    .open      = classification_open,
    .decide    = classification_decide,
    .withdraw  = classification_withdraw,
};
