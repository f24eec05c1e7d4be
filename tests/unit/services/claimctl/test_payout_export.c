/* Payout entries as rows for other systems. */
#include "claimctl/payout_export.h"

#include "support/table.h"
#include "support/test.h"

static struct slice cell_of(struct slice value)
{
    struct text t = text_in(test_arena(), 256);
    payout_export_put_cell(&t, value);
    return text_slice(&t);
}

TEST(a_cell_is_quoted_only_where_rfc_4180_asks_for_it)
{
    CHECK_TEXT(cell_of(SLICE("N-100")), "N-100");
    CHECK_TEXT(cell_of(SLICE("")), "");
    CHECK_TEXT(cell_of(SLICE("a,b")), "\"a,b\"");
    CHECK_TEXT(cell_of(SLICE("a\"b")), "\"a\"\"b\"");
    CHECK_TEXT(cell_of(SLICE("a\nb")), "\"a\nb\"");
    CHECK_TEXT(cell_of(SLICE(" a")), "\" a\"");
}

TEST(a_cell_that_begins_a_formula_gets_an_apostrophe)
{
    CHECK_TEXT(cell_of(SLICE("=1+1")), "'=1+1");
    CHECK_TEXT(cell_of(SLICE("+49")), "'+49");
    CHECK_TEXT(cell_of(SLICE("-7")), "'-7");
    CHECK_TEXT(cell_of(SLICE("@SUM(A1)")), "'@SUM(A1)");
    CHECK_TEXT(cell_of(SLICE("\tx")), "'\tx");
    CHECK_TEXT(cell_of(SLICE("=cmd|'a','b'")), "\"'=cmd|'a','b'\"");
    CHECK_TEXT(cell_of(SLICE("a=1")), "a=1");
}

static struct payout sample(void)
{
    return (struct payout){
        .payout_id = SLICE("01"),
        .partner_id = SLICE("N-100"),
        .program_id = SLICE("VR-26"),
        .program_version = 1,
        .ledger = SLICE("EARNED"),
        .amount_minor = -2000,
        .currency = SLICE("USD"),
        .qty_milli = 1500,
        .program_amount_minor = -300,
        .program_currency = SLICE("JPY"),
        .fx_table = SLICE("default"),
        .fx_rate_micros = 6666700,
        .fx_units = 1000,
        .fx_date = 20260331,
        .payable_on = 20260430,
        .invoice_no = SLICE("=7,1"),
        .decided_at_unix_ms = 1778234400000,
    };
}

TEST(a_row_has_as_many_cells_as_the_header_and_money_that_is_no_formula)
{
    struct payout p = sample();
    struct text header = text_in(test_arena(), 2048), row = text_in(test_arena(), 2048);
    unsigned commas[2] = { 0 };
    payout_export_put_header(&header);
    payout_export_put_csv(&row, &p);
    for (size_t i = 0; i < header.size; i++) commas[0] += header.bytes[i] == ',';
    for (size_t i = 0; i < row.size; i++) commas[1] += row.bytes[i] == ',';
    CHECK_INT(commas[1], commas[0] + 1);                /* the comma in the invoice number */
    CHECK_TEXT(text_slice(&row),
               "01,N-100,,,,,VR-26,1,,EARNED,0,1.5,-20.00,USD,-300,JPY,default,6.6667,1000,2026-03-31,,,"
               "2026-04-30,,,false,,,,,,,,\"'=7,1\",,,2026-05-08T10:00:00Z,\r\n");
}

/* A reader of many rows meets one shape: the columns of the other form. */
TEST(an_object_has_every_member_and_null_for_what_was_not_said)
{
    struct payout p = sample();
    struct text t = text_in(test_arena(), 2048);
    payout_export_put_json(&t, &p);
    CHECK_TEXT(
        text_slice(&t),
        "{\"payout_id\":\"01\",\"partner_id\":\"N-100\",\"partner_root_id\":null,\"role\":null,\"payee\":null,"
        "\"payee_id\":null,\"program_id\":\"VR-26\",\"program_version\":1,\"incentive\":null,"
        "\"ledger\":\"EARNED\",\"adjustment_no\":0,\"qty\":\"1.5\",\"amount\":\"-20.00\",\"currency\":\"USD\","
        "\"program_amount\":\"-300\",\"program_currency\":\"JPY\",\"fx_table\":\"default\",\"fx_rate\":\"6.6667\","
        "\"fx_units\":1000,\"fx_date\":\"2026-03-31\",\"earned_period\":null,\"posted_period\":null,"
        "\"payable_on\":\"2026-04-30\",\"payment_method\":null,\"tax_treatment\":null,\"tax_reportable\":false,"
        "\"authorisation_no\":null,\"deal_reg_no\":null,\"preapproval_no\":null,\"reverses_payout_id\":null,"
        "\"cause\":null,\"reasons\":null,\"sku\":null,\"invoice_no\":\"=7,1\",\"line_id\":null,"
        "\"document_id\":null,\"decided_at\":\"2026-05-08T10:00:00Z\",\"claim_id\":null}");
}
