/* compliance/restoration.c: portion by portion through the serials, then the deals of a partition. */
#include "compliance/restoration.h"

#include "base/assert.h"
#include "compliance/registrations.h"
#include "compliance/serials.h"
#include "compliance/slot_conflicts.h"
#include "compliance/stored_rows.h"
#include "compliance/tables.h"
#include "domain/calendar.h"
#include "domain/policy.h"
#include "stage/waiting.h"

enum { ROWS_AT_ONCE = 1000, PORTIONS_OF_A_TICK = 3 };

/* --- what was seen last --- */

static void copy_word(char *to, size_t room, struct slice word)
{
    ASSERT(word.size < room);
    memset(to, 0, room);
    if (word.size) memcpy(to, word.bytes, word.size);
}

static struct registry_sight sight_of(const struct registry_seen *seen)
{
    struct registry_sight s = { .replication_offset = seen->replication_offset, .evicted_keys = seen->evicted_keys };
    copy_word(s.epoch, sizeof s.epoch, slice_head(seen->epoch, sizeof s.epoch - 1));
    copy_word(s.run_id, sizeof s.run_id, slice_head(seen->run_id, sizeof s.run_id - 1));
    copy_word(s.replication_id, sizeof s.replication_id, slice_head(seen->replication_id, sizeof s.replication_id - 1));
    return s;
}

static void note_sight(struct registry_seen *seen, const struct registry_sight *now)
{
    seen->epoch = slice_from(now->epoch);
    seen->run_id = slice_from(now->run_id);
    seen->replication_id = slice_from(now->replication_id);
    seen->replication_offset = now->replication_offset;
    seen->evicted_keys = now->evicted_keys;
}

/* Which server, and after how many evictions: another one is begun from the first slot. */
static struct slice server_name(struct arena *a, const struct registry_sight *now)
{
    return SLICE_JOIN(a, slice_from(now->epoch), SLICE(" "), slice_from(now->run_id), SLICE(" "),
                      slice_from(now->replication_id), SLICE(" "), slice_of_int(a, now->evicted_keys));
}

static struct slice row_key(void)
{
    return SLICE("seen");
}

static enum err look(struct stage_env *env, struct registry_seen *seen, struct registry_sight *now,
                     enum registry_standing *standing)
{
    TRY(stored_rows_get(env, COMPLIANCE_REGISTRY, row_key(), seen));
    struct registry_sight last = sight_of(seen);
    *standing = registry_look(env->registry, env->partition, &last, now);
    return OK;
}

/* --- is there something to do --- */

static enum err line_waits(struct stage_env *env, bool *waits)
{
    struct waiting_cursor *cursor = ARENA_NEW(env->arena, struct waiting_cursor);
    struct slice line_id;
    waiting_cursor_init(cursor, SLICE(WAIT_REGISTRY));
    TRY(waiting_next(env->store, env->arena, cursor, &line_id));
    *waits = line_id.size > 0;
    return OK;
}

enum err restoration_is_due(struct stage_env *env, bool *due)
{
    struct registry_seen seen;
    struct registry_sight now;
    enum registry_standing standing = REGISTRY_IS_READY;
    *due = false;
    if (!registry_is_settled(env->registry, env->partition)) TRY(look(env, &seen, &now, &standing));
    if (standing == REGISTRY_IS_READY) return line_waits(env, due);
    *due = standing == REGISTRY_IS_RESTORING || standing == REGISTRY_IS_RESTORING_ALL;
    return OK;
}

/* --- slots of the partition --- */

struct slots {
    struct stage_env        *env;
    struct registry_request *requests;
    unsigned                 count, capacity;
    instant_ms               oldest_unix_ms;        /* lines received before are not set again */
};

static void add(struct slots *s, struct registry_request request)
{
    if (s->count == s->capacity) {
        unsigned capacity = s->capacity ? 2 * s->capacity : 256;
        struct registry_request *requests = ARENA_ARRAY(s->env->arena, capacity, struct registry_request);
        if (s->count) memcpy(requests, s->requests, s->count * sizeof *requests);
        s->requests = requests;
        s->capacity = capacity;
    }
    s->requests[s->count++] = request;
}

