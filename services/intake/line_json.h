/* intake/line_json.h: a line as the JSON line object (feeds.md 9.1): names of domain.md 3.1 without unit suffix, parties
 * nested, decimals as texts, dates ISO; absent members are left out. Read back it gives the same line. */
#ifndef INTAKE_LINE_JSON_H
#define INTAKE_LINE_JSON_H

#include "domain/line.h"
#include "intake/json_out.h"

/* The members, without the braces: the caller adds its own beside them. */
void line_json_members(struct json_out *out, const struct line *l);

/* The whole object. */
void line_json(struct json_out *out, const struct line *l);

#endif
