/* base/assert.c: how a broken promise ends. */
#include "base/assert.h"

#include "base/err.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

_Noreturn void assert_failed(const char *file, int line, const char *condition)
{
    fprintf(stderr, "%s:%d: broken promise: %s\n", file, line, condition);
#if defined(__SANITIZE_ADDRESS__)
    abort(); /* sanitizer builds: a stack trace is worth more than the exit code */
#endif
    _exit(70);                                      /* surfaces.md 2.3: no destructor may touch what is broken */
}

_Noreturn void assert_memory_failed(const char *file, int line)
{
    enum err e = ERR_MEMORY_EXHAUSTED;
    fprintf(stderr, "error[%s %d]: %s\n  at %s:%d; started again, it goes on from what is committed\n", err_name(e), e,
            err_text(e), file, line);
    _exit(75);
}
