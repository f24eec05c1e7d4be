/* intake/service_delivery.c: something on its way through the service: its room, its answer, its end. */
#include "intake/service_parts.h"

#include "base/assert.h"

#include <stdlib.h>
#include <unistd.h>

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

/* The address space of its arena and the buffers of its answers are used again: to map them again for each small
 * document would cost more than the document. */
struct delivery *delivery_new(struct intake_service *s, service_done *done, void *context)
{
    struct delivery *d = take_spare(s);
    if (d) {
        struct delivery room = {
            .arena = d->arena, .outcome = { .receipts = d->outcome.receipts, .briefs = d->outcome.briefs }
        };
        *d = room;
        arena_reset(&d->arena);
        json_out_reset(&d->outcome.receipts);
        json_out_reset(&d->outcome.briefs);
    } else {
        d = calloc(1, sizeof *d);
        enum err e = d ? arena_open(&d->arena, DELIVERY_ARENA_BYTES, DELIVERY_ARENA_RESERVE) : ERR_MEMORY_EXHAUSTED;
        ASSERT(e == OK);
        json_out_open(&d->outcome.receipts);
        json_out_open(&d->outcome.briefs);
    }
    d->service = s;
    d->done = done;
    d->context = context;
    d->outcome.output = -1;
    return d;
}

void delivery_leave_document(struct delivery *d)
{
    intake_close(d->post.intake);
    d->post.intake = NULL;
    if (d->file.is_open) spool_close(&d->file.spool);
    d->file.is_open = false;
    standing_refusals_free(&d->reports.refusals);
    d->reports = (struct delivery_reports){ 0 };
}

void delivery_leave_lines(struct delivery *d)
{
    if (!d->question.has_lines) return;
    arena_close(&d->question.lines_arena);
    d->question.has_lines = d->question.knows_lines = false;
    atomic_fetch_sub(&d->service->lines_open, 1);
}

static void free_room(struct delivery *d)
{
    json_out_close(&d->outcome.receipts);
    json_out_close(&d->outcome.briefs);
    arena_close(&d->arena);
    free(d);
}

void delivery_drop_spare(struct intake_service *s)
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
    if (d->outcome.output >= 0) close(d->outcome.output);
    free(d->outcome.acknowledgement);
    free(d->outcome.body_room);
    bool is_small = d->outcome.receipts.capacity + d->outcome.briefs.capacity <= DELIVERY_ARENA_BYTES;
    if (is_small && give_spare(d)) return;
    free_room(d);
}

void delivery_show_id(struct delivery *d)
{
    unsigned count = atomic_load(&d->file.first_count);
    if (count > 0 && memcmp(d->file.first_ids[count - 1], d->post.id, SHA256_BYTES) == 0) return;
    if (count == sizeof d->file.first_ids / sizeof *d->file.first_ids) return;
    memcpy(d->file.first_ids[count], d->post.id, SHA256_BYTES);
    atomic_store(&d->file.first_count, count + 1);
}

const uint8_t *delivery_first_id(const struct delivery *d)
{
    unsigned count = atomic_load(&d->file.first_count);
    return count > 0 ? d->file.first_ids[count - 1] : NULL;
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
    free(d->outcome.body_room);
    d->outcome.body_room = room;
    d->outcome.status = status;
    d->outcome.type = type;
    d->outcome.body = slice_of(room, body.size);
}

void delivery_fail(struct delivery *d, enum reply_problem problem, struct slice detail)
{
    struct json_out j;
    json_out_open(&j);
    reply_put_problem(&j, problem, &(struct reply_detail){ .detail = detail, .instance = d->outcome.location });
    d->outcome.problem = problem;
    delivery_answer(d, reply_status(problem), SLICE("application/problem+json"), json_out_bytes(&j));
    json_out_close(&j);
}

struct intake_document delivery_row_on_its_way(const struct delivery *d)
{
    const struct spool_meta *m = &d->file.meta;
    struct intake_document row = {
        .submitter_id = m->submitter_id,
        .file_name = m->file_name,
        .partner_id = m->partner_id,
        .currency = m->currency,
        .traceparent = m->traceparent,
        .received_at_unix_ms = m->received_at_unix_ms,
        .door = (uint32_t)m->door,
        .bytes = m->bytes,
        .state = INTAKE_RECEIVED,
    };
    memcpy(row.sha256, m->sha256, SHA256_BYTES);
    if (!d->turn.is_surveyed || d->outcome.document_count > 0) return row;
    row = d->post.row;
    if (row.state == INTAKE_RECEIVED) row.state = INTAKE_SURVEYED;
    return row;
}
