/* intake/post.h: the posting worker (feeds.md 2) turns documents and records into lines on their topics. Each chunk is
 * one transaction, which also moves the cursors of its documents. The worker is one thread and owns source, sink and
 * stores.
 *
 * Documents of one submitter are posted in the order in which they were added. Submitters take turns chunk by chunk, so
 * that a file of a million lines delays nobody but its sender. A document that is added again after a crash goes on
 * after its cursor. The worker asks the registers (feeds.md 11) when the turn of a document begins, and writes them
 * when it ends. */
#ifndef INTAKE_POST_H
#define INTAKE_POST_H

#include "intake/document.h"
#include "intake/framing.h"
#include "intake/register.h"
#include "runtime/sink.h"
#include "runtime/source.h"

enum { POST_CHUNK_LINES = 1000, POST_LINES_MAX = 4000, POST_RETRIES_MAX = 3 };

/* A report that a document undoes; kept until the document ends. */
struct post_undo { struct slice report_id; struct report_ref target; enum purpose purpose; struct post_undo *next; };

/* How many findings the row of a document keeps, and so its receipt shows. */
enum { POST_ERRORS_KEPT = 100, POST_WARNINGS_TOLD = 16 };

/* How far a document has come since it was added. */
struct post_turn {
    uint64_t          skip;                         /* lines that were posted before a crash */
    struct post_undo *undos;
    struct hash128    last_report[3];               /* the report noted last: number, partner, whose lines */
    bool              has_begun, is_collected, has_ended, is_working, keeps_row, was_held;
};

/* A document on its way. Its maker owns it; the worker borrows it until it calls `ended`. */
struct post_document {
    struct intake          *intake;                 /* surveyed */
    struct intake_document  row;                    /* as on file; texts live as long as the document */
    uint8_t                 id[SHA256_BYTES];
    enum post_verdict {
        POST_BY_SURVEY,
        POST_DISCARDED,
        POST_EXPIRED
    } verdict;                                      /* a HELD document that ends without its lines */
    int64_t                 expired_days;           /* POST_EXPIRED: how long it waited, for its error */
    struct slice            request_key;            /* of register_key, when it came with an Idempotency-Key */
    struct hash128          request_content;
    void                   *context;                /* its maker's */
    struct slice            file;                   /* of several documents, as a parent is named; empty: it is alone */
    uint32_t                ordinal;                /* in it, from 1; 0: it is alone */
    struct slice
        began_with; /* told with `again`: the profile, as name@version, with which its lines began to be posted */
    bool                    is_read_again;          /* `began_with` was told: it goes on as it is read now */
    bool is_of_partner; /* told with `again`: its bytes are on file for another partner, so its id counts its own */
    bool corrects;      /* its survey asked for a report: whatever may have changed that is posted before it */

    /* The worker's. */
    struct post            *post;
    struct post_document   *next;
    struct intake_document  working;                /* as the open transaction leaves it */
    int32_t                 partition;
    struct post_turn        turn;
};

struct post_grant { const struct intake_submitter *submitter; const struct mapping_profile *profile; };

struct post_events {
    void *context;
    /* The commit that ended the document is through: its row is final, and its maker has it back. */
    void (*ended)(void *context, struct post_document *d);
    /* The registers know something that its survey did not. Its maker has it back and surveys and adds it again, or
     * forgets it (post_forget); until then the later documents of its submitter wait. */
    void (*again)(void *context, struct post_document *d);
    /* Asked when a document that corrects is about to begin: has a report changed since its survey began? NULL:
     * never. */
    bool (*outdated)(void *context, const struct post_document *d);
    /* A commit put lines of a report on file, or undid it. */
    void (*reported)(void *context, struct slice submitter_id, struct slice report_id);
    /* Fills in the answer that is kept for the key of its request, with texts in the arena. Status 0: none is kept. */
    void (*answer)(void *context, const struct post_document *d, struct arena *a, struct intake_request *request);
    /* Says who sends records of that source (empty: bare records). Submitter NULL: nobody does. */
    struct post_grant (*grant)(void *context, struct slice source);
    /* A record was refused, parked or taken. For counters. */
    void (*record)(void *context, enum outcome outcome);
};

/* 0 stands for the default. bytes_max bounds what goes to one partition; its default is BATCH_BYTES_MAX. */
struct post_bounds {
    unsigned chunk_lines, lines_max, retries_max, expire_keys_max;
    size_t   bytes_max;
    uint32_t schema_wait_hours;
};

struct post_options {
    struct source                *source;
    struct sink                  *sink;
    struct store                **stores;           /* by partition; NULL: not ours. Borrowed. */
    int32_t                       partitions;
    const struct intake_partners *partners;         /* of records */
    struct framing_schemas        schemas;
    struct post_events            events;
    struct post_bounds            bounds;
    bool                          writes_changelog;
};

struct post;

/* Everything of the options is borrowed until post_close. ERR_MEMORY_EXHAUSTED, or an error of the stores. */
enum err post_open(const struct post_options *options, struct post **post) MUST_CHECK;
/* The makers keep the documents that did not end. */
void post_close(struct post *p);

/* Sets other bounds. Call it between steps. */
void post_retune(struct post *p, const struct post_bounds *bounds);

/* The partition of its submitter must be ours (post_owns). */
void post_add(struct post *p, struct post_document *d);

/* A document told with `again` will not be added again: the later documents of its submitter need not wait. */
void post_forget(struct post *p, const struct post_document *d);
bool post_owns(const struct post *p, struct slice submitter_id);
int32_t post_partition(const struct post *p, struct slice submitter_id);

/* The rows of a submitter's partition. Read them between steps. */
struct store *post_store(struct post *p, struct slice submitter_id);

/* The same by its number; NULL: it is not ours. */
struct store *post_store_of(struct post *p, int32_t partition);

/* A schema may be known now: the next step tries parked records again. */
void post_retry_parked(struct post *p, const struct framing_schemas *schemas);

/* One transaction. *worked: it had something to do. Errors of class RETRY: nothing took effect, call again later.
 * ERR_SOURCE_STALE: the partitions are gone. FATAL: end the process. */
enum err post_step(struct post *p, instant_ms now_unix_ms, bool *worked) MUST_CHECK;

struct post_counts {
    uint64_t passed, rejected, dead, documents, records, repeated, parked, transactions, aborted;
    uint64_t ended[INTAKE_STATE_COUNT];             /* documents, by the state in which they ended */
};
/* Since it was opened, of transactions that were committed; and how many were aborted. */
struct post_counts post_counts(const struct post *p);

#endif
