/* compliance/screening.c: who must not be paid. Pure: lists and verdicts are facts. */
#include "compliance/screening.h"

#include "base/assert.h"
#include "compliance/approval.h"
#include "compliance/list_hits.h"
#include "compliance/parties.h"
#include "compliance/roster.h"
#include "domain/name/ownership.h"
#include "domain/name/party_key.h"

enum { SUBJECTS_MAX = 12 };

/* --- whom --- */

/* `profile`: the party is a partner itself, whose identifiers are compared, too. */
struct subject {
    struct party party;
    struct slice key;
    const struct party_names *on_file;
    const struct partner *profile;
};

/* Who is screened, and questions that met nothing: a name on file is often another subject's own. */
struct subjects {
    struct subject at[SUBJECTS_MAX];
    unsigned count;
    struct name_query silent[SUBJECTS_MAX];
    unsigned silent_count;
};

static void add_subject(struct judging *j, struct subjects *s, const struct party *p, const struct partner *profile)
{
    if (party_is_absent(p) || s->count == SUBJECTS_MAX) return;
    struct slice key = p->key.size ? p->key : party_key(j->arena, p);
    for (unsigned i = 0; i < s->count; i++)
        if (slice_equal(s->at[i].key, key) && slice_equal(s->at[i].party.name, p->name)
            && slice_equal(s->at[i].party.country, p->country))
            return;
    s->at[s->count++] = (struct subject){ *p, key, parties_on_file(j, key), profile };
}

static void add_party(struct judging *j, struct subjects *s, const struct party *p)
{
    add_subject(j, s, p, NULL);
}

static void add_profile(struct judging *j, struct subjects *s, const struct partner *p)
{
    if (!p) return;
    struct party self = { .name = p->name, .key = p->partner_id, .country = p->country };
    add_subject(j, s, &self, p);
    if (!p->payee.name.size) return;
    struct party payee = { .name = p->payee.name, .key = p->payee.payee_id, .country = p->payee.country };
    add_party(j, s, &payee);
}

static void add_rep(struct judging *j, struct subjects *s)
{
    if (!j->line->rep_id.size) return;
    const struct rep_roster *row = j->line->roster;
    struct slice name = row && row->name.size ? row->name : roster_name(j, j->line->rep_id);
    struct party rep = { .name = name, .key = j->line->rep_id, .kind = PARTY_KIND_PERSON };
    if (name.size) add_party(j, s, &rep);
}

static void find_subjects(struct judging *j, struct subjects *s)
{
    s->count = s->silent_count = 0;
    add_profile(j, s, j->facts->site);
    if (j->facts->root != j->facts->site) add_profile(j, s, j->facts->root);
    add_party(j, s, &j->line->sold_to);
    add_party(j, s, &j->line->ship_to);
    add_party(j, s, &j->line->end_customer);
    add_party(j, s, &j->line->vendor);
    add_rep(j, s);
}

static bool is_screened(const struct judging *j)
{
    return !kind_is_operator(j->kind) && j->facts->lists;
}

/* --- against what --- */

/* What met nothing meets nothing when it is asked again with fewer identifiers. */
static bool is_known_silent(const struct subjects *s, const struct name_query *q)
{
    for (unsigned i = 0; i < s->silent_count && !q->identifier_count; i++) {
        const struct name_query *asked = &s->silent[i];
        if (!slice_equal(asked->name, q->name) || asked->kind != q->kind) continue;
        if (asked->birth_year == q->birth_year && slice_equal(asked->country, q->country)) return true;
    }
    return false;
}

static void keep_silence(struct subjects *s, const struct name_query *q, const struct name_answer *answer)
{
    bool is_silent = !answer->hit_count && !answer->is_unreadable;
    if (is_silent && s->silent_count < SUBJECTS_MAX) s->silent[s->silent_count++] = *q;
}

static struct name_query query_of(const struct judging *j, const struct party *p, const struct partner *profile)
{
    struct name_query query = screen_query_of(j->arena, p);
    if (profile && profile->identifier_count)
        screen_identify(j->arena, &query, profile->identifiers, profile->identifier_count);
    return query;
}

