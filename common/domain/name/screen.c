/* domain/name/screen.c: candidates, the best name of each entry, qualifiers, identifiers, order of hits; and the
 * cache. */
#include "domain/name/screen.h"

#include "base/assert.h"
#include "domain/name/index.h"
#include "domain/name/name_part.h"

enum {
    WEAK_ALIAS_MAX = 7900,
    WEAK_ALIAS_AGREEING_MAX = 8900,
    KIND_DIFFERS = 1500,
    BIRTH_DIFFERS = 1500,
    COUNTRY_DIFFERS = 1000,
    QUALIFIERS_MAX = 1500,
    KEY_BYTES_MAX = 1024,
    KEY_FOLDED_BYTES_MAX = 2048,
    FOLDED_BYTES_MAX = FOLD_TOKENS_MAX * (FOLD_TOKEN_BYTES_MAX + 1) + 8,    /* of a name, with its marks */
    BIRTH_YEARS_APART_MAX = 1,
    HITS_OF_IDENTIFIERS_MAX = 64,
};

void screen_prepare(struct arena *a, const struct name_list *lists, unsigned count, struct name_lists *out)
{
    ASSERT(count <= SCREEN_LISTS_MAX);
    *out = (struct name_lists){ .lists = lists, .list_count = count, .index = index_build(a, lists, count) };
}

/* A query as a person's name and as a thing's: of an unknown kind it is what the listed name is, unless it bears a
 * legal form, or, beside a listed name of an unknown kind, what stands before a vessel's. Of what may be no legal form
 * the whole is a person's name, too. */
struct query_forms {
    struct name_form person, thing, whole;
    bool             bears_legal_form, may_be_a_vessel, has_whole;
};

static bool is_thing(enum party_kind kind)
{
    return kind == PARTY_KIND_ORGANISATION || kind == PARTY_KIND_VESSEL || kind == PARTY_KIND_AIRCRAFT;
}

static bool prepare_query(struct arena *a, const struct name_lists *lists, const struct name_query *q,
                          struct query_forms *forms)
{
    struct name_weights weights = index_weights(lists->index);
    struct fold f;
    fold_text(a, q->name, &f);
    struct fold whole = f;
    fold_strip_legal_form(&f);
    if (f.count == 0) return false;
    forms->bears_legal_form = f.count < whole.count;
    forms->has_whole = f.may_be_whole && !is_thing(q->kind);
    if (forms->has_whole) compare_prepare(a, &whole, false, &weights, &forms->whole);
    forms->may_be_a_vessel =
        f.count > 1 && word_vessel_prefix(&f.tokens[0], &f.tokens[1]) && !(word_classes(f.tokens[0]) & WORD_HONORIFIC);
    compare_prepare(a, &f, false, &weights, &forms->person);
    compare_prepare_as(a, &forms->person, true, &weights, &forms->thing);
    return true;
}

/* The form that candidates are sought by: each token as heavy as it may be, so that none is missed for its sort; *light
 * is what the tokens weigh less in the other sort. */
static struct name_form widest_form(struct arena *a, const struct query_forms *forms, uint32_t *light)
{
    struct name_form widest = forms->person;
    *light = 0;
    widest.tokens = ARENA_ARRAY(a, widest.count, struct name_token);
    for (unsigned i = 0; i < widest.count; i++) {
        int32_t person = forms->person.tokens[i].weight, thing = forms->thing.tokens[i].weight;
        widest.tokens[i] = forms->person.tokens[i];
        if (thing > person) widest.tokens[i].weight = thing;
        *light += (uint32_t)(thing > person ? thing - person : person - thing);
    }
    return widest;
}

/* What was taken off as a legal form and may be two initials; NULL when nothing was. */
static const struct name_token *letters_of(const struct query_forms *forms)
{
    for (unsigned i = 0; forms->has_whole && i < forms->whole.count; i++)
        if (forms->whole.tokens[i].classes & WORD_FORM) return &forms->whole.tokens[i];
    return NULL;
}

