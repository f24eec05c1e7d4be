/* stage/waiting.h: the lines that wait in a stage, kept in its store (screening.md 4.1, 4.2). Names of data and the
 * record that decide reads are domain/waiting.h. */
#ifndef STAGE_WAITING_H
#define STAGE_WAITING_H

#include "base/instant.h"
#include "domain/books.h"
#include "domain/waiting.h"
#include "runtime/store.h"

/* The loop's own tables, alike in every stage: lines by line_id, their order under a datum, their order by the time at
 * which the clock acts on them, and cases by case_id. */
enum { WAITING_TABLE = 240, WAITING_ON_TABLE = 241, WAITING_TIME_TABLE = 242, WAITING_CASE_TABLE = 243 };
enum { WAITING_ON_MAX = 512, WAITING_ID_MAX = 64 };
/* The first byte of a row: of a line (1, without its place in the document, is still read), and of a case. */
enum { WAITING_VERSION = 2, WAITING_VERSION_READ = 1, WAITING_CASE_VERSION = 1 };

struct waiting_row {
    struct slice line_id;
    enum outcome outcome;                           /* HOLD or PARK */
    struct slice on;                                /* as the verdict named it; empty: a person */
    instant_ms   received_at_unix_ms;               /* order key, with the place in the document and line_id */
    bool         has_position;                      /* false in rows of version 1 */
    uint32_t     position;                          /* order of the lines of one document, which come at one time */
    instant_ms   kept_at_unix_ms;                   /* the clock when the stage first kept it */
    instant_ms   acts_at_unix_ms;                   /* when the clock expires or asks it again; 0 never */
    bool         asks_again;                        /* at that time it is judged; else it expires */
    uint64_t     reviewed_bytes;                    /* size of the dossier when the review in force decided; 0 none */
    struct slice dossier;                           /* with its sections */
};

/* ERR_STATE_OUTDATED when this program does not read a waiting line of that version. */
enum err waiting_check_version(struct slice value) MUST_CHECK;

/* The row of a waiting line, its slices borrowed from the store; *found is false when no such line waits here. */
enum err waiting_get(struct store *s, struct slice line_id, struct waiting_row *row, bool *found) MUST_CHECK;
/* Keeps a line, instead of whatever is kept of it already. */
enum err waiting_keep(struct store *s, struct arena *a, const struct waiting_row *row) MUST_CHECK;
/* The line no longer waits; nothing happens when it did not. */
enum err waiting_end(struct store *s, struct slice line_id) MUST_CHECK;

/* A place in the order of the lines that wait on a datum: oldest first. */
struct waiting_cursor {
    char   datum[WAITING_ON_MAX];
    size_t datum_size;
    char   behind[STORE_KEY_MAX];                   /* the key seen last */
    size_t behind_size;
    size_t order_at;                                /* where in it the order key begins */
};

/* Begins with the first line that waits on a datum. A datum that ends in ':' stands for all that begin with it, the
 * empty one for all. */
void waiting_cursor_init(struct waiting_cursor *c, struct slice datum);
/* The next line_id, in the arena; empty: there is none. */
enum err waiting_next(struct store *s, struct arena *a, struct waiting_cursor *c, struct slice *line_id) MUST_CHECK;

/* The line on which the clock acts first, and when; line_id is in the arena. *at INT64_MAX and line_id empty: there is
 * none. */
enum err waiting_first_due(struct store *s, struct arena *a, instant_ms *at, struct slice *line_id) MUST_CHECK;

/* decode and encode of the table that decide reads, after the version byte. */
extern const struct book_codec waiting_codec;

#endif
