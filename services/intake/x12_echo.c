/* intake/x12_echo.c: what a line of X12 said of itself, read again from its first segment. */
#include "base/assert.h"
#include "intake/x12.h"

static bool ends_line(const struct x12_segment *s, bool is_first)
{
    switch (s->key) {
    case X12_KEY('P', 'A', 'D'): case X12_KEY('Q', 'T', 'Y'): return !is_first && s->key == X12_KEY('P', 'A', 'D');
    case X12_KEY('P', 'T', 'D'):
    case X12_KEY('C', 'O', 'N'):
    case X12_KEY('C', 'T', 'T'):
    case X12_KEY('S', 'E', 0):
        return true;
    default: return false;
    }
}

static struct slice keep(struct x12 *x, struct slice s)
{
    return slice_copy(x->base.line_arena, s);
}

/* The first that counts what was sold or returned; of a composite unit its code. */
static void take_quantity(struct x12 *x, const struct x12_segment *s, struct reader_echo *e)
{
    struct slice unit = x12_element(s, 3);
    if (e->qty.size > 0 || x12_quantity_class(x12_element(s, 1)) == X12_CLASS_AGREED) return;
    e->qty_code = keep(x, x12_element(s, 1));
    e->qty = keep(x, x12_element(s, 2));
    e->qty_unit = keep(x, slice_cut(&unit, x->interchange->delimiters.component));
}

static void take_amount(struct x12 *x, const struct x12_segment *s, struct reader_echo *e)
{
    bool is_asked = slice_equal(x12_element(s, 1), SLICE("S")),
         stands_in = slice_equal(x12_element(s, 1), SLICE("CC")) && e->amount.size == 0;
    if ((!is_asked || e->has_asked) && !stands_in) return;
    e->has_asked = is_asked;
    e->amount = keep(x, x12_element(s, 2));
    e->amount_flag = keep(x, x12_element(s, 3));
}

static void take(struct x12 *x, const struct x12_segment *s, struct reader_echo *e)
{
    if (s->key == X12_KEY('Q', 'T', 'Y')) take_quantity(x, s, e);
    if (s->key == X12_KEY('A', 'M', 'T')) take_amount(x, s, e);
    if (s->key == X12_KEY('P', 'A', 'D')) {
        e->claim_line = keep(x, x12_element(s, 1));
        e->movement = keep(x, x12_element(s, 2));
    } else if (s->key == X12_KEY('L', 'I', 'N') && e->part.size == 0) {
        e->lin01 = keep(x, x12_element(s, 1));
        e->part_qualifier = keep(x, x12_element(s, 2));
        e->part = keep(x, x12_element(s, 3));
    } else if (s->key == X12_KEY('R', 'E', 'F') && slice_equal(x12_element(s, 1), SLICE("D9"))
               && e->control_no.size == 0) {
        e->control_no = keep(x, x12_element(s, 2));
    }
}

/* A QTY loop of an 867 ends at the next one; a PAD has QTYs of its own. */
static bool is_next_loop(const struct x12_segment *first, const struct x12_segment *s)
{
    return s != first && s->key == X12_KEY('Q', 'T', 'Y') && first->key == X12_KEY('Q', 'T', 'Y');
}

static void take_line(struct x12 *x, uint64_t offset, struct reader_echo *e)
{
    struct x12_tokens t = x->tokens;
    struct x12_segment s, first = { 0 };
    char *flat = arena_alloc(x->base.line_arena, X12_SEGMENT_BYTES_MAX);
    x12_tokens_begin(&t, x->base.spool->bytes, offset, x->interchange->delimiters);
    t.flat = flat;
    t.unwraps = x->tokens.unwraps;
    for (bool is_first = true; x12_tokens_next(&t, &s) == X12_SEGMENT; is_first = false) {
        if (is_first) first = s;
        if (!is_first && (ends_line(&s, false) || is_next_loop(&first, &s))) return;
        take(x, &s, e);
    }
}

/* Stock stands after its product: the line is a ZA, or a pair of an SDQ. Its quantity is what is on hand. */
static void take_product(struct x12 *x, struct reader_echo *e)
{
    struct x12_tokens t = x->tokens;
    struct x12_segment s;
    char *flat = arena_alloc(x->base.line_arena, X12_SEGMENT_BYTES_MAX);
    x12_tokens_begin(&t, x->base.spool->bytes, x->in_move.product_offset, x->interchange->delimiters);
    t.flat = flat;
    t.unwraps = x->tokens.unwraps;
    if (x12_tokens_next(&t, &s) == X12_SEGMENT) take(x, &s, e);
    e->qty_code = SLICE("17");
}

/* Of the set at work. */
static struct reader_echo echo_of_set(const struct x12 *x)
{
    const struct x12_interchange *i = x->interchange;
    return (struct reader_echo){
        .from_qualifier = x12_isa_element(i, 5),
        .from_id = x12_isa_element(i, 6),
        .to_qualifier = x12_isa_element(i, 7),
        .to_id = x12_isa_element(i, 8),
        .isa_version = x12_isa_element(i, 12),
        .group_from = slice_from(x->group->sender),
        .group_to = slice_from(x->group->receiver),
        .version = slice_from(x->group->version),
        .set = (uint32_t)(x->set - x->all.sets),
        .is_test = i->is_test,
        .answer = x->base.profile->answers.response_849,
    };
}

void x12_echo(struct reader *r, uint64_t offset, struct reader_echo *e)
{
    struct x12 *x = x12_of(r);
    ASSERT(x->set && x->group && x->interchange);
    *e = echo_of_set(x);
    e->claim_type = x->in_set.claim_type;
    e->report_id = x->in_set.report_id.size ? x->in_set.report_id : r->report_id;
    e->contract_qualifier = x->in_move.contract_qualifier;
    if (x12_is_set(x, "852")) take_product(x, e);
    else take_line(x, offset, e);
}

/* Sets that were refused whole */

static void take_report(struct x12 *x, struct reader_echo *e)
{
    struct x12_segment *s = &x->segment;
    x12_tokens_of(x, x->interchange, x->set->begin);
    while (x->tokens.at < x->set->end && x12_tokens_next(&x->tokens, s) == X12_SEGMENT) {
        if (!x12_names_report(s)) continue;
        if (s->key == X12_KEY('B', 'A', 'A')) e->claim_type = keep(x, x12_element(s, 2));
        e->report_id = keep(x, x12_report_of(s));
        return;
    }
}

static void take_reasons(const struct x12 *x, struct issues *why)
{
    const struct issues *found = x->base.errors;
    for (unsigned k = 0; k < x->set->faults.count; k++) issues_add(why, (enum issue_code)x->set->faults.codes[k]);
    for (unsigned k = 0; k < found->count; k++) {
        uint64_t at = found->items[k].where.offset;
        if (at >= x->set->begin && at < x->set->end) issues_copy(why, &found->items[k]);
    }
}

bool x12_refused(struct reader *r, uint32_t *at, struct reader_echo *e, struct issues *why)
{
    struct x12 *x = x12_of(r);
    while (*at < x->all.set_count) {
        struct x12_set *s = &x->all.sets[(*at)++];
        if (s->is_lost || x12_set_is_accepted(s) || !s->kind || !s->kind->posts) continue;
        x->set = s;
        x->group = &x->all.groups[s->group];
        x->interchange = &x->all.interchanges[x->group->interchange];
        x12_read_with(x, x->group->reading);
        *e = echo_of_set(x);
        take_report(x, e);
        take_reasons(x, why);
        return true;
    }
    return false;
}
