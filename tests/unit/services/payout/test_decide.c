/* The stage around rate_line: its descriptor, and the rules it notes. */
#include "payout/decide.h"
#include "payout/facts.h"
#include "payout/stage.h"
#include "support/test.h"
#include "wire/table_payout.h"

static struct books books;
static struct book_codec codecs[STAGE_TABLE_WAITING + 1];

static struct verdict decide(const struct line *line, struct catalogue *catalogue, const struct policy *policy)
{
    static struct receipt receipt = { .line_id = { "line-1", 6 },
                                      .partner_root_id = { "N", 1 },
                                      .received_at_unix_ms = 1775638800000 };
    static struct classification class = {
        .partner_root_id = { "N", 1 }, .sku = { "P", 1 }, .base_qty_milli = 1000, .sla_hours = 48
    };
    struct dossier d = {
        .line = line, .receipt = &receipt, .classification = &class, .section_counts = { 1, 1, 1, 1 }
    };
    struct payout_facts facts = { .catalogue = catalogue, .now_unix_ms = receipt.received_at_unix_ms };
    struct verdict v;
    memcpy(codecs, table_payout_codecs, sizeof table_payout_codecs);
    codecs[STAGE_TABLE_WAITING] = codecs[PAYOUT_LINES];
    books_init(&books, test_arena(), codecs, STAGE_TABLE_WAITING + 1);
    for (int pass = 0; pass < 3; pass++) {
        for (unsigned i = 0; i < books.row_count; i++)
            if (!books.rows[i]->gathered) books_supply(books.rows[i], (struct slice){ 0 });
        books_restart(&books);
        verdict_init(&v, test_arena(), &books, payout_stage.section_bytes);
        payout_decide(&d, &facts, policy, &v);
    }
    return v;
}

TEST(the_stage_lists_every_table_once_with_its_own_number)
{
    bool used[STAGE_TABLE_NUMBER_MAX + 1] = { false };
    CHECK_INT(payout_stage.table_count, PAYOUT_TABLE_COUNT);
    CHECK_INT(payout_stage.facts_bytes, sizeof(struct payout_facts));
    for (unsigned i = 0; i < payout_stage.table_count; i++) {
        const struct stage_table *t = &payout_stage.tables[i];
        CHECK(t->number > 0 && t->number <= STAGE_TABLE_NUMBER_MAX && !used[t->number]);
        used[t->number] = true;
        CHECK(t->codec.bytes > 0 && t->codec.decode && t->codec.encode);
    }
}

TEST(notes_the_rule_that_spoke_and_those_that_had_nothing_to_say)
{
    struct policy policy;
    struct catalogue *catalogue = catalogue_open();
    struct line claim = { .kind = KIND_SHIP_DEBIT_CLAIM,
                          .partner_id = SLICE("N"),
                          .authorisation_no = SLICE("Q-9"),
                          .invoice_no = SLICE("S1"),
                          .ship_date = 20260401,
                          .qty_milli = 1000 };
    policy_default(&policy);
    struct verdict v = decide(&claim, catalogue, &policy);
    CHECK_INT(v.judgement->outcome, OUTCOME_REJECT);
    CHECK_INT(v.judgement->reasons[0].code, REASON_AUTH_NOT_FOUND);
    CHECK_INT(v.judgement->rule_result_count, 1);
    CHECK_INT(v.judgement->rule_results[0].number, 501);
    CHECK_INT(v.judgement->rule_results[0].value, TRUTH_TRUE);
    CHECK(v.judgement->rules_false[RULE_AGR_05 / 8] >> RULE_AGR_05 % 8 & 1);
    CHECK(!(v.judgement->rules_false[RULE_AGR_01 / 8] >> RULE_AGR_01 % 8 & 1));
    CHECK(!(v.judgement->rules_false[RULE_MDF_01 / 8] >> RULE_MDF_01 % 8 & 1));
    catalogue_close(catalogue);
}

TEST(a_sale_without_programs_passes_and_says_so)
{
    struct policy policy;
    struct catalogue *catalogue = catalogue_open();
    struct line sale = { .kind = KIND_POS_SALE,
                         .partner_id = SLICE("N"),
                         .invoice_no = SLICE("S1"),
                         .ship_date = 20260401,
                         .qty_milli = 1000 };
    policy_default(&policy);
    struct verdict v = decide(&sale, catalogue, &policy);
    CHECK_INT(v.judgement->outcome, OUTCOME_PASS);
    CHECK_INT(v.judgement->reasons[0].code, REASON_NO_PROGRAM);
    catalogue_close(catalogue);
}
