/* intake/service_engine.c: the posting worker's side: who may be taken, in which order, and what became of it. */
#include "intake/service_parts.h"

#include "base/assert.h"

#include <stdlib.h>
#include <time.h>

enum { HELD_LOOK_MS = 60000, LOCATION_BYTES = 64, LOOKUPS_AT_ONCE = 100, LOOKUP_AWAITED_NS = 500000 };

/* Whoever is surveyed and has nobody before him is posted; after the last document of a file the next one may begin. */
static void post_it(struct intake_service *s, struct delivery *d)
{
    d->turn.is_posting = true;
    d->post.context = d;
    d->post.request_key = d->document.is_last ? d->file.request_row : (struct slice){ 0 };
    d->post.request_content = d->file.meta.request_content;
    post_add(s->post, &d->post);
}

static void pump(struct intake_service *s, struct order *o)
{
    while (o->pending && (o->pending->turn.is_surveyed || o->pending->turn.is_posting)) {
        struct delivery *d = o->pending;
        if (!d->turn.is_posting) post_it(s, d);
        if (!d->document.is_last) return;
        o->pending = d->turn.order_next;
    }
}

/* Taking */

static void throw_away(struct intake_service *s, struct delivery *d)
{
    delivery_leave_document(d);
    if (!d->file.is_from_raw) spool_dir_remove(s->spool, d->file.name);
    delivery_finish(d);
}

/* A key that came before brings its answer back. True: that is all. */
static bool meets_its_key(struct intake_service *s, struct delivery *d)
{
    struct intake_request request;
    bool found;
    if (d->file.request_row.size == 0) return false;
    if (orders_has_key(s, d)) {
        delivery_fail(d, REPLY_IN_PROGRESS, (struct slice){ 0 });
        return true;
    }
    struct store *store = post_store(s->post, d->file.meta.submitter_id);
    if (register_get_request(store, d->file.request_row, &request, &found) != OK || !found) return false;
    if (memcmp(&request.content, &d->file.meta.request_content, sizeof request.content) != 0) {
        delivery_fail(d, REPLY_KEY_REUSED, (struct slice){ 0 });
        return true;
    }
    d->outcome.is_replay = true;
    delivery_answer(d, request.status, slice_copy(&d->arena, request.type), request.body);
    return true;
}

static void admit(struct intake_service *s, struct delivery *d)
{
    if (!post_owns(s->post, d->file.meta.submitter_id))
        delivery_fail(d, REPLY_UNAVAILABLE, SLICE("Another process takes the documents of this submitter."));
    else if (!meets_its_key(s, d)) {
        orders_add(s, d);
        orders_survey(s, d);
        return;
    }
    throw_away(s, d);
}

/* It starts over: the partitions were away meanwhile. Whoever was held is found again in the register. */
static void begin_anew(struct intake_service *s, struct delivery *d)
{
    delivery_leave_document(d);
    d->document.from = 0;
    d->outcome.document_count = 0;
    json_out_reset(&d->outcome.receipts);
    json_out_reset(&d->outcome.briefs);
    d->outcome.acknowledgement_size = 0;
    d->turn.is_surveyed = d->turn.is_posting = false;
    d->task = TASK_TAKE;
    if (!d->file.is_from_raw) { queue_put(&s->to_engine, d); return; }
    if (d->turn.asker) {
        delivery_fail(d->turn.asker, REPLY_UNAVAILABLE, (struct slice){ 0 });
        delivery_finish(d->turn.asker);
    }
    delivery_free(d);
}

/* A HELD document that cannot be read now waits on; who answered its question is told. */
static void hold_again(struct intake_service *s, struct delivery *d)
{
    struct intake_document row;
    bool found;
    delivery_leave_document(d);
    if (d->turn.asker) {
        delivery_fail(d->turn.asker, d->outcome.problem, SLICE("The document cannot be read now; it waits on."));
        delivery_finish(d->turn.asker);
    }
    enum err e = register_get_document(post_store(s->post, d->file.meta.submitter_id), d->post.id, &row, &found);
    if (e == OK && found && row.state == INTAKE_HELD) held_add(s, d->post.id, &row);
    delivery_free(d);
}

