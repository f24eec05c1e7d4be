/* intake/row_reader.c: rows of cells to lines. */
#include "intake/row_reader.h"

#include "base/assert.h"

/* Survey */

static enum header_kin kin_of(const struct row_reader *r, const struct row *row)
{
    return header_compare(r->base.line_arena, &r->columns, row->cells, row->count, r->base.profile);
}

void row_reader_gather(struct row_reader *r)
{
    struct row row;
    memset(&r->evidence, 0, sizeof r->evidence);
    r->is_below_header = true;
    r->another = (struct where){ 0 };
    for (r->has_totals = false; r->source->next(r, &row); arena_reset(r->base.line_arena)) {
        if (row.fault != ISSUE_NONE || row.is_header) continue;
        if (r->another.row == 0 && kin_of(r, &row) == HEADER_ANOTHER) r->another = row.place;
        cell_evidence_add(&r->evidence, r->base.arena, &r->columns, row.texts, row.count, row.place);
        text_cells_take_read_as(&r->base, &r->columns, row.cells, row.count);
        text_cells_take_partner(&r->base, &r->columns, row.cells, row.count);
        if (r->has_totals && !r->columns.has_unnamed) continue;
        enum row_sort sort = text_cells_sort(&r->base, &r->columns, row.cells, row.count);
        r->has_totals |= sort == ROW_TOTAL;
        if (sort == ROW_LINE) text_cells_take_unnamed(&r->columns, row.cells, row.count);
    }
}

enum survey row_reader_refuse_tables(struct row_reader *r)
{
    reader_add(&r->base, ISSUE_HEADER_ANOTHER, r->another.offset)->where = r->another;
    return SURVEY_REJECTED;
}

void row_reader_tell_columns(struct row_reader *r, struct where header)
{
    text_cells_tell_extras(&r->base, &r->columns, header);
    text_cells_tell_absent(&r->base, &r->columns, header);
}

/* Lines */

static void locate(const struct draft *d, const struct draft_cell *cell, struct arena *a, struct where *w)
{
    (void)a;
    const struct row_reader *r = d->reader;
    *w = r->row.place;
    if (!cell || cell->column == 0) return;
    w->column = cell->column;
    w->column_name = r->columns.items[cell->column - 1].name;
    if (r->source->cell_offset) w->offset = r->source->cell_offset(r, cell->column);
}

static void place(struct row_reader *r, struct draft *d)
{
    struct text ordinal = text_over(r->ordinal, sizeof r->ordinal);
    text_put_int(&ordinal, r->row.place.row);
    draft_reset(d);
    d->position = r->row.position;
    d->offset = r->row.place.offset;
    d->row = r->row.place.row;
    d->sheet = r->row.place.sheet;
    d->raw = r->row.raw;
    d->ordinal = text_slice(&ordinal);
    d->sign_names_kind = true;
    d->locate = locate;
    d->reader = r;
}

static enum reader_step dead(struct row_reader *r, struct draft *d, struct issues *issues)
{
    struct issue *i = typing_blame(r->base.typing, d, issues, r->row.fault, SLOT_NONE);
    if (r->row.fault_max > 0) issue_argument(i, SLICE("max"), slice_of_int(r->base.line_arena, r->row.fault_max));
    return READER_DEAD;
}

static enum reader_step skip(struct row_reader *r, enum skipped what)
{
    r->base.skipped = what;
    return READER_SKIPPED;
}

/* Short rows are filled up with a warning; surplus cells must be empty. */
static void check_width(struct row_reader *r, struct draft *d, struct issues *issues)
{
    unsigned columns = r->columns.count, count = r->row.count;
    bool is_short = count < columns && !r->source->has_short_rows, is_long = false;
    for (unsigned i = columns; i < count; i++) is_long |= !slice_is_empty(slice_trim(r->row.cells[i]));
    if (!is_short && !is_long) return;
    struct issue *i = typing_blame(r->base.typing, d, issues, is_long ? ISSUE_ROW_LONG : ISSUE_ROW_SHORT, SLOT_NONE);
    issue_argument(i, SLICE("count"), slice_of_int(r->base.line_arena, count));
    issue_argument(i, SLICE("columns"), slice_of_int(r->base.line_arena, columns));
    if (is_short && r->base.is_strict) issues_raise(issues, i);
}

static enum reader_step read_line(struct row_reader *r, struct draft *d, struct issues *issues)
{
    const struct row *row = &r->row;
    bool may_go_on = r->is_below_header;
    r->is_below_header = false;
    if (kin_of(r, row) == HEADER_SAME) return skip(r, SKIPPED_header);
    if (may_go_on && text_cells_go_on_with_header(&r->base, &r->columns, row->cells, row->count)) {
        text_cells_tell_header_row(&r->base, row->cells, row->count, row->place);
        return skip(r, SKIPPED_header);
    }
    if (r->source->refine) r->source->refine(r, d, issues);
    text_cells_fill(&r->base, d, issues, &r->columns, row->cells, row->count);
    check_width(r, d, issues);
    if (r->has_totals) cell_totals_add(&r->totals, &r->base, &r->columns, row->cells, row->count);
    return READER_LINE;
}

enum reader_step row_reader_next(struct reader *reader, struct draft *d, struct issues *issues)
{
    struct row_reader *r = row_reader_of(reader);
    struct row *row = &r->row;
    if (r->is_nil && !r->is_nil_said) {
        r->is_nil_said = true;
        return skip(r, SKIPPED_nil_report);
    }
    if (r->is_nil || !r->source->next(r, row)) return READER_END;
    place(r, d);
    if (row->fault != ISSUE_NONE) return dead(r, d, issues);
    if (row->is_header) return skip(r, SKIPPED_header);
    switch (text_cells_sort(reader, &r->columns, row->cells, row->count)) {
    case ROW_BLANK: return skip(r, SKIPPED_blank);
    case ROW_NIL:   return skip(r, SKIPPED_nil_report);
    case ROW_TOTAL:
        cell_totals_compare(&r->totals, reader, &r->columns, row->cells, row->count, row->place);
        return skip(r, SKIPPED_total);
    case ROW_NOTE:
        text_cells_tell_note(reader, &r->columns, row->cells, row->count, row->place);
        return skip(r, SKIPPED_note);
    case ROW_LINE:  return read_line(r, d, issues);
    }
    NEVER();
}

void row_reader_rewind(struct reader *reader)
{
    struct row_reader *r = row_reader_of(reader);
    memset(&r->totals, 0, sizeof r->totals);
    r->is_nil_said = false;
    r->is_below_header = true;
    if (!r->is_nil) r->source->rewind(r);
}
