/* intake/x12_reports.c: which report a set is about (feeds.md 6): asked while the document is surveyed, and found again
 * among its own sets. */
#include "intake/x12_envelope.h"

#include <stdlib.h>

struct slice x12_report_of(const struct x12_segment *s)
{
    if (s->key == X12_KEY('B', 'P', 'T')) return x12_element(s, 2);
    struct slice number = x12_element(s, 5);
    return number.size > 0 ? number : x12_element(s, 4);
}

struct slice x12_target_of(const struct x12_segment *s)
{
    struct slice original = s->key == X12_KEY('B', 'P', 'T') ? x12_element(s, 9) : (struct slice){ 0 };
    return original.size > 0 ? original : x12_report_of(s);
}

/* Whose report it is stands after the segment at hand. */
void x12_note_report(struct x12 *x)
{
    struct x12_question *q = &x->reports.asked;
    const struct x12_segment *s = &x->segment;
    *q = (struct x12_question){ .offset = s->offset, .position = x->position };
    q->waits = x->set->effect != X12_ACKNOWLEDGES;
    x12_keep_field(q->segment, sizeof q->segment, s->id);
    x12_keep_field(q->own, sizeof q->own, x12_report_of(s));
    x12_keep_field(q->number, sizeof q->number, x->set->effect == X12_POSTS ? x12_report_of(s) : x12_target_of(s));
    x->base.report_partner = (struct slice){ 0 };
}

static void note_reporter(struct x12 *x)
{
    if (x->base.report_partner.size > 0) return;
    x12_keep_field(x->reports.reporter, sizeof x->reports.reporter, x12_reporter_of(x, &x->segment));
    x->base.report_partner = slice_from(x->reports.reporter);
}

/* At the segment that named the report. */
static struct issue *tell_at_report(struct x12 *x, enum issue_code code, const struct report_ref *report)
{
    struct x12_question *q = &x->reports.asked;
    const struct x12_segment s = { .id = slice_from(q->segment), .offset = q->offset };
    uint32_t position = x->position;
    x->position = q->position;
    struct issue *i = x12_tell(x, code, &s, false);
    x->position = position;
    x12_tell_value(x, i, report->number);
    return i;
}

/* A correction of what was cancelled before does nothing more. */
static void repeat(struct x12 *x, const struct report_ref *report)
{
    tell_at_report(x, ISSUE_REPORT_CANCELLED, report);
    x->set->effect = X12_ACKNOWLEDGES;
    x->set->report = x->set->target = 0;
    x->base.repeats_undoing = true;
}

/* Of a test nobody waits for the original. */
static void warn(struct x12 *x, enum issue_code code, const struct report_ref *report)
{
    struct issue *i = reader_add_as(&x->base, code, x->reports.asked.offset, SEVERITY_WARNING);
    x12_tell_value(x, i, report->number);
}

/* Sets of one document speak of one report when number and partner are the same; 0: the set names none. */
static uint64_t key_of(const struct report_ref *report)
{
    struct hash128 of[2] = { hash_bytes(report->number), reader_ref_partner(report) }, both;
    uint64_t key;
    if (report->number.size == 0) return 0;
    both = hash_bytes(slice_of((const char *)of, sizeof of));
    memcpy(&key, &both, sizeof key);
    return key ? key : 1;
}

/* Its lines, or what becomes of others', are posted when it is read to its end. */
static bool is_good(const struct x12 *x, const struct x12_set *s)
{
    return x12_set_is_accepted(s) && x->all.groups[s->group].faults.count == 0;
}

/* A number that a set before gave a report means that one, unless a report began under it. */
static uint64_t first_name(const struct x12 *x, uint64_t report)
{
    for (uint32_t k = 0; report > 0 && k + 1 < x->all.set_count; k++) {
        const struct x12_set *s = &x->all.sets[k];
        if (s->report == report && is_good(x, s)) return s->target > 0 ? s->target : report;
    }
    return report;
}

/* What the sets before leave of a report, as if each had come by itself; UNKNOWN: none is about it. */
static enum target_standing left_of(const struct x12 *x, uint64_t report)
{
    enum target_standing left = TARGET_UNKNOWN;
    for (uint32_t k = 0; report > 0 && k + 1 < x->all.set_count; k++) {
        const struct x12_set *s = &x->all.sets[k];
        if ((s->report == report || s->target == report) && is_good(x, s))
            left = s->effect == X12_CANCELS ? TARGET_CANCELLED : TARGET_POSTED;
    }
    return left;
}

/* What undoes the same report twice, or one that the document posts itself, has to find its lines again: these are kept
 * in memory, hence the limit. False: there are more. */
