/* post_rig.h: the posting worker on the memory transport, with documents that are added again after every crash. */
#ifndef TESTS_INTAKE_POST_RIG_H
#define TESTS_INTAKE_POST_RIG_H

#include "base/assert.h"
#include "intake/post.h"
#include "intake/stage.h"
#include "runtime/memory_log.h"
#include "runtime/memory_sink.h"
#include "runtime/memory_source.h"
#include "runtime/memory_store.h"
#include "support/test.h"

#include <stdlib.h>

enum { RIG_PARTITIONS = 4, RIG_DOCUMENTS_MAX = 16, RIG_RECORDS_MAX = 4096, RIG_STEPS_MAX = 20000 };

struct rig_document {
    const char          *submitter, *bytes;
    struct spool         spool;
    struct intake_submitter who;
    struct post_document d;
    bool                 has_ended, is_added;
    enum intake_state    state;
    unsigned             ended_as;                  /* ordinal of its end */
    uint64_t             passed, rejected, dead;
    uint32_t             attempt;
    uint8_t              duplicate_of[SHA256_BYTES];
};

struct rig {
    struct fault_gun      gun;                      /* first: the gun finds its rig */
    struct memory_log    *log;
    int                   group;
    struct memory_store  *memory[RIG_PARTITIONS];
    struct store         *stores[RIG_PARTITIONS];
    struct memory_source *source;
    struct memory_sink   *sink;
    struct post          *post;
    struct rig_document   documents[RIG_DOCUMENTS_MAX];
    unsigned              document_count, ended, again, chunk_lines;
    bool                  forgets;                  /* what is to be surveyed again cannot be read any more */
    struct intake_submitter event_submitter;
    struct framing_schemas schemas;
    const struct mapping_profile *profile;          /* NULL: the default one */
    struct readings       readings;                 /* of the groups of each document; none: the profile alone */
    bool                  is_partner_of_profile;    /* no command names a partner */
    const struct mapping_profile
        *began; /* that of documents which began to be posted, when it is still there; NULL: gone */
    instant_ms            now_unix_ms;
    unsigned              effects, crash_effect, commits, crashes;     /* the n-th effect fails; 0 none */
    enum when             crash_when;
    enum err              crash_error;
    struct slice          records[RIG_RECORDS_MAX];
    unsigned              record_count;
    struct post_counts    counts;
    struct spool          target_spools[TARGET_CHAIN_MAX];
};

static inline void rig_add(struct rig *r, const char *submitter, const char *bytes)
{
    struct rig_document *d = &r->documents[r->document_count++];
    d->submitter = submitter;
    d->bytes = bytes;
    d->who = submitter_local();
    d->who.id = slice_from(submitter);
}

static inline enum err rig_fire(struct fault_gun *gun, enum effect effect, enum when when)
{
    struct rig *r = (struct rig *)gun;
    if (when == BEFORE) {
        r->effects++;
        r->commits += effect == EFFECT_COMMIT;
    }
    bool any = r->crash_error == ERR_SIMULATED_CRASH;
    if (r->crash_effect == 0 || r->crashes > 0 || when != r->crash_when || (!any && effect != EFFECT_COMMIT)) return OK;
    if (r->crash_effect != (any ? r->effects : r->commits)) return OK;
    r->crashes++;
    return r->crash_error;
}

static inline struct rig *rig_new(void)
{
    struct rig *r = ARENA_NEW(test_arena(), struct rig);
    r->now_unix_ms = 1775638800000;
    r->chunk_lines = 3;
    r->gun.fire = rig_fire;
    r->event_submitter = submitter_local();
    return r;
}

/* Registers, as the service asks them */

static inline struct rig_document *rig_of(struct rig *r, const uint8_t id[SHA256_BYTES])
{
    for (unsigned k = 0; k < r->document_count; k++)
        if (memcmp(r->documents[k].d.id, id, SHA256_BYTES) == 0) return &r->documents[k];
    return NULL;
}

static inline struct intake_job rig_job(struct rig *r, struct rig_document *d)
{
    d->spool = spool_over(slice_from(d->bytes));
    return (struct intake_job){ .spool = &d->spool,
                                .file_name = SLICE("f"),
                                .door = DOOR_HTTP,
                                .received_at_unix_ms = r->now_unix_ms,
                                .submitter = &d->who,
                                .profile = r->profile ? r->profile : mapping_profile_default(),
                                .readings = r->readings,
                                .partner_id = r->is_partner_of_profile ? (struct slice){ 0 } : SLICE("N-100"),
                                .currency = SLICE("USD") };
}

struct rig_view { struct rig *rig; struct rig_document *document; };