/* Documents of the reports that it met, of which it may have met a thousand; to: NULL counts them. */
static unsigned list_documents(struct intake_service *s, const struct delivery *d, uint8_t (*to)[SHA256_BYTES])
{
    unsigned count = 0;
    for (const struct met_report *m = d->reports.met; m; m = m->next) {
        struct report_found f;
        if (reopen_find(s, d->file.meta.submitter_id, &m->report, &f) != OK || f.row.document_count == 0) continue;
        if (to) memcpy(to + count, f.row.documents, f.row.document_count * sizeof *to);
        count += f.row.document_count;
    }
    return count;
}

/* Their decisions are to be known before it is posted. False: there are none. */
static bool asks_refusals(struct intake_service *s, struct delivery *d)
{
    d->reports.document_count = s->options.has_follower ? list_documents(s, d, NULL) : 0;
    if (d->reports.document_count == 0) return false;
    d->reports.documents = arena_alloc(&d->arena, d->reports.document_count * sizeof *d->reports.documents);
    (void)list_documents(s, d, d->reports.documents);
    return true;
}

static void surveyed(struct intake_service *s, struct delivery *d)
{
    if (!d->turn.has_order) { begin_anew(s, d); return; }
    struct order *o = orders_of(s, d->file.meta.submitter_id);
    if (d->outcome.problem) {
        orders_remove(s, d);
        post_forget(s->post, &d->post);
        if (d->file.is_from_raw) hold_again(s, d);
        else throw_away(s, d);
    } else if (!d->reports.knows_refusals && asks_refusals(s, d)) {
        queue_put(&s->to_follower, d);              /* it comes back as from its survey */
    } else {
        d->turn.is_surveyed = true;
    }
    pump(s, o);
}

static void take_delivery(struct intake_service *s, struct delivery *d)
{
    switch (d->task) {
    case TASK_TAKE:     admit(s, d); return;
    case TASK_SURVEYED: surveyed(s, d); return;
    case TASK_ASK:      question_look_up(s, d); return;
    case TASK_ANSWERED: break;
    }
    NEVER();
}

/* Held documents: known from the register, read again from the raw store. */

static void reported(void *context, struct slice submitter_id, struct slice report_id)
{
    (void)report_id;
    orders_of(context, submitter_id)->changes++;
    held_resume_waiting(context, submitter_id);
}

static bool outdated(void *context, const struct post_document *p)
{
    const struct delivery *d = p->context;
    return d->turn.changes != orders_of(context, d->file.meta.submitter_id)->changes;
}

static struct store *store_of_feed(void *context, struct slice submitter_id)
{
    struct post *p = ((struct intake_service *)context)->post;
    return post_store_of(p, post_partition(p, submitter_id));
}

/* Who sent nothing for longer than it usually does (surfaces.md 5). */
static void watch_feeds(struct intake_service *s)
{
    unsigned silent;
    struct feed_source from = {
        .grants = s->grants_seen, .store = store_of_feed, .context = s, .scratch = &s->scratch
    };
    if (feed_watch_step(&s->feeds, &from, s->now_unix_ms, &silent)) atomic_store(&s->feeds_silent, (int)silent);
}

static void expire_held(struct intake_service *s)
{
    if (!s->held_days_max || s->now_unix_ms - s->held_looked_at_unix_ms < HELD_LOOK_MS) return;
    s->held_looked_at_unix_ms = s->now_unix_ms;
    held_expire(s, s->held_days_max);
}

/* Ends */

static void put_location(struct delivery *d)
{
    struct text t = text_over(d->outcome.location_room, sizeof d->outcome.location_room);
    PUT(&t, "/v1/documents/");
    reply_put_id(&t, d->post.partition, d->post.id);
    d->outcome.location = text_slice(&t);
}

