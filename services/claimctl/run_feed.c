/* claimctl/run_feed.c: from a file to lines on their way, and what intake refused to the transcript. */
#include "claimctl/run_feed.h"

#include "base/assert.h"
#include "base/utf8.h"
#include "claimctl/command.h"
#include "claimctl/file_refusal.h"
#include "claimctl/json_node.h"
#include "claimctl/nearest.h"
#include "claimctl/run_review.h"
#include "intake/document.h"
#include "intake/json_out.h"
#include "intake/x12_sender.h"
#include "stage/embedded.h"
#include "wire/dossier_codec.h"
#include "wire/json_text.h"

#include <errno.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

enum { REFUSED_TEXT_BYTES = 1 << 20, WHY_TEXT_BYTES = 1024, DAYS_TEXT_BYTES = 24 };

static volatile sig_atomic_t stop_asked;

static void ask_to_stop(int number)
{
    (void)number;
    stop_asked = 1;
}

void run_feed_listen(void)
{
    struct sigaction action = { .sa_handler = ask_to_stop, .sa_flags = (int)SA_RESETHAND | SA_RESTART }, before;
    if (sigaction(SIGINT, NULL, &before) == 0 && before.sa_handler != SIG_IGN) sigaction(SIGINT, &action, NULL);
}

static bool is_stopped(struct run_feed *f)
{
    f->interrupted |= stop_asked != 0;
    return f->interrupted;
}

/* One document at work. */
struct job {
    struct run_feed         *feed;
    const struct run_source *source;                /* for another reading */
    uint32_t                 document;
    uint32_t                 name;                  /* ordinal of the name of the next line + 1, 0 none */
    bool                     has_reports;           /* it posted lines of a report, which others may wait for */
    struct run_held *held; /* it is read again, because its target came; NULL: for the first time */
};

/* A document with a question; waits: for its target, which is not on file yet. `entry`: where the results speak of
 * it. */
struct run_held {
    const struct run_source *source;
    uint32_t document, entry;
    bool waits, is_over;
    struct run_held *next;
};

static struct slice find_root(void *context, struct slice partner_id)
{
    struct run_engine *r = context;
    enum profile_source source;
    struct profiles *p = memory_profiles_base(r->profiles);
    const struct partner *partner = p->ops->find(p, partner_id, &source);
    return partner ? partner->root_id : (struct slice){ 0 };
}

static struct slice find_identified(void *context, struct slice type, struct slice id)
{
    struct run_engine *r = context;
    struct profiles *p = memory_profiles_base(r->profiles);
    const struct partner *partner = p->ops->find_by_identifier(p, type, id);
    return partner ? partner->partner_id : (struct slice){ 0 };
}

static bool was_posted(void *context, struct slice document_id)
{
    struct job *job = context;
    return directory_get(&job->feed->engine->posted, document_id, 0) != 0;
}

static enum interchange_standing interchange(void *context, struct slice key, const uint8_t sha256[SHA256_BYTES])
{
    struct job *job = context;
    return run_register_interchange(&job->feed->engine->reports, job->source->submitter.id, key, sha256);
}

static enum err on_undo(void *context, struct slice report_id, const struct report_ref *target, enum purpose purpose)
{
    struct job *job = context;
    job->has_reports = true;
    return run_register_undo(&job->feed->engine->reports, job->source, report_id, target, purpose);
}

static struct slice line_id_of(void *context, struct slice name)
{
    struct job *job = context;
    return run_engine_line_named(job->feed->engine, name);
}

static bool name_line(void *context, struct slice name, struct slice line_id)
{
    struct job *job = context;
    job->name = run_engine_name(job->feed->engine, name, line_id);
    return job->name != 0;
}

/* --- refused rows --- */

