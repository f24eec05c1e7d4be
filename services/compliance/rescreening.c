/* compliance/rescreening.c: the other way round from screening.c: the list is new and the party is known. */
#include "compliance/rescreening.h"

#include "base/assert.h"
#include "compliance/list_hits.h"
#include "compliance/stage.h"
#include "compliance/stored_rows.h"
#include "domain/name/ownership.h"
#include "domain/name/party_key.h"

enum { PARTIES_AT_ONCE = 256, CASES_AT_ONCE = 256, SNAPSHOT_HEX = 2 * HASH128_BYTES };

static const struct slice own_row = SLICE_INIT("lists");

static const struct compliance_own *own_of(const struct stage_env *env)
{
    const struct compliance_own *own = env->own;
    return own && own->lists && own->lists->list_count ? own : NULL;
}

/* One text for all lists as they are. */
static struct slice snapshot_of(struct arena *a, const struct name_lists *lists)
{
    struct key_parts k = { .arena = a };
    for (unsigned i = 0; i < lists->list_count && k.count + 2 <= KEY_PARTS_MAX; i++) {
        key_parts_text(&k, lists->lists[i].id);
        key_parts_text(&k, slice_of((const char *)lists->lists[i].sha256, SHA256_BYTES));
    }
    struct hash128 hash = key_parts_hash(&k, 0);
    struct text hex = text_in(a, SNAPSHOT_HEX);
    text_put_hex(&hex, hash.bytes, HASH128_BYTES);
    return text_slice(&hex);
}

enum err rescreening_is_due(struct stage_env *env, bool *due)
{
    struct lists_screened row;
    const struct compliance_own *own = own_of(env);
    *due = false;
    if (!own) return OK;
    TRY(stored_rows_get(env, COMPLIANCE_SCREENED, own_row, &row));
    *due = !slice_equal(row.done, snapshot_of(env->arena, own->lists));
    return OK;
}

/* --- the lines that name a party --- */

struct mention {
    struct stage_env *env;
    struct slice root_id, key;
    uint64_t number;
    instant_ms since_unix_ms;
    struct slice *ids;
    unsigned count;
    enum err error;
};

/* A root is named by all its lines. */
static bool names_it(const struct footprint *f, const struct mention *m)
{
    uint64_t number = m->number;
    if (slice_equal(m->key, m->root_id) || slice_equal(m->key, f->site)) return true;
    return f->sold_to == number || f->end_customer == number || f->ship_to == number || f->vendor == number
           || f->payee == number || f->rep == number;
}

static enum err note_mention(void *context, struct slice key, struct slice value)
{
    struct mention *m = context;
    struct footprint f;
    struct slice rest = key;
    stored_rows_take_part(&rest);
    TRY(stored_rows_decode(m->env, COMPLIANCE_LINES, value, &f));
    if (!names_it(&f, m) || f.received_at_unix_ms < m->since_unix_ms) return OK;
    if (m->count == FOOTPRINT_CASE_LINES_MAX) return OK;
    m->ids[m->count++] = hash_id_unpack(m->env->arena, slice_copy(m->env->arena, stored_rows_take_part(&rest)));
    return OK;
}

static enum err lines_of(struct stage_env *env, struct slice root_id, struct slice key, uint64_t number, int64_t days,
                         struct texts *out)
{
    struct mention m = { .env = env,
                         .root_id = root_id,
                         .key = key,
                         .number = number,
                         .since_unix_ms = env->now_unix_ms - days * 24 * INSTANT_HOUR_MS,
                         .ids = ARENA_ARRAY(env->arena, FOOTPRINT_CASE_LINES_MAX, struct slice) };
    TRY(store_scan(env->store, stored_rows_number(env, COMPLIANCE_LINES), BOOKS_KEY(env->arena, root_id),
                   (struct slice){ 0 }, note_mention, &m));
    *out = (struct texts){ m.ids, m.count };
    return OK;
}

/* --- a pair --- */

static const struct policy *policy_now(const struct stage_env *env, struct slice root_id)
{
    return catalogue_policy(env->catalogue, instant_date(env->now_unix_ms, 0), root_id, (struct slice){ 0 },
                            INCENTIVE_UNSPECIFIED);
}

/* A party on file. `profile`: it is a partner of this root, whose identifiers are compared, too, and whose owners. */
struct kept_party { struct slice root_id; uint64_t number; struct party_names names; const struct partner *profile; };

