/* wire/reference_draft.c: from files to records that can be signed and sent. */
#include "wire/reference_draft.h"

#include "base/assert.h"
#include "domain/calendar.h"
#include "wire/limits.h"
#include "wire/terms_schema.h"
#include "wire/yaml.h"

#include <dirent.h>
#include <stdlib.h>
#include <sys/stat.h>

enum { DRAFTS_MIN = 64, FILES_MAX = 4096 };

struct reference_drafts reference_drafts_in(struct arena *a)
{
    return (struct reference_drafts){ .arena = a };
}

static struct reference_draft *add(struct reference_drafts *d, const struct text_source *s, struct position at)
{
    if (d->count == d->capacity) {
        unsigned capacity = d->capacity ? 2 * d->capacity : DRAFTS_MIN;
        struct reference_draft *items = ARENA_ARRAY(d->arena, capacity, struct reference_draft);
        if (d->count) memcpy(items, d->items, d->count * sizeof *items);
        d->items = items;
        d->capacity = capacity;
    }
    struct reference_draft *draft = &d->items[d->count++];
    *draft = (struct reference_draft){ .file = s->file, .at = at };
    return draft;
}

static bool refuse(const struct text_source *s, struct position at, const char *message, const char *fix)
{
    struct problem p = {
        .code = s->code, .file = s->file, .at = at, .message = slice_from(message), .fix = slice_from(fix)
    };
    problems_add(s->problems, &p);
    return false;
}

static struct slice joined(struct arena *a, struct slice first, struct slice second, struct slice third)
{
    struct text t = text_in(a, first.size + second.size + third.size + 2);
    text_put(&t, first);
    if (second.size) text_put_byte(&t, '/');
    text_put(&t, second);
    if (third.size) text_put_byte(&t, '/');
    text_put(&t, third);
    return text_slice(&t);
}

/* --- one record --- */

static const struct { enum reference_type type; const char *word; bool has_id; } words_of_terms[] = {
    { REFERENCE_PROGRAM, "program", true }, { REFERENCE_MATRIX, "matrix", false },
    { REFERENCE_LIMITS, "limits", true },   { REFERENCE_RULESET, "ruleset", true },
};

/* Validates by putting it into a catalogue of its own, so that a record is read here exactly as a worker will read
 * it. */
static bool is_valid(const struct text_source *s, const struct node *record, struct applied_record *out)
{
    struct catalogue *alone = catalogue_open();
    if (!alone) return refuse(s, record->at, err_text(ERR_MEMORY_EXHAUSTED), "");
    bool valid = record_apply(s, record, alone, out);
    catalogue_close(alone);
    return valid;
}

static bool read_terms(struct reference_drafts *d, const struct text_source *s, const struct node *record,
                       struct slice text, unsigned row)
{
    const struct node *head = node_find(record, slice_from(words_of_terms[row].word));
    const struct node *id = node_find(head, SLICE("id")), *version = node_find(head, SLICE("version")),
                      *from = node_find(head, SLICE("valid_from"));
    struct terms_version *v = ARENA_NEW(d->arena, struct terms_version);
    struct terms *terms = ARENA_NEW(d->arena, struct terms);
    uint64_t number = 0;
    ASSERT(version && from && (id || !words_of_terms[row].has_id));         /* the schema requires them */
    ASSERT(slice_to_uint(version->text, UINT32_MAX, &number) && date_parse(from->text, &v->valid_from) == OK);
    v->version = (uint32_t)number;
    v->yaml = text;
    terms_version_seal(v);
    *terms = (struct terms){ v, 1 };
    add(d, s, record->at)->reference = (struct reference){
        .type = words_of_terms[row].type, .id = words_of_terms[row].has_id ? id->text : SLICE("default"), .terms = terms
    };
    return true;
}

static bool read_tax_table(struct reference_drafts *d, const struct text_source *s, const struct node *record)
{
    struct tax_table *tax = ARENA_NEW(d->arena, struct tax_table);
    if (!terms_read_tax_table(s, record, tax)) return false;
    add(d, s, record->at)->reference =
        (struct reference){ .type = REFERENCE_TAX_TABLE, .id = tax->country, .tax = tax };
    return true;
}

