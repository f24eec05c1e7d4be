/* compliance/serial_form.c: how serials are written, and when they are some at all. Pure. */
#include "compliance/serial_form.h"

#include "domain/name/fold.h"

struct slice serial_normalise(struct arena *a, struct slice serial)
{
    struct slice s = fold_letters(a, serial);
    if (slice_starts_with(s, SLICE("SERIAL"))) return slice_skip(s, 6);
    return slice_starts_with(s, SLICE("SN")) ? slice_skip(s, 2) : s;
}

static void sift_down(struct slice *items, unsigned at, unsigned count)
{
    for (unsigned child; (child = 2 * at + 1) < count; at = child) {
        if (child + 1 < count && slice_compare(items[child], items[child + 1]) < 0) child++;
        if (slice_compare(items[at], items[child]) >= 0) return;
        struct slice moving = items[at];
        items[at] = items[child];
        items[child] = moving;
    }
}

/* Heapsort: a list of a thousand equal or ordered serials costs no more than any other. */
void serials_sort(struct slice *items, unsigned count)
{
    for (unsigned i = count / 2; i-- > 0;) sift_down(items, i, count);
    for (unsigned end = count; end-- > 1;) {
        struct slice moving = items[0];
        items[0] = items[end];
        items[end] = moving;
        sift_down(items, 0, end);
    }
}

struct texts serials_sorted(struct arena *a, const struct texts *serials)
{
    if (!serials->count) return (struct texts){ 0 };
    struct slice *items = ARENA_ARRAY(a, serials->count, struct slice);
    for (unsigned i = 0; i < serials->count; i++) items[i] = serial_normalise(a, serials->items[i]);
    serials_sort(items, serials->count);
    return (struct texts){ items, serials->count };
}

/* --- form --- */

static bool is_one_repeated(struct slice s)
{
    for (size_t i = 1; i < s.size; i++)
        if (s.bytes[i] != s.bytes[0]) return false;
    return true;
}

static bool is_placeholder(const struct policy *policy, struct slice s)
{
    struct slice rest = policy->serial_placeholders;
    while (rest.size) {
        struct slice word = slice_cut(&rest, ' ');
        if (word.size && slice_equal(word, s)) return true;
    }
    return false;
}

/* A letter, N digit, X either; any other sign stands for itself. */
static bool fits_mask(struct slice mask, struct slice s)
{
    if (mask.size != s.size) return false;
    for (size_t i = 0; i < s.size; i++) {
        bool digit = s.bytes[i] >= '0' && s.bytes[i] <= '9';
        char m = mask.bytes[i];
        if (m == 'A' ? digit : m == 'N' ? !digit : m != 'X' && m != s.bytes[i]) return false;
    }
    return true;
}

/* The last digit makes the sum of all digits, every second from the right doubled, a multiple of ten. Letters fail. */
static bool passes_luhn(struct slice s)
{
    unsigned sum = 0;
    for (size_t i = 0; i < s.size; i++) {
        char c = s.bytes[s.size - 1 - i];
        if (c < '0' || c > '9') return false;
        unsigned digit = (unsigned)(c - '0') << (i & 1);
        sum += digit > 9 ? digit - 9 : digit;
    }
    return sum % 10 == 0;
}

bool serial_is_valid(const struct policy *policy, const struct product *product, struct slice serial)
{
    if (serial.size < SERIAL_CHARACTERS_MIN || serial.size > SERIAL_CHARACTERS_MAX) return false;
    if (is_one_repeated(serial) || is_placeholder(policy, serial)) return false;
    if (!product) return true;
    if (product->serial_mask.size && !fits_mask(product->serial_mask, serial)) return false;
    return !slice_equal(product->serial_check, SLICE("LUHN")) || passes_luhn(serial);
}

struct slice serials_unit_of(struct arena *a, struct slice serial, struct slice sku)
{
    return sku.size ? SLICE_JOIN(a, serial, SLICE("/"), sku) : serial;
}

struct slice serials_slot_key(struct arena *a, struct slice program_id, struct slice unit)
{
    return SLICE_JOIN(a, program_id, SLICE(":"), unit);
}
