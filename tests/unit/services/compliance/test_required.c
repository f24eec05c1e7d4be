/* tests/unit/services/compliance/test_required.c: domain.md 3.1 "required when", 5.0 R4. */
#include "compliance/required.h"

#include "support/compliance_desk.h"
#include "support/table.h"

static struct slice missing(struct desk *d, const struct line *l)
{
    const struct verdict *v = desk_judge(d, "line", l);
    for (unsigned i = 0; i < v->judgement->reason_count; i++)
        if (v->judgement->reasons[i].code == REASON_FIELD_MISSING) return v->judgement->reasons[i].arguments[0].value;
    return (struct slice){ 0 };
}

TEST(names_every_field_that_a_kind_cannot_do_without)
{
    struct table t = TABLE(
        "kind                    | missing",
        "POS_SALE                | invoice_no, ship_date, vendor_part, qty",
        "POS_RETURN              | invoice_no, ship_date, vendor_part, qty",
        "SHIP_DEBIT_CLAIM        | claim_id, invoice_no, ship_date, vendor_part, qty, sold_to, authorisation_no",
        "SPIFF_CLAIM             | claim_id, invoice_no, ship_date, vendor_part, qty, sold_to, rep_id",
        "DEAL_CLAIM              | claim_id, order_date, vendor_part, qty, sold_to, deal_reg_no",
        "PRICE_PROTECTION_CLAIM  | claim_id, vendor_part, price_change_date",
        "ROTATION_CLAIM          | claim_id, rma_no, vendor_part, qty",
        "SELL_IN                 | invoice_no, invoice_date, vendor_part, qty, unit_price",
        "TRANSFER_OUT            | ship_date, vendor_part, qty",
        "STOCK_ADJUST            | ship_date, vendor_part, qty",
        "INVENTORY               | snapshot_date, vendor_part",
        "CANCEL                  | original_line_ref",
        "REPLACE                 | original_line_ref, replaces_kind",
        "AGREEMENT               | authorisation_no",
        "REP_ROSTER              | rep_id",
        "MDF_PREAPPROVAL         | preapproval_no",
        "FUND_ADJUSTMENT         | program_id, period_label, amount",
        "PERIOD_CLOSE            | program_id, period_label, close",
        "ADJUSTMENT              | amount, reason_text, payee_id",
        "REVERSE                 | reason_text, cause, payout_ids",
        "RERATE                  | reason_text, cause, line_refs, program_version",
        "SETTLEMENT              | amount, payout_ids, settled_date, settled_reference");
    while (table_next(&t)) {
        struct desk d;
        desk_open(&d);
        struct line l = { .kind = kind_find(cell(&t, "kind")), .partner_id = SLICE("N-100") };
        CHECK_CELL(&t, "missing", missing(&d, &l));
        desk_close(&d);
    }
}

TEST(asks_a_marketing_claim_for_all_that_5_3_needs)
{
    struct desk d;
    desk_open(&d);
    struct line l = { .kind = KIND_MDF_CLAIM, .partner_id = SLICE("N-100") };
    CHECK_TEXT(missing(&d, &l),
               "claim_id, vendor, claimed_amount, activity_type, activity_from, activity_to, expense_type, "
               "spend_amount, vendor_invoice_no");
    desk_close(&d);
}

TEST(one_part_number_of_three_is_enough_and_money_needs_its_currency)
{
    struct desk d;
    desk_open(&d);
    struct line l = desk_sale("INV-1");
    l.vendor_part = (struct slice){ 0 };
    l.gtin = SLICE("04012345123456");
    CHECK_TEXT(missing(&d, &l), "");
    l.currency = (struct slice){ 0 };
    CHECK_TEXT(missing(&d, &l), "currency");
    l.has_resale_unit_micros = false;
    CHECK_TEXT(missing(&d, &l), "");
    l.invoice_no = (struct slice){ 0 };
    CHECK_TEXT(missing(&d, &l), "invoice_no");
    l.summary = true;
    CHECK_TEXT(missing(&d, &l), "");
    desk_close(&d);
}

