/* test_workbook.c: workbooks made part by part, through the whole way of a document (feeds.md 7.4). */
#include "intake/workbook.h"
#include "support/container.h"
#include "x12_rig.h"

#include <stdlib.h>

#define NS \
    " xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\" xmlns:r=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships\""
#define ROOT_RELS \
    "<Relationships><Relationship Id=\"rId1\" Type=\"http://x/officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>"
#define BOOK_RELS \
    "<Relationships><Relationship Id=\"rId1\" Type=\"http://x/worksheet\" Target=\"worksheets/sheet1.xml\"/>" \
    "<Relationship Id=\"rId2\" Type=\"http://x/worksheet\" Target=\"/xl/worksheets/sheet2.xml\"/>" \
    "<Relationship Id=\"rId3\" Type=\"http://x/styles\" Target=\"styles.xml\"/><Relationship Id=\"rId4\" Type=\"http://x/sharedStrings\" Target=\"sharedStrings.xml\"/></Relationships>"
#define ONE_SHEET "<workbook" NS "><sheets><sheet name=\"POS\" sheetId=\"1\" r:id=\"rId1\"/></sheets></workbook>"
#define STYLES "<styleSheet" NS \
    "><numFmts><numFmt numFmtId=\"164\" formatCode=\"00000\"/><numFmt numFmtId=\"165\" formatCode=\"yyyy\\-mm\\-dd\"/></numFmts>" \
    "<cellStyleXfs><xf numFmtId=\"14\"/></cellStyleXfs><cellXfs><xf numFmtId=\"0\"/><xf numFmtId=\"164\"/><xf numFmtId=\"165\"/><xf numFmtId=\"14\"/></cellXfs></styleSheet>"

static struct rig r;

static struct slice book(const char *workbook, const char *sheet1, const char *sheet2, const char *strings)
{
    struct part parts[] = {
        { "_rels/.rels", ROOT_RELS },
        { "xl/_rels/workbook.xml.rels", BOOK_RELS },
        { "xl/workbook.xml", workbook },
        { "xl/styles.xml", STYLES },
        { "xl/sharedStrings.xml", strings ? strings : "<sst/>" },
        { "xl/worksheets/sheet1.xml", sheet1 },
        { "xl/worksheets/sheet2.xml", sheet2 ? sheet2 : "<worksheet/>" },
    };
    return container(test_arena(), parts, 7, false);
}

/* Rows of inline texts: cells parted by `|`, rows by `\n`; a cell `#n` is a number, `@n` a number of style 2 (a
 * date). */
static const char *sheet(const char *rows, bool has_references)
{
    struct text t = text_in(test_arena(), 64 << 10);
    struct slice rest = slice_from(rows);
    PUT(&t, "<worksheet" NS "><sheetData>");
    for (unsigned row = 1; rest.bytes; row++) {
        struct slice line = slice_cut(&rest, '\n');
        PUT(&t, "<row");
        if (has_references) { PUT(&t, " r=\""); text_put_int(&t, row); PUT(&t, "\""); }
        PUT(&t, ">");
        for (char column = 'A'; line.bytes; column++) {
            struct slice value = slice_cut(&line, '|');
            if (slice_is_empty(value) && has_references) continue;
            PUT(&t, "<c");
            if (has_references) { PUT(&t, " r=\""); text_put_byte(&t, column); text_put_int(&t, row); PUT(&t, "\""); }
            bool is_number = value.size > 0 && (value.bytes[0] == '#' || value.bytes[0] == '@');
            if (is_number) {
                text_put(&t, value.bytes[0] == '@' ? SLICE(" s=\"2\"><v>") : SLICE("><v>"));
                text_put(&t, slice_skip(value, 1));
                PUT(&t, "</v></c>");
            } else {
                PUT(&t, " t=\"inlineStr\"><is><t>");
                text_put(&t, value);
                PUT(&t, "</t></is></c>");
            }
        }
        PUT(&t, "</row>");
    }
    PUT(&t, "</sheetData></worksheet>");
    return slice_copy(test_arena(), text_slice(&t)).bytes;
}

static bool says(struct slice all, const char *part)
{
    return memmem(all.bytes, all.size, part, strlen(part)) != NULL;
}

static enum document_state run(struct slice bytes)
{
    rig_open(&r);
    r.profile.currency_default = SLICE("EUR");
    return rig_run(&r, bytes);
}

#define HEADER "Invoice Number|Ship Date|Part Number|Quantity|Resale Price|Customer"
#define ROW "A-1|@46083|KX-100|#5|#4.0999999999999996|Alder"

TEST(rows_of_a_sheet_become_lines_at_their_positions)
{
    CHECK_INT(run(book(ONE_SHEET, sheet(HEADER "\n" ROW "\nA-2|@46084|KX-200|#2|#3|Birch", true), NULL, NULL)),
              DOCUMENT_POSTED);
    CHECK_INT(r.line_count, 2);
    CHECK(says(
        r.lines[0],
        "PASS POS_SALE partner=P-17 inv=A-1 ship=20260302 part=KX-100 qty=5 uom=EA resale=4.1 cur=EUR sold=Alder"));
    CHECK_TEXT(text_slice(&r.ids), "1048578 1048579 ");
    CHECK_TEXT(r.result->format, "xlsx");
    CHECK_TEXT(r.result->dialect, "sheet POS, header in row 1");
    rig_close(&r);
}

