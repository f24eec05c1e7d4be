/* runtime/folder.h: folders that a service needs. */
#ifndef RUNTIME_FOLDER_H
#define RUNTIME_FOLDER_H

#include "base/err.h"
#include "base/str.h"

#include <stdbool.h>

/* Makes a folder and those above it, for this user alone; one that is there is fine. ERR_FILE_UNWRITABLE,
 * ERR_STATE_FULL. */
enum err folder_make(const char *path) MUST_CHECK;

/* What errno of a call on a folder or its files means: ERR_STATE_FULL, no room; else ERR_FILE_UNWRITABLE. */
enum err folder_fault(int error);

/* True when files can be made and read there. */
bool folder_is_usable(const char *path);

/* Writes all bytes to an open file, over interruptions and part writes. False: not all of them; errno says why. */
bool folder_write(int fd, struct slice bytes) MUST_CHECK;
/* The same for whoever is handed what to write with: `fd` points to the descriptor. */
bool folder_put(void *fd, struct slice bytes) MUST_CHECK;

/* True when a process that the kernel tells of holds the lock (flock) of an open file; false in a container that does
 * not see it. */
bool folder_is_held(int fd);

/* Puts who holds the lock (flock) of an open file, as the kernel tells it: "process 812 (claim-screener)"; in a
 * container, where it does not tell, "another process". */
void folder_put_holder(struct text *t, int fd);

#endif
