/* claimctl/run_review.c: a review of an input as the record that a console would send. */
#include "claimctl/run_review.h"

#include "base/assert.h"
#include "claimctl/run_engine.h"
#include "claimctl/run_void.h"
#include "compliance/list_hits.h"
#include "domain/calendar.h"
#include "domain/decimal.h"
#include "domain/rounding.h"
#include "stage/review.h"
#include "wire/json_text.h"
#include "wire/limits.h"
#include "wire/problems.h"

enum { VALUE_BYTES_MAX = 64, MESSAGE_BYTES = 256 };

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

/* --- members --- */

struct review_reader { struct run_engine *run; const struct node *map; struct run_void_fault *fault; };

/* The first fault stands. */
static void find_fault(struct review_reader *r, const char *member, struct slice value, const char *message,
                       const char *fix)
{
    if (r->fault->member.size) return;
    *r->fault = (struct run_void_fault){ slice_from(member), value, slice_from(message), slice_from(fix) };
}

/* The member's text, empty when it is absent. */
static struct slice text_of(struct review_reader *r, const char *name, size_t bytes_max)
{
    const struct node *n = node_find(r->map, slice_from(name));
    if (!n) return (struct slice){ 0 };
    if (n->type != NODE_SCALAR)
        find_fault(r, name, (struct slice){ 0 }, "This is a list or an object and must be one value.",
                   "Write one value.");
    else if (n->text.size > bytes_max)
        find_fault(r, name, n->text, "This text is too long for a review.", "Shorten it.");
    return n->type == NODE_SCALAR ? slice_head(n->text, bytes_max) : (struct slice){ 0 };
}

/* A word of a list in any case; 0 when absent. */
static int word_of(struct review_reader *r, const char *name, enum vocabulary list)
{
    struct slice text = text_of(r, name, TEXT_BYTES_MAX);
    int number = text.size ? word_find(list, slice_upper(&r->run->arena, text)) : 0;
    if (text.size && number <= 0)
        find_fault(r, name, text, "This is none of its words.", "Take a word of the review protocol.");
    return number > 0 ? number : 0;
}

static void read_roles(struct review_reader *r, struct texts *roles)
{
    struct slice *items = ARENA_ARRAY(&r->run->arena, REVIEW_ROLES_MAX, struct slice);
    const struct node *list = node_find(r->map, SLICE("actor_roles"));
    roles->items = items;
    if (!list) return;
    if (list->type == NODE_SCALAR) {
        items[roles->count++] = text_of(r, "actor_roles", TEXT_BYTES_MAX);
        return;
    }
    for (const struct node_entry *e = list->first; e; e = e->next) {
        bool fits = list->type == NODE_LIST && e->value->type == NODE_SCALAR && e->value->text.size <= TEXT_BYTES_MAX
                    && roles->count < REVIEW_ROLES_MAX;
        if (!fits) {
            find_fault(r, "actor_roles", (struct slice){ 0 }, "This is no list of at most 16 words.",
                       "Write reviewer, approver or both.");
            return;
        }
        items[roles->count++] = e->value->text;
    }
}

static void read_numbers(struct review_reader *r, struct review *out, instant_ms *at)
{
    struct slice qty = text_of(r, "accepted_qty", TEXT_BYTES_MAX), until = text_of(r, "until_date", TEXT_BYTES_MAX);
    struct slice when = text_of(r, "at", TEXT_BYTES_MAX), ends = text_of(r, "until", TEXT_BYTES_MAX),
                 hash = text_of(r, "clearance_hash", TEXT_BYTES_MAX);
    struct slice rule = text_of(r, "rule", TEXT_BYTES_MAX);
    const struct rule_row *row = rule.size ? rule_by_word(slice_upper(&r->run->arena, rule)) : NULL;
    out->rule = row ? row->number : 0;
    if (rule.size && !row) find_fault(r, "rule", rule, "There is no rule of this name.", "Take its word, as DUP-01.");
    if (qty.size && decimal_parse(qty, MILLI_DIGITS, DECIMAL_EXCESS_REFUSE, &out->accepted_qty_milli, NULL) != OK)
        find_fault(r, "accepted_qty", qty, "This is no quantity.", "Write digits with at most three behind the point.");
    if (until.size && date_parse(until, &out->until_date) != OK)
        find_fault(r, "until_date", until, "This is no date.", "Write it as 2026-03-31.");
    if (when.size && instant_parse(when, at) != OK)
        find_fault(r, "at", when, "This is no instant.", "Write it as 2026-03-31T09:00:00Z.");
    if (ends.size && instant_parse(ends, &out->until_unix_ms) != OK)
        find_fault(r, "until", ends, "This is no instant.", "Write it as 2026-03-31T09:00:00Z.");
    if (hash.size && !(out->has_clearance_hash = read_hash(hash, &out->clearance_hash)))
        find_fault(r, "clearance_hash", hash, "This is no section's hash.",
                   "Write its 32 hexadecimal digits, or leave it out.");
}

