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
    fprintf(stderr, "error[MEMORY_EXHAUSTED %d]: no memory is left\n  at %s:%d; started again, it goes on from what is "
            "committed\n", ERR_MEMORY_EXHAUSTED, file, line);
    _exit(75);
}
