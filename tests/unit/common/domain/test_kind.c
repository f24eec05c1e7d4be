/* The sets of kinds (domain.md 3.1, 3.2), each by the letters of the page. */
#include "domain/kind.h"

#include "support/table.h"

static struct slice letters_of(bool (*is_in)(enum kind kind))
{
    struct text t = text_in(test_arena(), KIND_COUNT);
    for (unsigned k = KIND_UNSPECIFIED + 1; k < KIND_COUNT; k++)
        if (is_in((enum kind)k)) text_put_byte(&t, kind_letter((enum kind)k));
    return text_slice(&t);
}

TEST(sets_of_kinds_are_those_of_the_page)
{
    CHECK_TEXT(letters_of(kind_is_claim), "DMPGWO");
    CHECK_TEXT(letters_of(kind_is_automatic), "SRI");
    CHECK_TEXT(letters_of(kind_is_reference), "----");
    CHECK_TEXT(letters_of(kind_is_replaceable), "SDMPGI");
    CHECK_TEXT(letters_of(kind_is_operator), "FKAZYE");
    CHECK_TEXT(letters_of(kind_has_goods), "SRDPGWOITTJV");
}

TEST(a_kind_is_found_by_its_name)
{
    for (unsigned k = KIND_UNSPECIFIED + 1; k < KIND_COUNT; k++)
        CHECK_INT(kind_find(kind_name((enum kind)k)), k);
    CHECK_INT(kind_find(SLICE("pos_sale")), KIND_UNSPECIFIED);
    CHECK_INT(kind_find(SLICE("")), KIND_UNSPECIFIED);
}
