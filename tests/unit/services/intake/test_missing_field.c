/* What who sent a line without a field is told to do, in the words of his format (feeds.md 12). */
#include "intake/missing_field.h"
#include "support/test.h"

static struct slice told(bool is_text, const char *icn, const char *name)
{
    struct draft *d = ARENA_NEW(test_arena(), struct draft);
    d->sign_names_kind = is_text;
    d->icn = slice_from(icn);
    return missing_field_how(test_arena(), d, slice_from(name));
}

TEST(a_missing_field_is_asked_for_in_the_words_of_its_format)
{
    static const struct { bool is_text; const char *icn, *name, *how; } cases[] = {
        { true, "", "qty",
          "in a column Quantity, or name yours under text.columns of your profile (field qty)" },
        { true, "", "ship_date",
          "in a column Ship Date or Invoice Date, or name yours under text.columns of your profile (field ship_date)" },
        { false, "", "qty", "as the member qty" },
        { false, "", "vendor_part", "as the member vendor_part, partner_part or gtin" },
        { false, "", "kind", "as the member kind (POS_SALE, POS_RETURN …)" },
        { false, "", "lines.line_no", "as the member line_no of each object of lines" },
        { true, "000004711", "qty", "as QTY02, with 39 in QTY01 for what was sold" },
        { true, "000004711", "lines.line_no", "as PAD01" },
        { true, "000004711", "claim_id", "in a segment that x12.maps of your profile names for it" },
        { false, "", "claim_id", "as the member claim_id" },
    };
    for (unsigned k = 0; k < sizeof cases / sizeof *cases; k++)
        CHECK_SLICE(told(cases[k].is_text, cases[k].icn, cases[k].name), slice_from(cases[k].how));
}