/* Receipt of the line that holds a slot, 0: it is not to be set again. One that was replaced may live still. */
static enum err holder_received(struct slots *s, struct slice root_id, struct slice line_id, instant_ms *at)
{
    struct footprint f;
    TRY(stored_rows_get(s->env, COMPLIANCE_LINES, tables_line_key(s->env->arena, root_id, line_id), &f));
    bool holds = footprint_counts(&f) || f.state == FOOTPRINT_CANCELLED;
    *at = holds && f.received_at_unix_ms >= s->oldest_unix_ms ? f.received_at_unix_ms : 0;
    return OK;
}

static enum err add_serials(struct slots *s, const struct stored_row *row)
{
    struct serial_history h;
    struct slice key = row->key, root_id = stored_rows_take_part(&key), serial = stored_rows_take_part(&key);
    struct slice unit = serials_unit_of(s->env->arena, serial, stored_rows_take_part(&key));
    TRY(stored_rows_decode(s->env, COMPLIANCE_SERIALS, row->value, &h));
    for (unsigned i = 0; i < h.slot_count; i++) {
        instant_ms received = 0;
        if (h.slots[i].line_id.size && h.slots[i].is_registered)
            TRY(holder_received(s, root_id, h.slots[i].line_id, &received));
        if (!received) continue;
        add(s, (struct registry_request){ .family = REGISTRY_SERIAL,
                                          .key = serials_slot_key(s->env->arena, h.slots[i].program_id, unit),
                                          .claim = { root_id, h.slots[i].line_id, received, 0 } });
    }
    return OK;
}

static struct slice deal_holder(struct arena *a, struct slice root_id, struct slice deal_reg_no)
{
    return SLICE_JOIN(a, root_id, SLICE("/"), deal_reg_no);
}

static enum err add_deal(struct slots *s, const struct stored_row *row)
{
    struct deal_holding h;
    instant_ms received = 0;
    struct slice key = row->key, root_id = stored_rows_take_part(&key), deal_reg_no = stored_rows_take_part(&key);
    TRY(stored_rows_decode(s->env, COMPLIANCE_DEALS, row->value, &h));
    if (h.is_held && h.is_registered && h.conflict_key.size) TRY(holder_received(s, root_id, h.line_id, &received));
    if (!received) return OK;
    int32_t closed_on = registrations_closed_on(&h);
    add(s, (struct registry_request){
               .family = REGISTRY_DEAL,
               .key = h.conflict_key,
               .claim = { root_id, deal_holder(s->env->arena, root_id, deal_reg_no), received, closed_on } });
    return OK;
}

/* --- conflicts --- */

static enum err report_conflicts(struct stage_env *env, const struct slots *s)
{
    for (unsigned i = 0; i < s->count; i++) {
        const struct registry_request *q = &s->requests[i];
        if (q->family == REGISTRY_SERIAL && q->holder_count && q->place == q->holder_count)
            TRY(slot_conflicts_open(env, q));
    }
    return OK;
}

/* --- going on --- */

/* A slot is taken when its line is judged, which may be as long after receipt as it was parked. */
static instant_ms oldest(const struct stage_env *env, const struct registry_seen *seen)
{
    const struct policy *policy = catalogue_policy(env->catalogue, instant_date(env->now_unix_ms, 0),
                                                   (struct slice){ 0 }, (struct slice){ 0 }, INCENTIVE_UNSPECIFIED);
    int64_t hours = policy->registry_reassert_hours + policy->park_max_hours;
    return seen->restores_all ? INT64_MIN : env->now_unix_ms - hours * INSTANT_HOUR_MS;
}

