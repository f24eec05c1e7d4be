/* wire/table_intake.h: the state of intake (feeds.md 11) and its bytes: what is known of documents, of the keys under
 * which they came, and of what waits. Rows belong to the partition of the submitter's id.
 *
 * Texts of what is decoded are borrowed from the value, lists from the arena. */
#ifndef WIRE_TABLE_INTAKE_H
#define WIRE_TABLE_INTAKE_H

#include "base/hash.h"
#include "base/instant.h"

/* Numbers in the changelog: append-only, never used again. */
enum intake_table {
    INTAKE_DOCUMENTS = 1, /* document_id (32 bytes) → intake_document */
    INTAKE_KEYS = 2,      /* interchanges, events (16 bytes) → intake_key */
    INTAKE_REQUESTS = 3,  /* submitter and Idempotency-Key (16 bytes) → intake_request */
    INTAKE_REPORTS = 4,   /* submitter, report number, the partner that documents name (16 bytes) → intake_report */
    INTAKE_PARKED = 5,    /* offset (8 bytes) → intake_parked: a record of unknown schema */
    INTAKE_NUMBERS = 6,   /* submitter (16 bytes) → intake_numbers */
    INTAKE_TIMES = 8,     /* submitter (16 bytes), ~received (8), document_id → one byte: newest first */
    INTAKE_HELDS = 7,     /* document_id → one byte: documents in state HELD */
};

/* The way of a document (feeds.md 2). */
#define INTAKE_STATES(S) \
    S(RECEIVED) S(SURVEYED) S(POSTING) S(POSTED) S(ANSWERED) S(HELD) S(REJECTED) S(DUPLICATE) S(VALIDATED)
enum intake_state {
#define STATE(word) INTAKE_##word,
    INTAKE_STATES(STATE)
#undef STATE
    INTAKE_STATE_COUNT
};

enum { INTAKE_TOTALS_MAX = 64, INTAKE_CHAIN_MAX = 64, INTAKE_JSON_BYTES_MAX = 64 << 10 };

struct intake_total { struct slice currency; __int128 claimed_minor, passed_minor, rejected_minor; };

/* A document. `cursor` counts the lines that were posted, refused or died: after a crash it goes on with the next
 * one. */
struct intake_document {
    enum intake_state   state;
    struct slice        submitter_id, file_name, partner_id, currency;     /* of the command, empty none */
    struct slice        profile, format, dialect, parent, traceparent;     /* profile: name@version */
    struct slice        report_id, original_report_id;
    struct slice        question, errors;           /* JSON: an error object, a list of them */
    uint8_t             sha256[SHA256_BYTES], profile_sha256[SHA256_BYTES];  /* of the bytes as sent */
    uint8_t             duplicate_of[SHA256_BYTES]; /* zeroes: of none */
    instant_ms          received_at_unix_ms, changed_at_unix_ms;
    uint64_t            bytes, cursor, passed, rejected, dead, warned, not_lines;
    uint32_t            attempt, door, purpose, code;   /* code: number of the issue that refused it whole, 0 none */
    uint32_t            control_number;             /* of our syntax answer, 0 none */
    uint32_t            decimal, dates, header_row; /* answers of a HELD document */
    struct slice        sheet, encoding;
    struct slice        warnings, notes;            /* JSON lists: of each sort of them one, at its first place */
    struct slice        event_source, event_id;     /* what its bytes were sent as, empty: no event */
    bool                errors_truncated, is_compressed;
    struct intake_total totals[INTAKE_TOTALS_MAX];
    unsigned            total_count;
};

/* Under which document, and with what content, a key came. */
struct intake_key { struct hash128 content; uint8_t document_id[SHA256_BYTES]; uint32_t day; };

/* The answer to an HTTP request that named a key. */
struct intake_request {
    struct hash128 content;                         /* of type and body */
    uint8_t        document_id[SHA256_BYTES];
    uint32_t       status, day;
    struct slice   type, body;
};

/* The documents that make a report, oldest first: the original, then what changed it, with the number that each gave
 * the report and the partner whose lines it has (hash of its id; zero: of several, or written before that was noted). A
 * replacement may give the report a second number: `same` is the first one then, and nothing else counts. */
struct intake_report {
    uint8_t      documents[INTAKE_CHAIN_MAX][SHA256_BYTES];
    struct slice names[INTAKE_CHAIN_MAX];
    struct hash128 partners[INTAKE_CHAIN_MAX];
    unsigned     document_count;
    bool         is_cancelled;
    uint32_t     day;
    struct slice same;
};

/* A record of a schema that is not known yet. */
struct intake_parked { struct slice key, value, headers; instant_ms since_unix_ms; };

struct intake_numbers { uint32_t control_number; uint64_t documents; };

/* Its word, as answers have it. */
struct slice intake_state_name(enum intake_state state);

/* Moves a document on; anything but its way (feeds.md 2) is a broken promise. */
void intake_document_advance(struct intake_document *d, enum intake_state to);
/* The same as a question. */
bool intake_document_may(enum intake_state from, enum intake_state to);

/* Adds to the total of a currency; false: more than INTAKE_TOTALS_MAX currencies. */
bool intake_document_add(struct intake_document *d, struct slice currency, int64_t claimed_minor, bool is_refused);

/* A row that was taken borrows its texts from the value: from here on from the arena. */
void intake_document_keep(struct arena *a, struct intake_document *d);

/* A row with its version byte in front, in the arena; and back. ERR_STATE_MALFORMED, ERR_STATE_OUTDATED. */
struct slice table_intake_put_document(struct arena *a, const struct intake_document *d);
enum err table_intake_take_document(struct slice value, struct intake_document *d) MUST_CHECK;
struct slice table_intake_put_key(struct arena *a, const struct intake_key *k);
enum err table_intake_take_key(struct slice value, struct intake_key *k) MUST_CHECK;
struct slice table_intake_put_request(struct arena *a, const struct intake_request *r);
enum err table_intake_take_request(struct slice value, struct intake_request *r) MUST_CHECK;
struct slice table_intake_put_report(struct arena *a, const struct intake_report *r);
enum err table_intake_take_report(struct slice value, struct intake_report *r) MUST_CHECK;
struct slice table_intake_put_parked(struct arena *a, const struct intake_parked *p);
enum err table_intake_take_parked(struct slice value, struct intake_parked *p) MUST_CHECK;
struct slice table_intake_put_numbers(struct arena *a, const struct intake_numbers *n);
enum err table_intake_take_numbers(struct slice value, struct intake_numbers *n) MUST_CHECK;

#endif
