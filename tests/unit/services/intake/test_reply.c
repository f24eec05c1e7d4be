/* test_reply.c: problems as RFC 9457 has them, with the one error object inside (feeds.md 12, 14). */
#include "intake/reply.h"

#include "intake/issue.h"
#include "support/test.h"

static struct slice problem(enum reply_problem p, const struct intake_document *row)
{
    struct json_out out;
    json_out_open(&out);
    if (row) reply_put_rejection(&out, row, SLICE("/v1/documents/d-001"));
    else reply_put_problem(&out, p, &(struct reply_detail){ 0 });
    struct slice kept = slice_copy(test_arena(), json_out_bytes(&out));
    json_out_close(&out);
    return kept;
}

static bool says(struct slice all, const char *part)
{
    return memmem(all.bytes, all.size, part, strlen(part)) != NULL;
}

TEST(a_rejected_document_says_what_its_first_error_says)
{
    struct intake_document row = { .errors = SLICE(
                                       "[{\"code\":\"SEGMENT_COUNT\",\"value\":\"\\\"message\\\":\\\"x\",\"message\":"
                                       "\"SE01 says \\\"41\\\" segments.\",\"fix\":\"Send it again.\"},"
                                       "{\"code\":\"B\",\"message\":\"second\",\"fix\":\"none\"}]") };
    struct slice p = problem(REPLY_DOCUMENT_REJECTED, &row);
    CHECK(says(p, "\"type\":\"/problems/document-rejected\",\"title\":\"Nothing was "
                  "posted\",\"status\":422,\"code\":\"DOCUMENT_REJECTED\",\"number\":1003"));
    CHECK(says(p, "\"detail\":\"SE01 says \\\"41\\\" segments.\",\"instance\""));
    CHECK(says(p, "\"errors_truncated\":false,\"fix\":\"Send it again.\"}"));
    CHECK_INT(issue_number(ISSUE_DOCUMENT_REJECTED), 1003);
}

TEST(a_document_without_a_good_line_says_that_every_line_was_refused)
{
    struct intake_document row = {
        .rejected = 2,
        .errors = SLICE("[{\"code\":\"FIELD_MISSING\",\"message\":\"qty is missing.\",\"fix\":\"Add it.\"}]")
    };
    struct slice p = problem(REPLY_DOCUMENT_REJECTED, &row);
    struct text t = text_in(test_arena(), 128);
    PUT(&t, "\"detail\":\"");
    issue_put_sentence(&t, &(struct issue){ .code = ISSUE_NOTHING_POSTED });
    CHECK(says(p, slice_copy(test_arena(), text_slice(&t)).bytes));
    CHECK(says(p, "\"fix\":\"Correct what the errors name and send the document again.\""));
}

TEST(a_rejection_is_the_problem_that_its_first_error_is)
{
    static const struct { enum issue_code code; unsigned status;
    } rows[] = {
        { ISSUE_FORMAT_UNKNOWN, 415 },     { ISSUE_FORMAT_UNSUPPORTED, 415 },   { ISSUE_XLS_UNSUPPORTED, 415 },
        { ISSUE_WORKBOOK_ENCRYPTED, 415 }, { ISSUE_HTML_NOT_A_WORKBOOK, 415 },  { ISSUE_ENCODING_BOMB, 413 },
        { ISSUE_JSON_NEEDS_NDJSON, 413 },  { ISSUE_DOCUMENT_TOO_LARGE, 413 },   { ISSUE_WORKBOOK_TOO_LARGE, 422 },
        { ISSUE_WORKBOOK_BROKEN, 422 },    { ISSUE_INTERCHANGE_UNFINISHED, 422 },
    };
    for (unsigned k = 0; k < sizeof rows / sizeof *rows; k++) {
        struct intake_document row = { .code = issue_number(rows[k].code) };
        CHECK_INT(reply_status(reply_rejection(&row)), rows[k].status);
    }
    CHECK_INT(reply_status(reply_rejection(&(struct intake_document){ .rejected = 2 })), 422);
}

TEST(bytes_that_were_not_kept_are_named_by_an_issue)
{
    CHECK(says(problem(REPLY_BODY_INCOMPLETE, NULL), "\"errors\":[{\"code\":\"READ_FAILED\",\"number\":1013"));
    CHECK(
        says(problem(REPLY_ENCODING_BROKEN, NULL),
             "\"code\":\"ENCODING_BROKEN\",\"number\":1006,\"errors\":[{\"code\":\"ENCODING_BROKEN\",\"number\":1006"));
    CHECK(says(problem(REPLY_FORMAT_UNSUPPORTED, NULL), "\"code\":\"FORMAT_UNSUPPORTED\",\"number\":1002"));
    CHECK(!says(problem(REPLY_UNAUTHENTICATED, NULL), "number"));
    CHECK_INT(issue_number(ISSUE_READ_FAILED), 1013);
    CHECK_INT(issue_number(ISSUE_ENCODING_BROKEN), 1006);
}
