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

TEST(an_id_names_somebody_when_it_has_letters_and_no_controls)
{
    CHECK(actor_is_named(SLICE("anna")) && actor_is_named(SLICE("j\xC3\xB6rg")) && actor_is_named(SLICE("7")));
    CHECK(!actor_is_named(SLICE("")) && !actor_is_named(SLICE("  ")) && !actor_is_named(SLICE("\xC2\xA0\xE3\x80\x80")));
    CHECK(!actor_is_named(SLICE("a b\nc")) && !actor_is_named(SLICE("a\tb")) && !actor_is_named(SLICE("a\x7F")));
    CHECK(!actor_is_named(SLICE("a\xC2\x85")) && !actor_is_named(SLICE("a\xE2\x80\xA8" "b")));
    CHECK(!actor_is_named(SLICE("a\xFF")));
}
