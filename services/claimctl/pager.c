/* claimctl/pager.c: a shell's command behind a pipe. */
#include "claimctl/pager.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

static struct { pid_t child; int terminal; } begun;

/* One page at a time, colours as they are, and nothing to leave when all of it fits. */
static void show(const char *command, int from)
{
    dup2(from, STDIN_FILENO);
    signal(SIGPIPE, SIG_DFL);
    setenv("LESS", "FRX", 0);
    execl("/bin/sh", "sh", "-c", command, (char *)NULL);
    _exit(127);
}

void pager_begin(const struct output *o)
{
    const char *command = getenv("PAGER");
    int ends[2];
    if (begun.child || o->file != stdout || !command || !command[0] || strcmp(command, "cat") == 0) return;
    if (!isatty(STDOUT_FILENO) || fflush(stdout) != 0 || pipe(ends) != 0) return;
    begun.terminal = dup(STDOUT_FILENO);
    begun.child = fork();
    if (begun.child == 0) {
        close(ends[1]);
        show(command, ends[0]);
    }
    if (begun.child > 0) {
        signal(SIGINT, SIG_IGN);                        /* it is the pager's, as long as there is one */
        dup2(ends[1], STDOUT_FILENO);
    } else begun.child = 0;
    close(ends[0]);
    close(ends[1]);
}

void pager_end(void)
{
    if (!begun.child) return;
    (void)fflush(stdout);                               /* whoever left it early reads no more: no failure of ours */
    dup2(begun.terminal, STDOUT_FILENO);
    close(begun.terminal);
    while (waitpid(begun.child, NULL, 0) < 0 && errno == EINTR) {
    }
    signal(SIGINT, SIG_DFL);
    begun.child = 0;
}
