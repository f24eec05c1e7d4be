/* compliance/record.c: gives slots back that a line has owed the shared registry since it was judged. */
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

/* Key of the row: root, "serial", program, serial; or root, "deal", conflict key. */
static enum err release(struct stage_env *env, struct slice key, struct slice line_id)
{
    take_part(&key);
    struct slice family = take_part(&key);
    if (slice_equal(family, SLICE("deal")))
        return registry_release(env->registry, REGISTRY_DEAL, take_part(&key), line_id);
    struct slice program_id = take_part(&key), serial = take_part(&key);
    struct text slot = text_in(env->arena, program_id.size + serial.size + 1);
    text_put(&slot, program_id);
    PUT(&slot, ":");
    text_put(&slot, serial);
    return registry_release(env->registry, REGISTRY_SERIAL, text_slice(&slot), line_id);
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
        enum err e = release(env, row->key, ((const struct outbox_slot *)row->record)->line_id);
        if (e == ERR_REGISTRY_AWAY) continue;               /* the row stays: it is owed */
        TRY(e);
        TRY(store_remove(env->store, outbox, row->key));
    }
    return OK;
}