static const struct name_form *form_for(const struct query_forms *forms, const struct name_query *q,
                                        const struct indexed_name *n)
{
    bool is_vessel = forms->may_be_a_vessel && n->entry->kind == PARTY_KIND_UNSPECIFIED;
    bool is_a_thing =
        q->kind != PARTY_KIND_UNSPECIFIED ? is_thing(q->kind) : n->is_thing || forms->bears_legal_form || is_vessel;
    return is_a_thing ? &forms->thing : &forms->person;
}

static bool is_organisation(const struct indexed_name *n)
{
    return n->entry->kind == PARTY_KIND_ORGANISATION || (n->entry->kind == PARTY_KIND_UNSPECIFIED && n->is_thing);
}

static bool countries_differ(const struct name_query *q, const struct list_entry *e)
{
    if (!q->country.size || !e->countries.count) return false;
    for (unsigned i = 0; i < e->countries.count; i++)
        if (slice_equal_nocase(e->countries.items[i], q->country)) return false;
    return true;
}

static bool births_differ(const struct name_query *q, const struct list_entry *e)
{
    if (!q->birth_year || !e->birth_count) return false;
    for (unsigned i = 0; i < e->birth_count; i++)
        if (q->birth_year >= e->births[i].from - BIRTH_YEARS_APART_MAX
            && q->birth_year <= e->births[i].to + BIRTH_YEARS_APART_MAX)
            return false;
    return true;
}

static bool kinds_differ(const struct name_query *q, const struct list_entry *e)
{
    return q->kind != PARTY_KIND_UNSPECIFIED && e->kind != PARTY_KIND_UNSPECIFIED && q->kind != e->kind;
}

static bool country_or_birth_agrees(const struct name_query *q, const struct list_entry *e)
{
    bool country = q->country.size && e->countries.count && !countries_differ(q, e);
    bool birth = q->birth_year && e->birth_count && !births_differ(q, e);
    return country || birth;
}

/* Rules 6 (weak aliases) and 7. */
static int32_t qualify(int32_t score, const struct name_query *q, const struct indexed_name *n)
{
    int32_t lowered = 0;
    if (n->name->strength == LIST_STRENGTH_WEAK) {
        int32_t max = country_or_birth_agrees(q, n->entry) ? WEAK_ALIAS_AGREEING_MAX : WEAK_ALIAS_MAX;
        if (score > max) score = max;
    }
    if (kinds_differ(q, n->entry)) lowered += KIND_DIFFERS;
    if (births_differ(q, n->entry)) lowered += BIRTH_DIFFERS;
    if (countries_differ(q, n->entry)) lowered += COUNTRY_DIFFERS;
    if (lowered > QUALIFIERS_MAX) lowered = QUALIFIERS_MAX;
    return score > lowered ? score - lowered : 0;
}

/* A name that scored enough, before the best of each entry is taken. */
struct scored { const struct indexed_name *name; int32_t score; };

static int order_of_entries(const struct name_list *la, const struct list_entry *ea, const struct name_list *lb,
                            const struct list_entry *eb)
{
    int order = la == lb ? 0 : slice_compare(la->id, lb->id);
    return order ? order : slice_compare(ea->entry_id, eb->entry_id);
}

/* By entry, the greater score first, then the name that stands first. */
static bool stands_before(const struct scored *x, const struct scored *y)
{
    int order = order_of_entries(x->name->list, x->name->entry, y->name->list, y->name->entry);
    if (order) return order < 0;
    return x->score != y->score ? x->score > y->score : x->name < y->name;
}

static void insert_scored(struct scored *list, unsigned count, struct scored new)
{
    unsigned at = count;
    while (at > 0 && stands_before(&new, &list[at - 1])) {
        list[at] = list[at - 1];
        at--;
    }
    list[at] = new;
}

/* Of a listed person and a name that may be whole the better of the two counts. */
static const struct name_form *compare_with(const struct query_forms *forms, const struct name_query *q,
                                            const struct indexed_name *n, int32_t score_min, struct comparison *c)
{
    const struct name_form *form = form_for(forms, q, n);
    struct comparison whole;
    compare_names(form, &n->form, is_organisation(n), score_min, c);
    if (!forms->has_whole || n->entry->kind != PARTY_KIND_PERSON) return form;
    compare_names(&forms->whole, &n->form, false, score_min, &whole);
    if (whole.score <= c->score) return form;
    *c = whole;
    return &forms->whole;
}

