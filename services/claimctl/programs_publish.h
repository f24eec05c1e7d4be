/* claimctl/programs_publish.h: terms, products, prices and rates on programs.v1: `programs
 * publish|retire|list|show|create`. */
#ifndef CLAIMCTL_PROGRAMS_PUBLISH_H
#define CLAIMCTL_PROGRAMS_PUBLISH_H

#include "base/arena.h"

/* As programs.h: argv[0] is `programs`, argv[1] the verb. */

/* FILE|DIR: a version without approver is a proposal; a second person publishes the same text to put it in force. Terms
 * are read as a worker will read them, against what is in force. */
int programs_publish(struct arena *a, int argc, char **argv);

/* ID [--on DATE]: the next version of a program, ENDED from that day on; under four eyes like any other. */
int programs_retire(struct arena *a, int argc, char **argv);

/* Every version on file, in force or proposed; the text of one. */
int programs_list(struct arena *a, int argc, char **argv);
int programs_show(struct arena *a, int argc, char **argv);

/* INCENTIVE ID: terms to begin with, every default filled in. */
int programs_create(struct arena *a, int argc, char **argv);

#endif
