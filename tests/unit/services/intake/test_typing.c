/* Typing rules of feeds.md 3 and 6, domain.md 2.5 and 3.1: JSON lines, where nothing else is in the way. */
#include "support/intake_case.h"
#include "support/table.h"

#define CHECK_MEMBER(c, line, path, want) CHECK_SLICE(case_member((c), (line), (path)), slice_from(want))

/* A good sale with further members after it. */
static struct slice sale(const char *members)
{
    struct text t = text_in(test_arena(), 600 + strlen(members));
    PUT(&t, "{\"kind\":\"POS_SALE\",\"partner_id\":\"N-100\",\"invoice_no\":\"A\",\"ship_date\":\"2026-03-02\","
            "\"vendor_part\":\"P\",\"qty\":\"2\",\"uom\":\"EA\",\"currency\":\"USD\"");
    if (*members) PUT(&t, ",");
    text_put(&t, slice_from(members));
    PUT(&t, "}");
    return text_slice(&t);
}

static struct slice codes_of(struct slice bytes)
{
    return CASE(bytes)->lines[0].codes;
}

TEST(decimals_follow_the_page)
{
    struct table t = TABLE(
        "sent                       | value                | codes",
        "\"1.05\"                   | 1.05                 | -",
        "1.10                       | 1.1                  | -",
        "\".5\"                     | 0.5                  | -",
        "\"150.\"                   | 150                  | -",
        "\"007\"                    | 7                    | -",
        "-0                         | 0                    | -",
        "\"\"                       | -                    | -",
        "\".\"                      | -                    | FIELD_INVALID resale_unit",
        "\"1e3\"                    | -                    | FIELD_INVALID resale_unit",
        "\"1,5\"                    | -                    | FIELD_INVALID resale_unit",
        "\"1 \"                     | -                    | FIELD_INVALID resale_unit",
        "-3                         | -                    | FIELD_INVALID resale_unit",
        "\"1.0000005\"              | 1.000001             | DIGITS_ROUNDED resale_unit",
        "\"1.0000000000\"           | 1                    | -",
        "1000000000                 | 1000000000           | -",
        "\"1000000000.000001\"      | -                    | NUMBER_TOO_LARGE resale_unit",
        "\"99999999999999999999\"   | -                    | NUMBER_TOO_LARGE resale_unit",
        "{}                         | -                    | FIELD_INVALID resale_unit",
        "true                       | -                    | FIELD_INVALID resale_unit",
        "null                       | -                    | -");
    while (table_next(&t)) {
        struct text m = text_in(test_arena(), 200);
        PUT(&m, "\"resale_unit\":");
        text_put(&m, cell(&t, "sent"));
        struct intake_case *c = CASE(sale(slice_copy(test_arena(), text_slice(&m)).bytes));
        CHECK_CELL(&t, "value", case_member(c, 0, "resale_unit"));
        CHECK_CELL(&t, "codes", c->lines[0].codes);
    }
}

TEST(surplus_digits_are_kept_as_text_or_refused)
{
    struct intake_case *c = CASE(sale("\"resale_unit\":\"1.23456789\",\"extended_amount\":\"2.469\""));
    CHECK_MEMBER(c, 0, "extended_amount", "2.47");
    CHECK_TEXT(c->lines[0].texts, "resale_unit=1.23456789, extended_amount=2.469");
    c = CASE(sale("\"resale_unit\":\"1.23456789\""), .profile = "excess_digits: reject\n");
    CHECK_TEXT(c->lines[0].codes, "FIELD_INVALID resale_unit");
    CHECK_TEXT(codes_of(SLICE("{\"kind\":\"POS_SALE\",\"invoice_no\":\"A\",\"ship_date\":\"2026-03-02\",\"vendor_"
                              "part\":\"P\",\"qty\":\"1.0005\",\"uom\":\"EA\"}")),
               "FIELD_INVALID qty");
}

/* FIN-02 asks for the roles of who sent it, and no number of surplus digits may push them out. */
TEST(surplus_digits_leave_room_for_the_roles_of_who_sent_them)
{
    static const struct slice roles[] = { SLICE_INIT("approver") };
    struct intake_submitter ann = submitter_local();
    ann.roles = (struct texts){ roles, 1 };
    struct text m = text_in(test_arena(), 2048);
    PUT(&m, "{\"kind\":\"AGREEMENT\",\"partner_id\":\"N-100\",\"authorisation_no\":\"Q-1\",\"revision\":3,"
            "\"program_id\":\"SD\",\"valid_from\":\"2026-01-01\",\"currency\":\"USD\",\"lines\":[");
    for (unsigned i = 1; i <= 20; i++) {
        PUT(&m, "{\"method\":\"DOWN_TO\",\"price\":\"7.12345678\",\"authorised_qty\":6,\"line_no\":");
        text_put_int(&m, i);
        text_put(&m, i < 20 ? SLICE("},") : SLICE("}]}"));
    }
    struct intake_case *c = CASE(text_slice(&m), .submitter = &ann);
    CHECK(slice_ends_with(c->lines[0].texts, SLICE("submitter_role=approver")));
}

