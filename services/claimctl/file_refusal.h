/* claimctl/file_refusal.h: a file or folder that the command line names and that cannot be used ends every command in
 * one way (surfaces.md 2.3): EXIT_NOT_FOUND where there is none of that name, EXIT_FAILED where it cannot be read or is
 * not what it has to be. One that a setting names, or --config, is a wrong setting: EXIT_BAD_SETTING. */
#ifndef CLAIMCTL_FILE_REFUSAL_H
#define CLAIMCTL_FILE_REFUSAL_H

#include "wire/problems.h"

/* Says that the file cannot be read, and why; `why` is an errno. */
int file_refuse(const char *path, int why);

/* EXIT_DONE when it can be opened and is no folder; else said. */
int file_check(const char *path);

/* Of what was found in files: EXIT_NOT_FOUND when nothing is wrong with them but that they are not there. */
int file_refusal_code(const struct problems *problems);

#endif
