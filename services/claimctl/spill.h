/* claimctl/spill.h: an array that grows with the lines of a run and yet takes none of its memory: beyond a little it
 * lies in a file without a name, mapped, which the system writes out when it needs the room. Where no file can be had,
 * memory serves. */
#ifndef CLAIMCTL_SPILL_H
#define CLAIMCTL_SPILL_H

#include <stdio.h>

enum { SPILL_MEMORY_BYTES = 1 << 20 };              /* up to here no file is made */

/* All zeroes: nothing yet. */
struct spill { void *at; size_t size; FILE *file; };    /* file NULL: in memory */

/* At least `size` bytes, of which those that are new are zero; they may move. */
void *spill_grow(struct spill *s, size_t size);
void spill_close(struct spill *s);

#endif
