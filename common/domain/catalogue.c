/* domain/catalogue.c: the global records in one arena, found by hash; histories sorted as they are asked. */
#include "domain/catalogue.h"

#include "base/assert.h"
#include "domain/actor.h"
#include "domain/calendar.h"
#include "domain/lookup.h"
#include "domain/record_copy.h"

/* Beyond the budget a put is refused; the reserve holds the greatest record and the tables that grow with it. */
enum { CATALOGUE_BYTES = 224 << 20, CATALOGUE_RESERVE = 32 << 20, POLICY_KEY_MAX = 512 };

/* Versions of records of one type in ascending order. */
struct versions { const void **items; unsigned count, capacity; };

/* A product and what replaced it: indexes point here, so a new revision needs no change of them. */
struct product_file { const struct product *product; };
struct part_entry { const struct product_file *file; struct part_entry *next; };
struct fx_file { struct fx_pair pair; struct fx_rate *rates; unsigned capacity; };
struct verdict_entry { struct party_verdict verdict; struct verdict_entry *next; };

/* What is computed on demand although the catalogue is const to its readers. */
struct policy_cache { struct arena *arena; struct lookup index; };

struct catalogue {
    struct arena           arena;
    uint64_t               revision;
    struct lookup           program_index, products, parts, price_lists, fx, taxes, parties;
    struct versions        programs;                /* struct program_history, by id */
    struct versions        matrices, limits, rulesets;
    struct matrix          matrix_default;
    struct versions        run_settings;            /* struct pair, in order of setting */
    struct policy_cache   *policies;
};

/* domain.md 1.3: rows are roles, columns incentives. */
static void fill_default_matrix(struct matrix *m)
{
    static const struct { enum role role; const char *cells; } rows[] = {
        { ROLE_DISTRIBUTOR,         "YYYYYCNN" },
        { ROLE_VAR,                 "CCNNNYYY" },
        { ROLE_SOLUTION_INTEGRATOR, "CCNNNYYY" },
        { ROLE_MSP,                 "NCNNNYYY" },
        { ROLE_RETAILER,            "CCCCNYYC" },
        { ROLE_AGENT,               "NNNNNCYY" },
        { ROLE_CONSULTANT,          "NNNNNCYY" },
    };
    for (unsigned r = 0; r < ROLE_COUNT; r++)
        for (unsigned i = 1; i < INCENTIVE_COUNT; i++) m->cells[r][i] = CELL_NO;
    for (unsigned r = 0; r < sizeof rows / sizeof rows[0]; r++)
        for (unsigned i = 1; i < INCENTIVE_COUNT; i++) {
            char code = rows[r].cells[i - 1];
            m->cells[rows[r].role][i] = code == 'Y' ? CELL_YES : code == 'C' ? CELL_CONDITIONAL : CELL_NO;
        }
}

struct catalogue *catalogue_open(void)
{
    struct arena arena;
    if (arena_open(&arena, CATALOGUE_BYTES, CATALOGUE_RESERVE) != OK) return NULL;
    struct catalogue *c = ARENA_NEW(&arena, struct catalogue);
    c->arena = arena;
    struct lookup *indexes[] = { &c->program_index, &c->products, &c->parts, &c->price_lists, &c->fx,
                                 &c->taxes,         &c->parties };
    for (unsigned i = 0; i < sizeof indexes / sizeof indexes[0]; i++) lookup_init(indexes[i], &c->arena);
    c->policies = ARENA_NEW(&c->arena, struct policy_cache);
    c->policies->arena = &c->arena;
    lookup_init(&c->policies->index, &c->arena);
    fill_default_matrix(&c->matrix_default);
    return c;
}

void catalogue_close(struct catalogue *c)
{
    if (!c) return;
    struct arena arena = c->arena;
    arena_close(&arena);
}

uint64_t catalogue_revision(const struct catalogue *c)
{
    return c->revision;
}

/* --- versions --- */

static void versions_insert(struct arena *a, struct versions *v, unsigned at, const void *item)
{
    ASSERT(at <= v->count);
    if (v->count == v->capacity) {
        unsigned capacity = v->capacity ? 2 * v->capacity : 4;
        const void **items = ARENA_ARRAY(a, capacity, const void *);
        if (v->count) memcpy(items, v->items, v->count * sizeof *items);
        v->items = items;
        v->capacity = capacity;
    }
    memmove(v->items + at + 1, v->items + at, (v->count - at) * sizeof *v->items);
    v->items[at] = item;
    v->count++;
}

