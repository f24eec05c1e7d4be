/* intake/x12_envelope.h: the envelope of interchanges, groups and sets, and its checks (feeds.md 5.1). */
#ifndef INTAKE_X12_ENVELOPE_H
#define INTAKE_X12_ENVELOPE_H

#include "intake/x12.h"

/* Cuts a file into its interchanges, each a document of its own (feeds.md 2). The first has what stands before its ISA,
 * each what stands behind it; a file of one is whole. False after the last. */
bool x12_document_next(struct slice file, uint64_t *at, struct slice *document);

/* The control key of a document of one interchange that is accepted: ISA05 to 08, ISA13, and the SHA-256 of its bytes
 * ISA to IEA (feeds.md 11). False: it has none. Texts in the reader's arena. */
bool x12_interchange_key(struct reader *r, struct slice *key, uint8_t sha256[SHA256_BYTES]);
/* The control number came before with other content: the surveyed document is refused, TA1 025. */
void x12_refuse_reused(struct reader *r);
/* Refuses an interchange (TA1 006) if `is_anybody`, or if the profile does not name its sender with each of its groups.
 * True: nothing is left to be posted. */
bool x12_refuse_unknown_sender(struct reader *r, bool is_anybody);

/* Adds an issue at a segment (NULL: at the set, group or interchange at work); NULL when it was only counted.
 * `is_strict`: a strict profile makes it an error. */
struct issue *x12_tell(struct x12 *x, enum issue_code code, const struct x12_segment *s, bool is_strict);
/* What the issue found, and its arguments; an issue NULL takes nothing. */
void x12_tell_value(struct x12 *x, struct issue *i, struct slice value);
void x12_tell_number(struct x12 *x, struct issue *i, struct slice name, int64_t value);
void x12_tell_text(struct x12 *x, struct issue *i, struct slice name, struct slice text);
/* Issues that refuse the interchange, group or set at work. */
struct issue *x12_fault_interchange(struct x12 *x, enum issue_code code);
struct issue *x12_fault_group(struct x12 *x, enum issue_code code, const struct x12_segment *s);
struct issue *x12_fault_set(struct x12 *x, enum issue_code code, const struct x12_segment *s);
/* The same without an issue; a remark is one that a strict profile makes a refusal. */
void x12_refuse_interchange(struct x12 *x, enum issue_code code);
void x12_remark_interchange(struct x12 *x, enum issue_code code);
void x12_add_fault(struct x12_faults *f, enum issue_code code);
/* A finding on a segment or element of the set at work: an error refuses the set, a warning is a remark. */
struct issue *x12_find_in_set(struct x12 *x, enum issue_code code, const struct x12_segment *s, bool is_strict);
struct issue *x12_find_in_element(struct x12 *x, enum issue_code code, const struct x12_segment *s, unsigned element,
                                  bool is_strict);
/* REF02 */
struct slice x12_element_name(struct arena *a, struct slice id, unsigned element);
/* Control numbers by their hash; true when the number was there before (or no memory is left to tell). */
bool x12_number_is_taken(struct x12_numbers *n, const char *number);
void x12_forget_numbers(struct x12_numbers *n);
/* Room for one more item; false at `max`, or without memory. */
bool x12_grow(void **items, uint32_t *capacity, uint32_t count, uint32_t max, size_t size);
/* Text of an element into a terminated field. */
void x12_keep_field(char *to, size_t size, struct slice from);
/* The set at work: ST, what follows, SE (NULL: it never came). */
void x12_open_set(struct x12 *x, const struct x12_segment *s);
void x12_take_segment(struct x12 *x);
void x12_close_set(struct x12 *x, const struct x12_segment *se);

/* Reports of sets (x12_reports.c): after BPT, BAA, BPA; after each segment of a header; at the end of a set whose
 * header has not ended; and after the last set: which of them are about one report. */
void x12_note_report(struct x12 *x);
void x12_follow_header(struct x12 *x);
void x12_ask_report(struct x12 *x);
void x12_share_reports(struct x12 *x);

#endif
