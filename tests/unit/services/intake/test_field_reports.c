/* test_field_reports.c: what broke readers of such files elsewhere, each with its whole kind. Those of one format alone
 * stand in its own tests; tests/README.md lists them all. */
#include "intake/record.h"
#include "support/intake_case.h"

#define CHECK_MEMBER(c, line, path, want) CHECK_SLICE(case_member((c), (line), (path)), slice_from(want))
#define HEADER "Invoice Number,Ship Date,Part Number,Quantity"
#define ROW(invoice, date) invoice "," date ",KX-100,2\n"

static struct slice joined(const char *first, const char *second)
{
    struct text t = text_in(test_arena(), strlen(first) + strlen(second));
    text_put(&t, slice_from(first));
    text_put(&t, slice_from(second));
    return text_slice(&t);
}

/* FR-023 */
TEST(a_mark_before_a_quoted_first_header_is_no_part_of_it)
{
    static const char *const marks[] = { "", "\xef\xbb\xbf" };
    static const char *const headers[] = {
        "\"Invoice Number\",\"Ship Date\",\"Part Number\",\"Quantity\"\r\n",
        "\"Invoice Number\",Ship Date,\"Part Number\",Quantity\n",
        "sep=,\r\n\"Invoice Number\",\"Ship Date\",\"Part Number\",\"Quantity\"\r\n",
        "\r\n\"Invoice Number\",\"Ship Date\",\"Part Number\",\"Quantity\"\n",
    };
    for (unsigned m = 0; m < 2; m++)
        for (unsigned h = 0; h < sizeof headers / sizeof *headers; h++) {
            struct slice head = joined(marks[m], headers[h]);
            struct intake_case *c =
                CASE(joined(slice_copy(test_arena(), head).bytes, "\"A-1\",\"2026-03-02\",\"KX-100\",\"2\"\n"));
            CHECK_INT(c->passed, 1);
            CHECK_MEMBER(c, 0, "invoice_no", "A-1");
            CHECK_TEXT(c->notes, "");
        }
}

/* FR-024 */
TEST(inch_marks_inside_quoted_cells_are_data_in_every_place)
{
    struct intake_case *c = CASE(SLICE("\"Invoice Number\";\"Description\";\"Quantity\";\"Part Number\";\"Ship Date\"\n"
                                       "\"A-1\";\"TV 27\" to 31\"\";3;\"P\";2026-03-02\n\"A-2\";\"27\" "
                                       "TV\";4;\"P\";2026-03-02\n\"A-3\";\"TV 27\"\"\";5;\"P\";2026-03-02\n"
                                       "\"A-4\";TV 27\";6;\"P\";2026-03-02\n\"A-5\";\"plain\";7;\"P\";2026-03-02\n"));
    static const char *const described[] = { "TV 27\\\" to 31\\\"", "27\\\" TV", "TV 27\\\"", "TV 27\\\"", "plain" };
    CHECK_INT(c->passed, 5);
    for (unsigned k = 0; k < 5; k++) CHECK_MEMBER(c, k, "extras.Description", described[k]);
    for (unsigned k = 0; k < 5; k++) CHECK_INT(case_member(c, k, "qty").bytes[0], '3' + (int)k);
}

/* A profile finds a column for whatever a line has a place for, a party as a whole for its name. */
TEST(every_place_of_a_line_can_be_named_by_a_profile)
{
    for (enum slot slot = SLOT_NONE + 1; slot < SLOT_COUNT; slot++) {
        struct text profile = text_in(test_arena(), 128);
        PUT(&profile, "text: {columns: [{field: ");
        text_put(&profile, slot_name(slot));
        PUT(&profile, ", names: [WHAT]}]}\n");
        struct intake_case *c = CASE(SLICE(HEADER ",WHAT\nA-1,2026-03-02,KX-100,2,1\n"),
                                     .profile = slice_copy(test_arena(), text_slice(&profile)).bytes);
        CHECK_INT(c->line_count, 1);
        CHECK_TEXT(case_member(c, 0, "extras.WHAT"), "");
    }
    static const char *const rows[][3] = {
        { "sold_to", "sold_to.name", "447" },          { "sold_to.duns", "sold_to.id", "447" },
        { "ship_to.address_2", "ship_to.address", "447" }, { "end_customer", "end_customer.name", "447" },
    };
    for (unsigned k = 0; k < sizeof rows / sizeof *rows; k++) {
        char profile[128];
        snprintf(profile, sizeof profile, "text: {columns: [{field: %s, names: [WHAT]}]}\n", rows[k][0]);
        struct intake_case *c = CASE(SLICE(HEADER ",WHAT\nA-1,2026-03-02,KX-100,2,447\n"), .profile = profile);
        CHECK_MEMBER(c, 0, rows[k][1], rows[k][2]);
    }
}

