/* domain/actor.c: ids compared letter by letter under Unicode case folding. */
#include "domain/actor.h"

#include "base/assert.h"
#include "base/utf8.h"
#include "domain/case_table.h"

/* An id as its folded letters, taken off one by one. */
struct letters {
    struct slice           rest;
    const struct case_row *row;                     /* of the code point at hand, from `at`; NULL: none */
    unsigned               at;
    uint32_t               held;                    /* the letter after a blank; 0: none */
    bool                   has_begun;
};

static const struct case_row *find_row(uint32_t point)
{
    size_t low = 0, high = sizeof case_rows / sizeof case_rows[0];
    while (low < high) {
        ASSERT(high <= sizeof case_rows / sizeof case_rows[0]);
        size_t middle = low + (high - low) / 2;
        if (case_rows[middle].point == point) return &case_rows[middle];
        if (case_rows[middle].point < point) low = middle + 1;
        else high = middle;
    }
    return NULL;
}

/* 0: none is left. A NUL among the bytes is no end. */
static uint32_t next_point(struct letters *l)
{
    if (l->row && l->at < CASE_LETTERS_MAX && l->row->letters[l->at]) return l->row->letters[l->at++];
    if (!l->rest.size) return 0;
    uint32_t point = utf8_next(&l->rest);
    l->row = find_row(point);
    l->at = 0;
    if (l->row) return l->row->letters[l->at++];
    return point ? point : UTF8_REPLACEMENT;
}

static uint32_t next_letter(struct letters *l)
{
    uint32_t point = l->held;
    bool has_blank = false;
    l->held = 0;
    if (point) return point;
    while ((point = next_point(l)) == ' ') has_blank = true;
    if (!point || !has_blank || !l->has_begun) {
        l->has_begun = true;
        return point;
    }
    l->held = point;
    return ' ';
}

bool actor_is_same(struct slice a, struct slice b)
{
    if (slice_equal(a, b)) return true;
    struct letters left = { .rest = a }, right = { .rest = b };
    for (;;) {
        uint32_t one = next_letter(&left), other = next_letter(&right);
        if (one != other) return false;
        if (!one) return true;
    }
}

static bool is_letter_or_digit(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

bool actor_is_named(struct slice id)
{
    bool names = false;
    for (size_t i = 0; i < id.size; i++) {
        if (id.bytes[i] < ' ' || id.bytes[i] > '~') return false;
        names |= is_letter_or_digit(id.bytes[i]);
    }
    return names;
}
