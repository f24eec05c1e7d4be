/* runtime/build.c: for programs that nobody told their commit; the shipped ones are linked with theirs. */
#include "runtime/build.h"

__attribute__((weak)) const char *build_commit(void)
{
    return "unknown";
}
