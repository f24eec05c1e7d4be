/* service_rig.h: the service with folders of its own, the engine on the memory transport, driven by the test's
 * thread. */
#ifndef TESTS_INTAKE_SERVICE_RIG_H
#define TESTS_INTAKE_SERVICE_RIG_H

#include "base/assert.h"
#include "intake/service.h"
#include "intake/service_parts.h"
#include "intake/stage.h"
#include "runtime/clock.h"
#include "runtime/memory_log.h"
#include "runtime/memory_sink.h"
#include "runtime/memory_source.h"
#include "runtime/memory_store.h"
#include "support/scratch.h"
#include "support/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

/* A line as JSON; the head of an interchange of the default sender. */
#define SALE(invoice, qty) \
    "{\"kind\":\"POS_SALE\",\"invoice_no\":\"" invoice \
    "\",\"ship_date\":\"2026-03-01\",\"vendor_part\":\"P\",\"qty\":\"" qty "\",\"uom\":\"EA\",\"resale_unit\":\"2.50\"}"
static inline unsigned count_of(struct slice text, const char *part)
{
    unsigned count = 0;
    for (size_t at = 0; at + strlen(part) <= text.size; at++) count += memcmp(text.bytes + at, part, strlen(part)) == 0;
    return count;
}

static inline struct slice undecided(void)
{
    return SLICE("invoice;qty;part;resale price;ship date\n1;1;P;1,234;2026-03-01\n2;2;P;1,235;2026-03-01\n");
}

#define ISA(icn) \
    "ISA*00*          *00*          *01*123456789      *ZZ*CLAIMSTREAM    *260408*0900*U*00401*" icn "*1*P*:~"

enum { DESK_PARTITIONS = 3, DESK_ANSWERS_MAX = 64 };

struct desk_answer {
    bool is_there, is_replay;
    unsigned status;
    enum reply_problem problem;
    enum intake_state state;
    struct slice body, type, location, file;
};

struct desk {
    char                  folder[SCRATCH_PATH_MAX], spool[96], raw[96];
    struct grants         grants;
    struct grant          items[3];
    struct intake_service       *service;
    struct memory_log    *log;
    struct memory_store  *memory[DESK_PARTITIONS];
    struct store         *stores[DESK_PARTITIONS];
    struct memory_source *source;
    struct memory_sink   *sink;
    int                   group;
    bool                  is_open;
    instant_ms            now;
    struct desk_answer    answers[DESK_ANSWERS_MAX];
    unsigned              asked;
    uint32_t              held_days;
    struct fault_gun     *gun;                      /* of the sink, NULL: none */
    const struct service_reader *reader;            /* answers statuses and 849s, NULL: nobody does */
};

static inline void desk_engine_open(struct desk *k)
{
    for (int32_t p = 0; p < DESK_PARTITIONS; p++) {
        k->memory[p] = memory_store_open(NULL);
        memory_store_restore(k->memory[p], k->log, TOPIC_INTAKE_CHANGELOG, p);
        k->stores[p] = memory_store_base(k->memory[p]);
    }
    k->sink = memory_sink_open(k->log, SLICE("intake"), k->gun);
    k->source = memory_source_open(k->log, k->group, NULL, NULL);
    CHECK_INT(service_engine_open(k->service, memory_source_base(k->source), memory_sink_base(k->sink), k->stores,
                                  DESK_PARTITIONS, true),
              OK);
    k->is_open = true;
}

static inline void desk_engine_close(struct desk *k)
{
    service_engine_close(k->service);
    memory_source_close(k->source);
    memory_sink_close(k->sink);
    for (int32_t p = 0; p < DESK_PARTITIONS; p++) memory_store_close(k->memory[p]);
    k->is_open = false;
}

