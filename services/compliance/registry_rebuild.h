/* compliance/registry_rebuild.h: the shared registry filled anew from what was published (screening.md 8.1): the slots
 * of every line that stands in claims.decided.v1 or claims.held.v1 with its place kept, oldest first.
 *
 * The partitions set what their states know again behind it; so what a topic no longer tells is there, too. */
#ifndef COMPLIANCE_REGISTRY_REBUILD_H
#define COMPLIANCE_REGISTRY_REBUILD_H

#include "domain/catalogue.h"
#include "stage/redis_registry.h"

struct registry_rebuild_options {
    struct redis_rebuild    redis;                  /* link NULL: looks for conflicts only, writes nothing */
    const struct catalogue *catalogue;              /* all programs, as they are in force */
    uint64_t                seed;                   /* of the installation (first-hour.md 2) */
    /* Two lines that hold one slot: the older has it. Borrowed for the call. May be NULL. */
    void (*conflict)(void *context, const struct registry_request *wanted, struct slice holder_line_id);
    void                   *context;
};

struct registry_rebuild_counts { uint64_t dossiers, unreadable, lines, serials, deals, conflicts; };

struct registry_rebuild;

/* ERR_MEMORY_EXHAUSTED. Writes nothing yet. */
enum err registry_rebuild_open(const struct registry_rebuild_options *options,
                               struct registry_rebuild **rebuild) MUST_CHECK;
void registry_rebuild_close(struct registry_rebuild *r);

/* A record of one of the topics, in any order; of a line the longest dossier counts. Cases are passed over. */
void registry_rebuild_take(struct registry_rebuild *r, struct slice dossier);

/* Drops all slots, puts in those of the lines taken, and begins the new epoch. ERR_REDIS_AWAY: there is no epoch; call
 * again. */
enum err registry_rebuild_finish(struct registry_rebuild *r, instant_ms now_unix_ms,
                                 struct registry_rebuild_counts *counts) MUST_CHECK;

#endif
