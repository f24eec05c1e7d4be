#include "intake/framing.h"

#include "support/test.h"

static const struct framing_schema known[] = {
    { .id = 17 },
    { .id = 18, .type = FRAMING_JSON },
    { .has_guid = true, .guid = { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16 } },
    { .id = 19, .has_guid = true, .guid = { 9, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16 } },
};
static const struct framing_schemas schemas = { .items = known, .count = 4 };
#define BYTES_INIT(text) { text, sizeof(text) - 1 }
#define BYTES(literal) SLICE(literal)

TEST(the_path_of_the_first_message_is_one_zero_byte_or_its_long_form)
{
    struct framing f = framing_read(BYTES("\0\0\0\0\x11\0payload"), &schemas);
    CHECK_INT(f.fault, FRAMING_FINE);
    CHECK_TEXT(f.payload, "payload");
    f = framing_read(BYTES("\0\0\0\0\x11\x02\0payload"), &schemas);
    CHECK_INT(f.fault, FRAMING_FINE);
    CHECK_TEXT(f.payload, "payload");
}

/* A registry gives a schema both: a row that pins it by both is found by either. */
TEST(a_schema_pinned_by_id_and_guid_is_found_by_both)
{
    CHECK_INT(framing_read(BYTES("\0\0\0\0\x13\0payload"), &schemas).fault, FRAMING_FINE);
    CHECK_INT(framing_read(BYTES("\x01\x09\2\3\4\5\6\7\x8\x9\xa\xb\xc\xd\xe\xf\x10\0payload"), &schemas).fault,
              FRAMING_FINE);
    CHECK_INT(framing_read(BYTES("\0\0\0\0\0\0payload"), &schemas).fault, FRAMING_UNKNOWN);   /* no id is no 0 */
}

/* What a client writes that has line.proto itself as its schema. */
TEST(a_path_to_the_submission_of_our_own_schema_is_read_and_one_to_another_message_is_broken)
{
    static const char *const tokens = "\nmessage ";
    struct framing f = framing_read(BYTES("\0\0\0\0\x11\x02\x12payload"), &schemas);
    CHECK_INT(f.fault, FRAMING_FINE);
    CHECK_TEXT(f.payload, "payload");
    CHECK_INT(framing_read(BYTES("\0\0\0\0\x11\x02\x04payload"), &schemas).fault, FRAMING_BROKEN);
    CHECK_INT(framing_read(BYTES("\0\0\0\0\x11\x04\x02\x06payload"), &schemas).fault, FRAMING_BROKEN);
    CHECK_INT(framing_read(BYTES("\0\0\0\0\x11\x04\0\0payload"), &schemas).fault, FRAMING_BROKEN);
    FILE *file = fopen("proto/claimstream/v1/line.proto", "r");
    CHECK(file != NULL);
    static char text[64 << 10];
    size_t size = fread(text, 1, sizeof text - 1, file);
    fclose(file);
    text[size] = 0;
    int index = -1;
    for (const char *at = strstr(text, tokens); at; at = strstr(at + 1, tokens)) {
        index++;
        if (strncmp(at + strlen(tokens), "Submission ", 11) == 0) break;
    }
    CHECK_INT(index, FRAMING_SUBMISSION_INDEX);
}

TEST(json_has_no_path)
{
    struct framing f = framing_read(BYTES("\0\0\0\0\x12{}"), &schemas);
    CHECK_INT(f.fault, FRAMING_FINE);
    CHECK_INT(f.type, FRAMING_JSON);
    CHECK_TEXT(f.payload, "{}");
}

