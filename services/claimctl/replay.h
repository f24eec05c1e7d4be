/* claimctl/replay.h: the history of an installation judged again in memory by the stages that pay, under the records on
 * file and, where they are given, other terms. Nothing is kept and nothing is sent. */
#ifndef CLAIMCTL_REPLAY_H
#define CLAIMCTL_REPLAY_H

#include "claimctl/history.h"
#include "claimctl/money_moved.h"
#include "claimctl/publish.h"
#include "claimctl/standing.h"
#include "claimctl/terms_file.h"

struct replay {
    const struct history    *history;
    const struct publish    *on_file;               /* its shelf: what is in force */
    const char              *lists;                 /* file that names the lists of names; NULL: nobody is screened */
    const struct terms_file *programs;              /* terms and rulesets put in force on top */
    unsigned                 program_count;
    struct line_end       *ends;                  /* by line: of the caller */
    /* An entry that was posted for a line. */
    void                   (*posted)(void *context, uint32_t line, const struct payout *p);
    /* Where a line stands, at each of its publications: the last one counts. May be NULL. */
    void                   (*judged)(void *context, uint32_t line, const struct standing *s);
    /* The records in force at the end. May be NULL. */
    void                   (*ended)(void *context, const struct catalogue *c);
    void                    *context;
    uint32_t                 void_count;            /* acts of people that had no effect in this run */
};

/* Runs it to its end. An exit code; errors are said on stderr. */
int replay_run(struct replay *r);

#endif
