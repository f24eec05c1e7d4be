/* tests/unit/services/classification/test_corrections.c: corrections of lines that wait here. */
#include "domain/classification_record.h"
#include "rig.h"

/* A sale of a part that is not on file: it waits, and stands in the tables as the loop would keep it. */
static const struct dossier *a_waiting(struct rig *rig, struct line l, const char *line_id)
{
    struct dossier *d = a_dossier_of(&l, line_id);
    l.vendor_part = SLICE("CAB-55");
    d = a_dossier_of(&l, line_id);
    struct verdict *v = rig_decide(rig, d);
    CHECK_TEXT(outcome_text(v), "PARK");
    d->classification = v->section;
    rig_waits(rig, d, "part:CAB-55");
    return d;
}

static struct line a_return(void)
{
    struct line l = a_line_of(KIND_POS_RETURN, "N");
    l.qty_milli = -10000;
    l.invoice_no = SLICE("CM-1");
    l.ship_date = 20260402;
    return l;
}

TEST(a_linked_return_waits_for_the_sale_it_means)
{
    struct rig rig = a_small_world();
    a_waiting(&rig, a_line_of(KIND_POS_SALE, "N"), "SALE");
    struct line l = a_return();
    l.original_line_ref = SLICE("SALE");
    struct verdict *v = rig_decide_line(&rig, &l);
    CHECK_TEXT(outcome_text(v), "PARK");
    CHECK_TEXT(verdict_text(v), "WAITING_FOR_TARGET");
    CHECK_TEXT(v->judgement->waiting.on, "target:SALE");
    CHECK_TEXT(rule_text(v, RULE_SYS_01), "WAIT");
    CHECK_INT(v->withdraws.size, 0);
    l.original_line_ref = SLICE("OTHER");
    CHECK_TEXT(outcome_text(rig_decide_line(&rig, &l)), "PASS");
    rig_close(&rig);
}

TEST(a_return_finds_its_sale_by_invoice_or_by_part_and_customer)
{
    struct rig rig = a_small_world();
    a_waiting(&rig, a_line_of(KIND_POS_SALE, "N"), "SALE");
    struct table t = TABLE(
        "original  line  part    customer  ship_date | waits_on",
        "INV-1     1     CAB-55  C-ALDER   20260402  | target:SALE",
        "inv 1     1     CAB-55  C-ALDER   20260402  | target:SALE",
        "INV-1     1     -       C-OTHER   20260402  | target:SALE",
        "INV-1     2     CAB-55  C-ALDER   20260402  | part:CAB-55",
        "INV-2     1     CAB-55  C-ALDER   20260402  | part:CAB-55",
        "INV-1     1     CAB-5   C-ALDER   20260402  | -",
        "-         -     CAB-55  C-ALDER   20260402  | target:SALE",
        "-         -     cab-55  C-ALDER   20260402  | target:SALE",
        "-         -     CAB-55  C-OTHER   20260402  | part:CAB-55",
        "-         -     CAB-5   C-ALDER   20260402  | -",
        "-         -     CAB-55  C-ALDER   20260303  | target:SALE",
        "-         -     CAB-55  C-ALDER   20260302  | part:CAB-55",
        "-         -     CAB-55  C-ALDER   20270303  | target:SALE",
        "-         -     CAB-55  C-ALDER   20270304  | part:CAB-55");
    while (table_next(&t)) {
        struct line l = a_return();
        l.original_invoice_no = cell(&t, "original");
        l.original_invoice_line = cell(&t, "line");
        l.vendor_part = cell(&t, "part");
        l.sold_to.key = cell(&t, "customer");
        l.ship_date = (int32_t)cell_int(&t, "ship_date");
        struct verdict *v = rig_decide_line(&rig, &l);
        bool waits = verdict_has(v, REASON_WAITING_FOR_TARGET);
        CHECK_INT(waits, slice_starts_with(cell(&t, "waits_on"), SLICE("target:")));
        if (!verdict_has(v, REASON_PART_UNKNOWN)) CHECK_CELL(&t, "waits_on", v->judgement->waiting.on);
    }
    rig_close(&rig);
}

TEST(a_sale_that_was_decided_holds_nobody_up)
{
    struct rig rig = a_small_world();
    const struct dossier *sale = a_waiting(&rig, a_line_of(KIND_POS_SALE, "N"), "SALE");
    struct line l = a_return();
    l.original_invoice_no = SLICE("INV-1");
    l.original_invoice_line = SLICE("1");
    l.vendor_part = SLICE("CAB-55");
    CHECK(verdict_has(rig_decide_line(&rig, &l), REASON_WAITING_FOR_TARGET));
    rig_product(&rig, "CAB-55", "CABLE");
    rig.waiting_count = 0;
    CHECK_TEXT(outcome_text(rig_decide(&rig, sale)), "PASS");
    for (unsigned i = 0; i < rig.row_count; i++) {
        if (rig.rows[i].table != CLASSIFICATION_ORIGINALS) continue;
        struct originals_record o = { 0 };
        if (rig.rows[i].value.size)
            CHECK_INT(
                classification_stage.tables[CLASSIFICATION_ORIGINALS].codec.decode(test_arena(), rig.rows[i].value, &o),
                OK);
        for (unsigned k = 0; k < o.count; k++) CHECK(!slice_equal(o.line_ids[k], SLICE("SALE")));
    }
    CHECK_TEXT(outcome_text(rig_decide_line(&rig, &l)), "PASS");
    rig_close(&rig);
}

