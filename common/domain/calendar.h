/* domain/calendar.h: civil dates yyyymmdd of 1990 to 2099, and the periods of programs (domain.md 2.8, 4.2). */
#ifndef DOMAIN_CALENDAR_H
#define DOMAIN_CALENDAR_H

#include "base/arena.h"
#include "base/str.h"
#include "domain/vocabulary.h"

enum { DATE_MIN = 19900101, DATE_MAX = 20991231, PERIOD_LABEL_MAX = 10 };

/* True of a day yyyymmdd that the calendar has, from DATE_MIN to DATE_MAX. */
bool date_is_valid(int32_t date);

/* ISO 8601 yyyy-mm-dd. ERR_DATE_INVALID leaves *date untouched. */
enum err date_parse(struct slice text, int32_t *date) MUST_CHECK;
void date_put(struct text *t, int32_t date);
/* The same in the arena; empty for 0, which is no date. */
struct slice date_text(struct arena *a, int32_t date);

/* date + days, clipped to the range. */
int32_t date_add_days(int32_t date, int64_t days);
/* Calendar days from a to b, negative when b is earlier. */
int64_t date_days_between(int32_t a, int32_t b);
/* The same day n months later, clipped to the end of its month. */
int32_t date_add_months(int32_t date, int32_t months);
int32_t date_month_end(int32_t date);
/* ISO weekday, Monday 1 … Sunday 7. */
int date_weekday(int32_t date);

struct period {
    char         label[PERIOD_LABEL_MAX + 2];       /* terminated */
    uint8_t      label_size;
    int32_t      from, to;                          /* inclusive */
};

static inline struct slice period_label(const struct period *p)
{
    return slice_of(p->label, p->label_size);
}

/* How a program cuts time. custom periods are sorted and do not overlap. */
struct period_rule {
    enum period_kind            kind;
    uint32_t                    fiscal_start_month; /* 1 … 12 */
    const struct custom_period *custom;             /* domain/program.h */
    unsigned                    custom_count;
    int32_t                     program_from, program_to;   /* PERIOD_PROGRAM */
};

/* The period that contains date; false when none does (custom periods, outside the program). LINE has no period: false.
 * Labels: 2025-04, 2025-Q2, 2025-H1, 2025, own, PROGRAM; a fiscal year is named after the year it ends in. */
bool period_of(const struct period_rule *rule, int32_t date, struct period *out);
/* The period before and after; false when there is none. */
bool period_prior(const struct period_rule *rule, const struct period *p, struct period *out);
bool period_next(const struct period_rule *rule, const struct period *p, struct period *out);
/* The same period one year earlier; false when there is none. */
bool period_year_earlier(const struct period_rule *rule, const struct period *p, struct period *out);
/* The period of that label; false when the rule has none. */
bool period_find(const struct period_rule *rule, struct slice label, struct period *out);

#endif
