/* domain/verdict.c: reasons in, outcome out; the one place where precedence decides (domain.md 7). */
#include "domain/verdict.h"

#include "base/assert.h"

void verdict_init(struct verdict *v, struct arena *a, struct books *b, size_t section_bytes)
{
    ASSERT(section_bytes >= sizeof(struct judgement));
    _Static_assert(sizeof *v == offsetof(struct verdict, wakes) + sizeof v->wakes + sizeof v->cases + sizeof v->repeats,
                   "the lists stand last");
    memset(v, 0, offsetof(struct verdict, wakes));
    v->arena = a;
    v->books = b;
    v->section = arena_alloc(a, section_bytes);
    v->judgement = v->section;
}

bool verdict_is_empty(const struct verdict *v)
{
    return v->judgement->reason_count == 0 && v->judgement->outcome == OUTCOME_UNSPECIFIED;
}

/* Most lines are told little: the lists start small and grow once. */
enum { REASONS_AT_FIRST = 4, NOTES_AT_FIRST = 4 };

static void make_room(struct verdict *v)
{
    struct judgement *j = v->judgement;
    if (j->reason_count != 0 && j->reason_count != REASONS_AT_FIRST) return;
    struct reason *reasons =
        ARENA_ARRAY(v->arena, j->reason_count ? VERDICT_REASONS_MAX : REASONS_AT_FIRST, struct reason);
    if (j->reason_count) memcpy(reasons, j->reasons, j->reason_count * sizeof *reasons);
    j->reasons = reasons;
}

struct reason *verdict_give_as(struct verdict *v, enum reason_code code, enum outcome outcome)
{
    struct judgement *j = v->judgement;
    ASSERT(reason_is_known(code) && outcome > OUTCOME_UNSPECIFIED && outcome < OUTCOME_COUNT);
    struct reason given = { .code = code, .outcome = outcome };
    unsigned at = j->reason_count;
    if (at == VERDICT_REASONS_MAX) {
        at = VERDICT_REASONS_MAX - 1; /* full: only a reason of higher precedence takes the last place */
        reasons_sort(j->reasons, j->reason_count);
        if (reason_order(&given, &j->reasons[at]) >= 0) return ARENA_NEW(v->arena, struct reason);
    } else {
        make_room(v);
        j->reason_count++;
    }
    j->reasons[at] = given;
    return &j->reasons[at];
}

struct reason *verdict_give(struct verdict *v, enum reason_code code)
{
    return verdict_give_as(v, code, reason_outcome(code));
}

static bool says_hold(const struct judgement *j, enum reason_code code)
{
    for (unsigned i = 0; j && i < j->reason_count; i++)
        if (j->reasons[i].code == code && j->reasons[i].outcome == OUTCOME_HOLD) return true;
    return false;
}

bool verdict_released(const struct review_effect *e, enum reason_code code)
{
    for (; e; e = e->before)
        if (review_is_release(e) && says_hold(e->reviewed, code)) return true;
    return false;
}

bool verdict_has(const struct verdict *v, enum reason_code code)
{
    for (unsigned i = 0; i < v->judgement->reason_count; i++)
        if (v->judgement->reasons[i].code == code) return true;
    return false;
}

static void make_room_for_note(struct verdict *v)
{
    struct judgement *j = v->judgement;
    if (j->rule_result_count != 0 && j->rule_result_count != NOTES_AT_FIRST) return;
    struct rule_result *notes =
        ARENA_ARRAY(v->arena, j->rule_result_count ? VERDICT_RULES_MAX : NOTES_AT_FIRST, struct rule_result);
    if (j->rule_result_count) memcpy(notes, j->rule_results, j->rule_result_count * sizeof *notes);
    j->rule_results = notes;
}

struct rule_result *verdict_note(struct verdict *v, uint32_t number, enum rule_mode mode, enum truth value)
{
    struct judgement *j = v->judgement;
    ASSERT(j->rule_result_count < VERDICT_RULES_MAX);
    make_room_for_note(v);
    struct rule_result *r = &j->rule_results[j->rule_result_count++];
    *r = (struct rule_result){ .number = number, .version = 1, .mode = mode, .value = value };
    return r;
}

void verdict_wait(struct verdict *v, enum reason_code reason, struct slice on)
{
    struct waiting *w = &v->judgement->waiting;
    struct reason now = { .code = w->reason, .outcome = w->reason ? reason_outcome(w->reason) : OUTCOME_PASS };
    struct reason then = { .code = reason, .outcome = reason_outcome(reason) };
    if (w->reason && reason_order(&now, &then) <= 0) return;
    w->reason = reason;
    w->on = on;
}

void reasons_sort(struct reason *reasons, unsigned count)
{
    for (unsigned i = 1; i < count; i++) {              /* insertion: stable, and lists are short */
        struct reason moving = reasons[i];
        unsigned at = i;
        for (; at > 0 && reason_order(&reasons[at - 1], &moving) > 0; at--) reasons[at] = reasons[at - 1];
        reasons[at] = moving;
    }
}

void verdict_close(struct verdict *v)
{
    struct judgement *j = v->judgement;
    ASSERT(j->outcome == OUTCOME_UNSPECIFIED);
    reasons_sort(j->reasons, j->reason_count);
    j->outcome = j->reason_count ? j->reasons[0].outcome : OUTCOME_PASS;
    bool waits = j->outcome == OUTCOME_HOLD || j->outcome == OUTCOME_PARK;
    if (!waits) j->waiting = (struct waiting){ 0 };
    else if (!j->waiting.reason) j->waiting.reason = j->reasons[0].code;
}
