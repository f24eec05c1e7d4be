/* stage/redis_profiles.c: near-cache, then Redis for all that is missing at once, each beside the local copy. */
#include "stage/redis_profiles.h"

#include "base/assert.h"
#include "base/hash.h"
#include "runtime/clock.h"
#include "runtime/log.h"
#include "stage/near_cache.h"
#include "wire/limits.h"
#include "wire/partner_codec.h"

#include <stdlib.h>

enum {
    SOFT_LIFE_MS = 60000,
    HARD_LIFE_MS = 600000,
    ABSENT_LIFE_MS = 45000, /* ± JITTER_PERCENT; absent 30 to 60 s */
    JITTER_PERCENT = 20,
    ABSENT_JITTER_PERCENT = 33,
    MGET_KEYS_MAX = 512,
    FILLS_MAX = 128,
    REFRESHES_MAX = 64,
    REVISION_BYTES = 8,
    ARENA_BYTES_SMALL = 4 << 20,
    DECODE_RESERVE = 16 << 20,
    WORK_RESERVE = 256 << 20,
};

/* A profile on its way in. */
struct load {
    struct slice      partner_id;
    struct slice      remote;                       /* as Redis has it: revision and Partner; size 0: it has none */
    bool              was_told;                     /* changed while we asked: to be used, not to be kept */
};

/* What is to be used of it. */
struct choice {
    struct slice        bytes;                      /* its Partner; size 0: not on file */
    uint64_t            revision;
    enum profile_source source;
    bool                redis_lacks_it;             /* Redis has none, an older or an unreadable one */
};

struct redis_profiles {
    struct profiles               profiles;
    struct redis_profiles_options options;
    struct partner_reader        *reader;
    struct near_cache             near;
    struct arena                  decode, work;     /* of one profile; of one round */
    struct load                  *loads;            /* in work */
    unsigned                      load_count, load_capacity;
    uint32_t                     *places;           /* in work: ids of loads by hash, place + 1 */
    size_t                        place_count;
    uint64_t                      batch, epoch, random;
    int64_t                       now_ms;
    bool                          missed_news;      /* the epoch moved while we asked */
    enum err                      failed;           /* in this batch; nothing of it may be committed */
    struct redis_profiles_counts  counts;
};

static struct redis_profiles *of(struct profiles *p)
{
    return (struct redis_profiles *)p;              /* its first member */
}

/* Counted by the worker alone, read by the thread that shows metrics. */
static void tally(uint64_t *count, uint64_t more)
{
    __atomic_store_n(count, *count + more, __ATOMIC_RELAXED);
}

/* --- what the watch tells --- */

static void mark_told(struct redis_profiles *p, struct slice partner_id)
{
    for (unsigned i = 0; i < p->load_count; i++)
        if (slice_equal(p->loads[i].partner_id, partner_id)) p->loads[i].was_told = true;
}

/* The epoch is read first: what is told after its move is told again by the ring, or not needed any more. */
static void hear(struct redis_profiles *p)
{
    struct slice key;
    if (!p->options.watch) return;
    uint64_t epoch = redis_watch_epoch(p->options.watch);
    if (epoch != p->epoch) {
        near_cache_forget_all(&p->near);
        p->epoch = epoch;
        p->missed_news = true;
        tally(&p->counts.epochs, 1);
    }
    while (redis_watch_next(p->options.watch, p->options.listener, &key)) {
        near_cache_forget(&p->near, key);
        mark_told(p, key);
        tally(&p->counts.told, 1);
    }
}

static bool is_watched(const struct redis_profiles *p)
{
    return p->options.watch && p->epoch & 1;
}

/* --- asking Redis --- */

static struct slice redis_key(struct redis_profiles *p, struct slice partner_id)
{
    struct text t = text_in(&p->work, REDIS_NAMESPACE_MAX + 1 + sizeof REDIS_PARTNER_PREFIX + partner_id.size);
    redis_key_begin(&t, p->options.name_space);
    PUT(&t, REDIS_PARTNER_PREFIX);
    text_put(&t, partner_id);
    return text_slice(&t);
}

