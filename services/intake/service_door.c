/* intake/service_door.c: the doors' side: documents and questions come in, answers go out. */
#include "intake/service_parts.h"

#include "base/instant.h"
#include "runtime/topic.h"

static struct spool_meta copy_meta(struct arena *a, const struct spool_meta *meta)
{
    struct spool_meta m = *meta;
    struct slice *texts[] = { &m.submitter_id, &m.file_name,   &m.partner_id, &m.currency,     &m.profile,
                              &m.traceparent,  &m.request_key, &m.parent,     &m.event_source, &m.event_id,
                              &m.sheet };
    for (unsigned k = 0; k < sizeof texts / sizeof *texts; k++) *texts[k] = slice_copy(a, *texts[k]);
    return m;
}

static struct delivery *submission(struct intake_service *s, const struct spool_meta *meta, const char *name,
                                   service_done *done, void *context)
{
    struct delivery *d = delivery_new(s, done, context);
    d->file.meta = copy_meta(&d->arena, meta);
    memcpy(d->file.name, name, strlen(name) + 1);
    d->size = meta->bytes;
    if (meta->request_key.size)
        d->file.request_row = register_key(&d->arena, d->file.meta.submitter_id, d->file.meta.request_key);
    return d;
}

static struct delivery *submit(struct intake_service *s, const struct spool_meta *meta, const char *name,
                               service_done *done, void *context, bool is_retaken)
{
    struct delivery *d = submission(s, meta, name, done, context);
    d->task = TASK_TAKE;
    d->file.is_retaken = is_retaken;
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
    const uint8_t *id = delivery_first_id(d);
    if (partitions > 0 && id) {
        PUT(t, "/");
        reply_put_id(t, topic_partition(d->file.meta.submitter_id, partitions), id);
        return;
    }
    PUT(t, "?since=");
    instant_put(t, d->file.meta.received_at_unix_ms);
}

struct delivery *service_ask(struct intake_service *s, const struct question *question, service_done *done,
                             void *context)
{
    struct delivery *d = delivery_new(s, done, context);
    d->task = TASK_ASK;
    d->is_question = true;
    d->question.asked = *question;
    struct slice *texts[] = { &d->question.asked.submitter_id,  &d->question.asked.id,     &d->question.asked.outcome,
                              &d->question.asked.state,         &d->question.asked.name,   &d->question.asked.cursor,
                              &d->question.asked.answers.sheet, &d->question.asked.profile };
    for (unsigned k = 0; k < sizeof texts / sizeof *texts; k++) *texts[k] = slice_copy(&d->arena, *texts[k]);
    queue_put(&s->to_engine, d);
    return d;
}

static void tell(struct delivery *d)
{
    struct service_answer answer = {
        .status = d->outcome.status,
        .problem = d->outcome.problem,
        .type = d->outcome.type,
        .body = d->outcome.body,
        .location = d->outcome.location,
        .is_replay = d->outcome.is_replay,
        .file = d->outcome.output,
        .state = d->outcome.state,
        .format = d->post.row.format,
        .acknowledgement = slice_of(d->outcome.acknowledgement, d->outcome.acknowledgement_size),
    };
    if (d->done) {
        d->outcome.output = -1;
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
