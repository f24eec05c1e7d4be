/* tests/unit/services/classification/test_role.c: the eight steps of domain.md 1.4. */
#include "classification/role.h"
#include "rig.h"

/* A span: ROLE, ROLE@location, ROLE#agreement, ROLE<yyyymmdd (ended that day). */
static struct role_span a_span(struct slice text)
{
    struct role_span span = { 0 };
    size_t end = 0;
    while (end < text.size && !memchr("@#<", text.bytes[end], 3)) end++;
    span.role = (enum role)word_find(VOCABULARY_ROLE, slice_head(text, end));
    ASSERT(span.role != ROLE_UNSPECIFIED);
    if (end == text.size) return span;
    struct slice *value = ARENA_NEW(test_arena(), struct slice);
    uint64_t date;
    *value = slice_skip(text, end + 1);
    if (text.bytes[end] == '@') span.locations = (struct texts){ value, 1 };
    if (text.bytes[end] == '#') span.agreements = (struct texts){ value, 1 };
    if (text.bytes[end] == '<' && slice_to_uint(*value, 20991231, &date)) span.valid_to = (int32_t)date;
    return span;
}

static void give_spans(struct partner *p, struct slice words)
{
    struct role_span *spans = ARENA_ARRAY(test_arena(), 8, struct role_span);
    while (words.bytes && words.size) spans[p->role_count++] = a_span(slice_cut(&words, ' '));
    p->roles = spans;
}

TEST(the_roles_of_partners_are_the_first_to_the_last_of_them_and_no_customers)
{
    struct table t = TABLE("role         | partner", "DISTRIBUTOR  | 1", "RETAILER     | 1", "CONSULTANT   | 1",
                           "END_USER     | 0", "GOVERNMENT   | 0", "-            | 0");
    while (table_next(&t)) {
        enum role role = (enum role)word_find(VOCABULARY_ROLE, cell(&t, "role"));
        CHECK_CELL_INT(&t, "partner", role_is_partner(role));
    }
}

TEST(each_step_decides_what_the_steps_before_it_leave_open)
{
    struct rig rig = rig_open();
    struct table t = TABLE("held                               kind               agreement  deal  location  sold_to   "
                           "   | role         step",
                           "-                                  POS_SALE           -          -     -         VAR       "
                           "   | -            1",
                           "VAR<20260302                       POS_SALE           -          -     -         VAR       "
                           "   | -            1",
                           "VAR<20260303                       POS_SALE           -          -     -         VAR       "
                           "   | VAR          2",
                           "VAR VAR                            POS_SALE           -          -     -         END_USER  "
                           "   | VAR          2",
                           "MSP<20260302 VAR                   POS_SALE           -          -     -         -         "
                           "   | VAR          2",
                           "DISTRIBUTOR#Q-1 VAR                SHIP_DEBIT_CLAIM   Q-1        -     -         END_USER  "
                           "   | DISTRIBUTOR  3",
                           "DISTRIBUTOR VAR#D-1                POS_SALE           -          D-1   -         VAR       "
                           "   | VAR          3",
                           "DISTRIBUTOR#Q-1 VAR#Q-1            POS_SALE           Q-1        -     -         VAR       "
                           "   | DISTRIBUTOR  6",
                           "DISTRIBUTOR#Q-1 VAR@SHOP           POS_SALE           Q-1        -     SHOP      END_USER  "
                           "   | DISTRIBUTOR  3",
                           "DISTRIBUTOR VAR@SHOP               POS_SALE           Q-1        -     SHOP      VAR       "
                           "   | VAR          4",
                           "DISTRIBUTOR VAR                    SHIP_DEBIT_CLAIM   -          -     -         END_USER  "
                           "   | DISTRIBUTOR  5",
                           "VAR MSP                            SHIP_DEBIT_CLAIM   -          -     -         END_USER  "
                           "   | VAR          5",
                           "DISTRIBUTOR VAR                    SPIFF_CLAIM        -          -     -         VAR       "
                           "   | VAR          5",
                           "DISTRIBUTOR VAR                    MDF_CLAIM          -          -     -         -         "
                           "   | VAR          5",
                           "DISTRIBUTOR AGENT                  MDF_CLAIM          -          -     -         -         "
                           "   | -            8",
                           "VAR MSP                            DEAL_CLAIM         -          -     -         END_USER  "
                           "   | VAR          6",
                           "DISTRIBUTOR VAR                    DEAL_REGISTRATION  -          -     -         -         "
                           "   | VAR          5",
                           "VAR DISTRIBUTOR                    POS_SALE           -          -     -         MSP       "
                           "   | DISTRIBUTOR  6",
                           "DISTRIBUTOR VAR                    POS_SALE           -          -     -         END_USER  "
                           "   | VAR          6",
                           "DISTRIBUTOR MSP VAR                POS_SALE           -          -     -         END_USER  "
                           "   | MSP          6",
                           "VAR MSP                            POS_SALE           -          -     -         VAR       "
                           "   | -            8",
                           "DISTRIBUTOR VAR                    POS_SALE           -          -     -         "
                           "GOVERNMENT   | -            8",
                           "DISTRIBUTOR VAR                    POS_SALE           -          -     -         -         "
                           "   | -            8",
                           "VAR DISTRIBUTOR                    SELL_IN            -          -     -         -         "
                           "   | DISTRIBUTOR  7",
                           "RETAILER VAR                       SELL_IN            -          -     -         -         "
                           "   | RETAILER     7");
    while (table_next(&t)) {
        struct partner p = { .country = SLICE("US") };
        struct line l = a_line_of(kind_find(cell(&t, "kind")), "N");
        l.authorisation_no = cell(&t, "agreement");
        l.deal_reg_no = cell(&t, "deal");
        l.location_id = cell(&t, "location");
        give_spans(&p, cell(&t, "held"));
        enum incentive incentive =
            l.kind == KIND_DEAL_REGISTRATION ? INCENTIVE_DEAL_REGISTRATION : kind_incentive(l.kind);
        struct role_question q = { .partner = &p,
                                   .line = &l,
                                   .kind = l.kind,
                                   .incentive = incentive,
                                   .line_date = 20260303,
                                   .sold_to_role = (enum role)word_find(VOCABULARY_ROLE, cell(&t, "sold_to")),
                                   .matrix = catalogue_matrix(rig.catalogue, 20260303) };
        struct role_answer answer = role_on_line(&q);
        CHECK_CELL(&t, "role", word_text(VOCABULARY_ROLE, answer.role));
        CHECK_CELL_INT(&t, "step", answer.step);
    }
    rig_close(&rig);
}