/* The lines are those that name the party on file, whoever of its house is listed. */
static enum err open_case(struct stage_env *env, const struct compliance_own *own, const struct kept_party *kept_for,
                          const struct listed_party *p)
{
    struct case_lines kept;
    struct texts line_ids;
    struct slice root_id = kept_for->root_id;
    struct slice row = BOOKS_KEY(env->arena, root_id, list_hits_case_id(env->arena, root_id, p));
    TRY(stored_rows_get(env, COMPLIANCE_CASES, row, &kept));
    if (kept.kind && kept.entry_revision == (int64_t)p->revision) return OK;
    TRY(lines_of(env, root_id, kept_for->names.key, kept_for->number,
                 policy_now(env, root_id)->screening_lookback_days, &line_ids));
    struct clearance *c = list_hits_case(env->arena, root_id, p, line_ids);
    list_hits_name_lists(env->arena, own->lists, c);
    kept = (struct case_lines){ .kind = CASE_KIND_PARTY, .subject = p->key, .entry_id = p->entry, .line_ids = line_ids,
                                .entry_revision = (int64_t)p->revision };
    TRY(stored_rows_put(env, COMPLIANCE_CASES, row, &kept));
    struct slice line_id = line_ids.count ? line_ids.items[line_ids.count - 1] : c->case_id;
    env->cases[env->case_count++] = (struct stage_case){ root_id, line_id, c->case_id, c, false };
    return OK;
}

static void ask_lists(struct stage_env *env, const struct compliance_own *own, struct slice root_id,
                      const struct party *p, const struct partner *profile, struct name_answer *answer)
{
    struct name_query q = screen_query_of(env->arena, p);
    if (profile && profile->identifier_count)
        screen_identify(env->arena, &q, profile->identifiers, profile->identifier_count);
    const struct policy *policy = policy_now(env, root_id);
    struct screen_limits limits = { (int32_t)policy->screening_likely_score,
                                    (unsigned)policy->screening_candidates_max };
    screen_name(env->arena, own->lists, LIST_PURPOSE_DENIED, &q, limits, answer);
}

/* A party under one name. `profile`: it bears the identifiers of that; `chain`: how it owns the party on file. */
struct named { struct party party; struct slice key, chain; const struct partner *profile; };

static enum err compare_named(struct stage_env *env, const struct compliance_own *own, const struct kept_party *kept,
                              const struct named *n)
{
    struct name_answer answer;
    ask_lists(env, own, kept->root_id, &n->party, n->profile, &answer);
    for (unsigned i = 0; i < answer.hit_count && env->case_count < STAGE_CASES_MAX; i++) {
        const struct name_hit *hit = &answer.hits[i];
        const struct partner *by = hit->by_identifier ? n->profile : NULL;
        if (hit->score < policy_now(env, kept->root_id)->screening_likely_score
            || list_hits_is_cleared(env->arena, env->catalogue, n->key, &n->party, by, hit->entry))
            continue;
        struct listed_party pair = list_hits_of(env->arena, n->key, &n->party, by, hit);
        pair.chain = n->chain;
        TRY(open_case(env, own, kept, &pair));
    }
    return OK;
}

static enum err compare_name(struct stage_env *env, const struct compliance_own *own, const struct kept_party *kept,
                             const struct party_name *named)
{
    struct named n = { .party = { .name = named->name, .key = kept->names.key, .country = named->country },
                       .key = kept->names.key, .profile = kept->profile };
    party_key_identifier(n.key, &n.party.id_type, &n.party.id);
    return compare_named(env, own, kept, &n);
}

/* --- owners --- */

struct asking_owners { struct stage_env *env; const struct compliance_own *own; struct slice root_id; };

/* As the line that names the partner asks (screening.c): a chain starts with whoever is blocked, or listed by an id. */
static bool is_listed_owner(void *context, const struct party *p)
{
    const struct asking_owners *asking = context;
    struct stage_env *env = asking->env;
    struct name_answer answer;
    struct slice key = p->key.size ? p->key : party_key(env->arena, p);
    if (catalogue_party_is_blocked(env->catalogue, key)) return true;
    ask_lists(env, asking->own, asking->root_id, p, NULL, &answer);
    for (unsigned i = 0; i < answer.hit_count; i++)
        if (answer.hits[i].by_identifier
            && !list_hits_is_cleared(env->arena, env->catalogue, key, p, NULL, answer.hits[i].entry))
            return true;
    return false;
}

static enum err compare_owners(struct stage_env *env, const struct compliance_own *own, const struct kept_party *kept,
                               const struct owner *owners, unsigned count, struct slice chain)
{
    for (unsigned i = 0; i < count; i++) {
        const struct party *p = &owners[i].party;
        struct slice key = p->key.size ? p->key : party_key(env->arena, p);
        struct named n = { .party = *p, .key = key, .chain = chain };
        if (!party_is_absent(p)) TRY(compare_named(env, own, kept, &n));
        TRY(compare_owners(env, own, kept, owners[i].owners, owners[i].owner_count, chain));
    }
    return OK;
}

static enum err compare_house(struct stage_env *env, const struct compliance_own *own, const struct kept_party *kept)
{
    const struct partner *p = kept->profile;
    if (!p || !p->owner_count) return OK;
    struct asking_owners asking = { env, own, kept->root_id };
    struct ownership_ask ask = { is_listed_owner, &asking };
    struct party self = { .name = p->name, .key = p->partner_id, .country = p->country };
    struct ownership o;
    ownership_judge(env->arena, &self, p->owners, p->owner_count, &ask, &o);
    return compare_owners(env, own, kept, p->owners, p->owner_count, o.chain);
}

