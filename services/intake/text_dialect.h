/* intake/text_dialect.h: how a text file is written: encoding, delimiter, header (feeds.md 7.1). A property of the
 * file. */
#ifndef INTAKE_TEXT_DIALECT_H
#define INTAKE_TEXT_DIALECT_H

#include "intake/header.h"
#include "intake/reader.h"
#include "intake/text.h"

enum { SNIFF_BYTES = 64 << 10 };

enum text_finding { TEXT_FOUND, TEXT_NIL, TEXT_NO_HEADER, TEXT_EMPTY, TEXT_BINARY, TEXT_TOO_WIDE };

/* Of a text that is not UTF-8: its first byte that is none, and the characters that are UTF-8 nevertheless; of bytes
 * that are no text the first that is none. */
struct text_oddity {
    uint64_t offset, utf8_offset, utf8_characters;
    uint32_t row, utf8_row;
    bool     is_foreign;                            /* what is no UTF-8 is no Western text either */
};

struct text_dialect {
    enum text_encoding encoding;
    char               encoding_name[TEXT_ENCODING_BYTES];           /* for iconv and for people */
    bool               is_assumed;                  /* nothing said so: cp1252 */
    struct text_oddity odd;
    size_t             bom_bytes;
    char               delimiter;
    uint32_t           header_row;                  /* physical line of one of its rows; 0 none */
    bool               is_named;                    /* by an answer, the profile, or columns of ours */
    struct header      header;
    uint64_t           header_at;                   /* the first byte of its last row */
    struct columns     columns;
    struct slice       sample;                      /* first row with a filled cell, when there is no header */
};

/* Encoding by BOM, else valid UTF-8, else the one that was `named`, else cp1252. Reads all bytes. */
void text_dialect_encoding(struct spool *spool, struct slice named, struct text_dialect *d);

/* The one that a file of rejects says its rows came in (READ_AS_COLUMN); empty none. */
struct slice text_dialect_said(struct slice bytes);

/* Delimiter and header; leaves `rows` after the header, ready for data. COLUMN_REPEATED goes to the reader's
 * warnings. */
enum text_finding text_dialect_header(struct reader *r, struct text_rows *rows, struct text_dialect *d);

/* Says a row that nothing was sold: "No sales". */
bool text_dialect_is_nil(struct arena *a, struct slice text);

#endif
