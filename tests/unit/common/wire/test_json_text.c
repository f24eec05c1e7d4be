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
    json_close_array(&j);
    json_name(&j, SLICE("programs"));
    json_open_object(&j);
    json_close_object(&j);
    json_instant(&j, "at", 1775638800000);
    json_close_object(&j);
    CHECK_TEXT(
        text_slice(&t),
        "{\"document\":\"a.csv\",\"position\":0,\"ship_date\":\"2026-03-27\",\"paid\":\"297.50\",\"yen\":\"44409\","
        "\"qty\":\"1.5\",\"outcome\":\"SHORT\",\"reasons\":[\"QTY_EXCEEDED\",-5,false],\"programs\":{},"
        "\"at\":\"2026-04-08T09:00:00Z\"}");
    CHECK(!t.full);
}

TEST(escapes_controls_and_replaces_what_is_no_utf8)
{
    struct text t = text_over(buffer, sizeof buffer);
    struct json j = json_over(&t);
    json_put_text(&j, SLICE("a\"b\\\n\t\x01\x7f \xc3\xa9 \xff \xed\xa0\x80 \xc3"));
    CHECK_TEXT(
        text_slice(&t),
        "\"a\\\"b\\\\\\n\\t\\u0001\\u007f \xc3\xa9 \xef\xbf\xbd \xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd \xef\xbf\xbd\"");
}

/* "aa…a" of that size with one other byte at a place. */
static void check_odd_one(size_t size, size_t place, char odd, struct slice escaped)
{
    char room[128], sent[32], expected[64];
    struct text t = text_over(room, sizeof room), e = text_over(expected, sizeof expected);
    struct json j = json_over(&t);
    memset(sent, 'a', size);
    sent[place] = odd;
    json_put_text(&j, slice_of(sent, size));
    PUT(&e, "\"");
    text_put(&e, slice_of(sent, place));
    text_put(&e, escaped);
    text_put(&e, slice_of(sent + place + 1, size - place - 1));
    PUT(&e, "\"");
    CHECK_SLICE(text_slice(&t), text_slice(&e));
}

TEST(escapes_one_byte_wherever_it_stands_in_a_text_of_any_size)
{
    static const struct { char byte; struct slice escaped;
    } odd[] = {
        { '"', SLICE_INIT("\\\"") },
        { '\\', SLICE_INIT("\\\\") },
        { '\n', SLICE_INIT("\\n") },
        { '\0', SLICE_INIT("\\u0000") },
        { 0x1f, SLICE_INIT("\\u001f") },
        { 0x7f, SLICE_INIT("\\u007f") },
        { (char)0x80, SLICE_INIT("\xef\xbf\xbd") },
        { ' ', SLICE_INIT(" ") },
        { '!', SLICE_INIT("!") },
        { '#', SLICE_INIT("#") },
        { '[', SLICE_INIT("[") },
        { ']', SLICE_INIT("]") },
        { '~', SLICE_INIT("~") },
    };
    for (size_t size = 1; size <= 26; size++)
        for (size_t place = 0; place < size; place++)
            for (size_t i = 0; i < sizeof odd / sizeof odd[0]; i++)
                check_odd_one(size, place, odd[i].byte, odd[i].escaped);
}

TEST(says_when_the_text_is_full)
{
    struct text t = text_over(buffer, 5);
    struct json j = json_over(&t);
    json_put_text(&j, SLICE("123456"));
    CHECK(t.full);
}
