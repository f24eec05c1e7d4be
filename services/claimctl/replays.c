/* claimctl/replays.c: `replay plan|run|status`: the documents of a time under another mapping profile, each by the
 * door's own replay (feeds.md 11), so that whatever is posted is posted once. */
#include "claimctl/command.h"
#include "claimctl/documents_page.h"
#include "claimctl/listing.h"
#include "claimctl/moment.h"
#include "claimctl/option.h"
#include "runtime/clock.h"
#include "runtime/kafka_writer.h"
#include "wire/json_text.h"

#include <stdlib.h>

enum { TARGET_BYTES = 512, AUDIT_BYTES = 4096, COUNT_BYTES = 24, REASON_MAX = 1000, DOCUMENTS_MAX = 100000 };

struct replays {
    struct broker           broker;
    struct door_client      door;
    struct documents_wanted wanted;
    struct slice            profile, since, until, reason;
    bool                    execute;
    enum listing_form       form;
    int64_t                 until_unix_ms;          /* 0: no end */
    json_t                 *kept;                   /* newest first, of a plan or a run */
    char                  **names;                  /* documents that were named, else NULL */
    int                     name_count;
    struct output           out;
    struct listing          listing;
    struct kafka_writer    *writer;                 /* of the audit, while it executes */
    unsigned                seen, changed;
    int                     code;                   /* the worst so far */
};

/* --- one document --- */

static const struct listing_field plan_fields[] = {
    { "document", LISTING_TEXT, "its id", false },
    { "name", LISTING_TEXT, "as it was sent", false },
    { "read_by", LISTING_TEXT, "the profile of its receipt", false },
    { "same", LISTING_WHOLE, "lines that say the same under both", false },
    { "replaced", LISTING_WHOLE, "lines that a REPLACE puts right", false },
    { "cancelled", LISTING_WHOLE, "lines that a CANCEL takes back", false },
    { "posted", LISTING_WHOLE, "lines that were refused and are not any more", false },
    { "kept", LISTING_WHOLE, "posted lines that the new profile would refuse: they stay", false },
    { "refused", LISTING_WHOLE, "lines that neither takes", false },
    { "corrections", LISTING_TEXT, "the document that was posted", false },
};
enum { PLAN_FIELDS = sizeof plan_fields / sizeof plan_fields[0] };

static void put_plan(struct replays *r, const json_t *document, const json_t *answer)
{
    static const char *const counts[] = { "same", "replaced", "cancelled", "posted", "kept", "refused" };
    enum { COUNTS = sizeof counts / sizeof counts[0] };
    char buffers[COUNTS][COUNT_BYTES];
    long long differs = 0;
    struct slice cells[PLAN_FIELDS] = { slice_from(door_text(document, "id")),
                                        slice_from(door_text(document, "name")),
                                        slice_from(door_text(document, "profile")) };
    for (unsigned i = 0; i < COUNTS; i++) {
        long long count = json_integer_value(json_object_get(json_object_get(answer, "lines"), counts[i]));
        snprintf(buffers[i], COUNT_BYTES, "%lld", count);
        cells[3 + i] = slice_from(buffers[i]);
        if (i >= 1 && i <= 3) differs += count;
    }
    cells[PLAN_FIELDS - 1] = slice_from(door_text(answer, "document"));
    r->changed += differs > 0;
    listing_row(&r->listing, cells);
}

static enum err audit(struct replays *r, const char *id)
{
    char buffer[AUDIT_BYTES], object[TARGET_BYTES];
    struct text t = text_over(buffer, sizeof buffer);
    struct json j = json_over(&t);
    snprintf(object, sizeof object, "/v1/documents/%s", id);
    json_open_object(&j);
    json_instant(&j, "at", clock_now_unix_ms());
    json_text(&j, "actor", r->broker.actor);
    json_text(&j, "verb", SLICE("document.replay"));
    json_text(&j, "object", slice_from(object));
    json_text(&j, "profile", r->profile);
    json_text(&j, "reason", r->reason);
    json_close_object(&j);
    return kafka_writer_send(r->writer, TOPIC_AUDIT, -1, r->broker.actor, text_slice(&t), NULL, 0);
}

static json_t *ask(struct replays *r, const char *id, const char *name)
{
    char target[TARGET_BYTES], body[TARGET_BYTES];
    struct door_answer a;
    json_error_t error;
    snprintf(target, sizeof target, "/v1/documents/%s/replays", id);
    json_t *order = json_object();
    json_object_set_new(order, "profile", json_stringn(r->profile.bytes, r->profile.size));
    if (r->execute) json_object_set_new(order, "execute", json_true());
    size_t size = json_dumpb(order, body, sizeof body, JSON_COMPACT);
    json_decref(order);
    struct door_request request = { .method = "POST", .target = target, .headers = { "Content-Type: application/json" },
                                    .body = slice_of(body, size < sizeof body ? size : 0) };
    int code = door_client_ask(&r->door, &request, &a);
    json_t *answer = code == EXIT_DONE && a.status < 300 ? json_loadb(a.body, a.size, 0, &error) : NULL;
    if (code == EXIT_DONE && !answer) code = door_client_refuse(&a, name);
    if (code != EXIT_DONE) r->code = code;
    door_answer_close(&a);
    return answer;
}

