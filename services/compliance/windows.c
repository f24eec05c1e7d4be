/* compliance/windows.c: how many lines of one day are too many. Pure. */
#include "compliance/windows.h"

#include "domain/calendar.h"

enum { WINDOW_SPAN_DAYS = 35, BASELINE_DAYS = 28 };

struct subject {
    struct slice key;                               /* of the row */
    struct slice name;
    int64_t      floor_lines;
    uint32_t     ordinal;                           /* of this line, when it was counted before */
};

static bool is_rep_line(const struct judging *j)
{
    return j->line->rep_id.size && (j->kind == KIND_SPIFF_CLAIM || j->kind == KIND_POS_SALE);
}

static bool is_site_line(const struct judging *j)
{
    return j->kind == KIND_SPIFF_CLAIM || j->kind == KIND_DEAL_CLAIM;
}

static struct subject rep_of(struct judging *j)
{
    return (struct subject){
        .key = BOOKS_KEY(j->arena, j->root, SLICE("R"), j->line->rep_id), .name = SLICE("rep_day_lines"),
        .floor_lines = j->policy->velocity_rep_day_lines, .ordinal = j->before->rep_ordinal,
    };
}

static struct subject site_of(struct judging *j)
{
    return (struct subject){
        .key = BOOKS_KEY(j->arena, j->root, SLICE("S"), j->line->partner_id), .name = SLICE("site_day_lines"),
        .floor_lines = j->policy->velocity_site_day_lines, .ordinal = j->before->site_ordinal,
    };
}

static uint32_t lines_on(const struct window_days *w, int32_t date)
{
    for (unsigned i = 0; i < w->day_count; i++)
        if (w->days[i].date == date) return w->days[i].line_count;
    return 0;
}

/* A date that the newest one has left behind neither counts nor fires. */
static bool is_too_old(const struct window_days *w, int32_t date)
{
    return w->day_count && date < date_add_days(w->days[w->day_count - 1].date, 1 - WINDOW_SPAN_DAYS);
}

/* The greatest ordinary number of lines: the floor, or so many percent of the mean of the active days before. */
static int64_t limit_of(const struct judging *j, const struct window_days *w, int64_t floor_lines)
{
    int64_t lines = 0, days = 0;
    int32_t from = date_add_days(j->date, -BASELINE_DAYS);
    for (unsigned i = 0; i < w->day_count; i++) {
        if (w->days[i].date < from || w->days[i].date >= j->date) continue;
        lines += w->days[i].line_count;
        days++;
    }
    int64_t ratio = days ? lines * j->policy->velocity_day_ratio_percent / (100 * days) : 0;
    return ratio > floor_lines ? ratio : floor_lines;
}

static bool is_burst(struct judging *j, const struct subject *s, struct finding *f)
{
    const struct window_days *w = judging_read(j, COMPLIANCE_WINDOWS, s->key);
    if (!s->ordinal && is_too_old(w, j->date)) return false;
    int64_t observed = s->ordinal ? s->ordinal : (int64_t)lines_on(w, j->date) + 1;
    int64_t limit = limit_of(j, w, s->floor_lines);
    if (observed <= limit) return false;
    finding_figures(f, s->name, observed, limit, SLICE("count"));
    finding_show(f, EVIDENCE_WINDOW, s->name);
    return true;
}

enum truth windows_burst(struct judging *j, struct finding *f)
{
    bool of_rep = is_rep_line(j), of_site = is_site_line(j);
    if (!j->date || (!of_rep && !of_site)) return TRUTH_UNSPECIFIED;
    bool burst = false;
    if (of_site) {
        struct subject site = site_of(j);
        burst = is_burst(j, &site, f);
    }
    if (of_rep) {
        struct subject rep = rep_of(j);
        burst |= is_burst(j, &rep, f);
    }
    return burst ? TRUTH_TRUE : TRUTH_FALSE;
}

static void insert_day(struct window_days *w, unsigned at, int32_t date)
{
    if (w->day_count == WINDOW_DAYS_MAX) {
        if (at == 0) return;
        memmove(&w->days[0], &w->days[1], (WINDOW_DAYS_MAX - 1) * sizeof w->days[0]);
        w->day_count--;
        at--;
    }
    memmove(&w->days[at + 1], &w->days[at], (w->day_count - at) * sizeof w->days[0]);
    w->days[at] = (struct window_day){ .date = date };
    w->day_count++;
}

/* The number of the line among those of its day. */
static uint32_t count_line(struct judging *j, struct slice key)
{
    const struct window_days *now = judging_read(j, COMPLIANCE_WINDOWS, key);
    if (is_too_old(now, j->date)) return 0;
    struct window_days *w = judging_change(j, COMPLIANCE_WINDOWS, key);
    unsigned at = 0;
    while (at < w->day_count && w->days[at].date < j->date) at++;
    if (at == w->day_count || w->days[at].date != j->date) {
        bool full = w->day_count == WINDOW_DAYS_MAX;
        insert_day(w, at, j->date);
        if (full) at -= at > 0;
    }
    return ++w->days[at].line_count;
}

/* A date that has not come would leave every real one behind. */
static bool is_countable(const struct judging *j)
{
    if (j->date <= j->class->received_date) return j->date != 0;
    return j->date <= date_add_days(j->class->received_date, j->policy->future_days);
}

void windows_record(struct judging *j, enum outcome outcome)
{
    if (outcome == OUTCOME_PARK || !is_countable(j)) return;
    if (is_rep_line(j) && !j->before->rep_ordinal) j->after.rep_ordinal = count_line(j, rep_of(j).key);
    if (is_site_line(j) && !j->before->site_ordinal) j->after.site_ordinal = count_line(j, site_of(j).key);
}
