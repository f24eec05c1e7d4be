/* tests/unit/services/classification/test_decide.c: a line against a small world. */
#include "rig.h"
#include "wire/dossier_codec.h"

TEST(facts_and_section_have_the_sizes_the_stage_says)
{
    CHECK_INT(classification_stage.facts_bytes, sizeof(struct classification_facts));
    CHECK_INT(classification_stage.section_bytes, sizeof(struct classification));
    CHECK_INT(classification_stage.table_count, CLASSIFICATION_TABLE_COUNT);
    for (unsigned i = 0; i < classification_stage.table_count; i++)
        for (unsigned k = 0; k < i; k++)
            CHECK(classification_stage.tables[i].number != classification_stage.tables[k].number);
    CHECK_INT(classification_stage.outputs[OUTCOME_REJECT], TOPIC_CLAIMS_CLASSIFIED);
}

TEST(a_sale_is_classified_with_all_that_payout_needs)
{
    struct rig rig = a_small_world();
    struct partner *n = &rig.partners[0];
    n->utc_offset_minutes = -600;
    n->regions = some_texts("US-EAST US");
    struct tier_span tiers[] = { { SLICE("GOLD"), 0, 20260302 }, { SLICE("SILVER"), 20260303, 0 } };
    n->tiers = tiers;
    n->tier_count = 2;
    struct line l = a_line_of(KIND_POS_SALE, "N");
    const struct classification *c = section_of(rig_decide_line(&rig, &l));
    CHECK_INT(c->judgement.outcome, OUTCOME_PASS);
    CHECK_TEXT(c->partner_root_id, "N");
    CHECK_INT(c->role, ROLE_DISTRIBUTOR);
    CHECK_INT(c->role_step, 2);
    CHECK_TEXT(c->tier, "SILVER");
    CHECK_TEXT(c->region, "US-EAST");
    CHECK_TEXT(c->sku, "CAB-5");
    CHECK_TEXT(c->family, "CABLE");
    CHECK_TEXT(c->product_line, "NET");
    CHECK_INT(c->base_qty_milli, 10000);
    CHECK_INT(c->line_date, 20260303);
    CHECK_INT(c->received_date, 20260407);
    CHECK_TEXT(c->price_list_id, "PL");
    CHECK_TEXT(c->payee_id, "PAYEE");
    CHECK_INT(c->utc_offset_minutes, -600);
    CHECK_INT(c->sla_hours, 48);
    CHECK_INT(c->sold_to_role, ROLE_VAR);
    CHECK_INT(c->matrix_version, 0);
    CHECK_INT(c->judgement.profile_revision, 7);
    CHECK_INT(c->profile_source, PROFILE_SOURCE_LOCAL);
    CHECK_INT(c->candidate_count, 2);
    CHECK_TEXT(c->candidates[0].program_id, "VR");
    CHECK_INT(c->candidates[0].cell, CELL_YES);
    CHECK(!c->candidates[0].enrolled);
    CHECK_TEXT(c->candidates[1].program_id, "LG");
    rig_close(&rig);
}

TEST(a_partner_not_on_file_waits_whatever_it_sends)
{
    struct rig rig = a_small_world();
    for (enum kind kind = KIND_UNSPECIFIED + 1; kind < KIND_COUNT; kind++) {
        struct line l = a_line_of(kind, "NOBODY");
        struct verdict *v = rig_decide_line(&rig, &l);
        CHECK_TEXT(outcome_text(v), "PARK");
        CHECK_TEXT(verdict_text(v), "PARTNER_UNKNOWN");
        CHECK_TEXT(v->judgement->waiting.on, "partner:NOBODY");
        CHECK_TEXT(rule_text(v, RULE_ELG_04), "WAIT");
        CHECK_TEXT(section_of(v)->partner_root_id, "unknown:NOBODY");
        CHECK_INT(section_of(v)->received_date, 20260408);
    }
    rig_close(&rig);
}

TEST(a_site_is_classified_under_its_root_and_takes_from_it_what_it_lacks)
{
    struct rig rig = a_small_world();
    struct partner *site = rig_partner(&rig, "N-7");
    rig_roles(site, "RETAILER");
    site->root_id = SLICE("N");
    site->payee = (struct payee){ 0 };
    site->price_list_id = (struct slice){ 0 };
    struct line l = a_line_of(KIND_POS_SALE, "N-7");
    const struct classification *c = section_of(rig_decide_line(&rig, &l));
    CHECK_TEXT(c->partner_root_id, "N");
    CHECK_INT(c->role, ROLE_RETAILER);
    CHECK_TEXT(c->payee_id, "PAYEE");
    CHECK_TEXT(c->price_list_id, "PL");
    site->price_list_id = SLICE("PL-7");
    CHECK_TEXT(section_of(rig_decide_line(&rig, &l))->price_list_id, "PL-7");
    rig_close(&rig);
}

