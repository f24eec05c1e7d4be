/* services/claimctl/submit.c: `claimctl submit FILE`: a document over HTTP into intake, and what becomes of it. */
#include "claimctl/submit.h"

#include "claimctl/argument.h"
#include "claimctl/command.h"
#include "claimctl/file_refusal.h"
#include "claimctl/option.h"
#include "claimctl/patience.h"
#include "claimctl/submit_check.h"
#include "claimctl/submit_follow.h"
#include "runtime/clock.h"

#include <errno.h>
#include <jansson.h>
#include <stdlib.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

enum { TARGET_BYTES = 3072, PATH_BYTES = 512, KEY_BYTES = 16, RETRY_US = 1000000, CHUNK_BYTES = 65536 };
enum { ERRORS_PRINTED = 20 };

/* The command line */

bool submit_read_patience(const char *text, uint64_t *seconds)
{
    if (slice_to_uint(slice_from(text), PATIENCE_SECONDS_MAX, seconds) && *seconds > 0) return true;
    fprintf(stderr, "error[USAGE %d]: --patience takes 1 to %u seconds\n", ERR_USAGE, PATIENCE_SECONDS_MAX);
    return false;
}

/* One file after the options. False: there is none, or another word, or no patience. */
static bool read_arguments(int argc, char **argv, struct submission *s)
{
    const char *patience = option_pick_text(&argc, argv, "--patience");
    *s = (struct submission){
        .partner = option_pick_text(&argc, argv, "--partner"),
        .currency = option_pick_text(&argc, argv, "--currency"),
        .profile = option_pick_text(&argc, argv, "--profile"),
        .key = option_pick_text(&argc, argv, "--idempotency-key"),
        .waits = option_pick_flag(&argc, argv, "--wait"),
        .is_json = option_pick_flag(&argc, argv, "--json"),
    };
    option_take(&argc, argv, NULL, 0);
    s->file = argv[1];
    return argc == 2 && (!patience || submit_read_patience(patience, &s->patience_seconds));
}

/* Sending */

static const char *base_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return strcmp(path, "-") == 0 ? "stdin" : slash ? slash + 1 : path;
}

/* The type is only what the name suggests; intake looks at the bytes. */
static const char *type_of(const char *file)
{
    static const struct { const char *ending, *header;
    } types[] = {
        { ".csv", "Content-Type: text/csv" },
        { ".json", "Content-Type: application/json" },
        { ".ndjson", "Content-Type: application/x-ndjson" },
        { ".tsv", "Content-Type: text/tab-separated-values" },
        { ".edi", "Content-Type: application/edi-x12" },
        { ".x12", "Content-Type: application/edi-x12" },
        { ".xlsx", "Content-Type: application/vnd.openxmlformats-officedocument.spreadsheetml.sheet" },
    };
    for (unsigned k = 0; k < sizeof types / sizeof *types; k++)
        if (slice_ends_with(slice_from(file), slice_from(types[k].ending))) return types[k].header;
    return "Content-Type: application/octet-stream";
}

/* Looked at without taking: what is put back is read again, of a pipe too. */
static bool is_gzip(FILE *file)
{
    int first = fgetc(file), second = first == 0x1f ? fgetc(file) : EOF;
    if (second != EOF) ungetc(second, file);
    if (first != EOF) ungetc(first, file);
    return first == 0x1f && second == 0x8b;
}