static unsigned score_candidates(const struct name_lists *lists, const struct name_query *q,
                                 const struct query_forms *forms, int32_t score_min, const uint32_t *ids,
                                 unsigned id_count, struct scored *scored)
{
    unsigned count = 0;
    for (unsigned i = 0; i < id_count; i++) {
        const struct indexed_name *n = index_name(lists->index, ids[i]);
        struct comparison c;
        compare_with(forms, q, n, score_min, &c);
        int32_t score = qualify(c.score, q, n);
        if (c.score > 0 && score >= score_min)
            insert_scored(scored, count++, (struct scored){ .name = n, .score = score });
    }
    return count;
}

static bool comes_first(const struct name_hit *x, const struct name_hit *y)
{
    return x->score != y->score ? x->score > y->score : order_of_entries(x->list, x->entry, y->list, y->entry) < 0;
}

static void insert_hit(struct name_hit *hits, unsigned count, const struct name_hit *new)
{
    unsigned at = count;
    struct name_hit hit = *new;
    while (at > 0 && comes_first(&hit, &hits[at - 1])) {
        hits[at] = hits[at - 1];
        at--;
    }
    hits[at] = hit;
}

/* The alignment is worked out again for hits only: candidates are many, hits are few. */
static struct name_hit hit_of(struct arena *a, const struct name_query *q, const struct query_forms *forms,
                              const struct scored *s)
{
    struct comparison c;
    const struct name_form *query = compare_with(forms, q, s->name, 0, &c);
    return (struct name_hit){ .list = s->name->list,
                              .entry = s->name->entry,
                              .name = s->name->name->text,
                              .score = s->score,
                              .weak = s->name->name->strength == LIST_STRENGTH_WEAK,
                              .alignment = compare_alignment(a, query, &s->name->form, &c) };
}

/* Rule 8. Hits of identifiers come before those of names. */
static unsigned hits_of_identifiers(struct arena *a, const struct name_lists *lists, enum list_purpose purpose,
                                    const struct name_query *q, struct name_hit *hits)
{
    unsigned count = 0;
    for (unsigned i = 0; i < q->identifier_count; i++) {
        const struct index_bearer *bearers;
        unsigned bearer_count = index_bearers(a, lists->index, &q->identifiers[i], purpose, &bearers);
        for (unsigned b = 0; b < bearer_count && count < HITS_OF_IDENTIFIERS_MAX; b++) {
            bool is_known = false;
            for (unsigned k = 0; k < count; k++) is_known |= hits[k].entry == bearers[b].entry;
            if (is_known) continue;
            struct name_hit hit = { .list = bearers[b].list,
                                    .entry = bearers[b].entry,
                                    .name = bearers[b].entry->names[0].text,
                                    .score = SCREEN_SCORE_MAX,
                                    .by_identifier = true,
                                    .alignment = q->identifiers[i].type };
            insert_hit(hits, count++, &hit);
        }
    }
    return count;
}

static bool is_hit_already(const struct name_hit *hits, unsigned count, const struct list_entry *entry)
{
    for (unsigned i = 0; i < count; i++)
        if (hits[i].entry == entry) return true;
    return false;
}