static void forget_policies(struct catalogue *c)
{
    lookup_init(&c->policies->index, &c->arena);
}

static bool is_same(struct catalogue *c, enum record_shape shape, const void *a, const void *b)
{
    struct hash128 left = record_copy_digest(&c->arena, shape, a), right = record_copy_digest(&c->arena, shape, b);
    return memcmp(&left, &right, sizeof left) == 0;
}

/* A key of two or three texts; a NUL stands in none of them. */
static struct slice key_of(struct catalogue *c, struct slice a, struct slice b, struct slice third)
{
    return SLICE_JOIN(&c->arena, a, SLICE("\0"), b, SLICE("\0"), third);
}

/* --- programs --- */

static struct program_history *file_of_program(struct catalogue *c, struct slice id)
{
    void **place = lookup_at(&c->program_index, id);
    if (*place) return *place;
    struct program_history *h = *place = ARENA_NEW(&c->arena, struct program_history);
    h->id = slice_copy(&c->arena, id);
    unsigned at = 0;
    while (at < c->programs.count && slice_compare(((const struct program_history *)c->programs.items[at])->id, id) < 0)
        at++;
    versions_insert(&c->arena, &c->programs, at, h);
    return h;
}

static void add_version(struct catalogue *c, struct program_history *h, const struct program *p)
{
    unsigned at = 0;
    while (at < h->version_count && h->versions[at]->version < p->version) at++;
    const struct program **versions = ARENA_ARRAY(&c->arena, h->version_count + 1, const struct program *);
    if (at) memcpy(versions, h->versions, at * sizeof *versions);
    versions[at] = p;
    if (at < h->version_count) memcpy(versions + at + 1, h->versions + at, (h->version_count - at) * sizeof *versions);
    h->versions = versions;
    h->version_count++;
}

enum err catalogue_put_program(struct catalogue *c, const struct program *p)
{
    ASSERT(p->version > 0 && p->id.size > 0);
    if (arena_is_full(&c->arena)) return ERR_MEMORY_EXHAUSTED;
    struct program_history *h = file_of_program(c, p->id);
    const struct program *known = program_version(h, p->version);
    if (known) return is_same(c, RECORD_SHAPE_PROGRAM, known, p) ? OK : ERR_TERMS_INVALID;
    add_version(c, h, record_copy(&c->arena, RECORD_SHAPE_PROGRAM, p));
    c->revision++;
    return OK;
}

enum err catalogue_put_author(struct catalogue *c, struct slice program_id, uint32_t version, struct slice author_id)
{
    struct program_history *h = lookup_find(&c->program_index, program_id);
    if (!h || !author_id.size || !program_version(h, version)) return OK;
    if (catalogue_is_author(c, program_id, version, author_id)) return OK;
    if (arena_is_full(&c->arena)) return ERR_MEMORY_EXHAUSTED;
    struct program_author *authors = ARENA_ARRAY(&c->arena, h->author_count + 1, struct program_author);
    if (h->author_count) memcpy(authors, h->authors, h->author_count * sizeof *authors);
    authors[h->author_count++] = (struct program_author){ version, slice_copy(&c->arena, author_id) };
    h->authors = authors;
    return OK;
}

bool catalogue_is_author(const struct catalogue *c, struct slice program_id, uint32_t version, struct slice actor_id)
{
    const struct program_history *h = catalogue_program(c, program_id);
    for (unsigned i = 0; h && i < h->author_count; i++)
        if ((!version || h->authors[i].version == version) && actor_is_same(h->authors[i].author_id, actor_id))
            return true;
    return false;
}

unsigned catalogue_program_count(const struct catalogue *c)
{
    return c->programs.count;
}

const struct program_history *catalogue_program_at(const struct catalogue *c, unsigned index)
{
    ASSERT(index < c->programs.count);
    return c->programs.items[index];
}

const struct program_history *catalogue_program(const struct catalogue *c, struct slice program_id)
{
    return lookup_find(&c->program_index, program_id);
}

/* --- products --- */

enum part_space { PART_SPACE_VENDOR = 'V', PART_SPACE_GTIN = 'G', PART_SPACE_PARTNER = 'P' };