static int send_file(const struct door_client *c, const struct submission *s, FILE *file, struct door_answer *a)
{
    char target[TARGET_BYTES], key[PATH_BYTES];
    struct text t = text_over(target, sizeof target - 1);
    struct stat st;
    bool is_regular = fstat(fileno(file), &st) == 0 && S_ISREG(st.st_mode);
    struct door_request r = {
        .method = "POST", .target = target, .upload = file, .upload_size = is_regular ? (long long)st.st_size : -1,
        .is_quiet = true
    };
    unsigned headers = 0;
    PUT(&t, "/v1/documents");
    door_client_put_parameter(&t, "name", base_name(s->file));
    door_client_put_parameter(&t, "partner", s->partner);
    door_client_put_parameter(&t, "currency", s->currency);
    door_client_put_parameter(&t, "profile", s->profile);
    door_client_put_parameter(&t, "received_at", s->received_at);
    target[t.size] = 0;
    r.headers[headers++] = type_of(s->file);
    if (is_gzip(file)) r.headers[headers++] = "Content-Encoding: gzip";
    if (s->key) {
        snprintf(key, sizeof key, "Idempotency-Key: %s", s->key);
        r.headers[headers++] = key;
    }
    return door_client_ask(c, &r, a);
}

/* Telling */

static void print_totals(struct output *o, const json_t *receipt)
{
    const json_t *total;
    size_t k;
    json_array_foreach(json_object_get(receipt, "totals"), k, total) {
        const char *before = k ? " · " : "claimed   ";
        output_print(o, "%s%s %s", before, door_text(total, "claimed"), door_text(total, "currency"));
        if (*door_text(total, "approved")) output_print(o, ", approved %s", door_text(total, "approved"));
    }
    if (json_array_size(json_object_get(receipt, "totals"))) output_put(o, SLICE("\n"));
}

static long long number_in(const json_t *o, const char *name)
{
    return json_integer_value(json_object_get(o, name));
}

/* "  at row 3, column "Qty"", "  at segment DTM at 9, element 2 set 0001 byte 412": as submit --check has it. */
static void print_place(struct output *o, const json_t *where)
{
    bool is_x12 = *door_text(where, "icn"), is_in_x12 = *door_text(where, "segment") || *door_text(where, "tscn");
    bool is_known = is_x12 || is_in_x12 || number_in(where, "row") || *door_text(where, "pointer");
    if (!is_known) return;
    output_print(o, "  at");
    if (*door_text(where, "sheet")) output_print(o, " sheet %s", door_text(where, "sheet"));
    if (number_in(where, "row")) output_print(o, " row %lld", number_in(where, "row"));
    if (*door_text(where, "column_name")) output_print(o, ", column \"%s\"", door_text(where, "column_name"));
    if (*door_text(where, "pointer")) output_print(o, " member %s", door_text(where, "pointer"));
    if (*door_text(where, "segment")) output_print(o, " segment %s at %lld", door_text(where, "segment"),
                                                 number_in(where, "position"));
    if (number_in(where, "element")) output_print(o, ", element %lld", number_in(where, "element"));
    if (*door_text(where, "tscn")) output_print(o, " set %s", door_text(where, "tscn"));
    if (is_x12 || is_in_x12) output_print(o, " byte %lld", number_in(where, "offset"));
    output_put(o, SLICE("\n"));
}

static void print_error(struct output *o, const json_t *error)
{
    output_print(o, "%s[%s %lld]: %s\n", *door_text(error, "severity") ? door_text(error, "severity") : "error",
                 door_text(error, "code"),
                 (long long)json_integer_value(json_object_get(error, "number")), door_text(error, "message"));
    print_place(o, json_object_get(error, "where"));
    if (*door_text(error, "fix")) output_print(o, "  %s\n", door_text(error, "fix"));
}

/* What may be said to each question. */
static const char *answers_of(const char *question)
{
    static const struct { const char *code, *answers;
    } known[] = {
        { "DATE_ORDER_UNDECIDED", "dates=dmy|mdy" },
        { "NUMBER_STYLE_UNDECIDED", "decimal=point|comma" },
        { "HEADER_UNKNOWN", "header_row=N" },
        { "SHEET_UNDECIDED", "sheet=NAME" },
        { "ENCODING_FOREIGN", "encoding=NAME" },
    };
    for (unsigned k = 0; k < sizeof known / sizeof *known; k++)
        if (strcmp(question, known[k].code) == 0) return known[k].answers;
    return "NAME=VALUE";
}

