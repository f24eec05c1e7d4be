/* claimctl/filter.c: reading and applying --where. */
#include "claimctl/filter.h"

/* --- decimals as text --- */

struct decimal_text { bool minus; struct slice whole, fraction; };

static bool are_digits(struct slice s)
{
    for (size_t i = 0; i < s.size; i++)
        if (s.bytes[i] < '0' || s.bytes[i] > '9') return false;
    return true;
}

static bool read_decimal(struct slice s, struct decimal_text *d)
{
    *d = (struct decimal_text){ .minus = s.size && s.bytes[0] == '-' };
    if (d->minus || (s.size && s.bytes[0] == '+')) s = slice_skip(s, 1);
    d->whole = slice_cut(&s, '.');
    d->fraction = s;
    if ((d->whole.size == 0 && d->fraction.size == 0) || !are_digits(d->whole) || !are_digits(d->fraction))
        return false;
    while (d->whole.size && d->whole.bytes[0] == '0') d->whole = slice_skip(d->whole, 1);
    while (d->fraction.size && d->fraction.bytes[d->fraction.size - 1] == '0') d->fraction.size--;
    if (!d->whole.size && !d->fraction.size) d->minus = false;
    return true;
}

bool filter_compare_decimals(struct slice a, struct slice b, int *order)
{
    struct decimal_text x, y;
    if (!read_decimal(a, &x) || !read_decimal(b, &y)) return false;
    if (x.minus != y.minus) *order = x.minus ? -1 : 1;
    else {
        *order =
            x.whole.size != y.whole.size ? (x.whole.size < y.whole.size ? -1 : 1) : slice_compare(x.whole, y.whole);
        if (*order == 0) *order = slice_compare(x.fraction, y.fraction);
        if (x.minus) *order = -*order;
    }
    return true;
}

/* --- reading --- */

static bool is_name_byte(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '.'
           || c == '-';
}

static void skip_blanks(struct slice *s)
{
    while (s->size && (s->bytes[0] == ' ' || s->bytes[0] == '\t')) *s = slice_skip(*s, 1);
}

static struct slice take_name(struct slice *s)
{
    size_t size = 0;
    while (size < s->size && is_name_byte(s->bytes[size])) size++;
    struct slice name = slice_head(*s, size);
    *s = slice_skip(*s, size);
    return name;
}

static bool take_operator(struct slice *s, enum filter_operator *operator)
{
    static const struct { struct slice text; enum filter_operator operator;
    } operators[] = {
        { SLICE_INIT("!="), FILTER_NOT_EQUAL }, { SLICE_INIT("<="), FILTER_AT_MOST },
        { SLICE_INIT(">="), FILTER_AT_LEAST },  { SLICE_INIT("=="), FILTER_EQUAL },
        { SLICE_INIT("="), FILTER_EQUAL },      { SLICE_INIT("<"), FILTER_LESS },
        { SLICE_INIT(">"), FILTER_GREATER },    { SLICE_INIT("~"), FILTER_CONTAINS },
    };
    for (unsigned i = 0; i < sizeof operators / sizeof operators[0]; i++) {
        if (!slice_starts_with(*s, operators[i].text)) continue;
        *operator = operators[i].operator;
        *s = slice_skip(*s, operators[i].text.size);
        return true;
    }
    return false;
}

/* Up to a blank, or in quotes up to the next one of the kind. */
static bool take_value(struct slice *s, struct slice *value)
{
    char quote = s->size && (s->bytes[0] == '"' || s->bytes[0] == '\'') ? s->bytes[0] : 0;
    if (quote) *s = slice_skip(*s, 1);
    size_t size = 0;
    while (size < s->size && (quote ? s->bytes[size] != quote : s->bytes[size] != ' ')) size++;
    if (quote && size == s->size) return false;
    *value = slice_head(*s, size);
    *s = slice_skip(*s, size + (quote ? 1 : 0));
    return true;
}

static bool take_joint(struct slice *s, bool *begins_or)
{
    struct slice word = take_name(s);
    *begins_or = slice_equal_nocase(word, SLICE("or"));
    return *begins_or || slice_equal_nocase(word, SLICE("and"));
}

bool filter_read(struct slice text, struct filter *f, const char **why)
{
    *f = (struct filter){ .count = 0 };
    *why = NULL;
    skip_blanks(&text);
    while (text.size) {
        struct filter_term term = { 0 };
        if (f->count && !take_joint(&text, &term.begins_or)) *why = "comparisons are joined by `and` or `or`";
        skip_blanks(&text);
        term.name = take_name(&text);
        skip_blanks(&text);
        if (!*why && !term.name.size) *why = "a comparison begins with the name of a member";
        if (!*why && !take_operator(&text, &term.operator)) *why = "behind a name stands one of = != < <= > >= ~";
        skip_blanks(&text);
        if (!*why && !take_value(&text, &term.value)) *why = "a quote is not closed";
        if (!*why && f->count == FILTER_TERMS_MAX) *why = "there are more than 32 comparisons";
        if (*why) return false;
        f->terms[f->count++] = term;
        skip_blanks(&text);
    }
    return true;
}

/* --- applying --- */

static const struct node *follow(const struct node *from, struct slice path)
{
    while (from && path.bytes) {
        struct slice name = slice_cut(&path, '.');
        if (from->type == NODE_LIST && from->last) from = from->last->value;        /* the last section is in force */
        from = node_find(from, name);
    }
    return from;
}

const struct node *filter_find(const struct node *object, struct slice name)
{
    const struct node *found = follow(object, name);
    if (!found) found = follow(node_find(object, SLICE("line")), name);
    return found ? found : follow(node_find(object, SLICE("value")), name);
}

static bool contains(struct slice text, struct slice part)
{
    for (size_t i = 0; i + part.size <= text.size; i++)
        if (slice_equal_nocase(slice_head(slice_skip(text, i), part.size), part)) return true;
    return false;
}

static bool compare(const struct filter_term *t, struct slice value)
{
    int order;
    if (t->operator == FILTER_CONTAINS) return contains(value, t->value);
    if (!filter_compare_decimals(value, t->value, &order)) order = slice_compare(value, t->value);
    switch (t->operator) {
    case FILTER_EQUAL:     return order == 0;
    case FILTER_NOT_EQUAL: return order != 0;
    case FILTER_LESS:      return order < 0;
    case FILTER_AT_MOST:   return order <= 0;
    case FILTER_GREATER:   return order > 0;
    default:               return order >= 0;
    }
}

static bool holds(const struct filter_term *t, const struct node *n)
{
    if (!n || n->type == NODE_MAP) return t->operator == FILTER_NOT_EQUAL;
    if (n->type == NODE_SCALAR) return compare(t, n->text);
    struct filter_term equal = *t;
    bool negated = t->operator == FILTER_NOT_EQUAL, any = false;
    if (negated) equal.operator = FILTER_EQUAL;
    for (const struct node_entry *e = n->first; e && !any; e = e->next)
        any = e->value->type == NODE_SCALAR && compare(&equal, e->value->text);
    return any != negated;
}

bool filter_matches(const struct filter *f, const struct node *object)
{
    bool all = true;
    for (unsigned i = 0; i < f->count; i++) {
        if (f->terms[i].begins_or) {
            if (all) return true;
            all = true;
        }
        all = all && holds(&f->terms[i], filter_find(object, f->terms[i].name));
    }
    return all;
}
