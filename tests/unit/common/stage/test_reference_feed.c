/* How records reach every worker: all of them, in order, before anything is judged. */
#include "stage/reference_feed.h"

#include "support/test.h"
#include "wire/reference_codec.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

/* A log that shows `count` products, `at_once` a step, and was `end` long when it was opened. */
struct fake_log {
    struct reference_log base;
    atomic_uint          count, shown;
    unsigned             end, at_once, failures;
    enum err             failure;
    bool                *closed;
};

static void show_product(unsigned number, void (*visit)(void *, const struct record *), void *context)
{
    static _Thread_local struct arena a;
    if (!a.base) CHECK(arena_open(&a, 1 << 20, 1 << 20) == OK);
    arena_reset(&a);
    char sku[16];
    struct slice bytes;
    snprintf(sku, sizeof sku, "P-%u", number);
    struct product product = { .sku = slice_from(sku), .base_uom = SLICE("EA") };
    struct reference r = { .type = REFERENCE_PRODUCT, .id = product.sku, .product = &product };
    CHECK(reference_encode(&a, &r, &bytes) == OK);
    struct record record = { .topic = TOPIC_PROGRAMS, .offset = number, .key = reference_key(&a, &r), .value = bytes };
    visit(context, &record);
}

static enum err fake_step(struct reference_log *log, int max_ms, void (*visit)(void *, const struct record *),
                          void *context, bool *at_end)
{
    struct fake_log *f = (struct fake_log *)log;
    (void)max_ms;
    if (f->failures > 0) {
        f->failures--;
        return f->failure;
    }
    for (unsigned i = 0; i < f->at_once && f->shown < f->count; i++, f->shown++) show_product(f->shown, visit, context);
    *at_end = f->shown >= f->end;
    return OK;
}

static void fake_close(struct reference_log *log)
{
    struct fake_log *f = (struct fake_log *)log;
    if (f->closed) *f->closed = true;
}

static const struct reference_log_ops fake_ops = { fake_step, fake_close };

static struct reference_feed *open_feed(struct fake_log *log, unsigned workers)
{
    struct reference_feed *feed;
    log->base.ops = &fake_ops;
    struct reference_feed_options options = { .log = &log->base, .worker_count = workers };
    CHECK(reference_feed_open(&options, &feed) == OK);
    return feed;
}

static bool knows(const struct catalogue *c, unsigned number)
{
    char sku[16];
    snprintf(sku, sizeof sku, "P-%u", number);
    return catalogue_product(c, slice_from(sku)) != NULL;
}

TEST(every_worker_gets_every_record_and_is_ready_when_it_has_applied_them)
{
    struct fake_log log = { .count = 10, .end = 10, .at_once = 4 };
    struct reference_feed *feed = open_feed(&log, 2);
    struct catalogue *catalogues[2] = { catalogue_open(), catalogue_open() };
    struct reference_target targets[2] = { { .catalogue = catalogues[0] }, { .catalogue = catalogues[1] } };
    for (int i = 0; i < 3; i++) {
        CHECK(!reference_feed_is_ready(feed, 0));
        CHECK(reference_feed_step(feed, 0) == OK);
    }
    CHECK(reference_feed_progress(feed).at_end && reference_feed_progress(feed).records == 10);
    CHECK(!reference_feed_is_ready(feed, 0));
    CHECK_INT(reference_feed_drain(feed, 0, &targets[0], NULL), 10);
    CHECK(reference_feed_is_ready(feed, 0) && !reference_feed_is_ready(feed, 1));
    CHECK_INT(reference_feed_drain(feed, 1, &targets[1], NULL), 10);
    CHECK(reference_feed_is_ready(feed, 1));
    for (unsigned i = 0; i < 10; i++) CHECK(knows(catalogues[0], i) && knows(catalogues[1], i));
    reference_feed_close(feed);
    catalogue_close(catalogues[0]);
    catalogue_close(catalogues[1]);
}

TEST(an_empty_topic_is_ready_at_once_and_later_records_follow)
{
    bool closed = false;
    struct fake_log log = { .at_once = 4, .closed = &closed };
    struct reference_feed *feed = open_feed(&log, 1);
    struct catalogue *catalogue = catalogue_open();
    struct reference_target target = { .catalogue = catalogue };
    CHECK(reference_feed_step(feed, 0) == OK);
    CHECK(reference_feed_is_ready(feed, 0));
    log.count = 1;
    CHECK(reference_feed_step(feed, 0) == OK);
    CHECK(reference_feed_is_ready(feed, 0));
    CHECK_INT(reference_feed_drain(feed, 0, &target, NULL), 1);
    CHECK(knows(catalogue, 0));
    reference_feed_close(feed);
    CHECK(closed);
    catalogue_close(catalogue);
}