static bool replay_one(void *replays, const json_t *document)
{
    struct replays *r = replays;
    const char *id = door_text(document, "id"), *name = door_text(document, "name");
    r->seen++;
    json_t *answer = ask(r, id, name);
    if (answer) put_plan(r, document, answer);
    bool is_posted = answer && json_is_true(json_object_get(answer, "executed"));
    enum err e = is_posted ? audit(r, id) : OK;
    if (e != OK) r->code = broker_fail(&r->broker, e, "audit.v1");
    json_decref(answer);
    return r->code != EXIT_UNREACHABLE && !r->out.closed;
}

/* --- which documents --- */

static bool is_named(const struct replays *r, const json_t *document)
{
    for (int i = 0; i < r->name_count; i++)
        if (strcmp(r->names[i], door_text(document, "id")) == 0
            || strcmp(r->names[i], door_text(document, "name")) == 0)
            return true;
    return false;
}

static bool is_in_time(const struct replays *r, const json_t *document)
{
    instant_ms received = 0;
    if (!r->until_unix_ms) return true;
    return instant_parse(slice_from(door_text(document, "received_at")), &received) == OK
           && received < r->until_unix_ms;
}

/* Of no name: those that a version of the same profile read. */
static bool is_wanted(const struct replays *r, const json_t *document)
{
    const char *state = door_text(document, "state");
    bool is_ended = strcmp(state, "POSTED") == 0 || strcmp(state, "ANSWERED") == 0 || strcmp(state, "REJECTED") == 0;
    if (!is_ended || documents_page_is_correction(document) || !is_in_time(r, document)) return false;
    return r->name_count ? is_named(r, document) : documents_page_was_read_by(document, r->profile);
}

static bool keep(void *replays, const json_t *document)
{
    struct replays *r = replays;
    if (!is_wanted(r, document)) return true;
    if (json_array_size(r->kept) == DOCUMENTS_MAX) {
        r->code = command_refuse("replay", "run", "more than %d documents: name a shorter time",
                                 DOCUMENTS_MAX);
        return false;
    }
    return json_array_append_new(r->kept, json_deep_copy(document)) == 0;
}

/* In the order of receipt, since limits, tiers and lots are shared out in the order in which corrections come. */
static int walk_documents(struct replays *r)
{
    r->kept = json_array();
    int code = documents_page_visit(&r->door, &r->wanted, keep, r);
    if (code == EXIT_DONE && r->code == EXIT_DONE) documents_page_visit_backwards(r->kept, replay_one, r);
    json_decref(r->kept);
    return code;
}

/* --- the verbs --- */

static int take_words(struct replays *r, int *argc, char **argv)
{
    const struct option_slot options[] = {
        { "--profile", &r->profile, NULL }, { "--since", &r->since, NULL },    { "--until", &r->until, NULL },
        { "--reason", &r->reason, NULL },   { "--execute", NULL, &r->execute },
    };
    struct moment m;
    if (!listing_take_form(argc, argv, &r->form, NULL)) return EXIT_USAGE;
    option_take(argc, argv, options, sizeof options / sizeof options[0]);
    r->wanted.since = r->since.size ? r->since.bytes : NULL;
    if (r->wanted.since && !documents_page_since(&r->wanted))
        return command_refuse("replay", argv[1], "--since takes 3d, 2026-04-01 or an instant");
    if (r->until.size && (!moment_read(r->until, clock_now_unix_ms(), &m) || m.kind != MOMENT_INSTANT))
        return command_refuse("replay", argv[1], "--until takes 3d, 2026-04-01 or an instant");
    r->until_unix_ms = r->until.size ? m.unix_ms : 0;
    r->names = argv + 2;
    r->name_count = *argc - 2;
    return EXIT_DONE;
}

static int list(struct replays *r, const struct listing_field *fields, unsigned count,
                int (*walk)(struct replays *))
{
    r->out = output_stdout();
    r->listing = (struct listing){ .names_in_tsv = true };
    if (listing_begin(&r->listing, &r->out, fields, count, r->form)) {
        int code = walk(r);
        if (code != EXIT_DONE) r->code = code;
        listing_end_of(&r->listing, r->code == EXIT_DONE);
    }
    return output_close(&r->out) ? r->code : EXIT_FAILED;
}

