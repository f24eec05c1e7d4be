/* Shapes and faults of feeds.md 9.1. */
#include "support/intake_case.h"
#include "support/table.h"

#include "intake/json_pass.h"

#define LINE(n) \
    "{\"kind\":\"POS_SALE\",\"invoice_no\":\"" n \
    "\",\"ship_date\":\"2026-03-02\",\"vendor_part\":\"P\",\"qty\":2,\"uom\":\"EA\"}"
#define CHECK_MEMBER(c, line, path, want) CHECK_SLICE(case_member((c), (line), (path)), slice_from(want))

TEST(every_shape_gives_the_same_lines)
{
    static const char *const shapes[] = {
        LINE("A") "\n" LINE("B") "\n",
        LINE("A") "\r\n\r\n" LINE("B"),
        "[" LINE("A") "," LINE("B") "]",
        "[\n  " LINE("A") ",\n  " LINE("B") "\n]\n",
        "{\"document\":{},\"lines\":[" LINE("A") "," LINE("B") "]}",
        "{\"document\":{\"report_id\":\"R\"}}\n" LINE("A") "\n" LINE("B"),
        "{\n\"document\": {},\n\"lines\": [\n" LINE("A") ",\n" LINE("B") "]\n}",
        "\xef\xbb\xbf" LINE("A") "\n" LINE("B"),
        "{\"document\":{},\"lines\":[\n" LINE("A") ",\n" LINE("B") "\n]}\n",
        "{\"lines\":[\n" LINE("A") ",\n" LINE("B") "\n],\"document\":{}}",
        "{\"document\":{}\n,\"lines\":[\n" LINE("A") ",\n" LINE("B") "]}\n",
        "{\"document\":{},\"lines\":\n[" LINE("A") ",\n" LINE("B") "]}\n",
    };
    for (unsigned i = 0; i < sizeof shapes / sizeof *shapes; i++) {
        struct intake_case *c = CASE(slice_from(shapes[i]));
        CHECK_INT(c->passed, 2);
        CHECK_INT(c->line_count, 2);
        CHECK_MEMBER(c, 0, "invoice_no", "A");
        CHECK_MEMBER(c, 1, "invoice_no", "B");
        CHECK_INT(c->state, DOCUMENT_POSTED);
    }
}

TEST(positions_are_bytes_of_records_or_places_in_a_list)
{
    struct intake_case *c = CASE(SLICE(LINE("A") "\n\n" LINE("B") "\n"));
    CHECK_INT(c->lines[1].position, sizeof(LINE("A")) + 1);
    CHECK_INT(c->lines[1].row, 3);
    c = CASE(SLICE("[" LINE("A") "," LINE("B") "]"));
    CHECK_INT(c->lines[1].position, 1);
    CHECK_INT(c->lines[1].row, 0);
    CHECK_INT(CASE(SLICE("\xef\xbb\xbf" LINE("A")))->lines[0].position, 3);
}

TEST(one_object_alone_is_a_line)
{
    CHECK_INT(CASE(SLICE(LINE("A")))->passed, 1);
    CHECK_INT(CASE(SLICE("{\n \"kind\": \"MDF_CLAIM\"\n}\n"))->passed, 1);
    CHECK_INT(CASE(SLICE("{\"kind\":\"AGREEMENT\",\"lines\":[]}"))->passed, 1);
}