/* A misspelt member would change what a person meant: it is refused with the nearest known one. */
static void check_members(struct review_reader *r)
{
    static const struct slice known[] = {
        SLICE_INIT("act"),      SLICE_INIT("stage"),
        SLICE_INIT("line_id"),  SLICE_INIT("case_id"),
        SLICE_INIT("verb"),     SLICE_INIT("accepted_qty"),
        SLICE_INIT("role"),     SLICE_INIT("note"),
        SLICE_INIT("actor_id"), SLICE_INIT("actor_roles"),
        SLICE_INIT("rule"),     SLICE_INIT("until_date"),
        SLICE_INIT("pivot"),    SLICE_INIT("at"),
        SLICE_INIT("until"),    SLICE_INIT("clearance_hash"),
        SLICE_INIT("sequence"), SLICE_INIT("partner_root_id"),
    };
    enum { KNOWN_COUNT = sizeof known / sizeof known[0] };
    for (const struct node_entry *e = r->map->first; e; e = e->next) {
        bool is_known = false;
        for (unsigned i = 0; i < KNOWN_COUNT; i++) is_known |= slice_equal(e->key, known[i]);
        if (is_known || r->fault->member.size) continue;
        struct slice near = problems_nearest(e->key, known, KNOWN_COUNT);
        struct text fix = text_in(&r->run->arena, MESSAGE_BYTES);
        text_put(&fix, near.size ? SLICE("Did you mean ") : SLICE("Remove it."));
        text_put(&fix, near);
        if (near.size) PUT(&fix, "?");
        *r->fault = (struct run_void_fault){
            slice_head(e->key, VALUE_BYTES_MAX), { 0 }, SLICE("A review has no such member."), text_slice(&fix)
        };
    }
}

static void read_review(struct review_reader *r, struct review *out, instant_ms *at)
{
    struct slice name = text_of(r, "line_id", ID_BYTES_MAX), line_id = run_engine_line_named(r->run, name);
    *out = (struct review){
        .act = (enum act)word_of(r, "act", VOCABULARY_ACT),
        .stage = (enum stage_id)word_of(r, "stage", VOCABULARY_STAGE),
        .line_id = line_id.size ? line_id : name,
        .case_id = text_of(r, "case_id", ID_BYTES_MAX),
        .verb = (enum verb)word_of(r, "verb", VOCABULARY_VERB),
        .role = (enum role)word_of(r, "role", VOCABULARY_ROLE),
        .note = text_of(r, "note", TEXT_BYTES_MAX),
        .actor_id = text_of(r, "actor_id", TEXT_BYTES_MAX),
        .pivot = text_of(r, "pivot", TEXT_BYTES_MAX),
    };
    if (!out->act) out->act = ACT_PROPOSE;
    read_roles(r, &out->actor_roles);
    read_numbers(r, out, at);
    check_members(r);
    if (!out->line_id.size && !out->case_id.size)
        find_fault(r, "line_id", name, "A review names a line or a case.", "Add line_id or case_id.");
    if (!out->verb && out->act == ACT_PROPOSE)
        find_fault(r, "verb", (struct slice){ 0 }, "A proposal needs a verb.", "Add verb.");
    if (!out->actor_id.size)
        find_fault(r, "actor_id", (struct slice){ 0 }, "Nobody signs this review.", "Add actor_id.");
}

/* The verdict that two persons give by closing a case. */
static enum err find_verdict(struct run_engine *r, const struct review *act, struct party_verdict *verdict, bool *given)
{
    struct embedded_weighed *w = ARENA_NEW(&r->arena, struct embedded_weighed);
    TRY(embedded_weigh(r->engine, &r->arena, *act, w));
    enum verb verb = w->answer.effect.verb;
    *given = w->answer.closes && (verb == VERB_CLEAR_PARTY || verb == VERB_CONFIRM_PARTY)
        && list_hits_verdict(&r->arena, w->dossier.clearance, verb == VERB_CONFIRM_PARTY, verdict);
    return OK;
}

/* An act on a case. Its verdict is in force before the case closes and holds for every root (screening.md 6.6), as when
 * services decide. */
static enum err send_on_case(struct run_engine *r, const struct review *act, bool *found)
{
    struct party_verdict verdict;
    bool given;
    TRY(find_verdict(r, act, &verdict, &given));
    if (given) TRY(catalogue_put_party(r->catalogue, &verdict));
    return embedded_review(r->engine, *act, found);
}

enum err run_review_act(struct run_engine *r, const struct review *act, bool *found)
{
    TRY(act->case_id.size ? send_on_case(r, act, found) : embedded_review(r->engine, *act, found));
    return embedded_run_until_idle(r->engine);
}

enum err run_review_send(struct run_engine *r, const struct node *review, uint32_t document, uint32_t row)
{
    struct review act = { 0 };
    struct run_void_fault bad = { 0 };
    struct review_reader reader = { .run = r, .map = review, .fault = &bad };
    instant_ms at = 0;
    bool found = false;
    if (review && review->type == NODE_MAP) read_review(&reader, &act, &at);
    else
        find_fault(&reader, "review", (struct slice){ 0 }, "This is no object of at most 32 levels and 1024 members.",
                   "Write the members of a review.");
    if (bad.member.size) {
        run_void_report(r, document, row, &act, &bad, REVIEW_VOID_NONE);
        return OK;
    }
    TRY(run_engine_advance(r, at));
    act.at_unix_ms = at;
    r->review_document = document;
    r->review_row = row;
    TRY(run_review_act(r, &act, &found));
    if (!found) run_void_report(r, document, row, &act, NULL, REVIEW_VOID_NOT_WAITING);
    return OK;
}
