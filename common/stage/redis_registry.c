/* stage/redis_registry.c: one script that proves and takes, and small ones around it.
 *
 * A SERIAL slot is the text root|line|received, a DEAL a list of root|line|received|closed_on by place. `|` and `%`
 * inside a part stand as %7C and %25. Redis runs a script whole: between the proof and the taking nothing can
 * happen. */
#include "stage/redis_registry.h"

#include "base/assert.h"
#include "runtime/clock.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/random.h>

enum {
    REQUESTS_AT_ONCE = 400,                         /* of one script: a millisecond of Redis at most */
    PARTITIONS_MAX = 4096, SCRATCH_BYTES = 4 << 20, SCRATCH_RESERVE = 64 << 20, SCAN_COUNT = 1000,
};
enum { GLANCE_MS = 1000, SERVER_TEXT_MAX = 2 * REGISTRY_SERVER_MAX + 24, REFUSAL_SHOWN_MAX = 200 };
#define EPOCH_KEY  "reg:epoch"
#define READY_KEY  "reg:ready"
#define SERIAL_KEY "reg:serial:"
#define DEAL_KEY   "reg:deal:"

struct redis_registry {
    struct registry               registry;
    struct redis_registry_options options;
    struct arena                  scratch;          /* answers live here until the next question */
    char epoch[REGISTRY_EPOCH_MAX];                 /* in force for the partitions of this worker; empty: none */
    int64_t                       least_offset;     /* of replication, seen from this server */
    bool                         *settled;          /* by partition */
    char                          server[SERVER_TEXT_MAX];         /* on which they are settled */
    int64_t                       glance_at_ms;     /* when it is seen to that nothing happened */
    const char                   *why;              /* it was away last; NULL: it was not */
    bool                          is_ready;         /* as it was told */
    struct redis_registry_counts  counts;
};

static struct redis_registry *of(struct registry *r)
{
    return (struct redis_registry *)r;              /* its first member */
}

/* --- scripts --- */

/* What the server says of itself, and whether it may be trusted: `seen` goes back in front of every answer. */
#define PROOF \
    "local info = redis.call('INFO', 'server', 'replication', 'stats', 'memory')\n" \
    "local function field(name) return string.match(info, '\\n' .. name .. ':([^\\r]*)') or '' end\n" \
    "local epoch = redis.call('GET', KEYS[1]) or ''\n" \
    "local server = field('run_id') .. ' ' .. field('master_replid') .. ' ' .. field('evicted_keys')\n" \
    "local ready = redis.call('HGETALL', KEYS[2])\n" \
    "local here, standing = {}, 0\n" \
    "for i = 1, #ready, 2 do\n" \
    "  if ready[i + 1] == server and tonumber(ready[i]) < tonumber(ARGV[2]) then here[ready[i]] = true standing = standing + 1 end\n" \
    "end\n" \
    "local why = ''\n" \
    "if field('role') ~= 'master' then why = 'role'\n" \
    "elseif field('maxmemory_policy') ~= 'noeviction' then why = 'policy'\n" \
    "elseif epoch ~= ARGV[1] then why = 'epoch'\n" \
    "elseif tonumber(field('master_repl_offset')) < tonumber(ARGV[3]) then why = 'offset'\n" \
    "elseif standing < tonumber(ARGV[2]) then why = 'ready' end\n" \
    "local seen = {why, epoch, field('run_id'), field('master_replid'), field('master_repl_offset'), field('evicted_keys'),\n" \
    "              here[ARGV[4]] and 'yes' or 'no', standing}\n"

/* ARGV 5: `ask` needs all of the proof, `restore` what ARGV 4 and up to here a partition has to know: epoch and server.
 * Then three for each slot of KEYS 3 …: S takes and s looks at a serial, D and d a deal; value; root|line| of the
 * value. */
#define SLOTS \
    "local function received(entry) return tonumber(string.match(entry, '^[^|]*|[^|]*|(%d+)|')) end\n" \
    "local function deal(key, takes, value, own, by_time)\n" \
    "  local list = redis.call('LRANGE', key, 0, -1)\n" \
    "  for i = 1, #list do if string.sub(list[i], 1, #own) == own then return list end end\n" \
    "  if not takes then return list end\n" \
    "  for i = 1, by_time and #list or 0 do\n" \
    "    if received(list[i]) > received(value) then\n" \
    "      redis.call('LINSERT', key, 'BEFORE', list[i], value)\n" \
    "      table.insert(list, i, value)\n" \
    "      return list\n" \
    "    end\n" \
    "  end\n" \
    "  redis.call('RPUSH', key, value)\n" \
    "  list[#list + 1] = value\n" \
    "  return list\n" \
    "end\n" \
    "local function slot(key, op, value, own, by_time)\n" \
    "  if op == 'S' then return {redis.call('SET', key, value, 'NX', 'GET') or value} end\n" \
    "  if op == 's' then return {redis.call('GET', key) or nil} end\n" \
    "  return deal(key, op == 'D', value, own, by_time)\n" \
    "end\n"