TEST(a_bad_record_is_one_dead_line_and_the_next_is_read)
{
    struct table t = TABLE(
        "record                                   | code",
        "{\"kind\":                               | JSON_SYNTAX",
        "{\"kind\":\"POS_SALE\",}                 | JSON_SYNTAX",
        "{\"kind\":\"POS_SALE\"} {}               | JSON_SYNTAX",
        "{\"qty\":NaN}                            | JSON_NUMBER",
        "{\"qty\":Infinity}                       | JSON_NUMBER",
        "{\"qty\":-Infinity}                      | JSON_NUMBER",
        "{\"qty\":+1}                             | JSON_NUMBER",
        "{\"qty\":01}                             | JSON_NUMBER",
        "{\"qty\":1.}                             | JSON_NUMBER",
        "{\"qty\":.5}                             | JSON_NUMBER",
        "{\"qty\":1,\"qty\":2}                    | JSON_MEMBER_REPEATED",
        "{\"kind\":\"a\\u0000b\"}                 | JSON_SYNTAX",
        "{\"kind\":\"\\ud800\"}                   | JSON_SYNTAX",
        "{\"kind\":\"\\udc00\"}                   | JSON_SYNTAX",
        "{\"kind\":\"\\q\"}                       | JSON_SYNTAX",
        "{\"kind\":\"\xff\"}                      | JSON_ENCODING",
        "{\"kind\":\"\xed\xa0\x80\"}              | JSON_ENCODING",
        "{'kind':1}                               | JSON_SYNTAX",
        "[1]                                      | JSON_NOT_A_LINE",
        "7                                        | JSON_NOT_A_LINE",
        "{\"review\":1,\"document\":{}}           | -");
    while (table_next(&t)) {
        struct text file = text_in(test_arena(), 1000);
        PUT(&file, LINE("A") "\n");
        text_put(&file, cell(&t, "record"));
        PUT(&file, "\n" LINE("B") "\n");
        struct intake_case *c = CASE(text_slice(&file));
        CHECK_INT(c->passed, 2);
        CHECK_CELL(&t, "code", c->line_count == 3 ? c->lines[1].codes : (struct slice){ 0 });
    }
}

#define DOCUMENT(partner) "{\"document\":{\"partner_id\":\"" partner "\"}"

/* The line after it may be meant for another partner than the one before it. */
TEST(a_line_behind_a_document_object_that_was_not_taken_is_nobodys)
{
    static const struct { const char *record, *code; } rows[] = {
        { DOCUMENT("R-200") "}", "OBJECT_NOT_ALLOWED" },
        { "{\"docu\\u006dent\":{}}", "OBJECT_NOT_ALLOWED" },
        { "{\"Document\":{\"partner_id\":\"R-200\"}}", "OBJECT_NOT_ALLOWED" },
        { DOCUMENT("R-200") ",\"lines\":[]}", "OBJECT_NOT_ALLOWED" },
        { DOCUMENT("R-200") ",\"document\":{}}", "JSON_MEMBER_REPEATED" },
        { " " DOCUMENT("R-200"), "JSON_SYNTAX" },
        { "{\"document\":{\"partner_id\":\"R-2", "JSON_SYNTAX" },
        { DOCUMENT("R-200") "}" LINE("C"), "JSON_SYNTAX" },
    };
    for (unsigned k = 0; k < sizeof rows / sizeof *rows; k++) {
        struct text file = text_in(test_arena(), 1000);
        PUT(&file, DOCUMENT("N-100") "}\n" LINE("A") "\n");
        text_put(&file, slice_from(rows[k].record));
        PUT(&file, "\n" LINE("B") "\n7\n" LINE("C"));
        struct intake_case *c = CASE(text_slice(&file));
        CHECK_INT(c->passed, 1);
        CHECK_INT(c->dead, 4);
        CHECK_MEMBER(c, 0, "partner_id", "N-100");
        CHECK_SLICE(c->lines[1].codes, slice_from(rows[k].code));
        CHECK_TEXT(c->lines[2].codes, "DOCUMENT_UNCLEAR");
        CHECK_TEXT(c->lines[3].codes, "JSON_NOT_A_LINE");
        CHECK_TEXT(c->lines[4].codes, "DOCUMENT_UNCLEAR");
        CHECK_INT(CASE(text_slice(&file), .profile = "tolerance: strict\n")->dead, 4);
    }
    struct intake_case *list = CASE(SLICE("[" LINE("A") "," DOCUMENT("R-200") "}," LINE("B") "]"));
    CHECK_INT(list->passed, 1);
    CHECK_TEXT(list->lines[2].codes, "DOCUMENT_UNCLEAR");
    CHECK_INT(CASE(SLICE(DOCUMENT("R-200") "\n" LINE("A") "\n"))->passed, 0);
    CHECK_INT(CASE(SLICE(LINE("A") "\n{\"kind\":\"POS_SALE\",\"document\":{}}\n" LINE("B")))->passed, 2);
}

