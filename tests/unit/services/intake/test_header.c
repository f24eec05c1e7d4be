/* test_header.c: headers over two rows, rows that go on with a header, columns without one (feeds.md 7.1). */
#include "support/intake_case.h"

#define CHECK_MEMBER(c, line, path, want) CHECK_SLICE(case_member((c), (line), (path)), slice_from(want))

TEST(a_row_of_groups_and_the_row_of_its_names_are_one_header)
{
    static const char *const headers[] = {
        "Invoice,Ship Date,Ship To,,,Part,Qty,UOM\n,,Name,City,Country,,,\n",       /* single names above */
        ",,Ship To,,,,,\nInvoice,Ship Date,Name,City,Country,Part,Qty,UOM\n",       /* and below */
        "Invoice,Ship Date,Ship To,,,Item,,UOM\nNo,,Name,City,Country,Part No,Qty,\n",
        "Report of March\n\nInvoice,Ship,Ship To,,,Part,Quantity,\nNumber,Date,Name,City,Country,Number,Shipped,UOM\n",
    };
    for (unsigned k = 0; k < sizeof headers / sizeof *headers; k++) {
        struct slice file = SLICE_JOIN(test_arena(), slice_from(headers[k]),
                                       SLICE("A-1,2026-03-02,Alder,Lyon,FR,KX-100,5,EA\n"));
        struct intake_case *c = CASE(file);
        CHECK_INT(c->line_count, 1);
        CHECK_INT(c->passed, 1);
        CHECK_TEXT(c->warnings, "");
        CHECK_TEXT(c->notes, "");
        CHECK_MEMBER(c, 0, "invoice_no", "A-1");
        CHECK_MEMBER(c, 0, "ship_date", "2026-03-02");
        CHECK_MEMBER(c, 0, "ship_to.name", "Alder");
        CHECK_MEMBER(c, 0, "ship_to.city", "Lyon");
        CHECK_MEMBER(c, 0, "ship_to.country", "FR");
        CHECK_MEMBER(c, 0, "vendor_part", "KX-100");
        CHECK_MEMBER(c, 0, "qty", "5");
    }
}

TEST(a_group_takes_no_name_that_needs_none)
{
    static const struct { const char *names, *line, *field, *value; } cases[] = {
        { "Customer,,,,,,\nName,City,Part Number,Qty,UOM,Invoice,Ship Date\n",
          "Acme,Bonn,KX,5,EA,A1,2026-03-02\n", "vendor_part", "KX" },
        { "Customer,,,,,,,,\nName,City,PO,Order No,Part,Qty,UOM,Invoice,Ship Date\n",
          "X,Bonn,P1,O1,KX,5,EA,A1,2026-03-03\n", "order_no", "O1" },
        { "Customer\nName,City,Part Number,Qty,UOM,Invoice,Ship Date\n",
          "Acme,Bonn,KX,5,EA,A1,2026-03-02\n", "vendor_part", "KX" },
        { "Original,,,,,\nInvoice Number,Part,Qty,UOM,Invoice,Ship Date\n",
          "A1,KX,-5,EA,A2,2026-03-02\n", "invoice_no", "A2" },
    };
    for (unsigned k = 0; k < sizeof cases / sizeof *cases; k++) {
        struct intake_case *c =
            CASE(SLICE_JOIN(test_arena(), slice_from(cases[k].names), slice_from(cases[k].line)));
        CHECK_INT(c->passed, 1);
        CHECK_SLICE(case_member(c, 0, cases[k].field), slice_from(cases[k].value));
    }
}

TEST(either_row_of_a_header_of_two_names_it_and_both_are_known_when_they_come_again)
{
    struct slice file = SLICE("Invoice,Ship To,,Part,Qty,UOM,Ship Date\n,Name,City,,,,\n"
                              "A-1,Alder,Lyon,KX,5,EA,2026-03-02\n"
                              "Invoice,Ship To,,Part,Qty,UOM,Ship Date\n,Name,City,,,,\n"
                              "A-2,Birch,Nice,KX,5,EA,2026-03-02\n");
    for (uint32_t row = 0; row < 3; row++) {
        struct intake_case *c = CASE(file, .answers = { .header_row = row });
        CHECK_INT(c->passed, 2);
        CHECK_INT(c->rejected, 0);
        CHECK_INT(c->skipped[SKIPPED_header], 2);
        CHECK_MEMBER(c, 1, "ship_to.city", "Nice");
    }
}

TEST(a_line_below_a_header_is_no_part_of_it)
{
    struct intake_case *c =
        CASE(SLICE("Invoice,Ship Date,Part,Qty,UOM,Customer,\nA,2026-03-02,City,5,EA,Country,Price\n"));
    CHECK_INT(c->passed, 1);
    CHECK_MEMBER(c, 0, "vendor_part", "City");
    CHECK_MEMBER(c, 0, "sold_to.name", "Country");
    c = CASE(SLICE("Customer,,,,\nInvoice,Ship Date,Part,Qty,City\nA,2026-03-02,KX,5,Lyon\n"));
    CHECK_MEMBER(c, 0, "extras.City", "Lyon");      /* a title is no group of a column that stands apart */
    CHECK_MEMBER(c, 0, "sold_to.city", "");
}

