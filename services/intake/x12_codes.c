/* intake/x12_codes.c: code lists and the order in which marks are looked at. */
#include "intake/x12_codes.h"

struct code_row { struct slice code; int meaning; };

static int find(const struct code_row *rows, size_t count, struct slice code, int otherwise)
{
    for (size_t i = 0; i < count; i++)
        if (slice_equal(rows[i].code, code)) return rows[i].meaning;
    return otherwise;
}
#define FIND(rows, code, otherwise) find((rows), sizeof(rows) / sizeof *(rows), (code), (otherwise))

#define MOVEMENT(code, class)
#define TRANSFER(code, class)
#define QUANTITY(code, class)
#define PARTY(code, role)
#define ID_TYPE(code, type)

#undef MOVEMENT
#define MOVEMENT(code, class) { SLICE_INIT(#code), X12_CLASS_##class },
static const struct code_row movements[] = {
#include "intake/x12_codes.def"
};
#undef MOVEMENT
#define MOVEMENT(code, class)

#undef TRANSFER
#define TRANSFER(code, class) { SLICE_INIT(#code), X12_CLASS_##class },
static const struct code_row transfers[] = {
#include "intake/x12_codes.def"
};
#undef TRANSFER
#define TRANSFER(code, class)

#undef QUANTITY
#define QUANTITY(code, class) { SLICE_INIT(#code), X12_CLASS_##class },
static const struct code_row quantities[] = {
#include "intake/x12_codes.def"
};
#undef QUANTITY
#define QUANTITY(code, class)

#undef PARTY
#define PARTY(code, role) { SLICE_INIT(#code), X12_PARTY_##role },
static const struct code_row parties[] = {
#include "intake/x12_codes.def"
};
#undef PARTY
#define PARTY(code, role)

#undef ID_TYPE
#define ID_TYPE(code, type) { SLICE_INIT(#code), SLICE_INIT(#type) },
static const struct { struct slice code, type; } id_types[] = {
#include "intake/x12_codes.def"
};

static enum x12_class class_in(const struct code_row *rows, size_t count, struct slice code)
{
    return slice_is_empty(code) ? X12_CLASS_NONE : (enum x12_class)find(rows, count, code, X12_CLASS_UNKNOWN);
}

enum x12_class x12_movement_class(struct slice code)
{
    return class_in(movements, sizeof movements / sizeof *movements, code);
}

enum x12_class x12_transfer_class(struct slice code)
{
    return class_in(transfers, sizeof transfers / sizeof *transfers, code);
}

enum x12_class x12_quantity_class(struct slice code)
{
    return class_in(quantities, sizeof quantities / sizeof *quantities, code);
}

enum x12_party x12_party_of(struct slice n101)
{
    return (enum x12_party)FIND(parties, n101, X12_PARTY_NONE);
}

struct slice x12_id_type(struct slice ref01)
{
    for (unsigned i = 0; i < sizeof id_types / sizeof *id_types; i++)
        if (slice_equal(id_types[i].code, ref01)) return id_types[i].type;
    return (struct slice){ 0 };
}

/* Meaning */

static struct x12_meaning line(enum kind kind, enum x12_sign sign)
{
    return (struct x12_meaning){ .sort = X12_SORT_LINE, .kind = kind, .sign = sign };
}

static struct x12_meaning unknown(unsigned which)
{
    return (struct x12_meaning){ .sort = X12_SORT_UNKNOWN, .unknown = which };
}

static bool is_any(const struct x12_marks *m, enum x12_class class)
{
    return m->movement == class || m->transfer == class || m->quantity == class;
}

static struct x12_meaning transfer(const struct x12_marks *m, bool is_negative)
{
    bool is_in = is_any(m, X12_CLASS_MOVED_IN) || (is_negative && m->movement == X12_CLASS_MOVED);
    return line(is_in ? KIND_TRANSFER_IN : KIND_TRANSFER_OUT, X12_SIGN_PLUS);
}

static struct x12_meaning mirror(const struct x12_marks *m)
{
    if (!m->mirror_is_stock) return (struct x12_meaning){ .sort = X12_SORT_MIRROR };
    return line(KIND_STOCK_ADJUST, is_any(m, X12_CLASS_MIRROR_OUT) ? X12_SIGN_MINUS : X12_SIGN_AS_SENT);
}

static struct x12_meaning stock(const struct x12_marks *m)
{
    if (m->movement == X12_CLASS_DEMAND) return (struct x12_meaning){ .sort = X12_SORT_DEMAND };
    if (is_any(m, X12_CLASS_STOCK_OUT)) return line(KIND_STOCK_ADJUST, X12_SIGN_MINUS);
    return line(KIND_STOCK_ADJUST, is_any(m, X12_CLASS_STOCK_IN) ? X12_SIGN_PLUS : X12_SIGN_AS_SENT);
}

static struct x12_meaning sale(const struct x12_marks *m, bool is_return)
{
    struct x12_meaning meaning = line(is_return ? KIND_POS_RETURN : KIND_POS_SALE, X12_SIGN_AS_SENT);
    if (m->is_claim_set) meaning.kind = KIND_SHIP_DEBIT_CLAIM;
    meaning.is_return = is_return;
    meaning.is_direct_ship = m->movement == X12_CLASS_DROP_SHIP;
    return meaning;
}

static struct x12_meaning given(const struct x12_marks *m, bool is_negative)
{
    bool is_return = m->given == KIND_POS_RETURN || (m->given == KIND_POS_SALE && is_negative);
    if (m->given == KIND_POS_SALE || m->given == KIND_POS_RETURN) return sale(m, is_return);
    return line(m->given, X12_SIGN_AS_SENT);
}

struct x12_meaning x12_meaning_of(const struct x12_marks *m, bool is_negative)
{
    if (m->movement == X12_CLASS_UNKNOWN) return unknown(0);
    if (m->transfer == X12_CLASS_UNKNOWN) return unknown(1);
    if (m->quantity == X12_CLASS_UNKNOWN || (m->quantity == X12_CLASS_AGREED && !m->is_claim_set)) return unknown(2);
    if (m->given != KIND_UNSPECIFIED) return given(m, is_negative);
    if (m->movement == X12_CLASS_PRICE) return line(KIND_PRICE_PROTECTION_CLAIM, X12_SIGN_AS_SENT);
    if (is_any(m, X12_CLASS_MOVED) || is_any(m, X12_CLASS_MOVED_IN) || is_any(m, X12_CLASS_MOVED_OUT))
        return transfer(m, is_negative);
    if (is_any(m, X12_CLASS_MIRROR) || is_any(m, X12_CLASS_MIRROR_OUT)) return mirror(m);
    if (is_any(m, X12_CLASS_STOCK) || is_any(m, X12_CLASS_STOCK_IN) || is_any(m, X12_CLASS_STOCK_OUT)
        || m->movement == X12_CLASS_DEMAND)
        return stock(m);
    bool is_return = is_any(m, X12_CLASS_RETURN) || is_negative || m->has_return_hint;
    if (m->movement == X12_CLASS_SUMMARY && !is_return) {
        struct x12_meaning summary = sale(m, false);
        summary.is_summary = true;
        return summary;
    }
    return sale(m, is_return);
}
