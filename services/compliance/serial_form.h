/* compliance/serial_form.h: serial numbers as they are compared (screening.md 8.2). */
#ifndef COMPLIANCE_SERIAL_FORM_H
#define COMPLIANCE_SERIAL_FORM_H

#include "domain/catalogue.h"

enum { SERIAL_BYTES_MAX = 50, SERIAL_CHARACTERS_MIN = 4, SERIAL_CHARACTERS_MAX = 40 };

/* Folded (screening.md 6.1), A–Z and 0–9 only, a leading SERIAL or SN removed; in the arena. */
struct slice serial_normalise(struct arena *a, struct slice serial);

/* The same for a list, in bytewise order; repeats stay. */
struct texts serials_sorted(struct arena *a, const struct texts *serials);

/* 4 to 40 characters, not one repeated, no placeholder, and by the product's mask and check digit. product may be
 * NULL. */
bool serial_is_valid(const struct policy *policy, const struct product *product, struct slice serial);

/* Bytewise. */
void serials_sort(struct slice *items, unsigned count);

/* A unit whose serial is its part's alone: SERIAL/SKU; the serial where there is no sku. In the arena. */
struct slice serials_unit_of(struct arena *a, struct slice serial, struct slice sku);

/* program:unit, the key of a unit's slot in the shared registry. In the arena. */
struct slice serials_slot_key(struct arena *a, struct slice program_id, struct slice unit);

#endif
