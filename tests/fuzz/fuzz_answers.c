/* fuzz_answers.c: whatever the bytes of a document are, what is written from a second reading of it stands: its rejects
 * are a document again, its 849 is read by our own reader, and a replay under the profile of its receipt changes
 * nothing. The first byte chooses. */
#include "base/assert.h"
#include "intake/rejects.h"
#include "intake/replay.h"
#include "intake/response.h"

#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct reading { struct intake *intake; struct rejects *rejects; uint64_t refused; };

static struct intake_submitter local;
static struct mapping_profile  profiles[4];

static void prepare(void)
{
    local = submitter_local();
    for (unsigned k = 0; k < 4; k++) profiles[k] = *mapping_profile_default();
    profiles[1].tolerance = TOLERANCE_STRICT;
    profiles[2].x12.second_st_is_end_customer = profiles[2].x12.tolerate_counts = true;
    profiles[3].text.dates = DATE_STYLE_MDY;
}

static struct intake_job job_of(struct spool *spool, const struct mapping_profile *profile)
{
    return (struct intake_job){
        .spool = spool,
        .file_name = SLICE("fuzz"),
        .door = DOOR_CLAIMCTL,
        .received_at_unix_ms = 1775638800000,
        .submitter = &local,
        .profile = profile,
        .partner_id = SLICE("P"),
        .currency = SLICE("EUR"),
        .answers = { .decimal = DECIMAL_STYLE_POINT, .dates = DATE_STYLE_DMY },
    };
}

static enum err on_line(void *context, const struct intake_line *line)
{
    struct reading *r = context;
    r->refused += line->outcome != OUTCOME_PASS;
    if (r->rejects) rejects_take(r->rejects, line);
    return OK;
}

static void post(struct intake *intake)
{
    for (bool is_done = false; !is_done;) ASSERT(intake_post(intake, 3, &is_done) == OK);
}

/* Reads a document to its end; its rejects, if they are wanted. */
static struct slice read_document(struct slice bytes, const struct mapping_profile *profile, enum rejects_form form,
                                  bool wants_rejects, struct intake_result *result)
{
    struct spool spool = spool_over(bytes);
    struct intake_job job = job_of(&spool, profile);
    struct reading r = { 0 };
    struct intake_events events = { .context = &r, .on_line = on_line };
    char *written = NULL;
    size_t size = 0;
    FILE *to = open_memstream(&written, &size);
    ASSERT(to && intake_open(&r.intake, &job, &events) == OK);
    struct reader_layout layout = intake_layout(r.intake);
    if (wants_rejects) r.rejects = rejects_open(to, form, intake_result(r.intake)->format, bytes, &layout);
    post(r.intake);
    *result = *intake_result(r.intake);
    if (wants_rejects) ASSERT(rejects_close(r.rejects, r.intake));
    if (!result->is_refused_whole) ASSERT(result->rejected + result->dead == r.refused);
    intake_close(r.intake);
    ASSERT(fclose(to) == 0);
    return slice_of(written, size);
}

static void reject(struct slice bytes, const struct mapping_profile *profile, enum rejects_form form)
{
    static struct intake_result result, again;
    struct slice rejects = read_document(bytes, profile, form, true, &result);
    if (rejects.size > 0) free((void *)(uintptr_t)read_document(rejects, profile, form, false, &again).bytes);
    bool has_lines = rejects.size > 0 && result.dead == 0 && result.rejected > 0 && !result.is_refused_whole;
    bool was_read = again.state == DOCUMENT_POSTED || (again.state == DOCUMENT_REJECTED && !again.is_refused_whole);
    if (has_lines && was_read) ASSERT(again.passed + again.rejected + again.dead == result.rejected);
    free((void *)(uintptr_t)rejects.bytes);
}

static bool find(void *context, struct slice line_id, struct disposition *out)
{
    unsigned *seen = context;
    static const enum outcome outcomes[] = { OUTCOME_PASS, OUTCOME_SHORT, OUTCOME_REJECT, OUTCOME_HOLD };
    ASSERT(line_id.size > 0);
    *out = (struct disposition){ .outcome = outcomes[++*seen % 4],
                                 .approved_minor = (int64_t)(*seen % 3) * 500,
                                 .reasons = { REASON_QTY_EXCEEDED },
                                 .reason_count = 1 };
    return *seen % 5 != 0;
}

static void put(void *context, struct slice bytes)
{
    FILE *to = context;
    ASSERT(bytes.size == 0 || fwrite(bytes.bytes, 1, bytes.size, to) == bytes.size);
}

static void respond(struct slice bytes, const struct mapping_profile *profile, enum answer_849 wanted)
{
    struct mapping_profile asking = *profile;
    static struct intake_result result;
    struct spool spool = spool_over(bytes);
    struct intake_job job = job_of(&spool, &asking);
    unsigned seen = 0;
    char *written = NULL;
    size_t size = 0;
    FILE *to = open_memstream(&written, &size);
    struct dispositions decided = { &seen, find };
    struct answer_sink sink = { to, put };
    struct response_order order = {
        .job = &job, .decided = &decided, .acknowledgement = 4711, .now_unix_ms = 1775811600000
    };
    bool is_written;
    asking.answers.response_849 = wanted;
    ASSERT(response_write(&order, &sink, &is_written) == OK && fclose(to) == 0);
    ASSERT(is_written == (size > 0));
    if (size > 0)
        free((void *)(uintptr_t)read_document(slice_of(written, size), mapping_profile_default(), REJECTS_OWN, false,
                                              &result)
                 .bytes);
    if (size > 0) ASSERT(result.state == DOCUMENT_POSTED || result.state == DOCUMENT_VALIDATED);
    free(written);
}

static void replay(struct slice bytes, const struct mapping_profile *before, const struct mapping_profile *after)
{
    struct spool spool = spool_over(bytes), second = spool_over(bytes);
    struct intake_job a = job_of(&spool, before), b = job_of(&second, after);
    char *written = NULL;
    size_t size = 0;
    FILE *to = open_memstream(&written, &size);
    struct answer_sink sink = { to, put };
    struct replay_counts counts;
    struct json_out changes;
    json_out_open(&changes);
    json_out_begin(&changes, '[');
    ASSERT(replay_compare(&a, &b, NULL, &sink, &changes, &counts) == OK && fclose(to) == 0);
    json_out_end(&changes);
    json_out_close(&changes);
    if (before == after) ASSERT(size == 0 && counts.replaced + counts.cancelled + counts.added + counts.kept == 0);
    free(written);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0) return 0;
    if (!local.id.size) prepare();
    struct slice bytes = slice_of((const char *)data + 1, size - 1);
    const struct mapping_profile *profile = &profiles[data[0] & 3];
    switch (data[0] >> 2 & 7) {
    case 0: case 1: reject(bytes, profile, REJECTS_OWN); break;
    case 2: reject(bytes, profile, REJECTS_X12); break;
    case 3: respond(bytes, profile, ANSWER_849_ALL); break;
    case 4: respond(bytes, profile, ANSWER_849_EXCEPTIONS); break;
    case 5: replay(bytes, profile, profile); break;
    default: replay(bytes, profile, &profiles[data[0] >> 5 & 3]); break;
    }
    return 0;
}