/* FR-041 */
TEST(cells_and_rows_without_references_follow_each_other)
{
    run(book(ONE_SHEET, sheet(HEADER "\n" ROW "\nA-2|@46084|KX-200|#2||Birch", true), NULL, NULL));
    struct slice first = slice_copy(test_arena(), r.lines[0]), second = slice_copy(test_arena(), r.lines[1]),
                 ids = slice_copy(test_arena(), text_slice(&r.ids));
    rig_close(&r);
    run(book(ONE_SHEET, sheet(HEADER "\n" ROW "\nA-2|@46084|KX-200|#2||Birch", false), NULL, NULL));
    CHECK_SLICE(r.lines[0], first);
    CHECK_SLICE(r.lines[1], second);
    CHECK_SLICE(text_slice(&r.ids), ids);
    rig_close(&r);
}

/* FR-040 */
TEST(styled_empty_rows_are_no_lines)
{
    struct text t = text_in(test_arena(), 64 << 10);
    struct slice data = slice_from(sheet(HEADER "\n" ROW, true));
    text_put(&t, slice_head(data, data.size - strlen("</sheetData></worksheet>")));
    for (int row = 3; row < 123; row++) {
        PUT(&t, "<row r=\"");
        text_put_int(&t, row);
        PUT(&t, "\"><c r=\"A");
        text_put_int(&t, row);
        PUT(&t, "\" s=\"1\"/><c r=\"B1\" s=\"3\"></c></row>");
    }
    PUT(&t, "</sheetData></worksheet>");
    CHECK_INT(run(book(ONE_SHEET, slice_copy(test_arena(), text_slice(&t)).bytes, NULL, NULL)), DOCUMENT_POSTED);
    CHECK_INT(r.line_count, 1);
    CHECK_INT(r.result->rejected, 0);
    CHECK_INT(r.result->skipped[SKIPPED_blank], 120);
    rig_close(&r);
}

/* FR-042 */
TEST(runs_are_one_text_and_phonetics_none)
{
    CHECK_INT(run(book(ONE_SHEET,
                       "<worksheet" NS "><sheetData><row><c t=\"s\"><v>0</v></c><c t=\"s\"><v>1</v></c><c "
                                       "t=\"s\"><v>2</v></c><c t=\"s\"><v>3</v></c><c t=\"s\"><v>4</v></c></row>"
                       "<row><c t=\"str\"><f>A1</f><v>A-1</v></c><c t=\"inlineStr\"><is><t>2026-03-02</t></is></c><c "
                       "t=\"inlineStr\"><is><r><t>KX-</t></r><r><rPr><b/></rPr><t>100</t></r></is></c>"
                       "<c><v>5</v></c><c t=\"s\"><v>5</v></c></row></sheetData></worksheet>",
                       NULL,
                       "<sst" NS "><si><t>Invoice Number</t></si><si><t>Ship Date</t></si><si><t>Part "
                                 "Number</t></si><si><t>Quantity</t></si><si><t>Customer</t></si>"
                       "<si><r><t>Al</t></r><r><t xml:space=\"preserve\">der </t></r><r><t>Works</t></r><rPh sb=\"0\" "
                       "eb=\"1\"><t>phonetic</t></rPh></si></sst>")),
              DOCUMENT_POSTED);
    CHECK_INT(r.line_count, 1);
    CHECK(says(r.lines[0], "inv=A-1") && says(r.lines[0], "part=KX-100") && says(r.lines[0], "sold=Alder Works"));
    CHECK(!says(r.lines[0], "phonetic"));
    rig_close(&r);
}

TEST(formats_tell_dates_and_leading_zeros)
{
    CHECK_INT(
        run(book(
            ONE_SHEET,
            "<worksheet" NS "><sheetData><row><c t=\"inlineStr\"><is><t>Invoice Number</t></is></c><c "
                            "t=\"inlineStr\"><is><t>Ship Date</t></is></c>"
            "<c t=\"inlineStr\"><is><t>Part Number</t></is></c><c t=\"inlineStr\"><is><t>Quantity</t></is></c></row>"
            "<row><c s=\"1\"><v>42</v></c><c "
            "s=\"3\"><v>46083.75</v></c><c><v>12345678901234567</v></c><c><v>5</v></c></row>"
            "<row><c "
            "s=\"1\"><v>123456</v></c><c><v>46084</v></c><c><v>007</v></c><c><v>-2.5</v></c></row></sheetData></"
            "worksheet>",
            NULL, NULL)),
        DOCUMENT_POSTED);
    CHECK(says(r.lines[0], "inv=00042 ") && says(r.lines[0], "ship=20260302")
          && says(r.lines[0], "part=12345678901234567 "));
    CHECK(says(r.lines[1], "POS_RETURN") && says(r.lines[1], "inv=123456 ") && says(r.lines[1], "ship=20260303")
          && says(r.lines[1], "qty=-2.5"));
    rig_close(&r);
    CHECK_INT(run(book("<workbook" NS "><workbookPr date1904=\"1\"/><sheets><sheet name=\"POS\" sheetId=\"1\" "
                                      "r:id=\"rId1\"/></sheets></workbook>",
                       sheet(HEADER "\nA-1|@44621|KX-100|#5|#4.5|Alder", true), NULL, NULL)),
              DOCUMENT_POSTED);
    CHECK(says(r.lines[0], "ship=20260302"));
    rig_close(&r);
}

