/* Records of claims.submitted.v1 as producers send them (feeds.md 9.2, 9.3): the files of golden/records, judged by the
 * page, through the posting worker. A file is records in their order:
 *
 *   # what it shows
 *   header NAME VALUE          text to the end of the line
 *   hex 00 00 00 00 11         pieces of the value, in their order: bytes, or text to the end of the line
 *   text {"kind":"POS_SALE"}
 *   expect PASS qty=5000 warnings=1701 | REJECT REASON ISSUE… | DEAD … | PARK | REPEAT */
#include "post_rig.h"
#include "wire/dossier_codec.h"

#include <dirent.h>
#include <stdio.h>

enum { HEADERS_MAX = 16, VALUE_BYTES_MAX = 64 << 10, FILE_BYTES_MAX = 64 << 10, PARTITION = 2 };

#define FOLDER "tests/golden/records"

struct sent { struct header headers[HEADERS_MAX]; unsigned header_count; struct text value; };

/* Producing */

static void produce(struct rig *r, const struct sent *s)
{
    struct memory_sink *producer = memory_sink_open(r->log, SLICE("producer"), NULL);
    struct sink *sink = memory_sink_base(producer);
    struct slice value = s->value.size > 0 ? text_slice(&s->value) : (struct slice){ 0 };
    CHECK_INT(sink_begin(sink), OK);
    CHECK_INT(sink_send(sink, TOPIC_CLAIMS_SUBMITTED, PARTITION, SLICE("N-100"), value, s->headers, s->header_count),
              OK);
    CHECK_INT(sink_commit(sink, memory_source_base(r->source), NULL, 0), OK);
    memory_sink_close(producer);
}

/* What became of it */

static void put_warnings(struct text *t, const struct receipt *r)
{
    for (unsigned k = 0; k < r->warning_count; k++) {
        PUT(t, " ");
        text_put_int(t, r->warnings[k]);
    }
}

/* The line that was posted last. */
static void tell_line(void *context, const struct record *record)
{
    struct text *t = context;
    struct dossier d;
    t->size = 0;
    CHECK_INT(dossier_decode(test_arena(), record->value, &d), OK);
    PUT(t, "PASS ");
    text_put(t, kind_name(d.line->kind));
    PUT(t, " ");
    text_put(t, d.line->partner_id);
    PUT(t, " ");
    text_put(t, d.line->invoice_no);
    PUT(t, " ");
    text_put_int(t, d.line->qty_milli);
    put_warnings(t, d.receipt);
}

/* Reason of the letter, and the codes of its errors. */
static void tell_letter(void *context, const struct record *record)
{
    struct text *t = context;
    struct slice code = SLICE("\"code\":\"");
    t->size = 0;
    for (unsigned k = 0; k < record->header_count; k++) {
        const struct header *h = &record->headers[k];
        if (slice_equal(h->name, SLICE("claimstream-code"))) text_put(t, h->value);
        if (!slice_equal(h->name, SLICE("claimstream-errors"))) continue;
        for (struct slice rest = h->value;;) {
            const char *at = memmem(rest.bytes, rest.size, code.bytes, code.size);
            if (!at) break;
            rest = slice_skip(rest, (size_t)(at - rest.bytes) + code.size);
            PUT(t, " ");
            text_put(t, slice_cut(&rest, '"'));
        }
    }
}

static void last_of(struct rig *r, enum topic topic, memory_log_visit *visit, struct text *t)
{
    for (int32_t k = 0; k < memory_log_partitions(r->log, topic); k++)
        (void)memory_log_read(r->log, topic, k, 0, visit, t);
}