static void ask_lists(struct judging *j, const struct name_query *query, struct name_answer *answer)
{
    *answer = (struct name_answer){ 0 };
    if (is_known_silent(j->screened.subjects, query)) return;
    struct screen_limits limits = { (int32_t)j->policy->screening_weak_score,
                                    (unsigned)j->policy->screening_candidates_max };
    if (j->facts->cache)
        screen_cached(j->facts->cache, j->arena, j->facts->lists, LIST_PURPOSE_DENIED, query, limits, answer);
    else screen_name(j->arena, j->facts->lists, LIST_PURPOSE_DENIED, query, limits, answer);
    keep_silence(j->screened.subjects, query, answer);
}

static bool is_in_high_risk_country(const struct judging *j, const struct party *p)
{
    struct slice rest = j->policy->screening_high_risk_countries;
    while (rest.size) {
        struct slice country = slice_cut(&rest, ' ');
        if (country.size && slice_equal_nocase(country, p->country)) return true;
    }
    return false;
}

static bool is_alert(struct judging *j, const struct party *p, int32_t score)
{
    if (score >= j->policy->screening_likely_score) return true;
    return is_in_high_risk_country(j, p) || approval_is_large(j);
}

static void show_hit(struct judging *j, struct finding *f, const struct subject *s, const struct name_hit *hit)
{
    finding_show(f, EVIDENCE_PARTY, s->key);
    finding_show(f, EVIDENCE_LIST_ENTRY, list_hits_entry(j->arena, hit));
    if (f->evidence_left_out) return;
    struct evidence *e = &f->evidence[f->evidence_count - 1];
    e->revision = hit->entry->revision;
    e->score = hit->score;
    e->text = slice_copy(j->arena, hit->alignment);         /* a cached answer lives until the next question */
    e[-1].text = slice_copy(j->arena, s->party.name);
}

/* Whose identifiers agreed with the entry's. */
static const struct partner *known_by(const struct subject *s, const struct name_hit *hit)
{
    return hit->by_identifier ? s->profile : NULL;
}

static void remember(struct judging *j, const struct subject *s, const struct party *named, const struct name_hit *hit)
{
    if (!j->screened.listed) j->screened.listed = ARENA_ARRAY(j->arena, LISTED_MAX, struct listed_party);
    if (j->screened.listed_count == LISTED_MAX) return;
    j->screened.listed[j->screened.listed_count++] = list_hits_of(j->arena, s->key, named, known_by(s, hit), hit);
}

/* A verdict stands on the pair: what would alert does not, and is shown where nothing else does (screening.md 6.6). */
static void note_cleared(struct judging *j, const struct name_hit *hit)
{
    if (!j->screened.cleared) j->screened.cleared = ARENA_ARRAY(j->arena, LISTED_MAX, struct slice);
    struct screened *s = &j->screened;
    if (s->cleared_count < LISTED_MAX) s->cleared[s->cleared_count++] = list_hits_entry(j->arena, hit);
}

static void show_cleared(struct judging *j, struct finding *f)
{
    f->is_by_review = j->screened.cleared_count > 0;
    for (unsigned i = 0; i < j->screened.cleared_count; i++) finding_show(f, EVIDENCE_REVIEW, j->screened.cleared[i]);
}

/* True: an alert. */
static bool judge_name(struct judging *j, struct finding *f, const struct subject *s, const struct party *named,
                       const struct name_query *query)
{
    struct name_answer answer;
    bool found = false;
    ask_lists(j, query, &answer);
    if (answer.is_unreadable && named->name.size && named == &s->party) {   /* an earlier line's was judged there */
        j->screened.has_unreadable = true;
        j->screened.unreadable_key = s->key;
    }
    for (unsigned i = 0; i < answer.hit_count; i++) {
        const struct name_hit *hit = &answer.hits[i];
        if (!f->has_figures || hit->score > f->observed.value)
            finding_figures(f, SLICE("score"), hit->score, j->policy->screening_likely_score, SLICE("count"));
        if (!is_alert(j, named, hit->score)) continue;
        if (list_hits_is_cleared(j->arena, j->facts->catalogue, s->key, named, known_by(s, hit), hit->entry)) {
            note_cleared(j, hit);
            continue;
        }
        found = true;
        show_hit(j, f, s, hit);
        remember(j, s, named, hit);
    }
    return found;
}