static enum err count_note(void *context, const struct record *record)
{
    CHECK(record->topic == TOPIC_PROGRAMS);
    atomic_fetch_add((atomic_uint *)context, 1);
    return OK;
}

struct worker { struct reference_feed *feed; unsigned index; struct catalogue *catalogue; };

static void *drain_until_ready(void *worker)
{
    struct worker *w = worker;
    struct reference_target target = { .catalogue = w->catalogue };
    while (!reference_feed_is_ready(w->feed, w->index)) reference_feed_drain(w->feed, w->index, &target, NULL);
    return NULL;
}

TEST(a_full_ring_holds_the_reader_back_and_loses_nothing)
{
    enum { RECORDS = 5 * REFERENCE_RING_RECORDS + 7, WORKERS = 3 };
    atomic_uint noted = 0;
    struct fake_log log = { .base = { &fake_ops }, .count = RECORDS, .end = RECORDS, .at_once = 300 };
    struct reference_feed_options options = {
        .log = &log.base, .worker_count = WORKERS, .note = count_note, .note_context = &noted
    };
    struct reference_feed *feed;
    CHECK(reference_feed_open(&options, &feed) == OK && reference_feed_start(feed) == OK);
    struct worker workers[WORKERS];
    pthread_t threads[WORKERS];
    for (unsigned i = 0; i < WORKERS; i++) {
        workers[i] = (struct worker){ feed, i, catalogue_open() };
        CHECK(pthread_create(&threads[i], NULL, drain_until_ready, &workers[i]) == 0);
    }
    for (unsigned i = 0; i < WORKERS; i++) pthread_join(threads[i], NULL);
    CHECK_INT(noted, RECORDS);
    for (unsigned i = 0; i < WORKERS; i++) {
        CHECK_INT(catalogue_revision(workers[i].catalogue), RECORDS);
        CHECK(knows(workers[i].catalogue, RECORDS - 1));
        catalogue_close(workers[i].catalogue);
    }
    reference_feed_close(feed);
}

struct noting { unsigned refusals, noted; enum err refusal; };

static enum err note_or_refuse(void *context, const struct record *record)
{
    struct noting *n = context;
    (void)record;
    if (n->refusals == 0) n->noted++;
    return n->refusals > 0 && n->refusals-- > 0 ? n->refusal : OK;
}

/* The profile that a worker would then find is an older one, and nobody would ever know. */
TEST(a_record_that_cannot_be_noted_comes_into_force_for_nobody)
{
    struct noting noting = { .refusals = 1, .refusal = ERR_STATE_FULL };
    struct fake_log log = { .base = { &fake_ops }, .count = 2, .end = 2, .at_once = 2 };
    struct reference_feed *feed;
    struct reference_feed_options options = {
        .log = &log.base, .worker_count = 1, .note = note_or_refuse, .note_context = &noting
    };
    CHECK(reference_feed_open(&options, &feed) == OK);
    CHECK_INT(reference_feed_step(feed, 0), OK);
    CHECK_INT(noting.noted, 2);                     /* asked until there was room */
    CHECK_INT(reference_feed_progress(feed).records, 2);
    noting = (struct noting){ .refusals = 1, .refusal = ERR_STATE_MALFORMED };
    log.count = 3;
    CHECK_INT(reference_feed_step(feed, 0), ERR_STATE_MALFORMED);
    CHECK_INT(reference_feed_progress(feed).records, 2);
    reference_feed_close(feed);
}

TEST(a_feed_closes_while_a_ring_is_full)
{
    struct fake_log log = { .count = 2 * REFERENCE_RING_RECORDS, .end = 2 * REFERENCE_RING_RECORDS, .at_once = 100 };
    struct reference_feed *feed = open_feed(&log, 1);
    CHECK(reference_feed_start(feed) == OK);
    while (log.shown < REFERENCE_RING_RECORDS) {}
    reference_feed_close(feed);
}

TEST(a_broker_that_is_away_is_asked_again_and_a_broken_one_ends_the_feed)
{
    struct fake_log away = { .count = 1, .end = 1, .at_once = 1, .failures = 1, .failure = ERR_KAFKA_UNREACHABLE };
    struct reference_feed *feed = open_feed(&away, 1);
    CHECK(reference_feed_start(feed) == OK);
    while (!reference_feed_progress(feed).at_end) {}
    CHECK_INT(reference_feed_progress(feed).error, OK);
    reference_feed_close(feed);
    struct fake_log broken = { .failures = 1, .failure = ERR_KAFKA_FENCED };
    feed = open_feed(&broken, 1);
    CHECK(reference_feed_start(feed) == OK);
    while (reference_feed_progress(feed).error == OK) {}
    CHECK_INT(reference_feed_progress(feed).error, ERR_KAFKA_FENCED);
    reference_feed_close(feed);
}
