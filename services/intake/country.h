/* intake/country.h: countries as files write them. */
#ifndef INTAKE_COUNTRY_H
#define INTAKE_COUNTRY_H

#include "base/str.h"

/* The two letters of ISO 3166-1 that a text means: they themselves, its three letters or three digits, or a name of
 * country_name.def or country_word.def in any case and with any signs; empty when none. Static, or in the arena. */
struct slice country_of(struct arena *a, struct slice text);

#endif
