/* services/claimctl/documents.c: `claimctl documents`: what intake knows of documents, over HTTP. */
#include "claimctl/command.h"
#include "claimctl/documents_page.h"
#include "claimctl/listing.h"
#include "claimctl/nearest.h"
#include "claimctl/option.h"
#include "wire/table_intake.h"

#include <jansson.h>
#include <stdlib.h>

enum { TARGET_BYTES = 2048, ID_BYTES = 80, DOCUMENT_HEX = 64 };

static struct door_client door;                     /* of the command, for its verb */

/* Which document a person means: its id, or its name as documents list prints it. */

static bool is_id(struct slice word)
{
    return word.size == DOCUMENT_HEX || (slice_starts_with(word, SLICE("d-")) && word.size > 2);
}

/* The page of documents at a target; what stands in the way is said, about `word`. */
static int ask_page(const char *target, const char *word, json_t **root)
{
    struct door_answer a;
    json_error_t error;
    struct door_request r = { .method = "GET", .target = target };
    int code = door_client_ask(&door, &r, &a);
    *root = code == EXIT_DONE && a.status == 200 ? json_loadb(a.body, a.size, 0, &error) : NULL;
    if (code == EXIT_DONE && !*root) code = door_client_refuse(&a, word);
    door_answer_close(&a);
    return code;
}

static int find_by_name(const char *name, struct text *id, size_t *found)
{
    char target[TARGET_BYTES];
    json_t *root;
    struct text t = text_over(target, sizeof target - 1);
    PUT(&t, "/v1/documents?limit=2&name=");
    door_client_encode(&t, slice_from(name));
    target[t.size] = 0;
    int code = ask_page(target, name, &root);
    const json_t *documents = json_object_get(root, "documents");
    *found = json_array_size(documents);
    if (*found) text_put(id, slice_from(door_text(json_array_get(documents, 0), "id")));
    json_decref(root);
    return code;
}

/* Near to one of those that came last. */
static int refuse_name(const char *word)
{
    json_t *root, *document;
    size_t i;
    struct nearest near = nearest_to(slice_from(word));
    int code = ask_page("/v1/documents?limit=500", word, &root);
    json_array_foreach(json_object_get(root, "documents"), i, document) {
        nearest_offer(&near, slice_from(door_text(document, "name")));
        nearest_offer(&near, slice_from(door_text(document, "id")));
    }
    json_decref(root);
    if (code != EXIT_DONE) return code;
    return nearest_refuse(&near, "claimctl documents list prints both", "no document has the id or the name %s", word);
}

/* Puts the path of the document; of several with one name the newest is read, and none is acted upon. */
static int put_path(struct text *path, const char *word, bool is_act)
{
    char buffer[ID_BYTES];
    size_t found = 1;
    struct text id = text_over(buffer, sizeof buffer);
    PUT(path, "/v1/documents/");
    if (is_id(slice_from(word))) return door_client_encode(path, slice_from(word)), EXIT_DONE;
    int code = find_by_name(word, &id, &found);
    if (code != EXIT_DONE) return code;
    if (!found) return refuse_name(word);
    if (found > 1 && is_act) {
        fprintf(stderr,
                "error[USAGE %d]: several documents have the name %s\n  name it by its id: claimctl documents list\n",
                ERR_USAGE, word);
        return EXIT_USAGE;
    }
    if (found > 1)
        fprintf(stderr, "several documents have the name %s; this is the newest, %.*s\n", word,
                SLICE_ARGS(text_slice(&id)));
    door_client_encode(path, text_slice(&id));
    return EXIT_DONE;
}

/* What the door says of an address that it does not have is said of a document here. */
static int refuse(const struct door_answer *a, const char *word)
{
    json_error_t error;
    if (a->status != 404) return door_client_refuse(a, word);
    json_t *o = json_loadb(a->body ? a->body : "", a->size, 0, &error);
    const char *detail = door_text(o, "detail");
    if (*detail) fprintf(stderr, "error[%s]: %s: %s\n", door_text(o, "code"), word, detail);
    else
        fprintf(stderr,
                "error[%s %d]: %s: intake has no such document of yours, or not what is asked of it\n"
                "  claimctl documents list and documents show say what there is\n",
                err_name(ERR_NAME_UNKNOWN), ERR_NAME_UNKNOWN, word);
    json_decref(o);
    return EXIT_NOT_FOUND;
}

/* Everything of it to stdout as it comes. */
static int fetch_as(int argc, char **argv, const char *part, const char *accept)
{
    struct door_answer a;
    char target[TARGET_BYTES];
    if (argc != 3) return command_usage("documents");
    struct text t = text_over(target, sizeof target - 1);
    int code = put_path(&t, argv[2], false);
    if (code != EXIT_DONE) return code;
    text_put(&t, slice_from(part));
    target[t.size] = 0;
    struct output out = output_stdout();
    struct door_request r = { .method = "GET", .target = target, .headers = { accept }, .to = &out };
    code = door_client_ask(&door, &r, &a);
    if (code == EXIT_DONE && a.status != 200) code = refuse(&a, argv[2]);
    else if (code == EXIT_DONE && !*part) output_put(&out, SLICE("\n"));
    else if (code == EXIT_DONE && !a.has_printed)
        fprintf(stderr, "nothing to print: %s has no %s\n", argv[2], part + 1);
    door_answer_close(&a);
    return output_close(&out) ? code : EXIT_FAILED;
}