TEST(what_stands_behind_the_document_object_on_its_line_is_told_as_behind_any_other)
{
    static const char *const behind[] = { LINE("A"), " " DOCUMENT("R-200") "}", "garbage", ",", "]" };
    for (unsigned k = 0; k < sizeof behind / sizeof *behind; k++) {
        struct text file = text_in(test_arena(), 1000);
        PUT(&file, DOCUMENT("N-100") "}");
        text_put(&file, slice_from(behind[k]));
        struct intake_case *alone = CASE(text_slice(&file));
        CHECK_INT(alone->state, DOCUMENT_REJECTED);
        CHECK_TEXT(alone->line_count > 0 ? alone->lines[0].codes : alone->errors, "JSON_SYNTAX");
        PUT(&file, "\r\n" LINE("B") "\n");
        struct intake_case *c = CASE(text_slice(&file));
        CHECK_INT(c->line_count, 2);
        CHECK_INT(c->dead, 2);
        CHECK_TEXT(c->lines[0].codes, "JSON_SYNTAX");
        CHECK_TEXT(c->lines[1].codes, "DOCUMENT_UNCLEAR");
    }
    CHECK_INT(CASE(SLICE(DOCUMENT("N-100") "} \t\r\n" LINE("A")))->passed, 1);
}

/* One of them would win, and the other's lines be lost. */
TEST(a_document_with_two_documents_or_two_lists_of_lines_is_refused)
{
    static const char *const files[] = {
        DOCUMENT("N-100") ",\"lines\":[" LINE("A") "],\"lines\":[" LINE("B") "]}",
        DOCUMENT("N-100") ",\n\"lines\":[" LINE("A") "],\n\"lines\":null}\n",
        "{\"lines\":[" LINE("A") "],\"lines\":[]," "\"document\":{}}\n" LINE("B"),
        DOCUMENT("N-100") ",\"document\":{\"partner_id\":\"R-200\"},\"lines\":[" LINE("A") "]}",
        DOCUMENT("N-100") ",\n\"document\":{\"partner_id\":\"R-200\"}}",
    };
    for (unsigned k = 0; k < sizeof files / sizeof *files; k++) {
        struct intake_case *c = CASE(slice_from(files[k]));
        CHECK_INT(c->state, DOCUMENT_REJECTED);
        CHECK_INT(c->line_count, 0);
        CHECK_SLICE(c->errors, k == 2 ? SLICE("JSON_SYNTAX") : SLICE("JSON_MEMBER_REPEATED"));
    }
    struct intake_case *c = CASE(SLICE(DOCUMENT("N-100") ",\"document\":{}}\n" LINE("A") "\n"));
    CHECK_INT(c->passed, 0);
    CHECK_TEXT(c->lines[0].codes, "JSON_MEMBER_REPEATED");
    CHECK_TEXT(c->lines[1].codes, "DOCUMENT_UNCLEAR");
}

TEST(a_syntax_error_elsewhere_rejects_the_document)
{
    static const char *const files[] = { "[" LINE("A") ",]", "[" LINE("A"), "[" LINE("A") "] x",
                                         "{\"document\":{},\"lines\":[{]}" };
    for (unsigned i = 0; i < 4; i++) {
        struct intake_case *c = CASE(slice_from(files[i]));
        CHECK_INT(c->state, i < 3 ? DOCUMENT_REJECTED : c->state);
        CHECK_INT(c->passed, 0);
    }
}

TEST(depth_members_and_bytes_have_bounds)
{
    struct text deep = text_in(test_arena(), 1000), wide = text_in(test_arena(), 20000),
                big = text_in(test_arena(), 400000);
    PUT(&deep, "{\"x\":");
    for (unsigned i = 0; i < 40; i++) PUT(&deep, "[");
    for (unsigned i = 0; i < 40; i++) PUT(&deep, "]");
    PUT(&deep, "}");
    CHECK_TEXT(CASE(text_slice(&deep))->lines[0].codes, "JSON_TOO_DEEP");
    PUT(&wide, "{\"x\":1");
    for (unsigned i = 0; i < 600; i++) {
        PUT(&wide, ",\"m");
        text_put_int(&wide, i);
        PUT(&wide, "\":1");
    }
    PUT(&wide, "}");
    CHECK_TEXT(CASE(text_slice(&wide))->lines[0].codes, "JSON_MEMBERS_TOO_MANY");
    PUT(&big, LINE("A") "\n{\"x\":\"");
    for (unsigned i = 0; i < 300000; i++) text_put_byte(&big, 'x');
    PUT(&big, "\"}\n" LINE("B"));
    struct intake_case *c = CASE(text_slice(&big));
    CHECK_TEXT(c->lines[1].codes, "JSON_RECORD_TOO_LARGE");
    CHECK_INT(c->passed, 2);
}

