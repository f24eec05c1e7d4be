#include "intake/draft.h"
#include "support/test.h"

static struct draft_cell sent(const char *text)
{
    return (struct draft_cell){ .text = slice_from(text) };
}

TEST(every_slot_has_a_name_of_its_own)
{
    for (enum slot slot = SLOT_NONE + 1; slot < SLOT_COUNT; slot++) {
        bool is_party = slot < SLOT_FIELDS_END && line_fields[slot - 1].type == FIELD_TYPE_PARTY;
        CHECK(slot_name(slot).size > 0);
        CHECK_INT(slot_find(slot_name(slot)), is_party ? slot_of_party(slot, PARTY_PART_name) : slot);
    }
    CHECK_INT(slot_find(SLICE("end_customer.postal_code")), SLOT_end_customer_postal_code);
    CHECK_INT(slot_find(SLICE("qty")), SLOT_qty_milli);
    CHECK_INT(slot_find(SLICE("nothing")), SLOT_NONE);
}

TEST(a_part_of_a_party_knows_its_party)
{
    CHECK_INT(slot_of_party(SLOT_ship_to, PARTY_PART_city), SLOT_ship_to_city);
    CHECK_INT(slot_party(SLOT_vendor_birth_year), SLOT_vendor);
    CHECK_INT(slot_party(SLOT_qty_milli), SLOT_NONE);
}

TEST(numbers_and_dates_are_told_from_other_slots)
{
    CHECK(slot_is_number(SLOT_qty_milli) && slot_is_number(SLOT_reference_amount_limit) && !slot_is_number(SLOT_gtin));
    CHECK(slot_is_date(SLOT_ship_date) && slot_is_date(SLOT_reference_valid_to) && !slot_is_date(SLOT_kind));
}

TEST(a_slot_keeps_what_came_first_and_takes_no_empty_text)
{
    static struct draft d;
    draft_reset(&d);
    CHECK(draft_put(&d, SLOT_invoice_no, sent("")));
    CHECK(draft_put(&d, SLOT_invoice_no, sent(" \xc2\xa0\n")));                  /* blanks of any kind */
    CHECK(draft_put(&d, SLOT_invoice_no, sent("\xe2\x80\xae\xe2\x80\x8b")));     /* format characters alone */
    CHECK(!draft_has(&d, SLOT_invoice_no));
    CHECK(draft_put(&d, SLOT_invoice_no, sent("A-1")));
    CHECK(!draft_put(&d, SLOT_invoice_no, sent("B-2")));
    CHECK_TEXT(draft_text(&d, SLOT_invoice_no), "A-1");
    draft_reset(&d);
    CHECK(!draft_has(&d, SLOT_invoice_no));
}

TEST(of_several_ids_of_a_party_the_partners_own_wins)
{
    static struct draft d;
    draft_reset(&d);
    draft_put_party_id(&d, SLOT_sold_to, SLICE("1"), sent("081446207"));
    draft_put_party_id(&d, SLOT_sold_to, SLICE("UL"), sent("4000000000006"));
    CHECK_TEXT(draft_text(&d, SLOT_sold_to_id), "081446207");
    draft_put_party_id(&d, SLOT_sold_to, (struct slice){ 0 }, sent("C-44"));
    CHECK_TEXT(draft_text(&d, SLOT_sold_to_id), "C-44");
    CHECK(!draft_has(&d, SLOT_sold_to_id_type));
    draft_put_party_id(&d, SLOT_sold_to, SLICE("92"), sent("S-9"));
    draft_put_party_id(&d, SLOT_sold_to, SLICE("91"), sent("B-8"));
    CHECK_TEXT(draft_text(&d, SLOT_sold_to_id), "S-9");
    CHECK_TEXT(draft_text(&d, SLOT_sold_to_id_type), "92");
}

TEST(a_list_grows_to_its_bound_and_counts_the_rest)
{
    struct draft_list list = { 0 };
    for (unsigned i = 0; i < 12; i++) draft_add(test_arena(), &list, 10, sent("x"));
    CHECK_INT(list.count, 12);
    CHECK_INT(list.capacity, 10);
    CHECK_TEXT(list.items[9].text, "x");
}

TEST(the_sixty_fifth_extra_is_not_taken)
{
    static struct draft d;
    draft_reset(&d);
    for (unsigned i = 0; i < EXTRAS_MAX; i++) CHECK(draft_add_extra(&d, SLICE("n"), sent("v")));
    CHECK(!draft_add_extra(&d, SLICE("n"), sent("v")));
}
