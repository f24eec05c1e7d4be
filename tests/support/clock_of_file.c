/* tests/support/clock_of_file.c: the clock of the wall of the programs in build/…/tests/clock: as many milliseconds
 * from the true one as the file of TEST_CLOCK_FILE says, read again each time it is asked. Only our own question
 * is answered otherwise (the linker's --wrap), so that libraries wait and stamp by the true time. */
#include "runtime/clock.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

instant_ms __wrap_clock_now_unix_ms(void);

static long long offset_ms(void)
{
    const char *path = getenv("TEST_CLOCK_FILE");
    FILE *file = path ? fopen(path, "r") : NULL;
    long long offset = 0;
    if (!file) return 0;
    if (fscanf(file, "%lld", &offset) != 1) offset = 0;
    fclose(file);
    return offset;
}

instant_ms __wrap_clock_now_unix_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_REALTIME, &t);
    return (instant_ms)t.tv_sec * INSTANT_SECOND_MS + t.tv_nsec / 1000000 + offset_ms();
}