/* Parts compare as upper-cased bytes; the key says whose number it is. */
static struct slice part_key(struct text *t, enum part_space space, struct slice root_id, struct slice part)
{
    text_put_byte(t, (char)space);
    text_put(t, root_id);
    text_put_byte(t, '\0');
    for (size_t i = 0; i < part.size; i++) {
        char byte = part.bytes[i];
        text_put_byte(t, byte >= 'a' && byte <= 'z' ? (char)(byte - 'a' + 'A') : byte);
    }
    return text_slice(t);
}

static void file_part(struct catalogue *c, const struct product_file *file, enum part_space space, struct slice root_id,
                      struct slice part)
{
    struct text t = text_in(&c->arena, root_id.size + part.size + 2);
    void **place = lookup_at(&c->parts, part_key(&t, space, root_id, part));
    struct part_entry **end = (struct part_entry **)place;
    for (; *end; end = &(*end)->next)
        if ((*end)->file == file) return;
    *end = ARENA_NEW(&c->arena, struct part_entry);
    (*end)->file = file;
}

static void file_parts(struct catalogue *c, const struct product_file *file)
{
    const struct product *p = file->product;
    struct slice none = { NULL, 0 };
    file_part(c, file, PART_SPACE_VENDOR, none, p->sku);
    for (unsigned i = 0; i < p->vendor_parts.count; i++)
        file_part(c, file, PART_SPACE_VENDOR, none, p->vendor_parts.items[i]);
    for (unsigned i = 0; i < p->gtins.count; i++) file_part(c, file, PART_SPACE_GTIN, none, p->gtins.items[i]);
    for (unsigned i = 0; i < p->partner_part_count; i++)
        file_part(c, file, PART_SPACE_PARTNER, p->partner_parts[i].name, p->partner_parts[i].value);
}

enum err catalogue_put_product(struct catalogue *c, const struct product *p)
{
    ASSERT(p->sku.size > 0);
    if (arena_is_full(&c->arena)) return ERR_MEMORY_EXHAUSTED;
    void **place = lookup_at(&c->products, p->sku);
    if (!*place) *place = ARENA_NEW(&c->arena, struct product_file);
    struct product_file *file = *place;
    file->product = record_copy(&c->arena, RECORD_SHAPE_PRODUCT, p);
    file_parts(c, file);
    c->revision++;
    return OK;
}

const struct product *catalogue_product(const struct catalogue *c, struct slice sku)
{
    const struct product_file *file = lookup_find(&c->products, sku);
    return file ? file->product : NULL;
}

bool catalogue_has_products(const struct catalogue *c)
{
    return c->products.count > 0;
}

bool catalogue_sells(const struct catalogue *c, const struct texts *products)
{
    for (size_t i = 0; i < c->products.capacity; i++) {
        const struct product_file *file = c->products.slots[i].value;
        if (!file) continue;
        const struct product *p = file->product;
        if (products_match(products, p->sku, p->family, p->product_line)) return true;
    }
    return false;
}

const struct price_list *catalogue_stray_prices(const struct catalogue *c, unsigned nth)
{
    for (size_t i = 0; i < c->price_lists.capacity; i++) {
        const struct price_list *p = c->price_lists.slots[i].value;
        if (p && !catalogue_product(c, p->sku) && nth-- == 0) return p;
    }
    return NULL;
}

unsigned catalogue_price_list_ids(const struct catalogue *c, struct slice *ids, unsigned max)
{
    unsigned count = 0;
    for (size_t i = 0; i < c->price_lists.capacity && count < max; i++) {
        const struct price_list *p = c->price_lists.slots[i].value;
        bool is_new = p != NULL;
        for (unsigned k = 0; k < count && is_new; k++) is_new = !slice_equal(ids[k], p->list_id);
        if (is_new) ids[count++] = p->list_id;
    }
    return count;
}

static bool lists(const struct texts *parts, struct slice part)
{
    for (unsigned i = 0; i < parts->count; i++)
        if (slice_equal_nocase(parts->items[i], part)) return true;
    return false;
}

static bool lists_for_partner(const struct product *p, struct slice root_id, struct slice part)
{
    for (unsigned i = 0; i < p->partner_part_count; i++)
        if (slice_equal(p->partner_parts[i].name, root_id) && slice_equal_nocase(p->partner_parts[i].value, part))
            return true;
    return false;
}

