/* stage/reference_apply.c: from the bytes of a record into the catalogue and the profiles of a worker. */
#include "stage/reference_apply.h"

#include "base/assert.h"
#include "domain/waiting.h"
#include "stage/memory_profiles.h"
#include "wire/reference_codec.h"
#include "wire/world.h"
#include "wire/yaml.h"

enum { WHY_BYTES = 4096 };

/* One record on its way. */
struct applying {
    const struct reference_target *target;
    struct arena                  *scratch;
    const struct record           *record;
    bool                           refused, applied;
};

static void refuse(struct applying *a, enum err e, struct slice why)
{
    a->refused = true;
    if (a->target->refused) a->target->refused(a->target->refusals, a->record, e, why);
}

/* A proposal is passed over in silence; what somebody believes to have approved is said, or it would be missed. */
static bool is_in_force(const struct applying *a, const struct publication *p)
{
    static const char why[] = "a proposal still: its approver is its author, or one of the two has an id that names "
                              "nobody (printable ASCII with a letter or a digit)";
    if (publication_is_approved(p)) return true;
    if (p->approver_id.size && a->target->refused)
        a->target->refused(a->target->refusals, a->record, ERR_TERMS_INVALID, slice_from(why));
    return false;
}

static void note_put(struct applying *a, enum err e, const char *why)
{
    if (e == OK) a->applied = true;
    else refuse(a, e, slice_from(e == ERR_TERMS_INVALID ? why : err_text(e)));
}

static void wake(const struct applying *a, struct slice datum)
{
    if (a->target->wake) a->target->wake(a->target->waiting, datum);
}

/* --- terms: the text that was approved --- */

static const struct { enum reference_type type; enum record_type record; const char *word; } types_of_terms[] = {
    { REFERENCE_PROGRAM, RECORD_PROGRAM, "program" }, { REFERENCE_MATRIX, RECORD_MATRIX, "matrix" },
    { REFERENCE_LIMITS, RECORD_LIMITS, "limits" },    { REFERENCE_RULESET, RECORD_RULESET, "ruleset" },
};

/* The text under its word must be what the record says it is: only the record was checked for rights. */
static bool is_about(const struct node *text, const struct reference *r, const struct terms_version *v)
{
    for (unsigned i = 0; i < sizeof types_of_terms / sizeof types_of_terms[0]; i++) {
        if (types_of_terms[i].type != r->type) continue;
        const struct node *head = node_find(text, slice_from(types_of_terms[i].word));
        const struct node *id = node_find(head, SLICE("id")), *version = node_find(head, SLICE("version"));
        uint64_t number;
        if (!head || (id && !slice_equal(id->text, r->id))) return false;
        return !version || (slice_to_uint(version->text, UINT32_MAX, &number) && number == v->version);
    }
    return false;
}

static void refuse_with_problem(struct applying *a, const struct problems *problems)
{
    struct text why = text_in(a->scratch, WHY_BYTES);
    if (problems->first) problem_put(&why, problems->first);
    refuse(a, problems->first ? problems->first->code : ERR_TERMS_INVALID, text_slice(&why));
}

/* Nobody decides under terms of their own (FIN-02). */
static void note_author(struct applying *a, const struct reference *r, const struct terms_version *v)
{
    a->applied = true;
    if (r->type != REFERENCE_PROGRAM) return;
    note_put(a, catalogue_put_author(a->target->catalogue, r->id, v->version, v->publication.author_id), "");
}

static void apply_version(struct applying *a, const struct reference *r, const struct terms_version *v)
{
    struct problems problems = problems_in(a->scratch);
    struct text_source s = { a->scratch, a->record->key, &problems, ERR_TERMS_INVALID };
    struct applied_record out;
    const struct node *text = yaml_read(&s, v->yaml);
    if (text && !is_about(text, r, v))
        refuse(a, ERR_TERMS_INVALID, SLICE("the text is of another record or version than its key says"));
    else if (text && record_apply(&s, text, a->target->catalogue, &out)) note_author(a, r, v);
    else refuse_with_problem(a, &problems);
}

static void apply_terms(struct applying *a, const struct reference *r)
{
    for (unsigned i = 0; i < r->terms->version_count; i++)
        if (is_in_force(a, &r->terms->versions[i].publication)) apply_version(a, r, &r->terms->versions[i]);
}

/* --- records --- */

