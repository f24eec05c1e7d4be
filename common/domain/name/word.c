/* domain/name/word.c: what the word lists say of a token: one table of all of them, made at build time, and short lists
 * that are searched by halves. */
#include "domain/name/word.h"

#include "base/assert.h"

enum { CUT_FORM_LETTERS_MIN = 4 };

#define COUNT(array) (unsigned)(sizeof(array) / sizeof((array)[0]))

struct form_range { uint16_t first, count; };           /* of legal forms, the longest first */

/* All that the lists of generate_words.py say of a word. */
struct word_row {
    struct slice      word;
    uint8_t           classes, short_form, synonym, of_short_form_count, nickname_count;
    uint8_t           of_short_forms[WORD_SHORT_FORM_ROWS_MAX];
    uint16_t          nicknames[WORD_NICKNAME_ROWS_MAX];
    struct form_range last_of, first_of;                /* those that it ends, or begins */
};

#include "domain/name/word_table.h"

static const struct slice forwarder_words[] = {
#define FORWARDER_WORD(word) SLICE_INIT(word),
#include "domain/name/forwarder_word.def"
#undef FORWARDER_WORD
};

static const struct slice shared_words[] = {
#define SHARED_WORD(word) SLICE_INIT(word),
#include "domain/name/shared_word.def"
#undef SHARED_WORD
};

static const struct slice vessel_prefixes[] = {
#define VESSEL_PREFIX(words) SLICE_INIT(words),
#include "domain/name/vessel_prefix.def"
#undef VESSEL_PREFIX
};

/* A word and what it stands for; sorted by word. */
struct word_pair { struct slice word, other; };

static const struct word_pair countries[] = {
#define COUNTRY_NAME(name, code) { SLICE_INIT(name), SLICE_INIT(code) },
#include "domain/name/country_name.def"
#undef COUNTRY_NAME
};

/* Rows of short forms that stay. */
enum {
#define ABBREVIATION(short, word)
#define SHORT_FORM(short, words) +1
    SHORT_FORM_COUNT = 0
#include "domain/name/abbreviation.def"
#undef ABBREVIATION
#undef SHORT_FORM
};

static const struct slice stem_rows[] = {
#define PATRONYMIC_STEM(words) SLICE_INIT(words),
#include "domain/name/patronymic_stem.def"
#undef PATRONYMIC_STEM
};

_Static_assert(SHORT_FORM_COUNT < 256 && COUNT(word_rows) < UINT16_MAX,
               "rows are kept in a byte, their places in two");

/* As generate_words.py hashes. */
static const struct word_row *row_of(struct slice token)
{
    static const struct word_row none;
    uint32_t hash = 2166136261u;
    for (size_t i = 0; i < token.size; i++) hash = (hash ^ (uint8_t)token.bytes[i]) * 16777619u;
    for (unsigned at = (hash ^ hash >> 15) % WORD_SLOTS; word_slots[at]; at = (at + 1) % WORD_SLOTS)
        if (slice_equal(word_rows[word_slots[at] - 1].word, token)) return &word_rows[word_slots[at] - 1];
    return &none;
}

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

unsigned word_classes(struct slice token)
{
    return row_of(token)->classes;
}

unsigned word_nicknames(struct slice token, uint16_t rows[WORD_NICKNAME_ROWS_MAX])
{
    const struct word_row *row = row_of(token);
    memcpy(rows, row->nicknames, row->nickname_count * sizeof *rows);
    return row->nickname_count;
}

bool word_is_family_row(uint16_t row)
{
    return row >= FAMILY_ROW_FIRST;
}

bool word_is_cut_form(struct slice token)
{
    static const struct slice forms[] = { SLICE_INIT("COMPANY"), SLICE_INIT("LIMITED"), SLICE_INIT("CORPORATION"),
                                          SLICE_INIT("INCORPORATED"), SLICE_INIT("COY") };
    for (unsigned i = 0; i < COUNT(forms); i++)
        if (slice_equal(forms[i], token) || (token.size >= CUT_FORM_LETTERS_MIN && slice_starts_with(forms[i], token)))
            return true;
    return false;
}

unsigned word_short_form(struct slice token)
{
    return row_of(token)->short_form;
}

unsigned word_of_short_forms(struct slice token, uint8_t rows[WORD_SHORT_FORM_ROWS_MAX])
{
    const struct word_row *row = row_of(token);
    memcpy(rows, row->of_short_forms, row->of_short_form_count);
    return row->of_short_form_count;
}

unsigned word_synonym(struct slice token)
{
    return row_of(token)->synonym;
}

