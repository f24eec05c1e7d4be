/* Rows of feeds.md 7.1 and 7.2: each with a file that shows it. */
#include "intake/text.h"
#include "support/intake_case.h"

#define HEADER "Invoice,Ship Date,Part,Qty,UOM\n"
#define CHECK_MEMBER(c, line, path, want) CHECK_SLICE(case_member((c), (line), (path)), slice_from(want))

TEST(every_line_end_is_a_line_end)
{
    static const char *const files[] = {
        "Invoice,Ship Date,Part,Qty,UOM\nA,2026-03-02,P,1,EA\nB,2026-03-02,P,2,EA\n",
        "Invoice,Ship Date,Part,Qty,UOM\r\nA,2026-03-02,P,1,EA\r\nB,2026-03-02,P,2,EA\r\n",
        "Invoice,Ship Date,Part,Qty,UOM\rA,2026-03-02,P,1,EA\rB,2026-03-02,P,2,EA",
        "Invoice,Ship Date,Part,Qty,UOM\r\nA,2026-03-02,P,1,EA\nB,2026-03-02,P,2,EA",
    };
    for (unsigned i = 0; i < 4; i++) {
        struct intake_case *c = CASE(slice_from(files[i]));
        CHECK_INT(c->passed, 2);
        CHECK_INT(c->line_count, 2);
        CHECK_INT(c->lines[1].row, 3);
        CHECK_MEMBER(c, 1, "qty", "2");
    }
}

/* A form says how its dates are written. Templates are copied: cells, profile and answer stand above it. */
TEST(a_header_that_names_the_order_of_dates_is_believed_where_nothing_else_says)
{
#define FORM(order, date) \
    SLICE("Invoice,Ship Date (" order "),Part,Qty,UOM\nA," date ",P,1,EA\nB,03/04/2026,P,2,EA\n")
    CHECK_MEMBER(CASE(FORM("MM/DD/YYYY", "01/02/2026")), 0, "ship_date", "2026-01-02");
    CHECK_MEMBER(CASE(FORM("dd.mm.yy) (required", "01/02/2026")), 0, "ship_date", "2026-02-01");
    CHECK_TEXT(CASE(FORM("YYYY-MM-DD", "01/02/2026"))->question, "DATE_ORDER_UNDECIDED");
    CHECK_MEMBER(CASE(FORM("MM/DD/YYYY", "13/02/2026")), 1, "ship_date", "2026-04-03");
    CHECK_MEMBER(CASE(FORM("MM/DD/YYYY", "01/02/2026"), .profile = "text: {dates: dmy}\n"), 0, "ship_date",
                 "2026-02-01");
    CHECK_TEXT(CASE(SLICE("Invoice,Ship Date (MM/DD/YYYY),Invoice Date (DD/MM/YYYY),Part,Qty,UOM\n"
                          "A,01/02/2026,01/02/2026,P,1,EA\n"))->question, "DATE_ORDER_UNDECIDED");
    CHECK_TEXT(CASE(FORM("YY/MM/DD", "26/02/01"))->question, "DATE_ORDER_UNDECIDED");
#undef FORM
}

TEST(positions_are_bytes_of_the_document_as_sent)
{
    struct intake_case *c = CASE(SLICE("\xef\xbb\xbf" HEADER "A,2026-03-02,P,1,EA\r\n\r\nB,2026-03-02,P,2,EA\r\n"));
    CHECK_INT(c->lines[0].position, 34);
    CHECK_INT(c->lines[1].position, 57);
    CHECK_INT(c->lines[1].row, 4);
    CHECK_INT(c->skipped[SKIPPED_blank], 1);
}

static struct slice utf16(struct slice ascii, bool little)
{
    struct text t = text_in(test_arena(), 2 * ascii.size + 2);
    text_put(&t, little ? SLICE("\xff\xfe") : SLICE("\xfe\xff"));
    for (size_t i = 0; i < ascii.size; i++) {
        if (!little) text_put_byte(&t, 0);
        text_put_byte(&t, ascii.bytes[i]);
        if (little) text_put_byte(&t, 0);
    }
    return text_slice(&t);
}

TEST(utf_16_is_read_by_its_mark_and_positions_stay_those_of_the_file)
{
    struct slice file = SLICE(HEADER "A,2026-03-02,P,1,EA\r\nB,2026-03-02,,2,EA\r\n");
    for (int little = 0; little < 2; little++) {
        struct intake_case *c = CASE(utf16(file, little));
        CHECK_INT(c->passed, 1);
        CHECK_INT(c->lines[0].position, 2 + 2 * 31);
        CHECK_INT(c->lines[1].position, 2 + 2 * 52);
        CHECK_TEXT(c->lines[1].codes, "FIELD_MISSING vendor_part");
    }
}

TEST(utf_16_that_is_cut_in_the_middle_of_a_character_says_where)
{
    struct slice file = SLICE(HEADER "A,2026-03-02,P,1,EA\nB,2026-03-02,P,2,EA");
    for (int little = 0; little < 2; little++) {
        struct slice whole = utf16(file, little);
        CHECK_INT(CASE(whole)->passed, 2);
        struct intake_case *c = CASE(slice_head(whole, whole.size - 1));
        CHECK_INT(c->passed, 1);
        CHECK_INT(c->lines[1].position, 2 + 2 * 51);
        CHECK_TEXT(c->lines[1].codes, "UOM_INVALID uom");
    }
}

TEST(cp1252_is_the_last_resort_and_said)
{
    struct intake_case *c = CASE(
        SLICE("Invoice;Ship Date;Part;Qty;UOM;Customer;Customer Country\nA;2026-03-02;P;1;EA;M\xfcller \x80 Co;DE\n"));
    CHECK_MEMBER(c, 0, "sold_to.name", "M\xc3\xbcller \xe2\x82\xac Co");
    CHECK_TEXT(c->warnings, "ENCODING_ASSUMED");
    struct intake_case *named =
        CASE(SLICE("Invoice;Ship Date;Part;Qty;UOM;Customer;Customer Country\nA;2026-03-02;P;1;EA;\xb1;DE\n"),
             .profile = "text: {encoding: iso-8859-2}\n");
    CHECK_MEMBER(named, 0, "sold_to.name", "\xc4\x85");
    CHECK_TEXT(named->warnings, "");
}

TEST(the_delimiter_is_found_by_the_header_it_makes)
{
    static const char delimiters[] = ",;\t|";
    for (unsigned i = 0; i < 4; i++) {
        struct slice file = slice_copy(test_arena(), SLICE("Invoice,Ship Date,Part,Qty,UOM\nA,2026-03-02,P,1,EA\n"));
        for (size_t k = 0; k < file.size; k++)
            if (file.bytes[k] == ',') ((char *)file.bytes)[k] = delimiters[i];
        CHECK_INT(CASE(file)->passed, 1);
    }
    CHECK_INT(CASE(SLICE("sep=^\nInvoice^Ship Date^Part^Qty^UOM\nA^2026-03-02^P^1^EA\n"))->passed, 1);
}