TEST(each_kind_meets_the_programs_that_it_may_earn_under)
{
    struct rig rig = a_small_world();
    struct program spiff = a_program("SP", INCENTIVE_SPIFF), deal = a_program("DR", INCENTIVE_DEAL_REGISTRATION),
                   debit = a_program("SD-AUTO", INCENTIVE_SHIP_DEBIT);
    struct program bought = a_program("VR-IN", INCENTIVE_VOLUME_REBATE),
                   gross = a_program("VR-GROSS", INCENTIVE_LOGISTICS), coop = a_program("COOP", INCENTIVE_MDF);
    debit.ship_debit.auto_claim = deal.deal.auto_claim = true;
    debit.rank = 201;
    bought.volume.source = gross.volume.source = VOLUME_SOURCE_SELL_IN;
    gross.volume.net_of_price_protection = false;
    coop.mdf.kind = MDF_KIND_COOP;
    coop.has_volume = true;
    coop.volume = (struct volume_terms){ .source = VOLUME_SOURCE_POS, .period = PERIOD_QUARTER };
    coop.program_date = DATE_BASIS_SHIP_DATE;
    rig_put(&rig, spiff);
    rig_put(&rig, deal);
    rig_put(&rig, debit);
    rig_put(&rig, bought);
    rig_put(&rig, gross);
    rig_put(&rig, coop);
    rig_put(&rig, a_program("PP", INCENTIVE_PRICE_PROTECTION));
    rig_put(&rig, a_program("ROT", INCENTIVE_STOCK_ROTATION));
    struct enrolment enrolments[] = { { .incentive = INCENTIVE_MDF }, { .incentive = INCENTIVE_SPIFF } };
    rig.partners[0].enrolments = enrolments;
    rig.partners[0].enrolment_count = 2;
    struct table t = TABLE(
        "kind                    qty    rep  deal  summary  replaces   | candidates",
        "POS_SALE                1000   -    -     no       -          | SD-AUTO, VR, LG, COOP",
        "POS_SALE                1000   R1   -     no       -          | SD-AUTO, SP: ROLE_NOT_ELIGIBLE, VR, LG, COOP",
        "POS_SALE                1000   -    D-1   no       -          | SD-AUTO, DR: ROLE_NOT_ELIGIBLE, VR, LG, COOP",
        "POS_SALE                1000   R1   D-1   yes      -          | VR, LG, COOP",
        "REPLACE                 1000   -    -     no       POS_SALE   | SD-AUTO, VR, LG, COOP",
        "SELL_IN                 1000   -    -     no       -          | VR-IN, VR-GROSS",
        "SELL_IN                 -1000  -    -     no       -          | VR-IN, VR-GROSS",
        "ROTATION_CLAIM          1000   -    -     no       -          | ROT, VR-IN, VR-GROSS",
        "PRICE_PROTECTION_CLAIM  1000   -    -     no       -          | PP, VR-IN",
        "SHIP_DEBIT_CLAIM        1000   -    -     no       -          | SD",
        "SHIP_DEBIT_CLAIM        -1000  -    -     no       -          | -",
        "MDF_CLAIM               0      -    -     no       -          | COOP",
        "POS_RETURN              -1000  -    -     no       -          | -",
        "CANCEL                  0      -    -     no       -          | -",
        "REPLACE                 1000   -    -     no       -          | -",
        "INVENTORY               1000   -    -     no       -          | -",
        "TRANSFER_OUT            1000   -    -     no       -          | -",
        "REP_ROSTER              0      -    -     no       -          | -",
        "PERIOD_CLOSE            0      -    -     no       -          | -");
    while (table_next(&t)) {
        struct line l = a_line_of(kind_find(cell(&t, "kind")), "N");
        l.qty_milli = cell_int(&t, "qty");
        l.rep_id = cell(&t, "rep");
        l.deal_reg_no = cell(&t, "deal");
        l.summary = cell_yes(&t, "summary");
        l.replaces_kind = kind_find(cell(&t, "replaces"));
        struct verdict *v = rig_decide_line(&rig, &l);
        CHECK_CELL(&t, "candidates", candidates_text(v));
        CHECK_TEXT(outcome_text(v), "PASS");
    }
    rig_close(&rig);
}

TEST(a_credit_note_that_names_its_invoice_follows_it)
{
    struct rig rig = a_small_world();
    struct program bought = a_program("VR-IN", INCENTIVE_VOLUME_REBATE);
    bought.volume.source = VOLUME_SOURCE_SELL_IN;
    rig_put(&rig, bought);
    struct line l = a_line_of(KIND_SELL_IN, "N");
    l.qty_milli = -1000;
    CHECK_INT(section_of(rig_decide_line(&rig, &l))->role, ROLE_DISTRIBUTOR);
    l.original_invoice_no = SLICE("INV-9");
    const struct classification *c = section_of(rig_decide_line(&rig, &l));
    CHECK_INT(c->role, ROLE_UNSPECIFIED);
    CHECK_INT(c->candidate_count, 0);
    rig_close(&rig);
}

TEST(a_sale_stands_where_a_claim_is_refused)
{
    struct rig rig = a_small_world();
    struct line sale = a_line_of(KIND_POS_SALE, "N"), claim = a_line_of(KIND_SHIP_DEBIT_CLAIM, "N");
    sale.sold_to.role = claim.sold_to.role = ROLE_DISTRIBUTOR;
    struct verdict *v = rig_decide_line(&rig, &sale);
    CHECK_TEXT(outcome_text(v), "PASS");
    CHECK_TEXT(verdict_text(v), "");
    CHECK_TEXT(candidates_text(v), "VR: CUSTOMER_IS_DISTRIBUTOR, LG: CUSTOMER_IS_DISTRIBUTOR");
    CHECK_TEXT(rule_text(v, RULE_ELG_06), "TRUE");
    CHECK_INT(rule_result_of(v, RULE_ELG_06)->reason, REASON_CUSTOMER_IS_DISTRIBUTOR);
    CHECK_INT(rule_result_of(v, RULE_ELG_06)->observed.value, 2);
    v = rig_decide_line(&rig, &claim);
    CHECK_TEXT(outcome_text(v), "REJECT");
    CHECK_TEXT(verdict_text(v), "CUSTOMER_IS_DISTRIBUTOR");
    CHECK_TEXT(candidates_text(v), "SD: CUSTOMER_IS_DISTRIBUTOR");
    rig_close(&rig);
}

