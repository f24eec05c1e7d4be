/* intake/header.c: a header of one row or of two. */
#include "intake/header.h"

struct header_search header_search_begin(struct arena *a, struct arena *scratch, const struct mapping_profile *profile,
                                         uint32_t wanted)
{
    return (struct header_search){
        .arena = a, .scratch = scratch, .profile = profile, .wanted = wanted, .mark = arena_mark(scratch)
    };
}

static struct header_cells copied(struct arena *a, struct header_cells cells)
{
    struct header_cells copy = { ARENA_ARRAY(a, cells.count, struct slice), cells.count };
    for (unsigned k = 0; k < cells.count; k++) copy.items[k] = slice_copy(a, slice_trim(cells.items[k]));
    return copy;
}

static struct slice cell_at(const struct header_cells *cells, unsigned at)
{
    return at < cells->count ? slice_trim(cells->items[at]) : (struct slice){ 0 };
}

static struct slice of_group(struct arena *a, struct slice group, struct slice name)
{
    struct text t = text_in(a, group.size + name.size + 1);
    text_put(&t, group);
    if (group.size > 0) PUT(&t, " ");
    text_put(&t, name);
    return text_slice(&t);
}

static bool is_known(const struct header_search *s, struct slice name)
{
    return columns_slot(s->scratch, name, s->profile) != SLOT_NONE;
}

/* A group goes on to the right until the next one begins, or a name needs none (`Ship To` above Name, City, Part): what
 * means something by itself keeps its meaning below a word that stands above another column. False: a figure that names
 * nothing stands in the lower row, which is a line. */
static bool join(struct header_search *s, const struct header_cells *lower, struct header_cells *names)
{
    unsigned count = lower->count > s->above.count ? lower->count : s->above.count;
    struct slice group = { 0 };
    *names = (struct header_cells){ ARENA_ARRAY(s->scratch, count, struct slice), count };
    for (unsigned k = 0; k < count; k++) {
        struct slice above = cell_at(&s->above, k), name = cell_at(lower, k);
        if (above.size > 0) group = above;
        names->items[k] = above;
        if (name.size == 0) continue;
        struct slice both = of_group(s->scratch, group, name);
        bool is_of_group = is_known(s, both), stands_alone = is_known(s, name) || column_is_ours(name);
        if (!is_of_group && !stands_alone && columns_has_digit(name)) return false;
        if (stands_alone && (!is_of_group || above.size == 0)) group = (struct slice){ 0 };
        names->items[k] = group.size > 0 ? both : name;
    }
    return true;
}

static bool is_better(const struct header_search *s, const struct header *h, unsigned least)
{
    bool covers = s->wanted == 0 || (h->first <= s->wanted && s->wanted <= h->last);
    return covers && h->score >= least && h->score > s->best.score;
}

static void take(struct header_search *s, const struct header *h)
{
    s->best = *h;
    if (!s->arena) return;
    s->best.names = copied(s->arena, h->names);
    s->best.upper = copied(s->arena, h->upper);
    s->best.lower = copied(s->arena, h->lower);
}

static unsigned score_of(const struct header_search *s, const struct header_cells *cells, unsigned least)
{
    return columns_score(s->scratch, cells->items, cells->count, s->profile, least);
}

/* A row of a table, no remark between tables: two cells, one of them with a figure. */
static bool is_line(const struct header_cells *row)
{
    bool has_figure = false;
    unsigned filled = 0;
    for (unsigned k = 0; k < row->count; k++) {
        filled += !slice_is_empty(slice_trim(row->items[k]));
        has_figure |= columns_has_digit(row->items[k]);
    }
    return filled > 1 && has_figure;
}

/* A table above the best header is lost with it: its lines would be taken for what stands above one. */
static void see_table(struct header_search *s, const struct header *alone)
{
    if (alone->score == 0) { s->has_lines |= is_line(&alone->lower); return; }
    if (s->table > 0 && s->has_lines && s->left == 0) s->left = s->table;
    s->table = alone->last;
    s->has_lines = false;
}

bool header_search_offer(struct header_search *s, const struct slice *cells, unsigned count, uint32_t row,
                         unsigned least)
{
    struct header_cells lower = { (struct slice *)cells, count > COLUMNS_MAX ? COLUMNS_MAX : count }, names;
    struct header alone = { .first = row, .last = row, .score = score_of(s, &lower, least),
                            .names = lower, .lower = lower };
    bool is_taken = is_better(s, &alone, least);
    see_table(s, &alone);
    if (is_taken) take(s, &alone);
    if (s->above.count > 0 && join(s, &lower, &names)) {
        struct header both = { .first = s->above_row, .last = row, .score = score_of(s, &names, least),
                               .names = names, .upper = s->above, .lower = lower };
        bool adds = both.score > alone.score && both.score > score_of(s, &s->above, both.score);
        if (adds && is_better(s, &both, least)) { take(s, &both); is_taken = true; }
    }
    arena_rewind(s->scratch, s->mark);
    s->above = copied(s->scratch, lower);
    s->above_row = row;
    return is_taken;
}

struct header header_search_end(const struct header_search *s, bool is_named)
{
    struct header found = s->best;
    arena_rewind(s->scratch, s->mark);
    if (!is_named && s->left < found.first) found.table_above = s->left;
    return found;
}

static bool is_row(const struct header_cells *header, const struct header_cells *row)
{
    unsigned most = row->count > header->count ? row->count : header->count;
    for (unsigned k = 0; k < most; k++)
        if (!slice_equal_nocase(cell_at(row, k), cell_at(header, k))) return false;
    return true;
}

bool header_is_met(const struct header *h, const struct slice *cells, unsigned count)
{
    struct header_cells row = { (struct slice *)cells, count };
    return is_row(&h->lower, &row) || (h->upper.count > 0 && is_row(&h->upper, &row));
}

void header_put_rows(struct text *t, const struct header *h)
{
    bool is_one = h->first == h->last;
    text_put(t, is_one ? SLICE(", header in row ") : SLICE(", header in rows "));
    text_put_int(t, h->first);
    if (is_one) return;
    PUT(t, " and ");
    text_put_int(t, h->last);
}

/* Most lines are told by a figure in a column of numbers or dates. */
static bool is_plain_line(const struct columns *columns, const struct slice *cells, unsigned count)
{
    for (unsigned k = 0; k < count && k < columns->count; k++)
        if ((columns->items[k].is_number || columns->items[k].is_date) && columns_has_digit(cells[k])) return true;
    return false;
}

enum header_kin header_compare(struct arena *scratch, const struct columns *columns, const struct slice *cells,
                               unsigned count, const struct mapping_profile *profile)
{
    if (is_plain_line(columns, cells, count)) return HEADER_NONE;
    enum header_kin kin = columns_score(scratch, cells, count, profile, 0) > 0 ? HEADER_SAME : HEADER_NONE;
    for (unsigned k = 0; k < count && kin == HEADER_SAME; k++) {
        enum slot slot = columns_slot(scratch, cells[k], profile);
        struct slice header = k < columns->count ? columns->items[k].header : (struct slice){ 0 };
        if (slot != SLOT_NONE && slot != columns_slot(scratch, header, profile)) kin = HEADER_ANOTHER;
    }
    return kin;
}