static void add_product(struct reference_drafts *d, const struct text_source *s, struct position at,
                        const struct product *p)
{
    add(d, s, at)->reference = (struct reference){ .type = REFERENCE_PRODUCT, .id = p->sku, .product = p };
}

static void add_price_list(struct reference_drafts *d, const struct text_source *s, struct position at,
                           const struct price_list *p)
{
    add(d, s, at)->reference = (struct reference){ .type = REFERENCE_PRICE_LIST,
                                                   .id = joined(d->arena, p->list_id, p->sku, (struct slice){ 0 }),
                                                   .price_list = p };
}

static void add_fx(struct reference_drafts *d, const struct text_source *s, struct position at, const struct fx_pair *p)
{
    add(d, s, at)->reference =
        (struct reference){ .type = REFERENCE_FX_TABLE, .id = joined(d->arena, p->table_id, p->from, p->to), .fx = p };
}

static bool read_price_list(struct reference_drafts *d, const struct text_source *s, const struct node *body)
{
    struct price_list *p = ARENA_NEW(d->arena, struct price_list);
    if (!reference_read_price_list(s, body, p)) return false;
    add_price_list(d, s, body->at, p);
    return true;
}

struct reference_draft reference_draft_party(struct arena *a, const struct party_record *p)
{
    struct slice id = joined(a, p->verdict.party_key, p->verdict.entry_id, (struct slice){ 0 });
    return (struct reference_draft){ .reference = { .type = REFERENCE_PARTY, .id = id, .party = p } };
}

static bool read_party(struct reference_drafts *d, const struct text_source *s, const struct node *body)
{
    struct party_record *p = ARENA_NEW(d->arena, struct party_record);
    if (!reference_read_party(s, body, &p->verdict)) return false;
    add(d, s, body->at)->reference = reference_draft_party(d->arena, p).reference;
    return true;
}

/* The same of a tree, for records that are no terms (their text is needed): partner, product, price_list, fx_table,
 * party. */
static bool reference_draft_read_tree(struct reference_drafts *d, const struct text_source *s,
                                      const struct node *record)
{
    struct applied_record applied;
    if (!is_valid(s, record, &applied)) return false;
    switch (applied.type) {
    case RECORD_PARTNER:    add(d, s, record->at)->partner = applied.partner; return true;
    case RECORD_PRODUCT:    add_product(d, s, record->at, applied.product); return true;
    case RECORD_FX_TABLE:   add_fx(d, s, record->at, applied.fx); return true;
    case RECORD_PRICE_LIST: return read_price_list(d, s, node_find(record, SLICE("price_list")));
    case RECORD_PARTY:      return read_party(d, s, node_find(record, SLICE("party")));
    case RECORD_TAX_TABLE:  return read_tax_table(d, s, record);
    default:
        return refuse(s, record->at, "terms are approved as text", "publish the file that holds them");
    }
}

bool reference_draft_read_record(struct reference_drafts *d, const struct text_source *s, struct slice text)
{
    struct applied_record applied;
    if (text.size > TERMS_TEXT_BYTES_MAX)
        return refuse(s, (struct position){ 1, 1 }, "the text is larger than 256 KiB", "shorten it");
    const struct node *record = yaml_read(s, text);
    if (!record) return false;
    for (unsigned i = 0; i < sizeof words_of_terms / sizeof words_of_terms[0]; i++)
        if (node_find(record, slice_from(words_of_terms[i].word)))
            return is_valid(s, record, &applied) && read_terms(d, s, record, text, i);
    return reference_draft_read_tree(d, s, record);
}

/* --- CSV --- */

static bool read_products(struct reference_drafts *d, const struct text_source *s, const struct node *rows)
{
    bool good = true;
    for (const struct node_entry *e = rows->first; e; e = e->next) {
        struct product *p = ARENA_NEW(d->arena, struct product);
        if (!reference_read_product(s, e->value, p)) good = false;
        else add_product(d, s, e->value->at, p);
    }
    return good;
}