/* The index may know parts of an older revision: the product in force decides. */
static bool still_bears(const struct product *p, enum part_space space, struct slice root_id, struct slice part)
{
    switch (space) {
    case PART_SPACE_VENDOR:  return lists(&p->vendor_parts, part);
    case PART_SPACE_GTIN:    return lists(&p->gtins, part);
    case PART_SPACE_PARTNER: return lists_for_partner(p, root_id, part);
    }
    NEVER();
}

/* A product's sku is also a vendor part, after every part that a product lists. */
static const struct product *find_part(const struct catalogue *c, enum part_space space, struct slice root_id,
                                       struct slice part)
{
    char buffer[512];
    struct text t = text_over(buffer, sizeof buffer);
    const struct product *by_sku = NULL;
    if (slice_is_empty(part)) return NULL;
    struct slice key = part_key(&t, space, root_id, part);
    if (t.full) return NULL;
    for (const struct part_entry *e = lookup_find(&c->parts, key); e; e = e->next) {
        if (still_bears(e->file->product, space, root_id, part)) return e->file->product;
        if (space == PART_SPACE_VENDOR && slice_equal_nocase(e->file->product->sku, part)) by_sku = e->file->product;
    }
    return by_sku;
}

const struct product *catalogue_product_by_part(const struct catalogue *c, struct slice root_id,
                                                struct slice vendor_part, struct slice gtin, struct slice partner_part)
{
    struct slice none = { NULL, 0 };
    const struct product *p = find_part(c, PART_SPACE_VENDOR, none, vendor_part);
    if (!p) p = find_part(c, PART_SPACE_GTIN, none, gtin);
    if (!p) p = find_part(c, PART_SPACE_PARTNER, root_id, partner_part);
    return p;
}

/* --- prices, rates, taxes --- */

enum err catalogue_put_price_list(struct catalogue *c, const struct price_list *p)
{
    if (arena_is_full(&c->arena)) return ERR_MEMORY_EXHAUSTED;
    for (unsigned i = 1; i < p->price_count; i++)
        if (p->prices[i - 1].valid_from >= p->prices[i].valid_from) return ERR_TERMS_INVALID;
    void **place = lookup_at(&c->price_lists, key_of(c, p->list_id, p->sku, SLICE("")));
    *place = record_copy(&c->arena, RECORD_SHAPE_PRICE_LIST, p);
    c->revision++;
    return OK;
}

/* Finds by a key of two or three texts without taking memory. */
static const void *find_by(const struct lookup *x, struct slice a, struct slice b, struct slice third)
{
    char buffer[512];
    struct text t = text_over(buffer, sizeof buffer);
    text_put(&t, a);
    text_put_byte(&t, '\0');
    text_put(&t, b);
    text_put_byte(&t, '\0');
    text_put(&t, third);
    return t.full ? NULL : lookup_find(x, text_slice(&t));
}

const struct price_list *catalogue_price_list(const struct catalogue *c, struct slice list_id, struct slice sku)
{
    return find_by(&c->price_lists, list_id, sku, SLICE(""));
}

bool price_list_on(const struct price_list *p, int32_t date, int64_t *price_micros)
{
    for (unsigned i = p->price_count; i-- > 0;) {
        if (p->prices[i].valid_from > date) continue;
        *price_micros = p->prices[i].price_micros;
        return true;
    }
    return false;
}

static void grow_rates(struct catalogue *c, struct fx_file *f)
{
    f->capacity = f->capacity ? 2 * f->capacity : 4;
    struct fx_rate *rates = ARENA_ARRAY(&c->arena, f->capacity, struct fx_rate);
    if (f->pair.rate_count) memcpy(rates, f->rates, f->pair.rate_count * sizeof *rates);
    f->pair.rates = f->rates = rates;
}

/* One rate into the ascending list of its pair; a rate of the same day replaces. */
static void add_rate(struct catalogue *c, struct fx_file *f, struct fx_rate rate)
{
    unsigned at = f->pair.rate_count;
    while (at > 0 && f->rates[at - 1].valid_from >= rate.valid_from) at--;
    if (at < f->pair.rate_count && f->rates[at].valid_from == rate.valid_from) {
        f->rates[at] = rate;
        return;
    }
    if (f->pair.rate_count == f->capacity) grow_rates(c, f);
    memmove(f->rates + at + 1, f->rates + at, (f->pair.rate_count - at) * sizeof rate);
    f->rates[at] = rate;
    f->pair.rate_count++;
}

