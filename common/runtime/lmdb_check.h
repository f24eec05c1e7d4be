/* runtime/lmdb_check.h: whether the saved rows of a partition can be read, every one of them, before somebody does.
 * LMDB trusts its pages: one that was overwritten ends the process that reads it, or hides rows from it. So a child
 * reads them first, and what becomes of the child is the answer. */
#ifndef RUNTIME_LMDB_CHECK_H
#define RUNTIME_LMDB_CHECK_H

#include "base/err.h"

#include <stddef.h>

/* `path`: of an environment, also while a service uses it. ERR_STATE_MALFORMED: a page, a row or a filter is broken, or
 * rows are missing. OK also when it cannot be opened: opening it says why, and harms nobody. ERR_MEMORY_EXHAUSTED:
 * there is no room for a child, or it was ended by somebody: whoever uses up the memory is, by SIGKILL. That says
 * nothing about the rows. */
enum err lmdb_check(const char *path) MUST_CHECK;

/* The same of an environment that nobody has open, and whose folder is ours: also the pages that only a save meets,
 * those that are free and those of runs that are no more. Nothing of it is changed. */
enum err lmdb_check_own(const char *path, size_t map_bytes) MUST_CHECK;

#endif