static void put_errors(struct json *j, const struct issues *issues)
{
    struct json_out object;
    if (issues->errors == 0) return;
    json_out_open(&object);
    json_name(j, SLICE("errors"));
    json_open_array(j);
    for (unsigned i = 0; i < issues->count; i++) {
        if (issues->items[i].severity != SEVERITY_ERROR) continue;
        json_out_reset(&object);
        issue_put_json(&object, &issues->items[i]);
        json_put_raw(j, json_out_bytes(&object));
    }
    json_close_array(j);
    json_out_close(&object);
}

static void put_reasons(struct json *j, const struct issues *issues)
{
    enum reason_code codes[ISSUES_MAX];
    unsigned count = issues_reasons(issues, codes);
    if (count == 0) return;
    json_name(j, SLICE("reasons"));
    json_open_array(j);
    for (unsigned k = 0; k < count; k++) json_put_text(j, reason_name(codes[k]));
    json_close_array(j);
}

static void put_refused(struct text *t, struct run_engine *r, uint32_t document, const struct intake_line *line)
{
    struct json j = json_over(t);
    const struct line *l = line->line;
    const struct receipt *receipt = line->receipt;
    bool has_ids = line->outcome == OUTCOME_REJECT && receipt->line_id.size;
    json_open_object(&j);
    json_text(&j, "document", r->documents[document].name);
    json_int(&j, "position", receipt->position);
    if (receipt->row) json_int(&j, "row", receipt->row);
    if (line->extension) json_text(&j, "ref", line->extension->name);
    if (l) json_text(&j, "kind", kind_name(l->kind));
    if (l) json_text(&j, "partner_id", l->partner_id);
    if (has_ids) json_text(&j, "partner_root_id", receipt->partner_root_id);
    if (has_ids) json_text(&j, "line_id", receipt->line_id);
    if (l) json_text(&j, "claim_id", l->claim_id);
    if (l) json_text(&j, "invoice_no", l->invoice_no);
    json_word(&j, "stage", VOCABULARY_STAGE, STAGE_INTAKE);
    json_word(&j, "outcome", VOCABULARY_OUTCOME, line->outcome);
    put_reasons(&j, line->issues);
    int64_t claimed;
    if (tally_claimed(l, true, &claimed)) {
        json_text(&j, "currency", l->currency);
        json_money(&j, "claimed", claimed, l->currency);
        json_money(&j, "paid", 0, l->currency);
        json_money(&j, "refused", claimed, l->currency);
    }
    put_errors(&j, line->issues);
    json_close_object(&j);
}

static void report_refused(struct job *job, const struct intake_line *line)
{
    struct run_engine *r = job->feed->engine;
    arena_reset(&r->scratch);
    struct text t = text_in(&r->scratch, REFUSED_TEXT_BYTES);
    put_refused(&t, r, job->document, line);
    ASSERT(!t.full);
    transcript_report(&r->transcript, job->document, text_slice(&t));
    r->documents[job->document].counts[line->outcome]++;
    job->feed->refused = true;
    job->feed->progress.rejected++;
}

/* --- lines --- */

/* Lines that take a place among all partners, or may give one back. */
static bool reaches_registry(const struct run_feed *f, const struct line *l)
{
    static const unsigned takes_back = KIND_BIT(KIND_CANCEL) | KIND_BIT(KIND_REPLACE) | KIND_BIT(KIND_REVERSE)
                                       | KIND_BIT(KIND_POS_RETURN);
    return l->deal || l->serials.count || (f->uses_registry && (takes_back & KIND_BIT(l->kind)));
}

/* In the registry the order of the input holds across roots, too: what another root sent before is decided first. */
static enum err keep_registry_order(struct run_feed *f, const struct intake_line *line)
{
    if (!reaches_registry(f, line->line)) return OK;
    uint64_t root = hash_short(line->receipt->partner_root_id);
    if (f->uses_registry && f->registry_root != root) TRY(embedded_run_until_idle(f->engine->engine));
    f->uses_registry = true;
    f->registry_root = root;
    return OK;
}

