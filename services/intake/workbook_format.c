/* intake/workbook_format.c: number formats, read token by token: text in quotes or after a backslash, brackets with a
 * currency, a colour or a condition, and everything else a byte at a time. */
#include "intake/workbook_format.h"

#include "domain/currency.h"
#include "intake/number.h"

enum { LOCALE_MASK = 0xffff, DIGITS_MAX = 63 };

enum token_sort { TOKEN_LITERAL, TOKEN_BRACKET, TOKEN_FILLER, TOKEN_BYTE, TOKEN_END };
struct token { enum token_sort sort; struct slice text; };

/* The next token of the first section. */
static struct token next_token(struct slice code, size_t *at)
{
    if (*at >= code.size || code.bytes[*at] == ';') return (struct token){ .sort = TOKEN_END };
    char c = code.bytes[*at];
    if (c == '"' || c == '[') {
        struct slice rest = slice_skip(code, *at + 1);
        size_t size = slice_find(rest, c == '"' ? '"' : ']');
        *at += size + 2;
        return (struct token){ c == '"' ? TOKEN_LITERAL : TOKEN_BRACKET, slice_head(rest, size) };
    }
    bool is_pair = c == '\\' || c == '_' || c == '*';
    size_t from = *at + is_pair;
    *at = from + 1;
    return (struct token){ !is_pair ? TOKEN_BYTE : c == '\\' ? TOKEN_LITERAL : TOKEN_FILLER,
                           slice_head(slice_skip(code, from), 1) };
}

/* General, in any case; `ggge` is a year of an era. */
static bool is_general(struct slice code, size_t at)
{
    return slice_equal_nocase(slice_head(slice_skip(code, at), 7), SLICE("General"));
}

/* Bytes that stand for themselves without quotes. */
static bool is_sign(char c)
{
    return c != '\0' && strchr("-+ ()/:!&~{}<>='^", c) != NULL;
}

/* What was seen of a section. */
struct seen { unsigned zeros, signs; bool has_date, has_percent, has_other, has_currency, is_general; };

static void see_byte(struct seen *s, struct slice code, size_t at, char c)
{
    if (c == '0') s->zeros++;
    else if (c == '%') s->has_percent = true;
    else if (memchr("yYdDmMhHsS", c, 10)) s->has_date = true;
    else if (c == 'g' || c == 'G') *(is_general(code, at) ? &s->is_general : &s->has_date) = true;
    else if (is_sign(c)) s->signs++;
    else s->has_other = true;
}

static struct seen look_at(struct slice code)
{
    struct seen s = { 0 };
    size_t at = 0;
    while (!s.is_general) {
        size_t from = at;
        struct token t = next_token(code, &at);
        if (t.sort == TOKEN_END) break;
        if (t.sort == TOKEN_LITERAL) s.signs += t.text.size > 0;
        if (t.sort == TOKEN_BRACKET && t.text.size > 0 && t.text.bytes[0] == '$')
            s.has_currency |= t.text.size > 1 && t.text.bytes[1] != '-';
        if (t.sort == TOKEN_BYTE) see_byte(&s, code, from, t.text.bytes[0]);
    }
    return s;
}

enum workbook_format workbook_format_of(struct slice code, unsigned *digits)
{
    struct seen s = look_at(code);
    *digits = s.zeros;
    if (s.is_general) return WORKBOOK_FORMAT_PLAIN;
    if (s.has_date) return WORKBOOK_FORMAT_DATE;
    if (s.has_percent) return WORKBOOK_FORMAT_PERCENT;
    if (s.has_other || s.has_currency || s.zeros == 0 || s.zeros > DIGITS_MAX) return WORKBOOK_FORMAT_PLAIN;
    if (s.signs > 0) return WORKBOOK_FORMAT_SIGNS;
    return s.zeros > 1 ? WORKBOOK_FORMAT_ZEROS : WORKBOOK_FORMAT_PLAIN;
}

enum workbook_format workbook_format_builtin(unsigned id)
{
    bool is_date = (id >= 14 && id <= 22) || (id >= 27 && id <= 36) || (id >= 45 && id <= 47) || (id >= 50 && id <= 58);
    if (id == 9 || id == 10) return WORKBOOK_FORMAT_PERCENT;
    return is_date ? WORKBOOK_FORMAT_DATE : WORKBOOK_FORMAT_PLAIN;
}