/* Where nothing else says a currency the prices do; where something does they are held against it. */
TEST(the_currency_that_stands_beside_a_price_is_that_of_its_line)
{
    static const struct { const char *price, *amount, *currency; unsigned passed; } rows[] = {
        { "12.50 USD", "25.00", "USD", 1 },     { "\xe2\x82\xac 12.50", "", "EUR", 1 },
        { "12.50", "25.00 chf", "CHF", 1 },     { "$12.50", "25.00", "", 0 },
        { "12.50 USD", "25.00 EUR", "USD", 0 }, { "12.50", "25.00", "", 0 },
    };
    for (unsigned k = 0; k < sizeof rows / sizeof *rows; k++) {
        char file[160];
        snprintf(file, sizeof file, HEADER ",Resale Price,Ext Price\nA-1,2026-03-02,KX-100,2,%s,%s\n", rows[k].price,
                 rows[k].amount);
        struct intake_case *c = CASE(slice_from(file), .partner = "P");
        CHECK_INT(c->passed, rows[k].passed);
        CHECK_MEMBER(c, 0, "currency", rows[k].currency);
    }
}

/* Who buys in euros may sell in pounds: a sign says nothing of the money on the other side of the deal. */
#define SIDES ",Resale Price,Ext Price,Book Cost,Claim Amount"
TEST(a_sign_beside_the_cost_names_no_currency_of_the_price)
{
    static const struct { const char *price, *amount, *cost, *claim, *currency; unsigned passed; } rows[] = {
        { "12.50", "", "€ 3.50", "", "", 0 },
        { "€ 12.50", "", "3.50", "", "", 0 },
        { "12.50", "25.00", "3.50 GBP", "1.00 GBP", "", 0 },
        { "€ 12.50", "25.00", "3.50", "1.00 EUR", "EUR", 1 },
        { "€ 12.50", "", "3.50 GBP", "", "EUR", 0 },
        { "", "", "3.50 GBP", "", "GBP", 1 },
    };
    for (unsigned k = 0; k < sizeof rows / sizeof *rows; k++) {
        char file[200];
        snprintf(file, sizeof file, HEADER SIDES "\nA-1,2026-03-02,KX-100,2,%s,%s,%s,%s\n", rows[k].price,
                 rows[k].amount, rows[k].cost, rows[k].claim);
        struct intake_case *c = CASE(slice_from(file), .partner = "P");
        CHECK_INT(c->passed, rows[k].passed);
        CHECK_MEMBER(c, 0, "currency", rows[k].currency);
    }
}

/* As a Japanese keyboard writes them, and as a word processor makes a dash of a minus. */
TEST(full_width_digits_and_dashes_are_digits_and_minus)
{
    static const struct { const char *date, *qty, *price, *says; } rows[] = {
        { "２０２６-03-02", "２", "１．５", "2" },
        { "2026／03／02", "－2", "1.5 ＵＳＤ", "-2" },
        { "2026年３月２日", "–2", "1.5", "-2" },
        { "2026-03-02", "2−", "1.5", "-2" },
        { "2026-03-02", "— 2", "1.5", "-2" },
    };
    for (unsigned k = 0; k < sizeof rows / sizeof *rows; k++) {
        char file[200];
        snprintf(file, sizeof file, HEADER ",Resale Price,Currency\nA-1,%s,KX-100,%s,%s,USD\n", rows[k].date,
                 rows[k].qty, rows[k].price);
        struct intake_case *c = CASE(slice_from(file), .partner = "P");
        CHECK_INT(c->passed, 1);
        CHECK_MEMBER(c, 0, "ship_date", "2026-03-02");
        CHECK_MEMBER(c, 0, "qty", rows[k].says);
        CHECK_MEMBER(c, 0, "resale_unit", "1.5");
    }
}

/* Read as cp1252 a name of another alphabet would be screened as another name: the file is refused, and read when its
 * profile says what it is. */