static bool read_prices(struct reference_drafts *d, const struct text_source *s, const struct node *rows)
{
    const struct price_list *lists;
    unsigned count;
    if (!reference_read_prices(s, rows, &lists, &count)) return false;
    for (unsigned i = 0; i < count; i++) add_price_list(d, s, rows->at, &lists[i]);
    return true;
}

/* The rates of one pair are one record: those of rows that follow join the draft of the first. */
static struct reference_draft *draft_of_pair(struct reference_drafts *d, unsigned from, const struct fx_pair *p)
{
    for (unsigned i = from; i < d->count; i++) {
        const struct fx_pair *other = d->items[i].reference.fx;
        if (slice_equal(other->table_id, p->table_id) && slice_equal(other->from, p->from)
            && slice_equal(other->to, p->to))
            return &d->items[i];
    }
    return NULL;
}

static bool join_rates(struct reference_drafts *d, const struct text_source *s, struct position at,
                       struct reference_draft *draft, const struct fx_pair *p)
{
    const struct fx_pair *before = draft->reference.fx;
    if (before->units != p->units)
        return refuse(s, at, "the rates of this pair in rows before are per other units", "change one of the two");
    struct fx_rate *rates = ARENA_ARRAY(d->arena, before->rate_count + p->rate_count, struct fx_rate);
    memcpy(rates, before->rates, before->rate_count * sizeof *rates);
    memcpy(rates + before->rate_count, p->rates, p->rate_count * sizeof *rates);
    struct fx_pair *both = ARENA_NEW(d->arena, struct fx_pair);
    *both = *before;
    both->rates = rates;
    both->rate_count += p->rate_count;
    draft->reference.fx = both;
    return true;
}

static bool read_rates(struct reference_drafts *d, const struct text_source *s, const struct node *rows)
{
    unsigned from = d->count;
    bool good = true;
    for (const struct node_entry *e = rows->first; e; e = e->next) {
        struct fx_pair *p = ARENA_NEW(d->arena, struct fx_pair);
        struct reference_draft *draft = NULL;
        if (!reference_read_fx(s, e->value, p)) good = false;
        else if (!(draft = draft_of_pair(d, from, p))) add_fx(d, s, e->value->at, p);
        else good &= join_rates(d, s, e->value->at, draft, p);
    }
    return good;
}

bool reference_draft_read_csv(struct reference_drafts *d, const struct text_source *s, enum reference_csv kind,
                              struct slice text)
{
    const struct node *rows = reference_read_csv(s, kind, text);
    if (!rows) return false;
    if (kind == REFERENCE_CSV_PRODUCTS) return read_products(d, s, rows);
    return kind == REFERENCE_CSV_PRICES ? read_prices(d, s, rows) : read_rates(d, s, rows);
}

bool reference_draft_csv_kind(struct slice text, enum reference_csv *kind)
{
    struct slice head = text;
    head = slice_cut(&head, '\n');
    bool rates = false, prices = false, products = false;
    while (head.bytes) {
        struct slice name = slice_cut(&head, ',');
        if (name.size && name.bytes[name.size - 1] == '\r') name.size--;
        name = slice_trim(name);
        rates |= slice_equal(name, SLICE("table_id"));
        prices |= slice_equal(name, SLICE("list_id"));
        products |= slice_equal(name, SLICE("sku"));
    }
    *kind = rates ? REFERENCE_CSV_RATES : prices ? REFERENCE_CSV_PRICES : REFERENCE_CSV_PRODUCTS;
    return rates || prices || products;
}

/* --- partners --- */

bool reference_draft_read_partners(struct reference_drafts *d, const struct text_source *s, const struct node *list)
{
    bool good = true;
    if (list->type != NODE_LIST) return refuse(s, list->at, "partners are a list", "write one list: - partner_id: …");
    for (const struct node_entry *e = list->first; e; e = e->next) {
        struct partner *p = ARENA_NEW(d->arena, struct partner);
        if (!reference_read_partner(s, e->value, p)) good = false;
        else add(d, s, e->value->at)->partner = p;
    }
    return good;
}

