/* Issues that no other test names, each by a document that has it, and one beside it that has not (feeds.md 12). */
#include "intake/document.h"
#include "intake/x12.h"
#include "support/intake_case.h"

#include <stdio.h>
#include <stdlib.h>

struct seen { bool codes[ISSUE_COUNT]; };

static void see(struct seen *seen, const struct issues *list)
{
    check_sentences(list);
    for (unsigned i = 0; i < list->count; i++) seen->codes[list->items[i].code] = true;
}

static enum err on_line(void *context, const struct intake_line *line)
{
    see(context, line->issues);
    return OK;
}

static struct slice no_line(void *context, struct slice name)
{
    (void)context;
    (void)name;
    return (struct slice){ 0 };
}

static bool says_to(const struct intake_submitter *submitter, const struct mapping_profile *profile, struct slice bytes,
                    enum issue_code code)
{
    struct seen seen = { 0 };
    struct spool spool = spool_over(bytes);
    struct intake_events events = { .context = &seen, .on_line = on_line, .line_id_of = no_line };
    struct intake_job job = {
        .spool = &spool, .file_name = SLICE("case"), .door = DOOR_CLAIMCTL, .submitter = submitter, .profile = profile
    };
    struct intake *intake;
    CHECK_INT(instant_parse(SLICE("2026-04-08T09:00:00Z"), &job.received_at_unix_ms), OK);
    CHECK_INT(intake_open(&intake, &job, &events), OK);
    CHECK_INT(intake_post_all(intake), OK);
    const struct intake_result *result = intake_result(intake);
    see(&seen, &result->errors);
    see(&seen, &result->warnings);
    if (result->question) seen.codes[result->question->code] = true;
    intake_close(intake);
    return seen.codes[code];
}

static bool says_under(const struct mapping_profile *profile, struct slice bytes, enum issue_code code)
{
    struct intake_submitter local = submitter_local();
    return says_to(&local, profile, bytes, code);
}

static bool says(struct slice bytes, enum issue_code code)
{
    return says_under(mapping_profile_default(), bytes, code);
}

#define SALE_OF(qty, rest) \
    "{\"kind\":\"POS_SALE\",\"partner_id\":\"N-100\",\"invoice_no\":\"A\",\"ship_date\":\"2026-03-02\"," \
                           "\"vendor_part\":\"P\",\"currency\":\"USD\",\"qty\":\"" qty "\"" rest "}"
#define SALE(rest) SALE_OF("2", ",\"uom\":\"EA\"" rest)
#define CSV_HEAD "kind,partner_id,invoice_no,ship_date,vendor_part,qty,uom,currency,resale_unit\n"
#define CSV_ROW(qty, price) "POS_SALE,N-100,A,2026-03-02,P," qty ",EA,USD," price "\n"
#define AGREEMENT(line, rest) \
    "{\"kind\":\"AGREEMENT\",\"partner_id\":\"N-100\",\"authorisation_no\":\"Q\",\"revision\":\"1\",\"program_id\":\"SD\"," \
    "\"status\":\"ACTIVE\",\"issue_date\":\"2026-01-01\",\"valid_from\":\"2026-01-01\",\"valid_to\":\"2026-12-31\",\"currency\":\"USD\",\"blanket\":\"true\"," \
    "\"lines\":[{\"line_no\":\"1\",\"products\":[\"sku:P\"]," line "}]" rest "}"
#define DOWN_TO "\"method\":\"DOWN_TO\",\"price\":\"7.40\""
#define RESALE(code) \
    "ISA*00*          *00*          *01*123456789      *ZZ*CLAIMSTREAM    *260408*0900*U*00401*000004711*0*P*:~" \
    "GS*PT*NWPOS*CLAIMSTREAM*20260408*0900*4804*X*004010~ST*867*0001~BPT*00*R-1*20260331*02~CUR*DS*EUR~PTD*" code \
    "~DTM*011*20260302~REF*IV*1~QTY*39*5*EA~LIN**VP*K~SE*9*0001~GE*1*4804~IEA*1*000004711~"
#define DOCUMENT(purpose) \
    "{\"document\":{\"partner_id\":\"N-100\",\"purpose\":\"" purpose "\"},\"lines\":[" SALE("") "]}"
