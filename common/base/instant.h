/* base/instant.h: instants as milliseconds since 1970, UTC. No clock is read here. */
#ifndef BASE_INSTANT_H
#define BASE_INSTANT_H

#include "base/str.h"

typedef int64_t instant_ms;

enum { INSTANT_SECOND_MS = 1000, INSTANT_MINUTE_MS = 60000, INSTANT_HOUR_MS = 3600000, INSTANT_DAY_MS = 86400000 };

/* RFC 3339 with `Z` or an offset, fraction to milliseconds (more digits are cut), years 1990 to 2099; a leap second is
 * read as the next second. ERR_INSTANT_MALFORMED leaves *value untouched. */
enum err instant_parse(struct slice text, instant_ms *value) MUST_CHECK;

/* 2026-04-08T09:00:00Z; a fraction of three digits only where it is not zero. At most 24 bytes. */
void instant_put(struct text *t, instant_ms value);

/* The civil date yyyymmdd of an instant at a fixed offset. */
int32_t instant_date(instant_ms value, int32_t utc_offset_minutes);

/* Days since 1970-01-01 of a civil date of the proleptic Gregorian calendar, and back. */
int64_t instant_days_from_civil(int32_t year, int32_t month, int32_t day);
void instant_civil_from_days(int64_t days, int32_t *year, int32_t *month, int32_t *day);

#endif