TEST(all_that_is_missing_is_named_at_once)
{
    struct intake_case *c =
        intake_case(SLICE("{\"kind\":\"POS_SALE\",\"resale_unit\":1}"), (struct case_setup){ .partner = "" });
    CHECK_TEXT(c->lines[0].codes,
               "FIELD_MISSING partner_id, FIELD_MISSING vendor_part, FIELD_MISSING qty, FIELD_MISSING invoice_no, "
               "FIELD_MISSING ship_date, FIELD_MISSING currency");
    CHECK_TEXT(codes_of(SLICE("{\"qty\":1}")), "FIELD_MISSING kind");
    CHECK_TEXT(codes_of(SLICE("{\"kind\":\"MDF_CLAIM\"}")), "");
}

TEST(kinds_take_their_sign)
{
    struct table t = TABLE(
        "kind                    qty   | stored  | codes",
        "POS_SALE                4     | 4       | -",
        "POS_SALE                -4    | -4      | SIGN_CONFLICT qty",
        "POS_SALE                0     | -       | QTY_ZERO qty",
        "POS_RETURN              4     | -4      | -",
        "POS_RETURN              -4    | -4      | -",
        "SHIP_DEBIT_CLAIM        -4    | -4      | -",
        "SPIFF_CLAIM             -4    | -4      | SIGN_CONFLICT qty",
        "SELL_IN                 -4    | -4      | -",
        "STOCK_ADJUST            -4    | -4      | -",
        "TRANSFER_OUT            -4    | -4      | SIGN_CONFLICT qty",
        "INVENTORY               0     | 0       | -",
        "INVENTORY               -1    | -1      | SIGN_CONFLICT qty",
        "PRICE_PROTECTION_CLAIM  0     | 0       | QTY_ZERO qty",
        "CANCEL                  -4    | -4      | -",
        "CANCEL                  4     | 4       | -");
    while (table_next(&t)) {
        struct text m = text_in(test_arena(), 400);
        PUT(&m, "{\"invoice_no\":\"A\",\"ship_date\":\"2026-03-02\",\"vendor_part\":\"P\",\"uom\":\"EA\",\"kind\":\"");
        text_put(&m, cell(&t, "kind"));
        PUT(&m, "\",\"qty\":\"");
        text_put(&m, cell(&t, "qty"));
        PUT(&m, "\"}");
        struct intake_case *c = CASE(text_slice(&m));
        CHECK_CELL(&t, "stored", case_member(c, 0, "qty"));
        CHECK_CELL(&t, "codes", c->lines[0].codes);
    }
}

TEST(price_protection_may_ask_for_all_that_is_left)
{
    CHECK_TEXT(codes_of(SLICE("{\"kind\":\"PRICE_PROTECTION_CLAIM\",\"vendor_part\":\"P\",\"qty\":0,\"uom\":\"EA\","
                              "\"claimed_amount\":5,\"currency\":\"USD\"}")),
               "");
}

TEST(amounts_take_the_sign_of_the_quantity_once)
{
    struct intake_case *c = CASE(SLICE(
        "{\"kind\":\"POS_RETURN\",\"invoice_no\":\"A\",\"ship_date\":\"2026-03-02\",\"vendor_part\":\"P\",\"qty\":"
        "\"4\",\"uom\":\"EA\",\"currency\":\"USD\",\"extended_amount\":\"10\",\"claimed_amount\":\"-3\"}"));
    CHECK_MEMBER(c, 0, "extended_amount", "-10");
    CHECK_MEMBER(c, 0, "claimed_amount", "-3");
    CHECK_TEXT(c->lines[0].codes, "SIGN_FIXED extended_amount");
    CHECK_INT(c->lines[0].outcome, OUTCOME_PASS);
    CHECK_TEXT(codes_of(sale("\"extended_amount\":-10")), "SIGN_CONFLICT extended_amount");
}

