/* intake/answer.h: what an answer in the sender's own format needs from outside, and where its bytes go. */
#ifndef INTAKE_ANSWER_H
#define INTAKE_ANSWER_H

#include "base/instant.h"

struct answer_options {
    uint32_t   control_number;                      /* of the first interchange; further ones count on */
    instant_ms now_unix_ms;
};

/* Where the refused lines of a document begin: intake_line.offset, ascending. */
struct refused_lines { const uint64_t *offsets; size_t count; };

/* Takes bytes as they are written. */
struct answer_sink { void *context; void (*put)(void *context, struct slice bytes); };

#endif
