/* claimctl/reading_broker.h: what the reading verbs need of an installation: the lines of its topics as a transcript,
 * the balances of its changelogs (surfaces.md 2.1). */
#ifndef CLAIMCTL_READING_BROKER_H
#define CLAIMCTL_READING_BROKER_H

#include "claimctl/broker.h"
#include "claimctl/transcript.h"

/* Fills an empty transcript from claims.decided.v1, claims.held.v1, payouts.v1 and what of deadletters.v1 never became
 * a line, read_committed, from the beginning to what stands there now; entries in order of receipt. An exit code;
 * errors are said. */
int reading_broker_fill(struct broker *b, struct transcript *t);

/* The balances as a file of NDJSON that vanishes by itself; NULL: said on stderr. */
FILE *reading_broker_balances(struct broker *b);

#endif
