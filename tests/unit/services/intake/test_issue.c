#include "intake/issue.h"

#include "intake/json_out.h"
#include "support/sentence.h"
#include "support/test.h"

#include <stdio.h>

static struct json_out out;

static struct slice json_of(const struct issue *i)
{
    json_out_close(&out);
    json_out_open(&out);
    issue_put_json(&out, i);
    return json_out_bytes(&out);
}

TEST(the_error_object_is_the_one_of_the_page)
{
    struct issue i = {
        .code = ISSUE_ELEMENT_TOO_LONG, .severity = SEVERITY_ERROR, .field = SLICE("authorisation_no"),
        .value = SLICE("SD-0123-LONG-REFERENCE-2026-000017"),
        .where = { .offset = 1234, .icn = SLICE("000004711"), .gcn = SLICE("4804"), .tscn = SLICE("0002"),
                   .segment = SLICE("REF"), .position = 6, .element = 2 },
    };
    CHECK_TEXT(json_of(&i),
               "{\"code\":\"ELEMENT_TOO_LONG\",\"number\":1207,\"severity\":\"error\",\"level\":\"element\",\"x12\":{"
               "\"ak3\":\"8\",\"ak4\":\"5\"},"
               "\"reason\":\"FIELD_INVALID\",\"field\":\"authorisation_no\",\"where\":{\"offset\":1234,\"icn\":"
               "\"000004711\",\"gcn\":\"4804\","
               "\"tscn\":\"0002\",\"segment\":\"REF\",\"position\":6,\"element\":2},\"value\":\"SD-0123-LONG-REFERENCE-"
               "2026-000017\","
               "\"message\":\"An element has (not known) characters; (not known) allows (not known).\","
               "\"fix\":\"Shorten it to (not known), or have x12.length_limits of your profile allow (not "
               "known).\"}");
}

TEST(a_sentence_is_filled_from_the_arguments)
{
    struct issue i = { .code = ISSUE_ELEMENT_TOO_LONG };
    issue_argument(&i, SLICE("element"), SLICE("REF02"));
    issue_argument(&i, SLICE("length"), SLICE("34"));
    issue_argument(&i, SLICE("version"), SLICE("004010"));
    char bytes[200];
    struct text t = text_over(bytes, sizeof bytes);
    issue_put_sentence(&t, &i);
    CHECK_TEXT(text_slice(&t), "REF02 has 34 characters; 004010 allows (not known).");
}

static bool is_whole(enum issue_code code, void (*put)(struct text *, const struct issue *))
{
    char bytes[512];
    struct text t = text_over(bytes, sizeof bytes);
    put(&t, &(struct issue){ .code = code });
    return sentence_is_whole(text_slice(&t));
}

TEST(no_sentence_has_a_hole_where_nothing_is_known)
{
    for (enum issue_code code = ISSUE_NONE + 1; code < ISSUE_COUNT; code++) {
        bool whole = is_whole(code, issue_put_sentence) && is_whole(code, issue_put_fix);
        if (!whole) printf("  %.*s %u\n", SLICE_ARGS(issue_name(code)), issue_number(code));
        CHECK(whole);
    }
}

TEST(a_fault_speaks_with_code_and_number_of_its_reason)
{
    CHECK_TEXT(issue_name(ISSUE_NOT_A_NUMBER), "FIELD_INVALID");
    CHECK_INT(issue_number(ISSUE_NOT_A_NUMBER), 102);
    CHECK_INT(issue_reason(ISSUE_NOT_A_NUMBER), REASON_FIELD_INVALID);
    CHECK_INT(issue_number(ISSUE_SIGN_TURNED), 953);
}

TEST(numbers_are_used_once_and_names_are_no_reasons)
{
    for (enum issue_code a = ISSUE_NONE + 1; a < ISSUE_COUNT; a++) {
        if (issue_number(a) < 1000) continue;
        CHECK_INT(reason_find(issue_name(a)), REASON_NONE);
        for (enum issue_code b = a + 1; b < ISSUE_COUNT; b++) CHECK(issue_number(a) != issue_number(b));
    }
}

TEST(five_hundred_issues_are_kept_and_the_rest_is_counted)
{
    struct issues list;
    issues_init(&list, test_arena(), ISSUES_MAX);
    for (unsigned i = 0; i < 700; i++) issues_add(&list, ISSUE_NOT_A_NUMBER);
    CHECK_INT(list.count, 500);
    CHECK_INT(list.errors, 700);
    CHECK_INT(list.dropped[ISSUE_NOT_A_NUMBER], 200);
    CHECK(list.truncated && issues_has(&list, ISSUE_NOT_A_NUMBER) && !issues_has(&list, ISSUE_NOT_A_DATE));
}

