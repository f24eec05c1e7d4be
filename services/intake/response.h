/* intake/response.h: the 849 of a document from what was decided of its lines (feeds.md 12): the document is read once
 * more, and each of its lines is looked up. */
#ifndef INTAKE_RESPONSE_H
#define INTAKE_RESPONSE_H

#include "intake/document.h"
#include "intake/response_849.h"

/* What was decided of a line; approved: what it earned in its own currency. */
struct disposition {
    enum outcome outcome;
    int64_t approved_minor;
    enum reason_code reasons[RESPONSE_CODES_MAX];
    unsigned reason_count;
};

/* False: nothing is decided yet. */
struct dispositions { void *context; bool (*find)(void *context, struct slice line_id, struct disposition *out); };

struct response_order {
    const struct intake_job   *job;                 /* the document, as it was read */
    const struct dispositions *decided;
    uint32_t                   acknowledgement;     /* control number of its 997 */
    instant_ms                 now_unix_ms;
};

/* Open lines are answered 25. *is_written false: the document has no such answer. */
enum err response_write(const struct response_order *order, const struct answer_sink *sink,
                        bool *is_written) MUST_CHECK;

/* What a line earned that its submitter can claim: entries of ledger EARNED in that currency, but those of volumes. */
int64_t response_approved_minor(const struct dossier *d, struct slice currency);

#endif
