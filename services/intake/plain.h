/* intake/plain.h: texts as the line keeps them (domain.md 3.1, feeds.md 3): NFC, a line break is one blank, no other
 * control, no format characters, no outer blanks. */
#ifndef INTAKE_PLAIN_H
#define INTAKE_PLAIN_H

#include "base/str.h"

enum plain_fault { PLAIN_FINE, PLAIN_CONTROL, PLAIN_ENCODING };

struct plain { struct slice text; bool removed; };  /* removed: format characters (Cf) were there */

/* Plain ASCII is borrowed, everything else is made in the arena. */
enum plain_fault plain_text(struct arena *a, struct slice sent, struct plain *out);

/* The same for extras and names of columns: what text() may not hold becomes a blank, what is no UTF-8 U+FFFD. */
struct slice plain_text_leniently(struct arena *a, struct slice sent);

/* Without blanks around it, those of web pages and word processors (U+00A0, U+2007, U+202F, U+3000 …) as well. */
struct slice plain_trim_blanks(struct slice s);
static inline struct slice plain_trim(struct slice s)
{
    bool is_bare = s.size == 0 || ((signed char)s.bytes[0] > ' ' && (signed char)s.bytes[s.size - 1] > ' ');
    return is_bare ? s : plain_trim_blanks(s);
}

/* True when nothing is left of it: blanks, line breaks and format characters alone. Such a text is as good as none. */
bool plain_is_blank(struct slice sent);

/* A number or date as keyboards of East Asia and word processors write it: full-width forms as those of ASCII, dashes
 * as the hyphen. Borrowed when nothing is to be changed or it is longer than the room, else written into `room`. */
struct slice plain_narrow(struct slice text, char *room, size_t size);

/* A–Z a–z 0–9 and . _ : / # - */
bool plain_is_id(struct slice text);

/* A–Z a–z 0–9 and . _ - */
bool plain_is_code(struct slice text);

#endif
