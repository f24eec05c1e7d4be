/* claimctl/run_responses.c: each document is read again, and its lines are looked up in what the run wrote down of
 * them. */
#include "claimctl/run_responses.h"

#include "base/assert.h"
#include "claimctl/output.h"
#include "claimctl/standing.h"
#include "intake/ack.h"
#include "wire/dossier_codec.h"

#include <errno.h>
#include <limits.h>
#include <sys/stat.h>

enum { LINE_BYTES = 4 << 20, LINE_RESERVE = 128 << 20 };

struct run_response {
    const struct run_source *source;
    struct slice name;
    uint32_t acknowledgement;
    unsigned before;
    struct run_response *next;
};

/* Where dispositions are looked up. */
struct looking { struct run_engine *engine; struct arena arena; };

void run_responses_open(struct run_responses *r)
{
    *r = (struct run_responses){ 0 };
    r->last = &r->first;
}

void run_responses_add(struct run_responses *r, struct arena *a, const struct run_source *source, struct slice name)
{
    struct run_response *response = ARENA_NEW(a, struct run_response);
    r->acknowledgement = ack_control_number(r->acknowledgement, source->job.received_at_unix_ms);
    *response = (struct run_response){ .source = source, .name = name, .acknowledgement = r->acknowledgement };
    for (const struct run_response *o = r->first; o; o = o->next) response->before += slice_equal(o->name, name);
    *r->last = response;
    r->last = &response->next;
}

bool run_responses_find(struct run_engine *engine, struct arena *a, struct slice line_id, struct disposition *out)
{
    struct transcript *t = &engine->transcript;
    uint32_t at = directory_get(&t->lines, line_id, UINT32_MAX);
    if (at == UINT32_MAX || t->entries[at].size == 0) return false;
    struct dossier d;
    struct standing s;
    struct slice bytes;
    arena_reset(a);
    if (transcript_read(t, &t->entries[at], a, &bytes) != OK || dossier_decode_outline(a, bytes, &d) != OK)
        return false;
    standing_read(&d, engine->catalogue, &s);
    *out =
        (struct disposition){ .outcome = s.outcome, .approved_minor = response_approved_minor(&d, d.line->currency) };
    for (unsigned k = 0; k < s.reason_count && out->reason_count < RESPONSE_CODES_MAX; k++)
        if (s.reasons[k].outcome == s.outcome) out->reasons[out->reason_count++] = s.reasons[k].code;
    return true;
}

static bool find(void *context, struct slice line_id, struct disposition *out)
{
    struct looking *l = context;
    return run_responses_find(l->engine, &l->arena, line_id, out);
}

static void put(void *context, struct slice bytes)
{
    output_put(context, bytes);
}

/* Documents of one name are numbered, from the second on: each keeps its answer. */
static bool path_of(char path[PATH_MAX], const char *folder, const struct run_response *r)
{
    char number[16] = "";
    if (r->before) snprintf(number, sizeof number, "-%u", r->before + 1);
    int size = snprintf(path, PATH_MAX, "%s/%.*s%s.849", folder, SLICE_ARGS(r->name), number);
    return size > 0 && size < PATH_MAX;
}

static enum err write_one(const struct run_response *r, struct looking *l, struct intake_job *job, const char *folder)
{
    char path[PATH_MAX];
    struct output out;
    struct dispositions decided = { l, find };
    struct response_order order = {
        .job = job,
        .decided = &decided,
        .acknowledgement = r->acknowledgement,
        .now_unix_ms = embedded_now(l->engine->engine),
    };
    struct answer_sink sink = { &out, put };
    bool is_written;
    if (!path_of(path, folder, r)) return ERR_FILE_UNWRITABLE;
    TRY(output_open(&out, path));
    enum err e = response_write(&order, &sink, &is_written);
    bool is_whole = output_close(&out);
    if (e == OK && !is_written) (void)remove(path);
    return e == OK && !is_whole ? ERR_FILE_UNWRITABLE : e;
}

static enum err answer(const struct run_response *r, struct looking *l, const char *folder)
{
    struct spool file = { 0 }, document;
    struct intake_job job = r->source->job;
    TRY(run_register_read(r->source, &file, &document));
    job.spool = &document;
    enum err e = write_one(r, l, &job, folder);
    spool_close(&file);
    return e;
}

enum err run_responses_write(const struct run_responses *r, struct run_engine *engine, const char *folder)
{
    struct looking l = { .engine = engine };
    if (mkdir(folder, 0777) != 0 && errno != EEXIST) {
        fprintf(stderr, "error[FILE_UNWRITABLE %d]: %s: %s\n", ERR_FILE_UNWRITABLE, folder, strerror(errno));
        return ERR_FILE_UNWRITABLE;
    }
    TRY(arena_open(&l.arena, LINE_BYTES, LINE_RESERVE));
    enum err e = OK;
    for (const struct run_response *one = r->first; e == OK && one; one = one->next) e = answer(one, &l, folder);
    arena_close(&l.arena);
    return e;
}