static inline void desk_service_open(struct desk *k)
{
    struct service_options options = {
        .spool_dir = k->spool,
        .raw_dir = k->raw,
        .grants = &k->grants,
        .survey_threads = 2,
        .bounds = { .chunk_lines = 100, .schema_wait_hours = 24, .held_days_max = k->held_days },
        .has_follower = k->reader != NULL
    };
    CHECK_INT(service_open(&options, &k->service), OK);
}

static inline void desk_fill_grants(struct desk *k)
{
    const char *ids[] = { "north", "south", "vendor" };
    for (unsigned n = 0; n < 3; n++)
        k->items[n] = (struct grant){
            .submitter = { .id = slice_from(ids[n]), .partner_id = SLICE("N-100"), .kinds = PROFILE_KINDS_DEFAULT },
            .profile = SLICE("default"),
        };
    k->grants = (struct grants){ .items = k->items, .count = 3 };
}

/* A broker that takes no commit, as long as it is away. */
struct desk_broker { struct fault_gun gun; bool is_away; };

static inline enum err desk_fire(struct fault_gun *gun, enum effect effect, enum when when)
{
    const struct desk_broker *b = (const struct desk_broker *)gun;
    return b->is_away && effect == EFFECT_COMMIT && when == BEFORE ? ERR_TRANSACTION_ABORTED : OK;
}

static inline struct desk *desk_open_behind(struct desk_broker *broker)
{
    struct desk *k = ARENA_NEW(test_arena(), struct desk);
    scratch_make(k->folder);
    snprintf(k->spool, sizeof k->spool, "%s/spool", k->folder);
    snprintf(k->raw, sizeof k->raw, "%s/raw", k->folder);
    desk_fill_grants(k);
    k->now = 1775638800000;
    k->gun = broker ? &broker->gun : NULL;
    k->log = memory_log_open(&(struct memory_log_options){ .partitions = DESK_PARTITIONS, .seed = 1, .keep = true });
    k->group = memory_log_group(k->log, SLICE("intake"), intake_stage.inputs, 1);
    desk_service_open(k);
    desk_engine_open(k);
    return k;
}

static inline struct desk *desk_open(void)
{
    return desk_open_behind(NULL);
}

static inline void desk_close(struct desk *k)
{
    if (k->is_open) desk_engine_close(k);
    service_close(k->service);
    memory_log_close(k->log);
    scratch_remove(k->folder);
}

/* The process ends and begins again. */
static inline void desk_restart(struct desk *k)
{
    if (k->is_open) desk_engine_close(k);
    service_close(k->service);
    desk_service_open(k);
    CHECK_INT(service_recover(k->service), OK);
    desk_engine_open(k);
}

static inline void desk_done(void *context, const struct service_answer *a)
{
    struct desk_answer *to = context;
    *to = (struct desk_answer){ .is_there = true,
                                .is_replay = a->is_replay,
                                .status = a->status,
                                .problem = a->problem,
                                .state = a->state,
                                .body = slice_copy(test_arena(), a->body),
                                .type = slice_copy(test_arena(), a->type),
                                .location = slice_copy(test_arena(), a->location) };
    if (a->file < 0) return;
    off_t size = lseek(a->file, 0, SEEK_END);
    char *bytes = arena_alloc(test_arena(), (size_t)size + 1);
    CHECK_INT(pread(a->file, bytes, (size_t)size, 0), size);
    to->file = slice_of(bytes, (size_t)size);
    close(a->file);
}

static inline void desk_turn(struct desk *k)
{
    bool worked = false;
    enum err e = k->is_open ? service_engine_step(k->service, k->now, &worked) : OK;
    CHECK(e == OK || (k->gun && e == ERR_TRANSACTION_ABORTED));
    if (k->reader) service_answer_statuses(k->service, k->reader);
    service_deliver(k->service);
    if (!worked) nanosleep(&(struct timespec){ 0, 200000 }, NULL);
}

/* Turns between two looks. */
static inline void desk_turns(struct desk *k)
{
    for (unsigned n = 0; n < 10; n++) desk_turn(k);
}

