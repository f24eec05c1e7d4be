/* Rows of another release are found before the first line is decided, whichever table has them. */
#include "stage/row_versions.h"

#include "runtime/memory_store.h"
#include "stage/waiting.h"
#include "support/test.h"
#include "support/toy.h"

static void check_row(uint8_t table, struct slice value, enum err wanted)
{
    struct row_versions seen = { 0 };
    struct memory_store *memory = memory_store_open(NULL);
    struct store *store = memory_store_base(memory);
    CHECK(store_put(store, table, SLICE("key"), value) == OK);
    CHECK_INT(row_versions_check(&toy_first, store, &seen), wanted);
    if (wanted != OK) CHECK_INT(seen.found, (uint8_t)value.bytes[0]);
    CHECK((seen.table != NULL) == (wanted != OK));
    memory_store_close(memory);
}

TEST(rows_of_another_release_are_found_whichever_table_has_them)
{
    for (unsigned i = 0; i < toy_first.table_count; i++) {
        check_row(toy_first.tables[i].number, SLICE("\3rest"), OK);
        check_row(toy_first.tables[i].number, SLICE("\2rest"), ERR_STATE_OUTDATED);
        check_row(toy_first.tables[i].number, SLICE("\4rest"), ERR_STATE_OUTDATED);
    }
    check_row(WAITING_TABLE, SLICE("\1rest"), OK);
    check_row(WAITING_TABLE, SLICE("\2rest"), OK);
    check_row(WAITING_TABLE, SLICE("\3rest"), ERR_STATE_OUTDATED);
    check_row(WAITING_CASE_TABLE, SLICE("\7rest"), OK);    /* of no layout that changed ever */
}

/* A toy whose rows of version 2 say what those of 3 say without their first letter. */
static enum err renew(struct arena *a, unsigned version, const struct book_codec *codec, struct slice old,
                      struct slice *now)
{
    struct text t = text_in(a, old.size + 1);
    CHECK(version == 2 && codec);
    if (!old.size) return ERR_STATE_MALFORMED;
    text_put_byte(&t, 'r');
    text_put(&t, old);
    *now = text_slice(&t);
    return OK;
}

TEST(rows_of_an_earlier_version_that_is_read_are_renewed_and_others_are_not)
{
    struct stage upgraded = toy_first;
    struct row_versions seen = { 0 };
    struct slice row;
    upgraded.row_version_read = 2;
    upgraded.renew_row = renew;
    static const struct { const char *value, *row; enum err wanted;
    } cases[] = {
        { "\3rest", "rest", OK },           { "\2est", "rest", OK },       { "\2", "", ERR_STATE_MALFORMED },
        { "\1rest", "", ERR_STATE_OUTDATED }, { "\4rest", "", ERR_STATE_OUTDATED },
    };
    for (unsigned i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct memory_store *memory = memory_store_open(NULL);
        struct slice value = slice_from(cases[i].value);
        enum err e = row_versions_read(&upgraded, &upgraded.tables[0].codec, test_arena(), value, &row);
        CHECK_INT(e, cases[i].wanted);
        if (e == OK) CHECK(slice_equal(row, slice_from(cases[i].row)));
        CHECK(store_put(memory_store_base(memory), upgraded.tables[0].number, SLICE("key"), value) == OK);
        CHECK_INT(row_versions_check(&upgraded, memory_store_base(memory), &seen) == OK, e != ERR_STATE_OUTDATED);
        memory_store_close(memory);
    }
}