#define ASK_SCRIPT PROOF SLOTS \
    "local restores = ARGV[5] ~= 'ask'\n" \
    "if restores and why == 'ready' then why = '' end\n" \
    "if restores and server ~= ARGV[5] then why = 'server' end\n" \
    "seen[1] = why\n" \
    "if why ~= '' then return seen end\n" \
    "for i = 3, #KEYS do\n" \
    "  local at = 6 + 3 * (i - 3)\n" \
    "  seen[#seen + 1] = slot(KEYS[i], ARGV[at], ARGV[at + 1], ARGV[at + 2], restores)\n" \
    "end\n" \
    "return seen"

#define LOOK_SCRIPT PROOF "return seen"

/* Says that a partition stands for this server, if it is still this one. */
#define ANNOUNCE_SCRIPT PROOF \
    "if epoch ~= ARGV[1] or server ~= ARGV[5] then return 0 end\n" \
    "redis.call('HSET', KEYS[2], ARGV[4], server)\n" \
    "return 1"

/* Of the registry that we know only: another one has nothing of ours. M puts ARGV 4 where the line stood. */
#define RELEASE_SCRIPT \
    "if (redis.call('GET', KEYS[1]) or '') ~= ARGV[1] then return -1 end\n" \
    "if ARGV[2] == 'S' or ARGV[2] == 'M' then\n" \
    "  local value = redis.call('GET', KEYS[2])\n" \
    "  if not value or string.match(value, '^[^|]*|([^|]*)|') ~= ARGV[3] then return 0 end\n" \
    "  if ARGV[2] == 'M' then redis.call('SET', KEYS[2], ARGV[4]) return 1 end\n" \
    "  return redis.call('DEL', KEYS[2])\n" \
    "end\n" \
    "local list = redis.call('LRANGE', KEYS[2], 0, -1)\n" \
    "for i = 1, #list do\n" \
    "  if string.match(list[i], '^[^|]*|([^|]*)|') == ARGV[3] then\n" \
    "    if ARGV[2] == 'D' then return redis.call('LREM', KEYS[2], 1, list[i]) end\n" \
    "    redis.call('LSET', KEYS[2], i - 1, string.match(list[i], '^[^|]*|[^|]*|%d+|') .. ARGV[4])\n" \
    "    return 1\n" \
    "  end\n" \
    "end\n" \
    "return 0"

#define REBUILD_SCRIPT SLOTS "return slot(KEYS[1], ARGV[1], ARGV[2], ARGV[3], true)"

/* --- parts of a value --- */

static void put_part(struct text *t, struct slice part)
{
    for (size_t i = 0; i < part.size; i++)
        if (part.bytes[i] == '|') PUT(t, "%7C");
        else if (part.bytes[i] == '%') PUT(t, "%25");
        else text_put_byte(t, part.bytes[i]);
}

static struct slice take_part(struct arena *a, struct slice *value)
{
    struct slice part = slice_cut(value, '|');
    struct text t = text_in(a, part.size);
    while (part.size) {
        bool is_bar = slice_starts_with(part, SLICE("%7C")), is_percent = slice_starts_with(part, SLICE("%25"));
        text_put_byte(&t, is_bar ? '|' : is_percent ? '%' : part.bytes[0]);
        part = slice_skip(part, is_bar || is_percent ? 3 : 1);
    }
    return text_slice(&t);
}

/* root|line|, which names the holder. */
static struct slice owner_text(struct arena *a, const struct registry_claim *c)
{
    struct text t = text_in(a, 3 * (c->root_id.size + c->line_id.size) + 2);
    put_part(&t, c->root_id);
    PUT(&t, "|");
    put_part(&t, c->line_id);
    PUT(&t, "|");
    return text_slice(&t);
}

static struct slice value_text(struct arena *a, const struct registry_request *q, struct slice owner)
{
    struct text t = text_in(a, owner.size + 40);
    text_put(&t, owner);
    text_put_int(&t, q->claim.received_at_unix_ms);
    if (q->family != REGISTRY_DEAL) return text_slice(&t);
    PUT(&t, "|");
    text_put_int(&t, q->claim.closed_on);
    return text_slice(&t);
}

static struct slice part_text(struct arena *a, struct slice part)
{
    struct text t = text_in(a, 3 * part.size);
    put_part(&t, part);
    return text_slice(&t);
}

static struct registry_claim read_claim(struct arena *a, struct slice value)
{
    struct registry_claim c = { 0 };
    uint64_t number;
    c.root_id = take_part(a, &value);
    c.line_id = take_part(a, &value);
    if (slice_to_uint(slice_cut(&value, '|'), INT64_MAX, &number)) c.received_at_unix_ms = (instant_ms)number;
    if (slice_to_uint(value, INT32_MAX, &number)) c.closed_on = (int32_t)number;
    return c;
}

