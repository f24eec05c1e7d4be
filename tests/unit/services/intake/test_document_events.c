/* Identity, names, objects and answers of documents (feeds.md 2, 11; first-hour.md 2, 8). */
#include "support/intake_case.h"

#include "base/hash.h"
#include "intake/format.h"

#define SALE(n, more) \
    "{\"kind\":\"POS_SALE\",\"partner_id\":\"N-100\",\"invoice_no\":\"" n \
    "\",\"ship_date\":\"2026-03-02\",\"vendor_part\":\"P\",\"qty\":2,\"uom\":\"EA\"" more "}\n"
#define CHECK_MEMBER(c, line, path, want) CHECK_SLICE(case_member((c), (line), (path)), slice_from(want))

TEST(ids_are_hashes_of_who_what_and_where)
{
    struct slice file = SLICE(SALE("A", "") SALE("B", ""));
    struct intake_case *c = CASE(file);
    uint8_t digest[SHA256_BYTES];
    hash_sha256(file, digest);
    struct id_part document[] = { ID_TEXT(SLICE("local")), ID_TEXT(slice_of((char *)digest, sizeof digest)) };
    CHECK_SLICE(c->document_id, hash_document_id(test_arena(), document, 2));
    struct id_part line[] = { ID_TEXT(SLICE("N-100")), ID_TEXT(c->document_id), ID_INT(c->lines[1].position) };
    CHECK_SLICE(c->lines[1].line_id, hash_id(test_arena(), line, 3));
    CHECK_TEXT(c->lines[0].root, "unknown:N-100");
}

TEST(a_line_keeps_its_id_under_another_profile)
{
    struct slice file = SLICE("Invoice,Ship Date,Part,Qty,UOM,Branch\nA,2026-03-02,P,1,EA,W\n");
    struct intake_case *a = CASE(file),
                       *b = CASE(file, .profile = "text:\n  columns: [{field: order_no, names: [Branch]}]\n");
    CHECK_MEMBER(b, 0, "order_no", "W");
    CHECK_SLICE(a->lines[0].line_id, b->lines[0].line_id);
}

TEST(a_document_that_posted_a_line_is_not_posted_again)
{
    struct intake_case *c = CASE(SLICE(SALE("A", "")), .was_posted = true);
    CHECK_INT(c->state, DOCUMENT_DUPLICATE);
    CHECK_INT(c->line_count, 0);
    CHECK_TEXT(c->warnings, "DOCUMENT_DUPLICATE");
}

TEST(a_document_without_a_good_line_posts_nothing)
{
    struct intake_case *c = CASE(SLICE("{\"kind\":\"POS_SALE\"}\n"));
    CHECK_INT(c->state, DOCUMENT_REJECTED);
    CHECK(!c->is_refused_whole);
    CHECK_INT(c->rejected, 1);
}

/* Names of lines */

struct names {
    struct slice name[8], id[8];
    unsigned count;
    struct slice got;
    struct slice lines[8];
    instant_ms received[8];
    unsigned line_count;
};

static struct slice id_of(void *context, struct slice name)
{
    struct names *n = context;
    for (unsigned i = 0; i < n->count; i++)
        if (slice_equal(n->name[i], name)) return n->id[i];
    return (struct slice){ 0 };
}

static bool take_name(void *context, struct slice name, struct slice id)
{
    struct names *n = context;
    if (id_of(n, name).size > 0) return false;
    n->name[n->count] = slice_copy(test_arena(), name);
    n->id[n->count++] = slice_copy(test_arena(), id);
    return true;
}

static struct slice joined(const struct texts *texts)
{
    struct text t = text_in(test_arena(), 1000);
    for (unsigned i = 0; i < texts->count; i++) {
        if (i > 0) PUT(&t, " ");
        text_put(&t, texts->items[i]);
    }
    return text_slice(&t);
}

static enum err see_line(void *context, const struct intake_line *line)
{
    struct names *n = context;
    struct text t = text_in(test_arena(), 2000);
    text_put(&t, line->line ? line->line->original_line_ref : (struct slice){ 0 });
    PUT(&t, "|");
    if (line->line) text_put(&t, joined(&line->line->line_refs));
    PUT(&t, "|");
    if (line->line) text_put(&t, joined(&line->line->payout_ids));
    PUT(&t, "|");
    for (unsigned k = 0; k < line->extension->approved_by_count; k++) text_put(&t, line->extension->approved_by[k]);
    PUT(&t, "|");
    for (unsigned k = 0; k < line->issues->count; k++)
        if (line->issues->items[k].severity == SEVERITY_ERROR) text_put(&t, line->issues->items[k].value);
    n->received[n->line_count] = line->receipt->received_at_unix_ms;
    n->lines[n->line_count++] = text_slice(&t);
    return OK;
}

