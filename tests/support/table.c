/* tests/support/table.c: reading cells of text tables. */
#include "support/table.h"

#include "base/assert.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

/* Cells are parted by two blanks or more, or by " | ". */
static struct slice take_cell(struct slice *rest)
{
    while (rest->size && (rest->bytes[0] == ' ' || rest->bytes[0] == '|')) *rest = slice_skip(*rest, 1);
    size_t end = 0;
    while (end < rest->size) {
        bool wide = rest->bytes[end] == ' '
                    && (end + 1 == rest->size || rest->bytes[end + 1] == ' ' || rest->bytes[end + 1] == '|');
        if (wide) break;
        end++;
    }
    struct slice found = slice_head(*rest, end);
    *rest = slice_skip(*rest, end);
    return found;
}

bool table_next(struct table *t)
{
    return ++t->at < t->count;
}

struct slice table_row(const struct table *t)
{
    return slice_from(t->lines[t->at]);
}

static struct slice raw_cell(const struct table *t, const char *column)
{
    struct slice header = slice_from(t->lines[0]), row = table_row(t);
    while (header.size) {
        struct slice name = take_cell(&header), value = take_cell(&row);
        if (slice_equal(name, slice_from(column))) return value;
    }
    fprintf(stderr, "no column %s in: %s\n", column, t->lines[0]);
    NEVER();
}

struct slice cell(const struct table *t, const char *column)
{
    struct slice value = raw_cell(t, column);
    return slice_equal(value, SLICE("-")) ? (struct slice){ "", 0 } : value;
}

bool cell_is_default(const struct table *t, const char *column)
{
    return slice_equal(raw_cell(t, column), SLICE("_"));
}

int64_t cell_int(const struct table *t, const char *column)
{
    char buffer[32];
    struct slice value = raw_cell(t, column);
    ASSERT(value.size < sizeof buffer);
    memcpy(buffer, value.bytes, value.size);
    buffer[value.size] = 0;
    char *end;
    int64_t number = strtoll(buffer, &end, 10);
    ASSERT(*end == 0 && end != buffer);
    return number;
}

bool cell_yes(const struct table *t, const char *column)
{
    return slice_equal(raw_cell(t, column), SLICE("yes"));
}

int cell_word(const struct table *t, const char *column, const char *words)
{
    struct slice value = raw_cell(t, column), rest = slice_from(words);
    for (int at = 0; rest.bytes; at++)
        if (slice_equal(slice_cut(&rest, ' '), value)) return at;
    fprintf(stderr, "%.*s is none of: %s\n", SLICE_ARGS(value), words);
    NEVER();
}

void check_cell_at(const char *file, int line, const struct table *t, const char *column, struct slice got)
{
    struct slice want = cell(t, column);
    if (!slice_equal(got, want)) printf("\n  row  %s\n", t->lines[t->at]);
    check_slice_at(file, line, got, want, column);
}

void check_cell_int_at(const char *file, int line, const struct table *t, const char *column, int64_t got)
{
    int64_t want = cell_int(t, column);
    if (got != want) printf("\n  row  %s\n", t->lines[t->at]);
    check_int_at(file, line, got, want, column);
}
