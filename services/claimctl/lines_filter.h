/* claimctl/lines_filter.h: which lines `lines list` shows: of a partner, a program, a document, with a reason, received
 * since a moment. All that are given hold together. */
#ifndef CLAIMCTL_LINES_FILTER_H
#define CLAIMCTL_LINES_FILTER_H

#include "claimctl/nearest.h"
#include "claimctl/refused_line.h"
#include "claimctl/standing.h"

enum lines_filter_name { LINES_FILTER_PARTNER, LINES_FILTER_PROGRAM, LINES_FILTER_DOCUMENT, LINES_FILTER_NAMES };

struct lines_filter {
    struct slice     wanted[LINES_FILTER_NAMES];    /* as given; empty: any */
    struct slice     reason, since;
    enum reason_code reason_code;
    instant_ms       since_unix_ms;                 /* 0: any */
    bool             seen[LINES_FILTER_NAMES];      /* some line is of it, shown or not */
    struct nearest   near[LINES_FILTER_NAMES];
    unsigned         undated;                       /* refused lines whose time of receipt nobody kept */
};

/* Once the options are taken. An exit code; what cannot be used is said. */
int lines_filter_begin(struct lines_filter *f, instant_ms now_unix_ms);

/* True when the line is what was asked for. */
bool lines_filter_wants(struct lines_filter *f, const struct standing *s);
/* A line that intake refused is of no program, and of no known time. */
bool lines_filter_wants_refused(struct lines_filter *f, const struct refused_line *l, struct slice partner_id);

/* After the walk: a partner, program or document that no line has is refused with the nearest that one has. An exit
 * code. */
int lines_filter_end(const struct lines_filter *f);

#endif