static int replay(struct replays *r, int argc, char **argv, bool may_execute)
{
    int code = take_words(r, &argc, argv);
    if (code != EXIT_DONE) return code;
    if (r->execute && !may_execute) return command_refuse("replay", "plan", "a plan sends nothing: replay run does");
    if (!r->profile.size) return command_refuse("replay", argv[1], "--profile NAME@VERSION is needed");
    if (r->execute && (!r->reason.size || r->reason.size > REASON_MAX))
        return command_refuse("replay", argv[1], "--reason TEXT is needed: why, for the audit");
    if (r->execute) code = broker_may_write(&r->broker, DUTY_REPLAY);
    if (code != EXIT_DONE) return code;
    enum err e = r->execute ? kafka_writer_open(&r->broker.kafka, &r->writer) : OK;
    if (e != OK) return broker_fail(&r->broker, e, "audit.v1");
    code = list(r, plan_fields, PLAN_FIELDS, walk_documents);
    if (r->writer) e = kafka_writer_flush(r->writer, BROKER_PATIENCE_MS);
    if (r->writer) kafka_writer_close(r->writer);
    if (e != OK) code = broker_fail(&r->broker, e, "audit.v1");
    fprintf(stderr, "%u document%s read anew, %u differ%s\n", r->seen, plural(r->seen), r->changed,
            r->changed == 1 ? "s" : "");
    if (!r->execute && r->changed)
        fprintf(stderr, "a plan: nothing was sent; replay run --reason TEXT --execute does it\n");
    return code == EXIT_DONE && r->name_count && !r->seen ? EXIT_NOT_FOUND : code;
}

static const struct listing_field status_fields[] = {
    { "document", LISTING_TEXT, "the corrections: their id", false },
    { "received", LISTING_TEXT, "RFC 3339", false },
    { "state", LISTING_TEXT, "POSTED, ANSWERED, …", false },
    { "lines", LISTING_WHOLE, "CANCEL, REPLACE and new lines", false },
    { "decided", LISTING_WHOLE, "those that have an end", false },
    { "held", LISTING_WHOLE, "those that wait for a person", false },
    { "parked", LISTING_WHOLE, "those that wait for a datum", false },
    { "refused", LISTING_WHOLE, "those that a stage refused", false },
    { "corrects", LISTING_TEXT, "id of the document that they correct", false },
    { "name", LISTING_TEXT, "its name and the profile", false },
};
enum { STATUS_FIELDS = sizeof status_fields / sizeof status_fields[0] };

/* With what became of its lines, which a list does not tell. NULL: said on stderr. */
static json_t *ask_status(struct replays *r, const json_t *document)
{
    char target[TARGET_BYTES];
    struct door_answer a;
    json_error_t error;
    snprintf(target, sizeof target, "/v1/documents/%s", door_text(document, "id"));
    struct door_request request = { .method = "GET", .target = target };
    int code = door_client_ask(&r->door, &request, &a);
    json_t *status = code == EXIT_DONE && a.status == 200 ? json_loadb(a.body, a.size, 0, &error) : NULL;
    if (code == EXIT_DONE && !status) code = door_client_refuse(&a, door_text(document, "name"));
    if (code != EXIT_DONE) r->code = code;
    door_answer_close(&a);
    return status;
}

static bool visit_correction(void *replays, const json_t *document)
{
    static const char *const counts[] = { "lines", "decided", "held", "parked", "refused" };
    enum { COUNTS = sizeof counts / sizeof counts[0] };
    struct replays *r = replays;
    char buffers[COUNTS][COUNT_BYTES];
    if (!documents_page_is_correction(document) || !is_in_time(r, document)) return true;
    json_t *status = ask_status(r, document);
    if (!status) return r->code != EXIT_UNREACHABLE;
    struct slice cells[STATUS_FIELDS] = { slice_from(door_text(document, "id")),
                                          slice_from(door_text(document, "received_at")),
                                          slice_from(door_text(document, "state")) };
    for (unsigned i = 0; i < COUNTS; i++) {
        snprintf(buffers[i], COUNT_BYTES, "%lld", door_count(status, counts[i]));
        cells[3 + i] = slice_from(buffers[i]);
    }
    cells[STATUS_FIELDS - 2] = slice_from(door_text(status, "parent"));
    cells[STATUS_FIELDS - 1] = slice_from(door_text(document, "name"));
    listing_row(&r->listing, cells);
    json_decref(status);
    return !r->out.closed;
}

static int walk_corrections(struct replays *r)
{
    return documents_page_visit(&r->door, &r->wanted, visit_correction, r);
}

static struct replays state;                        /* of the command, for its verb */

static int plan(int argc, char **argv) { return replay(&state, argc, argv, false); }
static int run(int argc, char **argv) { return replay(&state, argc, argv, true); }

static int status(int argc, char **argv)
{
    int code = take_words(&state, &argc, argv);
    if (code != EXIT_DONE) return code;
    if (argc != 2) return command_refuse("replay", "status", "%s is one word too many", argv[2]);
    return list(&state, status_fields, STATUS_FIELDS, walk_corrections);
}

int claimctl_replay(int argc, char **argv)
{
    static const struct command_verb verbs[] = {
        { SLICE_INIT("plan"), plan },
        { SLICE_INIT("run"), run },
        { SLICE_INIT("status"), status },
    };
    int code = broker_open(&state.broker, &argc, argv);
    if (code == EXIT_DONE) code = door_client_open(&state.door, &state.broker.settings, &argc, argv);
    if (code == EXIT_DONE) code = command_run_verb("replay", verbs, sizeof verbs / sizeof verbs[0], argc, argv);
    broker_close(&state.broker);
    return code;
}
