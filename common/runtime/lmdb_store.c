/* runtime/lmdb_store.c: the life of a partition's state: opened or discarded, replayed, saved between batches,
 * closed. */
#include "runtime/lmdb_store.h"

#include "base/assert.h"
#include "base/instant.h"
#include "runtime/changelog.h"
#include "runtime/lmdb_check.h"
#include "runtime/state_folder.h"
#include "runtime/state_layers.h"

#include <errno.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/statvfs.h>
#include <time.h>

enum { RETENTION_DAYS = 7, REFRESH_MS = 3600000, TRIAL_MS = 10000, ROOM_BYTES = 1 << 20 };

enum save_phase { SAVE_IDLE, SAVE_ASKED, SAVE_FAILED };

/* What the state writer is given; his from asking until he posts `done`. */
struct save {
    struct state_job   job;
    struct lmdb_store *store;
    struct lmdb_meta   meta;
    sem_t              done;
    int                rc;
    int64_t            took_us;
};

/* What other threads may read. */
struct figures {
    _Atomic size_t   unsaved_keys, saved_keys;
    _Atomic uint64_t saves, failed_saves, disk_bytes;
    _Atomic int64_t  changelog_offset, saved_at_unix_ms, save_us;
    atomic_bool      is_failing;
};

struct lmdb_store {
    struct store           store;
    struct lmdb_options    options;
    struct lmdb_meta       meta;                    /* as it is saved */
    struct state_identity  identity;                /* its texts are those of meta */
    char                   boot_id[STATE_BOOT_ID_MAX];
    struct state_folder    folder;
    struct state_layers    layers;
    struct rows            rows[2];
    int64_t                changelog_next;          /* what the unsaved rows are good for */
    struct save            save;
    enum save_phase        phase;
    int64_t                asked_at_unix_ms;
    int64_t                opened_at_unix_ms;
    struct figures         figures;
};

static struct lmdb_store *of(struct store *store)
{
    return (struct lmdb_store *)store;              /* its first member */
}

static const struct { struct slice name, text; } origins[STATE_ORIGIN_COUNT] = {
#define STATE_ORIGIN(name, text) [STATE_##name] = { SLICE_INIT(#name), SLICE_INIT(text) },
    STATE_ORIGINS(STATE_ORIGIN)
#undef STATE_ORIGIN
};

struct slice state_origin_name(enum state_origin origin)
{
    ASSERT(origin < STATE_ORIGIN_COUNT);
    return origins[origin].name;
}

struct slice state_origin_text(enum state_origin origin)
{
    ASSERT(origin < STATE_ORIGIN_COUNT);
    return origins[origin].text;
}

/* --- the interface ---------------------------------------------------------------------------------------------- */

/* What cannot be read now is discarded at the next start. */
static enum err checked(struct lmdb_store *s, enum err e)
{
    if (e == ERR_STATE_MALFORMED && state_folder_mark(&s->folder, STATE_BROKEN, s->boot_id) != OK)
        return ERR_FILE_UNWRITABLE;
    return e;
}

static enum err lmdb_store_get(struct store *store, uint8_t table, struct slice key, struct slice *value)
{
    return checked(of(store), state_layers_get(&of(store)->layers, table, key, value));
}

static enum err lmdb_store_put(struct store *store, uint8_t table, struct slice key, struct slice value)
{
    return state_layers_put(&of(store)->layers, table, key, value);
}

static enum err lmdb_store_remove(struct store *store, uint8_t table, struct slice key)
{
    return checked(of(store), state_layers_remove(&of(store)->layers, table, key));
}

struct visitor { store_visit *visit; void *context; enum err err; };

static enum err visit_row(void *context, struct slice key, struct slice value)
{
    struct visitor *v = context;
    v->err = v->visit(v->context, key, value);
    return v->err;
}