/* Entries that the name meets, after the hits by identifier. */
static unsigned hits_of_name(struct arena *a, const struct name_lists *lists, enum list_purpose purpose,
                             const struct name_query *q, struct screen_limits limits, const struct query_forms *forms,
                             struct name_answer *answer)
{
    const uint32_t *ids;
    struct index_query sought = {
        .letters = letters_of(forms), .purpose = purpose, .score_min = limits.score_min
    };
    struct name_form widest = widest_form(a, forms, &sought.light);
    sought.form = &widest;
    unsigned id_count =
        index_candidates(a, lists->index, &sought, limits.candidates_max, &ids, &answer->is_cut);
    struct scored *scored = arena_take(a, (id_count + 1u) * sizeof *scored);
    unsigned scored_count = score_candidates(lists, q, forms, limits.score_min, ids, id_count, scored);
    unsigned by_identifier = answer->hit_count, count = by_identifier;
    struct name_hit *hits = ARENA_ARRAY(a, count + scored_count + 1u, struct name_hit);
    if (count) memcpy(hits, answer->hits, count * sizeof *hits);
    for (unsigned i = 0; i < scored_count; i++) {
        if (i > 0 && scored[i].name->entry == scored[i - 1].name->entry) continue;
        if (is_hit_already(hits, by_identifier, scored[i].name->entry)) continue;
        struct name_hit hit = hit_of(a, q, forms, &scored[i]);
        insert_hit(hits, count++, &hit);
    }
    answer->hits = hits;
    return count;
}

/* The name as a whole, and the identifiers. */
static void screen_whole(struct arena *a, const struct name_lists *lists, enum list_purpose purpose,
                         const struct name_query *q, struct screen_limits limits, struct name_answer *answer)
{
    struct query_forms forms;
    ASSERT(limits.candidates_max > 0 && limits.score_min >= 0);
    struct name_hit *hits =
        q->identifier_count ? ARENA_ARRAY(a, HITS_OF_IDENTIFIERS_MAX, struct name_hit) : NULL;
    *answer = (struct name_answer){ .hits = hits, .hit_count = hits_of_identifiers(a, lists, purpose, q, hits) };
    if (prepare_query(a, lists, q, &forms))
        answer->hit_count = hits_of_name(a, lists, purpose, q, limits, &forms, answer);
    else answer->is_unreadable = true;
}

/* An entry that several names within the text meet is one hit, by the best of them. */
static void add_hit(struct name_hit *hits, unsigned *count, const struct name_hit *hit)
{
    for (unsigned i = 0; i < *count; i++) {
        if (hits[i].entry != hit->entry) continue;
        if (!comes_first(hit, &hits[i])) return;
        --*count;
        for (; i < *count; i++) hits[i] = hits[i + 1];
    }
    insert_hit(hits, (*count)++, hit);
}

/* Whoever is at a listed firm's address, trades as it or was it bears its name within his own. */
static void add_parts(struct arena *a, const struct name_lists *lists, enum list_purpose purpose,
                      const struct name_query *q, struct screen_limits limits, struct name_answer *answer)
{
    struct slice parts[NAME_PARTS_MAX];
    struct name_answer found[NAME_PARTS_MAX];
    unsigned count = name_parts(q->name, parts), hit_count = answer->hit_count, most = hit_count;
    for (unsigned i = 0; i < count; i++) {
        struct name_query part = *q;
        part.name = parts[i];
        part.identifier_count = 0;
        screen_whole(a, lists, purpose, &part, limits, &found[i]);
        most += found[i].hit_count;
        answer->is_cut |= found[i].is_cut;
    }
    if (most == hit_count) return;
    struct name_hit *hits = ARENA_ARRAY(a, most, struct name_hit);
    if (hit_count) memcpy(hits, answer->hits, hit_count * sizeof *hits);
    for (unsigned i = 0; i < count; i++)
        for (unsigned k = 0; k < found[i].hit_count; k++) add_hit(hits, &hit_count, &found[i].hits[k]);
    answer->hits = hits;
    answer->hit_count = hit_count;
}

void screen_name(struct arena *a, const struct name_lists *lists, enum list_purpose purpose, const struct name_query *q,
                 struct screen_limits limits, struct name_answer *answer)
{
    screen_whole(a, lists, purpose, q, limits, answer);
    add_parts(a, lists, purpose, q, limits, answer);
}

