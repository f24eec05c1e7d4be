/* intake/x12_reader.c: X12 behind the reader's functions. */
#include "intake/ack.h"
#include "intake/x12_resend.h"

#include <stdlib.h>

static void x12_close(struct reader *r)
{
    struct x12 *x = x12_of(r);
    free(x->all.interchanges);
    free(x->all.groups);
    free(x->all.sets);
    free(x->set_numbers.hashes);
    free(x->group_numbers.hashes);
    x->all.interchanges = NULL;
    x->all.groups = NULL;
    x->all.sets = NULL;
    x->set_numbers = x->group_numbers = (struct x12_numbers){ 0 };
}

static const struct reader_ops ops = {
    .format = SLICE_INIT("x12"),
    .survey = x12_survey,
    .next = x12_next,
    .rewind = x12_rewind,
    .close = x12_close,
    .judged = x12_judged,
    .answer = ack_write,
    .resend = x12_resend,
    .echo = x12_echo,
    .refused = x12_refused,
};

struct reader *x12_reader_open(struct arena *a)
{
    struct x12 *x = ARENA_NEW(a, struct x12);
    x->base.ops = &ops;
    x->base.format = ops.format;
    return &x->base;
}