TEST(a_negative_count_or_index_is_broken_unless_old_clients_are_read)
{
    CHECK_INT(framing_read(BYTES("\0\0\0\0\x11\x01\0p"), &schemas).fault, FRAMING_BROKEN);
    CHECK_INT(framing_read(BYTES("\0\0\0\0\x11\x02\x01p"), &schemas).fault, FRAMING_BROKEN);
    struct framing_schemas old = schemas;
    old.deprecated_index_format = true;
    struct framing f = framing_read(BYTES("\0\0\0\0\x11\x01\0p"), &old);
    CHECK_INT(f.fault, FRAMING_FINE);
    CHECK_TEXT(f.payload, "p");
    static const struct { struct slice path; enum framing_fault fault;
    } rows[] = {
        { BYTES_INIT("\0p"), FRAMING_FINE },        { BYTES_INIT("\x02\0p"), FRAMING_FINE },     /* of new clients */
        { BYTES_INIT("\x02\x12p"), FRAMING_FINE }, { BYTES_INIT("\x01\x09p"), FRAMING_FINE },
        { BYTES_INIT("\x01\x01p"), FRAMING_BROKEN }, { BYTES_INIT("\x04\0\0p"), FRAMING_BROKEN },
    };
    for (unsigned k = 0; k < sizeof rows / sizeof *rows; k++) {
        struct text t = text_in(test_arena(), 32);
        text_put(&t, BYTES("\0\0\0\0\x11"));
        text_put(&t, rows[k].path);
        f = framing_read(text_slice(&t), &old);
        CHECK_INT(f.fault, rows[k].fault);
        if (f.fault == FRAMING_FINE) CHECK_TEXT(f.payload, "p");
    }
}

TEST(a_guid_names_a_schema_and_an_unknown_one_is_told_with_its_dashes)
{
    char guid[] = "\x01\x01\x02\x03\x04\x05\x06\x07\x08\x09\x0a\x0b\x0c\x0d\x0e\x0f\x10\0p";
    struct framing f = framing_read(slice_of(guid, sizeof guid - 1), &schemas);
    CHECK_INT(f.fault, FRAMING_FINE);
    CHECK_TEXT(f.payload, "p");
    guid[16] = 0x11;
    f = framing_read(slice_of(guid, sizeof guid - 1), &schemas);
    CHECK_INT(f.fault, FRAMING_UNKNOWN);
    struct text t = text_in(test_arena(), 64);
    framing_put_schema(&t, f.schema);
    CHECK_TEXT(text_slice(&t), "01020304-0506-0708-090a-0b0c0d0e0f11");
    f = framing_read(BYTES("\0\0\0\1\0{}"), &schemas);
    CHECK_INT(f.fault, FRAMING_UNKNOWN);
    t.size = 0;
    framing_put_schema(&t, f.schema);
    CHECK_TEXT(text_slice(&t), "256");
}

TEST(a_frame_in_a_header_leaves_the_value_bare)
{
    struct framing f = framing_read_header(BYTES("\0\0\0\0\x11"), SLICE("value"), &schemas);
    CHECK_INT(f.fault, FRAMING_FINE);
    CHECK_TEXT(f.payload, "value");
    CHECK_INT(framing_read_header(BYTES("\0\0\0\0\x11\0"), SLICE("value"), &schemas).fault, FRAMING_FINE);
    CHECK_INT(framing_read_header(BYTES("\0\0\0\0\x11\0x"), SLICE("value"), &schemas).fault, FRAMING_BROKEN);
    CHECK_INT(framing_read_header(BYTES("\x05\0\0\0\x11"), SLICE("value"), &schemas).fault, FRAMING_BROKEN);
}

TEST(every_cut_of_a_frame_is_broken_and_other_bytes_are_none)
{
    struct slice whole = BYTES("\0\0\0\0\x11\x04\x02");
    for (size_t size = 1; size <= whole.size; size++)
        CHECK_INT(framing_read(slice_head(whole, size), &schemas).fault, FRAMING_BROKEN);
    CHECK_INT(framing_read(BYTES("\x08\x01"), &schemas).fault, FRAMING_NONE);
    CHECK_INT(framing_read((struct slice){ 0 }, &schemas).fault, FRAMING_NONE);
    CHECK_INT(framing_read(BYTES("\0\0\0\0\x11\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff"), &schemas).fault,
              FRAMING_BROKEN);
}
