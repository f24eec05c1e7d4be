/* intake/x12_resend.c: refused sets and lines, copied segment by segment. */
#include "intake/x12_resend.h"

#include "base/assert.h"
#include "intake/x12_envelope.h"

enum { NUMBER_AT = 90, NUMBER_DIGITS = 9, RENUMBERED_FROM = 900000000, TRAILER_BYTES = 64 };

struct resend {
    struct x12                 *x12;
    const struct refused_lines *refused;
    const struct answer_sink   *sink;
    size_t                      at;                 /* the first refused line that may lie ahead */
    struct slice                line_break;         /* after terminators, as sent */
    char                        terminator, isa[ISA_BYTES];
    uint32_t                    segments, lines, sets, groups;     /* since ST, ST, GS, ISA */
    bool                        has_isa, has_group, has_written;
};

static void put(struct resend *w, struct slice bytes)
{
    if (bytes.size) w->sink->put(w->sink->context, bytes);
}

static void put_segment(struct resend *w, struct slice text)
{
    put(w, text);
    put(w, slice_of(&w->terminator, 1));
    put(w, w->line_break);
    w->segments++;
}

/* SE*12*0001, GE*1*17, IEA*1*900000017, CTT*2 */
static void put_trailer(struct resend *w, struct slice id, uint64_t count, struct slice number)
{
    char room[TRAILER_BYTES];
    struct text t = text_over(room, sizeof room);
    text_put(&t, id);
    text_put_byte(&t, w->x12->interchange->delimiters.element);
    text_put_int(&t, (int64_t)count);
    if (number.size) text_put_byte(&t, w->x12->interchange->delimiters.element);
    text_put(&t, number);
    put_segment(w, text_slice(&t));
}

/* Envelopes are opened by the first set that goes into them. */

static void renumber(char number[NUMBER_DIGITS])
{
    uint64_t value = 0;
    (void)slice_to_uint(slice_of(number, NUMBER_DIGITS), 999999999, &value);
    value = value < RENUMBERED_FROM ? RENUMBERED_FROM + value % 100000000 : RENUMBERED_FROM + (value + 1) % 100000000;
    for (unsigned k = NUMBER_DIGITS; k-- > 0; value /= 10) number[k] = (char)('0' + value % 10);
}

static struct slice break_behind(struct slice bytes, uint64_t end)
{
    bool has_cr = end < bytes.size && bytes.bytes[end] == '\r',
         has_lf = end + has_cr < bytes.size && bytes.bytes[end + has_cr] == '\n';
    return slice_of(&"\r\n"[!has_cr], (size_t)has_cr + has_lf);
}

static void open_interchange(struct resend *w)
{
    const struct x12_interchange *i = w->x12->interchange;
    if (w->has_isa) return;
    memcpy(w->isa, i->isa, ISA_BYTES);
    renumber(w->isa + NUMBER_AT);
    w->terminator = i->delimiters.terminator;
    bool breaks = i->wrap_width == 0 && w->terminator != '\n' && w->terminator != '\r';
    w->line_break = breaks ? break_behind(w->x12->base.spool->bytes, i->begin + ISA_BYTES) : (struct slice){ 0 };
    put_segment(w, slice_of(w->isa, ISA_BYTES - 1));
    w->has_isa = w->has_written = true;
    w->groups = 0;
}

static void open_group(struct resend *w)
{
    struct x12 *x = w->x12;
    if (w->has_group) return;
    open_interchange(w);
    x12_tokens_of(x, x->interchange, x->group->begin);
    if (x12_tokens_next(&x->tokens, &x->segment) == X12_SEGMENT) put_segment(w, x->segment.text);
    w->has_group = true;
    w->groups++;
    w->sets = 0;
}

static void close_group(struct resend *w)
{
    if (w->has_group) put_trailer(w, SLICE("GE"), w->sets, slice_from(w->x12->group->number));
    w->has_group = false;
}

static void close_interchange(struct resend *w)
{
    if (w->has_isa) put_trailer(w, SLICE("IEA"), w->groups, slice_of(w->isa + NUMBER_AT, NUMBER_DIGITS));
    w->has_isa = false;
}

static void close_set(struct resend *w)
{
    put_trailer(w, SLICE("SE"), w->segments + 1u, slice_from(w->x12->set->number));
    w->sets++;
}

/* Segments of the set at work; false after its last but SE. */
static bool next(struct resend *w)
{
    struct x12 *x = w->x12;
    if (x->tokens.at >= x->set->end || x12_tokens_next(&x->tokens, &x->segment) != X12_SEGMENT) return false;
    return x->segment.key != X12_KEY('S', 'E', 0) && x->segment.offset < x->set->end;
}

/* The same up to a place: what stands there is read again. */
static bool next_before(struct resend *w, uint64_t end)
{
    struct x12_tokens before = w->x12->tokens;
    if (next(w) && w->x12->segment.offset < end) return true;
    w->x12->tokens = before;
    return false;
}

static void begin_set(struct resend *w)
{
    struct x12 *x = w->x12;
    open_group(w);
    x12_tokens_of(x, x->interchange, x->set->begin);
    w->segments = w->lines = 0;
}

static void copy_set(struct resend *w)
{
    begin_set(w);
    while (next(w)) put_segment(w, w->x12->segment.text);
    close_set(w);
}

/* Sets of which some lines were refused */

static bool has_refused(struct resend *w, uint64_t from, uint64_t to)
{
    while (w->at < w->refused->count && w->refused->offsets[w->at] < from) w->at++;
    return w->at < w->refused->count && w->refused->offsets[w->at] < to;
}

