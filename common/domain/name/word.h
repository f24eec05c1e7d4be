/* domain/name/word.h: what the word lists of screening.md 6.1 say of a folded token. */
#ifndef DOMAIN_NAME_WORD_H
#define DOMAIN_NAME_WORD_H

#include "base/str.h"

enum word_class {
    WORD_CONNECTIVE = 1, WORD_HONORIFIC = 2, WORD_TITLE = 4,
    WORD_COMMON = 8,                                /* of common_word.def or abbreviation.def */
    WORD_FILLER = 16,                               /* says nothing of what a firm does */
    WORD_PLACE = 32,                                /* a city, region or country */
    WORD_FORM = 64,                                 /* a legal form of one word */
};

enum { WORD_NICKNAME_ROWS_MAX = 4, WORD_SHORT_FORM_ROWS_MAX = 4 };

/* The classes of a token, by bits. */
unsigned word_classes(struct slice token);

/* The rows of nickname.def, known_name.def and family_name.def that hold the token, at most WORD_NICKNAME_ROWS_MAX; how
 * many. Rows count from 1. */
unsigned word_nicknames(struct slice token, uint16_t rows[WORD_NICKNAME_ROWS_MAX]);

/* The row is one of family_name.def. */
bool word_is_family_row(uint16_t row);

/* How many tokens in front are said of a vessel and are no part of its name (vessel_prefix.def). */
unsigned word_vessel_prefix(const struct slice *first, const struct slice *second);

/* The longest legal form that stands at the end of tokens, or in front of them, by its words, never all of them; 0 none
 * (legal_form.def). */
unsigned word_form_at_end(const struct slice *tokens, unsigned count);
unsigned word_form_at_front(const struct slice *tokens, unsigned count);

/* What is left of a legal form where names are cut at a width (COMPAN), or COY: folding leaves it. */
bool word_is_cut_form(struct slice token);

/* The row of a short form that stays (COMM, TECH); rows count from 1, 0 none. */
unsigned word_short_form(struct slice token);

/* The rows among whose words the token is, at most WORD_SHORT_FORM_ROWS_MAX; how many. */
unsigned word_of_short_forms(struct slice token, uint8_t rows[WORD_SHORT_FORM_ROWS_MAX]);

/* The row of synonym.def that holds the token; rows count from 1, 0 none. */
unsigned word_synonym(struct slice token);

/* The number of a Roman numeral II … XX as digits, of FIRST … TENTH as 1ST … 10TH; empty for other tokens, X, XI and
 * single letters. */
struct slice word_numeral(struct slice token);

/* The numeral of such digits, empty when there is none. */
struct slice word_numeral_of(struct slice digits);

/* Many firms, or families, go by the word: alone it names none (shared_word.def). */
bool word_is_shared(struct slice token);

/* NO, NR or NUMBER, as it stands before digits. */
bool word_says_number(struct slice token);

/* IMO or MMSI, whose digits after them identify a vessel and name none. */
bool word_says_identity(struct slice token);

enum word_generation { WORD_GENERATION_NONE, WORD_GENERATION_JUNIOR, WORD_GENERATION_SENIOR };

/* What JR and SR say of a person after the name. */
enum word_generation word_generation(struct slice token);

enum word_gender { WORD_MASCULINE, WORD_FEMININE };

/* True when the token ends as a patronymic does; *stem is what stands before the ending, two letters or more. */
bool word_patronymic(struct slice token, struct slice *stem, enum word_gender *gender);

/* One row of patronymic_stem.def holds words with which the two stems begin. */
bool word_stems_are_one(struct slice a, struct slice b);

/* True when two words of a FORWARDER's trade stand in a text of that many tokens (AGR-07, forwarder_word.def). */
bool word_names_forwarder(const struct slice *tokens, unsigned count);

/* The ISO 3166-1 alpha-2 code of a country's English name, as folding leaves it (country_name.def); empty when
 * unknown. */
struct slice word_country(struct slice folded_name);

#endif
