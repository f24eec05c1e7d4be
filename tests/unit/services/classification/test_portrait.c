/* tests/unit/services/classification/test_portrait.c: who a partner is, in words. */
#include "classification/portrait.h"
#include "rig.h"

static struct portrait portrait_of(struct rig *rig, const struct partner *p, int32_t date)
{
    struct book_codec codecs[CLASSIFICATION_TABLE_COUNT];
    struct books books;
    struct portrait x;
    for (unsigned i = 0; i < CLASSIFICATION_TABLE_COUNT; i++) codecs[i] = classification_stage.tables[i].codec;
    books_init(&books, test_arena(), codecs, CLASSIFICATION_TABLE_COUNT);
    for (;;) {
        x = portrait_read(&books, rig->catalogue, p, date, &rig->policy);
        if (books.missed == 0) return x;
        for (unsigned i = 0; i < books.row_count; i++) books_supply(books.rows[i], rig_stored(rig, books.rows[i]));
        books_restart(&books);
    }
}

TEST(a_partner_is_described_with_what_it_may_earn)
{
    struct rig rig = a_small_world();
    rig.policy.modes[RULE_ELG_05] = RULE_MODE_ENFORCE;
    rig.partners[0].name = SLICE("Northgate Distribution");
    struct line l = a_line_of(KIND_POS_SALE, "N");
    for (unsigned i = 0; i < 300; i++) rig_decide_line(&rig, &l);
    struct portrait x = portrait_of(&rig, &rig.partners[0], 20260408);
    struct text t = text_in(test_arena(), 2048);
    portrait_put(&t, &x);
    CHECK_TEXT(text_slice(&t),
        "N Northgate Distribution is DISTRIBUTOR on 2026-04-08\n"
        "  behaves like    DISTRIBUTOR, 65.9 %; too little to say so; evidence 18.8 points\n"
        "  because it      sells mostly to resellers (100 %, 300 lines)  +18.8\n"
        "  drift           NONE, judged 2026-04; 14.2 % for what it declares\n"
        "  may earn        SHIP_DEBIT, VOLUME_REBATE, PRICE_PROTECTION, STOCK_ROTATION, LOGISTICS\n"
        "  if enrolled     MDF\n"
        "  never           SPIFF, DEAL_REGISTRATION\n");
    rig_close(&rig);
}

TEST(a_partner_without_evidence_is_what_it_declares)
{
    struct rig rig = a_small_world();
    struct partner *site = rig_partner(&rig, "V-2");
    site->root_id = SLICE("V");
    site->name = SLICE("Alder South");
    site->regions = some_texts("US-SOUTH US");
    struct enrolment enrolments[] = { { .program_id = SLICE("SD"), .valid_to = 20260630 },
                                      { .incentive = INCENTIVE_MDF },
                                      { .incentive = INCENTIVE_SPIFF, .valid_from = 20270101 } };
    site->enrolments = enrolments;
    site->enrolment_count = 3;
    struct portrait x = portrait_of(&rig, site, 20260408);
    struct text t = text_in(test_arena(), 2048);
    portrait_put(&t, &x);
    CHECK(slice_starts_with(
        text_slice(&t),
        SLICE("V-2 Alder South of V is no role on 2026-04-08\n  behaves like    nothing yet: no evidence\n")));
    t = text_in(test_arena(), 2048);
    portrait_put_profile(&t, &x);
    CHECK_TEXT(text_slice(&t),
        "V-2 Alder South of V is no role on 2026-04-08\n"
        "  status          ACTIVE\n"
        "  country         US\n"
        "  regions         US-SOUTH, US\n"
        "  price list      PL\n"
        "  payee           PAYEE\n"
        "  enrolled in     SD until 2026-06-30\n"
        "                  MDF\n"
        "  revision        7\n");
    rig_close(&rig);
}
