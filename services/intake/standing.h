/* intake/standing.h: what became of the lines of a document, from claims.decided.v1 and claims.held.v1 (feeds.md 12): a
 * read model in tables of its own, beside the register. It decides nothing; lost, it is read again from the topics. */
#ifndef INTAKE_STANDING_H
#define INTAKE_STANDING_H

#include "intake/reply.h"
#include "intake/response.h"
#include "runtime/source.h"
#include "runtime/store.h"

enum standing_table { STANDING_LINES = 1, STANDING_DOCUMENTS = 2, STANDING_ENDED = 3 };

/* A record of one of the two topics into the tables of its partition. Seen before: nothing changes. Bytes that are no
 * dossier of a line, or of a line without document, are passed over. */
enum err standing_take(struct arena *a, struct store *s, const struct record *record) MUST_CHECK;

/* Adds up what the tables of all partitions say of a document. `decided`, `held`: by partition, `partitions` of each.
 * Currencies in the arena. */
enum err standing_of(struct arena *a, struct store *const *decided, struct store *const *held, int32_t partitions,
                     const uint8_t document_id[SHA256_BYTES], struct reply_standing *out) MUST_CHECK;

/* Every line of a document of which something is known, in the arena, sorted by its key: for standing_find. */
struct standing_lines { struct standing_line_row *rows; uint32_t count; };
enum err standing_lines_of(struct arena *a, struct store *const *decided, struct store *const *held, int32_t partitions,
                           const uint8_t document_id[SHA256_BYTES], struct standing_lines *out) MUST_CHECK;

/* The lines of documents that a stage refused, by their keys; on the heap. Zeroed, it holds none. */
struct standing_refusals { uint8_t (*keys)[16]; uint32_t count, capacity; };
enum err standing_refusals_add(struct standing_refusals *r, const struct standing_lines *lines) MUST_CHECK;
bool standing_refusals_hold(const struct standing_refusals *r, struct slice line_id);
void standing_refusals_free(struct standing_refusals *r);

/* A CANCEL, REPLACE or REVERSE that took effect named that line or a payout of it, or it was withdrawn: nothing of it
 * stands. What the document `but` did (NULL none) does not count. */
bool standing_is_ended(const struct standing_lines *lines, struct slice line_id, const uint8_t but[SHA256_BYTES]);

/* False: nothing is known of that line. */
bool standing_find(const struct standing_lines *lines, struct slice line_id, struct disposition *out);

#endif
