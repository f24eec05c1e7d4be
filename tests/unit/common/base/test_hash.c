/* tests/unit/common/base/test_hash.c */
#include "base/hash_peek.h"
#include "support/test.h"

TEST(an_id_is_the_first_32_digits_over_parts_with_their_lengths)
{
    struct id_part parts[] = { ID_TEXT(SLICE("N-100")), ID_TEXT(SLICE("ab")), ID_INT(217) };
    struct slice id = hash_id(test_arena(), parts, 3);
    CHECK_INT(id.size, 32);
    CHECK_TEXT(id, "157c68aa35bd6f67a8433fb64457367a");
    struct id_part moved[] = { ID_TEXT(SLICE("N-100a")), ID_TEXT(SLICE("b")), ID_INT(217) };
    CHECK(!slice_equal(id, hash_id(test_arena(), moved, 3)));
}

TEST(a_stream_gives_the_digest_of_the_whole)
{
    uint8_t whole[SHA256_BYTES], pieces[SHA256_BYTES];
    struct hash_sha256_stream *s = hash_sha256_open();
    hash_sha256(SLICE("claimstream"), whole);
    hash_sha256_add(s, SLICE("claim"));
    hash_sha256_peek(s, pieces);
    hash_sha256(SLICE("claim"), whole);
    CHECK(memcmp(whole, pieces, sizeof whole) == 0);
    hash_sha256(SLICE("claimstream"), whole);
    hash_sha256_add(s, SLICE("stream"));
    hash_sha256_close(s, pieces);
    CHECK(memcmp(whole, pieces, sizeof whole) == 0);
}

TEST(an_id_of_hex_digits_is_kept_in_half_and_comes_back)
{
    struct slice id = SLICE("157c68aa35bd6f67a8433fb64457367a"), packed = hash_id_pack(test_arena(), id);
    CHECK_INT(packed.size, 16);
    CHECK_INT((uint8_t)packed.bytes[0], 0x15);
    CHECK_INT((uint8_t)packed.bytes[15], 0x7a);
    CHECK_SLICE(hash_id_unpack(test_arena(), packed), id);
    struct id_part part = ID_TEXT(SLICE("document"));
    struct slice document = hash_document_id(test_arena(), &part, 1);
    CHECK_INT(hash_id_pack(test_arena(), document).size, 32);
    CHECK_SLICE(hash_id_unpack(test_arena(), hash_id_pack(test_arena(), document)), document);
}

TEST(an_id_that_is_no_hex_stays_as_it_is)
{
    const char digits[] = "0123456789abcdef";
    CHECK_TEXT(hash_id_pack(test_arena(), SLICE("N-100/7")), "N-100/7");
    CHECK_TEXT(hash_id_unpack(test_arena(), SLICE("N-100/7")), "N-100/7");
    CHECK_INT(hash_id_pack(test_arena(), SLICE("")).size, 0);
    for (unsigned c = 0; c < 256; c++) {                    /* at every place of eight */
        char id[33] = "0123456789abcdef0123456789abcdef";
        id[c % 32] = (char)c;
        bool is_digit = c && strchr(digits, (int)c);
        struct slice packed = hash_id_pack(test_arena(), slice_of(id, 32));
        uint8_t bytes[SHA256_BYTES];
        CHECK_INT(packed.size, is_digit ? 16 : 32);
        CHECK_INT(hash_id_bytes(slice_of(id, 32), bytes), is_digit ? 16 : 0);
        if (is_digit) CHECK(memcmp(bytes, packed.bytes, packed.size) == 0);
        if (is_digit) CHECK_SLICE(hash_id_unpack(test_arena(), packed), slice_of(id, 32));
    }
}
