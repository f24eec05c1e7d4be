/* intake/stage.c: what came? The names under which intake reads and writes. */
#include "intake/stage.h"

const struct stage intake_stage = {
    .name = "intake",
    .id = STAGE_INTAKE,
    .letter = 'I',
    .inputs = { TOPIC_CLAIMS_SUBMITTED },
    .outputs = { [OUTCOME_PASS] = TOPIC_CLAIMS_RECEIVED,
                 [OUTCOME_REJECT] = TOPIC_DEADLETTERS,
                 [OUTCOME_DEAD] = TOPIC_DEADLETTERS },
    .changelog = TOPIC_INTAKE_CHANGELOG,
    .writes = SECTION_RECEIPT,
};