static struct slice key_of(struct arena *a, const char *name_space, struct slice prefix, struct slice key)
{
    struct text t = text_in(a, REDIS_NAMESPACE_MAX + 1 + prefix.size + key.size);
    redis_key_begin(&t, name_space);
    text_put(&t, prefix);
    text_put(&t, key);
    return text_slice(&t);
}

static struct slice slot_key(struct arena *a, const char *name_space, enum registry_family family, struct slice key)
{
    return key_of(a, name_space, family == REGISTRY_DEAL ? SLICE(DEAL_KEY) : SLICE(SERIAL_KEY), key);
}

static struct slice epoch_key(struct redis_registry *r)
{
    return key_of(&r->scratch, r->options.name_space, SLICE(EPOCH_KEY), (struct slice){ 0 });
}

static struct slice ready_key(struct redis_registry *r)
{
    return key_of(&r->scratch, r->options.name_space, SLICE(READY_KEY), (struct slice){ 0 });
}

/* --- being away --- */

/* Also when it is away for another reason than before: it answers again, and is not the one that was known. */
static void tell(struct redis_registry *r, bool is_ready, const char *why)
{
    bool is_another_reason = !is_ready && r->why && strcmp(r->why, why) != 0;
    if (r->is_ready == is_ready && !is_another_reason) return;
    r->is_ready = is_ready;
    if (r->options.on_change) r->options.on_change(r->options.context, !is_ready, why);
}

static enum err away(struct redis_registry *r, const char *why)
{
    tell(r, false, why);
    r->why = why;
    r->counts.away++;
    memset(r->settled, 0, (size_t)r->options.partitions * sizeof *r->settled);
    return ERR_REGISTRY_AWAY;
}

static const char *sentence_of(struct slice why)
{
    static const struct { const char *word, *sentence; } table[] = {
        { "role",   "the server is a replica: point redis.address at its master" },
        { "policy", "maxmemory-policy is not noeviction: slots may vanish; set it, then they are checked again" },
        { "epoch",  "the registry is not the one that the state knows: run claimctl registry rebuild" },
        { "offset", "the server went back in time: its slots are being set again" },
        { "ready",  "not every partition has set its slots on this server yet" },
        { "server", "the server changed while slots were being set again" },
    };
    for (unsigned i = 0; i < sizeof table / sizeof table[0]; i++)
        if (slice_equal(why, slice_from(table[i].word))) return table[i].sentence;
    return "the server answers in a way that is not understood: Redis 7 is needed";
}

/* --- what a script saw --- */

enum {
    SEEN_WHY,
    SEEN_EPOCH,
    SEEN_RUN_ID,
    SEEN_REPLICATION_ID,
    SEEN_OFFSET,
    SEEN_EVICTED,
    SEEN_HERE,
    SEEN_STANDING,
    SEEN_COUNT
};

static void copy_word(char *to, size_t room, struct slice word)
{
    size_t size = word.size < room ? word.size : room - 1;
    memset(to, 0, room);
    if (size) memcpy(to, word.bytes, size);
}

static struct registry_sight sight_of(const struct redis_answer *a)
{
    struct registry_sight s = { 0 };
    uint64_t number;
    copy_word(s.epoch, sizeof s.epoch, redis_answer_text(redis_answer_item(a, SEEN_EPOCH)));
    copy_word(s.run_id, sizeof s.run_id, redis_answer_text(redis_answer_item(a, SEEN_RUN_ID)));
    copy_word(s.replication_id, sizeof s.replication_id, redis_answer_text(redis_answer_item(a, SEEN_REPLICATION_ID)));
    if (slice_to_uint(redis_answer_text(redis_answer_item(a, SEEN_OFFSET)), INT64_MAX, &number))
        s.replication_offset = (int64_t)number;
    if (slice_to_uint(redis_answer_text(redis_answer_item(a, SEEN_EVICTED)), INT64_MAX, &number))
        s.evicted_keys = (int64_t)number;
    return s;
}

static struct slice server_text(struct arena *a, const struct registry_sight *s)
{
    return SLICE_JOIN(a, slice_from(s->run_id), SLICE(" "), slice_from(s->replication_id), SLICE(" "),
                      slice_of_int(a, s->evicted_keys));
}

static bool is_sight(const struct redis_answer *a)
{
    return redis_answer_count(a) >= SEEN_COUNT;
}

/* --- asking --- */

/* EVAL script, KEYS, ARGV: room for the fixed words and four a request. */
enum { FIXED_WORDS = 3 + 2 + 5 };