TEST(a_text_sale_with_a_minus_is_a_return)
{
    struct intake_case *c =
        CASE(SLICE("Type,Invoice,Ship "
                   "Date,Part,Qty,UOM\nINV,A,2026-03-02,P,-4,EA\nRTN,B,2026-03-02,P,-4,EA\nRTN,C,2026-03-02,P,4,EA\n,D,"
                   "2026-03-02,P,(4),EA\nREB,E,2026-03-02,P,4,EA\nsd,F,2026-03-02,P,-4,EA\n"));
    for (unsigned i = 0; i < 4; i++) {
        CHECK_MEMBER(c, i, "kind", "POS_RETURN");
        CHECK_MEMBER(c, i, "qty", "-4");
    }
    CHECK_MEMBER(c, 4, "kind", "SHIP_DEBIT_CLAIM");
    CHECK_MEMBER(c, 5, "kind", "SHIP_DEBIT_CLAIM");
    CHECK_MEMBER(c, 5, "qty", "-4");
}

#define STATED \
    "Type,Invoice,Ship Date,Part,Qty,UOM,Currency,S/D No,Claim per Unit\nINV,A,2026-03-02,P,4,EA,USD,Q-1,1.75\nINV,B,2026-03-02,P,2,EA,USD,Q-1,1.75\nINV,C,2026-03-02,P,2,EA,USD,,\n"

TEST(a_resale_line_that_states_a_claim_is_a_sale_a_claim_or_both)
{
    struct intake_case *c = CASE(SLICE(STATED));
    CHECK_TEXT(c->lines[0].codes, "CLAIM_IN_POS authorisation_no");
    CHECK_TEXT(c->lines[1].codes, "");
    CHECK_MEMBER(c, 0, "kind", "POS_SALE");
    c = CASE(SLICE(STATED), .profile = "sd_lines: claim\n");
    CHECK_MEMBER(c, 0, "kind", "SHIP_DEBIT_CLAIM");
    CHECK_MEMBER(c, 2, "kind", "POS_SALE");
    CHECK_TEXT(c->totals, "10.50 USD");
    c = CASE(SLICE(STATED), .profile = "sd_lines: both\n");
    CHECK_INT(c->passed, 5);
    CHECK_MEMBER(c, 1, "kind", "SHIP_DEBIT_CLAIM");
    CHECK_INT(c->lines[1].position, c->lines[0].position + 1);
    CHECK(!slice_equal(c->lines[0].line_id, c->lines[1].line_id));
}

TEST(what_the_door_assumed_stands_at_both_lines_of_a_draft)
{
    struct intake_case *c = CASE(SLICE(STATED), .profile = "sd_lines: both\n", .assumed = ISSUE_MESSAGE_ID_ASSUMED);
    CHECK_INT(c->passed, 5);
    for (unsigned i = 0; i < 5; i++) CHECK_TEXT(c->lines[i].codes, "MESSAGE_ID_ASSUMED");
}

TEST(a_claim_from_a_file_gets_a_number_that_does_not_recur)
{
    struct intake_case *c =
        CASE(SLICE("{\"document\":{\"report_id\":\"R-9\"}}\n{\"kind\":\"SHIP_DEBIT_CLAIM\",\"invoice_no\":\"A\",\"ship_"
                   "date\":\"2026-03-02\",\"vendor_part\":\"P\",\"qty\":1,\"uom\":\"EA\",\"debit_memo_ref\":\"DM-1\"}\n"
                   "{\"kind\":\"SHIP_DEBIT_CLAIM\",\"invoice_no\":\"B\",\"ship_date\":\"2026-03-02\",\"vendor_part\":"
                   "\"P\",\"qty\":1,\"uom\":\"EA\"}\n"));
    CHECK_MEMBER(c, 0, "claim_id", "DM-1");
    CHECK_MEMBER(c, 0, "claim_line", "2");
    CHECK_MEMBER(c, 1, "claim_id", "R-9");
    c = CASE(SLICE("{\"kind\":\"SHIP_DEBIT_CLAIM\",\"invoice_no\":\"A\",\"ship_date\":\"2026-03-02\",\"vendor_part\":"
                   "\"P\",\"qty\":1,\"uom\":\"EA\"}"));
    CHECK_SLICE(case_member(c, 0, "claim_id"), slice_head(c->document_id, 16));
}

