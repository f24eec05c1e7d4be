/* What intake refused, in words. */
#include "claimctl/refusal_text.h"

#include "support/test.h"

enum { SENTENCE_BYTES = 4096 };

static struct slice sentence(const char *object, uint32_t lines)
{
    struct text t = text_in(test_arena(), SENTENCE_BYTES);
    refusal_put_sentence(&t, test_arena(), slice_from(object), lines);
    return text_slice(&t);
}

TEST(a_refused_row_says_its_column_its_value_and_what_to_do)
{
    CHECK_TEXT(sentence("{\"document\":\"a.csv\",\"position\":301,\"row\":3,\"outcome\":\"REJECT\",\"errors\":[{"
                        "\"code\":\"TXN_TYPE_UNKNOWN\","
                        "\"where\":{\"column_name\":\"Type\"},\"value\":\"SPA\",\"message\":\"Transaction type SPA is "
                        "not known.\",\"fix\":\"Use a listed type.\"}]}",
                        0),
               "a.csv:3  REJECT  Column \"Type\": Transaction type SPA is not known. Use a listed type.");
}

TEST(a_value_that_its_sentence_leaves_out_stands_behind_it)
{
    CHECK_TEXT(sentence("{\"document\":\"a.csv\",\"row\":3,\"outcome\":\"REJECT\",\"errors\":[{\"value\":\"x\","
                        "\"message\":\"Too long.\",\"fix\":\"Cut.\"}]}",
                        0),
               "a.csv:3  REJECT  Too long. It has \"x\". Cut.");
}

TEST(a_dead_row_without_column_or_fix_says_what_is_wrong)
{
    CHECK_TEXT(sentence("{\"document\":\"a.csv\",\"row\":5,\"outcome\":\"DEAD\",\"errors\":[{\"message\":\"A quoted "
                        "cell is not closed.\"}]}",
                        0),
               "a.csv:5  DEAD  A quoted cell is not closed.");
}

TEST(a_line_of_a_document_without_rows_is_named_by_its_position)
{
    CHECK_TEXT(
        sentence("{\"document\":\"a.x12\",\"position\":2,\"outcome\":\"REJECT\",\"errors\":[{\"message\":\"A.\"}]}", 0),
        "a.x12:2  REJECT  A.");
}

TEST(every_error_of_a_row_is_told_up_to_three)
{
    CHECK_TEXT(sentence("{\"document\":\"a\",\"row\":1,\"outcome\":\"REJECT\",\"errors\":[{\"message\":\"A.\"},{"
                        "\"message\":\"B.\"},{\"message\":\"C.\"}]}",
                        0),
               "a:1  REJECT  A. B. C.");
    CHECK_TEXT(sentence("{\"document\":\"a\",\"row\":1,\"outcome\":\"REJECT\",\"errors\":[{\"message\":\"A.\"},{"
                        "\"message\":\"B.\"},{\"message\":\"C.\"},{\"message\":\"D.\"}]}",
                        0),
               "a:1  REJECT  A. B. C. And 1 more error.");
}

TEST(a_held_document_asks_its_question)
{
    CHECK_TEXT(sentence("{\"document\":\"a.csv\",\"state\":\"HELD\",\"errors\":[{\"level\":\"file\",\"message\":\"No "
                        "row names the columns.\",\"fix\":\"Name two.\"}]}",
                        0),
               "a.csv  HELD  No row names the columns. Name two.");
}

TEST(a_document_whose_lines_were_told_does_not_tell_them_again)
{
    const char *object =
        "{\"document\":\"a.csv\",\"state\":\"REJECTED\",\"errors\":[{\"level\":\"cell\",\"message\":\"A.\"}]}";
    CHECK_TEXT(sentence(object, 9), "a.csv  REJECTED  Nothing of it was posted: all 9 lines were refused.");
    CHECK_TEXT(sentence(object, 1), "a.csv  REJECTED  Nothing of it was posted: its line was refused.");
    CHECK_TEXT(sentence(object, 0), "a.csv  REJECTED  A.");
    CHECK_TEXT(sentence("{\"document\":\"a\",\"state\":\"REJECTED\",\"errors\":[{\"level\":\"row\",\"message\":\"A.\"},"
                        "{\"level\":\"set\",\"message\":\"B.\"}]}",
                        2),
               "a  REJECTED  B.");
}

TEST(a_document_sent_twice_says_so)
{
    CHECK_TEXT(sentence("{\"document\":\"a.csv\",\"state\":\"DUPLICATE\",\"errors\":[]}", 0),
               "a.csv  DUPLICATE  This document was posted before, or corrects a report that was cancelled before. "
               "Nothing is to be done; the earlier answer stands. Lines that a CANCEL took back since stay so: to post "
               "them again as an original, or to cancel what was posted anew, send a document of other bytes.");
}

TEST(a_review_without_effect_says_why)
{
    CHECK_TEXT(sentence("{\"document\":\"a.ndjson\",\"row\":2,\"review\":\"void\",\"line_id\":\"x\",\"errors\":[{"
                        "\"code\":\"NOT_WAITING\"}]}",
                        0),
               "a.ndjson:2  VOID  The review has no effect: NOT_WAITING");
}

TEST(an_object_that_cannot_be_read_is_put_as_it_is)
{
    CHECK_TEXT(sentence("{\"document\":", 0), "{\"document\":");
    CHECK_TEXT(sentence("[]", 0), "[]");
}
