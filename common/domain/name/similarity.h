/* domain/name/similarity.h: how alike two tokens are, 0 … 10 000 (screening.md 6.3 steps 2 and 3). Integers only; every
 * division is truncated. */
#ifndef DOMAIN_NAME_SIMILARITY_H
#define DOMAIN_NAME_SIMILARITY_H

#include "base/str.h"
#include "domain/name/fold.h"
#include "domain/name/romanisation.h"
#include "domain/name/word.h"

enum {
    SIMILARITY_EQUAL = 10000,
    SIMILARITY_SPELLING = 9000,
    SIMILARITY_SKELETON = 8500,
    SIMILARITY_WORD = 9000,
    SIMILARITY_SLIP_MIN = 8000,
    SIMILARITY_INITIAL = 8500,
    SIMILARITY_ACRONYM = 8500,
    SIMILARITY_JOINED = 9000,
    SIMILARITY_JOINED_SKELETON_MIN = 5,
    SIMILARITY_CUT_LETTERS_MIN = 4,
    SIMILARITY_SOUND_LETTERS_MIN = 4,
    SIMILARITY_ACRONYM_LETTERS_MAX = 5,
    SIMILARITY_TOKEN_BYTES_MAX = 2 * FOLD_TOKEN_BYTES_MAX, /* two joined */
};

/* A token with all that comparing needs; made once, compared often. */
struct name_token {
    struct slice text, spelling, skeleton;
    uint32_t     letters;                           /* which of A–Z occur */
    uint32_t     hash, spelling_hash, skeleton_hash;
    uint32_t     wade_giles;                        /* hash of the same syllables in Wade-Giles, 0 none */
    uint32_t     sounds[ROMANISATION_READERS];      /* 0: too short to tell, or not asked for */
    int32_t      weight;                            /* thousandths; by compare.h */
    uint16_t     initials;                          /* of two names joined; 0: it is none such. By compare.h */
    struct slice numeral;                           /* digits of a Roman numeral or of FIRST, else empty */
    uint16_t     nicknames[WORD_NICKNAME_ROWS_MAX];
    uint8_t      nickname_count;
    uint8_t      of_short_forms[WORD_SHORT_FORM_ROWS_MAX];
    uint8_t      of_short_form_count;
    uint8_t      short_form, synonym;               /* rows of abbreviation.def and synonym.def, 0 none */
    uint8_t      classes;                           /* enum word_class */
    uint8_t      syllables;                         /* of Pinyin, 0: it is none */
    uint8_t      reading_count;
    const uint32_t *readings;                       /* hashes of the same syllables in Pinyin, when it is Cantonese */
    bool         has_digit, has_no_vowel;
    bool         are_consonants;                    /* no vowel, or none after a first A */
    bool         is_family;                         /* a listed family name */
    bool         is_prefix;                         /* of a vessel's name. By compare.h */
};

/* Fills all but weight, is_family and sounds. Spelling and skeleton lie in the arena; `text` is kept. */
void similarity_prepare(struct arena *a, struct slice text, struct name_token *out);

/* Fills sounds, of a prepared token that is a proper word. */
void similarity_listen(struct name_token *t);

/* Two names of persons that are no slip of each other and no other way to write it: as long, two consonants
 * or more of them others, or Pinyin keeps apart what Wade-Giles writes alike (PING, BING). */
bool similarity_are_two_names(const struct name_token *a, const struct name_token *b, bool are_chinese);

/* Two given names in Pinyin: other syllables, and more than a slip apart where they have several. */
bool similarity_are_two_syllables(const struct name_token *a, const struct name_token *b);

/* Edit distance in which an exchange of neighbours is one step; beyond `limit` it answers limit + 1. */
unsigned similarity_distance(struct slice a, struct slice b, unsigned limit);

/* Step 3 of two tokens that are no patronymics. `nicknames_meet`: neither name is an organisation's, vessel's,
 * aircraft's. */
int32_t similarity_of(const struct name_token *a, const struct name_token *b, bool nicknames_meet);

/* Two forms of one given name, by nickname.def. */
bool similarity_share_a_row(const struct name_token *a, const struct name_token *b);

/* Whether letters stand for two words that are joined: P D for Petr Dorvan, and for Petr D as well. */
bool similarity_are_initials(const struct name_token *joined, const struct name_token *letters);

/* A single letter and a longer word that begins with it. */
bool similarity_is_initial(const struct name_token *a, const struct name_token *b);

/* A short token that may stand for a longer word. */
bool similarity_may_abbreviate(const struct name_token *t);

/* WTR for WATER, PAC for PACIFIC: the beginning, or consonants in order, of a known word of trades or places. */
bool similarity_is_abbreviation(const struct name_token *a, const struct name_token *word);

/* Two neighbours of one side, joined, against one token of the other; equal skeletons of so many letters make them
 * alike. */
int32_t similarity_of_joined(const struct name_token *joined, const struct name_token *one, size_t skeleton_min);

/* AND, AL, DE LA. */
static inline bool similarity_is_particle(const struct name_token *t)
{
    return t->classes & WORD_CONNECTIVE;
}

/* No common word, and no number, which has a rule of its own. */
static inline bool similarity_is_proper(const struct name_token *t)
{
    return t->classes == 0 && !t->has_digit;
}

/* No word of a language, of which a list knows, and no number either. */
static inline bool similarity_is_own_word(const struct name_token *t)
{
    return similarity_is_proper(t) && !t->synonym && !t->numeral.size;
}

/* Equal text, told by hash first. */
static inline bool similarity_is_equal(const struct name_token *a, const struct name_token *b)
{
    return a->hash == b->hash && slice_equal(a->text, b->text);
}

#endif