TEST(formulas_count_by_their_stored_value)
{
    CHECK_INT(
        run(book(ONE_SHEET,
                 "<worksheet" NS "><sheetData><row><c t=\"inlineStr\"><is><t>Invoice Number</t></is></c><c "
                                 "t=\"inlineStr\"><is><t>Ship Date</t></is></c>"
                 "<c t=\"inlineStr\"><is><t>Part Number</t></is></c><c t=\"inlineStr\"><is><t>Quantity</t></is></c><c "
                 "t=\"inlineStr\"><is><t>Resale Price</t></is></c></row>"
                 "<row><c t=\"str\"><f>B1</f><v>A-1</v></c><c s=\"3\"><v>46083</v></c><c "
                 "t=\"str\"><v>KX</v></c><c><f>2+3</f><v>5</v></c><c><f>1+1</f></c></row>"
                 "<row><c t=\"str\"><v>A-2</v></c><c s=\"3\"><v>46083</v></c><c t=\"str\"><v>KX</v></c><c "
                 "t=\"e\"><f>1/0</f><v>#DIV/0!</v></c></row></sheetData></worksheet>",
                 NULL, NULL)),
        DOCUMENT_POSTED);
    CHECK(says(r.lines[0], "PASS") && says(r.lines[0], "qty=5")
          && says(r.lines[0], "~FORMULA_WITHOUT_VALUE:resale_unit"));
    CHECK(says(r.lines[1], "REJECT") && says(r.lines[1], "!CELL_IN_ERROR:qty"));
    rig_close(&r);
}

/* Programs that compute nothing leave an empty value behind the formula; an empty text is one. */
TEST(an_empty_value_behind_a_formula_is_none_stored)
{
    static const char head[] =
        "<worksheet" NS "><sheetData><row><c t=\"str\"><v>Invoice Number</v></c><c t=\"str\"><v>Ship Date</v></c>"
        "<c t=\"str\"><v>Part Number</v></c><c t=\"str\"><v>Quantity</v></c><c t=\"str\"><v>Resale Price</v></c></row>"
        "<row><c t=\"str\"><v>A-1</v></c><c s=\"3\"><v>46083</v></c><c t=\"str\"><v>KX</v></c><c><v>5</v></c>";
    static const struct { const char *cell; bool is_told;
    } cells[] = {
        { "<c><f>1+1</f><v/></c>", true },
        { "<c t=\"n\"><f>1+1</f><v></v></c>", true },
        { "<c t=\"str\"><f>\"\"</f><v></v></c>", false },
        { "<c><v/></c>", false },
    };
    for (unsigned k = 0; k < sizeof cells / sizeof *cells; k++) {
        struct text t = text_in(test_arena(), 2048);
        text_put(&t, slice_from(head));
        text_put(&t, slice_from(cells[k].cell));
        PUT(&t, "</row></sheetData></worksheet>");
        CHECK_INT(run(book(ONE_SHEET, slice_copy(test_arena(), text_slice(&t)).bytes, NULL, NULL)), DOCUMENT_POSTED);
        CHECK_INT(says(r.lines[0], "~FORMULA_WITHOUT_VALUE:resale_unit"), cells[k].is_told);
        rig_close(&r);
    }
}

#define TWO(state1, state2) \
    "<workbook" NS "><sheets><sheet name=\"One\" sheetId=\"1\"" state1 \
    " r:id=\"rId1\"/><sheet name=\"Two\" sheetId=\"2\"" state2 " r:id=\"rId2\"/></sheets></workbook>"

TEST(a_workbook_may_say_that_there_were_no_sales)
{
    static const char *const sheets[] = { "No sales this month", "Report of March\nNil report",
                                          "Keine Verk\xc3\xa4ufe" };
    for (unsigned k = 0; k < sizeof sheets / sizeof *sheets; k++) {
        CHECK_INT(run(book(ONE_SHEET, sheet(sheets[k], true), NULL, NULL)), DOCUMENT_POSTED);
        CHECK_INT(r.line_count, 0);
        CHECK_INT(r.result->skipped[SKIPPED_nil_report], 1);
        rig_close(&r);
    }
    CHECK_INT(run(book(TWO("", " state=\"hidden\""), sheet("Notes", true), sheet("No sales", true), NULL)),
              DOCUMENT_HELD);
    rig_close(&r);
    CHECK_INT(run(book(TWO("", ""), sheet("Notes", true), sheet("No sales", true), NULL)), DOCUMENT_POSTED);
    rig_close(&r);
}

TEST(the_visible_sheet_with_the_best_header_is_read)
{
    const char *good = sheet(HEADER "\n" ROW, true), *poor = sheet("Part Number|Quantity\nKX|#1", true);
    run(book(TWO("", ""), poor, good, NULL));
    CHECK(says(r.lines[0], "PASS") && r.result->state == DOCUMENT_POSTED);
    CHECK_TEXT(text_slice(&r.ids), "2097154 ");
    rig_close(&r);
    run(book(TWO("", " state=\"hidden\""), poor, good, NULL));
    CHECK_TEXT(r.result->dialect, "sheet One, header in row 1");
    rig_close(&r);
    rig_open(&r);
    r.profile.text.sheet = SLICE("Two");
    rig_run(&r, book(TWO("", " state=\"veryHidden\""), poor, good, NULL));
    CHECK_TEXT(r.result->dialect, "sheet Two, header in row 1");
    r.profile.text.sheet = SLICE("Three");
    CHECK_INT(rig_run(&r, book(TWO("", ""), poor, good, NULL)), DOCUMENT_REJECTED);
    CHECK_TEXT(rig_issues(&r), "SHEET_MISSING");
    rig_close(&r);
}