TEST(a_return_takes_the_number_of_its_credit_memo)
{
    struct intake_case *c =
        CASE(SLICE("{\"kind\":\"POS_RETURN\",\"ship_date\":\"2026-03-02\",\"vendor_part\":\"P\",\"qty\":-1,\"uom\":"
                   "\"EA\",\"debit_memo_ref\":\"CM-1\",\"original_invoice_no\":\"A\"}\n"
                   "{\"kind\":\"POS_RETURN\",\"ship_date\":\"2026-03-02\",\"vendor_part\":\"P\",\"qty\":-1,\"uom\":"
                   "\"EA\",\"original_invoice_no\":\"A\"}\n"));
    CHECK_MEMBER(c, 0, "invoice_no", "CM-1");
    CHECK_MEMBER(c, 1, "invoice_no", "A");
    CHECK_TEXT(c->lines[1].codes, "INVOICE_NO_FROM_MEMO invoice_no");
}

TEST(a_summary_sale_needs_no_invoice_and_takes_the_end_of_its_report)
{
    struct intake_case *c = CASE(SLICE("{\"kind\":\"POS_SALE\",\"summary\":true,\"report_to\":\"2026-03-31\",\"vendor_"
                                       "part\":\"P\",\"qty\":5,\"uom\":\"EA\",\"authorisation_no\":\"Q-1\"}"));
    CHECK_MEMBER(c, 0, "ship_date", "2026-03-31");
    CHECK_TEXT(c->lines[0].codes, "SHIP_DATE_FROM_REPORT ship_date");
    CHECK_MEMBER(c, 0, "authorisation_no", "");
    CHECK_MEMBER(c, 0, "extras.authorisation_no", "Q-1");
}

TEST(dates_are_copied_only_by_profile)
{
    struct slice line = SLICE("{\"kind\":\"POS_SALE\",\"invoice_no\":\"A\",\"invoice_date\":\"2026-03-02\",\"vendor_"
                              "part\":\"P\",\"qty\":5,\"uom\":\"EA\"}");
    CHECK_MEMBER(CASE(line), 0, "ship_date", "");
    CHECK_MEMBER(CASE(line, .profile = "ship_date_from_invoice_date: true\n"), 0, "ship_date", "2026-03-02");
}

TEST(units_and_currencies_are_folded_or_refused)
{
    CHECK_TEXT(codes_of(SLICE("{\"kind\":\"INVENTORY\",\"vendor_part\":\"P\",\"qty\":5}")), "UOM_ASSUMED uom");
    struct intake_case *c = CASE(SLICE("{\"kind\":\"INVENTORY\",\"vendor_part\":\"P\",\"qty\":5,\"uom\":\"each\"}\n{"
                                       "\"kind\":\"INVENTORY\",\"vendor_part\":\"P\",\"qty\":5,\"uom\":\"CASE\"}\n{"
                                       "\"kind\":\"INVENTORY\",\"vendor_part\":\"P\",\"qty\":5,\"uom\":\"a/b\"}"));
    CHECK_MEMBER(c, 0, "uom", "EA");
    CHECK_MEMBER(c, 1, "uom", "CASE");
    CHECK_TEXT(c->lines[2].codes, "UOM_INVALID uom");
    c = CASE(SLICE(
        "{\"kind\":\"SELL_IN\",\"invoice_no\":\"A\",\"invoice_date\":\"2026-01-01\",\"vendor_part\":\"P\",\"qty\":5,"
        "\"uom\":\"EA\",\"currency\":\"usd\",\"unit_price\":1}\n{\"kind\":\"SELL_IN\",\"invoice_no\":\"A\",\"invoice_"
        "date\":\"2026-01-01\",\"vendor_part\":\"P\",\"qty\":5,\"uom\":\"EA\",\"currency\":\"XXQ\",\"unit_price\":1}"));
    CHECK_MEMBER(c, 0, "currency", "USD");
    CHECK_TEXT(c->lines[1].codes, "CURRENCY_INVALID currency");
}

TEST(the_currency_comes_from_line_document_profile_command_in_that_order)
{
    struct slice line = SLICE("{\"document\":{\"currency\":\"EUR\"}}\n{\"kind\":\"MDF_CLAIM\",\"claimed_amount\":5,"
                              "\"currency\":\"JPY\"}\n{\"kind\":\"MDF_CLAIM\",\"claimed_amount\":5}\n");
    struct intake_case *c = CASE(line, .profile = "currency_default: GBP\n", .currency = "CHF");
    CHECK_MEMBER(c, 0, "currency", "JPY");
    CHECK_MEMBER(c, 1, "currency", "EUR");
    struct slice bare = SLICE("{\"kind\":\"MDF_CLAIM\",\"claimed_amount\":5}");
    CHECK_MEMBER(CASE(bare, .profile = "currency_default: GBP\n", .currency = "CHF"), 0, "currency", "GBP");
    CHECK_MEMBER(CASE(bare, .currency = "CHF"), 0, "currency", "CHF");
}

