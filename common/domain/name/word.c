/* domain/name/word.c: the word lists, each sorted in its file and searched by halves. */
#include "domain/name/word.h"

#include "base/assert.h"

#define COUNT(array) (unsigned)(sizeof(array) / sizeof((array)[0]))

static const struct slice connectives[] = {
#define CONNECTIVE(word) SLICE_INIT(word),
#include "domain/name/connective.def"
#undef CONNECTIVE
};

static const struct slice honorifics[] = {
#define HONORIFIC(word) SLICE_INIT(word),
#include "domain/name/honorific.def"
#undef HONORIFIC
};

static const struct slice titles[] = {
#define TITLE(word) SLICE_INIT(word),
#include "domain/name/title.def"
#undef TITLE
};

static const struct slice common_words[] = {
#define COMMON_WORD(word) SLICE_INIT(word),
#include "domain/name/common_word.def"
#undef COMMON_WORD
};

static const struct slice forwarder_words[] = {
#define FORWARDER_WORD(word) SLICE_INIT(word),
#include "domain/name/forwarder_word.def"
#undef FORWARDER_WORD
};

/* A word and what it stands for; sorted by word. */
struct word_pair { struct slice word, other; };

static const struct word_pair countries[] = {
#define COUNTRY_NAME(name, code) { SLICE_INIT(name), SLICE_INIT(code) },
#include "domain/name/country_name.def"
#undef COUNTRY_NAME
};

/* Short forms that stay; their row is the place here + 1. */
static const struct word_pair short_forms[] = {
#define ABBREVIATION(short, word)
#define SHORT_FORM(short, words) { SLICE_INIT(short), SLICE_INIT(words) },
#include "domain/name/abbreviation.def"
#undef ABBREVIATION
#undef SHORT_FORM
};

/* Words that folding has put in place of their short forms. */
static const struct slice spelled_out[] = {
#define ABBREVIATION(short, word) SLICE_INIT(word),
#define SHORT_FORM(short, words)
#include "domain/name/abbreviation.def"
#undef ABBREVIATION
#undef SHORT_FORM
};

static const struct slice nickname_rows[] = {
#define NICKNAME(names) SLICE_INIT(names),
#include "domain/name/nickname.def"
#undef NICKNAME
};

static const struct slice stem_rows[] = {
#define PATRONYMIC_STEM(words) SLICE_INIT(words),
#include "domain/name/patronymic_stem.def"
#undef PATRONYMIC_STEM
};

_Static_assert(COUNT(nickname_rows) < 256 && COUNT(short_forms) < 256, "rows are kept in a byte");

static bool is_in(const struct slice *sorted, unsigned count, struct slice word)
{
    unsigned low = 0, high = count;
    while (low < high) {
        unsigned middle = (low + high) / 2;
        int order = slice_compare(word, sorted[middle]);
        if (order == 0) return true;
        if (order < 0) high = middle;
        else low = middle + 1;
    }
    return false;
}

static const struct word_pair *pair_of(const struct word_pair *sorted, unsigned count, struct slice word)
{
    unsigned low = 0, high = count;
    while (low < high) {
        unsigned middle = (low + high) / 2;
        int order = slice_compare(word, sorted[middle].word);
        if (order == 0) return &sorted[middle];
        if (order < 0) high = middle;
        else low = middle + 1;
    }
    return NULL;
}

static bool has_word(struct slice words, struct slice word)
{
    while (words.bytes)
        if (slice_equal(slice_cut(&words, ' '), word)) return true;
    return false;
}

static bool is_spelled_out(struct slice token)
{
    for (unsigned i = 0; i < COUNT(spelled_out); i++)
        if (slice_equal(spelled_out[i], token)) return true;
    return false;
}

unsigned word_classes(struct slice token)
{
    unsigned classes = 0;
    bool is_common = is_in(common_words, COUNT(common_words), token) || is_spelled_out(token) || word_short_form(token)
                  || word_of_short_form(token);
    if (is_in(connectives, COUNT(connectives), token)) classes |= WORD_CONNECTIVE;
    if (is_in(honorifics, COUNT(honorifics), token)) classes |= WORD_HONORIFIC;
    if (is_in(titles, COUNT(titles), token)) classes |= WORD_TITLE;
    return is_common ? classes | WORD_COMMON : classes;
}

unsigned word_nicknames(struct slice token, uint8_t rows[WORD_NICKNAME_ROWS_MAX])
{
    unsigned count = 0;
    for (unsigned i = 0; i < COUNT(nickname_rows) && count < WORD_NICKNAME_ROWS_MAX; i++)
        if (has_word(nickname_rows[i], token)) rows[count++] = (uint8_t)(i + 1);
    return count;
}

