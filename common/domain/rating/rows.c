/* domain/rating/rows.c: tables, keys, lists and day sets of payout's state. */
#include "domain/rating/rows.h"

#include "base/assert.h"
#include "base/instant.h"

struct table_facts { struct slice key_names; uint8_t number; };

static const struct table_facts tables[PAYOUT_TABLE_COUNT] = {
#define PAYOUT_ROW(id, number, name, record, key_parts) { SLICE_INIT(key_parts), number },
#include "domain/rating/rows.def"
#undef PAYOUT_ROW
};

uint8_t rows_table_number(enum payout_table table)
{
    ASSERT(table < PAYOUT_TABLE_COUNT);
    return tables[table].number;
}

struct slice rows_key_names(enum payout_table table)
{
    ASSERT(table < PAYOUT_TABLE_COUNT);
    return tables[table].key_names;
}

/* Lists are short and grow by one a line: a fresh copy, so that what was read before stays as it was. */
void *rows_append(struct arena *a, void *items, unsigned *count, size_t element_bytes, unsigned max)
{
    ASSERT(*count < max);
    char *grown = arena_alloc(a, (*count + 1) * element_bytes);
    if (*count) memcpy(grown, items, *count * element_bytes);
    (*count)++;
    return grown;
}

void rows_remove(void *items, unsigned *count, size_t element_bytes, unsigned at)
{
    ASSERT(at < *count);
    char *hole = (char *)items + at * element_bytes;
    memmove(hole, hole + element_bytes, (*count - at - 1) * element_bytes);
    (*count)--;
}

static int32_t day_of(int32_t date)
{
    return (int32_t)instant_days_from_civil(date / 10000, date / 100 % 100, date % 100);
}

static int32_t date_of(int32_t day)
{
    int32_t year, month, of_month;
    instant_civil_from_days(day, &year, &month, &of_month);
    return year * 10000 + month * 100 + of_month;
}

static bool is_empty(const struct day_set *set)
{
    for (unsigned i = 0; i < DAY_SET_WORDS; i++)
        if (set->words[i]) return false;
    return true;
}

/* Moves the window so that `day` is its last but a margin, in whole words: days in front fall out. */
static void move_window(struct day_set *set, int32_t day)
{
    int32_t words = (day - set->first_day - DAY_SET_DAYS) / 64 + 1;
    for (int32_t i = 0; i < DAY_SET_WORDS; i++) set->words[i] = i + words < DAY_SET_WORDS ? set->words[i + words] : 0;
    set->first_day += 64 * words;
    ASSERT(day >= set->first_day && day < set->first_day + DAY_SET_DAYS);
}

bool day_set_add(struct day_set *set, int32_t date)
{
    ASSERT(date_is_valid(date));
    int32_t day = day_of(date);
    if (is_empty(set)) *set = (struct day_set){ .first_day = day - DAY_SET_DAYS / 2 };
    if (day < set->first_day) return false;
    if (day >= set->first_day + DAY_SET_DAYS) move_window(set, day);
    unsigned at = (unsigned)(day - set->first_day);
    set->words[at / 64] |= (uint64_t)1 << at % 64;
    return true;
}

void day_set_remove(struct day_set *set, int32_t date)
{
    int32_t at = day_of(date) - set->first_day;
    if (at >= 0 && at < DAY_SET_DAYS) set->words[at / 64] &= ~((uint64_t)1 << at % 64);
}

int32_t day_set_next(const struct day_set *set, int32_t from)
{
    int32_t at = from ? day_of(from) - set->first_day : 0;
    if (at < 0) at = 0;
    for (; at < DAY_SET_DAYS; at = (at / 64 + 1) * 64) {
        uint64_t rest = set->words[at / 64] >> at % 64;
        if (rest) return date_of(set->first_day + at + __builtin_ctzll(rest));
    }
    return 0;
}
