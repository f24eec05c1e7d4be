/* What is told of lines: every member that intake reads has its words, and no words are of a member that is no more. */
#include "claimctl/line_keys.h"

#include "intake/draft.h"
#include "support/test.h"

#include <jansson.h>

enum { ROOM_BYTES = 4096 };

static const char *const told[] = {
#define LINE_KEY(path, type, meaning, example) path,
#include "claimctl/line_key.def"
};
enum { TOLD = sizeof told / sizeof told[0] };
static bool is_used[TOLD];

static void use(const char *prefix, const char *name)
{
    char path[96];
    bool found = false;
    snprintf(path, sizeof path, "%s%s", prefix, name);
    for (unsigned i = 0; i < TOLD; i++) {
        if (strcmp(told[i], path) != 0) continue;
        found = is_used[i] = true;
    }
    if (!found) printf("nothing is told of %s\n", path);
    CHECK(found);
}

TEST(every_member_that_intake_reads_is_told_and_nothing_else)
{
#define FIELD(type, member, name, detail) use("", name);
#include "domain/line_field.def"
#undef FIELD
#define PART(party, part, type, detail) use("sold_to.", #part);
    PARTY_PARTS(PART, _)
#undef PART
#define MEMBER(member, type, detail) use("", #member);
    REFERENCE_MEMBERS(MEMBER)
#undef MEMBER
#define TERM(member) use("lines[].", #member);
    TERM_MEMBERS(TERM)
#undef TERM
#define LIST(name) use("", #name);
    DRAFT_LISTS(LIST)
#undef LIST
    static const char *const nested[] = { "documents",
                                          "documents[].type",
                                          "documents[].name",
                                          "documents[].sha256",
                                          "extras",
                                          "customers",
                                          "lines",
                                          "lines[].products",
                                          "ship_debit",
                                          "claim" };
    for (unsigned i = 0; i < sizeof nested / sizeof nested[0]; i++) use("", nested[i]);
    for (unsigned i = 0; i < TOLD; i++) {
        if (!is_used[i]) printf("there is no %s\n", told[i]);
        CHECK(is_used[i]);
    }
}

TEST(a_member_says_its_type_and_of_which_kinds_it_is_required)
{
    char buffer[ROOM_BYTES];
    unsigned seen = 0;
    for (unsigned i = 0; i < line_key_count(); i++) {
        struct text room = text_over(buffer, sizeof buffer);
        struct line_key key = line_key_at(i, &room);
        CHECK(key.type.size > 0 && key.meaning.size > 0);
        if (slice_equal(key.path, SLICE("rma_no"))) {
            CHECK_TEXT(key.type, "text of at most 50 bytes");
            CHECK_TEXT(key.of, "ROTATION_CLAIM");
            seen++;
        }
        if (slice_equal(key.path, SLICE("claim_id"))) {
            CHECK_TEXT(key.of,
                       "SHIP_DEBIT_CLAIM MDF_CLAIM SPIFF_CLAIM DEAL_CLAIM PRICE_PROTECTION_CLAIM ROTATION_CLAIM");
            seen++;
        }
        if (slice_equal(key.path, SLICE("lines[].method"))) {
            CHECK_TEXT(key.type, "one of DOWN_TO DOWN_BY_AMOUNT DOWN_BY_PERCENT");
            seen++;
        }
    }
    CHECK_INT(seen, 3);
}

TEST(a_kind_says_what_it_is_and_what_it_needs)
{
    char buffer[ROOM_BYTES];
    for (enum kind kind = KIND_UNSPECIFIED + 1; kind < KIND_COUNT; kind++) {
        struct text room = text_over(buffer, sizeof buffer);
        CHECK(line_kind_about(kind, &room).meaning.size > 0);
    }
    struct text room = text_over(buffer, sizeof buffer);
    struct kind_about cancel = line_kind_about(KIND_CANCEL, &room);
    CHECK_TEXT(cancel.quantity, "below 0");
    CHECK_TEXT(cancel.needs, "original_line_ref");
    room = text_over(buffer, sizeof buffer);
    CHECK_TEXT(line_kind_about(KIND_REPLACE, &room).needs, "original_line_ref, replaces_kind");
}

TEST(the_schema_of_a_line_is_json_and_has_its_nested_members)
{
    static char bytes[256 << 10];
    struct text t = text_over(bytes, sizeof bytes);
    json_error_t error;
    line_keys_put_schema(&t);
    CHECK(!t.full);
    json_t *schema = json_loadb(t.bytes, t.size, JSON_REJECT_DUPLICATES, &error),
           *properties = json_object_get(schema, "properties");
    CHECK_INT(json_array_size(json_object_get(json_object_get(properties, "kind"), "enum")), KIND_COUNT - 1);
    json_t *customer = json_object_get(json_object_get(properties, "end_customer"), "properties");
    CHECK(json_object_get(customer, "country") != NULL);
    json_t *lines = json_object_get(json_object_get(properties, "lines"), "items");
    CHECK(json_object_get(json_object_get(lines, "properties"), "resale_policy") != NULL);
    CHECK(!json_object_get(properties, "sold_to.name"));
    json_decref(schema);
}