TEST(a_cancel_of_the_whole_ends_what_waits_and_of_less_waits_itself)
{
    struct rig rig = a_small_world();
    a_waiting(&rig, a_line_of(KIND_POS_SALE, "N"), "SALE");
    struct table t = TABLE(
        "qty_milli  ref   original | outcome  reasons             withdraws",
        "0          SALE  -        | PASS     -                   SALE",
        "-10000     SALE  -        | PASS     -                   SALE",
        "-4000      SALE  -        | PARK     WAITING_FOR_TARGET  -",
        "0          -     INV-1    | PASS     -                   SALE",
        "0          -     INV-2    | PASS     -                   -",
        "0          GONE  INV-1    | PASS     -                   -");
    while (table_next(&t)) {
        struct line l = { .kind = KIND_CANCEL,
                          .partner_id = SLICE("N"),
                          .qty_milli = cell_int(&t, "qty_milli"),
                          .original_line_ref = cell(&t, "ref"),
                          .original_invoice_no = cell(&t, "original"),
                          .original_invoice_line = SLICE("1") };
        struct verdict *v = rig_decide_line(&rig, &l);
        CHECK_CELL(&t, "outcome", outcome_text(v));
        CHECK_CELL(&t, "reasons", verdict_text(v));
        CHECK_CELL(&t, "withdraws", v->withdraws);
    }
    rig_close(&rig);
}

TEST(a_replacement_ends_what_waits_unless_it_is_refused_or_waits_itself)
{
    struct rig rig = a_small_world();
    a_waiting(&rig, a_line_of(KIND_POS_SALE, "N"), "SALE");
    struct table t = TABLE(
        "part    uom  ref   replaces          | outcome  withdraws",
        "CAB-5   EA   SALE  POS_SALE          | PASS     SALE",
        "CAB-5   EA   -     POS_SALE          | PASS     SALE",
        "CAB-5   EA   -     SHIP_DEBIT_CLAIM  | PASS     -",
        "CAB-5   BOX  SALE  POS_SALE          | REJECT   -",
        "CAB-56  EA   SALE  POS_SALE          | PARK     -");
    while (table_next(&t)) {
        struct line l = a_line_of(KIND_REPLACE, "N");
        l.replaces_kind = kind_find(cell(&t, "replaces"));
        l.vendor_part = cell(&t, "part");
        l.uom = cell(&t, "uom");
        l.original_line_ref = cell(&t, "ref");
        l.original_invoice_no = SLICE("INV-1");
        l.original_invoice_line = SLICE("1");
        struct verdict *v = rig_decide_line(&rig, &l);
        CHECK_CELL(&t, "outcome", outcome_text(v));
        if (slice_equal(l.vendor_part, SLICE("CAB-5")) && l.original_line_ref.size == 0)
            continue; /* another part is another line */
        CHECK_CELL(&t, "withdraws", v->withdraws);
    }
    rig_close(&rig);
}

TEST(the_return_of_a_claim_waits_for_a_claim_and_a_credit_note_for_a_sell_in)
{
    struct rig rig = a_small_world();
    a_waiting(&rig, a_line_of(KIND_SHIP_DEBIT_CLAIM, "N"), "CLAIM");
    struct line bought = a_line_of(KIND_SELL_IN, "N");
    bought.invoice_no = SLICE("IN-1");
    a_waiting(&rig, bought, "BOUGHT");
    struct table t = TABLE(
        "kind              invoice | original",
        "SHIP_DEBIT_CLAIM  INV-1   | target:CLAIM",
        "SELL_IN           IN-1    | target:BOUGHT",
        "SELL_IN           INV-1   | -",
        "POS_RETURN        INV-1   | -");
    while (table_next(&t)) {
        struct line l = a_return();
        l.kind = kind_find(cell(&t, "kind"));
        l.vendor_part = (struct slice){ 0 };
        l.original_invoice_no = cell(&t, "invoice");
        l.original_invoice_line = SLICE("1");
        CHECK_CELL(&t, "original", rig_decide_line(&rig, &l)->judgement->waiting.on);
    }
    rig_close(&rig);
}

TEST(a_withdrawn_line_is_found_by_nobody)
{
    struct rig rig = a_small_world();
    const struct dossier *sale = a_waiting(&rig, a_line_of(KIND_POS_SALE, "N"), "SALE");
    struct arena *a = test_arena();
    struct book_codec codecs[CLASSIFICATION_TABLE_COUNT];
    struct books books;
    struct verdict v;
    for (unsigned i = 0; i < CLASSIFICATION_TABLE_COUNT; i++) codecs[i] = classification_stage.tables[i].codec;
    books_init(&books, a, codecs, CLASSIFICATION_TABLE_COUNT);
    verdict_init(&v, a, &books, classification_stage.section_bytes);
    classification_withdraw(sale, &rig.policy, &v);
    CHECK_INT(books.missed, 2);
    for (unsigned i = 0; i < books.row_count; i++) books_supply(books.rows[i], rig_stored(&rig, books.rows[i]));
    books_restart(&books);
    classification_withdraw(sale, &rig.policy, &v);
    for (unsigned i = 0; i < books.row_count; i++) {
        CHECK(books.rows[i]->dirty);
        CHECK_INT(codecs[books.rows[i]->table].encode(a, books.rows[i]->record).size, 0);
    }
    rig_close(&rig);
}