/* A line that does not fit into a dossier is dead, here as in the service. */
static void report_too_large(struct job *job, const struct intake_line *line)
{
    struct intake_line dead = *line;
    struct issues issues;
    issues_init(&issues, &job->feed->engine->arena, 1);
    issues_add(&issues, ISSUE_DOSSIER_TOO_LARGE);
    dead.outcome = OUTCOME_DEAD;
    dead.issues = &issues;
    report_refused(job, &dead);
}

static enum err post(struct job *job, const struct intake_line *line)
{
    struct run_engine *r = job->feed->engine;
    struct slice bytes;
    struct directory_slot called = directory_call(&r->transcript.lines, line->receipt->line_id);
    TRY(keep_registry_order(job->feed, line));
    if (line->receipt->received_at_unix_ms > embedded_now(r->engine))
        TRY(run_engine_advance(r, line->receipt->received_at_unix_ms));
    arena_reset(&r->scratch);
    if (dossier_begin(&r->scratch, line->line, line->receipt, &bytes) != OK) {
        report_too_large(job, line);
        return OK;
    }
    transcript_accept(&r->transcript, called, job->document, job->name);
    embedded_send(r->engine, TOPIC_CLAIMS_RECEIVED, line->receipt->partner_root_id, bytes);
    return OK;
}

static void tell_progress(struct run_feed *f, uint64_t position)
{
    f->progress.items = f->lines;
    f->progress.done = f->bytes_before + position;
    progress_step(&f->progress);
}

static enum err on_line(void *context, const struct intake_line *line)
{
    struct job *job = context;
    struct run_engine *r = job->feed->engine;
    r->documents[job->document].lines++;
    job->feed->lines++;
    enum err e = OK;
    if (line->outcome == OUTCOME_PASS) e = post(job, line);
    else report_refused(job, line);
    if (line->outcome == OUTCOME_PASS && line->report_id.size && !line->target_id.size) {
        enum err noted = run_register_post(&r->reports, job->source, line);
        if (e == OK) e = noted;
        job->has_reports = true;
    }
    job->name = 0;
    tell_progress(job->feed, line->receipt->position);
    return e;
}

static enum err on_object(void *context, struct slice name, struct slice json, uint32_t row, uint64_t offset)
{
    struct job *job = context;
    struct run_engine *r = job->feed->engine;
    (void)offset;
    const struct node *object = json_node_read(&r->arena, json, row);
    TRY(embedded_run_until_idle(r->engine));
    if (slice_equal(name, SLICE("review"))) return run_review_send(r, object, job->document, row);
    if (object && run_engine_apply(r, r->documents[job->document].name, object)) return OK;
    if (!object)
        fprintf(stderr,
                "error[TERMS_INVALID %d]: this record is no object of at most 32 levels and 1024 members\n  at "
                "%.*s:%u\n  correct it\n",
                ERR_TERMS_INVALID, SLICE_ARGS(r->documents[job->document].name), row);
    job->feed->refused = true;
    return OK;
}

/* --- documents --- */

/* The question of a held document, that its report was cancelled, or the first of its errors. */
static struct slice why_not_posted(struct run_engine *r, const struct intake_result *result)
{
    const struct issue *why = result->question;
    for (unsigned i = 0; !why && i < result->warnings.count; i++)
        if (result->warnings.items[i].code == ISSUE_REPORT_CANCELLED) why = &result->warnings.items[i];
    for (unsigned i = 0; !why && i < result->errors.count; i++)
        if (result->errors.items[i].severity == SEVERITY_ERROR) why = &result->errors.items[i];
    struct text t = text_in(&r->scratch, WHY_TEXT_BYTES);
    if (why) issue_put_sentence(&t, why);
    return slice_copy(&r->arena, text_slice(&t));
}

