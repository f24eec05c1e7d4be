/* test_rejects.c: what is refused comes back in the layout of its document, is corrected, sent again, and posts
 * (feeds.md 12). */
#include "intake/rejects.h"
#include "support/container.h"
#include "x12_rig.h"

#include <stdlib.h>
#include <zip.h>

static struct rig r;
static struct rejects *taking;
static struct reader_answers answers;               /* to the question of the next document */
static bool names_no_currency;                      /* of the next document */

static enum err on_line(void *context, const struct intake_line *line)
{
    rejects_take(taking, line);
    return rig_on_line(context, line);
}

/* The document, and what was refused of it. */
static struct slice refused(struct slice bytes, enum rejects_form form)
{
    char *written = NULL;
    size_t size = 0;
    FILE *to = open_memstream(&written, &size);
    struct intake_events events = { .context = &r, .on_line = on_line };
    struct spool spool = spool_over(bytes);
    struct intake_job job = rig_job(&r, &spool);
    job.currency = names_no_currency ? SLICE("") : SLICE("EUR");
    job.answers = answers;
    bool is_done = false;
    answers = (struct reader_answers){ 0 };
    names_no_currency = false;
    rig_close(&r);
    r.ids = text_in(test_arena(), 4096);
    r.line_count = 0;
    CHECK_INT(intake_open(&r.intake, &job, &events), OK);
    r.result = intake_result(r.intake);
    struct reader_layout layout = intake_layout(r.intake);
    taking = rejects_open(to, form, r.result->format, bytes, &layout);
    while (!is_done) CHECK_INT(intake_post(r.intake, 7, &is_done), OK);
    CHECK(rejects_close(taking, r.intake));
    fclose(to);
    struct slice all = slice_copy(test_arena(), slice_of(written, size));
    free(written);
    return all;
}

static void begin(void)
{
    rig_close(&r);
    rig_open(&r);
}

static bool holds(struct slice s, const char *part)
{
    return memmem(s.bytes, s.size, part, strlen(part)) != NULL;
}

/* Every `from` becomes `to`. */
static struct slice changed(struct slice s, struct slice from, struct slice to)
{
    struct text t = text_in(test_arena(), s.size + 64 * to.size + 64);
    while (s.size > 0) {
        bool is_there = slice_starts_with(s, from);
        if (is_there) text_put(&t, to);
        else text_put_byte(&t, s.bytes[0]);
        s = slice_skip(s, is_there ? from.size : 1);
    }
    CHECK(!t.full);
    return text_slice(&t);
}
#define CHANGED(s, from, to) changed((s), SLICE(from), SLICE(to))

/* Text */

TEST(rows_come_back_below_their_header_and_post_when_they_are_corrected)
{
    begin();
    struct slice file = SLICE("Report of March\r\nInvoice;Qty;Part;Resale;Ship "
                              "Date\r\nA;1;P;2,50;2026-03-01\r\nB;zwei;P;2,50;2026-03-01\r\n");
    struct slice back = refused(file, REJECTS_OWN);
    CHECK(slice_starts_with(
        back, SLICE("Report of March\r\nInvoice;Qty;Part;Resale;Ship "
                    "Date;\"claimstream_line_id\";\"claimstream_codes\";\"claimstream_message\"\r\nB;zwei;")));
    (void)refused(CHANGED(back, "zwei", "2"), REJECTS_OWN);
    CHECK_INT(r.result->passed, 1);
    CHECK_TEXT(r.lines[0],
               "PASS POS_SALE partner=P-17 inv=B ship=20260301 part=P qty=2 uom=EA resale=2.5 cur=EUR sub=2");
    rig_close(&r);
}

TEST(a_header_of_several_lines_comes_back_whole)
{
    begin();
    struct slice back = refused(SLICE("\"Invoice\nNumber\",\"Ship\nDate\",Part,Qty\nA,2026-03-01,P,x\n"), REJECTS_OWN);
    CHECK(slice_starts_with(back, SLICE("\"Invoice\nNumber\",\"Ship\nDate\",Part,Qty,\"claimstream_line_id\"")));
    (void)refused(CHANGED(back, "P,x", "P,3"), REJECTS_OWN);
    CHECK_INT(r.result->passed, 1);
    rig_close(&r);
}

