/* compliance/outbox.c: registry_outbox, row by row. */
#include "compliance/outbox.h"

#include "base/assert.h"
#include "compliance/serials.h"
#include "compliance/slot_conflicts.h"
#include "compliance/stored_rows.h"
#include "compliance/tables.h"
#include "stage/registry.h"

enum { PAID_AT_ONCE = 256 };

enum err outbox_is_owing(struct stage_env *env, bool *owing)
{
    struct stored_rows rows;
    TRY(stored_rows_read(env, COMPLIANCE_OUTBOX, (struct slice){ 0 }, 1, &rows));
    *owing = rows.count > 0;
    return OK;
}

/* A row's key is root, "serial", program, serial; or root, "deal" or "close", conflict key, deal. */
struct slot_name { enum registry_family family; bool closes; struct slice root_id, key, program_id, serial; };

static struct slot_name name_of(struct arena *a, struct slice key)
{
    struct slot_name n = { .root_id = stored_rows_take_part(&key) };
    struct slice what = stored_rows_take_part(&key);
    n.closes = slice_equal(what, SLICE("close"));
    n.family = n.closes || slice_equal(what, SLICE("deal")) ? REGISTRY_DEAL : REGISTRY_SERIAL;
    if (n.family == REGISTRY_DEAL) {
        n.key = stored_rows_take_part(&key);
        return n;
    }
    n.program_id = stored_rows_take_part(&key);
    n.serial = stored_rows_take_part(&key);
    n.key = serials_slot_key(a, n.program_id, n.serial);
    return n;
}

/* The books of this root say no longer that the line stands there. `part` is empty where a serial is one of all
 * parts. */
static enum err leave_slot(struct stage_env *env, const struct slot_name *n, struct slice part, struct slice line_id)
{
    struct serial_history h;
    struct slice row = BOOKS_KEY(env->arena, n->root_id, n->serial, part);
    bool is_left = false;
    TRY(stored_rows_get(env, COMPLIANCE_SERIALS, row, &h));
    for (unsigned i = 0; i < h.slot_count; i++) {
        struct serial_slot *slot = &h.slots[i];
        if (!slice_equal(slot->program_id, n->program_id) || !slice_equal(slot->line_id, line_id)) continue;
        *slot = (struct serial_slot){ .program_id = slot->program_id, .generation = slot->generation + 1 };
        is_left = true;
    }
    return is_left ? stored_rows_put(env, COMPLIANCE_SERIALS, row, &h) : OK;
}

/* Who held it before had given it up by itself, or a cancelled return brought it back, and somebody was quicker: both
 * lines go on, so a person is told, and the slot is the other's. Among lines of one root the rows have decided. */
static enum err take(struct stage_env *env, const struct slot_name *n, struct registry_request *q)
{
    struct footprint f;
    TRY(registry_ask(env->registry, q, 1));
    if (q->place < q->holder_count) return OK;
    if (slot_conflicts_is_own(q)) return registry_hand_over(env->registry, n->key, q->holders[0].line_id, &q->claim);
    TRY(slot_conflicts_open(env, q));
    TRY(leave_slot(env, n, (struct slice){ 0 }, q->claim.line_id));
    TRY(stored_rows_get(env, COMPLIANCE_LINES, tables_line_key(env->arena, n->root_id, q->claim.line_id), &f));
    return f.sku.size ? leave_slot(env, n, f.sku, q->claim.line_id) : OK;
}

/* Every step can be repeated: a slot that is not the line's stays, and one that is held is not taken. */
static enum err pay(struct stage_env *env, const struct stored_row *row)
{
    struct outbox_slot slot;
    struct slot_name n = name_of(env->arena, row->key);
    TRY(stored_rows_decode(env, COMPLIANCE_OUTBOX, row->value, &slot));
    if (n.closes) return registry_close_deal(env->registry, n.key, slot.line_id, slot.closed_on);
    if (!slot.next_line_id.size || slot.next_is_released) {
        TRY(registry_release(env->registry, n.family, n.key, slot.line_id));
        if (!slot.next_line_id.size) return OK;
        return registry_release(env->registry, n.family, n.key, slot.next_line_id);
    }
    ASSERT(n.family == REGISTRY_SERIAL);
    struct registry_request again = { .family = n.family, .key = n.key, .claim = {
        .root_id = n.root_id, .line_id = slot.next_line_id, .received_at_unix_ms = slot.next_received_at_unix_ms } };
    bool only_asks = slice_equal(slot.line_id, slot.next_line_id);
    if (!only_asks) TRY(registry_hand_over(env->registry, n.key, slot.line_id, &again.claim));
    return take(env, &n, &again);
}

enum err outbox_pay(struct stage_env *env)
{
    struct stored_rows rows;
    TRY(stored_rows_read(env, COMPLIANCE_OUTBOX, (struct slice){ 0 }, PAID_AT_ONCE, &rows));
    for (unsigned i = 0; i < rows.count; i++) {
        enum err e = pay(env, &rows.items[i]);
        if (e == ERR_REGISTRY_AWAY) return OK;              /* it stays owed; the next tick tries again */
        TRY(e);
        TRY(store_remove(env->store, stored_rows_number(env, COMPLIANCE_OUTBOX), rows.items[i].key));
    }
    if (rows.more) env->ticks_soon = true;
    return OK;
}