/* What became of a document as a whole, at its place: where it was taken first. */
static void report_document(struct job *job, enum document_state state, const struct issues *errors)
{
    struct run_engine *r = job->feed->engine;
    arena_reset(&r->scratch);
    struct text t = text_in(&r->scratch, REFUSED_TEXT_BYTES);
    struct json j = json_over(&t);
    json_open_object(&j);
    json_text(&j, "document", r->documents[job->document].name);
    json_text(&j, "state", document_state_name(state));
    put_errors(&j, errors);
    json_close_object(&j);
    if (job->held) transcript_report_again(&r->transcript, job->held->entry, text_slice(&t));
    else transcript_report(&r->transcript, job->document, text_slice(&t));
    job->feed->refused |= state == DOCUMENT_REJECTED;
}

static void report_unposted(struct job *job, const struct intake_result *result)
{
    struct run_engine *r = job->feed->engine;
    struct run_document *d = &r->documents[job->document];
    arena_reset(&r->scratch);
    d->state = document_state_name(result->state);
    d->why = why_not_posted(r, result);
    report_document(job, result->state, &result->errors);
}

static enum err post_all(struct job *job, struct intake *intake)
{
    struct run_engine *r = job->feed->engine;
    uint32_t lines = run_engine_batch_lines(r),
             chunk = (uint32_t)settings_number(&r->settings, SETTING_POST_CHUNK_LINES);
    for (bool done = false; !done && !is_stopped(job->feed);) {
        TRY(intake_post(intake, lines > chunk ? lines : chunk, &done));
        TRY(embedded_run_until_idle(r->engine));
    }
    return OK;
}

/* --- documents with a question --- */

static bool waits_for_target(const struct intake_result *result)
{
    return result->question && result->question->code == ISSUE_DOCUMENT_TARGET_UNKNOWN;
}

/* After its object of the results. */
static void hold(struct run_feed *f, const struct job *job, const struct intake_result *result)
{
    struct run_held *held = ARENA_NEW(&f->engine->arena, struct run_held), **at = &f->held;
    *held = (struct run_held){ .source = job->source,
                               .document = job->document,
                               .entry = f->engine->transcript.count - 1,
                               .waits = waits_for_target(result) };
    while (*at) at = &(*at)->next;
    *at = held;
}

/* Nobody answered in time (feeds.md 2): REJECTED, whatever comes later. */
static void expire(struct run_feed *f)
{
    struct run_engine *r = f->engine;
    int64_t days = settings_number(&r->settings, SETTING_HELD_DAYS_MAX);
    for (struct run_held *held = f->held; held; held = held->next) {
        if (held->is_over || embedded_now(r->engine) - held->source->job.received_at_unix_ms <= days * INSTANT_DAY_MS)
            continue;
        struct job job = { .feed = f, .source = held->source, .document = held->document, .held = held };
        struct run_document *d = &r->documents[held->document];
        struct issues errors;
        issues_init(&errors, &r->arena, 1);
        struct text said = text_in(&r->arena, DAYS_TEXT_BYTES), why = text_in(&r->arena, WHY_TEXT_BYTES);
        text_put_int(&said, days);
        issue_argument(issues_add(&errors, ISSUE_DOCUMENT_EXPIRED), SLICE("days"), text_slice(&said));
        issue_put_sentence(&why, &errors.items[0]);
        d->state = document_state_name(DOCUMENT_REJECTED);
        d->why = text_slice(&why);
        held->is_over = true;
        report_document(&job, DOCUMENT_REJECTED, &errors);
    }
}

static void close_books(struct job *job, const struct intake_result *result)
{
    struct run_engine *r = job->feed->engine;
    bool is_taken = result->state == DOCUMENT_POSTED || result->state == DOCUMENT_REJECTED;
    if (is_taken && slice_equal(result->format, SLICE("x12")))
        run_responses_add(&job->feed->responses, &r->arena, job->source, r->documents[job->document].name);
    if (!result->passed) return;
    *directory_at(&r->posted, result->document_id, NULL) = 1;
    if (result->interchange.size)
        run_register_accept(&r->reports, job->source->submitter.id, result->interchange, result->interchange_sha256);
}

/* Posted after all: its lines speak for it. */
static void forget_question(struct job *job)
{
    struct run_engine *r = job->feed->engine;
    transcript_report_again(&r->transcript, job->held->entry, (struct slice){ 0 });
    r->documents[job->document].state = r->documents[job->document].why = (struct slice){ 0 };
}