/* The first document on its way has been surveyed. */
static inline bool desk_is_surveyed(const struct desk *k)
{
    const struct delivery *first = k->service->orders ? k->service->orders->first : NULL;
    return first && atomic_load(&first->file.first_count) > 0;
}

static inline void desk_wait(struct desk *k, const struct desk_answer *a)
{
    WAIT_FOR(a->is_there, desk_turns(k));
}

/* A document that a report set going again is on its way when the one that brought the report has its answer. */
static inline bool desk_is_at_rest(const struct desk *k)
{
    const struct order *o = k->service->orders;
    while (o && !o->first) o = o->next;
    return !o && service_waiting(k->service) == 0;
}

static inline void desk_rest(struct desk *k)
{
    WAIT_FOR(desk_is_at_rest(k), desk_turns(k));
}

struct sending { const char *submitter, *key, *name, *parent, *partner, *event; bool is_validation, with_lines; };

static inline struct desk_answer *desk_send(struct desk *k, struct slice bytes, struct sending s)
{
    struct spool_upload *u;
    char name[SPOOL_NAME_BYTES];
    struct desk_answer *a = &k->answers[k->asked++ % DESK_ANSWERS_MAX];
    *a = (struct desk_answer){ 0 };
    struct spool_meta meta = { .submitter_id = slice_from(s.submitter ? s.submitter : "north"),
                               .file_name = slice_from(s.name ? s.name : "a.json"),
                               .partner_id = slice_from(s.partner),
                               .currency = SLICE("USD"),
                               .request_key = slice_from(s.key),
                               .parent = slice_from(s.parent),
                               .event_source = slice_from(s.event ? "/erp" : NULL),
                               .event_id = slice_from(s.event),
                               .door = DOOR_HTTP,
                               .received_at_unix_ms = k->now++ };
    CHECK_INT(spool_upload_open(service_spool(k->service), false, 1u << 30, &u), OK);
    CHECK_INT(spool_upload_put(u, bytes), SPOOL_FINE);
    CHECK_INT(spool_upload_end(u), SPOOL_FINE);
    meta.bytes = spool_upload_bytes(u);
    spool_upload_sha256(u, meta.sha256);
    meta.request_content = hash_bytes(bytes);
    CHECK_INT(spool_upload_keep(u, name), OK);
    if (s.is_validation) (void)service_validate(k->service, &meta, name, s.with_lines, desk_done, a);
    else (void)service_submit(k->service, &meta, name, desk_done, a);
    return a;
}
#define SEND(k, bytes, ...) desk_send((k), (bytes), (struct sending){ __VA_ARGS__ })

static inline struct desk_answer *desk_ask(struct desk *k, struct question q)
{
    struct desk_answer *a = &k->answers[k->asked++ % DESK_ANSWERS_MAX];
    *a = (struct desk_answer){ 0 };
    if (!q.submitter_id.size) q.submitter_id = SLICE("north");
    (void)service_ask(k->service, &q, desk_done, a);
    desk_wait(k, a);
    return a;
}
#define ASK(k, ...) desk_ask((k), (struct question){ __VA_ARGS__ })

static inline bool holds(struct slice text, const char *part)
{
    size_t size = strlen(part);
    for (size_t n = 0; n + size <= text.size; n++)
        if (memcmp(text.bytes + n, part, size) == 0) return true;
    return false;
}

/* The text member of a JSON object, as far as tests need one. */
static inline struct slice member(struct slice json, const char *name)
{
    char quoted[64];
    int size = snprintf(quoted, sizeof quoted, "\"%s\":\"", name);
    for (size_t n = 0; n + (size_t)size <= json.size; n++)
        if (memcmp(json.bytes + n, quoted, (size_t)size) == 0) {
            struct slice rest = slice_skip(json, n + (size_t)size);
            return slice_head(rest, slice_find(rest, '"'));
        }
    return (struct slice){ 0 };
}

#endif
