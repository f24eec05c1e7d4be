/* claimctl/lines_trace.h: `lines trace`: the records of one line on its way through the topics. */
#ifndef CLAIMCTL_LINES_TRACE_H
#define CLAIMCTL_LINES_TRACE_H

/* argv[0] is `lines`, argv[1] `trace`. */
int lines_trace(int argc, char **argv);

#endif