static void put_brief(struct json_out *out, const struct post_document *p)
{
    char room[REPLY_ID_BYTES];
    struct text id = text_over(room, sizeof room);
    reply_put_id(&id, p->partition, p->id);
    json_out_begin(out, '{');
    json_out_member(out, SLICE("id"), text_slice(&id));
    json_out_member(out, SLICE("state"), intake_state_name(p->row.state));
    json_out_end(out);
}

/* A file of very many documents is answered with ids and states: what is kept for a key must fit into a record. */
static void add_receipt(struct delivery_outcome *o, const struct post_document *p)
{
    if (o->receipts.size <= BUNDLE_BYTES_MAX)
        reply_put_receipt(&o->receipts,
                          &(struct reply_document){ .row = &p->row, .id = p->id, .partition = p->partition });
    if (o->briefs.size <= BRIEFS_BYTES_MAX) put_brief(&o->briefs, p);
}

/* 422 when everything that was sent posted nothing and was refused, 415 if that was for its format; 200 for what was
 * posted before. */
static unsigned status_of(enum intake_state state, const struct intake_document *row, unsigned count)
{
    if (state == INTAKE_REJECTED) return reply_status(count == 1 ? reply_rejection(row) : REPLY_DOCUMENT_REJECTED);
    return state == INTAKE_DUPLICATE || state == INTAKE_VALIDATED ? 200 : 202;
}

static void put_bundle(const struct delivery *d, const struct intake_document *row, unsigned count,
                       struct json_out *body)
{
    bool is_brief = d->outcome.receipts.size > BUNDLE_BYTES_MAX;
    json_out_begin(body, '{');
    json_out_member(body, SLICE("parent"), d->post.file);
    json_out_member(body, SLICE("name"), row->file_name);
    json_out_name(body, SLICE("documents"));
    json_out_begin(body, '[');
    json_out_raw(body, json_out_bytes(is_brief ? &d->outcome.briefs : &d->outcome.receipts));
    json_out_end(body);
    json_out_member_int(body, SLICE("document_count"), count);
    if (d->outcome.briefs.size > BRIEFS_BYTES_MAX) json_out_member_bool(body, SLICE("documents_truncated"), true);
    json_out_end(body);
}

static void compose(const struct delivery *d, const struct intake_document *row, unsigned count, unsigned *status,
                    struct slice *type, struct json_out *body)
{
    *status = status_of(d->outcome.state, row, count);
    *type = SLICE("application/json");
    json_out_open(body);
    if (count > 1) put_bundle(d, row, count, body);
    else if (d->outcome.state == INTAKE_REJECTED) {
        *type = SLICE("application/problem+json");
        reply_put_rejection(body, row, d->outcome.location);
    } else {
        json_out_raw(body, json_out_bytes(&d->outcome.receipts));
    }
}

/* What json_out_bytes shows again when more was written after it. */
static void cut_back(struct json_out *out, const struct json_out *before)
{
    out->size = before->size;
    out->comma[0] = before->comma[0];
}

/* The state of a file is that of its first document which was not refused and is no duplicate. */
static void take_state(struct delivery_outcome *o, enum intake_state state)
{
    if (o->document_count == 0 || o->state == INTAKE_REJECTED || o->state == INTAKE_DUPLICATE) o->state = state;
}

/* What is kept for the key of the request is what its sender is told. */
static void answer(void *context, const struct post_document *p, struct arena *a, struct intake_request *request)
{
    struct delivery *d = p->context;
    struct json_out receipts = d->outcome.receipts, briefs = d->outcome.briefs, body;
    enum intake_state before = d->outcome.state;
    (void)context;
    take_state(&d->outcome, p->row.state);
    put_location(d);
    add_receipt(&d->outcome, p);
    compose(d, &p->row, d->outcome.document_count + 1, &request->status, &request->type, &body);
    if (request->status == 413) request->status = 0;       /* what is too large is asked again each time */
    request->body = slice_copy(a, json_out_bytes(&body));
    cut_back(&d->outcome.receipts, &receipts);
    cut_back(&d->outcome.briefs, &briefs);
    d->outcome.state = before;
    json_out_close(&body);
}

