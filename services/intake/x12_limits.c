/* intake/x12_limits.c: the table of elements and the check of a segment against it. */
#include "intake/x12_limits.h"

#include "base/assert.h"
#include "domain/calendar.h"

enum { SLOTS = 256, NUMBERED = 32, CENTURY_PIVOT = 70 };

enum element_type { TYPE_AN, TYPE_FREE, TYPE_ID, TYPE_DT, TYPE_TM, TYPE_N, TYPE_R, TYPE_C };
enum need { NEED_O, NEED_M };
enum condition_type { CONDITION_PAIR, CONDITION_NEEDS, CONDITION_EITHER, CONDITION_ONE };

struct segment_row { struct slice id; unsigned elements; };
struct element_row {
    struct slice segment;
    uint8_t      element, type, needed;
    uint16_t     reference, min, max[X12_VERSIONS];
};
struct condition_row { struct slice segment; enum condition_type type; uint8_t a, b, c; };

#define SEGMENT(id, elements)
#define ELEMENT(segment, element, reference, type, needed, min, v2, v3, v4, v5)
#define PAIR(segment, a, b)
#define NEEDS(segment, a, b)
#define EITHER(segment, a, b, c)
#define ONE(segment, a, b)

static const struct segment_row segment_rows[] = {
#undef SEGMENT
#define SEGMENT(id, elements) { SLICE_INIT(#id), elements },
#include "intake/x12_limits.def"
#undef SEGMENT
#define SEGMENT(id, elements)
};