TEST(a_line_that_must_have_one_role_waits_for_it_or_is_held)
{
    struct rig rig = a_small_world();
    struct table t = TABLE(
        "held             kind              | outcome  reasons         waits_on",
        "-                POS_SALE          | PARK     ROLE_UNKNOWN    partner:X",
        "VAR MSP          POS_SALE          | HOLD     ROLE_AMBIGUOUS  review",
        "-                POS_RETURN        | PASS     -               -",
        "-                CANCEL            | PASS     -               -",
        "-                INVENTORY         | PASS     -               -",
        "-                REP_ROSTER        | PASS     -               -",
        "-                FUND_ADJUSTMENT   | PASS     -               -");
    struct partner *p = rig_partner(&rig, "X");
    while (table_next(&t)) {
        struct line l = a_line_of(kind_find(cell(&t, "kind")), "X");
        p->role_count = 0;
        give_spans(p, cell(&t, "held"));
        struct verdict *v = rig_decide_line(&rig, &l);
        CHECK_CELL(&t, "outcome", outcome_text(v));
        CHECK_CELL(&t, "reasons", verdict_text(v));
        CHECK_CELL(&t, "waits_on", v->judgement->waiting.on);
        CHECK_INT(section_of(v)->role, ROLE_UNSPECIFIED);
    }
    rig_close(&rig);
}

TEST(a_person_assigns_the_role_that_no_step_could_tell)
{
    struct rig rig = a_small_world();
    rig_roles(rig_partner(&rig, "X"), "VAR MSP");
    struct line l = a_line_of(KIND_POS_SALE, "X");
    struct review_effect review = { .verb = VERB_ASSIGN_ROLE, .role = ROLE_MSP, .sequence = 3 };
    rig.review = &review;
    struct verdict *v = rig_decide_line(&rig, &l);
    CHECK_TEXT(outcome_text(v), "PASS");
    CHECK_INT(section_of(v)->role, ROLE_MSP);
    CHECK_INT(section_of(v)->role_step, ROLE_STEP_AMBIGUOUS);
    CHECK_INT(v->judgement->review_sequence, 3);
    rig_close(&rig);
}

TEST(a_release_does_not_stand_in_for_a_missing_role)
{
    struct rig rig = a_small_world();
    rig_roles(rig_partner(&rig, "X"), "VAR MSP");
    struct line l = a_line_of(KIND_POS_SALE, "X");
    struct verdict *held = rig_decide_line(&rig, &l);
    struct review_effect review = { .verb = VERB_RELEASE, .sequence = 1, .reviewed = held->judgement };
    rig.review = &review;
    CHECK_TEXT(verdict_text(rig_decide_line(&rig, &l)), "ROLE_AMBIGUOUS");
    rig_close(&rig);
}
