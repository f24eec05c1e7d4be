/* intake/correction.c: a report folded over its documents. */
#include "intake/correction.h"

#include "base/assert.h"
#include "wire/dossier_codec.h"

#include <stdlib.h>

enum {
    TEXTS_BYTES = 1 << 20,
    TEXTS_RESERVE = 256 << 20,
    LINE_BYTES = 4 << 20,
    LINE_RESERVE = 8 << 20
};

/* Indexes by place and by line_id are open-addressed tables of 1 + index. */
struct index { uint32_t *slots, mask; };

/* A line of the document that is being read, applied when all of it is read. */
struct change { enum kind kind; struct standing_line line; struct slice original; bool resubmits; };

struct correction {
    const struct intake_targets *targets;
    struct arena          texts, scratch;
    struct standing_line *lines;
    struct change        *changes;
    uint32_t              line_count, line_capacity, change_count, change_capacity, unmet_from;
    struct index          by_place, by_id;
};

/* Growing */

/* `items` is a pointer to the array; one more fits after OK. */
static enum err grow(void *items, uint32_t count, uint32_t *capacity, size_t size)
{
    void *old, *more;
    if (count < *capacity) return OK;
    if (*capacity > UINT32_MAX / 4) return ERR_MEMORY_EXHAUSTED;
    uint32_t wanted = *capacity ? 2 * *capacity : 256;
    memcpy(&old, items, sizeof old);
    more = reallocarray(old, wanted, size);
    if (!more) return ERR_MEMORY_EXHAUSTED;
    memcpy(items, &more, sizeof more);
    *capacity = wanted;
    return OK;
}

static uint64_t word_of(const struct hash128 *h)
{
    uint64_t word;
    memcpy(&word, h->bytes, sizeof word);
    return word;
}

/* The slot of a line: where it stands, or the first free one. */
static uint32_t *slot_of(const struct correction *c, const struct index *x, const struct hash128 *place,
                         struct slice line_id)
{
    struct hash128 hash = place ? *place : hash_bytes(line_id);
    for (uint64_t at = word_of(&hash);; at++) {
        uint32_t *slot = &x->slots[at & x->mask];
        if (*slot == 0) return slot;
        const struct standing_line *l = &c->lines[*slot - 1];
        if (place ? memcmp(&l->place, place, sizeof *place) == 0 : slice_equal(l->line_id, line_id)) return slot;
    }
}

static void link_line(struct correction *c, uint32_t ordinal)
{
    struct standing_line *l = &c->lines[ordinal - 1];
    uint32_t *by_place = slot_of(c, &c->by_place, &l->place, l->line_id),
             *by_id = slot_of(c, &c->by_id, NULL, l->line_id);
    l->next = 0;
    if (*by_id == 0) *by_id = ordinal;
    l->tail = l->head = ordinal;
    if (*by_place == 0) { *by_place = ordinal; return; }
    struct standing_line *first = &c->lines[*by_place - 1];
    c->lines[first->tail - 1].next = ordinal;
    first->tail = ordinal;
}

static void renew(struct index *x, uint32_t *slots, uint32_t count)
{
    free(x->slots);
    *x = (struct index){ slots, count - 1 };
}

/* At most half of the slots are taken. */
static enum err make_room(struct correction *c)
{
    uint32_t count = c->by_place.slots ? c->by_place.mask + 1 : 0;
    if (2 * (c->line_count + 1) <= count) return OK;
    count = count ? 2 * count : 1024;
    uint32_t *by_place = calloc(count, sizeof *by_place), *by_id = calloc(count, sizeof *by_id);
    if (!by_place || !by_id) {
        free(by_place);
        free(by_id);
        return ERR_MEMORY_EXHAUSTED;
    }
    renew(&c->by_place, by_place, count);
    renew(&c->by_id, by_id, count);
    for (uint32_t k = 0; k < c->line_count; k++) link_line(c, k + 1);
    return OK;
}

static enum err add_line(struct correction *c, const struct standing_line *l)
{
    TRY(make_room(c));
    TRY(grow(&c->lines, c->line_count, &c->line_capacity, sizeof *c->lines));
    c->lines[c->line_count++] = *l;
    link_line(c, c->line_count);
    return OK;
}

/* What a line is held against */

static struct hash128 place_of(struct arena *a, const struct line *l)
{
    struct slice parts[] = {
        l->invoice_no, l->invoice_line, l->vendor_part, l->partner_part, l->gtin,
        l->claim_id,   l->claim_line,   l->location_id, l->order_no,     l->vendor_invoice_no,
    };
    unsigned count = l->invoice_no.size > 0 ? 5 : sizeof parts / sizeof *parts;
    size_t bytes = 0;
    for (unsigned k = 0; k < count; k++) bytes += parts[k].size + 1;
    struct text t = text_in(a, bytes);
    for (unsigned k = 0; k < count; k++) {
        text_put(&t, parts[k]);
        text_put_byte(&t, '\0');
    }
    return hash_bytes(text_slice(&t));
}

/* Of what the line says: a REPLACE says what the line would that it stands for. */
static struct hash128 content_of(struct arena *a, const struct line *l)
{
    struct line plain = *l;
    struct slice bytes;
    if (plain.kind == KIND_REPLACE) plain.kind = plain.replaces_kind;
    plain.replaces_kind = KIND_UNSPECIFIED;
    plain.original_line_ref = (struct slice){ 0 };
    plain.submission_no = 0;
    if (line_encode(a, &plain, &bytes) != OK) bytes = (struct slice){ 0 }; /* a refused line: it is like no other */
    return hash_bytes(bytes);
}

