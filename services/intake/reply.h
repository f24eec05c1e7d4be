/* intake/reply.h: what a submitter is told of a document, as JSON (feeds.md 14): the receipt, which is also its status,
 * and problems (RFC 9457). Pure. */
#ifndef INTAKE_REPLY_H
#define INTAKE_REPLY_H

#include "intake/json_out.h"
#include "wire/table_intake.h"

enum { REPLY_ID_HEX = 20, REPLY_ID_BYTES = 32, REPLY_SENTENCE_BYTES = 128 };

/* What the stages after intake say of its lines so far. */
struct reply_standing {
    uint64_t            decided, shorted, held, parked, refused;
    struct intake_total approved[INTAKE_TOTALS_MAX];            /* passed_minor: what was approved, by currency */
    unsigned            approved_count;
};

struct reply_document {
    const struct intake_document *row;
    const uint8_t                *id;               /* SHA256_BYTES */
    int32_t                       partition;
    const struct reply_standing  *standing;         /* NULL: not known */
    bool                          shows_submitter;  /* to who sees those of everybody */
};

/* d-007-3fa91c0be2d7740a51e6 */
void reply_put_id(struct text *t, int32_t partition, const uint8_t id[SHA256_BYTES]);
/* Back: the partition and the first ten bytes of the document id. */
bool reply_read_id(struct slice text, int32_t *partition, uint8_t prefix[REPLY_ID_HEX / 2]);

/* The receipt of feeds.md 12 as an object. */
void reply_put_receipt(struct json_out *out, const struct reply_document *d);

/* Names, statuses and sentences of problems. */
#define REPLY_PROBLEMS(P) \
    P(BODY_INCOMPLETE,         400, "body-incomplete",         "The body ended early", \
    "Send it again, whole.") \
    P(ENCODING_BROKEN,         400, "encoding-broken",         "The compressed bytes are broken", \
    "Compress the document again.") \
    P(DIGEST_MISMATCH,         400, "digest-mismatch",         "The digest is not that of the body", \
    "Compute it over the bytes as sent.") \
    P(KEY_MISSING,             400, "idempotency-key-missing", "An Idempotency-Key is required", \
    "Send one of 1 to 255 printable bytes.") \
    P(KEY_REPEATED,            400, "idempotency-key-repeated","The Idempotency-Key stands more than once", \
    "Send it once.") \
    P(BAD_REQUEST,             400, "bad-request",             "The request cannot be read", \
    "See /v1/openapi.json.") \
    P(UNAUTHENTICATED,         401, "unauthenticated",         "Who asks is not known", \
    "Send Authorization: Bearer and your token.") \
    P(FORBIDDEN,               403, "forbidden",               "The token does not allow this", \
    "Ask for the scope, or use another token.") \
    P(NOT_FOUND,               404, "not-found",               "There is no such thing here", \
    "Check the address.") \
    P(METHOD_NOT_ALLOWED,      405, "method-not-allowed",      "The address does not take this method", \
    "See the Allow header.") \
    P(NOT_ACCEPTABLE,          406, "not-acceptable",          "The answer has no such form", \
    "Ask for application/json.") \
    P(TOO_SLOW,                408, "too-slow",                "The body came too slowly", \
    "Send it faster, or in parts.") \
    P(IN_PROGRESS,             409, "in-progress",             "A request with this key is still at work", \
    "Wait for its answer, then ask again.") \
    P(NOT_HELD,                409, "not-held",                "The document waits for no answer", \
    "Look at its status.") \
    P(LENGTH_REQUIRED,         411, "length-required",         "The length of the body is not said", \
    "Send Content-Length, or chunks.") \
    P(TOO_LARGE,               413, "too-large",               "The document is too large", \
    "Send it in parts.") \
    P(FORMAT_UNKNOWN,          415, "format-unknown",          "The type of the body is not known", \
    "Send one of the types of /v1/openapi.json.") \
    P(FORMAT_UNSUPPORTED,      415, "format-unsupported",      "The format is not read here", \
    "Send X12, JSON, delimited text or a workbook.") \
    P(DOCUMENT_REJECTED,       422, "document-rejected",       "Nothing was posted", \
    "Correct what the errors name and send the document again.") \
    P(KEY_REUSED,              422, "idempotency-key-reused",  "The key came before with another body", \
    "Give each document a key of its own.") \
    P(EVENT_ID_REUSED,         422, "event-id-reused",         "The event came before with other content", \
    "Give each event an id of its own.") \
    P(TOO_MANY_REQUESTS,       429, "too-many-requests",       "More is asked than this submitter may ask", \
    "Wait as Retry-After says.") \
    P(INTERNAL,                500, "internal",                "A fault of ours", \
    "Tell us; the time and the trace are in our log.") \
    P(UNAVAILABLE,             503, "unavailable",             "Documents cannot be taken now", \
    "Send it again as Retry-After says; nothing is posted twice.")

enum reply_problem {
    REPLY_NO_PROBLEM = 0,
#define PROBLEM(id, status, name, title, fix) REPLY_##id,
    REPLY_PROBLEMS(PROBLEM)
#undef PROBLEM
    REPLY_PROBLEM_COUNT
};

/* Its HTTP status. */
unsigned reply_status(enum reply_problem p);
/* By its name; REPLY_NO_PROBLEM when there is none. */
enum reply_problem reply_find(struct slice name);
/* The page of GET /problems/{name}. */
void reply_put_page(struct text *t, enum reply_problem p);

/* What is wrong beside the problem's own words; empty members are left out. errors, detail_json, fix_json: JSON as it
 * is. */
struct reply_detail { struct slice detail, detail_json, fix_json, instance, errors; bool errors_truncated; };
void reply_put_problem(struct json_out *out, enum reply_problem p, const struct reply_detail *d);

/* Which problem a document is of which nothing was posted: 415 for a format that is not read, 413 beyond a bound of the
 * document, else 422. */
enum reply_problem reply_rejection(const struct intake_document *row);

/* The same: what its first error says of it, or that every line was refused. */
void reply_put_rejection(struct json_out *out, const struct intake_document *row, struct slice instance);

#endif