static void put_acknowledgement(void *context, struct slice bytes)
{
    struct delivery_outcome *o = context;
    char *more = realloc(o->acknowledgement, o->acknowledgement_size + bytes.size + 1);
    ASSERT(more);
    memcpy(more + o->acknowledgement_size, bytes.bytes, bytes.size);
    o->acknowledgement = more;
    o->acknowledgement_size += bytes.size;
}

/* Our syntax answer, under the number that its row was given. */
static void acknowledge(struct intake_service *s, struct delivery *d)
{
    struct answer_options options = { .control_number = d->post.row.control_number, .now_unix_ms = s->now_unix_ms };
    struct answer_sink sink = { &d->outcome, put_acknowledgement };
    size_t before = d->outcome.acknowledgement_size;
    if (d->post.row.control_number == 0 || d->post.verdict != POST_BY_SURVEY
        || !intake_answer(d->post.intake, &options, &sink))
        return;
    struct slice bytes = slice_of(d->outcome.acknowledgement + before, d->outcome.acknowledgement_size - before);
    if (bytes.size == 0) return;
    enum err e =
        raw_store_put_answer(s->raw, d->post.id, bytes); /* or it is written again from the bytes when asked for */
    (void)e;
}

/* Whoever wanted a document to be discarded has what he asked for. */
static void tell_asker(struct delivery *d)
{
    struct delivery *asker = d->turn.asker;
    bool is_discarded = asker->question.asked.discards && d->post.verdict == POST_DISCARDED;
    asker->outcome.location = slice_copy(&asker->arena, d->outcome.location);
    if (is_discarded) delivery_answer(asker, 200, SLICE("application/json"), json_out_bytes(&d->outcome.receipts));
    else delivery_answer(asker, d->outcome.status == 202 ? 200 : d->outcome.status, d->outcome.type, d->outcome.body);
    asker->outcome.problem = is_discarded ? REPLY_NO_PROBLEM : d->outcome.problem;
    delivery_finish(asker);
}

static void finish(struct intake_service *s, struct delivery *d)
{
    orders_remove(s, d);
    struct json_out body;
    struct slice type;
    unsigned status;
    struct delivery_outcome *o = &d->outcome;
    compose(d, &d->post.row, o->document_count, &status, &type, &body);
    bool is_rejected = o->document_count == 1 && o->state == INTAKE_REJECTED;
    o->problem = is_rejected ? reply_rejection(&d->post.row) : REPLY_NO_PROBLEM;
    delivery_answer(d, status, type, json_out_bytes(&body));
    json_out_close(&body);
    if (d->turn.asker) tell_asker(d);
    throw_away(s, d);
}

static void ended(void *context, struct post_document *p)
{
    struct intake_service *s = context;
    struct delivery *d = p->context;
    put_location(d);
    add_receipt(&d->outcome, p);
    acknowledge(s, d);
    take_state(&d->outcome, p->row.state);
    held_drop(s, p->id);                            /* it came again while it was held */
    if (p->row.state == INTAKE_HELD) held_add(s, p->id, &p->row);
    d->outcome.document_count++;
    p->row.errors = slice_copy(&d->arena, p->row.errors);
    p->row.format = slice_copy(&d->arena, p->row.format);
    delivery_leave_document(d);
    if (d->document.is_last) {
        finish(s, d);
        return;
    }
    d->document.from = d->document.at;
    orders_survey(s, d);
}