TEST(a_sheet_that_could_have_been_meant_is_said_to_be_left_out)
{
    const char *good = sheet(HEADER "\n" ROW, true), *poor = sheet("Part Number|Quantity\nKX|#1", true);
    run(book(TWO("", ""), poor, good, NULL));
    CHECK(issues_has(&r.result->warnings, ISSUE_SHEET_LEFT_OUT));
    CHECK_TEXT(r.result->warnings.items[0].value, "One");
    rig_close(&r);
    run(book(TWO("", " state=\"hidden\""), good, poor, NULL));
    CHECK(!issues_has(&r.result->warnings, ISSUE_SHEET_LEFT_OUT));
    rig_close(&r);
    run(book(TWO("", ""), good, sheet("Prices exclude freight", true), NULL));
    CHECK(!issues_has(&r.result->warnings, ISSUE_SHEET_LEFT_OUT));
    rig_close(&r);
    rig_open(&r);
    r.profile.text.sheet = SLICE("One");
    rig_run(&r, book(TWO("", ""), good, poor, NULL));
    CHECK(!issues_has(&r.result->warnings, ISSUE_SHEET_LEFT_OUT));
    rig_close(&r);
    rig_open(&r);                                   /* of a sheet that is not asked for nothing is wanted */
    r.answers.sheet = SLICE("One");
    rig_run(&r, book(TWO("", ""), good, "<worksheet><sheetData><row", NULL));
    CHECK(!issues_has(&r.result->errors, ISSUE_WORKBOOK_BROKEN));
    rig_close(&r);
    rig_open(&r);                                   /* a row that was named is no header of whatever sheet */
    r.profile.text.header_row = 1;
    rig_run(&r, book(TWO("", ""), good, sheet("Prices exclude freight", true), NULL));
    CHECK(!issues_has(&r.result->warnings, ISSUE_SHEET_LEFT_OUT));
    rig_close(&r);
}

TEST(sheets_that_are_equally_likely_are_asked_about)
{
    const char *good = sheet(HEADER "\n" ROW, true);
    CHECK_INT(run(book(TWO("", ""), good, good, NULL)), DOCUMENT_HELD);
    CHECK_INT(r.result->question->code, ISSUE_SHEET_UNDECIDED);
    CHECK_TEXT(r.result->question->value, "One, Two");
    rig_close(&r);
    CHECK_INT(run(book(ONE_SHEET, sheet("x|y\nz|w", true), NULL, NULL)), DOCUMENT_HELD);
    CHECK_INT(r.result->question->code, ISSUE_HEADER_UNKNOWN);
    rig_close(&r);
    CHECK_INT(run(book(ONE_SHEET, sheet("", true), NULL, NULL)), DOCUMENT_REJECTED);
    CHECK(issues_has(&r.result->errors, ISSUE_FILE_EMPTY));
    rig_close(&r);
    CHECK_INT(run(book(TWO("", ""), sheet("", true), sheet("x|y\nz|w", true), NULL)), DOCUMENT_HELD);
    CHECK_INT(r.result->question->code, ISSUE_HEADER_UNKNOWN);
    CHECK_TEXT(r.result->question->value, "x, y");
    rig_close(&r);
}

TEST(a_row_in_one_cell_is_refused_and_a_note_is_told)
{
    CHECK_INT(run(book(ONE_SHEET, sheet("Type|" HEADER "\nINV|" ROW "\nINV,A-2,46083,KX-100,5\nEnd of report", true),
                       NULL, NULL)),
              DOCUMENT_POSTED);
    CHECK_INT(r.line_count, 2);
    CHECK_INT(r.result->rejected, 1);
    CHECK_INT(r.result->skipped[SKIPPED_note], 1);
    CHECK(issues_has(&r.result->warnings, ISSUE_ROW_NOTE));
    rig_close(&r);
}

TEST(a_header_below_a_title_and_a_repeated_one_are_found_and_totals_compared)
{
    CHECK_INT(run(book(ONE_SHEET, sheet("Report of March\n\n" HEADER "\n" ROW "\n" HEADER "\n" ROW "\n|||#11||", true),
                       NULL, NULL)),
              DOCUMENT_POSTED);
    CHECK_INT(r.line_count, 2);
    CHECK_TEXT(r.result->dialect, "sheet POS, header in row 3");
    CHECK_INT(r.result->skipped[SKIPPED_header], 1);
    CHECK_INT(r.result->skipped[SKIPPED_total], 1);
    CHECK(issues_has(&r.result->warnings, ISSUE_TOTAL_DIFFERS));
    rig_close(&r);
}

TEST(groups_of_columns_above_their_names_are_read_with_them)
{
    CHECK_INT(run(book(ONE_SHEET,
                       sheet("Report\nInvoice|Ship Date|Ship To|||Part||Quantity\n||Name|City|Country|||\n"
                             "A-1|@46083|Alder|Lyon|FR|KX-100|red|#5", true), NULL, NULL)), DOCUMENT_POSTED);
    CHECK_INT(r.line_count, 1);
    CHECK(says(r.lines[0], "inv=A-1") && says(r.lines[0], "part=KX-100 qty=5"));
    CHECK_TEXT(r.result->dialect, "sheet POS, header in rows 2 and 3");
    CHECK_TEXT(rig_issues(&r), "COLUMN_UNNAMED");
    rig_close(&r);
}

TEST(numbers_of_a_sheet_follow_the_decimal_comma_of_its_texts)
{
    CHECK_INT(
        run(book(ONE_SHEET, sheet(HEADER "\nA-1|@46083|KX-100|#5|4,25|Alder\nA-2|@46083|KX-100|#5|#4.125|Alder", true),
                 NULL, NULL)),
        DOCUMENT_POSTED);
    CHECK(says(r.lines[0], "resale=4.25"));
    CHECK(says(r.lines[1], "resale=4.125"));
    rig_close(&r);
}

