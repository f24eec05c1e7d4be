/* intake/service.c: the doors' side, and what all sides stand on. */
#include "intake/service_parts.h"

#include "base/assert.h"
#include "runtime/clock.h"
#include "runtime/topic.h"

#include <stdlib.h>
#include <unistd.h>

/* Queues */

static void queue_init(struct queue *q)
{
    *q = (struct queue){ 0 };
    pthread_mutex_init(&q->mutex, NULL);
    pthread_cond_init(&q->filled, NULL);
}

static void queue_close(struct queue *q)
{
    pthread_mutex_lock(&q->mutex);
    q->is_closed = true;
    pthread_cond_broadcast(&q->filled);
    pthread_mutex_unlock(&q->mutex);
}

void queue_put(struct queue *q, struct delivery *d)
{
    d->next = NULL;
    pthread_mutex_lock(&q->mutex);
    if (q->first) q->last->next = d;
    else q->first = d;
    q->last = d;
    q->count++;
    pthread_cond_signal(&q->filled);
    pthread_mutex_unlock(&q->mutex);
}

struct delivery *queue_take_all(struct queue *q)
{
    pthread_mutex_lock(&q->mutex);
    struct delivery *all = q->first;
    q->first = q->last = NULL;
    q->count = 0;
    pthread_mutex_unlock(&q->mutex);
    return all;
}

/* In front again what was taken. */
static void queue_return(struct queue *q, struct delivery *all)
{
    struct delivery *last = all;
    unsigned count = 1;
    if (!all) return;
    for (; last->next; last = last->next) count++;
    pthread_mutex_lock(&q->mutex);
    last->next = q->first;
    q->first = all;
    if (!last->next) q->last = last;
    q->count += count;
    pthread_mutex_unlock(&q->mutex);
}

struct delivery *queue_await(struct queue *q, unsigned ms)
{
    struct timespec until;
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_nsec += (long)ms * 1000000;
    until.tv_sec += until.tv_nsec / 1000000000;
    until.tv_nsec %= 1000000000;
    pthread_mutex_lock(&q->mutex);
    while (!q->first && !q->is_closed && pthread_cond_timedwait(&q->filled, &q->mutex, &until) == 0) {}
    pthread_mutex_unlock(&q->mutex);
    return queue_take_all(q);
}

/* Deliveries */

static struct delivery *take_spare(struct intake_service *s)
{
    pthread_mutex_lock(&s->spare_mutex);
    struct delivery *d = s->spare;
    if (d) {
        s->spare = d->next;
        s->spare_count--;
    }
    pthread_mutex_unlock(&s->spare_mutex);
    return d;
}

static bool give_spare(struct delivery *d)
{
    struct intake_service *s = d->service;
    pthread_mutex_lock(&s->spare_mutex);
    bool has_room = s->spare_count < SPARE_DELIVERIES_MAX;
    if (has_room) {
        d->next = s->spare;
        s->spare = d;
        s->spare_count++;
    }
    pthread_mutex_unlock(&s->spare_mutex);
    return has_room;
}

/* The address space of its arena and the buffers of its answers are used again: to map them anew for each small
 * document would cost more than the document. */
struct delivery *delivery_new(struct intake_service *s, service_done *done, void *context)
{
    struct delivery *d = take_spare(s);
    if (d) {
        struct delivery room = { .arena = d->arena, .receipts = d->receipts, .briefs = d->briefs };
        *d = room;
        arena_reset(&d->arena);
        json_out_reset(&d->receipts);
        json_out_reset(&d->briefs);
    } else {
        d = calloc(1, sizeof *d);
        enum err e = d ? arena_open(&d->arena, DELIVERY_ARENA_BYTES, DELIVERY_ARENA_RESERVE) : ERR_MEMORY_EXHAUSTED;
        ASSERT(e == OK);
        json_out_open(&d->receipts);
        json_out_open(&d->briefs);
    }
    d->service = s;
    d->done = done;
    d->context = context;
    d->output = -1;
    return d;
}