/* ".csv" of "pos.csv"; what is refused of X12 comes as CSV. */
static const char *ending_of(const char *name)
{
    const char *dot = strrchr(name, '.');
    bool is_own = dot
                  && (strcmp(dot, ".xlsx") == 0 || strcmp(dot, ".tsv") == 0 || strcmp(dot, ".txt") == 0
                      || strcmp(dot, ".ndjson") == 0 || strcmp(dot, ".json") == 0);
    return is_own ? dot : ".csv";
}

static void print_counts(struct output *o, const json_t *receipt)
{
    long long lines = door_count(receipt, "lines");
    output_print(o, "%s   %s\n%s   %lld line%s = %lld passed + %lld rejected + %lld dead\n", door_text(receipt, "name"),
                 door_text(receipt, "id"), door_text(receipt, "state"), lines, plural((uint64_t)lines),
                 door_count(receipt, "passed"), door_count(receipt, "rejected"), door_count(receipt, "dead"));
    if (json_object_get(json_object_get(receipt, "counts"), "decided"))
        output_print(o, "decided   %lld of %lld: %lld short, %lld refused; %lld held, %lld parked\n",
                     door_count(receipt, "decided"), door_count(receipt, "passed"), door_count(receipt, "short"),
                     door_count(receipt, "refused"), door_count(receipt, "held"), door_count(receipt, "parked"));
    print_totals(o, receipt);
    if (door_count(receipt, "short") + door_count(receipt, "refused") + door_count(receipt, "held")
            + door_count(receipt, "parked")
        > 0)
        output_print(o, "why:  claimctl lines explain %s\n", door_text(receipt, "id"));
}

static void print_question(struct output *o, const json_t *receipt, const json_t *question)
{
    print_error(o, question);
    output_print(o, "to answer it:  claimctl documents answer %s %s   (or discard)\n", door_text(receipt, "id"),
                 answers_of(door_text(question, "code")));
}

/* The first of them; without the one that is asked as a question. */
static void print_errors(struct output *o, const json_t *receipt, const json_t *question)
{
    const json_t *errors = json_object_get(receipt, "errors"), *error;
    json_int_t asked = question ? json_integer_value(json_object_get(question, "number")) : 0;
    size_t k;
    json_array_foreach(errors, k, error) {
        if (k == ERRORS_PRINTED) {
            output_print(o, "… and %zu more; claimctl documents errors %s\n", json_array_size(errors) - k,
                         door_text(receipt, "id"));
            return;
        }
        if (!question || json_integer_value(json_object_get(error, "number")) != asked) print_error(o, error);
    }
}

static void print_all(struct output *o, const json_t *issues)
{
    const json_t *issue;
    size_t k;
    json_array_foreach(issues, k, issue) print_error(o, issue);
}

static void print_receipt(struct output *o, const json_t *receipt)
{
    const json_t *question = json_object_get(receipt, "question");
    const char *partner = door_text(receipt, "partner_id");
    print_counts(o, receipt);
    if (question) print_question(o, receipt, question);
    if (*door_text(receipt, "duplicate_of"))
        output_print(o, "posted before as %s%s%s; nothing was posted again\n", door_text(receipt, "duplicate_of"),
                     *partner ? " for partner " : "", partner);
    print_errors(o, receipt, question);
    print_all(o, json_object_get(receipt, "warnings"));
    print_all(o, json_object_get(receipt, "notes"));
    if (door_count(receipt, "rejected") + door_count(receipt, "dead") > 0)
        output_print(o, "to correct them:  claimctl documents rejects %s > fix%s\n", door_text(receipt, "id"),
                     ending_of(door_text(receipt, "name")));
}

