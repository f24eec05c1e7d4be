/* intake/text.h: delimited text as rows of cells (feeds.md 7.1), one physical line at a time. libcsv reads rows in
 * which quotes are more than a frame around a cell.
 *
 * Bytes as sent become physical lines (LF, CRLF, CR), those become UTF-8 by iconv, those become rows: a quoted cell may
 * go on over several lines. Rows and positions are counted in the document as sent. Memory is a few buffers of one
 * row. */
#ifndef INTAKE_TEXT_H
#define INTAKE_TEXT_H

#include "intake/columns.h"
#include "intake/spool.h"

#include <csv.h>
#include <iconv.h>

enum { ROW_BYTES_MAX = 64 << 10, ROW_LINES_MAX = 50, ROW_TEXT_BYTES_MAX = 4 * ROW_BYTES_MAX, TEXT_ENCODING_BYTES = 40 };

/* An encoding that iconv knows, in which delimiters, quotes, digits and ends of lines are what they are in ASCII. */
bool text_encoding_is_known(struct slice name);
/* A byte that names of encodings have. */
bool text_encoding_has(char c);

enum text_encoding { ENCODING_UTF8, ENCODING_UTF16LE, ENCODING_UTF16BE, ENCODING_OTHER };

enum row_fault { ROW_FINE, ROW_UNCLOSED, ROW_TOO_LONG_FAULT, ROW_TOO_WIDE_FAULT };

struct text_row {
    uint64_t       offset;                          /* of its first byte as sent */
    uint32_t       row;                             /* 1-based physical line */
    struct slice   raw;                             /* as sent, without the last line end */
    struct slice   text;                            /* UTF-8, line breaks as LF */
    struct slice  *cells;                           /* count of them, unquoted */
    unsigned       count;                           /* may pass COLUMNS_MAX: then cells end there */
    enum row_fault fault;                           /* not ROW_FINE: a DEAD row, cells are empty */
};

struct text_rows {
    struct spool      *spool;
    enum text_encoding encoding;
    iconv_t            iconv;                       /* of ENCODING_OTHER; (iconv_t)-1 otherwise */
    size_t             begin;                       /* after the BOM and `sep=` line */
    uint32_t           begin_row;
    char               delimiter;
    unsigned           columns;                     /* of the header, 0 before it is known */
    size_t end; /* of what is read: all, or the beginning while the dialect is looked for */
    size_t             at;                          /* next physical line */
    uint32_t           row;                         /* its number */
    size_t             line_feed;                   /* the next LF is here or later (seen up to) */
    struct csv_parser  csv;
    char              *text, *line, *cells_text;    /* buffers of one row: decoded, one decoded line, unquoted cells */
    struct slice      *cells;
    size_t             cells_size;
    unsigned           cell_count;
    bool               is_ended;
};

/* `encoding_name` is what iconv is asked for ENCODING_OTHER. ERR_CONFIG_INVALID: iconv does not know it. Memory from
 * the arena. */
enum err text_rows_open(struct text_rows *t, struct arena *a, struct spool *spool, enum text_encoding encoding,
                        const char *encoding_name) MUST_CHECK;
void text_rows_close(struct text_rows *t);

/* Back to the first row. */
void text_rows_rewind(struct text_rows *t);

/* The next row; false at the end. Blank lines are rows with one empty cell. Slices live until the next call. */
bool text_rows_next(struct text_rows *t, struct text_row *row);

/* Byte offset, as sent, of a cell (0-based) of a row. */
uint64_t text_rows_cell_offset(const struct text_rows *t, uint64_t row_offset, struct slice raw, unsigned cell);

#endif