/* What no line tells: of a document of which nothing was posted, its own record does. */
static void tell_alone(const struct job *job, const struct issues *issues)
{
    struct run_engine *r = job->feed->engine;
    for (unsigned i = 0; i < issues->count; i++) {
        const struct issue *issue = &issues->items[i];
        if (!issue_stands_alone(issue)) continue;
        job->feed->untold += job->feed->is_again;
        if (job->feed->is_again) continue;
        arena_reset(&r->scratch);
        struct text t = text_in(&r->scratch, WHY_TEXT_BYTES);
        issue_put_human(&t, r->documents[job->document].name, issue);
        struct slice told = text_slice(&t);
        fprintf(stderr, "%.*s", SLICE_ARGS(told));
    }
}

static void report(struct job *job, const struct intake_result *result)
{
    tell_alone(job, &result->warnings);
    if (result->state == DOCUMENT_POSTED) tell_alone(job, &result->errors);
    job->feed->refused |= result->state == DOCUMENT_POSTED && issues_leave_out(&result->errors);
    if (result->state == DOCUMENT_POSTED && job->held) forget_question(job);
    if (result->state != DOCUMENT_POSTED) report_unposted(job, result);
    if (!job->held && result->state == DOCUMENT_HELD) hold(job->feed, job, result);
    if (!job->held) return;
    job->held->is_over = result->state != DOCUMENT_HELD;
    job->held->waits = waits_for_target(result);
}

/* Of a report that is sent again: what was decided of the line that it was before. */
static bool was_refused(void *context, struct slice line_id)
{
    const struct run_targets *t = context;
    struct disposition d;
    return run_responses_find(t->engine, &t->engine->scratch, line_id, &d) && d.outcome == OUTCOME_REJECT;
}

static enum err take_one(struct job *job, const struct intake_job *what)
{
    struct run_feed *f = job->feed;
    struct intake_events events = {
        .context = job,
        .was_posted = was_posted,
        .interchange = interchange,
        .on_line = on_line,
        .on_undo = on_undo,
        .on_object = on_object,
        .line_id_of = line_id_of,
        .name_line = name_line,
    };
    struct intake *intake;
    struct run_targets targets = { .r = &f->engine->reports, .submitter_id = what->submitter->id, .engine = f->engine };
    struct intake_targets on_file = run_register_targets(&targets);
    on_file.refused = was_refused;
    struct intake_job own = *what;
    own.targets = &on_file;
    TRY(intake_open(&intake, &own, &events));
    enum err e = post_all(job, intake);
    const struct intake_result *result = intake_result(intake);
    if (e == OK && !f->interrupted) report(job, result);
    if (e == OK) close_books(job, result);
    intake_close(intake);
    return e;
}

static enum err take_waiting(struct run_feed *f);

static enum err take_held(struct run_feed *f, struct run_held *held)
{
    struct spool file = { 0 }, document;
    struct job job = { .feed = f, .source = held->source, .document = held->document, .held = held };
    struct intake_job what = held->source->job;
    TRY(run_register_read(held->source, &file, &document));
    what.spool = &document;
    enum err e = take_one(&job, &what);
    spool_close(&file);
    return e == OK && job.has_reports ? take_waiting(f) : e;
}

/* Whoever waited for a report is taken again after the document that brought it: the original first, what undoes it
 * after. */
static enum err take_waiting(struct run_feed *f)
{
    expire(f);
    for (struct run_held *held = f->held; held; held = held->next)
        if (held->waits && !held->is_over) TRY(take_held(f, held));
    return OK;
}

static enum err take(struct run_feed *f, const struct intake_job *what, struct slice name, struct slice path,
                     const struct spool *file)
{
    struct job job = { .feed = f, .document = run_engine_document(f->engine, name) };
    job.source = run_register_keep(&f->engine->reports, what, path, file, what->spool);
    f->engine->documents[job.document].is_input = f->takes_inputs;
    TRY(take_one(&job, what));
    return job.has_reports ? take_waiting(f) : OK;
}

