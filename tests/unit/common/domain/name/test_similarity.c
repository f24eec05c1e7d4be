/* Two tokens: spelling forms, skeletons, distance (screening.md 6.3 steps 2 and 3). */
#include "domain/name/similarity.h"

#include "support/table.h"

static struct slice formed(size_t (*form)(struct slice, char *), struct slice token)
{
    char *out = arena_alloc(test_arena(), SIMILARITY_TOKEN_BYTES_MAX);
    return slice_of(out, form(token, out));
}

TEST(writes_spelling_forms_and_skeletons)
{
    struct table t = TABLE(
        "token      | spelling  skeleton",
        "DZHORVAN   | JORVAN    JRVN",
        "MOHAMMED   | MOHAMED   MHMD",
        "KADEEM     | KADIM     KDM",
        "QADIM      | KADIM     KDM",
        "PHILIPPE   | FILIPE    FLP",
        "YUSUF      | IUSUF     JSF",
        "YOUSSOUF   | IUSUF     JSF",
        "ABDULLAH   | ABDULAH   ABDL",
        "OLEH       | OLEH      AL",
        "SHCHUKA    | JUKA      JK",
        "WAXMAN     | VAXMAN    VSMN",
        "GHAZI      | GASI      KS",
        "TSAPLYA    | SAPLIA    SPL",
        "AAQIB      | AKIB      AKB");
    while (table_next(&t)) {
        CHECK_CELL(&t, "spelling", formed(similarity_spelling, cell(&t, "token")));
        CHECK_CELL(&t, "skeleton", formed(similarity_skeleton, cell(&t, "token")));
    }
}

TEST(counts_edits_with_exchanges_up_to_a_limit)
{
    struct table t = TABLE(
        "a        b        limit | distance",
        "KESTREL  KESTREL  2     | 0",
        "KESTREL  KESTRAL  2     | 1",
        "KESTREL  KETSREL  2     | 1",
        "KESTREL  KESTRELS  2    | 1",
        "KESTREL  ESTREL   2     | 1",
        "KESTREL  EKSTERL  2     | 2",
        "KESTREL  KASTRIL  1     | 2",
        "KESTREL  DORVAN   2     | 3",
        "CA       ABC      3     | 3");
    while (table_next(&t)) {
        unsigned limit = (unsigned)cell_int(&t, "limit");
        CHECK_CELL_INT(&t, "distance", similarity_distance(cell(&t, "a"), cell(&t, "b"), limit));
        CHECK_CELL_INT(&t, "distance", similarity_distance(cell(&t, "b"), cell(&t, "a"), limit));
    }
}

static int32_t similarity(const struct table *t, bool nicknames_meet)
{
    struct name_token a, b;
    similarity_prepare(test_arena(), cell(t, "a"), &a);
    similarity_prepare(test_arena(), cell(t, "b"), &b);
    CHECK_INT(similarity_of(&a, &b, nicknames_meet), similarity_of(&b, &a, nicknames_meet));
    return similarity_of(&a, &b, nicknames_meet);
}

TEST(compares_tokens_by_the_rules_of_step_3)
{
    struct table t = TABLE(
        "a          b              | similarity",
        "KESTREL    KESTREL        | 10000",
        "KESTREL    KESTRAL        | 8999",
        "A17        A17            | 10000",
        "A17        A18            | 0",
        "KIM        KIN            | 0",         /* three letters allow nothing */
        "PETR       PETER          | 8766",      /* four allow one */
        "PETR       VETAR          | 0",
        "DORVAN     DARVEN         | 8500",      /* two of six: 7 450 by letters, one skeleton */
        "KADEEM     QADIM          | 9000",      /* one spelling */
        "MOHAMMED   MUHAMAD        | 8500",      /* one skeleton */
        "OMAR       AMR            | 0",         /* one skeleton, but three letters */
        "COMM       COMMUNICATION  | 9000",
        "TECH       TECHNICAL      | 9000",
        "TECH       COMMUNICATION  | 0",
        "COMMUNICATION  COMMODITIES  | 0",       /* two words of one short form are two words */
        "BILL       WILLIAM        | 9000",
        "SASHA      ALEKSANDR      | 9000",
        "BILL       ROBERT         | 0",
        "P          PETR           | 0");
    while (table_next(&t)) CHECK_CELL_INT(&t, "similarity", similarity(&t, true));
    t = TABLE("a     b        | similarity",
              "BILL  WILLIAM  | 0",
              "COMM  COMMERCIAL | 9000");
    while (table_next(&t)) CHECK_CELL_INT(&t, "similarity", similarity(&t, false));
}

TEST(compares_joined_neighbours_by_their_own_rules)
{
    struct table t = TABLE(
        "a           b           | similarity",
        "ALKADEEM    ALKADEEM    | 10000",
        "ALKADEEM    ALKADEM     | 9000",
        "ABCDE       ABCDF       | 0",           /* five letters */
        "ABCDEF      ABCDEG      | 9000",
        "ALKADEEM    ALQADIM     | 8500",
        "KADEEM      QADOOM      | 0",           /* skeleton of three */
        "AB1         AB1         | 10000",
        "AB1CDEF     AB2CDEF     | 0");
    while (table_next(&t)) {
        struct name_token a, b;
        similarity_prepare(test_arena(), cell(&t, "a"), &a);
        similarity_prepare(test_arena(), cell(&t, "b"), &b);
        CHECK_CELL_INT(&t, "similarity", similarity_of_joined(&a, &b));
    }
}

TEST(allows_edits_by_the_shorter_token)
{
    static const unsigned allowed[] = { 0, 0, 0, 0, 1, 1, 2, 2, 2, 2, 3, 3 };
    for (unsigned size = 0; size < 12; size++) CHECK_INT(similarity_allowance(size), allowed[size]);
}
