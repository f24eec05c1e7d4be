/* State records: what is written is read back; what is damaged is noticed and never read past. */
#include "base/assert.h"
#include "support/test.h"
#include "wire/bytes.h"

static const __int128 INT128_MAX = (__int128)(~(unsigned __int128)0 >> 1);

static struct slice written_uint(uint64_t value)
{
    struct bytes_writer w = bytes_writer_in(test_arena());
    bytes_put_uint(&w, value);
    return bytes_written(&w);
}

TEST(whole_numbers_come_back_at_every_edge_of_a_group)
{
    for (unsigned bits = 0; bits <= 64; bits++) {
        uint64_t edge = bits == 64 ? UINT64_MAX : (uint64_t)1 << bits;
        for (int step = -1; step <= 1; step++) {
            struct slice record = written_uint(edge + (uint64_t)step);
            struct bytes_reader r = bytes_reader_of(record);
            CHECK(bytes_take_uint(&r) == edge + (uint64_t)step && bytes_finish(&r) == OK);
        }
    }
    CHECK_INT(written_uint(127).size, 1);
    CHECK_INT(written_uint(128).size, 2);
    CHECK_INT(written_uint(UINT64_MAX).size, 10);
}

TEST(signed_numbers_come_back_and_small_ones_are_short)
{
    const int64_t values[] = { 0, -1, 1, 63, -64, 64, -65, INT64_MAX, INT64_MIN };
    struct bytes_writer w = bytes_writer_in(test_arena());
    for (unsigned i = 0; i < 9; i++) bytes_put_int(&w, values[i]);
    CHECK_INT(bytes_written(&w).size, 5 + 2 + 2 + 10 + 10);
    struct bytes_reader r = bytes_reader_of(bytes_written(&w));
    for (unsigned i = 0; i < 9; i++) CHECK_INT(bytes_take_int(&r), values[i]);
    CHECK(bytes_finish(&r) == OK);
}

TEST(numbers_of_128_bits_come_back)
{
    const __int128 values[] = {
        0, -1, 1, INT64_MAX, INT64_MIN, (__int128)INT64_MAX * 1000003, INT128_MAX, -INT128_MAX - 1
    };
    struct bytes_writer w = bytes_writer_in(test_arena());
    for (unsigned i = 0; i < 8; i++) bytes_put_int128(&w, values[i]);
    struct bytes_reader r = bytes_reader_of(bytes_written(&w));
    for (unsigned i = 0; i < 8; i++) CHECK(bytes_take_int128(&r) == values[i]);
    CHECK(bytes_finish(&r) == OK);
}

static struct slice a_record(void)
{
    struct bytes_writer w = bytes_writer_in(test_arena());
    bytes_put_text(&w, SLICE("N-100"));
    bytes_put_text(&w, SLICE(""));
    bytes_put_fixed(&w, "\x01\x02\x03\x04", 4);
    bytes_put_bool(&w, true);
    bytes_put_uint(&w, 300);
    bytes_put_int(&w, -300);
    bytes_put_int128(&w, (__int128)1 << 100);
    return bytes_written(&w);
}

static void read_it(struct bytes_reader *r)
{
    uint8_t fixed[4];
    CHECK(bytes_take_text(r).size <= 5);
    CHECK(bytes_take_text(r).size == 0 || r->broken);
    bytes_take_fixed(r, fixed, sizeof fixed);
    (void)bytes_take_bool(r);
    (void)bytes_take_uint(r);
    (void)bytes_take_int(r);
    (void)bytes_take_int128(r);
}

TEST(a_record_cut_at_any_byte_is_malformed_and_stays_broken)
{
    struct slice record = a_record();
    struct bytes_reader whole = bytes_reader_of(record);
    read_it(&whole);
    CHECK_INT(bytes_finish(&whole), OK);
    for (size_t size = 0; size < record.size; size++) {
        struct bytes_reader r = bytes_reader_of(slice_copy(test_arena(), slice_head(record, size)));
        read_it(&r);
        CHECK(r.broken && bytes_finish(&r) == ERR_STATE_MALFORMED);
        CHECK_INT(bytes_take_uint(&r), 0);
    }
}

TEST(bytes_left_over_are_malformed)
{
    struct bytes_reader r = bytes_reader_of(SLICE("\x01\x02"));
    CHECK_INT(bytes_take_uint(&r), 1);
    CHECK_INT(bytes_finish(&r), ERR_STATE_MALFORMED);
}

