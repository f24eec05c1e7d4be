/* claimctl/refusal_text.c: refused rows, documents and reviews as sentences. */
#include "claimctl/refusal_text.h"

#include "claimctl/json_node.h"

enum { ERRORS_SHOWN = 3 };

static bool contains(struct slice text, struct slice part)
{
    for (; text.size >= part.size; text = slice_skip(text, 1)) {
        if (slice_starts_with(text, part)) return true;
        if (text.size == 0) return false;
    }
    return false;
}

static void put_after_blank(struct text *t, struct slice sentence)
{
    if (sentence.size == 0) return;
    text_put_byte(t, ' ');
    text_put(t, sentence);
}

/* `Column "Type": Transaction type SPA is not known. Use a listed type.` */
static void put_error(struct text *t, const struct node *error)
{
    struct slice message = node_text(error, "message"), value = node_text(error, "value");
    struct slice column = node_text(node_find(error, SLICE("where")), "column_name");
    if (column.size) {
        PUT(t, " Column \"");
        text_put(t, column);
        PUT(t, "\":");
    }
    put_after_blank(t, message.size ? message : node_text(error, "code"));
    if (value.size && message.size && !contains(message, value)) {
        PUT(t, " It has \"");
        text_put(t, value);
        PUT(t, "\".");
    }
    put_after_blank(t, node_text(error, "fix"));
}

/* What concerns more than a row, which was told at the row. */
static bool concerns_document(const struct node *error)
{
    static const char *const levels[] = { "file", "interchange", "group", "set" };
    for (unsigned i = 0; i < sizeof levels / sizeof levels[0]; i++)
        if (slice_equal(node_text(error, "level"), slice_from(levels[i]))) return true;
    return false;
}

static unsigned put_errors(struct text *t, const struct node *errors, bool of_document_only)
{
    unsigned shown = 0, more = 0;
    for (const struct node_entry *e = errors ? errors->first : NULL; e; e = e->next) {
        if (of_document_only && !concerns_document(e->value)) continue;
        if (shown == ERRORS_SHOWN) { more++; continue; }
        put_error(t, e->value);
        shown++;
    }
    if (more) {
        PUT(t, " And ");
        text_put_int(t, more);
        text_put(t, more == 1 ? SLICE(" more error.") : SLICE(" more errors."));
    }
    return shown;
}

/* Documents that no error explains. */
static void put_state(struct text *t, struct slice state, uint32_t lines)
{
    if (slice_equal(state, SLICE("DUPLICATE")))
        PUT(t, " This document was posted before, or corrects a report that was cancelled before. Nothing is to be done; the earlier answer stands. Lines that a CANCEL took back since stay so: to post them again as an original, or to cancel what was posted anew, send a document of other bytes.");
    if (slice_equal(state, SLICE("VALIDATED"))) PUT(t, " The document is marked as a test.");
    if (!slice_equal(state, SLICE("REJECTED")) || lines == 0) return;
    PUT(t, " Nothing of it was posted: ");
    if (lines > 1) { PUT(t, "all "); text_put_int(t, lines); PUT(t, " lines were refused."); }
    else PUT(t, "its line was refused.");
}

/* As line_name.h names a line; a document has neither row nor position. */
static void put_place(struct text *t, const struct node *object)
{
    struct slice row = node_text(object, "row"), number = row.size ? row : node_text(object, "position");
    text_put(t, node_text(object, "document"));
    if (number.size == 0) return;
    text_put_byte(t, ':');
    text_put(t, number);
}

void refusal_put_sentence(struct text *t, struct arena *a, struct slice object, uint32_t lines)
{
    const struct node *root = json_node_read(a, object, 1);
    if (!root || root->type != NODE_MAP) { text_put(t, object); return; }
    struct slice state = node_text(root, "state"), outcome = node_text(root, "outcome");
    bool is_review = node_text(root, "review").size > 0;
    put_place(t, root);
    PUT(t, "  ");
    text_put(t, state.size ? state : is_review ? SLICE("VOID") : outcome);
    text_put_byte(t, ' ');
    if (is_review) PUT(t, " The review has no effect:");
    unsigned shown = put_errors(t, node_find(root, SLICE("errors")), state.size && lines);
    if (!shown) put_state(t, state, lines);
}
