/* stage/process_reference.c: the copy of partners.v1 and the reference feed of a process. */
#include "stage/process_reference.h"

#include "runtime/clock.h"
#include "runtime/folder.h"
#include "runtime/log.h"
#include "stage/kafka_reference.h"

#include <limits.h>
#include <stdio.h>

enum { SCRATCH_BYTES = 8 << 20 };

static enum err open_copy(struct process_reference *r, struct process *p, const char *service)
{
    char folder[PATH_MAX];
    bool afresh = false;
    int size = snprintf(folder, sizeof folder, "%s/%s/partners.%u", settings_path(p->settings, SETTING_STATE_DIR),
                        service, (unsigned)settings_number(p->settings, SETTING_INSTANCE));
    if (size < 0 || (size_t)size >= sizeof folder) return ERR_CONFIG_INVALID;
    struct partner_copy_options options = { .folder = folder,
                                            .cluster_id = p->cluster_id,
                                            .now_unix_ms = clock_now_unix_ms() };
    TRY(folder_make(folder));
    enum err e;
    while ((e = partner_copy_open(&options, &r->copy, &afresh)) == ERR_STATE_FULL) process_wait_for_room(p, folder);
    TRY(e);
    LOG(LOG_INFO, afresh ? "partner_copy_begun" : "partner_copy_kept", LOG_WORD("folder", folder),
        LOG_NUMBER("offset", partner_copy_offset(r->copy)));
    return OK;
}

/* The feed shows everything from the beginning each time: the copy needs no offset of its own to be complete. */
static enum err open_feed(struct process_reference *r, struct process *p, unsigned workers)
{
    struct reference_log *log = NULL;
    TRY(arena_open(&r->scratch, SCRATCH_BYTES, SCRATCH_BYTES));
    r->notes = (struct redis_profiles_notes){ .copy = r->copy, .scratch = &r->scratch };
    r->kafka = process_kafka_options(p, 0);
    TRY(kafka_reference_await(&r->kafka, PROCESS_KAFKA_WAIT_MS, &log));
    struct reference_feed_options options = {
        .log = log, .worker_count = workers, .note = redis_profiles_note, .note_context = &r->notes
    };
    return reference_feed_open(&options, &r->feed);
}

enum err process_reference_open(struct process_reference *r, struct process *p, const char *service, unsigned workers)
{
    TRY(open_copy(r, p, service));
    return open_feed(r, p, workers);
}

void process_reference_tick(struct process_reference *r, struct process *p)
{
    struct reference_progress progress = reference_feed_progress(r->feed);
    if (progress.error == OK) return;
    LOG(LOG_ERROR, "reference_feed_died", LOG_ERR(progress.error));
    process_end(p, process_exit_code_later(progress.error));
}

void process_reference_stop(struct process_reference *r)
{
    reference_feed_close(r->feed);
    r->feed = NULL;
}

void process_reference_close(struct process_reference *r)
{
    process_reference_stop(r);
    partner_copy_close(r->copy);
    arena_close(&r->scratch);
    *r = (struct process_reference){ 0 };
}
