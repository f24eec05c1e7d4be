/* intake/spool_journal.h: the small documents of the spool. On their way they lie in memory, and for the case of a
 * crash in segments of a journal: one write and one sync cover all that came in a short window (feeds.md 2, group
 * commit).
 *
 *   <name>-<number>.log   a segment of records: head with lengths, meta, body, checksum
 * A torn tail is told by length and checksum and was promised to nobody. Damage with whole records after it is logged,
 * the others are taken, and the segment stays as `.log.damaged`. A segment goes when none of its documents is on its
 * way any more; what one holds after a restart is taken again, and who had ended ends as he ended. Used by several
 * threads. */
#ifndef INTAKE_SPOOL_JOURNAL_H
#define INTAKE_SPOOL_JOURNAL_H

#include "base/str.h"

enum {
    SPOOL_NAME_BYTES = 40,
    SPOOL_SMALL_BYTES_MAX = 64 << 10,
    JOURNAL_SEGMENT_BYTES = 8 << 20,
    JOURNAL_MEMORY_BYTES_MAX = 128 << 20
};

struct spool_journal;

/* Reads the segments that a former process left in the folder, which stays the caller's. ERR_MEMORY_EXHAUSTED. */
enum err spool_journal_open(int folder, const char *path, struct spool_journal **journal) MUST_CHECK;
/* Segments that were not retired stay, and are read again. NULL is fine. */
void spool_journal_close(struct spool_journal *j);

/* False: as much lies in memory as may; a document goes into a file of its own. */
bool spool_journal_has_room(struct spool_journal *j);

/* Takes a document into memory; `bytes` is the journal's from here, to be freed by it. */
void spool_journal_add(struct spool_journal *j, const char *name, char *bytes, size_t size);

/* Body and meta of a document in memory, until it is removed; false: it is none. The meta is empty until it is
 * written. */
bool spool_journal_find(struct spool_journal *j, const char *name, struct slice *body, struct slice *meta);

/* A document of the journal that is to last. */
struct spool_record { const char *name; struct slice meta; bool is_whole; };

/* Writes and syncs all that are not on disk yet at once; is_whole says of each whether it lasts now. */
void spool_journal_write(struct spool_journal *j, struct spool_record *records, unsigned count);

/* It is over: its memory goes, and its segment with the last of it. False: it is none of the journal's. */
bool spool_journal_remove(struct spool_journal *j, const char *name);

/* Drops segments of which nothing is on its way, the one being written to only when `all`. `before` (may be NULL) makes
 * last what became of their documents; when it says false they stay. */
void spool_journal_retire(struct spool_journal *j, bool all, bool (*before)(void *context), void *context);

/* Names of documents that last, in no order. */
void spool_journal_each(struct spool_journal *j, void (*take)(void *context, const char *name), void *context);

#endif
