/* Messages of others: a descriptor set by protoc, bytes by protoc --encode, and what they come out as. */
#include "claimctl/descriptor.h"

#include "support/test.h"

#include <stdio.h>
#include <stdlib.h>

static const char proto[] = "syntax = \"proto3\";\npackage other.shop;\n"
                            "enum Colour { NONE = 0; RED = 1; }\n"
                            "message Part { string sku = 1; Inner inner = 2; message Inner { sint64 depth = 1; } }\n"
                            "message Order {\n"
                            "  string id = 1; int32 count = 2; int64 large = 3; uint64 larger = 4; sint32 folded = 5; "
                            "bool open = 6; double rate = 7; float share = 8;\n"
                            "  bytes blob = 9; Colour colour = 10; Part part = 11; repeated Part parts = 12; repeated "
                            "int32 numbers = 13; map<string, int32> sizes = 14;\n"
                            "  map<int32, Part> slots = 15; fixed32 fixed = 16; sfixed64 sfixed = 17; oneof either { "
                            "string left = 18; string right = 19; } uint32 plain = 20;\n"
                            "  repeated string words = 21;\n"
                            "}\n"
                            "message Narrow { string id = 1; }\n";

static const char text[] = "id: \"A \\\"1\\\"\" count: -3 large: -9007199254740993 larger: 18446744073709551615 "
                           "folded: -7 open: true rate: 0.1 share: 1.5 blob: \"\\x01\\xff\"\n"
                           "colour: RED part { sku: \"S\" inner { depth: -5 } } parts { sku: \"a\" } parts { } "
                           "numbers: 1 numbers: 300 numbers: -1\n"
                           "sizes { key: \"k\" value: 4 } slots { key: 7 value { sku: \"in\" } } fixed: 4294967295 "
                           "sfixed: -2 right: \"r\" plain: 4000000000 words: \"x\" words: \"y\"\n";

static const char want[] = "{\"id\":\"A "
                           "\\\"1\\\"\",\"count\":-3,\"large\":\"-9007199254740993\",\"larger\":"
                           "\"18446744073709551615\",\"folded\":-7,\"open\":true,\"rate\":0.10000000000000001,"
                           "\"share\":1.5,\"blob\":\"01ff\",\"colour\":\"RED\",\"part\":{\"sku\":\"S\",\"inner\":{"
                           "\"depth\":\"-5\"}},\"parts\":[{\"sku\":\"a\"},{}],\"numbers\":[1,300,-1],"
                           "\"sizes\":{\"k\":4},\"slots\":{\"7\":{\"sku\":\"in\"}},\"fixed\":4294967295,\"sfixed\":\"-"
                           "2\",\"right\":\"r\",\"plain\":4000000000,\"words\":[\"x\",\"y\"]}";

struct made { struct slice set, message; };

static void write_file(const char *folder, const char *name, const char *bytes)
{
    char path[128];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *file = fopen(path, "we");
    CHECK(file && fputs(bytes, file) >= 0);
    CHECK_INT(fclose(file), 0);
}

static struct slice read_file(const char *folder, const char *name)
{
    char path[128], *room = arena_alloc(test_arena(), 1 << 16);
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *file = fopen(path, "re");
    size_t size = file ? fread(room, 1, 1 << 16, file) : 0;
    if (file) fclose(file);
    return slice_of(room, size);
}

static struct made make(void)
{
    char folder[] = "/tmp/claimstream-proto-XXXXXX", command[512];
    CHECK(mkdtemp(folder) != NULL);
    write_file(folder, "shop.proto", proto);
    write_file(folder, "order.txt", text);
    snprintf(command, sizeof command,
             "cd %s && protoc -I . --include_imports -o set shop.proto && protoc -I . --encode other.shop.Order "
             "shop.proto < order.txt > order",
             folder);
    CHECK_INT(system(command), 0);
    struct made m = { read_file(folder, "set"), read_file(folder, "order") };
    snprintf(command, sizeof command, "rm -rf %s", folder);
    CHECK_INT(system(command), 0);
    return m;
}

static struct slice shown(const struct descriptor_message *m, struct slice bytes)
{
    struct text t = text_in(test_arena(), 1 << 16);
    return descriptor_put_json(&t, test_arena(), m, bytes) ? text_slice(&t) : SLICE("none");
}

TEST(a_message_of_every_type_comes_out_as_it_was_written)
{
    struct made made = make();
    struct descriptor d;
    CHECK_INT(descriptor_read(test_arena(), made.set, &d), OK);
    const struct descriptor_message *order = descriptor_find(&d, SLICE("other.shop.Order"));
    ASSERT(order);
    CHECK_SLICE(shown(order, made.message), slice_from(want));
    CHECK(descriptor_find(&d, SLICE("Order")) == order);
    CHECK(descriptor_find(&d, SLICE("Inner")) != NULL && descriptor_find(&d, SLICE("Nobody")) == NULL);
    struct slice narrow = shown(descriptor_find(&d, SLICE("Narrow")), made.message);
    CHECK(memmem(narrow.bytes, narrow.size, "\"@unknown\":[2,3,4,", 18) != NULL);
    CHECK_SLICE(shown(order, (struct slice){ 0 }), SLICE("{}"));
}

TEST(a_framed_message_is_read_behind_its_frame)
{
    struct made made = make();
    struct descriptor d;
    char framed[1024] = { 0, 0, 0, 0, 42, 0 }, deep[1024] = { 0, 0, 0, 0, 42, 4, 2, 6 };
    CHECK_INT(descriptor_read(test_arena(), made.set, &d), OK);
    const struct descriptor_message *order = descriptor_find(&d, SLICE("Order"));
    memcpy(framed + 6, made.message.bytes, made.message.size);
    memcpy(deep + 8, made.message.bytes, made.message.size);
    CHECK_SLICE(shown(order, slice_of(framed, made.message.size + 6)), slice_from(want));
    CHECK_SLICE(shown(order, slice_of(deep, made.message.size + 8)), slice_from(want));
    CHECK_SLICE(shown(order, slice_of(framed, 5)), SLICE("none"));
}

TEST(torn_bytes_are_no_message_and_torn_sets_none)
{
    struct made made = make();
    struct descriptor d;
    CHECK_INT(descriptor_read(test_arena(), made.set, &d), OK);
    const struct descriptor_message *order = descriptor_find(&d, SLICE("Order"));
    unsigned refused = 0;
    for (size_t size = 1; size < made.message.size; size++)
        refused += slice_equal(shown(order, slice_head(made.message, size)), SLICE("none"));
    CHECK(refused > made.message.size / 2);         /* between two fields it is a shorter message */
    for (size_t size = 0; size < made.set.size; size++)
        if (size != made.set.size)
            CHECK_INT(descriptor_read(test_arena(), slice_head(made.set, size), &d), ERR_WIRE_MALFORMED);
    CHECK_SLICE(shown(order, SLICE("\x0a\x01")), SLICE("none"));
    CHECK_SLICE(shown(order, SLICE("\x08\x01")), SLICE("none"));    /* a number where a text belongs */
    CHECK_SLICE(shown(order, SLICE("\x0b\x0c")), SLICE("none"));    /* a group */
}

TEST(what_does_not_fit_is_not_put)
{
    struct made made = make();
    struct descriptor d;
    CHECK_INT(descriptor_read(test_arena(), made.set, &d), OK);
    struct text small = text_in(test_arena(), 64);
    PUT(&small, "before");
    CHECK(!descriptor_put_json(&small, test_arena(), descriptor_find(&d, SLICE("Order")), made.message));
    CHECK_SLICE(text_slice(&small), SLICE("before"));
}
