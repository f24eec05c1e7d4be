/* domain/books.h: the state rows that a line reads and changes. They keep a decision over state pure.
 *
 * decide opens rows by table and key. A row that was not brought yet is *missed*: decide sees an empty record, the loop
 * fetches every missed row and calls decide again, until a pass misses nothing. Only that last pass counts. So the rows
 * that are fetched are exactly those that are read, and each key is derived in one place. Changes are made in the
 * records; the loop writes the dirty rows once the verdict stands. A line has BOOKS_PASSES_MAX passes at most.
 *
 * Most lines need one pass only: before it, the stage's `open` opens the rows that decide is sure to need, while the
 * books have a source that brings each row as it is opened (stage.h). */
#ifndef DOMAIN_BOOKS_H
#define DOMAIN_BOOKS_H

#include "base/str.h"

enum { BOOKS_PASSES_MAX = 16, BOOKS_ROWS_MAX = 8192, BOOKS_KEY_MAX = 512 };

/* What one table's records are in memory, and how they are stored. decode and encode are pure. The record of an absent
 * row is all zero; an encode that returns the empty slice removes the row. */
struct book_codec {
    const char  *name;                              /* as balances and state show it */
    size_t       bytes;                             /* of the record struct */
    enum err   (*decode)(struct arena *a, struct slice value, void *record);
    struct slice (*encode)(struct arena *a, const void *record);
};

/* How rows of a table are kept decoded for the length of a batch (stage/row_cache.h); own NULL: they are not.
 * own       copies into the arena whatever the record points to: lists always, texts unless they lie in `home` already
 *           (home NULL: texts stay where they are). The record becomes what decoding its encoded form would give.
 * is_empty  true when encode would return the empty slice.
 * said      how many bytes of the record, from its start, are in use: only those are copied. NULL: all of them. */
struct book_keeper {
    void   (*own)(struct arena *a, const struct arena *home, void *record);
    bool   (*is_empty)(const void *record);
    size_t (*said)(const void *record);
};

struct book_row {
    unsigned         table;                         /* index into the stage's tables */
    uint32_t         hash;                          /* of table and key */
    struct slice     key;
    struct slice     stored;                        /* as the store has it; size 0: absent */
    const void      *kept;                          /* instead of `stored`: the record as an earlier line left it */
    void            *home;                          /* where a kept row lives, for whoever writes it back */
    void            *record;                        /* decoded in this pass, NULL until opened */
    bool             gathered, found, dirty;
    struct book_row *next;                          /* in its bucket */
};

/* Who brings a row as soon as it is opened. */
struct book_source {
    enum err (*bring)(void *context, struct book_row *row);    /* with books_supply */
    void      *context;
};

enum { BOOKS_BUCKETS = 64, BOOKS_LATEST = 32 };

struct books {
    struct arena            *arena;
    const struct book_codec *codecs;                /* of the stage, by table */
    unsigned                 codec_count;
    const struct book_keeper *keepers;              /* by table, like codecs; NULL: no row is kept */
    const struct book_source *source;               /* NULL: what was not gathered is missed */
    struct book_row         *latest[BOOKS_LATEST];  /* by table, the row opened last: often it is the next, too */
    struct book_row         *buckets[BOOKS_BUCKETS];
    struct book_row        **rows;                  /* in order of first opening */
    unsigned                 row_count, row_capacity;
    unsigned                 missed;                /* rows opened in this pass that were not gathered */
    enum err                 broken;                /* a stored record that does not decode */
};

/* Empty books. Rows and records live in the arena; the codecs are borrowed. */
void books_init(struct books *b, struct arena *a, const struct book_codec *codecs, unsigned codec_count);

/* True when the line has opened BOOKS_ROWS_MAX rows. Any further row stays missed, so the line cannot be decided. */
static inline bool books_are_full(const struct books *b)
{
    return b->row_count == BOOKS_ROWS_MAX;
}

/* The record of that key, to be read; never NULL. *found (may be NULL): the store has it. The key is copied unless it
 * lies in the arena of the books. */
const void *books_read(struct books *b, unsigned table, struct slice key, bool *found);

/* The same record, to be changed: the row is written back when the verdict stands. */
void *books_change(struct books *b, unsigned table, struct slice key);

/* A zeroed record that replaces whatever the store has: the row is not even fetched. */
void *books_overwrite(struct books *b, unsigned table, struct slice key);

/* Begins another pass: changes are forgotten, and every record is decoded again when it is opened. */
void books_restart(struct books *b);

/* Forgets the changes made in this pass: the line writes nothing (domain.md 5.0 R12). */
void books_forget(struct books *b);

/* For the loop: brings a missed row. `stored`, of size 0 when the store has none, must live as long as the arena. */
void books_supply(struct book_row *row, struct slice stored);

/* The same for a table with a keeper, from a record that is decoded already (NULL: there is none), which is copied.
 * `home` says where it is kept, for whoever writes it back. */
void books_supply_kept(struct book_row *row, const void *record, void *home);

/* For `own` of a keeper: the text as it is if it lies in `home` or home is NULL, else a copy in the arena. */
struct slice books_own_text(struct arena *a, const struct arena *home, struct slice text);

/* How many bytes of a record of `whole` bytes have to be copied. */
static inline size_t books_said(const struct book_keeper *keeper, const void *record, size_t whole)
{
    return keeper->said ? keeper->said(record) : whole;
}

/* The `own` of records that point to nothing. */
void books_own_nothing(struct arena *a, const struct arena *home, void *record);

/* A key made of parts, in the arena. Each part has its length in front, so that no two lists of parts make one key.
 * Most keys have two parts, a partner root and one thing more: those have a function of their own, for speed. */
struct slice books_key(struct arena *a, const struct slice *parts, unsigned count);
struct slice books_key_of_two(struct arena *a, struct slice first, struct slice second);

static inline __attribute__((always_inline)) struct slice books_key_of(struct arena *a, const struct slice *parts,
                                                                       unsigned count)
{
    return count == 2 ? books_key_of_two(a, parts[0], parts[1]) : books_key(a, parts, count);
}

#define BOOKS_KEY(a, ...) \
    books_key_of((a), (const struct slice[]){ __VA_ARGS__ }, sizeof((const struct slice[]){ __VA_ARGS__ }) / \
    sizeof(struct slice))

/* Takes the next part off such a key. The empty slice, with the key untouched, when no complete length is left. */
struct slice books_key_take(struct slice *key);

#endif