TEST(a_header_of_two_rows_comes_back_with_our_columns_in_the_lower_one)
{
    begin();
#define HEAD "March\nInvoice,Ship Date,Ship To,,Part,Qty\n,,Name,City"
    struct slice back = refused(SLICE(HEAD "\nA,2026-03-01,Alder,Lyon,P,x\n"), REJECTS_OWN);
    CHECK(slice_starts_with(back, SLICE(HEAD ",,,\"claimstream_line_id\"")));
#undef HEAD
    (void)refused(CHANGED(back, "P,x", "P,3"), REJECTS_OWN);
    CHECK_INT(r.result->passed, 1);
    CHECK_TEXT(r.lines[0], "PASS POS_SALE partner=P-17 inv=A ship=20260301 part=P qty=3 uom=EA cur=EUR sub=2");
    rig_close(&r);
}

/* What settled the document's dates and numbers is not among the rows that come back: it goes with them. */
TEST(rows_come_back_with_the_answer_they_were_read_by)
{
    static const struct { struct reader_answers answers; const char *file, *read_as, *line;
    } cases[] = {
        { { .dates = DATE_STYLE_DMY }, "Invoice,Ship Date,Part,Qty\nA,3/4/2026,P,1\nB,5/6/2026,P,x\n", "\"dates=dmy\"",
          "PASS POS_SALE partner=P-17 inv=B ship=20260605 part=P qty=2 uom=EA cur=EUR sub=2" },
        { { 0 }, "Invoice,Ship Date,Part,Qty\nA,3/14/2026,P,1\nB,5/6/2026,P,x\n", "\"dates=mdy\"",
          "PASS POS_SALE partner=P-17 inv=B ship=20260506 part=P qty=2 uom=EA cur=EUR sub=2" },
        { { .decimal = DECIMAL_STYLE_COMMA }, "Invoice;Ship Date;Part;Resale;Qty\nB;2026-03-01;P;1,234;x\n",
          "\"decimal=comma\"",
          "PASS POS_SALE partner=P-17 inv=B ship=20260301 part=P qty=2 uom=EA resale=1.234 cur=EUR sub=2" },
        { { .decimal = DECIMAL_STYLE_POINT, .dates = DATE_STYLE_MDY },
          "Invoice;Ship Date;Part;Resale;Qty\nB;1/2/2026;P;1,234;x\n", "\"dates=mdy decimal=point\"",
          "PASS POS_SALE partner=P-17 inv=B ship=20260102 part=P qty=2 uom=EA resale=1234 cur=EUR sub=2" },
        { { .encoding = SLICE_INIT("shift_jis"), .dates = DATE_STYLE_DMY },
          "Invoice,Ship Date,Part,Customer,Qty\nB,3/4/2026,P,\x8a\x94\x8e\xae\x89\xef\x8e\xd0,x\n",
          "\"encoding=shift_jis dates=dmy\"",
          "PASS POS_SALE partner=P-17 inv=B ship=20260403 part=P qty=2 uom=EA cur=EUR sold=株式会社 sub=2" },
        { { 0 }, "Invoice,Ship Date,Part,Resale,Qty\nB,2026-03-01,P,1.5,x\n", NULL,
          "PASS POS_SALE partner=P-17 inv=B ship=20260301 part=P qty=2 uom=EA resale=1.5 cur=EUR sub=2" },
    };
    for (unsigned k = 0; k < sizeof cases / sizeof *cases; k++) {
        begin();
        answers = cases[k].answers;
        struct slice back = refused(slice_from(cases[k].file), REJECTS_OWN);
        CHECK(holds(back, "claimstream_read_as") == (cases[k].read_as != NULL));
        CHECK(!cases[k].read_as || holds(back, cases[k].read_as));
        (void)refused(CHANGED(CHANGED(back, ",x,", ",2,"), ";x;", ";2;"), REJECTS_OWN);
        CHECK_INT(r.result->state, DOCUMENT_POSTED);
        CHECK_SLICE(r.lines[0], slice_from(cases[k].line));
    }
    rig_close(&r);
}

/* A header that somebody named once, below what a reader looks through or below a row that looks like one, is found by
 * our columns when the file comes back. */