static void take_values(struct redis_profiles *p, unsigned from, const struct redis_answer *answer)
{
    unsigned count = redis_answer_count(answer);
    for (unsigned i = 0; i < count && from + i < p->load_count; i++)
        p->loads[from + i].remote = redis_answer_text(redis_answer_item(answer, i));
}

/* One MGET for each MGET_KEYS_MAX, all in one round trip. False: Redis is away. Values are borrowed from the link. */
static bool ask_redis(struct redis_profiles *p)
{
    unsigned count = (p->load_count + MGET_KEYS_MAX - 1) / MGET_KEYS_MAX;
    struct redis_command *commands = ARENA_ARRAY(&p->work, count, struct redis_command);
    const struct redis_answer **answers = ARENA_ARRAY(&p->work, count, const struct redis_answer *);
    struct slice *words = ARENA_ARRAY(&p->work, p->load_count + count, struct slice);
    if (!p->options.link) return false;
    for (unsigned c = 0, from = 0; c < count; c++, from += MGET_KEYS_MAX) {
        unsigned keys = p->load_count - from < MGET_KEYS_MAX ? p->load_count - from : MGET_KEYS_MAX;
        commands[c] = (struct redis_command){ words, keys + 1 };
        *words++ = SLICE("MGET");
        for (unsigned i = 0; i < keys; i++) *words++ = redis_key(p, p->loads[from + i].partner_id);
    }
    tally(&p->counts.round_trips, 1);
    if (redis_link_ask(p->options.link, commands, count, answers) != OK) return false;
    for (unsigned c = 0; c < count; c++) take_values(p, c * MGET_KEYS_MAX, answers[c]);
    return true;
}

/* --- filling Redis --- */

/* Puts ARGV[1] unless what stands there has the same or a newer revision; ARGV[2], bytes that could not be read, may go
 * whatever they say. Revisions are compared as two halves, since numbers there are exact to 53 bits only. */
#define SET_IF_NEWER \
    "local old = redis.call('GET', KEYS[1])\n" \
    "if old and old ~= ARGV[2] and #old >= 8 then\n" \
    "  local high, low = struct.unpack('>I4I4', old)\n" \
    "  local new_high, new_low = struct.unpack('>I4I4', ARGV[1])\n" \
    "  if high > new_high or (high == new_high and low >= new_low) then return 0 end\n" \
    "end\n" \
    "redis.call('SET', KEYS[1], ARGV[1])\n" \
    "return 1"

struct fills { struct redis_command commands[FILLS_MAX]; unsigned count; };

static uint64_t read_revision(struct slice remote)
{
    uint64_t revision = 0;
    ASSERT(remote.size >= REVISION_BYTES);
    for (int i = 0; i < REVISION_BYTES; i++) revision = revision << 8 | (uint8_t)remote.bytes[i];
    return revision;
}

static struct slice value_of(struct arena *a, uint64_t revision, struct slice bytes)
{
    struct text t = text_in(a, REVISION_BYTES + bytes.size);
    for (int i = 0; i < REVISION_BYTES; i++) text_put_byte(&t, (char)(revision >> (56 - 8 * i)));
    text_put(&t, bytes);
    return text_slice(&t);
}

/* Everything is copied: the next request takes the answers of the last away. */
static void note_fill(struct redis_profiles *p, struct fills *fills, const struct load *l, const struct choice *c)
{
    if (fills->count == FILLS_MAX) return;          /* with the next one that needs it */
    struct slice *words = ARENA_ARRAY(&p->work, 6, struct slice);
    words[0] = SLICE("EVAL");
    words[1] = SLICE(SET_IF_NEWER);
    words[2] = SLICE("1");
    words[3] = redis_key(p, l->partner_id);
    words[4] = value_of(&p->work, c->revision, c->bytes);
    words[5] = slice_copy(&p->work, l->remote);
    fills->commands[fills->count++] = (struct redis_command){ words, 6 };
}

