/* intake/workbook_format.h: what a number format makes of the number in a cell (feeds.md 7.4): a date, leading zeros, a
 * percentage, an id with signs between its digits; and the currency that it shows beside an amount. Pure. */
#ifndef INTAKE_WORKBOOK_FORMAT_H
#define INTAKE_WORKBOOK_FORMAT_H

#include "base/str.h"

enum workbook_format {
    WORKBOOK_FORMAT_PLAIN,
    WORKBOOK_FORMAT_DATE,
    WORKBOOK_FORMAT_ZEROS,                          /* 00000 */
    WORKBOOK_FORMAT_PERCENT,
    WORKBOOK_FORMAT_SIGNS,                          /* "INV-"00000, 000\-0000: digits with signs around them */
};

/* What the first section, that of positive numbers, makes of a number: 00000 pads to `*digits`. */
enum workbook_format workbook_format_of(struct slice code, unsigned *digits);

/* The same for the formats that have a number and no code. */
enum workbook_format workbook_format_builtin(unsigned id);

/* The code of ISO 4217 that the format shows beside the number; empty: none, or a sign that several have without the
 * country that would tell whose it is. */
struct slice workbook_format_currency(struct slice code);

/* A whole number as a format of SIGNS prints it; empty when it does not fit. */
struct slice workbook_format_print(struct slice code, struct slice digits, char *buffer, size_t size);

#endif
