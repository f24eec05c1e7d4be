/* claimctl/run_review.c: a review of an input as the record that a console would send. */
#include "claimctl/run_review.h"

#include "claimctl/run_engine.h"
#include "domain/calendar.h"
#include "domain/decimal.h"
#include "domain/rounding.h"
#include "stage/review.h"
#include "wire/json_text.h"

enum { VOID_TEXT_BYTES = 1024, WORD_BYTES = 40, REVIEW_ROLES_MAX = 8 };

static struct slice text_of(const struct node *map, const char *name)
{
    const struct node *n = node_find(map, slice_from(name));
    return n && n->type == NODE_SCALAR ? n->text : (struct slice){ 0 };
}

/* A word of a list in any case; 0 when it is none. */
static int word_of(struct arena *a, const struct node *map, const char *name, enum vocabulary list)
{
    return word_find(list, slice_upper(a, text_of(map, name)));
}

static void report(struct run_engine *r, uint32_t document, uint32_t row, struct slice line_id, struct slice case_id, struct slice code)
{
    char buffer[VOID_TEXT_BYTES];
    struct text t = text_over(buffer, sizeof buffer);
    struct json j = json_over(&t);
    json_open_object(&j);
    json_text(&j, "document", r->documents[document].name);
    if (row) json_int(&j, "row", row);
    json_text(&j, "review", SLICE("void"));
    json_text(&j, "line_id", line_id);
    json_text(&j, "case_id", case_id);
    json_name(&j, SLICE("errors"));
    json_open_array(&j);
    json_open_object(&j);
    json_text(&j, "code", code);
    json_close_object(&j);
    json_close_array(&j);
    json_close_object(&j);
    if (!t.full) transcript_report(&r->transcript, document, text_slice(&t));
}

void run_review_void(void *context, const struct stage *stage, const struct review *review, unsigned why)
{
    struct run_engine *r = context;
    (void)stage;
    report(r, r->review_document, r->review_row, review->line_id, review->case_id, review_void_text((enum review_void)why));
}

static bool read_hash(struct slice hex, struct hash128 *hash)
{
    static const char digits[] = "0123456789abcdef";
    if (hex.size != 2 * HASH128_BYTES) return false;
    for (size_t i = 0; i < hex.size; i++) {
        const char *digit = strchr(digits, hex.bytes[i]);
        if (!digit || !*digit) return false;
        hash->bytes[i / 2] = (uint8_t)(hash->bytes[i / 2] << 4 | (digit - digits));
    }
    return true;
}

static void read_roles(struct arena *a, const struct node *list, struct texts *roles)
{
    struct slice *items = ARENA_ARRAY(a, REVIEW_ROLES_MAX, struct slice);
    roles->items = items;
    if (!list) return;
    if (list->type == NODE_SCALAR) items[roles->count++] = list->text;
    for (const struct node_entry *e = list->first; e && roles->count < REVIEW_ROLES_MAX; e = e->next)
        if (e->value->type == NODE_SCALAR) items[roles->count++] = e->value->text;
}

/* The name of the first member that cannot be read, empty when all can. */
static struct slice read_review(struct run_engine *r, const struct node *map, struct review *out, instant_ms *at)
{
    struct arena *a = &r->arena;
    struct slice qty = text_of(map, "accepted_qty"), until = text_of(map, "until_date"), when = text_of(map, "at");
    struct slice hash = text_of(map, "clearance_hash"), rule = text_of(map, "rule"), name = text_of(map, "line_id");
    const struct rule_row *row = rule_by_word(slice_upper(a, rule));
    struct slice line_id = run_engine_line_named(r, name);
    *out = (struct review){
        .act = (enum act)word_of(a, map, "act", VOCABULARY_ACT), .stage = (enum stage_id)word_of(a, map, "stage", VOCABULARY_STAGE),
        .line_id = line_id.size ? line_id : name, .case_id = text_of(map, "case_id"),
        .verb = (enum verb)word_of(a, map, "verb", VOCABULARY_VERB), .role = (enum role)word_of(a, map, "role", VOCABULARY_ROLE),
        .note = text_of(map, "note"), .actor_id = text_of(map, "actor_id"), .pivot = text_of(map, "pivot"), .rule = row ? row->number : 0,
    };
    if (!out->act) out->act = ACT_PROPOSE;
    read_roles(a, node_find(map, SLICE("actor_roles")), &out->actor_roles);
    if (!out->verb && out->act == ACT_PROPOSE) return SLICE("verb");
    if (!out->actor_id.size) return SLICE("actor_id");
    if (qty.size && decimal_parse(qty, 3, DECIMAL_EXCESS_REFUSE, &out->accepted_qty_milli, NULL) != OK) return SLICE("accepted_qty");
    if (until.size && date_parse(until, &out->until_date) != OK) return SLICE("until_date");
    if (when.size && instant_parse(when, at) != OK) return SLICE("at");
    if (hash.size && !(out->has_clearance_hash = read_hash(hash, &out->clearance_hash))) return SLICE("clearance_hash");
    return (struct slice){ 0 };
}

enum err run_review_send(struct run_engine *r, const struct node *review, uint32_t document, uint32_t row)
{
    struct review act;
    instant_ms at = 0;
    bool found = false;
    struct slice bad = read_review(r, review, &act, &at);
    if (bad.size) {
        struct text t = text_in(&r->arena, WORD_BYTES + bad.size);
        PUT(&t, "FIELD_INVALID ");
        text_put(&t, bad);
        report(r, document, row, act.line_id, act.case_id, text_slice(&t));
        return OK;
    }
    TRY(run_engine_advance(r, at));
    act.at_unix_ms = at;
    r->review_document = document;
    r->review_row = row;
    TRY(embedded_review(r->engine, act, &found));
    if (!found) report(r, document, row, act.line_id, act.case_id, review_void_text(REVIEW_VOID_NOT_WAITING));
    return embedded_run_until_idle(r->engine);
}
