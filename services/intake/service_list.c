/* intake/service_list.c: the list of documents, newest first, a page at a time: each submitter's own walk of the
 * register, merged where an operator sees all of them. */
#include "intake/service_parts.h"

#include "base/assert.h"

#include <stdlib.h>

enum {
    ROWS_LOOKED_AT_MAX = 5000,                      /* of a page, shared out among the submitters */
    ROWS_OF_SUBMITTER_MIN = 20,
    LIMIT_MAX = 500,
    LIMIT_DEFAULT = 50,
    REST_BYTES = REGISTER_TIME_KEY_BYTES - REGISTER_KEY_BYTES     /* of a key: time, newest first, and document */
};

struct entry { uint8_t rest[REST_BYTES]; unsigned of; };

struct listing {
    struct delivery *delivery;
    struct store *store;                            /* of the submitter at hand */
    const struct slice *submitters;                 /* whose documents are here; elsewhere: of how many they are not */
    unsigned submitter_count, elsewhere, at, looked, looked_max;
    struct entry *entries;                          /* in order; room: how many more the page takes */
    unsigned count, room;
    uint8_t end[REST_BYTES];                        /* the page ends before it, and the next begins with it */
    bool has_end;
    struct json_out json;
};

static bool is_listed(const struct question *q, const struct intake_document *row)
{
    if (q->state.size && !slice_equal(q->state, intake_state_name(row->state))) return false;
    if (q->name.size && !slice_equal(q->name, row->file_name)) return false;
    return row->received_at_unix_ms >= q->since_unix_ms;
}

static void put_document(struct listing *l, struct slice submitter_id, const struct intake_document *row,
                         const uint8_t *id)
{
    const struct delivery *d = l->delivery;
    reply_put_receipt(&l->json, &(struct reply_document){ .row = row,
                                                          .id = id,
                                                          .partition = post_partition(d->service->post, submitter_id),
                                                          .shows_submitter = d->question.asked.operates });
}

/* Those of the register */

static enum err end_at(struct listing *l, const uint8_t rest[REST_BYTES])
{
    if (!l->has_end || memcmp(rest, l->end, REST_BYTES) < 0) memcpy(l->end, rest, REST_BYTES);
    l->has_end = true;
    return ERR_TRANSACTION_ABORTED;                 /* ends the walk */
}

static void insert(struct listing *l, const uint8_t rest[REST_BYTES])
{
    unsigned at = l->count++;
    for (; at > 0 && memcmp(rest, l->entries[at - 1].rest, REST_BYTES) < 0; at--) l->entries[at] = l->entries[at - 1];
    memcpy(l->entries[at].rest, rest, REST_BYTES);
    l->entries[at].of = l->at;
}

static enum err list_row(void *context, struct slice key, struct slice value)
{
    struct listing *l = context;
    struct intake_document row;
    bool found;
    (void)value;
    if (key.size != REGISTER_TIME_KEY_BYTES) return ERR_STATE_MALFORMED;
    const uint8_t *rest = (const uint8_t *)key.bytes + REGISTER_KEY_BYTES;
    bool is_full = l->count == l->room, is_behind = l->has_end && memcmp(rest, l->end, REST_BYTES) >= 0;
    if (is_full) is_behind |= l->count == 0 || memcmp(rest, l->entries[l->count - 1].rest, REST_BYTES) > 0;
    if (is_behind || l->looked == l->looked_max) return end_at(l, rest);
    l->looked++;
    TRY(register_get_document(l->store, rest + 8, &row, &found));
    if (!found || row.received_at_unix_ms != register_time_of(key) || !is_listed(&l->delivery->question.asked, &row))
        return OK;
    if (is_full) (void)end_at(l, l->entries[--l->count].rest);
    insert(l, rest);
    return OK;
}

/* The cursor is the rest of the key where the page ended. */
static struct slice from_of(struct arena *a, struct slice prefix, struct slice cursor)
{
    struct text t = text_in(a, REGISTER_TIME_KEY_BYTES);
    if (cursor.size != 2 * REST_BYTES) return (struct slice){ 0 };
    text_put(&t, prefix);
    for (size_t k = 0; k < cursor.size; k += 2) {
        char pair[3] = { cursor.bytes[k], cursor.bytes[k + 1], 0 };
        text_put_byte(&t, (char)strtoul(pair, NULL, 16));
    }
    return text_slice(&t);
}

static enum err list_submitter(struct listing *l)
{
    struct delivery *d = l->delivery;
    struct slice id = l->submitters[l->at];
    uint8_t none[SHA256_BYTES] = { 0 };
    bool had_end = l->has_end;
    size_t mark = arena_mark(&d->arena);
    struct slice prefix = slice_head(register_time_key(&d->arena, id, 0, none), REGISTER_KEY_BYTES);
    l->store = post_store(d->service->post, id);
    l->looked = 0;
    enum err e =
        store_scan(l->store, INTAKE_TIMES, prefix, from_of(&d->arena, prefix, d->question.asked.cursor), list_row, l);
    arena_rewind(&d->arena, mark);
    return e == ERR_TRANSACTION_ABORTED && (had_end || l->has_end) ? OK : e;
}

