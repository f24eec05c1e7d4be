/* How a process ends that cannot go on. */
#include "base/assert.h"

#include "support/test.h"

#include <sys/wait.h>
#include <unistd.h>

/* Runs `breaks` in a process of its own; what it says is put into `said`. Its exit code, or -1. */
static int end_of(void (*breaks)(void), char said[512])
{
    int pipe_ends[2], status;
    CHECK_INT(pipe(pipe_ends), 0);
    pid_t child = fork();
    if (child == 0) {
        dup2(pipe_ends[1], STDERR_FILENO);
        breaks();
        _exit(0);
    }
    close(pipe_ends[1]);
    size_t size = 0;
    for (ssize_t more; (more = read(pipe_ends[0], said + size, 511 - size)) > 0; ) size += (size_t)more;
    said[size] = 0;
    close(pipe_ends[0]);
    CHECK_INT(waitpid(child, &status, 0), child);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void find_no_memory(void)
{
    char *volatile at = NULL;
    ASSERT_MEMORY(at);
}

TEST(who_finds_no_memory_says_so_and_asks_to_be_started_again)
{
    char said[512];
    CHECK_INT(end_of(find_no_memory, said), 75);
    CHECK(strncmp(said, "error[MEMORY_EXHAUSTED 6003]: no memory is left\n", 48) == 0);
}
