/* runtime/build.h: what a binary was built from. */
#ifndef RUNTIME_BUILD_H
#define RUNTIME_BUILD_H

#define BUILD_VERSION "0.1.0"

/* The commit, + after it where files differed from it; "unknown" without its repository. */
const char *build_commit(void);

#endif
