/* intake/x12_interchange.c: what all parts of the X12 reader ask of an interchange: elements of its ISA, its tokens, and
 * the reader at its start. */
#include "intake/x12.h"

#include "base/assert.h"

const struct x12_isa_place x12_isa_places[ISA_ELEMENTS + 1] = {
    { 0, 3 },  { 4, 2 },  { 7, 10 }, { 18, 2 }, { 21, 10 }, { 32, 2 },  { 35, 15 }, { 51, 2 },  { 54, 15 },
    { 70, 6 }, { 77, 4 }, { 82, 1 }, { 84, 5 }, { 90, 9 },  { 100, 1 }, { 102, 1 }, { 104, 1 },
};

struct slice x12_isa_element(const struct x12_interchange *i, unsigned element)
{
    ASSERT(element >= 1 && element <= ISA_ELEMENTS);
    struct slice s = slice_of(i->isa + x12_isa_places[element].at, x12_isa_places[element].width);
    while (s.size > 0 && s.bytes[s.size - 1] == ' ') s.size--;
    return s;
}

void x12_read_with(struct x12 *x, unsigned reading)
{
    ASSERT(reading < x->base.readings->count);
    if (x->view == &x->views[reading]) return;
    x->view = &x->views[reading];
    x->base.profile = x->base.readings->items[reading].read_by;
    x->base.is_strict = x->base.profile->tolerance == TOLERANCE_STRICT;
    typing_init(x->base.typing, x->base.profile);
}

void x12_tokens_of(struct x12 *x, const struct x12_interchange *i, uint64_t at)
{
    x12_tokens_begin(&x->tokens, x->base.spool->bytes, at, i->delimiters);
    x->tokens.flat = x->flat[0];
    x->tokens.unwraps = i->wrap_width > 0 || x->base.readings->items[0].read_by->x12.unwrap;    /* the envelope's */
}

void x12_rewind(struct reader *r)
{
    struct x12 *x = x12_of(r);
    x->set = NULL;
    x->next_set = x->ordinal = 0;
    x->stock.at = 0;
    x->has_segment = x->in_set.is_undoing = false;
    x12_read_with(x, 0);
}
