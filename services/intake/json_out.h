/* intake/json_out.h: JSON written member by member into a buffer that grows and is used again. Commas, quotes and
 * escapes are its business; order and names are the caller's. */
#ifndef INTAKE_JSON_OUT_H
#define INTAKE_JSON_OUT_H

#include "base/str.h"

enum { JSON_OUT_DEPTH_MAX = 32 };

struct json_out {
    char    *bytes;
    size_t   size, capacity;
    unsigned depth;
    char     brackets[JSON_OUT_DEPTH_MAX];          /* what closes each level */
    bool     comma[JSON_OUT_DEPTH_MAX];             /* the level has a member already */
    bool     named;                                 /* a name was written: its value comes next */
};

/* Memory of its own, that grows. */
void json_out_open(struct json_out *out);
void json_out_close(struct json_out *out);

/* Forgets what was written, keeps the memory. */
void json_out_reset(struct json_out *out);
struct slice json_out_bytes(const struct json_out *out);

void json_out_begin(struct json_out *out, char bracket);            /* '{' or '[' */
void json_out_end(struct json_out *out);                            /* closes the last one */
void json_out_name(struct json_out *out, struct slice name);
void json_out_text(struct json_out *out, struct slice text);        /* UTF-8; what is none becomes U+FFFD */
void json_out_raw(struct json_out *out, struct slice json);         /* a whole JSON value */
void json_out_line(struct json_out *out);                           /* a line feed between records */

/* A member; the text form is left out when the text is empty. */
void json_out_member(struct json_out *out, struct slice name, struct slice text);
void json_out_member_int(struct json_out *out, struct slice name, int64_t value);
void json_out_member_bool(struct json_out *out, struct slice name, bool value);

#endif
