/* domain/rating/sales.c: which sales an unlinked return may go back to. */
#include "domain/rating/sales.h"

#include "base/assert.h"

/* A day is read only a few at a time while its rows are still missed, so that one pass opens a bounded number. */
enum { DAYS_MISSED_MAX = 64, CHUNKS_MAX = 128 };

/* Every sale reads and writes a chunk, so small ones keep it from costing more on a busy day. */
enum { SALES_PER_CHUNK = 8 };

static struct slice head_key(struct rating *r, struct slice sku, struct slice customer_key)
{
    return RATING_KEY(r, sku, customer_key);
}

static struct slice chunk_key(struct rating *r, struct slice sku, struct slice customer_key, int32_t date,
                              unsigned chunk)
{
    return RATING_KEY(r, sku, customer_key, slice_of_int(r->arena, date), slice_of_int(r->arena, chunk));
}

struct slice sales_match_datum(struct rating *r, struct slice sku, struct slice customer_key)
{
    return SLICE_JOIN(r->arena, SLICE(WAIT_MATCH), r->root, SLICE("/"), sku, SLICE("/"), customer_key);
}

static void wake(struct rating *r, struct slice datum)
{
    if (r->v->wake_count < VERDICT_WAKES_MAX) r->v->wakes[r->v->wake_count++] = datum;
}

/* The chunk of a day that takes another sale. */
static struct sales_day_row *chunk_with_room(struct rating *r, const struct line_row *sale)
{
    struct slice key = chunk_key(r, sale->sku, sale->customer_key, sale->ship_date, 0);
    struct sales_day_row *first = books_change(r->books, PAYOUT_SALES_DAYS, key);
    if (first->chunks == 0) first->chunks = 1;
    struct sales_day_row *last = first;
    if (first->chunks > 1)
        last = books_change(r->books, PAYOUT_SALES_DAYS,
                            chunk_key(r, sale->sku, sale->customer_key, sale->ship_date, first->chunks - 1));
    if (last->sales_count < SALES_PER_CHUNK || first->chunks == CHUNKS_MAX) return last;
    first->chunks++;                                    /* one that was never there: nothing to fetch */
    return books_overwrite(r->books, PAYOUT_SALES_DAYS,
                           chunk_key(r, sale->sku, sale->customer_key, sale->ship_date, first->chunks - 1));
}

/* Opens a day's first chunk; answers how many there are. */
static unsigned open_first(struct rating *r, const struct line_row *sale)
{
    books_read(r->books, PAYOUT_SALES, head_key(r, sale->sku, sale->customer_key), NULL);
    const struct sales_day_row *first =
        books_read(r->books, PAYOUT_SALES_DAYS, chunk_key(r, sale->sku, sale->customer_key, sale->ship_date, 0), NULL);
    return first->chunks;
}

static void open_chunk(struct rating *r, const struct line_row *sale, unsigned chunk)
{
    books_read(r->books, PAYOUT_SALES_DAYS, chunk_key(r, sale->sku, sale->customer_key, sale->ship_date, chunk), NULL);
}

void sales_open(struct rating *r, const struct line_row *sale)
{
    unsigned chunks = open_first(r, sale);
    if (chunks > 1) open_chunk(r, sale, chunks - 1);
}

void sales_open_chunks(struct rating *r, const struct line_row *sale)
{
    unsigned chunks = open_first(r, sale);
    for (unsigned i = 1; i < chunks; i++) open_chunk(r, sale, i);
}

void sales_add(struct rating *r)
{
    const struct line_row *sale = &r->row;
    if (r->accepted_milli <= 0 || !sale->ship_date) return;
    struct sales_row *head = books_change(r->books, PAYOUT_SALES, head_key(r, sale->sku, sale->customer_key));
    if (head->awaited) wake(r, sales_match_datum(r, sale->sku, sale->customer_key));
    head->awaited = false;
    if (!day_set_add(&head->days, sale->ship_date)) return;
    struct sales_day_row *chunk = chunk_with_room(r, sale);
    if (chunk->sales_count >= SALES_PER_CHUNK) return;
    *ROWS_APPEND(r->arena, chunk, sales, open_sale) = (struct open_sale){ r->receipt->line_id, r->accepted_milli };
}

static struct open_sale *find_in_day(struct rating *r, const struct line_row *sale, struct slice line_id,
                                     struct sales_day_row **chunk)
{
    unsigned chunks = 1;
    for (unsigned i = 0; i < chunks; i++) {
        struct slice key = chunk_key(r, sale->sku, sale->customer_key, sale->ship_date, i);
        const struct sales_day_row *row = books_read(r->books, PAYOUT_SALES_DAYS, key, NULL);
        if (i == 0 && row->chunks) chunks = row->chunks;
        for (unsigned k = 0; k < row->sales_count; k++) {
            if (!slice_equal(row->sales[k].line_id, line_id)) continue;
            *chunk = books_change(r->books, PAYOUT_SALES_DAYS, key);
            return &(*chunk)->sales[k];
        }
    }
    return NULL;
}