TEST(a_currency_beside_a_number_must_be_the_lines)
{
    struct intake_case *c = CASE(SLICE("Invoice,Ship Date,Part,Qty,UOM,Currency,Resale "
                                       "Price\nA,2026-03-02,P,1,EA,USD,USD 5.00\nB,2026-03-02,P,1,EA,USD,5.00 EUR\n"));
    CHECK_MEMBER(c, 0, "resale_unit", "5");
    CHECK_TEXT(c->lines[1].codes, "CURRENCY_INVALID resale_unit");
}

TEST(texts_are_nfc_and_bounded)
{
    struct intake_case *c = CASE(sale("\"order_no\":\" Caf\\u0065\\u0301 \",\"reason_text\":\"a\\nb\""));
    CHECK_MEMBER(c, 0, "order_no", "Caf\xc3\xa9");
    CHECK_MEMBER(c, 0, "reason_text", "a b");
    CHECK_TEXT(codes_of(sale("\"order_no\":\"a\\tb\"")), "FIELD_INVALID order_no");
    CHECK_TEXT(codes_of(sale("\"order_no\":\"P\\u200b1\"")), "FORMAT_CHARACTERS order_no");
    CHECK_TEXT(codes_of(sale("\"invoice_line\":\"012345678901234567890\"")), "FIELD_INVALID invoice_line");
    CHECK_TEXT(codes_of(sale("\"location_id\":\"W 1\"")), "FIELD_INVALID location_id");
    CHECK_TEXT(codes_of(sale("\"rep_id\":\"r\\u200b1\"")), "FORMAT_CHARACTERS rep_id");
    CHECK_TEXT(codes_of(sale("\"gtin\":\"12AB5678\"")), "FIELD_INVALID gtin");
    CHECK_TEXT(codes_of(sale("\"gtin\":\"1234567\"")), "FIELD_INVALID gtin");
}

TEST(parties_nest_and_take_their_country_from_the_profile)
{
    struct intake_case *c = CASE(sale("\"sold_to\":{\"name\":\"Alder\",\"id\":\"1\",\"country\":\"us\",\"role\":"
                                      "\"VAR\",\"shoe_size\":9},\"end_customer\":{\"name\":\"X\"}"),
                                 .profile = "country_default: FR\n");
    CHECK_MEMBER(c, 0, "sold_to.country", "US");
    CHECK_MEMBER(c, 0, "sold_to.role", "VAR");
    CHECK_MEMBER(c, 0, "end_customer.country", "FR");
    CHECK_MEMBER(c, 0, "extras", "{\"sold_to.shoe_size\":\"9\"}");
    CHECK_TEXT(codes_of(sale("\"sold_to\":{\"name\":\"A\",\"country\":\"XX\"}")), "FIELD_INVALID sold_to.country");
    CHECK_TEXT(codes_of(sale("\"sold_to\":\"Alder\"")), "FIELD_INVALID sold_to");
    CHECK_TEXT(codes_of(sale("\"sold_to\":{\"name\":[\"A\"]}")), "FIELD_INVALID sold_to.name");
}

TEST(lists_are_bounded)
{
    CHECK_TEXT(codes_of(sale("\"serials\":[\"1\",\"2\",3]")), "");
    CHECK_TEXT(codes_of(sale("\"serials\":\"1\"")), "FIELD_INVALID serials");
    struct text t = text_in(test_arena(), 8000);
    PUT(&t, "\"serials\":[\"0\"");
    for (unsigned i = 0; i < 1000; i++) PUT(&t, ",\"1\"");
    PUT(&t, "]");
    CHECK_TEXT(codes_of(sale(slice_copy(test_arena(), text_slice(&t)).bytes)), "FIELD_INVALID serials");
    struct intake_case *c =
        CASE(SLICE("Invoice,Ship Date,Part,Qty,UOM,Serial Number\nA,2026-03-02,P,3,EA,\"S1, S2;S3\"\n"));
    CHECK_MEMBER(c, 0, "serials", "[\"S1\",\"S2\",\"S3\"]");
}

TEST(an_extra_whose_name_is_longer_than_a_text_stays_behind)
{
    struct text t = text_in(test_arena(), 8000);
    PUT(&t, "\"kept\":1,\"");
    for (unsigned i = 0; i <= TEXT_BYTES_MAX; i++) text_put_byte(&t, 'x');
    PUT(&t, "\":1");
    struct intake_case *c = CASE(sale(slice_copy(test_arena(), text_slice(&t)).bytes));
    CHECK(memmem(c->lines[0].codes.bytes, c->lines[0].codes.size, "EXTRAS_CUT", 10));
    CHECK_MEMBER(c, 0, "extras.kept", "1");
}