/* Units, remarks of a form: the first row after the header alone, and never what says it is a line. */
TEST(a_row_without_figures_goes_on_with_the_header_and_is_told)
{
#define NAMES "Invoice,Ship Date,Part,Qty,UOM,Price,Currency\n"
#define LINE "A,2026-03-02,KX,5,EA,1.50,EUR\n"
    static const char *const rows[] = { ",,,pcs,,EUR,\n", "\n,,,(Stück),,€,\n" };
    for (unsigned k = 0; k < sizeof rows / sizeof *rows; k++) {
        struct intake_case *c = CASE(SLICE_JOIN(test_arena(), SLICE(NAMES), slice_from(rows[k]), SLICE(LINE)));
        CHECK_INT(c->passed, 1);
        CHECK_INT(c->rejected, 0);
        CHECK_INT(c->skipped[SKIPPED_header], 1);
        CHECK_TEXT(c->warnings, "HEADER_GOES_ON");
    }
    CHECK_INT(CASE(SLICE(NAMES LINE ",,,pcs,,EUR,\n"))->rejected, 1);
    CHECK_INT(CASE(SLICE(NAMES "A-ONE,TBD,KX,five,,free,\n" LINE))->rejected, 1);
    CHECK_INT(CASE(SLICE(NAMES "text,date,text,number,,,\n" LINE))->rejected, 1);
    CHECK_INT(CASE(SLICE(NAMES "A,,KX,N/A,,,\n" LINE))->rejected, 1);
    CHECK_INT(CASE(SLICE(NAMES "A,,KX,#REF!,,,\n" LINE))->rejected, 1);
    CHECK_INT(CASE(SLICE("Type," NAMES "INV,A,,KX,many,,,\n"))->rejected, 1);
    CHECK_INT(CASE(SLICE("Type," NAMES "INV,A,,KX,many,,,\n"), .profile = "tolerance: strict\n")->rejected, 1);
#undef LINE
#undef NAMES
}

TEST(a_column_without_a_header_that_holds_values_is_told_and_keeps_them_by_its_place)
{
    struct intake_case *c = CASE(SLICE("Invoice,Ship Date,Part,,Qty,UOM,,\nA,2026-03-02,P,red,1,EA,,\n"
                                       "A,2026-03-02,P,,1,EA,x,\nTotal,,,,2,,,all\n"));
    CHECK_INT(c->passed, 2);
    CHECK_TEXT(c->warnings, "COLUMN_UNNAMED");
    CHECK_MEMBER(c, 0, "extras.column 4", "red");
    CHECK_MEMBER(c, 1, "extras.column 7", "x");
    CHECK_TEXT(CASE(SLICE("Invoice,Ship Date,Part,,Qty,UOM\nA,2026-03-02,P,,1,EA\n"))->warnings, "");
}

/* Rows below another header would be read by the names of the first. */
TEST(a_file_of_two_tables_is_refused_at_the_header_that_is_not_read)
{
#define HEAD "Invoice,Ship Date,Part,Qty,Resale Price\nA1,2026-03-02,KX,5,2.50\n"
    static const struct { const char *file; uint32_t row; } cases[] = {
        { HEAD "Invoice,Ship Date,Part,Resale Price,Qty\nA2,2026-03-03,KY,3,7\n", 3 },
        { HEAD "\nInvoice,Ship Date,Customer,Part,Qty,Resale Price\nA2,2026-03-03,ACME,KY,3,7\n", 1 },
        { HEAD "\nPart,Qty\nKX,5\n", 4 },
    };
    for (unsigned k = 0; k < sizeof cases / sizeof *cases; k++) {
        struct intake_case *c = CASE(slice_from(cases[k].file));
        CHECK_INT(c->state, DOCUMENT_REJECTED);
        CHECK_TEXT(c->errors, "HEADER_ANOTHER");
        CHECK_INT(c->error_row, cases[k].row);
    }
    struct intake_case *c = CASE(SLICE(HEAD "Invoice No,Date Shipped,Part Number,Quantity,\nA2,2026-03-03,KY,3,7\n"),
                                 .currency = "EUR");
    CHECK_INT(c->passed, 2);                        /* the same columns in other words */
    CHECK_INT(c->skipped[SKIPPED_header], 1);
    c = CASE(SLICE(HEAD "\nInvoice,Ship Date,Customer,Part,Qty,Resale Price\nA2,2026-03-03,ACME,KY,3,7\n"),
             .answers = { .header_row = 4 }, .currency = "EUR");
    CHECK_INT(c->passed, 1);                        /* who names the row leaves out what stands above it */
#undef HEAD
}
