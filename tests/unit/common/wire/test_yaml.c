/* tests/unit/common/wire/test_yaml.c */
#include "support/test.h"
#include "wire/yaml.h"

#include <stdio.h>

static struct problems problems;

static const struct node *read_text(struct slice text)
{
    problems = problems_in(test_arena());
    struct text_source s = {
        .arena = test_arena(), .file = SLICE("f.yaml"), .problems = &problems, .code = ERR_TERMS_INVALID
    };
    return yaml_read(&s, text);
}

TEST(every_scalar_is_text_with_its_place)
{
    const struct node *n = read_text(SLICE("country: NO\nlist: [1, '2', 3.0]\nmap:\n  a: true\n  b: ~\nempty:\n"));
    CHECK_TEXT(node_find(n, SLICE("country"))->text, "NO");
    CHECK_INT(node_find(n, SLICE("country"))->at.line, 1);
    CHECK_INT(node_find(n, SLICE("country"))->at.column, 10);
    CHECK_TEXT(node_find(n, SLICE("list"))->last->value->text, "3.0");
    CHECK_INT(node_find(n, SLICE("list"))->last->value->at.column, 16);
    CHECK_TEXT(node_find(node_find(n, SLICE("map")), SLICE("a"))->text, "true");
    CHECK_INT(node_entry(node_find(n, SLICE("map")), SLICE("b"))->at.line, 5);
    CHECK_INT(node_entry(node_find(n, SLICE("map")), SLICE("b"))->at.column, 3);
    CHECK_TEXT(node_find(n, SLICE("empty"))->text, "");
    CHECK_INT(problems.count, 0);
}

TEST(columns_count_characters)
{
    const struct node *n = read_text(SLICE("{\"\xC3\xBC\xC3\xBC\": x, b: y}"));
    CHECK_INT(node_find(n, SLICE("b"))->at.column, 14);
}

TEST(what_hides_meaning_is_refused_where_it_stands)
{
    static const struct { const char *text; uint32_t line, column; const char *message; } refusals[] = {
        { "", 1, 1, "the file is empty" },
        { "# only a comment\n", 1, 1, "the file is empty" },
        { "a: &x 1\n", 1, 4, "anchors, aliases and tags are not read" },
        { "a: *x\n", 1, 4, "anchors, aliases and tags are not read" },
        { "a: !!str 1\n", 1, 4, "anchors, aliases and tags are not read" },
        { "a: !x {b: 1}\n", 1, 4, "anchors, aliases and tags are not read" },
        { "a: 1\n---\nb: 2\n", 2, 1, "a second document begins here" },
        { "? [a]\n: 1\n", 1, 3, "a key must be plain text" },
        { "a: 1\nb: 2\na: 3\n", 3, 1, "\"a\" stands here twice; it was said in line 1 already" },
        { "a: {b: 1, b: 2}\n", 1, 11, "\"b\" stands here twice; it was said in line 1 already" },
        { "a: [1, 2\n", 2, 1, "this is no YAML: did not find expected ',' or ']' while parsing a flow sequence" },
        { "a: 1\n b: 2\n", 2, 3, "this is no YAML: mapping values are not allowed in this context" },
        { "a: \"x\n", 2, 1, "this is no YAML: found unexpected end of stream while scanning a quoted scalar" },
        { "a: 1\nb: \x01\n", 2, 4, "this is no YAML: control characters are not allowed" },
        { "a: 1\nb: \xFF\n", 2, 4, "this is no YAML: invalid leading UTF-8 octet" },
    };
    for (unsigned i = 0; i < sizeof refusals / sizeof refusals[0]; i++) {
        CHECK(read_text(slice_from(refusals[i].text)) == NULL);
        CHECK_INT(problems.count, 1);
        CHECK_SLICE(problems.first->message, slice_from(refusals[i].message));
        CHECK_INT(problems.first->at.line, refusals[i].line);
        CHECK_INT(problems.first->at.column, refusals[i].column);
    }
}

TEST(all_repeated_keys_of_a_file_are_reported)
{
    CHECK(read_text(SLICE("a: 1\na: 2\nc: {d: 1, d: 2}\n")) == NULL);
    CHECK_INT(problems.count, 2);
    CHECK_INT(problems.first->next->at.line, 3);
}

TEST(a_nul_byte_is_refused)
{
    CHECK(read_text(slice_of("a: \0b", 5)) == NULL);
    CHECK_INT(problems.count, 1);
}

TEST(depth_is_bounded)
{
    char text[256] = "";
    for (int i = 0; i < 100; i++) text[i] = '[';
    CHECK(read_text(slice_of(text, 100)) == NULL);
    CHECK_TEXT(problems.first->message, "the file is nested too deeply");
    CHECK_INT(problems.first->at.column, NODE_DEPTH_MAX + 1);
}

TEST(a_file_larger_than_its_memory_is_an_error_of_the_file)
{
    struct arena small;
    CHECK_INT(arena_open(&small, 256 << 10, 64 << 10), OK);
    problems = problems_in(test_arena());
    struct text_source s = {
        .arena = &small, .file = SLICE("f.yaml"), .problems = &problems, .code = ERR_TERMS_INVALID
    };
    struct text t = text_in(test_arena(), 64 << 10);
    PUT(&t, "[");
    for (int i = 0; i < 9000; i++) PUT(&t, "x, ");
    PUT(&t, "]");
    CHECK(yaml_read(&s, text_slice(&t)) == NULL);
    CHECK_TEXT(problems.first->message, "the file is too large for the memory it was given");
    arena_close(&small);
}

TEST(a_map_of_too_many_members_is_refused)
{
    struct text t = text_in(test_arena(), 64 << 10);
    for (int i = 0; i <= NODE_MEMBERS_MAX; i++) {
        PUT(&t, "k");
        text_put_int(&t, i);
        PUT(&t, ": 1\n");
    }
    CHECK(read_text(text_slice(&t)) == NULL);
    CHECK_TEXT(problems.first->message, "this record has too many members");
    CHECK_INT(problems.first->at.line, NODE_MEMBERS_MAX + 1);
}
