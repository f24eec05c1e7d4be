/* claimctl/load.c: `load`: a world's records to Kafka, as approved, and on request its documents through intake's door,
 * in order and at their time of receipt (first-hour.md 5, 6). */
#include "claimctl/command.h"
#include "claimctl/file_refusal.h"
#include "claimctl/http_client.h"
#include "claimctl/json_node.h"
#include "claimctl/option.h"
#include "claimctl/patience.h"
#include "claimctl/publish.h"
#include "claimctl/run_options.h"
#include "claimctl/terms_file.h"
#include "domain/actor.h"
#include "runtime/clock.h"

#include <time.h>

enum {
    WORLD_ARENA_BYTES = 512 << 20,
    NAME_BYTES = 128,
    TARGET_BYTES = 4096,
    TOKEN_BYTES_MAX = 4096,
    PATIENCE_MS = 120000
};
#define ANSWER_ARENA_BYTES ((size_t)1 << 30)         /* of address space: a document and its answer */

struct load {
    struct broker    broker;
    struct publish   publish;
    struct output    out;
    struct arena     arena;
    struct problems  problems;
    struct world     world;
    struct slice     door, token_file;              /* of the command line */
    struct arena     answers;
    struct slice     reason;
    bool             sends_documents, waits, executes;
    unsigned         refused;
    struct slice    *posted;                        /* ids of documents whose lines are on their way */
    unsigned         posted_count;
};

static int refuse_world(struct load *l)
{
    return terms_file_complain(&l->arena, &l->problems);
}

/* The world must hold together before any of it is sent. */
static int read_world(struct load *l, const char *folder, struct reference_drafts *drafts)
{
    struct catalogue *c = catalogue_open();
    if (!c) return broker_fail(&l->broker, ERR_MEMORY_EXHAUSTED, "catalogue");
    enum err e = world_load(&l->arena, slice_from(folder), c, &l->world, &l->problems);
    catalogue_close(c);
    if (e != OK) return refuse_world(l);
    terms_file_warn(&l->world.doubts);
    return reference_draft_read_world(drafts, &l->world, &l->problems) ? EXIT_DONE : refuse_world(l);
}

/* Whoever says that a folder is a world says that it was approved. */
static void approve(struct load *l, const char *folder)
{
    struct slice name = slice_from(folder);
    while (name.size > 1 && name.bytes[name.size - 1] == '/') name.size--;
    for (size_t i = name.size; i > 0; i--)
        if (name.bytes[i - 1] == '/') {
            name = slice_skip(name, i);
            break;
        }
    struct text t = text_in(&l->arena, NAME_BYTES);
    PUT(&t, "world:");
    text_put(&t, slice_head(name, NAME_BYTES / 2));
    l->publish.who.approver_id = actor_is_named(text_slice(&t)) ? text_slice(&t) : SLICE("world");
}

/* --- documents --- */

static int read_token(struct load *l, struct slice *token)
{
    *token = (struct slice){ 0 };
    if (!l->token_file.size) return EXIT_DONE;
    if (world_read_file(&l->arena, l->token_file, TOKEN_BYTES_MAX, token, &l->problems) != OK) return refuse_world(l);
    while (token->size && strchr("\r\n ", token->bytes[token->size - 1])) token->size--;
    return EXIT_DONE;
}

static struct slice target_of(struct load *l, const struct world_document *d)
{
    struct text t = text_in(&l->answers, TARGET_BYTES);
    const struct submitter *s = world_submitter(&l->world, d->submitter);
    struct slice name = d->file;
    char received[32];
    struct text at = text_over(received, sizeof received);
    for (size_t i = name.size; i > 0; i--)
        if (name.bytes[i - 1] == '/') {
            name = slice_skip(name, i);
            break;
        }
    instant_put(&at, d->received_at_unix_ms);
    const struct { const char *parameter; struct slice value;
    } parts[] = {
        { "/v1/documents?name=", name },
        { "&received_at=", text_slice(&at) },
        { "&profile=", s->profile },
        { "&partner=", s->partner_id },
    };
    for (unsigned i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        if (!parts[i].value.size) continue;
        text_put(&t, slice_from(parts[i].parameter));
        http_client_put_encoded(&t, parts[i].value);
    }
    return text_slice(&t);
}

