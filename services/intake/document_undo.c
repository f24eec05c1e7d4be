/* intake/document_undo.c: the report that a document takes back, changes or sends again (feeds.md 6), while its lines
 * are read. */
#include "intake/document_parts.h"

static const uint32_t first_made_position = 0x80000000u;    /* of lines that stand in no document: after its 2 GiB */

/* As it is on file; what another set of this document did to it is not, and was kept. */
static enum err open_report(struct intake *i, const struct report_ref *target)
{
    struct correction *c;
    const struct kept_report *kept = undoing_kept_find(&i->kept, target);
    i->undoing.correction = kept ? kept->correction : NULL;
    if (kept) return OK;
    TRY(correction_open(i->job.targets, &c));
    TRY(undoing_keep(&i->kept, target, c, i->reader->undo.is_shared));
    i->undoing.correction = c;
    return report_lines_read(c, i->job.targets, target, i->result.document_id, i->again);
}

/* The report that a set posts is corrected by another one of the document, which finds its lines here. What was
 * cancelled before starts over. */
static enum err keep_report(struct intake *i, const struct report_ref *report)
{
    if (i->job.correction || !i->job.targets) return OK;
    TRY(open_report(i, report));
    struct kept_report *kept = undoing_kept_find(&i->kept, report);
    if (!kept || !kept->is_cancelled) return OK;
    kept->is_cancelled = false;
    return i->events.on_undo ? i->events.on_undo(i->events.context, document_report(i), report, PURPOSE_ORIGINAL) : OK;
}

/* What becomes of it is known to the sets after this one, under the number that this one gives it as well. */
static enum err note_kept(struct intake *i, const struct report_ref *target, enum purpose purpose)
{
    struct kept_report *kept = undoing_kept_find(&i->kept, target);
    struct report_ref own = reader_report_ref(i->reader, document_report(i));
    if (!kept) return OK;
    kept->is_cancelled = purpose == PURPOSE_CANCEL;
    bool is_second = purpose != PURPOSE_CANCEL && own.number.size > 0 && !slice_equal(own.number, target->number);
    if (!is_second || undoing_kept_find(&i->kept, &own)) return OK;
    const struct intake_targets *t = i->job.targets;
    bool is_anothers = t->standing(t->context, &own) != TARGET_UNKNOWN;
    return is_anothers ? OK : undoing_keep_name(&i->kept, &own, kept->correction);
}

/* A document is read again only for the one report; its other corrections are passed over. */
static enum err find_report(struct intake *i, const struct report_ref *target)
{
    struct correction *on_file = i->job.correction;
    if (!on_file && !i->job.targets) return OK;
    if (on_file && !slice_equal(i->job.report_name, target->number)) return OK;
    if (on_file) i->undoing.correction = on_file;
    else TRY(open_report(i, target));
    TRY(correction_apply(i->undoing.correction));   /* of the sets before */
    correction_begin(i->undoing.correction);
    return on_file ? OK : note_kept(i, target, i->undoing.purpose);
}

static enum err tell_undoing(struct intake *i, const struct report_ref *target)
{
    struct undoing *u = &i->undoing;
    u->target_id = slice_copy(&i->arena, target->number);
    if (i->job.correction || !i->events.on_undo) return OK;
    return i->events.on_undo(i->events.context, document_report(i), target, u->purpose);
}

/* A report that is sent again posts, whatever is on file; what stands of it tells which of its lines were refused
 * before. */
static enum err begin_resubmission(struct intake *i, const struct report_ref *target)
{
    const struct intake_targets *t = i->job.targets;
    if (i->job.correction) return slice_equal(i->job.report_name, target->number) ? tell_undoing(i, target) : OK;
    if (!t || !t->refused || t->standing(t->context, target) != TARGET_POSTED) {
        struct report_ref own = reader_report_ref(i->reader, document_report(i));
        if (!i->reader->undo.is_shared) return OK;
        i->undoing.purpose = PURPOSE_ORIGINAL;
        return keep_report(i, &own);
    }
    TRY(find_report(i, target));
    return tell_undoing(i, target);
}

enum err document_begin_undoing(struct intake *i, enum purpose purpose, const struct report_ref *target)
{
    if (i->is_rehearsal || i->typing.is_test || i->job.is_validation) return OK; /* it is checked, and undoes nothing */
    undoing_end(&i->undoing);
    if (purpose == PURPOSE_ORIGINAL) return keep_report(i, target);
    i->undoing.purpose = purpose;
    if (purpose == PURPOSE_RESUBMISSION) return begin_resubmission(i, target);
    TRY(find_report(i, target));
    TRY(tell_undoing(i, target));
    i->undoing.takes_rest = i->undoing.correction && purpose == PURPOSE_CANCEL;
    return OK;
}

/* One CANCEL, without quantity, for a line that stands (feeds.md 6). It stands in no document itself. */
static enum err cancel(struct intake *i, const struct standing_line *standing)
{
    struct line *l = &i->typed.line;
    typing_begin(&i->typing, &i->typed);
    *l = (struct line){ .kind = KIND_CANCEL,
                        .partner_id = standing->partner_id,
                        .original_line_ref = standing->line_id };
    document_fill_receipt(i, first_made_position + i->made++, i->job.received_at_unix_ms);
    i->receipt.row = 0;
    i->receipt.text_count = 0;
    return document_hand_over(i, OUTCOME_PASS);
}

enum err document_correct(struct intake *i, bool *is_handed_over)
{
    const struct standing_line *goes;
    *is_handed_over = undoing_meet(&i->undoing, &i->typed.line, i->typed.issues.errors > 0, i->reader->deletes, &goes);
    if (!*is_handed_over) i->result.skipped[SKIPPED_unchanged]++;
    if (!goes) return OK;
    struct typed line = i->typed;
    struct receipt receipt = i->receipt;
    for (; goes; goes = correction_replaced(i->undoing.correction, goes)) TRY(cancel(i, goes));
    i->typed = line;
    i->receipt = receipt;
    return OK;
}

enum err document_cancel_next(struct intake *i)
{
    const struct standing_line *standing = undoing_rest(&i->undoing);
    return standing ? cancel(i, standing) : OK;
}

/* A set that begins to correct a report, and the end, leave the one before. */
enum err document_watch_report(struct intake *i, enum reader_step next)
{
    bool posts = !i->is_rehearsal && !i->job.correction && !i->job.is_validation && !i->typing.is_test;
    bool leaves = next == READER_UNDO || next == READER_END;
    bool is_of_report = next == READER_LINE || next == READER_DEAD || next == READER_SKIPPED;
    if (!posts || !i->events.on_undo || !(leaves || (is_of_report && i->undoing.target_id.size == 0))) return OK;
    struct slice number = leaves ? (struct slice){ 0 } : document_report(i);
    return report_watch_step(&i->watch, i->reader, number, i->result.passed, &i->events);
}
