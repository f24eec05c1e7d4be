/* intake/format.h: what a document is, by its bytes and never by its name (feeds.md 7.1). Pure. */
#ifndef INTAKE_FORMAT_H
#define INTAKE_FORMAT_H

#include "intake/issue.h"

enum format { FORMAT_TEXT, FORMAT_JSON, FORMAT_X12, FORMAT_WORKBOOK, FORMAT_REFUSED };

struct format_finding {
    enum format     format;
    enum issue_code refusal;                        /* of FORMAT_REFUSED */
    struct slice    name, instead;                  /* of a format that is recognised and not read */
};

/* Looks at the first bytes. Delimited text is what nothing else is. */
struct format_finding format_of(struct slice head);

#endif
