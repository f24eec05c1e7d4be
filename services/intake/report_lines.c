/* intake/report_lines.c: a report on file, read again. */
#include "intake/report_lines.h"

#include "base/assert.h"

#include <stdlib.h>

static enum err keep_line(void *context, const struct intake_line *line)
{
    const struct intake_job *job = context;
    static const struct hash128 nobody;
    bool is_of_report = slice_equal(line->target_id.size ? line->target_id : line->report_id, job->report_name);
    if (line->outcome != OUTCOME_PASS || !is_of_report) return OK;
    struct hash128 own = hash_bytes(line->report_partner.size ? line->report_partner : line->line->partner_id);
    bool is_anothers = memcmp(&job->report_partner, &nobody, sizeof nobody) != 0
                       && memcmp(&job->report_partner, &own, sizeof own) != 0;
    if (is_anothers) return OK;
    return correction_add(job->correction, line->line, line->receipt->line_id, line->resubmits);
}

/* What the document did to the report goes into the correction. */
static enum err read_one(struct correction *c, struct intake_job *job, report_lines_again *again)
{
    struct intake_events events = { .context = job, .on_line = keep_line };
    job->correction = c;
    correction_begin(c);
    TRY(again(job, &events));
    return correction_apply(c);
}

enum err report_lines_read(struct correction *c, const struct intake_targets *targets, const struct report_ref *target,
                           struct slice but_of, report_lines_again *again)
{
    if (targets->standing(targets->context, target) == TARGET_CANCELLED) return OK;
    struct intake_job *jobs = calloc(TARGET_CHAIN_MAX, sizeof *jobs);
    unsigned count = 0;
    enum err e = jobs ? targets->open(targets->context, target, jobs, &count) : ERR_MEMORY_EXHAUSTED;
    if (e != OK) { free(jobs); return e; }
    ASSERT(count <= TARGET_CHAIN_MAX);
    for (unsigned k = 0; e == OK && k < count; k++)
        if (!slice_equal(jobs[k].document_id, but_of)) e = read_one(c, &jobs[k], again);
    targets->close(targets->context, jobs, count);
    free(jobs);
    correction_begin(c);
    return e;
}

enum err report_watch_step(struct report_watch *w, const struct reader *r, struct slice number, uint64_t passed,
                           const struct intake_events *events)
{
    struct report_ref left = w->report;
    bool is_empty = left.number.size > 0 && passed == w->passed;
    if (left.number.size > 0 && slice_equal(left.number, number)) return OK;
    if (is_empty && !w->is_foreign && w->begun < REPORTS_BEGUN_MAX) {
        w->begun++;
        TRY(events->on_undo(events->context, left.number, &left, PURPOSE_ORIGINAL));
    }
    w->report = (struct report_ref){ 0 };
    w->has_refused = w->is_foreign = false;
    if (number.size == 0 || number.size > sizeof w->number) return OK;
    memcpy(w->number, number.bytes, number.size);
    w->report = reader_report_ref(r, slice_of(w->number, number.size));
    w->passed = passed;
    return OK;
}

void report_watch_refused(struct report_watch *w, struct slice partner_id, bool is_allowed)
{
    if (!w->has_refused) w->report.other_count = 0;
    w->has_refused = true;
    w->is_foreign |= !is_allowed;
    reader_ref_add(&w->report, partner_id);
}