/* The visitor's own errors say nothing about the disk. */
static enum err lmdb_store_scan(struct store *store, uint8_t table, struct slice prefix, struct slice from,
                                store_visit *visit, void *context)
{
    struct visitor v = { visit, context, OK };
    enum err e = state_layers_scan(&of(store)->layers, table, prefix, from, visit_row, &v);
    return v.err != OK ? v.err : checked(of(store), e);
}

static enum err lmdb_store_each(struct store *store, uint8_t table, store_visit *visit, void *context)
{
    struct visitor v = { visit, context, OK };
    enum err e = state_layers_each(&of(store)->layers, table, visit_row, &v);
    return v.err != OK ? v.err : checked(of(store), e);
}

static enum err lmdb_store_changes(struct store *store, store_visit_change *visit, void *context)
{
    return rows_changes(of(store)->layers.unsaved, visit, context);
}

static void lmdb_store_merge(struct store *store, int64_t changelog_next)
{
    struct lmdb_store *s = of(store);
    rows_merge(s->layers.unsaved);
    if (changelog_next > s->changelog_next) s->changelog_next = changelog_next;
}

static void lmdb_store_drop(struct store *store)
{
    rows_drop(of(store)->layers.unsaved);
}

static void lmdb_store_settle(struct store *store)
{
    rows_settle(of(store)->layers.unsaved);
}

static const struct store_ops ops = {
    .get = lmdb_store_get, .put = lmdb_store_put, .remove = lmdb_store_remove, .scan = lmdb_store_scan,
    .each = lmdb_store_each, .changes = lmdb_store_changes, .merge = lmdb_store_merge, .drop = lmdb_store_drop,
    .settle = lmdb_store_settle,
};

struct store *lmdb_store_base(struct lmdb_store *s)
{
    return &s->store;
}

/* --- figures ---------------------------------------------------------------------------------------------------- */

static size_t keys_unsaved(const struct lmdb_store *s)
{
    return s->layers.unsaved->row_count + s->layers.frozen->row_count;
}

static void publish(struct lmdb_store *s)
{
    atomic_store_explicit(&s->figures.unsaved_keys, keys_unsaved(s), memory_order_relaxed);
}

static void publish_saved(struct lmdb_store *s)
{
    size_t rows;
    uint64_t bytes;
    lmdb_disk_size(&s->layers.disk, &rows, &bytes);
    atomic_store_explicit(&s->figures.saved_keys, rows, memory_order_relaxed);
    atomic_store_explicit(&s->figures.disk_bytes, bytes, memory_order_relaxed);
    atomic_store_explicit(&s->figures.changelog_offset, s->meta.changelog_offset, memory_order_relaxed);
    atomic_store_explicit(&s->figures.saved_at_unix_ms, s->meta.saved_at_unix_ms, memory_order_relaxed);
}

void lmdb_store_stats(const struct lmdb_store *s, struct lmdb_stats *stats)
{
    const struct figures *f = &s->figures;
    *stats = (struct lmdb_stats){
        .unsaved_keys = atomic_load_explicit(&f->unsaved_keys, memory_order_relaxed),
        .saved_keys = atomic_load_explicit(&f->saved_keys, memory_order_relaxed),
        .saves = atomic_load_explicit(&f->saves, memory_order_relaxed),
        .failed_saves = atomic_load_explicit(&f->failed_saves, memory_order_relaxed),
        .disk_bytes = atomic_load_explicit(&f->disk_bytes, memory_order_relaxed),
        .changelog_offset = atomic_load_explicit(&f->changelog_offset, memory_order_relaxed),
        .saved_at_unix_ms = atomic_load_explicit(&f->saved_at_unix_ms, memory_order_relaxed),
        .save_us = atomic_load_explicit(&f->save_us, memory_order_relaxed),
        .is_failing = atomic_load_explicit(&f->is_failing, memory_order_relaxed),
    };
}

/* --- opening ---------------------------------------------------------------------------------------------------- */