#define CANCEL_OF(name) "{\"kind\":\"CANCEL\",\"partner_id\":\"N-100\",\"original_line_ref\":\"" name "\"}"
#define REPLACE_AS(kind) \
    "{\"kind\":\"REPLACE\",\"replaces_kind\":\"" kind "\",\"partner_id\":\"N-100\",\"original_invoice_no\":\"A\"}"

TEST(each_fault_is_told_by_its_own_sentence)
{
    static const struct { enum issue_code code; const char *faulty, *sound;
    } cases[] = {
        { ISSUE_CURRENCY_OF_CELL, CSV_HEAD CSV_ROW("2", "EUR 5.00"), CSV_HEAD CSV_ROW("2", "USD 5.00") },
        { ISSUE_MONEY_IN_QUANTITY, CSV_HEAD CSV_ROW("€5", "5.00"), CSV_HEAD CSV_ROW("5", "$5.00") },
        { ISSUE_MONEY_IN_QUANTITY, CSV_HEAD CSV_ROW("$5", "5.00"), CSV_HEAD CSV_ROW("5", "$5.00") },
        { ISSUE_MONEY_IN_QUANTITY, CSV_HEAD CSV_ROW("5 USD", "5.00"), CSV_HEAD CSV_ROW("5", "5.00 USD") },
        { ISSUE_PERCENT_IN_NUMBER, CSV_HEAD CSV_ROW("5%", "5.00"), CSV_HEAD CSV_ROW("5", "5.00") },
        { ISSUE_PERCENT_IN_NUMBER, CSV_HEAD CSV_ROW("5", "12%"), CSV_HEAD CSV_ROW("5", "12") },
        { ISSUE_LETTER_IN_NUMBER, CSV_HEAD CSV_ROW("2", "12O"), CSV_HEAD CSV_ROW("2", "120") },
        { ISSUE_KIND_UNKNOWN, "Type,Invoice,Ship Date,Part,Qty\nGIFT,A,2026-03-02,P,1\n",
          "Type,Invoice,Ship Date,Part,Qty\nINV,A,2026-03-02,P,1\n" },
        { ISSUE_KIND_CODE_UNKNOWN, RESALE("ZZ"), RESALE("SD") },
        { ISSUE_KIND_NAME_UNKNOWN, "{\"kind\":\"INV\",\"partner_id\":\"N-100\"}", SALE("") },
        { ISSUE_RETURN_UNCLEAR, "Invoice,Ship Date,Part,Qty,Credit Note\nA,2026-03-02,P,1,CN-1\n",
          "Invoice,Ship Date,Part,Qty,Credit Note\nA,2026-03-02,P,-1,CN-1\n" },
        { ISSUE_PARTNER_ABSENT, "{\"kind\":\"POS_SALE\"}", "{\"kind\":\"POS_SALE\",\"partner_id\":\"N-100\"}" },
        { ISSUE_CURRENCY_ABSENT, "Invoice,Ship Date,Part,Qty,Price\nA,2026-03-02,P,1,5\n",
          "Invoice,Ship Date,Part,Qty\nA,2026-03-02,P,1\n" },
        { ISSUE_ORIGINAL_LINE_ASSUMED,
          "Type,Line,Invoice,Original Invoice No,Ship Date,Part,Qty\nRTN,4,A,A,2026-03-02,P,1\n",
          "Type,Line,Invoice,Original Invoice No,Ship Date,Part,Qty\nRTN,4,C,A,2026-03-02,P,1\n" },
        { ISSUE_SIGN_AGAINST_KIND, SALE_OF("-2", ",\"uom\":\"EA\""), SALE_OF("2", ",\"uom\":\"EA\"") },
        { ISSUE_LINE_NAME_UNKNOWN, CANCEL_OF("L9"), CANCEL_OF("00000000000000000000000000000001") },
        { ISSUE_REPLACES_KIND_INVALID, REPLACE_AS("CANCEL"), REPLACE_AS("POS_SALE") },
        { ISSUE_ONE_OF_TERMS, AGREEMENT(DOWN_TO ",\"percent\":\"5\"", ""), AGREEMENT(DOWN_TO, "") },
        { ISSUE_OVERRIDE_INVALID, AGREEMENT(DOWN_TO, ",\"ship_debit\":{\"cost_basis\":\"GUESS\"}"),
          AGREEMENT(DOWN_TO, "") },
        { ISSUE_COLUMN_REPEATED,
          "kind,partner_id,invoice_no,Invoice,ship_date,vendor_part,qty,uom\nPOS_SALE,N-100,A,B,2026-03-02,P,2,EA\n",
          CSV_HEAD CSV_ROW("2", "5.00") },
        { ISSUE_AMOUNT_ALONE, SALE(",\"extended_amount\":\"50.00\""),
          SALE(",\"resale_unit\":\"25\",\"extended_amount\":\"50.00\"") },
        { ISSUE_AMOUNT_ALONE, SALE(",\"extended_amount\":\"50.00\""),
          SALE(",\"claimed_amount\":\"5\",\"extended_amount\":\"50.00\"") },
        { ISSUE_AMOUNT_DIFFERS, SALE(",\"resale_unit\":\"25\",\"extended_amount\":\"50.02\""),
          SALE(",\"resale_unit\":\"25\",\"extended_amount\":\"50.01\"") },
        { ISSUE_AMOUNT_DIFFERS, SALE(",\"resale_unit\":\"25\",\"extended_amount\":\"40\""),
          SALE(",\"resale_unit\":\"25\",\"book_unit\":\"20\",\"extended_amount\":\"40\"") },
        { ISSUE_PURPOSE_UNKNOWN, DOCUMENT("perhaps"), DOCUMENT("original") },
        { ISSUE_SERIAL_DOUBTFUL, SALE(",\"serials\":[\"S-1\",\"unknown\"]"),
          SALE(",\"serials\":[\"S-1\",\"UNKNOWN-7\"]") },
        { ISSUE_SERIAL_DOUBTFUL, SALE(",\"serials\":[\"0000\",\"S-1\"]"), SALE(",\"serials\":[\"0001\",\"11\"]") },
        { ISSUE_SERIAL_DOUBTFUL, SALE(",\"serials\":[\"\xd0\xa1\xd0\x90M-1\",\"S-1\"]"),
          SALE(",\"serials\":[\"CAM-1\"]") },
    };
    for (unsigned i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        bool told = says(slice_from(cases[i].faulty), cases[i].code),
             quiet = !says(slice_from(cases[i].sound), cases[i].code);
        if (!told || !quiet) fprintf(stderr, "%u: %s %s\n", i, told ? "told" : "not told", cases[i].faulty);
        CHECK(told);
        CHECK(quiet);
    }
}