void delivery_leave_document(struct delivery *d)
{
    intake_close(d->post.intake);
    d->post.intake = NULL;
    if (d->is_file_open) spool_close(&d->file);
    d->is_file_open = false;
    standing_refusals_free(&d->refusals);
    d->met = NULL;
    d->asked_count = 0;
    d->knows_refusals = false;
}

void delivery_leave_lines(struct delivery *d)
{
    if (!d->has_lines) return;
    arena_close(&d->lines_arena);
    d->has_lines = d->knows_lines = false;
    atomic_fetch_sub(&d->service->lines_open, 1);
}

static void free_room(struct delivery *d)
{
    json_out_close(&d->receipts);
    json_out_close(&d->briefs);
    arena_close(&d->arena);
    free(d);
}

static void drop_spare(struct intake_service *s)
{
    while (s->spare) {
        struct delivery *next = s->spare->next;
        free_room(s->spare);
        s->spare = next;
    }
}

void delivery_free(struct delivery *d)
{
    delivery_leave_lines(d);
    delivery_leave_document(d);
    if (d->output >= 0) close(d->output);
    free(d->acknowledgement);
    free(d->body_room);
    bool is_small = d->receipts.capacity + d->briefs.capacity <= DELIVERY_ARENA_BYTES;
    if (is_small && give_spare(d)) return;
    free_room(d);
}

void delivery_finish(struct delivery *d)
{
    struct intake_service *s = d->service;
    if (d->counts) atomic_fetch_sub(&s->waiting, 1);
    d->counts = false;
    queue_put(&s->to_door, d);
    if (s->options.poke) s->options.poke(s->options.context);
}

void delivery_answer(struct delivery *d, unsigned status, struct slice type, struct slice body)
{
    char *room = malloc(body.size + 1);
    ASSERT(room);
    if (body.size) memcpy(room, body.bytes, body.size);
    free(d->body_room);
    d->body_room = room;
    d->status = status;
    d->type = type;
    d->body = slice_of(room, body.size);
}

void delivery_fail(struct delivery *d, enum reply_problem problem, struct slice detail)
{
    struct json_out j;
    json_out_open(&j);
    reply_put_problem(&j, problem, &(struct reply_detail){ .detail = detail, .instance = d->location });
    d->problem = problem;
    delivery_answer(d, reply_status(problem), SLICE("application/problem+json"), json_out_bytes(&j));
    json_out_close(&j);
}

/* Doors */

static struct spool_meta copy_meta(struct arena *a, const struct spool_meta *meta)
{
    struct spool_meta m = *meta;
    struct slice *texts[] = { &m.submitter_id, &m.file_name,   &m.partner_id, &m.currency, &m.profile,
                              &m.traceparent,  &m.request_key, &m.parent,     &m.sheet };
    for (unsigned k = 0; k < sizeof texts / sizeof *texts; k++) *texts[k] = slice_copy(a, *texts[k]);
    return m;
}

static struct delivery *submission(struct intake_service *s, const struct spool_meta *meta, const char *name,
                                   service_done *done, void *context)
{
    struct delivery *d = delivery_new(s, done, context);
    d->meta = copy_meta(&d->arena, meta);
    memcpy(d->name, name, strlen(name) + 1);
    d->size = meta->bytes;
    if (meta->request_key.size) d->request_row = register_key(&d->arena, d->meta.submitter_id, d->meta.request_key);
    return d;
}

static struct delivery *submit(struct intake_service *s, const struct spool_meta *meta, const char *name,
                               service_done *done, void *context, bool is_retaken)
{
    struct delivery *d = submission(s, meta, name, done, context);
    d->task = TASK_TAKE;
    d->is_retaken = is_retaken;
    d->counts = true;
    atomic_fetch_add(&s->waiting, 1);
    queue_put(&s->to_spool, d);
    return d;
}