static int fetch(int argc, char **argv, const char *part) { return fetch_as(argc, argv, part, NULL); }

/* An X12 document in its own form instead of CSV. */
static int rejects(int argc, char **argv)
{
    const char *format = option_pick_text(&argc, argv, "--format");
    if (format && strcmp(format, "x12") != 0) return command_usage("documents");
    return fetch_as(argc, argv, "/rejects", format ? "Accept: application/edi-x12" : NULL);
}

static int show(int argc, char **argv) { return fetch(argc, argv, ""); }
static int raw(int argc, char **argv) { return fetch(argc, argv, "/raw"); }
static int ack(int argc, char **argv) { return fetch(argc, argv, "/ack"); }
static int response(int argc, char **argv) { return fetch(argc, argv, "/response"); }
static int lines(int argc, char **argv) { return fetch(argc, argv, "/lines"); }
static int errors(int argc, char **argv) { return fetch(argc, argv, "/errors"); }

/* `dates=dmy` as a member; a number where a row is asked for. */
static bool put_answer(json_t *answers, struct slice word)
{
    struct slice value = word, name = slice_cut(&value, '=');
    if (slice_equal(word, SLICE("discard"))) return json_object_set_new(answers, "discard", json_true()) == 0;
    if (slice_is_empty(name) || slice_is_empty(value)) return false;
    char *end = NULL;
    bool is_row = slice_equal(name, SLICE("header_row"));
    long row = is_row ? strtol(value.bytes, &end, 10) : 0;
    if (is_row && *end) return false;
    json_t *json = is_row ? json_integer(row) : json_stringn(value.bytes, value.size);
    return json_object_setn_new(answers, name.bytes, name.size, json) == 0;
}

static const char answers_are[] =
    "header_row=N, sheet=NAME, encoding=NAME, decimal=point|comma, dates=ymd|dmy|mdy; or discard";

/* False, and said: what nobody asks, or no answer to it. */
static bool can_answer(struct slice word)
{
    static const struct slice known[] = {
        SLICE_INIT("discard"), SLICE_INIT("decimal=point"), SLICE_INIT("decimal=comma"), SLICE_INIT("dates=ymd"),
        SLICE_INIT("dates=dmy"), SLICE_INIT("dates=mdy"),
    };
    bool is_known = slice_starts_with(word, SLICE("sheet=")) || slice_starts_with(word, SLICE("header_row="))
                    || slice_starts_with(word, SLICE("encoding="));
    for (unsigned i = 0; i < sizeof known / sizeof known[0]; i++) is_known |= slice_equal(word, known[i]);
    if (!is_known)
        fprintf(stderr, "error[USAGE %d]: %.*s answers no question; an answer is one of: %s\n", ERR_USAGE,
                SLICE_ARGS(word), answers_are);
    return is_known;
}

static int post_to(const char *word, const char *part, const char *body)
{
    char target[TARGET_BYTES];
    struct door_answer a;
    struct text t = text_over(target, sizeof target - 1);
    int code = put_path(&t, word, true);
    if (code != EXIT_DONE) return code;
    text_put(&t, slice_from(part));
    target[t.size] = 0;
    struct output out = output_stdout();
    struct door_request r = { .method = "POST",
                              .target = target,
                              .headers = { "Content-Type: application/json" },
                              .body = slice_from(body),
                              .to = &out };
    code = door_client_ask(&door, &r, &a);
    if (code == EXIT_DONE && a.status >= 300) code = refuse(&a, word);
    else if (code == EXIT_DONE) output_put(&out, SLICE("\n"));
    door_answer_close(&a);
    return output_close(&out) ? code : EXIT_FAILED;
}

/* What a document in state HELD asks; intake reads it again with the answers. */
static int answer(int argc, char **argv)
{
    for (int k = 3; k < argc; k++)
        if (!can_answer(slice_from(argv[k]))) return EXIT_USAGE;
    json_t *answers = json_object();
    bool is_read = argc > 3;
    for (int k = 3; k < argc; k++) is_read = is_read && put_answer(answers, slice_from(argv[k]));
    char *body = is_read ? json_dumps(answers, JSON_COMPACT) : NULL;
    int code = body ? post_to(argv[2], "/answers", body) : command_usage("documents");
    free(body);
    json_decref(answers);
    return code;
}