TEST(control_values_are_compared)
{
    struct slice file = SLICE("{\"document\":{\"control\":{\"lines\":2,\"qty\":\"4\",\"claimed_amount\":0}}}\n" LINE(
        "A") "\n" LINE("B") "\n");
    CHECK_TEXT(CASE(file)->warnings, "");
    struct slice wrong =
        SLICE("{\"document\":{\"control\":{\"lines\":3,\"qty\":\"5\"}},\"lines\":[" LINE("A") "," LINE("B") "]}");
    struct intake_case *c = CASE(wrong);
    CHECK_TEXT(c->warnings, "CONTROL_DIFFERS");
    CHECK_INT(c->passed, 2);
    c = CASE(wrong, .profile = "tolerance: strict\n");
    CHECK_INT(c->state, DOCUMENT_REJECTED);
    CHECK_INT(c->line_count, 0);
}

TEST(the_document_speaks_for_its_lines)
{
    struct intake_case *c = CASE(SLICE(
        "{\"document\":{\"partner_id\":\"V-310\",\"report_from\":\"2026-03-01\",\"report_to\":\"2026-03-31\"}}\n" LINE(
            "A") "\n"));
    CHECK_MEMBER(c, 0, "partner_id", "V-310");
    CHECK_MEMBER(c, 0, "report_to", "2026-03-31");
    CHECK_INT(CASE(SLICE("{\"document\":{\"purpose\":\"eat\"}}\n" LINE("A") "\n"))->state, DOCUMENT_REJECTED);
}

TEST(extras_that_are_cut_are_told_among_however_many_unknown_members)
{
    struct text t = text_in(test_arena(), 16 << 10);
    PUT(&t, "{\"kind\":\"POS_SALE\",\"invoice_no\":\"A\",\"ship_date\":\"2026-03-02\",\"vendor_part\":\"P\","
            "\"qty\":\"1\",\"uom\":\"EA\"");
    for (unsigned k = 0; k < 300; k++) {
        PUT(&t, ",\"x");
        text_put_int(&t, k);
        PUT(&t, "\":1");
    }
    PUT(&t, "}");
    struct intake_case *c = CASE(text_slice(&t), .partner = "P-1");
    CHECK_INT(c->passed, 1);
    CHECK(memmem(c->lines[0].codes.bytes, c->lines[0].codes.size, "EXTRAS_CUT", 10));
}

TEST(unknown_members_are_extras_or_refused)
{
    struct slice file = SLICE("{\"kind\":\"MDF_CLAIM\",\"shoe\":{\"size\":9.50},\"empty\":null}");
    struct intake_case *c = CASE(file);
    CHECK_TEXT(c->lines[0].codes, "MEMBER_UNKNOWN");
    CHECK_MEMBER(c, 0, "extras.shoe", "{\\\"size\\\":9.50}");
    CHECK_TEXT(CASE(file, .profile = "json: {unknown: reject}\n")->lines[0].codes, "FIELD_INVALID");
    CHECK_TEXT(CASE(file, .profile = "tolerance: strict\n")->lines[0].codes, "FIELD_INVALID");
}