static inline struct report_found rig_report(struct rig *r, struct slice submitter_id, const struct report_ref *report)
{
    struct register_reports reports = { test_arena(), post_store(r->post, submitter_id), submitter_id };
    struct report_rows rows = register_report_rows(&reports);
    struct report_found f;
    CHECK_INT(reports_find(&rows, report, &f), OK);
    return f;
}

static inline enum target_standing rig_standing(void *context, const struct report_ref *report)
{
    struct rig_view *v = context;
    return rig_report(v->rig, v->document->who.id, report).standing;
}

static inline enum err rig_open_target(void *context, const struct report_ref *report, struct intake_job *jobs,
                                       unsigned *count)
{
    struct rig_view *v = context;
    struct report_found f = rig_report(v->rig, v->document->who.id, report);
    *count = 0;
    for (unsigned k = 0; k < f.row.document_count; k++) {
        struct rig_document *d = rig_of(v->rig, f.row.documents[k]);
        unsigned at = *count;
        ASSERT(d);
        if (!f.is_part[k]) continue;
        jobs[at] = rig_job(v->rig, d);
        v->rig->target_spools[at] = d->spool;
        jobs[at].spool = &v->rig->target_spools[at];
        jobs[at].report_name = f.row.names[k];
        jobs[at].report_partner = f.of_lines;
        ++*count;
    }
    return OK;
}

static inline void rig_close_target(void *context, struct intake_job *jobs, unsigned count)
{
    (void)context;
    (void)jobs;
    (void)count;
}

static inline enum interchange_standing rig_interchange(void *context, struct slice key,
                                                        const uint8_t sha256[SHA256_BYTES])
{
    struct rig_view *v = context;
    struct intake_key row;
    bool found;
    CHECK_INT(register_get_key(post_store(v->rig->post, v->document->who.id),
                               register_key(test_arena(), v->document->who.id, key), &row, &found),
              OK);
    if (!found || memcmp(row.document_id, v->document->d.id, SHA256_BYTES) == 0) return INTERCHANGE_NEW;
    return memcmp(row.content.bytes, sha256, HASH128_BYTES) == 0 ? INTERCHANGE_SAME : INTERCHANGE_OTHER;
}

static inline void rig_survey(struct rig *r, struct rig_document *d)
{
    struct rig_view *view = ARENA_NEW(test_arena(), struct rig_view);
    struct intake_targets *targets = ARENA_NEW(test_arena(), struct intake_targets);
    *view = (struct rig_view){ r, d };
    *targets = (struct intake_targets){
        .context = view, .standing = rig_standing, .open = rig_open_target, .close = rig_close_target
    };
    struct intake_job job = rig_job(r, d);
    struct intake_events events = { .context = view, .interchange = rig_interchange };
    job.targets = targets;
    memset(&d->d.row, 0, sizeof d->d.row);
    d->d.row.submitter_id = d->who.id;
    d->d.row.received_at_unix_ms = r->now_unix_ms + (d - r->documents);
    struct text profile = text_in(test_arena(), job.profile->name.size + 12);
    text_put(&profile, job.profile->name);
    PUT(&profile, "@");
    text_put_int(&profile, job.profile->version);
    d->d.row.profile = text_slice(&profile);
    d->d.context = d;
    uint8_t digest[SHA256_BYTES];
    hash_sha256(d->spool.bytes, digest);
    struct id_part parts[] = { ID_TEXT(d->who.id), ID_TEXT(slice_of((char *)digest, sizeof digest)) };
    CHECK(register_id_of(hash_document_id(test_arena(), parts, 2), d->d.id));
    CHECK_INT(intake_open(&d->d.intake, &job, &events), OK);
    post_add(r->post, &d->d);
    d->is_added = true;
}

/* Events */

static inline void rig_ended(void *context, struct post_document *p)
{
    struct rig *r = context;
    struct rig_document *d = p->context;
    *d = (struct rig_document){ .submitter = d->submitter,
                                .bytes = d->bytes,
                                .who = d->who,
                                .has_ended = true,
                                .state = p->row.state,
                                .ended_as = ++r->ended,
                                .passed = p->row.passed,
                                .rejected = p->row.rejected,
                                .dead = p->row.dead,
                                .attempt = p->row.attempt,
                                .d = *p };
    memcpy(d->duplicate_of, p->row.duplicate_of, SHA256_BYTES);
    intake_close(p->intake);
    d->d.intake = NULL;
}

static inline void rig_again(void *context, struct post_document *p)
{
    struct rig *r = context;
    r->again++;
    if (p->began_with.size > 0 && r->began) r->profile = r->began;
    p->began_with = (struct slice){ 0 };
    intake_close(p->intake);
    p->intake = NULL;
    if (r->forgets) post_forget(r->post, p);
    else rig_survey(r, p->context);
}