TEST(entities_end_the_reading)
{
    CHECK_INT(
        run(book(ONE_SHEET,
                 "<!DOCTYPE worksheet [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b "
                 "\"&a;&a;&a;\">]><worksheet><sheetData><row><c t=\"str\"><v>&b;</v></c></row></sheetData></worksheet>",
                 NULL, NULL)),
        DOCUMENT_REJECTED);
    CHECK_TEXT(rig_issues(&r), "WORKBOOK_BROKEN");
    rig_close(&r);
    CHECK_INT(run(book("<!DOCTYPE x SYSTEM \"file:///etc/passwd\"><workbook/>", "<worksheet/>", NULL, NULL)),
              DOCUMENT_REJECTED);
    CHECK_TEXT(rig_issues(&r), "WORKBOOK_BROKEN");
    rig_close(&r);
}

TEST(broken_containers_and_parts_are_refused_with_a_reason)
{
    struct slice whole = book(ONE_SHEET, sheet(HEADER "\n" ROW, true), NULL, NULL);
    for (size_t cut = 8; cut < whole.size; cut += 61) {
        CHECK_INT(run(slice_head(whole, cut)), DOCUMENT_REJECTED);
        CHECK(issues_has(&r.result->errors, ISSUE_WORKBOOK_BROKEN));
        rig_close(&r);
    }
    CHECK_INT(run(book(ONE_SHEET, "<worksheet><sheetData><row><c t=\"s\"><v>9</v></c></row></sheetData></worksheet>",
                       NULL, NULL)),
              DOCUMENT_REJECTED);
    rig_close(&r);
    CHECK_INT(run(book("<workbook/>", "<worksheet/>", NULL, NULL)), DOCUMENT_REJECTED);
    rig_close(&r);
}

TEST(an_archive_without_a_workbook_is_another_format)
{
    struct part parts[] = { { "march.csv", "Invoice,Qty\n1,2\n" } };
    CHECK_INT(run(container(test_arena(), parts, 1, false)), DOCUMENT_REJECTED);
    CHECK_TEXT(rig_issues(&r), "FORMAT_UNSUPPORTED");
    rig_close(&r);
}

TEST(a_truth_is_no_number)
{
    static const char rows[] =
        "<worksheet" NS "><sheetData>"
        "<row><c t=\"str\"><v>Invoice</v></c><c t=\"str\"><v>Ship Date</v></c><c t=\"str\"><v>Part</v></c>"
        "<c t=\"str\"><v>Qty</v></c><c t=\"str\"><v>Direct Ship</v></c></row>"
        "<row><c t=\"str\"><v>A</v></c><c s=\"3\"><v>46083</v></c><c t=\"b\"><v>1</v></c><c><v>5</v></c>"
        "<c t=\"b\"><v>1</v></c></row>"
        "<row><c t=\"str\"><v>B</v></c><c s=\"3\"><v>46083</v></c><c t=\"str\"><v>P</v></c>"
        "<c t=\"b\"><v>1</v></c><c t=\"b\"><v>0</v></c></row></sheetData></worksheet>";
    CHECK_INT(run(book(ONE_SHEET, rows, NULL, NULL)), DOCUMENT_POSTED);
    CHECK(says(r.lines[0], "PASS") && says(r.lines[0], "part=TRUE") && says(r.lines[0], "qty=5"));
    CHECK(says(r.lines[1], "REJECT") && says(r.lines[1], "FIELD_INVALID:qty"));
    rig_close(&r);
}

/* A sheet is read for its header, its styles and its lines: nothing is lost where all that comes together. */
TEST(each_reading_of_a_sheet_is_bounded_by_itself)
{
    enum { ROWS = 12, BLANKS = 1 << 20 };
    static const char head[] = "<worksheet" NS "><sheetData><row><c t=\"str\"><v>Invoice</v></c>"
                               "<c t=\"str\"><v>Ship Date</v></c><c t=\"str\"><v>Part</v></c>"
                               "<c t=\"str\"><v>Qty</v></c></row>",
                      row[] = "<row><c t=\"str\"><v>A</v></c><c s=\"3\"><v>46083</v></c>"
                              "<c t=\"str\"><v>P</v></c><c><v>5</v></c></row>";
    struct text t = text_over(malloc(ROWS * (BLANKS + sizeof row) + 1024), ROWS * (BLANKS + sizeof row) + 1024);
    CHECK(t.bytes != NULL);
    text_put(&t, slice_from(head));
    for (unsigned n = 0; n < ROWS; n++) {
        memset(t.bytes + t.size, ' ', BLANKS);
        t.size += BLANKS;
        text_put(&t, slice_from(row));
    }
    PUT(&t, "</sheetData></worksheet>");
    text_put_byte(&t, '\0');
    struct part parts[] = {
        { "_rels/.rels", ROOT_RELS }, { "xl/_rels/workbook.xml.rels", BOOK_RELS }, { "xl/workbook.xml", ONE_SHEET },
        { "xl/styles.xml", STYLES },  { "xl/worksheets/sheet1.xml", t.bytes },
    };
    CHECK_INT(run(container(test_arena(), parts, 5, true)), DOCUMENT_POSTED);
    CHECK_INT(r.result->passed, ROWS);
    rig_close(&r);
    free(t.bytes);
}

