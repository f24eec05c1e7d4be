/* intake/directory.c: one reader of the copy for each thread that asks. */
#include "intake/directory.h"

#include "base/assert.h"
#include "base/arena.h"
#include "runtime/clock.h"
#include "wire/partner_codec.h"

#include <pthread.h>
#include <stdlib.h>

enum { RENEW_MS = 200, SCRATCH_BYTES = 1 << 20, SCRATCH_RESERVE = 16 << 20, ANSWERS = 16, ANSWER_BYTES = 128 };

/* What a thread holds. Answers live in a ring, since a renewal takes the copy's bytes away. */
struct own {
    struct partner_reader *reader;
    struct arena           scratch;
    int64_t                renewed_ms;
    char                   answers[ANSWERS][ANSWER_BYTES];
    unsigned               next;
    char last_id[ANSWER_BYTES]; /* the question before, and its answer: lines of a document ask the same */
    size_t                 last_id_size;
    struct slice           last_root;
    char                   last_root_room[ANSWER_BYTES];
    struct own            *other;
};

struct partner_directory { struct partner_copy *copy; pthread_key_t key; pthread_mutex_t mutex; struct own *all; };

struct partner_directory *partner_directory_open(struct partner_copy *copy)
{
    struct partner_directory *d = calloc(1, sizeof *d);
    if (!d) return NULL;
    d->copy = copy;
    pthread_mutex_init(&d->mutex, NULL);
    if (pthread_key_create(&d->key, NULL) == 0) return d;
    free(d);
    return NULL;
}

void partner_directory_close(struct partner_directory *d)
{
    if (!d) return;
    while (d->all) {
        struct own *other = d->all->other;
        partner_reader_close(d->all->reader);
        arena_close(&d->all->scratch);
        free(d->all);
        d->all = other;
    }
    pthread_key_delete(d->key);
    pthread_mutex_destroy(&d->mutex);
    free(d);
}

static struct own *own_new(struct partner_directory *d)
{
    struct own *o = calloc(1, sizeof *o);
    ASSERT(o);
    bool is_open =
        arena_open(&o->scratch, SCRATCH_BYTES, SCRATCH_RESERVE) == OK && partner_reader_open(d->copy, &o->reader) == OK;
    if (!is_open) {
        arena_close(&o->scratch);
        free(o);
        return NULL;
    }
    pthread_mutex_lock(&d->mutex);
    o->other = d->all;
    d->all = o;
    pthread_mutex_unlock(&d->mutex);
    ASSERT(pthread_setspecific(d->key, o) == 0);
    return o;
}

static struct own *own_of(struct partner_directory *d)
{
    struct own *o = pthread_getspecific(d->key);
    if (!o) o = own_new(d);
    if (o && clock_mono_ms() - o->renewed_ms >= RENEW_MS) {
        o->renewed_ms = clock_mono_ms();
        o->last_id_size = 0;
    }
    return o && partner_reader_renew(o->reader) == OK ? o : NULL;
}

/* Copied, so that the reader can rest: threads may not ask again for hours. */
static struct slice answer(struct own *o, struct slice text)
{
    char *room = o->answers[o->next++ % ANSWERS];
    if (text.size > ANSWER_BYTES) text.size = 0;
    if (text.size) memcpy(room, text.bytes, text.size);
    partner_reader_rest(o->reader);
    return slice_of(room, text.size);
}

static struct slice find_root(struct own *o, struct slice partner_id)
{
    struct slice bytes;
    uint64_t revision;
    struct partner p;
    if (partner_reader_find(o->reader, partner_id, &revision, &bytes) != OK || bytes.size == 0)
        return (struct slice){ 0 };
    arena_reset(&o->scratch);
    if (partner_decode(&o->scratch, bytes, &p, NULL) != OK) return (struct slice){ 0 };
    return p.root_id.size ? p.root_id : partner_id;
}

static struct slice root(void *context, struct slice partner_id)
{
    struct own *o = own_of(context);
    if (!o || partner_id.size > ANSWER_BYTES || partner_id.size == 0) return (struct slice){ 0 };
    if (o->last_id_size && slice_equal(slice_of(o->last_id, o->last_id_size), partner_id))
        return answer(o, o->last_root);
    struct slice found = answer(o, find_root(o, partner_id));
    memcpy(o->last_id, partner_id.bytes, partner_id.size);
    o->last_id_size = partner_id.size;
    if (found.size) memcpy(o->last_root_room, found.bytes, found.size);
    o->last_root = slice_of(o->last_root_room, found.size);
    return found;
}

static bool bears(struct own *o, struct slice partner_id, struct slice type, struct slice id)
{
    struct slice bytes = { 0 };
    uint64_t revision;
    struct partner p;
    if (partner_reader_find(o->reader, partner_id, &revision, &bytes) != OK || bytes.size == 0) return false;
    arena_reset(&o->scratch);
    return partner_decode(&o->scratch, bytes, &p, NULL) == OK && partner_bears(&p, type, id);
}

/* As the profiles of the stages: who gave an identifier up does not have it. */
static struct slice identified(void *context, struct slice type, struct slice id)
{
    struct own *o = own_of(context);
    struct slice partner_id = { 0 };
    for (unsigned nth = 0; o; nth++) {
        if (partner_reader_identify(o->reader, type, id, nth, &partner_id) != OK || partner_id.size == 0) break;
        if (bears(o, partner_id, type, id)) return answer(o, partner_id);
    }
    return o ? answer(o, (struct slice){ 0 }) : (struct slice){ 0 };
}

struct intake_partners partner_directory_partners(struct partner_directory *d)
{
    return (struct intake_partners){ .context = d, .root = root, .identified = identified };
}