TEST(extras_are_sixty_four_and_eight_kibibytes)
{
    struct text t = text_in(test_arena(), 40000);
    for (unsigned i = 0; i < 70; i++) {
        if (i > 0) PUT(&t, ",");
        PUT(&t, "\"x");
        text_put_int(&t, i);
        PUT(&t, "\":1");
    }
    struct intake_case *c = CASE(sale(slice_copy(test_arena(), text_slice(&t)).bytes));
    CHECK(memmem(c->lines[0].codes.bytes, c->lines[0].codes.size, "EXTRAS_CUT", 10));
    CHECK_MEMBER(c, 0, "extras.x63", "1");
    CHECK_MEMBER(c, 0, "extras.x64", "");
    t = text_in(test_arena(), 40000);
    for (unsigned i = 0; i < 9; i++) {
        if (i > 0) PUT(&t, ",");
        PUT(&t, "\"x");
        text_put_int(&t, i);
        PUT(&t, "\":\"");
        for (unsigned k = 0; k < 1000; k++) text_put_byte(&t, 'v');
        PUT(&t, "\"");
    }
    c = CASE(sale(slice_copy(test_arena(), text_slice(&t)).bytes));
    CHECK_INT(case_member(c, 0, "extras.x7").size, 1000);
    CHECK_MEMBER(c, 0, "extras.x8", "");
}

TEST(grants_bind_partners_and_kinds)
{
    struct slice own[] = { SLICE("V-310") };
    struct intake_submitter s = {
        .id = SLICE("n"), .partner_id = SLICE("N-100"), .reports_for = { own, 1 }, .kinds = PROFILE_KINDS_DEFAULT
    };
    struct slice others = SLICE("{\"kind\":\"POS_SALE\",\"partner_id\":\"X-1\",\"invoice_no\":\"A\",\"ship_date\":"
                                "\"2026-03-02\",\"vendor_part\":\"P\",\"qty\":1,\"uom\":\"EA\"}");
    struct intake_case *c = CASE(others, .submitter = &s, .partner = "");
    CHECK_TEXT(c->lines[0].codes, "PARTNER_NOT_ALLOWED partner_id");
    c = CASE(SLICE("{\"kind\":\"POS_SALE\",\"partner_id\":\"V-310\",\"invoice_no\":\"A\",\"ship_date\":\"2026-03-02\","
                   "\"vendor_part\":\"P\",\"qty\":1,\"uom\":\"EA\"}\n"
                   "{\"kind\":\"POS_SALE\",\"invoice_no\":\"A\",\"ship_date\":\"2026-03-02\",\"vendor_part\":\"P\","
                   "\"qty\":1,\"uom\":\"EA\"}\n"
                   "{\"kind\":\"SELL_IN\",\"invoice_no\":\"A\",\"invoice_date\":\"2026-03-02\",\"vendor_part\":\"P\","
                   "\"qty\":1,\"uom\":\"EA\"}\n"
                   "{\"kind\":\"AGREEMENT\",\"authorisation_no\":\"Q\"}\n{\"kind\":\"PERIOD_CLOSE\"}\n"
                   "{\"kind\":\"INVENTORY\",\"opening\":true,\"vendor_part\":\"P\",\"qty\":1,\"uom\":\"EA\"}\n"
                   "{\"kind\":\"MDF_PREAPPROVAL\",\"preapproval_no\":\"M\",\"status\":\"APPROVED\"}\n"),
             .submitter = &s, .partner = "");
    CHECK_INT(c->lines[0].outcome, OUTCOME_PASS);
    CHECK_MEMBER(c, 1, "partner_id", "N-100");
    for (unsigned i = 2; i < 5; i++) CHECK_TEXT(c->lines[i].codes, "PARTNER_NOT_ALLOWED kind");
    CHECK_TEXT(c->lines[5].codes, "PARTNER_NOT_ALLOWED opening");
    CHECK_TEXT(c->lines[6].codes, "STATUS_IS_REQUEST status");
    CHECK_MEMBER(c, 6, "status", "REQUESTED");
}