TEST(a_header_row_that_was_named_is_not_asked_for_again)
{
    static const struct { const char *above; unsigned rows, header_row; } cases[] = {
        { "Note\n", 30, 31 }, { "Invoice;Part;Qty;Resale;Ship Date;Currency\n", 1, 2 }, { "\n", 25, 26 },
    };
    for (unsigned k = 0; k < sizeof cases / sizeof *cases; k++) {
        struct text file = text_in(test_arena(), 4096);
        begin();
        for (unsigned n = 0; n < cases[k].rows; n++) text_put(&file, slice_from(cases[k].above));
        PUT(&file, "Invoice;Ship Date;Part;Qty\nA;2026-03-01;P;1\nB;2026-03-01;P;x\n");
        answers = (struct reader_answers){ .header_row = cases[k].header_row };
        struct slice back = refused(text_slice(&file), REJECTS_OWN);
        (void)refused(CHANGED(back, ";x;", ";2;"), REJECTS_OWN);
        CHECK_INT(r.result->state, DOCUMENT_POSTED);
        CHECK_TEXT(r.lines[0], "PASS POS_SALE partner=P-17 inv=B ship=20260301 part=P qty=2 uom=EA cur=EUR sub=2");
    }
    rig_close(&r);
}

static struct slice wide(struct slice s, bool is_big)
{
    struct text t = text_in(test_arena(), 2 * s.size + 2);
    text_put(&t, is_big ? SLICE("\xfe\xff") : SLICE("\xff\xfe"));
    for (size_t k = 0; k < s.size; k++) {
        if (is_big) text_put_byte(&t, 0);
        text_put_byte(&t, s.bytes[k]);
        if (!is_big) text_put_byte(&t, 0);
    }
    return text_slice(&t);
}

TEST(a_file_of_utf_16_comes_back_as_one)
{
    for (unsigned big = 0; big < 2; big++) {
        begin();
        struct slice back =
            refused(wide(SLICE("Invoice\tQty\tPart\tShip Date\r\nA\t1\tP\t2026-03-01\r\nB\tq\tP\t2026-03-01\r\n"), big),
                    REJECTS_OWN);
        CHECK(slice_starts_with(back, big ? SLICE("\xfe\xff\0I") : SLICE("\xff\xfeI\0")));
        CHECK_INT(back.size % 2, 0);
        (void)refused(changed(back, big ? SLICE("\0q") : SLICE("q\0"),
                              big ? SLICE("\0"
                                          "7")
                                  : SLICE("7\0")),
                      REJECTS_OWN);
        CHECK_INT(r.result->passed, 1);
        CHECK_INT(r.result->rejected, 0);
        CHECK(holds(r.lines[0], " qty=7 ") && holds(r.lines[0], " sub=2"));
    }
    rig_close(&r);
}

TEST(a_file_of_utf_16_that_was_cut_in_the_middle_of_a_letter_comes_back_whole)
{
    for (unsigned big = 0; big < 2; big++) {
        begin();
        struct slice file = wide(SLICE("Invoice\tQty\tPart\tShip Date\r\nA\tq\tP\t2026-03-01"), big);
        struct slice back = refused(slice_head(file, file.size - 1), REJECTS_OWN);
        CHECK_INT(back.size % 2, 0);
        (void)refused(back, REJECTS_OWN);
        CHECK_INT(r.result->rejected, 1);
    }
    rig_close(&r);
}

/* Workbooks */

#define NS \
    " xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\" xmlns:r=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships\""