struct delivery *service_submit(struct intake_service *s, const struct spool_meta *meta, const char *name,
                                service_done *done, void *context)
{
    return submit(s, meta, name, done, context, false);
}

struct delivery *service_validate(struct intake_service *s, const struct spool_meta *meta, const char *name,
                                  bool with_lines, service_done *done, void *context)
{
    struct delivery *d = submission(s, meta, name, done, context);
    d->is_validation = true;
    d->with_lines = with_lines;
    survey_queue_put(&s->to_survey, d);
    return d;
}

void service_forget(struct delivery *d)
{
    d->done = NULL;
}

void service_put_whereabouts(const struct delivery *d, struct text *t)
{
    int32_t partitions = atomic_load(&d->service->partition_count);
    PUT(t, "/v1/documents");
    if (partitions > 0 && atomic_load(&d->is_identified)) {
        PUT(t, "/");
        reply_put_id(t, topic_partition(d->meta.submitter_id, partitions), d->first_id);
        return;
    }
    PUT(t, "?since=");
    instant_put(t, d->meta.received_at_unix_ms);
}

struct delivery *service_ask(struct intake_service *s, const struct question *question, service_done *done,
                             void *context)
{
    struct delivery *d = delivery_new(s, done, context);
    d->task = TASK_ASK;
    d->is_question = true;
    d->question = *question;
    struct slice *texts[] = { &d->question.submitter_id,  &d->question.id,     &d->question.outcome,
                              &d->question.state,         &d->question.name,   &d->question.cursor,
                              &d->question.answers.sheet, &d->question.profile };
    for (unsigned k = 0; k < sizeof texts / sizeof *texts; k++) *texts[k] = slice_copy(&d->arena, *texts[k]);
    queue_put(&s->to_engine, d);
    return d;
}

static void tell(struct delivery *d)
{
    struct service_answer answer = {
        .status = d->status,
        .problem = d->problem,
        .type = d->type,
        .body = d->body,
        .location = d->location,
        .is_replay = d->is_replay,
        .file = d->output,
        .state = d->state,
        .acknowledgement = slice_of(d->acknowledgement, d->acknowledgement_size),
    };
    if (d->done) {
        d->output = -1;
        d->done(d->context, &answer);
    }
    delivery_free(d);
}

void service_deliver(struct intake_service *s)
{
    struct delivery *d = queue_take_all(&s->to_door);
    while (d) {
        struct delivery *next = d->next;
        tell(d);
        d = next;
    }
}

static void complete(struct intake_service *s, struct delivery *d, const struct service_reader *reader)
{
    struct reply_standing *standing = ARENA_NEW(&d->arena, struct reply_standing);
    reader->fill(reader->context, &d->arena, d->id, standing);
    if (d->question.kind == QUESTION_STATUS) {
        question_answer_status(d, standing);
        delivery_finish(d);
        return;
    }
    if (arena_open(&d->lines_arena, LINES_ARENA_BYTES, LINES_ARENA_RESERVE) == OK) {
        d->has_lines = true;
        atomic_fetch_add(&s->lines_open, 1);
        d->knows_lines = reader->lines(reader->context, &d->lines_arena, d->id, &d->lines);
    }
    d->decided = standing->decided;
    survey_queue_put(&s->to_survey, d);
}

static bool add_refusals(struct delivery *d, const uint8_t id[SHA256_BYTES], const struct service_reader *reader)
{
    struct arena a;
    struct standing_lines lines;
    if (arena_open(&a, LINES_ARENA_BYTES, LINES_ARENA_RESERVE) != OK) return false;
    bool is_known = reader->lines(reader->context, &a, id, &lines) && standing_refusals_add(&d->refusals, &lines) == OK;
    arena_close(&a);
    return is_known;
}