TEST(whoever_asked_or_granted_withdraws_a_preapproval)
{
    struct slice own[] = { SLICE("*") };
    struct intake_submitter partner = {
        .id = SLICE("n"), .partner_id = SLICE("N-100"), .reports_for = { own, 1 }, .kinds = PROFILE_KINDS_DEFAULT
    };
    struct intake_submitter vendor = partner, operator = partner;
    vendor.vendor = operator.operates = true;
    struct slice line = SLICE("{\"kind\":\"MDF_PREAPPROVAL\",\"preapproval_no\":\"M\",\"revision\":2,"
                              "\"status\":\"WITHDRAWN\"}");
    const struct intake_submitter *who[] = { &partner, &vendor, &operator };
    for (unsigned i = 0; i < sizeof who / sizeof *who; i++) {
        struct intake_case *c = CASE(line, .submitter = who[i], .partner = "");
        CHECK_TEXT(c->lines[0].codes, "");
        CHECK_MEMBER(c, 0, "status", "WITHDRAWN");
    }
}

TEST(a_local_preapproval_is_an_approval)
{
    CHECK_MEMBER(CASE(SLICE("{\"kind\":\"MDF_PREAPPROVAL\",\"preapproval_no\":\"M\",\"status\":\"REQUESTED\"}")), 0,
                 "status", "APPROVED");
}

TEST(a_test_line_is_checked_and_never_paid)
{
    CHECK_TEXT(codes_of(sale("\"test\":true")), "TEST_LINE test");
    CHECK_INT(CASE(sale("\"test\":true"))->rejected, 1);
}

TEST(words_of_closed_lists_are_checked)
{
    CHECK_TEXT(codes_of(SLICE("{\"kind\":\"pos_sale\"}")), "TXN_TYPE_UNKNOWN kind");
    CHECK_TEXT(codes_of(SLICE("{\"kind\":\"PERIOD_CLOSE\",\"close\":\"LATER\"}")), "FIELD_INVALID close");
    CHECK_TEXT(codes_of(SLICE("{\"kind\":\"REPLACE\",\"replaces_kind\":\"INVENTORY\"}")),
               "FIELD_INVALID replaces_kind");
    CHECK_TEXT(codes_of(sale("\"submission_no\":100")), "FIELD_INVALID submission_no");
    CHECK_TEXT(codes_of(sale("\"report_from\":\"2026-02-01\",\"report_to\":\"2026-01-01\"")),
               "FIELD_INVALID report_to");
    CHECK_TEXT(codes_of(sale("\"report_from\":\"2024-02-01\",\"report_to\":\"2026-01-01\"")),
               "FIELD_INVALID report_to");
    CHECK_TEXT(codes_of(SLICE("{\"kind\":\"MDF_CLAIM\",\"currency\":\"USD\",\"spend_amount\":0}")),
               "FIELD_INVALID spend_amount");
    CHECK_TEXT(codes_of(SLICE("{\"kind\":\"FUND_ADJUSTMENT\",\"currency\":\"USD\",\"amount\":-5}")), "");
}

TEST(an_agreement_is_read_with_all_its_parts)
{
    struct intake_case *c =
        CASE(SLICE("{\"kind\":\"AGREEMENT\",\"partner_id\":\"N-100\",\"authorisation_no\":\"Q-1\",\"revision\":3,"
                   "\"program_id\":\"SD\",\"valid_from\":\"2026-01-01\",\"currency\":\"USD\",\"amount_limit\":\"500\","
                   "\"customers\":[\"c-alder\",{\"name\":\"Birch\",\"country\":\"US\"},{\"ids\":[{\"id_type\":\"DUNS\","
                   "\"id\":\"123456789\"},{\"id\":\"C-9\"}]}],"
                   "\"ship_debit\":{\"min_debit\":0.05},\"claim\":{\"window_days\":60},"
                   "\"lines\":[{\"line_no\":1,\"products\":[\"sku:A\"],\"method\":\"DOWN_BY_PERCENT\",\"percent\":12.5,"
                   "\"authorised_qty\":600,\"book_price\":\"9.15\"}]}"));
    CHECK_TEXT(c->lines[0].codes, "");
    CHECK_MEMBER(c, 0, "customers",
                 "[\"C-ALDER\",{\"name\":\"Birch\",\"country\":\"US\"},{\"id_type\":\"1\",\"id\":\"123456789\"},{"
                 "\"id\":\"C-9\"}]");
    CHECK_MEMBER(c, 0, "lines",
                 "[{\"line_no\":1,\"products\":[\"sku:A\"],\"method\":\"DOWN_BY_PERCENT\",\"percent\":\"12.5\","
                 "\"authorised_qty\":\"600\",\"book_price\":\"9.15\",\"resale_policy\":\"NONE\"}]");
    CHECK_MEMBER(c, 0, "ship_debit.min_debit", "0.05");
    CHECK_MEMBER(c, 0, "claim.window_days", "60");
    CHECK_MEMBER(c, 0, "status", "ACTIVE");
    CHECK_TEXT(codes_of(SLICE("{\"kind\":\"AGREEMENT\",\"lines\":[{\"line_no\":1,\"method\":\"DOWN_TO\",\"amount\":1,"
                              "\"authorised_qty\":1}]}")),
               "FIELD_INVALID lines");
    CHECK_TEXT(codes_of(SLICE("{\"kind\":\"AGREEMENT\",\"ship_debit\":{\"cost_base\":\"X\"}}")),
               "FIELD_INVALID ship_debit");
}

