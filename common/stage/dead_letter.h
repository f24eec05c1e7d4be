/* stage/dead_letter.h: a record that no stage can use goes out as it came in, its context in headers (surfaces.md
 * 7.2). */
#ifndef STAGE_DEAD_LETTER_H
#define STAGE_DEAD_LETTER_H

#include "base/instant.h"
#include "domain/reason.h"
#include "runtime/sink.h"

enum { DEAD_LETTER_ATTEMPTS_MAX = 1000000 };

struct dead_letter {
    const struct record *record;                    /* original bytes, and where they stood */
    struct slice         stage;
    enum reason_code code; /* UNREADABLE or SECTION_MISSING; of a line that intake refused its first reason */
    enum err             error;                     /* what the code says of it; OK none */
    struct slice         issue;                     /* DOSSIER_TOO_LARGE …; may be empty */
    struct slice         errors;                    /* JSON list of error objects; empty: the one that the code tells */
    struct slice         line_id, document_id, trace_id;        /* where known */
    instant_ms           failed_at_unix_ms;         /* the stage's clock; kept from an earlier attempt */
};

/* Sends it to deadletters.v1 in the open transaction. Of key and value the first DEAD_LETTER_BYTES_MAX; headers tell
 * how many there were where that is less than all. */
enum err dead_letter_send(struct arena *a, struct sink *sink, const struct dead_letter *d) MUST_CHECK;

/* The value of a header; empty when absent. */
struct slice dead_letter_header(const struct record *record, struct slice name);

#endif
