/* What a run finds again by its text, in memory and beyond it. */
#include "claimctl/directory.h"
#include "support/test.h"

enum { TEXTS = 150000 };                            /* more than memory alone takes */

static struct slice numbered(char *buffer, unsigned number)
{
    struct text t = text_over(buffer, 24);
    PUT(&t, "line-");
    text_put_int(&t, number);
    return text_slice(&t);
}

TEST(each_text_has_its_number_however_many_there_are)
{
    struct directory x;
    char buffer[24];
    unsigned wrong = 0;
    directory_open(&x);
    for (unsigned i = 0; i < TEXTS; i++) {
        bool found;
        uint32_t *at = directory_at(&x, numbered(buffer, i), &found);
        wrong += found || *at != 0;
        *at = i;
    }
    for (unsigned i = 0; i < TEXTS; i++) {
        bool found;
        wrong += *directory_at(&x, numbered(buffer, i), &found) != i || !found;
        wrong += directory_get(&x, numbered(buffer, i), TEXTS) != i;
    }
    CHECK_INT(wrong, 0);
    CHECK_INT(x.count, TEXTS);
    CHECK(x.room.file != NULL);
    CHECK_INT(directory_get(&x, SLICE("never"), 7), 7);
    directory_close(&x);
}

TEST(what_was_kept_stays_as_an_array_moves_out_of_memory)
{
    struct spill s = { 0 };
    unsigned wrong = 0;
    for (size_t size = 4096; size <= 4 * SPILL_MEMORY_BYTES; size *= 2) {
        size_t before = s.size;
        unsigned char *bytes = spill_grow(&s, size);
        for (size_t i = 0; i < before; i++) wrong += bytes[i] != (unsigned char)(i % 251);
        for (size_t i = before; i < size; i++) {
            wrong += bytes[i] != 0;
            bytes[i] = (unsigned char)(i % 251);
        }
    }
    CHECK_INT(wrong, 0);
    CHECK(s.file != NULL && s.size == 4 * SPILL_MEMORY_BYTES);
    spill_close(&s);
    CHECK(!s.at && !s.file);
}
