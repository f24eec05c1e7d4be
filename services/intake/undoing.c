/* intake/undoing.c: what a line does to the report that its document undoes. */
#include "intake/undoing.h"

#include "base/assert.h"

#include <stdlib.h>

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

struct kept_report *undoing_kept_find(const struct undoing_kept *k, const struct report_ref *report)
{
    struct hash128 number = hash_bytes(report->number), partner = reader_ref_partner(report);
    for (unsigned n = 0; n < k->count; n++)
        if (memcmp(&k->items[n].number, &number, sizeof number) == 0
            && memcmp(&k->items[n].partner, &partner, sizeof partner) == 0)
            return &k->items[n];
    return NULL;
}

static enum err add(struct undoing_kept *k, const struct report_ref *report, struct correction *c, bool is_second_name)
{
    if (k->count == k->capacity) {
        unsigned capacity = k->capacity ? 2 * k->capacity : 8;
        struct kept_report *more = reallocarray(k->items, capacity, sizeof *more);
        if (!more) return ERR_MEMORY_EXHAUSTED;
        k->items = more;
        k->capacity = capacity;
    }
    k->items[k->count++] = (struct kept_report){ .number = hash_bytes(report->number),
                                                 .partner = reader_ref_partner(report),
                                                 .correction = c,
                                                 .is_second_name = is_second_name };
    return OK;
}

enum err undoing_keep(struct undoing_kept *k, const struct report_ref *report, struct correction *c, bool is_shared)
{
    if (!is_shared) {
        correction_close(k->alone);
        k->alone = c;
        return OK;
    }
    enum err e = add(k, report, c, false);
    if (e != OK) correction_close(c);
    return e;
}

enum err undoing_keep_name(struct undoing_kept *k, const struct report_ref *second, struct correction *c)
{
    return add(k, second, c, true);
}

void undoing_forget(struct undoing_kept *k)
{
    for (unsigned n = 0; n < k->count; n++)
        if (!k->items[n].is_second_name) correction_close(k->items[n].correction);
    correction_close(k->alone);
    free(k->items);
    *k = (struct undoing_kept){ 0 };
}

void undoing_end(struct undoing *u)
{
    *u = (struct undoing){ .purpose = PURPOSE_ORIGINAL };
}