static struct fx_file *file_of_pair(struct catalogue *c, const struct fx_pair *p)
{
    void **place = lookup_at(&c->fx, key_of(c, p->table_id, p->from, p->to));
    if (*place) return *place;
    struct fx_file *f = *place = ARENA_NEW(&c->arena, struct fx_file);
    struct fx_pair bare = *p;
    bare.rates = NULL;
    bare.rate_count = 0;
    f->pair = *(struct fx_pair *)record_copy(&c->arena, RECORD_SHAPE_FX, &bare);
    return f;
}

enum err catalogue_put_fx(struct catalogue *c, const struct fx_pair *p)
{
    ASSERT(p->units > 0);
    if (arena_is_full(&c->arena)) return ERR_MEMORY_EXHAUSTED;
    struct fx_file *f = file_of_pair(c, p);
    if (f->pair.units != p->units) return ERR_TERMS_INVALID;
    for (unsigned i = 0; i < p->rate_count; i++) add_rate(c, f, p->rates[i]);
    c->revision++;
    return OK;
}

const struct fx_rate *catalogue_last_fx(const struct catalogue *c, struct slice table_id, struct slice from,
                                        struct slice to, int32_t date, const struct fx_pair **pair)
{
    const struct fx_file *f = find_by(&c->fx, table_id, from, to);
    const struct fx_pair *p = f ? &f->pair : NULL;
    if (pair) *pair = p;
    for (unsigned i = p ? p->rate_count : 0; i-- > 0;)
        if (p->rates[i].valid_from <= date) return &p->rates[i];
    return NULL;
}

const struct fx_rate *catalogue_fx(const struct catalogue *c, struct slice table_id, struct slice from, struct slice to,
                                   int32_t date, int64_t max_age_days, const struct fx_pair **pair)
{
    const struct fx_rate *rate = catalogue_last_fx(c, table_id, from, to, date, pair);
    bool usable = rate && (!rate->valid_to || date <= rate->valid_to)
                  && date_days_between(rate->valid_from, date) <= max_age_days;
    return usable ? rate : NULL;
}

enum err catalogue_put_tax(struct catalogue *c, const struct tax_table *t)
{
    if (arena_is_full(&c->arena)) return ERR_MEMORY_EXHAUSTED;
    *lookup_at(&c->taxes, t->country) = record_copy(&c->arena, RECORD_SHAPE_TAX, t);
    c->revision++;
    return OK;
}

/* Form 1099 of the United States stands where no record says otherwise. */
static const struct tax_table *usual_tax(struct slice country)
{
    static const struct tax_entry entries[] = { { DATE_MIN, 60000, SLICE_INIT("USD") },
                                                { 20260101, 200000, SLICE_INIT("USD") } };
    static const struct tax_table form_1099 = { SLICE_INIT("US"), SLICE_INIT("1099"), entries, 2 };
    return slice_equal(country, form_1099.country) ? &form_1099 : NULL;
}

const struct tax_table *catalogue_tax(const struct catalogue *c, struct slice country)
{
    const struct tax_table *loaded = lookup_find(&c->taxes, country);
    return loaded ? loaded : usual_tax(country);
}

/* --- matrix, limits --- */

enum err catalogue_put_matrix(struct catalogue *c, const struct matrix *m)
{
    ASSERT(m->version > 0);
    if (arena_is_full(&c->arena)) return ERR_MEMORY_EXHAUSTED;
    unsigned at = 0;
    for (; at < c->matrices.count; at++) {
        const struct matrix *known = c->matrices.items[at];
        if (known->version == m->version) return is_same(c, RECORD_SHAPE_MATRIX, known, m) ? OK : ERR_TERMS_INVALID;
        if (known->version > m->version) break;
    }
    versions_insert(&c->arena, &c->matrices, at, record_copy(&c->arena, RECORD_SHAPE_MATRIX, m));
    c->revision++;
    return OK;
}

const struct matrix *catalogue_matrix(const struct catalogue *c, int32_t date)
{
    for (unsigned i = c->matrices.count; i-- > 0;) {
        const struct matrix *m = c->matrices.items[i];
        if (m->valid_from <= date) return m;
    }
    return &c->matrix_default;
}

