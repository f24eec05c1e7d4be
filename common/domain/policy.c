/* domain/policy.c: policy settings as a table: defaults, and text into members. */
#include "domain/policy.h"

#include "base/assert.h"
#include "domain/calendar.h"
#include "domain/decimal.h"

#include <stddef.h>

enum policy_type {
    TYPE_COUNT,
    TYPE_PERCENT,
    TYPE_SCORE,
    TYPE_DAYS,
    TYPE_HOURS,
    TYPE_MONTHS,
    TYPE_PPM,
    TYPE_MILLI,
    TYPE_DATE,
    TYPE_FLAG,
    TYPE_SHORTAGE,
    TYPE_RETURN_ORDER,
    TYPE_SERIAL_SCOPE,
    TYPE_KINDS,
    TYPE_TEXTS,
};

struct policy_row { struct slice name; enum policy_type type; size_t offset; };

static const struct policy_row rows[] = {
#define POLICY(type, member, name, default_value) { SLICE_INIT(name), TYPE_##type, offsetof(struct policy, member) },
#include "domain/policy.def"
#undef POLICY
};

enum {
    ROWS = sizeof rows / sizeof rows[0],
    SCORE_MAX = 10000,
    PPM_MAX = 1000000,
    COUNT_MAX = 1000000000,
    DAYS_MAX = 36525
};

#define VALUE_COUNT(v)        (v)
#define VALUE_PERCENT(v)      (v)
#define VALUE_SCORE(v)        (v)
#define VALUE_DAYS(v)         (v)
#define VALUE_HOURS(v)        (v)
#define VALUE_MONTHS(v)       (v)
#define VALUE_PPM(v)          (v)
#define VALUE_MILLI(v)        (v)
#define VALUE_DATE(v)         (v)
#define VALUE_FLAG(v)         (v)
#define VALUE_SHORTAGE(v)     (v)
#define VALUE_RETURN_ORDER(v) (v)
#define VALUE_SERIAL_SCOPE(v) (v)
#define VALUE_KINDS(v)        (v)
#define VALUE_TEXTS(v)        SLICE(v)

void policy_default(struct policy *p)
{
    *p = (struct policy){ 0 };
#define POLICY(type, member, name, default_value) p->member = VALUE_##type(default_value);
#include "domain/policy.def"
#undef POLICY
    for (unsigned i = 0; i < RULE_COUNT; i++) policy_set_mode(p, (enum rule_id)i, rule_default_mode((enum rule_id)i));
}

static const struct policy_row *find_row(struct slice name)
{
    for (unsigned i = 0; i < ROWS; i++)
        if (slice_equal(rows[i].name, name)) return &rows[i];
    return NULL;
}

static bool set_count(void *member, struct slice value, uint64_t max)
{
    uint64_t count;
    if (!slice_to_uint(value, max, &count)) return false;
    *(int64_t *)member = (int64_t)count;
    return true;
}

static bool set_milli(void *member, struct slice value)
{
    int64_t milli;
    if (decimal_parse(value, MILLI_DIGITS, DECIMAL_EXCESS_REFUSE, &milli, NULL) != OK || milli < 0) return false;
    *(int64_t *)member = milli;
    return true;
}

static bool set_flag(void *member, struct slice value)
{
    bool yes = slice_equal(value, SLICE("true"));
    if (!yes && !slice_equal(value, SLICE("false"))) return false;
    *(bool *)member = yes;
    return true;
}

/* Every enum of a policy is as wide as an int. */
static bool set_word(void *member, struct slice value, enum vocabulary list)
{
    int word = slice_is_empty(value) ? 0 : word_find(list, value);
    if (word) *(int *)member = word;
    return word != 0;
}

_Static_assert(sizeof(enum shortage) == sizeof(int) && sizeof(enum return_order) == sizeof(int) &&
               sizeof(enum serial_scope) == sizeof(int), "set_word writes an int");

/* The next word of a list parted by blanks or commas; empty at its end. */
static struct slice next_word(struct slice *rest)
{
    size_t from = 0, to;
    while (from < rest->size && (rest->bytes[from] == ' ' || rest->bytes[from] == ',')) from++;
    for (to = from; to < rest->size && rest->bytes[to] != ' ' && rest->bytes[to] != ','; to++) { }
    struct slice word = slice_head(slice_skip(*rest, from), to - from);
    *rest = slice_skip(*rest, to);
    return word;
}

/* A kind by its name, an explicit claim also by its letter. */
static enum kind find_kind(struct slice word)
{
    if (word.size != 1) return kind_find(word);
    for (unsigned k = 1; k < KIND_COUNT; k++)
        if (kind_is_claim((enum kind)k) && kind_letter((enum kind)k) == word.bytes[0]) return (enum kind)k;
    return KIND_UNSPECIFIED;
}