static struct redis_command ask_command(struct redis_registry *r, struct slice guard,
                                        const struct registry_request *requests, unsigned count)
{
    struct arena *a = &r->scratch;
    struct slice *words = ARENA_ARRAY(a, FIXED_WORDS + 4 * (size_t)count, struct slice);
    unsigned n = 0;
    words[n++] = SLICE("EVAL");
    words[n++] = SLICE(ASK_SCRIPT);
    words[n++] = slice_of_int(a, 2 + (int64_t)count);
    words[n++] = epoch_key(r);
    words[n++] = ready_key(r);
    for (unsigned i = 0; i < count; i++)
        words[n++] = slot_key(a, r->options.name_space, requests[i].family, requests[i].key);
    words[n++] = slice_from(r->epoch);
    words[n++] = slice_of_int(a, r->options.partitions);
    words[n++] = slice_of_int(a, r->least_offset);
    words[n++] = SLICE("");
    words[n++] = guard;
    for (unsigned i = 0; i < count; i++) {
        bool is_deal = requests[i].family == REGISTRY_DEAL, looks = requests[i].only_looks;
        struct slice owner = owner_text(a, &requests[i].claim);
        words[n++] = is_deal ? looks ? SLICE("d") : SLICE("D") : looks ? SLICE("s") : SLICE("S");
        words[n++] = value_text(a, &requests[i], owner);
        words[n++] = owner;
    }
    ASSERT(n == FIXED_WORDS + 4 * count);
    return (struct redis_command){ words, n };
}

static void take_answer(struct redis_registry *r, struct registry_request *q, const struct redis_answer *answer)
{
    unsigned count = redis_answer_count(answer);
    struct registry_claim *holders = ARENA_ARRAY(&r->scratch, count, struct registry_claim);
    q->holders = holders;
    q->holder_count = q->place = count;
    for (unsigned i = 0; i < count; i++) {
        holders[i] = read_claim(&r->scratch, redis_answer_text(redis_answer_item(answer, i)));
        if (q->place == count && slice_equal(holders[i].line_id, q->claim.line_id)) q->place = i;
    }
    r->counts.asked++;
    if (q->place < count) r->counts.taken++;
    else if (count) r->counts.held_by_others++;
}

static enum err take_answers(struct redis_registry *r, const struct redis_answer *seen,
                             struct registry_request *requests, unsigned count)
{
    if (!is_sight(seen)) return away(r, sentence_of(SLICE("")));
    struct slice why = redis_answer_text(redis_answer_item(seen, SEEN_WHY));
    if (why.size) return away(r, sentence_of(why));
    if (redis_answer_count(seen) != SEEN_COUNT + count) return away(r, sentence_of(SLICE("")));
    struct registry_sight s = sight_of(seen);
    if (s.replication_offset > r->least_offset) r->least_offset = s.replication_offset;
    for (unsigned i = 0; i < count; i++) take_answer(r, &requests[i], redis_answer_item(seen, SEEN_COUNT + i));
    return OK;
}

/* All in one round trip: a script for each REQUESTS_AT_ONCE. */
static enum err ask_all(struct redis_registry *r, struct slice guard, struct registry_request *requests, unsigned count)
{
    unsigned scripts = (count + REQUESTS_AT_ONCE - 1) / REQUESTS_AT_ONCE;
    struct redis_command *commands = ARENA_ARRAY(&r->scratch, scripts, struct redis_command);
    const struct redis_answer **answers = ARENA_ARRAY(&r->scratch, scripts, const struct redis_answer *);
    if (!r->epoch[0]) return away(r, r->why ? r->why : "the registry was not looked at yet");
    for (unsigned s = 0, from = 0; s < scripts; s++, from += REQUESTS_AT_ONCE) {
        unsigned part = count - from < REQUESTS_AT_ONCE ? count - from : REQUESTS_AT_ONCE;
        commands[s] = ask_command(r, guard, &requests[from], part);
    }
    if (redis_link_ask(r->options.link, commands, scripts, answers) != OK) return away(r, "Redis does not answer");
    for (unsigned s = 0, from = 0; s < scripts; s++, from += REQUESTS_AT_ONCE) {
        unsigned part = count - from < REQUESTS_AT_ONCE ? count - from : REQUESTS_AT_ONCE;
        TRY(take_answers(r, answers[s], &requests[from], part));
    }
    r->why = NULL;
    return OK;
}

static enum err ask(struct registry *registry, struct registry_request *requests, unsigned count)
{
    struct redis_registry *r = of(registry);
    arena_rewind(&r->scratch, 0);
    return count ? ask_all(r, SLICE("ask"), requests, count) : OK;
}

static enum err restore(struct registry *registry, const struct registry_sight *now, struct registry_request *requests,
                        unsigned count)
{
    struct redis_registry *r = of(registry);
    arena_rewind(&r->scratch, 0);
    if (!count) return OK;
    TRY(ask_all(r, server_text(&r->scratch, now), requests, count));
    r->counts.restored += count;
    for (unsigned i = 0; i < count; i++)
        if (requests[i].family == REGISTRY_SERIAL && requests[i].holder_count && requests[i].place)
            r->counts.conflicts++;
    return OK;
}

