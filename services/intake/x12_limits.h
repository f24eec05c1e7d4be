/* intake/x12_limits.h: what segments and elements may be, by version (x12_limits.def), and the check of a segment.
 * Pure. */
#ifndef INTAKE_X12_LIMITS_H
#define INTAKE_X12_LIMITS_H

#include "intake/issue.h"
#include "intake/x12_tokens.h"
#include "wire/mapping_profile.h"

/* Generations of the standard; a version between two is read by the earlier. */
enum x12_version { X12_002040, X12_003040, X12_004010, X12_005010, X12_VERSIONS };

/* 004010, 004010VICS …: the generation of GS08. */
enum x12_version x12_version_of(struct slice gs08);

/* A finding on a segment; element 0: of the segment as a whole. */
struct x12_fault {
    enum issue_code code;
    unsigned        element, other;                 /* other: the one that it depends on */
    size_t          length, min, max;
};

struct x12_limits;

/* Tables of the page with the profile's length limits. In the arena. */
struct x12_limits *x12_limits_new(struct arena *a, const struct mapping_profile *profile);

/* True when any set has such a segment. */
bool x12_limits_know(const struct x12_limits *l, uint32_t key);

/* The number of the data element, for AK402; 0 when it is not in the table. */
unsigned x12_limits_reference(const struct x12_limits *l, uint32_t key, unsigned element);

/* Hands every finding of a segment to `fault`. */
void x12_limits_check(const struct x12_limits *l, enum x12_version version, const struct x12_delimiters *delimiters,
                      const struct x12_segment *s, void (*fault)(void *context, const struct x12_fault *f),
                      void *context);

/* A date of 6 digits (centuries near 2000) or 8 as yyyymmdd; 0 when it is none. */
int32_t x12_date(struct slice text);

/* [-]digits[.digits], at least one digit. */
bool x12_is_decimal(struct slice text);

/* Bytes of the basic and extended sets of the standard: what an answer may echo. */
bool x12_is_basic(struct slice text);

#endif