/* Types of party ids (domain.md, feeds.md 5.5) as lists call them. */
static struct slice identifier_type(struct slice id_type)
{
    static const struct { struct slice from, to;
    } types[] = {
        { SLICE_INIT("1"), SLICE_INIT("DUNS") },
        { SLICE_INIT("DUNS"), SLICE_INIT("DUNS") },
        { SLICE_INIT("FI"), SLICE_INIT("TAX") },
        { SLICE_INIT("TAX"), SLICE_INIT("TAX") },
        { SLICE_INIT("TAX_ID"), SLICE_INIT("TAX") },
        { SLICE_INIT("LEI"), SLICE_INIT("LEI") },
        { SLICE_INIT("REGISTRATION"), SLICE_INIT("REGISTRATION") },
        { SLICE_INIT("PASSPORT"), SLICE_INIT("PASSPORT") },
        { SLICE_INIT("ACCOUNT"), SLICE_INIT("ACCOUNT") },
    };
    for (unsigned i = 0; i < sizeof types / sizeof types[0]; i++)
        if (slice_equal_nocase(types[i].from, id_type)) return types[i].to;
    return SLICE("");
}

struct name_query screen_query_of(struct arena *a, const struct party *p)
{
    struct name_query q = { .name = p->name, .kind = p->kind, .country = p->country, .birth_year = p->birth_year };
    struct slice type = p->id.size ? identifier_type(p->id_type) : (struct slice){ 0 };
    if (!type.size) return q;
    struct list_identifier *id = ARENA_NEW(a, struct list_identifier);
    *id = (struct list_identifier){ .type = type, .value = p->id, .country = p->country };
    q.identifiers = id;
    q.identifier_count = 1;
    return q;
}

void screen_identify(struct arena *a, struct name_query *q, const struct pair *identifiers, unsigned count)
{
    struct list_identifier *all = ARENA_ARRAY(a, q->identifier_count + count + 1u, struct list_identifier);
    unsigned known = q->identifier_count;
    if (known) memcpy(all, q->identifiers, known * sizeof *all);
    for (unsigned i = 0; i < count; i++) {
        struct slice type = identifier_type(identifiers[i].name);
        if (!type.size || !identifiers[i].value.size) continue;
        all[known++] = (struct list_identifier){ .type = type, .value = identifiers[i].value, .country = q->country };
    }
    q->identifiers = all;
    q->identifier_count = known;
}

static int32_t weight_without_lists(const void *context, struct slice token)
{
    (void)context;
    (void)token;
    return COMPARE_WEIGHT_MAX;
}

static bool prepare_customer(struct arena *a, struct slice name, const struct name_weights *weights,
                             struct name_form *form)
{
    struct fold f;
    fold_text(a, name, &f);
    fold_strip_legal_form(&f);
    if (f.count == 0) return false;
    compare_prepare(a, &f, true, weights, form);
    return true;
}

int32_t screen_best(struct arena *a, const struct name_lists *lists, struct slice name, const struct slice *on_file,
                    unsigned count)
{
    struct name_weights weights =
        lists ? index_weights(lists->index) : (struct name_weights){ .of = weight_without_lists };
    struct name_form query, other;
    int32_t best = 0;
    if (!prepare_customer(a, name, &weights, &query)) return 0;
    for (unsigned i = 0; i < count; i++) {
        struct comparison c;
        if (!prepare_customer(a, on_file[i], &weights, &other)) continue;
        compare_names(&query, &other, true, 0, &c);
        if (c.score > best) best = c.score;
    }
    return best;
}

struct slice screen_band(int32_t score, int64_t strong_score, int64_t likely_score, int64_t weak_score)
{
    if (score >= strong_score) return SLICE("STRONG");
    if (score >= likely_score) return SLICE("LIKELY");
    return score >= weak_score ? SLICE("WEAK") : SLICE("");
}

/* The cache: two keys lead to one answer, the query as it is written and the query as it is folded. */

struct cached { struct hash128 key; const struct name_answer *answer; };

struct screen_cache {
    struct arena           *own;
    size_t                  mark;                   /* what stays when the cache forgets */
    const struct name_index *snapshot;
    struct cached          *slots;
    uint32_t                mask, count, entries_max;
    struct screen_meter     meter;
};