static bool set_kinds(void *member, struct slice value)
{
    unsigned kinds = 0;
    for (struct slice word = next_word(&value); word.size; word = next_word(&value)) {
        enum kind kind = find_kind(word);
        if (kind == KIND_UNSPECIFIED) return false;
        kinds |= KIND_BIT(kind);
    }
    *(unsigned *)member = kinds;
    return true;
}

static bool set_date(void *member, struct slice value)
{
    return date_parse(value, member) == OK;
}

static bool set_texts(void *member, struct slice value)
{
    *(struct slice *)member = value;
    return true;
}

static bool set_member(const struct policy_row *row, void *member, struct slice value)
{
    switch (row->type) {
    case TYPE_COUNT:        return set_count(member, value, COUNT_MAX);
    case TYPE_PERCENT:      return set_count(member, value, COUNT_MAX);
    case TYPE_SCORE:        return set_count(member, value, SCORE_MAX);
    case TYPE_PPM:          return set_count(member, value, PPM_MAX);
    case TYPE_DAYS: case TYPE_HOURS: case TYPE_MONTHS: return set_count(member, value, DAYS_MAX);
    case TYPE_MILLI:        return set_milli(member, value);
    case TYPE_DATE:         return set_date(member, value);
    case TYPE_FLAG:         return set_flag(member, value);
    case TYPE_SHORTAGE:     return set_word(member, value, VOCABULARY_SHORTAGE);
    case TYPE_RETURN_ORDER: return set_word(member, value, VOCABULARY_RETURN_ORDER);
    case TYPE_SERIAL_SCOPE: return set_word(member, value, VOCABULARY_SERIAL_SCOPE);
    case TYPE_KINDS:        return set_kinds(member, value);
    case TYPE_TEXTS:        return set_texts(member, value);
    }
    NEVER();
}

enum err policy_set(struct policy *p, struct slice name, struct slice value)
{
    ASSERT(p);
    const struct policy_row *row = find_row(name);
    if (!row || !set_member(row, (char *)p + row->offset, slice_trim(value))) return ERR_CONFIG_INVALID;
    return OK;
}

bool policy_is_known(struct slice name)
{
    return find_row(name) != NULL;
}

void policy_set_mode(struct policy *p, enum rule_id rule, enum rule_mode mode)
{
    ASSERT(rule < RULE_COUNT);
    bool is_built = rule_row(rule)->wave == 1;
    p->modes[rule] = rule_is_always_enforced(rule) ? RULE_MODE_ENFORCE : is_built ? mode : RULE_MODE_OFF;
}

unsigned policy_count(void)
{
    return ROWS;
}

struct slice policy_name(unsigned index)
{
    ASSERT(index < ROWS);
    return rows[index].name;
}

static void put_kinds(struct text *t, unsigned kinds)
{
    for (unsigned k = 1, written = 0; k < KIND_COUNT; k++) {
        if (!(kinds & KIND_BIT(k))) continue;
        if (written++) text_put_byte(t, ' ');
        text_put(t, kind_name((enum kind)k));
    }
}

void policy_put(struct text *t, const struct policy *p, struct slice name)
{
    const struct policy_row *row = find_row(name);
    if (!row) return;
    const void *member = (const char *)p + row->offset;
    switch (row->type) {
    case TYPE_COUNT:
    case TYPE_PERCENT:
    case TYPE_SCORE:
    case TYPE_PPM:
    case TYPE_DAYS:
    case TYPE_HOURS:
    case TYPE_MONTHS:
        text_put_int(t, *(const int64_t *)member);
        return;
    case TYPE_MILLI:        decimal_put(t, *(const int64_t *)member, MILLI_DIGITS); return;
    case TYPE_DATE:         date_put(t, *(const int32_t *)member); return;
    case TYPE_FLAG:         text_put(t, *(const bool *)member ? SLICE("true") : SLICE("false")); return;
    case TYPE_SHORTAGE:     text_put(t, word_text(VOCABULARY_SHORTAGE, *(const int *)member)); return;
    case TYPE_RETURN_ORDER: text_put(t, word_text(VOCABULARY_RETURN_ORDER, *(const int *)member)); return;
    case TYPE_SERIAL_SCOPE: text_put(t, word_text(VOCABULARY_SERIAL_SCOPE, *(const int *)member)); return;
    case TYPE_KINDS:        put_kinds(t, *(const unsigned *)member); return;
    case TYPE_TEXTS:        text_put(t, *(const struct slice *)member); return;
    }
    NEVER();
}
