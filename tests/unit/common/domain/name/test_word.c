/* Word lists are in order, or halving would miss their words. */
#include "domain/name/word.h"

#include "support/test.h"

static void check_order(const char *const *words, unsigned count)
{
    for (unsigned i = 1; i < count; i++) CHECK(slice_compare(slice_from(words[i - 1]), slice_from(words[i])) < 0);
    CHECK(count > 0);
}

#define ORDERED(name) check_order(name, sizeof name / sizeof name[0])

static const char *const connectives[] = {
#define CONNECTIVE(word) word,
#include "domain/name/connective.def"
};
static const char *const honorifics[] = {
#define HONORIFIC(word) word,
#include "domain/name/honorific.def"
};
static const char *const titles[] = {
#define TITLE(word) word,
#include "domain/name/title.def"
};
static const char *const common_words[] = {
#define COMMON_WORD(word) word,
#include "domain/name/common_word.def"
};
static const char *const forwarder_words[] = {
#define FORWARDER_WORD(word) word,
#include "domain/name/forwarder_word.def"
};
static const char *const countries[] = {
#define COUNTRY_NAME(name, code) name,
#include "domain/name/country_name.def"
};
static const char *const number_words[] = {
#define NUMBER_WORD(word, digits) word,
#include "domain/name/number_word.def"
};
static const char *const abbreviations[] = {
#define ABBREVIATION(short, word) short,
#define SHORT_FORM(short, words) short,
#include "domain/name/abbreviation.def"
};

TEST(word_lists_are_in_bytewise_order)
{
    ORDERED(connectives);
    ORDERED(honorifics);
    ORDERED(titles);
    ORDERED(common_words);
    ORDERED(forwarder_words);
    ORDERED(countries);
    ORDERED(number_words);
    ORDERED(abbreviations);
}

TEST(every_word_is_found_in_its_list)
{
    for (unsigned i = 0; i < sizeof connectives / sizeof connectives[0]; i++) CHECK(word_classes(slice_from(connectives[i])) & WORD_CONNECTIVE);
    for (unsigned i = 0; i < sizeof honorifics / sizeof honorifics[0]; i++) CHECK(word_classes(slice_from(honorifics[i])) & WORD_HONORIFIC);
    for (unsigned i = 0; i < sizeof titles / sizeof titles[0]; i++) CHECK(word_classes(slice_from(titles[i])) & WORD_TITLE);
    for (unsigned i = 0; i < sizeof common_words / sizeof common_words[0]; i++) CHECK(word_classes(slice_from(common_words[i])) & WORD_COMMON);
    for (unsigned i = 0; i < sizeof countries / sizeof countries[0]; i++) CHECK_INT(word_country(slice_from(countries[i])).size, 2);
    CHECK_INT(word_classes(SLICE("DORVANIK")), 0);
    CHECK_INT(word_country(SLICE("NARNIA")).size, 0);
}

TEST(two_words_of_the_trade_make_a_forwarder)
{
    struct slice two[] = { SLICE("KESTREL"), SLICE("FREIGHT"), SLICE("FORWARDING") }, one[] = { SLICE("KESTREL"), SLICE("FREIGHT") };
    CHECK(word_names_forwarder(two, 3));
    CHECK(!word_names_forwarder(one, 2));
}

TEST(stems_of_one_name_in_two_languages_are_one)
{
    CHECK(word_stems_are_one(SLICE("NIKOLA"), SLICE("MYKOLAY")));
    CHECK(word_stems_are_one(SLICE("SERGE"), SLICE("SERHIY")));
    CHECK(!word_stems_are_one(SLICE("IVAN"), SLICE("OLEG")));
    CHECK(!word_stems_are_one(SLICE("NIKOLA"), SLICE("SERHIY")));
}