TEST(the_customer_has_the_role_sent_or_that_of_whom_it_names)
{
    struct rig rig = a_small_world();
    struct pair duns[] = { { SLICE("1"), SLICE("315760012") } };
    rig.partners[0].identifiers = duns;
    rig.partners[0].identifier_count = 1;
    struct table t = TABLE(
        "role       id_type  id         | sold_to_role",
        "END_USER   1        315760012  | END_USER",
        "-          1        315760012  | DISTRIBUTOR",
        "-          92       315760012  | -",
        "-          -        N          | DISTRIBUTOR",
        "-          -        V          | VAR",
        "-          92       V          | -",
        "-          -        C-BIRCH    | -",
        "-          -        -          | -");
    while (table_next(&t)) {
        struct line l = a_line_of(KIND_POS_SALE, "N");
        l.sold_to.role = (enum role)word_find(VOCABULARY_ROLE, cell(&t, "role"));
        l.sold_to.id_type = cell(&t, "id_type");
        l.sold_to.id = cell(&t, "id");
        CHECK_CELL(&t, "sold_to_role", word_text(VOCABULARY_ROLE, section_of(rig_decide_line(&rig, &l))->sold_to_role));
    }
    rig_close(&rig);
}

TEST(a_part_is_known_wrong_or_awaited)
{
    struct rig rig = a_small_world();
    struct slice old_part[] = { SLICE("OLD-1") };
    struct product old = {
        .sku = SLICE("OLD-1"), .withdrawn = true, .base_uom = SLICE("EA"), .vendor_parts = { old_part, 1 }
    };
    CHECK_INT(catalogue_put_product(rig.catalogue, &old), OK);
    struct table t = TABLE(
        "kind              part    | outcome  reasons         waits_on     ELG-04",
        "POS_SALE          CAB-5   | PASS     -               -            FALSE",
        "POS_SALE          cab-5   | PASS     -               -            FALSE",
        "POS_SALE          CAB-55  | PARK     PART_UNKNOWN    part:CAB-55  WAIT",
        "POS_SALE          cab-55  | PARK     PART_UNKNOWN    part:CAB-55  WAIT",
        "POS_SALE          OLD-1   | REJECT   PART_INVALID    -            FALSE",
        "SHIP_DEBIT_CLAIM  CAB-55  | PARK     PART_UNKNOWN    part:CAB-55  WAIT",
        "SHIP_DEBIT_CLAIM  OLD-1   | REJECT   PART_INVALID    -            FALSE",
        "SHIP_DEBIT_CLAIM  -       | PASS     -               -            FALSE",
        "INVENTORY         CAB-55  | PARK     PART_UNKNOWN    part:CAB-55  WAIT",
        "INVENTORY         OLD-1   | REJECT   PART_INVALID    -            FALSE",
        "POS_RETURN        CAB-55  | PARK     PART_UNKNOWN    part:CAB-55  WAIT",
        "POS_RETURN        OLD-1   | PASS     -               -            FALSE",
        "CANCEL            CAB-55  | PASS     -               -            FALSE");
    while (table_next(&t)) {
        struct line l = a_line_of(kind_find(cell(&t, "kind")), "N");
        l.vendor_part = cell(&t, "part");
        struct verdict *v = rig_decide_line(&rig, &l);
        CHECK_CELL(&t, "outcome", outcome_text(v));
        CHECK_CELL(&t, "reasons", verdict_text(v));
        CHECK_CELL(&t, "waits_on", v->judgement->waiting.on);
        CHECK_CELL(&t, "ELG-04", rule_text(v, RULE_ELG_04));
    }
    rig_close(&rig);
}

TEST(a_claim_hears_every_reason_at_once)
{
    struct rig rig = a_small_world();
    struct line l = a_line_of(KIND_SHIP_DEBIT_CLAIM, "V");
    l.vendor_part = SLICE("CAB-55");
    l.sold_to.role = ROLE_DISTRIBUTOR;
    struct verdict *v = rig_decide_line(&rig, &l);
    CHECK_TEXT(outcome_text(v), "REJECT");
    CHECK_TEXT(verdict_text(v), "NOT_ENROLLED CUSTOMER_IS_DISTRIBUTOR PART_UNKNOWN");
    CHECK_INT(v->judgement->waiting.reason, REASON_NONE);
    CHECK_TEXT(rule_text(v, RULE_ELG_01), "TRUE");
    CHECK_TEXT(rule_text(v, RULE_ELG_02), "FALSE");
    CHECK_TEXT(rule_text(v, RULE_ELG_03), "FALSE");
    CHECK_TEXT(rule_text(v, RULE_ELG_04), "WAIT");
    CHECK_TEXT(rule_text(v, RULE_ELG_06), "TRUE");
    CHECK_TEXT(rule_text(v, RULE_SYS_01), "FALSE");
    CHECK_TEXT(rule_result_of(v, RULE_ELG_01)->observed.text, "VAR");
    CHECK_INT(rule_result_of(v, RULE_ELG_01)->evidence[0].kind, EVIDENCE_PROFILE);
    CHECK_INT(rule_result_of(v, RULE_ELG_01)->evidence[0].revision, 7);
    rig_close(&rig);
}