TEST(a_quoted_cell_goes_on_over_lines)
{
    struct intake_case *c = CASE(SLICE(
        "Invoice,Ship Date,Part,Qty,UOM,Customer,Customer Address,Customer Country\r\n"
        "A,2026-03-02,P,1,EA,\"Alder, Inc.\",\"Main St 5\r\nSuite \"\"2\"\"\",US\r\nB,2026-03-02,P,2,EA,x,y,US\r\n"));
    CHECK_INT(c->passed, 2);
    CHECK_MEMBER(c, 0, "sold_to.name", "Alder, Inc.");
    CHECK_MEMBER(c, 0, "sold_to.address", "Main St 5 Suite \\\"2\\\"");
    CHECK_INT(c->lines[1].row, 4);
}

TEST(an_unclosed_quote_costs_its_line_only)
{
    struct intake_case *c = CASE(SLICE(HEADER "A,2026-03-02,\"P,1,EA\nB,2026-03-02,P,2,EA\nC,2026-03-02,P,3,EA\n"));
    CHECK_INT(c->dead, 1);
    CHECK_INT(c->passed, 2);
    CHECK_TEXT(c->lines[0].codes, "QUOTE_UNCLOSED");
    CHECK_TEXT(c->lines[0].raw, "A,2026-03-02,\"P,1,EA");
    CHECK_MEMBER(c, 1, "invoice_no", "B");
}

TEST(an_unclosed_quote_at_the_end_ends_at_its_line)
{
    struct intake_case *c = CASE(SLICE(HEADER "A,2026-03-02,P,1,EA\nB,2026-03-02,\"P,2,EA\n"));
    CHECK_INT(c->dead, 1);
    CHECK_INT(c->passed, 1);
    struct text t = text_in(test_arena(), 8000);
    PUT(&t, HEADER "A,2026-03-02,\"P,1,EA\n");
    for (unsigned i = 0; i < 80; i++) PUT(&t, "no row\n");
    PUT(&t, "B,2026-03-02,P,2,EA\n");
    c = CASE(text_slice(&t));
    CHECK_TEXT(c->lines[0].codes, "QUOTE_UNCLOSED");
    CHECK_INT(c->passed, 1);
}

TEST(a_quote_inside_an_unquoted_cell_is_data)
{
    struct intake_case *c = CASE(SLICE(HEADER "A,2026-03-02,CAB 5\",1,EA\nB,2026-03-02,P\"\"x,1,EA\n"));
    CHECK_INT(c->passed, 2);
    CHECK_MEMBER(c, 0, "vendor_part", "CAB 5\\\"");
    CHECK_MEMBER(c, 1, "vendor_part", "P\\\"\\\"x");
}

TEST(the_header_is_found_below_other_rows_and_skipped_when_met_again)
{
    struct intake_case *c = CASE(SLICE("POS report of March\n\nprepared by,Finance\n" HEADER
                                       "A,2026-03-02,P,1,EA\n" HEADER "B,2026-03-02,P,2,EA\n"));
    CHECK_INT(c->passed, 2);
    CHECK_INT(c->lines[0].row, 5);
    CHECK_INT(c->skipped[SKIPPED_header], 1);
}

TEST(a_file_without_header_is_asked_about_and_answered)
{
    struct slice file = SLICE("Foo,Bar\nInvoice,Ship Date,Part,Qty,UOM\nA,2026-03-02,P,1,EA\n");
    CHECK_TEXT(CASE(SLICE("a,b,c\n1,2,3\n"))->question, "HEADER_UNKNOWN");
    CHECK_INT(CASE(file, .answers = { .header_row = 2 })->passed, 1);
    CHECK_TEXT(CASE(file, .answers = { .header_row = 1 })->question, "HEADER_UNKNOWN");
}

TEST(a_file_without_a_filled_cell_is_refused_as_empty)
{
    static const char *const blank[] = { "", "\n\n\r\n", "  ", ",,\n ,\n", "\xef\xbb\xbf", "sep=;\n\n" };
    for (unsigned k = 0; k < sizeof blank / sizeof *blank; k++) {
        struct intake_case *c = CASE(slice_from(blank[k]));
        CHECK_TEXT(c->errors, "FILE_EMPTY");
        CHECK_INT(c->state, DOCUMENT_REJECTED);
    }
    struct text late = text_in(test_arena(), 256);
    for (unsigned k = 0; k < 30; k++) PUT(&late, ",,\n");
    CHECK_TEXT(CASE(text_slice(&late))->errors, "FILE_EMPTY");
    PUT(&late, "seen,late\n");
    struct intake_case *c = CASE(text_slice(&late));
    CHECK_TEXT(c->question, "HEADER_UNKNOWN");
    CHECK_TEXT(c->samples, "seen,late");
    struct text endless = text_in(test_arena(), 3 * ROW_BYTES_MAX);
    for (unsigned k = 0; k < 2 * ROW_BYTES_MAX; k++) text_put_byte(&endless, (char)('a' + k % 4));
    c = CASE(text_slice(&endless));
    CHECK_TEXT(c->question, "HEADER_UNKNOWN");
    CHECK(slice_starts_with(c->samples, SLICE("abcdabcd")));
}

TEST(ragged_rows_are_filled_up_or_refused)
{
    struct intake_case *c = CASE(SLICE(
        "Invoice,Ship Date,Part,Qty,UOM,Branch\nA,2026-03-02,P,1,EA\nB,2026-03-02,P,1,EA,,,\nC,2026-03-02,P,1,EA,W,too "
        "much\n"));
    CHECK_TEXT(c->lines[0].codes, "ROW_SHORT");
    CHECK_INT(c->lines[0].outcome, OUTCOME_PASS);
    CHECK_TEXT(c->lines[1].codes, "");
    CHECK_TEXT(c->lines[2].codes, "ROW_LONG");
    CHECK_INT(c->lines[2].outcome, OUTCOME_REJECT);
    c = CASE(SLICE("Invoice,Ship Date,Part,Qty,UOM,Branch\nA,2026-03-02,P,1,EA\n"), .profile = "tolerance: strict\n");
    CHECK_INT(c->rejected, 1);
}