unsigned word_short_form(struct slice token)
{
    const struct word_pair *row = pair_of(short_forms, COUNT(short_forms), token);
    return row ? (unsigned)(row - short_forms) + 1 : 0;
}

unsigned word_of_short_form(struct slice token)
{
    for (unsigned i = 0; i < COUNT(short_forms); i++)
        if (has_word(short_forms[i].other, token)) return i + 1;
    return 0;
}

struct slice word_short_form_words(unsigned row)
{
    ASSERT(row >= 1 && row <= COUNT(short_forms));
    return short_forms[row - 1].other;
}

static const struct word_pair numerals[] = {
    { SLICE_INIT("II"), SLICE_INIT("2") },     { SLICE_INIT("III"), SLICE_INIT("3") },    { SLICE_INIT("IV"), SLICE_INIT("4") },
    { SLICE_INIT("IX"), SLICE_INIT("9") },     { SLICE_INIT("VI"), SLICE_INIT("6") },     { SLICE_INIT("VII"), SLICE_INIT("7") },
    { SLICE_INIT("VIII"), SLICE_INIT("8") },   { SLICE_INIT("XII"), SLICE_INIT("12") },   { SLICE_INIT("XIII"), SLICE_INIT("13") },
    { SLICE_INIT("XIV"), SLICE_INIT("14") },   { SLICE_INIT("XIX"), SLICE_INIT("19") },   { SLICE_INIT("XV"), SLICE_INIT("15") },
    { SLICE_INIT("XVI"), SLICE_INIT("16") },   { SLICE_INIT("XVII"), SLICE_INIT("17") },  { SLICE_INIT("XVIII"), SLICE_INIT("18") },
    { SLICE_INIT("XX"), SLICE_INIT("20") },
};

struct slice word_numeral(struct slice token)
{
    const struct word_pair *pair = pair_of(numerals, COUNT(numerals), token);
    return pair ? pair->other : SLICE("");
}

struct slice word_numeral_of(struct slice digits)
{
    for (unsigned i = 0; i < COUNT(numerals); i++)
        if (slice_equal(numerals[i].other, digits)) return numerals[i].word;
    return SLICE("");
}

/* Longer endings before those they end with. */
static const struct { struct slice ending; enum word_gender gender; } patronymic_endings[] = {
    { SLICE_INIT("YEVITCH"), WORD_MASCULINE }, { SLICE_INIT("YEVICH"), WORD_MASCULINE },  { SLICE_INIT("YEVYCH"), WORD_MASCULINE },
    { SLICE_INIT("OVITCH"), WORD_MASCULINE },  { SLICE_INIT("OVICH"), WORD_MASCULINE },   { SLICE_INIT("OVYCH"), WORD_MASCULINE },
    { SLICE_INIT("EVITCH"), WORD_MASCULINE },  { SLICE_INIT("EVICH"), WORD_MASCULINE },   { SLICE_INIT("EVYCH"), WORD_MASCULINE },
    { SLICE_INIT("YEVNA"), WORD_FEMININE },    { SLICE_INIT("YIVNA"), WORD_FEMININE },    { SLICE_INIT("OVNA"), WORD_FEMININE },
    { SLICE_INIT("EVNA"), WORD_FEMININE },     { SLICE_INIT("IVNA"), WORD_FEMININE },
};

bool word_patronymic(struct slice token, struct slice *stem, enum word_gender *gender)
{
    for (unsigned i = 0; i < COUNT(patronymic_endings); i++) {
        struct slice ending = patronymic_endings[i].ending;
        if (token.size < ending.size + 2 || !slice_ends_with(token, ending)) continue;
        *stem = slice_head(token, token.size - ending.size);
        *gender = patronymic_endings[i].gender;
        return true;
    }
    return false;
}

static bool begins_with_a_word_of(struct slice row, struct slice stem)
{
    while (row.bytes)
        if (slice_starts_with(stem, slice_cut(&row, ' '))) return true;
    return false;
}

bool word_stems_are_one(struct slice a, struct slice b)
{
    for (unsigned i = 0; i < COUNT(stem_rows); i++)
        if (begins_with_a_word_of(stem_rows[i], a) && begins_with_a_word_of(stem_rows[i], b)) return true;
    return false;
}

bool word_names_forwarder(const struct slice *tokens, unsigned count)
{
    unsigned found = 0;
    for (unsigned i = 0; i < count; i++) found += is_in(forwarder_words, COUNT(forwarder_words), tokens[i]);
    return found >= 2;
}

struct slice word_country(struct slice folded_name)
{
    const struct word_pair *pair = pair_of(countries, COUNT(countries), folded_name);
    return pair ? pair->other : SLICE("");
}