/* A document's lines */

enum err correction_add(struct correction *c, const struct line *l, struct slice line_id, bool resubmits)
{
    arena_reset(&c->scratch);
    TRY(grow(&c->changes, c->change_count, &c->change_capacity, sizeof *c->changes));
    c->changes[c->change_count++] = (struct change){
        .kind = l->kind,
        .original = slice_copy(&c->texts, l->original_line_ref),
        .resubmits = resubmits,
        .line = { .place = place_of(&c->scratch, l),
                  .content = content_of(&c->scratch, l),
                  .line_id = slice_copy(&c->texts, line_id),
                  .partner_id = slice_copy(&c->texts, l->partner_id),
                  .kind = l->kind == KIND_REPLACE ? l->replaces_kind : l->kind,
                  .submission_no = line_submission_no(l) },
    };
    return OK;
}

static struct standing_line *find(struct correction *c, struct slice line_id)
{
    if (!c->by_id.slots || line_id.size == 0) return NULL;
    uint32_t ordinal = *slot_of(c, &c->by_id, NULL, line_id);
    return ordinal ? &c->lines[ordinal - 1] : NULL;
}

/* The first of a place that was not met yet. */
static struct standing_line *meet(struct correction *c, const struct hash128 *place)
{
    uint32_t first = *slot_of(c, &c->by_place, place, (struct slice){ 0 });
    if (!first) return NULL;
    uint32_t ordinal = c->lines[first - 1].head;
    while (ordinal && (c->lines[ordinal - 1].is_met || c->lines[ordinal - 1].is_gone))
        ordinal = c->lines[ordinal - 1].next;
    c->lines[first - 1].head = ordinal;
    if (!ordinal) return NULL;
    c->lines[ordinal - 1].is_met = true;
    return &c->lines[ordinal - 1];
}

static bool is_refused(const struct correction *c, const struct standing_line *line)
{
    return c->targets->refused && c->targets->refused(c->targets->context, line->line_id);
}

/* A line that was sent again stands in the place of the one that was refused, under the next number. */
static void supersede(struct correction *c, struct standing_line *line)
{
    struct standing_line *old = meet(c, &line->place);
    if (!old || !is_refused(c, old)) return;
    old->is_gone = true;
    line->submission_no = old->submission_no + 1;
}

static enum err apply(struct correction *c, const struct change *change)
{
    struct standing_line *old = find(c, change->original), line = change->line;
    bool undoes = change->kind == KIND_CANCEL || change->kind == KIND_REPLACE;
    if (undoes && old) old->is_gone = true;
    if (undoes && old) line.replaced = (uint32_t)(old - c->lines) + 1;
    if (change->resubmits) supersede(c, &line);
    return change->kind != KIND_CANCEL ? add_line(c, &line) : OK;
}

enum err correction_apply(struct correction *c)
{
    for (uint32_t k = 0; k < c->change_count; k++) TRY(apply(c, &c->changes[k]));
    c->change_count = 0;
    return OK;
}

enum err correction_open(const struct intake_targets *targets, struct correction **out)
{
    struct correction *c = calloc(1, sizeof *c);
    if (!c) return ERR_MEMORY_EXHAUSTED;
    c->targets = targets;
    enum err e = arena_open(&c->texts, TEXTS_BYTES, TEXTS_RESERVE);
    if (e == OK) e = arena_open(&c->scratch, LINE_BYTES, LINE_RESERVE);
    if (e == OK) e = make_room(c);
    if (e == OK) *out = c;
    else correction_close(c);
    return e;
}

void correction_close(struct correction *c)
{
    if (!c) return;
    free(c->lines);
    free(c->changes);
    free(c->by_place.slots);
    free(c->by_id.slots);
    arena_close(&c->texts);
    arena_close(&c->scratch);
    free(c);
}

/* Holding against it */

void correction_begin(struct correction *c)
{
    for (uint32_t k = 0; k < c->line_count; k++) {
        c->lines[k].is_met = false;
        c->lines[k].head = k + 1;
    }
    c->unmet_from = 0;
}

struct standing_line *correction_meet(struct correction *c, const struct line *line, bool *is_same)
{
    arena_reset(&c->scratch);
    struct hash128 place = place_of(&c->scratch, line), content = content_of(&c->scratch, line);
    struct standing_line *l = meet(c, &place);
    *is_same = l && memcmp(&l->content, &content, sizeof content) == 0;
    return l;
}

struct standing_line *correction_meet_refused(struct correction *c, const struct line *line)
{
    arena_reset(&c->scratch);
    struct hash128 place = place_of(&c->scratch, line);
    struct standing_line *l = meet(c, &place);
    return l && is_refused(c, l) ? l : NULL;
}

const struct standing_line *correction_replaced(const struct correction *c, const struct standing_line *line)
{
    return line->replaced ? &c->lines[line->replaced - 1] : NULL;
}

struct standing_line *correction_unmet(struct correction *c)
{
    while (c->unmet_from < c->line_count) {
        struct standing_line *l = &c->lines[c->unmet_from++];
        if (l->is_met || l->is_gone || kind_is_reference(l->kind)) continue;
        l->is_met = true;
        return l;
    }
    return NULL;
}