TEST(a_text_of_double_bytes_or_another_alphabet_is_asked_about_until_its_encoding_is_named)
{
    static const struct { const char *encoding, *sent, *name; } rows[] = {
        { "shift_jis", "\x8a\x94\x8e\xae\x89\xef\x8e\xd0", "株式会社" },
        { "shift_jis", "\x83""A\x83\x8b\x83""_\x81[\x83\\", "アルダーソ" },
        { "euc-jp", "\xb3\xf4\xbc\xb0\xb2\xf1\xbc\xd2", "株式会社" },
        { "gb18030", "\xb9\xab\xcb\xbe\xb1\xb1\xbe\xa9", "公司北京" },
        { "windows-1251", "\xce\xce\xce \xc0\xeb\xfc\xf4\xe0", "ООО Альфа" },
    };
    for (unsigned k = 0; k < sizeof rows / sizeof *rows; k++) {
        char file[200], profile[80];
        snprintf(file, sizeof file, HEADER ",UOM,Customer\nA-1,2026-03-02,KX-100,2,EA,%s\n", rows[k].sent);
        snprintf(profile, sizeof profile, "text: {encoding: %s}\n", rows[k].encoding);
        struct intake_case *c = CASE(slice_from(file), .partner = "P");
        CHECK_INT(c->line_count, 0);
        CHECK_INT(c->state, DOCUMENT_HELD);
        CHECK_TEXT(c->question, "ENCODING_FOREIGN");
        CHECK_MEMBER(CASE(slice_from(file), .partner = "P", .answers = { .encoding = slice_from(rows[k].encoding) }), 0,
                     "sold_to.name", rows[k].name);
        c = CASE(slice_from(file), .partner = "P", .profile = profile);
        CHECK_MEMBER(c, 0, "sold_to.name", rows[k].name);
        CHECK_TEXT(c->warnings, "");
    }
    static const char *const western[] = { "M\xfcller", "\xc6\xd8\xc5 A/S", "Descri\x87\xc6o",
                                           "\x93Gr\xf6\xdf""e\x94 \x96 \x80 5" };
    for (unsigned k = 0; k < sizeof western / sizeof *western; k++) {
        char file[200];
        snprintf(file, sizeof file, HEADER ",UOM,Customer\nA-1,2026-03-02,KX-100,2,EA,%s\n", western[k]);
        CHECK_TEXT(CASE(slice_from(file), .partner = "P")->warnings, "ENCODING_ASSUMED");
    }
}

/* What a spreadsheet adds up below each group is no line; a part that is called so is one. */
TEST(a_subtotal_that_ends_with_its_word_is_no_line)
{
    struct intake_case *c = CASE(SLICE(HEADER "\n" ROW("A1", "2026-03-02") "A1 Total,,,2\n" ROW("A2", "2026-03-02")
                                       "A2 Ergebnis,,,2\nGrand Total,,,4\nUnit Total,2026-03-02,KX-100,2\n"),
                                 .partner = "P");
    CHECK_INT(c->line_count, 3);
    CHECK_MEMBER(c, 2, "invoice_no", "Unit Total");
}

/* The number of a debit is an authorisation as long as no column says that it is one. */
TEST(of_a_debit_and_an_agreement_the_agreement_authorises)
{
    struct intake_case *c = CASE(SLICE("Debit #,SPA #," HEADER "\nDM-1,Q-1," ROW("A1", "2026-03-02")), .partner = "P");
    CHECK_MEMBER(c, 0, "authorisation_no", "Q-1");
    c = CASE(SLICE("Debit #," HEADER "\nDM-1," ROW("A1", "2026-03-02")), .partner = "P");
    CHECK_MEMBER(c, 0, "authorisation_no", "DM-1");
}

TEST(a_report_with_japanese_headers_is_read)
{
    struct intake_case *c = CASE(SLICE("請求書番号,行番号,請求日,出荷日,メーカー型番,数量,単価,通貨,販売先\n"
                                       "J-1,1,2026年3月2日,2026/03/03,SW-24,10,1250.5,JPY,東京商事\n"),
                                 .partner = "P");
    CHECK_MEMBER(c, 0, "invoice_date", "2026-03-02");
    CHECK_MEMBER(c, 0, "vendor_part", "SW-24");
    CHECK_MEMBER(c, 0, "qty", "10");
    CHECK_MEMBER(c, 0, "sold_to.name", "東京商事");
}

