/* runtime/redis_link.c: hiredis, synchronous: connect, pipeline, or be closed. */
#include "runtime/redis_link.h"

#include "base/assert.h"
#include "runtime/clock.h"
#include "runtime/redis_name.h"

#include <hiredis/hiredis.h>

#include <signal.h>
#include <stdlib.h>
#include <sys/time.h>

enum { ADDRESS_BYTES = 300, PASSWORD_BYTES = 1024, WHY_BYTES = 200 };

struct redis_link {
    char                  address[ADDRESS_BYTES], password[PASSWORD_BYTES];
    char                  host[ADDRESS_BYTES];
    int                   port;                     /* 0: host is the path of a socket */
    unsigned              timeout_ms;
    const struct redis_name *name;                  /* NULL: host is connected to as it stands */
    void                (*on_change)(void *context, bool is_away, const char *why);
    void                 *context;
    redisContext         *connection;               /* NULL: none */
    redisReply          **replies;
    unsigned              reply_count, reply_capacity;
    const char          **words;                    /* of one command, as hiredis takes them */
    size_t               *sizes;
    unsigned              word_capacity;
    uint64_t              generation;
    struct redis_breaker  breaker;
    struct redis_counts   counts;
    char                  why[WHY_BYTES];
};

/* --- addresses --- */

static bool read_port(struct slice text, int *port)
{
    uint64_t value;
    if (!slice_to_uint(text, 65535, &value) || value == 0) return false;
    *port = (int)value;
    return true;
}

static bool read_bracketed(struct slice address, struct slice *host, int *port)
{
    size_t end = slice_find(address, ']');
    if (end == address.size || end == 1) return false;
    *host = slice_head(slice_skip(address, 1), end - 1);
    struct slice rest = slice_skip(address, end + 1);
    *port = REDIS_PORT;
    return rest.size == 0 || (rest.bytes[0] == ':' && read_port(slice_skip(rest, 1), port));
}

bool redis_address_read(struct slice address, struct slice *host, int *port)
{
    if (!address.size || address.size >= ADDRESS_BYTES) return false;
    if (address.bytes[0] == '[') return read_bracketed(address, host, port);
    *host = address;
    *port = 0;
    if (address.bytes[0] == '/' || address.bytes[0] == '.') return true;        /* the path of a socket */
    size_t colon = slice_find(address, ':');
    *host = slice_head(address, colon);
    *port = REDIS_PORT;
    return host->size > 0 && (colon == address.size || read_port(slice_skip(address, colon + 1), port));
}

static bool is_named(const char *name_space)
{
    return name_space && *name_space && strcmp(name_space, "default") != 0;
}

void redis_name_of(char name[REDIS_NAMESPACE_MAX], const char *name_space, const char *cluster_id)
{
    struct text t = text_over(name, REDIS_NAMESPACE_MAX - 1);
    ASSERT(cluster_id && *cluster_id);
    if (is_named(name_space)) {
        text_put(&t, slice_from(name_space));
        PUT(&t, ":");
    }
    text_put(&t, slice_from(cluster_id));
    ASSERT(!t.full);
    name[t.size] = 0;
}

void redis_key_begin(struct text *key, const char *name_space)
{
    if (!is_named(name_space)) return;
    text_put(key, slice_from(name_space));
    PUT(key, ":");
}

/* --- answers: hiredis' own, seen through a keyhole --- */

static const redisReply *reply_of(const struct redis_answer *a)
{
    return (const redisReply *)(const void *)a;
}

enum redis_answer_kind redis_answer_kind(const struct redis_answer *a)
{
    switch (reply_of(a)->type) {
    case REDIS_REPLY_STRING: case REDIS_REPLY_STATUS: return REDIS_TEXT;
    case REDIS_REPLY_INTEGER:                         return REDIS_INTEGER;
    case REDIS_REPLY_ARRAY:                           return REDIS_LIST;
    case REDIS_REPLY_ERROR:                           return REDIS_REFUSAL;
    default:                                          return REDIS_NIL;
    }
}

struct slice redis_answer_text(const struct redis_answer *a)
{
    enum redis_answer_kind kind = redis_answer_kind(a);
    return kind == REDIS_TEXT || kind == REDIS_REFUSAL ? slice_of(reply_of(a)->str, reply_of(a)->len)
                                                       : (struct slice){ 0 };
}

