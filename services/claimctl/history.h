/* claimctl/history.h: what an installation received, kept to be judged again: lines of claims.received.v1 and acts of
 * people of reviews.v1, in the order in which they came.
 *
 * All of it from the beginning, because volumes, balances and caps need what came before; it lies in files without a
 * name, so that no memory grows with it. */
#ifndef CLAIMCTL_HISTORY_H
#define CLAIMCTL_HISTORY_H

#include "base/instant.h"
#include "claimctl/broker.h"
#include "claimctl/directory.h"
#include "runtime/topic.h"

enum { HISTORY_NO_LINE = UINT32_MAX };

struct history_record {
    instant_ms at_unix_ms;                          /* received; of an act: when it was done */
    int64_t    offset;
    uint64_t   begins;                              /* among the bytes: key, then value */
    uint32_t   key_size, value_size;
    int32_t    partition;
    uint32_t   line;                                /* ordinal; HISTORY_NO_LINE: an act */
};

struct history {
    struct spill           byte_room, record_room;
    char                  *bytes;
    uint64_t               size;
    struct history_record *records;
    uint32_t               count;
    struct directory       lines;                   /* line_id → ordinal + 1 */
    uint32_t               line_count, unreadable;
    instant_ms             first_unix_ms;           /* of a line; INT64_MAX: there is none */
};

/* Reads both topics and puts them in order. An exit code; errors are said on stderr. Close it whatever it was. */
int history_open(struct history *h, struct broker *b);
void history_close(struct history *h);

/* Borrowed from the history. */
struct slice history_key(const struct history *h, const struct history_record *r);
struct slice history_value(const struct history *h, const struct history_record *r);

#endif
