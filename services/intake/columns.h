/* intake/columns.h: what the columns of a text file or sheet are (feeds.md 7.1 header, 7.3 aliases). */
#ifndef INTAKE_COLUMNS_H
#define INTAKE_COLUMNS_H

#include "intake/draft.h"
#include "wire/mapping_profile.h"

enum { COLUMNS_MAX = 512, HEADER_ROWS_MAX = 20 };

struct column {
    struct slice name;                              /* as sent, for people; a repeated one with ` 2` behind it */
    enum slot    slot;                              /* SLOT_NONE: an extra; SLOT_serials … a list */
    bool         is_number, is_date;
    enum date_style dates;                          /* the order that its header names, AUTO none */
    bool         is_bare;                           /* a country that says of nobody whose: a cell that is no code is
                                                       an extra */
    bool         hints_return;                      /* it speaks of goods that come back, and no kind is read from it */
    struct slice header;                            /* its cell of the header row, outer blanks off */
};

struct columns { struct column *items; unsigned count; };

/* Lower case, runs of what is neither letter nor digit one blank. In the arena. */
struct slice columns_fold(struct arena *a, struct slice name);

/* How many different fields a row of headers names; 0 unless one of them is a part, an invoice or a quantity and there
 * are two at least. */
unsigned columns_score(struct arena *a, const struct slice *cells, unsigned count,
                       const struct mapping_profile *profile);

/* The same for one who has no use for a score below `least`: 0 instead of it, as soon as too few cells are left to
 * reach it. */
unsigned columns_score_from(struct arena *a, const struct slice *cells, unsigned count,
                            const struct mapping_profile *profile, unsigned least);

/* Who is told of each field that a further column names: the field, and the column that counts. */
struct columns_listener { void (*repeated)(void *context, enum slot slot, struct slice counts); void *context; };

/* The columns of a header row; `listener` may be NULL. */
struct columns columns_read(struct arena *a, const struct slice *cells, unsigned count,
                            const struct mapping_profile *profile, const struct columns_listener *listener);

/* The header row of a rejects file: a column of ours that every one has. */
#define COLUMNS_OURS "claimstream_line_id"
bool columns_are_ours(const struct slice *cells, unsigned count);

/* The header row once more, whatever its case and quotes. */
bool columns_are_named(const struct columns *columns, const struct slice *cells, unsigned count);

/* `, kept without a meaning: A, B`, when there are such columns; what does not fit into 200 bytes is a `…`. */
void columns_put_unknown(struct text *t, const struct columns *columns);

#endif
