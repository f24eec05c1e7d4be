/* Days on which documents came, and when their submitter is silent. */
#include "intake/feed_watch.h"

#include "intake/register.h"
#include "runtime/memory_store.h"
#include "support/test.h"

enum { TODAY = 20000 };

static struct memory_store *memory;

static struct store *store_of(void *context, struct slice submitter_id)
{
    (void)context;
    return slice_equal(submitter_id, SLICE("elsewhere")) ? NULL : memory_store_base(memory);
}

static void send_on(const char *submitter, int32_t day)
{
    uint8_t id[SHA256_BYTES] = { (uint8_t)day, (uint8_t)submitter[0] };
    CHECK_INT(register_put_time(test_arena(), memory_store_base(memory), slice_from(submitter),
                                (instant_ms)day * INSTANT_DAY_MS + 5, id), OK);
}

/* Steps until a look ends; a day a minute is enough for the next to be due. */
static unsigned look_on(struct feed_watch *w, const struct feed_source *from, int32_t day)
{
    unsigned silent = 99;
    for (unsigned i = 0; i < 10; i++)
        if (feed_watch_step(w, from, (instant_ms)day * INSTANT_DAY_MS, &silent)) return silent;
    CHECK(false);
    return silent;
}

TEST(the_second_longest_gap_is_the_rhythm)
{
    static const struct { int32_t days[FEED_DAYS]; unsigned count; int32_t silent_from; } cases[] = {
        { { 100, 99, 98 }, 3, 0 },                                      /* too few */
        { { 100, 99, 98, 97 }, 4, 103 },                                /* daily */
        { { 100, 93, 86, 79, 72 }, 5, 115 },                            /* weekly */
        { { 100, 98, 61, 60 }, 4, 175 },                                /* of few the longest */
        { { 100, 99, 98, 97, 96, 93, 92, 91, 90, 89, 86 }, 11, 107 },   /* working days */
        { { 100, 99, 98, 97, 50, 49, 48 }, 7, 103 },                    /* one holiday is none */
    };
    struct grant items[] = { { .submitter.id = SLICE_INIT("north") } };
    const struct grants grants = { .items = items, .count = 1 };
    for (unsigned i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct feed_source from = { .grants = &grants, .store = store_of, .scratch = test_arena() };
        struct feed_watch w = { .at = 0 };
        int32_t silent_from = cases[i].silent_from;
        memory = memory_store_open(NULL);
        for (unsigned k = 0; k < cases[i].count; k++) send_on("north", cases[i].days[k]);
        CHECK_INT(look_on(&w, &from, silent_from ? silent_from - 1 : 900), 0);
        if (silent_from) CHECK_INT(look_on(&w, &from, silent_from), 1);
        feed_watch_close(&w);
        memory_store_close(memory);
    }
}

TEST(who_falls_silent_is_counted_until_it_sends_again)
{
    struct grant items[] = { { .submitter.id = SLICE_INIT("north") }, { .submitter.id = SLICE_INIT("weekly") },
                             { .submitter.id = SLICE_INIT("elsewhere") } };
    const struct grants grants = { .items = items, .count = 3 }, none = { .count = 0 };
    struct feed_source from = { .grants = &grants, .store = store_of, .scratch = test_arena() };
    struct feed_watch w = { .at = 0 };
    unsigned silent;
    memory = memory_store_open(NULL);
    for (int32_t day = 0; day < 8; day++) {
        send_on("north", TODAY - day);
        send_on("weekly", TODAY - 7 * day);
    }
    CHECK_INT(look_on(&w, &from, TODAY), 0);
    CHECK(!feed_watch_step(&w, &from, (instant_ms)TODAY * INSTANT_DAY_MS, &silent));     /* none is due */
    CHECK_INT(look_on(&w, &from, TODAY + 2), 0);
    CHECK_INT(look_on(&w, &from, TODAY + 3), 1);
    CHECK_INT(look_on(&w, &from, TODAY + 15), 2);
    send_on("north", TODAY + 15);
    CHECK_INT(look_on(&w, &from, TODAY + 16), 1);
    from.grants = &none;                            /* who may not send any more is not missed */
    CHECK_INT(look_on(&w, &from, TODAY + 17), 0);
    feed_watch_close(&w);
    memory_store_close(memory);
}