TEST(total_rows_are_compared_and_are_no_lines)
{
    struct intake_case *c = CASE(SLICE(HEADER "A,2026-03-02,P,1,EA\nB,2026-03-02,P,2,EA\nTotal North,,,3,\n"));
    CHECK_INT(c->passed, 2);
    c = CASE(SLICE("Branch," HEADER "N,A,2026-03-02,P,1,EA\nN,B,2026-03-02,P,2,EA\nSub "
                                    "total,,,,3,\nS,C,2026-03-02,P,4,EA\nSub total,,,,4,\nTotal,,,,7,\n"));
    CHECK_INT(c->passed, 3);
    CHECK_INT(c->skipped[SKIPPED_total], 3);
    CHECK_TEXT(c->warnings, "");
    struct slice wrong = SLICE("Branch," HEADER "N,A,2026-03-02,P,1,EA\nTotal,,,,7,\n");
    c = CASE(wrong);
    CHECK_TEXT(c->warnings, "TOTAL_DIFFERS");
    CHECK_INT(c->state, DOCUMENT_POSTED);
    c = CASE(wrong, .profile = "tolerance: strict\n");
    CHECK_INT(c->state, DOCUMENT_REJECTED);
    CHECK_TEXT(c->errors, "TOTAL_DIFFERS");
    CHECK_INT(c->line_count, 0);
}

TEST(a_total_row_may_say_so_in_the_column_of_the_invoice)
{
    struct intake_case *c =
        CASE(SLICE(HEADER "A,2026-03-02,P,1,EA\nSubtotal Alder,,,1,\nB,2026-03-02,P,2,EA\nGrand Total:,,,3,\n"));
    CHECK_INT(c->passed, 2);
    CHECK_INT(c->skipped[SKIPPED_total], 2);
    CHECK_TEXT(c->warnings, "");
    c = CASE(SLICE(HEADER "A,2026-03-02,P,1,EA\nTotal,,,7,\n"));
    CHECK_TEXT(c->warnings, "TOTAL_DIFFERS");
    c = CASE(SLICE(HEADER "A,2026-03-02,Total,1,EA\nTotal 17,2026-03-02,Total 5W-40,2,EA\nX,2026-03-02,Total "
                          "5W-40,2,EA\n,2026-03-02,Total 5W-40,2,EA\n"));
    CHECK_INT(c->passed, 3);                        /* a make of oil is no total */
    CHECK_TEXT(c->lines[3].codes, "FIELD_MISSING invoice_no");
}

#define TYPED_ROW "INV,A,2026-03-02,P,1,EA\n"

/* `Subtotal CAB-5` in the column of the part: a row of a sale has a date, an invoice or a kind as well. */
TEST(a_total_row_may_say_so_in_the_column_of_the_part)
{
    struct intake_case *c = CASE(SLICE(HEADER "A,2026-03-02,P,1,EA\n,,Subtotal P,1,\nB,2026-03-02,Q,2,EA\n"
                                              ",,Q Total,2,\n,,Grand Total,3,\n"));
    CHECK_INT(c->passed, 2);
    CHECK_INT(c->skipped[SKIPPED_total], 3);
    CHECK_TEXT(c->warnings, "");
    c = CASE(SLICE(HEADER ",2026-03-02,Total Protection 5,1,EA\nB,,Total Protection 5,1,EA\n"));
    CHECK_INT(c->rejected, 2);                      /* lines that lack what a line has */
    c = CASE(SLICE("Part,Qty,UOM,Snapshot Date\nTotal Protection 5,1,EA,2026-03-02\n"),
             .profile = "text: {constants: [{field: kind, value: INVENTORY}]}\n");
    CHECK_INT(c->passed, 1);
    c = CASE(SLICE("Part,Qty,UOM\nTotal Protection 5,1,EA\n"),
             .profile = "text: {constants: [{field: kind, value: INVENTORY}, "
                        "{field: snapshot_date, value: 2026-03-02}]}\n");
    CHECK_INT(c->passed, 1);
}

TEST(a_row_that_does_not_look_like_a_total_is_refused_and_never_vanishes)
{
    static const char *const rows[] = { "\"INV,B,2026-03-02,P,2,EA\"\n", "INV;B;2026-03-02;P;2;EA\n",
                                        "INV\tB\t2026-03-02\tP\t2\tEA\n", "INV|B|2026-03-02|P|2|EA\n",
                                        "INV B 2026-03-02 P 2 EA\n", "SELL", "IN", "Ende\n", ",,2026-03-02,,,EA\n" };
    for (unsigned k = 0; k < sizeof rows / sizeof *rows; k++) {
        struct text file = text_in(test_arena(), 200);
        text_put(&file, SLICE("Type," HEADER TYPED_ROW));
        text_put(&file, slice_from(rows[k]));
        struct intake_case *c = CASE(text_slice(&file));
        CHECK_INT(c->passed, 1);
        CHECK_INT(c->rejected, 1);
        CHECK_INT(c->skipped[SKIPPED_total] + c->skipped[SKIPPED_note], 0);
        CHECK_INT(c->lines[1].row, 3);
        CHECK(slice_starts_with(c->lines[1].codes,
                                rows[k][0] == ',' ? SLICE("FIELD_MISSING") : SLICE("TXN_TYPE_UNKNOWN")));
    }
}

TEST(a_note_on_the_page_is_no_line_and_is_told)
{
    struct intake_case *c = CASE(SLICE("Type," HEADER TYPED_ROW "End of report\n,,Page 1 of 3,,,\n"));
    CHECK_INT(c->line_count, 1);
    CHECK_INT(c->skipped[SKIPPED_note], 2);
    CHECK_TEXT(c->warnings, "ROW_NOTE");
    CHECK_INT(c->state, DOCUMENT_POSTED);
    c = CASE(SLICE(HEADER "A,2026-03-02,P,1,EA\n*** END OF REPORT ***\nPrinted on 04/02/2026,,,,\n,,Page 1 of 3,,\n"
                   "B 2026-03-02 P 2 EA\nAlder 7,,,,\n"));
    CHECK_INT(c->skipped[SKIPPED_note], 3);
    CHECK_INT(c->passed, 1);
    CHECK_INT(c->rejected, 2);
}

TEST(a_total_says_so_by_its_word_or_its_figures)
{
    struct intake_case *c = CASE(SLICE("Type," HEADER TYPED_ROW "Total\nTotal: 1 line\n,,,,1,\n\"Alder, Inc.\",,,,1,\n"
                                       "-----\n-,-,N/A,,,\n"));
    CHECK_INT(c->line_count, 1);
    CHECK_INT(c->skipped[SKIPPED_total], 6);
    CHECK_TEXT(c->warnings, "");
}

TEST(what_a_customer_paid_may_stand_below_unit_price_and_amount)
{
    struct intake_case *c =
        CASE(SLICE("Invoice,Ship Date,Part,Qty,UOM,Unit Price,Amount,Currency\nA,2026-03-02,P,2,EA,4.50,9.00,EUR\n"));
    CHECK_MEMBER(c, 0, "resale_unit", "4.5");
    CHECK_MEMBER(c, 0, "extended_amount", "9");
    c = CASE(
        SLICE("Invoice,Ship Date,Part,Qty,UOM,Unit Price,Resale Price,Currency\nA,2026-03-02,P,2,EA,4.50,5.00,EUR\n"));
    CHECK_MEMBER(c, 0, "resale_unit", "5");
}

