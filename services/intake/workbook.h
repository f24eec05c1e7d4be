/* intake/workbook.h: XLSX as sheets and rows of texts (feeds.md 7.4): libzip and expat, streaming, entities off, every
 * length bounded. Pure: bytes in, rows out. */
#ifndef INTAKE_WORKBOOK_H
#define INTAKE_WORKBOOK_H

#include "intake/columns.h"
#include "intake/issue.h"
#include "intake/workbook_format.h"
#include "intake/workbook_number.h"

#include <expat.h>
#include <zip.h>

enum {
    WORKBOOK_PARTS_MAX = 2000,
    WORKBOOK_SHEETS_MAX = 64,
    WORKBOOK_STRINGS_MAX = 4 << 20,
    WORKBOOK_STYLES_MAX = 64 << 10,
    WORKBOOK_ROW_BYTES_MAX = 64 << 10,
    WORKBOOK_ROWS_MAX = 1 << 20,
    WORKBOOK_TOKEN_BYTES_MAX = 256 << 10,
    WORKBOOK_DEPTH_MAX = 64,
    WORKBOOK_CODES_MAX = 1024,
    WORKBOOK_SORTED_BYTES_MAX = 16 << 20,
    WORKBOOK_MERGES_MAX = 64 << 10,
    WORKBOOK_RATIO_MAX = 100,
    WORKBOOK_RATIO_FREE_BYTES = 16 << 20,
};
#define WORKBOOK_BYTES_MAX (1ull << 30)

struct workbook_sheet { struct slice name, part; bool is_hidden; };

/* Cells that are one over several rows, 1-based: what the first says stands for all. is_shared: another of its rows has
 * cells of its own. */
struct workbook_merge { uint32_t from, to; unsigned column; bool is_shared; };

/* What a style makes of a number; code: its place in `codes`, counted from 1, 0 for one that says nothing more. */
struct workbook_style { uint8_t format, digits; uint16_t code; };

/* A format code that shows more than the number. */
struct workbook_code { struct slice text, currency; enum workbook_format format; };

/* Why a workbook cannot be read: FINE, or an issue of the document with what fills its sentence; instead: what to send
 * for a format that is not read. */
struct workbook_problem { enum issue_code code; const char *what; uint64_t max; const char *instead; };

/* Where the bytes of a part come from: the container, or rows that were sorted. */
struct workbook_source { zip_file_t *file; struct slice sorted; size_t at; };

struct workbook {
    struct arena           *arena;
    zip_t                  *zip;
    struct slice            bytes;
    struct workbook_sheet   sheets[WORKBOOK_SHEETS_MAX];
    unsigned                sheet_count;
    struct workbook_style  *styles;
    unsigned                style_count, style_capacity;
    struct workbook_code   *codes;
    unsigned                code_count;
    char                   *text;                   /* shared strings, one after the other */
    size_t                  text_size, text_capacity;
    uint64_t               *ends;                   /* of each */
    uint32_t                string_count, string_capacity;
    struct workbook_merge  *merges;                 /* of the sheet that was read last, by `from` once it was sorted */
    unsigned                merge_count, merge_capacity;
    bool                    is_1904, has_merges;    /* has_merges: they are known, no further ones are taken */
    bool                    is_unordered;           /* a sheet was read whose rows do not ascend */
    bool                    sorts_rows;             /* rows come by their numbers, whatever their order in the sheet */
    uint64_t                inflated, shared;       /* bytes of all parts in this pass; of those that sheets share */
    struct workbook_problem problem;
};

/* Opens the container and reads what all sheets share; false: see problem. */
bool workbook_open(struct workbook *w, struct arena *a, struct slice bytes);
void workbook_close(struct workbook *w);

enum workbook_cell { CELL_EMPTY, CELL_TEXT, CELL_NUMBER, CELL_DATE, CELL_ERROR, CELL_FORMULA_EMPTY };

enum workbook_row_fault { WORKBOOK_ROW_FINE, WORKBOOK_ROW_TOO_LONG, WORKBOOK_ROW_TOO_WIDE };

/* The rows of a sheet. A row's cells live until the next. */
struct workbook_rows {
    struct workbook        *workbook;
    struct workbook_source  source;
    XML_Parser              parser;
    uint64_t                fed;
    uint32_t                row;                    /* 1-based; of the row at hand */
    unsigned                count;                  /* cells: the greatest column that has something, 512 at most */
    struct slice            cells[COLUMNS_MAX];
    uint8_t                 sorts[COLUMNS_MAX];     /* enum workbook_cell */
    uint16_t                codes[COLUMNS_MAX];     /* of numbers: that of their style */
    uint16_t                code;                   /* of the cell at work */
    enum workbook_row_fault fault;
    unsigned                depth, column, style, phonetic;
    char                    type;                   /* of the cell: n s i (inline) t (formula text) b e d */
    bool                    in_row, in_cell, in_value, in_text, has_value, has_formula, has_row, is_done, is_suspended;
    bool                    in_data;
    bool                    counts_rows;            /* numbers that recur are none: rows count as they stand */
    size_t                  from, size;             /* of the value at work; of all texts of the row */
    char                    text[WORKBOOK_ROW_BYTES_MAX + 1];
};

/* The sheet that was read to its end is the one that counts: its merged cells, by their first row. */
void workbook_keep_merges(struct workbook *w);

/* Sheets are read several times; what they inflate to is bounded for each pass by itself. */
void workbook_begin_pass(struct workbook *w);

/* False: the sheet cannot be opened, see workbook->problem. */
bool workbook_rows_open(struct workbook_rows *r, struct workbook *w, unsigned sheet);

/* The code behind the style of a cell of numbers; NULL: it says nothing more. */
const struct workbook_code *workbook_code_of(const struct workbook_rows *r, unsigned cell);

/* The next row that the sheet writes down; false at the end or when the workbook is broken: see workbook->problem. */
bool workbook_rows_next(struct workbook_rows *r);
void workbook_rows_close(struct workbook_rows *r);

/* Shared by the parts: a parser without entities over a part, fed in pieces. */
XML_Parser workbook_parser(void *user, XML_StartElementHandler start, XML_EndElementHandler end,
                           XML_CharacterDataHandler text);
enum workbook_feed { WORKBOOK_FED, WORKBOOK_SUSPENDED, WORKBOOK_END, WORKBOOK_BAD };
enum workbook_feed workbook_feed(struct workbook *w, struct workbook_source *source, XML_Parser parser, uint64_t *fed);

/* A part of the container by its path, also where a program wrote it with backslashes; NULL: it is not there. */
zip_file_t *workbook_part(struct workbook *w, const char *path);

/* A sheet whose rows do not ascend, with its rows in order: `sorted`, of malloc. `*counts_rows`: numbers recur, and say
 * nothing. False: see problem. */
bool workbook_sort_rows(struct workbook *w, const char *part, struct slice *sorted, bool *counts_rows);

/* The number of the row that begins, as it says, else the one after the last. */
uint32_t workbook_row_number(const char **attributes, uint32_t last);

/* The name after a namespace prefix; an attribute by that name, NULL none. */
const char *workbook_local(const char *name);

/* Characters that XML cannot hold stand in texts as _x000D_: put back in place. The size of what is left. */
size_t workbook_unescape(char *text, size_t size);
const char *workbook_attribute(const char **attributes, const char *name);
void workbook_fail(struct workbook *w, enum issue_code code, const char *what, uint64_t max);

#endif
