/* intake/document_line.c: the line at work: its ids and receipt, what it adds to the books of its document, and that it is
 * handed over. */
#include "intake/document_parts.h"

#include "domain/partner.h"

static struct slice line_id_at(struct intake *i, uint64_t position)
{
    struct slice partner = i->typed.line.partner_id;
    if (slice_is_empty(partner)) return (struct slice){ 0 };
    struct id_part parts[] = { ID_TEXT(partner), ID_TEXT(i->result.document_id), ID_INT((int64_t)position) };
    return hash_id(&i->line_arena, parts, 3);
}

static struct slice root_of(struct intake *i, struct slice partner_id)
{
    const struct intake_partners *p = i->job.partners;
    if (slice_is_empty(partner_id)) return partner_id;
    struct slice root = p && p->root ? p->root(p->context, partner_id) : (struct slice){ 0 };
    return root.size > 0 ? root : partner_unknown_root(&i->line_arena, partner_id);
}

/* Receipts name the profile that read the line. */
static struct slice profile_name(const struct intake *i)
{
    unsigned k = 0;
    while (k < i->job.readings.count && i->job.readings.items[k].read_by != i->typing.profile) k++;
    ASSERT(k < i->job.readings.count);
    return i->profile_names[k];
}

static void list_warnings(struct intake *i)
{
    unsigned count = 0;
    const struct issues *list = &i->typed.issues;
    for (unsigned k = 0; k < list->count && count < WARNINGS_MAX; k++) {
        uint32_t number = issue_number(list->items[k].code);
        bool is_new = list->items[k].severity == SEVERITY_WARNING;
        for (unsigned n = 0; n < count && is_new; n++) is_new = i->warnings[n] != number;
        if (is_new) i->warnings[count++] = number;
    }
    i->receipt.warnings = i->warnings;
    i->receipt.warning_count = count;
}

/* Who approved a line of this run travels with it: FIN-01 counts them (stage/stage.h). */
static void add_approvals(struct intake *i)
{
    const struct line_extension *x = &i->reader->extension;
    for (unsigned k = 0; k < x->approved_by_count && i->typed.text_count < RECEIPT_TEXTS_MAX; k++)
        i->typed.texts[i->typed.text_count++] = (struct pair){ SLICE("approved_by"), x->approved_by[k] };
}

/* Which roles of the console the submitter holds is known at the door alone. */
static void add_roles(struct intake *i)
{
    const struct texts *roles = &i->job.submitter->roles;
    for (unsigned k = 0; k < roles->count && i->typed.text_count < RECEIPT_TEXTS_MAX; k++)
        i->typed.texts[i->typed.text_count++] = (struct pair){ SLICE("submitter_role"), roles->items[k] };
}

void document_fill_receipt(struct intake *i, uint64_t position, instant_ms received)
{
    add_approvals(i);
    add_roles(i);
    const struct draft *d = &i->draft;
    struct receipt *r = &i->receipt;
    *r = (struct receipt){
        .line_id = line_id_at(i, position), .partner_root_id = root_of(i, i->typed.line.partner_id),
        .submitter_id = i->job.submitter->id, .document_id = i->result.document_id, .file_name = i->job.file_name,
        .icn = d->icn, .gcn = d->gcn, .tscn = d->tscn, .traceparent = i->job.traceparent,
        .received_at_unix_ms = received, .position = (uint32_t)position, .row = d->row, .door = i->job.door,
        .texts = i->typed.texts, .text_count = i->typed.text_count, .has_profile_sha256 = true,
    };
    if (i->typed.line.kind == KIND_CANCEL || i->typed.line.kind == KIND_REPLACE)
        r->correctable_kinds = submitter_correctable_kinds(i->job.submitter);
    r->profile = profile_name(i);
    memcpy(r->profile_sha256, i->typing.profile->sha256, sizeof r->profile_sha256);
    list_warnings(i);
}

/* Books of the document */

static void keep_issues(struct intake *i)
{
    const struct issues *list = &i->typed.issues;
    for (unsigned k = 0; k < list->count; k++) {
        if (list->items[k].severity == SEVERITY_ERROR) issues_copy(&i->result.errors, &list->items[k]);
        if (list->items[k].severity == SEVERITY_WARNING) issues_copy(&i->result.warnings, &list->items[k]);
    }
    if (list->warnings > 0) i->result.warned++;
}

static void count(struct intake *i, enum outcome outcome)
{
    tally_line(&i->result.tally, &i->arena, outcome == OUTCOME_DEAD ? NULL : &i->typed.line,
               outcome == OUTCOME_REJECT);
    if (outcome == OUTCOME_PASS) i->result.passed++;
    if (outcome == OUTCOME_REJECT) i->result.rejected++;
    if (outcome == OUTCOME_DEAD) i->result.dead++;
    if (i->typed.issues.count > 0) keep_issues(i);
}

struct slice document_report(const struct intake *i)
{
    return i->reader->report_id.size > 0 ? i->reader->report_id : i->reader->header.report_id;
}

enum err document_hand_over(struct intake *i, enum outcome outcome)
{
    if (i->reader->ops->judged) i->reader->ops->judged(i->reader, &i->typed.issues);
    count(i, outcome);
    if (i->is_rehearsal || !i->events.on_line) return OK;
    struct slice partner = i->typed.line.partner_id;
    if (outcome == OUTCOME_REJECT)
        report_watch_refused(&i->watch, partner, submitter_may_report(i->job.submitter, i->job.partners, partner));
    bool is_kept = i->corrects && i->undoing.correction && !i->job.correction && outcome == OUTCOME_PASS;
    bool resubmits = i->undoing.purpose == PURPOSE_RESUBMISSION;
    if (is_kept) TRY(correction_add(i->undoing.correction, &i->typed.line, i->receipt.line_id, resubmits));
    struct intake_line line = {
        .outcome = outcome, .line = outcome == OUTCOME_DEAD ? NULL : &i->typed.line, .receipt = &i->receipt,
        .issues = &i->typed.issues, .extension = &i->reader->extension, .draft = &i->draft, .raw = i->draft.raw,
        .offset = i->draft.offset, .report_id = document_report(i), .report_partner = reader_named_partner(i->reader),
        .target_id = i->undoing.target_id, .resubmits = resubmits,
    };
    return i->events.on_line(i->events.context, &line);
}