static void fill_redis(struct redis_profiles *p, const struct fills *fills)
{
    const struct redis_answer *answers[FILLS_MAX];
    if (!fills->count) return;
    tally(&p->counts.round_trips, 1);
    if (redis_link_ask(p->options.link, fills->commands, fills->count, answers) != OK) return;
    for (unsigned i = 0; i < fills->count; i++) tally(&p->counts.fills, redis_answer_integer(answers[i]) == 1);
}

/* --- choosing between Redis and the local copy --- */

/* A Partner of this id whose revision is the one in front of it, or that says none. */
static bool is_readable(struct redis_profiles *p, struct slice partner_id, uint64_t revision, struct slice bytes)
{
    struct partner partner;
    size_t mark = arena_mark(&p->decode);
    bool is_one = bytes.size > 0 && partner_decode(&p->decode, bytes, &partner, NULL) == OK
        && slice_equal(partner.partner_id, partner_id) && (partner.revision == 0 || partner.revision == revision);
    arena_rewind(&p->decode, mark);
    return is_one;
}

/* Whoever cannot be looked up is not "not on file". */
static enum err note_failure(struct redis_profiles *p, enum err e)
{
    if (e == OK) return OK;
    tally(&p->counts.unreadable, 1);
    if (p->failed == OK) LOG(LOG_ERROR, "partner_copy_unreadable", LOG_ERR(e));
    p->failed = e;
    return e;
}

static enum err choose_local(struct redis_profiles *p, struct slice partner_id, struct choice *c)
{
    *c = (struct choice){ .source = PROFILE_SOURCE_LOCAL };
    TRY(note_failure(p, partner_reader_find(p->reader, partner_id, &c->revision, &c->bytes)));
    if (!c->bytes.size || is_readable(p, partner_id, c->revision, c->bytes)) return OK;
    partner_copy_distrust(p->options.copy);
    return note_failure(p, ERR_STATE_MALFORMED);
}

/* The newer of both; of one revision the local bytes, which came from the topic itself. */
static enum err choose(struct redis_profiles *p, const struct load *l, bool redis_answered, struct choice *c)
{
    TRY(choose_local(p, l->partner_id, c));
    c->redis_lacks_it = redis_answered && c->bytes.size > 0;
    if (!l->remote.size) return OK;
    struct slice bytes = slice_skip(l->remote, REVISION_BYTES);
    uint64_t revision = l->remote.size > REVISION_BYTES ? read_revision(l->remote) : 0;
    if (c->bytes.size && revision == c->revision && slice_equal(bytes, c->bytes)) {
        c->source = PROFILE_SOURCE_REDIS;
        c->redis_lacks_it = false;
    } else if (!is_readable(p, l->partner_id, revision, bytes) || (c->bytes.size && revision == c->revision)) {
        tally(&p->counts.corrupt, 1);
    } else if (!c->bytes.size || revision > c->revision) {
        *c = (struct choice){ .bytes = bytes, .revision = revision, .source = PROFILE_SOURCE_REDIS };
    }
    return OK;
}

/* --- entries --- */

static int64_t jittered(struct redis_profiles *p, int64_t life_ms, int64_t percent)
{
    p->random = p->random * 6364136223846793005u + 1442695040888963407u;
    return life_ms + life_ms * ((int64_t)((p->random >> 33) % (uint64_t)(2 * percent + 1)) - percent) / 100;
}

/* What nobody tells changes of is used in this batch only. */
static void set_lives(struct redis_profiles *p, struct near_entry *e, bool outlives_batch)
{
    e->batch = p->batch;
    e->soft_ms = e->hard_ms = p->now_ms;
    if (!outlives_batch) return;
    if (!e->partner) e->soft_ms = e->hard_ms = p->now_ms + jittered(p, ABSENT_LIFE_MS, ABSENT_JITTER_PERCENT);
    else {
        e->soft_ms = p->now_ms + jittered(p, SOFT_LIFE_MS, JITTER_PERCENT);
        e->hard_ms = p->now_ms + jittered(p, HARD_LIFE_MS, JITTER_PERCENT);
    }
}