TEST(a_replace_needs_what_its_new_content_needs)
{
    struct desk d;
    desk_open(&d);
    struct line l = desk_claim("INV-1");
    l.kind = KIND_REPLACE;
    l.replaces_kind = KIND_SHIP_DEBIT_CLAIM;
    l.original_line_ref = SLICE("0123");
    l.authorisation_no = (struct slice){ 0 };
    CHECK_TEXT(missing(&d, &l), "authorisation_no");
    desk_close(&d);
}

TEST(a_registration_names_customer_product_and_size)
{
    struct desk d;
    desk_open(&d);
    struct deal_registration deal = { 0 };
    struct line l = { .kind = KIND_DEAL_REGISTRATION, .partner_id = SLICE("V-310"), .deal_reg_no = SLICE("A"),
                      .deal = &deal };
    CHECK_TEXT(missing(&d, &l), "end_customer, family, qty or value");
    l.end_customer.name = SLICE("Alder");
    deal.family = SLICE("SWITCH");
    deal.value_minor = 5000;
    CHECK_TEXT(missing(&d, &l), "end_customer.country, currency");
    desk_close(&d);
}

TEST(refuses_a_date_beyond_tomorrow)
{
    struct table t = TABLE(
        "ship      order     | says",
        "20260410  0         | REJECT SHIP_FUTURE",
        "20260409  0         | PASS -",                     /* one day: another zone */
        "20260408  0         | PASS -",
        "20260401  20260410  | REJECT SHIP_FUTURE",
        "20260401  20260409  | PASS -");
    while (table_next(&t)) {
        struct desk d;
        desk_open(&d);
        struct line l = desk_sale("INV-1");
        l.ship_date = (int32_t)cell_int(&t, "ship");
        l.order_date = (int32_t)cell_int(&t, "order");
        CHECK_CELL(&t, "says", desk_says(desk_judge(&d, "line", &l)));
        desk_close(&d);
    }
}

/* Whichever amount is stated needs a currency. */
TEST(every_amount_needs_its_currency)
{
    struct desk d;
    desk_open(&d);
    struct deal_registration deal = { .value_minor = 1 };
    for (unsigned i = 0; i < 10; i++) {
        struct line l = desk_sale("INV-1");
        l.currency = (struct slice){ 0 };
        l.has_resale_unit_micros = i == 0;
        l.has_book_unit_micros = i == 1;
        l.has_claimed_cost_unit_micros = i == 2;
        l.has_claimed_debit_unit_micros = i == 3;
        l.has_unit_price_micros = i == 4;
        l.has_claimed_amount_minor = i == 5;
        l.has_extended_amount_minor = i == 6;
        l.amount_minor = i == 7;
        l.spend_amount_minor = i == 8;
        l.deal = i == 9 ? &deal : NULL;
        CHECK_TEXT(missing(&d, &l), "currency");
    }
    desk_close(&d);
}

/* What has no date, and what the vendor or an operator sends, is of no day. */
TEST(a_date_is_asked_of_lines_of_partners_alone)
{
    struct desk d;
    desk_open(&d);
    struct line l = desk_sale("INV-1");
    l.ship_date = 0;
    CHECK_TEXT(desk_rule(desk_judge(&d, "undated", &l), RULE_AGR_08), "");
    static const enum kind kinds[] = { KIND_AGREEMENT, KIND_REP_ROSTER, KIND_ADJUSTMENT, KIND_PERIOD_CLOSE };
    for (unsigned i = 0; i < 4; i++) {
        l = desk_sale("INV-1");
        l.kind = kinds[i];
        l.ship_date = 20270101;
        CHECK_TEXT(desk_rule(desk_judge(&d, "of nobody", &l), RULE_AGR_08), "");
    }
    desk_close(&d);
}