static struct slice workbook(const char *properties, const char *rows)
{
    char book[512], sheet[4096];
    snprintf(
        book, sizeof book,
        "<workbook" NS
        ">%s<sheets><sheet name=\"Cover\" r:id=\"rId2\"/><sheet name=\"A &amp; B\" r:id=\"rId1\"/></sheets></workbook>",
        properties);
    snprintf(sheet, sizeof sheet, "<worksheet" NS "><sheetData>%s</sheetData></worksheet>", rows);
    struct part parts[] = {
        { "_rels/.rels", "<Relationships><Relationship Id=\"rId1\" Type=\"http://x/officeDocument\" "
                         "Target=\"xl/workbook.xml\"/></Relationships>" },
        { "xl/_rels/workbook.xml.rels",
          "<Relationships><Relationship Id=\"rId1\" Type=\"http://x/worksheet\" Target=\"sheet1.xml\"/>"
          "<Relationship Id=\"rId2\" Type=\"http://x/worksheet\" Target=\"sheet2.xml\"/><Relationship Id=\"rId3\" "
          "Type=\"http://x/styles\" Target=\"styles.xml\"/></Relationships>" },
        { "xl/styles.xml",
          "<styleSheet" NS
          "><numFmts><numFmt numFmtId=\"164\" formatCode=\"00000\"/><numFmt numFmtId=\"165\" "
          "formatCode=\"[$SEK] 0.00\"/><numFmt numFmtId=\"166\" formatCode=\"&quot;NR-&quot;00\"/></numFmts><cellXfs>"
          "<xf numFmtId=\"0\"/><xf numFmtId=\"14\"/><xf numFmtId=\"164\"/><xf numFmtId=\"165\"/>"
          "<xf numFmtId=\"166\"/><xf numFmtId=\"9\"/></cellXfs></styleSheet>" },
        { "xl/workbook.xml", book },
        { "xl/sheet1.xml", sheet },
        { "xl/sheet2.xml", "<worksheet" NS "><sheetData/></worksheet>" },
    };
    return container(test_arena(), parts, 6, false);
}

/* A part of a workbook, as text. */
static struct slice part_of(struct slice bytes, const char *name)
{
    zip_error_t error;
    zip_source_t *source = zip_source_buffer_create(bytes.bytes, bytes.size, 0, &error);
    zip_t *zip = zip_open_from_source(source, ZIP_RDONLY | ZIP_CHECKCONS, &error);
    CHECK(zip != NULL);
    zip_stat_t stat;
    CHECK_INT(zip_stat(zip, name, 0, &stat), 0);
    char *text = arena_alloc(test_arena(), stat.size + 1);
    zip_file_t *file = zip_fopen(zip, name, 0);
    CHECK_INT((int64_t)zip_fread(file, text, stat.size), (int64_t)stat.size);
    text[stat.size] = 0;
    zip_fclose(file);
    zip_discard(zip);
    return slice_of(text, stat.size);
}

/* The workbook with another sheet, as a spreadsheet would save it. */
static struct slice with_sheet(struct slice bytes, struct slice sheet)
{
    static const char *const names[] = { "[Content_Types].xml", "_rels/.rels", "xl/workbook.xml",
                                         "xl/_rels/workbook.xml.rels", "xl/styles.xml" };
    struct part parts[6];
    for (unsigned k = 0; k < 5; k++) parts[k] = (struct part){ names[k], part_of(bytes, names[k]).bytes };
    parts[5] = (struct part){ "xl/worksheets/sheet1.xml", slice_copy(test_arena(), sheet).bytes };
    return container(test_arena(), parts, 6, false);
}

#define T(text) "<c t=\"inlineStr\"><is><t>" text "</t></is></c>"
#define HEADER \
    "<row r=\"3\">" T("Invoice Number") T("Ship Date") T("Part Number") T("Quantity") T("Resale Price") "</row>"

