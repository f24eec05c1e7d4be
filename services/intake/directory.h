/* intake/directory.h: roots and identifiers of partners from the local copy of partners.v1, asked from any thread
 * (feeds.md 2, Ownership). */
#ifndef INTAKE_DIRECTORY_H
#define INTAKE_DIRECTORY_H

#include "intake/submitter.h"
#include "runtime/partner_copy.h"

struct partner_directory;

/* The copy outlives it. NULL: no memory. */
struct partner_directory *partner_directory_open(struct partner_copy *copy);
/* Threads that asked have ended, or ask no more. */
void partner_directory_close(struct partner_directory *d);

/* It as the typing of lines asks it; any thread. */
struct intake_partners partner_directory_partners(struct partner_directory *d);

#endif