/* --- giving back --- */

/* `last`: the day on which a deal was closed, or the value that takes a serial over; the caller rewound the scratch. */
static enum err change(struct redis_registry *r, struct slice op, enum registry_family family, struct slice key,
                       struct slice line_id, struct slice last)
{
    struct arena *a = &r->scratch;
    const struct redis_answer *answer;
    struct redis_command command = REDIS_COMMAND(SLICE("EVAL"), SLICE(RELEASE_SCRIPT), SLICE("2"), epoch_key(r),
                                                 slot_key(a, r->options.name_space, family, key), slice_from(r->epoch),
                                                 op, part_text(a, line_id), last);
    if (!r->epoch[0]) return away(r, r->why ? r->why : "the registry was not looked at yet");
    if (redis_link_ask(r->options.link, &command, 1, &answer) != OK) return away(r, "Redis does not answer");
    if (redis_answer_kind(answer) != REDIS_INTEGER) return away(r, sentence_of(SLICE("")));
    if (redis_answer_integer(answer) < 0) return away(r, sentence_of(SLICE("epoch")));
    return OK;
}

static enum err release(struct registry *registry, enum registry_family family, struct slice key, struct slice line_id)
{
    struct redis_registry *r = of(registry);
    arena_rewind(&r->scratch, 0);
    enum err e = change(r, family == REGISTRY_DEAL ? SLICE("D") : SLICE("S"), family, key, line_id, SLICE(""));
    r->counts.released += e == OK;
    return e;
}

static enum err hand_over(struct registry *registry, struct slice key, struct slice line_id,
                          const struct registry_claim *to)
{
    struct redis_registry *r = of(registry);
    struct registry_request q = { .family = REGISTRY_SERIAL, .claim = *to };
    arena_rewind(&r->scratch, 0);
    struct slice value = value_text(&r->scratch, &q, owner_text(&r->scratch, to));
    return change(r, SLICE("M"), REGISTRY_SERIAL, key, line_id, value);
}

static enum err close_deal(struct registry *registry, struct slice key, struct slice line_id, int32_t closed_on)
{
    struct redis_registry *r = of(registry);
    arena_rewind(&r->scratch, 0);
    return change(r, SLICE("C"), REGISTRY_DEAL, key, line_id, slice_of_int(&r->scratch, closed_on));
}

/* --- looking --- */

static const struct redis_answer *look_at(struct redis_registry *r, int32_t partition)
{
    struct arena *a = &r->scratch;
    const struct redis_answer *answer;
    struct redis_command command =
        REDIS_COMMAND(SLICE("EVAL"), SLICE(LOOK_SCRIPT), SLICE("2"), epoch_key(r), ready_key(r), SLICE(""),
                      slice_of_int(a, r->options.partitions), SLICE("0"), slice_of_int(a, partition));
    if (redis_link_ask(r->options.link, &command, 1, &answer) == OK) return answer;
    away(r, "Redis does not answer");
    return NULL;
}

/* An epoch is kind:unix_ms:random. The kind is `first` of one that a partition began, `rebuilt` of one that was filled
 * from the topics and takes the place of every earlier one. */
static void name_epoch(char *epoch, const char *kind, instant_ms now_unix_ms)
{
    uint64_t random = 0;
    if (getrandom(&random, sizeof random, 0) != (ssize_t)sizeof random) random = (uint64_t)clock_mono_ns();
    snprintf(epoch, REGISTRY_EPOCH_MAX, "%s:%lld:%016llx", kind, (long long)now_unix_ms, (unsigned long long)random);
}

static int64_t epoch_time(struct slice epoch)
{
    uint64_t at;
    slice_cut(&epoch, ':');
    return slice_to_uint(slice_cut(&epoch, ':'), INT64_MAX, &at) ? (int64_t)at : 0;
}

static bool takes_its_place(struct slice epoch, struct slice known)
{
    return slice_starts_with(epoch, SLICE("rebuilt:")) && epoch_time(epoch) > epoch_time(known);
}

/* Nobody has ever used this registry: the first partition that comes names it. */
static bool begin_epoch(struct redis_registry *r)
{
    char epoch[REGISTRY_EPOCH_MAX];
    const struct redis_answer *answer;
    name_epoch(epoch, "first", r->options.clock_unix_ms());
    struct redis_command command = REDIS_COMMAND(SLICE("SET"), epoch_key(r), slice_from(epoch), SLICE("NX"));
    return redis_link_ask(r->options.link, &command, 1, &answer) == OK;
}

/* Why what was seen is no registry to ask, by the word of its sentence; empty: it is one. */
static struct slice fault_of(const struct redis_answer *seen, const struct registry_sight *last)
{
    if (!is_sight(seen)) return SLICE("?");
    struct slice why = redis_answer_text(redis_answer_item(seen, SEEN_WHY));
    struct registry_sight sight = sight_of(seen);
    struct slice known = slice_from(last->epoch), epoch = slice_from(sight.epoch);
    if (slice_equal(why, SLICE("role")) || slice_equal(why, SLICE("policy"))) return why;
    bool follows = !known.size || slice_equal(epoch, known) || takes_its_place(epoch, known);
    return epoch.size && follows ? (struct slice){ 0 } : SLICE("epoch");
}

