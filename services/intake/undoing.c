/* intake/undoing.c: what a line does to the report that its document undoes. */
#include "intake/undoing.h"

#include "base/assert.h"

bool undoing_takes_back(enum purpose purpose)
{
    return purpose == PURPOSE_CANCEL || purpose == PURPOSE_REPLACE || purpose == PURPOSE_CHANGE;
}

static void replace(struct line *line, const struct standing_line *standing)
{
    line->replaces_kind = line->kind;
    line->kind = KIND_REPLACE;
    line->original_line_ref = standing->line_id;
}

bool undoing_meet(struct undoing *u, struct line *line, bool is_refused, bool deletes,
                  const struct standing_line **goes)
{
    bool is_same = false;
    ASSERT(u->correction && undoing_takes_back(u->purpose));
    const struct standing_line *standing = correction_meet(u->correction, line, &is_same);
    *goes = NULL;
    if (is_refused) return true;
    if (!standing || kind_is_reference(line->kind)) return !deletes;
    if (!deletes && is_same) return false;
    bool is_its_own = standing->kind == line->kind && slice_equal(standing->partner_id, line->partner_id);
    if (!deletes && is_its_own && kind_is_replaceable(line->kind)) {
        replace(line, standing);
        return true;
    }
    *goes = standing;
    return !deletes;
}

void undoing_number(struct undoing *u, struct line *line)
{
    ASSERT(u->correction && u->purpose == PURPOSE_RESUBMISSION);
    const struct standing_line *standing = correction_meet_refused(u->correction, line);
    if (standing && line->submission_no <= 1 && standing->submission_no < SUBMISSION_NO_MAX)
        line->submission_no = standing->submission_no + 1;
}

void undoing_finish(struct undoing *u)
{
    if (u->correction && u->purpose == PURPOSE_REPLACE) u->takes_rest = true;
    else if (!u->takes_rest) undoing_end(u);
}

const struct standing_line *undoing_rest(struct undoing *u)
{
    ASSERT(u->correction && u->takes_rest);
    const struct standing_line *standing = u->goes_too;
    if (!standing) standing = correction_unmet(u->correction);
    u->goes_too = standing ? correction_replaced(u->correction, standing) : NULL;
    if (!standing) undoing_end(u);
    return standing;
}

struct correction *undoing_kept_find(const struct undoing_kept *k, const struct report_ref *report)
{
    struct hash128 number = hash_bytes(report->number);
    for (unsigned n = 0; n < UNDOING_KEPT_MAX; n++)
        if (k->items[n].correction && memcmp(&k->items[n].number, &number, sizeof number) == 0
            && memcmp(&k->items[n].partner, &report->partner, sizeof number) == 0)
            return k->items[n].correction;
    return NULL;
}

void undoing_keep(struct undoing_kept *k, const struct report_ref *report, struct correction *c)
{
    unsigned at = k->next++ % UNDOING_KEPT_MAX;
    correction_close(k->items[at].correction);
    k->items[at].number = hash_bytes(report->number);
    k->items[at].partner = report->partner;
    k->items[at].correction = c;
}

void undoing_forget(struct undoing_kept *k)
{
    for (unsigned n = 0; n < UNDOING_KEPT_MAX; n++) correction_close(k->items[n].correction);
    *k = (struct undoing_kept){ 0 };
}

void undoing_end(struct undoing *u)
{
    *u = (struct undoing){ .purpose = PURPOSE_ORIGINAL };
}
