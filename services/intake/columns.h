/* intake/columns.h: what the columns of a text file or sheet are (feeds.md 7.1 header, 7.3 aliases). */
#ifndef INTAKE_COLUMNS_H
#define INTAKE_COLUMNS_H

#include "intake/draft.h"
#include "wire/mapping_profile.h"

enum { COLUMNS_MAX = 512, HEADER_ROWS_MAX = 20 };

struct column {
    struct slice name;                              /* as sent, for people; a repeated one with ` 2` after it; of one
                                                       without a header `column 5` */
    enum slot    slot;                              /* SLOT_NONE: an extra; SLOT_serials … a list */
    bool         is_number, is_date;
    enum date_style dates;                          /* the order that its header names, AUTO none */
    bool         is_bare;                           /* a country that says of nobody whose: a cell that is no code is
                                                       an extra */
    bool         hints_return;                      /* it speaks of goods that come back, and no kind is read from it */
    bool         is_unnamed, has_values;            /* has_values: a line fills it; known of unnamed ones alone */
    struct slice header;                            /* what the header says of it, outer blanks off */
};

struct columns { struct column *items; unsigned count; bool has_unnamed; };

/* Lower case, runs of what is neither letter nor digit one blank. In the arena. */
struct slice columns_fold(struct arena *a, struct slice name);

/* What a header means by itself; SLOT_NONE: nothing. */
enum slot columns_slot(struct arena *a, struct slice name, const struct mapping_profile *profile);

/* A digit of any script: names of columns have hardly any, and lines are never without. */
bool columns_has_digit(struct slice text);

/* How many different fields a row of headers names; 0 unless one of them is a part, an invoice or a quantity and there
 * are two at least, and as many as the caller has a use for: 0 as soon as too few cells are left for them. */
unsigned columns_score(struct arena *a, const struct slice *cells, unsigned count,
                       const struct mapping_profile *profile, unsigned least);

/* Who is told of each field that a further column names: the field, and the column that counts. */
struct columns_listener { void (*repeated)(void *context, enum slot slot, struct slice counts); void *context; };

/* The columns of a header row; `listener` may be NULL. */
struct columns columns_read(struct arena *a, const struct slice *cells, unsigned count,
                            const struct mapping_profile *profile, const struct columns_listener *listener);

/* A column that we added to a rejects file. */
static inline bool column_is_ours(struct slice name)
{
    return slice_starts_with(name, SLICE("claimstream_"));
}

/* The header row of a rejects file: a column of ours that every one has. */
#define COLUMNS_OURS "claimstream_line_id"
bool columns_are_ours(const struct slice *cells, unsigned count);

/* `, kept without a meaning: A, B`, when there are such columns; what does not fit into 200 bytes is a `…`. */
void columns_put_unknown(struct text *t, const struct columns *columns);

#endif
