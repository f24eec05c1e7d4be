/* runtime/notify.c: one datagram to the socket of the supervisor. */
#include "runtime/notify.h"

#include "base/str.h"

#include <stddef.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

enum { USECS_OF_HALF_A_MS = 2000 };

static bool send_to(const char *path, const char *state)
{
    struct sockaddr_un to = { .sun_family = AF_UNIX };
    size_t size = strlen(path);
    if (size >= sizeof to.sun_path || (path[0] != '/' && path[0] != '@')) return false;
    memcpy(to.sun_path, path, size);
    if (path[0] == '@') to.sun_path[0] = 0;         /* an abstract name */
    int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0) return false;
    socklen_t length = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + size);
    bool sent = sendto(fd, state, strlen(state), MSG_NOSIGNAL, (struct sockaddr *)&to, length) >= 0;
    close(fd);
    return sent;
}

bool notify_send(const char *state)
{
    const char *path = getenv("NOTIFY_SOCKET");
    return !path || !*path || send_to(path, state);
}

static bool is_for_us(void)
{
    uint64_t pid;
    const char *text = getenv("WATCHDOG_PID");
    return !text || (slice_to_uint(slice_from(text), INT32_MAX, &pid) && (pid_t)pid == getpid());
}

unsigned notify_watchdog_ms(void)
{
    uint64_t usecs;
    const char *text = getenv("WATCHDOG_USEC");
    if (!text || !slice_to_uint(slice_from(text), INT32_MAX, &usecs) || !is_for_us()) return 0;
    return usecs < USECS_OF_HALF_A_MS ? 1 : (unsigned)(usecs / USECS_OF_HALF_A_MS);
}
