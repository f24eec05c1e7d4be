/* intake/date.c: from written date to yyyymmdd. */
#include "intake/date.h"

#include "base/assert.h"
#include "base/instant.h"
#include "domain/calendar.h"
#include "intake/plain.h"

enum { SERIAL_FIRST = 20000, SERIAL_LAST = 80000, YEARS_BACK = 80, YEARS_AHEAD = 19 };

/* One number or word of a date, and the byte after it. */
struct token { int32_t value; unsigned digits; int month; char separator; };

static bool is_digit(char c)  { return c >= '0' && c <= '9'; }
static bool is_letter(char c) { return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (uint8_t)c >= 0x80; }

static int month_of(struct slice word)
{
    static const struct slice names[] = {
        SLICE_INIT("JANUARY"), SLICE_INIT("FEBRUARY"), SLICE_INIT("MARCH"), SLICE_INIT("APRIL"), SLICE_INIT("MAY"),
        SLICE_INIT("JUNE"), SLICE_INIT("JULY"), SLICE_INIT("AUGUST"), SLICE_INIT("SEPTEMBER"), SLICE_INIT("OCTOBER"),
        SLICE_INIT("NOVEMBER"), SLICE_INIT("DECEMBER"),
    };
    static const struct { struct slice word; int month; } others[] = {
#define MONTH_WORD(month, word) { SLICE_INIT(word), month },
#include "intake/month_word.def"
#undef MONTH_WORD
    };
    if (word.size < 3 || !memchr("JFMASONDEGL", word.bytes[0] & ~0x20, 11)) return 0;
    for (int m = 0; m < 12; m++)
        if (slice_equal_nocase(word, names[m]) || slice_equal_nocase(word, slice_head(names[m], 3))) return m + 1;
    for (unsigned k = 0; k < sizeof others / sizeof *others; k++)
        if (slice_equal_nocase(word, others[k].word)) return others[k].month;
    return 0;
}

/* Takes the next number or month name off the text, with one separator after it (blanks around it count once). */
static bool take(struct slice *rest, struct token *t)
{
    size_t at = 0;
    *t = (struct token){ 0 };
    while (at < rest->size && is_digit(rest->bytes[at]) && t->digits < 9) {
        t->value = t->value * 10 + (rest->bytes[at++] - '0');
        t->digits++;
    }
    if (at == 0) {
        while (at < rest->size && is_letter(rest->bytes[at])) at++;
        t->month = month_of(slice_head(*rest, at));
        if (t->month == 0) return false;
    }
    *rest = slice_skip(*rest, at);
    bool has_blank = rest->size > 0 && rest->bytes[0] == ' ';
    struct slice trimmed = slice_trim(*rest);
    if (trimmed.size > 0
        && (trimmed.bytes[0] == '-' || trimmed.bytes[0] == '/' || trimmed.bytes[0] == '.' || trimmed.bytes[0] == ',')) {
        t->separator = trimmed.bytes[0];
        *rest = slice_trim(slice_skip(trimmed, 1));
    } else {
        t->separator = has_blank ? ' ' : 0;
        *rest = trimmed;
    }
    return true;
}

/* Empty, or a time of day in any of the usual forms. */
static bool is_time(struct slice s)
{
    for (size_t i = 0; i < s.size; i++) {
        char c = s.bytes[i];
        if (!is_digit(c) && !memchr("T:.,Z+- aApPmM", c, 14)) return false;
    }
    return s.size < 24;
}

static bool make(int32_t year, int32_t month, int32_t day, int32_t *date)
{
    if (year < 1990 || year > 2099 || month < 1 || month > 12 || day < 1 || day > 31) return false;
    int32_t value = year * 10000 + month * 100 + day;
    if (!date_is_valid(value)) return false;
    *date = value;
    return true;
}

/* The year with these two last digits, at most 80 before and 19 after the receipt. */
static int32_t full_year(int32_t value, unsigned digits, int32_t received)
{
    if (digits == 4) return value;
    if (digits != 2) return 0;
    int32_t now = received / 10000, year = now - now % 100 + value;
    if (year > now + YEARS_AHEAD) return year - 100;
    return year < now - YEARS_BACK ? year + 100 : year;
}

static bool is_all_digits(struct slice s)
{
    for (size_t i = 0; i < s.size; i++)
        if (!is_digit(s.bytes[i])) return false;
    return s.size > 0;
}