TEST(a_workbook_comes_back_with_its_refused_rows_and_posts_when_they_are_corrected)
{
    static const char *const rows = "<row r=\"1\">" T(
        "Northgate &lt;POS&gt;") "</row>" HEADER
                                 "<row r=\"4\">" T("A-1") "<c s=\"1\"><v>46082</v></c>" T(
                                     "P-1") "<c><v>1</v></c><c><v>4.5</v></c></row>"
                                            "<row r=\"5\"><c s=\"2\"><v>17</v></c><c s=\"1\"><v>46083.75</v></c>" T(
                                                "P &amp; 2") "<c "
                                                             "t=\"e\"><v>#REF!</v></c><c><v>4.0999999999999996</v></"
                                                             "c></row>"
                                                             "<row r=\"9\">" T("A-3") "<c s=\"1\"><v>46084</v></c>" T(
                                                                 "P-3") "<c><f>A1</f></c><c><v>1.5</v></c></row>";
    begin();
    struct slice back = refused(workbook("", rows), REJECTS_OWN);
    CHECK_INT(r.result->passed, 1);
    CHECK_INT(r.result->rejected, 2);
    CHECK_SLICE(rejects_type_of(back).ending, SLICE(".rejects.xlsx"));
    CHECK(holds(part_of(back, "xl/workbook.xml"), "<sheet name=\"A &amp; B\""));
    struct slice sheet = part_of(back, "xl/worksheets/sheet1.xml");
    CHECK(holds(sheet,
                "<row r=\"1\"><c r=\"A1\" t=\"inlineStr\"><is><t xml:space=\"preserve\">Northgate &lt;POS&gt;</t>"));
    CHECK(holds(sheet, "<c r=\"F3\" t=\"inlineStr\"><is><t xml:space=\"preserve\">claimstream_line_id</t>"));
    CHECK(holds(sheet, "<c r=\"B4\" s=\"1\"><v>46083</v></c>")
          && holds(sheet, "<c r=\"D4\" t=\"e\"><v>#REF!</v></c><c r=\"E4\"><v>4.1</v></c>"));
    CHECK(!holds(sheet, "A-1") && holds(sheet, "<row r=\"5\">"));

    (void)refused(back, REJECTS_OWN);               /* as it is, it is refused for the same */
    CHECK_INT(r.result->rejected, 2);
    sheet = CHANGED(sheet, "<c r=\"D4\" t=\"e\"><v>#REF!</v></c>", "<c r=\"D4\"><v>2</v></c>");
    sheet = CHANGED(sheet, "<c r=\"E5\">", "<c r=\"D5\"><v>3</v></c><c r=\"E5\">");
    (void)refused(with_sheet(back, sheet), REJECTS_OWN);
    CHECK_INT(r.result->passed, 2);
    CHECK_INT(r.result->rejected, 0);
    CHECK_TEXT(r.lines[0],
               "PASS POS_SALE partner=P-17 inv=00017 ship=20260302 part=P & 2 qty=2 uom=EA resale=4.1 cur=EUR sub=2");
    CHECK_TEXT(r.lines[1],
               "PASS POS_SALE partner=P-17 inv=A-3 ship=20260303 part=P-3 qty=3 uom=EA resale=1.5 cur=EUR sub=2");
    rig_close(&r);
}

/* Also where it stands far below: what is above it is left out then, but not its upper row. */
TEST(a_header_of_two_rows_comes_back_in_a_workbook)
{
    static const char *const books[][2] = { { "1", "2" }, { "31", "32" } };
    for (unsigned k = 0; k < 2; k++) {
        begin();
        struct slice rows = SLICE_JOIN(
            test_arena(), SLICE("<row r=\""), slice_from(books[k][0]),
            SLICE("\">" T("Invoice") T("Ship") T("Part") T("Quantity") T("Ship To") "</row><row r=\""),
            slice_from(books[k][1]),
            SLICE("\"><c/>" T("Date") "<c/><c/>" T("Name") "</row><row>" T("A-1") "<c s=\"1\"><v>46082</v></c>" T("P-1")
                  T("x") T("Alder") "</row>"));
        answers = (struct reader_answers){ .header_row = k == 0 ? 0 : 31 };
        struct slice back = refused(workbook("", rows.bytes), REJECTS_OWN);
        struct slice sheet = part_of(back, "xl/worksheets/sheet1.xml");
        CHECK(holds(sheet, "<c r=\"F2\" t=\"inlineStr\"><is><t xml:space=\"preserve\">claimstream_line_id<"));
        answers = (struct reader_answers){ 0 };
        (void)refused(with_sheet(back, CHANGED(sheet, "preserve\">x<", "preserve\">4<")), REJECTS_OWN);
        CHECK_TEXT(r.lines[0], "PASS POS_SALE partner=P-17 inv=A-1 ship=20260301 part=P-1 qty=4 uom=EA cur=EUR sub=2");
        rig_close(&r);
    }
}

/* What a row was refused for is not lost: it stands after our columns, and is refused again as long as it stands. */
TEST(a_cell_behind_the_header_comes_back_behind_our_columns)
{
    static const char *const rows = HEADER "<row r=\"4\">" T("A-1") "<c s=\"1\"><v>46082</v></c>" T(
        "P-1") "<c><v>1</v></c><c><v>4.5</v></c>" T("99.00") "</row>";
    begin();
    struct slice back = refused(workbook("", rows), REJECTS_OWN), sheet = part_of(back, "xl/worksheets/sheet1.xml");
    CHECK_INT(r.result->rejected, 1);
    CHECK(holds(sheet, "<c r=\"I4\" t=\"inlineStr\"><is><t xml:space=\"preserve\">99.00</t></is></c></row>"));
    (void)refused(back, REJECTS_OWN);
    CHECK_INT(r.result->rejected, 1);
    rig_close(&r);
}

