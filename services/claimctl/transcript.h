/* claimctl/transcript.h: what became of everything that a run accepted, in order of acceptance.
 *
 * A line's last published dossier stands for it; the bytes lie in one spool file and their index in another, so that no
 * memory of the run grows with its lines. What never became a line (refused rows, documents, void reviews) stands at
 * its place as the JSON object that reports it. */
#ifndef CLAIMCTL_TRANSCRIPT_H
#define CLAIMCTL_TRANSCRIPT_H

#include "base/str.h"
#include "claimctl/directory.h"

#include <stdio.h>

enum { TRANSCRIPT_NAME_BYTES = 256 };

enum entry_type { ENTRY_LINE, ENTRY_OBJECT, ENTRY_CASE };

struct transcript_entry {
    uint64_t offset;                                /* in the spool */
    uint32_t size;                                  /* 0: nothing was published yet */
    uint32_t document;                              /* ordinal of its document, from 0 */
    uint32_t first_seq;                             /* seq of the line's first entry under its root, 0 none */
    uint32_t name;                                  /* ordinal of the name it was given + 1, 0 none */
    uint8_t  type;
};

struct transcript {
    FILE                    *spool;
    uint64_t                 spool_size;
    char                    *buffer;                /* of the spool, for writing */
    char                    *window;                /* a piece of the spool, for reading; written bytes never change */
    uint64_t                 window_from;
    size_t                   window_size;
    struct spill             entry_room, case_room;
    struct transcript_entry *entries;               /* in entry_room */
    uint32_t                 count;
    struct transcript_entry *case_entries;          /* in case_room */
    uint32_t                 case_count;
    struct directory         lines;                 /* line_id → entry */
    struct directory         roots;                 /* partner root → entries posted so far */
    struct directory         cases;                 /* case_id → entry among cases */
    bool                     failed;                /* the spool could not be written: disk full; said on stderr */
    char                     name[TRANSCRIPT_NAME_BYTES];   /* of the spool, for people */
};

/* The spool is `path`, or without one a file that vanishes by itself. ERR_FILE_UNWRITABLE. */
enum err transcript_open(struct transcript *t, const char *path) MUST_CHECK;
void transcript_close(struct transcript *t);

/* A line was accepted, as it was called among `lines`; name: ordinal + 1 or 0. */
void transcript_accept(struct transcript *t, struct directory_slot line, uint32_t document, uint32_t name);

/* An object to be printed at this place. */
void transcript_report(struct transcript *t, uint32_t document, struct slice json);

/* Puts another object in its place; none: nothing is printed there. */
void transcript_report_again(struct transcript *t, uint32_t entry, struct slice json);

/* A dossier of the line was published. False: no such line was accepted. */
bool transcript_publish(struct transcript *t, struct slice line_id, struct slice dossier);

/* A stage could not use the line: what a run reports of it takes the place of its dossiers. */
void transcript_bury(struct transcript *t, struct transcript_entry *e, struct slice json);

/* The entry of a line that was accepted; NULL: none. */
struct transcript_entry *transcript_line(struct transcript *t, struct slice line_id);

/* A payout entry of the line was posted under its root: it takes the root's next seq. */
void transcript_post(struct transcript *t, struct slice line_id, struct slice root);

/* A case was published or changed. */
void transcript_case(struct transcript *t, struct slice case_id, struct slice dossier);

/* For readers of topics, who see several dossiers of a line: its entry, and the one that stands there from now on. */
uint32_t transcript_enter(struct transcript *t, struct slice line_id);
void transcript_put(struct transcript *t, uint32_t entry, struct slice dossier);

/* When an entry was accepted: all entries in ascending order of their keys. */
struct transcript_key { int64_t received_unix_ms; uint64_t document; uint32_t position; };
void transcript_sort(struct transcript *t, const struct transcript_key *keys);

/* The bytes of an entry, in the arena. ERR_FILE_UNREADABLE. */
enum err transcript_read(struct transcript *t, const struct transcript_entry *e, struct arena *a,
                         struct slice *bytes) MUST_CHECK;

#endif