TEST(a_quote_inside_a_cell_never_swallows_the_next_ones)
{
    struct intake_case *c = CASE(SLICE(
        "Invoice;Ship Date;Part;Qty;UOM;Description\n\"A\";\"2026-03-02\";\"TV 27\" to 31\"\";\"3\";\"EA\";\"x\"\n"
        "\"B\";\"2026-03-02\";\"TV 27\"\"\";\"4\";\"EA\"\n"));
    CHECK_INT(c->passed, 2);
    CHECK_MEMBER(c, 0, "vendor_part", "TV 27\\\" to 31\\\"");
    CHECK_MEMBER(c, 0, "qty", "3");
    CHECK_MEMBER(c, 1, "vendor_part", "TV 27\\\"");
    CHECK_TEXT(c->lines[1].codes, "ROW_SHORT");
}

TEST(rows_below_headers_that_name_no_line_are_refused_and_are_no_totals)
{
    struct intake_case *c =
        CASE(SLICE("Sold-To Name,Ticket,Ship Date,Thing,Units\nAlder,A,2026-03-02,P,1\nAlder,B,2026-03-02,P,2\n"));
    CHECK_INT(c->skipped[SKIPPED_total], 0);
    CHECK_INT(c->rejected, 2);
    CHECK_INT(c->state, DOCUMENT_REJECTED);
    CHECK_TEXT(c->lines[0].codes, "FIELD_MISSING vendor_part, FIELD_MISSING invoice_no, UOM_ASSUMED uom");
}

TEST(the_mark_that_ends_texts_of_old_systems_is_no_row)
{
    static const char *const files[] = { "Invoice,Ship Date,Part,Qty,UOM\nA,2026-03-02,P,1,EA\n\x1a",
                                         "Invoice,Ship Date,Part,Qty,UOM\nA,2026-03-02,P,1,EA\x1a\x1a\x1a" };
    for (unsigned k = 0; k < sizeof files / sizeof *files; k++) {
        struct intake_case *c = CASE(slice_from(files[k]));
        CHECK_INT(c->passed, 1);
        CHECK_INT(c->line_count, 1);
        CHECK_MEMBER(c, 0, "uom", "EA");
    }
    CHECK_INT(CASE(SLICE("Invoice,Ship Date,Part,Qty,UOM\nA\x1a,2026-03-02,P,1,EA\n"))->rejected, 1);
}

TEST(a_header_of_more_columns_than_are_read_is_refused_not_asked_about)
{
    struct text t = text_in(test_arena(), 16 << 10);
    PUT(&t, "Invoice,Ship Date,Part,Qty,UOM");
    for (int k = 0; k < 508; k++) PUT(&t, ",c");
    PUT(&t, "\nA,2026-03-02,P,1,EA\n");
    struct intake_case *c = CASE(text_slice(&t));
    CHECK_INT(c->state, DOCUMENT_REJECTED);
    CHECK_TEXT(c->errors, "COLUMNS_TOO_MANY");
}

TEST(a_nil_report_is_valid_and_has_no_lines)
{
    struct intake_case *c = CASE(SLICE(HEADER));
    CHECK_INT(c->state, DOCUMENT_POSTED);
    CHECK_TEXT(c->warnings, "");
    c = CASE(SLICE("No sales in March 2026\n"));
    CHECK_INT(c->state, DOCUMENT_POSTED);
    CHECK_INT(c->skipped[SKIPPED_nil_report], 1);
    c = CASE(SLICE(HEADER "No sales this month,,,,\n"));
    CHECK_INT(c->state, DOCUMENT_POSTED);
    CHECK_INT(c->line_count, 0);
}

#define MONEY "Invoice,Ship Date,Part,Qty,UOM,Currency,Resale Price\n"

TEST(the_decimal_mark_is_decided_by_the_whole_file)
{
    struct intake_case *c = CASE(SLICE("Invoice;Ship Date;Part;Qty;UOM;Currency;Resale "
                                       "Price\nA;2026-03-02;P;1;EA;EUR;1.234\nB;2026-03-02;P;1;EA;EUR;1.234,50\n"));
    CHECK_MEMBER(c, 0, "resale_unit", "1234");
    CHECK_MEMBER(c, 1, "resale_unit", "1234.5");
    struct slice silent = SLICE(MONEY "A,2026-03-02,P,1,EA,USD,\"1,234\"\n");
    c = CASE(silent);
    CHECK_TEXT(c->question, "NUMBER_STYLE_UNDECIDED");
    CHECK_TEXT(c->samples, "1,234");
    CHECK_MEMBER(CASE(silent, .profile = "text: {decimal: point}\n"), 0, "resale_unit", "1234");
    CHECK_MEMBER(CASE(silent, .answers = { .decimal = DECIMAL_STYLE_COMMA }), 0, "resale_unit", "1.234");
    c = CASE(SLICE(MONEY "A,2026-03-02,P,1,EA,USD,12\n"));
    CHECK_INT(c->passed, 1);
}

TEST(one_number_in_a_hundred_of_another_style_is_refused_alone)
{
    struct text t = text_in(test_arena(), 16000);
    PUT(&t, MONEY);
    for (unsigned i = 0; i < 199; i++) PUT(&t, "A,2026-03-02,P,1,EA,USD,1.50\n");
    PUT(&t, "B,2026-03-02,P,1,EA,USD,\"1,5\"\n");
    struct intake_case *c = CASE(text_slice(&t));
    CHECK_INT(c->passed, 199);
    CHECK_INT(c->rejected, 1);
    CHECK_TEXT(c->errors, "FIELD_INVALID");
}

#define DATED "Invoice,Ship Date,Part,Qty,UOM\n"

/* feeds.md 7.2: a part above 12 decides the file; contradicted or none, the profile does. */
TEST(a_part_above_twelve_decides_the_file_before_the_profile)
{
    struct intake_case *c =
        CASE(SLICE(DATED "A,3/4/2026,P,1,EA\nB,3/13/2026,P,1,EA\n"), .profile = "text: {dates: dmy}\n");
    CHECK_MEMBER(c, 0, "ship_date", "2026-03-04");
    CHECK_MEMBER(c, 1, "ship_date", "2026-03-13");
    c = CASE(SLICE(DATED "A,3/4/2026,P,1,EA\nB,3/25/2026,P,1,EA\nC,13/3/2026,P,1,EA\n"),
             .profile = "text: {dates: mdy}\n");
    CHECK_MEMBER(c, 0, "ship_date", "2026-03-04");
    CHECK_MEMBER(c, 1, "ship_date", "2026-03-25");
    CHECK_TEXT(c->lines[2].codes, "FIELD_INVALID ship_date");     /* a mistyped one is refused alone */
    CHECK_MEMBER(CASE(SLICE(DATED "A,3/4/2026,P,1,EA\n"), .profile = "text: {dates: dmy}\n"), 0, "ship_date",
                 "2026-04-03");
    c = CASE(SLICE(DATED "A,2026-04-13,P,1,EA\nB,3/13/2026,P,1,EA\n"), .profile = "text: {dates: ymd}\n");
    CHECK_MEMBER(c, 0, "ship_date", "2026-04-13");
    CHECK_MEMBER(c, 1, "ship_date", "2026-03-13");
}