static bool fx_is_usable(const struct fx_pair *fx)
{
    for (unsigned i = 0; i < fx->rate_count; i++)
        if (fx->rates[i].rate_micros <= 0) return false;
    return fx->units > 0;
}

/* One pair of currencies is quoted per one number of units for good, so that older workings can be computed again. */
static void apply_fx(struct applying *a, const struct fx_pair *fx)
{
    note_put(a, fx_is_usable(fx) ? catalogue_put_fx(a->target->catalogue, fx) : ERR_TERMS_INVALID,
             "a rate is not above zero, or the other rates of this pair are per other units");
    if (a->applied) wake(a, SLICE(WAIT_FX));
}

static bool uoms_are_usable(const struct product *p)
{
    for (unsigned i = 0; i < p->uom_count; i++)
        if (p->uoms[i].num <= 0 || p->uoms[i].den <= 0) return false;
    return true;
}

static void apply_product(struct applying *a, const struct product *p)
{
    note_put(a, uoms_are_usable(p) ? catalogue_put_product(a->target->catalogue, p) : ERR_TERMS_INVALID,
             "a unit of measure is not above zero");
    if (a->applied) wake(a, SLICE(WAIT_PART));
}

static void apply_reference(struct applying *a)
{
    struct reference r;
    enum err e = reference_decode(a->scratch, a->record->value, &r);
    if (e != OK) {
        refuse(a, e, slice_from(err_text(e)));
        return;
    }
    if (r.party && !is_in_force(a, &r.party->publication)) return; /* a proposal has its own key (reference_shelf.h) */
    if (!slice_equal(reference_key(a->scratch, &r), a->record->key)) {
        refuse(a, ERR_WIRE_MALFORMED, SLICE("the key names another record"));
        return;
    }
    switch (r.type) {
    case REFERENCE_PRODUCT:    apply_product(a, r.product); return;
    case REFERENCE_PRICE_LIST:
        note_put(a, catalogue_put_price_list(a->target->catalogue, r.price_list), "two prices begin on one day");
        return;
    case REFERENCE_FX_TABLE:   apply_fx(a, r.fx); return;
    case REFERENCE_TAX_TABLE:
        note_put(a, catalogue_put_tax(a->target->catalogue, r.tax), "the table cannot be used");
        return;
    case REFERENCE_PARTY:
        note_put(a, catalogue_put_party(a->target->catalogue, &r.party->verdict), "the verdict cannot be used");
        return;
    default:                   apply_terms(a, &r); return;
    }
}

/* --- partners --- */

static void apply_partner(struct applying *a)
{
    struct partner p;
    struct publication publication;
    enum err e = partner_decode(a->scratch, a->record->value, &p, &publication);
    if (e != OK) {
        refuse(a, e, slice_from(err_text(e)));
        return;
    }
    if (!is_in_force(a, &publication)) return;
    if (!slice_equal(p.partner_id, a->record->key)) {
        refuse(a, ERR_WIRE_MALFORMED, SLICE("the key names another partner"));
        return;
    }
    if (a->target->put_partner) a->target->put_partner(a->target->partners, &p, a->record->value);
    wake(a, SLICE_JOIN(a->scratch, SLICE(WAIT_PARTNER), p.partner_id));
    a->applied = true;
}

enum reference_effect reference_apply(const struct reference_target *t, struct arena *scratch,
                                      const struct record *record)
{
    struct applying a = { .target = t, .scratch = scratch, .record = record };
    ASSERT(record->topic == TOPIC_PARTNERS || record->topic == TOPIC_PROGRAMS);
    if (record->value.size == 0) return REFERENCE_PASSED_OVER;
    if (record->topic == TOPIC_PARTNERS) apply_partner(&a);
    else apply_reference(&a);
    return a.refused ? REFERENCE_REFUSED : a.applied ? REFERENCE_APPLIED : REFERENCE_PROPOSED;
}

void reference_keep_partner(void *keeper_, const struct partner *p, struct slice bytes)
{
    struct reference_keeper *keeper = keeper_;
    struct partner *kept = ARENA_NEW(keeper->arena, struct partner);
    enum err e = partner_decode(keeper->arena, slice_copy(keeper->arena, bytes), kept, NULL);
    ASSERT(e == OK && slice_equal(kept->partner_id, p->partner_id));
    memory_profiles_put(keeper->profiles, kept);
}