/* 202 and 200: posted, now or before; 422, 415 and 413: nothing of it was posted, which a world may mean. Anything
 * else ends the load. */
static int tell_document(struct load *l, const struct world_document *d, const struct http_client_answer *answer)
{
    const struct node *receipt = json_node_read(&l->answers, answer->body, 1),
                      *counts = node_find(receipt, SLICE("counts"));
    struct slice state = node_text(receipt, "state"), detail = node_text(receipt, "detail");
    bool is_refused = answer->status == 422 || answer->status == 415 || answer->status == 413;
    bool taken = answer->status == 202 || answer->status == 200 || is_refused;
    l->refused += is_refused;
    if (slice_equal(state, SLICE("POSTED")))
        l->posted[l->posted_count++] = slice_copy(&l->arena, node_text(receipt, "id"));
    output_print(&l->out, "%.*s\t%.*s", SLICE_ARGS(d->file), SLICE_ARGS(state.size ? state : SLICE("-")));
    struct slice lines = node_text(counts, "lines");
    if (counts)
        output_print(&l->out, "\t%.*s line%s, %.*s passed", SLICE_ARGS(lines),
                     slice_equal(lines, SLICE("1")) ? "" : "s", SLICE_ARGS(node_text(counts, "passed")));
    if (detail.size) output_print(&l->out, "\t%.*s", SLICE_ARGS(detail));
    output_put(&l->out, SLICE("\n"));
    if (taken) return EXIT_DONE;
    fprintf(stderr, "error[SERVICE_AWAY %d]: %.*s: intake answered %u %.*s\n", ERR_SERVICE_AWAY, SLICE_ARGS(d->file),
            answer->status, SLICE_ARGS(node_text(receipt, "title")));
    return answer->status == 401 || answer->status == 403   ? EXIT_NOT_PERMITTED
           : answer->status == 503 || answer->status == 429 ? EXIT_TRY_AGAIN
                                                            : EXIT_FAILED;
}

static void add_header(struct http_client_request *r, const char *name, struct slice value)
{
    r->headers[r->header_count++] = (struct http_client_header){ name, value };
}

/* What each request says: who asks, and what it reads. */
static struct http_client_request request_to(struct load *l, const char *method, struct slice target,
                                             struct slice token)
{
    struct http_client_request r = { .method = method, .address = l->door, .target = target };
    struct text bearer = text_in(&l->answers, TOKEN_BYTES_MAX + 16);
    PUT(&bearer, "Bearer ");
    text_put(&bearer, token);
    add_header(&r, "Accept", SLICE("application/json"));
    if (token.size) add_header(&r, "Authorization", text_slice(&bearer));
    return r;
}

/* *code: not EXIT_DONE when the world's file cannot be read, which is said. */
static enum err ask_once(struct load *l, const struct world_document *d, struct slice token,
                         struct http_client_answer *answer, int *code)
{
    arena_reset(&l->answers);
    struct http_client_request request = request_to(l, "POST", target_of(l, d), token);
    enum err e = world_read_file(&l->answers, d->path, WORLD_FILE_BYTES_MAX, &request.body, &l->problems);
    *code = e == OK ? EXIT_DONE : refuse_world(l);
    if (e != OK) return e;
    add_header(&request, "Content-Type", SLICE("application/octet-stream"));
    return http_client_ask(&l->answers, &request, answer);
}