/* Decoded twice: once to know its size, once into a block of its own. It was seen to be readable. */
static struct near_entry *make_entry(struct redis_profiles *p, struct slice partner_id, const struct choice *c)
{
    if (!c->bytes.size) return near_cache_make(partner_id, 0);
    struct partner measured, *partner;
    size_t mark = arena_mark(&p->decode);
    partner = ARENA_NEW(&p->decode, struct partner);
    enum err e = partner_decode(&p->decode, c->bytes, &measured, NULL);
    size_t need = arena_mark(&p->decode) - mark;
    arena_rewind(&p->decode, mark);
    ASSERT(e == OK);
    struct near_entry *entry = near_cache_make(partner_id, need + c->bytes.size);
    struct arena own = { .base = entry->room, .size = need, .limit = need };
    char *bytes = (char *)entry->room + need;
    memcpy(bytes, c->bytes.bytes, c->bytes.size);
    partner = ARENA_NEW(&own, struct partner);
    e = partner_decode(&own, slice_of(bytes, c->bytes.size), partner, NULL);
    ASSERT(e == OK);
    entry->partner = partner;
    entry->revision = c->revision;
    return entry;
}

static void count_source(struct redis_profiles *p, const struct choice *c)
{
    if (!c->bytes.size) tally(&p->counts.absent, 1);
    else if (c->source == PROFILE_SOURCE_REDIS) tally(&p->counts.redis_hits, 1);
    else tally(&p->counts.local_hits, 1);
}

/* Changes of what came from Redis are told by the watch, those of the local copy by the reference feed. */
static void keep(struct redis_profiles *p, const struct load *l, const struct choice *c)
{
    bool is_told = c->source == PROFILE_SOURCE_LOCAL || is_watched(p);
    struct near_entry *e = make_entry(p, l->partner_id, c);
    e->source = c->source;
    set_lives(p, e, is_told && !l->was_told && !p->missed_news);
    count_source(p, c);
    near_cache_put(&p->near, e);
}

/* --- loading --- */

static bool is_usable(const struct redis_profiles *p, const struct near_entry *e)
{
    return e && (e->batch == p->batch || p->now_ms < e->hard_ms);
}

/* A batch names the same few partners again and again: each is loaded once. */
static void add_load(struct redis_profiles *p, struct slice partner_id)
{
    struct hash128 hash = hash_bytes(partner_id);
    size_t at;
    memcpy(&at, hash.bytes, sizeof at);
    for (at &= p->place_count - 1; p->places[at]; at = (at + 1) & (p->place_count - 1))
        if (slice_equal(p->loads[p->places[at] - 1].partner_id, partner_id)) return;
    ASSERT(p->load_count < p->load_capacity);
    p->loads[p->load_count++] = (struct load){ .partner_id = partner_id };
    p->places[at] = p->load_count;
}

static void open_loads(struct redis_profiles *p, unsigned count)
{
    p->loads = arena_take(&p->work, count * sizeof *p->loads);
    p->load_count = 0;
    p->load_capacity = count;
    for (p->place_count = 16; p->place_count < 2 * (size_t)count; ) p->place_count *= 2;
    p->places = NULL;
}

static void choose_loads(struct redis_profiles *p, const struct slice *ids, unsigned count)
{
    unsigned refreshed = 0;
    open_loads(p, count);
    for (unsigned i = 0; i < count; i++) {
        if (!ids[i].size || ids[i].size > ID_BYTES_MAX) continue;
        const struct near_entry *e = near_cache_get(&p->near, ids[i]);
        bool usable = is_usable(p, e);
        if (usable && (e->batch == p->batch || p->now_ms < e->soft_ms || refreshed >= REFRESHES_MAX)) continue;
        if (!p->places) p->places = ARENA_ARRAY(&p->work, p->place_count, uint32_t);
        refreshed += usable;
        add_load(p, ids[i]);
    }
}

