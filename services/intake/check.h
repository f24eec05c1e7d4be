/* intake/check.h: a document read and typed without posting it (surfaces.md 2.9): typed lines and the receipt as
 * NDJSON, or the receipt for people. */
#ifndef INTAKE_CHECK_H
#define INTAKE_CHECK_H

#include "intake/rejects.h"

#include <stdio.h>

struct check_options {
    const char                   *path;             /* - reads standard input */
    struct slice                  partner_id, currency;
    const struct mapping_profile *profile;
    const struct mapping_profiles
        *profiles; /* among which an X12 document chooses by its sender; NULL: `profile` was named */
    instant_ms                    received_at_unix_ms;  /* two-digit years are near it */
    FILE                         *lines;            /* NDJSON, NULL none */
    FILE                         *receipt;          /* for people, NULL none */
    FILE                         *ack;              /* the acknowledgement that would be sent, NULL none */
    FILE                         *rejects;          /* what was refused, to be corrected and sent back, NULL none */
    enum rejects_form             rejects_form;
};

struct check_outcome {
    bool is_refused; /* a line ended REJECT or DEAD, or the document or a set of it was refused: exit 3 */
    bool is_held;    /* a document waits for an answer, nothing of it would be posted yet: no refusal */
    bool has_no_ack; /* one was asked for, and a document has none: its format, or held */
    bool is_pipe_closed;                            /* the reader of the output went away */
    int  write_errno;                               /* any other failed write, 0 none */
};

/* ERR_FILE_UNREADABLE, ERR_WIRE_TOO_LARGE: the file could not be taken. */
enum err intake_check(const struct check_options *options, struct check_outcome *outcome) MUST_CHECK;

#endif
