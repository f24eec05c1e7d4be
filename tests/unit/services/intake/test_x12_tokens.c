/* test_x12_tokens.c: bytes to segments, whatever the delimiters and however they were split. */
#include "intake/x12_tokens.h"
#include "support/test.h"

#define ISA "ISA*00*          *00*          *01*123456789      *ZZ*CLAIMSTREAM    *260408*0900*U*00401*000004711*0*P*:~"
#define FILE_OF_TWO ISA \
    "GS*PT*A*B*20260408*0900*1*X*004010~\r\nST*867*0001~\nN1*ST*ISAAC HOLDINGS*92*ISA~\nN2*ISA~\n\n SE*4*0001~" \
    "GE*1*1~IEA*1*000004711~\r\n" ISA "IEA*0*000004711"

static const struct x12_delimiters plain = { .element = '*', .component = ':', .terminator = '~' };

/* Segments as text, one a line, with their flags. */
static struct slice all_segments(struct slice bytes, size_t shown_first, struct x12_delimiters delimiters)
{
    static struct x12_tokens t;
    static struct x12_segment s;
    static char flat[X12_SEGMENT_BYTES_MAX];
    struct text out = text_in(test_arena(), 4 * bytes.size + 4096);
    x12_tokens_begin(&t, slice_head(bytes, shown_first), 0, delimiters);
    t.flat = flat;
    t.is_last = shown_first == bytes.size;
    for (;;) {
        enum x12_token token = x12_tokens_next(&t, &s);
        if (token == X12_MORE) { t.window = bytes; t.is_last = true; continue; }
        if (token == X12_END) break;
        if (token == X12_NEXT_ISA) { PUT(&out, "|ISA\n"); t.is_begin = true; continue; }
        text_put_int(&out, (int64_t)s.offset);
        for (unsigned e = 0; e <= s.count; e++) { PUT(&out, " "); text_put(&out, s.elements[e]); }
        PUT(&out, " ");
        text_put_int(&out, s.flags);
        PUT(&out, "\n");
    }
    return text_slice(&out);
}

TEST(segments_do_not_depend_on_how_the_bytes_were_split)
{
    struct slice bytes = SLICE(FILE_OF_TWO), whole = all_segments(bytes, bytes.size, plain);
    CHECK(whole.size > 100);
    for (size_t at = 0; at < bytes.size; at++) CHECK_SLICE(all_segments(bytes, at, plain), whole);
}

TEST(a_header_inside_data_begins_no_interchange)
{
    struct slice found = all_segments(SLICE(FILE_OF_TWO), sizeof FILE_OF_TWO - 1, plain);
    CHECK(memmem(found.bytes, found.size, "N1 ST ISAAC HOLDINGS 92 ISA", 27) != NULL);
    CHECK(memmem(found.bytes, found.size, "|ISA", 4) != NULL);
    CHECK(memmem(found.bytes, found.size, "N2 ISA", 6) != NULL);
}

TEST(every_delimiter_reads_alike)
{
    static const char elements[] = "*|^+\x1d\t", terminators[] = "~\n\r'][!|^\x1c\x1e";
    struct slice model = SLICE(
        "ISA*00*          *00*          *01*123456789      *ZZ*CLAIMSTREAM    *260408*0900*U*00401*000004711*0*P*:~"
        "GS*PT*A*B*20260408*0900*1*X*004010~ST*867*0001~SE*2*0001~GE*1*1~IEA*1*000004711~");
    struct slice wanted = all_segments(model, model.size, plain);
    for (unsigned e = 0; e < sizeof elements - 1; e++) {
        for (unsigned k = 0; k < sizeof terminators - 1; k++) {
            struct x12_delimiters d = { .element = elements[e], .component = ':', .terminator = terminators[k] };
            if (d.element == d.terminator) continue;
            struct slice bytes = slice_copy(test_arena(), model);
            for (size_t i = 0; i < bytes.size; i++)
                if (bytes.bytes[i] == '*') ((char *)bytes.bytes)[i] = d.element;
                else if (bytes.bytes[i] == '~') ((char *)bytes.bytes)[i] = d.terminator;
            CHECK(x12_is_isa(bytes, 0, NULL));
            CHECK_SLICE(all_segments(bytes, bytes.size, d), wanted);
        }
    }
}