/* Signs that several currencies share, by the country that stands behind them. */
static const struct { struct slice sign; unsigned locale; struct slice code; } shared[] = {
    { SLICE_INIT("$"), 0x409, SLICE_INIT("USD") },   { SLICE_INIT("$"), 0x1009, SLICE_INIT("CAD") },
    { SLICE_INIT("$"), 0xc0c, SLICE_INIT("CAD") },   { SLICE_INIT("$"), 0xc09, SLICE_INIT("AUD") },
    { SLICE_INIT("$"), 0x1409, SLICE_INIT("NZD") },  { SLICE_INIT("$"), 0x1004, SLICE_INIT("SGD") },
    { SLICE_INIT("$"), 0x4809, SLICE_INIT("SGD") },  { SLICE_INIT("$"), 0xc04, SLICE_INIT("HKD") },
    { SLICE_INIT("$"), 0x80a, SLICE_INIT("MXN") },   { SLICE_INIT("\xc2\xa5"), 0x411, SLICE_INIT("JPY") },
    { SLICE_INIT("\xc2\xa5"), 0x804, SLICE_INIT("CNY") },      { SLICE_INIT("\xef\xbf\xa5"), 0x411, SLICE_INIT("JPY") },
    { SLICE_INIT("\xef\xbf\xa5"), 0x804, SLICE_INIT("CNY") },  { SLICE_INIT("kr"), 0x41d, SLICE_INIT("SEK") },
    { SLICE_INIT("kr"), 0x406, SLICE_INIT("DKK") },  { SLICE_INIT("kr."), 0x406, SLICE_INIT("DKK") },
    { SLICE_INIT("kr"), 0x414, SLICE_INIT("NOK") },  { SLICE_INIT("z\xc5\x82"), 0x415, SLICE_INIT("PLN") },
    { SLICE_INIT("K\xc4\x8d"), 0x405, SLICE_INIT("CZK") },     { SLICE_INIT("Ft"), 0x40e, SLICE_INIT("HUF") },
};

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9') return c - '0';
    return (c | 0x20) >= 'a' && (c | 0x20) <= 'f' ? (c | 0x20) - 'a' + 10 : -1;
}

/* The language and country of `-409`, also with a calendar in front of them; 0: none. */
static unsigned locale_of(struct slice text)
{
    unsigned locale = 0;
    for (size_t i = 0; i < text.size; i++) {
        int digit = hex_digit(text.bytes[i]);
        if (digit < 0) return 0;
        locale = (locale << 4 | (unsigned)digit) & LOCALE_MASK;
    }
    return locale;
}

/* Codes that are words: in quotes they say something of the figure (`0 "ALL"`), in brackets they are currencies. */
static bool is_word(struct slice text)
{
    static const char words[][4] = { "ALL", "CUP", "GEL", "MAD", "PEN", "SOS", "TOP" };
    for (unsigned k = 0; k < sizeof words / sizeof *words; k++)
        if (slice_equal_nocase(text, slice_from(words[k]))) return true;
    return false;
}

static struct slice currency_of(struct slice sign, unsigned locale)
{
    if (sign.size == 3) {
        char upper[3];
        for (unsigned i = 0; i < 3; i++) upper[i] = (char)(sign.bytes[i] & ~0x20);
        const struct currency *found = currency_find(slice_of(upper, 3));
        if (found && slice_equal_nocase(found->code, sign)) return found->code;
    }
    for (unsigned k = 0; locale && k < sizeof shared / sizeof *shared; k++)
        if (shared[k].locale == locale && slice_equal(shared[k].sign, sign)) return shared[k].code;
    return number_currency_of_sign(sign);
}

/* [$€-407], [$USD] · "€" */
struct slice workbook_format_currency(struct slice code)
{
    struct slice found = { 0 };
    size_t at = 0;
    for (struct token t = next_token(code, &at); t.sort != TOKEN_END && !found.size; t = next_token(code, &at)) {
        struct slice text = t.text;
        bool is_bracket = t.sort == TOKEN_BRACKET && text.size > 1 && text.bytes[0] == '$';
        if (is_bracket) text = slice_skip(text, 1);
        size_t dash = is_bracket ? slice_find(text, '-') : text.size;
        if (is_bracket || (t.sort == TOKEN_LITERAL && !is_word(slice_trim(text))))
            found = currency_of(slice_trim(slice_head(text, dash)), locale_of(slice_skip(text, dash + 1)));
    }
    return found;
}

struct slice workbook_format_print(struct slice code, struct slice digits, char *buffer, size_t size)
{
    unsigned zeros;
    struct text t = text_over(buffer, size);
    if (workbook_format_of(code, &zeros) != WORKBOOK_FORMAT_SIGNS) return (struct slice){ 0 };
    size_t at = 0, taken = 0, missing = digits.size < zeros ? zeros - digits.size : 0,
           surplus = digits.size > zeros ? digits.size - zeros : 0;
    for (struct token k = next_token(code, &at); k.sort != TOKEN_END; k = next_token(code, &at)) {
        if (k.sort == TOKEN_LITERAL) text_put(&t, k.text);
        if (k.sort != TOKEN_BYTE) continue;
        if (k.text.bytes[0] != '0') { text_put(&t, k.text); continue; }
        size_t more = taken == 0 && missing == 0 ? 1 + surplus : 1;      /* all that is too much stands at the first */
        if (missing > 0) { text_put_byte(&t, '0'); missing--; continue; }
        text_put(&t, slice_head(slice_skip(digits, taken), more));
        taken += more;
    }
    return t.full ? (struct slice){ 0 } : text_slice(&t);
}
