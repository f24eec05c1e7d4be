#include "wire/table_intake.h"

#include "support/test.h"

#include <stdio.h>

TEST(a_document_reads_back_as_it_was_written)
{
    struct intake_document d = {
        .state = INTAKE_POSTING,
        .submitter_id = SLICE("northgate"),
        .file_name = SLICE("march.csv"),
        .partner_id = SLICE("N-100"),
        .currency = SLICE("USD"),
        .profile = SLICE("northgate@4"),
        .format = SLICE("csv"),
        .dialect = SLICE(";"),
        .report_id = SLICE("R-1"),
        .original_report_id = SLICE("R-0"),
        .question = SLICE("{}"),
        .errors = SLICE("[]"),
        .sha256 = { 1, 2, 3 },
        .profile_sha256 = { 9 },
        .duplicate_of = { 7 },
        .received_at_unix_ms = 1775638800000,
        .changed_at_unix_ms = 1775638800001,
        .bytes = 1u << 31,
        .cursor = 1000,
        .passed = 990,
        .rejected = 9,
        .dead = 1,
        .warned = 5,
        .not_lines = 2,
        .attempt = 2,
        .door = 1,
        .purpose = 3,
        .code = 1003,
        .control_number = 77,
        .decimal = 1,
        .dates = 2,
        .header_row = 3,
        .sheet = SLICE("POS"),
        .encoding = SLICE("shift_jis"),
        .warnings = SLICE("[1]"),
        .notes = SLICE("[2]"),
        .event_source = SLICE("/erp"),
        .event_id = SLICE("e-1"),
        .errors_truncated = true,
        .is_compressed = true,
    };
    CHECK(intake_document_add(&d, SLICE("USD"), 1050, false));
    CHECK(intake_document_add(&d, SLICE("USD"), -50, true));
    CHECK(intake_document_add(&d, SLICE("EUR"), 7, true));
    struct intake_document back;
    CHECK_INT(table_intake_take_document(table_intake_put_document(test_arena(), &d), &back), OK);
    CHECK_SLICE(table_intake_put_document(test_arena(), &back), table_intake_put_document(test_arena(), &d));
    CHECK_INT(back.state, INTAKE_POSTING);
    CHECK_INT(back.cursor, 1000);
    CHECK_INT(back.total_count, 2);
    CHECK_INT(back.totals[0].claimed_minor, 1000);
    CHECK_INT(back.totals[0].passed_minor, 1050);
    CHECK_INT(back.totals[1].rejected_minor, 7);
    CHECK_TEXT(back.sheet, "POS");
    CHECK_TEXT(back.encoding, "shift_jis");
    CHECK_TEXT(back.warnings, "[1]");
    CHECK_TEXT(back.notes, "[2]");
    CHECK_TEXT(back.event_source, "/erp");
    CHECK_TEXT(back.event_id, "e-1");
    CHECK(back.is_compressed && back.errors_truncated);
}

TEST(the_other_rows_read_back_as_they_were_written)
{
    struct intake_key key = { .content = { { 1 } }, .document_id = { 2 }, .day = 20260408 }, key_back;
    CHECK_INT(table_intake_take_key(table_intake_put_key(test_arena(), &key), &key_back), OK);
    CHECK(memcmp(&key, &key_back, sizeof key) == 0);
    struct intake_request request = { .status = 202,
                                      .day = 20260408,
                                      .type = SLICE("application/json"),
                                      .body = SLICE("{}") },
                          request_back;
    CHECK_INT(table_intake_take_request(table_intake_put_request(test_arena(), &request), &request_back), OK);
    CHECK_INT(request_back.status, 202);
    CHECK_TEXT(request_back.body, "{}");
    struct intake_report report = { .documents = { { 1 }, { 2 } },
                                    .names = { SLICE("R-1"), SLICE("R-2") },
                                    .document_count = 2,
                                    .is_cancelled = true },
                         report_back;
    CHECK_INT(table_intake_take_report(table_intake_put_report(test_arena(), &report), &report_back), OK);
    CHECK_INT(report_back.document_count, 2);
    CHECK_TEXT(report_back.names[1], "R-2");
    CHECK(report_back.is_cancelled && report_back.documents[1][0] == 2);
    struct intake_parked parked = { .key = SLICE("k"), .value = SLICE("v"), .headers = SLICE("h"), .since_unix_ms = 5 },
                         parked_back;
    CHECK_INT(table_intake_take_parked(table_intake_put_parked(test_arena(), &parked), &parked_back), OK);
    CHECK_TEXT(parked_back.value, "v");
    struct intake_numbers numbers = { .control_number = 9, .documents = 4 }, numbers_back;
    CHECK_INT(table_intake_take_numbers(table_intake_put_numbers(test_arena(), &numbers), &numbers_back), OK);
    CHECK_INT(numbers_back.documents, 4);
}