static void load(struct redis_profiles *p, const struct slice *ids, unsigned count)
{
    struct fills *fills;
    if (!count) return;
    arena_rewind(&p->work, 0);
    arena_rewind(&p->decode, 0);
    choose_loads(p, ids, count);
    if (!p->load_count) return;
    p->missed_news = false;
    bool answered = ask_redis(p);
    hear(p);                                        /* reply and news are not ordered: what was named is not kept */
    fills = ARENA_NEW(&p->work, struct fills);
    for (unsigned i = 0; i < p->load_count; i++) {
        struct choice c;
        if (choose(p, &p->loads[i], answered, &c) != OK) continue;
        keep(p, &p->loads[i], &c);
        if (c.redis_lacks_it) note_fill(p, fills, &p->loads[i], &c);
    }
    p->load_count = 0;
    tally(&p->counts.evicted, p->near.evicted - p->counts.evicted);
    fill_redis(p, fills);
}

/* --- profiles --- */

static void renew(struct profiles *profiles)
{
    struct redis_profiles *p = of(profiles);
    p->batch++;
    p->now_ms = p->options.clock_ms();
    near_cache_release(&p->near);
    p->failed = OK;
    if (note_failure(p, partner_reader_renew(p->reader)) != OK) return;
    hear(p);
}

static void prefetch(struct profiles *profiles, const struct slice *partner_ids, unsigned count)
{
    load(of(profiles), partner_ids, count);
}

static const struct near_entry *entry_of(struct redis_profiles *p, struct slice partner_id)
{
    const struct near_entry *e = near_cache_get(&p->near, partner_id);
    if (is_usable(p, e)) return e;
    load(p, &partner_id, 1);
    e = near_cache_get(&p->near, partner_id);
    return is_usable(p, e) ? e : NULL;
}

static const struct partner *find(struct profiles *profiles, struct slice partner_id, enum profile_source *source)
{
    struct redis_profiles *p = of(profiles);
    const struct near_entry *e = entry_of(p, partner_id);
    bool is_near = e && e->batch != p->batch;
    tally(&p->counts.near_hits, is_near);
    if (source) *source = is_near ? PROFILE_SOURCE_NEAR : e ? e->source : PROFILE_SOURCE_LOCAL;
    return e ? e->partner : NULL;
}

/* A later revision may have given an identifier up: the profiles in force are asked. The first id of those that bear
 * it, so that it does not matter in what order they were published. */
static const struct partner *find_by_identifier(struct profiles *profiles, struct slice type, struct slice value)
{
    struct slice partner_id;
    for (unsigned nth = 0; ; nth++) {
        enum err e = partner_reader_identify(of(profiles)->reader, type, value, nth, &partner_id);
        if (note_failure(of(profiles), e) != OK || !partner_id.size) return NULL;
        const struct partner *p = find(profiles, partner_id, NULL);
        if (p && partner_bears(p, type, value)) return p;
    }
}

static void put(struct profiles *profiles, const struct partner *partner)
{
    near_cache_forget(&of(profiles)->near, partner->partner_id);
}

static enum err failure(const struct profiles *profiles)
{
    return ((const struct redis_profiles *)profiles)->failed;
}

static const struct profiles_ops ops = {
    .renew = renew,
    .prefetch = prefetch,
    .find = find,
    .find_by_identifier = find_by_identifier,
    .put = put,
    .failure = failure,
};

/* --- life --- */