static void copy_text(char text[LMDB_TEXT_MAX], struct slice from)
{
    ASSERT(from.size < LMDB_TEXT_MAX);
    if (from.size) memcpy(text, from.bytes, from.size);
    text[from.size] = 0;
}

static void fill_meta(struct lmdb_meta *m, const struct state_identity *i)
{
    copy_text(m->cluster_id, i->cluster_id);
    copy_text(m->stage, i->stage);
    copy_text(m->changelog, i->changelog);
    copy_text(m->seed_check, i->seed_check);
    m->partition = i->partition;
    m->partition_count = i->partition_count;
    m->schema_version = i->schema_version;
}

static void fill_identity(struct state_identity *i, const struct lmdb_meta *m)
{
    *i = (struct state_identity){
        .cluster_id = slice_from(m->cluster_id), .stage = slice_from(m->stage), .changelog = slice_from(m->changelog),
        .seed_check = slice_from(m->seed_check), .partition = m->partition, .partition_count = m->partition_count,
        .schema_version = m->schema_version,
    };
}

static bool same_identity(const struct lmdb_meta *a, const struct lmdb_meta *b)
{
    return strcmp(a->cluster_id, b->cluster_id) == 0 && strcmp(a->stage, b->stage) == 0
           && strcmp(a->changelog, b->changelog) == 0 && strcmp(a->seed_check, b->seed_check) == 0
           && a->partition == b->partition && a->partition_count == b->partition_count
           && a->schema_version == b->schema_version;
}

struct log_bounds { int64_t start, high, now_unix_ms; };

static enum state_origin judge_meta(const struct lmdb_store *s, const struct lmdb_meta *found, struct log_bounds log)
{
    if (!same_identity(found, &s->meta)) return STATE_FOREIGN;
    if (found->changelog_offset < log.start || found->changelog_offset > log.high) return STATE_OUTSIDE;
    if (log.now_unix_ms - found->saved_at_unix_ms > s->options.retention_ms / 2) return STATE_OLD;
    return STATE_KEPT;
}

static enum state_origin judge_folder(const struct lmdb_store *s)
{
    const struct state_folder *f = &s->folder;
    if (!state_folder_has_data(f)) return f->was_held ? STATE_HELD : STATE_NEW;
    if (f->mark == STATE_UNMARKED || f->mark == STATE_BROKEN || !state_folder_is_whole(f)) return STATE_DAMAGED;
    if (f->mark == STATE_DIRTY && (!s->boot_id[0] || strcmp(f->boot_id, s->boot_id) != 0)) return STATE_OTHER_BOOT;
    return STATE_KEPT;
}

/* Two in a row that opened it did not last: every row is read, and a save tried, by a child before this process meets
 * a page. So the one that is broken is discarded at the third start, and those beside it are kept, however many end
 * early: only what the child finds speaks against a partition. A single kill costs no reading. A child that somebody
 * ended said nothing: it would be ended at the next start, too, so the rows are met unread. */
static enum err try_folder(struct lmdb_store *s, struct lmdb_opened *opened)
{
    opened->origin = STATE_KEPT;
    if (!state_folder_begin_trial(&s->folder)) return OK;
    enum err e = lmdb_check_own(s->folder.path, s->options.map_bytes);
    if (e == ERR_STATE_MALFORMED) opened->origin = STATE_DAMAGED;
    opened->is_unread = e == ERR_MEMORY_EXHAUSTED;
    return e == ERR_STATE_MALFORMED || opened->is_unread ? OK : e;
}

/* Opening writes next to nothing: a map that has room for twice the file is full of nothing but pages that lead
 * astray. */
static bool is_damaged(const struct lmdb_store *s, int rc)
{
    bool is_full = rc == MDB_MAP_FULL && s->folder.data_bytes < s->options.map_bytes / 2;
    return is_full || rc == EINVAL || lmdb_is_damage(rc);
}

