/* claimctl/run_register.h: the reports that a run posted, so that later documents can cancel, replace and change them
 * (feeds.md 6). Documents are read again from their files; what came through a pipe is kept. */
#ifndef CLAIMCTL_RUN_REGISTER_H
#define CLAIMCTL_RUN_REGISTER_H

#include "claimctl/directory.h"
#include "intake/document.h"

/* A document as it was read, for another reading. */
struct run_source {
    struct intake_job       job;                    /* without its spool */
    struct intake_submitter submitter;
    struct intake_partners  partners;
    struct slice            path, kept;             /* kept: the bytes, when the path cannot be read again */
    size_t                  from, size;             /* of the document in the file */
};

struct run_engine;

struct run_register {
    struct arena      *arena;                       /* of the run */
    struct directory   index;                       /* submitter, partner, report number → 1 + report */
    struct slice      *reports;                     /* rows of wire/table_intake.h */
    uint32_t           count, capacity;
    const struct run_source *last_source;           /* noted already: submitter, number, partner, whose lines */
    struct hash128     last_report[3];
    struct directory   interchanges;                /* submitter, control number → 1 + place of its hash */
    uint8_t          (*hashes)[SHA256_BYTES];
    uint32_t           hash_count, hash_capacity;
};

/* Empty; rows live in the arena. */
void run_register_open(struct run_register *r, struct arena *arena);
void run_register_close(struct run_register *r);

/* A copy of everything that another reading needs. */
struct run_source *run_register_keep(struct run_register *r, const struct intake_job *job, struct slice path,
                                     const struct spool *file, const struct spool *document);

/* Opens a document for another reading; `file` is to be closed, the document borrows from it. */
enum err run_register_read(const struct run_source *s, struct spool *file, struct spool *document) MUST_CHECK;

/* The control number of an interchange; it is on file once its document is accepted. */
enum interchange_standing run_register_interchange(const struct run_register *r, struct slice submitter_id,
                                                   struct slice key, const uint8_t sha256[SHA256_BYTES]);
void run_register_accept(struct run_register *r, struct slice submitter_id, struct slice key,
                         const uint8_t sha256[SHA256_BYTES]);

/* A document posted lines of a report, or undid one. */
enum err run_register_post(struct run_register *r, const struct run_source *source,
                           const struct intake_line *line) MUST_CHECK;
enum err run_register_undo(struct run_register *r, const struct run_source *source, struct slice report_id,
                           const struct report_ref *target, enum purpose purpose) MUST_CHECK;

/* What is on file, as one submitter sees it, and in the engine what the stages refused of it; borrowed from the
 * three. */
struct run_targets {
    struct run_register *r;
    struct slice submitter_id;
    struct run_engine *engine;
    struct spool spools[TARGET_CHAIN_MAX], documents[TARGET_CHAIN_MAX];
};
struct intake_targets run_register_targets(struct run_targets *t);

#endif