/* The report that this set replaces is changed instead. */
static void put_head(struct resend *w)
{
    const struct x12 *x = w->x12;
    const struct x12_segment *s = &x->segment;
    if (!x12_names_report(s) || x->set->effect != X12_REPLACES) { put_segment(w, s->text); return; }
    put(w, s->id);
    put(w, slice_of(&x->interchange->delimiters.element, 1));
    put(w, SLICE("04"));
    put_segment(w, slice_skip(s->text, s->id.size + 1 + x12_element(s, 1).size));
}

static const struct x12_row *row_of_segment(struct x12 *x)
{
    const struct x12_row *row = x12_cursor_peek(&x->cursor, x->segment.key);
    if (row) x12_cursor_move(&x->cursor, row);
    return row;
}

static bool opens(const struct x12_row *row, enum x12_scope scope)
{
    return row && row->is_loop && row->scope == scope;
}

/* Where the movement that begins at the segment at work ends: at the next one, or after the set's details. */
static uint64_t end_of_movement(const struct x12 *x)
{
    struct x12_tokens t = x->tokens;
    struct x12_cursor c = x->cursor;
    struct x12_segment s;
    char *flat = arena_alloc(x->base.line_arena, X12_SEGMENT_BYTES_MAX);
    t.flat = flat;
    while (x12_tokens_next(&t, &s) == X12_SEGMENT && s.offset < x->set->end) {
        const struct x12_row *row = x12_cursor_peek(&c, s.key);
        if (s.key == X12_KEY('S', 'E', 0) || (row && row->scope == X12_TAIL) || opens(row, X12_MOVE)) return s.offset;
        if (row) x12_cursor_move(&c, row);
    }
    return x->set->end;
}

/* Lines that stand in one segment of many, or are the movement itself, go with all of it. */
static bool goes_whole(const struct resend *w)
{
    return x12_is_set(w->x12, "845") || x12_is_set(w->x12, "852");
}

/* A LIN in front of its QTY waits for it. */
struct waiting { struct slice text; bool is_there; };

static void keep_waiting(struct resend *w, struct waiting *lin)
{
    *lin = (struct waiting){ slice_copy(w->x12->base.line_arena, w->x12->segment.text), true };
}

/* The segments of a movement with a refused line, but for its other lines. The segment at work opens it. */
static void copy_movement(struct resend *w, uint64_t end)
{
    struct x12 *x = w->x12;
    struct waiting lin = { 0 };
    int line_depth = -1;
    bool is_wanted = true, is_whole = goes_whole(w);
    x->early.was_taken = false;
    put_segment(w, x->segment.text);
    w->lines += x12_is_set(x, "852");
    while (next_before(w, end)) {
        if (!is_whole && x12_is_early_lin(x)) { keep_waiting(w, &lin); continue; }
        const struct x12_row *row = row_of_segment(x);
        if (line_depth >= 0 && row && row->depth <= line_depth) { line_depth = -1; is_wanted = true; }
        if (opens(row, X12_LINE)) {
            line_depth = row->depth;
            is_wanted = is_whole || has_refused(w, x->segment.offset, x->segment.offset + 1);
            if (is_wanted && lin.is_there) put_segment(w, lin.text);
            w->lines += is_wanted && !x12_is_set(x, "852") && row->key != X12_KEY('S', 'I', 'I');
            x->early.was_taken = lin.is_there;
            lin.is_there = false;
        }
        if (is_wanted) put_segment(w, x->segment.text);
    }
}

static void skip_movement(struct resend *w, uint64_t end)
{
    struct x12 *x = w->x12;
    x->early.was_taken = false;
    while (next_before(w, end)) {
        if (!goes_whole(w) && x12_is_early_lin(x)) continue;
        (void)row_of_segment(x);
    }
}

static void copy_refused_lines(struct resend *w)
{
    struct x12 *x = w->x12;
    begin_set(w);
    x12_cursor_begin(&x->cursor, x->set->kind, x->group->generation);
    for (bool is_first = true; next(w); is_first = false) {
        const struct x12_row *row = is_first ? NULL : row_of_segment(x);
        if (row && row->scope == X12_TAIL) break;
        if (!opens(row, X12_MOVE)) { put_head(w); continue; }
        size_t mark = arena_mark(x->base.line_arena);
        uint64_t end = end_of_movement(x);
        if (has_refused(w, x->segment.offset, end)) copy_movement(w, end);
        else skip_movement(w, end);
        arena_rewind(x->base.line_arena, mark);
    }
    put_trailer(w, SLICE("CTT"), w->lines, (struct slice){ 0 });
    close_set(w);
}

static void take_set(struct resend *w)
{
    const struct x12 *x = w->x12;
    if (!x12_set_is_accepted(x->set)) copy_set(w);
    else if (x->set->kind && has_refused(w, x->set->begin, x->set->end)) copy_refused_lines(w);
}

bool x12_resend(struct reader *r, const struct refused_lines *refused, const struct answer_sink *sink)
{
    struct x12 *x = x12_of(r);
    struct resend w = { .x12 = x, .refused = refused, .sink = sink };
    for (uint32_t k = 0; k < x->all.interchange_count; k++) {
        x->interchange = &x->all.interchanges[k];
        if (x->interchange->fault == ISSUE_DOCUMENT_DUPLICATE) continue;
        for (uint32_t g = x->interchange->group_first; g < x->interchange->group_first + x->interchange->group_count;
             g++) {
            x->group = &x->all.groups[g];
            for (uint32_t s = x->group->set_first; s < x->group->set_first + x->group->set_count; s++) {
                x->set = &x->all.sets[s];
                take_set(&w);
            }
            close_group(&w);
        }
        close_interchange(&w);
    }
    x->interchange = NULL;
    x->group = NULL;
    x->set = NULL;
    return w.has_written;
}