/* A misspelt report_id would make a correction impossible: nobody may be silent about it. */
TEST(a_member_of_the_document_that_nobody_knows_is_told_or_refused)
{
    static const char *const files[] = {
        "{\"document\":{\"partner_id\":\"V-310\",\"reprt_id\":\"R-1\"},\"lines\":[" LINE("A") "]}",
        "{\"document\":{\"partner_id\":\"V-310\"},\"note\":{\"a\":1},\"lines\":[" LINE("A") "]}",
        "{\"document\":{\"partner_id\":\"V-310\",\"control\":{\"lines\":1,\"sum\":2}},\"lines\":[" LINE("A") "]}",
        " {\"document\":{\"partner_id\":\"V-310\",\"reprt_id\":\"R-1\"}}\n" LINE("A") "\n",
        "{\"document\":{\"partner_id\":\"V-310\"},\"note\":1}\n" LINE("A") "\n",
    };
    for (unsigned k = 0; k < sizeof files / sizeof *files; k++) {
        struct slice file = slice_from(files[k]);
        struct intake_case *c = CASE(file);
        CHECK_INT(c->passed, 1);
        CHECK_TEXT(c->warnings, "DOCUMENT_MEMBER_UNKNOWN");
        CHECK_MEMBER(c, 0, "partner_id", "V-310");
        struct intake_case *refused[] = { CASE(file, .profile = "tolerance: strict\n"),
                                          CASE(file, .profile = "json: {unknown: reject}\n") };
        for (unsigned r = 0; r < 2; r++) {
            CHECK_INT(refused[r]->state, DOCUMENT_REJECTED);
            CHECK_INT(refused[r]->line_count, 0);
            CHECK_TEXT(refused[r]->errors, "DOCUMENT_MEMBER_UNKNOWN");
        }
    }
    CHECK_TEXT(CASE(SLICE("{\"document\":{\"currency\":null,\"currencies\":null},\"lines\":[]}"))->warnings, "");
}

/* Its lines would be lost. */
TEST(a_document_whose_lines_stand_under_another_name_is_refused)
{
    static const char *const files[] = {
        DOCUMENT("V-310") ",\"items\":[" LINE("A") "]}",
        DOCUMENT("V-310") ",\"Lines\":[]}\n",
        DOCUMENT("V-310") ",\"line\":" LINE("A") "}\n\n \n",
        DOCUMENT("V-310") ",\"data\":\"A,B\"}",
        "{\n \"document\": {},\n \"items\": [" LINE("A") "]\n}\n",
        "{\"document\":{\"partner_id\":\"V-310\",\"lines\":[" LINE("A") "]}}\n",
        "{\"document\":{\"purpose\":\"replace\",\"report_id\":\"R\"},\"items\":[]}",
        "{\"document\":{\"purpose\":\"cancel\",\"report_id\":\"R\"},\"items\":[" LINE("A") "]}",
        DOCUMENT("V-310") ",\"items\":[ " LINE("A") "]}\n" LINE("B") "\n",
        DOCUMENT("V-310") ",\"lines\":[" LINE("A") "],\"lin\\u0065s\":[" LINE("B") "]}",
    };
    for (unsigned k = 0; k < sizeof files / sizeof *files; k++) {
        struct intake_case *c = CASE(slice_from(files[k]));
        CHECK_INT(c->state, DOCUMENT_REJECTED);
        CHECK_INT(c->line_count, 0);
        CHECK_TEXT(c->errors, "DOCUMENT_LINES_MISNAMED");
    }
    struct intake_case *c = CASE(SLICE(DOCUMENT("V-310") ",\"lines\":[],\"tags\":[\"a\"],\"note\":{}}"));
    CHECK_INT(c->state, DOCUMENT_POSTED);
    CHECK_TEXT(c->warnings, "DOCUMENT_MEMBER_UNKNOWN");
    CHECK_INT(CASE(SLICE(DOCUMENT("V-310") ",\"meta\":{\"v\":[1]}}\n" LINE("A") "\n"))->passed, 1);
}

TEST(pointers_of_a_profile_find_what_stands_elsewhere)
{
    struct intake_case *c = CASE(
        SLICE("{\"kind\":\"INVENTORY\",\"vendor_part\":\"P\",\"quantity\":{\"value\":7,\"unit\":\"EA\"}}"),
        .profile =
            "json:\n  pointers: [{field: qty, pointer: /quantity/value}, {field: uom, pointer: /quantity/unit}]\n");
    CHECK_MEMBER(c, 0, "qty", "7");
    CHECK_MEMBER(c, 0, "uom", "EA");
    CHECK_TEXT(c->lines[0].codes, "");
}