static inline struct post_grant rig_grant(void *context, struct slice source)
{
    struct rig *r = context;
    bool is_known = source.size == 0 || slice_equal(source, SLICE("/erp"));
    return (struct post_grant){ is_known ? &r->event_submitter : NULL, mapping_profile_default() };
}

static inline void rig_answer(void *context, const struct post_document *d, struct arena *a,
                              struct intake_request *request)
{
    (void)context;
    request->status = d->row.state == INTAKE_POSTED ? 202 : 422;
    request->type = SLICE("application/json");
    request->body = slice_copy(a, intake_state_name(d->row.state));
}

/* The process */

static inline void rig_open(struct rig *r)
{
    if (!r->log) {
        r->log = memory_log_open(&(struct memory_log_options){ .partitions = RIG_PARTITIONS, .seed = 1, .keep = true });
        r->group = memory_log_group(r->log, SLICE("intake"), intake_stage.inputs, 1);
    }
    for (int32_t k = 0; k < RIG_PARTITIONS; k++) {
        r->memory[k] = memory_store_open(&r->gun);
        memory_store_restore(r->memory[k], r->log, TOPIC_INTAKE_CHANGELOG, k);
        r->stores[k] = memory_store_base(r->memory[k]);
    }
    r->sink = memory_sink_open(r->log, SLICE("claimstream.intake.0.w00"), &r->gun);
    r->source = memory_source_open(r->log, r->group, NULL, &r->gun);
    struct post_options options = {
        .source = memory_source_base(r->source),
        .sink = memory_sink_base(r->sink),
        .stores = r->stores,
        .partitions = RIG_PARTITIONS,
        .bounds = { .chunk_lines = r->chunk_lines, .schema_wait_hours = 24 },
        .writes_changelog = true,
        .schemas = r->schemas,
        .events = { .context = r, .ended = rig_ended, .again = rig_again, .grant = rig_grant, .answer = rig_answer },
    };
    CHECK_INT(post_open(&options, &r->post), OK);
    for (unsigned k = 0; k < r->document_count; k++)
        if (!r->documents[k].has_ended) rig_survey(r, &r->documents[k]);
}

static inline void rig_close(struct rig *r)
{
    struct post_counts c = post_counts(r->post);
    r->counts.passed += c.passed;
    r->counts.repeated += c.repeated;
    r->counts.transactions += c.transactions;
    r->counts.parked += c.parked;
    post_close(r->post);
    memory_source_close(r->source);
    memory_sink_close(r->sink);
    for (int32_t k = 0; k < RIG_PARTITIONS; k++) memory_store_close(r->memory[k]);
    for (unsigned k = 0; k < r->document_count; k++)
        if (r->documents[k].d.intake) { intake_close(r->documents[k].d.intake); r->documents[k].d.intake = NULL; }
}

static inline void rig_restart(struct rig *r)
{
    rig_close(r);
    rig_open(r);
}

/* Steps until nothing is left to do; a crash opens everything again. */
static inline void rig_run(struct rig *r)
{
    for (unsigned k = 0; k < RIG_STEPS_MAX; k++) {
        bool worked;
        enum err e = post_step(r->post, r->now_unix_ms, &worked);
        if (e == ERR_SIMULATED_CRASH) { rig_restart(r); continue; }
        CHECK(e == OK || err_class(e) == ERR_CLASS_RETRY);
        if (e == OK && !worked) return;
    }
    CHECK(!"it comes to rest");
}

/* What was published, sorted: topic, key, value. */

static inline void rig_note(void *context, const struct record *record)
{
    struct rig *r = context;
    struct text t = text_in(test_arena(), record->key.size + record->value.size + 64);
    ASSERT(r->record_count < RIG_RECORDS_MAX);
    text_put(&t, topic_row(record->topic)->name);
    PUT(&t, " ");
    text_put(&t, record->key);
    PUT(&t, " ");
    text_put(&t, record->value);
    r->records[r->record_count++] = text_slice(&t);
}

static inline int rig_by_bytes(const void *a, const void *b)
{
    return slice_compare(*(const struct slice *)a, *(const struct slice *)b);
}

static inline void rig_read(struct rig *r)
{
    static const enum topic topics[] = { TOPIC_CLAIMS_RECEIVED, TOPIC_DEADLETTERS };
    r->record_count = 0;
    for (unsigned t = 0; t < 2; t++)
        for (int32_t k = 0; k < memory_log_partitions(r->log, topics[t]); k++)
            (void)memory_log_read(r->log, topics[t], k, 0, rig_note, r);
    if (r->record_count) qsort(r->records, r->record_count, sizeof *r->records, rig_by_bytes);
}

static inline void rig_end(struct rig *r)
{
    rig_close(r);
    memory_log_close(r->log);
}

#endif
