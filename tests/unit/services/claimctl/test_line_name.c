/* The name of a line. */
#include "claimctl/line_name.h"

#include "support/test.h"

static struct receipt receipt_at(uint32_t row, uint32_t position)
{
    return (struct receipt){ .file_name = SLICE("march.csv"), .row = row, .position = position };
}

static bool is_named(uint32_t row, uint32_t position, struct slice word)
{
    struct receipt r = receipt_at(row, position);
    return line_name_is(&r, word);
}

TEST(a_line_is_named_by_its_row_else_by_its_position)
{
    char buffer[64];
    struct receipt with_row = receipt_at(3, 405), without = receipt_at(0, 405);
    struct text t = text_over(buffer, sizeof buffer);
    line_name_put(&t, &with_row);
    CHECK_TEXT(text_slice(&t), "march.csv:3");
    t.size = 0;
    line_name_put(&t, &without);
    CHECK_TEXT(text_slice(&t), "march.csv:405");
}

TEST(the_longest_name_fits_its_slice)
{
    struct arena a;
    struct receipt r = receipt_at(0, UINT32_MAX);
    CHECK(arena_open(&a, 1 << 12, 1 << 12) == OK);
    CHECK_TEXT(line_name_in(&a, &r), "march.csv:4294967295");
    arena_close(&a);
}

TEST(what_is_printed_names_the_line_and_nothing_else_does)
{
    CHECK(is_named(3, 405, SLICE("march.csv:3")));
    CHECK(!is_named(3, 405, SLICE("march.csv:405")));
    CHECK(is_named(0, 405, SLICE("march.csv:405")));
    CHECK(!is_named(0, 405, SLICE("march.csv:0")));
    CHECK(!is_named(3, 405, SLICE("march.csv")));
    CHECK(!is_named(3, 405, SLICE("march.csv:")));
    CHECK(!is_named(3, 405, SLICE("march.csv-3")));
    CHECK(!is_named(3, 405, SLICE("march.csv:3x")));
    CHECK(!is_named(3, 405, SLICE("april.csv:3")));
    CHECK(!is_named(3, 405, SLICE("")));
}

TEST(a_document_is_named_by_its_file_its_id_and_the_short_id_of_its_answer)
{
    struct receipt r = receipt_at(3, 405);
    r.document_id = SLICE("d8d9fd688555b03f10ad00000000000000000000000000000000000000000001");
    CHECK(line_name_is_of(&r, SLICE("march.csv")) && line_name_is_of(&r, r.document_id)
          && line_name_is_of(&r, SLICE("d-005-d8d9fd688555b03f10ad")));
    CHECK(!line_name_is_of(&r, SLICE("d-005-d8d9fd688555b03f10ae")) && !line_name_is_of(&r, SLICE("d-005-d8d9"))
          && !line_name_is_of(&r, SLICE("d-")));
    r.file_name = (struct slice){ 0 };
    CHECK(!line_name_is_of(&r, SLICE("")) && !line_name_is_of(&r, SLICE("march.csv")));
}

TEST(a_line_of_a_document_without_a_name_is_called_by_the_beginning_of_its_id)
{
    struct receipt r = receipt_at(14, 0);
    r.file_name = (struct slice){ 0 };
    r.document_id = SLICE("d8d9fd688555b03f10ad00000000000000000000000000000000000000000001");
    CHECK_TEXT(line_name_in(test_arena(), &r), "d8d9fd688555b03f10ad:14");
    CHECK(line_name_is(&r, SLICE("d8d9fd688555b03f10ad:14")) && !line_name_is(&r, SLICE(":14")));
}