/* FR-031, FR-032 */
TEST(the_order_of_dates_is_one_of_the_file_or_asked_for)
{
    struct intake_case *c = CASE(SLICE(HEADER "\n" ROW("A", "03/04/2026") ROW("B", "13/04/2026")));
    CHECK_MEMBER(c, 0, "ship_date", "2026-04-03");
    CHECK_MEMBER(c, 1, "ship_date", "2026-04-13");
    c = CASE(SLICE(HEADER "\n" ROW("A", "03/13/2026") ROW("B", "03/04/2026")));
    CHECK_MEMBER(c, 1, "ship_date", "2026-03-04");
    CHECK_TEXT(CASE(SLICE(HEADER "\n" ROW("A", "13/04/2026") ROW("B", "04/13/2026")))->question,
               "DATE_ORDER_UNDECIDED");
    struct slice open = SLICE(HEADER "\n" ROW("A", "01/02/2026") ROW("B", "03/04/2026"));
    c = CASE(open);
    CHECK_INT(c->state, DOCUMENT_HELD);
    CHECK_TEXT(c->question, "DATE_ORDER_UNDECIDED");
    CHECK_TEXT(c->samples, "01/02/2026, 03/04/2026");
    CHECK_INT(c->line_count, 0);
    struct intake_case *answered = CASE(open, .answers = { .dates = DATE_STYLE_DMY }, .partner = "P"),
                       *told = CASE(open, .profile = "text: {dates: dmy}\n", .partner = "P");
    CHECK_MEMBER(answered, 0, "ship_date", "2026-02-01");
    CHECK_MEMBER(answered, 1, "ship_date", "2026-04-03");
    for (unsigned k = 0; k < 2; k++) CHECK_SLICE(answered->lines[k].line_id, told->lines[k].line_id);
}

/* FR-036 */
TEST(words_of_another_standard_refuse_their_line_until_the_profile_lists_them)
{
    struct slice file = SLICE(
        "Transaction Type,Claimed Amount,Currency," HEADER "\nStockSale,,," ROW("A", "2026-03-02") "Return,,," ROW(
            "B", "2026-03-02") "PriceAdjustment,5.00,EUR," ROW("C", "2026-03-02") "INV,,," ROW("D", "2026-03-02"));
    struct intake_case *c = CASE(file);
    CHECK_INT(c->passed, 1);
    CHECK_INT(c->rejected, 3);
    for (unsigned k = 0; k < 3; k++) CHECK(slice_starts_with(c->lines[k].codes, SLICE("TXN_TYPE_UNKNOWN kind")));
    c = CASE(file, .profile = "values:\n  - {field: kind, value: POS_SALE, names: [StockSale]}\n  - {field: kind, "
                              "value: POS_RETURN, names: [Return]}\n"
                              "  - {field: kind, value: PRICE_PROTECTION_CLAIM, names: [PriceAdjustment]}\n");
    CHECK_INT(c->passed, 4);
    CHECK_MEMBER(c, 1, "kind", "POS_RETURN");
    CHECK_MEMBER(c, 1, "qty", "-2");
    CHECK_MEMBER(c, 2, "kind", "PRICE_PROTECTION_CLAIM");
}

/* FR-037 */
TEST(what_is_on_hand_never_becomes_what_was_sold)
{
    struct intake_case *c = CASE(SLICE("Brn No,Brn Description,SKU Number,SKU Description,Qty Sold,Sold RSP,Qty On "
                                       "Hand\n1,North,S-1,Desk,2,3.00,7\n1,North,S-2,Lamp,4,3.00,9\n"));
    CHECK_INT(c->rejected, 2);
    CHECK_TEXT(c->lines[0].codes, "FIELD_MISSING invoice_no, FIELD_MISSING ship_date, UOM_ASSUMED uom");
    CHECK_MEMBER(c, 1, "qty", "4");
    CHECK_MEMBER(c, 1, "partner_part", "S-2");
    CHECK_MEMBER(c, 1, "extras.Qty On Hand", "9");
}

