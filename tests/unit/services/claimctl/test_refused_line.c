/* Lines that intake refused, as the reading verbs tell them. */
#include "claimctl/refused_line.h"

#include "claimctl/json_node.h"
#include "support/test.h"

static struct arena arena;
static struct refused_line line;

static bool read_line(const char *json)
{
    if (!arena.base) CHECK(arena_open(&arena, 1 << 20, 1 << 20) == OK);
    return refused_line_read(json_node_read(&arena, slice_from(json), 1), &line);
}

static struct slice explained(void)
{
    struct text t = text_in(&arena, 4096);
    refused_line_put_explanation(&t, &line);
    return text_slice(&t);
}

static const char refused[] = "{\"document\":\"a.csv\",\"position\":26,\"row\":2,\"kind\":\"POS_SALE\",\"line_id\":"
                              "\"68\",\"invoice_no\":\"A1\",\"stage\":\"INTAKE\","
                              "\"outcome\":\"REJECT\",\"reasons\":[\"FIELD_MISSING\",\"FIELD_INVALID\"],\"errors\":[{"
                              "\"code\":\"FIELD_INVALID\",\"message\":\"qty is "
                              "not a number: x.\",\"fix\":\"Correct the "
                              "value.\"},{\"code\":\"FIELD_MISSING\",\"message\":\"ship_date is missing.\"}]}";

TEST(a_refused_line_is_explained_issue_by_issue)
{
    CHECK(read_line(refused));
    CHECK_TEXT(explained(),
               "a.csv:2  REJECT  POS_SALE of invoice A1 is refused at intake.\n"
               "  FIELD_INVALID  qty is not a number: x. Correct the value.\n  FIELD_MISSING  ship_date is missing.\n");
}

TEST(what_could_not_be_read_has_neither_kind_nor_reasons)
{
    CHECK(read_line("{\"document\":\"a.x12\",\"position\":405,\"outcome\":\"DEAD\"}"));
    CHECK_TEXT(explained(), "a.x12:405  DEAD  A record could not be read.\n");
}

TEST(a_refused_line_is_found_by_what_names_it)
{
    CHECK(read_line(refused));
    CHECK(refused_line_is_named(&line, SLICE("a.csv:2")));
    CHECK(refused_line_is_named(&line, SLICE("68")));
    CHECK(refused_line_is_named(&line, SLICE("A1")));
    CHECK(!refused_line_is_named(&line, SLICE("a.csv:26")));
    CHECK(!refused_line_is_named(&line, SLICE("")));
}

TEST(documents_and_void_reviews_are_no_lines)
{
    CHECK(!read_line("{\"document\":\"a.csv\",\"state\":\"REJECTED\",\"errors\":[]}"));
    CHECK(!read_line("{\"document\":\"a.csv\",\"row\":1,\"review\":\"void\",\"line_id\":\"68\"}"));
}
