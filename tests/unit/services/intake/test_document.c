/* Field reports of real files (FR-…): each as the smallest document that shows it. */
#include "support/intake_case.h"

#define CHECK_MEMBER(c, line, path, want) CHECK_SLICE(case_member((c), (line), (path)), slice_from(want))

TEST(fr_023_a_bom_before_a_quoted_first_header_is_no_data)
{
    struct intake_case *c =
        CASE(SLICE("\xef\xbb\xbf\"Invoice Number\",\"Ship Date\",\"Part\",\"Qty\"\r\n\"A-1\",2026-03-02,P1,4\r\n"));
    CHECK_INT(c->passed, 1);
    CHECK_MEMBER(c, 0, "invoice_no", "A-1");
}

TEST(fr_024_inch_marks_inside_a_quoted_cell_are_data)
{
    struct intake_case *c = CASE(SLICE(
        "\"Invoice Number\";\"Description\";\"Quantity\";\"Part\";\"Ship Date\"\n"
        "\"A-1\";\"TV 27\" to 31\"\";3;P1;2026-03-02\n"
        "\"A-2\";\"plain\";4;P2;2026-03-03\n"));
    CHECK_INT(c->passed, 2);
    CHECK_MEMBER(c, 0, "extras.Description", "TV 27\\\" to 31\\\"");
    CHECK_MEMBER(c, 0, "qty", "3");
    CHECK_MEMBER(c, 1, "invoice_no", "A-2");
}

TEST(fr_031_a_part_above_twelve_decides_the_file)
{
    struct intake_case *c = CASE(SLICE("Invoice,Ship Date,Part,Qty\nA,03/04/2026,P,1\nB,13/04/2026,P,1\n"));
    CHECK_MEMBER(c, 0, "ship_date", "2026-04-03");
    CHECK_MEMBER(c, 1, "ship_date", "2026-04-13");
}

TEST(fr_032_a_date_order_that_nothing_tells_is_asked_for)
{
    struct slice file = SLICE("Invoice,Ship Date,Part,Qty\nA,01/02/2026,P,1\nB,03/04/2026,P,1\n");
    struct intake_case *asked = CASE(file);
    CHECK_INT(asked->state, DOCUMENT_HELD);
    CHECK_TEXT(asked->question, "DATE_ORDER_UNDECIDED");
    CHECK_TEXT(asked->samples, "01/02/2026, 03/04/2026");
    CHECK_INT(asked->line_count, 0);
    struct intake_case *answered = CASE(file, .answers = { .dates = DATE_STYLE_DMY });
    struct intake_case *profiled = CASE(file, .profile = "text: {dates: dmy}\n");
    CHECK_MEMBER(answered, 0, "ship_date", "2026-02-01");
    CHECK_MEMBER(answered, 1, "ship_date", "2026-04-03");
    CHECK_SLICE(answered->lines[1].line_id, profiled->lines[1].line_id);
}

TEST(fr_036_a_word_of_another_standard_refuses_its_line_only)
{
    struct slice file = SLICE("Transaction Type,Invoice,Ship Date,Part,Qty\n"
                              "StockSale,A,2026-03-02,P,1\nReturn,B,2026-03-02,P,1\nPriceAdjustment,C,2026-03-02,P,"
                              "1\nINV,D,2026-03-02,P,1\n");
    struct intake_case *c = CASE(file);
    CHECK_INT(c->passed, 1);
    CHECK_INT(c->rejected, 3);
    CHECK_TEXT(c->lines[1].codes, "TXN_TYPE_UNKNOWN kind");
    struct intake_case *mapped =
        CASE(file, .profile = "values:\n  - {field: kind, value: POS_SALE, names: [StockSale]}\n  - {field: kind, "
                              "value: POS_RETURN, names: [Return]}\n"
                              "  - {field: kind, value: PRICE_PROTECTION_CLAIM, names: [PriceAdjustment]}\n");
    CHECK_MEMBER(mapped, 0, "kind", "POS_SALE");
    CHECK_MEMBER(mapped, 1, "kind", "POS_RETURN");
    CHECK_MEMBER(mapped, 1, "qty", "-1");
    CHECK_MEMBER(mapped, 2, "kind", "PRICE_PROTECTION_CLAIM");
}

TEST(fr_037_sold_and_on_hand_side_by_side_never_mix)
{
    struct intake_case *c =
        CASE(SLICE("Brn No,Brn Description,SKU Number,SKU Description,Qty Sold,Sold RSP,Qty On Hand\n"
                   "12,North,555,Cable,3,9.99,40\n12,North,556,Hub,1,19.99,7\n"));
    CHECK_INT(c->rejected, 2);
    CHECK_INT(c->passed, 0);
    CHECK_TEXT(c->lines[0].codes, "FIELD_MISSING invoice_no, FIELD_MISSING ship_date, UOM_ASSUMED uom");
    CHECK_MEMBER(c, 0, "qty", "3");
    CHECK_MEMBER(c, 0, "extras.Qty On Hand", "40");
}