TEST(dates_whose_day_is_their_month_are_read_without_an_order)
{
    struct intake_case *c = CASE(SLICE(DATED "A,03/03/2026,P,1,EA\nB,03/03/26,P,1,EA\nC,2026-04-13,P,1,EA\n"));
    CHECK_MEMBER(c, 0, "ship_date", "2026-03-03");
    CHECK_MEMBER(c, 1, "ship_date", "2026-03-03");
    CHECK_MEMBER(c, 2, "ship_date", "2026-04-13");
    c = CASE(SLICE("Invoice,Ship Date (YY/MM/DD),Part,Qty,UOM\nA,03/03/26,P,1,EA\n"));
    CHECK_MEMBER(c, 0, "ship_date", "2003-03-26");
    CHECK_MEMBER(CASE(SLICE(DATED "A,03/03/26,P,1,EA\n"), .profile = "text: {dates: ymd}\n"), 0, "ship_date",
                 "2003-03-26");
}

TEST(a_file_that_says_both_is_asked_about_with_one_of_each)
{
    struct intake_case *c = CASE(SLICE(DATED "A,3/4/2026,P,1,EA\nB,3/13/2026,P,1,EA\nC,14/3/2026,P,1,EA\n"));
    CHECK_TEXT(c->question, "DATE_ORDER_UNDECIDED");
    CHECK_TEXT(c->samples, "14/3/2026, 3/13/2026");
    c = CASE(SLICE("Invoice,Ship "
                   "Date,Part,Qty,UOM,Price,Currency\nA,2026-03-02,P,1,EA,\"1,234\",USD\nB,2026-03-02,P,1,EA,\"1.234,"
                   "5\",USD\nC,2026-03-02,P,1,EA,\"1,234.5\",USD\n"));
    CHECK_TEXT(c->question, "NUMBER_STYLE_UNDECIDED");
    CHECK_TEXT(c->samples, "1,234.5, 1.234,5");
}

TEST(without_an_order_in_the_profile_the_dates_of_the_file_decide_or_are_asked_about)
{
    struct slice typo = SLICE(DATED "A,3/4/2026,P,1,EA\nB,13/3/2026,P,1,EA\n");
    CHECK_MEMBER(CASE(typo), 0, "ship_date", "2026-04-03");
    CHECK_MEMBER(CASE(typo, .profile = "text: {dates: auto}\n"), 0, "ship_date", "2026-04-03");
    struct slice contradicts = SLICE(DATED "A,13/04/2026,P,1,EA\nB,04/13/2026,P,1,EA\n");
    CHECK_TEXT(CASE(contradicts)->question, "DATE_ORDER_UNDECIDED");
    struct intake_case *c = CASE(contradicts, .profile = "text: {dates: mdy}\n");
    CHECK_TEXT(c->lines[0].codes, "FIELD_INVALID ship_date");
    CHECK_INT(c->passed, 1);
}

TEST(what_a_spreadsheet_shows_for_no_value_is_none)
{
    static const char *const cells[] = { "#N/A", "#REF!", "#VALUE!", "#DIV/0!", "########" };
    for (unsigned k = 0; k < sizeof cells / sizeof *cells; k++) {
        struct text file = text_in(test_arena(), 256);
        PUT(&file, HEADER "A,2026-03-02,");
        text_put(&file, slice_from(cells[k]));
        PUT(&file, ",1,EA\nB,2026-03-02,#7,1,EA\n");
        struct intake_case *c = CASE(text_slice(&file));
        CHECK_TEXT(c->lines[0].codes, "CELL_IN_ERROR vendor_part");
        CHECK_INT(c->passed, 1);
    }
}

TEST(signs_of_money_name_its_currency_or_fit_it)
{
    struct intake_case *c = CASE(SLICE("Invoice,Ship Date,Part,Qty,UOM,Price,Currency\n"
                                       "A,2026-03-02,P,1,EA,$1.00,EUR\nB,2026-03-02,P,1,EA,$1.00,CAD\n"
                                       "C,2026-03-02,P,1,EA,1.00,US$\nD,2026-03-02,P,1,EA,\xe2\x82\xac"
                                       "1.00,\xe2\x82\xac\n"
                                       "E,2026-03-02,P,1,EA,\xe2\x82\xac"
                                       "1.00,USD\nF,2026-03-02,P,1,EA,1.00,$\n"));
    CHECK(slice_starts_with(c->lines[0].codes, SLICE("CURRENCY_INVALID")));
    CHECK_MEMBER(c, 1, "currency", "CAD");
    CHECK_MEMBER(c, 2, "currency", "USD");
    CHECK_MEMBER(c, 3, "currency", "EUR");
    CHECK(slice_starts_with(c->lines[4].codes, SLICE("CURRENCY_INVALID")));
    CHECK(slice_starts_with(c->lines[5].codes, SLICE("CURRENCY_INVALID")));
}

TEST(ids_that_a_spreadsheet_ruined_are_refused)
{
    struct intake_case *c = CASE(SLICE("Invoice,Ship "
                                       "Date,Part,Qty,UOM,UPC\nA,2026-03-02,1.23E+05,1,EA,\nB,2026-03-02,12-Mar,1,EA,"
                                       "\nC,2026-03-02,,1,EA,36000291452\nD,2026-03-02,,1,EA,36000291453\n"));
    CHECK_TEXT(c->lines[0].codes, "ID_IN_EXPONENT_FORM vendor_part");
    CHECK_TEXT(c->lines[1].codes, "PART_LOOKS_LIKE_DATE vendor_part");
    CHECK_TEXT(c->lines[2].codes, "GTIN_PADDED gtin");
    CHECK_MEMBER(c, 2, "gtin", "036000291452");
    CHECK_MEMBER(c, 3, "gtin", "36000291453");
}

/* A column of ids that was a column of numbers: 70011 by another way is another invoice. */
TEST(an_id_with_a_fraction_of_nothing_is_warned_of_and_kept)
{
    struct intake_case *c = CASE(SLICE("Invoice,Ship Date,Part,Qty,UOM,Customer PO\n70011.0,2026-03-02,P,1,EA,4500.0\n"
                                       "2.0,2026-03-02,12345.0,1,EA,A.0\n70011.00,2026-03-02,V1.0,1,EA,\n"));
    CHECK_TEXT(c->lines[0].codes, "ID_IN_DECIMAL_FORM order_no, ID_IN_DECIMAL_FORM invoice_no");
    CHECK_MEMBER(c, 0, "invoice_no", "70011.0");
    CHECK_TEXT(c->lines[1].codes, "ID_IN_DECIMAL_FORM vendor_part");        /* 2.0 is as likely a version */
    CHECK_TEXT(c->lines[2].codes, "");
}