/* A party is compared under its own name, or its identifier alone, and under every other name that lines gave its
 * key. */
static bool judge_subject(struct judging *j, struct finding *f, const struct subject *s)
{
    struct name_query query = query_of(j, &s->party, s->profile);
    unsigned silent_before = j->screened.subjects->silent_count;
    bool found = (s->party.name.size || s->party.id.size || s->profile) && judge_name(j, f, s, &s->party, &query);
    const struct party_names *on_file = s->on_file;
    if (j->screened.subjects->silent_count > silent_before) query.identifier_count = 0;      /* they met nothing */
    for (unsigned i = 0; i < on_file->name_count; i++) {
        query.name = on_file->names[i].name;
        if (slice_equal(query.name, s->party.name) || is_known_silent(j->screened.subjects, &query)) continue;
        struct party other = s->party;
        other.name = query.name;
        found |= judge_name(j, f, s, &other, &query);
    }
    if (!catalogue_party_is_blocked(j->facts->catalogue, s->key)) return found;
    finding_show(f, EVIDENCE_PARTY, s->key);
    if (!f->evidence_left_out) f->evidence[f->evidence_count - 1].text = SLICE("blocked by verdict");
    f->is_final = true;
    return true;
}

/* --- ownership --- */

static bool is_listed_owner(void *context, const struct party *p)
{
    struct judging *j = context;
    struct name_answer answer;
    struct slice key = p->key.size ? p->key : party_key(j->arena, p);
    if (catalogue_party_is_blocked(j->facts->catalogue, key)) return true;
    struct name_query query = query_of(j, p, NULL);
    ask_lists(j, &query, &answer);
    for (unsigned i = 0; i < answer.hit_count; i++)
        if (answer.hits[i].by_identifier
            && !list_hits_is_cleared(j->arena, j->facts->catalogue, key, p, NULL, answer.hits[i].entry))
            return true;
    return false;
}

static void show_holding(struct finding *f, const struct partner *p, struct slice text)
{
    if (!text.size) return;
    finding_show(f, EVIDENCE_PARTY, p->partner_id);
    if (!f->evidence_left_out) f->evidence[f->evidence_count - 1].text = text;
}

/* `found`: one of the owners is listed himself, and what he holds may not be known. */
static bool judge_ownership(struct judging *j, struct finding *f, const struct partner *p, bool found)
{
    if (!p->owner_count) return false;
    struct party self = { .name = p->name, .key = p->partner_id, .country = p->country };
    struct ownership_ask ask = { is_listed_owner, j };
    struct ownership o;
    ownership_judge(j->arena, &self, p->owners, p->owner_count, &ask, &o);
    show_holding(f, p, o.chain);
    if (o.is_blocked || found) show_holding(f, p, o.missing);
    return o.is_blocked;
}

static bool judge_owners(struct judging *j, struct finding *f, const struct owner *owners, unsigned count)
{
    bool found = false;
    for (unsigned i = 0; i < count; i++) {
        struct slice key = owners[i].party.key.size ? owners[i].party.key : party_key(j->arena, &owners[i].party);
        struct subject s = { owners[i].party, key, parties_on_file(j, key), NULL };
        if (!party_is_absent(&s.party)) found |= judge_subject(j, f, &s);
        found |= judge_owners(j, f, owners[i].owners, owners[i].owner_count);
    }
    return found;
}

void screening_open(struct judging *j)
{
    if (!is_screened(j)) return;
    j->screened.subjects = arena_take(j->arena, sizeof *j->screened.subjects);
    find_subjects(j, j->screened.subjects);
}