enum err redis_profiles_open(const struct redis_profiles_options *options, struct redis_profiles **profiles)
{
    ASSERT(options->copy);
    struct redis_profiles *p = calloc(1, sizeof *p);
    if (!p) return ERR_MEMORY_EXHAUSTED;
    p->profiles.ops = &ops;
    p->options = *options;
    p->random = options->seed;
    if (!p->options.entries_max) p->options.entries_max = NEAR_CACHE_ENTRIES;
    if (!p->options.clock_ms) p->options.clock_ms = clock_mono_ms;
    enum err e = near_cache_open(&p->near, p->options.entries_max, NEAR_CACHE_BYTES);
    if (e == OK) e = arena_open(&p->decode, ARENA_BYTES_SMALL, DECODE_RESERVE);
    if (e == OK) e = arena_open(&p->work, ARENA_BYTES_SMALL, WORK_RESERVE);
    if (e == OK) e = partner_reader_open(options->copy, &p->reader);
    if (e == OK) {
        p->now_ms = p->options.clock_ms();
        *profiles = p;
    } else {
        redis_profiles_close(p);
    }
    return e;
}

void redis_profiles_close(struct redis_profiles *p)
{
    if (!p) return;
    partner_reader_close(p->reader);
    near_cache_close(&p->near);
    arena_close(&p->decode);
    arena_close(&p->work);
    free(p);
}

struct profiles *redis_profiles_base(struct redis_profiles *p)
{
    return &p->profiles;
}

struct redis_profiles_counts redis_profiles_counts(const struct redis_profiles *p)
{
    struct redis_profiles_counts counts;
    const uint64_t *from = (const uint64_t *)&p->counts;
    uint64_t *to = (uint64_t *)&counts;
    for (size_t i = 0; i < sizeof counts / sizeof *to; i++) to[i] = __atomic_load_n(&from[i], __ATOMIC_RELAXED);
    return counts;
}

/* --- what comes into force --- */

void redis_profiles_apply(void *profiles, const struct partner *p, struct slice bytes)
{
    struct redis_profiles *r = profiles;
    (void)bytes;
    near_cache_forget(&r->near, p->partner_id);
    if (partner_reader_renew(r->reader) != OK)
        tally(&r->counts.unreadable, 1); /* else a worker that judges nothing holds every older page */
}

enum err redis_profiles_keep(struct partner_copy *copy, struct arena *scratch, const struct partner *p,
                             uint64_t revision, struct slice bytes)
{
    unsigned count =
        p->identifier_count < PARTNER_COPY_IDENTIFIERS_MAX ? p->identifier_count : PARTNER_COPY_IDENTIFIERS_MAX;
    struct partner_copy_identifier *identifiers = ARENA_ARRAY(scratch, count, struct partner_copy_identifier);
    for (unsigned i = 0; i < count; i++)
        identifiers[i] = (struct partner_copy_identifier){ p->identifiers[i].name, p->identifiers[i].value };
    return partner_copy_put(copy, &(struct partner_copy_entry){ p->partner_id, bytes, revision, identifiers, count });
}

static enum err keep_record(struct redis_profiles_notes *n, const struct record *record)
{
    struct partner p;
    struct publication publication;
    if (!record->value.size || partner_decode(n->scratch, record->value, &p, &publication) != OK) return OK;
    if (!publication_is_approved(&publication) || !slice_equal(p.partner_id, record->key)) return OK;
    TRY(redis_profiles_keep(n->copy, n->scratch, &p, p.revision, record->value));
    return partner_copy_commit(n->copy, record->offset + 1, clock_now_unix_ms());
}

enum err redis_profiles_note(void *notes, const struct record *record)
{
    struct redis_profiles_notes *n = notes;
    if (record->topic != TOPIC_PARTNERS) return OK;
    arena_reset(n->scratch);
    enum err e = keep_record(n, record);
    if ((e != OK) != n->is_failing)
        LOG(e != OK ? LOG_ERROR : LOG_INFO, e != OK ? "partner_copy_failed" : "partner_copy_resumed",
            LOG_TEXT("partner_id", record->key), LOG_NUMBER("offset", record->offset), LOG_WORD("code", err_name(e)));
    n->is_failing = e != OK;
    return e;
}
