/* wire/record.c: one record of any type from its tree into the catalogue. */
#include "wire/world.h"

#include "base/assert.h"
#include "wire/terms_schema.h"

#include <stdio.h>

static bool put(const struct text_source *s, const struct node *record, enum err e, const char *message)
{
    if (e == OK) return true;
    struct problem p = { .code = e, .file = s->file, .at = record->at,
                         .message = slice_from(e == ERR_TERMS_INVALID ? message : err_text(e)),
                         .fix = SLICE("give the changed record a new version") };
    problems_add(s->problems, &p);
    return false;
}

static const char on_file[] = "this version is on file with other content";

static bool apply_program(const struct text_source *s, const struct node *n, const struct node *body,
                          struct catalogue *c, struct applied_record *out)
{
    struct program p;
    (void)body, (void)out;
    return terms_read_program(s, n, &p) && put(s, n, catalogue_put_program(c, &p), on_file);
}

static bool apply_matrix(const struct text_source *s, const struct node *n, const struct node *body,
                         struct catalogue *c, struct applied_record *out)
{
    struct matrix m;
    (void)body, (void)out;
    return terms_read_matrix(s, n, &m) && put(s, n, catalogue_put_matrix(c, &m), on_file);
}

static bool apply_limits(const struct text_source *s, const struct node *n, const struct node *body,
                         struct catalogue *c, struct applied_record *out)
{
    struct limits l;
    (void)body, (void)out;
    return terms_read_limits(s, n, &l) && put(s, n, catalogue_put_limits(c, &l), on_file);
}

static bool apply_ruleset(const struct text_source *s, const struct node *n, const struct node *body,
                          struct catalogue *c, struct applied_record *out)
{
    struct ruleset r;
    (void)body, (void)out;
    return terms_read_ruleset(s, n, &r) && put(s, n, catalogue_put_ruleset(c, &r), on_file);
}

static bool apply_tax_table(const struct text_source *s, const struct node *n, const struct node *body,
                            struct catalogue *c, struct applied_record *out)
{
    struct tax_table t;
    (void)body, (void)out;
    return terms_read_tax_table(s, n, &t) && put(s, n, catalogue_put_tax(c, &t), on_file);
}

static bool apply_partner(const struct text_source *s, const struct node *n, const struct node *body,
                          struct catalogue *c, struct applied_record *out)
{
    struct partner *p = ARENA_NEW(s->arena, struct partner);
    (void)n, (void)c;
    out->partner = p;
    return reference_read_partner(s, body, p);
}

static bool apply_product(const struct text_source *s, const struct node *n, const struct node *body,
                          struct catalogue *c, struct applied_record *out)
{
    struct product *p = ARENA_NEW(s->arena, struct product);
    out->product = p;
    return reference_read_product(s, body, p) && put(s, n, catalogue_put_product(c, p), on_file);
}

static bool apply_price_list(const struct text_source *s, const struct node *n, const struct node *body,
                             struct catalogue *c, struct applied_record *out)
{
    struct price_list p;
    (void)out;
    return reference_read_price_list(s, body, &p) &&
           put(s, n, catalogue_put_price_list(c, &p), "two prices begin on one day");
}

static bool apply_fx_table(const struct text_source *s, const struct node *n, const struct node *body,
                           struct catalogue *c, struct applied_record *out)
{
    struct fx_pair *p = ARENA_NEW(s->arena, struct fx_pair);
    out->fx = p;
    return reference_read_fx(s, body, p) &&
           put(s, n, catalogue_put_fx(c, p), "the other rates of this pair are per other units");
}

static bool apply_party(const struct text_source *s, const struct node *n, const struct node *body, struct catalogue *c,
                        struct applied_record *out)
{
    struct party_verdict v;
    (void)out;
    return reference_read_party(s, body, &v) && put(s, n, catalogue_put_party(c, &v), on_file);
}

struct record_word {
    const char      *word;
    enum record_type type;
    bool             has_blocks;                    /* other members may stand beside the word */
    bool           (*apply)(const struct text_source *, const struct node *, const struct node *, struct catalogue *,
                            struct applied_record *);
};

static const struct record_word words[] = {
    { "program", RECORD_PROGRAM, true, apply_program },
    { "matrix", RECORD_MATRIX, true, apply_matrix },
    { "limits", RECORD_LIMITS, true, apply_limits },
    { "ruleset", RECORD_RULESET, true, apply_ruleset },
    { "tax_table", RECORD_TAX_TABLE, true, apply_tax_table },
    { "partner", RECORD_PARTNER, false, apply_partner },
    { "product", RECORD_PRODUCT, false, apply_product },
    { "price_list", RECORD_PRICE_LIST, false, apply_price_list },
    { "fx_table", RECORD_FX_TABLE, false, apply_fx_table },
    { "party", RECORD_PARTY, false, apply_party },
};
enum { WORDS = sizeof words / sizeof words[0] };

static const struct record_word *find_word(const struct node *n)
{
    for (unsigned i = 0; i < WORDS; i++)
        if (node_find(n, slice_from(words[i].word))) return &words[i];
    return NULL;
}

static bool refuse_wordless(const struct text_source *s, const struct node *n)
{
    struct reading r = reading_of(s);
    struct slice names[WORDS];
    for (unsigned i = 0; i < WORDS; i++) names[i] = slice_from(words[i].word);
    if (n->type == NODE_MAP && n->first) schema_refuse_unknown(&r, n->first->at, n->first->key, names, WORDS, "record");
    else schema_refuse(&r, n->at, NULL, "write its word on top, as program: {…}", "there is no record");
    return false;
}

static bool stands_alone(const struct text_source *s, const struct node *n, const char *word)
{
    struct reading r = reading_of(s);
    for (const struct node_entry *e = n->first; e; e = e->next)
        if (!slice_equal(e->key, slice_from(word)))
            schema_refuse(&r, e->at, NULL, "put it inside the record, or remove it", "\"%.*s\" stands beside %s",
                          SLICE_ARGS(e->key), word);
    return r.errors == 0;
}

bool record_apply(const struct text_source *s, const struct node *record, struct catalogue *c,
                  struct applied_record *out)
{
    const struct record_word *word = find_word(record);
    *out = (struct applied_record){ 0 };
    if (!word) return refuse_wordless(s, record);
    if (!word->has_blocks && !stands_alone(s, record, word->word)) return false;
    out->type = word->type;
    return word->apply(s, record, node_find(record, slice_from(word->word)), c, out);
}