static struct slice fate_of(struct rig *r, const struct post_counts *before)
{
    struct post_counts now = post_counts(r->post);
    struct text t = text_in(test_arena(), 1024), letter = text_in(test_arena(), 512);
    if (now.passed > before->passed) { last_of(r, TOPIC_CLAIMS_RECEIVED, tell_line, &t); return text_slice(&t); }
    if (now.parked > before->parked) return SLICE("PARK");
    if (now.rejected == before->rejected && now.dead == before->dead) return SLICE("REPEAT");
    text_put(&t, now.dead > before->dead ? SLICE("DEAD ") : SLICE("REJECT "));
    last_of(r, TOPIC_DEADLETTERS, tell_letter, &letter);
    text_put(&t, text_slice(&letter));
    return text_slice(&t);
}

/* Files */

static int digit(char c)
{
    return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static void take_hex(struct text *value, struct slice text)
{
    for (size_t k = 0; k + 1 < text.size; k++) {
        if (digit(text.bytes[k]) < 0) continue;
        text_put_byte(value, (char)(digit(text.bytes[k]) << 4 | digit(text.bytes[k + 1])));
        k++;
    }
}

static void take_header(struct sent *s, struct slice rest)
{
    struct slice name = slice_cut(&rest, ' ');
    struct text value = text_in(test_arena(), rest.size + 1);
    CHECK(s->header_count < HEADERS_MAX);
    if (slice_starts_with(rest, SLICE("hex "))) take_hex(&value, slice_skip(rest, 4));
    else text_put(&value, rest);
    s->headers[s->header_count++] = (struct header){ name, text_slice(&value) };
}

static void expect(struct rig *r, const char *file, struct sent *s, struct slice wanted)
{
    struct post_counts before = post_counts(r->post);
    produce(r, s);
    rig_run(r);
    struct slice fate = fate_of(r, &before);
    if (!slice_equal(fate, wanted))
        fprintf(stderr, "%s: %.*s, want %.*s\n", file, SLICE_ARGS(fate), SLICE_ARGS(wanted));
    CHECK_SLICE(fate, wanted);
    s->header_count = 0;
    s->value.size = 0;
}

static void take_file(const char *name)
{
    static const uint8_t guid[FRAMING_GUID_BYTES] = { 0xa1, 0xb2, 0xc3, 0xd4, 0, 1, 0x40, 0, 0x80, [15] = 1 };
    struct framing_schema known[] = { { .id = 17, .has_guid = true }, { .id = 18, .type = FRAMING_JSON } };
    memcpy(known[0].guid, guid, sizeof guid);
    char path[256];
    snprintf(path, sizeof path, FOLDER "/%s", name);
    FILE *in = fopen(path, "r");
    CHECK(in != NULL);
    if (!in) return;
    char *bytes = arena_alloc(test_arena(), FILE_BYTES_MAX);
    struct slice rest = slice_of(bytes, fread(bytes, 1, FILE_BYTES_MAX, in));
    (void)fclose(in);
    struct sent s = { .value = text_in(test_arena(), VALUE_BYTES_MAX) };
    struct rig *r = rig_new();
    r->event_submitter =
        (struct intake_submitter){ .id = SLICE("erp"), .any_partner = true, .kinds = PROFILE_KINDS_DEFAULT };
    r->schemas = (struct framing_schemas){ .items = known, .count = 2 };
    rig_open(r);
    while (rest.size > 0) {
        struct slice line = slice_cut(&rest, '\n'), word = slice_cut(&line, ' ');
        if (slice_equal(word, SLICE("header"))) take_header(&s, line);
        if (slice_equal(word, SLICE("hex"))) take_hex(&s.value, line);
        if (slice_equal(word, SLICE("text"))) text_put(&s.value, line);
        if (slice_equal(word, SLICE("expect"))) expect(r, name, &s, line);
    }
    rig_end(r);
}

TEST(records_end_as_the_page_says)
{
    unsigned count = 0;
    DIR *folder = opendir(FOLDER);
    CHECK(folder != NULL);
    for (const struct dirent *entry; folder && (entry = readdir(folder));)
        if (slice_ends_with(slice_from(entry->d_name), SLICE(".rec"))) { take_file(entry->d_name); count++; }
    if (folder) closedir(folder);
    CHECK(count >= 4);
}