static bool has_room(struct x12 *x)
{
    if (x->reports.corrected_count < X12_CORRECTIONS_MAX) return true;
    if (!x->interchange->fault)
        x12_tell_number(x, x12_fault_interchange(x, ISSUE_SETS_TOO_MANY), SLICE("max"), X12_CORRECTIONS_MAX);
    return false;
}

/* A number is one that a set before gave where no report on file has it; of a document that is read again all have. */
static void name_target(struct x12 *x, const struct report_ref *report, enum target_standing standing)
{
    const struct intake_targets *t = x->base.targets;
    bool may_be_second = standing == TARGET_UNKNOWN || (t && !t->open);
    uint64_t key = key_of(report);
    x->set->target = may_be_second ? first_name(x, key) : key;
    x->reports.corrected[x->reports.corrected_count++] = (struct x12_corrected){ .report = x->set->target };
}

/* A document that undoes another one is held until that one is known: asked after the header. */
static void ask_for_target(struct x12 *x, const struct report_ref *report)
{
    enum issue_code question;
    enum target_standing standing = reader_ask_report(&x->base, report, &question);
    name_target(x, report, standing);
    enum target_standing left = left_of(x, x->set->target);
    if (left == TARGET_POSTED && (standing == TARGET_UNKNOWN || standing == TARGET_CANCELLED)) return;
    if (left == TARGET_CANCELLED || standing == TARGET_CANCELLED) { repeat(x, report); return; }
    if (question == ISSUE_NONE || x->base.question) return;
    if (x->interchange->is_test) { warn(x, question, report); return; }
    struct issue *i = tell_at_report(x, question, report);
    const struct issue counted = { .code = question, .severity = SEVERITY_ERROR };
    (void)reader_ask(&x->base, i ? i : &counted);
}

void x12_ask_report(struct x12 *x)
{
    if (!x->reports.asked.waits) return;
    x->reports.asked.waits = false;
    struct report_ref own = reader_report_ref(&x->base, slice_from(x->reports.asked.own)), target = own;
    target.number = slice_from(x->reports.asked.number);
    if (x->set->effect != X12_CANCELS) x->set->report = key_of(&own);
    if (x->set->effect == X12_POSTS || !has_room(x)) return;
    if (x12_undoes(x->set)) { ask_for_target(x, &target); return; }
    reader_tell_report(&x->base, &target);
    name_target(x, &target, TARGET_UNKNOWN);
}

void x12_follow_header(struct x12 *x)
{
    if (!x->reports.asked.waits) return;
    const struct x12_row *row = x12_cursor_row(&x->cursor);
    if (row && row->scope == X12_HEAD_PARTY && x->segment.key == X12_KEY('N', '1', 0)) note_reporter(x);
    else if (row && row->scope != X12_HEAD && row->scope != X12_HEAD_PARTY) x12_ask_report(x);
}

/* Which sets are about one report */

static int by_report(const void *a, const void *b)
{
    const struct x12_corrected *x = a, *y = b;
    return (x->report > y->report) - (x->report < y->report);
}

static struct x12_corrected *find(struct x12 *x, uint64_t report)
{
    struct x12_corrected key = { .report = report };
    return report == 0 ? NULL : bsearch(&key, x->reports.corrected, x->reports.corrected_count, sizeof key, by_report);
}

/* Each report once, in order. */
static void sort_corrected(struct x12 *x)
{
    unsigned count = 0;
    qsort(x->reports.corrected, x->reports.corrected_count, sizeof *x->reports.corrected, by_report);
    for (unsigned k = 0; k < x->reports.corrected_count; k++) {
        bool is_next = count == 0 || x->reports.corrected[count - 1].report != x->reports.corrected[k].report;
        if (is_next) x->reports.corrected[count++] = x->reports.corrected[k];
        x->reports.corrected[count - 1].count++;
    }
    x->reports.corrected_count = count;
}

void x12_share_reports(struct x12 *x)
{
    if (x->reports.corrected_count == 0) return;
    sort_corrected(x);
    for (uint32_t k = 0; k < x->all.set_count; k++) {
        struct x12_set *s = &x->all.sets[k];
        struct x12_corrected *c = x12_set_is_accepted(s) && s->report != s->target ? find(x, s->report) : NULL;
        if (c) c->is_posted = s->is_shared = true;
    }
    for (uint32_t k = 0; k < x->all.set_count; k++) {
        struct x12_set *s = &x->all.sets[k];
        struct x12_corrected *c = x12_set_is_accepted(s) ? find(x, s->target) : NULL;
        if (c) s->is_shared |= c->count > 1 || c->is_posted;
    }
}
