/* intake/stage.h: intake as far as it is a stage: name, input, changelog. What it does with a record is post.h. */
#ifndef INTAKE_STAGE_H
#define INTAKE_STAGE_H

#include "stage/stage.h"

extern const struct stage intake_stage;

#endif
