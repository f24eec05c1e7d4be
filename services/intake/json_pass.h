/* intake/json_pass.h: our own look at JSON before jansson sees it (feeds.md 9.1): grammar of numbers, depth, members,
 * UTF-8; every number token quoted, so that a decimal arrives as its text; and where each value stands. Pure. */
#ifndef INTAKE_JSON_PASS_H
#define INTAKE_JSON_PASS_H

#include "base/str.h"

enum { JSON_DEPTH_MAX = 32, JSON_MEMBERS_MAX = 512 };

enum json_fault {
    JSON_FINE, JSON_FAULT_SYNTAX, JSON_FAULT_DEPTH, JSON_FAULT_MEMBERS, JSON_FAULT_NUMBER, JSON_FAULT_ENCODING,
    JSON_FAULT_TRAILING,
};

/* One record on its way to jansson. `quoted` has room for twice the record and 16 bytes, `offsets` for half of it
 * and 2. */
struct json_pass {
    char     *quoted;
    size_t    quoted_size;
    uint32_t *offsets;                              /* of each value in the record, in the order of the text */
    unsigned  value_count;
    size_t    fault_at;                             /* byte of the record */
    const char *problem;                            /* of JSON_FAULT_SYNTAX */
};

/* Checks and copies a record; blanks around it are allowed, anything else after it is JSON_FAULT_TRAILING. */
enum json_fault json_pass_record(struct json_pass *p, struct slice record);

/* The end of the value that begins at or after `at` (blanks are skipped, *begin tells where it starts). Grammar and
 * UTF-8 are checked, depth up to JSON_DEPTH_MAX, members are not counted. */
enum json_fault json_pass_skip(struct slice bytes, size_t at, size_t *begin, size_t *end, size_t *fault_at);

/* Walks an object or a list: *at is behind the bracket or the last value; fills key (raw, objects only) and value.
 * False at the closing bracket. The text must have passed json_pass_skip. */
bool json_pass_step(struct slice bytes, size_t *at, struct slice *key, struct slice *value);

/* The RFC 6901 pointer of the value that begins at byte `target` of a checked record, into `t`. */
void json_pass_pointer(struct slice record, size_t target, struct text *t);

#endif
