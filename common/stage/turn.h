/* stage/turn.h: a line takes its turn: judged, published by its outcome, kept or let go (architecture.md 4). */
#ifndef STAGE_TURN_H
#define STAGE_TURN_H

#include "stage/judge.h"

/* Judges a line that has been decoded and prefetched, publishes it, and puts the lines that it wakes on the stack
 * (stage/wake.h). Never an error of class POISON: such a line becomes a dead letter. */
enum err turn_take(struct batch *b, struct turn *t) MUST_CHECK;

/* True when a complete dossier came on a partition other than its partner's: the state of that partner, and what it was
 * paid, lie elsewhere (kafka.md 3). */
bool turn_strays(const struct batch *b, const struct record *r, const struct dossier *d);

/* Sends a record that is no dossier, lacks a section or cannot be used to the dead letters, as it came in. `d` is what
 * could be decoded, or NULL. */
enum err turn_die(struct batch *b, const struct record *r, const struct dossier *d, enum err why) MUST_CHECK;

/* Judges a waiting line again; nothing happens when it no longer waits. */
enum err turn_again(struct batch *b, int32_t partition, struct slice line_id) MUST_CHECK;

/* Sends a waiting line to the dead letters as it is kept, because the broker refuses its outcome even alone; it no
 * longer waits (kafka.md 5.3). */
enum err turn_refuse(struct batch *b, int32_t partition, struct slice line_id) MUST_CHECK;

/* The time of a waiting line has come: it expires, or is judged again, as its row says. */
enum err turn_on_time(struct batch *b, int32_t partition, struct slice line_id) MUST_CHECK;

/* A person's act on a line or a case. Acts for other stages are passed over; void ones are reported. */
enum err turn_review(struct batch *b, const struct record *r) MUST_CHECK;

/* Sends an act to the dead letters as it came in, because the broker refuses its outcome; its line goes on waiting. */
enum err turn_refuse_review(struct batch *b, const struct record *r) MUST_CHECK;

/* True when the dossier has the sections that the stage needs. */
bool turn_is_complete(const struct batch *b, const struct dossier *d);

#endif