TEST(a_bomb_is_refused_before_it_is_whole)
{
    enum { BLANKS = 40 << 20 };
    char *sheet_xml = malloc(BLANKS + 32);
    CHECK(sheet_xml != NULL);
    memset(sheet_xml, ' ', BLANKS);
    memcpy(sheet_xml, "<worksheet>", 11);
    memcpy(sheet_xml + BLANKS, "</worksheet>", 13);
    struct part parts[] = {
        { "_rels/.rels", ROOT_RELS },
        { "xl/_rels/workbook.xml.rels", BOOK_RELS },
        { "xl/workbook.xml", ONE_SHEET },
        { "xl/worksheets/sheet1.xml", sheet_xml },
    };
    CHECK_INT(run(container(test_arena(), parts, 4, true)), DOCUMENT_REJECTED);
    CHECK_TEXT(rig_issues(&r), "ENCODING_BOMB");
    rig_close(&r);
    free(sheet_xml);
}

TEST(bounds_of_a_workbook_hold)
{
    struct text sheets = text_in(test_arena(), 16 << 10), wide = text_in(test_arena(), 64 << 10),
                tall = text_in(test_arena(), 200 << 10);
    PUT(&sheets, "<workbook><sheets>");
    for (int k = 0; k < 65; k++) PUT(&sheets, "<sheet name=\"x\" r:id=\"rId1\"/>");
    PUT(&sheets, "</sheets></workbook>");
    CHECK_INT(run(book(slice_copy(test_arena(), text_slice(&sheets)).bytes, "<worksheet/>", NULL, NULL)),
              DOCUMENT_REJECTED);
    CHECK(issues_has(&r.result->errors, ISSUE_WORKBOOK_TOO_LARGE)
          || issues_has(&r.result->errors, ISSUE_WORKBOOK_BROKEN));
    rig_close(&r);
    struct slice rows = slice_from(sheet(HEADER "\n" ROW, true));
    text_put(&wide, slice_head(rows, rows.size - strlen("</sheetData></worksheet>")));
    PUT(&wide, "<row r=\"9\"><c r=\"ZZZ9\"><v>1</v></c></row></sheetData></worksheet>");
    CHECK_INT(run(book(ONE_SHEET, slice_copy(test_arena(), text_slice(&wide)).bytes, NULL, NULL)), DOCUMENT_POSTED);
    CHECK_INT(r.result->dead, 1);
    CHECK(issues_has(&r.result->errors, ISSUE_ROW_TOO_WIDE));
    rig_close(&r);
    text_put(&tall, slice_head(rows, rows.size - strlen("</sheetData></worksheet>")));
    PUT(&tall, "<row r=\"9\"><c r=\"A9\" t=\"inlineStr\"><is><t>");
    for (int k = 0; k < 70 << 10; k++) PUT(&tall, "x");
    PUT(&tall, "</t></is></c></row></sheetData></worksheet>");
    CHECK_INT(run(book(ONE_SHEET, slice_copy(test_arena(), text_slice(&tall)).bytes, NULL, NULL)), DOCUMENT_POSTED);
    CHECK(issues_has(&r.result->errors, ISSUE_ROW_TOO_LONG));
    rig_close(&r);
}

TEST(fractions_take_the_shortest_decimal_that_reads_back)
{
    static const struct { const char *sent, *wanted;
    } cases[] = {
        { "1.1000000000000001", "1.1" },
        { "4.0999999999999996", "4.1" },
        { "0.30000000000000004", "0.30000000000000004" },
        { "2.5", "2.5" },
        { "-3.0499999999999998", "-3.05" },
        { "5", "5" },
        { "12345678901234567", "12345678901234567" },
        { "1.0000000000000001E-2", "0.01" },
        { "1.5E-7", "0.00000015" },
        { "1.2345E+17", "1.2345E+17" },
        { "9.001234567E9", "9001234567" },          /* as Java writes whole numbers from ten million on */
        { "3.6000291452E+10", "36000291452" },
        { "-1E3", "-1000" },
        { "1.2345E17", "1.2345E+17" },
        { "x1.5", "x1.5" },
        { "", "" },
        { "1.", "1" },
        { "99999999.989999995", "99999999.99" },
    };
    char buffer[WORKBOOK_NUMBER_MAX];
    for (unsigned k = 0; k < sizeof cases / sizeof *cases; k++)
        CHECK_SLICE(workbook_number_shortest(slice_from(cases[k].sent), buffer), slice_from(cases[k].wanted));
}