static void run_named(struct names *n, struct slice bytes, bool accepts)
{
    struct intake_submitter local = submitter_local();
    struct spool spool = spool_over(bytes);
    struct intake_events events = { .context = n, .on_line = see_line, .line_id_of = id_of, .name_line = take_name };
    struct intake_job job = { .spool = &spool,
                              .file_name = SLICE("f"),
                              .door = DOOR_CLAIMCTL,
                              .submitter = &local,
                              .profile = mapping_profile_default(),
                              .accepts_received_at = accepts,
                              .received_at_unix_ms = 1000 };
    struct intake *intake;
    CHECK_INT(intake_open(&intake, &job, &events), OK);
    CHECK_INT(intake_post_all(intake), OK);
    intake_close(intake);
}

TEST(names_of_this_run_become_ids_before_typing)
{
    struct names n = { 0 };
    run_named(
        &n,
        SLICE(SALE(
            "A",
            ",\"line_id\":\"L1\"") "{\"kind\":\"CANCEL\",\"partner_id\":\"N-100\",\"original_line_ref\":\"L1\"}\n"
                                   "{\"kind\":\"REVERSE\",\"partner_id\":\"N-100\",\"line_refs\":[\"L1\","
                                   "\"0123456789abcdef0123456789abcdef\"],\"payout_ids\":[\"L1/SD-26/1/0\"]}\n"
                                   "{\"kind\":\"CANCEL\",\"partner_id\":\"N-100\",\"original_line_ref\":\"L9\"}\n" SALE(
                                       "B", ",\"line_id\":\"L1\"")),
        false);
    CHECK_INT(n.line_count, 5);
    struct text t = text_in(test_arena(), 400);
    text_put(&t, n.id[0]);
    PUT(&t, "||||");
    CHECK_SLICE(n.lines[1], text_slice(&t));
    struct id_part payout[] = { ID_TEXT(n.id[0]), ID_TEXT(SLICE("SD-26")), ID_INT(1), ID_INT(0) };
    t = text_in(test_arena(), 400);
    PUT(&t, "|");
    text_put(&t, n.id[0]);
    PUT(&t, " 0123456789abcdef0123456789abcdef|");
    text_put(&t, hash_id(test_arena(), payout, 4));
    PUT(&t, "||");
    CHECK_SLICE(n.lines[2], text_slice(&t));
    CHECK_TEXT(n.lines[3], "L9||||L9");
    CHECK_TEXT(n.lines[4], "||||L1");
}

TEST(lines_may_bring_their_received_time_and_approvals)
{
    struct names n = { 0 };
    struct slice file = SLICE(SALE("A", ",\"received_at\":\"2026-01-05T09:00:00Z\",\"approved_by\":[\"eve\",\"bob\"]")
                                  SALE("B", ",\"received_at\":\"soon\""));
    run_named(&n, file, true);
    instant_ms at;
    CHECK_INT(instant_parse(SLICE("2026-01-05T09:00:00Z"), &at), OK);
    CHECK_INT(n.received[0], at);
    CHECK_TEXT(n.lines[0], "|||evebob|");
    CHECK_TEXT(n.lines[1], "||||soon");
    struct names other = { 0 };
    run_named(&other, file, false);
    CHECK_INT(other.received[0], 1000);
}

TEST(members_of_a_run_mean_nothing_to_other_submitters)
{
    struct intake_submitter s = { .id = SLICE("n"), .partner_id = SLICE("N-100"), .kinds = PROFILE_KINDS_DEFAULT };
    struct intake_case *c =
        CASE(SLICE(SALE("A", ",\"line_id\":\"L1\",\"approved_by\":[\"x\"]") "{\"review\":{\"verb\":\"release\"}}\n"),
             .submitter = &s, .partner = "");
    CHECK_TEXT(c->lines[0].codes, "MEMBER_UNKNOWN, MEMBER_UNKNOWN");
    CHECK_MEMBER(c, 0, "extras.line_id", "L1");
    CHECK_TEXT(c->lines[1].codes, "OBJECT_NOT_ALLOWED");
}

TEST(reviews_and_records_come_between_the_lines_in_order)
{
    struct intake_case *c = CASE(SLICE(SALE("A", "") "{\"review\":{\"verb\":\"release\",\"line_id\":\"L1\"}}\n{"
                                                     "\"record\": {\"product\":{\"sku\":\"X\"}} }\n" SALE("B", "")));
    CHECK_TEXT(c->objects, "review {\"verb\":\"release\",\"line_id\":\"L1\"};record {\"product\":{\"sku\":\"X\"}};");
    CHECK_INT(c->passed, 2);
    c = CASE(SLICE("[" "{\"record\":{\"product\":{}}}" "]"));
    CHECK_TEXT(c->objects, "record {\"product\":{}};");
    CHECK_INT(c->state, DOCUMENT_POSTED);
}