TEST(the_target_of_a_claim_is_named_quoted_or_chosen)
{
    struct rig rig = a_small_world();
    struct program second = a_program("SD-2", INCENTIVE_SHIP_DEBIT), closed = a_program("SD-0", INCENTIVE_SHIP_DEBIT),
                   draft = a_program("SD-D", INCENTIVE_SHIP_DEBIT);
    second.rank = 210;
    closed.status = PROGRAM_STATUS_ENDED;
    draft.status = PROGRAM_STATUS_DRAFT;
    rig_put(&rig, second);
    rig_put(&rig, closed);
    rig_put(&rig, draft);
    struct agreement terms = { .revision = 1, .valid_from = 20260101, .valid_to = 20261231 };
    struct line paper = a_line_of(KIND_AGREEMENT, "N");
    paper.agreement = &terms;
    paper.authorisation_no = SLICE("Q-2");
    paper.program_id = SLICE("SD-2");
    CHECK_TEXT(outcome_text(rig_decide_line(&rig, &paper)), "PASS");
    struct table t = TABLE(
        "program  agreement | outcome  reasons                 candidates",
        "-        -         | PASS     -                       SD",
        "-        Q-2       | PASS     -                       SD-2",
        "-        Q-9       | PASS     -                       -",
        "SD       Q-2       | PASS     -                       SD-2",
        "SD-9     Q-2       | PASS     -                       SD-2",
        "SD-2     Q-9       | PASS     -                       -",
        "SD-2     -         | PASS     -                       SD-2",
        "SD-9     -         | REJECT   PROGRAM_NOT_FOUND       SD-9: PROGRAM_NOT_FOUND",
        "SD-D     -         | REJECT   PROGRAM_NOT_FOUND       SD-D: PROGRAM_NOT_FOUND",
        "VR       -         | REJECT   PROGRAM_NOT_FOUND       VR: PROGRAM_NOT_FOUND",
        "SD-0     -         | REJECT   OUTSIDE_PROGRAM_PERIOD  SD-0: OUTSIDE_PROGRAM_PERIOD");
    while (table_next(&t)) {
        struct line l = a_line_of(KIND_SHIP_DEBIT_CLAIM, "N");
        l.program_id = cell(&t, "program");
        l.authorisation_no = cell(&t, "agreement");
        struct verdict *v = rig_decide_line(&rig, &l);
        CHECK_CELL(&t, "outcome", outcome_text(v));
        CHECK_CELL(&t, "reasons", verdict_text(v));
        CHECK_CELL(&t, "candidates", candidates_text(v));
    }
    rig_close(&rig);
}

static const struct classification *sent_by(struct rig *rig, const struct line *l, struct slice submitter)
{
    struct dossier *d = a_dossier_of(l, "line");
    struct receipt receipt = *d->receipt;
    receipt.submitter_id = submitter;
    d->receipt = &receipt;
    return section_of(rig_decide(rig, d));
}

/* Who may not decide on the claim; that its submitter may not is known without. */
TEST(a_claim_names_who_sent_the_agreement_that_it_quotes)
{
    struct table t = TABLE(
        "agreement  claim  quotes | author",
        "tess       sam    Q-2    | tess",
        "tess       tess   Q-2    | -",
        "tess       sam    Q-9    | -",
        "tess       sam    -      | -");
    while (table_next(&t)) {
        struct rig rig = a_small_world();
        struct agreement terms = { .revision = 1, .valid_from = 20260101, .valid_to = 20261231 };
        struct line paper = a_line_of(KIND_AGREEMENT, "N"), claim = a_line_of(KIND_SHIP_DEBIT_CLAIM, "N");
        paper.agreement = &terms;
        paper.authorisation_no = SLICE("Q-2");
        paper.program_id = SLICE("SD");
        claim.authorisation_no = cell(&t, "quotes");
        sent_by(&rig, &paper, cell(&t, "agreement"));
        CHECK_CELL(&t, "author", sent_by(&rig, &claim, cell(&t, "claim"))->terms_author_id);
        rig_close(&rig);
    }
}

TEST(a_claim_goes_to_the_first_program_that_is_eligible_else_to_the_first_with_its_reasons)
{
    struct rig rig = rig_open();
    rig.policy.modes[RULE_ELG_05] = RULE_MODE_OFF;
    rig_roles(rig_partner(&rig, "V"), "VAR");
    rig_product(&rig, "CAB-5", "CABLE");
    struct slice part[] = { SLICE("SKU-X") };
    struct product other = {
        .sku = SLICE("SKU-X"), .family = SLICE("OTHER"), .base_uom = SLICE("EA"), .vendor_parts = { part, 1 }
    };
    CHECK_INT(catalogue_put_product(rig.catalogue, &other), OK);
    struct program a = a_program("SP-A", INCENTIVE_SPIFF), b = a_program("SP-B", INCENTIVE_SPIFF);
    a.products.include = some_texts("family:SWITCH");
    b.products.include = some_texts("family:CABLE");
    rig_put(&rig, b);
    rig_put(&rig, a);
    struct line l = a_line_of(KIND_SPIFF_CLAIM, "V");
    CHECK_TEXT(candidates_text(rig_decide_line(&rig, &l)), "SP-B");
    l.vendor_part = SLICE("SKU-X");
    struct verdict *v = rig_decide_line(&rig, &l);
    CHECK_TEXT(candidates_text(v), "SP-A: PART_NOT_ELIGIBLE");
    CHECK_TEXT(verdict_text(v), "PART_NOT_ELIGIBLE");
    l.ship_date = 20270101;
    v = rig_decide_line(&rig, &l);
    CHECK_TEXT(candidates_text(v), "");
    CHECK_TEXT(verdict_text(v), "PROGRAM_NOT_FOUND");
    rig_close(&rig);
}

