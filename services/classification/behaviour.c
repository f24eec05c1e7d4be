/* classification/behaviour.c: when behaviour is judged, and what becomes of the judgement. */
#include "classification/behaviour.h"

#include "base/assert.h"
#include "classification/drift.h"
#include "classification/tables.h"
#include "domain/decimal.h"

enum { QUARTERS_MAX = 40, QUARTER_DAYS = 91 };

/* Quarters are counted through: 4 · year + 0 … 3. */
static int32_t quarter_of(int32_t date)
{
    return date / 10000 * 4 + (date / 100 % 100 - 1) / 3;
}

static struct slice quarter_key(struct books *b, struct slice root_id, struct slice site_id, int32_t quarter)
{
    char label[8];
    struct text t = text_over(label, sizeof label);
    text_put_int(&t, quarter);
    return BOOKS_KEY(b->arena, root_id, site_id, text_slice(&t));
}

static unsigned window_quarters(const struct policy *policy)
{
    int64_t quarters = policy->role_window_quarters;
    return quarters < 1 ? 1 : quarters > QUARTERS_MAX ? QUARTERS_MAX : (unsigned)quarters;
}

int64_t behaviour_window_days(const struct policy *policy)
{
    return (int64_t)window_quarters(policy) * QUARTER_DAYS;
}

static struct slice drift_key(struct books *b, struct slice root_id, struct slice site_id, struct slice agreement)
{
    return agreement.size ? BOOKS_KEY(b->arena, root_id, site_id, agreement) : BOOKS_KEY(b->arena, root_id, site_id);
}

const struct drift_record *behaviour_drift(struct books *b, struct slice root_id, struct slice site_id,
                                           struct slice agreement)
{
    return books_read(b, CLASSIFICATION_DRIFT, drift_key(b, root_id, site_id, agreement), NULL);
}

static struct features_record window_up_to(struct books *b, struct slice root_id, struct slice site_id,
                                           int32_t quarter, unsigned quarters)
{
    struct features_record sum = { 0 };
    for (unsigned i = quarters; i-- > 0;) {
        struct slice key = quarter_key(b, root_id, site_id, quarter - (int32_t)i);
        features_add(&sum, books_read(b, CLASSIFICATION_FEATURES, key, NULL));
    }
    return sum;
}

struct features_record behaviour_window(struct books *b, struct slice root_id, struct slice site_id, int32_t date,
                                        const struct policy *policy)
{
    return window_up_to(b, root_id, site_id, quarter_of(date), window_quarters(policy));
}

/* The rows of a site lie with those of its root. A line that came before the profile came under the id that it names
 * itself, perhaps to another partition: what it found there would hang on how many there are. */
static bool lies_with_root(const struct inquiry *q)
{
    struct slice came_under = q->dossier->receipt->partner_root_id;
    return !came_under.size || slice_equal(came_under, q->who.root_id);
}

static bool is_asked(const struct inquiry *q)
{
    return lies_with_root(q) && inquiry_needs_role(q) && policy_mode(q->policy, RULE_ELG_05) != RULE_MODE_OFF;
}

static const struct drift_record *kept_drift(struct inquiry *q, struct slice agreement)
{
    return behaviour_drift(q->verdict->books, q->who.root_id, q->who.partner->partner_id, agreement);
}

static struct slice own_quarter(struct inquiry *q)
{
    if (!q->quarter_row.size)
        q->quarter_row =
            quarter_key(q->verdict->books, q->who.root_id, q->who.partner->partner_id, quarter_of(q->received_date));
    return q->quarter_row;
}

/* The first line of a month, by date of receipt. A line received before the month that was judged last is none, nor is
 * one while the site declares no role, from which nothing can drift. */
static bool is_first_of_month(const struct inquiry *q, const struct drift_record *kept)
{
    return drift_month(q->received_date) > kept->month && roles_held(q->who.partner, q->received_date);
}

static struct features_record window_of(struct inquiry *q)
{
    return behaviour_window(q->verdict->books, q->who.root_id, q->who.partner->partner_id, q->received_date, q->policy);
}

/* What the reseller share is measured against: the four quarters of the same days a year ago. */
static struct features_record year_before(struct inquiry *q)
{
    enum { QUARTERS_OF_A_YEAR = 4 };
    return window_up_to(q->verdict->books, q->who.root_id, q->who.partner->partner_id,
                        quarter_of(q->received_date) - QUARTERS_OF_A_YEAR, QUARTERS_OF_A_YEAR);
}

