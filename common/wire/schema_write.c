/* wire/schema_write.c: a record back as nodes, by the table that reads it. */
#include "base/assert.h"
#include "base/instant.h"
#include "domain/calendar.h"
#include "domain/decimal.h"
#include "domain/kind.h"
#include "domain/line.h"
#include "wire/schema.h"

enum { FIGURE_BYTES = 48 };

struct writing { struct arena *arena; unsigned money_exponent; };

static const struct position nowhere = { 0, 0 };

static const void *place_of(const struct member *m, const void *record)
{
    return (const char *)record + m->offset;
}

static int64_t read_int(const struct member *m, const void *record)
{
    const void *at = place_of(m, record);
    switch (m->bytes) {
    case 1: return *(const uint8_t *)at;
    case 4: return m->type == MEMBER_DATE ? *(const int32_t *)at : (int64_t)*(const uint32_t *)at;
    case 8: return *(const int64_t *)at;
    default: NEVER();
    }
}

static struct node *figure(struct writing *w, const struct text *t)
{
    ASSERT(!t->full);
    return node_scalar(w->arena, nowhere, slice_copy(w->arena, text_slice(t)));
}

static struct node *word(struct writing *w, struct slice text)
{
    return text.size ? node_scalar(w->arena, nowhere, text) : NULL;
}

static struct node *write_number(struct writing *w, const struct member *m, const void *record)
{
    char buffer[FIGURE_BYTES];
    struct text t = text_over(buffer, sizeof buffer);
    int64_t value = read_int(m, record);
    if (value == 0 && m->silent_zero) return NULL;
    if (m->type == MEMBER_MONEY) decimal_put_fixed(&t, value, w->money_exponent);
    else if (m->type == MEMBER_DECIMAL) decimal_put(&t, value, m->scale);
    else text_put_int(&t, value);
    return figure(w, &t);
}

static struct node *write_time(struct writing *w, const struct member *m, const void *record)
{
    char buffer[FIGURE_BYTES];
    struct text t = text_over(buffer, sizeof buffer);
    int64_t value = read_int(m, record);
    if (value == 0) return NULL;
    if (m->type == MEMBER_DATE) date_put(&t, (int32_t)value);
    else instant_put(&t, value);
    return figure(w, &t);
}

static struct node *write_texts(struct writing *w, const struct texts *texts)
{
    struct node *list = node_list(w->arena, nowhere);
    for (unsigned i = 0; i < texts->count; i++)
        node_append(w->arena, list, node_scalar(w->arena, nowhere, texts->items[i]));
    return list->count ? list : NULL;
}

static struct node *write_bits(struct writing *w, const struct member *m, const void *record)
{
    struct node *list = node_list(w->arena, nowhere);
    uint64_t bits = (uint64_t)read_int(m, record);
    for (int i = 0; i < 64; i++) {
        if (!(bits >> i & 1)) continue;
        struct slice name = m->type == MEMBER_KINDS ? kind_name((enum kind)i)
            : i == 0 && m->choices ? slice_from(m->choices[0]) : word_text(m->list, i);
        node_append(w->arena, list, node_scalar(w->arena, nowhere, name));
    }
    return list->count || m->aside ? list : NULL;
}

static struct node *write_record(struct writing *w, const struct schema *s, const void *record);

/* A record that must say something and says 0 was not given. */
static bool was_given(const struct member *m, const void *record)
{
    if (m->required || m->aside) return true;
    for (unsigned i = 0; i < m->schema->member_count; i++) {
        const struct member *inner = &m->schema->members[i];
        if (inner->required && inner->type == MEMBER_DECIMAL && read_int(inner, record) == 0) return false;
    }
    return true;
}

static unsigned count_of(const struct member *m, const void *record)
{
    return *(const unsigned *)((const char *)record + m->aside - 1);
}

static struct node *write_items(struct writing *w, const struct member *m, const void *record)
{
    const char *items = *(const char *const *)place_of(m, record);
    bool is_map = m->type == MEMBER_MAP;
    struct node *n = is_map ? node_map(w->arena, nowhere) : node_list(w->arena, nowhere);
    for (unsigned i = 0; i < count_of(m, record); i++) {
        const char *item = items + i * m->schema->bytes;
        struct node *value = write_record(w, m->schema, item);
        if (!is_map) node_append(w->arena, n, value);
        else if (!node_put(w->arena, n, *(const struct slice *)(item + m->key_offset), nowhere, value)) NEVER();
    }
    return n->count ? n : NULL;
}

static struct node *write_pairs(struct writing *w, const struct member *m, const void *record)
{
    const struct pair *pairs = *(const struct pair *const *)place_of(m, record);
    struct node *n = node_map(w->arena, nowhere);
    for (unsigned i = 0; i < count_of(m, record); i++)
        if (!node_put(w->arena, n, pairs[i].name, nowhere, node_scalar(w->arena, nowhere, pairs[i].value))) NEVER();
    return n->count ? n : NULL;
}

/* NULL: nothing to say. */
static struct node *write_member(struct writing *w, const struct member *m, const void *record)
{
    switch (m->type) {
    case MEMBER_TEXT: case MEMBER_ID: case MEMBER_CURRENCY: case MEMBER_COUNTRY: case MEMBER_DECIMAL_TEXT:
        return word(w, *(const struct slice *)place_of(m, record));
    case MEMBER_DECIMAL: case MEMBER_MONEY: case MEMBER_WHOLE: return write_number(w, m, record);
    case MEMBER_DATE: case MEMBER_INSTANT: return write_time(w, m, record);
    case MEMBER_FLAG:   return word(w, read_int(m, record) ? SLICE("true") : SLICE("false"));
    case MEMBER_WORD:   return word(w, word_text(m->list, (int)read_int(m, record)));
    case MEMBER_CHOICE: return word(w, slice_from(m->choices[read_int(m, record)]));
    case MEMBER_TEXTS: case MEMBER_IDS: case MEMBER_PRODUCTS: return write_texts(w, place_of(m, record));
    case MEMBER_WORDS: case MEMBER_KINDS: return write_bits(w, m, record);
    case MEMBER_RECORD:
        return was_given(m, place_of(m, record)) ? write_record(w, m->schema, place_of(m, record)) : NULL;
    case MEMBER_RECORDS: case MEMBER_MAP: return write_items(w, m, record);
    case MEMBER_PAIRS:  return write_pairs(w, m, record);
    case MEMBER_BY_HAND: return NULL;
    }
    NEVER();
}

static bool is_counted(enum member_type type)
{
    return type == MEMBER_RECORDS || type == MEMBER_MAP || type == MEMBER_PAIRS;
}

static struct node *write_record(struct writing *w, const struct schema *s, const void *record)
{
    struct node *n = node_map(w->arena, nowhere);
    for (unsigned i = 0; i < s->member_count; i++) {
        const struct member *m = &s->members[i];
        bool absent = m->aside && !is_counted(m->type) && !*((const bool *)record + m->aside - 1);
        struct node *value = absent ? NULL : write_member(w, m, record);
        bool says = value && (value->type != NODE_MAP || value->count);
        if (says && !node_put(w->arena, n, slice_from(m->name), nowhere, value)) NEVER();
    }
    return n;
}

struct node *schema_write(struct arena *a, const struct schema *s, const void *record, unsigned money_exponent)
{
    struct writing w = { .arena = a, .money_exponent = money_exponent };
    return write_record(&w, s, record);
}