TEST(the_matrix_is_asked_even_where_no_program_is_found)
{
    struct rig rig = a_small_world();
    struct line l = a_line_of(KIND_SPIFF_CLAIM, "N");
    CHECK_TEXT(verdict_text(rig_decide_line(&rig, &l)), "ROLE_NOT_ELIGIBLE PROGRAM_NOT_FOUND");
    l = a_line_of(KIND_SPIFF_CLAIM, "V");
    CHECK_TEXT(verdict_text(rig_decide_line(&rig, &l)), "PROGRAM_NOT_FOUND");
    rig_close(&rig);
}

TEST(a_program_is_in_force_on_its_own_date_from_the_first_day_to_the_last)
{
    struct rig rig = a_small_world();
    struct program spring = a_program("SP", INCENTIVE_SHIP_DEBIT), spring_2 = spring;
    spring.valid_from = 20260401;
    spring.valid_to = 20260630;
    spring_2.version = 2;
    spring_2.valid_from = 20260601;
    spring_2.valid_to = 20260731;
    rig_put(&rig, spring);
    rig_put(&rig, spring_2);
    struct table t = TABLE(
        "ship_date | outcome  reasons                 version",
        "20260331  | REJECT   OUTSIDE_PROGRAM_PERIOD  0",
        "20260401  | PASS     -                       1",
        "20260531  | PASS     -                       1",
        "20260601  | PASS     -                       2",
        "20260731  | PASS     -                       2",
        "20260801  | REJECT   OUTSIDE_PROGRAM_PERIOD  0");
    while (table_next(&t)) {
        struct line l = a_line_of(KIND_SHIP_DEBIT_CLAIM, "N");
        l.program_id = SLICE("SP");
        l.ship_date = (int32_t)cell_int(&t, "ship_date");
        struct verdict *v = rig_decide_line(&rig, &l);
        CHECK_CELL(&t, "outcome", outcome_text(v));
        CHECK_CELL(&t, "reasons", verdict_text(v));
        CHECK_CELL_INT(&t, "version", section_of(v)->candidates[0].program_version);
    }
    rig_close(&rig);
}

TEST(an_mdf_claim_takes_the_version_under_which_its_fund_was_earned)
{
    struct rig rig = a_small_world();
    struct program coop = a_program("COOP", INCENTIVE_MDF), coop_2 = coop;
    coop.mdf.usage = MDF_USAGE_NEXT_PERIOD;
    coop.valid_to = 20260630;
    coop_2 = coop;
    coop_2.version = 2;
    coop_2.valid_from = 20260401;
    rig_put(&rig, coop);
    rig_put(&rig, coop_2);
    struct table t = TABLE(
        "activity  | reasons                 version",
        "20260331  | OUTSIDE_PROGRAM_PERIOD  0",        /* the fund of 2025-Q4: nothing was earned */
        "20260401  | -                       1",
        "20260630  | -                       1",
        "20260701  | -                       2",        /* earned to 06-30, used after the program's end */
        "20260930  | -                       2",
        "20261001  | OUTSIDE_PROGRAM_PERIOD  0");
    while (table_next(&t)) {
        struct line l = a_line_of(KIND_MDF_CLAIM, "V");
        l.activity_from = (int32_t)cell_int(&t, "activity");
        l.program_id = SLICE("COOP");
        struct verdict *v = rig_decide_line(&rig, &l);
        CHECK_CELL(&t, "reasons", verdict_text(v));
        CHECK_CELL_INT(&t, "version", section_of(v)->candidates[0].program_version);
    }
    rig_close(&rig);
}

TEST(a_suspended_program_holds_claims_and_is_skipped_by_sales)
{
    struct rig rig = a_small_world();
    struct program debit = a_program("SD-S", INCENTIVE_SHIP_DEBIT), rebate = a_program("VR-S", INCENTIVE_VOLUME_REBATE),
                   ended = a_program("VR-E", INCENTIVE_VOLUME_REBATE);
    debit.status = rebate.status = PROGRAM_STATUS_SUSPENDED;
    ended.status = PROGRAM_STATUS_ENDED;
    rig_put(&rig, debit);
    rig_put(&rig, rebate);
    rig_put(&rig, ended);
    struct line claim = a_line_of(KIND_SHIP_DEBIT_CLAIM, "N"), sale = a_line_of(KIND_POS_SALE, "N");
    CHECK_TEXT(candidates_text(rig_decide_line(&rig, &sale)), "VR, VR-S: PROGRAM_SUSPENDED, LG");
    CHECK_TEXT(candidates_text(rig_decide_line(&rig, &claim)), "SD");
    claim.program_id = SLICE("SD-S");
    struct verdict *held = rig_decide_line(&rig, &claim);
    CHECK_TEXT(outcome_text(held), "HOLD");
    CHECK_TEXT(verdict_text(held), "PROGRAM_SUSPENDED");
    struct slice actors[] = { SLICE("ann") };
    struct review_effect release = {
        .verb = VERB_RELEASE, .sequence = 1, .actors = { actors, 1 }, .reviewed = held->judgement
    };
    rig.review = &release;
    struct verdict *released = rig_decide_line(&rig, &claim);
    CHECK_TEXT(outcome_text(released), "PASS");
    CHECK_TEXT(candidates_text(released), "SD-S");
    CHECK(rule_is_false(released, RULE_ELG_02));
    CHECK_INT(rule_result_of(released, RULE_ELG_02)->evidence[0].kind, EVIDENCE_REVIEW);
    CHECK_TEXT(rule_result_of(released, RULE_ELG_02)->evidence[0].id, "ann");
    release.verb = VERB_ADJUST;
    release.accepted_qty_milli = claim.qty_milli - 1000;
    struct verdict *adjusted = rig_decide_line(&rig, &claim);
    CHECK_TEXT(outcome_text(adjusted), "SHORT");
    CHECK_TEXT(verdict_text(adjusted), "REVIEW_ADJUSTED");
    CHECK_INT(adjusted->judgement->reasons[0].cut_qty_milli, 1000);
    struct review_effect deny = { .verb = VERB_DENY, .sequence = 1, .note = SLICE("no"), .reviewed = held->judgement };
    rig.review = &deny;
    struct verdict *denied = rig_decide_line(&rig, &claim);
    CHECK_TEXT(outcome_text(denied), "REJECT");
    CHECK_TEXT(verdict_text(denied), "DENIED_ON_REVIEW PROGRAM_SUSPENDED");
    rig_close(&rig);
}

