/* intake/typing_cells.c: types of domain.md 2 and 3.1, one function each. */
#include "intake/typing_cells.h"

#include "base/assert.h"
#include "domain/calendar.h"
#include "domain/decimal.h"
#include "domain/rounding.h"
#include "intake/country.h"
#include "intake/missing_field.h"
#include "intake/number.h"
#include "intake/plain.h"
#include "wire/masking.h"

enum { TEXTS_KEPT_MAX = RECEIPT_TEXTS_MAX / 2 };               /* the rest is for who sent and who approved */
#define PERCENT_MICROS_MAX 1000000000

/* Whatever is wrong with it, of a person no cell is told in clear: it may stand in the wrong one. */
static bool is_personal(const struct cells *c, enum slot slot)
{
    if (slot == SLOT_reference_name) return true;
    enum slot party = slot_party(slot);
    if (party == SLOT_NONE) return false;
    if (slot == slot_of_party(party, PARTY_PART_birth_year)) return true;
    return slice_equal_nocase(draft_text(c->draft, slot_of_party(party, PARTY_PART_kind)), SLICE("PERSON"));
}

struct issue *cells_blame(const struct cells *c, enum issue_code code, struct named n)
{
    struct arena *a = c->typing->arena;
    struct issue *i = issues_add(&c->out->issues, code);
    i->field = n.name;
    if (n.cell) i->value = issue_value(a, n.cell->text);
    if (n.cell && is_personal(c, n.slot)) i->value = masking_text(a, i->value);
    if (c->draft->locate) c->draft->locate(c->draft, n.cell, a, &i->where);
    else i->where = (struct where){ .offset = c->draft->offset, .row = c->draft->row };
    if (code == ISSUE_FIELD_ABSENT) issue_argument(i, SLICE("how"), missing_field_how(a, c->draft, n.name));
    return i;
}

struct issue *cells_blame_bound(const struct cells *c, enum issue_code code, struct named n, struct slice bound,
                                int64_t value)
{
    struct issue *i = cells_blame(c, code, n);
    issue_argument(i, bound, slice_of_int(c->typing->arena, value));
    return i;
}

/* Spreadsheets ruin ids that look like numbers. */
static bool is_ruined_id(const struct cells *c, struct named n)
{
    if (c->typing->dates.is_plain || n.cell->text.size < 5 || n.cell->text.bytes[0] < '0'
        || n.cell->text.bytes[0] > '9')
        return false;
    if (!number_is_exponent_form(n.cell->text)) return false;
    cells_blame(c, ISSUE_ID_IN_EXPONENT_FORM, n);
    return true;
}

struct slice cells_text(const struct cells *c, struct named n, size_t bytes_max)
{
    struct plain p = { 0 };
    if (n.cell->is_nested) { cells_blame(c, ISSUE_NOT_A_TEXT, n); return p.text; }
    if (is_ruined_id(c, n)) return p.text;
    enum plain_fault fault = plain_text(c->typing->arena, n.cell->text, &p);
    if (fault != PLAIN_FINE) {
        cells_blame(c, fault == PLAIN_CONTROL ? ISSUE_CONTROL_CHARACTER : ISSUE_TEXT_ENCODING, n);
        return (struct slice){ 0 };
    }
    if (p.removed) cells_blame(c, ISSUE_FORMAT_CHARACTERS, n);
    if (p.text.size <= bytes_max) return p.text;
    struct issue *i = cells_blame_bound(c, ISSUE_TEXT_TOO_LONG, n, SLICE("bytes"), (int64_t)p.text.size);
    issue_argument(i, SLICE("max"), slice_of_int(c->typing->arena, (int64_t)bytes_max));
    return (struct slice){ 0 };
}

struct slice cells_id(const struct cells *c, struct named n, size_t bytes_max)
{
    struct slice id = cells_text(c, n, bytes_max);
    if (plain_is_id(id)) return id;
    cells_blame(c, ISSUE_ID_CHARACTER, n);
    return (struct slice){ 0 };
}

struct slice cells_code(const struct cells *c, struct named n, size_t bytes_max)
{
    struct slice code = cells_text(c, n, bytes_max);
    if (plain_is_code(code)) return slice_upper(c->typing->arena, code);
    cells_blame(c, ISSUE_CODE_CHARACTER, n);
    return (struct slice){ 0 };
}

