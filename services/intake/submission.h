/* intake/submission.h: a submission of protobuf as a document of one line, without the detour over its JSON line object
 * (feeds.md 9.2): the same texts, typed the same way. */
#ifndef INTAKE_SUBMISSION_H
#define INTAKE_SUBMISSION_H

#include "intake/reader.h"

/* Its line object would say nothing that its fields do not: no reference line, no proofs, clean texts. Else it goes by
 * JSON. */
bool submission_is_plain(const struct line *l, const struct mapping_profile *profile);

/* The line is borrowed until the reader is closed. */
struct reader *submission_reader_open(struct arena *a, const struct line *l);

#endif
