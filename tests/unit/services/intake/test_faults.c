/* Each fault of a cell by a line that has it (feeds.md 12): the sentence a partner reads is as fine as the fault, where
 * the code is only its reason. */
#include "intake/document.h"
#include "support/test.h"

#include <stdio.h>

struct seen { bool codes[ISSUE_COUNT]; };

static enum err on_line(void *context, const struct intake_line *line)
{
    struct seen *seen = context;
    for (unsigned i = 0; i < line->issues->count; i++) seen->codes[line->issues->items[i].code] = true;
    return OK;
}

static bool says_under(const struct mapping_profile *profile, const char *bytes, enum issue_code code)
{
    struct seen seen = { 0 };
    struct intake_submitter local = submitter_local();
    struct spool spool = spool_over(slice_from(bytes));
    struct intake_events events = { .context = &seen, .on_line = on_line };
    struct intake_job job = {
        .spool = &spool, .file_name = SLICE("case"), .door = DOOR_CLAIMCTL, .submitter = &local, .profile = profile,
        .accepts_received_at = true,
    };
    struct intake *intake;
    CHECK_INT(instant_parse(SLICE("2026-04-08T09:00:00Z"), &job.received_at_unix_ms), OK);
    CHECK_INT(intake_open(&intake, &job, &events), OK);
    CHECK_INT(intake_post_all(intake), OK);
    intake_close(intake);
    return seen.codes[code];
}

static bool says(const char *bytes, enum issue_code code)
{
    return says_under(mapping_profile_default(), bytes, code);
}

#define SALE_OF(qty, rest) \
    "{\"kind\":\"POS_SALE\",\"partner_id\":\"N-100\",\"invoice_no\":\"A\",\"ship_date\":\"2026-03-02\"," \
                           "\"vendor_part\":\"P\",\"currency\":\"USD\",\"qty\":\"" qty "\"" rest "}"
#define SALE(rest) SALE_OF("2", ",\"uom\":\"EA\"," rest)
#define PROOF "{\"type\":\"INVOICE\"}"

