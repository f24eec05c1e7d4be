/* tests/support/scratch.h: folders for tests, in memory where the machine has such (/dev/shm), so that syncing costs
 * nothing; SCRATCH in the environment names another place. */
#ifndef TESTS_SUPPORT_SCRATCH_H
#define TESTS_SUPPORT_SCRATCH_H

enum { SCRATCH_PATH_MAX = 64 };

/* Makes an empty folder. */
void scratch_make(char path[SCRATCH_PATH_MAX]);
/* Removes it with all that is in it. */
void scratch_remove(const char *path);

#endif
