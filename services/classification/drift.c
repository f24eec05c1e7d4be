/* classification/drift.c: from one month's judgement to the next. */
#include "classification/drift.h"

#include "base/assert.h"

int32_t drift_month(int32_t date)
{
    return date / 100;
}

static bool follows(int32_t month, int32_t before)
{
    int32_t next = before % 100 == 12 ? before + 89 : before + 1;
    return before != 0 && month == next;
}

static uint32_t confidence_of(const struct role_judgement *j, unsigned declared)
{
    uint64_t sum_ppm = 0;
    for (enum role role = ROLE_UNSPECIFIED + 1; role < ROLE_COUNT; role++)
        if (declared & 1u << role) sum_ppm += j->confidence_ppm[role];
    return sum_ppm < 1000000 ? (uint32_t)sum_ppm : 1000000;
}

static void advance(struct drift_record *now, const struct drift_record *before, bool suspect,
                    const struct policy *policy)
{
    if (suspect) {
        now->suspect_months = follows(now->month, before->month) ? before->suspect_months + 1 : 1;
        bool long_enough = now->suspect_months >= policy->role_drift_months;
        now->state = long_enough || before->state == DRIFT_DRIFT ? DRIFT_DRIFT : DRIFT_SUSPECT;
        return;
    }
    bool clear = before->state == DRIFT_UNSPECIFIED || now->declared_ppm > policy->role_drift_clear_ppm;
    now->state = clear ? DRIFT_NONE : before->state;
}

struct drift_record drift_judge(const struct drift_record *before, int32_t month, const struct role_judgement *j,
                                unsigned declared, const struct policy *policy)
{
    ASSERT(month > before->month || before->month == 0);
    struct drift_record now = { .month = month, .observed = j->observed, .declared_ppm = confidence_of(j, declared) };
    if (j->best != ROLE_UNSPECIFIED) now.observed_ppm = j->confidence_ppm[j->best];
    now.reason_count = j->reason_count;
    for (unsigned i = 0; i < j->reason_count; i++) now.reasons[i] = j->reasons[i];
    bool suspect =
        now.declared_ppm < policy->role_drift_ppm && j->evidence_tenths >= policy->role_drift_evidence_min * 10;
    advance(&now, before, suspect, policy);
    return now;
}

bool drift_began(const struct drift_record *before, const struct drift_record *after)
{
    return after->state == DRIFT_DRIFT && before->state != DRIFT_DRIFT;
}
