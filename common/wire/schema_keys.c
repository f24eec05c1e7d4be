/* wire/schema_keys.c: a walk over the tables of records. */
#include "wire/schema_keys.h"

#include "base/assert.h"
#include "domain/decimal.h"
#include "domain/kind.h"
#include "wire/mapping_profile.h"
#include "wire/reference_text.h"
#include "wire/terms.h"
#include "wire/world.h"

enum { DEPTH_MAX = 8, PATH_BYTES = 512, ROOTS = 13 };

const struct schema_root *schema_roots(unsigned *count)
{
    static struct schema_root roots[ROOTS];
    if (!roots[0].schema) {
        const struct schema_root all[ROOTS] = {
            { SLICE("program"), SLICE("programs/*.yaml"), terms_program_schema() },
            { SLICE("ruleset"), SLICE("programs/*.yaml"), terms_ruleset_schema() },
            { SLICE("limits"), SLICE("programs/*.yaml"), terms_limits_schema() },
            { SLICE("matrix"), SLICE("programs/*.yaml"), terms_matrix_schema() },
            { SLICE("tax_table"), SLICE("programs/*.yaml"), terms_tax_table_schema() },
            { SLICE("world"), SLICE("world.yaml"), world_schema_of() },
            { SLICE("partner"), SLICE("partners.yaml"), reference_partner_schema() },
            { SLICE("product"), SLICE("products.csv"), reference_product_schema() },
            { SLICE("price_list"), SLICE("prices.csv"), reference_price_list_schema() },
            { SLICE("fx_table"), SLICE("rates.csv"), reference_fx_schema() },
            { SLICE("party"), SLICE("{\"record\": {\"party\": …}}"), reference_party_schema() },
            { SLICE("lists"), SLICE("lists.yaml"), world_lists_schema() },
            { SLICE("profile"), SLICE("profiles/*.yaml"), mapping_profile_schema() },
        };
        memcpy(roots, all, sizeof all);
    }
    *count = ROOTS;
    return roots;
}

struct walk {
    schema_visit_key    *visit;
    void                *context;
    struct text          path;
    const struct schema *open[DEPTH_MAX];
    unsigned             depth;
};

static bool is_open(const struct walk *w, const struct schema *s)
{
    for (unsigned i = 0; i < w->depth; i++)
        if (w->open[i] == s) return true;
    return false;
}

static void walk(struct walk *w, const struct schema *s);

static void visit_member(struct walk *w, const struct schema *s, const struct member *m)
{
    size_t before = w->path.size;
    if (before) text_put_byte(&w->path, '.');
    text_put(&w->path, slice_from(m->name));
    w->visit(w->context, &(struct schema_key){ text_slice(&w->path), s, m });
    if (m->type == MEMBER_RECORDS) PUT(&w->path, "[]");
    if (m->type == MEMBER_MAP) PUT(&w->path, ".*");
    if (m->schema && !is_open(w, m->schema)) walk(w, m->schema);
    w->path.size = before;
}

static void walk(struct walk *w, const struct schema *s)
{
    ASSERT(w->depth < DEPTH_MAX);
    w->open[w->depth++] = s;
    for (unsigned i = 0; i < s->member_count; i++) visit_member(w, s, &s->members[i]);
    w->depth--;
}

void schema_keys_visit(const struct schema *s, schema_visit_key *visit, void *context)
{
    char path[PATH_BYTES];
    struct walk w = { .visit = visit, .context = context, .path = text_over(path, sizeof path) };
    walk(&w, s);
}

/* --- types --- */

bool schema_key_word(const struct member *m, unsigned index, struct slice *word)
{
    unsigned choices = 0, seen = 0;
    while (m->choices && m->choices[choices]) choices++;
    if (m->type != MEMBER_CHOICE && m->type != MEMBER_WORD && m->type != MEMBER_WORDS && m->type != MEMBER_KINDS)
        return false;
    for (unsigned i = 0; i < choices; i++) {
        if (!m->choices[i][0]) continue;            /* a place that nobody writes */
        *word = slice_from(m->choices[i]);
        if (seen++ == index) return true;
    }
    for (unsigned value = 1; m->type != MEMBER_CHOICE && value < 64; value++) {
        *word = m->type == MEMBER_KINDS ? value < KIND_COUNT ? kind_name((enum kind)value) : (struct slice){ 0 }
                                        : word_text(m->list, (int)value);
        if (word->size == 0 || (m->allowed && !(m->allowed >> value & 1))) continue;
        if (seen++ == index) return true;
    }
    return false;
}

static void put_words(struct text *t, const struct member *m)
{
    struct slice word;
    for (unsigned i = 0; schema_key_word(m, i, &word); i++) {
        if (i) PUT(t, ", ");
        text_put(t, word);
    }
}

static void put_bounds(struct text *t, const struct member *m, unsigned scale)
{
    PUT(t, " from ");
    decimal_put(t, m->min, scale);
    if (m->max >= UINT32_MAX && scale == 0) {
        PUT(t, " on");
        return;
    }
    PUT(t, " to ");
    decimal_put(t, m->max, scale);
}

static void put_bytes(struct text *t, const char *what, const struct member *m)
{
    text_put(t, slice_from(what));
    PUT(t, " of at most ");
    text_put_int(t, m->bound);
    PUT(t, " bytes");
}

void schema_key_put_type(struct text *t, const struct member *m)
{
    switch (m->type) {
    case MEMBER_TEXT:         put_bytes(t, "text", m); break;
    case MEMBER_ID:           put_bytes(t, "id", m); break;
    case MEMBER_TEXTS:        put_bytes(t, "list of texts, each", m); break;
    case MEMBER_IDS:          put_bytes(t, "list of ids, each", m); break;
    case MEMBER_CURRENCY:     PUT(t, "currency, ISO 4217"); break;
    case MEMBER_COUNTRY:      PUT(t, "country, two letters of ISO 3166"); break;
    case MEMBER_DECIMAL_TEXT: PUT(t, "decimal"); break;
    case MEMBER_DECIMAL:      PUT(t, "decimal"); put_bounds(t, m, m->scale); break;
    case MEMBER_MONEY:        PUT(t, "money"); put_bounds(t, m, 2); break;
    case MEMBER_WHOLE:        PUT(t, "whole number"); put_bounds(t, m, 0); break;
    case MEMBER_DATE:         PUT(t, "date, YYYY-MM-DD"); break;
    case MEMBER_INSTANT:      PUT(t, "instant, RFC 3339"); break;
    case MEMBER_FLAG:         PUT(t, "true or false"); break;
    case MEMBER_WORD:
    case MEMBER_CHOICE:       PUT(t, "one of "); put_words(t, m); break;
    case MEMBER_WORDS:
    case MEMBER_KINDS:        PUT(t, "list of "); put_words(t, m); break;
    case MEMBER_PRODUCTS:     PUT(t, "list of at most 64 of sku:, family:, line: with a name; * may end it"); break;
    case MEMBER_RECORD:       PUT(t, "block"); break;
    case MEMBER_RECORDS:      PUT(t, "list of blocks, at most "); text_put_int(t, m->bound); break;
    case MEMBER_MAP:          PUT(t, "map of a name to a block, at most "); text_put_int(t, m->bound); break;
    case MEMBER_PAIRS:        PUT(t, "map of a name to a value"); break;
    case MEMBER_BY_HAND:      PUT(t, "as told"); break;
    }
}
