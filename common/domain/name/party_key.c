/* domain/name/party_key.c: the key under which a party is known. */
#include "domain/name/party_key.h"

#include "base/assert.h"
#include "domain/name/fold.h"

enum { NAME_KEY_BYTES_MAX = FOLD_TOKENS_MAX * (FOLD_TOKEN_BYTES_MAX + 1) + 64 };

/* How files and columns call the qualifiers of N103. */
static const struct { struct slice name, code; } id_types[] = {
    { SLICE_INIT("DUNS"), SLICE_INIT("1") },          { SLICE_INIT("D-U-N-S"), SLICE_INIT("1") },
    { SLICE_INIT("DUNS+4"), SLICE_INIT("9") },        { SLICE_INIT("DUNS4"), SLICE_INIT("9") },
    { SLICE_INIT("DEA"), SLICE_INIT("11") },          { SLICE_INIT("HIN"), SLICE_INIT("21") },
    { SLICE_INIT("GLN"), SLICE_INIT("UL") },          { SLICE_INIT("TAX"), SLICE_INIT("FI") },
    { SLICE_INIT("TAX_ID"), SLICE_INIT("FI") },
};

struct slice party_id_type(struct arena *a, struct slice id_type)
{
    struct slice type = slice_upper(a, slice_trim(id_type));
    for (unsigned i = 0; i < sizeof id_types / sizeof id_types[0]; i++)
        if (slice_equal(type, id_types[i].name)) return id_types[i].code;
    return type;
}

/* 0 assigned by the buyer, 1 by the seller, 2 plain: the partner's own; 3: a public id. */
static unsigned id_rank(struct slice type)
{
    if (slice_equal(type, SLICE("92"))) return 0;
    if (slice_equal(type, SLICE("91"))) return 1;
    return slice_is_empty(type) ? 2 : 3;
}

unsigned party_id_choose(struct arena *a, const struct party_id *ids, unsigned count)
{
    unsigned best = 0;
    ASSERT(count > 0);
    for (unsigned i = 1; i < count; i++)
        if (id_rank(party_id_type(a, ids[i].type)) < id_rank(party_id_type(a, ids[best].type))) best = i;
    return best;
}

static struct slice key_of_id(struct arena *a, const struct party *p)
{
    struct slice type = party_id_type(a, p->id_type);
    struct slice id = slice_upper(a, slice_trim(p->id));
    if (id_rank(type) < 3) return id;
    return SLICE_JOIN(a, type, SLICE(":"), id);
}

static void fold_bare(struct arena *a, struct slice name, struct fold *out)
{
    struct fold f;
    fold_text(a, name, &f);
    fold_strip_legal_form(&f);
    fold_sort(&f, out);
}

static struct slice key_of_name(struct arena *a, const struct party *p)
{
    struct slice postal_code = slice_upper(a, slice_trim(p->postal_code)),
                 country = slice_upper(a, slice_trim(p->country));
    struct text key = text_in(a, NAME_KEY_BYTES_MAX + postal_code.size + country.size);
    struct fold name;
    fold_bare(a, p->name, &name);
    PUT(&key, "NAME:");
    text_put(&key, fold_join(a, &name));
    PUT(&key, "/");
    text_put(&key, postal_code);
    PUT(&key, "/");
    text_put(&key, country);
    ASSERT(!key.full);
    return text_slice(&key);
}

struct slice party_key(struct arena *a, const struct party *p)
{
    if (!slice_is_empty(slice_trim(p->id))) return key_of_id(a, p);
    if (!slice_is_empty(slice_trim(p->name))) return key_of_name(a, p);
    return SLICE("");
}

struct slice party_listed_key(struct arena *a, const struct party *p)
{
    struct slice id = p->key, type = slice_cut(&id, ':');
    if (!p->key.size) return party_key(a, p);
    if (!id.size || slice_equal(type, SLICE("NAME"))) return p->key;
    return key_of_id(a, &(struct party){ .id_type = type, .id = id });
}

/* Named by name: no id, and no key but one that the name itself gave. */
static bool is_listed_by_name(const struct party *customer)
{
    bool has_own_key = !slice_is_empty(customer->key) && !slice_starts_with(customer->key, SLICE("NAME:"));
    return slice_is_empty(customer->id) && !has_own_key && !slice_is_empty(customer->name);
}

static bool is_named_alike(struct arena *a, const struct party *x, const struct party *y)
{
    struct fold name_x, name_y;
    if (!slice_equal_nocase(slice_trim(x->country), slice_trim(y->country))) return false;
    fold_bare(a, x->name, &name_x);
    fold_bare(a, y->name, &name_y);
    return name_x.count > 0 && fold_equal(&name_x, &name_y);
}

bool party_is_customer(struct arena *a, const struct party *customer, const struct party *of_line)
{
    struct slice key = slice_is_empty(of_line->key) ? party_key(a, of_line) : of_line->key;
    if (slice_is_empty(key)) return false;
    if (!slice_is_empty(customer->key) && slice_equal_nocase(customer->key, key)) return true;
    if (customer->key.size && slice_equal_nocase(party_listed_key(a, customer), key)) return true;
    if (!slice_is_empty(customer->id) && slice_equal(key_of_id(a, customer), key)) return true;
    return is_listed_by_name(customer) && is_named_alike(a, customer, of_line);
}

void party_key_identifier(struct slice key, struct slice *id_type, struct slice *id)
{
    struct slice rest = key, type = slice_cut(&rest, ':');
    bool is_public = type.size && rest.size && !slice_equal(type, SLICE("NAME")) && id_rank(type) == 3;
    *id_type = is_public ? type : SLICE("");
    *id = is_public ? rest : SLICE("");
}