/* What is there against what this partition saw last. READY: nothing of it can have been lost. */
static enum registry_standing compare(const struct redis_answer *seen, const struct registry_sight *last,
                                      const struct registry_sight *now)
{
    bool same_run = slice_equal(slice_from(last->run_id), slice_from(now->run_id));
    bool same_server = same_run && slice_equal(slice_from(last->replication_id), slice_from(now->replication_id));
    bool went_back = now->replication_offset < last->replication_offset;
    bool stands = slice_equal(redis_answer_text(redis_answer_item(seen, SEEN_HERE)), SLICE("yes"));
    if (!last->epoch[0] || !slice_equal(slice_from(last->epoch), slice_from(now->epoch)))
        return REGISTRY_IS_RESTORING_ALL;
    if (stands && same_server && !went_back) return REGISTRY_IS_READY;
    bool has_evicted = now->evicted_keys > (same_run ? last->evicted_keys : 0);
    return has_evicted ? REGISTRY_IS_RESTORING_ALL : REGISTRY_IS_RESTORING;
}

/* A partition that lost nothing goes on when that is so of all. */
static enum registry_standing settle(struct redis_registry *r, int32_t partition, const struct redis_answer *seen,
                                     const struct registry_sight *now)
{
    bool all = redis_answer_integer(redis_answer_item(seen, SEEN_STANDING)) >= r->options.partitions;
    r->settled[partition] = all;
    r->glance_at_ms = clock_mono_ms() + GLANCE_MS;
    copy_word(r->server, sizeof r->server, server_text(&r->scratch, now));
    if (!all) r->why = sentence_of(SLICE("ready"));
    else tell(r, true, "");
    return all ? REGISTRY_IS_READY : REGISTRY_IS_WAITING;
}

static void take_over(struct redis_registry *r, const struct registry_sight *now)
{
    memcpy(r->epoch, now->epoch, sizeof r->epoch);
    r->least_offset = now->replication_offset;
    r->why = NULL;
}

static enum registry_standing look(struct registry *registry, int32_t partition, const struct registry_sight *last,
                                   struct registry_sight *now)
{
    struct redis_registry *r = of(registry);
    ASSERT(partition >= 0 && partition < r->options.partitions);
    *now = *last;
    arena_rewind(&r->scratch, 0);
    const struct redis_answer *seen = look_at(r, partition);
    if (seen && is_sight(seen) && !last->epoch[0] && !redis_answer_text(redis_answer_item(seen, SEEN_EPOCH)).size)
        seen = begin_epoch(r) ? look_at(r, partition) : NULL;
    if (!seen) return REGISTRY_IS_AWAY;
    struct slice fault = fault_of(seen, last);
    if (fault.size) {
        away(r, sentence_of(fault));
        return REGISTRY_IS_AWAY;
    }
    *now = sight_of(seen);
    take_over(r, now);
    enum registry_standing standing = compare(seen, last, now);
    return standing == REGISTRY_IS_READY ? settle(r, partition, seen, now) : standing;
}

static enum err announce(struct registry *registry, int32_t partition, const struct registry_sight *now)
{
    struct redis_registry *r = of(registry);
    struct arena *a = &r->scratch;
    const struct redis_answer *answer;
    arena_rewind(a, 0);
    struct redis_command command = REDIS_COMMAND(
        SLICE("EVAL"), SLICE(ANNOUNCE_SCRIPT), SLICE("2"), epoch_key(r), ready_key(r), slice_from(now->epoch),
        slice_of_int(a, r->options.partitions), SLICE("0"), slice_of_int(a, partition), server_text(a, now));
    if (redis_link_ask(r->options.link, &command, 1, &answer) != OK) return away(r, "Redis does not answer");
    return redis_answer_integer(answer) == 1 ? OK : away(r, sentence_of(SLICE("server")));
}

/* A worker without lines that ask would not notice another server, and all others would wait for its partitions. */
static void glance(struct redis_registry *r)
{
    arena_rewind(&r->scratch, 0);
    r->glance_at_ms = clock_mono_ms() + GLANCE_MS;
    const struct redis_answer *seen = look_at(r, 0);
    if (!seen) return;
    if (!is_sight(seen)) {
        away(r, sentence_of(SLICE("")));
        return;
    }
    struct registry_sight now = sight_of(seen);
    bool is_whole = redis_answer_integer(redis_answer_item(seen, SEEN_STANDING)) >= r->options.partitions;
    bool is_same = slice_equal(slice_from(now.epoch), slice_from(r->epoch))
        && slice_equal(server_text(&r->scratch, &now), slice_from(r->server));
    if (!is_same || !is_whole) away(r, "the server is another one, or lost something");
}