/* A document goes on once it is known what became of those that it is about. False: that cannot be read now. */
static bool know_refusals(struct intake_service *s, struct delivery *d, const struct service_reader *reader)
{
    bool is_known = true;
    for (unsigned k = 0; k < d->asked_count && is_known; k++) is_known = add_refusals(d, d->asked[k], reader);
    if (!is_known) {
        standing_refusals_free(&d->refusals);
        return false;
    }
    d->knows_refusals = true;
    queue_put(&s->to_engine, d);
    return true;
}

/* What is known of a million lines is large: no more of it lies in memory at once than threads write answers from
 * it. */
void service_answer_statuses(struct intake_service *s, const struct service_reader *reader)
{
    struct delivery *d = queue_take_all(&s->to_follower), *later = NULL, **last = &later;
    while (d) {
        struct delivery *next = d->next;
        d->next = NULL;
        bool may_be_answered = d->question.kind == QUESTION_STATUS || atomic_load(&s->lines_open) < LINES_AT_ONCE_MAX,
             is_done = d->is_question ? may_be_answered : know_refusals(s, d, reader);
        if (is_done && d->is_question) complete(s, d, reader);
        if (!is_done) {
            *last = d;
            last = &d->next;
        }
        d = next;
    }
    queue_return(&s->to_follower, later);
}

void service_tend(struct intake_service *s, instant_ms now_unix_ms)
{
    if (s->bounds.raw_days) (void)raw_store_expire(s->raw, now_unix_ms, s->bounds.raw_days);
}

/* What lay in the spool: nobody waits for its answer but the register. */
enum err service_recover(struct intake_service *s)
{
    struct arena a;
    const char **names;
    unsigned count;
    TRY(arena_open(&a, 64 << 20, 64 << 20));
    enum err e = spool_dir_list(s->spool, &a, &names, &count);
    for (unsigned k = 0; e == OK && k < count; k++) {
        struct spool_meta meta;
        if (spool_dir_read_meta(s->spool, &a, names[k], &meta) == OK)
            (void)submit(s, &meta, names[k], NULL, NULL, true);
    }
    arena_close(&a);
    return e;
}

/* Life */

void service_set_grants(struct intake_service *s, const struct grants *grants)
{
    atomic_store(&s->grants, grants);
}

const struct grants *service_grants(const struct intake_service *s)
{
    return atomic_load(&s->grants);
}

void service_retune(struct intake_service *s, const struct service_bounds *bounds)
{
    pthread_mutex_lock(&s->bounds_mutex);
    s->bounds = *bounds;
    pthread_mutex_unlock(&s->bounds_mutex);
    atomic_store(&s->patience_ms, bounds->patience_ms ? bounds->patience_ms : SERVICE_PATIENCE_MS);
    atomic_store(&s->is_retuned, true);
}

void service_refuse_unknown_senders(struct intake_service *s, bool refuses)
{
    atomic_store(&s->refuses_unknown_senders, refuses);
}

struct spool_dir *service_spool(struct intake_service *s)
{
    return s->spool;
}

bool service_is_open(const struct intake_service *s)
{
    return atomic_load(&s->is_open);
}

unsigned service_patience_ms(const struct intake_service *s)
{
    return atomic_load(&s->patience_ms);
}

bool service_is_stalled(const struct intake_service *s)
{
    return sink_watch_ms(&s->watch) > (int64_t)service_patience_ms(s);
}

bool service_answers(const struct intake_service *s)
{
    return service_is_open(s) && !service_is_stalled(s);
}

bool service_takes_documents(const struct intake_service *s)
{
    return service_answers(s) && !atomic_load(&s->has_no_kafka);
}

void service_lose_kafka(struct intake_service *s, bool is_lost)
{
    atomic_store(&s->has_no_kafka, is_lost);
}

unsigned service_waiting(const struct intake_service *s)
{
    return atomic_load(&s->waiting);
}

