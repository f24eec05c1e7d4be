/* wire/dossier_codec.h: dossiers and their sections as bytes (proto/claimstream/v1). Decoding checks sizes, nesting,
 * bounds (limits.h), UTF-8, enum values and required fields, and encoding checks the same, so that nothing is written
 * that would not be read. Texts of what is decoded are borrowed from `bytes`, lists from the arena; both must outlive
 * it.
 *
 * Errors: ERR_WIRE_MALFORMED bytes, nesting, unknown numbers of enums and reasons · ERR_WIRE_TOO_LARGE sizes of
 * messages · ERR_WIRE_BOUND texts and lists · ERR_WIRE_TEXT · ERR_WIRE_FIELD something required is absent ·
 * ERR_WIRE_AHEAD it is of a newer release. */
#ifndef WIRE_DOSSIER_CODEC_H
#define WIRE_DOSSIER_CODEC_H

#include "base/utf8.h"
#include "domain/dossier.h"

/* Unpacks the last of each section, which is in force, and all reviews; earlier ones were checked when they were the
 * last. A line needs submission and receipt, a case a clearance with its case_id. */
enum err dossier_decode(struct arena *a, struct slice bytes, struct dossier *d) MUST_CHECK;

/* The same for those who ask what became of a line, not why: parties, waiting, rule results, evidence, contributions,
 * versions of lists, balances and lots are passed over unread and stay absent. For bytes that were decoded whole
 * before. */
enum err dossier_decode_outline(struct arena *a, struct slice bytes, struct dossier *d) MUST_CHECK;

/* What a dossier is about, without unpacking it (kafka.md 10): line_id and root, or case_id. Borrowed from `bytes`. */
struct dossier_peek {
    struct slice line_id, partner_root_id, case_id;
    unsigned     section_counts[SECTION_COUNT];
};
enum err dossier_peek(struct slice bytes, struct dossier_peek *p) MUST_CHECK;

/* Packs one section (the struct of its enum: line, receipt, classification, clearance, review, payout_section) as the
 * field of Dossier that it is, ready to be appended. */
enum err section_encode(struct arena *a, enum section s, const void *section, struct slice *packed) MUST_CHECK;

/* The entries of a packed payout section, `count` of them, as payout_encode packs each alone. Borrowed from
 * `packed`. */
void section_entries(struct slice packed, struct slice *entries, unsigned count);

/* incoming bytes + packed section. ERR_WIRE_TOO_LARGE beyond DOSSIER_BYTES_MAX. */
enum err dossier_append(struct arena *a, struct slice incoming, struct slice packed, struct slice *out) MUST_CHECK;

/* Says what a reader has to know: a dossier of a greater contract than DOSSIER_CONTRACT is not decided on
 * (ERR_WIRE_AHEAD), nor is it a dead letter: the process ends, and that of the newer release reads it. */
enum err dossier_append_contract(struct arena *a, struct slice incoming, unsigned contract,
                                 struct slice *out) MUST_CHECK;

/* Submission and receipt: what intake publishes. */
enum err dossier_begin(struct arena *a, const struct line *l, const struct receipt *r, struct slice *out) MUST_CHECK;

/* XXH3-128 of the last entry of a section (its own bytes, without tag and length): what a review decides on. Zero when
 * absent or when the bytes are no dossier. */
struct hash128 dossier_section_hash(struct slice dossier_bytes, enum section s);

/* The bytes before the last entry of a section: what its stage had of the line. Empty: there is none. */
struct slice dossier_before_section(struct slice dossier_bytes, enum section s);

/* The bytes up to and with the review of that number, counted from 1: what was judged with it. Empty: there is none. */
struct slice dossier_until_review(struct slice dossier_bytes, uint32_t sequence);

/* Bare messages. */
enum err line_encode(struct arena *a, const struct line *l, struct slice *out) MUST_CHECK;
enum err line_decode(struct arena *a, struct slice bytes, struct line *l) MUST_CHECK;
enum err payout_encode(struct arena *a, const struct payout *p, struct slice *out) MUST_CHECK;
enum err payout_decode(struct arena *a, struct slice bytes, struct payout *p) MUST_CHECK;
/* The line of an entry, without unpacking it. Borrowed from `bytes`. */
enum err payout_peek(struct slice bytes, struct slice *line_id) MUST_CHECK;
enum err review_encode(struct arena *a, const struct review *r, struct slice *out) MUST_CHECK;
enum err review_decode(struct arena *a, struct slice bytes, struct review *r) MUST_CHECK;

#endif
