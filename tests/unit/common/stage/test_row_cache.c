/* Rows kept decoded for the length of a batch. */
#include "stage/row_cache.h"
#include "support/test.h"
#include "wire/table_compliance.h"
#include "wire/table_payout.h"

static const struct book_keeper pool = TABLE_PAYOUT_KEEPER(LOTS), sales = TABLE_COMPLIANCE_KEEPER(match_sales);

static struct book_row row_of(unsigned table, const char *key, uint32_t hash)
{
    return (struct book_row){ .table = table, .key = slice_from(key), .hash = hash };
}

TEST(a_row_is_found_again_by_partition_table_and_key)
{
    struct row_cache c;
    struct book_row row = row_of(1, "root sku", 7), other = row_of(1, "root sky", 7),
                    elsewhere = row_of(2, "root sku", 7);
    CHECK_INT(row_cache_open(&c), OK);
    struct cached_row *kept = row_cache_add(&c, 3, &row, sizeof(struct lots_row));
    CHECK(row_cache_find(&c, 3, &row) == kept && !kept->found && !kept->dirty);
    CHECK(!row_cache_find(&c, 4, &row));
    CHECK(!row_cache_find(&c, 3, &other));
    CHECK(!row_cache_find(&c, 3, &elsewhere));
    row_cache_clear(&c);
    CHECK(!row_cache_find(&c, 3, &row) && !c.first);
    row_cache_close(&c);
}

TEST(rows_come_in_the_order_in_which_they_were_first_read)
{
    struct row_cache c;
    static const char *const keys[] = { "b", "a", "c" };
    unsigned at = 0;
    CHECK_INT(row_cache_open(&c), OK);
    for (unsigned i = 0; i < 3; i++) {
        struct book_row row = row_of(0, keys[i], i * ROW_CACHE_BUCKETS);        /* all in one bucket */
        row_cache_add(&c, 0, &row, 16);
    }
    for (const struct cached_row *kept = c.first; kept; kept = kept->next_added)
        CHECK_SLICE(kept->key, slice_from(keys[at++]));
    CHECK_INT(at, 3);
    row_cache_close(&c);
}

/* What a line left behind must not be touched by what becomes of its memory, nor by a line after it that is given
 * up. */
TEST(a_kept_record_has_lists_and_texts_of_its_own)
{
    struct row_cache c;
    char line_id[] = "line-1", currency[] = "USD";
    struct lot lots[] = { { .no = 1,
                            .line_id = slice_from(line_id),
                            .qty_milli = 5000,
                            .remaining_milli = 4000,
                            .currency = slice_from(currency) } };
    struct lots_row row = { .next_no = 2, .lots = lots, .lots_count = 1 }, copy;
    struct book_row key = row_of(0, "pool", 1);
    CHECK_INT(row_cache_open(&c), OK);
    struct slice packed = table_payout_encode_LOTS(test_arena(), &row);
    struct cached_row *kept = row_cache_add(&c, 0, &key, sizeof row);
    row_cache_keep(&c, kept, &pool, &row, sizeof row);
    memset(line_id, 'x', sizeof line_id);
    memset(currency, 'x', sizeof currency);
    memset(lots, 0, sizeof lots);
    CHECK(kept->found && kept->dirty);
    CHECK_SLICE(table_payout_encode_LOTS(test_arena(), kept->record), packed);

    memcpy(&copy, kept->record, sizeof copy);
    pool.own(test_arena(), NULL, &copy);                /* what the next line gets */
    copy.lots[0].remaining_milli = 0;
    CHECK_SLICE(table_payout_encode_LOTS(test_arena(), kept->record), packed);
    CHECK(copy.lots[0].line_id.bytes == ((struct lots_row *)kept->record)->lots[0].line_id.bytes);
    row_cache_close(&c);
}

TEST(a_text_that_is_at_home_is_not_copied_again)
{
    struct row_cache c;
    struct match_sales m = { .waiting = { { SLICE_INIT("line-1"), 20260401, 5000 } }, .waiting_count = 1 };
    struct book_row key = row_of(0, "sku customer", 1);
    CHECK_INT(row_cache_open(&c), OK);
    struct cached_row *kept = row_cache_add(&c, 0, &key, sizeof m);
    row_cache_keep(&c, kept, &sales, &m, sizeof m);
    size_t used = c.arena.used;
    struct match_sales next = *(struct match_sales *)kept->record;
    next.waiting[0].qty_milli = 4000;
    row_cache_keep(&c, kept, &sales, &next, sizeof next);
    CHECK_INT(c.arena.used, used);
    CHECK_INT(((struct match_sales *)kept->record)->waiting[0].qty_milli, 4000);
    row_cache_close(&c);
}

TEST(what_packing_forgets_is_forgotten)
{
    struct row_cache c;
    struct match_sales m = { .waiting = { [1] = { SLICE_INIT("gone"), 20260401, 1 } } };
    struct book_row key = row_of(0, "sku customer", 1);
    CHECK_INT(row_cache_open(&c), OK);
    struct cached_row *kept = row_cache_add(&c, 0, &key, sizeof m);
    row_cache_keep(&c, kept, &sales, &m, sizeof m);
    CHECK(!kept->found && kept->dirty);                 /* it says nothing: the row goes */
    CHECK_INT(((struct match_sales *)kept->record)->waiting[1].qty_milli, 0);
    row_cache_close(&c);
}

TEST(a_record_that_shrank_is_packed_like_one_that_was_never_longer)
{
    struct row_cache c;
    struct match_sales longer = { .waiting = { { SLICE_INIT("line-1"), 20260401, 5000 },
                                               { SLICE_INIT("line-2"), 20260402, 6000 } },
                                  .waiting_count = 2 };
    struct match_sales shorter = longer;
    struct book_row key = row_of(0, "sku customer", 1);
    shorter.waiting_count = 1;
    CHECK_INT(row_cache_open(&c), OK);
    struct cached_row *kept = row_cache_add(&c, 0, &key, sizeof longer);
    row_cache_keep(&c, kept, &sales, &longer, sizeof longer);
    row_cache_keep(&c, kept, &sales, &shorter, sizeof shorter);
    CHECK_SLICE(table_compliance_encode_match_sales(test_arena(), kept->record),
                table_compliance_encode_match_sales(test_arena(), &shorter));
    CHECK_INT(books_said(&sales, &longer, sizeof longer) - books_said(&sales, kept->record, sizeof longer),
              sizeof longer.waiting[0]);
    CHECK(books_said(&sales, &longer, sizeof longer) < sizeof longer);
    row_cache_close(&c);
}

TEST(a_cache_beyond_its_bytes_says_so)
{
    struct row_cache c;
    CHECK_INT(row_cache_open(&c), OK);
    for (unsigned i = 0; !row_cache_is_full(&c) && i < ROW_CACHE_BYTES; i++) {
        struct book_row row = row_of(0, "key", i);
        row_cache_add(&c, (int32_t)i, &row, 1000);
    }
    CHECK(row_cache_is_full(&c) && c.arena.used < ROW_CACHE_BYTES + 4096);
    row_cache_clear(&c);
    CHECK(!row_cache_is_full(&c));
    row_cache_close(&c);
}
