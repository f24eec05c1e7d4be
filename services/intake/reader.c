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

void reader_tell_report(const struct reader *r, struct slice report_id)
{
    if (r->targets && r->targets->met) r->targets->met(r->targets->context, report_id);
}

struct issue *reader_add(struct reader *r, enum issue_code code, uint64_t offset)
{
    return reader_add_as(r, code, offset, issue_severity(code));
}

struct issue *reader_add_strict(struct reader *r, enum issue_code code, uint64_t offset)
{
    return reader_add_as(r, code, offset, r->is_strict ? SEVERITY_ERROR : issue_severity(code));
}