static bool is_settled(struct registry *registry, int32_t partition)
{
    struct redis_registry *r = of(registry);
    ASSERT(partition >= 0 && partition < r->options.partitions);
    if (r->settled[partition] && clock_mono_ms() >= r->glance_at_ms) glance(r);
    return r->settled[partition];
}

static const struct registry_ops ops = {
    .ask = ask,
    .release = release,
    .hand_over = hand_over,
    .close_deal = close_deal,
    .is_settled = is_settled,
    .look = look,
    .restore = restore,
    .announce = announce,
};

/* --- life --- */

enum err redis_registry_open(const struct redis_registry_options *options, struct redis_registry **registry)
{
    ASSERT(options->link && options->partitions > 0 && options->partitions <= PARTITIONS_MAX);
    struct redis_registry *r = calloc(1, sizeof *r);
    if (!r) return ERR_MEMORY_EXHAUSTED;
    r->registry.ops = &ops;
    r->options = *options;
    if (!r->options.clock_unix_ms) r->options.clock_unix_ms = clock_now_unix_ms;
    r->settled = calloc((size_t)options->partitions, sizeof *r->settled);
    enum err e = r->settled ? arena_open(&r->scratch, SCRATCH_BYTES, SCRATCH_RESERVE) : ERR_MEMORY_EXHAUSTED;
    if (e == OK) *registry = r;
    else redis_registry_close(r);
    return e;
}

void redis_registry_close(struct redis_registry *r)
{
    if (!r) return;
    arena_close(&r->scratch);
    free(r->settled);
    free(r);
}

struct registry *redis_registry_base(struct redis_registry *r)
{
    return &r->registry;
}

struct redis_registry_counts redis_registry_counts(const struct redis_registry *r)
{
    return r->counts;
}

struct slice redis_registry_why(const struct redis_registry *r)
{
    return slice_from(r->why);
}

/* --- for people --- */

static struct slice info_field(struct slice info, struct slice name)
{
    while (info.size) {
        struct slice line = slice_cut(&info, '\n');
        if (line.size && line.bytes[line.size - 1] == '\r') line.size--;
        if (slice_equal(slice_cut(&line, ':'), name)) return line;
    }
    return (struct slice){ 0 };
}

enum err redis_registry_check_server(struct redis_link *link, struct arena *a, struct slice *finding)
{
    const struct redis_answer *answer;
    struct redis_command command = REDIS_COMMAND(SLICE("INFO"), SLICE("everything"));
    TRY(redis_link_ask(link, &command, 1, &answer));
    struct slice info = redis_answer_text(answer), version = info_field(info, SLICE("redis_version"));
    struct slice policy = info_field(info, SLICE("maxmemory_policy"));
    struct text t = text_in(a, 256);
    struct slice major = slice_cut(&version, '.');
    uint64_t number = 0;
    if (redis_answer_kind(answer) == REDIS_REFUSAL) {
        PUT(&t, "it refuses INFO: ");
        text_put(&t, slice_head(info, REFUSAL_SHOWN_MAX));
    } else if (!slice_to_uint(major, 1000, &number) || number < 7)
        PUT(&t, "Redis 7 or newer is needed (SET … NX GET, INFO of several sections)");
    else if (!slice_equal(policy, SLICE("noeviction"))) {
        PUT(&t, "maxmemory-policy is ");
        text_put(&t, policy);
        PUT(&t, ": set it to noeviction, else slots of the registry may vanish");
    }
    *finding = text_slice(&t);
    return OK;
}

enum err redis_registry_is_there(struct redis_link *link, struct arena *a, const char *name_space, bool *is_there)
{
    const struct redis_answer *answer;
    struct redis_command command =
        REDIS_COMMAND(SLICE("GET"), key_of(a, name_space, SLICE(EPOCH_KEY), (struct slice){ 0 }));
    TRY(redis_link_ask(link, &command, 1, &answer));
    *is_there = redis_answer_text(answer).size > 0;
    return OK;
}

/* --- rebuilding --- */

static enum err unlink_keys(struct redis_link *link, struct arena *a, const struct redis_answer *keys)
{
    const struct redis_answer *answer;
    unsigned count = redis_answer_count(keys);
    struct slice *words = ARENA_ARRAY(a, count + 1, struct slice);
    words[0] = SLICE("UNLINK");
    for (unsigned i = 0; i < count; i++) words[i + 1] = slice_copy(a, redis_answer_text(redis_answer_item(keys, i)));
    struct redis_command command = { words, count + 1 };
    return count ? redis_link_ask(link, &command, 1, &answer) : OK;
}