struct slice cells_country(const struct cells *c, struct named n)
{
    struct plain p = { 0 };
    bool is_text = !n.cell->is_nested && plain_text(c->typing->arena, n.cell->text, &p) == PLAIN_FINE;
    struct slice code = is_text ? country_of(c->typing->arena, p.text) : (struct slice){ 0 };
    if (code.size) return code;
    cells_blame(c, ISSUE_COUNTRY_INVALID, n);
    return (struct slice){ 0 };
}

static bool check_digit_holds(struct slice digits)
{
    unsigned sum = 0;
    for (size_t i = 0; i < digits.size; i++) {
        unsigned digit = (unsigned)(digits.bytes[digits.size - 1 - i] - '0');
        sum += i % 2 ? 3 * digit : digit;
    }
    return sum % 10 == 0;
}

/* 8, 12, 13 and 14 digits are bar codes; a spreadsheet that took one for a number dropped its zeros. */
static struct slice padded(const struct cells *c, struct named n, struct slice digits)
{
    size_t size = digits.size < 8 ? 8 : digits.size < 12 && digits.size > 8 ? 12 : digits.size;
    if (size == digits.size || c->typing->dates.is_plain || digits.size < 7 || !check_digit_holds(digits))
        return digits;
    struct text t = text_in(c->typing->arena, size);
    while (t.size < size - digits.size) text_put_byte(&t, '0');
    text_put(&t, digits);
    cells_blame(c, ISSUE_GTIN_PADDED, n);
    return text_slice(&t);
}

struct slice cells_gtin(const struct cells *c, struct named n)
{
    struct slice digits = cells_text(c, n, 14);
    if (slice_is_empty(digits)) return digits;
    bool is_number = true;
    for (size_t i = 0; i < digits.size; i++) is_number &= digits.bytes[i] >= '0' && digits.bytes[i] <= '9';
    if (is_number) digits = padded(c, n, digits);
    if (is_number && digits.size >= 8) return digits;
    cells_blame(c, ISSUE_GTIN_INVALID, n);
    return (struct slice){ 0 };
}

/* 13/3/2026 where the month stands first. */
static bool is_against_order(const struct date_dialect *d, struct slice text)
{
    enum date_evidence says = d->is_plain ? DATE_SILENT : date_evidence(text);
    return (d->order == DATE_STYLE_MDY && says == DATE_SAYS_DMY)
           || (d->order == DATE_STYLE_DMY && says == DATE_SAYS_MDY);
}

int32_t cells_date(const struct cells *c, struct named n)
{
    int32_t date = 0;
    const struct date_dialect *dialect = &c->typing->dates;
    if (!n.cell->is_nested && date_read(n.cell->text, dialect, &date)) return date;
    if (!n.cell->is_nested && is_against_order(dialect, n.cell->text)) {
        struct slice order = dialect->order == DATE_STYLE_MDY ? SLICE("mdy") : SLICE("dmy");
        issue_argument(cells_blame(c, ISSUE_DATE_AGAINST_ORDER, n), SLICE("order"), order);
        return 0;
    }
    cells_blame(c, n.cell->is_nested ? ISSUE_NOT_A_TEXT : ISSUE_NOT_A_DATE, n);
    return 0;
}

bool cells_flag(const struct cells *c, struct named n)
{
    static const struct slice yes[] = { SLICE_INIT("true"), SLICE_INIT("y"), SLICE_INIT("yes"),
                                        SLICE_INIT("x"),    SLICE_INIT("1"), SLICE_INIT("t") };
    static const struct slice no[] = { SLICE_INIT("false"), SLICE_INIT("n"), SLICE_INIT("no"), SLICE_INIT("0"),
                                       SLICE_INIT("f") };
    struct slice word = slice_trim(n.cell->text);
    for (unsigned i = 0; i < sizeof yes / sizeof *yes; i++)
        if (slice_equal_nocase(word, yes[i])) return true;
    for (unsigned i = 0; i < sizeof no / sizeof *no; i++)
        if (slice_equal_nocase(word, no[i])) return false;
    cells_blame(c, ISSUE_NOT_A_FLAG, n);
    return false;
}

