/* fuzz_x12.c: any bytes behind an X12 reader end in lines, refusals and findings, in both tolerances; what was read
 * twice gives the same lines; books balance. */
#include "base/assert.h"
#include "intake/document.h"

#include <stddef.h>

struct seen { uint64_t lines, hash; };

static enum err on_line(void *context, const struct intake_line *line)
{
    struct seen *s = context;
    s->lines++;
    s->hash = s->hash * 31 + line->receipt->position * 4 + (unsigned)line->outcome;
    for (unsigned k = 0; k < line->issues->count; k++) ASSERT(line->issues->items[k].value.size <= ISSUE_VALUE_MAX);
    return OK;
}

static struct seen run(struct slice bytes, const struct mapping_profile *profile)
{
    struct seen seen = { 0 };
    struct intake_events events = { .context = &seen, .on_line = on_line };
    struct intake_submitter local = submitter_local();
    struct spool spool = spool_over(bytes);
    struct intake_job job = {
        .spool = &spool, .file_name = SLICE("fuzz"), .door = DOOR_CLAIMCTL, .received_at_unix_ms = 1775638800000,
        .submitter = &local, .profile = profile, .is_validation = true,
    };
    struct intake *intake;
    if (intake_open(&intake, &job, &events) != OK) return seen;
    ASSERT(intake_post_all(intake) == OK);
    const struct intake_result *r = intake_result(intake);
    ASSERT(r->passed + r->rejected + r->dead == seen.lines);
    intake_close(intake);
    return seen;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct mapping_profile relaxed = *mapping_profile_default(), strict = relaxed;
    struct slice bytes = slice_of((const char *)data, size);
    strict.tolerance = TOLERANCE_STRICT;
    relaxed.x12.second_st_is_end_customer = relaxed.x12.tolerate_counts = true;
    struct seen a = run(bytes, &relaxed), b = run(bytes, &relaxed);
    ASSERT(a.lines == b.lines && a.hash == b.hash);
    (void)run(bytes, &strict);
    return 0;
}
