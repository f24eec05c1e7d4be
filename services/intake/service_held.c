/* intake/service_held.c: documents that wait for an answer: who they are and no more, since a submitter may leave any
 * number of them unanswered for a month. One that is answered is read from its row again. The engine's alone. */
#include "intake/service_parts.h"

#include "base/assert.h"

#include <stdlib.h>

enum { PLACES_FIRST = 256 };

struct held {
    struct held *next;                              /* of the same place */
    struct held *before, *after;                    /* of those that wait for a report */
    uint8_t      id[SHA256_BYTES];
    instant_ms   received_at_unix_ms;
    size_t       submitter_size;
    bool         waits_for_report;                  /* the document that it undoes may come */
    char         submitter[];
};

static struct slice submitter_of(const struct held *h)
{
    return slice_of(h->submitter, h->submitter_size);
}

/* By their ids, which are hashes already. */
static struct held **place_of(struct held **places, size_t count, const uint8_t id[SHA256_BYTES])
{
    uint64_t at;
    memcpy(&at, id, sizeof at);
    return &places[at & (count - 1)];
}

static void widen(struct held_documents *all)
{
    size_t wider = all->place_count ? 2 * all->place_count : PLACES_FIRST;
    struct held **places = calloc(wider, sizeof *places);
    ASSERT(places);
    for (size_t k = 0; k < all->place_count; k++)
        for (struct held *h = all->places[k], *next; h; h = next) {
            struct held **place = place_of(places, wider, h->id);
            next = h->next;
            h->next = *place;
            *place = h;
        }
    free(all->places);
    all->places = places;
    all->place_count = wider;
}

static bool asks_for_a_report(const struct intake_document *row)
{
    static const char code[] = "\"TARGET_UNKNOWN\"";
    return row->question.size > 0 && memmem(row->question.bytes, row->question.size, code, sizeof code - 1);
}

void held_add(struct intake_service *s, const uint8_t id[SHA256_BYTES], const struct intake_document *row)
{
    struct held_documents *all = &s->held;
    struct held *h = calloc(1, sizeof *h + row->submitter_id.size);
    ASSERT(h);
    if (all->count >= all->place_count) widen(all);
    memcpy(h->id, id, SHA256_BYTES);
    h->received_at_unix_ms = row->received_at_unix_ms;
    h->submitter_size = row->submitter_id.size;
    if (h->submitter_size) memcpy(h->submitter, row->submitter_id.bytes, h->submitter_size);
    h->waits_for_report = asks_for_a_report(row);
    struct held **place = place_of(all->places, all->place_count, id);
    h->next = *place;
    *place = h;
    all->count++;
    if (!h->waits_for_report) return;
    h->after = all->waiting;
    if (h->after) h->after->before = h;
    all->waiting = h;
}

/* Off the lists; NULL: it is not there. */
static struct held *take(struct held_documents *all, const uint8_t id[SHA256_BYTES])
{
    if (all->place_count == 0) return NULL;
    struct held **at = place_of(all->places, all->place_count, id);
    while (*at && memcmp((*at)->id, id, SHA256_BYTES) != 0) at = &(*at)->next;
    struct held *h = *at;
    if (!h) return NULL;
    *at = h->next;
    all->count--;
    if (h->before) h->before->after = h->after;
    else if (h->waits_for_report) all->waiting = h->after;
    if (h->after) h->after->before = h->before;
    return h;
}

void held_drop(struct intake_service *s, const uint8_t id[SHA256_BYTES])
{
    free(take(&s->held, id));
}

/* As it was read: its groups choose their profiles again where there were several. */
static struct delivery *revived(struct intake_service *s, const uint8_t id[SHA256_BYTES],
                                const struct intake_document *row)
{
    struct delivery *d = delivery_new(s, NULL, NULL);
    bool has_several = memchr(row->profile.bytes ? row->profile.bytes : "", ' ', row->profile.size);
    struct slice profile = has_several ? (struct slice){ 0 } : row->profile;
    d->file.meta = (struct spool_meta){
        .submitter_id = slice_copy(&d->arena, row->submitter_id),
        .file_name = slice_copy(&d->arena, row->file_name),
        .partner_id = slice_copy(&d->arena, row->partner_id),
        .currency = slice_copy(&d->arena, row->currency),
        .profile = slice_copy(&d->arena, slice_cut(&profile, '@')),
        .parent = slice_copy(&d->arena, row->parent),
        .traceparent = slice_copy(&d->arena, row->traceparent),
        .event_source = slice_copy(&d->arena, row->event_source),
        .event_id = slice_copy(&d->arena, row->event_id),
        .door = (enum door)row->door,
        .received_at_unix_ms = row->received_at_unix_ms,
        .bytes = row->bytes,
        .is_compressed = row->is_compressed,
        .decimal = row->decimal,
        .dates = row->dates,
        .header_row = row->header_row,
        .sheet = slice_copy(&d->arena, row->sheet),
        .encoding = slice_copy(&d->arena, row->encoding),
    };
    memcpy(d->file.meta.sha256, row->sha256, SHA256_BYTES);
    memcpy(d->post.id, id, SHA256_BYTES);
    d->file.is_from_raw = true;
    return d;
}