enum err catalogue_put_limits(struct catalogue *c, const struct limits *l)
{
    ASSERT(l->version > 0 && l->id.size > 0);
    if (arena_is_full(&c->arena)) return ERR_MEMORY_EXHAUSTED;
    unsigned at = c->limits.count;
    for (unsigned i = c->limits.count; i-- > 0;) {
        const struct limits *known = c->limits.items[i];
        if (known->version > l->version) at = i;
        if (known->version != l->version || !slice_equal(known->id, l->id)) continue;
        return is_same(c, RECORD_SHAPE_LIMITS, known, l) ? OK : ERR_TERMS_INVALID;
    }
    versions_insert(&c->arena, &c->limits, at, record_copy(&c->arena, RECORD_SHAPE_LIMITS, l));
    c->revision++;
    return OK;
}

const struct limits *catalogue_limits(const struct catalogue *c, struct slice currency, int32_t date)
{
    bool is_default = slice_is_empty(currency) || slice_equal(currency, SLICE("USD"));
    struct slice id = is_default ? SLICE("default") : currency;
    for (unsigned i = c->limits.count; i-- > 0;) {
        const struct limits *l = c->limits.items[i];
        if (slice_equal(l->id, id) && l->valid_from <= date) return l;
    }
    return NULL;
}

struct slice limits_setting(const struct limits *l, struct slice name)
{
    for (unsigned i = 0; i < l->setting_count; i++)
        if (slice_equal(l->settings[i].name, name)) return l->settings[i].value;
    return (struct slice){ NULL, 0 };
}

bool catalogue_duties_mix(const struct catalogue *c, int32_t date)
{
    const struct limits *l = catalogue_limits(c, (struct slice){ NULL, 0 }, date);
    return l && slice_equal(limits_setting(l, SLICE("sod.enforced")), SLICE("false"));
}

/* --- parties --- */

enum err catalogue_put_party(struct catalogue *c, const struct party_verdict *v)
{
    ASSERT(v->party_key.size > 0);
    if (arena_is_full(&c->arena)) return ERR_MEMORY_EXHAUSTED;
    struct party_verdict *copy = record_copy(&c->arena, RECORD_SHAPE_PARTY, v);
    struct verdict_entry **end = (struct verdict_entry **)lookup_at(&c->parties, v->party_key);
    while (*end && !slice_equal((*end)->verdict.entry_id, v->entry_id)) end = &(*end)->next;
    if (!*end) *end = ARENA_NEW(&c->arena, struct verdict_entry);
    (*end)->verdict = *copy;
    c->revision++;
    return OK;
}

const struct party_verdict *catalogue_party(const struct catalogue *c, struct slice party_key, struct slice entry_id)
{
    for (const struct verdict_entry *e = lookup_find(&c->parties, party_key); e; e = e->next)
        if (slice_equal(e->verdict.entry_id, entry_id)) return &e->verdict;
    return NULL;
}

bool catalogue_party_is_blocked(const struct catalogue *c, struct slice party_key)
{
    for (const struct verdict_entry *e = lookup_find(&c->parties, party_key); e; e = e->next)
        if (e->verdict.blocked) return true;
    return false;
}

/* --- rulesets, policy --- */

enum err catalogue_put_ruleset(struct catalogue *c, const struct ruleset *r)
{
    ASSERT(r->version > 0);
    if (arena_is_full(&c->arena)) return ERR_MEMORY_EXHAUSTED;
    unsigned at = c->rulesets.count;
    for (unsigned i = c->rulesets.count; i-- > 0;) {
        const struct ruleset *known = c->rulesets.items[i];
        if (known->version > r->version) at = i;
        if (known->version != r->version || !slice_equal(known->id, r->id)) continue;
        return is_same(c, RECORD_SHAPE_RULESET, known, r) ? OK : ERR_TERMS_INVALID;
    }
    versions_insert(&c->arena, &c->rulesets, at, record_copy(&c->arena, RECORD_SHAPE_RULESET, r));
    forget_policies(c);
    c->revision++;
    return OK;
}

static const struct ruleset *ruleset_on(const struct catalogue *c, int32_t date)
{
    for (unsigned i = c->rulesets.count; i-- > 0;) {
        const struct ruleset *r = c->rulesets.items[i];
        if (r->valid_from <= date) return r;
    }
    return NULL;
}