struct screen_cache *screen_cache_open(struct arena *own, unsigned entries_max)
{
    uint32_t size = 64;
    ASSERT(entries_max > 0);
    while (size < 4u * entries_max) size *= 2;      /* two keys an answer, half full at most */
    struct screen_cache *c = ARENA_NEW(own, struct screen_cache);
    bool untouched = own->peak <= own->used; /* pages of a new arena are zero, and cost nothing before they are used */
    struct cached *slots = untouched ? arena_take(own, size * sizeof *slots) : ARENA_ARRAY(own, size, struct cached);
    *c = (struct screen_cache){ .own = own, .slots = slots, .mask = size - 1, .entries_max = entries_max };
    c->mark = arena_mark(own);
    return c;
}

void screen_cache_meter(struct screen_cache *cache, struct screen_meter meter)
{
    cache->meter = meter;
}

static void screen_metered(const struct screen_meter *meter, struct arena *a, const struct name_lists *lists,
                           enum list_purpose purpose, const struct name_query *q, struct screen_limits limits,
                           struct name_answer *answer)
{
    int64_t begun = meter->took ? meter->now_ns() : 0;
    screen_name(a, lists, purpose, q, limits, answer);
    if (meter->took) meter->took(meter->context, meter->now_ns() - begun);
}

static void forget_all(struct screen_cache *c, const struct name_index *snapshot)
{
    if (c->count) memset(c->slots, 0, ((size_t)c->mask + 1) * sizeof *c->slots);
    arena_rewind(c->own, c->mark);
    c->count = 0;
    c->snapshot = snapshot;
}

static struct cached *slot_of(const struct screen_cache *c, const struct hash128 *key)
{
    uint32_t at;
    memcpy(&at, key->bytes, sizeof at);
    at &= c->mask;
    while (c->slots[at].answer && memcmp(&c->slots[at].key, key, sizeof *key) != 0) at = (at + 1) & c->mask;
    return &c->slots[at];
}

static char *put_fixed(int64_t value, char *at)
{
    memcpy(at, &value, sizeof value);
    return at + sizeof value;
}

static char *put_sized(struct slice s, char *at)
{
    return slice_write(s, put_fixed((int64_t)s.size, at));
}

static size_t key_size(const struct name_query *q, struct slice name)
{
    size_t size = 4 * sizeof(int64_t) + name.size + q->country.size;
    for (unsigned i = 0; i < q->identifier_count; i++)
        size += 3 * sizeof(int64_t) + q->identifiers[i].type.size + q->identifiers[i].value.size
                + q->identifiers[i].country.size;
    return size;
}

/* A key over the members that decide; the bytes that went into it, 0 when they are too many: then there is no key. What
 * a name leaves when it is folded is no key of one that is written so. */
static size_t key_of(const struct name_query *q, struct slice name, bool is_folded, enum list_purpose purpose,
                     struct screen_limits limits, struct hash128 *key)
{
    char bytes[KEY_FOLDED_BYTES_MAX], *at = bytes;
    size_t size = key_size(q, name);
    if (size > sizeof bytes) return 0;
    at = put_fixed(purpose | (int64_t)is_folded << 7 | (int64_t)q->kind << 8 | (int64_t)q->birth_year << 16, at);
    at = put_fixed(limits.score_min | (int64_t)limits.candidates_max << 32, at);
    at = put_sized(name, at);
    at = put_sized(q->country, at);
    for (unsigned i = 0; i < q->identifier_count; i++) {
        at = put_sized(q->identifiers[i].type, at);
        at = put_sized(q->identifiers[i].value, at);
        at = put_sized(q->identifiers[i].country, at);
    }
    ASSERT(at == bytes + size);
    *key = hash_bytes(slice_of(bytes, size));
    return size;
}

/* A name of unknown kind is judged as a thing or as a person by whether it bears a legal form (6.3), so one with a form
 * and one without are two questions although they fold alike: the form leaves a mark. One that may be a name stays. So
 * do letters that were written apart: D. I. is no DI. */