struct post_counts service_counts(const struct intake_service *s)
{
    struct post_counts c = { .passed = s->passed,
                             .rejected = s->rejected,
                             .dead = s->dead,
                             .documents = s->documents,
                             .records = s->records,
                             .repeated = s->repeated,
                             .parked = s->parked,
                             .transactions = s->transactions,
                             .aborted = s->aborted };
    for (unsigned k = 0; k < INTAKE_STATE_COUNT; k++) c.ended[k] = s->ended[k];
    return c;
}

static enum err start_threads(struct intake_service *s)
{
    unsigned wanted = s->options.survey_threads ? s->options.survey_threads : 2;
    s->has_spool_thread = pthread_create(&s->spool_thread, NULL, spool_thread, s) == 0;
    if (!s->has_spool_thread) return ERR_MEMORY_EXHAUSTED;
    if (wanted > SURVEY_THREADS_MAX) wanted = SURVEY_THREADS_MAX;
    while (s->thread_count < wanted) {
        if (pthread_create(&s->threads[s->thread_count], NULL, survey_thread, s) != 0) return ERR_MEMORY_EXHAUSTED;
        s->thread_count++;
    }
    return OK;
}

enum err service_open(const struct service_options *options, struct intake_service **service)
{
    struct intake_service *s = calloc(1, sizeof *s);
    if (!s) return ERR_MEMORY_EXHAUSTED;
    s->options = *options;
    atomic_store(&s->grants, options->grants);
    queue_init(&s->to_spool);
    queue_init(&s->to_engine);
    survey_queue_init(&s->to_survey);
    queue_init(&s->to_door);
    queue_init(&s->to_follower);
    pthread_mutex_init(&s->spare_mutex, NULL);
    pthread_mutex_init(&s->bounds_mutex, NULL);
    service_retune(s, &options->bounds);
    pthread_mutex_init(&s->lookups_mutex, NULL);
    pthread_cond_init(&s->lookups_answered, NULL);
    enum err e = spool_dir_open(options->spool_dir, &s->spool);
    if (e == OK) e = raw_store_open(options->raw_dir, &s->raw);
    if (e == OK) e = arena_open(&s->scratch, 16 << 20, 64 << 20);
    if (e == OK) e = start_threads(s);
    if (e == OK) *service = s;
    else service_close(s);
    return e;
}

static void drop_all(struct queue *q)
{
    struct delivery *d = queue_take_all(q);
    while (d) {
        struct delivery *next = d->next;
        delivery_free(d);
        d = next;
    }
    pthread_mutex_destroy(&q->mutex);
    pthread_cond_destroy(&q->filled);
}

void service_close(struct intake_service *s)
{
    if (!s) return;
    ASSERT(!s->post);
    atomic_store(&s->stops, true);
    survey_queue_close(&s->to_survey);
    queue_close(&s->to_spool);
    pthread_mutex_lock(&s->lookups_mutex);
    pthread_cond_broadcast(&s->lookups_answered);
    pthread_mutex_unlock(&s->lookups_mutex);
    while (s->thread_count > 0) pthread_join(s->threads[--s->thread_count], NULL);
    if (s->has_spool_thread) pthread_join(s->spool_thread, NULL);
    for (struct delivery *d = s->held, *next; d; d = next) {
        next = d->next;
        delivery_free(d);
    }
    drop_all(&s->to_spool);
    drop_all(&s->to_engine);
    for (struct delivery *d; (d = survey_queue_take(&s->to_survey));) delivery_free(d);
    pthread_mutex_destroy(&s->to_survey.mutex);
    pthread_cond_destroy(&s->to_survey.filled);
    drop_all(&s->to_door);
    drop_all(&s->to_follower);
    drop_spare(s);
    pthread_mutex_destroy(&s->spare_mutex);
    pthread_mutex_destroy(&s->bounds_mutex);
    pthread_mutex_destroy(&s->lookups_mutex);
    pthread_cond_destroy(&s->lookups_answered);
    spool_dir_close(s->spool);
    raw_store_close(s->raw);
    arena_close(&s->scratch);
    free(s);
}