TEST(number_formats_are_known_by_what_they_print)
{
    static const struct { const char *code; enum workbook_format format; unsigned digits;
    } cases[] = {
        { "00000", WORKBOOK_FORMAT_ZEROS, 5 },
        { "0", WORKBOOK_FORMAT_PLAIN, 1 },
        { "0.00", WORKBOOK_FORMAT_PLAIN, 3 },
        { "General", WORKBOOK_FORMAT_PLAIN, 0 },
        { "yyyy-mm-dd", WORKBOOK_FORMAT_DATE, 0 },
        { "[$-409]d-mmm-yy;@", WORKBOOK_FORMAT_DATE, 0 },
        { "#,##0.00 \"days\"", WORKBOOK_FORMAT_PLAIN, 3 },
        { "\\d0", WORKBOOK_FORMAT_SIGNS, 1 },
        { "00000_)", WORKBOOK_FORMAT_ZEROS, 5 },
        { "\"INV-\"00000", WORKBOOK_FORMAT_SIGNS, 5 },
        { "000\\-0000", WORKBOOK_FORMAT_SIGNS, 7 },
        { "\"EUR\" 0", WORKBOOK_FORMAT_SIGNS, 1 },
        { "[$EUR] 0", WORKBOOK_FORMAT_PLAIN, 1 },
        { "0.0%", WORKBOOK_FORMAT_PERCENT, 2 },
        { "0 \"%\"", WORKBOOK_FORMAT_SIGNS, 1 },
        { "0;0%", WORKBOOK_FORMAT_PLAIN, 1 },
        { "[$-411]ggge\"年\"m\"月\"", WORKBOOK_FORMAT_DATE, 0 },
        { "GENERAL\" h\"", WORKBOOK_FORMAT_PLAIN, 0 },
        { "0;yyyy", WORKBOOK_FORMAT_PLAIN, 1 },
        { "", WORKBOOK_FORMAT_PLAIN, 0 },
    };
    unsigned digits;
    for (unsigned k = 0; k < sizeof cases / sizeof *cases; k++)
        CHECK_INT(workbook_format_of(slice_from(cases[k].code), &digits), cases[k].format);
    CHECK_INT(workbook_format_builtin(14), WORKBOOK_FORMAT_DATE);
    CHECK_INT(workbook_format_builtin(2), WORKBOOK_FORMAT_PLAIN);
    CHECK_INT(workbook_format_builtin(10), WORKBOOK_FORMAT_PERCENT);
}

TEST(a_format_names_a_currency_where_its_sign_has_one)
{
    static const struct { const char *code, *currency; } cases[] = {
        { "#,##0.00\\ [$€-407];[Red]\\-#,##0.00\\ [$€-407]", "EUR" }, { "[$USD]\\ #,##0.00", "USD" },
        { "_-* #,##0.00\\ \"€\"_-", "EUR" }, { "\"chf\" 0.00", "CHF" }, { "[$£-809]0", "GBP" },
        { "[$$-409]0.00", "USD" }, { "[$$-1009]0.00", "CAD" }, { "[$$-1000409]0.00", "USD" }, { "\"$\"0.00", "" },
        { "[$$-1]0.00", "" }, { "[$¥-804]0", "CNY" }, { "[$¥-411]0", "JPY" }, { "\"¥\"0", "" },
        { "0 [$kr-41D]", "SEK" },
        { "0 \"kr\"", "" }, { "[$-409]0.00", "" }, { "[Red]0.00", "" }, { "0 \"pcs\"", "" }, { "0 \"box\"", "" },
        { "0 \"ALL\"", "" }, { "[$ALL] 0", "ALL" },
        { "0;[$EUR]0", "" }, { "[$", "" }, { "\"", "" }, { "", "" },
    };
    for (unsigned k = 0; k < sizeof cases / sizeof *cases; k++)
        CHECK_SLICE(workbook_format_currency(slice_from(cases[k].code)), slice_from(cases[k].currency));
}

TEST(digits_stand_between_the_signs_of_their_format)
{
    static const struct { const char *code, *digits, *shown; } cases[] = {
        { "\"INV-\"00000", "42", "INV-00042" },  { "000\\-0000", "1234567", "123-4567" },
        { "000\\-0000", "123456789", "12345-6789" }, { "000\\-0000", "5", "000-0005" },
        { "0\" pcs\"", "120", "120 pcs" },       { "00000", "42", "" },
        { "00-00-00;@", "010203", "01-02-03" },  { "\"a long text in front of everything\"0", "7", "" },
    };
    char buffer[24];
    for (unsigned k = 0; k < sizeof cases / sizeof *cases; k++)
        CHECK_SLICE(workbook_format_print(slice_from(cases[k].code), slice_from(cases[k].digits), buffer,
                                          sizeof buffer),
                    slice_from(cases[k].shown));
}

/* A row is the one that it says it is, wherever it stands in the sheet; numbers that recur say nothing. */
TEST(rows_keep_their_numbers_in_whatever_order_they_stand)
{
    static const struct { const char *rows, *ids, *first; } cases[] = {
        { "132", "1048578 1048579 ", "inv=A-2 " }, { "231", "1048578 1048579 ", "inv=A-2 " },
        { "321", "1048578 1048579 ", "inv=A-2 " }, { "1..", "1048578 1048579 ", "inv=A-2 " },
        { "111", "1048578 1048579 ", "inv=A-2 " }, { "312", "1048578 1048579 ", "inv=A-2 " },
    };
    static const char *const cells[] = { "Invoice|Ship Date|Part|Qty", "A-2|@46083|KX-100|#5", "A-3|@46083|KX-100|#6" };
    for (unsigned k = 0; k < sizeof cases / sizeof *cases; k++) {
        struct text t = text_in(test_arena(), 16 << 10);
        PUT(&t, "<worksheet" NS "><sheetData>");
        for (unsigned n = 0; n < 3; n++) {
            bool is_own = cases[k].rows[n] >= '1' && strcmp(cases[k].rows, "111") != 0;
            const char *one = sheet(cells[is_own ? cases[k].rows[n] - '1' : (int)n], false);
            const char *from = strstr(one, "<row>") + 4, *to = strstr(one, "</sheetData>");
            PUT(&t, "<row");
            if (cases[k].rows[n] != '.') { PUT(&t, " r=\""); text_put_byte(&t, cases[k].rows[n]); PUT(&t, "\""); }
            text_put(&t, slice_of(from, (size_t)(to - from)));
        }
        PUT(&t, "</sheetData></worksheet>");
        CHECK_INT(run(book(ONE_SHEET, slice_copy(test_arena(), text_slice(&t)).bytes, NULL, NULL)), DOCUMENT_POSTED);
        CHECK_SLICE(text_slice(&r.ids), slice_from(cases[k].ids));
        CHECK(says(r.lines[0], cases[k].first) && says(r.lines[1], "inv=A-3 "));
        CHECK(says(r.result->dialect, "header in row 1"));
        rig_close(&r);
    }
}

