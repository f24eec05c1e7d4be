/* services/compliance/main.c: claim-screener, and the lists of names that its process holds for the workers. */
#include "compliance/stage.h"
#include "domain/policy.h"
#include "domain/waiting.h"
#include "runtime/clock.h"
#include "runtime/log.h"
#include "runtime/metrics.h"
#include "stage/list_watch.h"
#include "stage/seed.h"
#include "stage/stage_main.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

enum { CACHE_BYTES = 64 << 20 };

enum { LIST_ID_BYTES = METRIC_LABEL_BYTES_MAX };

/* A list in force, for its age: the poller writes, whoever shows metrics reads. An id is written once, before its
 * time. */
struct shown_list {
    char                  id[LIST_ID_BYTES];
    _Atomic int64_t       file_time_unix_ms;        /* 0: there is no such list */
    struct metric_series *age;
};

struct held {
    struct shown_list     shown[SCREEN_LISTS_MAX];
    struct list_watch    *watch;
    struct compliance_own own[LIST_WATCH_LISTENERS_MAX];
    struct arena          caches[LIST_WATCH_LISTENERS_MAX];
    struct metric_series *screened[LIST_WATCH_LISTENERS_MAX];   /* one a worker, which alone writes it */
    unsigned              cache_entries_max;
};

static void note_age(struct held *h, struct slice id, instant_ms file_time_unix_ms)
{
    for (unsigned i = 0; i < SCREEN_LISTS_MAX && id.size < LIST_ID_BYTES; i++) {
        struct shown_list *s = &h->shown[i];
        bool is_new = atomic_load(&s->file_time_unix_ms) == 0;
        if (!is_new && !slice_equal(slice_from(s->id), id)) continue;
        if (is_new) memcpy(s->id, id.bytes, id.size);
        atomic_store(&s->file_time_unix_ms, file_time_unix_ms);
        return;
    }
}

static void show(void *held)
{
    struct held *h = held;
    for (unsigned i = 0; i < SCREEN_LISTS_MAX; i++) {
        struct shown_list *s = &h->shown[i];
        int64_t at = atomic_load(&s->file_time_unix_ms), now = clock_now_unix_ms();
        if (at == 0) return;
        if (!s->age) s->age = METRIC_SERIES(METRIC_LIST_AGE_SECONDS, slice_from(s->id));
        metric_set(s->age, now > at ? (now - at) * 1000000 : 0);
    }
}

static void told(void *context, struct slice source, const struct name_list *list, struct slice refusal)
{
    if (!refusal.size && list && list->file_time_unix_ms > 0) note_age(context, source, list->file_time_unix_ms);
    unsigned entries = list ? list->entry_count : 0;
    if (refusal.size)
        LOG(LOG_ERROR, "list_refused", LOG_TEXT("list", source), LOG_TEXT("why", refusal),
            LOG_NUMBER("entries", entries));
    else LOG(LOG_INFO, "list_loaded", LOG_TEXT("list", source), LOG_NUMBER("entries", entries));
}

static enum err refuse_no_file(struct problems *problems)
{
    struct problem p = { .code = ERR_CONFIG_INVALID, .member = SLICE("screening.lists_file"),
                         .message = SLICE("screening.lists_file is not set: nobody would be screened"),
                         .fix = SLICE("name the file of the lists, or one that says `denied: none`") };
    problems_add(problems, &p);
    return ERR_CONFIG_INVALID;
}

static void close_held(void *held)
{
    struct held *h = held;
    list_watch_close(h->watch);
    for (unsigned i = 0; i < LIST_WATCH_LISTENERS_MAX; i++) arena_close(&h->caches[i]);
    free(h);
}

static enum err open_held(const struct settings *s, unsigned workers, struct problems *problems, void **held)
{
    struct policy policy;
    uint64_t seed;
    const char *file = settings_path(s, SETTING_SCREENING_LISTS_FILE);
    if (!file) return refuse_no_file(problems);
    TRY(seed_read(s, problems, &seed));
    policy_default(&policy);
    struct held *h = calloc(1, sizeof *h);
    if (!h) return ERR_MEMORY_EXHAUSTED;
    struct list_watch_options options = { .context = h,
                                          .file = file,
                                          .listeners = workers,
                                          .shrink_percent = policy.screening_shrink_refuse_percent,
                                          .told = told };
    enum err e = list_watch_open(&options, problems->arena, problems, &h->watch);
    h->cache_entries_max = (unsigned)settings_number(s, SETTING_SCREENING_CACHE_ENTRIES_MAX);
    for (unsigned i = 0; i < workers; i++)
        h->own[i] = (struct compliance_own){ .seed = seed, .ages_are_checked = true };
    if (e == OK) *held = h;
    else close_held(h);
    return e;
}

static void took(void *series, int64_t ns)
{
    metric_observe(series, ns);
}

/* Before the worker starts; the cache is made with it. */
static void *own(void *held, unsigned worker)
{
    struct held *h = held;
    bool news;
    struct compliance_own *o = &h->own[worker];
    o->lists = list_watch_take(h->watch, worker, &news);
    if (h->cache_entries_max && !o->cache && arena_open(&h->caches[worker], CACHE_BYTES, CACHE_BYTES) == OK)
        o->cache = screen_cache_open(&h->caches[worker], h->cache_entries_max);
    if (o->cache && !h->screened[worker]) h->screened[worker] = METRIC_SOLE(METRIC_SCREENING_SECONDS);
    if (o->cache) screen_cache_meter(o->cache, (struct screen_meter){ clock_mono_ns, took, h->screened[worker] });
    return o;
}

static void renew(void *held, unsigned worker, struct slice *wakes)
{
    struct held *h = held;
    bool news;
    h->own[worker].lists = list_watch_take(h->watch, worker, &news);
    if (news) *wakes = SLICE(WAIT_LIST);
}

static void poll(void *held)
{
    list_watch_poll(((struct held *)held)->watch);
}

int main(int argc, char **argv)
{
    static const struct stage_holder lists = {
        open_held, own, renew, poll, SETTING_SCREENING_POLL_MS, show, close_held
    };
    static const struct stage_service service = {
        &compliance_stage,
        "says of each line whether it is honest and may be paid; screens names against lists",
        &lists,
    };
    return stage_main(&service, argc, argv);
}
