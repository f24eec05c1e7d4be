/* tests/unit/common/wire/test_csv_text.c */
#include "support/test.h"
#include "wire/csv_text.h"

#include <stdio.h>

static const struct csv_column columns[] = {
    { .name = "sku", .required = true }, { .name = "parts", .form = CSV_LIST }, { .name = "uoms", .form = CSV_PAIRS },
    { .name = "partner_parts", .form = CSV_RECORDS, .first = "root_id", .second = "part" },
};

static struct problems problems;

static const struct node *read_rows(struct slice text)
{
    problems = problems_in(test_arena());
    struct text_source s = {
        .arena = test_arena(), .file = SLICE("p.csv"), .problems = &problems, .code = ERR_TERMS_INVALID
    };
    return csv_text_read(&s, text, columns, 4);
}

static const struct node *member_of(const struct node *rows, unsigned row, const char *name)
{
    const struct node_entry *e = rows->first;
    while (row-- > 0) e = e->next;
    return node_find(e->value, slice_from(name));
}

TEST(a_row_is_a_map_of_its_filled_cells)
{
    const struct node *rows = read_rows(SLICE("sku,parts\nCAB-5,CAB-5|CAB5\nSW-24,\n"));
    CHECK_INT(rows->count, 2);
    CHECK_TEXT(member_of(rows, 0, "sku")->text, "CAB-5");
    CHECK_INT(member_of(rows, 0, "parts")->count, 2);
    CHECK_TEXT(member_of(rows, 0, "parts")->last->value->text, "CAB5");
    CHECK_INT(member_of(rows, 0, "parts")->last->value->at.column, 13);
    CHECK(member_of(rows, 1, "parts") == NULL);
    CHECK_INT(member_of(rows, 1, "sku")->at.line, 3);
}

TEST(columns_stand_in_any_order_and_line_ends_may_be_crlf)
{
    const struct node *rows = read_rows(SLICE("\xEF\xBB\xBFparts,sku\r\nA,B\r\n\r\nC,D"));
    CHECK_INT(rows->count, 2);
    CHECK_TEXT(member_of(rows, 0, "sku")->text, "B");
    CHECK_TEXT(member_of(rows, 1, "parts")->first->value->text, "C");
}

TEST(quotes_hold_commas_quotes_and_line_breaks)
{
    const struct node *rows = read_rows(SLICE("sku,parts\n\"a,\"\"b\"\"\nc\",x\nd,y\n"));
    CHECK_TEXT(member_of(rows, 0, "sku")->text, "a,\"b\"\nc");
    CHECK_TEXT(member_of(rows, 0, "parts")->first->value->text, "x");
    CHECK_INT(member_of(rows, 1, "sku")->at.line, 4);
    CHECK_TEXT(member_of(read_rows(SLICE("sku\n\"\"\"\"\n")), 0, "sku")->text, "\"");
}

TEST(pairs_become_maps_and_records)
{
    const struct node *rows = read_rows(SLICE("sku,uoms,partner_parts\nA,BOX:24/1|CASE:240/1,N-100:NG-1|R-200:X:Y\n"));
    CHECK_TEXT(node_find(member_of(rows, 0, "uoms"), SLICE("CASE"))->text, "240/1");
    const struct node *second = member_of(rows, 0, "partner_parts")->last->value;
    CHECK_TEXT(node_find(second, SLICE("root_id"))->text, "R-200");
    CHECK_TEXT(node_find(second, SLICE("part"))->text, "X:Y");
    CHECK_INT(node_find(second, SLICE("part"))->at.column, 40);
}

TEST(a_file_that_is_no_such_table_is_refused_where_it_breaks)
{
    static const struct { const char *text; uint32_t line, column; const char *message; } refusals[] = {
        { "", 1, 1, "the file is empty" },
        { "skuu\nA\n", 1, 1, "\"skuu\" is no column of this file" },
        { "parts\nA\n", 1, 1, "column sku is missing" },
        { "sku,parts,sku\nA,B,C\n", 1, 11, "column sku stands twice" },
        { "sku,parts\nA\n", 2, 1, "the row has 1 cells, the header 2" },
        { "sku,parts\nA,B,C\n", 2, 1, "the row has 3 cells, the header 2" },
        { "sku,parts\nA,\"B\n", 2, 3, "a quote is opened here and never closed" },
        { "sku,parts\nA,\"B\"C\n", 2, 6, "text stands behind a closing quote" },
        { "sku,parts\nA,B\"C\n", 2, 4, "a quote stands inside a cell" },
        { "sku,uoms\nA,BOX\n", 2, 3, "\"BOX\" has no :" },
        { "sku,uoms\nA,BOX:1|BOX:2\n", 2, 9, "\"BOX\" stands twice" },
    };
    for (unsigned i = 0; i < sizeof refusals / sizeof refusals[0]; i++) {
        CHECK(read_rows(slice_from(refusals[i].text)) == NULL);
        CHECK(problems.count >= 1);
        CHECK_SLICE(problems.first->message, slice_from(refusals[i].message));
        CHECK_INT(problems.first->at.line, refusals[i].line);
        CHECK_INT(problems.first->at.column, refusals[i].column);
    }
}

TEST(every_bad_row_is_reported)
{
    CHECK(read_rows(SLICE("sku,parts\nA\nB,C\nD,E,F\n")) == NULL);
    CHECK_INT(problems.count, 2);
    CHECK_INT(problems.first->next->at.line, 4);
}