static bool read_compact(struct slice s, int32_t *date)
{
    uint64_t value;
    if (!slice_to_uint(slice_head(s, 8), 99999999, &value)) return false;
    return make((int32_t)(value / 10000), (int32_t)(value / 100 % 100), (int32_t)(value % 100), date);
}

/* Day 60 of 1900 never was; spreadsheets count it, so the days after it are one too high. */
static bool read_serial(struct slice s, bool is_1904, int32_t *date)
{
    size_t point = slice_find(s, '.');
    uint64_t serial;
    if (!slice_to_uint(slice_head(s, point), SERIAL_LAST, &serial)) return false;
    if (point < s.size && !is_all_digits(slice_skip(s, point + 1))) return false;
    int64_t days = (int64_t)serial + (is_1904 ? DATE_1904_BEHIND : 0);
    if (days < SERIAL_FIRST) return false;
    int32_t year, month, day;
    instant_civil_from_days(instant_days_from_civil(1899, 12, 30) + days, &year, &month, &day);
    return make(year, month, day, date);
}

enum { DAY_SIZE = 10, MINUTES_SIZE = 16 };          /* 2026-03-02, 2026-03-02T15:30 */

/* 2026-03-02T15:30:00, or a blank for the T, or without seconds: what most systems write of a day, with no zone. */
static bool is_local_instant(struct slice s)
{
    char whole[DATE_SENT_MAX + sizeof ":00Z"];
    instant_ms ignored;
    if (s.size < MINUTES_SIZE || s.size > DATE_SENT_MAX) return false;
    char *end = slice_write(s, whole);
    if (whole[DAY_SIZE] == ' ') whole[DAY_SIZE] = 'T';
    if (s.size == MINUTES_SIZE) end = slice_write(SLICE(":00"), end);
    *end++ = 'Z';
    return instant_parse(slice_of(whole, (size_t)(end - whole)), &ignored) == OK;
}

/* A date that came with its time is the date that it names, with zone or without: nothing is shifted (feeds.md 3). */
static struct slice without_time(struct slice s)
{
    instant_ms ignored;
    return instant_parse(s, &ignored) == OK || is_local_instant(s) ? slice_head(s, DAY_SIZE) : s;
}

static bool read_plain(struct slice s, int32_t *date)
{
    s = without_time(s);
    if (s.size == 8) return is_all_digits(s) && read_compact(s, date);
    if (s.size != 10 || s.bytes[4] != '-' || s.bytes[7] != '-') return false;
    struct token year, month, day;
    struct slice rest = s;
    if (!take(&rest, &year) || !take(&rest, &month) || !take(&rest, &day) || rest.size > 0) return false;
    return year.digits == 4 && month.digits == 2 && day.digits == 2 && make(year.value, month.value, day.value, date);
}

static bool read_ordered(const struct token t[3], const struct date_dialect *d, int32_t *date)
{
    enum date_style order = t[0].separator == '.' ? DATE_STYLE_DMY : d->order;
    if (t[0].digits == 4) order = DATE_STYLE_YMD;
    if (order == DATE_STYLE_AUTO && t[0].value == t[1].value) order = DATE_STYLE_DMY;
    if (order == DATE_STYLE_AUTO || t[0].separator != t[1].separator || t[0].separator == 0) return false;
    unsigned year_at = order == DATE_STYLE_YMD ? 0 : 2;
    unsigned month_at = order == DATE_STYLE_MDY ? 0 : 1;
    unsigned day_at = order == DATE_STYLE_YMD ? 2 : 1 - month_at;
    if (t[month_at].digits > 2 || t[day_at].digits > 2) return false;
    int32_t year = full_year(t[year_at].value, t[year_at].digits, d->received);
    return make(year, t[month_at].value, t[day_at].value, date);
}

static bool read_tokens(struct slice s, const struct date_dialect *d, int32_t *date)
{
    struct token t[3];
    for (unsigned i = 0; i < 3; i++)
        if (!take(&s, &t[i])) return false;
    if (t[2].separator && t[2].separator != ' ' && t[2].separator != ',') return false;
    if (!is_time(s)) return false;
    if (t[1].month && t[0].digits && t[0].digits <= 2)
        return make(full_year(t[2].value, t[2].digits, d->received), t[1].month, t[0].value, date);
    if (t[0].month && t[1].digits && t[1].digits <= 2)
        return make(full_year(t[2].value, t[2].digits, d->received), t[0].month, t[1].value, date);
    if (t[0].month || t[1].month || t[2].month) return false;
    return read_ordered(t, d, date);
}