static int exit_of(const json_t *receipt)
{
    const char *state = door_text(receipt, "state");
    if (strcmp(state, "REJECTED") == 0) return EXIT_REFUSED;
    if (strcmp(state, "DUPLICATE") == 0) return EXIT_CONFLICT;
    long long left_out = door_count(receipt, "rejected") + door_count(receipt, "dead") + door_count(receipt, "refused");
    return left_out > 0 ? EXIT_REFUSED : EXIT_DONE;
}

static void print_either(const struct submission *s, json_t *receipt)
{
    char *json = s->is_json ? json_dumps(receipt, JSON_COMPACT | JSON_PRESERVE_ORDER) : NULL;
    if (json) output_line(s->out, slice_from(json));
    else print_receipt(s->out, receipt);
    free(json);
}

/* Whoever waits wants to hear how the lines end: those of a repeat are those of the document that came before. */
static int tell_earlier(const struct door_client *c, const struct submission *s, const json_t *receipt)
{
    int code = EXIT_DONE;
    const char *earlier = door_text(receipt, "duplicate_of");
    if (!s->waits || !*earlier) return EXIT_CONFLICT;
    json_t *of = json_pack("{s:s,s:s}", "id", earlier, "state", "POSTED");
    if (!of) return EXIT_FAILED;
    of = submit_follow(c, of, s->patience_seconds, &code);
    if (code == EXIT_DONE) print_either(s, of);
    json_decref(of);
    return code == EXIT_DONE ? EXIT_CONFLICT : code;
}

static int tell_one(const struct door_client *c, const struct submission *s, json_t *receipt)
{
    int code = EXIT_DONE;
    json_incref(receipt);
    if (s->waits && strcmp(door_text(receipt, "state"), "POSTED") == 0)
        receipt = submit_follow(c, receipt, s->patience_seconds, &code);
    print_either(s, receipt);
    if (code == EXIT_DONE) code = exit_of(receipt);
    if (strcmp(door_text(receipt, "state"), "DUPLICATE") == 0) code = tell_earlier(c, s, receipt);
    json_decref(receipt);
    return code;
}

static int tell(const struct door_client *c, const struct submission *s, const struct door_answer *a)
{
    json_error_t error;
    json_t *root = json_loadb(a->body ? a->body : "", a->size, 0, &error),
           *documents = json_object_get(root, "documents"), *one;
    int code = EXIT_DONE;
    size_t k;
    if (!root) return door_client_refuse(a, base_name(s->file));
    if (!documents) code = tell_one(c, s, root);
    json_array_foreach(documents, k, one) {
        int own = tell_one(c, s, one);
        if (own > code || code == EXIT_DONE) code = own;
    }
    json_decref(root);
    return code;
}

/* Whoever waits may send again what intake could not take or acknowledge: under one key it is one document. */
static void give_key(struct submission *s, char text[static 2 * KEY_BYTES + 1])
{
    unsigned char bytes[KEY_BYTES];
    if (s->key || !s->waits || getrandom(bytes, sizeof bytes, 0) != sizeof bytes) return;
    for (unsigned k = 0; k < KEY_BYTES; k++) snprintf(text + 2 * k, 3, "%02x", bytes[k]);
    s->key = text;
}

/* Said once, then every ten seconds. */
static void tell_retry(struct patience *p, const struct door_answer *a, bool was_told)
{
    json_error_t error;
    int64_t now = clock_mono_ms();
    if (was_told && !patience_tells(p, now)) return;
    json_t *problem = a->size ? json_loadb(a->body, a->size, 0, &error) : NULL;
    const char *detail = door_text(problem, "detail"), *title = door_text(problem, "title");
    fprintf(stderr, "not taken yet, sent again until it is: %s (%lld of %llu s)\n",
            *detail ? detail
            : *title ? title
            : a->why[0] ? a->why : "intake does not answer", (long long)(now - p->moved_ms) / 1000,
            (unsigned long long)p->seconds);
    json_decref(problem);
}

/* Sends, and with --wait sends again while intake says that it cannot now, or went away with what it was given. One
 * that was never there is told of at once. */
