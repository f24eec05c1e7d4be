/* intake/workbook_merged.c: of each column the merged cell that reaches down to the row at hand. */
#include "intake/workbook_merged.h"

void workbook_merged_open(struct workbook_merged *m, struct arena *a, const struct workbook *w, uint32_t below)
{
    *m = (struct workbook_merged){ .workbook = w, .arena = a, .below = below };
    if (w->merge_count > 0) m->reaches = ARENA_ARRAY(a, COLUMNS_MAX, struct workbook_reach);
}

void workbook_merged_rewind(struct workbook_merged *m)
{
    m->next = 0;
    for (unsigned k = 0; m->reaches && k < COLUMNS_MAX; k++) m->reaches[k].until = 0;
}

static void hold(struct workbook_merged *m, const struct workbook_rows *rows, const struct workbook_merge *merge)
{
    unsigned cell = merge->column - 1;
    struct workbook_reach *reach = &m->reaches[cell];
    struct slice text = merge->from == rows->row ? rows->cells[cell] : (struct slice){ 0 };
    *reach = (struct workbook_reach){ .until = merge->to, .sort = rows->sorts[cell], .code = rows->codes[cell],
                                      .is_shared = merge->is_shared, .text = { reach->text.bytes, text.size },
                                      .room = reach->room };
    if (text.size > reach->room) {
        reach->room = 2 * text.size;
        reach->text.bytes = arena_take(m->arena, reach->room);
    }
    if (text.size > 0) memcpy((char *)reach->text.bytes, text.bytes, text.size);
}

void workbook_merged_take(struct workbook_merged *m, const struct workbook_rows *rows)
{
    const struct workbook *w = m->workbook;
    for (; m->reaches && m->next < w->merge_count && w->merges[m->next].from <= rows->row; m->next++) {
        const struct workbook_merge *merge = &w->merges[m->next];
        if (merge->from > m->below && merge->to >= rows->row) hold(m, rows, merge);
    }
}

const struct workbook_reach *workbook_merged_at(const struct workbook_merged *m, const struct workbook_rows *rows,
                                                unsigned cell)
{
    const struct workbook_reach *reach = m->reaches ? &m->reaches[cell] : NULL;
    return reach && reach->until >= rows->row && reach->text.size > 0 ? reach : NULL;
}

void workbook_merged_fill(struct workbook_rows *rows, unsigned cell, const struct workbook_reach *reach,
                          struct arena *a)
{
    while (rows->count <= cell) rows->cells[rows->count++] = (struct slice){ 0 };
    rows->cells[cell] = slice_copy(a, reach->text);
    rows->sorts[cell] = reach->sort;
    rows->codes[cell] = reach->code;
}