/* The document under another mapping profile: what differs, and with --execute the lines that make it so. */
static int replay(int argc, char **argv)
{
    const char *profile = option_pick_text(&argc, argv, "--profile");
    bool executes = option_pick_flag(&argc, argv, "--execute");
    if (argc != 3 || !profile) return command_usage("documents");
    json_t *order = json_object();
    json_object_set_new(order, "profile", json_string(profile));
    if (executes) json_object_set_new(order, "execute", json_true());
    char *body = json_dumps(order, JSON_COMPACT);
    int code = body ? post_to(argv[2], "/replays", body) : EXIT_FAILED;
    free(body);
    json_decref(order);
    return code;
}

static const struct listing_field list_fields[] = {
    { "document", LISTING_TEXT, "its id", false },
    { "received", LISTING_TEXT, "RFC 3339", false },
    { "state", LISTING_TEXT, "POSTED, ANSWERED, HELD, REJECTED, DUPLICATE, …", false },
    { "lines", LISTING_WHOLE, "what the document has", false },
    { "passed", LISTING_WHOLE, "those that intake posted", false },
    { "refused", LISTING_WHOLE, "those that intake refused, rejected or dead", false },
    { "name", LISTING_TEXT, "as it was sent", false },
    { "submitter", LISTING_TEXT, "who sent it; to operators, who see those of all", false },
    { "format", LISTING_TEXT, "what it was read as", true },
    { "profile", LISTING_TEXT, "mapping profile", true },
    { "question", LISTING_TEXT, "of a document that is HELD: what it asks", true },
};
enum { LIST_FIELDS = sizeof list_fields / sizeof list_fields[0] };

static bool put_row(void *listing, const json_t *d)
{
    struct listing *l = listing;
    enum { COUNT_BYTES = 24 };
    static const char *const counts[] = { "lines", "passed" };
    char buffers[3][COUNT_BYTES];
    for (unsigned i = 0; i < 2; i++) snprintf(buffers[i], COUNT_BYTES, "%lld", door_count(d, counts[i]));
    snprintf(buffers[2], COUNT_BYTES, "%lld", door_count(d, "rejected") + door_count(d, "dead"));
    const struct slice cells[LIST_FIELDS] = {
        slice_from(door_text(d, "id")),
        slice_from(door_text(d, "received_at")),
        slice_from(door_text(d, "state")),
        slice_from(buffers[0]),
        slice_from(buffers[1]),
        slice_from(buffers[2]),
        slice_from(door_text(d, "name")),
        slice_from(door_text(d, "submitter")),
        slice_from(door_text(d, "format")),
        slice_from(door_text(d, "profile")),
        slice_from(door_text(json_object_get(d, "question"), "code")),
    };
    listing_row(l, cells);
    return !l->out->closed;
}

static bool is_state(const char *word)
{
    bool is_known = !word;
    for (enum intake_state state = 0; word && state < INTAKE_STATE_COUNT; state++)
        is_known |= slice_equal(intake_state_name(state), slice_from(word));
    return is_known;
}

static int take_list_words(int *argc, char **argv, struct documents_wanted *w, enum listing_form *form)
{
    w->state = option_pick_text(argc, argv, "--state");
    w->since = option_pick_text(argc, argv, "--since");
    w->name = option_pick_text(argc, argv, "--name");
    if (!listing_take_form(argc, argv, form, NULL)) return EXIT_USAGE;
    if (*argc != 2) return command_refuse("documents", "list", "%s is one word too many", argv[2]);
    if (!is_state(w->state)) return command_refuse("documents", "list", "%s is no state of a document", w->state);
    if (w->since && !documents_page_since(w))
        return command_refuse("documents", "list", "--since takes 3d, 2026-04-01 or an instant, not %s", w->since);
    return EXIT_DONE;
}

static int list(int argc, char **argv)
{
    struct documents_wanted wanted = { 0 };
    struct output out = output_stdout();
    struct listing l = { .names_in_tsv = true };
    enum listing_form form;
    int code = take_list_words(&argc, argv, &wanted, &form);
    if (code != EXIT_DONE) return code;
    if (listing_begin(&l, &out, list_fields, LIST_FIELDS, form)) {
        code = documents_page_visit(&door, &wanted, put_row, &l);
        listing_end_of(&l, code == EXIT_DONE);
    }
    return output_close(&out) ? code : EXIT_FAILED;
}

int claimctl_documents(int argc, char **argv)
{
    static const struct command_verb verbs[] = {
        { SLICE_INIT("list"), list },     { SLICE_INIT("show"), show },       { SLICE_INIT("lines"), lines },
        { SLICE_INIT("errors"), errors }, { SLICE_INIT("rejects"), rejects }, { SLICE_INIT("answer"), answer },
        { SLICE_INIT("replay"), replay }, { SLICE_INIT("ack"), ack },         { SLICE_INIT("response"), response },
        { SLICE_INIT("raw"), raw },
    };
    static struct broker b;
    int code = broker_open(&b, &argc, argv);
    if (code == EXIT_DONE) code = door_client_open(&door, &b.settings, &argc, argv);
    if (code == EXIT_DONE) code = command_run_verb("documents", verbs, sizeof verbs / sizeof *verbs, argc, argv);
    broker_close(&b);
    return code;
}