uint64_t cells_whole(const struct cells *c, struct named n, uint64_t min, uint64_t max)
{
    uint64_t value = 0;
    struct slice digits = slice_trim(n.cell->text);
    size_t point = slice_find(digits, '.');
    bool is_whole = true;                           /* 3.00 is whole too */
    for (size_t i = point + 1; i < digits.size; i++) is_whole &= digits.bytes[i] == '0';
    if (is_whole && !n.cell->is_nested && slice_to_uint(slice_head(digits, point), max, &value) && value >= min)
        return value;
    struct issue *i = cells_blame_bound(c, ISSUE_NOT_A_WHOLE_NUMBER, n, SLICE("min"), (int64_t)min);
    issue_argument(i, SLICE("max"), slice_of_int(c->typing->arena, (int64_t)max));
    return 0;
}

static struct slice words_of(struct arena *a, enum vocabulary list)
{
    struct text t = text_in(a, 256);
    for (int number = 1; number < word_count(list); number++) {
        if (number > 1) PUT(&t, ", ");
        text_put(&t, word_text(list, number));
    }
    return text_slice(&t);
}

int cells_word(const struct cells *c, struct named n, enum vocabulary list)
{
    return cells_word_or_code(c, n, list, (struct slice){ 0 });
}

int cells_word_or_code(const struct cells *c, struct named n, enum vocabulary list, struct slice codes)
{
    int number = word_find(list, slice_upper(c->typing->arena, slice_trim(n.cell->text)));
    if (number > 0) return number;
    struct issue *i = cells_blame(c, ISSUE_WORD_UNKNOWN, n);
    bool is_x12 = codes.size > 0 && i->where.position > 0;
    issue_argument(i, SLICE("words"), is_x12 ? codes : words_of(c->typing->arena, list));
    return 0;
}

static unsigned scale_of(const struct cells *c, enum cells_sort sort)
{
    switch (sort) {
    case CELLS_QTY:     return MILLI_DIGITS;
    case CELLS_PRICE:   return MICRO_DIGITS;
    case CELLS_AMOUNT:  return c->exponent;
    case CELLS_PERCENT: return MICRO_DIGITS;
    }
    NEVER();
}

static int64_t bound_of(enum cells_sort sort)
{
    switch (sort) {
    case CELLS_QTY:     return QTY_MILLI_MAX;
    case CELLS_PRICE:   return PRICE_MICROS_MAX;
    case CELLS_AMOUNT:  return AMOUNT_MINOR_MAX;
    case CELLS_PERCENT: return PERCENT_MICROS_MAX;
    }
    NEVER();
}

static bool is_readable(const struct cells *c, struct named n, enum cells_sort sort, enum number_fault fault,
                        const struct number *number)
{
    if (n.cell->is_nested) { cells_blame(c, ISSUE_NOT_A_TEXT, n); return false; }
    if (fault == NUMBER_OTHER_STYLE) { cells_blame(c, ISSUE_NUMBER_STYLE, n); return false; }
    if (fault == NUMBER_HAS_LETTER) {
        struct issue *i = cells_blame(c, ISSUE_LETTER_IN_NUMBER, n);
        issue_argument(i, SLICE("letter"), slice_copy(c->typing->arena, slice_of(&number->letter, 1)));
        return false;
    }
    if (fault != NUMBER_FINE) { cells_blame(c, ISSUE_NOT_A_NUMBER, n); return false; }
    if (number->is_percent && sort != CELLS_PERCENT) { cells_blame(c, ISSUE_PERCENT_IN_NUMBER, n); return false; }
    bool is_money = number->currency.size > 0 || number->sign.size > 0;
    if (is_money && sort == CELLS_QTY) { cells_blame(c, ISSUE_MONEY_IN_QUANTITY, n); return false; }
    bool is_other_code = number->currency.size > 0 && !slice_equal_nocase(number->currency, c->currency),
         is_other_sign = number->sign.size > 0 && !number_sign_fits(number->sign, c->currency);
    if (c->currency.size == 0 || (!is_other_code && !is_other_sign)) return true;
    struct issue *i = cells_blame(c, ISSUE_CURRENCY_OF_CELL, n);
    i->value = is_other_code ? slice_upper(c->typing->arena, number->currency)
                             : slice_copy(c->typing->arena, number->sign);
    issue_argument(i, SLICE("currency"), c->currency);
    return false;
}

