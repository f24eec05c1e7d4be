/* Countries as files write them. */
#include "intake/country.h"
#include "support/test.h"

static const struct { const char *text, *code; } rows[] = {
    { "DE", "DE" },          { "de", "DE" },            { " gb ", "GB" },         { "XK", "XK" },
    { "USA", "US" },         { "Gbr", "GB" },           { "840", "US" },          { "004", "AF" },
    { "UK", "GB" },          { "Germany", "DE" },       { "Deutschland", "DE" },  { "Österreich", "AT" },
    { "ESPAÑA", "ES" },      { "Côte d'Ivoire", "CI" }, { "Pays-Bas", "NL" },     { "United States of America", "US" },
    { "États-Unis", "US" },  { "U.S.A.", "US" },        { "Royaume-Uni", "GB" },  { "Korea, Republic of", "KR" },
    { "XX", "" },            { "XQZ", "" },             { "999", "" },            { "40", "" },
    { "North", "" },         { "", "" },                { "Germany East", "" },   { "\xff\xfe", "" },
};

TEST(a_country_is_understood_by_its_codes_and_names_and_nothing_else)
{
    struct arena *a = test_arena();
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        CHECK_SLICE(country_of(a, slice_from(rows[i].text)), slice_from(rows[i].code));
}

TEST(each_country_is_itself_by_each_of_its_codes)
{
    static const struct { const char *two, *three, *number; } all[] = {
#define COUNTRY(two, three, number) { two, three, number },
#include "intake/country.def"
#undef COUNTRY
    };
    struct arena *a = test_arena();
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
        CHECK_SLICE(country_of(a, slice_from(all[i].two)), slice_from(all[i].two));
        CHECK_SLICE(country_of(a, slice_from(all[i].three)), slice_from(all[i].two));
        if (all[i].number[0]) CHECK_SLICE(country_of(a, slice_from(all[i].number)), slice_from(all[i].two));
    }
}

TEST(a_word_of_another_language_means_a_country_that_is_known)
{
    static const struct { const char *name, *code; } all[] = {
#define COUNTRY_WORD(name, code) { name, code },
#include "intake/country_word.def"
#undef COUNTRY_WORD
    };
    struct arena *a = test_arena();
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
        CHECK_SLICE(country_of(a, slice_from(all[i].name)), slice_from(all[i].code));
        CHECK_SLICE(country_of(a, slice_from(all[i].code)), slice_from(all[i].code));
    }
}