static const struct element_row element_rows[] = {
#undef ELEMENT
#define ELEMENT(segment, element, reference, type, needed, min, v2, v3, v4, v5) \
    { SLICE_INIT(#segment), element, TYPE_##type, NEED_##needed, reference, min, { v2, v3, v4, v5 } },
#include "intake/x12_limits.def"
#undef ELEMENT
#define ELEMENT(segment, element, reference, type, needed, min, v2, v3, v4, v5)
};

#undef PAIR
#undef NEEDS
#undef EITHER
#undef ONE
#define PAIR(segment, a, b)      { SLICE_INIT(#segment), CONDITION_PAIR, a, b, 0 },
#define NEEDS(segment, a, b)     { SLICE_INIT(#segment), CONDITION_NEEDS, a, b, 0 },
#define EITHER(segment, a, b, c) { SLICE_INIT(#segment), CONDITION_EITHER, a, b, c },
#define ONE(segment, a, b)       { SLICE_INIT(#segment), CONDITION_ONE, a, b, 0 },
static const struct condition_row condition_rows[] = {
#include "intake/x12_limits.def"
};

enum { SEGMENTS = sizeof segment_rows / sizeof *segment_rows, ELEMENTS = sizeof element_rows / sizeof *element_rows,
       CONDITIONS = sizeof condition_rows / sizeof *condition_rows };
_Static_assert(SEGMENTS * 2 < SLOTS, "the table stays sparse");

struct segment_limits {
    uint32_t                    key;
    unsigned                    elements;
    const struct element_row   *rows[NUMBERED];
    uint32_t                    allowed[NUMBERED];  /* by the profile; 0 none */
    const struct condition_row *conditions;
    unsigned                    condition_count;
    uint64_t                    needed;             /* bits of elements */
};

struct x12_limits { struct segment_limits segments[SEGMENTS]; uint8_t slots[SLOTS]; };

static unsigned slot_of(uint32_t key)
{
    return (key * 0x9E3779B1u) >> 24;
}

static struct segment_limits *find(const struct x12_limits *l, uint32_t key)
{
    for (unsigned slot = slot_of(key); l->slots[slot]; slot = (slot + 1) % SLOTS)
        if (l->segments[l->slots[slot] - 1].key == key)
            return (struct segment_limits *)&l->segments[l->slots[slot] - 1];
    return NULL;
}

static void add_segment(struct x12_limits *l, unsigned at)
{
    uint32_t key = x12_key(segment_rows[at].id);
    unsigned slot = slot_of(key);
    ASSERT(key != 0 && !find(l, key));
    while (l->slots[slot]) slot = (slot + 1) % SLOTS;
    l->slots[slot] = (uint8_t)(at + 1);
    l->segments[at] = (struct segment_limits){ .key = key, .elements = segment_rows[at].elements };
}

static void add_element(struct x12_limits *l, const struct element_row *row)
{
    struct segment_limits *s = find(l, x12_key(row->segment));
    ASSERT(s && row->element < NUMBERED && row->element <= s->elements);
    s->rows[row->element] = row;
    if (row->needed == NEED_M) s->needed |= 1ull << row->element;
}

/* The conditions of a segment stand together in the list. */
static void add_condition(struct x12_limits *l, const struct condition_row *row)
{
    struct segment_limits *s = find(l, x12_key(row->segment));
    ASSERT(s);
    if (s->condition_count == 0) s->conditions = row;
    ASSERT(s->conditions + s->condition_count == row);
    s->condition_count++;
}

struct x12_limits *x12_limits_new(struct arena *a, const struct mapping_profile *profile)
{
    struct x12_limits *l = ARENA_NEW(a, struct x12_limits);
    for (unsigned i = 0; i < SEGMENTS; i++) add_segment(l, i);
    for (unsigned i = 0; i < ELEMENTS; i++) add_element(l, &element_rows[i]);
    for (unsigned i = 0; i < CONDITIONS; i++) add_condition(l, &condition_rows[i]);
    for (unsigned i = 0; i < profile->x12.length_limit_count; i++) {
        const struct x12_length_limit *limit = &profile->x12.length_limits[i];
        struct segment_limits *s = find(l, x12_key(limit->segment));
        if (s && limit->element < NUMBERED && s->allowed[limit->element] == 0) s->allowed[limit->element] = limit->max;
    }
    return l;
}

bool x12_limits_know(const struct x12_limits *l, uint32_t key)
{
    return find(l, key) != NULL;
}

unsigned x12_limits_reference(const struct x12_limits *l, uint32_t key, unsigned element)
{
    const struct segment_limits *s = find(l, key);
    return s && element < NUMBERED && s->rows[element] ? s->rows[element]->reference : 0;
}

enum x12_version x12_version_of(struct slice gs08)
{
    uint64_t version = 0;
    (void)slice_to_uint(slice_head(gs08, 6), 999999, &version);
    if (version >= 5010) return X12_005010;
    if (version >= 4010) return X12_004010;
    return version >= 3040 ? X12_003040 : X12_002040;
}

/* Values */

static bool is_digit(char c) { return c >= '0' && c <= '9'; }

int32_t x12_date(struct slice text)
{
    uint64_t value;
    if ((text.size != 6 && text.size != 8) || !slice_to_uint(text, 99999999, &value)) return 0;
    if (text.size == 6) value += value / 10000 >= CENTURY_PIVOT ? 19000000 : 20000000;
    return date_is_valid((int32_t)value) ? (int32_t)value : 0;
}

static bool is_time(struct slice text)
{
    uint64_t value;
    if (text.size < 4 || text.size > 8 || !slice_to_uint(text, 99999999, &value)) return false;
    for (size_t i = text.size; i > 4; i--) value /= 10;
    return value / 100 < 24 && value % 100 < 60;
}

bool x12_is_decimal(struct slice text)
{
    size_t digits = 0, points = 0;
    for (size_t i = text.size > 0 && text.bytes[0] == '-'; i < text.size; i++) {
        if (is_digit(text.bytes[i])) digits++;
        else if (text.bytes[i] != '.' || points++ > 0) return false;
    }
    return digits > 0;
}

static bool is_whole(struct slice text)
{
    for (size_t i = text.size > 1 && text.bytes[0] == '-'; i < text.size; i++)
        if (!is_digit(text.bytes[i])) return false;
    return true;
}

static bool is_code(struct slice text)
{
    for (size_t i = 0; i < text.size; i++)
        if (!is_digit(text.bytes[i]) && !(text.bytes[i] >= 'A' && text.bytes[i] <= 'Z')) return false;
    return true;
}

/* A composite is a code with figures after it: units that we do not know are judged line by line, case is not. */
static bool has_small_letter(struct slice text)
{
    for (size_t i = 0; i < text.size; i++)
        if (text.bytes[i] >= 'a' && text.bytes[i] <= 'z') return true;
    return false;
}

bool x12_is_basic(struct slice text)
{
    for (size_t i = 0; i < text.size; i++)
        if ((uint8_t)text.bytes[i] < 0x20 || (uint8_t)text.bytes[i] > 0x7e) return false;
    return true;
}

/* The check */

struct check {
    const struct segment_limits *limits;
    enum x12_version             version;
    const struct x12_delimiters *delimiters;
    const struct x12_segment    *segment;
    void                       (*fault)(void *context, const struct x12_fault *f);
    void                        *context;
    bool                         has_parts;         /* somewhere in the segment stands a separator of parts */
    uint64_t                     present;           /* bits of elements that are not empty */
};

static void report(const struct check *c, enum issue_code code, unsigned element)
{
    struct x12_fault f = { .code = code, .element = element };
    c->fault(c->context, &f);
}

static void report_length(const struct check *c, enum issue_code code, unsigned element, size_t length, size_t min,
                          size_t max)
{
    struct x12_fault f = { .code = code, .element = element, .length = length, .min = min, .max = max };
    c->fault(c->context, &f);
}

/* Signs, points and exponents do not count in the length of a number. */
static size_t length_of(const struct check *c, enum element_type type, struct slice text)
{
    size_t length = text.size;
    if (type != TYPE_R && type != TYPE_N) {
        if (!(c->segment->flags & X12_HAS_HIGH)) return length;
        size_t continued = 0;
        for (size_t i = 0; i < text.size; i++) continued += ((uint8_t)text.bytes[i] & 0xc0) == 0x80;
        return length - continued;
    }
    for (size_t i = 0; i < text.size; i++) length -= text.bytes[i] == '-' || text.bytes[i] == '.';
    return length;
}

static void check_length(const struct check *c, const struct element_row *row, unsigned element, struct slice text)
{
    size_t length = length_of(c, row->type, text), max = row->max[c->version];
    uint32_t allowed = c->limits->allowed[element];
    if (row->type == TYPE_DT) return;               /* its value says so */
    if (max > 0 && length > max)
        report_length(c, length <= allowed ? ISSUE_ELEMENT_LENGTH_ALLOWED : ISSUE_ELEMENT_TOO_LONG, element, length, 0,
                      max);
    else if (length < row->min && row->type != TYPE_TM && row->type != TYPE_R)
        report_length(c, ISSUE_ELEMENT_TOO_SHORT, element, length, row->min, 0);
}

static void check_value(const struct check *c, const struct element_row *row, unsigned element, struct slice text)
{
    switch ((enum element_type)row->type) {
    case TYPE_AN: case TYPE_FREE: return;
    case TYPE_C:  if (has_small_letter(text)) report(c, ISSUE_ELEMENT_CODE, element); return;
    case TYPE_ID: if (!is_code(text)) report(c, ISSUE_ELEMENT_CODE, element); return;
    case TYPE_DT:
        if (x12_date(text) == 0 || text.size != row->max[c->version]) report(c, ISSUE_ELEMENT_DATE, element);
        return;
    case TYPE_TM: if (!is_time(text)) report(c, ISSUE_ELEMENT_TIME, element); return;
    case TYPE_N:  if (!is_whole(text)) report(c, ISSUE_ELEMENT_NUMBER, element); return;
    case TYPE_R:  if (!x12_is_decimal(text)) report(c, ISSUE_ELEMENT_NUMBER, element); return;
    }
    NEVER();
}

/* Bytes that the segment was seen to hold: which element has them? False: the value need not be looked at. */
static bool check_bytes(const struct check *c, unsigned element, struct slice text, bool is_free)
{
    bool has_break = false, has_control = false, has_high = false;
    for (size_t i = 0; i < text.size; i++) {
        uint8_t b = (uint8_t)text.bytes[i];
        bool is_delimiter = b != 0
                            && (text.bytes[i] == c->delimiters->component
                                || text.bytes[i] == c->delimiters->repetition); /* 0: there is none */
        if (b >= 0x80) has_high = true;
        else if (b == '\n' || b == '\r') has_break |= !is_delimiter;
        else if (b < 0x20 || b == 0x7f) has_control |= !is_delimiter;
    }
    if (has_break) report(c, ISSUE_LINE_BREAK_IN_SEGMENT, element);
    if (has_control) report(c, ISSUE_ELEMENT_CHARACTER, element);
    if (has_high) report(c, is_free ? ISSUE_ELEMENT_NOT_BASIC : ISSUE_ELEMENT_CHARACTER, element);
    return !has_break && !has_control && (is_free || !has_high);
}

static void check_parts(const struct check *c, unsigned element, struct slice text)
{
    const struct x12_delimiters *d = c->delimiters;
    if (d->repetition && memchr(text.bytes, d->repetition, text.size)) {
        unsigned count = x12_split(text, d->repetition, NULL, 0);
        if (count > X12_REPETITIONS_MAX)
            report_length(c, ISSUE_REPETITIONS_TOO_MANY, element, count, 0, X12_REPETITIONS_MAX);
    }
    if (!memchr(text.bytes, d->component, text.size)) return;
    unsigned count = x12_split(text, d->component, NULL, 0);
    if (count > X12_COMPONENTS_MAX) report_length(c, ISSUE_COMPONENTS_TOO_MANY, element, count, 0, X12_COMPONENTS_MAX);
}

static bool has_parts(const struct x12_delimiters *d, struct slice text)
{
    return slice_find(text, d->component) < text.size
           || (d->repetition && slice_find(text, d->repetition) < text.size);
}

static bool has(const struct check *c, unsigned element)
{
    return c->present >> element & 1;
}

static void check_element(const struct check *c, unsigned element)
{
    struct slice text = c->segment->elements[element];
    const struct element_row *row = element < NUMBERED ? c->limits->rows[element] : NULL;
    unsigned odd = X12_HAS_BREAK | X12_HAS_CONTROL | X12_HAS_HIGH;
    if (text.size > X12_ELEMENT_BYTES_MAX) {
        report_length(c, ISSUE_ELEMENT_TOO_LONG, element, text.size, 0,
                      row ? row->max[c->version] : X12_ELEMENT_BYTES_MAX);
        return;
    }
    if ((c->segment->flags & odd) && !check_bytes(c, element, text, row && row->type == TYPE_FREE)) return;
    if (c->has_parts && text.size > 2) check_parts(c, element, text);
    if (!row) return;
    check_length(c, row, element, text);
    check_value(c, row, element, text);
}

static void check_condition(const struct check *c, const struct condition_row *row)
{
    bool a = has(c, row->a), b = has(c, row->b);
    struct x12_fault f = { .code = ISSUE_ELEMENT_CONDITION, .element = row->b, .other = row->a },
                     neither = { .code = ISSUE_ELEMENT_EITHER, .element = row->a, .other = row->b };
    if (row->segment.bytes[0] == 'D' && row->b >= 5 && c->version < X12_004010) return; /* DTM05 is a century there */
    switch (row->type) {
    case CONDITION_PAIR:
        if (a == b) return;
        if (b) f = (struct x12_fault){ .code = ISSUE_ELEMENT_CONDITION, .element = row->a, .other = row->b };
        break;
    case CONDITION_NEEDS:  if (!a || b) return; break;
    case CONDITION_EITHER: if (a || b || has(c, row->c)) return; f = neither; break;
    case CONDITION_ONE:
        if (a != b) return;
        if (a) f.code = ISSUE_ELEMENT_EXCLUSION;
        else f = neither;
        break;
    }
    c->fault(c->context, &f);
}

void x12_limits_check(const struct x12_limits *l, enum x12_version version, const struct x12_delimiters *delimiters,
                      const struct x12_segment *s, void (*fault)(void *context, const struct x12_fault *f),
                      void *context)
{
    struct check c = { find(l, s->key), version, delimiters, s, fault, context, has_parts(delimiters, s->text), 0 };
    if (s->flags & X12_IS_LONG)
        report_length(&c, ISSUE_SEGMENT_TOO_LONG, 0, s->end - s->offset, 0, X12_SEGMENT_BYTES_MAX);
    if (!c.limits) return;
    if ((s->flags & X12_IS_WIDE) || s->count > c.limits->elements)
        report_length(&c, ISSUE_ELEMENTS_TOO_MANY, c.limits->elements + 1, 0, 0, c.limits->elements);
    for (unsigned i = 1; i <= s->count; i++) {
        if (s->elements[i].size == 0) continue;
        if (i < NUMBERED) c.present |= 1ull << i;
        check_element(&c, i);
    }
    for (uint64_t missing = c.limits->needed & ~c.present; missing; missing &= missing - 1)
        report(&c, ISSUE_ELEMENT_MISSING, (unsigned)__builtin_ctzll(missing));
    for (unsigned i = 0; i < c.limits->condition_count; i++) check_condition(&c, &c.limits->conditions[i]);
}