TEST(empty_markers_are_empty_with_a_warning)
{
    struct intake_case *c = CASE(
        SLICE(
            "Invoice,Ship Date,Part,Qty,UOM,Order Date,Branch,Deal ID\nA,2026-03-02,P,1,EA,0000-00-00,n/a,unbekannt\n"),
        .profile = "text: {empty_markers: [unbekannt]}\n");
    CHECK_INT(c->passed, 1);
    CHECK_TEXT(c->lines[0].codes, "EMPTY_MARKER order_date, EMPTY_MARKER location_id, EMPTY_MARKER deal_reg_no");
    CHECK_MEMBER(c, 0, "location_id", "");
}

TEST(flags_are_read_in_every_form)
{
    struct intake_case *c = CASE(SLICE("Invoice,Ship "
                                       "Date,Part,Qty,UOM,direct_ship\nA,2026-03-02,P,1,EA,Y\nB,2026-03-02,P,1,EA,X\nC,"
                                       "2026-03-02,P,1,EA,0\nD,2026-03-02,P,1,EA,maybe\n"));
    CHECK_MEMBER(c, 0, "direct_ship", "true");
    CHECK_MEMBER(c, 1, "direct_ship", "true");
    CHECK_MEMBER(c, 2, "direct_ship", "");
    CHECK_TEXT(c->lines[3].codes, "FIELD_INVALID direct_ship");
}

TEST(leading_signs_are_data)
{
    struct intake_case *c = CASE(SLICE("Invoice,Ship Date,Part,Qty,UOM,Comment\n=1+1,2026-03-02,@P,1,EA,-x\n"));
    CHECK_MEMBER(c, 0, "invoice_no", "=1+1");
    CHECK_MEMBER(c, 0, "vendor_part", "@P");
    CHECK_MEMBER(c, 0, "extras.Comment", "-x");
}

/* A text that an export wrote as a formula so that its zeros stay, quoted or not; numbers and dates alike. */
TEST(a_text_in_the_clothes_of_a_formula_is_that_text)
{
    struct intake_case *c = CASE(SLICE("Invoice,Ship Date,Part,Qty,UOM,Resale,Comment,Currency\n"
                                       "=\"00123\",=\"2026-03-02\",\"=\"\"007\"\"\",=\"2\",EA,=\"1.50\",=\"\",EUR\n"
                                       "=\"A\",2026-03-02,=\"A\"B,1,EA,1.50,=\",EUR\n"));
    CHECK_MEMBER(c, 0, "invoice_no", "00123");
    CHECK_MEMBER(c, 0, "ship_date", "2026-03-02");
    CHECK_MEMBER(c, 0, "vendor_part", "007");
    CHECK_MEMBER(c, 0, "qty", "2");
    CHECK_MEMBER(c, 0, "extras.Comment", "");
    CHECK_MEMBER(c, 1, "invoice_no", "A");
    CHECK_MEMBER(c, 1, "vendor_part", "=\\\"A\\\"B");
    CHECK_MEMBER(c, 1, "extras.Comment", "=\\\"");
    CHECK_INT(c->passed, 2);
}

/* Files that were made for a printer have a form feed before each page. */
TEST(a_new_page_begins_with_a_form_feed)
{
    struct intake_case *c = CASE(SLICE("\fInvoice,Ship Date,Part,Qty\nA,2026-03-02,P,1\n\f\n\f\"Invoice\",Ship Date,Part,Qty\n"
                                       "\fB,2026-03-02,P,1\n"));
    CHECK_INT(c->passed, 2);
    CHECK_INT(c->line_count, 2);
    CHECK_INT(c->skipped[SKIPPED_blank] + c->skipped[SKIPPED_header], 2);
    CHECK_MEMBER(c, 1, "invoice_no", "B");
}

TEST(constants_columns_and_values_of_a_profile_are_used)
{
    struct intake_case *c = CASE(
        SLICE("Beleg;Versand;Hersteller Nr;Menge;Einheit;Preis;Endkunde\nA;02.03.2026;P;1,5;Stk;4,10;Bahn\n"),
        .profile =
            "country_default: FR\ntext:\n  columns:\n    - {field: invoice_no, names: [Beleg]}\n    - {field: "
            "ship_date, names: [Versand]}\n"
            "    - {field: vendor_part, names: [Hersteller Nr]}\n    - {field: qty, names: [Menge]}\n    - {field: "
            "uom, names: [Einheit]}\n"
            "    - {field: resale_unit, names: [Preis]}\n    - {field: end_customer.name, names: [Endkunde]}\n"
            "  constants: [{field: currency, value: EUR}]\nvalues:\n  - {field: uom, value: EA, names: [ST, Stk]}\n");
    CHECK_INT(c->passed, 1);
    CHECK_MEMBER(c, 0, "uom", "EA");
    CHECK_MEMBER(c, 0, "currency", "EUR");
    CHECK_MEMBER(c, 0, "qty", "1.5");
    CHECK_MEMBER(c, 0, "end_customer.country", "FR");
}

TEST(rows_past_a_cap_are_dead_and_the_next_is_read)
{
    struct text t = text_in(test_arena(), 300000);
    PUT(&t, HEADER "A,2026-03-02,");
    for (unsigned i = 0; i < 70000; i++) text_put_byte(&t, 'x');
    PUT(&t, ",1,EA\nB,2026-03-02,P,2,EA\nC,");
    for (unsigned i = 0; i < 600; i++) text_put_byte(&t, ',');
    PUT(&t, "\nD,2026-03-02,P,2,EA\n");
    struct intake_case *c = CASE(text_slice(&t));
    CHECK_INT(c->dead, 2);
    CHECK_INT(c->passed, 2);
    CHECK_TEXT(c->lines[0].codes, "ROW_TOO_LONG");
    CHECK_TEXT(c->lines[2].codes, "ROW_TOO_WIDE");
    CHECK_INT(c->lines[3].row, 5);
}

TEST(control_characters_and_broken_bytes_refuse_their_line)
{
    struct intake_case *c =
        CASE(SLICE(HEADER "A\0B,2026-03-02,P,1,EA\nC,2026-03-02,P\x1b,1,EA\nD,2026-03-02,P,1,EA\n"));
    CHECK_TEXT(c->lines[0].codes, "FIELD_INVALID invoice_no");
    CHECK_TEXT(c->lines[1].codes, "FIELD_INVALID vendor_part");
    CHECK_INT(c->passed, 1);
    c = CASE(SLICE("\x7f" "ELF\x01\x01\x01\0\0\0\0\0\0\0\0\0\x02\0\x03\0"));
    CHECK_INT(c->state, DOCUMENT_REJECTED);
    CHECK_TEXT(c->errors, "FORMAT_UNKNOWN");
}