TEST(a_line_object_that_was_written_reads_back_the_same)
{
    struct slice lines[] = {
        sale("\"sold_to\":{\"name\":\"Alder\",\"id\":\"1\",\"country\":\"US\"},\"serials\":[\"a\"],\"shoe\":\"9\","
             "\"documents\":[{\"type\":\"INVOICE\",\"name\":\"x.pdf\"}]"),
        SLICE("{\"kind\":\"REP_ROSTER\",\"partner_id\":\"V\",\"rep_id\":\"r\",\"name\":\"Jo\",\"status\":\"INACTIVE\","
              "\"tax_form_on_file\":true}"),
        SLICE("{\"kind\":\"DEAL_REGISTRATION\",\"partner_id\":\"V\",\"deal_reg_no\":\"D\",\"qty\":5,\"value\":\"10\","
              "\"currency\":\"USD\",\"products\":[\"sku:A\"],\"family\":\"F\"}"),
        SLICE("{\"kind\":\"AGREEMENT\",\"partner_id\":\"V\",\"authorisation_no\":\"Q\",\"ship_debit\":{\"cost_basis\":"
              "\"BOOK_AT_SHIP\"},\"customers\":[\"K\"],\"lines\":[{\"line_no\":1,\"method\":\"DOWN_TO\",\"price\":\"7."
              "4\",\"authorised_qty\":\"6\",\"products\":[\"sku:A\"]}]}"),
    };
    for (unsigned i = 0; i < 4; i++) {
        struct intake_case *once = CASE(lines[i]), *twice = CASE(once->lines[0].json);
        CHECK_INT(once->lines[0].outcome, OUTCOME_PASS);
        CHECK_SLICE(twice->lines[0].json, once->lines[0].json);
    }
}

/* Readers give UTF-8; a text that came as a field of a record and is none is refused where it is typed. */
TEST(a_text_that_is_no_utf_8_is_refused_as_such)
{
    struct intake_submitter local = submitter_local();
    struct typing typing = {
        .arena = test_arena(), .submitter = &local, .dates = { .is_plain = true }, .names_are_exact = true
    };
    struct typed typed;
    static struct draft d;
    typing_init(&typing, mapping_profile_default());
    draft_reset(&d);
    CHECK(draft_put(&d, SLOT_kind, (struct draft_cell){ .text = SLICE("POS_SALE") }));
    CHECK(draft_put(&d, SLOT_invoice_no, (struct draft_cell){ .text = SLICE("A\xff") }));
    typing_begin(&typing, &typed);
    typing_line(&typing, &d, &typed);
    bool is_told = false;
    for (unsigned k = 0; k < typed.issues.count; k++)
        is_told |= typed.issues.items[k].code == ISSUE_TEXT_ENCODING
                   && slice_equal(typed.issues.items[k].field, SLICE("invoice_no"));
    CHECK(is_told);
}

TEST(a_unit_is_known_in_the_words_of_the_sender)
{
    struct table t = TABLE(
        "sent    | uom   | codes",
        "stk     | EA    | -",
        "Stück   | EA    | -",
        "STÜCK   | EA    | -",
        "pièce   | EA    | -",
        "Boxes   | BOX   | -",
        "CA      | CA    | -",
        "façon   | -     | UOM_INVALID uom");
    while (table_next(&t)) {
        struct text m = text_in(test_arena(), 200);
        PUT(&m, "{\"kind\":\"POS_SALE\",\"partner_id\":\"N-100\",\"invoice_no\":\"A\",\"ship_date\":\"2026-03-02\","
                "\"vendor_part\":\"P\",\"qty\":\"2\",\"uom\":\"");
        text_put(&m, cell(&t, "sent"));
        PUT(&m, "\"}");
        struct intake_case *c = CASE(text_slice(&m));
        CHECK_CELL(&t, "uom", case_member(c, 0, "uom"));
        CHECK_CELL(&t, "codes", c->lines[0].codes);
    }
}
