/* intake/x12_sets.c: rows of the grammar and the cursor that follows them. */
#include "intake/x12_sets.h"

#include "base/assert.h"

struct set_row { struct slice id; bool posts; };
struct grammar_row {
    uint8_t set, depth;
    bool is_loop, is_needed;
    struct slice id;
    uint8_t scope, since;
    uint32_t max;
};

#define SEGMENT(depth, id, scope, max, needed, since)
#define LOOP(depth, id, scope, max, needed, since)
static const struct set_row set_rows[] = {
#define SET(id, posts) { SLICE_INIT(#id), posts },
#include "intake/x12_grammar.def"
#undef SET
};
enum { SETS = sizeof set_rows / sizeof *set_rows };

#undef SEGMENT
#undef LOOP
enum row_mark { MARK_SET, MARK_ROW };
#define SET(id, posts)                                { .set = MARK_SET },
#define SEGMENT(depth, id, scope, max, needed, since) \
    { MARK_ROW, depth, false, needed, SLICE_INIT(#id), X12_##scope, X12_##since, max },
#define LOOP(depth, id, scope, max, needed, since) \
    { MARK_ROW, depth, true, needed, SLICE_INIT(#id), X12_##scope, X12_##since, max },
static const struct grammar_row grammar_rows[] = {
#include "intake/x12_grammar.def"
};
enum { ROWS = sizeof grammar_rows / sizeof *grammar_rows };

struct x12_sets { struct x12_set_kind kinds[SETS]; struct x12_row rows[ROWS]; };

static void link_rows(struct x12_row *rows, int count)
{
    for (int i = 0; i < count; i++) {
        rows[i].parent = -1;
        for (int p = i - 1; p >= 0 && rows[i].parent < 0; p--)
            if (rows[p].depth + 1 == rows[i].depth) rows[i].parent = (int16_t)p;
            else if (rows[p].depth < rows[i].depth) break;
        ASSERT(rows[i].depth == 0 || (rows[i].parent >= 0 && rows[rows[i].parent].is_loop));
        int end = i + 1;
        while (end < count && rows[end].depth > rows[i].depth) end++;
        rows[i].end = (int16_t)end;
    }
}

struct x12_sets *x12_sets_new(struct arena *a)
{
    struct x12_sets *s = ARENA_NEW(a, struct x12_sets);
    int set = -1, used = 0;
    for (int i = 0; i < ROWS; i++) {
        const struct grammar_row *g = &grammar_rows[i];
        if (g->set == MARK_SET) {
            set++;
            s->kinds[set] = (struct x12_set_kind){ set_rows[set].id, set_rows[set].posts, &s->rows[used], 0 };
            continue;
        }
        s->rows[used++] = (struct x12_row){
            .key = x12_key(g->id),
            .id = g->id,
            .scope = (enum x12_scope)g->scope,
            .since = (enum x12_version)g->since,
            .max = g->max,
            .depth = g->depth,
            .is_loop = g->is_loop,
            .is_needed = g->is_needed,
        };
        s->kinds[set].count++;
    }
    for (int k = 0; k < SETS; k++) {
        ASSERT(s->kinds[k].count <= X12_ROWS_MAX);
        link_rows((struct x12_row *)s->kinds[k].rows, s->kinds[k].count);
    }
    return s;
}

const struct x12_set_kind *x12_sets_find(const struct x12_sets *sets, struct slice id)
{
    for (int k = 0; k < SETS; k++)
        if (slice_equal(sets->kinds[k].id, id)) return &sets->kinds[k];
    return NULL;
}

bool x12_set_fits_group(struct slice set_id, struct slice gs01, enum x12_version version)
{
    static const struct { struct slice set, group, group_of_old;
    } rows[] = {
        { SLICE_INIT("867"), SLICE_INIT("PT"), SLICE_INIT("PT") },
        { SLICE_INIT("844"), SLICE_INIT("CF"), SLICE_INIT("PT") },
        { SLICE_INIT("845"), SLICE_INIT("PA"), SLICE_INIT("PA") },
        { SLICE_INIT("852"), SLICE_INIT("PD"), SLICE_INIT("PD") },
        { SLICE_INIT("849"), SLICE_INIT("CF"), SLICE_INIT("RC") },
        { SLICE_INIT("997"), SLICE_INIT("FA"), SLICE_INIT("FA") },
        { SLICE_INIT("999"), SLICE_INIT("FA"), SLICE_INIT("FA") },
    };
    for (unsigned i = 0; i < sizeof rows / sizeof *rows; i++) {
        if (!slice_equal(rows[i].set, set_id)) continue;
        return slice_equal(version == X12_002040 ? rows[i].group_of_old : rows[i].group, gs01);
    }
    return true;                                    /* not read at all: AK502 1 says so */
}

bool x12_group_is_known(struct slice gs01)
{
    static const char *const known[] = { "PT", "CF", "PA", "PD", "RC", "FA" };
    for (unsigned i = 0; i < sizeof known / sizeof *known; i++)
        if (slice_equal(slice_from(known[i]), gs01)) return true;
    return false;
}

/* The cursor */

void x12_cursor_begin(struct x12_cursor *c, const struct x12_set_kind *kind, enum x12_version version)
{
    memset(c, 0, sizeof *c);
    c->kind = kind;
    c->version = version;
    c->at = -1;
}

static int next_sibling(const struct x12_cursor *c, int row)
{
    return c->kind->rows[row].is_loop ? c->kind->rows[row].end : row + 1;
}

static void miss(struct x12_cursor *c, int from, int end)
{
    for (int i = from; i < end; i = next_sibling(c, i)) {
        const struct x12_row *r = &c->kind->rows[i];
        bool is_told = c->missing_count == sizeof c->missing / sizeof *c->missing;
        if (r->is_needed && c->counts[i] == 0 && r->since <= c->version && !is_told)
            c->missing[c->missing_count++] = r->key;
    }
}

/* Looks from the last row onwards in its loop, then for its loop again, then in the loop around it. */
static int find_row(const struct x12_cursor *c, uint32_t key)
{
    const struct x12_row *rows = c->kind->rows;
    int loop = c->at < 0 ? -1 : rows[c->at].is_loop ? c->at : rows[c->at].parent;
    int from = c->at < 0 ? 0 : rows[c->at].is_loop ? c->at + 1 : c->at;
    for (;;) {
        int end = loop < 0 ? c->kind->count : rows[loop].end;
        for (int i = from; i < end; i = next_sibling(c, i))
            if (rows[i].key == key && rows[i].since <= c->version) return i;
        if (loop < 0) return -1;
        if (rows[loop].key == key) return loop;
        from = rows[loop].end;
        loop = rows[loop].parent;
    }
}

/* The same; lines follow each other alike, and most steps were taken before. */
static int next_row(struct x12_cursor *c, uint32_t key)
{
    struct x12_step *step = &c->steps[((key * 0x9E3779B1u >> 24) + (unsigned)c->at) % X12_STEPS_MAX];
    if (step->key == key && step->at == c->at) return step->row;
    int row = find_row(c, key);
    if (row >= 0) *step = (struct x12_step){ key, (int16_t)c->at, (int16_t)row };
    return row;
}

/* Names what the way to `row` leaves behind unsaid. */
static void leave(struct x12_cursor *c, int row)
{
    const struct x12_row *rows = c->kind->rows;
    int loop = c->at < 0 ? -1 : rows[c->at].is_loop ? c->at : rows[c->at].parent;
    int from = c->at < 0 ? 0 : c->at + 1;
    while (loop >= 0 && (row <= loop || row >= rows[loop].end)) {
        miss(c, from, rows[loop].end);
        from = rows[loop].end;
        if (row == loop) return;
        loop = rows[loop].parent;
    }
    if (row > from) miss(c, from, row);
}

/* A key that stands earlier in one of the open loops came too late; elsewhere in the set it is not expected. */
static enum x12_fit misfit(const struct x12_cursor *c, uint32_t key)
{
    const struct x12_row *rows = c->kind->rows;
    bool is_known = false;
    int loop = c->at < 0 ? -1 : rows[c->at].is_loop ? c->at : rows[c->at].parent;
    for (;; loop = rows[loop].parent) {
        int end = loop < 0 ? c->kind->count : rows[loop].end;
        for (int i = loop + 1; i < end && i <= c->at; i = next_sibling(c, i))
            if (rows[i].key == key && rows[i].since <= c->version) return X12_OUT_OF_SEQUENCE;
        if (loop < 0) break;
    }
    for (int i = 0; i < c->kind->count; i++) is_known |= rows[i].key == key && rows[i].since <= c->version;
    return is_known ? X12_UNEXPECTED : X12_NOT_IN_SET;
}

enum x12_fit x12_cursor_step(struct x12_cursor *c, uint32_t key)
{
    int row = next_row(c, key);
    c->missing_count = 0;
    if (row < 0) return misfit(c, key);
    const struct x12_row *r = &c->kind->rows[row];
    leave(c, row);
    c->at = row;
    c->counts[row]++;
    if (r->is_loop) memset(&c->counts[row + 1], 0, (size_t)(r->end - row - 1) * sizeof *c->counts);
    uint32_t max = c->version == X12_005010 && slice_equal(r->id, SLICE("PAD")) ? 0 : r->max;
    if (max == 0 || c->counts[row] <= max) return X12_FITS;
    return r->is_loop ? X12_OVER_LOOP : X12_OVER_USE;
}

const struct x12_row *x12_cursor_peek(struct x12_cursor *c, uint32_t key)
{
    int row = next_row(c, key);
    return row < 0 ? NULL : &c->kind->rows[row];
}

void x12_cursor_move(struct x12_cursor *c, const struct x12_row *row)
{
    c->at = (int)(row - c->kind->rows);
}

void x12_cursor_finish(struct x12_cursor *c)
{
    c->missing_count = 0;
    leave(c, c->kind->count);
}

const struct x12_row *x12_cursor_row(const struct x12_cursor *c)
{
    return c->at < 0 ? NULL : &c->kind->rows[c->at];
}

struct slice x12_cursor_loop(const struct x12_cursor *c)
{
    const struct x12_row *rows = c->kind->rows;
    int loop = c->at < 0 ? -1 : rows[c->at].is_loop ? c->at : rows[c->at].parent;
    return loop < 0 ? (struct slice){ 0 } : rows[loop].id;
}