static void put_back(struct rating *r, const struct line_row *sale, struct slice line_id, int64_t qty_milli)
{
    struct sales_row *head = books_change(r->books, PAYOUT_SALES, head_key(r, sale->sku, sale->customer_key));
    if (!day_set_add(&head->days, sale->ship_date)) return;
    struct sales_day_row *chunk = chunk_with_room(r, sale);
    if (chunk->sales_count >= SALES_PER_CHUNK) return;
    *ROWS_APPEND(r->arena, chunk, sales, open_sale) = (struct open_sale){ line_id, qty_milli };
}

/* Takes empty chunks off the end of a day; answers how many are left: none when nothing is left of the day. */
static unsigned trim_day(struct rating *r, const struct line_row *sale)
{
    struct sales_day_row *first =
        books_change(r->books, PAYOUT_SALES_DAYS, chunk_key(r, sale->sku, sale->customer_key, sale->ship_date, 0));
    while (first->chunks > 1) {
        struct slice key = chunk_key(r, sale->sku, sale->customer_key, sale->ship_date, first->chunks - 1);
        const struct sales_day_row *last = books_read(r->books, PAYOUT_SALES_DAYS, key, NULL);
        if (last->sales_count > 0) return first->chunks;
        first->chunks--;
    }
    if (first->sales_count == 0) first->chunks = 0;
    return first->chunks;
}

void sales_reduce(struct rating *r, const struct line_row *sale, struct slice line_id, int64_t qty_milli)
{
    struct sales_day_row *chunk;
    struct open_sale *open = find_in_day(r, sale, line_id, &chunk);
    if (!open) {
        if (qty_milli < 0) put_back(r, sale, line_id, -qty_milli);
        return;
    }
    open->left_milli -= qty_milli;
    if (open->left_milli > 0) return;
    rows_remove(chunk->sales, &chunk->sales_count, sizeof *chunk->sales, (unsigned)(open - chunk->sales));
    if (chunk->sales_count || trim_day(r, sale) > 0) return;
    struct sales_row *head = books_change(r->books, PAYOUT_SALES, head_key(r, sale->sku, sale->customer_key));
    day_set_remove(&head->days, sale->ship_date);
}

static void take_chunk(struct sale_matches *m, const struct sales_day_row *row)
{
    for (unsigned i = 0; i < row->sales_count && m->count < SALES_ASKED_MAX && m->covered_milli < m->wanted_milli;
         i++) {
        m->items[m->count++] = (struct sale_match){ row->sales[i].line_id, row->sales[i].left_milli };
        m->covered_milli += row->sales[i].left_milli;
    }
}

/* Chunks that the next pass brings beside the one that is missed: as many as were walked, so that passes stay few. */
static void read_ahead(struct rating *r, struct slice sku, struct slice customer_key, int32_t date, unsigned at,
                       unsigned chunks)
{
    unsigned end = 2 * at + SALES_PER_CHUNK < chunks ? 2 * at + SALES_PER_CHUNK : chunks;
    for (unsigned i = at + 1; i < end; i++)
        books_read(r->books, PAYOUT_SALES_DAYS, chunk_key(r, sku, customer_key, date, i), NULL);
}

/* False: a chunk of it comes with the next pass. One that was emptied is not there, and others may stand after it. */
static bool take_day(struct rating *r, struct sale_matches *m, struct slice sku, struct slice customer_key,
                     int32_t date)
{
    unsigned chunks = 1, missed = r->books->missed;
    for (unsigned i = 0; i < chunks && m->covered_milli < m->wanted_milli; i++) {
        const struct sales_day_row *row =
            books_read(r->books, PAYOUT_SALES_DAYS, chunk_key(r, sku, customer_key, date, i), NULL);
        if (r->books->missed > missed) {
            read_ahead(r, sku, customer_key, date, i, chunks);
            return false;
        }
        if (i == 0 && row->chunks) chunks = row->chunks;
        take_chunk(m, row);
    }
    return true;
}

void sales_find(struct rating *r, struct slice sku, struct slice customer_key, int32_t from, int32_t to,
                struct sale_matches *m)
{
    const struct sales_row *head = books_read(r->books, PAYOUT_SALES, head_key(r, sku, customer_key), NULL);
    unsigned missed = 0;
    for (int32_t date = day_set_next(&head->days, from); date && date <= to;
         date = day_set_next(&head->days, date_add_days(date, 1))) {
        if (m->covered_milli >= m->wanted_milli || m->count == SALES_ASKED_MAX || missed == DAYS_MISSED_MAX) break;
        if (!take_day(r, m, sku, customer_key, date)) missed++;
    }
}

void sales_await(struct rating *r, struct slice sku, struct slice customer_key)
{
    struct sales_row *head = books_change(r->books, PAYOUT_SALES, head_key(r, sku, customer_key));
    head->awaited = true;
}