/* FR-039 */
TEST(of_several_prices_the_one_of_the_currency_column_counts)
{
    static const char *const files[] = {
        "Invoice Number\tShip Date\tPart Number\tQuantity\tReported Product Unit Price - Local Currency\tReported "
        "Product Unit Price - USD\tReported Net POS Price\tCurrency\nA\t2026-03-02\tP\t2\t90.00\t97.20\t88.00\tEUR\n",
        "Invoice Number\tShip Date\tPart Number\tQuantity\tReported Net POS Price\tReported Product Unit Price - "
        "USD\tCurrency\tReported Product Unit Price - Local Currency\nA\t2026-03-02\tP\t2\t88.00\t97.20\tEUR\t90.00\n",
    };
    for (unsigned k = 0; k < 2; k++) {
        struct intake_case *c = CASE(slice_from(files[k]));
        CHECK_MEMBER(c, 0, "resale_unit", "90");
        CHECK_MEMBER(c, 0, "currency", "EUR");
        CHECK_MEMBER(c, 0, "extras.Reported Product Unit Price - USD", "97.20");
        CHECK_MEMBER(c, 0, "extras.Reported Net POS Price", "88.00");
    }
}

/* FR-051 */
TEST(a_header_cell_in_an_old_code_page_costs_nothing_but_its_name)
{
    struct intake_case *c = CASE(SLICE(
        "Invoice Number;Ship Date;Part Number;Quantity;Descri\x87\xc6o\nA;2026-03-02;P;1;x\nB;2026-03-02;P;2;y\n"));
    CHECK_INT(c->passed, 2);
    CHECK_TEXT(c->warnings, "ENCODING_ASSUMED, UOM_ASSUMED");
    CHECK_TEXT(c->notes, "COLUMN_EXTRA");
    CHECK_MEMBER(c, 1, "extras.Descri\xe2\x80\xa1\xc3\x86o", "y");
}

/* FR-056 */
TEST(amounts_have_the_decimals_of_their_currency)
{
    struct intake_case *c = CASE(SLICE(
        "kind,claim id,claimed_amount,currency," HEADER
        "\nSHIP_DEBIT_CLAIM,C,10000,JPY," ROW("A", "2026-03-02") "SHIP_DEBIT_CLAIM,C,10000.5,JPY," ROW(
            "B", "2026-03-02") "SHIP_DEBIT_CLAIM,C,1.2345,KWD," ROW("C", "2026-03-02") "SHIP_DEBIT_CLAIM,C,1.005,"
                                                                                       "USD," ROW("D", "2026-03-02")));
    static const char *const amounts[] = { "10000", "10001", "1.235", "1.01" }, *const texts[] = {
        "", "claimed_amount=10000.5", "claimed_amount=1.2345", "claimed_amount=1.005"
    };
    CHECK_INT(c->passed, 4);
    for (unsigned k = 0; k < 4; k++) {
        CHECK_MEMBER(c, k, "claimed_amount", amounts[k]);
        CHECK_SLICE(c->lines[k].texts, slice_from(texts[k]));
    }
}

/* FR-080: the path of message indexes, each form. */
TEST(the_path_of_a_frame_is_read_in_every_form_and_never_guessed)
{
    static const struct framing_schema known[] = { { .id = 7, .type = FRAMING_PROTOBUF } };
    struct framing_schemas schemas = { .items = known, .count = 1 };
    static const struct { const char *bytes; size_t size; enum issue_code issue; size_t payload;
    } rows[] = {
        { "\0\0\0\0\7\0ab", 8, ISSUE_NONE, 2 },
        { "\0\0\0\0\7\2\0ab", 9, ISSUE_NONE, 2 },
        { "\0\0\0\0\7\2\4ab", 9, ISSUE_FRAMING_BROKEN, 0 },
        { "\0\0\0\0\7\0", 6, ISSUE_NONE, 0 },
        { "\0\0\0\0\7\1ab", 8, ISSUE_FRAMING_BROKEN, 0 },
        { "\0\0\0\0\7", 5, ISSUE_FRAMING_BROKEN, 0 },
        { "\0\0\0\0\x8\0ab", 8, ISSUE_SCHEMA_UNKNOWN, 0 },
    };
    for (unsigned k = 0; k < sizeof rows / sizeof *rows; k++) {
        struct record record = { .value = slice_of(rows[k].bytes, rows[k].size) };
        struct record_content c = record_read(test_arena(), &record, &schemas);
        CHECK_INT(c.issue, rows[k].issue);
        if (rows[k].issue == ISSUE_NONE) CHECK_INT(c.bytes.size, rows[k].payload);
        if (rows[k].issue == ISSUE_NONE) CHECK_INT(c.payload, RECORD_SUBMISSION);
    }
}