/* Roman numerals, and numbers that say a place. */
static const struct word_pair numerals[] = {
    { SLICE_INIT("EIGHTH"), SLICE_INIT("8TH") }, { SLICE_INIT("FIFTH"), SLICE_INIT("5TH") },
    { SLICE_INIT("FIRST"), SLICE_INIT("1ST") }, { SLICE_INIT("FOURTH"), SLICE_INIT("4TH") },
    { SLICE_INIT("II"), SLICE_INIT("2") }, { SLICE_INIT("III"), SLICE_INIT("3") },
    { SLICE_INIT("IV"), SLICE_INIT("4") }, { SLICE_INIT("IX"), SLICE_INIT("9") },
    { SLICE_INIT("NINTH"), SLICE_INIT("9TH") }, { SLICE_INIT("SECOND"), SLICE_INIT("2ND") },
    { SLICE_INIT("SEVENTH"), SLICE_INIT("7TH") }, { SLICE_INIT("SIXTH"), SLICE_INIT("6TH") },
    { SLICE_INIT("TENTH"), SLICE_INIT("10TH") }, { SLICE_INIT("THIRD"), SLICE_INIT("3RD") },
    { SLICE_INIT("VI"), SLICE_INIT("6") }, { SLICE_INIT("VII"), SLICE_INIT("7") },
    { SLICE_INIT("VIII"), SLICE_INIT("8") }, { SLICE_INIT("XII"), SLICE_INIT("12") },
    { SLICE_INIT("XIII"), SLICE_INIT("13") }, { SLICE_INIT("XIV"), SLICE_INIT("14") },
    { SLICE_INIT("XIX"), SLICE_INIT("19") }, { SLICE_INIT("XV"), SLICE_INIT("15") },
    { SLICE_INIT("XVI"), SLICE_INIT("16") }, { SLICE_INIT("XVII"), SLICE_INIT("17") },
    { SLICE_INIT("XVIII"), SLICE_INIT("18") }, { SLICE_INIT("XX"), SLICE_INIT("20") },
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

bool word_is_shared(struct slice token)
{
    return is_in(shared_words, COUNT(shared_words), token);
}

bool word_says_number(struct slice token)
{
    static const struct slice words[] = { SLICE_INIT("NO"), SLICE_INIT("NR"), SLICE_INIT("NUM"), SLICE_INIT("NUMBER") };
    for (unsigned i = 0; i < COUNT(words); i++)
        if (slice_equal(words[i], token)) return true;
    return false;
}

bool word_says_identity(struct slice token)
{
    return slice_equal(token, SLICE("IMO")) || slice_equal(token, SLICE("MMSI"));
}

enum word_generation word_generation(struct slice token)
{
    static const struct { struct slice word; enum word_generation generation;
    } words[] = {
        { SLICE_INIT("JR"), WORD_GENERATION_JUNIOR },     { SLICE_INIT("JNR"), WORD_GENERATION_JUNIOR },
        { SLICE_INIT("JUNIOR"), WORD_GENERATION_JUNIOR }, { SLICE_INIT("SR"), WORD_GENERATION_SENIOR },
        { SLICE_INIT("SNR"), WORD_GENERATION_SENIOR },    { SLICE_INIT("SENIOR"), WORD_GENERATION_SENIOR },
    };
    for (unsigned i = 0; i < COUNT(words); i++)
        if (slice_equal(words[i].word, token)) return words[i].generation;
    return WORD_GENERATION_NONE;
}

/* Longer endings before those they end with. */
static const struct { struct slice ending; enum word_gender gender;
} patronymic_endings[] = {
    { SLICE_INIT("YEVITCH"), WORD_MASCULINE }, { SLICE_INIT("YEVICH"), WORD_MASCULINE },
    { SLICE_INIT("YEVYCH"), WORD_MASCULINE },  { SLICE_INIT("OVITCH"), WORD_MASCULINE },
    { SLICE_INIT("OVICH"), WORD_MASCULINE },   { SLICE_INIT("OVYCH"), WORD_MASCULINE },
    { SLICE_INIT("EVITCH"), WORD_MASCULINE },  { SLICE_INIT("EVICH"), WORD_MASCULINE },
    { SLICE_INIT("EVYCH"), WORD_MASCULINE },   { SLICE_INIT("YEVNA"), WORD_FEMININE },
    { SLICE_INIT("YIVNA"), WORD_FEMININE },    { SLICE_INIT("OVNA"), WORD_FEMININE },
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

unsigned word_vessel_prefix(const struct slice *first, const struct slice *second)
{
    for (unsigned i = 0; i < COUNT(vessel_prefixes); i++) {
        struct slice rest = vessel_prefixes[i];
        if (!slice_equal(slice_cut(&rest, ' '), *first)) continue;
        if (!rest.size) return 1;
        if (second && slice_equal(rest, *second)) return 2;
    }
    return 0;
}

static unsigned words_in(struct slice text)
{
    unsigned count = 1;
    for (size_t i = 0; i < text.size; i++) count += text.bytes[i] == ' ';
    return count;
}

static bool is_spelled(const struct slice *tokens, struct slice words)
{
    for (unsigned i = 0; words.bytes; i++)
        if (!slice_equal(tokens[i], slice_cut(&words, ' '))) return false;
    return true;
}

unsigned word_form_at_end(const struct slice *tokens, unsigned count)
{
    const struct form_range forms = row_of(tokens[count - 1])->last_of;
    for (unsigned i = forms.first; i < forms.first + forms.count; i++) {
        unsigned words = words_in(forms_at_end[i]);
        if (words < count && is_spelled(tokens + count - words, forms_at_end[i])) return words;
    }
    return 0;
}

unsigned word_form_at_front(const struct slice *tokens, unsigned count)
{
    const struct form_range forms = row_of(tokens[0])->first_of;
    for (unsigned i = forms.first; i < forms.first + forms.count; i++) {
        unsigned words = words_in(forms_at_front[i]);
        if (words < count && is_spelled(tokens, forms_at_front[i])) return words;
    }
    return 0;
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