TEST(dates_of_1904_stay_the_days_that_they_are)
{
    begin();
    struct slice back =
        refused(workbook("<workbookPr date1904=\"1\"/>",
                         HEADER "<row r=\"4\">" T("A-1") "<c s=\"1\"><v>44620</v></c>" T("P-1") T("x") "</row>"),
                REJECTS_OWN);
    struct slice sheet = CHANGED(part_of(back, "xl/worksheets/sheet1.xml"), "preserve\">x<", "preserve\">4<");
    (void)refused(with_sheet(back, sheet), REJECTS_OWN);
    CHECK_TEXT(r.lines[0], "PASS POS_SALE partner=P-17 inv=A-1 ship=20260301 part=P-1 qty=4 uom=EA cur=EUR sub=2");
    rig_close(&r);
}

/* A cell over several rows said something of each of them; a figure there is an error until it was parted. */
TEST(a_merged_cell_is_said_again_in_each_row_that_comes_back)
{
    static const char *const rows = HEADER
        "<row r=\"4\">" T("A-1") "<c s=\"1\"><v>46082</v></c>" T("P-1") "<c><v>1</v></c><c><v>4.5</v></c></row>"
        "<row r=\"5\"><c r=\"C5\" t=\"inlineStr\"><is><t>P-2</t></is></c><c r=\"D5\"><v>2</v></c></row>"
        "<row r=\"6\"><c r=\"C6\" t=\"inlineStr\"><is><t>P-3</t></is></c><c r=\"D6\" t=\"str\"><v>x</v></c></row>"
        "</sheetData><mergeCells><mergeCell ref=\"A4:A6\"/><mergeCell ref=\"B4:B6\"/>"
        "<mergeCell ref=\"E4:E5\"/></mergeCells><sheetData>";
    begin();
    struct slice back = refused(workbook("", rows), REJECTS_OWN), sheet = part_of(back, "xl/worksheets/sheet1.xml");
    CHECK_INT(r.result->rejected, 3);
    CHECK(holds(sheet, "<c r=\"A4\" t=\"inlineStr\"><is><t xml:space=\"preserve\">A-1</t></is></c>"
                       "<c r=\"B4\" s=\"1\"><v>46082</v></c>"));
    CHECK(holds(sheet, "<c r=\"E4\" t=\"e\"><v>#N/A</v></c>") && holds(sheet, "<c r=\"E5\" t=\"e\"><v>#N/A</v></c>"));
    CHECK(holds(sheet, "<c r=\"A6\" t=\"inlineStr\"><is><t xml:space=\"preserve\">A-1</t></is></c>"
                       "<c r=\"B6\" s=\"1\"><v>46082</v></c>"));
    (void)refused(with_sheet(back, CHANGED(sheet, "preserve\">x<", "preserve\">3<")), REJECTS_OWN);
    CHECK_INT(r.result->passed, 1);
    CHECK_INT(r.result->rejected, 2);
    CHECK_TEXT(r.lines[2], "PASS POS_SALE partner=P-17 inv=A-1 ship=20260301 part=P-3 qty=3 uom=EA cur=EUR sub=2");
    rig_close(&r);
}

/* What a number format said of a cell, a currency or a percentage, its cell says again. */
TEST(formats_that_say_more_than_the_number_come_back)
{
    static const char *const rows = HEADER
        "<row r=\"4\"><c s=\"4\"><v>7</v></c><c s=\"1\"><v>46082</v></c>" T("P-1") T("x")
        "<c s=\"3\"><v>4.5</v></c></row>"
        "<row r=\"5\">" T("A-2") "<c s=\"1\"><v>46082</v></c>" T("P-1")
        "<c s=\"5\"><v>0.5</v></c><c><v>1</v></c></row>";
    begin();
    names_no_currency = true;
    struct slice back = refused(workbook("", rows), REJECTS_OWN), sheet = part_of(back, "xl/worksheets/sheet1.xml");
    CHECK_INT(r.result->rejected, 2);
    CHECK(holds(part_of(back, "xl/styles.xml"), "formatCode=\"[$SEK] 0.00\""));
    begin();
    names_no_currency = true;
    (void)refused(with_sheet(back, CHANGED(sheet, "preserve\">x<", "preserve\">3<")), REJECTS_OWN);
    CHECK_INT(r.result->passed, 1);
    CHECK_TEXT(r.lines[0],
               "PASS POS_SALE partner=P-17 inv=NR-07 ship=20260301 part=P-1 qty=3 uom=EA resale=4.5 cur=SEK sub=2");
    CHECK(holds(r.lines[1], "REJECT"));
    rig_close(&r);
}

