/* intake/rejects.c: which layout, what is said of a line, and JSON. */
#include "intake/rejects_parts.h"

#include "base/assert.h"
#include "intake/line_json.h"

#include <stdlib.h>

enum { SENTENCE_BYTES = 2048, CODES_BYTES = 1024, RAW_BYTES_SHOWN = 4096, OFFSETS_MIN = 256 };

static enum rejects_layout layout_of(enum rejects_form form, struct slice format, const struct reader_layout *place)
{
    if (slice_equal(format, SLICE("x12"))) return form == REJECTS_X12 ? REJECTS_INTERCHANGE : REJECTS_FIELDS;
    if (slice_equal(format, SLICE("xlsx"))) return REJECTS_WORKBOOK;
    return place->delimiter ? REJECTS_TEXT : REJECTS_JSON;
}

struct rejects *rejects_open(FILE *to, enum rejects_form form, struct slice format, struct slice document,
                             const struct reader_layout *layout)
{
    struct rejects *r = calloc(1, sizeof *r);
    if (!r) return NULL;
    r->to = to;
    r->document = document;
    r->place = *layout;
    r->layout = layout_of(form, format, layout);
    r->is_x12 = slice_equal(format, SLICE("x12"));
    json_out_open(&r->json);
    return r;
}

static void put_bytes(void *context, struct slice bytes)
{
    rejects_put(context, bytes);
}

bool rejects_close(struct rejects *r, struct intake *intake)
{
    if (!r) return false;
    bool is_own = r->layout == REJECTS_INTERCHANGE || (r->is_x12 && !r->has_begun);
    struct refused_lines refused = { r->offsets, r->offset_count };
    struct answer_sink sink = { r, put_bytes };
    if (is_own && intake) (void)intake_resend(intake, &refused, &sink);
    if (r->layout == REJECTS_WORKBOOK) rejects_workbook_close(r);
    bool is_written = !r->is_broken && ferror(r->to) == 0;
    json_out_close(&r->json);
    free(r->offsets);
    free(r);
    return is_written;
}

/* Codes once each, sentences one after the other. */
static void say(const struct issues *issues, struct text *codes, struct text *sentences)
{
    for (unsigned k = 0; k < issues->count; k++) {
        const struct issue *i = &issues->items[k];
        bool is_known = i->severity != SEVERITY_ERROR;
        for (unsigned n = 0; n < k && !is_known; n++)
            is_known = issues->items[n].severity == SEVERITY_ERROR
                       && issue_number(issues->items[n].code) == issue_number(i->code);
        if (!is_known && codes->size) PUT(codes, " ");
        if (!is_known) text_put(codes, issue_name(i->code));
        if (i->severity != SEVERITY_ERROR) continue;
        if (sentences->size) PUT(sentences, " ");
        issue_put_sentence(sentences, i);
    }
}

/* JSON: the object as it was, with three members more; what is no object stands alone in a comment of its own. */

static void put_members(struct rejects *r, const struct refusal *f)
{
    json_out_member(&r->json, SLICE(REJECTS_LINE_ID), f->line_id);
    json_out_member(&r->json, SLICE(REJECTS_CODES), f->codes);
    json_out_member(&r->json, SLICE(REJECTS_MESSAGE), f->message);
}

static bool put_object(struct rejects *r, struct slice raw, const struct refusal *f)
{
    while (raw.size && memchr(" \t\r\n", raw.bytes[raw.size - 1], 4)) raw.size--;
    if (raw.size < 2 || raw.bytes[raw.size - 1] != '}') return false;
    json_out_reset(&r->json);
    json_out_begin(&r->json, '{');
    put_members(r, f);
    json_out_end(&r->json);
    rejects_put(r, slice_head(raw, raw.size - 1));
    rejects_put(r, SLICE(","));
    rejects_put(r, slice_skip(json_out_bytes(&r->json), 1));
    rejects_put(r, SLICE("\n"));
    return true;
}

static void put_line(struct rejects *r, const struct refusal *f)
{
    const struct intake_line *line = f->line;
    json_out_reset(&r->json);
    json_out_begin(&r->json, '{');
    if (line->line) line_json_members(&r->json, line->line);
    else json_out_member(&r->json, SLICE("claimstream_raw"), slice_head(line->raw, RAW_BYTES_SHOWN));
    put_members(r, f);
    json_out_end(&r->json);
    json_out_line(&r->json);
    rejects_put(r, json_out_bytes(&r->json));
}

/* X12's own form is written after the last line. */
static void keep_offset(struct rejects *r, uint64_t offset)
{
    if (r->offset_count == r->offset_capacity) {
        r->offset_capacity = r->offset_capacity ? 2 * r->offset_capacity : OFFSETS_MIN;
        r->offsets = reallocarray(r->offsets, r->offset_capacity, sizeof *r->offsets);
        ASSERT(r->offsets);
    }
    r->offsets[r->offset_count++] = offset;
}

void rejects_take(struct rejects *r, const struct intake_line *line)
{
    char codes_room[CODES_BYTES], message_room[SENTENCE_BYTES];
    struct text codes = text_over(codes_room, sizeof codes_room),
                message = text_over(message_room, sizeof message_room);
    if (line->outcome == OUTCOME_PASS) return;
    say(line->issues, &codes, &message);
    struct refusal f = { line, line->receipt->line_id, text_slice(&codes), text_slice(&message) };
    if (r->layout == REJECTS_FIELDS && !r->has_begun && (!line->line || kind_is_reference(line->line->kind)))
        r->layout = REJECTS_JSON;
    switch (r->layout) {
    case REJECTS_TEXT:        rejects_text_take(r, &f); break;
    case REJECTS_WORKBOOK:    rejects_workbook_take(r, &f); break;
    case REJECTS_FIELDS:      rejects_fields_take(r, &f); break;
    case REJECTS_INTERCHANGE: keep_offset(r, line->offset); break;
    case REJECTS_JSON:        if (r->is_x12 || !put_object(r, line->raw, &f)) put_line(r, &f); break;
    }
    r->has_begun = true;
}

struct rejects_type rejects_type_of(struct slice first)
{
    if (slice_starts_with(first, SLICE("PK\003\004")))
        return (struct rejects_type){ SLICE("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
                                      SLICE(".rejects.xlsx") };
    if (slice_starts_with(first, SLICE("ISA")))
        return (struct rejects_type){ SLICE("application/edi-x12"), SLICE(".rejects.x12") };
    if (slice_starts_with(first, SLICE("{")))
        return (struct rejects_type){ SLICE("application/x-ndjson"), SLICE(".rejects.ndjson") };
    return (struct rejects_type){ SLICE("text/csv"), SLICE(".rejects.csv") };
}