static enum err put_entries(struct listing *l)
{
    for (unsigned i = 0; i < l->count; i++) {
        struct intake_document row;
        bool found;
        const struct entry *entry = &l->entries[i];
        struct slice id = l->submitters[entry->of];
        if (l->has_end && memcmp(entry->rest, l->end, REST_BYTES) >= 0) break;      /* on the next page */
        TRY(register_get_document(post_store(l->delivery->service->post, id), entry->rest + 8, &row, &found));
        if (found) put_document(l, id, &row, entry->rest + 8);
    }
    return OK;
}

/* Before those of the register stands what is on its way to it, as far as it has an id and is not there; the first page
 * alone. */
static enum err list_on_its_way(struct listing *l, struct slice submitter_id)
{
    struct intake_service *s = l->delivery->service;
    const struct question *q = &l->delivery->question.asked;
    const struct delivery *first = orders_first(s, submitter_id), **all;
    unsigned count = 0;
    for (const struct delivery *d = first; d; d = d->turn.order_next) count++;
    all = ARENA_ARRAY(&l->delivery->arena, count + 1, const struct delivery *);
    for (const struct delivery *d = first; d; d = d->turn.order_next) *all++ = d;
    for (; count > 0 && l->room > 0; count--) {
        const struct delivery *d = *--all;
        struct intake_document on_file, row;
        bool found;
        const uint8_t *id = delivery_first_id(d);
        if (d->file.is_from_raw || d->outcome.document_count > 0 || !id) continue;
        TRY(register_get_document(post_store(s->post, submitter_id), id, &on_file, &found));
        row = found ? on_file : delivery_row_on_its_way(d);
        if ((found && on_file.state != INTAKE_POSTING) || !is_listed(q, &row)) continue;
        put_document(l, submitter_id, &row, id);
        l->room--;
    }
    return OK;
}

static void add_submitter(struct listing *l, struct slice *ids, struct slice id)
{
    if (post_owns(l->delivery->service->post, id)) ids[l->submitter_count++] = id;
    else l->elsewhere++;
}

/* Whose documents are listed: to an operator those of everybody who may send now and whose documents lie with this
 * process. */
static void find_submitters(struct listing *l)
{
    struct delivery *d = l->delivery;
    const struct question *q = &d->question.asked;
    const struct grants *g = service_grants(d->service);
    unsigned others = q->operates ? g->count : 0;
    struct slice *ids = ARENA_ARRAY(&d->arena, others + 1, struct slice);
    add_submitter(l, ids, q->submitter_id);
    for (unsigned i = 0; i < others; i++)
        if (!slice_equal(g->items[i].submitter.id, q->submitter_id)) add_submitter(l, ids, g->items[i].submitter.id);
    l->submitters = ids;
    l->looked_max = ROWS_LOOKED_AT_MAX / (l->submitter_count ? l->submitter_count : 1);
    if (l->looked_max < ROWS_OF_SUBMITTER_MIN) l->looked_max = ROWS_OF_SUBMITTER_MIN;
}

static enum err list_all(struct listing *l)
{
    bool is_first = l->delivery->question.asked.cursor.size == 0;
    for (unsigned i = 0; is_first && i < l->submitter_count; i++) TRY(list_on_its_way(l, l->submitters[i]));
    for (l->at = 0; l->at < l->submitter_count; l->at++) TRY(list_submitter(l));
    return put_entries(l);
}

static void put_page(struct listing *l)
{
    char cursor[2 * REST_BYTES + 1];
    struct text t = text_over(cursor, sizeof cursor);
    json_out_begin(&l->json, '{');
    json_out_name(&l->json, SLICE("documents"));
    json_out_begin(&l->json, '[');
    enum err e = list_all(l);
    json_out_end(&l->json);
    text_put_hex(&t, l->end, REST_BYTES);
    if (l->has_end) json_out_member(&l->json, SLICE("cursor"), text_slice(&t));
    if (l->elsewhere) json_out_member_int(&l->json, SLICE("submitters_elsewhere"), l->elsewhere);
    json_out_end(&l->json);
    if (e != OK) delivery_fail(l->delivery, REPLY_INTERNAL, (struct slice){ 0 });
    else delivery_answer(l->delivery, 200, SLICE("application/json"), json_out_bytes(&l->json));
}

void list_answer(struct delivery *d)
{
    const struct question *q = &d->question.asked;
    struct listing l = { .delivery = d, .room = q->limit && q->limit <= LIMIT_MAX ? q->limit : LIMIT_DEFAULT };
    find_submitters(&l);
    if (l.submitter_count == 0) {
        delivery_fail(d, REPLY_UNAVAILABLE, SLICE("Another process keeps the documents of this submitter."));
        return;
    }
    l.entries = ARENA_ARRAY(&d->arena, l.room + 1, struct entry);
    json_out_open(&l.json);
    put_page(&l);
    json_out_close(&l.json);
}
