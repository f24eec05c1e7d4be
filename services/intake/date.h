/* intake/date.h: dates as people and spreadsheets write them (feeds.md 7.2). Pure: receipt brings the only clock. */
#ifndef INTAKE_DATE_H
#define INTAKE_DATE_H

#include "base/str.h"
#include "wire/mapping_profile.h"

enum { DATE_SENT_MAX = 40, DATE_1904_BEHIND = 1462 };       /* days from one epoch of serials to the other */

/* How a reader's dates are written. AUTO: no order is known, so m/d/y and d/m/y are not read. */
struct date_dialect {
    enum date_style order;
    bool            is_plain;                       /* JSON, X12: yyyy-mm-dd, yyyymmdd, ISO 8601 with a time */
    bool            is_1904;                        /* serials of a workbook of that epoch */
    int32_t         received;                       /* yyyymmdd: two-digit years are 80 back, 19 ahead of it */
};

/* The civil date; false when the text is none of 1990 to 2099. Times after a date are ignored. */
bool date_read(struct slice text, const struct date_dialect *dialect, int32_t *date);

enum date_evidence { DATE_SILENT, DATE_SAYS_DMY, DATE_SAYS_MDY, DATE_AMBIGUOUS };

/* What one cell tells of the order of day and month in its file. */
enum date_evidence date_evidence(struct slice text);

/* 3.4.2026: with points the day stands first, whatever the order of the file; 3/3/2026: day and month are the same. */
bool date_needs_no_order(struct slice text);

/* 12-Mar, 3/12/2026: a part number that a spreadsheet may have made a date of. */
bool date_is_look_alike(struct slice text);

#endif
