/* intake/line_json.h: a line as the JSON line object (feeds.md 9.1): names of domain.md 3.1 without unit suffix,
 * parties nested, decimals as texts, dates ISO; absent members are left out. Read back it gives the same line. */
#ifndef INTAKE_LINE_JSON_H
#define INTAKE_LINE_JSON_H

#include "domain/line.h"
#include "intake/json_out.h"

/* The members, without the braces: the caller adds its own beside them. */
void line_json_members(struct json_out *out, const struct line *l);

/* The whole object. */
void line_json(struct json_out *out, const struct line *l);

/* The text of a field that is no party and no list, as its member says it; empty: it is left out. Numbers and dates are
 * written into the room, of at least 48 bytes. */
struct slice line_json_field_text(const struct line *l, const struct line_field *f, struct text *room);

/* A party of which nothing is written. */
bool line_json_is_silent(const struct party *p);

#endif