static enum err cannot_open(int rc)
{
    if (rc == ENOMEM) return ERR_MEMORY_EXHAUSTED;
    return lmdb_is_no_room(rc) ? ERR_STATE_FULL : ERR_FILE_UNWRITABLE;
}

static enum err open_kept(struct lmdb_store *s, struct log_bounds log, struct lmdb_opened *opened)
{
    struct lmdb_meta found;
    enum state_origin *origin = &opened->origin;
    *origin = judge_folder(s);
    if (*origin != STATE_KEPT) return OK;
    TRY(try_folder(s, opened));
    if (*origin != STATE_KEPT) return OK;
    int rc = lmdb_disk_open(&s->layers.disk, s->folder.path, s->options.map_bytes, false);
    if (!rc) rc = lmdb_disk_meta(&s->layers.disk, &found);
    if (rc && !is_damaged(s, rc)) return cannot_open(rc);
    *origin = rc ? STATE_DAMAGED : judge_meta(s, &found, log);
    if (*origin == STATE_OUTSIDE && found.changelog_offset > log.high && s->options.keeps_ahead) return ERR_STATE_AHEAD;
    if (*origin == STATE_KEPT) s->meta = found;
    return OK;
}

/* The data goes before the mark is written: no crash between the two makes it trusted. */
static enum err start_anew(struct lmdb_store *s, struct log_bounds log)
{
    struct rows none = { 0 };
    lmdb_disk_close(&s->layers.disk);
    TRY(state_folder_discard(&s->folder));
    TRY(state_folder_mark(&s->folder, STATE_DIRTY, s->boot_id));
    s->meta.changelog_offset = log.start;
    s->meta.saved_at_unix_ms = log.now_unix_ms;
    int rc = lmdb_disk_open(&s->layers.disk, s->folder.path, s->options.map_bytes, false);
    if (!rc) rc = lmdb_disk_save(&s->layers.disk, &none, &s->meta, 0);
    if (!rc) rc = lmdb_disk_renew(&s->layers.disk);
    return rc ? cannot_open(rc) : OK;
}

/* A mark that says what is true is not written again: a restart after a kill costs no sync. */
static enum err mark_dirty(struct lmdb_store *s)
{
    if (s->folder.mark == STATE_DIRTY && strcmp(s->folder.boot_id, s->boot_id) == 0) return OK;
    return state_folder_mark(&s->folder, STATE_DIRTY, s->boot_id);
}

static enum err open_folder(struct lmdb_store *s, struct log_bounds log, struct lmdb_opened *opened)
{
    TRY(state_folder_claim(&s->folder, s->options.dir, slice_from(s->meta.stage), s->meta.partition));
    TRY(open_kept(s, log, opened));
    return opened->origin == STATE_KEPT ? mark_dirty(s) : start_anew(s, log);
}

static void run_save(struct state_job *job);

void lmdb_store_set_save_interval(struct lmdb_store *s, int64_t ms)
{
    s->options.save_interval_ms = ms ? ms : LMDB_SAVE_INTERVAL_MS;
}

static void init(struct lmdb_store *s, const struct lmdb_options *options, const struct state_identity *identity)
{
    s->store.ops = &ops;
    s->options = *options;
    if (!s->options.map_bytes) s->options.map_bytes = LMDB_MAP_BYTES;
    lmdb_store_set_save_interval(s, options->save_interval_ms);
    if (!s->options.retention_ms) s->options.retention_ms = (int64_t)RETENTION_DAYS * INSTANT_DAY_MS;
    if (options->boot_id) snprintf(s->boot_id, sizeof s->boot_id, "%s", options->boot_id);
    else state_boot_id(s->boot_id);
    fill_meta(&s->meta, identity);
    fill_identity(&s->identity, &s->meta);
    s->folder.owner = -1;
    s->layers.unsaved = &s->rows[0];
    s->layers.frozen = &s->rows[1];
    s->save.job.run = run_save;
    s->save.store = s;
    ASSERT(sem_init(&s->save.done, 0, 0) == 0);
}