static int send_patiently(const struct door_client *c, const struct submission *s, FILE *stream, struct door_answer *a)
{
    struct patience patience = patience_of(s->patience_seconds, clock_mono_ms());
    for (bool was_there = false, was_told = false;; was_told = true) {
        int code = send_file(c, s, stream, a);
        was_there = was_there || a->began || a->status;
        bool passes = code == EXIT_DONE ? submit_follow_passes(a->status) : was_there && code == EXIT_UNREACHABLE;
        bool goes_on = passes && s->waits && s->key;
        if (goes_on && submit_follow_interrupted()) return EXIT_INTERRUPTED;
        if (!goes_on || patience_is_spent(&patience, clock_mono_ms()) || fseek(stream, 0, SEEK_SET) != 0)
            return code == EXIT_UNREACHABLE ? door_client_say_away(c, a) : code;
        tell_retry(&patience, a, was_told);
        door_answer_close(a);
        usleep(RETRY_US);
    }
}

/* What comes through a pipe is kept, to be sent again. NULL: there is no room, which was said. */
static FILE *keep_whole(FILE *pipe)
{
    char bytes[CHUNK_BYTES];
    FILE *kept = tmpfile();
    size_t size;
    bool ok = kept != NULL;
    while (ok && (size = fread(bytes, 1, sizeof bytes, pipe)) > 0) ok = fwrite(bytes, 1, size, kept) == size;
    if (ok && !ferror(pipe) && fflush(kept) == 0 && fseek(kept, 0, SEEK_SET) == 0) return kept;
    fprintf(stderr, "error[FILE_UNWRITABLE %d]: standard input cannot be kept, to be sent again: %s\n"
                    "  make room for temporary files, or submit it as a file\n",
            ERR_FILE_UNWRITABLE, strerror(errno));
    if (kept) fclose(kept);
    return NULL;
}

int submit_stream(const struct door_client *c, const struct submission *given, FILE *stream)
{
    struct door_answer a = { 0 };
    struct output out = output_stdout();
    struct submission own = *given, *s = &own;
    char key[2 * KEY_BYTES + 1];
    FILE *kept = NULL;
    own.out = &out;
    submit_follow_listen();
    give_key(s, key);
    if (s->waits && fseek(stream, 0, SEEK_CUR) != 0 && !(kept = keep_whole(stream))) return EXIT_FAILED;
    int code = send_patiently(c, s, kept ? kept : stream, &a);
    if (code == EXIT_DONE)
        code = a.status == 200 || a.status == 202 ? tell(c, s, &a) : door_client_refuse(&a, base_name(s->file));
    door_answer_close(&a);
    if (kept) fclose(kept);
    return output_close(&out) ? code : EXIT_FAILED;
}

static int submit(const struct broker *b, int argc, char **argv)
{
    struct door_client c;
    struct submission s = { 0 };
    int code = door_client_open(&c, &b->settings, &argc, argv);
    if (code != EXIT_DONE) return code;
    if (!read_arguments(argc, argv, &s)) return command_usage("submit");
    if (!argument_is_currency("submit", s.currency)) return EXIT_USAGE;
    bool is_stdin = strcmp(s.file, "-") == 0;
    code = is_stdin ? EXIT_DONE : file_check(s.file);
    if (code != EXIT_DONE) return code;
    FILE *file = is_stdin ? stdin : fopen(s.file, "re");
    if (!file) return file_refuse(s.file, errno);
    code = submit_stream(&c, &s, file);
    if (file != stdin) fclose(file);
    return code;
}

int claimctl_submit(int argc, char **argv)
{
    static struct broker b;
    int code = broker_open(&b, &argc, argv);
    if (code == EXIT_DONE)
        code = option_pick_flag(&argc, argv, "--check") ? claimctl_submit_check(&b.settings, argc, argv)
                                                        : submit(&b, argc, argv);
    broker_close(&b);
    return code;
}
