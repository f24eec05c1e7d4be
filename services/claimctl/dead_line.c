/* claimctl/dead_line.c: headers and value of a dead letter as one object. */
#include "claimctl/dead_line.h"

#include "claimctl/json_node.h"
#include "domain/kind.h"
#include "stage/dead_letter.h"
#include "wire/dossier_codec.h"
#include "wire/json_text.h"

enum { ID_SHOWN = 12, DEAD_OBJECT_BYTES_MAX = 256 << 10, JSON_BYTES = 96 << 10, ERRORS_BYTES_MAX = 64 << 10 };

/* What is known of the line itself: members of its JSON object, or of its dossier. */
struct identity {
    struct slice kind, partner_id, root_id, claim_id, invoice_no, document, ref;
    uint32_t     position, row;
};

static void identify_dossier(struct arena *a, struct slice value, struct identity *x)
{
    struct dossier d;
    if (dossier_decode(a, value, &d) != OK || !d.line || !d.receipt) return;
    *x = (struct identity){
        .kind = kind_name(d.line->kind),
        .partner_id = d.line->partner_id,
        .root_id = d.receipt->partner_root_id,
        .claim_id = d.line->claim_id,
        .invoice_no = d.line->invoice_no,
        .document = d.receipt->file_name,
        .position = d.receipt->position,
        .row = d.receipt->row,
    };
}

static void identify_object(const struct node *object, const struct node *errors, struct identity *x)
{
    const struct node *where =
        errors && errors->type == NODE_LIST && errors->first ? node_find(errors->first->value, SLICE("where")) : NULL;
    *x = (struct identity){
        .kind = node_text(object, "kind"),
        .partner_id = node_text(object, "partner_id"),
        .claim_id = node_text(object, "claim_id"),
        .invoice_no = node_text(object, "invoice_no"),
        .position = node_number(object, "position"),
        .row = node_number(object, "row"),
    };
    if (!x->row) x->row = node_number(where, "row");
    if (!x->position) x->position = node_number(where, "position");
}

struct slice dead_line_id(const struct record *record)
{
    return dead_letter_header(record, SLICE("claimstream-line-id"));
}

struct slice dead_line_document_id(const struct record *record)
{
    return dead_letter_header(record, SLICE("claimstream-document-id"));
}

static void put(struct json *j, const struct identity *x, const struct dead_line *l, struct slice stage,
                enum reason_code code, struct slice errors)
{
    json_open_object(j);
    json_text(j, "document", x->document.size ? x->document : SLICE("-"));
    json_int(j, "position", x->position);
    if (x->row) json_int(j, "row", x->row);
    json_text(j, "ref", x->ref);
    json_text(j, "kind", x->kind);
    json_text(j, "partner_id", x->partner_id);
    json_text(j, "partner_root_id", x->root_id);
    json_text(j, "line_id", l->line_id);
    json_text(j, "claim_id", x->claim_id);
    json_text(j, "invoice_no", x->invoice_no);
    json_text(j, "stage", stage);
    json_word(j, "outcome", VOCABULARY_OUTCOME, (int)reason_outcome(code));
    json_name(j, SLICE("reasons"));
    json_open_array(j);
    json_put_text(j, reason_name(code));
    json_close_array(j);
    if (errors.size) {
        json_name(j, SLICE("errors"));
        json_put_raw(j, errors);
    }
    json_close_object(j);
}

bool dead_line_read(struct arena *a, const struct record *record, instant_ms at_unix_ms,
                    const struct dead_line_names *names, struct dead_line *out)
{
    struct slice stage = dead_letter_header(record, SLICE("claimstream-stage")),
                 errors = dead_letter_header(record, SLICE("claimstream-errors"));
    enum reason_code code = reason_find(dead_letter_header(record, SLICE("claimstream-code")));
    struct identity x = { .row = 0 };
    *out = (struct dead_line){ .line_id = dead_line_id(record), .document_id = dead_line_document_id(record) };
    if (code == REASON_NONE || !stage.size) return false;
    if (instant_parse(dead_letter_header(record, SLICE("claimstream-first-failed-at")), &out->failed_unix_ms) != OK)
        out->failed_unix_ms = at_unix_ms;
    const struct node *list = errors.size && errors.size <= ERRORS_BYTES_MAX ? json_node_read(a, errors, 1) : NULL;
    const struct node *object =
        record->value.size <= DEAD_OBJECT_BYTES_MAX ? json_node_read(a, record->value, 1) : NULL;
    if (slice_equal(stage, SLICE("intake"))) identify_object(object, list, &x);
    else identify_dossier(a, record->value, &x);
    if (names->document.size) x.document = names->document;
    x.ref = names->ref;
    if (!x.document.size) x.document = slice_head(out->document_id, ID_SHOWN);
    out->position = x.position ? x.position : x.row;
    struct text t = text_in(a, JSON_BYTES + errors.size);
    struct json j = json_over(&t);
    put(&j, &x, out, slice_upper(a, stage), code, list && list->type == NODE_LIST ? errors : (struct slice){ 0 });
    out->json = text_slice(&t);
    return !t.full;
}
