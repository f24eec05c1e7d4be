/* intake/x12_findings.c: findings of the survey, with their places, and what they refuse. */
#include "intake/x12_envelope.h"

enum { NAME_BYTES = 24 };

static void name_place(struct x12 *x, struct issue *issue, const struct x12_segment *s)
{
    struct where *w = &issue->where;
    struct arena *a = x->base.arena;
    if (x->interchange) w->icn = issue_value(a, x12_isa_element(x->interchange, 13));
    if (x->group) w->gcn = issue_value(a, slice_from(x->group->number));
    if (x->set) w->tscn = issue_value(a, slice_from(x->set->number));
    if (!s) return;
    w->segment = issue_value(a, slice_head(s->id, 3));
    w->offset = s->offset;
    if (!x->set) return;
    w->position = x->position;
    if (x->set->kind) w->loop = x12_cursor_loop(&x->cursor);
}

static bool is_kept(const struct x12 *x, enum issue_code code, bool is_strict)
{
    bool is_error = issue_severity(code) == SEVERITY_ERROR || (is_strict && x->base.is_strict);
    return issues_keep(is_error ? x->base.errors : x->base.warnings, code);
}

/* Adds an issue at a segment; NULL when it was only counted. `is_strict`: a strict profile makes it an error. */
struct issue *x12_tell(struct x12 *x, enum issue_code code, const struct x12_segment *s, bool is_strict)
{
    bool kept = is_kept(x, code, is_strict);
    uint64_t offset = s                ? s->offset
                      : x->set         ? x->set->begin
                      : x->group       ? x->group->begin
                      : x->interchange ? x->interchange->begin
                                       : 0;
    struct issue *i = is_strict ? reader_add_strict(&x->base, code, offset) : reader_add(&x->base, code, offset);
    if (!kept) return NULL;
    name_place(x, i, s);
    return i;
}

void x12_tell_value(struct x12 *x, struct issue *i, struct slice value)
{
    if (i) i->value = issue_value(x->base.arena, value);
}

void x12_tell_number(struct x12 *x, struct issue *i, struct slice name, int64_t value)
{
    if (i) issue_argument(i, name, slice_of_int(x->base.arena, value));
}

void x12_tell_text(struct x12 *x, struct issue *i, struct slice name, struct slice text)
{
    if (i) issue_argument(i, name, issue_value(x->base.arena, text));
}

/* Refusals */

void x12_refuse_interchange(struct x12 *x, enum issue_code code)
{
    if (!x->interchange->fault) x->interchange->fault = (uint16_t)code;
}

void x12_remark_interchange(struct x12 *x, enum issue_code code)
{
    if (x->base.is_strict) x12_refuse_interchange(x, code);
    else if (!x->interchange->remark) x->interchange->remark = (uint16_t)code;
}

void x12_add_fault(struct x12_faults *f, enum issue_code code)
{
    for (unsigned k = 0; k < f->count; k++)
        if (f->codes[k] == code) return;
    if (f->count < X12_FAULTS_MAX) f->codes[f->count++] = (uint16_t)code;
}

struct issue *x12_fault_interchange(struct x12 *x, enum issue_code code)
{
    x12_refuse_interchange(x, code);
    return x12_tell(x, code, NULL, false);
}

struct issue *x12_fault_group(struct x12 *x, enum issue_code code, const struct x12_segment *s)
{
    x12_add_fault(&x->group->faults, code);
    return x12_tell(x, code, s, false);
}

struct issue *x12_fault_set(struct x12 *x, enum issue_code code, const struct x12_segment *s)
{
    x12_add_fault(&x->set->faults, code);
    return x12_tell(x, code, s, false);
}

/* A finding on a segment refuses the set, or is a remark. */
struct issue *x12_find_in_set(struct x12 *x, enum issue_code code, const struct x12_segment *s, bool is_strict)
{
    bool is_error = issue_severity(code) == SEVERITY_ERROR || (is_strict && x->base.is_strict);
    if (is_error) x->set->has_segment_errors = true;
    else x->set->has_remarks = true;
    return x12_tell(x, code, s, is_strict);
}

struct slice x12_element_name(struct arena *a, struct slice id, unsigned element)
{
    struct text t = text_in(a, NAME_BYTES);
    text_put(&t, slice_head(id, 3));
    if (element < 10) PUT(&t, "0");
    text_put_int(&t, element);
    return text_slice(&t);
}

struct issue *x12_find_in_element(struct x12 *x, enum issue_code code, const struct x12_segment *s, unsigned element,
                                  bool is_strict)
{
    struct issue *i = x12_find_in_set(x, code, s, is_strict);
    if (!i) return NULL;
    i->where.element = element;
    i->where.offset = x12_element_offset(&x->tokens, s->offset, element);
    x12_tell_value(x, i, x12_element(s, element));
    issue_argument(i, SLICE("element"), x12_element_name(x->base.arena, s->id, element));
    return i;
}

bool x12_is_answered(const struct issue *i)
{
    struct x12_codes codes = issue_x12(i->code);
    return i->where.position > 0 && codes.ak3 && (!codes.ak4 || i->where.element > 0);
}