/* Rows are those of the sheet's data; the anchor of a button after them has one of its own. */
TEST(the_row_of_a_drawing_is_no_row)
{
    const char *rows = sheet(HEADER "\n" ROW, true), *end = strstr(rows, "</worksheet>");
    struct text t = text_in(test_arena(), 8192);
    text_put(&t, slice_of(rows, (size_t)(end - rows)));
    PUT(&t, "<controls><control><anchor><from><xdr:col xmlns:xdr=\"x\">1</xdr:col><xdr:row xmlns:xdr=\"x\">3</xdr:row>"
            "</from></anchor></control></controls></worksheet>");
    CHECK_INT(run(book(ONE_SHEET, slice_copy(test_arena(), text_slice(&t)).bytes, NULL, NULL)), DOCUMENT_POSTED);
    CHECK_INT(r.line_count, 1);
    CHECK_INT(r.result->skipped[SKIPPED_blank], 0);
    rig_close(&r);
}

/* Too many bytes to be held in memory: refused with a sentence, not read in a wrong order. */
TEST(a_large_sheet_out_of_order_is_refused)
{
    struct text t = text_in(test_arena(), 20 << 20);
    struct slice blank = slice_of(memset(arena_alloc(test_arena(), 64 << 10), ' ', 64 << 10), 64 << 10);
    PUT(&t, "<worksheet" NS "><sheetData><row r=\"2\"/><row r=\"1\"/>");
    for (unsigned k = 0; k < 300; k++) text_put(&t, blank);
    PUT(&t, "</sheetData></worksheet>");
    text_put_byte(&t, 0);
    CHECK_INT(run(book(ONE_SHEET, text_slice(&t).bytes, NULL, NULL)), DOCUMENT_REJECTED);
    CHECK(issues_has(&r.result->errors, ISSUE_WORKBOOK_UNSORTED));
    rig_close(&r);
}

TEST(characters_that_xml_cannot_hold_are_put_back)
{
    static const char strings[] =
        "<sst><si><t>A_x000D_B</t></si><si><t>A_x005F_x000D_B</t></si><si><t>_x00_ _xZZZZ_ _x000D</t></si></sst>";
    rig_open(&r);
    rig_run(
        &r,
        book(ONE_SHEET,
             "<worksheet" NS "><sheetData><row><c t=\"inlineStr\"><is><t>Invoice</t></is></c><c "
                             "t=\"inlineStr\"><is><t>Ship Date</t></is></c>"
             "<c t=\"inlineStr\"><is><t>Part</t></is></c><c t=\"inlineStr\"><is><t>Qty</t></is></c><c "
             "t=\"inlineStr\"><is><t>Customer</t></is></c></row>"
             "<row><c t=\"inlineStr\"><is><t>I_x000D_</t></is></c><c t=\"inlineStr\"><is><t>2026-03-02</t></is></c><c "
             "t=\"s\"><v>1</v></c><c><v>1</v></c><c t=\"s\"><v>0</v></c></row>"
             "<row><c t=\"str\"><v>J_x0041_</v></c><c t=\"inlineStr\"><is><t>2026-03-02</t></is></c><c "
             "t=\"s\"><v>2</v></c><c><v>1</v></c></row></sheetData></worksheet>",
             NULL, strings));
    CHECK_INT(r.line_count, 2);
    CHECK(memmem(r.lines[0].bytes, r.lines[0].size, "inv=I ", 6)
          && memmem(r.lines[0].bytes, r.lines[0].size, "part=A_x000D_B ", 15));
    CHECK(memmem(r.lines[0].bytes, r.lines[0].size, "sold=A B", 8) != NULL);
    CHECK(memmem(r.lines[1].bytes, r.lines[1].size, "inv=JA ", 7)
          && memmem(r.lines[1].bytes, r.lines[1].size, "part=_x00_ _xZZZZ_ _x000D ", 26));
    rig_close(&r);
}

TEST(a_cell_in_error_is_wrong_and_not_missing_as_well)
{
    rig_open(&r);
    rig_run(&r, book(ONE_SHEET,
                     "<worksheet" NS "><sheetData><row><c t=\"inlineStr\"><is><t>Invoice</t></is></c><c "
                                     "t=\"inlineStr\"><is><t>Ship Date</t></is></c>"
                     "<c t=\"inlineStr\"><is><t>Part</t></is></c><c t=\"inlineStr\"><is><t>Qty</t></is></c><c "
                     "t=\"inlineStr\"><is><t>Colour</t></is></c></row>"
                     "<row><c t=\"inlineStr\"><is><t>I</t></is></c><c t=\"e\"><v>#REF!</v></c><c "
                     "t=\"inlineStr\"><is><t>P</t></is></c><c t=\"e\"><v>#N/A</v></c></row></sheetData></worksheet>",
                     NULL, NULL));
    CHECK_INT(r.line_count, 1);
    CHECK_SLICE(rig_issues(&r), SLICE("CELL_IN_ERROR CELL_IN_ERROR COLUMN_EXTRA"));
    CHECK_INT(r.result->warnings.items[r.result->warnings.count - 1].severity, SEVERITY_NOTE);
    rig_close(&r);
}
