/* compliance/record.c: gives slots back that a line owes the shared registry since it was judged, or hands them on. */
#include "compliance/prefetch.h"

#include "base/assert.h"
#include "compliance/registrations.h"
#include "compliance/tables.h"
#include "domain/calendar.h"
#include "runtime/store.h"
#include "stage/registry.h"

/* A part of a key of the books: two bytes of length, then the part. */
static struct slice take_part(struct slice *key)
{
    ASSERT(key->size >= 2);
    size_t size = (size_t)(uint8_t)key->bytes[0] << 8 | (uint8_t)key->bytes[1];
    struct slice part = slice_head(slice_skip(*key, 2), size);
    *key = slice_skip(*key, 2 + size);
    return part;
}

/* The slot of a row: its key is root, "serial", program, serial; or root, "deal", conflict key. */
static struct slice slot_of(struct stage_env *env, struct slice key, enum registry_family *family)
{
    take_part(&key);
    bool is_deal = slice_equal(take_part(&key), SLICE("deal"));
    *family = is_deal ? REGISTRY_DEAL : REGISTRY_SERIAL;
    if (is_deal) return take_part(&key);
    struct slice program_id = take_part(&key), serial = take_part(&key);
    struct text slot = text_in(env->arena, program_id.size + serial.size + 1);
    text_put(&slot, program_id);
    PUT(&slot, ":");
    text_put(&slot, serial);
    return text_slice(&slot);
}

/* Gives back what the line held, and asks for it again where another line of the root has it in the books since. Both can
 * be repeated: a slot that is not the line's stays, and one that is held is not taken. */
static enum err settle(struct stage_env *env, struct slice root_id, struct slice key, const struct outbox_slot *owed)
{
    enum registry_family family;
    struct slice slot = slot_of(env, key, &family);
    TRY(registry_release(env->registry, family, slot, owed->line_id));
    if (!owed->next_line_id.size) return OK;
    struct registry_request again = { .family = family, .key = slot, .claim = {
        .root_id = root_id, .line_id = owed->next_line_id,
        .received_at_unix_ms = owed->next_received_at_unix_ms } };
    return registry_ask(env->registry, &again, 1);
}

/* A deal that is approved blocks others until its last protected day; each extension moves the day on. */
static enum err close_deal(struct stage_env *env, const struct dossier *d, const struct deal_holding *held)
{
    if (!held->is_held || !held->last_day) return OK;
    struct slice holder = registrations_holder(env->arena, d->classification->partner_root_id, d->line->deal_reg_no);
    enum err e = registry_close_deal(env->registry, held->conflict_key, holder, date_add_days(held->last_day, 1));
    return e == ERR_REGISTRY_AWAY ? OK : e;
}

enum err compliance_record(struct stage_env *env, const struct dossier *d, const struct verdict *v)
{
    uint8_t outbox = env->stage->tables[COMPLIANCE_OUTBOX].number;
    if (!env->registry) return OK;
    for (unsigned i = 0; i < v->books->row_count; i++) {
        const struct book_row *row = v->books->rows[i];
        if (!row->dirty) continue;
        if (row->table == COMPLIANCE_DEALS) TRY(close_deal(env, d, row->record));
        if (row->table != COMPLIANCE_OUTBOX) continue;
        enum err e = settle(env, d->classification->partner_root_id, row->key, row->record);
        if (e == ERR_REGISTRY_AWAY) continue;               /* the row stays: it is owed */
        TRY(e);
        TRY(store_remove(env->store, outbox, row->key));
    }
    return OK;
}
