/* runtime/json_line.h: JSON members into a text: for logs and the admin port, which need neither a tree nor a
 * library. */
#ifndef RUNTIME_JSON_LINE_H
#define RUNTIME_JSON_LINE_H

#include "base/str.h"

/* A string in quotes; what is not UTF-8 becomes U+FFFD. */
void json_line_text(struct text *t, struct slice s);

/* "name":, with a comma in front unless it is the first after a brace. */
void json_line_name(struct text *t, const char *name);
void json_line_member(struct text *t, const char *name, struct slice value);
void json_line_number(struct text *t, const char *name, int64_t value);

#endif
