/* domain/line.c: the fields of a line as a table, and the keys that every stage builds from it. */
#include "domain/line.h"

#include "base/assert.h"
#include "base/utf8.h"
#include "domain/name/nfkc_table.h"

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

bool texts_have(const struct texts *texts, struct slice text)
{
    for (unsigned i = 0; i < texts->count; i++)
        if (text.size > 0 && slice_equal(texts->items[i], text)) return true;
    return false;
}

bool party_is_absent(const struct party *p)
{
    return slice_is_empty(p->name) && slice_is_empty(p->id) && slice_is_empty(p->key);
}

uint32_t line_submission_no(const struct line *l)
{
    return l->submission_no ? l->submission_no : 1;
}

/* What NFKC and upper case leave of a code point beyond ASCII. */
static struct slice nfkc_row(uint32_t point)
{
    if (point > NFKC_LAST) return SLICE("");
    unsigned number = nfkc_rows[nfkc_pages[point >> 8]][point & 0xFF];
    return slice_of(nfkc_texts + nfkc_offsets[number], (size_t)(nfkc_offsets[number + 1] - nfkc_offsets[number]));
}

static bool is_combining(uint32_t point)
{
    return (point >= 0x300 && point <= 0x36F) || (point >= 0x1DC0 && point <= 0x1DFF)
           || (point >= 0x20D0 && point <= 0x20FF);
}

static bool slice_has(struct slice s, char byte)
{
    return slice_find(s, byte) < s.size;
}

/* NFKC makes one letter beyond A–Z of an ASCII letter and one of the marks after it. */
static bool is_composed_away(char letter, struct slice behind)
{
    while (behind.size) {
        uint32_t mark = utf8_next(&behind);
        if (!is_combining(mark)) return false;
        for (unsigned i = 0; i < sizeof nfkc_composed / sizeof nfkc_composed[0]; i++)
            if (nfkc_composed[i].mark == mark && slice_has(slice_from(nfkc_composed[i].letters), letter)) return true;
    }
    return false;
}

/* The key of a number all in ASCII, as nearly all are; false: it is not. */
static bool ascii_key(struct arena *a, struct slice invoice_no, struct slice *key)
{
    char *to = arena_take(a, invoice_no.size + 1), *at = to;
    for (size_t i = 0; i < invoice_no.size; i++) {
        char c = invoice_no.bytes[i];
        if (c & 0x80) return false;
        if (c >= 'a' && c <= 'z') c = (char)(c - 'a' + 'A');
        if ((c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z')) *at++ = c;
    }
    *key = slice_of(to, (size_t)(at - to));
    return true;
}

struct slice line_invoice_key(struct arena *a, struct slice invoice_no)
{
    struct slice plain;
    if (ascii_key(a, invoice_no, &plain)) return plain;
    struct text key = text_in(a, invoice_no.size * NFKC_ROW_MAX + 1);
    while (invoice_no.size) {
        uint32_t point = utf8_next(&invoice_no);
        char c = point < 0x80 ? (char)point : 0;
        if (c >= 'a' && c <= 'z') c = (char)(c - 'a' + 'A');
        if (point >= 0x80) text_put(&key, nfkc_row(point));
        else if ((c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z' && !is_composed_away((char)point, invoice_no)))
            text_put_byte(&key, c);
    }
    ASSERT(!key.full);
    return text_slice(&key);
}

static size_t count_digits(struct slice s)
{
    size_t count = 0;
    while (count < s.size && s.bytes[count] >= '0' && s.bytes[count] <= '9') count++;
    return count;
}

static bool is_fraction_of_zeros(struct slice s)
{
    if (s.size < 2 || (s.bytes[0] != '.' && s.bytes[0] != ',')) return false;
    for (size_t i = 1; i < s.size; i++)
        if (s.bytes[i] != '0') return false;
    return true;
}

struct slice line_invoice_line_key(struct slice invoice_line)
{
    size_t digits = count_digits(invoice_line), zeros = 0;
    if (digits == 0) return invoice_line;
    if (digits < invoice_line.size && !is_fraction_of_zeros(slice_skip(invoice_line, digits))) return invoice_line;
    while (zeros + 1 < digits && invoice_line.bytes[zeros] == '0') zeros++;
    return slice_of(invoice_line.bytes + zeros, digits - zeros);
}

struct slice line_part(const struct line *l)
{
    if (l->vendor_part.size) return l->vendor_part;
    return l->gtin.size ? l->gtin : l->partner_part;
}

struct original_ref line_original_ref(const struct line *l)
{
    if (l->original_line_ref.size) return (struct original_ref){ .line_ref = l->original_line_ref };
    return (struct original_ref){ .invoice_no = l->original_invoice_no, .invoice_line = l->original_invoice_line };
}
