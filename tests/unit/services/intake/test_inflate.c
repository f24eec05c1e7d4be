#include "intake/inflate.h"

#include "base/assert.h"
#include "support/test.h"

#include <stdlib.h>
#include <zlib.h>

static struct text out;

static bool put(void *context, struct slice bytes)
{
    uint64_t *count = context;
    if (count) *count += bytes.size;
    else text_put(&out, bytes);
    return true;
}

static struct slice packed(struct slice plain)
{
    z_stream z = { 0 };
    char *room = malloc(plain.size + 1024);
    ASSERT(deflateInit2(&z, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) == Z_OK);
    z.next_in = (Bytef *)(uintptr_t)plain.bytes;
    z.avail_in = (uInt)plain.size;
    z.next_out = (Bytef *)room;
    z.avail_out = (uInt)(plain.size + 1024);
    ASSERT(deflate(&z, Z_FINISH) == Z_STREAM_END);
    struct slice bytes = slice_copy(test_arena(), slice_of(room, z.total_out));
    deflateEnd(&z);
    free(room);
    return bytes;
}

static struct slice joined(struct slice a, struct slice b)
{
    struct text t = text_in(test_arena(), a.size + b.size);
    text_put(&t, a);
    text_put(&t, b);
    return text_slice(&t);
}

static enum inflate_fault run(struct slice bytes, size_t piece, uint64_t max)
{
    struct inflate_sink sink = { NULL, put };
    struct inflate *i = inflate_open(max, INFLATE_RATIO_MAX, &sink);
    out = text_in(test_arena(), 1 << 16);
    for (size_t at = 0; at < bytes.size; at += piece) (void)inflate_feed(i, slice_head(slice_skip(bytes, at), piece));
    enum inflate_fault fault = inflate_end(i);
    inflate_close(i);
    return fault;
}

TEST(a_body_comes_out_the_same_however_it_is_cut)
{
    struct slice bytes = joined(packed(SLICE("first,")), packed(SLICE("second")));
    for (size_t piece = 1; piece <= bytes.size; piece++) {
        CHECK_INT(run(bytes, piece, 1000), INFLATE_FINE);
        CHECK_TEXT(text_slice(&out), "first,second");
    }
}

TEST(zeroes_behind_the_last_member_are_skipped_and_other_bytes_are_broken)
{
    CHECK_INT(run(joined(packed(SLICE("a")), SLICE("\0\0\0\0")), 3, 1000), INFLATE_FINE);
    CHECK_INT(run(joined(packed(SLICE("a")), SLICE("\0\0x")), 3, 1000), INFLATE_BROKEN);
    CHECK_INT(run(joined(packed(SLICE("a")), SLICE("x")), 1, 1000), INFLATE_BROKEN);
}

TEST(what_is_cut_empty_or_no_gzip_is_broken)
{
    struct slice bytes = packed(SLICE("whole"));
    for (size_t size = 0; size < bytes.size; size++) CHECK_INT(run(slice_head(bytes, size), 7, 1000), INFLATE_BROKEN);
    CHECK_INT(run(SLICE("plain text"), 100, 1000), INFLATE_BROKEN);
    struct slice bad = slice_copy(test_arena(), bytes);
    ((char *)bad.bytes)[bad.size - 5] ^= 1;         /* its checksum */
    CHECK_INT(run(bad, 100, 1000), INFLATE_BROKEN);
}

TEST(a_bomb_is_given_up_and_so_is_what_is_too_large)
{
    char *zeroes = calloc(1, 32 << 20);
    struct slice bytes = packed(slice_of(zeroes, 32 << 20));
    uint64_t count = 0;
    struct inflate_sink sink = { &count, put };
    struct inflate *i = inflate_open(1u << 31, INFLATE_RATIO_MAX, &sink);
    CHECK_INT(inflate_feed(i, bytes), INFLATE_BOMB);
    CHECK(count <= INFLATE_RATIO_FROM_BYTES + (64 << 10));
    CHECK_INT(inflate_feed(i, SLICE("more")), INFLATE_BOMB);
    inflate_close(i);
    CHECK_INT(run(packed(SLICE("123456")), 100, 5), INFLATE_TOO_LARGE);
    CHECK_INT(run(packed(SLICE("12345")), 100, 5), INFLATE_FINE);
    free(zeroes);
}