static enum err read_party(struct stage_env *env, const struct stored_row *row, struct kept_party *out)
{
    struct slice key = row->key, root_id = stored_rows_take_part(&key), hash = stored_rows_take_part(&key);
    ASSERT(hash.size == sizeof out->number);
    *out = (struct kept_party){ .root_id = root_id };
    memcpy(&out->number, hash.bytes, sizeof out->number);
    return stored_rows_decode(env, COMPLIANCE_PARTIES, row->value, &out->names);
}

/* All of them, in one round trip for the profiles. */
static enum err read_parties(struct stage_env *env, const struct stored_rows *rows, struct kept_party *parties)
{
    enum profile_source source;
    struct slice *keys = ARENA_ARRAY(env->arena, rows->count + 1u, struct slice);
    for (unsigned i = 0; i < rows->count; i++) {
        TRY(read_party(env, &rows->items[i], &parties[i]));
        keys[i] = parties[i].names.key;
    }
    if (!env->profiles) return OK;
    profiles_prefetch(env->profiles, keys, rows->count);
    for (unsigned i = 0; i < rows->count; i++) {
        const struct partner *p = keys[i].size ? env->profiles->ops->find(env->profiles, keys[i], &source) : NULL;
        if (p && slice_equal(p->root_id, parties[i].root_id)) parties[i].profile = p;
    }
    return OK;
}

static enum err compare_party(struct stage_env *env, const struct compliance_own *own, const struct kept_party *kept)
{
    for (unsigned i = 0; i < kept->names.name_count; i++) TRY(compare_name(env, own, kept, &kept->names.names[i]));
    return compare_house(env, own, kept);
}

/* --- walking --- */

/* A tick opens few cases: where it has no room for more it comes back to the party at which it stopped. */
static enum err compare_some(struct stage_env *env, const struct compliance_own *own, struct lists_screened *at)
{
    struct stored_rows rows;
    TRY(stored_rows_read(env, COMPLIANCE_PARTIES, at->after, PARTIES_AT_ONCE, &rows));
    struct kept_party *parties = ARENA_ARRAY(env->arena, rows.count + 1u, struct kept_party);
    TRY(read_parties(env, &rows, parties));
    for (unsigned i = 0; i < rows.count; i++) {
        TRY(compare_party(env, own, &parties[i]));
        if (env->case_count == STAGE_CASES_MAX) return OK;
        at->after = rows.items[i].key;
    }
    if (rows.more) return OK;
    at->in_cases = true;
    at->after = (struct slice){ 0 };
    return OK;
}

/* The list is there and does not have the entry any more. */
static bool is_gone(const struct name_lists *lists, struct slice entry)
{
    struct slice rest = entry, list_id = slice_cut(&rest, '/');
    for (unsigned i = 0; i < lists->list_count; i++)
        if (slice_equal(lists->lists[i].id, list_id))
            return lists->lists[i].is_loaded && !list_find(&lists->lists[i], rest);
    return false;
}

static enum err close_gone(struct stage_env *env, const struct compliance_own *own, const struct stored_row *row)
{
    struct case_lines kept, nothing = { 0 };
    struct slice key = row->key, root_id = stored_rows_take_part(&key), case_id = stored_rows_take_part(&key);
    TRY(stored_rows_decode(env, COMPLIANCE_CASES, row->value, &kept));
    if (kept.kind != CASE_KIND_PARTY || !is_gone(own->lists, kept.entry_id)) return OK;
    struct clearance *c = ARENA_NEW(env->arena, struct clearance);
    *c = (struct clearance){ .case_id = case_id };
    env->cases[env->case_count++] = (struct stage_case){ root_id, case_id, case_id, c, true };
    return stored_rows_put(env, COMPLIANCE_CASES, row->key, &nothing);
}

static enum err close_some(struct stage_env *env, const struct compliance_own *own, struct lists_screened *at,
                           bool *is_done)
{
    struct stored_rows rows;
    TRY(stored_rows_read(env, COMPLIANCE_CASES, at->after, CASES_AT_ONCE, &rows));
    for (unsigned i = 0; i < rows.count; i++) {
        if (env->case_count == STAGE_CASES_MAX) return OK;
        TRY(close_gone(env, own, &rows.items[i]));
        at->after = rows.items[i].key;
    }
    *is_done = !rows.more;
    return OK;
}

enum err rescreening_go_on(struct stage_env *env)
{
    struct lists_screened at;
    bool due, is_done = false;
    TRY(rescreening_is_due(env, &due));
    if (!due) return OK;
    const struct compliance_own *own = own_of(env);
    struct slice now = snapshot_of(env->arena, own->lists);
    TRY(stored_rows_get(env, COMPLIANCE_SCREENED, own_row, &at));
    if (!slice_equal(at.doing, now)) at = (struct lists_screened){ .done = at.done, .doing = now };
    if (!at.in_cases) TRY(compare_some(env, own, &at));
    if (at.in_cases) TRY(close_some(env, own, &at, &is_done));
    if (is_done) at = (struct lists_screened){ .done = now };
    env->ticks_soon |= !is_done;
    return stored_rows_put(env, COMPLIANCE_SCREENED, own_row, &at);
}
