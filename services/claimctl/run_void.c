/* claimctl/run_void.c: a review without effect, at its place in the results. */
#include "claimctl/run_void.h"

#include "base/assert.h"
#include "wire/json_text.h"
#include "wire/limits.h"

enum { VOID_TEXT_BYTES = 32 << 10, VALUE_BYTES_MAX = 64, MESSAGE_BYTES = 256 };

static void put_fault(struct json *j, const struct run_void_fault *f)
{
    json_text(j, "code", SLICE("FIELD_INVALID"));
    json_int(j, "number", REASON_FIELD_INVALID);
    json_text(j, "severity", SLICE("error"));
    json_text(j, "level", SLICE("field"));
    json_text(j, "field", f->member);
    json_text(j, "value", slice_head(f->value, VALUE_BYTES_MAX));
    json_text(j, "message", f->message);
    json_text(j, "fix", f->fix);
}

/* A clause as a sentence. */
static struct slice sentence_of(struct text *t, struct slice clause)
{
    text_put_byte(t, (char)(clause.bytes[0] - 'a' + 'A'));
    text_put(t, slice_skip(clause, 1));
    PUT(t, ".");
    return text_slice(t);
}

static void put_void(struct json *j, enum review_void why)
{
    const struct review_void_row *row = review_void_row(why);
    char message[MESSAGE_BYTES], fix[MESSAGE_BYTES];
    struct text m = text_over(message, sizeof message), f = text_over(fix, sizeof fix);
    json_text(j, "code", row->word);
    json_int(j, "number", row->number);
    json_text(j, "severity", SLICE("error"));
    json_text(j, "level", SLICE("record"));
    json_text(j, "message", sentence_of(&m, row->sentence));
    json_text(j, "fix", sentence_of(&f, row->fix));
}

void run_void_report(struct run_engine *r, uint32_t document, uint32_t row, const struct review *review,
                     const struct run_void_fault *fault, enum review_void why)
{
    static char buffer[VOID_TEXT_BYTES];
    struct text t = text_over(buffer, sizeof buffer);
    struct json j = json_over(&t);
    json_open_object(&j);
    json_text(&j, "document", slice_head(r->documents[document].name, TEXT_BYTES_MAX / 4));
    if (row) json_int(&j, "row", row);
    json_text(&j, "review", SLICE("void"));
    json_text(&j, "line_id", slice_head(review->line_id, ID_BYTES_MAX));
    json_text(&j, "case_id", slice_head(review->case_id, ID_BYTES_MAX));
    json_name(&j, SLICE("errors"));
    json_open_array(&j);
    json_open_object(&j);
    if (fault) put_fault(&j, fault);
    else put_void(&j, why);
    json_close_object(&j);
    json_close_array(&j);
    json_close_object(&j);
    ASSERT(!t.full);
    transcript_report(&r->transcript, document, text_slice(&t));
}

void run_void_say(void *context, const struct stage *stage, const struct review *review, unsigned why)
{
    struct run_engine *r = context;
    (void)stage;
    run_void_report(r, r->review_document, r->review_row, review, NULL, (enum review_void)why);
}
