/* claimctl/lists_load.h: `lists load`: new files in the place of those of a source, once they are known to be taken. */
#ifndef CLAIMCTL_LISTS_LOAD_H
#define CLAIMCTL_LISTS_LOAD_H

/* argv[0] is `lists`, argv[1] the verb. */
int lists_load(int argc, char **argv);

#endif