/* X12 */

#define BPT "BPT*00*R1*20260401*02~"
#define SALE(invoice, code, qty, part) \
    "PTD*SD***DI*" invoice "~DTM*011*20260302~N1*ST*ALDER~QTY*" code "*" qty "*EA~LIN**VP*" part "~UIT*EA*4.125*RS~"

static struct slice report(const char *body)
{
    return rig_file("PT", "004010", rig_text(rig_set("867", "0001", body)), 1);
}

TEST(lines_of_x12_come_back_as_csv_of_field_names_with_their_texts_as_sent)
{
    begin();
    struct slice back = refused(report(BPT SALE("1", "39", "10", "A") SALE("2", "61", "4", "B\"2")), REJECTS_OWN);
    CHECK_SLICE(rejects_type_of(back).ending, SLICE(".rejects.csv"));
    CHECK(slice_starts_with(back, SLICE("kind,partner_id,submission_no,invoice_no,")));
    CHECK(holds(back, "\"QTY01:61\",\"P-17\",,\"2\",,,\"20260302\",,\"B\"\"2\",,,\"4\",\"EA\",\"EUR\",\"4.1250\",")
          && !holds(back, "\"A\""));
    (void)refused(CHANGED(back, "QTY01:61", "POS_RETURN"), REJECTS_OWN);
    CHECK_INT(r.result->passed, 1);
    CHECK_TEXT(r.lines[0], "PASS POS_RETURN partner=P-17 inv=2 ship=20260302 part=B\"2 qty=-4 uom=EA resale=4.125 "
                           "cur=EUR sold=ALDER sub=2");
    rig_close(&r);
}

TEST(lines_of_x12_come_back_as_an_interchange_that_posts_them_alone_when_they_are_corrected)
{
    begin();
    struct slice back = refused(report(BPT SALE("1", "39", "10", "A") SALE(
                                    "2", "61", "4", "B") "QTY*39*9*EA~LIN**VP*C~" SALE("3", "39", "1", "D") "CTT*4~"),
                                REJECTS_X12);
    CHECK_INT(r.result->passed, 3);
    CHECK_TEXT(slice_skip(back, ISA_BYTES), "GS*PT*NWPOS*CLAIMSTREAM*20260408*0900*4804*X*004010~ST*867*0001~" BPT SALE(
                                                "2", "61", "4", "B") "CTT*1~SE*10*0001~GE*1*4804~IEA*1*900004711~");
    CHECK_SLICE(slice_of(back.bytes + 90, 9), SLICE("900004711"));
    (void)refused(CHANGED(back, "QTY*61", "QTY*76"), REJECTS_X12);
    CHECK_INT(r.result->passed, 1);
    CHECK_INT(r.result->errors.count + r.result->rejected, 0);
    CHECK(holds(r.lines[0], "PASS POS_RETURN partner=P-17 inv=2 ship=20260302 part=B qty=-4 uom=EA resale=4.125"));
    back = refused(back, REJECTS_X12);              /* sent back as it was: a number of its own again */
    CHECK_SLICE(slice_of(back.bytes + 90, 9), SLICE("900004712"));
    rig_close(&r);
}

TEST(refused_sets_come_back_whole_whatever_was_asked_for)
{
    begin();
    const char *good = rig_text(rig_set("867", "0001", BPT SALE("1", "39", "10", "A")));
    const char *bad = rig_text(rig_set("867", "0002", BPT SALE("2", "39", "1O", "B")));
    char both[2048];
    snprintf(both, sizeof both, "%s%s", good, bad);
    for (unsigned form = 0; form < 2; form++) {
        struct slice back = refused(rig_file("PT", "004010", both, 2), (enum rejects_form)form);
        CHECK_INT(r.result->passed, 1);
        CHECK(holds(back, "ST*867*0002~") && !holds(back, "ST*867*0001~") && holds(back, "GE*1*4804~"));
        (void)refused(CHANGED(back, "1O", "10"), REJECTS_X12);
        CHECK_INT(r.result->passed, 1);
        CHECK_INT(r.result->errors.count, 0);
    }
    struct slice back = refused(CHANGED(report(BPT SALE("1", "39", "10", "A")), "SE*9*", "SE*12*"), REJECTS_OWN);
    (void)refused(back, REJECTS_OWN);               /* the count of ours is right: nothing is left to be corrected */
    CHECK_INT(r.result->passed, 1);
    rig_close(&r);
}

