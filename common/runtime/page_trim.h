/* runtime/page_trim.h: pages of programs and libraries that starting read, given back to the kernel. */
#ifndef RUNTIME_PAGE_TRIM_H
#define RUNTIME_PAGE_TRIM_H

#include <stddef.h>

/* Takes the pages of files that are mapped to be read or run, and that nothing was written to, out of this process.
 * They stay in the page cache, and those that are needed come back by themselves. Returns the KiB given back; 0 also
 * when the kernel does not say what is mapped. */
size_t page_trim(void);

#endif
