/* tests/unit/common/wire/test_json_text.c */
#include "wire/json_text.h"
#include "support/test.h"

static char buffer[512];

TEST(writes_members_in_order_and_leaves_out_what_has_nothing_to_say)
{
    struct text t = text_over(buffer, sizeof buffer);
    struct json j = json_over(&t);
    json_open_object(&j);
    json_text(&j, "document", SLICE("a.csv"));
    json_text(&j, "ref", SLICE(""));
    json_int(&j, "position", 0);
    json_date(&j, "ship_date", 20260327);
    json_date(&j, "order_date", 0);
    json_money(&j, "paid", 29750, SLICE("USD"));
    json_money(&j, "yen", 44409, SLICE("JPY"));
    json_decimal(&j, "qty", 1500, 3);
    json_word(&j, "outcome", VOCABULARY_OUTCOME, OUTCOME_SHORT);
    json_flag(&j, "test", false);
    json_name(&j, SLICE("reasons"));
    json_open_array(&j);
    json_put_text(&j, SLICE("QTY_EXCEEDED"));
    json_put_int(&j, -5);
    json_put_bool(&j, false);
    json_put_null(&j);
    json_close_array(&j);
    json_name(&j, SLICE("programs"));
    json_open_object(&j);
    json_close_object(&j);
    json_instant(&j, "at", 1775638800000);
    json_close_object(&j);
    CHECK_TEXT(text_slice(&t), "{\"document\":\"a.csv\",\"position\":0,\"ship_date\":\"2026-03-27\",\"paid\":\"297.50\",\"yen\":\"44409\","
               "\"qty\":\"1.5\",\"outcome\":\"SHORT\",\"reasons\":[\"QTY_EXCEEDED\",-5,false,null],\"programs\":{},"
               "\"at\":\"2026-04-08T09:00:00Z\"}");
    CHECK(!t.full);
}

TEST(escapes_controls_and_replaces_what_is_no_utf8)
{
    struct text t = text_over(buffer, sizeof buffer);
    struct json j = json_over(&t);
    json_put_text(&j, SLICE("a\"b\\\n\t\x01\x7f \xc3\xa9 \xff \xed\xa0\x80 \xc3"));
    CHECK_TEXT(text_slice(&t), "\"a\\\"b\\\\\\n\\t\\u0001\\u007f \xc3\xa9 \xef\xbf\xbd \xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd \xef\xbf\xbd\"");
}

TEST(says_when_the_text_is_full)
{
    struct text t = text_over(buffer, 5);
    struct json j = json_over(&t);
    json_put_text(&j, SLICE("123456"));
    CHECK(t.full);
}
