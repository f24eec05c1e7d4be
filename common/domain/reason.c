/* domain/reason.c: names, outcomes and sentences of the reasons. */
#include "domain/reason.h"

#include "base/assert.h"
#include "base/sentence.h"

struct reason_row {
    enum reason_code code;
    enum outcome     outcome;
    struct slice     name, stages, x12_901, sentence;
};

static const struct reason_row rows[] = {
#define REASON(number, name, outcome, stages, x12_901, sentence) \
    { number, OUTCOME_##outcome, SLICE_INIT(#name), SLICE_INIT(stages), SLICE_INIT(x12_901), \
    { sentence, sizeof(sentence) - 1 } },
#include "domain/reason.def"
#undef REASON
};
enum { ROW_COUNT = sizeof rows / sizeof rows[0], REASON_NUMBERS = 1000 };

/* By number, 0: none. Each reason is looked up several times a line. */
enum place {
    NOWHERE,
#define REASON(number, name, outcome, stages, x12_901, sentence) PLACE_##name,
#include "domain/reason.def"
#undef REASON
};

static const uint8_t places[REASON_NUMBERS] = {
#define REASON(number, name, outcome, stages, x12_901, sentence) [number] = PLACE_##name,
#include "domain/reason.def"
#undef REASON
};
_Static_assert(ROW_COUNT <= UINT8_MAX, "a place is a byte");

static const struct reason_row *find(unsigned number)
{
    return number < REASON_NUMBERS && places[number] ? &rows[places[number] - 1] : NULL;
}

static const struct reason_row *row_of(enum reason_code code)
{
    const struct reason_row *row = find(code);
    ASSERT(row);
    return row;
}

struct slice reason_name(enum reason_code code)
{
    return row_of(code)->name;
}

enum reason_code reason_find(struct slice name)
{
    for (unsigned i = 0; i < ROW_COUNT; i++)
        if (slice_equal(rows[i].name, name)) return rows[i].code;
    return REASON_NONE;
}

bool reason_is_known(unsigned number)
{
    return find(number) != NULL;
}

enum outcome reason_outcome(enum reason_code code)
{
    return row_of(code)->outcome;
}

struct slice reason_x12_901(enum reason_code code)
{
    return row_of(code)->x12_901;
}

bool reason_is_given_by(enum reason_code code, char stage_letter)
{
    struct slice stages = row_of(code)->stages;
    return slice_find(stages, stage_letter) < stages.size || slice_find(stages, '*') < stages.size;
}

void reason_argument(struct reason *r, struct slice name, struct slice value)
{
    ASSERT(r->argument_count < REASON_ARGUMENTS_MAX);
    r->arguments[r->argument_count++] = (struct pair){ name, value };
}

struct slice reason_argument_of(const struct reason *r, struct slice name)
{
    for (unsigned i = 0; i < r->argument_count; i++)
        if (slice_equal(r->arguments[i].name, name)) return r->arguments[i].value;
    return (struct slice){ 0 };
}

static struct slice argument_of(const void *reason, struct slice name)
{
    return reason_argument_of(reason, name);
}

/* The part that reads as a whole: up to the blank after a full stop. */
static struct slice cut_sentence(struct slice *rest)
{
    size_t end = 0;
    while (end < rest->size && !(end > 0 && rest->bytes[end - 1] == '.' && rest->bytes[end] == ' ')) end++;
    struct slice sentence = slice_head(*rest, end);
    *rest = slice_skip(*rest, end);
    return sentence;
}

/* Of several sentences those stand whose arguments are known: a date that nobody knows is not promised. Where none is,
 * the first stands with words for what it lacks. */
void reason_put_sentence(struct text *t, const struct reason *r)
{
    size_t first = t->size;
    struct slice all = row_of(r->code)->sentence, rest = all;
    while (rest.size) {
        size_t before = t->size;
        struct slice sentence = cut_sentence(&rest);
        if (!sentence_fill(t, before > first ? sentence : slice_trim(sentence), argument_of, r)) t->size = before;
    }
    if (t->size == first) sentence_fill(t, cut_sentence(&all), argument_of, r);
}

struct slice reason_names(struct arena *a, const struct reason *reasons, unsigned count)
{
    struct slice *names = ARENA_ARRAY(a, count, struct slice);
    for (unsigned i = 0; i < count; i++) names[i] = reason_name(reasons[i].code);
    return slice_list(a, names, count, SLICE(" "));
}

void reason_put_template(struct text *t, enum reason_code code)
{
    text_put(t, row_of(code)->sentence);
}

static int strength(enum outcome outcome)
{
    static const int strengths[OUTCOME_COUNT] = {
        [OUTCOME_PASS] = 1, [OUTCOME_SHORT] = 2,  [OUTCOME_PARK] = 3,
        [OUTCOME_HOLD] = 4, [OUTCOME_REJECT] = 5, [OUTCOME_DEAD] = 6,
    };
    ASSERT(outcome < OUTCOME_COUNT);
    return strengths[outcome];
}

bool outcome_is_stronger(enum outcome a, enum outcome b)
{
    return strength(a) > strength(b);
}

int reason_order(const struct reason *a, const struct reason *b)
{
    if (a->outcome != b->outcome) return strength(b->outcome) - strength(a->outcome);
    return (a->code > b->code) - (a->code < b->code);
}