static void again(void *context, struct post_document *p)
{
    struct intake_service *s = context;
    struct delivery *d = p->context;
    struct order *o = orders_of(s, d->file.meta.submitter_id);
    if (p->began_with.size > 0 && p->began_with.size < sizeof d->file.began_with) {
        memcpy(d->file.began_with, p->began_with.bytes, p->began_with.size);
        d->file.began_with[p->began_with.size] = 0;
        d->file.began_at = d->document.from;
    }
    p->began_with = (struct slice){ 0 };
    delivery_leave_document(d);
    o->pending = d;                                 /* those after it wait, unless they are being posted already */
    orders_survey(s, d);
}

static struct post_grant grant(void *context, struct slice source)
{
    struct intake_service *s = context;
    const struct grants *g = service_grants(s);
    const struct grant *found = grants_of_source(g, source);
    if (!found) return (struct post_grant){ 0 };
    const struct mapping_profile *p = grants_profile(g, found, (struct slice){ 0 }, instant_date(s->now_unix_ms, 0));
    return (struct post_grant){ p ? &found->submitter : NULL, p };
}

/* Lookups of surveys */

static int interchange_of(struct intake_service *s, const struct lookup *l)
{
    struct intake_key row;
    bool found;
    arena_reset(&s->scratch);
    enum err e =
        register_get_interchange(post_store(s->post, l->submitter_id),
                                 register_key(&s->scratch, l->submitter_id, l->text), s->now_unix_ms, &row, &found);
    if (e != OK || !found || memcmp(row.document_id, l->id, SHA256_BYTES) == 0) return INTERCHANGE_NEW;
    return memcmp(row.content.bytes, l->sha256, HASH128_BYTES) == 0 ? INTERCHANGE_SAME : INTERCHANGE_OTHER;
}

static bool answer_lookups(struct intake_service *s)
{
    bool any = false;
    for (struct lookup *l = s->lookups; l; l = l->next) {
        if (l->is_answered) continue;
        bool is_ours = post_owns(s->post, l->submitter_id);
        l->answer = !is_ours                   ? 0
                    : l->kind == LOOKUP_REPORT ? (int)reopen_standing(s, l->submitter_id, l->report)
                                               : interchange_of(s, l);
        l->is_answered = any = true;
    }
    if (any) pthread_cond_broadcast(&s->lookups_answered);
    return any;
}

/* A survey may ask a thousand times, each when it has heard the answer before: the next question is awaited for a
 * moment, and what is asked meanwhile does not wait for the turn of a step each. */
static void engine_answer_lookups(struct intake_service *s)
{
    unsigned left = LOOKUPS_AT_ONCE;
    struct timespec until;
    pthread_mutex_lock(&s->lookups_mutex);
    while (answer_lookups(s) && --left > 0) {
        clock_gettime(CLOCK_MONOTONIC, &until);
        until.tv_nsec += LOOKUP_AWAITED_NS;
        until.tv_sec += until.tv_nsec / 1000000000;
        until.tv_nsec %= 1000000000;
        (void)pthread_cond_clockwait(&s->lookups_asked, &s->lookups_mutex, CLOCK_MONOTONIC, &until);
    }
    pthread_mutex_unlock(&s->lookups_mutex);
}

/* Life */

struct held_walk { struct intake_service *service; struct store *store; };

static enum err hold_row(void *context, struct slice key, struct slice value)
{
    struct held_walk *walk = context;
    struct intake_document row;
    bool found;
    (void)value;
    if (key.size != SHA256_BYTES) return ERR_STATE_MALFORMED;
    TRY(register_get_document(walk->store, (const uint8_t *)key.bytes, &row, &found));
    if (found && row.state == INTAKE_HELD) held_add(walk->service, (const uint8_t *)key.bytes, &row);
    return OK;
}

static enum err find_held(struct intake_service *s, struct store *store)
{
    struct held_walk walk = { s, store };
    return store_scan(store, INTAKE_HELDS, (struct slice){ 0 }, (struct slice){ 0 }, hold_row, &walk);
}

