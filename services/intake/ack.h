/* intake/ack.h: the syntax answer to an X12 document: TA1, 997, 999 (feeds.md 12), from the verdicts of its survey and
 * what typing found in its lines. Pure: what the control numbers and the clock say is given. */
#ifndef INTAKE_ACK_H
#define INTAKE_ACK_H

#include "intake/answer.h"
#include "intake/x12.h"

/* The next number of ours: max(last + 1, seconds since 2026-01-01), so that lost state repeats none; nine digits. */
uint32_t ack_control_number(uint32_t last, instant_ms now_unix_ms);

/* Writes an interchange for each one that wants or needs an answer; nothing is written for answers themselves. */
void ack_write(struct reader *r, const struct answer_options *options, const struct answer_sink *sink);

#endif