TEST(lines_are_the_same_however_many_are_posted_at_once)
{
    struct slice file =
        SLICE(HEADER "A,2026-03-02,P,1,EA\n\nB,2026-03-02,,2,EA\nTotal,,,3,\n\"C\",2026-03-02,P,3,EA\n");
    struct intake_case *whole = CASE(file), *single = CASE(file, .chunk = 1);
    CHECK_INT(whole->line_count, single->line_count);
    for (unsigned i = 0; i < whole->line_count; i++) {
        CHECK_SLICE(whole->lines[i].json, single->lines[i].json);
        CHECK_SLICE(whole->lines[i].line_id, single->lines[i].line_id);
    }
}

TEST(columns_that_no_field_takes_are_noted_at_the_header)
{
    struct intake_case *c =
        CASE(SLICE("Report\nInvoice,Ship Date,Part,Qty,UOM,Colour,,claimstream_codes\nA,2026-03-02,P,1,EA,red,,\n"));
    CHECK_TEXT(c->notes, "COLUMN_EXTRA");
    CHECK_TEXT(c->warnings, "");
    CHECK_MEMBER(c, 0, "extras.Colour", "red");
    CHECK_INT(issue_severity(ISSUE_COLUMN_EXTRA), SEVERITY_NOTE);
}

TEST(the_country_of_a_file_comes_before_the_default_of_its_profile)
{
    struct intake_case *c = CASE(SLICE("Invoice,Ship Date,Part,Qty,UOM,Customer,Country\nA,2026-03-02,P,1,EA,Alder,de\n"
                                       "B,2026-03-02,P,1,EA,Alder,\nC,2026-03-02,P,1,EA,Alder,North\n"
                                       "D,2026-03-02,P,1,EA,Alder,Austria\n"),
                                 .profile = "country_default: US\n"
                                            "values: [{field: end_customer.country, value: AT, names: [Austria]}]\n");
    CHECK_INT(c->passed, 4);
    CHECK_MEMBER(c, 0, "sold_to.country", "DE");
    CHECK_MEMBER(c, 1, "sold_to.country", "US");
    CHECK_MEMBER(c, 2, "extras.Country", "North");  /* no code, so nobody knows that it is a country */
    CHECK_MEMBER(c, 2, "sold_to.country", "US");
    struct intake_case *told =
        CASE(SLICE("Invoice,Ship Date,Part,Qty,UOM,Customer,Land\nA,2026-03-02,P,1,EA,Alder,Austria\n"),
             .profile = "values: [{field: sold_to.country, value: AT, names: [Austria]}]\n");
    CHECK_MEMBER(told, 0, "sold_to.country", "AT");
}

TEST(what_every_sale_needs_and_no_column_is_is_noted_at_the_header)
{
    static const struct { const char *file, *profile, *notes;
    } rows[] = {
        { "Invoice,Ship Date,Part,Qty,UOM\nA,2026-03-02,P,1,EA\n", NULL, "" },
        { "Invoice,Invoice Date,Part,Qty,UOM\nA,2026-03-02,P,1,EA\n", NULL, "COLUMN_ABSENT" },
        { "Invoice,Invoice Date,Part,Qty,UOM\nA,2026-03-02,P,1,EA\n", "ship_date_from_invoice_date: true\n", "" },
        { "Invoice,Part,Qty,UOM\nA,P,1,EA\n", "text: {constants: [{field: ship_date, value: 2026-03-02}]}\n", "" },
        { "Type,Part,Qty,UOM,Snapshot Date\nINVENTORY,P,1,EA,2026-03-02\n", NULL, "" },
        { "Invoice,Ship Date,Part,UOM\nA,2026-03-02,P,EA\n", NULL, "COLUMN_ABSENT" },
        { "Invoice,Ship Date,UPC,Qty,UOM\nA,2026-03-02,4006381333931,1,EA\n", NULL, "" },
    };
    for (unsigned k = 0; k < sizeof rows / sizeof *rows; k++) {
        struct intake_case *c = CASE(slice_from(rows[k].file), .profile = rows[k].profile);
        CHECK_SLICE(c->notes, slice_from(rows[k].notes));
    }
}

TEST(words_for_a_kind_that_no_column_is_are_warned_of_at_the_header)
{
    static const char words[] = "values: [{field: kind, value: POS_RETURN, names: [GU]}]\n";
    static const struct { const char *file, *profile, *warnings;
    } rows[] = {
        { "Beleg,Invoice,Ship Date,Part,Qty,UOM\nGU,A,2026-03-02,P,1,EA\n", words, "KIND_WORDS_UNUSED" },
        { "Beleg,Invoice,Ship Date,Part,Qty,UOM\nGU,A,2026-03-02,P,1,EA\n", NULL, "" },
        { "Type,Invoice,Ship Date,Part,Qty,UOM\nGU,A,2026-03-02,P,1,EA\n", words, "" },
        { "Invoice,Ship Date,Part,Qty,UOM\nA,2026-03-02,P,1,EA\n",
          "values: [{field: kind, value: POS_RETURN, names: [\"QTY01:61\"]}]\n", "" },
        { "Invoice,Ship Date,Part,Qty,UOM\nA,2026-03-02,P,1,EA\n",
          "text: {constants: [{field: kind, value: POS_SALE}]}\n"
          "values: [{field: kind, value: POS_RETURN, names: [GU]}]\n", "" },
    };
    for (unsigned k = 0; k < sizeof rows / sizeof *rows; k++) {
        struct intake_case *c = CASE(slice_from(rows[k].file), .profile = rows[k].profile);
        CHECK_SLICE(c->warnings, slice_from(rows[k].warnings));
    }
}

TEST(a_header_that_stands_twice_is_warned_of_where_it_is_a_field)
{
    struct intake_case *c =
        CASE(SLICE("Invoice,Ship Date,Part,Qty,Qty,UOM,Memo,Memo,Customer Address,Customer Address\n"
                   "A,2026-03-02,P,5,50,EA,x,y,1 Road,Suite 2\n"));
    CHECK_TEXT(c->warnings, "COLUMN_REPEATED");
    CHECK_MEMBER(c, 0, "qty", "5");
    CHECK_MEMBER(c, 0, "extras.Qty 2", "50");
}

TEST(what_groups_no_digits_is_no_evidence_of_a_style)
{
    struct intake_case *c = CASE(SLICE(HEADER "A,2026-03-02,P,1.2.3,EA\nB,2026-03-02,P,1.5,EA\n"));
    CHECK_INT(c->state, DOCUMENT_POSTED);
    CHECK_TEXT(c->lines[0].codes, "FIELD_INVALID qty");
    CHECK_MEMBER(c, 1, "qty", "1.5");
}