TEST(fr_039_the_price_of_the_currency_column_counts)
{
    struct intake_case *c =
        CASE(SLICE("Invoice\tShip Date\tPart\tQuantity\tReported Product Unit Price - Local Currency\tReported Product "
                   "Unit Price - USD\t"
                   "Reported Net POS Price\tCurrency\nA\t2026-03-02\tP\t2\t90.00\t97.20\t88.00\tEUR\n"));
    CHECK_TEXT(c->format, "tsv");
    CHECK_MEMBER(c, 0, "resale_unit", "90");
    CHECK_MEMBER(c, 0, "currency", "EUR");
    CHECK_MEMBER(c, 0, "extras.Reported Product Unit Price - USD", "97.20");
    CHECK_MEMBER(c, 0, "extras.Reported Net POS Price", "88.00");
}

TEST(fr_051_two_wrong_bytes_in_one_header_make_the_file_cp1252)
{
    struct intake_case *c =
        CASE(SLICE("Invoice;Ship Date;Part;Qty;Descri\x87\xc6o\nA;2026-03-02;P;1;x\nB;2026-03-02;P;1;y\n"));
    CHECK_INT(c->passed, 2);
    CHECK_TEXT(c->warnings, "ENCODING_ASSUMED, UOM_ASSUMED");
    CHECK_MEMBER(c, 0, "extras.Descri\xe2\x80\xa1\xc3\x86o", "x");
}

TEST(fr_056_currencies_have_no_two_or_three_decimals)
{
    struct intake_case *c =
        CASE(SLICE("{\"kind\":\"SHIP_DEBIT_CLAIM\",\"invoice_no\":\"1\",\"ship_date\":\"2026-03-02\",\"vendor_part\":"
                   "\"P\",\"qty\":1,\"uom\":\"EA\",\"currency\":\"JPY\",\"claimed_amount\":10000}\n"
                   "{\"kind\":\"SHIP_DEBIT_CLAIM\",\"invoice_no\":\"2\",\"ship_date\":\"2026-03-02\",\"vendor_part\":"
                   "\"P\",\"qty\":1,\"uom\":\"EA\",\"currency\":\"JPY\",\"claimed_amount\":10000.5}\n"
                   "{\"kind\":\"SHIP_DEBIT_CLAIM\",\"invoice_no\":\"3\",\"ship_date\":\"2026-03-02\",\"vendor_part\":"
                   "\"P\",\"qty\":1,\"uom\":\"EA\",\"currency\":\"KWD\",\"claimed_amount\":\"1.2345\"}\n"));
    CHECK_MEMBER(c, 0, "claimed_amount", "10000");
    CHECK_MEMBER(c, 1, "claimed_amount", "10001");
    CHECK_TEXT(c->lines[1].codes, "DIGITS_ROUNDED claimed_amount");
    CHECK_TEXT(c->lines[1].texts, "claimed_amount=10000.5");
    CHECK_MEMBER(c, 2, "claimed_amount", "1.235");
    CHECK_TEXT(c->totals, "20001 JPY, 1.235 KWD");
}

TEST(claimed_money_counts_every_line_whose_claim_could_be_read)
{
    struct intake_case *c = CASE(SLICE(
        "Type,Claim No,Invoice,Ship Date,Part,Qty,UOM,Currency,Claim Amount,Claim per Unit\n"
        "SD,C,A,2026-03-02,P,1,EA,USD,1.00,\n"
        "SD,C,B,2026-13-02,P,1,EA,USD,2.00,\n"         /* refused for its date */
        "SD,C,C,2026-03-02,P,1x,EA,USD,4.00,\n"        /* for its quantity */
        "SD,C,D,2026-03-02,P,2x,EA,USD,8.00,4.00\n"    /* the amount, whatever the unit would give */
        "SD,C,E,2026-03-02,P,,EA,USD,16.00,4.00\n"
        "SD,C,F,2026-03-02,P,2x,EA,USD,,4.00\n"        /* nobody knows how much */
        "SD,C,G,2026-13-02,P,2,EA,USD,,16.00\n"
        "SD,C,H,2026-03-02,P,1,EA,USD,6x.00,\n"        /* no amount could be read */
        "INV,,I,2026-03-02,P,1,EA,USD,,\n"));
    CHECK_INT(c->passed, 2);
    CHECK_INT(c->rejected, 7);
    CHECK_TEXT(c->totals, "63.00 USD");
}
