/* tests/unit/common/base/test_hash.c */
#include "base/hash.h"
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
    hash_sha256_add(s, SLICE("stream"));
    hash_sha256_close(s, pieces);
    CHECK(memcmp(whole, pieces, sizeof whole) == 0);
}
