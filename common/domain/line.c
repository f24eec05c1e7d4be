/* domain/line.c: the fields of a line as a table, and the keys that every stage builds from it. */
#include "domain/line.h"

#include <stddef.h>

enum {
#define FIELD(type, member, name, detail) FIELD_INDEX_##member,
#include "domain/line_field.def"
#undef FIELD
    FIELD_COUNT
};

#define DETAIL_KIND(detail)     0
#define DETAIL_REPLACES(detail) 0
#define DETAIL_TEXT(detail)     detail
#define DETAIL_ID(detail)       detail
#define DETAIL_CODE(detail)     detail
#define DETAIL_DATE(detail)     0
#define DETAIL_QTY(detail)      0
#define DETAIL_UINT(detail)     detail
#define DETAIL_FLAG(detail)     0
#define DETAIL_PRICE(detail)    0
#define DETAIL_MONEY(detail)    0
#define DETAIL_AMOUNT(detail)   0
#define DETAIL_PARTY(detail)    0
#define DETAIL_TEXTS(detail)    detail
#define DETAIL_CAUSE(detail)    0
#define DETAIL_CLOSE(detail)    0

#define HAS_KIND(member)     0
#define HAS_REPLACES(member) 0
#define HAS_TEXT(member)     0
#define HAS_ID(member)       0
#define HAS_CODE(member)     0
#define HAS_DATE(member)     0
#define HAS_QTY(member)      0
#define HAS_UINT(member)     0
#define HAS_FLAG(member)     0
#define HAS_PRICE(member)    offsetof(struct line, has_##member)
#define HAS_MONEY(member)    offsetof(struct line, has_##member)
#define HAS_AMOUNT(member)   0
#define HAS_PARTY(member)    0
#define HAS_TEXTS(member)    0
#define HAS_CAUSE(member)    0
#define HAS_CLOSE(member)    0

const struct line_field line_fields[] = {
#define FIELD(type, member, name, detail) \
    { SLICE_INIT(name), FIELD_TYPE_##type, offsetof(struct line, member), HAS_##type(member), DETAIL_##type(detail) },
#include "domain/line_field.def"
#undef FIELD
};
const unsigned line_field_count = FIELD_COUNT;

const struct line_field *line_field_find(struct slice name)
{
    for (unsigned i = 0; i < line_field_count; i++)
        if (slice_equal(line_fields[i].name, name)) return &line_fields[i];
    return NULL;
}

bool party_is_absent(const struct party *p)
{
    return slice_is_empty(p->name) && slice_is_empty(p->id) && slice_is_empty(p->key);
}

uint32_t line_submission_no(const struct line *l)
{
    return l->submission_no ? l->submission_no : 1;
}

struct slice line_invoice_key(struct arena *a, struct slice invoice_no)
{
    struct text key = text_in(a, invoice_no.size + 1);
    for (size_t i = 0; i < invoice_no.size; i++) {
        char c = invoice_no.bytes[i];
        if (c >= 'a' && c <= 'z') c = (char)(c - 'a' + 'A');
        if ((c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9')) text_put_byte(&key, c);
    }
    return text_slice(&key);
}
