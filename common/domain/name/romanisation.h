/* domain/name/romanisation.h: one name that several systems of romanisation write with other letters. The page compares
 * by skeletons alone (screening.md 6.3 step 2); this finds what they miss. */
#ifndef DOMAIN_NAME_ROMANISATION_H
#define DOMAIN_NAME_ROMANISATION_H

#include "base/str.h"

/* Who reads: English and French letters; German, Polish and ISO 9; Turkish and Persian. CH, C, J, DH, TH are other
 * sounds to each. */
enum romanisation_reader { ROMANISATION_WEST, ROMANISATION_EAST, ROMANISATION_SOUTH, ROMANISATION_READERS };

/* How a token of A–Z sounds to each reader, hashed: consonants by class, one mark for each run of vowels. 0 where fewer
 * than three consonants are left. */
void romanisation_sounds(struct slice token, uint32_t sounds[ROMANISATION_READERS]);

/* How many syllables of Pinyin a token is, 0 when it is none, and the hash of what Wade-Giles makes of them. */
unsigned romanisation_pinyin(struct slice token, uint32_t *wade_giles);

enum { ROMANISATION_READINGS_MAX = 24 };

/* Hashes of what a token of one to three syllables, as Hong Kong writes them, is in Pinyin; how many, 0 when it is none
 * such. */
unsigned romanisation_cantonese(struct slice token, uint32_t readings[ROMANISATION_READINGS_MAX]);

#endif
