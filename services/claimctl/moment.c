/* claimctl/moment.c: places in time and in a log. */
#include "claimctl/moment.h"

#include "domain/calendar.h"

static bool read_ago(struct slice word, instant_ms now_unix_ms, struct moment *out)
{
    static const struct { char letter; instant_ms unit_ms;
    } units[] = {
        { 's', INSTANT_SECOND_MS },
        { 'm', INSTANT_MINUTE_MS },
        { 'h', INSTANT_HOUR_MS },
        { 'd', INSTANT_DAY_MS },
        { 'w', 7 * (instant_ms)INSTANT_DAY_MS },
    };
    uint64_t count;
    if (word.size < 2 || !slice_to_uint(slice_head(word, word.size - 1), 1000000, &count)) return false;
    for (unsigned i = 0; i < sizeof units / sizeof units[0]; i++) {
        if (units[i].letter != word.bytes[word.size - 1]) continue;
        instant_ms at = now_unix_ms - (instant_ms)count * units[i].unit_ms;
        *out = (struct moment){ .kind = MOMENT_INSTANT, .unix_ms = at > 0 ? at : 0 };
        return true;
    }
    return false;
}

instant_ms moment_of_day(int32_t date)
{
    return (instant_ms)date_days_between(19700101, date) * INSTANT_DAY_MS;
}

/* `2026-04-01`: where that day begins. */
static bool read_day(struct slice word, struct moment *out)
{
    int32_t date;
    if (date_parse(word, &date) != OK) return false;
    *out = (struct moment){ .kind = MOMENT_INSTANT, .unix_ms = moment_of_day(date) };
    return true;
}

bool moment_read(struct slice word, instant_ms now_unix_ms, struct moment *out)
{
    uint64_t offset;
    *out = (struct moment){ 0 };
    if (slice_equal(word, SLICE("beginning"))) return true;
    if (slice_equal(word, SLICE("now")) || slice_equal(word, SLICE("end"))) {
        out->kind = MOMENT_END;
        return true;
    }
    if (word.size && word.bytes[0] == '@') {
        if (!slice_to_uint(slice_skip(word, 1), INT64_MAX, &offset)) return false;
        *out = (struct moment){ .kind = MOMENT_OFFSET, .offset = (int64_t)offset };
        return true;
    }
    if (read_ago(word, now_unix_ms, out) || read_day(word, out)) return true;
    out->kind = MOMENT_INSTANT;
    return instant_parse(word, &out->unix_ms) == OK;
}