enum truth screening_finds_listed(struct judging *j, struct finding *f)
{
    bool found = false;
    if (!is_screened(j)) return TRUTH_UNSPECIFIED;
    if (!j->screened.subjects) screening_open(j);
    const struct subjects *subjects = j->screened.subjects;
    for (unsigned i = 0; i < subjects->count; i++) found |= judge_subject(j, f, &subjects->at[i]);
    const struct partner *profiles[2] = { j->facts->site, j->facts->root == j->facts->site ? NULL : j->facts->root };
    for (unsigned i = 0; i < 2; i++) {
        if (!profiles[i]) continue;
        bool is_listed = judge_owners(j, f, profiles[i]->owners, profiles[i]->owner_count);
        found |= is_listed;
        found |= judge_ownership(j, f, profiles[i], is_listed);
    }
    if (!found) show_cleared(j, f);
    return found ? TRUTH_TRUE : TRUTH_FALSE;
}

/* --- SCR-02 --- */

static const struct name_list *find_unfit(const struct judging *j)
{
    for (unsigned i = 0; i < j->facts->lists->list_count; i++) {
        const struct name_list *list = &j->facts->lists->lists[i];
        if (list->purpose != LIST_PURPOSE_DENIED || !list->required) continue;
        if (!list->is_loaded || (j->facts->ages_are_checked && list_is_unfit(list, j->facts->now_unix_ms))) return list;
    }
    return NULL;
}

/* The names were compared for SCR-01, which stands before it in the catalogue and is always asked. */
enum truth screening_cannot_judge(struct judging *j, struct finding *f)
{
    if (!is_screened(j)) return TRUTH_UNSPECIFIED;
    const struct name_list *unfit = find_unfit(j);
    if (unfit) {
        finding_show(f, EVIDENCE_LIST_ENTRY, unfit->id);
        f->waits_on = SLICE(WAIT_LIST);
        return TRUTH_WAIT;
    }
    if (!j->screened.has_unreadable) return TRUTH_FALSE;
    finding_show(f, EVIDENCE_PARTY, j->screened.unreadable_key);
    return TRUTH_FAULT;
}

/* --- cases --- */

static const struct case_lines *add_to_case(struct judging *j, struct slice case_id, const struct listed_party *p)
{
    struct slice row = BOOKS_KEY(j->arena, j->root, case_id);
    const struct case_lines *before = judging_read(j, COMPLIANCE_CASES, row);
    bool is_full = before->line_ids.count == FOOTPRINT_CASE_LINES_MAX;
    if (before->kind && (is_full || texts_have(&before->line_ids, j->line_id)))
        return before;
    struct case_lines *c = judging_change(j, COMPLIANCE_CASES, row);
    struct slice *ids = ARENA_ARRAY(j->arena, c->line_ids.count + 1, struct slice);
    if (c->line_ids.count) memcpy(ids, c->line_ids.items, c->line_ids.count * sizeof *ids);
    ids[c->line_ids.count] = j->line_id;
    *c = (struct case_lines){ .kind = CASE_KIND_PARTY,
                              .subject = p->key,
                              .entry_id = p->entry,
                              .line_ids = { ids, c->line_ids.count + 1 },
                              .entry_revision = (int64_t)p->revision };
    return c;
}

static void open_case(struct judging *j, const struct listed_party *p)
{
    struct slice case_id = list_hits_case_id(j->arena, j->root, p);
    const struct case_lines *lines = add_to_case(j, case_id, p);
    if (j->v->case_count == VERDICT_CASES_MAX) return;
    struct clearance *c = list_hits_case(j->arena, j->root, p, lines->line_ids);
    screening_name_lists(j, c);
    j->v->cases[j->v->case_count++] = c;
}

void screening_record(struct judging *j)
{
    for (unsigned i = 0; i < j->screened.listed_count; i++) {
        bool seen = false;
        for (unsigned k = 0; k < i; k++)
            seen |= slice_equal(j->screened.listed[k].key, j->screened.listed[i].key)
                && slice_equal(j->screened.listed[k].entry, j->screened.listed[i].entry);
        if (!seen) open_case(j, &j->screened.listed[i]);
    }
}

void screening_keep_names(struct judging *j)
{
    for (unsigned i = 0; i < j->screened.subjects->count; i++) {
        const struct subject *s = &j->screened.subjects->at[i];
        if (s->party.name.size) parties_keep(j, &s->party, s->key, s->on_file);
    }
}

void screening_name_lists(struct judging *j, struct clearance *c)
{
    list_hits_name_lists(j->arena, j->facts->lists, c);
}