TEST(what_stands_beside_a_pointed_value_is_as_unknown_as_any_and_an_error_names_its_place)
{
    static const char profile[] =
        "json:\n  pointers: [{field: qty, pointer: /quantity/value}, {field: vendor_part, pointer: /items/0/part}]\n";
    static const char extras[] = "\"quantity.unit\":\"EA\",\"items.0.colour\":\"1\",\"items.1\":\"{";
    struct slice file = SLICE("{\"kind\":\"INVENTORY\",\"quantity\":{\"unit\":\"EA\",\"value\":7},\"items\":[{\"part\":"
                              "\"P\",\"colour\":1},{\"part\":\"Q\"}]}");
    struct intake_case *c = CASE(file, .profile = profile);
    CHECK_MEMBER(c, 0, "qty", "7");
    CHECK_MEMBER(c, 0, "vendor_part", "P");
    CHECK(memmem(c->lines[0].json.bytes, c->lines[0].json.size, extras, sizeof extras - 1));
    CHECK_TEXT(c->warnings, "MEMBER_UNKNOWN, UOM_ASSUMED");
    CHECK_INT(CASE(file, .profile = "tolerance: strict\njson: {pointers: [{field: qty, pointer: /quantity/value}]}\n")
                  ->rejected,
              1);
    CHECK_TEXT(
        CASE(SLICE("{\"kind\":\"INVENTORY\",\"vendor_part\":\"P\",\"uom\":\"EA\",\"quantity\":{\"value\":{\"a\":1}}}"),
             .profile = profile)
            ->lines[0]
            .codes,
        "FIELD_INVALID qty");
}

TEST(a_pointer_names_the_value_that_is_wrong)
{
    struct slice record = SLICE("{\"a\":{\"b~c/d\":[1,{\"e\":2}]},\"f\":3}");
    struct {
        const char *at, *pointer;
    } rows[] = {
        { "{\"b", "/a" }, { "[1", "/a/b~0c~1d" }, { "1,", "/a/b~0c~1d/0" }, { "2}", "/a/b~0c~1d/1/e" }, { "3}", "/f" }
    };
    for (unsigned i = 0; i < 5; i++) {
        char bytes[64];
        struct text t = text_over(bytes, sizeof bytes);
        json_pass_pointer(record, (size_t)(strstr(record.bytes, rows[i].at) - record.bytes), &t);
        CHECK_SLICE(text_slice(&t), slice_from(rows[i].pointer));
    }
}

TEST(number_tokens_arrive_quoted_with_their_places)
{
    char quoted[200];
    uint32_t offsets[50];
    struct json_pass p = { .quoted = quoted, .offsets = offsets };
    struct slice record = SLICE(" {\"a\": 1.10 ,\"b\":[true,-2e5,\"x\"]} ");
    CHECK_INT(json_pass_record(&p, record), JSON_FINE);
    CHECK_SLICE(slice_of(quoted, p.quoted_size), SLICE("{\"a\":\"1.10\",\"b\":[true,\"-2e5\",\"x\"]}"));
    CHECK_INT(p.value_count, 6);
    CHECK_INT(offsets[1], 7);
}

TEST(purposes_of_x12_alone_are_told_from_unknown_ones)
{
    static const struct {
        const char *purpose;
        enum issue_code code;
    } rows[] = { { "change", ISSUE_PURPOSE_UNSUPPORTED }, { "revoke", ISSUE_PURPOSE_UNKNOWN } };
    for (unsigned k = 0; k < 2; k++) {
        struct text t = text_in(test_arena(), 512);
        PUT(&t, "{\"document\":{\"report_id\":\"R\",\"purpose\":\"");
        text_put(&t, slice_from(rows[k].purpose));
        PUT(&t, "\"},\"lines\":[" LINE("A") "]}");
        struct intake_case *c = CASE(text_slice(&t));
        CHECK_INT(c->state, DOCUMENT_REJECTED);
        CHECK_SLICE(c->errors, issue_name(rows[k].code));
    }
}