/* Every text of it, and not only those that somebody thought of. */
TEST(a_row_that_is_kept_borrows_nothing_from_the_value)
{
    struct intake_document d = { .submitter_id = SLICE("s"), .encoding = SLICE("koi8-r"), .warnings = SLICE("[1]"),
                                 .notes = SLICE("[2]"), .event_id = SLICE("e-1") }, back;
    CHECK(intake_document_add(&d, SLICE("EUR"), 7, true));
    struct slice bytes = table_intake_put_document(test_arena(), &d);
    CHECK_INT(table_intake_take_document(bytes, &back), OK);
    intake_document_keep(test_arena(), &back);
    memset((char *)bytes.bytes, '?', bytes.size);
    CHECK_SLICE(table_intake_put_document(test_arena(), &back), table_intake_put_document(test_arena(), &d));
}

TEST(bytes_that_are_no_row_are_refused_at_every_cut)
{
    struct intake_document d = { .submitter_id = SLICE("s"), .errors = SLICE("[]") }, back;
    struct slice bytes = table_intake_put_document(test_arena(), &d);
    for (size_t size = 0; size < bytes.size; size++)
        CHECK_INT(table_intake_take_document(slice_head(bytes, size), &back), ERR_STATE_MALFORMED);
    struct slice other = slice_copy(test_arena(), bytes);
    ((char *)other.bytes)[0] = 9;
    CHECK_INT(table_intake_take_document(other, &back), ERR_STATE_OUTDATED);
}

/* What was kept before there were warnings in a row is still known: a document that came then is a duplicate now. */
TEST(a_row_of_the_release_before_is_read)
{
    struct intake_document d = { .submitter_id = SLICE("s"), .errors = SLICE("[]"), .passed = 7 }, back;
    struct slice old = slice_copy(test_arena(), table_intake_put_document(test_arena(), &d));
    ((char *)old.bytes)[0] = 1;
    CHECK_INT(table_intake_take_document(old, &back), ERR_STATE_MALFORMED);
    old.size -= 5;                                  /* the lengths of what it has not */
    CHECK_INT(table_intake_take_document(old, &back), OK);
    CHECK_INT(back.passed, 7);
    CHECK_TEXT(back.errors, "[]");
    CHECK_INT(back.warnings.size + back.notes.size + back.encoding.size, 0);
}

TEST(a_document_goes_its_way_and_no_other)
{
    CHECK(intake_document_may(INTAKE_RECEIVED, INTAKE_SURVEYED));
    CHECK(intake_document_may(INTAKE_SURVEYED, INTAKE_POSTING));
    CHECK(intake_document_may(INTAKE_POSTING, INTAKE_POSTED));
    CHECK(intake_document_may(INTAKE_POSTING,
                              INTAKE_VALIDATED)); /* of test usage: its lines are counted and sent nowhere */
    CHECK(intake_document_may(INTAKE_POSTED, INTAKE_ANSWERED));
    CHECK(intake_document_may(INTAKE_HELD, INTAKE_SURVEYED));
    CHECK(!intake_document_may(INTAKE_POSTED, INTAKE_POSTING));
    CHECK(!intake_document_may(INTAKE_ANSWERED, INTAKE_RECEIVED));
    CHECK(!intake_document_may(INTAKE_POSTING, INTAKE_HELD));
    CHECK_TEXT(intake_state_name(INTAKE_VALIDATED), "VALIDATED");
}

TEST(money_of_more_currencies_than_there_are_rows_for_is_told)
{
    struct intake_document d = { 0 };
    char codes[INTAKE_TOTALS_MAX + 1][4];
    for (int k = 0; k <= INTAKE_TOTALS_MAX; k++) {
        snprintf(codes[k], sizeof codes[k], "%03u", (unsigned)k % 1000);
        CHECK_INT(intake_document_add(&d, slice_from(codes[k]), 1, false), k < INTAKE_TOTALS_MAX);
    }
}