TEST(every_fault_of_a_cell_is_told_by_its_own_sentence)
{
    static const struct { enum issue_code code; const char *line, *sound;
    } cases[] = {
        { ISSUE_FIELD_ABSENT, "{\"kind\":\"POS_SALE\",\"partner_id\":\"N-100\"}", SALE("\"invoice_line\":\"1\"") },
        { ISSUE_NUMBER_EXPONENT, SALE("\"resale_unit\":2.5e-2"), SALE("\"resale_unit\":0.025") },
        { ISSUE_NOT_A_NUMBER, SALE("\"resale_unit\":\"1 000\""), SALE("\"resale_unit\":\"1000\"") },
        { ISSUE_DIGITS_TOO_MANY, SALE_OF("1.0005", ""), SALE_OF("1.005", "") },
        { ISSUE_NOT_A_DATE, SALE("\"invoice_date\":\"2026-02-30\""), SALE("\"invoice_date\":\"2026-02-28\"") },
        { ISSUE_NOT_AN_INSTANT, SALE("\"received_at\":\"yesterday\""),
          SALE("\"received_at\":\"2026-04-08T09:00:00Z\"") },
        { ISSUE_TEXT_TOO_LONG, SALE("\"invoice_line\":\"123456789012345678901\""),
          SALE("\"invoice_line\":\"12345678901234567890\"") },
        { ISSUE_CONTROL_CHARACTER, SALE("\"invoice_line\":\"a\\u0001b\""), SALE("\"invoice_line\":\"ab\"") },
        { ISSUE_ID_CHARACTER, SALE("\"location_id\":\"a b\""), SALE("\"location_id\":\"a/b\"") },
        { ISSUE_CODE_CHARACTER, SALE("\"activity_type\":\"A!B\""), SALE("\"activity_type\":\"A-B\"") },
        { ISSUE_WORD_UNKNOWN, SALE("\"cause\":\"WHIM\""), SALE("\"cause\":\"FRAUD\"") },
        { ISSUE_NOT_A_FLAG, SALE("\"direct_ship\":\"perhaps\""), SALE("\"direct_ship\":\"no\"") },
        { ISSUE_NOT_A_WHOLE_NUMBER, SALE("\"submission_no\":\"100\""), SALE("\"submission_no\":\"99\"") },
        { ISSUE_NOT_A_TEXT, SALE("\"invoice_line\":{}"), SALE("\"invoice_line\":\"\"") },
        { ISSUE_NOT_A_LIST, SALE("\"documents\":\"none\""), SALE("\"documents\":[]") },
        { ISSUE_NOT_AN_OBJECT, SALE("\"sold_to\":\"Elm\""), SALE("\"sold_to\":{\"name\":\"Elm\"}") },
        { ISSUE_LIST_TOO_LONG,
          SALE("\"documents\":[" PROOF "," PROOF "," PROOF "," PROOF "," PROOF "," PROOF "," PROOF "," PROOF "," PROOF
               "," PROOF "," PROOF "," PROOF "," PROOF "," PROOF "," PROOF "," PROOF "," PROOF "]"),
          SALE("\"documents\":[" PROOF "]") },
        { ISSUE_VALUE_NEGATIVE, SALE("\"resale_unit\":\"-3\""), SALE("\"resale_unit\":\"0\"") },
        { ISSUE_VALUE_NOT_POSITIVE, SALE("\"spend_amount\":\"0\""), SALE("\"spend_amount\":\"0.01\"") },
        { ISSUE_VALUE_IS_ZERO, SALE("\"amount\":\"0\""), SALE("\"amount\":\"-0.01\"") },
        { ISSUE_DATES_CROSSED, SALE("\"report_from\":\"2026-03-02\",\"report_to\":\"2026-03-01\""),
          SALE("\"report_from\":\"2026-03-02\",\"report_to\":\"2026-03-02\"") },
        { ISSUE_REPORT_TOO_LONG, SALE("\"report_from\":\"2025-01-01\",\"report_to\":\"2026-02-06\""),
          SALE("\"report_from\":\"2025-01-01\",\"report_to\":\"2026-02-05\"") },
        { ISSUE_GTIN_INVALID, SALE("\"gtin\":\"1234567\""), SALE("\"gtin\":\"12345678\"") },
        { ISSUE_COUNTRY_INVALID, SALE("\"sold_to\":{\"name\":\"Elm\",\"country\":\"XQZ\"}"),
          SALE("\"sold_to\":{\"name\":\"Elm\",\"country\":\"US\"}") },
        { ISSUE_SHA256_INVALID, SALE("\"documents\":[{\"type\":\"INVOICE\",\"sha256\":\"12\"}]"),
          SALE("\"documents\":[" PROOF "]") },
        { ISSUE_NUMBER_BEYOND, SALE_OF("1000000000.001", ""), SALE_OF("1000000000", "") },
        { ISSUE_KIND_NAME_UNKNOWN, "{\"kind\":\"GIFT\",\"partner_id\":\"N-100\"}", SALE("\"invoice_line\":\"1\"") },
        { ISSUE_QTY_IS_ZERO, SALE_OF("0", ""), SALE_OF("0.001", "") },
        { ISSUE_CURRENCY_UNKNOWN,
          "{\"kind\":\"POS_SALE\",\"partner_id\":\"N-100\",\"currency\":\"ZZZ\",\"resale_unit\":\"1\"}",
          SALE("\"resale_unit\":\"1\"") },
        { ISSUE_UOM_UNKNOWN, SALE_OF("2", ",\"uom\":\"N O\""), SALE_OF("2", ",\"uom\":\"EA\"") },
        { ISSUE_TEST_ONLY, SALE("\"test\":true"), SALE("\"test\":false") },
    };
    for (unsigned i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        bool told = says(cases[i].line, cases[i].code), quiet = !says(cases[i].sound, cases[i].code);
        if (!told || !quiet) fprintf(stderr, "%u: %s %s\n", i, told ? "told" : "not told", cases[i].line);
        CHECK(told);
        CHECK(quiet);
    }
}

#define DATED "Invoice,Ship Date,Part,Qty\n"

/* One order alone decides the file, whatever the profile says; where cells say both, the profile does. */
TEST(a_date_against_the_order_of_the_profile_is_told_as_that)
{
    struct mapping_profile profile = *mapping_profile_default();
    profile.text.dates = DATE_STYLE_MDY;
    CHECK(says_under(&profile, DATED "A,3/13/2026,P,1\nB,13/3/2026,P,1\n", ISSUE_DATE_AGAINST_ORDER));
    CHECK(!says_under(&profile, DATED "A,13/3/2026,P,1\n", ISSUE_DATE_AGAINST_ORDER));
    CHECK(!says_under(&profile, DATED "A,3/13/2026,P,1\n", ISSUE_DATE_AGAINST_ORDER));
    CHECK(!says_under(&profile, DATED "A,3/32/2026,P,1\n", ISSUE_DATE_AGAINST_ORDER));
    profile.text.dates = DATE_STYLE_DMY;
    CHECK(says_under(&profile, DATED "A,3/13/2026,P,1\nB,13/3/2026,P,1\n", ISSUE_DATE_AGAINST_ORDER));
}