/* Nobody is saving. */
static void free_store(struct lmdb_store *s)
{
    lmdb_disk_close(&s->layers.disk);
    state_folder_end_trial(&s->folder);
    state_folder_release(&s->folder);
    rows_clear(&s->rows[0]);
    rows_clear(&s->rows[1]);
    sem_destroy(&s->save.done);
    free(s);
}

enum err lmdb_store_open(const struct lmdb_options *options, const struct state_identity *identity, int64_t log_start,
                         int64_t log_high, int64_t now_unix_ms, struct lmdb_store **store, struct lmdb_opened *opened)
{
    ASSERT(options->dir && log_start <= log_high && identity->partition >= 0
           && identity->partition < identity->partition_count);
    struct lmdb_store *s = calloc(1, sizeof *s);
    if (!s) return ERR_MEMORY_EXHAUSTED;
    init(s, options, identity);
    opened->is_unread = false;
    enum err e = open_folder(s, (struct log_bounds){ log_start, log_high, now_unix_ms }, opened);
    if (e != OK) {
        free_store(s);
        return e;
    }
    s->changelog_next = s->meta.changelog_offset;
    s->asked_at_unix_ms = s->opened_at_unix_ms = now_unix_ms;
    state_folder_note_size(&s->folder);
    publish_saved(s);
    opened->changelog_offset = s->changelog_next;
    opened->generation = s->folder.generation;
    *store = s;
    return OK;
}

/* --- replaying -------------------------------------------------------------------------------------------------- */

static enum err replay_row(void *context, uint8_t table, struct slice key, struct slice value)
{
    rows_write(context, rows_hash(key), table, key, value, true);   /* whatever lies below */
    return OK;
}

enum err lmdb_store_replay(struct lmdb_store *s, struct slice key, struct slice value, int64_t offset)
{
    struct rows *rows = s->layers.unsaved;
    ASSERT(rows->change_count == 0);
    enum err e = changelog_each(key, value, replay_row, rows);
    if (e != OK) {
        rows_drop(rows);
        return e;
    }
    rows_merge(rows);
    lmdb_store_replayed(s, offset + 1);
    return OK;
}

void lmdb_store_replayed(struct lmdb_store *s, int64_t next)
{
    if (next > s->changelog_next) s->changelog_next = next;
}

/* --- saving ----------------------------------------------------------------------------------------------------- */

