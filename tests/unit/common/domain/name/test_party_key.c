/* The key under which a party is known: screening.md 6.2. */
#include "domain/name/party_key.h"

#include "support/table.h"

static struct party a_party(const struct table *t)
{
    return (struct party){ .id_type = cell(t, "type"), .id = cell(t, "id"), .name = cell(t, "name"),
                           .postal_code = cell(t, "postal"), .country = cell(t, "country") };
}

TEST(makes_a_key_from_the_id_or_from_the_name)
{
    struct table t = TABLE(
        "type    id           name                 postal    country | key",
        "-       c-alder      Alder Works          10115     DE      | C-ALDER",
        "92      c-alder      -                    -         -       | C-ALDER",
        "91      c-alder      -                    -         -       | C-ALDER",
        "1       123456789    Alder Works          10115     DE      | 1:123456789",
        "DUNS    123456789    -                    -         -       | 1:123456789",
        "duns    123456789    -                    -         -       | 1:123456789",
        "ul      4012345      -                    -         -       | UL:4012345",
        "GLN     4012345      -                    -         -       | UL:4012345",
        "ZZ      x9           -                    -         -       | ZZ:X9",
        "-       -            Works Alder GmbH     10115     de      | NAME:ALDER WORKS/10115/DE",
        "-       -            Alder Works          -         -       | NAME:ALDER WORKS//",
        "-       -            Алдер                sw1a 1aa  GB      | NAME:ALDER/SW1A 1AA/GB",
        "-       -            -                    10115     DE      | -");
    while (table_next(&t)) {
        struct party p = a_party(&t);
        CHECK_CELL(&t, "key", party_key(test_arena(), &p));
    }
}

TEST(of_several_ids_the_partners_own_wins)
{
    struct party_id ids[] = { { SLICE("1"), SLICE("123") },
                              { SLICE(""), SLICE("P") },
                              { SLICE("91"), SLICE("S") },
                              { SLICE("92"), SLICE("B") } };
    CHECK_INT(party_id_choose(test_arena(), ids, 4), 3);
    CHECK_INT(party_id_choose(test_arena(), ids, 3), 2);
    CHECK_INT(party_id_choose(test_arena(), ids, 2), 1);
    CHECK_INT(party_id_choose(test_arena(), ids, 1), 0);
    ids[1] = (struct party_id){ SLICE("DUNS"), SLICE("456") };
    CHECK_INT(party_id_choose(test_arena(), ids, 2), 0);
}

TEST(an_agreement_names_a_customer_by_key_by_id_or_by_name_and_country)
{
    struct table t = TABLE(
        "key      type  id       name           country  line_key     line_name          line_country | matches",
        "C-ALDER  -     -        -              -        C-ALDER      Alder Works        DE           | yes",
        "c-alder  -     -        -              -        C-ALDER      Alder Works        DE           | yes",
        "92:K1    -     -        -              -        K1           Alder Works        DE           | yes",
        "TAX:123  -     -        -              -        FI:123       Alder Works        DE           | yes",
        "92:K1    -     -        -              -        K2           Alder Works        DE           | no",
        "C-ALDER  -     -        Birch Works    DE       C-BIRCH      Birch Works        DE           | no",
        "-        1     123      -              -        1:123        -                  -            | yes",
        "-        DUNS  123      -              -        1:123        -                  -            | yes",
        "-        1     123      -              -        123          -                  -            | no",
        "-        -     -        Alder Works    DE       C-ALDER      Works Alder GmbH   de           | yes",
        "-        -     -        Alder Works    DE       C-ALDER      Alder Works        AT           | no",
        "-        -     -        Alder Works    DE       C-ALDER      Alder Work         DE           | no",
        "-        -     9        Alder Works    DE       C-ALDER      Alder Works        DE           | no",
        "-        -     -        !!             DE       C-ALDER      !!                 DE           | no",
        "-        -     -        -              -        -            -                  -            | no");
    while (table_next(&t)) {
        struct party customer = { .key = cell(&t, "key"),
                                  .id_type = cell(&t, "type"),
                                  .id = cell(&t, "id"),
                                  .name = cell(&t, "name"),
                                  .country = cell(&t, "country") };
        struct party of_line = { .key = cell(&t, "line_key"),
                                 .name = cell(&t, "line_name"),
                                 .country = cell(&t, "line_country") };
        CHECK_CELL(&t, "matches", party_is_customer(test_arena(), &customer, &of_line) ? SLICE("yes") : SLICE("no"));
    }
}

TEST(a_customer_whose_key_was_made_of_its_name_still_matches_by_name)
{
    struct party customer = { .key = SLICE("NAME:ALDER WORKS/10115/DE"),
                              .name = SLICE("Alder Works"),
                              .postal_code = SLICE("10115"),
                              .country = SLICE("DE") };
    struct party of_line = { .key = SLICE("NAME:ALDER WORKS/10999/DE"),
                             .name = SLICE("ALDER WORKS AG"),
                             .country = SLICE("DE") };
    CHECK(party_is_customer(test_arena(), &customer, &of_line));
}