TEST(reference_lines_meet_what_their_papers_need)
{
    struct rig rig = a_small_world();
    struct program deals = a_program("DR", INCENTIVE_DEAL_REGISTRATION), funds = a_program("MDF", INCENTIVE_MDF);
    rig_put(&rig, deals);
    rig_put(&rig, funds);
    struct status_span ended[] = { { PARTNER_STATUS_ENDED, 20260401, 0 } };
    struct partner *gone = rig_partner(&rig, "GONE");
    rig_roles(gone, "VAR");
    gone->statuses = ended;
    gone->status_count = 1;
    struct table t = TABLE(
        "kind               partner  program  | outcome  reasons                                  candidates",
        "AGREEMENT          N        SD       | PASS     -                                        SD",
        "AGREEMENT          N        -        | PASS     -                                        SD",
        "AGREEMENT          V        SD       | PASS     -                                        SD",
        "AGREEMENT          N        VR       | REJECT   PROGRAM_NOT_FOUND                        VR: "
        "PROGRAM_NOT_FOUND",
        "AGREEMENT          GONE     SD       | REJECT   PARTNER_NOT_ACTIVE                       SD: "
        "PARTNER_NOT_ACTIVE",
        "REP_ROSTER         N        -        | PASS     -                                        -",
        "REP_ROSTER         GONE     -        | REJECT   PARTNER_NOT_ACTIVE                       -",
        "DEAL_REGISTRATION  V        DR       | PASS     -                                        DR",
        "DEAL_REGISTRATION  V        -        | PASS     -                                        DR",
        "DEAL_REGISTRATION  N        DR       | REJECT   ROLE_NOT_ELIGIBLE                        DR: "
        "ROLE_NOT_ELIGIBLE",
        "DEAL_REGISTRATION  GONE     DR       | REJECT   PARTNER_NOT_ACTIVE                       DR: "
        "PARTNER_NOT_ACTIVE",
        "MDF_PREAPPROVAL    V        MDF      | PASS     -                                        MDF",
        "MDF_PREAPPROVAL    N        MDF      | REJECT   NOT_ENROLLED                             MDF: NOT_ENROLLED",
        "MDF_PREAPPROVAL    N        X        | REJECT   NOT_ENROLLED PROGRAM_NOT_FOUND           X: NOT_ENROLLED "
        "PROGRAM_NOT_FOUND");
    while (table_next(&t)) {
        struct line l = { .kind = kind_find(cell(&t, "kind")),
                          .partner_id = cell(&t, "partner"),
                          .program_id = cell(&t, "program"),
                          .authorisation_no = SLICE("Q"),
                          .deal_reg_no = SLICE("D"),
                          .preapproval_no = SLICE("P") };
        struct verdict *v = rig_decide_line(&rig, &l);
        CHECK_CELL(&t, "outcome", outcome_text(v));
        CHECK_CELL(&t, "reasons", verdict_text(v));
        CHECK_CELL(&t, "candidates", candidates_text(v));
    }
    rig_close(&rig);
}

TEST(an_agreement_sent_ahead_of_its_program_is_asked_on_its_first_day)
{
    struct rig rig = a_small_world();
    struct program next = a_program("SD-27", INCENTIVE_SHIP_DEBIT);
    next.valid_from = 20270101;
    next.valid_to = 20271231;
    rig_put(&rig, next);
    struct agreement terms = { .revision = 1, .valid_from = 20270101, .valid_to = 20271231 };
    struct line l = a_line_of(KIND_AGREEMENT, "N");
    l.agreement = &terms;
    l.program_id = SLICE("SD-27");
    CHECK_TEXT(outcome_text(rig_decide_line(&rig, &l)), "PASS");
    terms.valid_from = 20261231;
    CHECK_TEXT(outcome_text(rig_decide_line(&rig, &l)), "PASS");
    terms.valid_to = 20261231;
    CHECK_TEXT(verdict_text(rig_decide_line(&rig, &l)), "OUTSIDE_PROGRAM_PERIOD");
    terms = (struct agreement){ .revision = 1, .valid_from = 20271231, .valid_to = 20281231 };
    CHECK_TEXT(outcome_text(rig_decide_line(&rig, &l)), "PASS");
    terms.valid_from = 20280101;
    CHECK_TEXT(verdict_text(rig_decide_line(&rig, &l)), "OUTSIDE_PROGRAM_PERIOD");
    rig_close(&rig);
}

