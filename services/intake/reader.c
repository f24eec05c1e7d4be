/* intake/reader.c: what all readers share. */
#include "intake/reader.h"

#include "base/assert.h"

struct slice skipped_name(enum skipped s)
{
    static const struct slice names[] = {
#define SKIP(word) SLICE_INIT(#word),
        SKIPPED_WORDS(SKIP)
#undef SKIP
    };
    ASSERT(s < SKIPPED_COUNT);
    return names[s];
}

struct issue *reader_add_as(struct reader *r, enum issue_code code, uint64_t offset, enum severity severity)
{
    struct issues *list = severity == SEVERITY_ERROR ? r->errors : r->warnings;
    struct issue *i = issues_add(list, code);
    list->errors += (severity == SEVERITY_ERROR) - (i->severity == SEVERITY_ERROR);
    list->warnings += (severity == SEVERITY_WARNING) - (i->severity == SEVERITY_WARNING);
    i->severity = severity;
    i->where.offset = offset;
    return i;
}

/* Reports */

struct slice reader_named_partner(const struct reader *r)
{
    return r->report_partner.size > 0 ? r->report_partner : r->header.partner_id;
}

struct hash128 reader_partner_hash(struct slice partner_id)
{
    return partner_id.size > 0 ? hash_bytes(partner_id) : (struct hash128){ 0 };
}

/* Whose lines are that name none (feeds.md 3). */
static struct slice own_partner(const struct reader *r)
{
    if (r->command_partner.size > 0) return r->command_partner;
    if (r->typing->submitter->partner_id.size > 0) return r->typing->submitter->partner_id;
    return r->profile->partner_id.size > 0 ? r->profile->partner_id : r->header.sender;
}

void reader_ref_add(struct report_ref *report, struct slice partner_id)
{
    struct hash128 hash = hash_bytes(partner_id);
    bool is_there = partner_id.size == 0;
    for (unsigned k = 0; k < report->other_count; k++)
        is_there |= memcmp(&report->others[k], &hash, sizeof hash) == 0;
    report->has_more |= !is_there && report->other_count == REPORT_OTHERS_MAX;
    if (!is_there && !report->has_more) report->others[report->other_count++] = hash;
}

struct report_ref reader_report_ref(const struct reader *r, struct slice number)
{
    struct report_ref ref = { .number = number, .partner = reader_partner_hash(reader_named_partner(r)) };
    reader_ref_add(&ref, own_partner(r));
    return ref;
}

struct hash128 reader_ref_partner(const struct report_ref *report)
{
    static const struct hash128 nobody;
    bool is_named = memcmp(&report->partner, &nobody, sizeof nobody) != 0;
    return is_named || report->other_count == 0 ? report->partner : report->others[0];
}

void reader_tell_report(const struct reader *r, const struct report_ref *report)
{
    if (r->targets && r->targets->met) r->targets->met(r->targets->context, report);
}

enum target_standing reader_ask_report(const struct reader *r, const struct report_ref *report,
                                       enum issue_code *question)
{
    static const enum issue_code questions[] = {
        [TARGET_UNKNOWN] = ISSUE_DOCUMENT_TARGET_UNKNOWN, [TARGET_POSTED] = ISSUE_NONE,
        [TARGET_CANCELLED] = ISSUE_NONE,                  [TARGET_SEVERAL] = ISSUE_REPORT_OF_SEVERAL,
        [TARGET_TOO_LONG] = ISSUE_REPORT_OF_TOO_MANY,     [TARGET_LOST] = ISSUE_REPORT_LOST,
    };
    const struct intake_targets *t = r->targets;
    reader_tell_report(r, report);
    enum target_standing standing = t ? t->standing(t->context, report) : TARGET_UNKNOWN;
    *question = questions[standing];
    return standing;
}

/* Issues */

struct issue *reader_add(struct reader *r, enum issue_code code, uint64_t offset)
{
    return reader_add_as(r, code, offset, issue_severity(code));
}

struct issue *reader_add_strict(struct reader *r, enum issue_code code, uint64_t offset)
{
    return reader_add_as(r, code, offset, r->is_strict ? SEVERITY_ERROR : issue_severity(code));
}

enum survey reader_ask(struct reader *r, const struct issue *asked)
{
    r->question = ARENA_NEW(r->arena, struct issue);
    *r->question = *asked;
    return SURVEY_HELD;
}

enum survey reader_ask_at(struct reader *r, enum issue_code code, struct slice value, struct where place)
{
    struct issue *asked = reader_add(r, code, place.offset);
    asked->value = value;
    asked->where = place;
    return reader_ask(r, asked);
}