TEST(a_number_that_json_does_not_have_is_shown_whole_and_at_its_begin)
{
    static const char *const numbers[] = { "05", "5.", "+5", ".5", "1e", "NaN", "-" };
    for (unsigned k = 0; k < sizeof numbers / sizeof *numbers; k++) {
        struct text t = text_in(test_arena(), 128);
        PUT(&t, "{\"qty\": ");
        text_put(&t, slice_from(numbers[k]));
        PUT(&t, ",\"kind\":\"POS_SALE\"}");
        struct spool spool = spool_over(text_slice(&t));
        struct intake_submitter local = submitter_local();
        struct intake_job job = { .spool = &spool, .submitter = &local, .profile = mapping_profile_default() };
        struct intake *intake;
        bool done = false;
        CHECK_INT(intake_open(&intake, &job, NULL), OK);
        while (!done) CHECK_INT(intake_post(intake, 9, &done), OK);
        const struct issues *errors = &intake_result(intake)->errors;
        CHECK_INT(errors->count, 1);
        CHECK_INT(errors->items[0].code, ISSUE_JSON_NUMBER);
        CHECK_SLICE(errors->items[0].value, slice_from(numbers[k]));
        CHECK_INT(errors->items[0].where.offset, 8);
        intake_close(intake);
    }
}

TEST(pointers_of_a_profile_reach_into_lists_and_names_with_signs)
{
    struct intake_case *c = CASE(
        SLICE("{\"kind\":\"POS_SALE\",\"ship_date\":\"2026-03-02\",\"quantity\":{\"value\":5},\"items\":[{\"part\":"
              "\"A\"}],\"a/b\":\"I9\",\"c~d\":{\"\":\"L1\"}}"),
        .profile = "json:\n  pointers:\n    - {field: qty, pointer: /quantity/value}\n    - {field: vendor_part, "
                   "pointer: /items/0/part}\n"
                   "    - {field: invoice_no, pointer: \"/a~1b\"}\n    - {field: invoice_line, pointer: \"/c~0d/\"}\n");
    CHECK_INT(c->passed, 1);
    CHECK_MEMBER(c, 0, "qty", "5");
    CHECK_MEMBER(c, 0, "vendor_part", "A");
    CHECK_MEMBER(c, 0, "invoice_no", "I9");
    CHECK_MEMBER(c, 0, "invoice_line", "L1");
    CHECK_TEXT(c->warnings, "UOM_ASSUMED");
}

#define EVENT(data) \
    "{\"specversion\":\"1.0\",\"id\":\"e-1\",\"source\":\"/erp\",\"type\":\"sale\",\"data\":" data ",\"time\":\"x\"}"

/* feeds.md 9.2, 11: what comes as an event is read for its data, of every shape; its places are those of the bytes. */
TEST(the_data_of_an_event_are_its_lines)
{
    static const struct { const char *bytes, *pointer; unsigned passed; } rows[] = {
        { EVENT(LINE("A")), "/data/qty", 1 },
        { "\xef\xbb\xbf" EVENT(LINE("A")) "\n\n", "/data/qty", 1 },
        { "{\n\"data\":" LINE("A") ",\"id\":\"1\",\n\"source\":\"s\",\"type\":\"t\",\"specversion\":\"1.0\"}",
          "/data/qty", 1 },
        { EVENT("[" LINE("A") "," LINE("B") "]"), "/data/0/qty", 2 },
        { EVENT("{\"document\":{},\"lines\":[" LINE("A") "," LINE("B") "]}"), "/data/lines/0/qty", 2 },
    };
    for (unsigned n = 0; n < sizeof rows / sizeof *rows; n++) {
        struct intake_case *c = CASE(slice_from(rows[n].bytes));
        CHECK_INT(c->passed, rows[n].passed);
        CHECK_INT(c->line_count, rows[n].passed);
        CHECK_MEMBER(c, 0, "invoice_no", "A");
        CHECK_TEXT(c->warnings, "");
    }
}