/* The agreement of the line, where the site's is judged apart. */
static struct slice own_group(const struct inquiry *q, const struct drift_record *site)
{
    for (unsigned i = 0; i < site->group_count; i++)
        if (slice_equal(site->groups[i], q->line->authorisation_no)) return site->groups[i];
    return (struct slice){ 0 };
}

static void open_drift_rows(struct inquiry *q)
{
    const struct drift_record *site = kept_drift(q, (struct slice){ 0 });
    struct slice group = own_group(q, site);
    bool is_first = is_first_of_month(q, group.size ? kept_drift(q, group) : site);
    if (!is_first && !is_first_of_month(q, site)) return;
    if (q->verdict->books->missed) return;
    window_of(q);
    year_before(q);
    if (!group.size && q->line->authorisation_no.size) kept_drift(q, q->line->authorisation_no);
}

/* The line is judged here; of a REPLACE the content is not counted, since what it replaces was. */
static bool is_counted(const struct inquiry *q)
{
    return lies_with_root(q) && q->kind != KIND_UNSPECIFIED && q->line->kind != KIND_REPLACE && q->footing != FOOTING_CORRECTION
           && features_counts_kind(q->kind);
}

void behaviour_open_rows(struct inquiry *q)
{
    if (is_counted(q)) books_read(q->verdict->books, CLASSIFICATION_FEATURES, own_quarter(q), NULL);
    if (is_asked(q)) open_drift_rows(q);
}

/* --- the section ------------------------------------------------------------------------------------------------ */

static struct slice value_text(struct arena *a, const struct role_reason *r)
{
    if (r->value == 0) return (struct slice){ 0 };
    struct text t = text_in(a, 24);
    feature_put_value(&t, r->feature, r->value);
    return text_slice(&t);
}

/* Recorded only: it is nobody's reason. */
static struct evidence moved_share(struct arena *a, const struct drift_record *d)
{
    struct text t = text_in(a, 24);
    decimal_put_fixed(&t, d->stability_milli, MILLI_DIGITS);
    return (struct evidence){ .kind = EVIDENCE_WINDOW, .id = SLICE("stability_index"), .text = text_slice(&t) };
}

static void show_reasons(struct inquiry *q)
{
    bool has_moved = q->drift.stability_milli > FEATURES_STABILITY_MILLI_MAX;
    if (q->drift.reason_count == 0 && !has_moved) return;
    struct evidence *shown = ARENA_ARRAY(q->verdict->arena, q->drift.reason_count + 1u, struct evidence);
    for (unsigned i = 0; i < q->drift.reason_count; i++) {
        const struct role_reason *r = &q->drift.reasons[i];
        shown[i] = (struct evidence){ .id = feature_word(r->feature),
                                      .revision = r->evidence_count,
                                      .score = r->score_tenths };
        shown[i].kind = feature_is_of_lines(r->feature) ? EVIDENCE_WINDOW : EVIDENCE_PROFILE;
        shown[i].text = value_text(q->verdict->arena, r);
    }
    q->section->role_evidence = shown;
    q->section->role_evidence_count = q->drift.reason_count;
    if (has_moved) shown[q->section->role_evidence_count++] = moved_share(q->verdict->arena, &q->drift);
}

/* One part of the site: of a whole one all that it does. */
static struct drift_record judged_now(struct inquiry *q, const struct drift_record *kept,
                                      const struct features_record *part)
{
    struct role_judgement j = features_judge(part, behaviour_window_days(q->policy), q->who.partner, q->policy);
    struct drift_record now = drift_judge(kept, drift_month(q->received_date), &j,
                                          roles_held(q->who.partner, q->received_date), q->policy);
    now.line_id = q->dossier->receipt->line_id;
    return now;
}

static void judge_site(struct inquiry *q, const struct drift_record *kept)
{
    struct features_record window = window_of(q), before = year_before(q);
    struct slice groups[FEATURES_GROUPS_MAX];
    unsigned count =
        features_hybrid(&window, behaviour_window_days(q->policy), q->who.partner, q->policy, groups);
    struct features_record own = count ? features_of_group(&window, (struct slice){ 0 }) : window;
    q->site_drift = judged_now(q, kept, &own);
    q->site_drift.stability_milli = features_stability_milli(&window, &before);
    q->site_drift.group_count = count;
    memcpy(q->site_drift.groups, groups, count * sizeof *groups);
    q->site_is_judged_now = true;
}