static enum err unlink_all(struct redis_link *link, struct arena *a, struct slice pattern)
{
    struct slice cursor = SLICE("0");
    do {
        const struct redis_answer *answer;
        arena_rewind(a, 0);
        struct redis_command command =
            REDIS_COMMAND(SLICE("SCAN"), cursor, SLICE("MATCH"), pattern, SLICE("COUNT"), slice_of_int(a, SCAN_COUNT));
        TRY(redis_link_ask(link, &command, 1, &answer));
        if (redis_answer_count(answer) != 2) return ERR_REDIS_AWAY;
        static _Thread_local char next[24];
        copy_word(next, sizeof next, redis_answer_text(redis_answer_item(answer, 0)));
        TRY(unlink_keys(link, a, redis_answer_item(answer, 1)));
        cursor = slice_from(next);
    } while (!slice_equal(cursor, SLICE("0")));
    return OK;
}

static enum err drop_all(const struct redis_rebuild *b, struct arena *keys, struct arena *a)
{
    const struct redis_answer *answer;
    const struct slice none = { 0 };
    struct redis_command command = REDIS_COMMAND(SLICE("DEL"), key_of(keys, b->name_space, SLICE(EPOCH_KEY), none),
                                                 key_of(keys, b->name_space, SLICE(READY_KEY), none));
    TRY(redis_link_ask(b->link, &command, 1, &answer));
    TRY(unlink_all(b->link, a, key_of(keys, b->name_space, SLICE(SERIAL_KEY "*"), none)));
    return unlink_all(b->link, a, key_of(keys, b->name_space, SLICE(DEAL_KEY "*"), none));
}

enum err redis_registry_rebuild_begin(const struct redis_rebuild *b)
{
    struct arena a, keys = { 0 };
    TRY(arena_open(&a, SCRATCH_BYTES, SCRATCH_RESERVE));
    enum err e = arena_open(&keys, 4096, 4096);
    if (e == OK) e = drop_all(b, &keys, &a);
    arena_close(&keys);
    arena_close(&a);
    return e;
}

enum err redis_registry_rebuild_add(const struct redis_rebuild *b, struct arena *a, const struct registry_request *q,
                                    struct slice *holder)
{
    const struct redis_answer *answer;
    struct slice owner = owner_text(a, &q->claim);
    struct redis_command command =
        REDIS_COMMAND(SLICE("EVAL"), SLICE(REBUILD_SCRIPT), SLICE("1"), slot_key(a, b->name_space, q->family, q->key),
                      q->family == REGISTRY_DEAL ? SLICE("D") : SLICE("S"), value_text(a, q, owner), owner);
    *holder = (struct slice){ 0 };
    TRY(redis_link_ask(b->link, &command, 1, &answer));
    if (redis_answer_kind(answer) != REDIS_LIST) return ERR_REDIS_AWAY;
    if (q->family == REGISTRY_DEAL || !redis_answer_count(answer)) return OK;
    struct registry_claim stands = read_claim(a, redis_answer_text(redis_answer_item(answer, 0)));
    if (!slice_equal(stands.line_id, q->claim.line_id)) *holder = stands.line_id;
    return OK;
}

enum err redis_registry_rebuild_look(const struct redis_rebuild *b, struct arena *a, const struct registry_request *q,
                                     struct slice *holder)
{
    const struct redis_answer *answer;
    struct slice owner = owner_text(a, &q->claim);
    struct redis_command command =
        REDIS_COMMAND(SLICE("EVAL"), SLICE(REBUILD_SCRIPT), SLICE("1"), slot_key(a, b->name_space, q->family, q->key),
                      q->family == REGISTRY_DEAL ? SLICE("d") : SLICE("s"), value_text(a, q, owner), owner);
    *holder = (struct slice){ 0 };
    TRY(redis_link_ask(b->link, &command, 1, &answer));
    if (redis_answer_kind(answer) != REDIS_LIST) return ERR_REDIS_AWAY;
    for (unsigned i = 0; i < redis_answer_count(answer); i++) {
        struct registry_claim stands = read_claim(a, redis_answer_text(redis_answer_item(answer, i)));
        if (q->family == REGISTRY_SERIAL || slice_equal(stands.line_id, q->claim.line_id)) *holder = stands.line_id;
    }
    return OK;
}

enum err redis_registry_rebuild_finish(const struct redis_rebuild *b, instant_ms now_unix_ms)
{
    char epoch[REGISTRY_EPOCH_MAX], room[REDIS_NAMESPACE_MAX + 32];
    struct text key = text_over(room, sizeof room);
    const struct redis_answer *answer;
    name_epoch(epoch, "rebuilt", now_unix_ms);
    redis_key_begin(&key, b->name_space);
    PUT(&key, EPOCH_KEY);
    struct redis_command command = REDIS_COMMAND(SLICE("SET"), text_slice(&key), slice_from(epoch));
    TRY(redis_link_ask(b->link, &command, 1, &answer));
    return redis_answer_kind(answer) == REDIS_TEXT ? OK : ERR_REDIS_AWAY;
}