TEST(an_event_that_says_too_little_is_refused_and_one_among_records_is_dead)
{
    static const struct { const char *bytes, *errors, *codes; unsigned lines; } rows[] = {
        { "{\"specversion\":\"1.0\",\"id\":\"1\",\"type\":\"t\",\"data\":{}}", "EVENT_BROKEN", NULL, 0 },
        { "{\"specversion\":\"0.3\",\"id\":\"1\",\"source\":\"s\",\"type\":\"t\",\"data\":{}}",
          "EVENT_BROKEN", NULL, 0 },
        { "{\"specversion\":\"1.0\",\"id\":\"\",\"source\":\"s\",\"type\":\"t\",\"data\":{}}",
          "EVENT_BROKEN", NULL, 0 },
        { "{\"specversion\":\"1.0\",\"id\":1,\"source\":\"s\",\"type\":\"t\",\"data\":{}}", "EVENT_BROKEN", NULL, 0 },
        { "{\"specversion\":\"1.0\",\"id\":\"1\",\"source\":\"s\",\"type\":\"t\"}", "EVENT_BROKEN", NULL, 0 },
        { "{\"specversion\":\"1.0\",\"id\":\"1\",\"source\":\"s\",\"type\":\"t\",\"data_base64\":\"AAAA\"}",
          "EVENT_BROKEN", NULL, 0 },
        { EVENT(LINE("A")) "\n" LINE("B"), "EVENT_NOT_ALONE", "EVENT_NOT_ALONE", 2 },
        { LINE("A") "\n" EVENT(LINE("B")), "EVENT_NOT_ALONE", "", 2 },
        { "[" EVENT(LINE("A")) "," EVENT(LINE("B")) "]", "EVENT_NOT_ALONE", "EVENT_NOT_ALONE", 2 },
        { EVENT(EVENT(LINE("A"))), "EVENT_NOT_ALONE", "EVENT_NOT_ALONE", 1 },
    };
    for (unsigned n = 0; n < sizeof rows / sizeof *rows; n++) {
        struct intake_case *c = CASE(slice_from(rows[n].bytes));
        CHECK_SLICE(c->errors, slice_from(rows[n].errors));
        CHECK_INT(c->line_count, rows[n].lines);
        if (rows[n].codes) CHECK_SLICE(c->lines[0].codes, slice_from(rows[n].codes));
    }
    CHECK_INT(CASE(SLICE("{\"kind\":\"MDF_CLAIM\",\"specversion\":\"1.0\"}"))->passed, 1);  /* an extra of a line */
    CHECK_INT(CASE(SLICE(EVENT("\"text\"")))->dead, 1);
}

/* Whether the lines are whose they are whoever is named beside them (feeds.md 3): every record has to say it. */
TEST(a_document_names_its_partner_when_every_record_does)
{
    static const struct { const char *bytes; bool names; } rows[] = {
        { "{\"partner_id\":\"N-1\",\"qty\":1}", true },
        { "{\"qty\":1,\"partner_id\":17}\n{\"partner_id\":\"N-1\"}\n\n", true },
        { "[{\"partner_id\":\"N-1\"},{\"partner_id\":\"N-2\"}]", true },
        { "{\"document\":{\"partner_id\":\"N-1\"},\"lines\":[{\"partner_id\":\"\"}]}", true },
        { "{\"document\":{\"partner_id\":\"N-1\"}}\n{\"qty\":1}", true },
        { "{\"document\":{\"report_id\":\"partner_id\"}}\n{\"partner_id\":\"N-1\"}", true },
        { "{\"d\":{\"id\":\"N-1\"}}\n{\"partner_id\":null,\"d\":{\"id\":\"N-2\"}}", true },
        { "{\"partner_id\":\"N-1\"}\n{1:2}\n{\"qty\":\n[7]\n{\"qty\":1} {}", true },
        { "{\"partner_id\":\"\",\"qty\":1}", false },
        { "{\"partner_id\":\"  \",\"qty\":1}", false },
        { "{\"partner_id\":null}", false },
        { "{\"qty\":1}", false },
        { "{\"partner_id\":\"N-1\"}\n{\"qty\":1}", false },
        { "[{\"partner_id\":\"N-1\"},{\"partner_id\":\"\"}]", false },
        { "{\"end_customer\":{\"partner_id\":\"N-1\"}}", false },
        { "{\"note\":\"\\\"partner_id\\\":\\\"N-1\\\"\"}", false },
        { "{\"document\":{},\"lines\":[{\"qty\":1}]}", false },
        { "{\"d\":{\"id\":\"\"}}", false },
        { "[]", false },
    };
    static const char profile[] = "json: {pointers: [{field: partner_id, pointer: /d/id}]}\n";
    for (unsigned n = 0; n < sizeof rows / sizeof *rows; n++)
        CHECK_INT(CASE(slice_from(rows[n].bytes), .profile = profile)->names_partner, rows[n].names);
}
