/* claimctl/run_feed.h: documents on their way into a run: through intake's own path, in order, at their time. */
#ifndef CLAIMCTL_RUN_FEED_H
#define CLAIMCTL_RUN_FEED_H

#include "claimctl/progress.h"
#include "claimctl/run_engine.h"
#include "claimctl/run_responses.h"
#include "intake/submitter.h"

/* What a run found wrong with its documents, for the exit code. */
struct run_feed {
    struct run_engine *engine;
    uint64_t           lines;                       /* of all documents, refused and dead ones too */
    struct progress    progress;                    /* of them; done and total in bytes */
    uint64_t           bytes_before;                /* of the documents that are done */
    bool               takes_inputs;                /* the world's documents are taken */
    bool               is_again;                    /* run again for something else: documents tell nothing again */
    unsigned           untold;                      /* what they would have told */
    bool               interrupted;                 /* a person stopped it; what was taken until then is reported */
    struct run_held   *held;                        /* documents with a question, in order */
    struct run_responses responses;                 /* X12 documents whose lines were judged: each is owed an 849 */
    bool               refused;                     /* a line ended REJECT or DEAD in intake, or a document or a set of it was refused */
    uint64_t           registry_root;               /* hash of the root whose line went to the shared registry last */
    bool               uses_registry;               /* one did */
};

/* From here SIGINT ends a run at its next batch, and a second one kills it. */
void run_feed_listen(void);

/* Whether each input can be read, before a run touches anything. An exit code; what cannot is said on stderr. */
int run_feed_check(const struct run_options *o);

/* Takes the documents of the world, then the inputs. An exit code; refusals are no failures. */
int run_feed_all(struct run_feed *f);

#endif