TEST(a_wrapped_header_is_known_by_its_width)
{
    struct slice flat = SLICE(ISA "GS*PT*A*B~");
    struct text t = text_in(test_arena(), 256);
    for (size_t i = 0; i < flat.size; i++) {
        if (i > 0 && i % 80 == 0) PUT(&t, "\r\n");
        text_put_byte(&t, flat.bytes[i]);
    }
    uint32_t width = 0;
    CHECK(x12_is_isa(text_slice(&t), 0, &width));
    CHECK_INT(width, 80);
    CHECK(x12_is_isa(flat, 0, &width));
    CHECK_INT(width, 0);
}

TEST(a_cut_segment_ends_where_the_next_interchange_begins)
{
    struct slice bytes = SLICE("ST*867*0001~REF*AB\n" ISA "IEA*0*000004711~");
    struct slice found = all_segments(bytes, bytes.size, plain);
    CHECK(memmem(found.bytes, found.size, "12 REF AB 64", 12) != NULL);
    CHECK(memmem(found.bytes, found.size, "|ISA", 4) != NULL);
}

TEST(bounds_of_segments_and_elements_are_flags_and_no_more)
{
    static struct x12_tokens t;
    static struct x12_segment s;
    struct text wide = text_in(test_arena(), 4096), tall = text_in(test_arena(), 100 << 10);
    PUT(&wide, "LIN");
    for (int i = 0; i < 100; i++) PUT(&wide, "*A");
    PUT(&wide, "~");
    x12_tokens_begin(&t, text_slice(&wide), 0, plain);
    CHECK_INT(x12_tokens_next(&t, &s), X12_SEGMENT);
    CHECK(s.flags & X12_IS_WIDE);
    CHECK_INT(s.count, X12_ELEMENTS_MAX);
    PUT(&tall, "NTE*");
    for (int i = 0; i < 70 << 10; i++) PUT(&tall, "x");
    PUT(&tall, "~SE*1~");
    x12_tokens_begin(&t, text_slice(&tall), 0, plain);
    CHECK_INT(x12_tokens_next(&t, &s), X12_SEGMENT);
    CHECK(s.flags & X12_IS_LONG);
    CHECK_INT(x12_tokens_next(&t, &s), X12_SEGMENT);
    CHECK_TEXT(s.id, "SE");
}

TEST(a_release_byte_makes_delimiters_data)
{
    static struct x12_tokens t;
    static struct x12_segment s;
    struct x12_delimiters edifact = { .element = '+', .component = ':', .terminator = '\'', .release = '?' };
    x12_tokens_begin(&t, SLICE("FTX+A?'B?+C+D?\?'BGM'"), 0, edifact);
    CHECK_INT(x12_tokens_next(&t, &s), X12_SEGMENT);
    CHECK_INT(s.count, 2);
    CHECK_TEXT(s.elements[1], "A?'B?+C");
    CHECK_INT(x12_tokens_next(&t, &s), X12_SEGMENT);
    CHECK_TEXT(s.id, "BGM");
}

TEST(control_and_high_bytes_are_seen_and_nul_ends_nothing)
{
    static struct x12_tokens t;
    static struct x12_segment s;
    x12_tokens_begin(&t, SLICE("N1*ST*A\0B*92*\xe9~"), 0, plain);
    CHECK_INT(x12_tokens_next(&t, &s), X12_SEGMENT);
    CHECK(s.flags & X12_HAS_CONTROL);
    CHECK(s.flags & X12_HAS_HIGH);
    CHECK_INT(s.elements[2].size, 3);
    CHECK_INT(s.count, 4);
}