int64_t redis_answer_integer(const struct redis_answer *a)
{
    return redis_answer_kind(a) == REDIS_INTEGER ? reply_of(a)->integer : 0;
}

unsigned redis_answer_count(const struct redis_answer *a)
{
    return redis_answer_kind(a) == REDIS_LIST ? (unsigned)reply_of(a)->elements : 0;
}

const struct redis_answer *redis_answer_item(const struct redis_answer *a, unsigned index)
{
    ASSERT(index < redis_answer_count(a));
    return (const struct redis_answer *)(const void *)reply_of(a)->element[index];
}

/* --- opening and closing --- */

/* hiredis writes without MSG_NOSIGNAL: a server that went away is an error, not the end of the process. */
static void ignore_broken_pipes(void)
{
    struct sigaction now;
    if (sigaction(SIGPIPE, NULL, &now) == 0 && now.sa_handler == SIG_DFL) signal(SIGPIPE, SIG_IGN);
}

enum err redis_link_open(const struct redis_options *options, struct redis_link **link)
{
    struct slice address = slice_from(options->address), host;
    int port;
    if (!redis_address_read(address, &host, &port)) return ERR_CONFIG_INVALID;
    if (slice_from(options->password).size >= PASSWORD_BYTES) return ERR_CONFIG_INVALID;
    struct redis_link *l = calloc(1, sizeof *l);
    if (!l) return ERR_MEMORY_EXHAUSTED;
    ignore_broken_pipes();
    memcpy(l->address, address.bytes, address.size);
    memcpy(l->host, host.bytes, host.size);
    if (options->password) memcpy(l->password, options->password, strlen(options->password));
    l->port = port;
    l->timeout_ms = options->timeout_ms ? options->timeout_ms : REDIS_TIMEOUT_MS;
    l->name = options->name;
    l->on_change = options->on_change;
    l->context = options->context;
    *link = l;
    return OK;
}

static void drop_replies(struct redis_link *l)
{
    for (unsigned i = 0; i < l->reply_count; i++) freeReplyObject(l->replies[i]);
    l->reply_count = 0;
}

static void drop_connection(struct redis_link *l)
{
    if (l->connection) redisFree(l->connection);
    l->connection = NULL;
}

void redis_link_close(struct redis_link *l)
{
    if (!l) return;
    drop_replies(l);
    drop_connection(l);
    free(l->replies);
    free(l->words);
    free(l->sizes);
    free(l);
}

/* --- one pipeline --- */

static enum err fail(struct redis_link *l, const char *why)
{
    snprintf(l->why, sizeof l->why, "%s", why && *why ? why : "the connection was closed");
    drop_replies(l);
    drop_connection(l);                             /* it may still owe answers: nobody asks it again */
    l->counts.failures++;
    if (redis_breaker_fail(&l->breaker, clock_mono_ms()) && l->on_change) l->on_change(l->context, true, l->why);
    return ERR_REDIS_AWAY;
}

static bool authenticate(struct redis_link *l)
{
    redisReply *reply = redisCommand(l->connection, "AUTH %s", l->password);
    bool accepted = reply && reply->type == REDIS_REPLY_STATUS;
    if (reply && !accepted) snprintf(l->why, sizeof l->why, "%s", reply->str);
    else if (!accepted) snprintf(l->why, sizeof l->why, "%s", l->connection->errstr);
    if (reply) freeReplyObject(reply);
    return accepted;
}

static enum err connect_to(struct redis_link *l)
{
    struct timeval timeout = { l->timeout_ms / 1000, (suseconds_t)(l->timeout_ms % 1000) * 1000 };
    const char *host = l->name ? redis_name_address(l->name) : l->host;
    if (!host) return fail(l, "the name of its host is not found");
    l->connection =
        l->port ? redisConnectWithTimeout(host, l->port, timeout) : redisConnectUnixWithTimeout(host, timeout);
    if (!l->connection) return fail(l, "no memory for a connection");
    if (l->connection->err) return fail(l, l->connection->errstr);
    if (redisSetTimeout(l->connection, timeout) != REDIS_OK) return fail(l, l->connection->errstr);
    if (l->port) redisEnableKeepAlive(l->connection);
    if (l->password[0] && !authenticate(l)) {
        char why[WHY_BYTES];
        memcpy(why, l->why, sizeof why);
        return fail(l, why);
    }
    l->generation++;
    l->counts.connections++;
    return OK;
}

