/* intake/workbook_number.h: fractions as spreadsheets store them (feeds.md 7.4). */
#ifndef INTAKE_WORKBOOK_NUMBER_H
#define INTAKE_WORKBOOK_NUMBER_H

#include "base/str.h"

enum { WORKBOOK_NUMBER_MAX = 64 };

/* The shortest decimal that reads back to the same double as the text, without exponent: 1.1000000000000001 is 1.1.
 * 9.001234567E9, as Java writes whole numbers, is 9001234567. Whole numbers and what is no number come back as they
 * are, what has more digits than a double in exponent form (with the sign of its exponent). */
struct slice workbook_number_shortest(struct slice text, char buffer[WORKBOOK_NUMBER_MAX]);

#endif
