/* runtime/redis_name.c: one thread, and every address that it ever found: readers borrow them without a lock. */
#include "runtime/redis_name.h"

#include "base/assert.h"
#include "runtime/clock.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { HOST_BYTES = 300, SLICE_MS = 20, LEAVE_MS = 200 };

struct found { struct found *before; char address[INET6_ADDRSTRLEN + 20]; };

struct redis_name {
    char                       host[HOST_BYTES];
    pthread_t                  thread;
    _Atomic(struct found *)    latest;              /* NULL: none yet */
    atomic_bool                stops, has_ended;
};

bool redis_name_is_numeric(const char *host)
{
    struct in6_addr address;
    return inet_pton(AF_INET, host, &address) == 1 || inet_pton(AF_INET6, host, &address) == 1;
}

static void keep(struct redis_name *n, const char *address)
{
    struct found *before = atomic_load(&n->latest), *now;
    if (before && strcmp(before->address, address) == 0) return;
    if (!(now = calloc(1, sizeof *now))) return;    /* with the next lookup */
    now->before = before;
    memcpy(now->address, address, strlen(address) + 1);
    atomic_store(&n->latest, now);
}

static bool look_up(struct redis_name *n)
{
    struct addrinfo hints = { .ai_socktype = SOCK_STREAM, .ai_flags = AI_ADDRCONFIG }, *list = NULL;
    char address[INET6_ADDRSTRLEN + 20];
    if (getaddrinfo(n->host, NULL, &hints, &list) != 0) return false;
    bool found =
        list && getnameinfo(list->ai_addr, list->ai_addrlen, address, sizeof address, NULL, 0, NI_NUMERICHOST) == 0;
    freeaddrinfo(list);
    if (found) keep(n, address);
    return found;
}

static void *run(void *name)
{
    struct redis_name *n = name;
    const struct timespec slice = { .tv_nsec = SLICE_MS * 1000000 };
    while (!atomic_load(&n->stops)) {
        int64_t until_ms = clock_mono_ms() + (look_up(n) ? REDIS_NAME_REFRESH_MS : REDIS_NAME_AGAIN_MS);
        while (!atomic_load(&n->stops) && clock_mono_ms() < until_ms) nanosleep(&slice, NULL);
    }
    atomic_store(&n->has_ended, true);
    return NULL;
}

enum err redis_name_open(const char *host, struct redis_name **name)
{
    struct redis_name *n = calloc(1, sizeof *n);
    size_t size = strlen(host);
    ASSERT(size < HOST_BYTES);
    if (!n) return ERR_MEMORY_EXHAUSTED;
    memcpy(n->host, host, size + 1);
    if (pthread_create(&n->thread, NULL, run, n) == 0) {
        *name = n;
        return OK;
    }
    free(n);
    return ERR_MEMORY_EXHAUSTED;
}

void redis_name_close(struct redis_name *n)
{
    const struct timespec slice = { .tv_nsec = 1000000 };
    if (!n) return;
    atomic_store(&n->stops, true);
    for (unsigned ms = 0; ms < LEAVE_MS && !atomic_load(&n->has_ended); ms++) nanosleep(&slice, NULL);
    if (!atomic_load(&n->has_ended)) {              /* it hangs in a resolver, and ends with the process */
        pthread_detach(n->thread);
        return;
    }
    pthread_join(n->thread, NULL);
    for (struct found *f = atomic_load(&n->latest), *before; f; f = before) {
        before = f->before;
        free(f);
    }
    free(n);
}

const char *redis_name_address(const struct redis_name *n)
{
    const struct found *f = atomic_load(&n->latest);
    return f ? f->address : NULL;
}
