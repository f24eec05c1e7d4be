/* domain/books.h: the state rows a line reads and changes, so that a decision over state stays pure.
 *
 * decide opens rows by table and key. A row that gather did not bring is *missed*: decide gets an empty one, the loop
 * fetches what was missed and asks again, until a pass misses nothing; only that pass counts. So what is gathered and
 * what is read can never disagree, and no key is derived twice. Changes live in the rows; record writes the dirty ones
 * when the verdict stands. The passes of one line are bounded by BOOKS_PASSES_MAX.
 *
 * Most lines need one pass: before it, a stage opens the rows that it will surely need while the books have a source,
 * which brings each as it is opened (stage.h). */
#ifndef DOMAIN_BOOKS_H
#define DOMAIN_BOOKS_H

#include "base/str.h"

enum { BOOKS_PASSES_MAX = 16, BOOKS_ROWS_MAX = 8192, BOOKS_KEY_MAX = 512 };

/* How one table's records look in memory and in the store. decode and encode are pure; a record of an absent row is
 * `bytes` zeroes. encode answering the empty slice removes the row. */
struct book_codec {
    const char  *name;                              /* as balances and state show it */
    size_t       bytes;                             /* of the record struct */
    enum err   (*decode)(struct arena *a, struct slice value, void *record);
    struct slice (*encode)(struct arena *a, const void *record);
};

/* A table whose rows are kept decoded for the length of a batch (stage/row_cache.h). own gives the record lists of its
 * own, in the arena, and texts too, but for those that lie in `home`; without home, texts stay where they are. What
 * packing would not bring back is put right. is_empty: encode would answer the empty slice. said: how many bytes of the
 * record, from its start, say something: a copy has no more of it; NULL: all. own NULL: its rows are not kept. */
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
    const void      *kept;                          /* in its place, the record as the line before left it */
    void *home; /* of a row that is kept: the loop's, so that it need not look for it again */
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
    struct book_row *latest[BOOKS_LATEST]; /* opened, by table: most rows are opened again before another one */
    struct book_row         *buckets[BOOKS_BUCKETS];
    struct book_row        **rows;                  /* in order of first opening */
    unsigned                 row_count, row_capacity;
    unsigned                 missed;                /* rows opened in this pass that were not gathered */
    enum err                 broken;                /* a stored record that does not decode */
};

/* No rows yet; rows that are read and written live in the arena, codecs are borrowed. */
void books_init(struct books *b, struct arena *a, const struct book_codec *codecs, unsigned codec_count);

/* As many rows as a line may open: those beyond are empty and stay missed, so that the line cannot be decided. */
static inline bool books_are_full(const struct books *b)
{
    return b->row_count == BOOKS_ROWS_MAX;
}

/* The record to read; never NULL. *found (may be NULL) says whether the store has it. A key that lies elsewhere than in
 * the arena of the books is copied. */
const void *books_read(struct books *b, unsigned table, struct slice key, bool *found);

/* The record to change: the row is written back when the verdict stands. */
void *books_change(struct books *b, unsigned table, struct slice key);

/* The record to write as a whole, zeroed, whatever the store has: the row is not fetched for it. */
void *books_overwrite(struct books *b, unsigned table, struct slice key);

/* Starts another pass: records are decoded afresh, changes are forgotten. */
void books_restart(struct books *b);

/* Forgets the changes made since the pass began: the line writes nothing (domain.md 5.0 R12). */
void books_forget(struct books *b);

/* The loop brings a missed row (size 0: the store has none); `stored` must live as long as the arena. */
void books_supply(struct book_row *row, struct slice stored);

/* The same with a record that is decoded already (NULL: there is none), of a table that has a keeper. It is copied.
 * `home`: where it is kept, for whoever writes it back. */
void books_supply_kept(struct book_row *row, const void *record, void *home);

/* A text that lives in the arena, as it is or as a copy: for own. */
struct slice books_own_text(struct arena *a, const struct arena *home, struct slice text);

/* The bytes of a record of `whole` bytes that a copy takes along. */
static inline size_t books_said(const struct book_keeper *keeper, const void *record, size_t whole)
{
    return keeper->said ? keeper->said(record) : whole;
}

/* own of a record without texts and lists. */
void books_own_nothing(struct arena *a, const struct arena *home, void *record);

/* A key of parts with lengths in front, in the arena: unambiguous whatever the parts contain. Most are of a root and
 * one thing more; both parts of those travel in registers. */
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

/* Takes the next part off such a key; empty, and the key stays, where no whole length is left. */
struct slice books_key_take(struct slice *key);

#endif