/* As many cells say one style as the other: the profile decides. */
TEST(a_number_of_another_style_is_told_where_the_profile_names_one)
{
    struct mapping_profile profile = *mapping_profile_default();
    profile.text.decimal = DECIMAL_STYLE_POINT;
    CHECK(says_under(&profile, SLICE(CSV_HEAD CSV_ROW("2", "\"1,234.50\"") CSV_ROW("3", "\"1.234,50\"")),
                     ISSUE_NUMBER_STYLE));
    CHECK(!says_under(&profile, SLICE(CSV_HEAD CSV_ROW("2", "\"1,234.50\"")), ISSUE_NUMBER_STYLE));
}

TEST(a_member_of_no_field_is_refused_where_the_profile_says_so)
{
    struct mapping_profile profile = *mapping_profile_default();
    CHECK(!says_under(&profile, SLICE(SALE(",\"colour\":\"red\"")), ISSUE_MEMBER_REFUSED));
    profile.json.unknown = JSON_UNKNOWN_REJECT;
    CHECK(says_under(&profile, SLICE(SALE(",\"colour\":\"red\"")), ISSUE_MEMBER_REFUSED));
    CHECK(!says_under(&profile, SLICE(SALE("")), ISSUE_MEMBER_REFUSED));
}

TEST(who_may_not_send_is_told_of_partner_and_kind)
{
    struct slice names[] = { SLICE("N-100") };
    struct intake_submitter one = {
        .id = SLICE("one"), .partner_id = names[0], .reports_for = { names, 1 }, .kinds = KIND_BIT(KIND_POS_SALE)
    };
    const struct mapping_profile *profile = mapping_profile_default();
    struct slice own = SLICE(SALE(""));
    CHECK(!says_to(&one, profile, own, ISSUE_PARTNER_OUTSIDE_GRANT));
    CHECK(!says_to(&one, profile, own, ISSUE_KIND_OUTSIDE_GRANT));
    CHECK(
        says_to(&one, profile, SLICE("{\"kind\":\"POS_SALE\",\"partner_id\":\"N-200\"}"), ISSUE_PARTNER_OUTSIDE_GRANT));
    CHECK(says_to(&one, profile, SLICE("{\"kind\":\"SELL_IN\",\"partner_id\":\"N-100\"}"), ISSUE_KIND_OUTSIDE_GRANT));
}