TEST(a_full_list_still_shows_one_of_each_code)
{
    struct issues list;
    issues_init(&list, test_arena(), 4);
    issues_add(&list, ISSUE_COUNTRY_INVALID);
    for (unsigned i = 0; i < 6; i++) issues_add(&list, ISSUE_UOM_ASSUMED)->where.row = i;
    CHECK(issues_keep(&list, ISSUE_TOTAL_DIFFERS) && !issues_keep(&list, ISSUE_UOM_ASSUMED));
    issues_copy(&list, &(struct issue){ .code = ISSUE_TOTAL_DIFFERS,
                                        .severity = SEVERITY_WARNING,
                                        .value = SLICE("9") });
    issues_add(&list, ISSUE_NOT_A_DATE);
    issues_add(&list, ISSUE_TOTAL_DIFFERS);
    CHECK_INT(list.count, 4);
    CHECK_INT(list.items[0].code, ISSUE_COUNTRY_INVALID);
    CHECK_INT(list.items[1].where.row, 0);
    CHECK_INT(list.items[2].code, ISSUE_TOTAL_DIFFERS);
    CHECK_SLICE(list.items[2].value, SLICE("9"));
    CHECK_INT(list.items[3].code, ISSUE_NOT_A_DATE);
    CHECK_INT(list.dropped[ISSUE_UOM_ASSUMED], 5);
    CHECK_INT(list.dropped[ISSUE_TOTAL_DIFFERS], 1);
    CHECK_INT(list.errors + list.warnings, 10);
    CHECK(!issues_keep(&list, ISSUE_NOT_A_DATE));
    CHECK(!issues_keep(&list, ISSUE_ROW_NOTE));     /* each of the four is the only one of its code */
}

/* The codes in a list of issues, one after the other. */
static struct slice codes_in(struct slice json)
{
    static const struct slice mark = SLICE_INIT("\"code\":\"");
    struct text t = text_in(test_arena(), 400);
    const char *at;
    while ((at = memmem(json.bytes, json.size, mark.bytes, mark.size))) {
        json = slice_skip(json, (size_t)(at - json.bytes) + mark.size);
        text_put(&t, slice_cut(&json, '"'));
        PUT(&t, " ");
    }
    return text_slice(&t);
}

TEST(a_receipt_tells_each_sort_of_finding_once)
{
    struct issues list;
    issues_init(&list, test_arena(), 20);
    issues_add(&list, ISSUE_UOM_ASSUMED)->where.row = 2;
    issues_add(&list, ISSUE_DOCUMENT_EMPTY);
    issues_add(&list, ISSUE_UOM_ASSUMED)->where.row = 3;
    issues_add(&list, ISSUE_EMPTY_MARKER)->field = SLICE("resale_unit");
    issues_add(&list, ISSUE_EMPTY_MARKER)->field = SLICE("book_unit");
    static const struct { enum severity severity; unsigned most; const char *codes; } rows[] = {
        { SEVERITY_WARNING, 16, "UOM_ASSUMED EMPTY_MARKER EMPTY_MARKER " },
        { SEVERITY_WARNING, 2, "UOM_ASSUMED EMPTY_MARKER " },
        { SEVERITY_NOTE, 16, "DOCUMENT_EMPTY " },
        { SEVERITY_ERROR, 16, "" },
    };
    for (unsigned n = 0; n < sizeof rows / sizeof *rows; n++) {
        json_out_close(&out);
        json_out_open(&out);
        issues_put_once(&out, &list, rows[n].severity, rows[n].most);
        CHECK_SLICE(codes_in(json_out_bytes(&out)), slice_from(rows[n].codes));
        CHECK(memmem(out.bytes, out.size, "\"row\":3", 7) == NULL);
    }
}

TEST(what_no_line_tells_stands_alone)
{
    static const struct { enum issue_code code; bool stands_alone, leaves_out; } rows[] = {
        { ISSUE_ELEMENT_DATE, true, true },       { ISSUE_SHEET_UNDECIDED, true, true },
        { ISSUE_SHEET_LEFT_OUT, true, false },    { ISSUE_TRAILING_DATA, true, false },
        { ISSUE_CELL_IN_ERROR, false, false },    { ISSUE_COUNTRY_INVALID, false, false },
        { ISSUE_ENCODING_ASSUMED, false, false }, { ISSUE_UOM_ASSUMED, false, false },
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct issues list;
        issues_init(&list, test_arena(), 1);
        CHECK_INT(issue_stands_alone(issues_add(&list, rows[i].code)), rows[i].stands_alone);
        CHECK_INT(issues_leave_out(&list), rows[i].leaves_out);
    }
}

TEST(a_value_is_shown_printable_and_short)
{
    CHECK_SLICE(issue_value(test_arena(), SLICE("a\0b\x01" "c")), SLICE("a.b.c"));
    char text[100];
    memset(text, 'x', sizeof text);
    memcpy(text + 63, "\xc3\xa9", 2);
    CHECK_INT(issue_value(test_arena(), slice_of(text, sizeof text)).size, 63);
}

TEST(a_copy_outlives_the_arena_of_its_line)
{
    struct issues list;
    issues_init(&list, test_arena(), 3);
    char field[] = "qty";
    struct issue i = { .code = ISSUE_UOM_ASSUMED, .severity = SEVERITY_ERROR, .field = slice_from(field) };
    issues_copy(&list, &i);
    field[0] = 'x';
    CHECK_TEXT(list.items[0].field, "qty");
    CHECK_INT(list.errors, 1);
    CHECK_INT(list.warnings, 0);
}

TEST(json_escapes_controls_and_replaces_what_is_no_utf8)
{
    struct json_out o;
    json_out_open(&o);
    json_out_begin(&o, '[');
    json_out_text(&o, SLICE("a\"b\\c\n\x01\xc3\xa9\xff\xed\xa0\x80"));
    json_out_begin(&o, '{');
    json_out_member_int(&o, SLICE("n"), -5);
    json_out_end(&o);
    json_out_end(&o);
    CHECK_TEXT(json_out_bytes(&o),
               "[\"a\\\"b\\\\c\\n\\u0001\xc3\xa9\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\",{\"n\":-5}]");
    json_out_close(&o);
}