static void make_room(struct redis_link *l, unsigned replies, unsigned words)
{
    if (replies > l->reply_capacity) {
        l->replies = reallocarray(l->replies, replies, sizeof(void *));
        l->reply_capacity = replies;
    }
    if (words > l->word_capacity) {
        l->words = reallocarray(l->words, words, sizeof(char *));
        l->sizes = reallocarray(l->sizes, words, sizeof *l->sizes);
        l->word_capacity = words;
    }
    ASSERT(l->replies && (words == 0 || (l->words && l->sizes)));
}

static bool append(struct redis_link *l, const struct redis_command *c)
{
    ASSERT(c->count > 0);
    for (unsigned i = 0; i < c->count; i++) {
        l->words[i] = c->words[i].bytes ? c->words[i].bytes : "";
        l->sizes[i] = c->words[i].size;
    }
    return redisAppendCommandArgv(l->connection, (int)c->count, l->words, l->sizes) == REDIS_OK;
}

/* Refusals of the server, not of the command: it cannot serve now. */
static bool says_away(const redisReply *r)
{
    static const struct slice words[] = { SLICE_INIT("LOADING"),   SLICE_INIT("READONLY"), SLICE_INIT("MASTERDOWN"),
                                          SLICE_INIT("NOAUTH"),    SLICE_INIT("MISCONF"),  SLICE_INIT("BUSY "),
                                          SLICE_INIT("NOREPLICAS") };
    if (r->type != REDIS_REPLY_ERROR) return false;
    for (unsigned i = 0; i < sizeof words / sizeof words[0]; i++)
        if (slice_starts_with(slice_of(r->str, r->len), words[i])) return true;
    return false;
}

/* One answer. A server that sends a byte now and then does not hold the batch longer than one that sends none. */
static enum err take_reply(struct redis_link *l, int64_t deadline_ms)
{
    void *reply = NULL;
    if (redisGetReply(l->connection, &reply) != REDIS_OK || !reply) return fail(l, l->connection->errstr);
    l->replies[l->reply_count++] = reply;
    if (says_away(reply)) {
        char why[WHY_BYTES];
        snprintf(why, sizeof why, "%s", ((redisReply *)reply)->str);
        return fail(l, why);
    }
    return clock_mono_ms() > deadline_ms ? fail(l, "the answer takes too long") : OK;
}

static unsigned most_words(const struct redis_command *commands, unsigned count)
{
    unsigned most = 0;
    for (unsigned i = 0; i < count; i++)
        if (commands[i].count > most) most = commands[i].count;
    return most;
}

static enum err exchange(struct redis_link *l, const struct redis_command *commands, unsigned count)
{
    int64_t deadline_ms = clock_mono_ms() + l->timeout_ms + 1;
    for (unsigned i = 0; i < count; i++)
        if (!append(l, &commands[i])) return fail(l, l->connection->errstr);
    for (unsigned i = 0; i < count; i++) TRY(take_reply(l, deadline_ms));
    return OK;
}

enum err redis_link_ask(struct redis_link *l, const struct redis_command *commands, unsigned count,
                        const struct redis_answer **answers)
{
    drop_replies(l);
    if (!redis_breaker_allows(&l->breaker, clock_mono_ms())) return ERR_REDIS_AWAY;
    make_room(l, count, most_words(commands, count));
    l->counts.pipelines++;
    l->counts.commands += count;
    if (!l->connection) TRY(connect_to(l));
    TRY(exchange(l, commands, count));
    ASSERT(l->reply_count == count);
    for (unsigned i = 0; i < count; i++) answers[i] = (const struct redis_answer *)(const void *)l->replies[i];
    if (redis_breaker_succeed(&l->breaker) && l->on_change) l->on_change(l->context, false, "");
    return OK;
}

uint64_t redis_link_generation(const struct redis_link *l)
{
    return l->generation;
}

bool redis_link_is_away(const struct redis_link *l)
{
    return l->breaker.is_open;
}

struct redis_counts redis_link_counts(const struct redis_link *l)
{
    return l->counts;
}
