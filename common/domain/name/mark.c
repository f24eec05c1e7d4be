/* domain/name/mark.c: what stands in a name and is no part of it, and what a name is as a whole. */
#include "domain/name/mark.h"

enum { ACRONYM_LETTERS_MIN = 3, BRAND_LETTERS_MIN = 6 };

/* MV in front of KESTREL is no part of the name; in front of TRADING it is. */
static void mark_vessel_prefix(struct name_form *f)
{
    unsigned count = f->is_thing && f->count > 1 ? word_vessel_prefix(&f->tokens[0].text, &f->tokens[1].text) : 0;
    bool has_proper_word = false;
    for (unsigned i = count; i < f->count; i++) has_proper_word |= f->tokens[i].classes == 0 && !f->tokens[i].has_digit;
    for (unsigned i = 0; i < f->count; i++) {
        f->tokens[i].is_prefix = i < count && has_proper_word;
        if (f->tokens[i].is_prefix) f->tokens[i].weight = COMPARE_WEIGHT_HONORIFIC;
    }
}

/* The initials of all other words but joining ones, in order: IBM in INTERNATIONAL BUSINESS MACHINES (IBM). */
static bool are_initials_of_the_rest(const struct name_form *f, unsigned at)
{
    struct slice letters = f->tokens[at].text;
    unsigned next = 0;
    for (unsigned i = 0; i < f->count; i++) {
        if (i == at || similarity_is_particle(&f->tokens[i])) continue;
        if (next >= letters.size || f->tokens[i].text.bytes[0] != letters.bytes[next++]) return false;
    }
    return next == letters.size && next >= ACRONYM_LETTERS_MIN;
}

/* PLANT NO 17 is PLANT 17, and OCEAN LARK (IMO 9012345) is OCEAN LARK. */
static void mark_number_word(struct name_form *f)
{
    for (unsigned i = 0; i + 1 < f->count; i++) {
        bool is_identity = word_says_identity(f->tokens[i].text);
        if (!f->tokens[i + 1].has_digit || !(is_identity || word_says_number(f->tokens[i].text))) continue;
        for (unsigned at = i; at <= i + is_identity; at++) {
            f->tokens[at].is_prefix = true;
            f->tokens[at].weight = COMPARE_WEIGHT_HONORIFIC;
        }
    }
}

/* What a name says twice is no part of it either. */
static void mark_acronym(struct name_form *f)
{
    for (unsigned i = 0; f->is_thing && i < f->count; i++) {
        if (!are_initials_of_the_rest(f, i)) continue;
        f->tokens[i].is_prefix = true;
        f->tokens[i].weight = COMPARE_WEIGHT_HONORIFIC;
    }
}

/* LI XIAOMING: nothing but syllables, and a family name that is known. */
static bool is_chinese(const struct name_form *f)
{
    bool has_family_name = false;
    for (unsigned i = 0; i < f->count; i++) {
        if (!f->tokens[i].syllables) return false;
        for (unsigned n = 0; n < f->tokens[i].nickname_count; n++)
            has_family_name |= word_is_family_row(f->tokens[i].nicknames[n]);
    }
    return has_family_name && !f->is_thing;
}

/* VANTESSA, but not ORION, MILLER or PETR, by which many go. */
static bool may_be_brand(const struct name_token *t)
{
    bool is_long = t->text.size >= BRAND_LETTERS_MIN && !t->nickname_count && !t->is_prefix;
    return is_long && similarity_is_own_word(t) && !word_is_shared(t->text);
}

static bool is_brand(const struct name_form *f)
{
    unsigned brands = 0;
    for (unsigned i = 0; i < f->count; i++) {
        if (f->tokens[i].is_prefix || similarity_is_particle(&f->tokens[i])) continue;
        if (!may_be_brand(&f->tokens[i])) return false;
        brands++;
    }
    return brands == 1;
}

void mark_words(struct name_form *f)
{
    mark_vessel_prefix(f);
    mark_number_word(f);
    mark_acronym(f);
    f->is_brand = is_brand(f);
    f->is_chinese = is_chinese(f);
}
