/* wire/json_text.h: JSON written into a bounded text: objects and arrays in order, members with nothing to say left
 * out.
 *
 * Numbers are whole numbers only; money, prices and quantities go out as decimal strings (surfaces.md 1, rule 5). What
 * does not fit sets `full` of the text. */
#ifndef WIRE_JSON_TEXT_H
#define WIRE_JSON_TEXT_H

#include "domain/vocabulary.h"

struct json {
    struct text *out;
    bool         comma;                             /* a value stands before in this object or array */
};

/* Writes after what the text has; commas are put between values by themselves. */
struct json json_over(struct text *out);

/* Each is closed by its own kind, in order. */
void json_open_object(struct json *j);
void json_close_object(struct json *j);
void json_open_array(struct json *j);
void json_close_array(struct json *j);

/* The name of the next value in an object. */
void json_name(struct json *j, struct slice name);

void json_put_text(struct json *j, struct slice value);     /* bytes that are no UTF-8 are written as U+FFFD */
void json_put_int(struct json *j, int64_t value);
void json_put_bool(struct json *j, bool value);
void json_put_raw(struct json *j, struct slice value);      /* a whole JSON value */

/* Members; text and word ones are left out when empty. */
void json_text(struct json *j, const char *name, struct slice value);
void json_int(struct json *j, const char *name, int64_t value);
void json_flag(struct json *j, const char *name, bool value);                  /* left out when false */
void json_date(struct json *j, const char *name, int32_t date);                /* ISO; left out when 0 */
void json_instant(struct json *j, const char *name, int64_t unix_ms);          /* RFC 3339; left out when 0 */
void json_decimal(struct json *j, const char *name, int64_t value, unsigned scale);        /* without trailing zeros */
void json_money(struct json *j, const char *name, int64_t minor,
                struct slice currency); /* all digits of the currency */
void json_word(struct json *j, const char *name, enum vocabulary list, int number);

#endif