TEST(a_root_speaks_for_its_sites)
{
    struct slice sites[] = { SLICE("*") };
    struct intake_submitter s = { .partner_id = SLICE("P"), .reports_for = { sites, 1 } };
    CHECK(submitter_may_report(&s, NULL, SLICE("anything")));
    s.reports_for.count = 0;
    CHECK(!submitter_may_report(&s, NULL, SLICE("anything")) && submitter_may_report(&s, NULL, SLICE("P")));
}

TEST(formats_are_known_by_content)
{
    struct { struct slice head; enum format format; enum issue_code refusal;
    } rows[] = {
        { SLICE("ISA*00*          *00*          *01*123456789      *01*987654321      "
                "*261028*1200*U*00401*000000001*0*P*>~"),
          FORMAT_X12, 0 },
        { SLICE("\r\n\r\nISA|00|          |00|"), FORMAT_X12, 0 },
        { SLICE("PK\x03\x04zip"), FORMAT_WORKBOOK, 0 },
        { SLICE("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"), FORMAT_REFUSED, ISSUE_XLS_UNSUPPORTED },
        { SLICE("<html><body><table>"), FORMAT_REFUSED, ISSUE_HTML_NOT_A_WORKBOOK },
        { SLICE("<?xml version=\"1.0\"?>"), FORMAT_REFUSED, ISSUE_FORMAT_UNSUPPORTED },
        { SLICE("UNA:+.? 'UNB+UNOA:1+"), FORMAT_REFUSED, ISSUE_FORMAT_UNSUPPORTED },
        { SLICE("UNB+UNOA:1+"), FORMAT_REFUSED, ISSUE_FORMAT_UNSUPPORTED },
        { SLICE("STX=ANA:1+5000000000000:A+"), FORMAT_REFUSED, ISSUE_FORMAT_UNSUPPORTED },
        { SLICE("\x1f\x8b\x08"), FORMAT_REFUSED, ISSUE_FORMAT_UNSUPPORTED },
        { SLICE(" {\"kind\":"), FORMAT_JSON, 0 },
        { SLICE("[{"), FORMAT_JSON, 0 },
        { SLICE("ISA No,Invoice,Qty\nISA,1,2\n"), FORMAT_TEXT, 0 },
        { SLICE("Invoice,Qty\n"), FORMAT_TEXT, 0 },
        { SLICE(""), FORMAT_TEXT, 0 },
    };
    for (unsigned i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct format_finding f = format_of(rows[i].head);
        CHECK_INT(f.format, rows[i].format);
        CHECK_INT(f.refusal, rows[i].refusal);
    }
    CHECK_TEXT(CASE(SLICE("UNB+UNOA:1+"))->errors, "FORMAT_UNSUPPORTED");
}

/* Content decides; that the name says otherwise is told. */
TEST(a_file_whose_name_says_another_format_than_its_bytes_is_told_so)
{
#define TEXT "Invoice,Ship Date,Part,Qty,UOM\nA,2026-03-02,P,1,EA\n"
#define OBJECT "[]"
    static const struct { const char *name; struct slice bytes; bool is_told; } cases[] = {
        { "march.xlsx", SLICE_INIT(TEXT), true },     { "MARCH.XLSX", SLICE_INIT(TEXT), true },
        { "march.json.gz", SLICE_INIT(TEXT), true },  { "march.x12", SLICE_INIT(TEXT), true },
        { "march.csv", SLICE_INIT(OBJECT), true },    { "march.csv", SLICE_INIT("UNB+UNOA:1+"), false },
        { "march.csv.gz", SLICE_INIT(TEXT), false },  { "march.ndjson", SLICE_INIT(OBJECT), false },
        { "march.txt", SLICE_INIT(OBJECT), false },   { "march.edi", SLICE_INIT(TEXT), false },
        { ".xlsx", SLICE_INIT(TEXT), false },         { "xlsx", SLICE_INIT(TEXT), false },
    };
    for (unsigned k = 0; k < sizeof cases / sizeof *cases; k++) {
        struct intake_case *c = CASE(cases[k].bytes, .file_name = cases[k].name);
        CHECK_SLICE(c->warnings, cases[k].is_told ? SLICE("FORMAT_NOT_AS_NAMED") : SLICE(""));
    }
#undef OBJECT
#undef TEXT
}