TEST(a_header_has_a_greatest_number_of_columns)
{
    struct mapping_profile profile = *mapping_profile_default();
    profile.text.header_row = 1;
    for (unsigned columns = 512; columns <= 513; columns++) {
        struct text t = text_in(test_arena(), 16 * 600);
        PUT(&t, "kind,partner_id,invoice_no,ship_date,vendor_part,qty,uom");
        for (unsigned i = 7; i < columns; i++) {
            PUT(&t, ",extra");
            text_put_int(&t, i);
        }
        PUT(&t, "\nPOS_SALE,N-100,A,2026-03-02,P,2,EA\n");
        CHECK(says_under(&profile, text_slice(&t), ISSUE_COLUMNS_TOO_MANY) == (columns > 512));
    }
}

/* One value over more than 32 MiB: what comes after must come line by line. */
TEST(a_json_document_has_a_greatest_size)
{
    size_t size = (32u << 20) + 1;
    char *bytes = malloc(size);
    CHECK(bytes != NULL);
    memset(bytes, ' ', size);
    bytes[0] = '[';
    bytes[size - 1] = ']';
    CHECK(says(slice_of(bytes, size), ISSUE_JSON_NEEDS_NDJSON));
    bytes[size - 2] = ']';
    CHECK(!says(slice_of(bytes, size - 1), ISSUE_JSON_NEEDS_NDJSON));
    free(bytes);
}

/* The head of an OLE file; one with a stream of that name holds an encrypted package. */
TEST(an_encrypted_workbook_is_no_old_one)
{
    char bytes[4096] = "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1";
    CHECK(!says(slice_of(bytes, sizeof bytes), ISSUE_WORKBOOK_ENCRYPTED));
    static const char name[] = "E\0n\0c\0r\0y\0p\0t\0e\0d\0P\0a\0c\0k\0a\0g\0e";
    memcpy(bytes + 1024, name, sizeof name);
    CHECK(says(slice_of(bytes, sizeof bytes), ISSUE_WORKBOOK_ENCRYPTED));
}

static void put_set(struct text *t, unsigned lines)
{
    PUT(t,
        "ISA*00*          *00*          *01*123456789      *ZZ*CLAIMSTREAM    *260408*0900*U*00401*000004711*0*P*:~");
    PUT(t, "GS*PT*NWPOS*CLAIMSTREAM*20260408*0900*4804*X*004010~ST*867*0001~BPT*00*R-1*20260331*02~CUR*DS*EUR~PTD*SD~"
           "DTM*011*20260302~REF*IV*1~");
    for (unsigned i = 0; i < lines; i++) PUT(t, "QTY*39*5*EA~LIN**VP*K~");
    PUT(t, "SE*");
    text_put_int(t, 7 + 2 * lines);
    PUT(t, "*0001~GE*1*4804~IEA*1*000004711~");
}

TEST(a_set_has_a_greatest_number_of_lines)
{
    if (test_is_sanitized()) return;                /* two million lines to try a number */
    for (unsigned lines = X12_SET_LINES_MAX; lines <= X12_SET_LINES_MAX + 1; lines++) {
        char *bytes = malloc(24u * lines + 1024);
        CHECK(bytes != NULL);
        struct text t = text_over(bytes, 24u * lines + 1024);
        put_set(&t, lines);
        CHECK(says(text_slice(&t), ISSUE_SET_TOO_LARGE) == (lines > X12_SET_LINES_MAX));
        free(bytes);
    }
}

TEST(a_file_of_an_encoding_that_nobody_knows_is_refused)
{
    struct mapping_profile profile = *mapping_profile_default();
    profile.text.encoding = SLICE("latin-nobody");
    CHECK(says_under(&profile, SLICE(CSV_HEAD "POS_SALE,N-100,\xe9,2026-03-02,P,2,EA,USD,5\n"),
                     ISSUE_ENCODING_UNREADABLE));
    profile.text.encoding = SLICE("windows-1252");
    CHECK(!says_under(&profile, SLICE(CSV_HEAD "POS_SALE,N-100,\xe9,2026-03-02,P,2,EA,USD,5\n"),
                      ISSUE_ENCODING_UNREADABLE));
}