TEST(a_sale_with_an_original_invoice_is_taken_as_one_and_warned_of_unless_its_kind_was_said)
{
    static const struct { const char *row, *kind, *codes;
    } rows[] = {
        { ",A,2026-03-02,P,4,EA,B-1", "POS_SALE", "RETURN_UNMARKED original_invoice_no" },
        { "INV,A,2026-03-02,P,4,EA,B-1", "POS_SALE", "" },      /* billed again */
        { "RTN,A,2026-03-02,P,4,EA,B-1", "POS_RETURN", "" },
        { ",A,2026-03-02,P,-4,EA,B-1", "POS_RETURN", "" },
        { ",A,2026-03-02,P,4,EA,", "POS_SALE", "" },
    };
    for (unsigned k = 0; k < sizeof rows / sizeof *rows; k++) {
        struct text t = text_in(test_arena(), 256);
        PUT(&t, "Type,Invoice,Ship Date,Part,Qty,UOM,Original Invoice No\n");
        text_put(&t, slice_from(rows[k].row));
        PUT(&t, "\n");
        struct intake_case *c = CASE(text_slice(&t));
        CHECK_INT(c->passed, 1);
        CHECK_MEMBER(c, 0, "kind", rows[k].kind);
        CHECK_SLICE(c->lines[0].codes, slice_from(rows[k].codes));
    }
}

/* "Gutschrift" of a row that sells: nobody guesses which of the two it is. */
TEST(a_row_that_an_unread_column_says_comes_back_is_no_sale)
{
    static const struct { const char *header, *cell, *codes;
    } rows[] = {
        { "Gutschrift", "GS-77", "TXN_TYPE_UNKNOWN kind" },
        { "Gutschrift-Nr.", "GS-77", "TXN_TYPE_UNKNOWN kind" },
        { "Credit Note", "CN 4", "TXN_TYPE_UNKNOWN kind" },
        { "CreditMemoNo", "4711", "TXN_TYPE_UNKNOWN kind" },
        { "Returned Qty", "2", "TXN_TYPE_UNKNOWN kind" },
        { "R\xc3\xbc" "ckgabe", "ja", "TXN_TYPE_UNKNOWN kind" },
        { "N\xc2\xb0 d'avoir", "A-1", "TXN_TYPE_UNKNOWN kind" },
        { "Devoluci\xc3\xb3n", "S", "TXN_TYPE_UNKNOWN kind" },
        { "RMA Number", "R-5", "TXN_TYPE_UNKNOWN kind" },
        { "Gutschrift", "", "" },
        { "Gutschrift", "nein", "" },
        { "Gutschrift", "0,00", "" },
        { "Gutschrift", "N/A", "" },
        { "Return Policy", "30 days", "" },
        { "Turnaround", "5", "" },
    };
    for (unsigned k = 0; k < sizeof rows / sizeof *rows; k++) {
        struct text t = text_in(test_arena(), 512);
        PUT(&t, "Invoice;Ship Date;Part;Qty;UOM;");
        text_put(&t, slice_from(rows[k].header));
        PUT(&t, "\nA;2026-03-02;P;4;EA;");
        text_put(&t, slice_from(rows[k].cell));
        PUT(&t, "\nB;2026-03-02;P;-4;EA;");
        text_put(&t, slice_from(rows[k].cell));
        PUT(&t, "\n");
        struct intake_case *c = CASE(text_slice(&t));
        CHECK_SLICE(c->lines[0].codes, slice_from(rows[k].codes));
        CHECK_MEMBER(c, 1, "kind", "POS_RETURN");
    }
    struct intake_case *said = CASE(SLICE("Type,Invoice,Ship Date,Part,Qty,UOM,Credit Note\n"
                                          "INV,A,2026-03-02,P,4,EA,CN-1\nRTN,B,2026-03-02,P,4,EA,CN-1\n"));
    CHECK_INT(said->passed, 2);
    said = CASE(SLICE("Invoice,Ship Date,Part,Qty,UOM,Credit Note\nA,2026-03-02,P,4,EA,CN-1\n"),
                .profile = "text: {constants: [{field: kind, value: POS_RETURN}]}\n");
    CHECK_MEMBER(said, 0, "qty", "-4");
}

TEST(a_column_of_kinds_may_be_called_as_german_exports_call_it)
{
    static const char *const names[] = { "Belegart", "Vorgang", "Vorgangsart" };
    for (unsigned k = 0; k < sizeof names / sizeof *names; k++) {
        struct text t = text_in(test_arena(), 128);
        text_put(&t, slice_from(names[k]));
        PUT(&t, ";Invoice;Ship Date;Part;Qty\nRTN;A;2026-03-02;P;4\n");
        CHECK_MEMBER(CASE(text_slice(&t)), 0, "kind", "POS_RETURN");
    }
}

TEST(a_text_of_two_encodings_says_so)
{
    struct intake_case *c = CASE(SLICE("Invoice,Ship Date,Part,Qty,UOM,Customer\nA,2026-03-02,P,1,EA,M\xfcller\n"
                                       "B,2026-03-02,P,1,EA,M\xc3\xbcller\n"));
    CHECK_INT(c->passed, 2);
    CHECK_TEXT(c->warnings, "ENCODING_ASSUMED, ENCODING_MIXED");
    CHECK_MEMBER(c, 0, "sold_to.name", "M\xc3\xbcller");
}

TEST(x12_and_json_of_two_bytes_a_character_are_refused_as_such)
{
    static const struct slice texts[] = { SLICE_INIT("ISA*00*          *00*  "), SLICE_INIT("\r\n{\"kind\":1}"),
                                          SLICE_INIT("[1, 2]") };
    for (unsigned k = 0; k < 3; k++)
        for (int little = 0; little < 2; little++) {
            struct slice marked = utf16(texts[k], little);
            CHECK_TEXT(CASE(marked)->errors, "FORMAT_UNSUPPORTED");
            CHECK_TEXT(CASE(slice_skip(marked, 2))->errors, "FORMAT_UNSUPPORTED");
        }
    CHECK_INT(CASE(utf16(SLICE(HEADER "A,2026-03-02,P,1,EA\n"), true))->passed, 1);
}

TEST(a_header_met_again_is_none_the_less_one_in_another_case_or_in_quotes)
{
    struct intake_case *c = CASE(SLICE(HEADER "A,2026-03-02,P,1,EA\nINVOICE,SHIP DATE,PART,QTY,UOM\n\"Invoice\",\"Ship "
                                              "Date\",Part, Qty ,UOM,\nB,2026-03-02,P,2,EA\n"));
    CHECK_INT(c->passed, 2);
    CHECK_INT(c->rejected, 0);
    CHECK_INT(c->skipped[SKIPPED_header], 2);
}

TEST(a_document_that_a_strict_profile_refuses_has_no_lines)
{
    struct intake_case *c = CASE(SLICE(HEADER "A,2026-03-02,P,5,EA\nTotal,,,6,\n"), .profile = "tolerance: strict\n");
    CHECK_INT(c->state, DOCUMENT_REJECTED);
    CHECK_TEXT(c->errors, "TOTAL_DIFFERS");
    CHECK_INT(c->passed + c->rejected + c->dead, 0);
    CHECK_INT(c->line_count, 0);
}
