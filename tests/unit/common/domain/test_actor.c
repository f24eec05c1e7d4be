/* Two ids of one person, and what is no id. */
#include "domain/actor.h"

#include "support/table.h"

TEST(one_person_is_the_same_however_the_id_is_typed)
{
    struct table t = TABLE(
        "one            other           same",
        "anna           anna            yes",
        "anna           ANNA            yes",
        "anna           aNna            yes",
        "anna           anna2           no",
        "anna           ann             no",
        "anna.b         anna-b          no",
        "jörg           JÖRG            yes",
        "jörg           jorg            no",
        "straße         STRASSE         yes",
        "ΣΊΣΥΦΟΣ        σίσυφος         yes",
        "анна           АННА            yes",
        "анна           анне            no",
        "ﬃx             FFIX            yes",               /* one letter that is three */
        "ﬃ              ffia            no",
        "김민수         김민수          yes");
    while (table_next(&t)) {
        CHECK_CELL(&t, "same", actor_is_same(cell(&t, "one"), cell(&t, "other")) ? SLICE("yes") : SLICE("no"));
        CHECK_CELL(&t, "same", actor_is_same(cell(&t, "other"), cell(&t, "one")) ? SLICE("yes") : SLICE("no"));
    }
}

TEST(outer_blanks_runs_of_blanks_and_how_an_accent_is_written_tell_nobody_apart)
{
    CHECK(actor_is_same(SLICE(" anna "), SLICE("Anna")));
    CHECK(actor_is_same(SLICE("anna \xC2\xA0 berg"), SLICE("Anna Berg")));
    CHECK(!actor_is_same(SLICE("annaberg"), SLICE("anna berg")));
    CHECK(actor_is_same(SLICE("j\xC3\xB6rg"), SLICE("JO\xCC\x88RG")));
    CHECK(actor_is_same(SLICE(""), SLICE("  ")) && !actor_is_same(SLICE(""), SLICE("a")));
    CHECK(!actor_is_same(SLICE("a\0b"), SLICE("a")) && !actor_is_same(SLICE("a"), SLICE("a\0b")));
}

TEST(an_id_names_somebody_when_it_is_printable_ascii_with_a_letter_or_digit)
{
    CHECK(actor_is_named(SLICE("anna")) && actor_is_named(SLICE("7")) && actor_is_named(SLICE("Anna Berg")));
    CHECK(actor_is_named(SLICE("anna.berg+claims@example.com")) && actor_is_named(SLICE("CORP\\anna-b_2")));
    CHECK(!actor_is_named(SLICE("")) && !actor_is_named(SLICE("  ")) && !actor_is_named(SLICE("-._@")));
    CHECK(!actor_is_named(SLICE("a b\nc")) && !actor_is_named(SLICE("a\tb")) && !actor_is_named(SLICE("a\x7F")));
    CHECK(!actor_is_named(SLICE("a\0b")) && !actor_is_named(SLICE("a\xFF")));
}

/* Each of them looks like anna or joins it unseen. */
TEST(an_id_that_only_looks_like_anothers_names_nobody)
{
    static const char *const alike[] = {
        "\xD0\xB0nna",                                      /* Cyrillic a */
        "\xEF\xBD\x81\xEF\xBD\x8E\xEF\xBD\x8E\xEF\xBD\x81", /* full width */
        "a\xCC\x81nna",                                     /* combining accent */
        "\xC3\xA1nna",                                      /* composed accent */
        "an\xE2\x80\x8Bna",                                 /* zero-width space */
        "anna\xE2\x80\x8D",                                 /* zero-width joiner */
        "\xE2\x80\xAE" "anna",                             /* right to left */
        "anna\xC2\xA0",                                     /* no-break space */
        "an\xC2\xADna",                                     /* soft hyphen */
        "\xEF\xBB\xBF" "anna",                             /* byte order mark */
        "\xF0\x9D\x96\xBA\xF0\x9D\x97\x87\xF0\x9D\x97\x87\xF0\x9D\x96\xBA", /* mathematical letters */
        "\xC9\x91nna",                                      /* Latin alpha */
    };
    for (unsigned i = 0; i < sizeof alike / sizeof alike[0]; i++) CHECK(!actor_is_named(slice_from(alike[i])));
}
