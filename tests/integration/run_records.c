/* What a run sends on the topics that say how lines ended, record by record as `claimctl tail --json` prints them:
 * run_records OPTIONS..., those of `claimctl run`. */
#include "claimctl/record_text.h"
#include "claimctl/run_feed.h"

#include <stdio.h>

static void print(void *context, const struct record *r)
{
    struct arena *a = context;
    arena_reset(a);
    struct text t = text_in(a, 1 << 16);
    record_text_put_json(&t, a, r, 0);
    printf("%.*s\n", (int)t.size, t.bytes);
}

int main(int argc, char **argv)
{
    static const enum topic said[] = { TOPIC_CLAIMS_HELD, TOPIC_CLAIMS_DECIDED, TOPIC_PAYOUTS };
    static struct run_engine engine;
    struct run_options options;
    struct run_feed feed = { .engine = &engine };
    struct arena a;
    if (run_options_read(argc, argv, &options) != OK) return 2;
    if (arena_open(&a, 1 << 20, 64 << 20) != OK || run_engine_open(&engine, &options) != 0) return 1;
    for (unsigned i = 0; i < sizeof said / sizeof said[0]; i++) embedded_follow(engine.engine, said[i], print, &a);
    int code = run_feed_all(&feed);
    run_engine_close(&engine);
    arena_close(&a);
    return code;
}
