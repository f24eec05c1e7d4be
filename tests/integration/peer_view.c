/* tests/integration/peer_view.c: what our readers see, one JSON value a line, to be held against what readers of others
 * see.
 *
 *   peer_view segments FILE   each segment of each interchange as the list of its elements
 *   peer_view records FILE    each line of FILE is a record, its headers and value in hex:
 *                             name=value,name=value<TAB>value; told as
 *                             {"issue", "payload", "source", "id", "bytes" in hex} */
#include "intake/json_out.h"
#include "intake/record.h"
#include "intake/spool.h"
#include "intake/x12_tokens.h"

#include <stdio.h>
#include <stdlib.h>

enum { ARENA_BYTES = 1 << 20, ARENA_RESERVE = 64 << 20, HEADERS_MAX = 64 };

static struct arena arena;
static struct json_out json;

static void print(void)
{
    json_out_line(&json);
    struct slice bytes = json_out_bytes(&json);
    fwrite(bytes.bytes, 1, bytes.size, stdout);
    json_out_reset(&json);
}

static void print_segment(const struct x12_segment *s)
{
    json_out_begin(&json, '[');
    json_out_text(&json, s->id);
    for (unsigned k = 1; k <= s->count; k++) json_out_text(&json, s->elements[k]);
    json_out_end(&json);
    print();
}

static uint64_t print_interchange(struct slice file, uint64_t at)
{
    static char flat[X12_SEGMENT_BYTES_MAX];
    uint32_t width;
    struct x12_tokens t = { 0 };
    struct x12_segment s;
    if (!x12_is_isa(file, at, &width)) return file.size;
    const char *isa = file.bytes + at;
    x12_tokens_begin(&t, file, at,
                     (struct x12_delimiters){ .element = isa[3], .component = isa[104], .terminator = isa[105] });
    t.unwraps = width > 0;
    t.flat = flat;
    while (x12_tokens_next(&t, &s) == X12_SEGMENT) print_segment(&s);
    return t.at;
}

static void segments(struct slice file)
{
    uint64_t at = x12_first_isa(file);
    while (at < file.size) {
        uint64_t end = print_interchange(file, at);
        at = end > at ? x12_find_isa(file, end, 0) : file.size;
    }
}

static struct slice unhex(struct slice hex)
{
    char *bytes = arena_alloc(&arena, hex.size / 2 + 1);
    for (size_t k = 0; k + 1 < hex.size; k += 2) {
        char pair[3] = { hex.bytes[k], hex.bytes[k + 1], 0 };
        bytes[k / 2] = (char)strtoul(pair, NULL, 16);
    }
    return slice_of(bytes, hex.size / 2);
}

static void print_record(struct slice line)
{
    static const struct framing_schemas none;
    struct header headers[HEADERS_MAX];
    unsigned count = 0;
    struct slice list = slice_cut(&line, '\t');
    while (list.size > 0 && count < HEADERS_MAX) {
        struct slice value = slice_cut(&list, ','), name = slice_cut(&value, '=');
        headers[count++] = (struct header){ unhex(name), unhex(value) };
    }
    struct record record = { .value = unhex(line), .headers = headers, .header_count = count };
    struct record_content c = record_read(&arena, &record, &none);
    struct text hex = text_in(&arena, 2 * c.bytes.size + 1);
    text_put_hex(&hex, (const uint8_t *)c.bytes.bytes, c.bytes.size);
    json_out_begin(&json, '{');
    if (c.issue != ISSUE_NONE) json_out_member(&json, SLICE("issue"), issue_name(c.issue));
    json_out_member(&json, SLICE("payload"), c.payload == RECORD_JSON ? SLICE("json") : SLICE("submission"));
    json_out_member(&json, SLICE("source"), c.source);
    json_out_member(&json, SLICE("id"), c.id);
    json_out_member(&json, SLICE("bytes"), text_slice(&hex));
    json_out_end(&json);
    print();
}

static void records(struct slice file)
{
    while (file.size > 0) {
        arena_reset(&arena);
        print_record(slice_cut(&file, '\n'));
    }
}

int main(int argc, char **argv)
{
    struct spool file;
    bool is_segments = argc == 3 && strcmp(argv[1], "segments") == 0,
         is_records = argc == 3 && strcmp(argv[1], "records") == 0;
    if ((!is_segments && !is_records) || spool_open(&file, argv[2]) != OK
        || arena_open(&arena, ARENA_BYTES, ARENA_RESERVE) != OK) {
        fputs("peer_view segments|records FILE\n", stderr);
        return 2;
    }
    json_out_open(&json);
    if (is_segments) segments(file.bytes);
    else records(file.bytes);
    json_out_close(&json);
    arena_close(&arena);
    spool_close(&file);
    return fflush(stdout) == 0 ? 0 : 1;
}
