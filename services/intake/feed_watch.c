/* intake/feed_watch.c: the days on which a submitter sent, from the order of receipt that the register keeps. */
#include "intake/feed_watch.h"

#include "intake/register.h"
#include "runtime/log.h"

#include <stdlib.h>

enum { ROWS_LOOKED_AT_MAX = 2000, GAPS_FOR_SECOND = 5 };

/* --- the rhythm ------------------------------------------------------------------------------------------------- */

/* The usual rhythm in days, of the days on which something came, the newest first: the longest gap between two of them,
 * of five and more the second longest, so that weekends count and one holiday does not. 0: too few to tell. */
static int32_t rhythm_of(const int32_t *days, unsigned count)
{
    int32_t longest = 0, second = 0;
    if (count < FEED_DAYS_MIN) return 0;
    for (unsigned i = 1; i < count; i++) {
        int32_t gap = days[i - 1] - days[i];
        if (gap > longest) {
            second = longest;
            longest = gap;
        } else if (gap > second) {
            second = gap;
        }
    }
    return count - 1 >= GAPS_FOR_SECOND ? second : longest;
}

/* More than twice its rhythm after its newest day. */
static bool is_behind(const int32_t *days, unsigned count, int32_t today)
{
    int32_t rhythm = rhythm_of(days, count);
    return rhythm > 0 && today - days[0] > 2 * rhythm;
}

/* --- one submitter ---------------------------------------------------------------------------------------------- */

struct days { int32_t at[FEED_DAYS]; unsigned count, looked; };

static enum err note_day(void *context, struct slice key, struct slice value)
{
    struct days *d = context;
    int32_t day = (int32_t)(register_time_of(key) / INSTANT_DAY_MS);
    (void)value;
    if (d->count == 0 || d->at[d->count - 1] != day) d->at[d->count++] = day;
    return d->count == FEED_DAYS || ++d->looked == ROWS_LOOKED_AT_MAX ? ERR_TRANSACTION_ABORTED : OK;
}

static bool is_silent(struct arena *scratch, struct store *store, struct slice submitter_id, int32_t today,
                      struct days *d)
{
    static const uint8_t none[SHA256_BYTES];
    size_t mark = arena_mark(scratch);
    *d = (struct days){ .count = 0 };
    struct slice prefix = slice_head(register_time_key(scratch, submitter_id, 0, none), REGISTER_KEY_BYTES);
    enum err e = store ? store_scan(store, INTAKE_TIMES, prefix, (struct slice){ 0 }, note_day, d) : OK;
    arena_rewind(scratch, mark);
    return (e == OK || e == ERR_TRANSACTION_ABORTED) && is_behind(d->at, d->count, today);
}

/* --- all of them ------------------------------------------------------------------------------------------------ */

static void begin(struct feed_watch *w, const struct grants *grants)
{
    if (grants != w->grants) {
        free(w->was_silent);
        w->was_silent = calloc(grants->count + 1, sizeof *w->was_silent);
        w->grants = grants;
    }
    w->looks = w->was_silent != NULL;
    w->at = w->silent = 0;
}

static void look(struct feed_watch *w, struct arena *scratch, struct store *store, int32_t today)
{
    struct days d;
    struct slice id = w->grants->items[w->at].submitter.id;
    bool silent = is_silent(scratch, store, id, today, &d);
    if (silent && !w->was_silent[w->at])
        LOG(LOG_WARNING, "feed_silenced", LOG_TEXT("submitter", id), LOG_NUMBER("days", today - d.at[0]),
            LOG_NUMBER("rhythm_days", rhythm_of(d.at, d.count)));
    w->was_silent[w->at] = silent;
    w->silent += silent;
}

bool feed_watch_step(struct feed_watch *w, const struct feed_source *from, instant_ms now_unix_ms, unsigned *silent)
{
    bool is_due = now_unix_ms - w->looked_at_unix_ms >= FEED_WATCH_EVERY_MS;
    if (w->looks && from->grants != w->grants) begin(w, from->grants);
    if (!w->looks && is_due) {
        w->looked_at_unix_ms = now_unix_ms;
        begin(w, from->grants);
    }
    if (!w->looks) return false;
    if (w->at < w->grants->count) {
        struct slice id = w->grants->items[w->at].submitter.id;
        look(w, from->scratch, from->store(from->context, id), (int32_t)(now_unix_ms / INSTANT_DAY_MS));
        w->at++;
    }
    w->looks = w->at < w->grants->count;
    *silent = w->silent;
    return !w->looks;
}

void feed_watch_close(struct feed_watch *w)
{
    free(w->was_silent);
    *w = (struct feed_watch){ 0 };
}
