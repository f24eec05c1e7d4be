/* One row in every form: what a machine reads is an interface. */
#include "claimctl/listing.h"

#include "support/test.h"

static const struct listing_field fields[] = {
    { "name", LISTING_TEXT, "who", false },   { "count", LISTING_WHOLE, "how many", false },
    { "amount", LISTING_FIGURE, "how much", false }, { "tags", LISTING_LIST, "which", true },
};

static struct slice printed(enum listing_form form, bool names, unsigned rows)
{
    static char bytes[4096];
    FILE *file = tmpfile();
    struct output out = { .file = file, .name = "test" };
    struct listing l = { .names_in_tsv = names };
    const struct slice first[] = { SLICE("Zürich \t AG"), SLICE("7"), SLICE("-1.50"), SLICE("a b") };
    const struct slice second[] = { SLICE("=1+1, \"x\""), SLICE("12"), SLICE(""), SLICE("") };
    if (listing_begin(&l, &out, fields, 4, form)) {
        if (rows > 0) listing_row(&l, first);
        if (rows > 1) listing_row(&l, second);
        listing_end(&l);
    }
    fflush(file);
    rewind(file);
    size_t size = fread(bytes, 1, sizeof bytes, file);
    fclose(file);
    return slice_of(bytes, size);
}

TEST(a_table_is_aligned_by_columns_and_hides_what_is_wide)
{
    CHECK_TEXT(printed(LISTING_TABLE, false, 2),
               "NAME         COUNT  AMOUNT\nZürich   AG      7   -1.50\n=1+1, \"x\"       12       -\n");
    CHECK_TEXT(printed(LISTING_WIDE, false, 1), "NAME         COUNT  AMOUNT  TAGS\nZürich   AG      7   -1.50  a b\n");
    CHECK_TEXT(printed(LISTING_TABLE, false, 0), "");
}

TEST(csv_and_objects_have_every_field)
{
    CHECK_TEXT(printed(LISTING_TSV, false, 2), "Zürich   AG\t7\t-1.50\n=1+1, \"x\"\t12\t-\n");
    CHECK_TEXT(printed(LISTING_TSV, true, 0), "NAME\tCOUNT\tAMOUNT\n");
    CHECK_TEXT(printed(LISTING_CSV, false, 2),
               "name,count,amount,tags\r\nZürich \t AG,7,-1.50,a b\r\n\"'=1+1, \"\"x\"\"\",12,,\r\n");
    CHECK_TEXT(
        printed(LISTING_JSONL, false, 2),
        "{\"name\":\"Zürich \\t AG\",\"count\":7,\"amount\":\"-1.50\",\"tags\":[\"a\",\"b\"]}\n{\"name\":\"=1+1, "
        "\\\"x\\\"\",\"count\":12}\n");
    CHECK_TEXT(printed(LISTING_JSON, false, 0), "[]\n");
    CHECK_TEXT(printed(LISTING_JSON, false, 1),
               "[\n{\"name\":\"Zürich \\t AG\",\"count\":7,\"amount\":\"-1.50\",\"tags\":[\"a\",\"b\"]}\n]\n");
    CHECK_TEXT(printed(LISTING_YAML, false, 1),
               "- {\"name\":\"Zürich \\t AG\",\"count\":7,\"amount\":\"-1.50\",\"tags\":[\"a\",\"b\"]}\n");
}

TEST(help_names_the_fields)
{
    CHECK_TEXT(printed(LISTING_HELP, false, 2),
               "name\ttext\twho\ncount\twhole number\thow many\namount\tdecimal\thow much\ntags\tlist\twhich\n");
}

TEST(width_counts_columns)
{
    CHECK_INT(listing_width(SLICE("abc")), 3);
    CHECK_INT(listing_width(SLICE("Zürich")), 6);
    CHECK_INT(listing_width(SLICE("日本")), 4);
    CHECK_INT(listing_width(SLICE("e\xcc\x81")), 1);
}

/* Takes the form out of the words; those that are left, each after a blank. */
static struct slice taken(enum listing_form *form, bool *is_known, const char *const *words, int count)
{
    static char room[256];
    char *argv[16] = { NULL };
    struct text t = text_over(room, sizeof room);
    for (int i = 0; i < count; i++) argv[i] = (char *)words[i];
    *is_known = listing_take_form(&count, argv, form, NULL);
    for (int i = 0; i < count; i++) {
        PUT(&t, " ");
        text_put(&t, slice_from(argv[i]));
    }
    return text_slice(&t);
}
#define TAKEN(form, is_known, ...) \
    taken(form, is_known, (const char *[]){ __VA_ARGS__ }, sizeof((const char *[]){ __VA_ARGS__ }) / sizeof(char *))

TEST(a_form_is_taken_in_both_spellings_and_the_other_words_stay)
{
    enum listing_form form;
    bool is_known;
    CHECK_TEXT(TAKEN(&form, &is_known, "lag", "--format", "csv", "--all"), " lag --all");
    CHECK(is_known && form == LISTING_CSV);
    CHECK_TEXT(TAKEN(&form, &is_known, "lag", "--format=yaml", "--stage=payout"), " lag --stage=payout");
    CHECK(is_known && form == LISTING_YAML);
    CHECK_TEXT(TAKEN(&form, &is_known, "lag", "--json"), " lag");
    CHECK(is_known && form == LISTING_JSONL);
    CHECK_TEXT(TAKEN(&form, &is_known, "lag", "--", "--json"), " lag -- --json");
    CHECK(is_known && form == LISTING_AUTO);
    (void)TAKEN(&form, &is_known, "lag", "--format", "jsn");
    CHECK(!is_known);
}
