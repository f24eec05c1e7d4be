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
