/* stage/list_watch.h: the lists of names in force, read again when their files change and swapped between batches
 * (screening.md 6.4).
 *
 * One thread polls; each listener takes over the newest snapshot when it wants to and borrows it until then. A source
 * that cannot be read, or shrank suspiciously, is refused: what was in force of it stays and ages. */
#ifndef STAGE_LIST_WATCH_H
#define STAGE_LIST_WATCH_H

#include "wire/list_load.h"

enum { LIST_WATCH_LISTENERS_MAX = 64 };

struct list_watch_options {
    const char *file;                               /* screening.lists_file; list files stand relative to it */
    unsigned    listeners;
    int64_t     shrink_percent;                     /* more than that fewer entries: refused */
    /* A source was taken over, or refused with a reason. On the poller's thread; may be NULL. */
    void      (*told)(void *context, struct slice source, const struct name_list *list, struct slice refusal);
    void       *context;
};

struct list_watch;

/* Reads everything. ERR_LIST_INVALID, ERR_FILE_UNREADABLE, ERR_CONFIG_INVALID: see problems; among them that no DENIED
 * list could be read though the file does not say `denied: none`. ERR_MEMORY_EXHAUSTED. */
enum err list_watch_open(const struct list_watch_options *options, struct arena *a, struct problems *problems,
                         struct list_watch **watch) MUST_CHECK;
/* When nobody listens any more. NULL is fine. */
void list_watch_close(struct list_watch *w);

/* By the poller: reads what changed since. True: there is a new snapshot. */
bool list_watch_poll(struct list_watch *w);

/* By a listener: the newest snapshot, borrowed until its next call. *news: another one than before. */
const struct name_lists *list_watch_take(struct list_watch *w, unsigned listener, bool *news);

#endif
