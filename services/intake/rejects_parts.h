/* intake/rejects_parts.h: what the layouts of rejects share. */
#ifndef INTAKE_REJECTS_PARTS_H
#define INTAKE_REJECTS_PARTS_H

#include "intake/columns.h"
#include "intake/json_out.h"
#include "intake/rejects.h"
#include "intake/workbook_merged.h"
#include "intake/zip_out.h"

/* A refused line and what is said of it. */
struct refusal { const struct intake_line *line; struct slice line_id, codes, message; };

/* Names of our three columns or members. */
#define REJECTS_LINE_ID COLUMNS_OURS
#define REJECTS_CODES   "claimstream_codes"
#define REJECTS_MESSAGE "claimstream_message"
#define REJECTS_READ_AS "claimstream_read_as"       /* where the layout has something to say there */

struct rejects_workbook {
    struct arena          arena;
    struct workbook       workbook;
    struct workbook_rows *rows;
    struct workbook_merged merged;
    struct zip_out        zip;
    uint32_t              written;                  /* rows */
    bool                  has_arena, is_open, has_rows, has_zip;
};

struct rejects {
    FILE                   *to;
    enum rejects_layout { REJECTS_TEXT, REJECTS_WORKBOOK, REJECTS_JSON, REJECTS_FIELDS, REJECTS_INTERCHANGE } layout;
    struct json_out         json;
    struct slice            document;
    struct reader_layout    place;                  /* of its lines */
    bool                    has_begun, is_broken, is_x12;
    struct rejects_workbook book;
    uint64_t               *offsets;                /* of refused lines, for X12's own form */
    size_t                  offset_count, offset_capacity;
};

/* After what was written before; what cannot be written breaks the file. */
void rejects_put(struct rejects *r, struct slice bytes);

/* rejects_text.c */
void rejects_text_take(struct rejects *r, const struct refusal *f);
/* rejects_fields.c: CSV of field names, from the texts as sent. */
void rejects_fields_take(struct rejects *r, const struct refusal *f);
/* rejects_workbook.c */
void rejects_workbook_take(struct rejects *r, const struct refusal *f);
void rejects_workbook_close(struct rejects *r);

#endif