static struct intake_submitter submitter_of(const struct submitter *s)
{
    return (struct intake_submitter){
        .id = s->id, .partner_id = s->partner_id, .reports_for = s->reports_for, .roles = s->roles, .vendor = s->vendor,
        .operates = s->operates, .kinds = s->kinds,
    };
}

/* The profile of a name in force on the day of receipt; said on stderr when there is none. */
static const struct mapping_profile *profile_on(struct run_engine *r, struct slice name, instant_ms received)
{
    const struct mapping_profile *p = mapping_profile_find(&r->world.profiles, name, instant_date(received, 0));
    if (!p) (void)nearest_refuse_profile(&r->world.profiles, name);
    return p;
}

/* The last part of a path, as records can have it. */
static struct slice file_name(struct arena *a, struct slice path)
{
    struct text t = text_in(a, path.size + 1);
    for (size_t slash; (slash = slice_find(path, '/')) < path.size;) path = slice_skip(path, slash + 1);
    utf8_put_readable(&t, path);
    return text_slice(&t);
}

/* A profile that was named is the one; else the document's own names choose among the submitter's. */
static void choose_profile(struct run_feed *f, struct intake_job *job, const struct mapping_profile *own)
{
    struct x12_senders senders = {
        .profiles = &f->engine->world.profiles,
        .submitter = job->submitter->id,
        .own = own,
        .day = instant_date(job->received_at_unix_ms, 0),
    };
    struct x12_choice chosen = x12_sender_choose(&senders, job->spool);
    job->profile = chosen.readings.items[0].read_by;
    job->readings = chosen.readings;
    job->sender_is_refused = chosen.is_undecided;
}

/* The nth interchange of several: `name#n`. */
static struct slice numbered(struct run_feed *f, struct slice name, unsigned n)
{
    return SLICE_JOIN(&f->engine->arena, name, SLICE("#"), slice_of_int(&f->engine->arena, n));
}

/* 0 of what is no file: nobody knows then how much is to come. */
static uint64_t file_bytes(const char *path)
{
    struct stat status;
    return stat(path, &status) == 0 && S_ISREG(status.st_mode) ? (uint64_t)status.st_size : 0;
}

static int take_file(struct run_feed *f, const char *path, struct intake_job job, struct slice name,
                     bool is_profile_named)
{
    const struct mapping_profile *own = job.profile;
    struct spool spool, document, next;
    size_t at = 0;
    enum err e = spool_open_document(&spool, path);
    if (e != OK) return command_fail(e, path);
    e = run_engine_advance(f->engine, job.received_at_unix_ms);
    job.spool = &document;
    bool more = intake_document_next(&spool, &at, &next);
    for (unsigned n = 1; e == OK && more; n++) {
        document = next;
        more = intake_document_next(&spool, &at, &next);
        job.file_name = more || n > 1 ? numbered(f, name, n) : name;
        if (!is_profile_named) choose_profile(f, &job, own);
        e = take(f, &job, job.file_name, slice_from(path), &spool);
    }
    spool_close(&spool);
    f->bytes_before += file_bytes(path);
    return e == OK ? EXIT_DONE : command_fail(e, path);
}

static bool refuses_unknown_senders(const struct run_engine *r)
{
    return settings_word(&r->settings, SETTING_X12_UNKNOWN_SENDER) == 1;
}

