/* intake/feed_watch.h: who has fallen silent: a submitter that sent nothing for more than twice its usual rhythm, by
 * the days on which its documents came (surfaces.md 5, FeedSilent). The engine's thread alone. */
#ifndef INTAKE_FEED_WATCH_H
#define INTAKE_FEED_WATCH_H

#include "base/instant.h"
#include "intake/grants.h"
#include "runtime/store.h"

enum { FEED_DAYS = 11, FEED_DAYS_MIN = 4, FEED_WATCH_EVERY_MS = 60000 };

struct feed_watch {
    const struct grants *grants;                    /* whose submitters are looked at; others: the look starts over */
    unsigned             at, silent;                /* of the look that is under way */
    bool                *was_silent;                /* by submitter: said once */
    instant_ms           looked_at_unix_ms;
    bool                 looks;
};

/* Who may send, and where the register of each lies; NULL: with another process. */
struct feed_source {
    const struct grants *grants;
    struct store      *(*store)(void *context, struct slice submitter_id);
    void                *context;
    struct arena        *scratch;
};

/* Looks at one submitter a call, at all of them once a minute. True at the end of that: *silent says how many are; who
 * became so was logged. */
bool feed_watch_step(struct feed_watch *w, const struct feed_source *from, instant_ms now_unix_ms, unsigned *silent);
void feed_watch_close(struct feed_watch *w);

#endif