TEST(a_document_of_which_nothing_was_refused_comes_back_empty)
{
    begin();
    CHECK_INT(refused(report(BPT SALE("1", "39", "10", "A")), REJECTS_X12).size, 0);
    CHECK_INT(refused(report(BPT SALE("1", "39", "10", "A")), REJECTS_OWN).size, 0);
    CHECK_INT(refused(SLICE("Invoice,Qty,Part,Ship Date\nA,1,P,2026-03-01\n"), REJECTS_OWN).size, 0);
    rig_close(&r);
}

TEST(a_line_goes_with_what_stands_around_it_in_its_movement)
{
    begin();
    /* LIN before QTY, and stock by SII below its party */
    struct slice back = refused(report(BPT "PTD*SD***DI*1~DTM*011*20260302~LIN**VP*A~QTY*39*1*EA~UIT*EA*1*RS~LIN**VP*B~"
                                           "QTY*61*2*EA~UIT*EA*1*RS~LIN**VP*C~QTY*39*3*EA~"),
                                REJECTS_X12);
    CHECK(holds(back, "DTM*011*20260302~LIN**VP*B~QTY*61*2*EA~UIT*EA*1*RS~CTT*1~SE*"));
    back = refused(report(BPT "PTD*SD***DI*1~DTM*011*20260302~LIN**VP*A~QTY*39*1*EA~LIN**VP*B~"
                              "QTY*61*2*EA~LIN**VP*C~QTY*39*3*EA~"),
                   REJECTS_X12);
    CHECK(holds(back, "DTM*011*20260302~LIN**VP*B~QTY*61*2*EA~CTT*1~SE*"));
    back = refused(rig_file("PD", "004010",
                            rig_text(rig_set("852", "0001",
                                             "XQ*G*20260301*20260331~LIN**VP*A~ZA*QA*5*EA~LIN**VP*B~ZA*QA**EA~SDQ*EA*"
                                             "92*S1*5*S2*x~LIN**VP*C~ZA*QA*1*EA~CTT*3~")),
                            1),
                   REJECTS_X12);
    CHECK(r.result->rejected == 0 || (holds(back, "LIN**VP*B~") && !holds(back, "LIN**VP*C~")));
    rig_close(&r);
}

TEST(the_delimiters_and_line_breaks_of_the_sender_stay)
{
    static const char terminators[] = "~'!\x1d\n";
    for (const char *t = terminators; *t; t++) {
        begin();
        struct slice file = changed(report(BPT SALE("2", "61", "4", "B")), SLICE("~"),
                                    *t == '\n' ? SLICE("\n") : slice_of((char[]){ *t, '\r', '\n' }, 3));
        file = CHANGED(file, "*", "|");
        struct slice back = refused(file, REJECTS_X12);
        CHECK_INT(r.result->rejected, 1);
        CHECK(holds(back, *t == '\n' ? "|0001\nBPT|00|" : "\r\nBPT|00|"));
        (void)refused(CHANGED(back, "QTY|61", "QTY|76"), REJECTS_X12);
        CHECK_INT(r.result->passed, 1);
        CHECK_INT(r.result->errors.count, 0);
    }
    rig_close(&r);
}

TEST(agreements_of_x12_come_back_as_line_objects)
{
    begin();
    r.submitter.vendor = true;
    struct slice back = refused(
        rig_file(
            "PA", "004010",
            rig_text(rig_set("845", "0001",
                             "BPA*00*X*20260301*A1~DTM*092*20260301~CON*CT*Q-1**AC~PAD*1**QD~LIN**VP*A~CTP**NET*x~")),
            1),
        REJECTS_OWN);
    CHECK(back.size == 0 || back.bytes[0] == '{' || slice_starts_with(back, SLICE("ISA")));
    rig_close(&r);
}
