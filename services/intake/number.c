/* intake/number.c: from written number to decimal text. */
#include "intake/number.h"

#include "base/assert.h"
#include "domain/currency.h"
#include "intake/plain.h"

enum { EXPONENT_MAX = 40 };

/* A number without what may stand around it. */
struct core {
    struct slice text;
    bool is_negative, is_percent, has_sign, has_parentheses;
    struct slice currency, sign;
    bool has_currency;
    char cents_mark;                                /* of `1.234,-`: the comma, since the point groups; 0: none */
};

static bool is_digit(char c)  { return c >= '0' && c <= '9'; }
static bool is_letter(char c) { return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'); }

/* Bytes of a blank at the front: ASCII, no-break and narrow no-break; 0 when there is none. */
static size_t blank_at_front(struct slice s)
{
    if (s.size > 0 && s.bytes[0] > ' ') return 0; /* what most texts begin with; bytes from 0x80 on are negative */
    if (s.size > 0 && (s.bytes[0] == ' ' || s.bytes[0] == '\t')) return 1;
    if (slice_starts_with(s, SLICE("\xc2\xa0"))) return 2;
    return slice_starts_with(s, SLICE("\xe2\x80\xaf")) ? 3 : 0;
}

static size_t blank_at_end(struct slice s)
{
    if (s.size > 0 && s.bytes[s.size - 1] > ' ') return 0;
    if (s.size > 0 && (s.bytes[s.size - 1] == ' ' || s.bytes[s.size - 1] == '\t')) return 1;
    if (slice_ends_with(s, SLICE("\xc2\xa0"))) return 2;
    return slice_ends_with(s, SLICE("\xe2\x80\xaf")) ? 3 : 0;
}

static struct slice without_blanks(struct slice s)
{
    for (size_t n; (n = blank_at_front(s)) > 0;) s = slice_skip(s, n);
    for (size_t n; (n = blank_at_end(s)) > 0;) s = slice_head(s, s.size - n);
    return s;
}

/* Signs and the currency that has them first; a shared one may stand beside the money of others, too. Longer ones
 * stand before those that end them. */
static const struct { struct slice text, code; bool is_shared; } signs[] = {
    { SLICE_INIT("US$"), SLICE_INIT("USD"), false },  { SLICE_INIT("CA$"), SLICE_INIT("CAD"), false },
    { SLICE_INIT("AU$"), SLICE_INIT("AUD"), false },  { SLICE_INIT("HK$"), SLICE_INIT("HKD"), false },
    { SLICE_INIT("NT$"), SLICE_INIT("TWD"), false },  { SLICE_INIT("R$"), SLICE_INIT("BRL"), false },
    { SLICE_INIT("$"), SLICE_INIT("USD"), true },     { SLICE_INIT("\xe2\x82\xac"), SLICE_INIT("EUR"), false },
    { SLICE_INIT("\xc2\xa3"), SLICE_INIT("GBP"), false },      { SLICE_INIT("\xc2\xa5"), SLICE_INIT("JPY"), true },
    { SLICE_INIT("\xc2\xa5"), SLICE_INIT("CNY"), true },       { SLICE_INIT("\xe2\x82\xb9"), SLICE_INIT("INR"), false },
    { SLICE_INIT("\xe2\x82\xa9"), SLICE_INIT("KRW"), false },  { SLICE_INIT("\xe2\x82\xbd"), SLICE_INIT("RUB"), false },
    { SLICE_INIT("\xe2\x82\xba"), SLICE_INIT("TRY"), false },  { SLICE_INIT("\xe2\x82\xaa"), SLICE_INIT("ILS"), false },
    { SLICE_INIT("\xe2\x82\xab"), SLICE_INIT("VND"), false },  { SLICE_INIT("\xe0\xb8\xbf"), SLICE_INIT("THB"), false },
    { SLICE_INIT("\xc2\xa2"), { 0 }, true },         { SLICE_INIT("\xe2\x82\xb1"), SLICE_INIT("PHP"), false },
};
enum { SIGNS = sizeof signs / sizeof *signs };

/* Every sign ends with a dollar or with a byte of its own character, no code of a currency does. */
static bool may_be_sign(struct slice text)
{
    return text.size > 0 && !is_letter(text.bytes[text.size - 1]);
}

struct slice number_currency_of_sign(struct slice text)
{
    if (!may_be_sign(text)) return (struct slice){ 0 };
    for (unsigned i = 0; i < SIGNS; i++)
        if (!signs[i].is_shared && slice_equal_nocase(text, signs[i].text)) return signs[i].code;
    return (struct slice){ 0 };
}

bool number_sign_fits(struct slice sign, struct slice currency)
{
    bool has_other = false;
    for (unsigned i = 0; i < SIGNS; i++) {
        if (!slice_equal(currency, signs[i].code)) continue;
        if (slice_equal(sign, signs[i].text)) return true;
        has_other |= !is_letter(signs[i].text.bytes[0]);
    }
    return !has_other;
}

/* A code of ISO 4217 in either case; NULL when it is none. */
static const struct currency *currency_of_code(struct slice s)
{
    char upper[3];
    if (s.size != 3) return NULL;
    for (unsigned i = 0; i < 3; i++) {
        if (!is_letter(s.bytes[i])) return NULL;
        upper[i] = (char)(s.bytes[i] & ~0x20);
    }
    return currency_find(slice_of(upper, 3));
}

static bool take_code(struct core *c, struct slice code, struct slice rest)
{
    const struct currency *found = currency_of_code(code);
    if (!found || (rest.size > 0 && is_letter(rest.bytes[0]))) return false;
    c->currency = found->code;
    c->text = rest;
    return c->has_currency = true;
}

static bool take_currency(struct core *c)
{
    struct slice s = c->text;
    if (c->has_currency) return false;
    for (unsigned i = 0; i < SIGNS; i++) {
        struct slice sign = signs[i].text;
        if (slice_starts_with(s, sign)) c->text = slice_skip(s, sign.size);
        else if (slice_ends_with(s, sign)) c->text = slice_head(s, s.size - sign.size);
        else continue;
        if (signs[i].is_shared) c->sign = sign;
        else c->currency = signs[i].code;
        return c->has_currency = true;
    }
    if (s.size <= 3) return false;
    if (take_code(c, slice_head(s, 3), slice_skip(s, 3))) return true;
    if (is_letter(s.bytes[s.size - 4])) return false;
    return take_code(c, slice_skip(s, s.size - 3), slice_head(s, s.size - 3));
}

static bool take_sign(struct core *c)
{
    struct slice s = c->text;
    if (c->has_sign || s.size < 2) return false;
    char first = s.bytes[0], last = s.bytes[s.size - 1];
    if (first == '-' || first == '+') c->text = slice_skip(s, 1);
    else if (last == '-' || last == '+') c->text = slice_head(s, s.size - 1);
    else return false;
    if (first == '-' || (first != '+' && last == '-')) c->is_negative = !c->is_negative;
    return c->has_sign = true;
}

static bool take_parentheses(struct core *c)
{
    struct slice s = c->text;
    if (c->has_parentheses || c->has_sign || s.size < 3 || s.bytes[0] != '(' || s.bytes[s.size - 1] != ')')
        return false;
    c->text = slice_of(s.bytes + 1, s.size - 2);
    c->is_negative = true;
    return c->has_parentheses = true;
}

static bool take_percent(struct core *c)
{
    if (c->is_percent || c->text.size < 2 || c->text.bytes[c->text.size - 1] != '%') return false;
    c->text.size--;
    return c->is_percent = true;
}

/* `12,-` and `12.--`, as prices without cents are written: the dashes stand for them and are no minus. */
static bool take_no_cents(struct core *c)
{
    struct slice s = c->text;
    size_t size = s.size;
    while (size > 0 && s.bytes[size - 1] == '-') size--;
    bool is_price = size < s.size && size > 1 && (s.bytes[size - 1] == ',' || s.bytes[size - 1] == '.')
                    && is_digit(s.bytes[size - 2]);
    if (!is_price) return false;
    struct slice whole = slice_head(s, size - 1);
    char other = s.bytes[size - 1] == ',' ? '.' : ',';
    if (memchr(whole.bytes, s.bytes[size - 1], whole.size)) return false;
    if (memchr(whole.bytes, other, whole.size)) c->cents_mark = s.bytes[size - 1];
    c->text = whole;
    return true;
}

/* Whatever may stand around a number stands at one of its ends. */
static bool is_bare(struct slice s)
{
    return s.size > 0 && is_digit(s.bytes[0]) && is_digit(s.bytes[s.size - 1]);
}

static struct core core_of(struct slice text)
{
    struct core c = { .text = without_blanks(text) };
    while (!is_bare(c.text) && (take_no_cents(&c) || take_parentheses(&c) || take_sign(&c) || take_percent(&c)
                                || take_currency(&c)))
        c.text = without_blanks(c.text);
    return c;
}

/* Bytes of a mark that can only group: apostrophe, blank. */
static size_t grouping_only(struct slice s)
{
    if (s.size > 0 && s.bytes[0] == '\'') return 1;
    if (slice_starts_with(s, SLICE("\xe2\x80\x99"))) return 3;
    return blank_at_front(s);
}

struct writer { char *to; size_t size; };

static bool put_digit(struct writer *w, char digit)
{
    if (w->size + 1 >= NUMBER_TEXT_MAX) return false;
    w->to[w->size++] = digit;
    return true;
}

/* Digits in groups: the first of one to three, the last of three, those between of two or three; the same mark
 * throughout. Returns what is left, NULL bytes when the groups are wrong. */
static struct slice read_whole(struct slice s, char group, struct writer *w)
{
    static const struct slice wrong;
    unsigned digits = 0, groups = 0;
    struct slice mark = { 0 };
    for (;;) {
        while (s.size > 0 && is_digit(s.bytes[0])) {
            if (!put_digit(w, s.bytes[0])) return wrong;
            s = slice_skip(s, 1);
            digits++;
        }
        size_t mark_bytes = s.size > 0 && s.bytes[0] == group ? 1 : grouping_only(s);
        if (mark_bytes == 0) break;
        struct slice seen = slice_head(s, mark_bytes);
        if (groups > 0 && !slice_equal(seen, mark)) return wrong;
        if (digits == 0 || digits > 3 || (groups > 0 && digits < 2)) return wrong;
        mark = seen;
        s = slice_skip(s, mark_bytes);
        groups++;
        digits = 0;
    }
    if (groups > 0 && digits != 3) return wrong;
    return s;
}

/* Puts the point after `point` of the digits written. */
static bool set_point(struct writer *w, size_t from, size_t point)
{
    char *at = w->to + from + point;
    size_t behind = w->size - from - point;
    if (behind == 0) return true;
    if (w->size + 1 >= NUMBER_TEXT_MAX) return false;
    memmove(at + 1, at, behind);
    *at = '.';
    w->size++;
    return true;
}

/* Moves the point, which stands after `point` of the digits written, by `exponent` places. */
static bool shift(struct writer *w, size_t from, size_t point, int exponent)
{
    char digits[NUMBER_TEXT_MAX];
    int64_t count = (int64_t)(w->size - from), place = (int64_t)point + exponent;
    memcpy(digits, w->to + from, (size_t)count);
    w->size = from;
    if (place <= 0 && !put_digit(w, '0')) return false;
    for (int64_t at = 0; at < place; at++)
        if (!put_digit(w, at < count ? digits[at] : '0')) return false;
    if (place >= count) return true;
    if (!put_digit(w, '.')) return false;
    for (int64_t at = place; at < count; at++)
        if (!put_digit(w, at < 0 ? '0' : digits[at])) return false;
    return true;
}

static bool is_digits(struct slice s)
{
    for (size_t i = 0; i < s.size; i++)
        if (!is_digit(s.bytes[i])) return false;
    return s.size > 0;
}

static bool read_exponent(struct slice s, int *exponent)
{
    *exponent = 0;
    if (s.size == 0) return true;
    if (s.bytes[0] != 'e' && s.bytes[0] != 'E') return false;
    s = slice_skip(s, 1);
    bool is_negative = s.size > 0 && s.bytes[0] == '-';
    if (s.size > 0 && (s.bytes[0] == '-' || s.bytes[0] == '+')) s = slice_skip(s, 1);
    uint64_t value = EXPONENT_MAX;                  /* beyond it nothing fits, or nothing is left */
    if (!is_digits(s)) return false;
    if (!slice_to_uint(s, EXPONENT_MAX, &value)) value = EXPONENT_MAX;
    *exponent = is_negative ? -(int)value : (int)value;
    return true;
}

/* The core in one style; false when it is not written so. */
static bool read_core(const struct core *c, char mark, struct writer *w)
{
    w->size = 0;
    if (c->cents_mark && c->cents_mark != mark) return false;
    if (c->is_negative && !put_digit(w, '-')) return false;
    size_t from = w->size;
    struct slice s = read_whole(c->text, mark == '.' ? ',' : '.', w);
    if (!s.bytes) return false;
    size_t point = w->size - from, fraction = 0;
    if (s.size > 0 && s.bytes[0] == mark) {
        s = slice_skip(s, 1);
        for (; s.size > 0 && is_digit(s.bytes[0]); s = slice_skip(s, 1), fraction++)
            if (!put_digit(w, s.bytes[0])) return false;
    }
    int exponent;
    if (point + fraction == 0 || !read_exponent(s, &exponent)) return false;
    return exponent == 0 && point > 0 ? set_point(w, from, point) : shift(w, from, point, exponent);
}

static char first_letter(struct slice s)
{
    for (size_t i = 0; i < s.size; i++)
        if (is_letter(s.bytes[i])) return s.bytes[i];
    return 0;
}

/* Digits and one point at most, a minus in front: what most cells are. */
static bool is_simple(struct slice s, char mark)
{
    size_t at = s.size > 1 && s.bytes[0] == '-';
    bool has_digit = false, has_point = false;
    for (; at < s.size; at++) {
        if (is_digit(s.bytes[at])) has_digit = true;
        else if (s.bytes[at] == '.' && mark == '.' && !has_point) has_point = true;
        else return false;
    }
    return has_digit;
}

enum number_fault number_read(struct slice text, enum decimal_style style, char buffer[NUMBER_TEXT_MAX],
                              struct number *out)
{
    *out = (struct number){ .decimal = text };
    if (style == DECIMAL_STYLE_AUTO) return NUMBER_FINE;
    char mark = style == DECIMAL_STYLE_COMMA ? ',' : '.';
    if (is_simple(text, mark)) return NUMBER_FINE;
    if (text.size > NUMBER_SENT_MAX) return NUMBER_MALFORMED;
    char room[NUMBER_SENT_MAX];
    struct core c = core_of(plain_narrow(text, room, sizeof room));
    struct writer w = { .to = buffer };
    out->currency = c.currency;
    out->sign = c.sign;
    out->is_percent = c.is_percent;
    if (read_core(&c, mark, &w)) {
        out->decimal = slice_of(buffer, w.size);
        return NUMBER_FINE;
    }
    if (read_core(&c, mark == '.' ? ',' : '.', &w)) return NUMBER_OTHER_STYLE;
    out->letter = first_letter(c.text);
    return out->letter ? NUMBER_HAS_LETTER : NUMBER_MALFORMED;
}

/* One mark: what stands before and after it tells whether it can group. */
static enum number_evidence evidence_of_one(struct slice s, size_t at, bool grouped_otherwise)
{
    enum number_evidence says = s.bytes[at] == '.' ? NUMBER_SAYS_POINT : NUMBER_SAYS_COMMA;
    size_t behind = 0;
    while (at + 1 + behind < s.size && is_digit(s.bytes[at + 1 + behind])) behind++;
    if (behind != 3 || grouped_otherwise || at == 0 || at > 3) return says;
    if (at == 1 && s.bytes[0] == '0') return says;
    return NUMBER_AMBIGUOUS;
}

/* A mark that is repeated groups, if what it parts are groups. */
static bool is_written(const struct core *c, char mark)
{
    char buffer[NUMBER_TEXT_MAX];
    return read_core(c, mark, &(struct writer){ .to = buffer });
}

enum number_evidence number_evidence(struct slice text)
{
    if (text.size > NUMBER_SENT_MAX || is_simple(text, 0)) return NUMBER_SILENT;
    char room[NUMBER_SENT_MAX];
    struct core c = core_of(plain_narrow(text, room, sizeof room));
    struct slice s = c.text;
    if (c.cents_mark) return c.cents_mark == '.' ? NUMBER_SAYS_POINT : NUMBER_SAYS_COMMA;
    unsigned points = 0, commas = 0;
    size_t last_point = 0, last_comma = 0;
    bool grouped = false;
    for (size_t i = 0; i < s.size; i++) {
        if (is_digit(s.bytes[i])) continue;
        if (s.bytes[i] == '.') points++, last_point = i;
        else if (s.bytes[i] == ',') commas++, last_comma = i;
        else if (grouping_only(slice_skip(s, i)) > 0) grouped = true;
        else if (i == 0) return NUMBER_SILENT;
    }
    if (points + commas == 0) return NUMBER_SILENT;
    if (points > 0 && commas > 0) {
        if (last_point > last_comma) return points == 1 ? NUMBER_SAYS_POINT : NUMBER_SILENT;
        return commas == 1 ? NUMBER_SAYS_COMMA : NUMBER_SILENT;
    }
    if (points > 1) return is_written(&c, ',') ? NUMBER_SAYS_COMMA : NUMBER_SILENT;
    if (commas > 1) return is_written(&c, '.') ? NUMBER_SAYS_POINT : NUMBER_SILENT;
    return evidence_of_one(s, points ? last_point : last_comma, grouped);
}

bool number_is_exponent_form(struct slice text)
{
    size_t at = 0, digits = 0;
    while (at < text.size && is_digit(text.bytes[at])) at++, digits++;
    if (digits == 0) return false;
    if (at < text.size && (text.bytes[at] == '.' || text.bytes[at] == ',')) {
        at++;
        while (at < text.size && is_digit(text.bytes[at])) at++;
    }
    if (at >= text.size || (text.bytes[at] != 'E' && text.bytes[at] != 'e')) return false;
    at++;
    if (at >= text.size || (text.bytes[at] != '+' && text.bytes[at] != '-')) return false;
    size_t from = ++at;
    while (at < text.size && is_digit(text.bytes[at])) at++;
    return at == text.size && at > from;
}
