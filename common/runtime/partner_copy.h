/* runtime/partner_copy.h: the local copy of partners.v1: what Redis is filled from and decisions go on with when it is
 * away (architecture.md 7). One LMDB environment a process; bytes are not looked into here.
 *
 * One thread writes (the reference consumer): put fills a batch, commit makes it and the offset after it one
 * step. Each worker reads through a reader of its own, at the state of its last renewal. It is not synced: what was
 * not closed cleanly and is of another boot of the machine is begun afresh from the topic (kafka.md 6.4). */
#ifndef RUNTIME_PARTNER_COPY_H
#define RUNTIME_PARTNER_COPY_H

#include "base/instant.h"

enum { PARTNER_COPY_IDENTIFIERS_MAX = 1000, PARTNER_COPY_PATH_MAX = 4096 };

struct partner_copy;
struct partner_reader;

struct partner_copy_options {
    const char *folder;                             /* made when missing; one process a folder */
    const char *cluster_id;                         /* of the Kafka cluster; another one: the copy is begun afresh */
    size_t      map_bytes;                          /* address space; 0: 16 GiB */
    instant_ms now_unix_ms, max_age_ms; /* saved longer ago: begun afresh, tombstones may be gone; 0: any age */
};

struct partner_copy_identifier { struct slice type, value; };

/* A revision of a profile as it goes into the copy. `bytes`: the Partner message as published. */
struct partner_copy_entry {
    struct slice                          partner_id, bytes;
    uint64_t                              revision;
    const struct partner_copy_identifier *identifiers;
    unsigned                              identifier_count;
};

/* *begun_afresh (may be NULL): there was none that could be used. ERR_FILE_UNWRITABLE: the folder; ERR_STATE_IN_USE:
 * another process has it, the log says which; ERR_STATE_FULL: no room yet, ask again; ERR_STATE_MALFORMED: LMDB. */
enum err partner_copy_open(const struct partner_copy_options *options, struct partner_copy **copy,
                           bool *begun_afresh) MUST_CHECK;
void partner_copy_close(struct partner_copy *copy);
/* What was read from it makes no sense: the next opening begins afresh. By any thread. */
void partner_copy_distrust(struct partner_copy *copy);

/* Where to read partners.v1 on: the offset after the last commit; -1: from the beginning. */
int64_t partner_copy_offset(const struct partner_copy *copy);

/* The newest record of the topic wins, whatever its revision. What is there already, to the byte, is not written. */
enum err partner_copy_put(struct partner_copy *copy, const struct partner_copy_entry *entry) MUST_CHECK;
/* The batch and the offset after it. Without a put before it moves the offset only. */
enum err partner_copy_commit(struct partner_copy *copy, int64_t next_offset, instant_ms now_unix_ms) MUST_CHECK;

/* A reader belongs to one thread. */
enum err partner_reader_open(struct partner_copy *copy, struct partner_reader **reader) MUST_CHECK;
void partner_reader_close(struct partner_reader *reader);
/* Sees what was committed since; what was borrowed before is gone. */
enum err partner_reader_renew(struct partner_reader *reader) MUST_CHECK;
/* Holds nothing back until its next renewal: while a reader stands still, pages that the writer gave up are not used
 * again. */
void partner_reader_rest(struct partner_reader *reader);
/* The profile of a partner; bytes of size 0: not on file. Borrowed until the next renewal. ERR_STATE_MALFORMED: that
 * cannot be told, and the copy is distrusted from here on. */
enum err partner_reader_find(struct partner_reader *reader, struct slice partner_id, uint64_t *revision,
                             struct slice *bytes) MUST_CHECK;
/* The partners that were ever published with an identifier, in order of their ids: the `nth` from 0, empty: there are
 * no more. Each may have given it up since: ask its profile. Borrowed until the next renewal. */
enum err partner_reader_identify(struct partner_reader *reader, struct slice type, struct slice value, unsigned nth,
                                 struct slice *partner_id) MUST_CHECK;
size_t partner_reader_count(struct partner_reader *reader);

#endif
