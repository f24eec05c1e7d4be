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

/* What the name of a file says it is, the ending of a compression left off; FORMAT_REFUSED: nothing that we know. */
enum format format_named(struct slice file_name);

/* `a workbook`, for a sentence; of one that is read. */
struct slice format_title(enum format format);

#endif
