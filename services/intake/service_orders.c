/* intake/service_orders.c: the documents of a submitter between acceptance and end, in order. The engine's
 * alone. */
#include "intake/service_parts.h"

#include "base/assert.h"

#include <stdlib.h>

struct order *orders_of(struct intake_service *s, struct slice submitter_id)
{
    for (struct order *o = s->orders; o; o = o->next)
        if (slice_equal(o->submitter_id, submitter_id)) return o;
    struct order *o = calloc(1, sizeof *o + submitter_id.size);
    ASSERT(o);
    if (submitter_id.size) memcpy(o + 1, submitter_id.bytes, submitter_id.size);
    o->submitter_id = slice_of((char *)(o + 1), submitter_id.size);
    o->next = s->orders;
    s->orders = o;
    return o;
}

/* Keys: a submitter may have a hundred thousand documents on their way, after a restart all at once. */

static struct delivery **key_place(struct delivery **places, size_t count, struct slice row)
{
    uint64_t at;
    ASSERT(row.size >= sizeof at);
    memcpy(&at, row.bytes, sizeof at);
    return &places[at & (count - 1)];
}

static void widen_keys(struct keys_on_their_way *keys)
{
    enum { PLACES_FIRST = 256 };
    size_t wider = keys->place_count ? 2 * keys->place_count : PLACES_FIRST;
    struct delivery **places = calloc(wider, sizeof *places);
    ASSERT(places);
    for (size_t k = 0; k < keys->place_count; k++)
        for (struct delivery *d = keys->places[k], *next; d; d = next) {
            struct delivery **place = key_place(places, wider, d->file.request_row);
            next = d->turn.key_next;
            d->turn.key_next = *place;
            *place = d;
        }
    free(keys->places);
    keys->places = places;
    keys->place_count = wider;
}

static void add_key(struct keys_on_their_way *keys, struct delivery *d)
{
    if (d->file.request_row.size == 0) return;
    if (keys->count >= keys->place_count) widen_keys(keys);
    struct delivery **place = key_place(keys->places, keys->place_count, d->file.request_row);
    d->turn.key_next = *place;
    *place = d;
    keys->count++;
}

static void remove_key(struct keys_on_their_way *keys, struct delivery *d)
{
    if (d->file.request_row.size == 0) return;
    struct delivery **at = key_place(keys->places, keys->place_count, d->file.request_row);
    while (*at != d) at = &(*at)->turn.key_next;
    *at = d->turn.key_next;
    keys->count--;
}

void orders_add(struct intake_service *s, struct delivery *d)
{
    struct order *o = orders_of(s, d->file.meta.submitter_id);
    d->turn.order_next = NULL;
    d->turn.has_order = true;
    add_key(&s->keys, d);
    if (o->first) o->last->turn.order_next = d;
    else o->first = d;
    o->last = d;
    if (!o->pending) o->pending = d;
}

void orders_remove(struct intake_service *s, struct delivery *d)
{
    struct order *o = orders_of(s, d->file.meta.submitter_id);
    struct delivery **at = &o->first, *before = NULL;
    if (!d->turn.has_order) return;
    while (*at != d) {
        before = *at;
        at = &(*at)->turn.order_next;
    }
    *at = d->turn.order_next;
    if (o->last == d) o->last = before;
    if (o->pending == d) o->pending = d->turn.order_next;
    d->turn.has_order = false;
    remove_key(&s->keys, d);
}

void orders_drop(struct intake_service *s)
{
    while (s->orders) {
        struct order *next = s->orders->next;
        free(s->orders);
        s->orders = next;
    }
    ASSERT(s->keys.count == 0);
    free(s->keys.places);
    s->keys = (struct keys_on_their_way){ 0 };
}

void orders_survey(struct intake_service *s, struct delivery *d)
{
    d->turn.is_surveyed = d->turn.is_posting = false;
    d->turn.changes = orders_of(s, d->file.meta.submitter_id)->changes;
    d->size = d->file.meta.bytes;
    survey_queue_put(&s->to_survey, d);
}

bool orders_has_key(struct intake_service *s, const struct delivery *d)
{
    if (s->keys.place_count == 0 || d->file.request_row.size == 0) return false;
    const struct delivery *other = *key_place(s->keys.places, s->keys.place_count, d->file.request_row);
    while (other && (other == d || !slice_equal(other->file.request_row, d->file.request_row)))
        other = other->turn.key_next;
    return other != NULL;
}

const struct delivery *orders_first(const struct intake_service *s, struct slice submitter_id)
{
    for (const struct order *o = s->orders; o; o = o->next)
        if (slice_equal(o->submitter_id, submitter_id)) return o->first;
    return NULL;
}

const struct delivery *orders_find(struct intake_service *s, struct slice submitter_id, bool operates,
                                              const uint8_t *prefix, size_t prefix_bytes)
{
    for (const struct order *o = s->orders; o; o = o->next)
        for (const struct delivery *d = operates || slice_equal(o->submitter_id, submitter_id) ? o->first : NULL; d;
             d = d->turn.order_next) {
            const uint8_t *id = delivery_first_id(d);
            if (id && memcmp(id, prefix, prefix_bytes) == 0) return d;
        }
    return NULL;
}

void orders_resume(struct intake_service *s, struct delivery *d)
{
    d->document.from = d->mark = 0;
    orders_add(s, d);
    orders_survey(s, d);
}
