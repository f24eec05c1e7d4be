/* claimctl/state_places.h: the saved tables below a state folder, opened for reading beside the services that use
 * them. */
#ifndef CLAIMCTL_STATE_PLACES_H
#define CLAIMCTL_STATE_PLACES_H

#include "runtime/lmdb_reader.h"

#include <stdio.h>

enum { STATE_PLACES_MAX = 1024, STATE_STAGE_MAX = 64 };

struct state_place {
    char                       stage[STATE_STAGE_MAX];      /* name of its folder */
    int32_t                    partition;
    struct lmdb_reader        *reader;              /* NULL: it cannot be read */
    enum err                   err;                 /* why */
};

struct state_places {
    struct slice       stage;                       /* wanted; empty: all */
    int32_t            partition;                   /* wanted; -1: all */
    struct state_place places[STATE_PLACES_MAX];
    unsigned           count, unreadable;
};

/* Opens what is wanted; what cannot be read is said on stderr and counted. ERR_FILE_UNREADABLE: the folder; said. */
enum err state_places_open(struct state_places *p, const char *dir) MUST_CHECK;
void state_places_close(struct state_places *p);

#endif
