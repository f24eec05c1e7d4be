/* tests/unit/common/wire/test_table_classification.c: what classification keeps, as bytes and back. */
#include "support/test.h"
#include "classification/stage.h"
#include "classification/tables.h"
#include "wire/table_classification.h"

#include <stddef.h>

static const struct book_codec *codec_of(unsigned table)
{
    return &classification_stage.tables[table].codec;
}

static struct slice encoded(unsigned table, const void *record)
{
    return codec_of(table)->encode(test_arena(), record);
}

static enum err decode(unsigned table, struct slice bytes, void *record)
{
    return codec_of(table)->decode(test_arena(), bytes, record);
}

TEST(records_come_back_as_they_were)
{
    /* static: the bytes between members are zero, so that memcmp compares members alone */
    static struct features_record f = { { 1, 2, 3, 4, 5, UINT64_MAX, 7, 8 }, 9, 10, 11, 12, 20260303, 14, 15, 16,
                                        .group_count = 0 },
                                  f2;
    static struct drift_record d = { .month = 202603,
                                     .state = DRIFT_DRIFT,
                                     .suspect_months = 2,
                                     .observed = ROLE_VAR,
                                     .observed_ppm = 900000,
                                     .declared_ppm = 1,
                                     .reasons = { { 4, 219, 98, 300 }, { 6, -40, 0, 1 } },
                                     .reason_count = 2 },
                               d2;
    struct target_record t = { -1, SLICE("SD-26"), SLICE("ann") }, t2 = { 0 };
    struct originals_record o = { { SLICE("A"), SLICE("") }, 2, 7 }, o2 = { 0 };
    CHECK_INT(decode(CLASSIFICATION_FEATURES, encoded(CLASSIFICATION_FEATURES, &f), &f2), OK);
    CHECK(memcmp(&f, &f2, sizeof f) == 0);
    CHECK_INT(decode(CLASSIFICATION_DRIFT, encoded(CLASSIFICATION_DRIFT, &d), &d2), OK);
    d2.line_id = d.line_id;                                 /* empty, though it lies somewhere */
    CHECK(memcmp(&d, &d2, sizeof d) == 0);
    CHECK_INT(decode(CLASSIFICATION_TARGETS, encoded(CLASSIFICATION_TARGETS, &t), &t2), OK);
    CHECK_INT(t2.revision, -1);
    CHECK_TEXT(t2.program_id, "SD-26");
    CHECK_TEXT(t2.author_id, "ann");
    CHECK_INT(decode(CLASSIFICATION_ORIGINALS, encoded(CLASSIFICATION_ORIGINALS, &o), &o2), OK);
    CHECK_INT(o2.count, 2);
    CHECK_TEXT(o2.line_ids[0], "A");
    CHECK_INT(o2.left_out, 7);
}

TEST(the_bytes_of_a_record_are_those_of_the_first_release)
{
    struct target_record t = { 3, SLICE("SD"), SLICE("a") };
    struct drift_record d = { .month = 202603,
                              .state = DRIFT_NONE,
                              .observed = ROLE_VAR,
                              .observed_ppm = 5,
                              .reasons = { { 4, -1, 98, 2 } },
                              .reason_count = 1 };
    CHECK_SLICE(encoded(CLASSIFICATION_TARGETS, &t), slice_of("\x06\x02SD\x01" "a", 6));
    CHECK_SLICE(encoded(CLASSIFICATION_DRIFT, &d),
                slice_of("\xeb\xae\x0c\x01\x00\x02\x05\x00\x01\x04\x01\x62\x02\x00\x00\x00", 16));
}

TEST(the_parts_of_a_hybrid_come_back_and_count_no_further_than_they_say)
{
    struct features_record f = { .sales = { .sold_milli = 9 },
                               .group_count = 1,
                               .groups = { { SLICE("A-1"), { .reseller_lines = 3, .resale_cents = 70 } } } },
                           f2 = { .group_count = 0 };
    struct drift_record d = { .month = 202603, .line_id = SLICE("L1"), .stability_milli = 260,
                              .group_count = 2, .groups = { SLICE("A-1"), SLICE("A-2") } }, d2 = { 0 };
    CHECK_INT(decode(CLASSIFICATION_FEATURES, encoded(CLASSIFICATION_FEATURES, &f), &f2), OK);
    CHECK_INT(f2.group_count, 1);
    CHECK_TEXT(f2.groups[0].agreement, "A-1");
    CHECK_INT(f2.groups[0].sales.reseller_lines, 3);
    CHECK_INT(f2.groups[0].sales.resale_cents, 70);
    CHECK_INT(table_classification_said_features(&f2),
              offsetof(struct features_record, groups) + sizeof(struct sales_group));
    CHECK_INT(decode(CLASSIFICATION_DRIFT, encoded(CLASSIFICATION_DRIFT, &d), &d2), OK);
    CHECK_TEXT(d2.line_id, "L1");
    CHECK_INT(d2.stability_milli, 260);
    CHECK_INT(d2.group_count, 2);
    CHECK_TEXT(d2.groups[1], "A-2");
    CHECK_INT(table_classification_said_drift(&d2), offsetof(struct drift_record, groups) + 2 * sizeof(struct slice));
    f.group_count = 0;
    struct slice few = encoded(CLASSIFICATION_FEATURES, &f);
    ((char *)(uintptr_t)few.bytes)[few.size - 1] = FEATURES_GROUPS_MAX + 1;
    CHECK(decode(CLASSIFICATION_FEATURES, few, &f2) != OK);
}

TEST(a_row_without_lines_goes)
{
    struct originals_record o = { .count = 0 };
    CHECK_INT(encoded(CLASSIFICATION_ORIGINALS, &o).size, 0);
    o.left_out = 1;                                         /* somebody waits, though nobody knows who */
    CHECK(encoded(CLASSIFICATION_ORIGINALS, &o).size > 0);
}

TEST(bytes_that_are_no_record_are_refused)
{
    struct arena *a = test_arena();
    uint64_t seed = test_seed();
    for (unsigned i = 0; i < 4000; i++) {
        char bytes[24];
        size_t size = test_random(&seed) % sizeof bytes;
        for (size_t k = 0; k < size; k++) bytes[k] = (char)test_random(&seed);
        const struct book_codec *codec = codec_of(i % CLASSIFICATION_TABLE_COUNT);
        enum err e = codec->decode(a, slice_of(bytes, size), arena_alloc(a, codec->bytes));
        CHECK(e == OK || e == ERR_STATE_MALFORMED);
    }
    struct drift_record d;
    struct originals_record o;
    CHECK_INT(decode(CLASSIFICATION_DRIFT, SLICE("\x01\x04"), &d), ERR_STATE_MALFORMED);
    CHECK_INT(decode(CLASSIFICATION_ORIGINALS, SLICE("\x21"), &o), ERR_STATE_MALFORMED);
}
