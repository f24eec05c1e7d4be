/* The rows of a line: missed, or brought as they are opened. */
#include "domain/books.h"
#include "support/test.h"

struct count { uint8_t value; };

static enum err decode(struct arena *a, struct slice value, void *record)
{
    (void)a;
    ((struct count *)record)->value = (uint8_t)value.bytes[0];
    return OK;
}

static const struct book_codec codec = { .name = "counts", .bytes = sizeof(struct count), .decode = decode };

static enum err bring(void *context, struct book_row *row)
{
    ++*(unsigned *)context;
    books_supply(row, slice_equal(row->key, SLICE("there")) ? SLICE("\7") : (struct slice){ 0 });
    return OK;
}

TEST(a_row_that_nobody_brought_is_missed_and_reads_as_empty)
{
    struct books b;
    bool found;
    books_init(&b, test_arena(), &codec, 1);
    const struct count *c = books_read(&b, 0, SLICE("there"), &found);
    CHECK(c->value == 0 && !found);
    CHECK_INT(b.missed, 1);
}

TEST(a_source_brings_each_row_once_as_it_is_opened)
{
    struct books b;
    unsigned asked = 0;
    bool found;
    const struct book_source source = { bring, &asked };
    books_init(&b, test_arena(), &codec, 1);
    b.source = &source;
    CHECK_INT(((const struct count *)books_read(&b, 0, SLICE("there"), &found))->value, 7);
    CHECK(found);
    books_read(&b, 0, SLICE("not there"), &found);
    CHECK(!found);
    b.source = NULL;
    CHECK_INT(((const struct count *)books_read(&b, 0, SLICE("there"), NULL))->value, 7);
    CHECK_INT(asked, 2);
    CHECK_INT(b.missed, 0);
    books_read(&b, 0, SLICE("another"), NULL);
    CHECK_INT(b.missed, 1);
}

TEST(a_row_too_many_is_missed_whoever_opens_it_and_however_often)
{
    struct books b;
    books_init(&b, test_arena(), &codec, 1);
    for (unsigned i = 0; i < BOOKS_ROWS_MAX; i++) {
        struct slice key = slice_of((const char *)&i, sizeof i);
        CHECK(!books_are_full(&b));
        ((struct count *)books_overwrite(&b, 0, key))->value = 1;
    }
    CHECK(books_are_full(&b));
    CHECK_INT(b.missed, 0);
    for (unsigned n = 1; n <= 3; n++) {
        bool found;
        struct count *c = n == 1 ? books_overwrite(&b, 0, SLICE("too many")) : books_change(&b, 0, SLICE("too many"));
        CHECK_INT(c->value, 0);
        c->value = 7;
        CHECK(b.missed >= n);
        CHECK_INT(((const struct count *)books_read(&b, 0, slice_of((const char *)&n, sizeof n), &found))->value, 1);
        CHECK(found);
    }
}

/* Keys of less and of more than a word are told apart, whatever becomes of their bytes. */
TEST(rows_are_found_by_keys_of_any_length)
{
    struct books b;
    char key[40];
    books_init(&b, test_arena(), &codec, 1);
    for (unsigned size = 0; size <= sizeof key; size++) {
        memset(key, 'k', sizeof key);
        ((struct count *)books_change(&b, 0, slice_of(key, size)))->value = (uint8_t)(size + 1);
        memset(key, 'x', sizeof key);
    }
    memset(key, 'k', sizeof key);
    for (unsigned size = 0; size <= sizeof key; size++)
        CHECK_INT(((const struct count *)books_read(&b, 0, slice_of(key, size), NULL))->value, size + 1);
    CHECK_INT(b.row_count, sizeof key + 1);
}

/* Of two parts the macro makes it another way. State on disk has these keys. */
TEST(a_key_has_its_parts_behind_their_lengths)
{
    static const struct { const char *parts[3]; unsigned count; const char *key; size_t size; } rows[] = {
        { { "N-100" },         1, "\0\5N-100",         7 },
        { { "N-100", "A" },    2, "\0\5N-100\0\1A",    10 },
        { { "N-100A", "" },    2, "\0\6N-100A\0\0",    10 },
        { { "", "N-100A" },    2, "\0\0\0\6N-100A",    10 },
        { { "N", "100", "A" }, 3, "\0\1N\0\003100\0\1A", 11 },
    };
    for (unsigned i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct slice parts[3], key = slice_of(rows[i].key, rows[i].size);
        for (unsigned k = 0; k < rows[i].count; k++) parts[k] = slice_from(rows[i].parts[k]);
        CHECK_SLICE(books_key(test_arena(), parts, rows[i].count), key);
        if (rows[i].count == 2) CHECK_SLICE(BOOKS_KEY(test_arena(), parts[0], parts[1]), key);
        for (unsigned k = 0; k < rows[i].count; k++) CHECK_SLICE(books_key_take(&key), parts[k]);
        CHECK_INT(key.size, 0);
        CHECK_INT(books_key_take(&key).size, 0);
    }
    char root[300];
    memset(root, 'r', sizeof root);
    struct slice parts[2] = { slice_of(root, sizeof root), SLICE("A") };
    CHECK_SLICE(BOOKS_KEY(test_arena(), parts[0], parts[1]), books_key(test_arena(), parts, 2));
    CHECK_INT((uint8_t)BOOKS_KEY(test_arena(), parts[0], parts[1]).bytes[0], 1);
    CHECK_INT((uint8_t)BOOKS_KEY(test_arena(), parts[0], parts[1]).bytes[1], 300 - 256);
}

static void own_count(struct arena *a, const struct arena *home, void *record)
{
    books_own_nothing(a, home, record);
}

static bool is_no_count(const void *record)
{
    return ((const struct count *)record)->value == 0;
}

/* The record as the line before left it, and none where it left nothing; each pass begins from it again. */
TEST(a_kept_record_is_copied_for_each_pass)
{
    static const struct book_keeper keeper = { own_count, is_no_count, NULL };
    const struct count left = { 9 };
    struct books b;
    bool found;
    books_init(&b, test_arena(), &codec, 1);
    b.keepers = &keeper;
    books_read(&b, 0, SLICE("there"), NULL);
    books_read(&b, 0, SLICE("gone"), NULL);
    CHECK_INT(b.missed, 2);
    books_supply_kept(b.rows[0], &left, NULL);
    books_supply_kept(b.rows[1], NULL, NULL);
    books_restart(&b);
    ((struct count *)books_change(&b, 0, SLICE("there")))->value++;
    CHECK_INT(left.value, 9);
    books_restart(&b);
    CHECK_INT(((const struct count *)books_read(&b, 0, SLICE("there"), &found))->value, 9);
    CHECK(found);
    CHECK_INT(((const struct count *)books_read(&b, 0, SLICE("gone"), &found))->value, 0);
    CHECK(!found);
    CHECK_INT(b.missed, 0);
}
