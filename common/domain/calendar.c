/* domain/calendar.c: dates as numbers, and the periods that programs cut. */
#include "domain/calendar.h"

#include "base/assert.h"
#include "base/instant.h"
#include "domain/program.h"

static int64_t days_of(int32_t date)
{
    return instant_days_from_civil(date / 10000, date / 100 % 100, date % 100);
}

static int32_t date_of(int32_t year, int32_t month, int32_t day)
{
    return year * 10000 + month * 100 + day;
}

static int32_t date_from_days(int64_t days)
{
    int32_t year, month, day;
    instant_civil_from_days(days, &year, &month, &day);
    return date_of(year, month, day);
}

static bool is_leap(int32_t year)
{
    return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

static int32_t month_length(int32_t year, int32_t month)
{
    static const int8_t lengths[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
    if (month < 1 || month > 12) return lengths[0];     /* of no date: whatever is made of it is clipped */
    return lengths[month - 1] + (month == 2 && is_leap(year));
}

bool date_is_valid(int32_t date)
{
    if (date < DATE_MIN || date > DATE_MAX) return false;
    int32_t month = date / 100 % 100, day = date % 100;
    return month >= 1 && month <= 12 && day >= 1 && day <= month_length(date / 10000, month);
}

enum err date_parse(struct slice text, int32_t *date)
{
    uint64_t year, month, day;
    if (text.size != 10 || text.bytes[4] != '-' || text.bytes[7] != '-') return ERR_DATE_INVALID;
    if (!slice_to_uint(slice_head(text, 4), 9999, &year)) return ERR_DATE_INVALID;
    if (!slice_to_uint(slice_head(slice_skip(text, 5), 2), 99, &month)) return ERR_DATE_INVALID;
    if (!slice_to_uint(slice_skip(text, 8), 99, &day)) return ERR_DATE_INVALID;
    int32_t read = date_of((int32_t)year, (int32_t)month, (int32_t)day);
    if (!date_is_valid(read)) return ERR_DATE_INVALID;
    *date = read;
    return OK;
}

void date_put(struct text *t, int32_t date)
{
    char buffer[10];
    int32_t year = date / 10000, month = date / 100 % 100, day = date % 100;
    for (int i = 3; i >= 0; i--, year /= 10) buffer[i] = (char)('0' + year % 10);
    buffer[4] = buffer[7] = '-';
    buffer[5] = (char)('0' + month / 10);
    buffer[6] = (char)('0' + month % 10);
    buffer[8] = (char)('0' + day / 10);
    buffer[9] = (char)('0' + day % 10);
    text_put(t, slice_of(buffer, sizeof buffer));
}

struct slice date_text(struct arena *a, int32_t date)
{
    struct text t = text_in(a, sizeof "2026-04-10" - 1);
    if (date) date_put(&t, date);
    return text_slice(&t);
}

static int32_t clip(int32_t date)
{
    return date < DATE_MIN ? DATE_MIN : date > DATE_MAX ? DATE_MAX : date;
}

int32_t date_add_days(int32_t date, int64_t days)
{
    static const int64_t span = (DATE_MAX / 10000 - DATE_MIN / 10000 + 1) * 366;    /* beyond it all is clipped */
    if (days > span) days = span;
    if (days < -span) days = -span;
    int64_t day = date % 100 + days;
    if (day >= 1 && day <= 28) return clip(date + (int32_t)days);                   /* every month has it */
    return clip(date_from_days(days_of(date) + days));
}

int64_t date_days_between(int32_t a, int32_t b)
{
    return days_of(b) - days_of(a);
}

int32_t date_month_end(int32_t date)
{
    return date / 100 * 100 + month_length(date / 10000, date / 100 % 100);
}

int32_t date_add_months(int32_t date, int32_t months)
{
    int32_t count = date / 10000 * 12 + date / 100 % 100 - 1 + months;
    int32_t year = count / 12, month = count % 12 + 1, day = date % 100, length = month_length(year, month);
    return clip(date_of(year, month, day < length ? day : length));
}

int date_weekday(int32_t date)
{
    int64_t days = days_of(date) + 3;                   /* 1970-01-01 was a Thursday */
    return (int)((days % 7 + 7) % 7) + 1;
}

static void name_period(struct period *p, struct slice label)
{
    ASSERT(label.size < sizeof p->label);
    memcpy(p->label, label.bytes, label.size);
    p->label[label.size] = 0;
    p->label_size = (uint8_t)label.size;
}

/* 2025, 2025-Q2, 2025-H1, 2025-04: the part counts from 1. */
static void name_calendar_period(struct period *p, enum period_kind kind, int32_t year, int32_t part)
{
    char label[] = { (char)('0' + year / 1000),
                     (char)('0' + year / 100 % 10),
                     (char)('0' + year / 10 % 10),
                     (char)('0' + year % 10),
                     '-',
                     0,
                     0 };
    size_t size = kind == PERIOD_YEAR ? 4 : 7;
    label[5] = kind == PERIOD_QUARTER ? 'Q' : kind == PERIOD_HALF ? 'H' : (char)('0' + part / 10);
    label[6] = (char)('0' + part % 10);
    name_period(p, slice_of(label, size));
}

static int32_t months_of(enum period_kind kind)
{
    switch (kind) {
    case PERIOD_MONTH:   return 1;
    case PERIOD_QUARTER: return 3;
    case PERIOD_HALF:    return 6;
    case PERIOD_YEAR:    return 12;
    case PERIOD_UNSPECIFIED: case PERIOD_LINE: case PERIOD_CUSTOM: case PERIOD_PROGRAM: case PERIOD_COUNT: break;
    }
    return 0;
}

static uint32_t fiscal_start(const struct period_rule *rule)
{
    return rule->kind == PERIOD_MONTH || rule->fiscal_start_month == 0 ? 1 : rule->fiscal_start_month;
}

/* Months are named by the calendar; the larger periods by the fiscal year, which is named after the year it ends in. */
static void calendar_period(const struct period_rule *rule, int32_t date, struct period *out)
{
    int32_t length = months_of(rule->kind), start = (int32_t)fiscal_start(rule) - 1;
    int32_t month_index = date / 10000 * 12 + date / 100 % 100 - 1;
    int32_t shifted = month_index - start, first = shifted - shifted % length + start;
    int32_t fiscal_year = (shifted - shifted % 12 + start + 11) / 12;
    *out = (struct period){ .from = date_of(first / 12, first % 12 + 1, 1) };
    out->to = date_month_end(date_add_months(out->from, length - 1));
    name_calendar_period(out, rule->kind, fiscal_year, shifted % 12 / length + 1);
}

static void custom_period_at(const struct period_rule *rule, unsigned index, struct period *out)
{
    *out = (struct period){ .from = rule->custom[index].from, .to = rule->custom[index].to };
    name_period(out, rule->custom[index].label);
}

static bool custom_index(const struct period_rule *rule, int32_t date, unsigned *index)
{
    for (*index = 0; *index < rule->custom_count; ++*index)
        if (rule->custom[*index].from <= date && date <= rule->custom[*index].to) return true;
    return false;
}

static void program_period(const struct period_rule *rule, struct period *out)
{
    *out = (struct period){ .from = rule->program_from, .to = rule->program_to };
    name_period(out, SLICE("PROGRAM"));
}

bool period_of(const struct period_rule *rule, int32_t date, struct period *out)
{
    unsigned index;
    if (months_of(rule->kind)) {
        calendar_period(rule, date, out);
        return true;
    }
    if (rule->kind == PERIOD_CUSTOM && custom_index(rule, date, &index)) {
        custom_period_at(rule, index, out);
        return true;
    }
    if (rule->kind != PERIOD_PROGRAM || date < rule->program_from || date > rule->program_to) return false;
    program_period(rule, out);
    return true;
}

bool period_prior(const struct period_rule *rule, const struct period *p, struct period *out)
{
    unsigned index;
    if (months_of(rule->kind)) return p->from > DATE_MIN && period_of(rule, date_add_days(p->from, -1), out);
    if (rule->kind != PERIOD_CUSTOM || !custom_index(rule, p->from, &index) || index == 0) return false;
    custom_period_at(rule, index - 1, out);
    return true;
}

bool period_next(const struct period_rule *rule, const struct period *p, struct period *out)
{
    unsigned index;
    if (months_of(rule->kind)) return p->to < DATE_MAX && period_of(rule, date_add_days(p->to, 1), out);
    if (rule->kind != PERIOD_CUSTOM || !custom_index(rule, p->from, &index) || index + 1 >= rule->custom_count)
        return false;
    custom_period_at(rule, index + 1, out);
    return true;
}

bool period_year_earlier(const struct period_rule *rule, const struct period *p, struct period *out)
{
    if (rule->kind == PERIOD_PROGRAM || p->from < DATE_MIN + 10000) return false;
    return period_of(rule, date_add_months(p->from, -12), out);
}

/* A label of the calendar names a year and a part: the period is looked up from a date in it. */
static bool calendar_find(const struct period_rule *rule, struct slice label, struct period *out)
{
    uint64_t year;
    if (label.size < 4 || !slice_to_uint(slice_head(label, 4), 9999, &year)) return false;
    if (year < DATE_MIN / 10000 || year > DATE_MAX / 10000) return false;
    int32_t start = (int32_t)fiscal_start(rule), length = months_of(rule->kind);
    int32_t from = date_of((int32_t)year - (start > 1), start, 1);
    if (from < DATE_MIN) return false;
    for (int32_t month = 0; month < 12; month += length) {
        if (!period_of(rule, date_add_months(from, month), out)) return false;
        if (slice_equal(period_label(out), label)) return true;
    }
    return false;
}

bool period_find(const struct period_rule *rule, struct slice label, struct period *out)
{
    if (months_of(rule->kind)) return calendar_find(rule, label, out);
    if (rule->kind == PERIOD_PROGRAM && slice_equal(label, SLICE("PROGRAM"))) {
        program_period(rule, out);
        return true;
    }
    for (unsigned i = 0; rule->kind == PERIOD_CUSTOM && i < rule->custom_count; i++)
        if (slice_equal(rule->custom[i].label, label)) {
            custom_period_at(rule, i, out);
            return true;
        }
    return false;
}
