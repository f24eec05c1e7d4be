/* intake/x12_decimal.h: price multipliers and factors of units, applied before typing (feeds.md 3, 5.6). Pure. */
#ifndef INTAKE_X12_DECIMAL_H
#define INTAKE_X12_DECIMAL_H

#include "base/str.h"

/* a × b as decimal text with all its digits. What is no decimal text, or has more digits than can be multiplied, is
 * handed back as a: typing refuses it. In the arena. */
struct slice x12_decimal_multiply(struct arena *arena, struct slice a, struct slice b);

/* a ÷ b with twelve digits after the point, twice what a price keeps: typing rounds it. Empty when it has no such
 * text. */
struct slice x12_decimal_divide(struct arena *arena, struct slice a, struct slice b);

#endif