TEST(a_bound_accepts_its_last_value_and_breaks_on_the_next)
{
    struct bytes_reader at = bytes_reader_of(written_uint(9)), beyond = bytes_reader_of(written_uint(10));
    CHECK(bytes_take_uint_to(&at, 9) == 9 && !at.broken);
    CHECK(bytes_take_uint_to(&beyond, 9) == 0 && beyond.broken);
    struct bytes_reader yes = bytes_reader_of(SLICE("\x01")), other = bytes_reader_of(SLICE("\x02"));
    CHECK(bytes_take_bool(&yes) && !yes.broken);
    CHECK(!bytes_take_bool(&other) && other.broken);
    struct bytes_reader low = bytes_reader_of(SLICE("\x03")), high = bytes_reader_of(SLICE("\x03"));
    CHECK(bytes_take_int_within(&low, -2, 2) == -2 && !low.broken);
    CHECK(bytes_take_int_within(&high, -1, 2) == 0 && high.broken);
}

TEST(a_count_beyond_the_bytes_left_breaks)
{
    struct bytes_reader fits = bytes_reader_of(SLICE("\x02..")), lies = bytes_reader_of(SLICE("\x03.."));
    CHECK(bytes_take_count(&fits, 8) == 2 && !fits.broken);
    CHECK(bytes_take_count(&lies, 8) == 0 && lies.broken);
    struct bytes_reader many = bytes_reader_of(SLICE("\x02.."));
    CHECK(bytes_take_count(&many, 1) == 0 && many.broken);
}

TEST(a_varint_that_does_not_fit_breaks)
{
    struct bytes_reader r = bytes_reader_of(SLICE("\xff\xff\xff\xff\xff\xff\xff\xff\xff\x02"));
    CHECK(bytes_take_uint(&r) == 0 && r.broken);
    struct bytes_reader endless = bytes_reader_of(SLICE("\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x01"));
    CHECK(bytes_take_uint(&endless) == 0 && endless.broken);
    struct bytes_reader wide = bytes_reader_of(
        SLICE("\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x04"));
    CHECK(bytes_take_int128(&wide) == 0 && wide.broken);
}

TEST(ids_come_back_and_hex_takes_half)
{
    static const struct slice ids[] = { SLICE_INIT(""),
                                        SLICE_INIT("a"),
                                        SLICE_INIT("N-100/7"),
                                        SLICE_INIT("157c68aa35bd6f67a8433fb64457367a"),
                                        SLICE_INIT("157C68AA35BD6F67A8433FB64457367A"),
                                        SLICE_INIT("0123456789abcdef"),
                                        SLICE_INIT(
                                            "157c68aa35bd6f67a8433fb64457367a157c68aa35bd6f67a8433fb64457367a") };
    static const size_t sizes[] = { 1, 2, 8, 17, 33, 17, 33 };
    for (unsigned i = 0; i < sizeof ids / sizeof ids[0]; i++) {
        struct bytes_writer w = bytes_writer_in(test_arena());
        bytes_put_id(&w, ids[i]);
        CHECK_INT(bytes_written(&w).size, sizes[i]);
        struct bytes_reader r = bytes_reader_of(bytes_written(&w)),
                            cut = bytes_reader_of(slice_head(bytes_written(&w), sizes[i] - 1));
        CHECK_SLICE(bytes_take_id(test_arena(), &r), ids[i]);
        CHECK_INT(bytes_finish(&r), OK);
        CHECK_INT(bytes_take_id(test_arena(), &cut).size, 0);
        CHECK_INT(bytes_finish(&cut), ERR_STATE_MALFORMED);
    }
}

TEST(the_writer_grows)
{
    struct bytes_writer w = bytes_writer_in(test_arena());
    CHECK_INT(bytes_written(&w).size, 0);
    for (unsigned i = 0; i < 10000; i++) bytes_put_uint(&w, i);
    struct bytes_reader r = bytes_reader_of(bytes_written(&w));
    bool same = true;
    for (unsigned i = 0; i < 10000; i++) same &= bytes_take_uint(&r) == i;
    CHECK(same && bytes_finish(&r) == OK);
}

TEST(damaged_records_never_read_past_their_end)
{
    uint64_t seed = test_seed();
    struct slice record = a_record();
    for (unsigned round = 0; round < 2000; round++) {
        struct slice damaged = slice_copy(test_arena(), record);
        ((char *)damaged.bytes)[test_random(&seed) % record.size] = (char)test_random(&seed);
        struct bytes_reader r = bytes_reader_of(damaged);
        uint8_t fixed[4];
        (void)bytes_take_text(&r);
        (void)bytes_take_text(&r);
        bytes_take_fixed(&r, fixed, sizeof fixed);
        (void)bytes_take_uint(&r);
        (void)bytes_take_int128(&r);
        CHECK(r.at <= r.end);
    }
}
