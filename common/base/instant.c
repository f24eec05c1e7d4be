/* base/instant.c: RFC 3339 and civil days. */
#include "base/instant.h"

/* Days are counted from a March-based year, so that the leap day is the last one of its year. */
int64_t instant_days_from_civil(int32_t year, int32_t month, int32_t day)
{
    int64_t y = month > 2 ? year : (int64_t)year - 1;
    int64_t era = (y >= 0 ? y : y - 399) / 400;
    int64_t year_of_era = y - era * 400;
    int64_t day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    return era * 146097 + day_of_era - 719468;
}

void instant_civil_from_days(int64_t days, int32_t *year, int32_t *month, int32_t *day)
{
    int64_t shifted = days + 719468;
    int64_t era = (shifted >= 0 ? shifted : shifted - 146096) / 146097;
    int64_t day_of_era = shifted - era * 146097;
    int64_t year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    int64_t shifted_month = (5 * day_of_year + 2) / 153;
    *day = (int32_t)(day_of_year - (153 * shifted_month + 2) / 5 + 1);
    *month = (int32_t)(shifted_month < 10 ? shifted_month + 3 : shifted_month - 9);
    *year = (int32_t)(year_of_era + era * 400 + (*month <= 2));
}

int32_t instant_date(instant_ms value, int32_t utc_offset_minutes)
{
    int64_t local = value + (int64_t)utc_offset_minutes * INSTANT_MINUTE_MS;
    int64_t days = local >= 0 ? local / INSTANT_DAY_MS : -((-local + INSTANT_DAY_MS - 1) / INSTANT_DAY_MS);
    int32_t year, month, day;
    instant_civil_from_days(days, &year, &month, &day);
    return year * 10000 + month * 100 + day;
}

/* Takes `count` digits off *rest. */
static bool take_digits(struct slice *rest, size_t count, int32_t *value)
{
    uint64_t number;
    if (rest->size < count || !slice_to_uint(slice_head(*rest, count), INT32_MAX, &number)) return false;
    *value = (int32_t)number;
    *rest = slice_skip(*rest, count);
    return true;
}

static bool take_byte(struct slice *rest, char a, char b)
{
    if (rest->size == 0 || (rest->bytes[0] != a && rest->bytes[0] != b)) return false;
    *rest = slice_skip(*rest, 1);
    return true;
}

static bool take_fraction(struct slice *rest, int32_t *millis)
{
    *millis = 0;
    if (!take_byte(rest, '.', '.')) return true;
    int32_t scale = 100;
    size_t digits = 0;
    while (rest->size && rest->bytes[0] >= '0' && rest->bytes[0] <= '9') {
        *millis += (rest->bytes[0] - '0') * scale;
        scale /= 10;
        digits++;
        *rest = slice_skip(*rest, 1);
    }
    return digits > 0;
}

static bool take_offset(struct slice *rest, int32_t *minutes)
{
    *minutes = 0;
    if (take_byte(rest, 'Z', 'z')) return true;
    bool negative = rest->size && rest->bytes[0] == '-';
    int32_t hours, part;
    if (!take_byte(rest, '+', '-') || !take_digits(rest, 2, &hours) || !take_byte(rest, ':', ':')) return false;
    if (!take_digits(rest, 2, &part) || hours > 23 || part > 59) return false;
    *minutes = (negative ? -1 : 1) * (hours * 60 + part);
    return true;
}

static bool is_civil(int32_t year, int32_t month, int32_t day)
{
    if (year < 1990 || year > 2099 || month < 1 || month > 12 || day < 1 || day > 31) return false;
    int32_t y, m, d;
    instant_civil_from_days(instant_days_from_civil(year, month, day), &y, &m, &d);
    return m == month && d == day;
}

enum err instant_parse(struct slice text, instant_ms *value)
{
    int32_t year, month, day, hour, minute, second, millis, offset;
    if (!take_digits(&text, 4, &year) || !take_byte(&text, '-', '-') || !take_digits(&text, 2, &month))
        return ERR_INSTANT_MALFORMED;
    if (!take_byte(&text, '-', '-') || !take_digits(&text, 2, &day) || !take_byte(&text, 'T', 't'))
        return ERR_INSTANT_MALFORMED;
    if (!take_digits(&text, 2, &hour) || !take_byte(&text, ':', ':') || !take_digits(&text, 2, &minute))
        return ERR_INSTANT_MALFORMED;
    if (!take_byte(&text, ':', ':') || !take_digits(&text, 2, &second)) return ERR_INSTANT_MALFORMED;
    if (!take_fraction(&text, &millis) || !take_offset(&text, &offset) || text.size) return ERR_INSTANT_MALFORMED;
    if (!is_civil(year, month, day) || hour > 23 || minute > 59 || second > 60) return ERR_INSTANT_MALFORMED;
    int64_t seconds = instant_days_from_civil(year, month, day) * 86400 + hour * 3600 + minute * 60 + second;
    *value = (seconds - (int64_t)offset * 60) * INSTANT_SECOND_MS + millis;
    return OK;
}

static void put_padded(struct text *t, int32_t value, int digits)
{
    char buffer[8];
    for (int i = digits - 1; i >= 0; i--, value /= 10) buffer[i] = (char)('0' + value % 10);
    text_put(t, slice_of(buffer, (size_t)digits));
}

void instant_put(struct text *t, instant_ms value)
{
    int32_t date = instant_date(value, 0);
    int64_t of_day = ((value % INSTANT_DAY_MS) + INSTANT_DAY_MS) % INSTANT_DAY_MS;
    put_padded(t, date / 10000, 4);
    text_put_byte(t, '-');
    put_padded(t, date / 100 % 100, 2);
    text_put_byte(t, '-');
    put_padded(t, date % 100, 2);
    text_put_byte(t, 'T');
    put_padded(t, (int32_t)(of_day / INSTANT_HOUR_MS), 2);
    text_put_byte(t, ':');
    put_padded(t, (int32_t)(of_day / INSTANT_MINUTE_MS % 60), 2);
    text_put_byte(t, ':');
    put_padded(t, (int32_t)(of_day / INSTANT_SECOND_MS % 60), 2);
    if (of_day % INSTANT_SECOND_MS) {
        text_put_byte(t, '.');
        put_padded(t, (int32_t)(of_day % INSTANT_SECOND_MS), 3);
    }
    text_put_byte(t, 'Z');
}