/* The text as sent goes with the line: nothing is lost by rounding. */
static void keep_text(const struct cells *c, struct named n, unsigned scale, int64_t value)
{
    struct typed *out = c->out;
    struct text kept = text_in(c->typing->arena, 32);
    decimal_put(&kept, value, scale);
    if (out->text_count < TEXTS_KEPT_MAX)
        out->texts[out->text_count++] =
            (struct pair){ n.name, plain_text_leniently(c->typing->arena, slice_head(n.cell->text, 64)) };
    struct issue *i = cells_blame_bound(c, ISSUE_DIGITS_ROUNDED, n, SLICE("scale"), scale);
    issue_argument(i, SLICE("kept"), text_slice(&kept));
}

/* 1e3, 2.5E-05: what JSON may write and decimal text may not (domain.md 2.5). */
static bool has_exponent(struct slice text)
{
    size_t e = slice_find(text, 'e'), digits;
    if (e == text.size) e = slice_find(text, 'E');
    struct slice power = slice_skip(text, e < text.size ? e + 1 : e);
    if (power.size > 1 && (power.bytes[0] == '-' || power.bytes[0] == '+')) power = slice_skip(power, 1);
    for (digits = 0; digits < power.size && power.bytes[digits] >= '0' && power.bytes[digits] <= '9'; digits++) {}
    return power.size > 0 && digits == power.size && e > 0 && e < text.size;
}

bool cells_number(const struct cells *c, struct named n, enum cells_sort sort, int64_t *value)
{
    char buffer[NUMBER_TEXT_MAX];
    struct number number;
    enum number_fault fault = number_read(n.cell->text, c->typing->decimals, buffer, &number);
    if (!is_readable(c, n, sort, fault, &number)) return false;
    unsigned scale = scale_of(c, sort);
    bool may_round = sort != CELLS_QTY && c->typing->profile->excess_digits == EXCESS_DIGITS_ROUND, rounded = false;
    int64_t typed = 0;
    enum err e = decimal_parse(number.decimal, scale, may_round ? DECIMAL_EXCESS_ROUND : DECIMAL_EXCESS_REFUSE, &typed,
                               &rounded);
    if (e == ERR_DECIMAL_TOO_FINE) {
        cells_blame_bound(c, ISSUE_DIGITS_TOO_MANY, n, SLICE("scale"), scale);
        return false;
    }
    if (e == ERR_DECIMAL_MALFORMED) {
        cells_blame(c, has_exponent(n.cell->text) ? ISSUE_NUMBER_EXPONENT : ISSUE_NOT_A_NUMBER, n);
        return false;
    }
    if (e != OK || typed > bound_of(sort) || typed < -bound_of(sort)) {
        cells_blame(c, ISSUE_NUMBER_BEYOND, n);
        return false;
    }
    if (rounded) keep_text(c, n, scale, typed);
    *value = typed;
    return true;
}

void cells_blame_list(const struct cells *c, struct named n, unsigned count, unsigned max)
{
    struct issue *i = cells_blame_bound(c, ISSUE_LIST_TOO_LONG, n, SLICE("count"), count);
    issue_argument(i, SLICE("max"), slice_of_int(c->typing->arena, max));
}

struct texts cells_texts(const struct cells *c, const struct draft_list *list, struct slice name, unsigned bound,
                         size_t bytes_max)
{
    struct texts texts = { 0 };
    if (list->count == 0) return texts;
    if (list->count > bound) {
        cells_blame_list(c, (struct named){ .name = name, .cell = &list->items[0] }, list->count, bound);
        return texts;
    }
    struct slice *items = ARENA_ARRAY(c->typing->arena, list->count, struct slice);
    for (unsigned k = 0; k < list->count; k++) {
        struct slice text = cells_text(c, (struct named){ .name = name, .cell = &list->items[k] }, bytes_max);
        if (text.size > 0) items[texts.count++] = text;
    }
    texts.items = items;
    return texts;
}
