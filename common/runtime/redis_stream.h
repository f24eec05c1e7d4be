/* runtime/redis_stream.h: one connection to Redis that never blocks, plain or by TLS: commands go in, answers come out.
 *
 * Who waits for its socket, a thread with a deadline or a loop, is another's business (redis_link.h, redis_async.h).
 * Of hiredis only the reader of answers is used: its own sockets know no TLS in Debian 12. */
#ifndef RUNTIME_REDIS_STREAM_H
#define RUNTIME_REDIS_STREAM_H

#include "runtime/redis_address.h"
#include "runtime/redis_answer.h"
#include "runtime/redis_tls.h"

enum { REDIS_ANSWER_BYTES_MAX = 256 << 20 };

struct redis_stream;

/* Begins to connect; waits only for a resolver, where the host is a name and options->name is NULL. One that fails at
 * once is BROKEN at the first step. NULL: no memory. */
struct redis_stream *redis_stream_open(const struct redis_options *options);
/* NULL is nothing. Whoever polls its socket has stopped to. */
void redis_stream_close(struct redis_stream *s);

/* Its socket, to wait for; -1: it is BROKEN, and never had one. */
int redis_stream_fd(const struct redis_stream *s);

/* Until DONE: connected, the TLS handshake through. Signing in is a command. */
enum redis_step redis_stream_connect(struct redis_stream *s);

/* A command after those that wait to be sent. */
void redis_stream_put(struct redis_stream *s, const struct redis_command *command);
/* The command that signs in; false: the options name no password. */
bool redis_stream_put_sign_in(struct redis_stream *s, const struct redis_options *options);
/* DONE: nothing waits any more. */
enum redis_step redis_stream_send(struct redis_stream *s);
/* DONE: the next answer, which belongs to the caller (redis_answer_free). To be called until it is not: what TLS has
 * read no socket announces. */
enum redis_step redis_stream_take(struct redis_stream *s, struct redis_answer **answer);

/* Why it is BROKEN, or what it has waited for too long. */
const char *redis_stream_why(const struct redis_stream *s);
/* Somebody is there, but does not speak as it is spoken to, or is not believed, or does not believe. */
bool redis_stream_is_refused(const struct redis_stream *s);

#endif
