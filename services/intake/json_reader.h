/* intake/json_reader.h: the JSON reader at work. Private to json_lines.c and json_members.c. */
#ifndef INTAKE_JSON_READER_H
#define INTAKE_JSON_READER_H

#include "intake/json_pass.h"
#include "intake/reader.h"

#include <jansson.h>

enum shape { SHAPE_NDJSON, SHAPE_ARRAY, SHAPE_ONE };

struct json_name { struct slice name; enum slot slot; };

struct json_reader {
    struct reader    base;
    enum shape       shape;
    struct slice     bytes;                         /* of the document, without BOM */
    size_t           begin, at;                     /* bytes of the document */
    uint32_t         row, index;
    struct slice     one;                           /* SHAPE_ONE: its record */
    struct slice     prefix;                        /* of pointers: /lines, /data, /data/lines */
    bool             document_is_record;            /* the first NDJSON record is the document's */
    bool             is_astray;                     /* after a document object that was not taken */
    struct json_pass pass;
    json_t          *root;                          /* of the record at work */
    unsigned         value;                         /* walked so far */
    struct slice     record;
    size_t           record_at;                     /* byte of the document */
    bool             extras_cut;
};

/* Before the first record. */
void json_members_open(void);

/* Fills the draft from the record j->root: slots by name, what is unknown as extras; also the reader's extension. */
void json_members_put(struct json_reader *j, struct draft *d, struct issues *issues);

/* draft.locate of JSON: byte offset and RFC 6901 pointer. */
void json_members_locate(const struct draft *d, const struct draft_cell *cell, struct arena *a, struct where *w);

/* A pointer of the profile for that field finds a text in the record. */
bool json_members_are_pointed_at(const struct json_reader *j, const json_t *root, struct slice field);

/* The text of a string, true or false; empty for all else. */
struct slice json_members_text(const json_t *value);

#endif