static void take_bounds(struct intake_service *s)
{
    if (!atomic_exchange(&s->is_retuned, false)) return;
    pthread_mutex_lock(&s->bounds_mutex);
    struct service_bounds b = s->bounds;
    pthread_mutex_unlock(&s->bounds_mutex);
    s->held_days_max = b.held_days_max;
    s->held_looked_at_unix_ms = 0;
    post_retune(s->post, &(struct post_bounds){ .chunk_lines = b.chunk_lines,
                                                .lines_max = b.lines_max,
                                                .retries_max = b.retries_max,
                                                .expire_keys_max = b.expire_keys_max,
                                                .bytes_max = b.bytes_max,
                                                .schema_wait_hours = b.schema_wait_hours });
}

enum err service_engine_open(struct intake_service *s, struct source *source, struct sink *sink, struct store **stores,
                             int32_t partitions, bool writes_changelog)
{
    ASSERT(!s->post);
    struct post_options options = {
        .source = source,
        .sink = sink_watch_over(&s->watch, sink),
        .stores = stores,
        .partitions = partitions,
        .partners = s->options.partners,
        .schemas = service_grants(s)->schemas,
        .events = { .context = s,
                    .ended = ended,
                    .again = again,
                    .outdated = outdated,
                    .reported = reported,
                    .answer = answer,
                    .grant = grant },
        .writes_changelog = writes_changelog,
    };
    s->engine_thread = pthread_self();
    s->partitions = partitions;
    atomic_store(&s->partition_count, partitions);
    s->grants_seen = NULL;                          /* others may have come while no engine was there */
    TRY(post_open(&options, &s->post));
    atomic_store(&s->is_retuned, true);             /* of a new worker, too */
    take_bounds(s);
    for (int32_t k = 0; k < partitions; k++)
        if (stores[k]) TRY(find_held(s, stores[k]));
    atomic_store(&s->is_open, true);
    return OK;
}

static void show_counts(struct intake_service *s)
{
    struct post_counts c = post_counts(s->post);
    s->passed = c.passed;
    s->rejected = c.rejected;
    s->dead = c.dead;
    s->documents = c.documents;
    s->records = c.records;
    s->repeated = c.repeated;
    s->parked = c.parked;
    s->transactions = c.transactions;
    s->aborted = c.aborted;
    for (unsigned k = 0; k < INTAKE_STATE_COUNT; k++) s->ended[k] = c.ended[k];
}

enum err service_engine_step(struct intake_service *s, instant_ms now_unix_ms, bool *worked)
{
    ASSERT(s->post);
    s->now_unix_ms = now_unix_ms;
    take_bounds(s);
    engine_answer_lookups(s);
    struct delivery *d = queue_take_all(&s->to_engine);
    bool has_taken = d != NULL;
    while (d) {
        struct delivery *next = d->next;
        take_delivery(s, d);
        d = next;
    }
    const struct grants *grants = service_grants(s);
    bool are_new = grants != s->grants_seen;
    s->grants_seen = grants;
    if (are_new) post_retry_parked(s->post, &grants->schemas);
    if (are_new) held_resume_reprofiled(s);
    expire_held(s);
    watch_feeds(s);
    enum err e = post_step(s->post, now_unix_ms, worked);
    *worked |= has_taken;
    show_counts(s);
    return e;
}

/* What was on its way starts over when the partitions are here again: the registers know how far it came. */
static void requeue(struct intake_service *s)
{
    for (struct order *o = s->orders; o; o = o->next)
        while (o->first) {
            struct delivery *d = o->first;
            orders_remove(s, d);
            if (d->turn.is_surveyed) begin_anew(s, d);   /* else a survey holds it: it comes back by itself */
        }
}

void service_engine_close(struct intake_service *s)
{
    if (!s->post) return;
    atomic_store(&s->is_open, false);
    feed_watch_close(&s->feeds);
    atomic_store(&s->feeds_silent, -1);
    post_close(s->post);
    s->post = NULL;
    sink_watch_end(&s->watch);
    requeue(s);
    orders_drop(s);
    held_drop_all(s);
}
