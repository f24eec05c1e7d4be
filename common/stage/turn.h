/* stage/turn.h: a line takes its turn: judged, published by its outcome, kept or let go (architecture.md 4). */
#ifndef STAGE_TURN_H
#define STAGE_TURN_H

#include "stage/judge.h"

/* A line that came in, decoded and prefetched: decided, and those it wakes are pushed. ERR of class POISON never comes
 * out: such a line is a dead letter. */
enum err turn_take(struct batch *b, struct turn *t) MUST_CHECK;

/* True for a complete dossier on a partition that is not its partner's: what is known of him, and whether he was paid,
 * lies elsewhere (kafka.md 3). */
bool turn_strays(const struct batch *b, const struct record *r, const struct dossier *d);

/* A record that is no dossier, lacks a section, or cannot be used: to the dead letters as it came in. `d` may be
 * NULL. */
enum err turn_die(struct batch *b, const struct record *r, const struct dossier *d, enum err why) MUST_CHECK;

/* A waiting line is judged again; nothing happens when it does not wait any more. */
enum err turn_again(struct batch *b, int32_t partition, struct slice line_id) MUST_CHECK;

/* A waiting line whose outcome the broker does not take, alone as it is: to the dead letters as it is kept, and it
 * waits no more (kafka.md 5.3). */
enum err turn_refuse(struct batch *b, int32_t partition, struct slice line_id) MUST_CHECK;

/* The clock has reached a waiting line: it expires, or is asked again. */
enum err turn_on_time(struct batch *b, int32_t partition, struct slice line_id) MUST_CHECK;

/* A person's act. Acts for other stages are passed over; void ones are reported. */
enum err turn_review(struct batch *b, const struct record *r) MUST_CHECK;

/* An act whose outcome the broker does not take: to the dead letters as it came in, and its line goes on waiting. */
enum err turn_refuse_review(struct batch *b, const struct record *r) MUST_CHECK;

/* True when the dossier has the sections that the stage needs. */
bool turn_is_complete(const struct batch *b, const struct dossier *d);

#endif
