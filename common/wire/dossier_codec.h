/* wire/dossier_codec.h: dossiers and their sections as bytes (proto/claimstream/v1). Decoding checks sizes, nesting,
 * bounds (limits.h), UTF-8, enum values and required fields; protobuf-c checks none of them. Texts of a decoded dossier
 * are borrowed from the arena. */
#ifndef WIRE_DOSSIER_CODEC_H
#define WIRE_DOSSIER_CODEC_H

#include "domain/dossier.h"

/* Unpacks all sections; the last of each is in force, all reviews are kept. ERR_WIRE_*. */
enum err dossier_decode(struct arena *a, struct slice bytes, struct dossier *d) MUST_CHECK;

/* Packs one section (the struct of its enum: line, receipt, classification, clearance, review, payout_section) as the
 * field of Dossier that it is, ready to be appended. */
enum err section_encode(struct arena *a, enum section s, const void *section, struct slice *packed) MUST_CHECK;

/* incoming bytes + packed section. ERR_WIRE_TOO_LARGE beyond DOSSIER_BYTES_MAX. */
enum err dossier_append(struct arena *a, struct slice incoming, struct slice packed, struct slice *out) MUST_CHECK;

/* Submission and receipt: what intake publishes. */
enum err dossier_begin(struct arena *a, const struct line *l, const struct receipt *r, struct slice *out) MUST_CHECK;

/* XXH3-128 of the packed last entry of a judging section: what a review decides on. Zero when absent. */
struct hash128 dossier_section_hash(struct slice dossier_bytes, enum section s);

/* Bare messages. */
enum err line_encode(struct arena *a, const struct line *l, struct slice *out) MUST_CHECK;
enum err line_decode(struct arena *a, struct slice bytes, struct line *l) MUST_CHECK;
enum err payout_encode(struct arena *a, const struct payout *p, struct slice *out) MUST_CHECK;
enum err payout_decode(struct arena *a, struct slice bytes, struct payout *p) MUST_CHECK;
enum err review_encode(struct arena *a, const struct review *r, struct slice *out) MUST_CHECK;
enum err review_decode(struct arena *a, struct slice bytes, struct review *r) MUST_CHECK;

/* Well-formed UTF-8 without surrogates and overlong forms. */
bool utf8_is_valid(struct slice s);

#endif
