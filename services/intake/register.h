/* intake/register.h: what intake remembers, as rows of the submitter's partition: documents, the keys under which they
 * came, the reports they make (feeds.md 6, 11). Reads see the open transaction's own writes. */
#ifndef INTAKE_REGISTER_H
#define INTAKE_REGISTER_H

#include "intake/reports.h"
#include "runtime/store.h"
#include "wire/table_intake.h"

enum { REGISTER_KEY_BYTES = 16, REQUEST_DAYS = 7, DOCUMENT_DAYS = 400 };

/* The key of a row that a submitter's text names; in the arena. */
struct slice register_key(struct arena *a, struct slice submitter_id, struct slice text);

/* Under it stands the document that corrected the one of that id (64 digits) under a newer mapping profile. */
struct slice register_replay_key(struct arena *a, struct slice submitter_id, struct slice parent);

/* What a row's `parent` is: the document that it corrects under another profile, by its 64 digits. Else it is the file
 * in which it came beside others, by an id as documents have them (d-007-…). */
bool register_is_correction(struct slice parent);

/* Under it stands the document of that ordinal (from 1) of a file of several. */
struct slice register_file_key(struct arena *a, struct slice parent, uint32_t ordinal);

/* The key of an event: its source names its submitter. */
struct slice register_event_key(struct arena *a, struct slice source, struct slice id);

/* Rows. *found false: there is none, and the row is zeroed. Texts are borrowed from the store until the transaction
 * ends. */
enum err register_get_document(struct store *s, const uint8_t id[SHA256_BYTES], struct intake_document *d,
                               bool *found) MUST_CHECK;
enum err register_put_document(struct arena *a, struct store *s, const uint8_t id[SHA256_BYTES],
                               const struct intake_document *d) MUST_CHECK;
enum err register_get_key(struct store *s, struct slice key, struct intake_key *k, bool *found) MUST_CHECK;
/* The same of a control number: what its profile's window has left behind is not found any more. */
enum err register_get_interchange(struct store *s, struct slice key, instant_ms now_unix_ms, struct intake_key *k,
                                  bool *found) MUST_CHECK;
/* The day of a key that is to be remembered for so long: keys end 400 days after their day. */
uint32_t register_key_day(instant_ms now_unix_ms, uint32_t days);
enum err register_put_key(struct arena *a, struct store *s, struct slice key, const struct intake_key *k) MUST_CHECK;
enum err register_get_request(struct store *s, struct slice key, struct intake_request *r, bool *found) MUST_CHECK;
enum err register_put_request(struct arena *a, struct store *s, struct slice key,
                              const struct intake_request *r) MUST_CHECK;
enum err register_get_numbers(struct store *s, struct slice key, struct intake_numbers *n, bool *found) MUST_CHECK;
enum err register_put_numbers(struct arena *a, struct store *s, struct slice key,
                              const struct intake_numbers *n) MUST_CHECK;

/* Notes the document in the order of receipt of its submitter, newest first; the key of that order. */
enum { REGISTER_TIME_KEY_BYTES = REGISTER_KEY_BYTES + 8 + SHA256_BYTES };
enum err register_put_time(struct arena *a, struct store *s, struct slice submitter_id, instant_ms received_at_unix_ms,
                           const uint8_t id[SHA256_BYTES]) MUST_CHECK;
struct slice register_time_key(struct arena *a, struct slice submitter_id, instant_ms received_at_unix_ms,
                               const uint8_t id[SHA256_BYTES]);
/* When the document of such a key was received. One that came again while it was HELD, or REJECTED, has a key for each
 * time; that of its row stands. */
instant_ms register_time_of(struct slice key);

/* A document posted before: it is POSTED or ANSWERED and passed a line. */
bool register_was_posted(const struct intake_document *d);

/* The reports of a submitter (reports.h); rows live as long as the arena. Both outlive what is made of them. */
struct register_reports { struct arena *arena; struct store *store; struct slice submitter_id; };
struct report_rows register_report_rows(struct register_reports *reports);

/* Removes rows that are older than they are kept (feeds.md 11): requests a week, keys, reports, documents and their
 * order 400 days; at most `max` are looked at. *from is where to go on (its bytes stand in `room`, of
 * REGISTER_PLACE_BYTES), empty at the end. */
enum { REGISTER_PLACE_BYTES = 1 + REGISTER_TIME_KEY_BYTES };
enum err register_expire(struct arena *a, struct store *s, instant_ms now_unix_ms, unsigned max, struct slice *from,
                         char *room) MUST_CHECK;

/* The id of a document from its text of 64 digits, and back. */
bool register_id_of(struct slice hex, uint8_t id[SHA256_BYTES]);
void register_put_id(struct text *t, const uint8_t id[SHA256_BYTES]);

#endif