static int take_world_document(struct run_feed *f, const struct world_document *d)
{
    struct run_engine *r = f->engine;
    const struct submitter *s = world_submitter(&r->world, d->submitter);
    ASSERT(s);                                          /* world_load checked it */
    struct intake_submitter submitter = submitter_of(s);
    struct intake_partners partners = { .context = r, .root = find_root, .identified = find_identified };
    struct intake_job job = {
        .door = DOOR_CLAIMCTL,
        .received_at_unix_ms = d->received_at_unix_ms,
        .submitter = &submitter,
        .partners = &partners,
        .profile = profile_on(r, s->profile, d->received_at_unix_ms),
        .refuses_unknown_sender = refuses_unknown_senders(r),
    };
    if (!job.profile) return EXIT_NOT_FOUND;
    return take_file(f, slice_copy(&r->arena, d->path).bytes, job, file_name(&r->arena, d->file), false);
}

static struct intake_submitter local(const struct run_engine *r)
{
    const struct submitter *granted = world_submitter(&r->world, SLICE("local"));
    if (!granted) return submitter_local();
    struct intake_submitter s = submitter_of(granted);
    s.is_local = true;
    return s;
}

static int take_input(struct run_feed *f, const char *path)
{
    struct run_engine *r = f->engine;
    const struct run_options *o = r->options;
    struct intake_submitter submitter = local(r);
    struct intake_partners partners = { .context = r, .root = find_root, .identified = find_identified };
    instant_ms now = embedded_now(r->engine);
    struct intake_job job = {
        .door = DOOR_CLAIMCTL,
        .received_at_unix_ms = now,
        .submitter = &submitter,
        .partners = &partners,
        .profile = profile_on(r, o->profile ? slice_from(o->profile) : SLICE("default"), now),
        .partner_id = slice_from(o->partner),
        .currency = slice_from(o->currency),
        .accepts_received_at = o->received_from_input,
        .refuses_unknown_sender = refuses_unknown_senders(r),
    };
    if (!job.profile) return EXIT_NOT_FOUND;
    bool is_stdin = strcmp(path, "-") == 0;
    return take_file(f, is_stdin ? "/dev/stdin" : path, job,
                     is_stdin ? SLICE("stdin") : file_name(&r->arena, slice_from(path)), o->profile != NULL);
}

int run_feed_check(const struct run_options *o)
{
    for (unsigned i = 0; i < o->input_count; i++) {
        bool is_stdin = strcmp(o->inputs[i], "-") == 0;
        int code = is_stdin ? EXIT_DONE : file_check(o->inputs[i]);
        if (code != EXIT_DONE) return code;
    }
    return EXIT_DONE;
}

static void begin_progress(struct run_feed *f)
{
    const struct run_engine *r = f->engine;
    f->progress.noun = "lines";
    for (unsigned i = 0; i < r->world.document_count; i++)
        f->progress.total += file_bytes(slice_copy(&f->engine->arena, r->world.documents[i].path).bytes);
    for (unsigned i = 0; i < r->options->input_count; i++) f->progress.total += file_bytes(r->options->inputs[i]);
    progress_begin();
}

int run_feed_all(struct run_feed *f)
{
    struct run_engine *r = f->engine;
    int code = EXIT_DONE;
    run_responses_open(&f->responses);
    enum err e = embedded_advance(r->engine, r->world.clock_unix_ms);
    if (e != OK) return command_fail(e, "clock");
    begin_progress(f);
    for (unsigned i = 0; code == EXIT_DONE && !is_stopped(f) && i < r->world.document_count; i++)
        code = take_world_document(f, &r->world.documents[i]);
    f->takes_inputs = true;
    for (unsigned i = 0; code == EXIT_DONE && !is_stopped(f) && i < r->options->input_count; i++)
        code = take_input(f, r->options->inputs[i]);
    if (code == EXIT_DONE && !is_stopped(f)) expire(f);
    if (code == EXIT_DONE && !is_stopped(f)) e = run_engine_settle(r);
    progress_end();
    if (e != OK) return command_fail(e, "lines that wait for the registry");
    if (f->untold)
        fprintf(stderr, "warnings and errors of documents that claimctl run has told, and are not told again: %u\n",
                f->untold);
    if (is_stopped(f))
        fprintf(stderr, "interrupted after %llu lines of %u documents; what became of them follows\n",
                (unsigned long long)f->lines, r->document_count);
    return code;
}