/* *done: that was the last of them. */
static enum err restore_some(struct stage_env *env, struct registry_seen *seen, const struct registry_sight *now,
                             bool *done)
{
    struct slots s = { .env = env, .oldest_unix_ms = oldest(env, seen) };
    enum compliance_table table = seen->restores_deals ? COMPLIANCE_DEALS : COMPLIANCE_SERIALS;
    struct stored_rows rows;
    TRY(stored_rows_read(env, table, seen->restored_after, ROWS_AT_ONCE, &rows));
    for (unsigned i = 0; i < rows.count; i++)
        TRY(seen->restores_deals ? add_deal(&s, &rows.items[i]) : add_serials(&s, &rows.items[i]));
    TRY(registry_restore(env->registry, now, s.requests, s.count));
    TRY(report_conflicts(env, &s));
    if (rows.count) seen->restored_after = rows.items[rows.count - 1].key;
    if (rows.more) return OK;
    *done = seen->restores_deals;
    seen->restores_deals = true;
    seen->restored_after = (struct slice){ 0 };
    return OK;
}

static enum err restore_to(struct stage_env *env, struct registry_seen *seen, const struct registry_sight *now,
                           bool all)
{
    struct slice server = server_name(env->arena, now);
    bool done = false;
    if (!seen->is_restoring || !slice_equal(seen->restored_to, server)) {
        seen->is_restoring = true;
        seen->restores_all = all;
        seen->restores_deals = false;
        seen->restored_to = server;
        seen->restored_after = (struct slice){ 0 };
    }
    for (unsigned i = 0; i < PORTIONS_OF_A_TICK && !done; i++) TRY(restore_some(env, seen, now, &done));
    env->ticks_soon = true;                                 /* more of it, or to see whether the others are there */
    if (!done) return OK;
    TRY(registry_announce(env->registry, env->partition, now));
    *seen = (struct registry_seen){ 0 };
    note_sight(seen, now);
    return OK;
}

static enum err restore(struct stage_env *env, bool *is_ready)
{
    struct registry_seen seen;
    struct registry_sight *now = ARENA_NEW(env->arena, struct registry_sight);
    enum registry_standing standing;
    TRY(look(env, &seen, now, &standing));
    *is_ready = standing == REGISTRY_IS_READY;
    if (standing != REGISTRY_IS_RESTORING && standing != REGISTRY_IS_RESTORING_ALL) return OK;
    enum err e = restore_to(env, &seen, now, standing == REGISTRY_IS_RESTORING_ALL);
    if (e == ERR_REGISTRY_AWAY) return OK;                  /* it went away again; what was set stays set */
    TRY(e);
    return stored_rows_put(env, COMPLIANCE_REGISTRY, row_key(), &seen);
}

enum err restoration_go_on(struct stage_env *env)
{
    bool is_ready = true, waits = false;
    if (!registry_is_settled(env->registry, env->partition)) TRY(restore(env, &is_ready));
    if (is_ready) TRY(line_waits(env, &waits));
    if (waits && env->wake_count < STAGE_WAKES_MAX) env->wakes[env->wake_count++] = SLICE(WAIT_REGISTRY);
    return OK;
}

/* --- for people --- */

static enum err visit_table(struct stage_env *env, enum compliance_table table, restoration_visit *visit, void *context)
{
    char room[STORE_KEY_MAX];
    struct slice after = { 0 };
    for (struct stored_rows rows = { .more = true }; rows.more;) {
        struct slots s = { .env = env, .oldest_unix_ms = INT64_MIN };
        size_t mark = arena_mark(env->arena);
        TRY(stored_rows_read(env, table, after, ROWS_AT_ONCE, &rows));
        for (unsigned i = 0; i < rows.count; i++)
            TRY(table == COMPLIANCE_DEALS ? add_deal(&s, &rows.items[i]) : add_serials(&s, &rows.items[i]));
        for (unsigned i = 0; i < s.count; i++) TRY(visit(context, &s.requests[i]));
        if (rows.count) {
            struct slice last = rows.items[rows.count - 1].key;
            ASSERT(last.size <= sizeof room);
            memcpy(room, last.bytes, last.size);
            after = slice_of(room, last.size);
        }
        arena_rewind(env->arena, mark);
    }
    return OK;
}

enum err restoration_each_slot(struct stage_env *env, restoration_visit *visit, void *context)
{
    TRY(visit_table(env, COMPLIANCE_SERIALS, visit, context));
    return visit_table(env, COMPLIANCE_DEALS, visit, context);
}
