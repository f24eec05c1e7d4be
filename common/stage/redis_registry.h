/* stage/redis_registry.h: the shared registry over Redis 7, of one worker (screening.md 8.1).
 *
 * Every request first proves, in the same atomic step, that this is the registry it knows: its epoch, and in
 * `reg:ready` the word of every partition that it stands for this very server (run id, replication id, evictions). Else
 * nothing is taken and it is away. */
#ifndef STAGE_REDIS_REGISTRY_H
#define STAGE_REDIS_REGISTRY_H

#include "runtime/redis_link.h"
#include "stage/registry.h"

struct redis_registry_options {
    struct redis_link *link;                        /* of this worker */
    const char        *name_space;                  /* redis_key_begin */
    int32_t            partitions;                  /* of the topics: so many stand in reg:ready */
    instant_ms       (*clock_unix_ms)(void);        /* names the day of a new epoch; NULL: the system's */
    /* Told when it goes away and when it is ready, on the worker's thread; first when it is ready. May be NULL. */
    void             (*on_change)(void *context, bool is_away, const char *why);
    void              *context;
};

struct redis_registry_counts { uint64_t asked, taken, held_by_others, away, restored, conflicts, released; };

struct redis_registry;

/* ERR_MEMORY_EXHAUSTED. The link must outlive it. */
enum err redis_registry_open(const struct redis_registry_options *options, struct redis_registry **registry) MUST_CHECK;
void redis_registry_close(struct redis_registry *r);
struct registry *redis_registry_base(struct redis_registry *r);
struct redis_registry_counts redis_registry_counts(const struct redis_registry *r);

/* A sentence why the registry was away when it was asked last; empty: it was not. Static or until the next request. */
struct slice redis_registry_why(const struct redis_registry *r);

/* What doctor and the start-up say of a server: empty, or what to do about it (version below 7, maxmemory-policy). In
 * the arena. ERR_REDIS_AWAY. */
enum err redis_registry_check_server(struct redis_link *link, struct arena *a, struct slice *finding) MUST_CHECK;

/* Whether the server holds a registry of that name space at all: one that was emptied holds none, nor does one before
 * the first start. ERR_REDIS_AWAY. */
enum err redis_registry_is_there(struct redis_link *link, struct arena *a, const char *name_space,
                                 bool *is_there) MUST_CHECK;

/* A rebuild: nobody may take a slot from begin to finish, since there is no epoch then. begin drops all slots; add puts
 * one in, *holder (in the arena; empty: none) is another line that stands in a SERIAL slot already: a conflict, to be
 * reported; finish sets a new epoch that every partition takes over. */
struct redis_rebuild { struct redis_link *link; const char *name_space; };
enum err redis_registry_rebuild_begin(const struct redis_rebuild *rebuild) MUST_CHECK;
enum err redis_registry_rebuild_add(const struct redis_rebuild *rebuild, struct arena *a,
                                    const struct registry_request *request, struct slice *holder) MUST_CHECK;
/* Only looks: *holder is the line that stands in the SERIAL slot, or the claim's own where it stands among those of a
 * DEAL; empty: the slot is free, or does not have it. */
enum err redis_registry_rebuild_look(const struct redis_rebuild *rebuild, struct arena *a,
                                     const struct registry_request *request, struct slice *holder) MUST_CHECK;
enum err redis_registry_rebuild_finish(const struct redis_rebuild *rebuild, instant_ms now_unix_ms) MUST_CHECK;

#endif