static int64_t clock_us(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

/* On the state writer's thread. */
static void run_save(struct state_job *job)
{
    struct save *save = (struct save *)job;         /* its first member */
    int64_t from = clock_us();
    struct lmdb_store *s = save->store;
    save->rc = lmdb_disk_save(&s->layers.disk, s->layers.frozen, &save->meta, s->options.part_rows);
    save->took_us = clock_us() - from;
    ASSERT(sem_post(&save->done) == 0);
}

static void ask(struct lmdb_store *s, int64_t now_unix_ms)
{
    ASSERT(s->phase != SAVE_ASKED);
    s->phase = SAVE_ASKED;
    s->asked_at_unix_ms = s->save.meta.saved_at_unix_ms = now_unix_ms;
    if (s->options.writer) state_writer_ask(s->options.writer, &s->save.job);
    else run_save(&s->save.job);
}

static void freeze(struct lmdb_store *s)
{
    state_layers_freeze(&s->layers);
    s->save.meta = s->meta;
    s->save.meta.changelog_offset = s->changelog_next;
}

static void tell(struct lmdb_store *s, const char *text)
{
    if (s->options.notice) s->options.notice(s->options.notice_context, &s->identity, slice_from(text));
}

/* LMDB calls a short write EIO; whether it was for want of room the file system says. */
static const char *why_it_failed(const struct lmdb_store *s)
{
    struct statvfs disk;
    bool is_full = s->save.rc == EIO && statvfs(s->folder.path, &disk) == 0
                   && (uint64_t)disk.f_bavail * disk.f_frsize < ROOM_BYTES;
    return mdb_strerror(is_full ? ENOSPC : s->save.rc);
}

static void note_failure(struct lmdb_store *s)
{
    bool is_first = !atomic_exchange_explicit(&s->figures.is_failing, true, memory_order_relaxed);
    atomic_fetch_add_explicit(&s->figures.failed_saves, 1, memory_order_relaxed);
    if (s->options.save_failures) metric_add(s->options.save_failures, 1);
    s->phase = SAVE_FAILED;
    if (is_first) tell(s, why_it_failed(s));
}

static enum err note_success(struct lmdb_store *s)
{
    TRY(checked(s, state_layers_thaw(&s->layers)));
    s->phase = SAVE_IDLE;
    s->meta = s->save.meta;
    state_folder_note_size(&s->folder);
    publish_saved(s);
    atomic_fetch_add_explicit(&s->figures.saves, 1, memory_order_relaxed);
    atomic_store_explicit(&s->figures.save_us, s->save.took_us, memory_order_relaxed);
    if (s->options.save_seconds) metric_observe(s->options.save_seconds, s->save.took_us * 1000);
    if (atomic_exchange_explicit(&s->figures.is_failing, false, memory_order_relaxed)) tell(s, "");
    return OK;
}

/* Takes over what the state writer finished. */
static enum err take_over(struct lmdb_store *s)
{
    if (s->phase != SAVE_ASKED || sem_trywait(&s->save.done) != 0) return OK;
    if (s->save.rc == 0) return note_success(s);
    note_failure(s);
    if (s->save.rc == MDB_PANIC) return ERR_STATE_MALFORMED; /* of this process alone: the file has its last root */
    return lmdb_is_damage(s->save.rc) ? checked(s, ERR_STATE_MALFORMED) : OK;
}

/* A clock that was set back delays nothing. */
static bool has_passed(int64_t since_unix_ms, int64_t interval_ms, int64_t now_unix_ms)
{
    return now_unix_ms < since_unix_ms || now_unix_ms - since_unix_ms >= interval_ms;
}

static bool is_due(const struct lmdb_store *s, bool is_urgent, int64_t now_unix_ms)
{
    bool has_rows = s->layers.unsaved->row_count > 0;
    if (has_rows && is_urgent) return true;
    if (!has_passed(s->asked_at_unix_ms, s->options.save_interval_ms, now_unix_ms)) return false;
    return has_rows || s->changelog_next > s->meta.changelog_offset
           || has_passed(s->meta.saved_at_unix_ms, REFRESH_MS, now_unix_ms);
}

static enum err rest(struct lmdb_store *s, bool is_urgent, int64_t now_unix_ms)
{
    TRY(take_over(s));
    if (s->folder.trials && has_passed(s->opened_at_unix_ms, TRIAL_MS, now_unix_ms)) state_folder_end_trial(&s->folder);
    if (s->phase == SAVE_FAILED && has_passed(s->asked_at_unix_ms, s->options.save_interval_ms, now_unix_ms))
        ask(s, now_unix_ms);
    if (s->phase == SAVE_IDLE && is_due(s, is_urgent, now_unix_ms)) {
        freeze(s);
        ask(s, now_unix_ms);
    }
    enum err e = s->options.writer ? OK : take_over(s);
    publish(s);
    return e;
}

static size_t keys_of_all(struct lmdb_store *const *stores, int32_t count)
{
    size_t keys = 0;
    for (int32_t i = 0; i < count; i++)
        if (stores[i]) keys += keys_unsaved(stores[i]);
    return keys;
}

enum err lmdb_stores_rest(struct lmdb_store *const *stores, int32_t count, size_t unsaved_keys_max, int64_t now_unix_ms,
                          bool *may_pull)
{
    size_t max = unsaved_keys_max ? unsaved_keys_max : LMDB_UNSAVED_KEYS_MAX;
    bool is_urgent = keys_of_all(stores, count) >= max / 2;     /* the other half fills while it is saved */
    for (int32_t i = 0; i < count; i++)
        if (stores[i]) TRY(rest(stores[i], is_urgent, now_unix_ms));
    *may_pull = keys_of_all(stores, count) < max;
    return OK;
}

/* --- closing ---------------------------------------------------------------------------------------------------- */

/* The end of a store, run after what was asked for before. The last to come, the state writer or the worker that
 * stopped waiting, frees it. */
struct closing {
    struct state_job   job;
    struct lmdb_store *store;
    bool               saves, is_clean;
    int64_t            now_unix_ms;
    sem_t              done;
    atomic_uint        holders;
};

static int save_here(struct lmdb_store *s, int64_t now_unix_ms)
{
    s->save.meta.saved_at_unix_ms = now_unix_ms;
    int rc = lmdb_disk_save(&s->layers.disk, s->layers.frozen, &s->save.meta, s->options.part_rows);
    if (!rc) rows_clear(s->layers.frozen);
    return rc;
}

static bool save_all(struct lmdb_store *s, int64_t now_unix_ms)
{
    if (s->phase == SAVE_FAILED && save_here(s, now_unix_ms) != 0) return false;
    freeze(s);
    return save_here(s, now_unix_ms) == 0 && lmdb_disk_sync(&s->layers.disk) == 0
        && state_folder_mark(&s->folder, STATE_CLEAN, s->boot_id) == OK;
}

/* Waits for nothing: what was asked for before this is done. */
static void settle(struct lmdb_store *s)
{
    if (s->phase != SAVE_ASKED) return;
    ASSERT(sem_trywait(&s->save.done) == 0);
    s->phase = s->save.rc ? SAVE_FAILED : SAVE_IDLE;
    if (s->phase == SAVE_IDLE) rows_clear(s->layers.frozen);
}

static void let_go(struct closing *c)
{
    if (atomic_fetch_sub(&c->holders, 1) > 1) return;
    sem_destroy(&c->done);
    free(c);
}

static void run_closing(struct state_job *job)
{
    struct closing *c = (struct closing *)job;      /* its first member */
    struct lmdb_store *s = c->store;
    settle(s);
    rows_drop(s->layers.unsaved);                   /* of a transaction that nobody committed */
    if (c->saves) c->is_clean = save_all(s, c->now_unix_ms);
    free_store(s);
    ASSERT(sem_post(&c->done) == 0);
    let_go(c);
}

static bool wait_until_done(struct closing *c, int64_t timeout_ms)
{
    struct timespec until;
    clock_gettime(CLOCK_REALTIME, &until);
    int64_t ns = until.tv_nsec + timeout_ms % 1000 * 1000000;
    until.tv_sec += timeout_ms / 1000 + ns / 1000000000;
    until.tv_nsec = ns % 1000000000;
    for (;;) {
        if (sem_timedwait(&c->done, &until) == 0) return true;
        if (errno != EINTR) return false;
    }
}

bool lmdb_store_close(struct lmdb_store *s, bool saves, int64_t now_unix_ms, int64_t timeout_ms)
{
    if (!s) return true;
    struct closing *c = calloc(1, sizeof *c);
    ASSERT_MEMORY(c && sem_init(&c->done, 0, 0) == 0);
    struct state_writer *writer = s->options.writer;
    *(struct state_job *)c = (struct state_job){ .run = run_closing };
    c->store = s;
    c->saves = saves;
    c->now_unix_ms = now_unix_ms;
    atomic_init(&c->holders, 2);
    if (writer) state_writer_ask(writer, &c->job);
    else run_closing(&c->job);
    bool is_clean = wait_until_done(c, timeout_ms) && c->is_clean;
    let_go(c);
    return is_clean;
}