TEST(numbers_lead_to_the_program_of_the_newest_revision)
{
    struct rig rig = a_small_world();
    rig_put(&rig, a_program("SD-2", INCENTIVE_SHIP_DEBIT));
    struct agreement terms = { .revision = 2 };
    struct line paper = a_line_of(KIND_AGREEMENT, "N"), claim = a_line_of(KIND_SHIP_DEBIT_CLAIM, "N");
    paper.agreement = &terms;
    paper.authorisation_no = claim.authorisation_no = SLICE("Q-1");
    paper.program_id = SLICE("SD-2");
    rig_decide_line(&rig, &paper);
    CHECK_TEXT(candidates_text(rig_decide_line(&rig, &claim)), "SD-2");
    terms.revision = 1;
    paper.program_id = SLICE("SD");
    rig_decide_line(&rig, &paper);
    CHECK_TEXT(candidates_text(rig_decide_line(&rig, &claim)), "SD-2");
    terms.revision = 3;
    rig_decide_line(&rig, &paper);
    CHECK_TEXT(candidates_text(rig_decide_line(&rig, &claim)), "SD");
    rig_close(&rig);
}

TEST(a_pre_approval_leads_to_its_program_unless_the_claim_names_one)
{
    struct rig rig = a_small_world();
    rig_put(&rig, a_program("MDF-A", INCENTIVE_MDF));
    rig_put(&rig, a_program("MDF-B", INCENTIVE_MDF));
    rig_put(&rig, a_program("DR-A", INCENTIVE_DEAL_REGISTRATION));
    rig_put(&rig, a_program("DR-B", INCENTIVE_DEAL_REGISTRATION));
    struct line paper = { .kind = KIND_MDF_PREAPPROVAL,
                          .partner_id = SLICE("V"),
                          .preapproval_no = SLICE("P-1"),
                          .program_id = SLICE("MDF-B") };
    struct line deal = { .kind = KIND_DEAL_REGISTRATION,
                         .partner_id = SLICE("V"),
                         .deal_reg_no = SLICE("D-1"),
                         .program_id = SLICE("DR-B") };
    rig_decide_line(&rig, &paper);
    rig_decide_line(&rig, &deal);
    struct line claim = a_line_of(KIND_MDF_CLAIM, "V"), won = a_line_of(KIND_DEAL_CLAIM, "V");
    claim.preapproval_no = SLICE("P-1");
    won.deal_reg_no = SLICE("D-1");
    CHECK_TEXT(candidates_text(rig_decide_line(&rig, &claim)), "MDF-B");
    claim.program_id = SLICE("MDF-A");
    CHECK_TEXT(candidates_text(rig_decide_line(&rig, &claim)), "MDF-A");
    CHECK_TEXT(candidates_text(rig_decide_line(&rig, &won)), "DR-B");
    won.program_id = SLICE("DR-A");
    CHECK_TEXT(candidates_text(rig_decide_line(&rig, &won)), "DR-B");
    rig_close(&rig);
}

TEST(a_refused_paper_leads_nowhere)
{
    struct rig rig = a_small_world();
    struct agreement terms = { .revision = 1 };
    struct line paper = a_line_of(KIND_AGREEMENT, "N"), claim = a_line_of(KIND_SHIP_DEBIT_CLAIM, "N");
    paper.agreement = &terms;
    paper.authorisation_no = claim.authorisation_no = SLICE("Q-1");
    paper.program_id = SLICE("NONE");
    CHECK_TEXT(outcome_text(rig_decide_line(&rig, &paper)), "REJECT");
    CHECK_INT(rig.row_count, 0);
    CHECK_TEXT(candidates_text(rig_decide_line(&rig, &claim)), "");
    rig_close(&rig);
}

TEST(a_section_holds_the_programs_that_may_pay_before_those_that_may_not)
{
    struct rig rig = a_small_world();
    static char ids[70][8];
    for (int i = 0; i < 70; i++) {
        struct text t = text_over(ids[i], sizeof ids[i]);
        PUT(&t, "P");
        text_put_int(&t, 100 + i);
        text_put_byte(&t, 0);
        struct program p = a_program(ids[i], INCENTIVE_VOLUME_REBATE);
        if (i < 60) p.products.include = some_texts("family:SWITCH");
        rig_put(&rig, p);
    }
    struct line l = a_line_of(KIND_POS_SALE, "N");
    struct verdict *v = rig_decide_line(&rig, &l);
    const struct classification *c = section_of(v);
    unsigned open = 0;
    for (unsigned i = 0; i < c->candidate_count; i++) open += c->candidates[i].reason_count == 0;
    CHECK_INT(c->candidate_count, 64);
    CHECK_INT(open, 12);
    CHECK_TEXT(outcome_text(v), "PASS");
    rig_close(&rig);
}

TEST(more_programs_than_a_section_holds_are_a_fault_and_no_silence)
{
    struct rig rig = a_small_world();
    static char ids[70][8];
    for (int i = 0; i < 63; i++) {
        struct text t = text_over(ids[i], sizeof ids[i]);
        PUT(&t, "P");
        text_put_int(&t, 100 + i);
        text_put_byte(&t, 0);
        rig_put(&rig, a_program(ids[i], INCENTIVE_VOLUME_REBATE));
    }
    struct line l = a_line_of(KIND_POS_SALE, "N");
    struct verdict *v = rig_decide_line(&rig, &l);
    CHECK_INT(section_of(v)->candidate_count, 64);
    CHECK_TEXT(outcome_text(v), "HOLD");
    CHECK_TEXT(verdict_text(v), "RULE_ERROR");
    CHECK_TEXT(rule_text(v, RULE_SYS_01), "FAULT");
    CHECK_INT(rule_result_of(v, RULE_SYS_01)->observed.value, 65);
    CHECK_INT(rule_result_of(v, RULE_SYS_01)->limit.value, 64);
    rig_close(&rig);
}

