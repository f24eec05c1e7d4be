/* tests/support/redis_server.c: see redis_server.h. */
#include "support/redis_server.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

enum { WAIT_STEPS = 30000, WAIT_STEP_US = 10000, WORDS_MAX = 32 };

/* One that no other test of this tree was given; 0: none. */
static int free_port(void)
{
    int port = 0;
    FILE *drawn = popen("python3 tests/support/ports.py", "r");
    if (drawn && fscanf(drawn, "%d", &port) != 1) port = 0;
    if (drawn) pclose(drawn);
    return port;
}

/* One with a certificate listens by TLS alone. */
static void run(const struct redis_server *s)
{
    char port[12];
    bool by_tls = s->arguments[0] && strncmp(s->arguments[0], "--tls-", 6) == 0;
    const char *words[WORDS_MAX] = { "redis-server", "--bind", "127.0.0.1", "--unixsocket", s->socket,
                                     "--dir",        s->folder, "--save",   "",             "--daemonize",
                                     "no",           "--port",  port };
    unsigned count = 13;
    snprintf(port, sizeof port, "%d", s->port);
    if (by_tls) {
        words[12] = "0";
        words[count++] = "--tls-port";
        words[count++] = port;
    }
    for (unsigned i = 0; i < REDIS_SERVER_ARGUMENTS_MAX && s->arguments[i]; i++) words[count++] = s->arguments[i];
    int null = open("/dev/null", O_RDWR);
    dup2(null, 0);
    dup2(null, 1);
    dup2(null, 2);
    execvp(words[0], (char *const *)words);
    _exit(127);
}

/* Sends a command as text and reads the beginning of the answer. */
static bool ask(const struct redis_server *s, const char *command, char *answer, size_t room)
{
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    struct timeval patience = { 300, 0 };
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    ssize_t size = 0;
    snprintf(address.sun_path, sizeof address.sun_path, "%s", s->socket);
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    bool ok = fd >= 0 && connect(fd, (struct sockaddr *)&address, sizeof address) == 0
              && send(fd, command, strlen(command), MSG_NOSIGNAL) == (ssize_t)strlen(command)
              && send(fd, "\r\n", 2, MSG_NOSIGNAL) == 2 && (size = read(fd, answer, room - 1)) > 0;
    if (fd >= 0) close(fd);
    answer[size > 0 ? size : 0] = 0;
    return ok;
}

bool redis_server_tell(const struct redis_server *s, const char *command)
{
    char answer[256];
    return ask(s, command, answer, sizeof answer) && answer[0] != '-';
}

bool redis_server_start(struct redis_server *s)
{
    char answer[256];
    s->pid = fork();
    if (s->pid == 0) run(s);
    for (int i = 0; s->pid > 0 && i < WAIT_STEPS; i++) {
        int status;
        if (waitpid(s->pid, &status, WNOHANG) == s->pid) {
            s->pid = 0;
            return false;
        }
        bool answers = ask(s, "PING", answer, sizeof answer);
        if (answers && (strncmp(answer, "+PONG", 5) == 0 || strncmp(answer, "-NOAUTH", 7) == 0)) return true;
        usleep(WAIT_STEP_US);
    }
    return false;
}

bool redis_server_open(struct redis_server *s, const char *const *arguments)
{
    *s = (struct redis_server){ .folder = "/tmp/redis.XXXXXX", .port = free_port() };
    if (!mkdtemp(s->folder)) return false;
    snprintf(s->socket, sizeof s->socket, "%s/redis.sock", s->folder);
    snprintf(s->address, sizeof s->address, "127.0.0.1:%d", s->port);
    for (unsigned i = 0; arguments && arguments[i] && i + 1 < REDIS_SERVER_ARGUMENTS_MAX; i++)
        s->arguments[i] = arguments[i];
    return redis_server_start(s);
}

void redis_server_kill(struct redis_server *s)
{
    if (s->pid <= 0) return;
    kill(s->pid, SIGCONT);
    kill(s->pid, SIGKILL);
    waitpid(s->pid, NULL, 0);
    s->pid = 0;
}

void redis_server_pause(struct redis_server *s)
{
    kill(s->pid, SIGSTOP);
}

void redis_server_resume(struct redis_server *s)
{
    kill(s->pid, SIGCONT);
}

void redis_server_close(struct redis_server *s)
{
    char command[128];
    redis_server_kill(s);
    snprintf(command, sizeof command, "rm -rf '%s'", s->folder);
    if (system(command) != 0) perror("rm");
}
