/* stage/review.c: signatures, duties and limits, as tables and counts. */
#include "stage/review.h"

#include "base/assert.h"
#include "domain/actor.h"
#include "domain/claim_value.h"
#include "domain/currency.h"
#include "domain/decimal.h"
#include "domain/rounding.h"
#include "wire/dossier_codec.h"
#include "wire/limits.h"

enum {
    SIGNERS_MAX = SECTIONS_OF_A_KIND_MAX + 1,
    APPROVERS_MAX = 3,
    REVIEWS_BY_TALK_MAX = SECTIONS_OF_A_KIND_MAX / 2,       /* the rest is for whoever decides, and */
    REVIEWS_BY_WITHDRAWAL_MAX = 3 * SECTIONS_OF_A_KIND_MAX / 4, /* not for one person's proposals and second thoughts */
};

const struct review_void_row *review_void_row(enum review_void why)
{
    static const struct review_void_row rows[REVIEW_VOID_COUNT] = {
#define REVIEW_VOID(word, number, sentence, fix) \
    [REVIEW_VOID_##word] = { SLICE_INIT(#word), SLICE_INIT(sentence), SLICE_INIT(fix), number },
#include "stage/review_void.def"
#undef REVIEW_VOID
    };
    ASSERT(why > REVIEW_VOID_NONE && why < REVIEW_VOID_COUNT);
    return &rows[why];
}

/* --- limits ----------------------------------------------------------------------------------------------------- */

static int64_t limit_minor(const struct limits *l, struct slice name, int64_t units, unsigned exponent)
{
    int64_t minor = units;
    struct slice text = l ? limits_setting(l, name) : (struct slice){ 0 };
    if (text.size && decimal_parse(text, exponent, DECIMAL_EXCESS_ROUND, &minor, NULL) == OK) return minor;
    for (unsigned i = 0; i < exponent; i++) minor *= 10;
    return minor;
}

struct review_limits review_limits_on(const struct catalogue *c, struct slice currency, int32_t date)
{
    const struct currency *known = currency_find(currency);
    unsigned exponent = known ? known->exponent : 2;
    const struct limits *l = catalogue_limits(c, currency, date);
    return (struct review_limits){
        .auto_max_minor = limit_minor(l, SLICE("approval.auto_max"), 1000, exponent),
        .one_max_minor = limit_minor(l, SLICE("approval.one_max"), 25000, exponent),
        .two_max_minor = limit_minor(l, SLICE("approval.two_max"), 250000, exponent),
        .duties_mix = catalogue_duties_mix(c, date),
    };
}

struct review_object review_object_of(const struct catalogue *c, const struct dossier *d, enum stage_id stage,
                                      enum section writes)
{
    const struct classification *class = d->classification;
    int32_t date =
        class && class->received_date ? class->received_date : instant_date(d->receipt->received_at_unix_ms, 0);
    enum section decided = dossier_is_case(d) ? SECTION_CLEARANCE : writes;
    const struct policy *policy =
        catalogue_policy(c, date, d->receipt->partner_root_id, (struct slice){ 0 }, INCENTIVE_UNSPECIFIED);
    return (struct review_object){
        .dossier = d,
        .stage = stage,
        .writes = decided,
        .judgement = dossier_judgement(d, decided),
        .hash = dossier_section_hash(d->bytes, decided),
        .limits = review_limits_on(c, d->line ? d->line->currency : (struct slice){ 0 }, date),
        .catalogue = c,
        .take_ms = policy->review_take_minutes * INSTANT_MINUTE_MS,
    };
}

/* --- what is asked for ------------------------------------------------------------------------------------------ */

struct demand { unsigned people, approvers; };

static void at_least(unsigned *count, unsigned wanted)
{
    if (*count < wanted) *count = wanted;
}

static unsigned limits_passed(const struct review_limits *l, int64_t amount_minor)
{
    return 1u + (amount_minor > l->one_max_minor) + (amount_minor > l->two_max_minor);
}

/* The reason says how many when the day's other claims count too; else the amount does. */
static void demand_approval(struct demand *d, const struct review_object *o, const struct reason *r,
                            int64_t amount_minor)
{
    uint64_t said = 0;
    bool says = slice_to_uint(reason_argument_of(r, SLICE("approvers")), APPROVERS_MAX, &said);
    at_least(&d->approvers, says && said > 0 ? (unsigned)said : limits_passed(&o->limits, amount_minor));
}

/* A, Z and Y move money by a person's word alone. */
static bool always_takes_two(const struct line *l)
{
    return l && (l->kind == KIND_ADJUSTMENT || l->kind == KIND_REVERSE || l->kind == KIND_RERATE);
}

static int64_t claimed_minor(const struct line *l)
{
    int64_t minor = 0;
    if (l && !claim_value_stated(l, &minor) && always_takes_two(l)) minor = l->amount_minor;
    return minor < 0 ? -minor : minor;
}

static int64_t base_qty_milli(const struct dossier *d)
{
    if (d->clearance && d->clearance->has_accepted_qty) return d->clearance->accepted_qty_milli;
    return d->classification ? d->classification->base_qty_milli : d->line ? d->line->qty_milli : 0;
}

/* C, or its share for the adjusted quantity, which is between 0 and all of it. */
static int64_t decided_minor(const struct review_object *o, const struct review *proposal)
{
    int64_t all = claimed_minor(o->dossier->line), base = base_qty_milli(o->dossier);
    if (proposal->verb != VERB_ADJUST || base <= 0 || proposal->accepted_qty_milli >= base) return all;
    return (int64_t)round_quotient((__int128)all * proposal->accepted_qty_milli, base, ROUNDING_HALF_UP);
}

static void demand_for_reason(struct demand *d, const struct review_object *o, const struct reason *r,
                              int64_t amount_minor, bool denies)
{
    switch (r->code) {
    case REASON_SANCTIONS_HIT: case REASON_ANTI_BRIBERY_REVIEW:
        at_least(&d->people, 2);
        return;
    case REASON_PARK_EXPIRED:
        if (!denies) at_least(&d->people, 2);
        return;
    case REASON_APPROVAL_REQUIRED:
        if (!denies) demand_approval(d, o, r, amount_minor);
        return;
    default:
        return;
    }
}

static struct demand demand_of(const struct review_object *o, const struct review *proposal)
{
    struct demand d = { .people = 1 };
    enum verb verb = proposal->verb;
    int64_t amount_minor = decided_minor(o, proposal);
    for (unsigned i = 0; i < o->judgement->reason_count; i++)
        demand_for_reason(&d, o, &o->judgement->reasons[i], amount_minor, verb == VERB_DENY);
    if (amount_minor > o->limits.one_max_minor) at_least(&d.people, 2);
    if (verb == VERB_ASSIGN_ROLE && amount_minor > o->limits.auto_max_minor) at_least(&d.people, 2);
    if (verb == VERB_CLEAR_PARTY || verb == VERB_CONFIRM_PARTY) at_least(&d.people, 2);
    if (always_takes_two(o->dossier->line)) {
        at_least(&d.people, 2);
        if (verb != VERB_DENY) at_least(&d.approvers, 2);
    }
    return d;
}

/* --- who signed ------------------------------------------------------------------------------------------------- */

struct signers { const struct review *at[SIGNERS_MAX]; unsigned count; };     /* [0] is the proposal */

static bool bears(const struct review *r, struct slice role)
{
    for (unsigned i = 0; i < r->actor_roles.count; i++)
        if (slice_equal_nocase(r->actor_roles.items[i], role)) return true;
    return false;
}

static bool is_approver(const struct review *r)
{
    return bears(r, SLICE("approver"));
}

static bool may_propose(const struct review *r)
{
    return is_approver(r) || bears(r, SLICE("reviewer"));
}

/* Decides nothing. */
static bool is_talk(const struct review *r)
{
    return r->verb == VERB_ASK || r->verb == VERB_ANSWER || r->act == ACT_TAKE;
}

static bool of_section(const struct review *r, const struct review_object *o)
{
    return r->stage == o->stage && r->has_clearance_hash
           && hash128_equal(r->clearance_hash, o->hash);
}

/* The proposal that stands on the section in force with those who signed it; count 0: none. */
static struct signers standing_signers(const struct review_object *o)
{
    struct signers s = { .count = 0 };
    for (unsigned i = 0; i < o->dossier->review_count; i++) {
        const struct review *r = &o->dossier->reviews[i];
        if (!of_section(r, o) || is_talk(r)) continue;
        if (r->act == ACT_DECLINE || r->act == ACT_WITHDRAW) s.count = 0;
        else if (s.count < SIGNERS_MAX) s.at[s.count++] = r;
    }
    return s;
}

/* Has spoken for or against that verb on this section and not taken it back; of another verb the two who disagreed may
 * still decide. To withdraw a take takes no signature back. A signature that is older than its withdrawal is that one
 * again, and stays withdrawn. */
static bool signed_before(const struct review_object *o, const struct review *act, enum verb verb)
{
    bool has = false, stands = false;
    enum verb proposed = VERB_UNSPECIFIED;
    struct slice actor = act->actor_id;
    for (unsigned i = 0; i < o->dossier->review_count; i++) {
        const struct review *r = &o->dossier->reviews[i];
        if (!of_section(r, o) || is_talk(r)) continue;
        if (r->act == ACT_PROPOSE) proposed = r->verb;
        bool takes_back = r->act == ACT_WITHDRAW;
        if (proposed == verb && actor_is_same(r->actor_id, actor) && (stands || !takes_back))
            has = !takes_back || act->at_unix_ms < r->at_unix_ms;
        stands = r->act == ACT_PROPOSE || r->act == ACT_CONFIRM;
    }
    return has;
}

static const struct review *last_taker(const struct dossier *d, enum stage_id stage)
{
    const struct review *taker = NULL;
    for (unsigned i = 0; i < d->review_count; i++) {
        const struct review *r = &d->reviews[i];
        if (r->stage != stage) continue;
        if (r->act == ACT_TAKE) taker = r;
        else if (r->act == ACT_DECLINE || r->act == ACT_WITHDRAW) taker = NULL;
    }
    return taker;
}

const struct review *review_taker(const struct dossier *d, enum stage_id stage, instant_ms at_unix_ms)
{
    const struct review *taker = last_taker(d, stage);
    return taker && at_unix_ms < taker->until_unix_ms ? taker : NULL;
}

static bool is_taken_by_another(const struct review_object *o, const struct review *r)
{
    const struct review *taker = review_taker(o->dossier, o->stage, r->at_unix_ms);
    return taker && !actor_is_same(taker->actor_id, r->actor_id);
}

struct review_question review_question(const struct dossier *d, enum stage_id stage)
{
    struct review_question q = { 0 };
    for (unsigned i = 0; i < d->review_count; i++) {
        const struct review *r = &d->reviews[i];
        if (r->stage != stage || r->act != ACT_PROPOSE) continue;
        if (r->verb == VERB_ASK) q = (struct review_question){ .asked = r };
        if (r->verb == VERB_ANSWER) q.answered = r;
    }
    return q;
}

/* As long as asked for and no longer than the ruleset allows. */
static instant_ms taken_until(const struct review_object *o, const struct review *r)
{
    instant_ms last = r->at_unix_ms + o->take_ms;
    return r->until_unix_ms > r->at_unix_ms && r->until_unix_ms < last ? r->until_unix_ms : last;
}

const struct review *review_proposal(const struct review_object *o)
{
    struct signers s = standing_signers(o);
    return s.count ? s.at[0] : NULL;
}

static unsigned approvers_missing(const struct signers *s, const struct demand *d)
{
    unsigned approvers = 0;
    for (unsigned i = 0; i < s->count; i++) approvers += is_approver(s->at[i]);
    return approvers < d->approvers ? d->approvers - approvers : 0;
}

static bool is_enough(const struct signers *s, const struct demand *d)
{
    return s->count >= d->people && approvers_missing(s, d) == 0;
}

static bool wrote_terms(const struct review_object *o, struct slice actor)
{
    const struct classification *class = o->dossier->classification;
    const struct line *l = o->dossier->line;
    if (class && actor_is_same(class->terms_author_id, actor)) return true;
    if (!o->catalogue || !class) return false;
    for (unsigned i = 0; i < class->candidate_count; i++)
        if (catalogue_is_author(o->catalogue, class->candidates[i].program_id, class->candidates[i].program_version,
                                actor))
            return true;
    return !class->candidate_count && l && catalogue_is_author(o->catalogue, l->program_id, l->program_version, actor);
}

static bool has_other_duty(const struct review_object *o, struct slice actor)
{
    const struct receipt *r = o->dossier->receipt;
    return !o->limits.duties_mix && (wrote_terms(o, actor) || (r && actor_is_same(r->submitter_id, actor)));
}

/* A case is about a party: a seller, a payee or a partner clears nobody of that id, whatever LIMITS say of duties. */
static bool has_conflict(const struct review_object *o, struct slice actor)
{
    const struct dossier *d = o->dossier;
    if (!actor_is_named(actor) || has_other_duty(o, actor)) return true;
    if (d->clearance && actor_is_same(d->clearance->case_subject, actor)) return true;
    if (d->line && (actor_is_same(d->line->rep_id, actor) || actor_is_same(d->line->payee_id, actor))) return true;
    return d->classification && actor_is_same(d->classification->payee_id, actor);
}

/* --- what can be decided how ------------------------------------------------------------------------------------ */

static bool has_reason(const struct judgement *j, enum reason_code code)
{
    for (unsigned i = 0; i < j->reason_count; i++)
        if (j->reasons[i].code == code) return true;
    return false;
}

/* screening.md 4.3: an expired wait is released by people, but never a stale list or what classification waits for; nor
 * what payout does, which nothing but a rate or the goods themselves can say. */
static bool can_release(const struct review_object *o)
{
    if (o->judgement->outcome != OUTCOME_HOLD) return false;
    if (!has_reason(o->judgement, REASON_PARK_EXPIRED)) return true;
    return o->stage == STAGE_COMPLIANCE && !has_reason(o->judgement, REASON_LIST_STALE);
}

static enum review_void check_verb(const struct review_object *o, const struct review *r)
{
    bool is_case = dossier_is_case(o->dossier);
    switch (r->verb) {
    case VERB_RELEASE:
        return is_case || can_release(o) ? REVIEW_VOID_NONE : REVIEW_VOID_VERB_NOT_POSSIBLE;
    case VERB_ADJUST:
        if (is_case || !can_release(o)) return REVIEW_VOID_VERB_NOT_POSSIBLE;
        return r->accepted_qty_milli > 0 && r->accepted_qty_milli < base_qty_milli(o->dossier)
                   ? REVIEW_VOID_NONE
                   : REVIEW_VOID_QTY_INVALID;
    case VERB_DENY: case VERB_ASK:
        return REVIEW_VOID_NONE;
    case VERB_ANSWER:
        return review_question(o->dossier, o->stage).asked ? REVIEW_VOID_NONE : REVIEW_VOID_NO_QUESTION;
    case VERB_ASSIGN_ROLE:
        if (o->stage != STAGE_CLASSIFICATION || is_case) return REVIEW_VOID_VERB_NOT_POSSIBLE;
        if (!has_reason(o->judgement, REASON_ROLE_AMBIGUOUS) && !has_reason(o->judgement, REASON_ROLE_DRIFT))
            return REVIEW_VOID_VERB_NOT_POSSIBLE;
        return r->role != ROLE_UNSPECIFIED ? REVIEW_VOID_NONE : REVIEW_VOID_ROLE_NOT_NAMED;
    case VERB_CLEAR_PARTY: case VERB_CONFIRM_PARTY:
        return is_case ? REVIEW_VOID_NONE : REVIEW_VOID_VERB_NOT_POSSIBLE;
    default:
        return REVIEW_VOID_VERB_NOT_POSSIBLE;       /* SNOOZE is of the second wave */
    }
}

static enum review_void check_proposal(const struct review_object *o, const struct review *r, const struct signers *s)
{
    if (!may_propose(r)) return REVIEW_VOID_ROLE_MISSING;
    if (!is_talk(r) && s->count > 0) return REVIEW_VOID_PROPOSAL_STANDS;
    if (is_talk(r) && o->dossier->review_count >= REVIEWS_BY_TALK_MAX) return REVIEW_VOID_TOO_MANY;
    if (is_taken_by_another(o, r)) return REVIEW_VOID_TAKEN;
    if (!is_talk(r) && signed_before(o, r, r->verb)) return REVIEW_VOID_SIGNED_BEFORE;
    return check_verb(o, r);
}

/* Again by the same person makes it last longer. */
static enum review_void check_take(const struct review_object *o, const struct review *r, const struct signers *s)
{
    if (!may_propose(r)) return REVIEW_VOID_ROLE_MISSING;
    if (r->verb) return REVIEW_VOID_VERB_NOT_POSSIBLE;
    if (s->count > 0) return REVIEW_VOID_PROPOSAL_STANDS;
    if (o->dossier->review_count >= REVIEWS_BY_TALK_MAX) return REVIEW_VOID_TOO_MANY;
    return is_taken_by_another(o, r) ? REVIEW_VOID_TAKEN : REVIEW_VOID_NONE;
}

static bool gives_back(const struct review_object *o, const struct review *r, const struct signers *s)
{
    const struct review *taker = last_taker(o->dossier, o->stage);
    return r->act == ACT_WITHDRAW && s->count == 0 && !r->verb && taker && actor_is_same(taker->actor_id, r->actor_id);
}

/* An answer may name the verb, quantity and role that it answers; who names others has seen another proposal. */
static bool has_proposal(const struct review *r, const struct signers *s)
{
    if (s->count == 0) return false;
    const struct review *p = s->at[0];
    return (!r->verb || r->verb == p->verb) && (!r->role || r->role == p->role)
        && (!r->accepted_qty_milli || r->accepted_qty_milli == p->accepted_qty_milli);
}

/* Of the own proposal; where there is none, of the own taking of the line. */
static enum review_void check_withdrawal(const struct review_object *o, const struct review *r, const struct signers *s)
{
    if (gives_back(o, r, s)) return REVIEW_VOID_NONE;
    if (s->count == 0 && !r->verb && is_taken_by_another(o, r)) return REVIEW_VOID_TAKEN;
    if (!has_proposal(r, s)) return REVIEW_VOID_NO_PROPOSAL;
    if (!actor_is_same(s->at[0]->actor_id, r->actor_id)) return REVIEW_VOID_OF_ANOTHER;
    return o->dossier->review_count < REVIEWS_BY_WITHDRAWAL_MAX ? REVIEW_VOID_NONE : REVIEW_VOID_TOO_MANY;
}

/* Of another person's proposal: confirmed or declined. */
static enum review_void check_answer(const struct review_object *o, const struct review *r, const struct signers *s)
{
    if (!has_proposal(r, s)) return REVIEW_VOID_NO_PROPOSAL;
    if (!is_approver(r)) return REVIEW_VOID_ROLE_MISSING;
    return signed_before(o, r, s->at[0]->verb) ? REVIEW_VOID_SIGNED_BEFORE : REVIEW_VOID_NONE;
}

static enum review_void check(const struct review_object *o, const struct review *r, const struct signers *s)
{
    if (!of_section(r, o)) return REVIEW_VOID_SECTION_SUPERSEDED;
    if (has_conflict(o, r->actor_id)) return REVIEW_VOID_DUTY_CONFLICT;
    if (o->dossier->review_count >= SECTIONS_OF_A_KIND_MAX) return REVIEW_VOID_TOO_MANY;
    if (r->act == ACT_PROPOSE) return check_proposal(o, r, s);
    if (r->act == ACT_TAKE) return check_take(o, r, s);
    if (r->act == ACT_WITHDRAW) return check_withdrawal(o, r, s);
    if (r->act == ACT_UNSPECIFIED) return REVIEW_VOID_VERB_NOT_POSSIBLE;
    return check_answer(o, r, s);
}

/* --- effect ----------------------------------------------------------------------------------------------------- */

static struct texts actors_of(struct arena *a, const struct signers *s, bool approvers_only)
{
    struct slice *actors = ARENA_ARRAY(a, s->count, struct slice);
    unsigned count = 0;
    for (unsigned i = 0; i < s->count; i++)
        if (!approvers_only || is_approver(s->at[i])) actors[count++] = s->at[i]->actor_id;
    return (struct texts){ actors, count };
}

static const struct review_effect *effect_before(struct arena *a, const struct review_object *o);

static struct review_effect effect_of(struct arena *a, const struct review_object *o, const struct signers *s,
                                      uint32_t sequence)
{
    const struct review *proposal = s->at[0];
    return (struct review_effect){
        .verb = proposal->verb, .accepted_qty_milli = proposal->accepted_qty_milli, .role = proposal->role,
        .note = proposal->note, .sequence = sequence, .signature_count = s->count,
        .actors = actors_of(a, s, false), .approvers = actors_of(a, s, true), .reviewed = o->judgement,
        .reviewed_points = o->dossier->clearance ? o->dossier->clearance->score_points : 0,
        .before = effect_before(a, o),
    };
}

/* What the section in force was judged with: the dossier as it stood then says. NULL: nobody decided before. */
static const struct review_effect *effect_before(struct arena *a, const struct review_object *o)
{
    struct dossier *then = ARENA_NEW(a, struct dossier);
    struct slice bytes = dossier_until_review(o->dossier->bytes, o->judgement->review_sequence);
    if (!bytes.size || dossier_decode(a, bytes, then) != OK) return NULL;
    struct review_object object = *o;
    object.dossier = then;
    object.judgement = dossier_judgement(then, o->writes);
    object.hash = dossier_section_hash(bytes, o->writes);
    if (!object.judgement || !standing_signers(&object).count) return NULL;
    struct review_effect *effect = ARENA_NEW(a, struct review_effect);
    *effect = review_effect_again(a, &object);
    return effect;
}

struct review_answer review_weigh(struct arena *a, const struct review_object *o, const struct review *act)
{
    ASSERT(o->dossier && o->judgement);
    struct signers s = standing_signers(o);
    struct review_answer answer = { .standing = REVIEW_VOID, .why = check(o, act, &s) };
    if (answer.why != REVIEW_VOID_NONE) return answer;
    answer.standing = REVIEW_NOTED;
    if (act->act == ACT_TAKE) answer.until_unix_ms = taken_until(o, act);
    if (is_talk(act) || act->act == ACT_DECLINE || act->act == ACT_WITHDRAW) return answer;
    ASSERT(s.count < SIGNERS_MAX);
    s.at[s.count++] = act;
    struct demand demand = demand_of(o, s.at[0]);
    answer.standing = is_enough(&s, &demand) ? REVIEW_EFFECTIVE : REVIEW_PENDING;
    answer.approvers_missing = approvers_missing(&s, &demand);
    answer.effect = effect_of(a, o, &s, o->dossier->review_count + 1);
    answer.closes = answer.standing == REVIEW_EFFECTIVE && dossier_is_case(o->dossier);
    return answer;
}

enum err review_append(struct arena *a, const struct dossier *d, const struct review *act,
                       const struct review_answer *answer, struct slice *out)
{
    struct review numbered = *act;
    struct slice packed;
    numbered.sequence = d->review_count + 1;
    numbered.until_unix_ms = answer->until_unix_ms;
    TRY(section_encode(a, SECTION_REVIEW, &numbered, &packed));
    return dossier_append(a, d->bytes, packed, out);
}

struct review_effect review_effect_again(struct arena *a, const struct review_object *o)
{
    struct signers s = standing_signers(o);
    ASSERT(s.count > 0);
    return effect_of(a, o, &s, o->dossier->review_count);
}