static void tell_away(const struct world_document *d, struct patience *p, unsigned tries)
{
    if (tries > 0 && !patience_tells(p, clock_mono_ms())) return;
    fprintf(stderr, "%.*s: intake is away, or takes nothing now: it is sent again\n", SLICE_ARGS(d->file));
}

/* Whoever waits for outcomes outlives a door that goes away: the same document sent again is itself. */
static int send_document(struct load *l, const struct world_document *d, struct slice token)
{
    struct patience patience = patience_of(PATIENCE_MS / 1000, clock_mono_ms());
    for (unsigned tries = 0;; tries++) {
        struct http_client_answer answer;
        int code;
        enum err e = ask_once(l, d, token, &answer, &code);
        if (code != EXIT_DONE) return code;
        bool is_away = e != OK || answer.status == 503 || answer.status == 429;
        if (!is_away || !l->waits || patience_is_spent(&patience, clock_mono_ms()))
            return e == OK ? tell_document(l, d, &answer) : broker_fail(&l->broker, e, l->door.bytes);
        tell_away(d, &patience, tries);
        nanosleep(&(struct timespec){ .tv_nsec = 200000000 }, NULL);
    }
}

/* How many of a posted document's lines have no outcome yet, not even a wait; -1: intake does not say. */
static int64_t open_lines(struct load *l, struct slice id, struct slice token)
{
    static const char *const ends[] = { "decided", "held", "parked" };
    struct http_client_answer answer;
    uint64_t passed, number, ended = 0;
    arena_reset(&l->answers);
    struct text target = text_in(&l->answers, TARGET_BYTES);
    PUT(&target, "/v1/documents/");
    http_client_put_encoded(&target, id);
    struct http_client_request request = request_to(l, "GET", text_slice(&target), token);
    if (http_client_ask(&l->answers, &request, &answer) != OK || answer.status != 200) return -1;
    const struct node *counts = node_find(json_node_read(&l->answers, answer.body, 1), SLICE("counts"));
    if (!slice_to_uint(node_text(counts, "passed"), UINT32_MAX, &passed)) return -1;
    for (unsigned i = 0; i < sizeof ends / sizeof ends[0]; i++)
        if (slice_to_uint(node_text(counts, ends[i]), UINT32_MAX, &number)) ended += number;
    return ended < passed ? (int64_t)(passed - ended) : 0;
}

/* Until each line that was posted is decided or waits for something; gives up when nothing moves. */
static int wait_for_outcomes(struct load *l, struct slice token)
{
    int64_t least = INT64_MAX, since_ms = clock_mono_ms();
    for (unsigned i = 0; i < l->posted_count; ) {
        int64_t open = open_lines(l, l->posted[i], token);
        if (open == 0) {
            i++;
            least = INT64_MAX;
            continue;
        }
        if (open > 0 && open < least) {
            least = open;
            since_ms = clock_mono_ms();
        }
        if (clock_mono_ms() - since_ms >= PATIENCE_MS) {
            fprintf(stderr,
                    "lines of %.*s have no outcome, and none came for two minutes: claimctl lag, claimctl doctor\n",
                    SLICE_ARGS(l->posted[i]));
            return EXIT_TRY_AGAIN;
        }
        nanosleep(&(struct timespec){ .tv_nsec = 100000000 }, NULL);
    }
    return EXIT_DONE;
}

static int send_documents(struct load *l)
{
    struct slice token;
    l->posted = ARENA_ARRAY(&l->arena, l->world.document_count + 1, struct slice);
    int code = read_token(l, &token);
    if (!l->door.size) l->door = settings_text(&l->broker.settings, SETTING_HTTP_LISTEN);
    if (code == EXIT_DONE && arena_open(&l->answers, ANSWER_ARENA_BYTES, ANSWER_ARENA_BYTES) != OK) code = EXIT_FAILED;
    for (unsigned i = 0; code == EXIT_DONE && i < l->world.document_count; i++)
        code = send_document(l, &l->world.documents[i], token);
    if (code == EXIT_DONE && l->waits) code = wait_for_outcomes(l, token);
    arena_close(&l->answers);
    return code == EXIT_DONE && l->refused ? EXIT_REFUSED : code;
}