static void judge_group(struct inquiry *q, struct slice group)
{
    const struct drift_record *kept = kept_drift(q, group);
    q->drift_group = group;
    q->drift = *kept;
    if (!is_first_of_month(q, kept)) return;
    struct features_record window = window_of(q), part = features_of_group(&window, group);
    q->drift = judged_now(q, kept, &part);
    q->drift_is_judged_now = true;
    q->drift_begins = drift_began(kept, &q->drift);
}

void behaviour_judge(struct inquiry *q)
{
    if (!is_asked(q)) return;
    const struct drift_record *kept = kept_drift(q, (struct slice){ 0 });
    q->site_drift = *kept;
    if (is_first_of_month(q, kept)) judge_site(q, kept);
    struct slice group = own_group(q, &q->site_drift);
    if (group.size) {
        judge_group(q, group);
    } else {
        q->drift = q->site_drift;
        q->drift_is_judged_now = q->site_is_judged_now;
        q->drift_begins = q->site_is_judged_now && drift_began(kept, &q->drift);
    }
    q->section->observed_role = q->drift.observed;
    q->section->confidence_ppm = q->drift.observed_ppm;
    q->section->drift = q->drift.state;
    if (behaviour_speaks_with(q) || q->drift.state != DRIFT_NONE) show_reasons(q);
}

bool behaviour_speaks_with(const struct inquiry *q)
{
    return q->drift_is_judged_now || slice_equal(q->drift.line_id, q->dossier->receipt->line_id);
}

/* --- afterwards ------------------------------------------------------------------------------------------------- */

/* A PARTNER case about the site: it carries no money and is reviewed like a hold (screening.md 4.5). */
static void open_case(struct inquiry *q)
{
    struct verdict *v = q->verdict;
    if (v->case_count == VERDICT_CASES_MAX) return;
    struct clearance *c = ARENA_NEW(v->arena, struct clearance);
    struct slice *line_ids = ARENA_NEW(v->arena, struct slice);
    struct slice kind = word_text(VOCABULARY_CASE_KIND, CASE_KIND_PARTNER), subject = q->who.partner->partner_id;
    const struct id_part parts[] = { ID_TEXT(kind), ID_TEXT(q->who.root_id), ID_TEXT(subject),
                                     ID_TEXT(rule_row(RULE_ELG_05)->word) };
    line_ids[0] = q->dossier->receipt->line_id;
    c->judgement.outcome = OUTCOME_HOLD;
    c->judgement.reasons = ARENA_NEW(v->arena, struct reason);
    c->judgement.reasons[0] = (struct reason){ .code = REASON_ROLE_DRIFT, .outcome = OUTCOME_HOLD };
    c->judgement.reason_count = 1;
    c->judgement.waiting.reason = REASON_ROLE_DRIFT;
    c->case_id = hash_id(v->arena, parts, sizeof parts / sizeof parts[0]);
    c->case_kind = CASE_KIND_PARTNER;
    c->case_subject = subject;
    c->case_line_ids = (struct texts){ line_ids, 1 };
    v->cases[v->case_count++] = c;
}

static void keep_drift(struct inquiry *q, struct slice agreement, const struct drift_record *judged)
{
    struct books *b = q->verdict->books;
    struct slice key = drift_key(b, q->who.root_id, q->who.partner->partner_id, agreement);
    struct drift_record *kept = books_change(b, CLASSIFICATION_DRIFT, key);
    *kept = *judged;
}

void behaviour_keep_drift(struct inquiry *q)
{
    if (q->site_is_judged_now) keep_drift(q, (struct slice){ 0 }, &q->site_drift);
    if (q->drift_group.size && q->drift_is_judged_now) keep_drift(q, q->drift_group, &q->drift);
    if (q->drift_begins && policy_mode(q->policy, RULE_ELG_05) == RULE_MODE_ENFORCE) open_case(q);
}

void behaviour_count(struct inquiry *q)
{
    if (!is_counted(q)) return;
    struct features_record *f = books_change(q->verdict->books, CLASSIFICATION_FEATURES, own_quarter(q));
    features_count(f, q->line, q->kind, q->section->base_qty_milli, q->who.sold_to_role);
}
