/* compliance/near_number.c: what of an invoice number stays the same when somebody writes it another way. Pure. */
#include "compliance/near_number.h"

enum { CORE_DIGITS_MIN = 3 };

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

bool near_has_digit(struct slice s)
{
    for (size_t i = 0; i < s.size; i++)
        if (is_digit(s.bytes[i])) return true;
    return false;
}

static struct slice without_word(struct slice key)
{
    static const struct slice words[] = { SLICE_INIT("INVOICE"), SLICE_INIT("INV"), SLICE_INIT("NO"), SLICE_INIT("NR"),
                                          SLICE_INIT("RE") };
    bool may_be = key.size && (key.bytes[0] == 'I' || key.bytes[0] == 'N' || key.bytes[0] == 'R');
    for (unsigned i = 0; may_be && i < sizeof words / sizeof words[0]; i++)
        if (slice_starts_with(key, words[i])) return slice_skip(key, words[i].size);
    return key;
}

struct slice near_without_words(struct slice key)
{
    for (struct slice rest = without_word(key); rest.size < key.size; rest = without_word(key)) key = rest;
    return key;
}

struct slice near_strip(struct arena *a, struct slice invoice_key)
{
    struct slice key = near_without_words(invoice_key);
    struct text t = text_in(a, key.size);
    bool leads = true;                              /* nothing of a run of digits has been kept */
    for (size_t i = 0; i < key.size; i++) {
        char c = key.bytes[i];
        if (leads && c == '0' && i + 1 < key.size && is_digit(key.bytes[i + 1])) continue;
        text_put_byte(&t, c);
        leads = !is_digit(c);
    }
    struct slice stripped = text_slice(&t);
    return near_has_digit(stripped) && stripped.size >= 3 ? stripped : (struct slice){ 0 };
}

static char confusable_of(char c)
{
    return c == 'O' ? '0' : c == 'I' || c == 'L' ? '1' : c == 'S' ? '5' : c == 'B' ? '8' : c;
}

/* Letters before a zero in a run of what reads as digits are a word (SI-OO29357) where they are two or more, and may be
 * a digit where there is one: IO2345. */
struct slice near_confusable(struct arena *a, struct slice stripped)
{
    struct text t = text_in(a, stripped.size);
    unsigned letters = 0;
    bool has_digit = false;                         /* both of the run at hand */
    for (size_t i = 0; i < stripped.size; i++) {
        char c = stripped.bytes[i], read = confusable_of(c);
        char next = i + 1 < stripped.size ? confusable_of(stripped.bytes[i + 1]) : ' ';
        if (read == '0' && is_digit(next) && !has_digit && letters != 1) continue;
        text_put_byte(&t, read);
        has_digit = is_digit(c) || (has_digit && is_digit(read));
        letters = is_digit(read) ? letters + (read != '0' && !is_digit(c)) : 0;
    }
    return text_slice(&t);
}

bool near_is_one_slip(struct slice a, struct slice b)
{
    if (a.size > b.size) return near_is_one_slip(b, a);
    size_t head = 0;
    while (head < a.size && a.bytes[head] == b.bytes[head]) head++;
    if (b.size == a.size + 1) return memcmp(a.bytes + head, b.bytes + head + 1, a.size - head) == 0;
    if (b.size != a.size || head + 1 >= a.size) return false;
    return a.bytes[head] == b.bytes[head + 1] && a.bytes[head + 1] == b.bytes[head]
        && memcmp(a.bytes + head + 2, b.bytes + head + 2, a.size - head - 2) == 0;
}

/* The digits that begin at `at`, less leading zeros. */
static struct slice digits_at(struct slice text, size_t at)
{
    size_t end = at;
    while (end < text.size && is_digit(text.bytes[end])) end++;
    while (at + 1 < end && text.bytes[at] == '0') at++;
    return slice_of(text.bytes + at, end - at);
}

static bool is_year(struct slice digits)
{
    return digits.size == 4 && (slice_starts_with(digits, SLICE("19")) || slice_starts_with(digits, SLICE("20")));
}

struct slice near_core(struct slice invoice_no)
{
    struct slice core = { 0 }, year = { 0 };
    unsigned runs = 0;
    for (size_t i = 0; i < invoice_no.size; i++) {
        if (!is_digit(invoice_no.bytes[i]) || (i && is_digit(invoice_no.bytes[i - 1]))) continue;
        struct slice digits = digits_at(invoice_no, i);
        runs++;
        if (is_year(digits)) year = digits;
        else if (digits.size > core.size) core = digits;
    }
    if (runs == 1 && year.size) core = year;
    return core.size >= CORE_DIGITS_MIN ? core : (struct slice){ 0 };
}

/* Of a number that another contains at `at`: something else begins there, or its core ends there. */
static bool is_cut(struct slice whole, size_t at, bool is_edge_of_core)
{
    return at == 0 || at == whole.size || is_edge_of_core || !is_digit(whole.bytes[at - 1])
           || !is_digit(whole.bytes[at]);
}

bool near_is_affixed(struct slice a, struct slice b, struct slice core)
{
    if (a.size > b.size) return near_is_affixed(b, a, core);
    if (a.size == b.size || a.size < core.size) return false;
    bool begins = slice_starts_with(a, core);
    bool ends = memcmp(a.bytes + a.size - core.size, core.bytes, core.size) == 0;
    for (size_t at = 0; at + a.size <= b.size; at++)
        if (memcmp(b.bytes + at, a.bytes, a.size) == 0 && is_cut(b, at, begins) && is_cut(b, at + a.size, ends))
            return true;
    return false;
}