/* 2026年3月2日: each part says which it is. */
static bool read_named(struct slice s, int32_t *date)
{
    static const struct slice names[] = { SLICE_INIT("年"), SLICE_INIT("月"), SLICE_INIT("日") };
    int32_t parts[3] = { 0 };
    for (unsigned i = 0; i < 3; i++) {
        size_t digits = 0, digits_max = i == 0 ? 4 : 2;
        for (; digits < s.size && digits < digits_max && is_digit(s.bytes[digits]); digits++)
            parts[i] = 10 * parts[i] + (s.bytes[digits] - '0');
        s = slice_skip(s, digits);
        if (digits == 0 || (i == 0 && digits < 4) || !slice_starts_with(s, names[i])) return false;
        s = slice_trim(slice_skip(s, names[i].size));
    }
    return is_time(s) && make(parts[0], parts[1], parts[2], date);
}

bool date_read(struct slice text, const struct date_dialect *dialect, int32_t *date)
{
    struct slice s = slice_trim(text);
    if (s.size == 0 || s.size > DATE_SENT_MAX) return false;
    if (dialect->is_plain) return read_plain(s, date);
    char room[DATE_SENT_MAX];
    s = slice_trim(plain_narrow(s, room, sizeof room));
    size_t digits = 0;
    while (digits < s.size && is_digit(s.bytes[digits])) digits++;
    if (digits == 8 || digits == 12 || digits == 14) return is_time(slice_skip(s, digits)) && read_compact(s, date);
    if (digits == 5) return read_serial(s, dialect->is_1904, date);
    return read_named(s, date) || read_tokens(s, dialect, date);
}

enum date_evidence date_evidence(struct slice text)
{
    char room[DATE_SENT_MAX];
    struct slice s = slice_trim(plain_narrow(slice_trim(text), room, sizeof room));
    struct token a, b, year;
    if (s.size == 0 || s.size > DATE_SENT_MAX || !take(&s, &a) || !take(&s, &b) || !take(&s, &year)) return DATE_SILENT;
    if (a.month || b.month || year.month || a.digits > 2 || b.digits > 2 || (year.digits != 2 && year.digits != 4))
        return DATE_SILENT;
    if (a.separator != b.separator || (a.separator != '/' && a.separator != '-')) return DATE_SILENT;
    if (a.value == b.value || (a.value > 12 && b.value > 12)) return DATE_SILENT;
    if (a.value > 31 || b.value > 31 || a.value == 0 || b.value == 0) return DATE_SILENT;
    if (a.value > 12) return DATE_SAYS_DMY;
    return b.value > 12 ? DATE_SAYS_MDY : DATE_AMBIGUOUS;
}

bool date_needs_no_order(struct slice text)
{
    char room[DATE_SENT_MAX];
    struct slice s = slice_trim(plain_narrow(slice_trim(text), room, sizeof room));
    struct token day, month;
    if (s.size > DATE_SENT_MAX || !take(&s, &day) || !take(&s, &month)) return false;
    if (day.digits == 0 || day.digits > 2 || month.digits == 0 || day.separator != month.separator) return false;
    return day.separator == '.' || (day.separator != 0 && s.size > 0 && day.value == month.value);
}

bool date_is_look_alike(struct slice text)
{
    struct slice s = slice_trim(text);
    struct token a, b, c;
    if (s.size < 5 || s.size > DATE_SENT_MAX || !take(&s, &a) || !take(&s, &b)) return false;
    if (s.size == 0) return (a.month && b.digits && b.digits <= 4) || (b.month && a.digits && a.digits <= 2);
    struct slice rest = s;
    if (!take(&rest, &c) || rest.size > 0) return false;
    int32_t date;
    struct date_dialect any = { .order = DATE_STYLE_DMY, .received = 20260101 };
    if (date_read(text, &any, &date) && !is_all_digits(slice_trim(text))) return true;
    any.order = DATE_STYLE_MDY;
    return date_read(text, &any, &date) && !is_all_digits(slice_trim(text));
}
