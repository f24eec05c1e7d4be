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

/* A row's key is root, "serial", program, serial; or root, "deal" or "close", conflict key. */
struct slot_name { enum registry_family family; bool closes; struct slice root_id, key; };

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
    struct slice program_id = stored_rows_take_part(&key), serial = stored_rows_take_part(&key);
    n.key = serials_slot_key(a, program_id, serial);
    return n;
}

/* Who held it before had given it up by itself, and somebody was quicker: both lines go on, so a person is told. */
static enum err take(struct stage_env *env, struct registry_request *q)
{
    TRY(registry_ask(env->registry, q, 1));
    return q->place < q->holder_count ? OK : slot_conflicts_open(env, q);
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
    return take(env, &again);
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
