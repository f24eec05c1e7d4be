/* tests/support/redis_server.h: a redis-server of a test's own, on a socket and a free port in a scratch folder, that
 * can be killed, stopped for a while and started again. */
#ifndef TESTS_SUPPORT_REDIS_SERVER_H
#define TESTS_SUPPORT_REDIS_SERVER_H

#include <stdbool.h>
#include <sys/types.h>

enum { REDIS_SERVER_ARGUMENTS_MAX = 16 };

struct redis_server {
    char        folder[64], socket[96], address[32];    /* address: 127.0.0.1:port */
    int         port;
    pid_t       pid;                                    /* 0: does not run */
    /* After the usual ones, until NULL; where the first begins with --tls-, it listens by TLS alone. */
    const char *arguments[REDIS_SERVER_ARGUMENTS_MAX];
};

/* False: there is no redis-server on this machine, or it does not come up. */
bool redis_server_open(struct redis_server *s, const char *const *arguments);
/* Starts it again where it was, with the data it has on disk, and waits until it answers. */
bool redis_server_start(struct redis_server *s);
void redis_server_kill(struct redis_server *s);         /* kill -9 */
void redis_server_pause(struct redis_server *s);        /* SIGSTOP */
void redis_server_resume(struct redis_server *s);
/* Sends one command, its words parted by blanks, and drops the answer. */
bool redis_server_tell(const struct redis_server *s, const char *command);
/* Kills it and removes its folder. */
void redis_server_close(struct redis_server *s);

#endif
