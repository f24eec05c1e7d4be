/* claimctl/progress.h: one line on stderr about work that takes its time (surfaces.md 2.2): in place on a terminal, a
 * line every ten seconds otherwise, at once on SIGUSR1; not under --quiet. */
#ifndef CLAIMCTL_PROGRESS_H
#define CLAIMCTL_PROGRESS_H

#include "base/str.h"

/* How far it is: items with their noun, what was refused of them; `done` of `total` in any unit says what is left
 * (total 0: nobody knows). */
struct progress { const char *noun; uint64_t items, rejected, done, total; };

/* From here the process is quiet about it, whatever it does. */
void progress_hush(void);

/* Begins a work: from here SIGUSR1 asks where it is. */
void progress_begin(void);

/* To be called often: prints when it is due. */
void progress_step(const struct progress *p);

/* Clears what stands on a terminal, so that the summary stands alone. */
void progress_end(void);

/* "12.4 M lines · 183 k/s · 3 rejected · ETA 00:41", after so long. */
void progress_put(struct text *t, const struct progress *p, uint64_t elapsed_ms);

#endif