/* For whom a policy is asked; what no override names is left out, so that few policies serve all lines. */
struct policy_scope { struct slice root_id, program_id; enum incentive incentive; };

static struct policy_scope narrow(const struct ruleset *r, struct slice root_id, struct slice program_id,
                                  enum incentive incentive)
{
    struct policy_scope s = { .incentive = INCENTIVE_UNSPECIFIED };
    for (unsigned i = 0; r && i < r->override_count; i++) {
        const struct ruleset_override *o = &r->overrides[i];
        if (o->root_id.size && slice_equal(o->root_id, root_id)) s.root_id = o->root_id;
        if (o->program_id.size && slice_equal(o->program_id, program_id)) s.program_id = o->program_id;
        if (o->incentive && o->incentive == incentive) s.incentive = incentive;
    }
    return s;
}

static bool applies(const struct ruleset_override *o, const struct policy_scope *s)
{
    if (o->root_id.size && !slice_equal(o->root_id, s->root_id)) return false;
    if (o->program_id.size && !slice_equal(o->program_id, s->program_id)) return false;
    return !o->incentive || o->incentive == s->incentive;
}

/* incentive, root, program, program + root. */
static unsigned rank_of(const struct ruleset_override *o)
{
    return 2u * (o->program_id.size > 0) + (o->root_id.size > 0);
}

/* Settings of a record were checked when it was read; one that a test built may be unknown and is passed over. */
static void apply_settings(struct policy *p, const struct pair *settings, unsigned count)
{
    for (unsigned i = 0; i < count; i++)
        if (policy_set(p, settings[i].name, settings[i].value) != OK) continue;
}

static void apply_rules(struct policy *p, const struct rule_setting *rules, unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        ASSERT(rules[i].rule < RULE_COUNT);
        policy_set_mode(p, rules[i].rule, rules[i].mode);
    }
}

static void apply_ruleset(struct policy *p, const struct ruleset *r, const struct policy_scope *scope)
{
    p->ruleset_version = r->version;
    apply_settings(p, r->settings, r->setting_count);
    apply_rules(p, r->rules, r->rule_count);
    for (unsigned rank = 0; rank < 4; rank++)
        for (unsigned i = 0; i < r->override_count; i++) {
            const struct ruleset_override *o = &r->overrides[i];
            if (rank_of(o) != rank || !applies(o, scope)) continue;
            apply_settings(p, o->settings, o->setting_count);
            apply_rules(p, o->rules, o->rule_count);
        }
}

static const struct policy *resolve(const struct catalogue *c, const struct ruleset *r,
                                    const struct policy_scope *scope)
{
    struct policy *p = ARENA_NEW(c->policies->arena, struct policy);
    policy_default(p);
    if (r) apply_ruleset(p, r, scope);
    for (unsigned i = 0; i < c->run_settings.count; i++) apply_settings(p, c->run_settings.items[i], 1);
    return p;
}

const struct policy *catalogue_policy(const struct catalogue *c, int32_t received_date, struct slice root_id,
                                      struct slice program_id, enum incentive incentive)
{
    const struct ruleset *r = ruleset_on(c, received_date);
    struct policy_scope scope = narrow(r, root_id, program_id, incentive);
    char buffer[POLICY_KEY_MAX];
    struct text key = text_over(buffer, sizeof buffer);
    text_put(&key, slice_of((const char *)&r, sizeof r));
    text_put_byte(&key, (char)scope.incentive);
    text_put(&key, scope.root_id);
    text_put_byte(&key, '\0');
    text_put(&key, scope.program_id);
    ASSERT(!key.full);
    void **place = lookup_at(&c->policies->index, text_slice(&key));
    if (!*place) *place = (void *)resolve(c, r, &scope);
    return *place;
}

enum err catalogue_set_policy(struct catalogue *c, struct slice name, struct slice value)
{
    struct policy scratch;
    policy_default(&scratch);
    if (policy_set(&scratch, name, value) != OK) return ERR_CONFIG_INVALID;
    struct pair *setting = ARENA_NEW(&c->arena, struct pair);
    *setting = (struct pair){ slice_copy(&c->arena, name), slice_copy(&c->arena, value) };
    versions_insert(&c->arena, &c->run_settings, c->run_settings.count, setting);
    forget_policies(c);
    c->revision++;
    return OK;
}
