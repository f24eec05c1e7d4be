/* payout/stage.h: the descriptor of the stage that says what a line is worth. */
#ifndef PAYOUT_STAGE_H
#define PAYOUT_STAGE_H

#include "stage/stage.h"

extern const struct stage payout_stage;

#endif
