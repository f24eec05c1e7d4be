/* claimctl/submit_follow.h: a posted document until each of its lines has an outcome or waits for somebody. Kafka, Redis
 * or intake may go away meanwhile: the document is in their custody, so that waiting for it goes on. */
#ifndef CLAIMCTL_SUBMIT_FOLLOW_H
#define CLAIMCTL_SUBMIT_FOLLOW_H

#include "claimctl/door_client.h"

#include <jansson.h>

/* SIGINT ends waiting from here on, with EXIT_INTERRUPTED. */
void submit_follow_listen(void);
bool submit_follow_interrupted(void);

/* An answer that passes: too many requests, not now, or a request with the same key is still at work. */
bool submit_follow_passes(long status);

/* The last receipt that intake gave; `receipt` is taken. *code: EXIT_DONE; EXIT_TRY_AGAIN when no line moved for
 * `patience_seconds` (0: 300), EXIT_UNREACHABLE when nobody answered any more by then; EXIT_INTERRUPTED; what else intake
 * answered. What is waited for is said on stderr every ten seconds. */
json_t *submit_follow(const struct door_client *c, json_t *receipt, uint64_t patience_seconds, int *code);

#endif