/* --- files and folders --- */

static struct text_source source_of(const struct reference_drafts *d, struct slice path, struct problems *problems)
{
    return (struct text_source){ .arena = d->arena, .file = path, .problems = problems, .code = ERR_TERMS_INVALID };
}

static bool is_folder(struct slice path)
{
    struct stat status;
    return stat(path.bytes, &status) == 0 && S_ISDIR(status.st_mode);
}

static bool is_file(struct slice path)
{
    struct stat status;
    return stat(path.bytes, &status) == 0 && S_ISREG(status.st_mode);
}

static struct slice path_in(struct arena *a, struct slice folder, struct slice name)
{
    while (folder.size > 1 && folder.bytes[folder.size - 1] == '/') folder.size--;
    return slice_copy(a, joined(a, folder, name, (struct slice){ 0 }));
}

static bool read_file(struct reference_drafts *d, struct slice path, struct problems *problems)
{
    struct text_source s = source_of(d, path, problems);
    struct slice text;
    enum reference_csv kind;
    if (world_read_file(d->arena, path, WORLD_FILE_BYTES_MAX, &text, problems) != OK) return false;
    if (!slice_ends_with(path, SLICE(".csv"))) return reference_draft_read_record(d, &s, text);
    if (!reference_draft_csv_kind(text, &kind))
        return refuse(&s, (struct position){ 1, 1 }, "the columns are none of products, prices or rates",
                      "name the columns in the first row");
    return reference_draft_read_csv(d, &s, kind, text);
}

static int is_terms_file(const struct dirent *e)
{
    struct slice name = slice_from(e->d_name);
    return name.bytes[0] != '.' && slice_ends_with(name, SLICE(".yaml"));
}

/* All .yaml files of a folder in bytewise order. */
static bool read_terms_folder(struct reference_drafts *d, struct slice folder, struct problems *problems)
{
    struct dirent **names;
    int count = scandir(folder.bytes, &names, is_terms_file, alphasort);
    struct text_source s = source_of(d, folder, problems);
    if (count < 0)
        return refuse(&s, (struct position){ 0, 0 }, "the folder cannot be read", "check its name and rights");
    bool good = count <= FILES_MAX;
    if (!good)
        (void)refuse(&s, (struct position){ 0, 0 }, "the folder has more than 4096 files of terms",
                     "publish them by several folders");
    for (int i = 0; i < count; i++) {
        if (count <= FILES_MAX) good &= read_file(d, path_in(d->arena, folder, slice_from(names[i]->d_name)), problems);
        free(names[i]);
    }
    free(names);
    return good;
}

static const char *const csv_names[] = { "products.csv", "prices.csv", "rates.csv" };

static bool read_csv_files(struct reference_drafts *d, struct slice folder, struct problems *problems)
{
    bool good = true;
    for (unsigned i = 0; i < sizeof csv_names / sizeof csv_names[0]; i++) {
        struct slice path = path_in(d->arena, folder, slice_from(csv_names[i]));
        if (is_file(path)) good &= read_file(d, path, problems);
    }
    return good;
}

bool reference_draft_read_path(struct reference_drafts *d, struct slice path, struct problems *problems)
{
    path = slice_copy(d->arena, path);
    if (!is_folder(path)) return read_file(d, path, problems);
    struct slice programs = path_in(d->arena, path, SLICE("programs"));
    bool good = read_csv_files(d, path, problems);
    return read_terms_folder(d, is_folder(programs) ? programs : path, problems) && good;
}

bool reference_draft_read_world(struct reference_drafts *d, const struct world *w, struct problems *problems)
{
    struct text_source s = source_of(d, path_in(d->arena, w->folder, SLICE("partners.yaml")), problems);
    for (unsigned i = 0; i < w->partner_count; i++) add(d, &s, (struct position){ 0, 0 })->partner = &w->partners[i];
    bool good = read_csv_files(d, w->folder, problems);
    return read_terms_folder(d, path_in(d->arena, w->folder, SLICE("programs")), problems) && good;
}