struct delivery *held_take(struct intake_service *s, const uint8_t id[SHA256_BYTES])
{
    struct held *h = take(&s->held, id);
    struct intake_document row;
    bool found;
    if (!h) return NULL;
    enum err e = register_get_document(post_store(s->post, submitter_of(h)), id, &row, &found);
    free(h);
    return e == OK && found && row.state == INTAKE_HELD ? revived(s, id, &row) : NULL;
}

/* They come on their way in the order in which they were received. */
static void resume_all(struct intake_service *s, uint8_t (*ids)[SHA256_BYTES], size_t count, int64_t expired_days)
{
    for (size_t k = 0; k < count; k++) {
        struct delivery *d = held_take(s, ids[k]);
        if (!d) continue;
        if (expired_days) {
            d->post.verdict = POST_EXPIRED;
            d->post.expired_days = expired_days;
        }
        orders_resume(s, d);
    }
}

void held_resume_waiting(struct intake_service *s, struct slice submitter_id)
{
    size_t count = 0;
    for (const struct held *h = s->held.waiting; h; h = h->after) count += slice_equal(submitter_of(h), submitter_id);
    if (count == 0) return;
    uint8_t(*ids)[SHA256_BYTES] = calloc(count, sizeof *ids);
    ASSERT(ids);
    size_t at = count;                              /* the list has the last one first */
    for (const struct held *h = s->held.waiting; h; h = h->after)
        if (slice_equal(submitter_of(h), submitter_id)) memcpy(ids[--at], h->id, SHA256_BYTES);
    resume_all(s, ids, count, 0);
    free(ids);
}

/* A version came into force that is another than the one that had the question. */
static bool is_read_otherwise(struct intake_service *s, const struct held *h)
{
    struct intake_document row;
    bool found;
    const struct grant *grant = grants_find(service_grants(s), submitter_of(h));
    if (!grant || register_get_document(post_store(s->post, submitter_of(h)), h->id, &row, &found) != OK || !found)
        return false;
    struct slice name = row.profile;
    int32_t day = instant_date(row.received_at_unix_ms, 0);
    const struct mapping_profile *now = grants_profile(service_grants(s), grant, slice_cut(&name, '@'), day);
    return now && memcmp(now->sha256, row.profile_sha256, SHA256_BYTES) != 0;
}

static int by_receipt(const void *a, const void *b)
{
    const struct held *const *x = a, *const *y = b;
    instant_ms one = (*x)->received_at_unix_ms, other = (*y)->received_at_unix_ms;
    return one != other ? (one > other) - (one < other) : memcmp((*x)->id, (*y)->id, SHA256_BYTES);
}

void held_resume_reprofiled(struct intake_service *s)
{
    size_t count = 0;
    const struct held **all = calloc(s->held.count + 1, sizeof *all);
    uint8_t(*ids)[SHA256_BYTES] = calloc(s->held.count + 1, sizeof *ids);
    ASSERT(all && ids);
    for (size_t k = 0; k < s->held.place_count; k++)
        for (const struct held *h = s->held.places[k]; h; h = h->next)
            if (!h->waits_for_report && is_read_otherwise(s, h)) all[count++] = h;
    qsort(all, count, sizeof *all, by_receipt);
    for (size_t k = 0; k < count; k++) memcpy(ids[k], all[k]->id, SHA256_BYTES);
    free(all);
    resume_all(s, ids, count, 0);
    free(ids);
}

void held_expire(struct intake_service *s, int64_t days)
{
    enum { AT_ONCE = 1000 };                        /* the rest by the next look */
    uint8_t ids[AT_ONCE][SHA256_BYTES];
    size_t count = 0;
    for (size_t k = 0; k < s->held.place_count && count < AT_ONCE; k++)
        for (const struct held *h = s->held.places[k]; h && count < AT_ONCE; h = h->next)
            if (s->now_unix_ms - h->received_at_unix_ms > days * INSTANT_DAY_MS)
                memcpy(ids[count++], h->id, SHA256_BYTES);
    resume_all(s, ids, count, days);
}

void held_drop_all(struct intake_service *s)
{
    for (size_t k = 0; k < s->held.place_count; k++)
        while (s->held.places[k]) {
            struct held *next = s->held.places[k]->next;
            free(s->held.places[k]);
            s->held.places[k] = next;
        }
    free(s->held.places);
    s->held = (struct held_documents){ 0 };
}
