/* wire/schema.h: one table per kind of record says what its text may hold: names, types, defaults, bounds, places.
 *
 * schema_read types a node by the table into a struct and reports every error, each with file, line, column, member,
 * value and what to do; unknown members name the nearest known one. Members are read in the order of the table. */
#ifndef WIRE_SCHEMA_H
#define WIRE_SCHEMA_H

#include "domain/vocabulary.h"
#include "wire/problems.h"

enum member_type {
    MEMBER_TEXT,         /* slice: text(bound), domain.md 3.1 */
    MEMBER_ID,           /* slice: id(bound) */
    MEMBER_CURRENCY,     /* slice: ISO 4217; MONEY read after it is in it */
    MEMBER_COUNTRY,      /* slice: two capitals */
    MEMBER_DECIMAL_TEXT, /* slice: decimal text, kept as it is */
    MEMBER_DECIMAL,      /* int64: value · 10^scale within [min, max] */
    MEMBER_MONEY,        /* int64: minor units, [min, max] */
    MEMBER_WHOLE,        /* an integer of any width within [min, max] */
    MEMBER_DATE,         /* int32 yyyymmdd */
    MEMBER_INSTANT,      /* int64 ms */
    MEMBER_FLAG,         /* bool: true, false */
    MEMBER_WORD,         /* enum of `list`; `allowed` bits, 0 all */
    MEMBER_CHOICE,       /* enum or bool: index in `choices` */
    MEMBER_TEXTS,        /* texts: text(bound) each */
    MEMBER_IDS,          /* texts: id(bound) each */
    MEMBER_PRODUCTS,     /* texts: sku: family: line: + text, at most one * and at the end */
    MEMBER_WORDS,        /* unsigned: bits of `list`; with choices[0], that word is bit 0 */
    MEMBER_KINDS,        /* unsigned: KIND_BIT */
    MEMBER_RECORD,       /* a struct in place, by `schema`; absent: its defaults */
    MEMBER_RECORDS,      /* pointer and count: a list by `schema`; a lone scalar is the member `lone` of one record */
    MEMBER_MAP,          /* pointer and count: name: record, the name into the slice at `key_offset` */
    MEMBER_PAIRS,        /* pointer and count: name: text */
    MEMBER_BY_HAND,      /* known here, read by the check of the schema */
};

struct schema;

struct member {
    const char          *name;
    enum member_type     type;
    size_t               offset, bytes;
    size_t               aside;                     /* 1 + offset of has_…, or of the count; 0 none */
    size_t               key_offset;
    unsigned             bound;                     /* bytes of a text, items of a list */
    unsigned             scale;
    int64_t              min, max;
    enum vocabulary      list;
    unsigned             allowed;
    const char *const   *choices;                   /* ends with NULL */
    const struct schema *schema;
    const char          *lone;
    const char          *fallback;                  /* the default as text; NULL: zero */
    bool                 required;
    bool silent_zero; /* a number: 0 is written as absent, one of several excludes the others */
};

struct reading;

struct schema {
    const char          *what;                      /* a program */
    const struct member *members;
    unsigned             member_count;
    size_t               bytes;
    void               (*check)(struct reading *r, const struct node *n, void *record);     /* after the members */
};

/* The way from the root of a record to the member at hand, for messages. */
struct member_path { const struct member_path *up; struct slice name; unsigned index; bool is_item; };

struct reading {
    const struct text_source      *source;
    const struct member_path *path;
    unsigned                  money_exponent;       /* digits of MONEY; 2 until a CURRENCY was read */
    bool                      overlay;              /* absent members stay: no defaults, nothing is required */
    unsigned                  errors;
};

#define PLACE(record, member)        .offset = offsetof(record, member), .bytes = sizeof(((record *)0)->member)
#define ASIDE(record, member)        .aside = 1 + offsetof(record, member)
#define SCHEMA_OF(record, table, noun, check_function) \
    { .what = noun, .members = table, .member_count = sizeof(table) / sizeof(table)[0], .bytes = sizeof(record), \
      .check = check_function }

/* A reading of that source, with no problem yet. */
struct reading reading_of(const struct text_source *s);

/* Fills *record (zeroed by the caller) from a map; NULL gives the defaults. False when an error was reported. */
bool schema_read(struct reading *r, const struct schema *s, const struct node *n, void *record);

/* The record as nodes that read back to it: every member that says something, defaults too, MONEY with `money_exponent`
 * digits. Texts are borrowed from the record; members read by hand are left out. */
struct node *schema_write(struct arena *a, const struct schema *s, const void *record, unsigned money_exponent);

/* Reads one scalar as if it were the member; for members read by hand. */
bool schema_read_member(struct reading *r, const struct member *m, const struct node *n, struct position at,
                        void *record);

/* Reports an error of a member of the record at hand (NULL: of the record itself). */
void schema_refuse(struct reading *r, struct position at, const char *member, const char *fix, const char *format, ...)
    __attribute__((format(printf, 5, 6)));

/* Where a member stands in n; where n stands when it is absent. */
struct position schema_place(const struct node *n, const char *member);

/* Reports `found` as unknown among the names, with the nearest. */
void schema_refuse_unknown(struct reading *r, struct position at, struct slice found, const struct slice *known,
                           unsigned count, const char *what);

#endif