/* What a world puts in force no second person has seen. Where nobody has published anything that is what a world is
 * for; where people have, it is a plan, and done for a reason alone (surfaces.md 1, rule 4). */
static int settle_plan(struct load *l)
{
    bool asks = publish_has_acts_of_people(&l->publish);
    if (asks && l->executes && !l->reason.size) {
        fprintf(stderr,
                "error[USAGE %d]: load --execute needs --reason TEXT here: people have put records in force, and a "
                "world passes by the second one\n  more: claimctl help load\n",
                ERR_USAGE);
        return EXIT_USAGE;
    }
    if (!asks || l->executes) return publish_arm(&l->publish);
    fprintf(stderr, "people have put records in force here, and a world passes by the second one: this is a plan\n");
    return EXIT_DONE;
}

static int note_reason(struct load *l)
{
    if (!l->publish.writer || !l->reason.size) return EXIT_DONE;
    enum err e = publish_note(&l->publish, SLICE("load"), l->publish.who.approver_id, l->reason);
    return e == OK ? EXIT_DONE : broker_fail(&l->broker, e, "audit.v1");
}

static int publish_world(struct load *l, const char *folder, const struct reference_drafts *drafts)
{
    int code = publish_open(&l->publish, &l->broker, &l->out, false);
    approve(l, folder);
    if (code == EXIT_DONE) code = settle_plan(l);
    l->publish.quiet = l->publish.writer != NULL;
    if (code == EXIT_DONE) code = note_reason(l);
    if (code == EXIT_DONE) code = publish_all(&l->publish, drafts);
    l->sends_documents &= l->publish.writer != NULL;
    publish_close(&l->publish);
    return code;
}

static int load(struct load *l, const char *folder)
{
    struct reference_drafts drafts = reference_drafts_in(&l->arena);
    l->problems = problems_in(&l->arena);
    int code = read_world(l, folder, &drafts);
    if (code == EXIT_DONE && l->token_file.size) code = file_check(l->token_file.bytes);
    if (code == EXIT_DONE) code = broker_may_write(&l->broker, DUTY_INSTALL);
    if (code == EXIT_DONE) code = broker_connect(&l->broker);
    if (code == EXIT_DONE) code = publish_world(l, folder, &drafts);
    return code == EXIT_DONE && l->sends_documents ? send_documents(l) : code;
}

int claimctl_load(int argc, char **argv)
{
    static struct load l;
    struct slice sample = { 0 };
    const struct option_slot options[] = {
        { "--sample", &sample, NULL },
        { "--door", &l.door, NULL },
        { "--token-file", &l.token_file, NULL },
        { "--documents", NULL, &l.sends_documents },
        { "--wait", NULL, &l.waits },
        { "--execute", NULL, &l.executes },
        { "--reason", &l.reason, NULL },
    };
    l = (struct load){ .out = output_stdout() };
    if (arena_open(&l.arena, WORLD_ARENA_BYTES, WORLD_ARENA_BYTES) != OK) return EXIT_FAILED;
    int code = broker_open(&l.broker, &argc, argv);
    option_take(&argc, argv, options, sizeof options / sizeof options[0]);
    if (code == EXIT_DONE && ((sample.size ? argc != 1 : argc != 2) || (l.waits && !l.sends_documents)))
        code = command_usage("load");
    const char *folder = sample.size ? run_sample_folder(sample.bytes) : argv[1];
    if (code == EXIT_DONE && !folder) code = run_refuse_sample(sample);
    if (code == EXIT_DONE) code = load(&l, folder);
    broker_close(&l.broker);
    arena_close(&l.arena);
    return output_close(&l.out) ? code : EXIT_FAILED;
}
