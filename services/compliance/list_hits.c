/* compliance/list_hits.c: pairs of party and entry. */
#include "compliance/list_hits.h"

#include "base/assert.h"

/* All of them as one text, with lengths in front. */
static struct slice identifiers_of(struct arena *a, const struct partner *p)
{
    struct key_parts k = { .arena = a };
    struct slice all = { 0 };
    for (unsigned i = 0; i < p->identifier_count; i++) {
        k.count = 0;
        key_parts_text(&k, all);
        key_parts_text(&k, slice_upper(a, slice_trim(p->identifiers[i].name)));
        key_parts_text(&k, slice_upper(a, slice_trim(p->identifiers[i].value)));
        all = books_key(a, k.parts, k.count);
    }
    return all;
}

static uint64_t revision_of(struct arena *a, const struct party *p, const struct partner *by)
{
    uint64_t revision = 0;
    struct key_parts k = { .arena = a };
    struct name_query q = screen_query_of(a, p);
    key_parts_text(&k, p->name);
    key_parts_text(&k, p->country);
    key_parts_text(&k,
                   q.identifier_count ? q.identifiers->type : SLICE("")); /* an id of the partner's own is in the key */
    key_parts_text(&k, q.identifier_count ? slice_upper(a, slice_trim(q.identifiers->value)) : SLICE(""));
    if (by) key_parts_text(&k, identifiers_of(a, by));
    struct hash128 hash = key_parts_hash(&k, 0);
    for (unsigned i = 0; i < sizeof revision; i++) revision = revision << 8 | hash.bytes[i];
    return revision;
}

/* Parties and entries write theirs alike. */
static struct slice revision_text(struct arena *a, uint64_t revision)
{
    struct list_entry entry = { .revision = revision };
    return list_revision(a, &entry);
}

struct slice list_hits_party_revision(struct arena *a, const struct party *p, const struct partner *by)
{
    return revision_text(a, revision_of(a, p, by));
}

bool list_hits_is_cleared(struct arena *a, const struct catalogue *c, struct slice party_key, const struct party *p,
                          const struct partner *by, const struct list_entry *entry)
{
    const struct party_verdict *v = catalogue_party(c, party_key, entry->entry_id);
    if (!v || v->blocked) return false;
    if (v->entry_revision.size && !slice_equal(v->entry_revision, list_revision(a, entry))) return false;
    return !v->party_revision.size || slice_equal(v->party_revision, list_hits_party_revision(a, p, by));
}

struct slice list_hits_entry(struct arena *a, const struct name_hit *hit)
{
    return SLICE_JOIN(a, hit->list->id, SLICE("/"), hit->entry->entry_id);
}

struct listed_party list_hits_of(struct arena *a, struct slice party_key, const struct party *named,
                                 const struct partner *by, const struct name_hit *hit)
{
    return (struct listed_party){
        .key = party_key,
        .name = named->name,
        .party_revision = revision_of(a, named, by),
        .entry = list_hits_entry(a, hit),
        .revision = hit->entry->revision,
        .score = hit->score,
        .alignment = slice_copy(a, hit->alignment), /* a cached answer lives until the next question */
    };
}

struct slice list_hits_case_id(struct arena *a, struct slice root_id, const struct listed_party *p)
{
    struct id_part parts[] = { ID_TEXT(SLICE("PARTY")), ID_TEXT(root_id), ID_TEXT(p->key), ID_TEXT(p->entry) };
    return hash_id(a, parts, sizeof parts / sizeof parts[0]);
}

/* What the case shows: the pair of party and entry, with score and alignment. */
static struct rule_result *result_of(struct arena *a, const struct listed_party *p)
{
    struct evidence *evidence = ARENA_ARRAY(a, 3, struct evidence);
    evidence[0] =
        (struct evidence){ .kind = EVIDENCE_PARTY, .id = p->key, .revision = p->party_revision, .text = p->name };
    evidence[1] = (struct evidence){ .kind = EVIDENCE_LIST_ENTRY, .id = p->entry, .revision = p->revision,
                                     .score = p->score, .text = p->alignment };
    evidence[2] = (struct evidence){ .kind = EVIDENCE_PARTY, .id = p->key, .text = p->chain };
    struct rule_result *r = ARENA_NEW(a, struct rule_result);
    *r = (struct rule_result){
        .number = rule_row(RULE_SCR_01)->number, .version = 1, .mode = RULE_MODE_ENFORCE, .value = TRUTH_TRUE,
        .reason = REASON_SANCTIONS_HIT, .evidence = evidence, .evidence_count = p->chain.size ? 3 : 2,
    };
    return r;
}

struct clearance *list_hits_case(struct arena *a, struct slice root_id, const struct listed_party *p,
                                 struct texts line_ids)
{
    struct clearance *c = ARENA_NEW(a, struct clearance);
    struct reason *reason = ARENA_NEW(a, struct reason);
    *reason = (struct reason){ .code = REASON_SANCTIONS_HIT, .outcome = OUTCOME_HOLD };
    *c = (struct clearance){
        .judgement = { .outcome = OUTCOME_HOLD,
                       .reasons = reason,
                       .reason_count = 1,
                       .rule_results = result_of(a, p),
                       .rule_result_count = 1,
                       .waiting = { .reason = REASON_SANCTIONS_HIT } },
        .case_id = list_hits_case_id(a, root_id, p),
        .case_kind = CASE_KIND_PARTY,
        .case_subject = p->key,
        .case_line_ids = line_ids,
    };
    return c;
}

static const struct evidence *shown(const struct clearance *c, enum evidence_kind kind)
{
    for (unsigned i = 0; i < c->judgement.rule_result_count; i++)
        for (unsigned k = 0; k < c->judgement.rule_results[i].evidence_count; k++)
            if (c->judgement.rule_results[i].evidence[k].kind == kind) return &c->judgement.rule_results[i].evidence[k];
    return NULL;
}

bool list_hits_verdict(struct arena *a, const struct clearance *c, bool blocked, struct party_verdict *out)
{
    if (c->case_kind != CASE_KIND_PARTY) return false;
    const struct evidence *party = shown(c, EVIDENCE_PARTY), *entry = shown(c, EVIDENCE_LIST_ENTRY);
    if (!party || !entry || !party->revision || !entry->revision) return false;
    struct slice entry_id = entry->id;
    slice_cut(&entry_id, '/');                              /* verdicts name entries without their list */
    if (!party->id.size || !entry_id.size) return false;
    *out = (struct party_verdict){
        .party_key = party->id, .party_revision = revision_text(a, party->revision), .entry_id = entry_id,
        .entry_revision = revision_text(a, entry->revision), .blocked = blocked,
    };
    return true;
}

void list_hits_name_lists(struct arena *a, const struct name_lists *lists, struct clearance *c)
{
    if (!lists || !lists->list_count) return;
    struct list_version *versions = ARENA_ARRAY(a, lists->list_count, struct list_version);
    for (unsigned i = 0; i < lists->list_count; i++) {
        versions[i].id = lists->lists[i].id;
        memcpy(versions[i].sha256, lists->lists[i].sha256, SHA256_BYTES);
    }
    c->lists = versions;
    c->list_count = lists->list_count;
}
