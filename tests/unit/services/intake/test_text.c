/* Rows of physical lines: what is split without libcsv is split as libcsv does (feeds.md 7.1). */
#include "intake/text.h"
#include "support/test.h"

enum { ROWS = 20000, ROW_MAX = 64, CELLS_MAX = 16 };

struct cells { char bytes[ROW_MAX]; struct slice at[CELLS_MAX]; size_t used; unsigned count; };

static void take_cell(void *bytes, size_t size, void *context)
{
    struct cells *c = context;
    if (size) memcpy(c->bytes + c->used, bytes, size);
    c->at[c->count++] = slice_of(c->bytes + c->used, size);
    c->used += size;
}

static void end_row(int last, void *context)
{
    (void)last;
    (void)context;
}

static int no_space(unsigned char c)
{
    (void)c;
    return 0;
}

static void split_by_libcsv(struct slice row, struct cells *c)
{
    struct csv_parser csv;
    *c = (struct cells){ 0 };
    CHECK_INT(csv_init(&csv, 0), 0);
    csv_set_delim(&csv, ';');
    csv_set_space_func(&csv, no_space);
    CHECK_INT(csv_parse(&csv, row.bytes, row.size, take_cell, end_row, c), row.size);
    csv_fini(&csv, take_cell, end_row, c);
    csv_free(&csv);
}

/* Cells with and without quotes around them; in quotes a delimiter, a blank or a doubled quote may stand. */
static struct slice random_row(uint64_t *state, char *row)
{
    static const char *const quoted[] = { "a", "b", " ", ";", "\"\"" };
    struct text t = text_over(row, ROW_MAX);
    for (unsigned cells = 1 + test_random(state) % 5; cells > 0; cells--) {
        bool is_quoted = test_random(state) % 2;
        if (is_quoted) PUT(&t, "\"");
        for (unsigned left = test_random(state) % 4; left > 0; left--)
            text_put(&t, slice_from(quoted[test_random(state) % (is_quoted ? 5 : 3)]));
        if (is_quoted) PUT(&t, "\"");
        if (cells > 1) PUT(&t, ";");
    }
    return t.size ? text_slice(&t) : SLICE(";");
}

TEST(quoted_cells_are_those_of_libcsv)
{
    uint64_t state = test_seed();
    struct cells wanted;
    for (unsigned i = 0; i < ROWS; i++) {
        char bytes[ROW_MAX];
        struct slice row = random_row(&state, bytes);
        struct spool spool = spool_over(row);
        struct text_rows rows;
        struct text_row read;
        size_t mark = arena_mark(test_arena());
        CHECK(text_rows_open(&rows, test_arena(), &spool, ENCODING_UTF8, NULL) == OK);
        rows.delimiter = ';';
        CHECK(text_rows_next(&rows, &read));
        split_by_libcsv(row, &wanted);
        bool is_same = read.fault == ROW_FINE && read.count == wanted.count;
        for (unsigned k = 0; k < read.count && is_same; k++) is_same = slice_equal(read.cells[k], wanted.at[k]);
        if (!is_same) CHECK_SLICE(row, SLICE("cells of libcsv"));
        text_rows_close(&rows);
        arena_rewind(test_arena(), mark);
    }
}
