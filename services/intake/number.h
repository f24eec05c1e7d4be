/* intake/number.h: numbers as people and spreadsheets write them, made decimal text (feeds.md 7.2, domain.md 2.5).
 * Pure.
 *
 * Nothing here is a binary float; what a file does not tell (1,234) is never guessed. */
#ifndef INTAKE_NUMBER_H
#define INTAKE_NUMBER_H

#include "base/str.h"
#include "wire/mapping_profile.h"

enum { NUMBER_SENT_MAX = 64, NUMBER_TEXT_MAX = 128 };

enum number_fault { NUMBER_FINE, NUMBER_MALFORMED, NUMBER_OTHER_STYLE, NUMBER_HAS_LETTER };

struct number {
    struct slice decimal;                           /* decimal text, borrowed from the text or the buffer */
    struct slice currency;                          /* a code that stood beside it, or that of its sign */
    struct slice sign;                              /* of several currencies: `$` */
    bool         is_percent;
    char         letter;                            /* of NUMBER_HAS_LETTER */
};

/* Reads a number in a style. AUTO: decimal text is expected and handed on unchecked (decimal_parse checks it); POINT,
 * COMMA: grouping, parentheses, trailing minus, currency, percent and exponent are resolved into `buffer`. */
enum number_fault number_read(struct slice text, enum decimal_style style, char buffer[NUMBER_TEXT_MAX],
                              struct number *out);

/* The currency that a sign names alone, `US$`; empty: none, or several. */
struct slice number_currency_of_sign(struct slice text);

/* Does a sign of several currencies stand beside money of this one? `$` beside CAD does, beside EUR, which has a sign
 * of its own, it does not. */
bool number_sign_fits(struct slice sign, struct slice currency);

enum number_evidence { NUMBER_SILENT, NUMBER_SAYS_POINT, NUMBER_SAYS_COMMA, NUMBER_AMBIGUOUS };

/* What one cell tells of the decimal mark of its file. */
enum number_evidence number_evidence(struct slice text);

/* Digits with a decimal mark and an exponent: 1.23E+05. A spreadsheet's ruin of an id. */
bool number_is_exponent_form(struct slice text);

#endif
