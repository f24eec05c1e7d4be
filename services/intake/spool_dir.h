/* intake/spool_dir.h: documents on disk between door and answer (feeds.md 2): bytes as they arrive, then what is known
 * of them, then an empty place. What lies here is taken again after a restart, in the order in which it was accepted.
 *
 *   <name>.part            being received             <name>.body   inflated bytes
 *   <name>.meta            what the door knew; its name makes the entry whole
 *   <name>-<number>.log    small documents, many in a file (spool_journal.h)
 * Names sort by the time of acceptance. Used by several threads: each entry by one at a time. */
#ifndef INTAKE_SPOOL_DIR_H
#define INTAKE_SPOOL_DIR_H

#include "base/hash.h"
#include "base/instant.h"
#include "domain/vocabulary.h"
#include "intake/inflate.h"
#include "intake/spool.h"
#include "intake/spool_journal.h"

enum { SPOOL_META_BYTES_MAX = 64 << 10 };

/* What a door knows of the bytes. Texts are the caller's, or of the arena they were read into. */
struct spool_meta {
    struct slice   submitter_id, file_name, partner_id, currency, profile, traceparent, request_key;
    struct slice   parent;                          /* id of the document that it corrects, empty none */
    struct slice   event_source, event_id;          /* what the bytes are the data of, empty: no event */
    enum door      door;
    instant_ms     received_at_unix_ms;
    struct hash128 request_content;
    uint8_t        sha256[SHA256_BYTES];            /* of the bytes as sent */
    uint64_t       bytes;                           /* inflated */
    bool           is_compressed, is_validation;
    uint32_t       decimal, dates, header_row;      /* answers to a question about it */
    struct slice   sheet, encoding;
};

struct spool_dir;

/* Makes the folder when it is not there, and drops what was being received. ERR_FILE_UNWRITABLE. */
enum err spool_dir_open(const char *path, struct spool_dir **dir) MUST_CHECK;
void spool_dir_close(struct spool_dir *d);

/* Per mille of the disk that are in use; 0 when nobody can tell. */
unsigned spool_dir_fill(const struct spool_dir *d);

/* Bytes of all files that lie there, being received or whole. */
uint64_t spool_dir_bytes(const struct spool_dir *d);

/* Receiving */

enum spool_fault { SPOOL_FINE, SPOOL_BROKEN, SPOOL_BOMB, SPOOL_TOO_LARGE, SPOOL_DISK };

struct spool_upload;

/* Its bytes lie in memory until they are more than SPOOL_SMALL_BYTES_MAX, then in a file. ERR_FILE_UNWRITABLE: no room,
 * no right. */
enum err spool_upload_open(struct spool_dir *d, bool is_compressed, uint64_t bytes_max,
                           struct spool_upload **upload) MUST_CHECK;
enum spool_fault spool_upload_put(struct spool_upload *u, struct slice bytes);
/* After the last byte: hashes and size are known. */
enum spool_fault spool_upload_end(struct spool_upload *u);
uint64_t spool_upload_sent(const struct spool_upload *u);
uint64_t spool_upload_bytes(const struct spool_upload *u);
void spool_upload_sha256(const struct spool_upload *u, uint8_t digest[SHA256_BYTES]);     /* of the bytes as sent */
/* Keeps it under a name of its own: the entry is whole once spool_dir_write_meta was called. Ends the upload. */
enum err spool_upload_keep(struct spool_upload *u, char name[SPOOL_NAME_BYTES]) MUST_CHECK;
/* Throws it away. NULL is fine. */
void spool_upload_drop(struct spool_upload *u);

/* Entries */

/* Syncs the bytes, then writes what is known; a second call replaces it. A small document that is whole is left
 * alone. */
enum err spool_dir_write_meta(struct spool_dir *d, const char *name, const struct spool_meta *meta) MUST_CHECK;

/* Makes the small ones of these entries whole with one sync. is_whole: it is; false with is_small: the disk did not
 * take it. */
struct spool_entry { const char *name; const struct spool_meta *meta; bool is_small, is_whole; };
void spool_dir_commit(struct spool_dir *d, struct arena *scratch, struct spool_entry *entries, unsigned count);

/* Gives back the room of small documents that are over; see spool_journal_retire. */
void spool_dir_retire(struct spool_dir *d, bool all, bool (*before)(void *context), void *context);

/* What was written beside its bytes, in the arena. ERR_FILE_UNREADABLE. */
enum err spool_dir_read_meta(struct spool_dir *d, struct arena *a, const char *name,
                             struct spool_meta *meta) MUST_CHECK;
/* The document and what was written beside it; nothing happens when it is gone. */
void spool_dir_remove(struct spool_dir *d, const char *name);
/* Its bytes, until it is removed. ERR_FILE_UNREADABLE. */
enum err spool_dir_open_body(struct spool_dir *d, const char *name, struct spool *spool) MUST_CHECK;

/* Whole entries, in order. Names live in the arena. */
enum err spool_dir_list(struct spool_dir *d, struct arena *a, const char ***names, unsigned *count) MUST_CHECK;

#endif