TEST(a_rule_in_shadow_is_recorded_and_without_effect_and_off_says_nothing)
{
    struct rig rig = a_small_world();
    struct line l = a_line_of(KIND_SHIP_DEBIT_CLAIM, "N");
    l.sold_to.role = ROLE_DISTRIBUTOR;
    rig.policy.modes[RULE_ELG_06] = RULE_MODE_SHADOW;
    struct verdict *v = rig_decide_line(&rig, &l);
    CHECK_TEXT(outcome_text(v), "PASS");
    CHECK_TEXT(candidates_text(v), "SD");
    CHECK_TEXT(rule_text(v, RULE_ELG_06), "TRUE");
    CHECK_INT(rule_result_of(v, RULE_ELG_06)->mode, RULE_MODE_SHADOW);
    rig.policy.modes[RULE_ELG_06] = RULE_MODE_OFF;
    v = rig_decide_line(&rig, &l);
    CHECK_TEXT(outcome_text(v), "PASS");
    CHECK_TEXT(rule_text(v, RULE_ELG_06), "none");
    rig_close(&rig);
}

TEST(nothing_is_refused_for_what_is_not_known)
{
    struct rig rig = a_small_world();
    rig_roles(rig_partner(&rig, "X"), "VAR MSP");
    rig_roles(rig_partner(&rig, "Y"), "");
    struct program p = a_program("SW", INCENTIVE_VOLUME_REBATE);
    p.products.include = some_texts("family:SWITCH");
    p.sold_to_roles = 1u << ROLE_VAR | 1u;
    p.has_sold_to_roles = true;
    rig_put(&rig, p);
    uint64_t seed = test_seed();
    static const char *const partners[] = { "N", "X", "Y", "NOBODY" }, *const parts[] = { "CAB-5", "CAB-55", "" };
    for (unsigned i = 0; i < 2000; i++) {
        enum kind kind = (enum kind)(1 + test_random(&seed) % (KIND_COUNT - 1));
        struct line l = a_line_of(kind, partners[test_random(&seed) % 4]);
        l.sold_to.role = ROLE_UNSPECIFIED;
        if (l.vendor_part.size) l.vendor_part = slice_from(parts[test_random(&seed) % 3]);
        bool explicit_no = kind_is_claim(kind) || kind_is_reference(kind) || kind == KIND_REPLACE;
        struct verdict *v = rig_decide_line(&rig, &l);
        bool unknown = verdict_has(v, REASON_PARTNER_UNKNOWN) || verdict_has(v, REASON_ROLE_UNKNOWN)
                       || verdict_has(v, REASON_PART_UNKNOWN);
        if (!explicit_no) CHECK(v->judgement->outcome != OUTCOME_REJECT);
        if (unknown) CHECK(v->judgement->outcome != OUTCOME_PASS && v->judgement->outcome != OUTCOME_SHORT);
        CHECK(v->judgement->outcome != OUTCOME_REJECT || v->judgement->reasons[0].outcome == OUTCOME_REJECT);
    }
    rig_close(&rig);
}

static struct line a_random_line(uint64_t *seed)
{
    static const char *const partners[] = { "N", "V", "X", "NOBODY" }, *const parts[] = { "CAB-5", "NEW", "" },
                             *const uoms[] = { "EA", "CASE", "THIRD", "NONE", "" };
    static const char *const programs[] = { "", "SD", "VR", "NONE" };
    struct line l = a_line_of((enum kind)(1 + test_random(seed) % (KIND_COUNT - 1)), partners[test_random(seed) % 4]);
    l.vendor_part = slice_from(parts[test_random(seed) % 3]);
    l.uom = slice_from(uoms[test_random(seed) % 5]);
    l.program_id = slice_from(programs[test_random(seed) % 4]);
    l.qty_milli = (int64_t)(test_random(seed) % 100000) - 20000;
    l.ship_date = 20251201 + (int32_t)(test_random(seed) % 28);
    l.replaces_kind = (enum kind)(test_random(seed) % KIND_COUNT);
    l.sold_to.role = (enum role)(test_random(seed) % ROLE_COUNT);
    l.rep_id = test_random(seed) % 2 ? SLICE("R1") : (struct slice){ 0 };
    l.authorisation_no = test_random(seed) % 2 ? SLICE("Q-1") : (struct slice){ 0 };
    l.original_invoice_no = test_random(seed) % 3 ? (struct slice){ 0 } : SLICE("INV-1");
    return l;
}

TEST(a_line_is_judged_alike_however_often_and_its_section_can_be_packed)
{
    uint64_t seed = test_seed();
    struct rig rig = a_small_world(), again = a_small_world();
    rig.policy.modes[RULE_ELG_05] = again.policy.modes[RULE_ELG_05] = RULE_MODE_ENFORCE;
    rig_roles(rig_partner(&rig, "X"), "VAR RETAILER");
    rig_roles(rig_partner(&again, "X"), "VAR RETAILER");
    for (unsigned i = 0; i < 1500; i++) {
        struct line l = a_random_line(&seed);
        struct slice first, second;
        CHECK_INT(section_encode(test_arena(), SECTION_CLASSIFICATION, rig_decide_line(&rig, &l)->section, &first), OK);
        CHECK_INT(section_encode(test_arena(), SECTION_CLASSIFICATION, rig_decide_line(&again, &l)->section, &second),
                  OK);
        CHECK_SLICE(first, second);
    }
    CHECK_INT(rig.row_count, again.row_count);
    rig_close(&rig);
    rig_close(&again);
}
