/* intake/x12_echo.c: what a line of X12 said of itself, read once more from its first segment. */
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

/* Stock stands behind its product: the line is a ZA, or a pair of an SDQ. Its quantity is what is on hand. */
static void take_product(struct x12 *x, struct reader_echo *e)
{
    struct x12_tokens t = x->tokens;
    struct x12_segment s;
    char *flat = arena_alloc(x->base.line_arena, X12_SEGMENT_BYTES_MAX);
    x12_tokens_begin(&t, x->base.spool->bytes, x->product_offset, x->interchange->delimiters);
    t.flat = flat;
    t.unwraps = x->tokens.unwraps;
    if (x12_tokens_next(&t, &s) == X12_SEGMENT) take(x, &s, e);
    e->qty_code = SLICE("17");
}

void x12_echo(struct reader *r, uint64_t offset, struct reader_echo *e)
{
    struct x12 *x = x12_of(r);
    ASSERT(x->set && x->group && x->interchange);
    const struct x12_interchange *i = x->interchange;
    *e = (struct reader_echo){
        .from_qualifier = x12_isa_element(i, 5),
        .from_id = x12_isa_element(i, 6),
        .to_qualifier = x12_isa_element(i, 7),
        .to_id = x12_isa_element(i, 8),
        .isa_version = x12_isa_element(i, 12),
        .group_from = slice_from(x->group->sender),
        .group_to = slice_from(x->group->receiver),
        .version = slice_from(x->group->version),
        .claim_type = x->claim_type,
        .report_id = x->report_id.size ? x->report_id : r->report_id,
        .contract_qualifier = x->contract_qualifier,
        .set = (uint32_t)(x->set - x->sets),
        .is_test = i->is_test,
        .answer = r->profile->answers.response_849,
    };
    if (x12_is_set(x, "852")) take_product(x, e);
    else take_line(x, offset, e);
}