static void put_folded(struct arena *a, struct text *t, struct slice name)
{
    struct fold f;
    fold_text(a, name, &f);
    const struct fold whole = f;
    fold_strip_legal_form(&f);
    const struct fold *asked = f.may_be_whole ? &whole : &f;
    text_put(t, fold_join(a, asked));
    if (asked->spelt) {
        PUT(t, ".");
        text_put_int(t, asked->spelt);
    }
    if (f.count != whole.count && !f.may_be_whole) PUT(t, "+");
}

/* Texts that fold alike may part into other names: after a text with names within stands a hash of these. */
static struct slice folded_name(struct arena *a, struct slice name)
{
    struct slice parts[NAME_PARTS_MAX];
    unsigned count = name_parts(name, parts);
    struct text t = text_in(a, FOLDED_BYTES_MAX + HASH128_BYTES), apart = text_in(a, count * FOLDED_BYTES_MAX);
    put_folded(a, &t, name);
    if (count == 0) return text_slice(&t);
    for (unsigned i = 0; i < count; i++) {
        put_folded(a, &apart, parts[i]);
        PUT(&apart, "/");
    }
    struct hash128 hash = hash_bytes(text_slice(&apart));
    text_put(&t, slice_of((const char *)hash.bytes, sizeof hash.bytes));
    return text_slice(&t);
}

static void keep(struct screen_cache *c, const struct hash128 *key, const struct name_answer *answer)
{
    struct cached *slot = slot_of(c, key);
    if (slot->answer) return;
    *slot = (struct cached){ .key = *key, .answer = answer };
    c->count++;
}

/* A copy of an answer; listed texts are borrowed from the snapshot. */
static struct name_answer *copy_answer(struct arena *a, const struct name_answer *from)
{
    struct name_answer *to = ARENA_NEW(a, struct name_answer);
    *to = *from;
    if (from->hit_count == 0) {
        to->hits = NULL;
        return to;
    }
    struct name_hit *hits = ARENA_ARRAY(a, from->hit_count, struct name_hit);
    for (unsigned i = 0; i < from->hit_count; i++) {
        hits[i] = from->hits[i];
        hits[i].alignment = slice_copy(a, from->hits[i].alignment);
    }
    to->hits = hits;
    return to;
}

static const struct name_answer *known_answer(struct screen_cache *c, struct arena *a, const struct name_query *q,
                                              const struct hash128 *as_written, struct hash128 *as_folded,
                                              enum list_purpose purpose, struct screen_limits limits)
{
    const struct name_answer *known = slot_of(c, as_written)->answer;
    if (known) return known;
    size_t mark = arena_mark(a);
    size_t size = key_of(q, folded_name(a, q->name), true, purpose, limits, as_folded);
    arena_rewind(a, mark);
    ASSERT(size > 0);                               /* a folded name is bounded, and the rest was short as written */
    known = slot_of(c, as_folded)->answer;
    if (known) keep(c, as_written, known);
    return known;
}

void screen_cached(struct screen_cache *cache, struct arena *a, const struct name_lists *lists,
                   enum list_purpose purpose, const struct name_query *q, struct screen_limits limits,
                   struct name_answer *answer)
{
    struct hash128 as_written, as_folded;
    if (cache->snapshot != lists->index || cache->count + 2 > 2 * cache->entries_max || arena_is_full(cache->own))
        forget_all(cache, lists->index);
    size_t size = key_of(q, q->name, false, purpose, limits, &as_written);
    if (size == 0 || size > KEY_BYTES_MAX) {
        screen_metered(&cache->meter, a, lists, purpose, q, limits, answer);
        return;
    }
    const struct name_answer *known = known_answer(cache, a, q, &as_written, &as_folded, purpose, limits);
    if (!known) {
        size_t mark = arena_mark(a);
        struct name_answer fresh;
        screen_metered(&cache->meter, a, lists, purpose, q, limits, &fresh);
        known = copy_answer(cache->own, &fresh);
        arena_rewind(a, mark);
        keep(cache, &as_written, known);
        keep(cache, &as_folded, known);
    }
    *answer = known->hit_count ? *copy_answer(a, known) : *known;
}
