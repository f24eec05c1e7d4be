/* intake/workbook_number.h: fractions as spreadsheets store them, and the formats that make them dates or pad them
 * (feeds.md 7.4). */
#ifndef INTAKE_WORKBOOK_NUMBER_H
#define INTAKE_WORKBOOK_NUMBER_H

#include "base/str.h"

enum { WORKBOOK_NUMBER_MAX = 64 };

/* The shortest decimal that reads back to the same double as the text, without exponent: 1.1000000000000001 is 1.1.
 * 9.001234567E9, as Java writes whole numbers, is 9001234567. Whole numbers and what is no number come back as they
 * are, what has more digits than a double in exponent form (with the sign of its exponent). */
struct slice workbook_number_shortest(struct slice text, char buffer[WORKBOOK_NUMBER_MAX]);

enum workbook_format { WORKBOOK_FORMAT_PLAIN, WORKBOOK_FORMAT_DATE, WORKBOOK_FORMAT_ZEROS };

/* What a number format makes of a number: 00000 pads to `*digits`. */
enum workbook_format workbook_format_of(struct slice code, unsigned *digits);

/* The same for the formats that have a number and no code. */
enum workbook_format workbook_format_builtin(unsigned id);

#endif
