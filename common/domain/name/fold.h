/* domain/name/fold.h: a name as upper-case ASCII tokens (screening.md 6.1), the form in which names are keyed and
 * compared.
 *
 * Folding needs no locale and no library: its table is generated at build time by generate_fold.py. */
#ifndef DOMAIN_NAME_FOLD_H
#define DOMAIN_NAME_FOLD_H

#include "base/str.h"

enum {
    FOLD_TOKENS_MAX = 16, FOLD_TOKEN_BYTES_MAX = 40, FOLD_LETTERS_OF_BYTE = 3,
    FOLDING_VERSION = 15,                           /* raised by every change of the rules or of a word list of 6 */
};

struct fold {
    struct slice tokens[FOLD_TOKENS_MAX];           /* A–Z, 0–9; in the arena or static */
    unsigned     count;
    uint16_t     spelt;                             /* a bit for each token of two letters written apart: D. I., D.I. */
    unsigned     family_count;                      /* leading tokens that stood before the comma (fold_family_first) */
    bool         was_company;                       /* COMPANY, CORPORATION, CO or CORP was taken off its end */
    bool         may_be_whole;                      /* all that was taken off may be family names or initials: SA, CO, AB */
    bool         is_cut;                            /* tokens or letters beyond the bounds were left out */
};

/* The tokens of a text; none when nothing of it is a letter or a digit. Malformed UTF-8 separates. */
void fold_text(struct arena *a, struct slice text, struct fold *out);

/* The same for a name written family name first: tokens before its first comma are counted in family_count. */
void fold_family_first(struct arena *a, struct slice text, struct fold *out);

/* Letters and digits alone, without tokens and their short forms (steps 1–3 of 6.1), in the arena: the form of a number
 * that people type. What exceeds FOLD_LETTERS_OF_BYTE letters for each byte of the text is cut. */
struct slice fold_letters(struct arena *a, struct slice text);

/* Takes legal forms off the end and, some of them, off the front (legal_form.def); the last token always stays. A form
 * of two letters may be a person's name (JOAO SA) or two initials that folding joined (TKACHEV A. B.). */
void fold_strip_legal_form(struct fold *f);

/* The tokens in bytewise order, in *out. */
void fold_sort(const struct fold *f, struct fold *out);

/* Tokens joined by blanks, in the arena. */
struct slice fold_join(struct arena *a, const struct fold *f);

/* Same tokens in the same order. */
bool fold_equal(const struct fold *a, const struct fold *b);

/* A hash of a folded text, for tables and quick comparison. */
uint32_t fold_hash(struct slice text);

#endif
