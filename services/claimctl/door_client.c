/* claimctl/door_client.c: libcurl behind one function. */
#include "claimctl/door_client.h"

#include "claimctl/command.h"
#include "claimctl/file_refusal.h"
#include "claimctl/option.h"

#include <curl/curl.h>
#include <jansson.h>
#include <stdlib.h>

enum { CONNECT_TIMEOUT_S = 10, URL_BYTES = 4096, TOKEN_BYTES = 4096 };

/* Opening */

static int read_token(const char *path, const char **token)
{
    static char text[TOKEN_BYTES];
    int code = file_check(path);
    FILE *file = code == EXIT_DONE ? fopen(path, "re") : NULL;
    bool is_read = file && fgets(text, sizeof text, file);
    if (file) fclose(file);
    if (code != EXIT_DONE) return code;
    if (!is_read) {
        fprintf(stderr, "error[FILE_UNREADABLE %d]: no token stands in %s\n", ERR_FILE_UNREADABLE, path);
        return EXIT_FAILED;
    }
    text[strcspn(text, "\r\n")] = 0;
    *token = text;
    return EXIT_DONE;
}

/* Where the settings say that intake listens. */
static int use_listen(struct door_client *c, const struct settings *settings)
{
    struct slice listen = settings_text(settings, SETTING_HTTP_LISTEN);
    bool speaks_tls = settings_path(settings, SETTING_HTTP_CERTIFICATE_FILE) != NULL;
    int size = snprintf(c->listen, sizeof c->listen, "http%s://%.*s", speaks_tls ? "s" : "", SLICE_ARGS(listen));
    c->server = c->listen;
    if (listen.size && (size_t)size < sizeof c->listen) return EXIT_DONE;
    fprintf(stderr,
            "error[CONFIG_INVALID %d]: http.listen names no door of intake; name it with --server URL or "
            "CLAIMSTREAM_SERVER\n",
            ERR_CONFIG_INVALID);
    return EXIT_BAD_SETTING;
}

int door_client_open(struct door_client *c, const struct settings *settings, int *argc, char **argv)
{
    const char *server = option_pick_text(argc, argv, "--server"),
               *token_file = option_pick_text(argc, argv, "--token-file"),
               *ca_file = option_pick_text(argc, argv, "--ca-file");
    *c = (struct door_client){ .server = server ? server : getenv("CLAIMSTREAM_SERVER"),
                               .token = getenv("CLAIMSTREAM_TOKEN"),
                               .ca_file = ca_file ? ca_file : getenv("CLAIMSTREAM_CA_FILE") };
    int code = token_file ? read_token(token_file, &c->token) : EXIT_DONE;
    if (code == EXIT_DONE && c->ca_file && *c->ca_file) code = file_check(c->ca_file);
    if (code != EXIT_DONE) return code;
    return c->server && *c->server ? EXIT_DONE : use_listen(c, settings);
}

/* Asking */

void door_client_put_parameter(struct text *t, const char *name, const char *value)
{
    if (!value) return;
    text_put_byte(t, memchr(t->bytes, '?', t->size) ? '&' : '?');
    text_put(t, slice_from(name));
    text_put_byte(t, '=');
    door_client_encode(t, slice_from(value));
}

struct transfer {
    const struct door_request *request;
    struct door_answer *answer;
    struct slice body;
    bool is_error;
    CURL *curl;
};

static size_t give_body(char *to, size_t size, size_t count, void *context)
{
    struct transfer *t = context;
    t->answer->began = true;
    if (t->request->upload) return fread(to, 1, size * count, t->request->upload);
    struct slice piece = slice_head(t->body, size * count);
    if (piece.size) memcpy(to, piece.bytes, piece.size);
    t->body = slice_skip(t->body, piece.size);
    return piece.size;
}

/* What is asked for goes to its file; a problem is kept, to be said. */
static size_t take_body(char *bytes, size_t size, size_t count, void *context)
{
    struct transfer *t = context;
    size_t all = size * count;
    long status = 0;
    curl_easy_getinfo(t->curl, CURLINFO_RESPONSE_CODE, &status);
    if (t->request->to && status < 300) {
        output_put(t->request->to, slice_of(bytes, all));
        t->answer->has_printed = true;
        return t->request->to->failed ? 0 : all;    /* a closed pipe ends the printing, not the answer */
    }
    char *more = realloc(t->answer->body, t->answer->size + all + 1);
    if (!more) return 0;
    memcpy(more + t->answer->size, bytes, all);
    t->answer->body = more;
    t->answer->size += all;
    more[t->answer->size] = 0;
    return all;
}

static size_t take_header(char *bytes, size_t size, size_t count, void *context)
{
    struct transfer *t = context;
    struct slice line = slice_of(bytes, size * count), name = slice_cut(&line, ':');
    if (slice_equal_nocase(name, SLICE("location")) && line.bytes) {
        while (line.size && (line.bytes[line.size - 1] == '\r' || line.bytes[line.size - 1] == '\n')) line.size--;
        snprintf(t->answer->location, sizeof t->answer->location, "%.*s", SLICE_ARGS(slice_trim(line)));
    }
    return size * count;
}

static struct curl_slist *headers_of(const struct door_client *c, const struct door_request *r)
{
    char line[TOKEN_BYTES + 64];
    struct curl_slist *list = NULL;
    for (unsigned k = 0; r->headers[k]; k++) list = curl_slist_append(list, r->headers[k]);
    if (c->token && *c->token) {
        snprintf(line, sizeof line, "Authorization: Bearer %s", c->token);
        list = curl_slist_append(list, line);
    }
    return list;
}

static void set_body(CURL *curl, struct transfer *t)
{
    const struct door_request *r = t->request;
    curl_off_t size = r->upload ? (curl_off_t)r->upload_size : (curl_off_t)r->body.size;
    curl_easy_setopt(curl, CURLOPT_POST, 1L);
    curl_easy_setopt(curl, CURLOPT_READFUNCTION, give_body);
    curl_easy_setopt(curl, CURLOPT_READDATA, t);
    curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, size);         /* -1: in chunks */
}

int door_client_say_away(const struct door_client *c, const struct door_answer *a)
{
    fprintf(stderr, "error[SERVICE_AWAY %d]: %s: %s\n  start claim-intake, or name it with --server\n",
            ERR_SERVICE_AWAY, c->server, a->why);
    return EXIT_UNREACHABLE;
}

int door_client_ask(const struct door_client *c, const struct door_request *r, struct door_answer *a)
{
    char url[URL_BYTES], why[CURL_ERROR_SIZE] = { 0 };
    CURL *curl = curl_easy_init();
    struct transfer t = { .request = r, .answer = a, .body = r->body, .curl = curl };
    *a = (struct door_answer){ 0 };
    if (!curl) return EXIT_FAILED;
    snprintf(url, sizeof url, "%s%s", c->server, r->target);
    struct curl_slist *headers = headers_of(c, r);
    if (r->upload && r->upload_size < 0) headers = curl_slist_append(headers, "Transfer-Encoding: chunked");
    curl_easy_setopt(curl, CURLOPT_URL, url);
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
    curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, why);
    curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, (long)CONNECT_TIMEOUT_S);
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    if (c->ca_file && *c->ca_file) curl_easy_setopt(curl, CURLOPT_CAINFO, c->ca_file);
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take_body);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, &t);
    curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, take_header);
    curl_easy_setopt(curl, CURLOPT_HEADERDATA, &t);
    if (strcmp(r->method, "POST") == 0) set_body(curl, &t);
    CURLcode code = curl_easy_perform(curl);
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &a->status);
    curl_slist_free_all(headers);
    curl_easy_cleanup(curl);
    if (code == CURLE_OK || (a->status >= 400 && a->size > 0)) return EXIT_DONE;
    if (r->to && r->to->failed) return EXIT_FAILED;                     /* and that was said */
    snprintf(a->why, sizeof a->why, "%s", *why ? why : curl_easy_strerror(code));
    return r->is_quiet ? EXIT_UNREACHABLE : door_client_say_away(c, a);
}

void door_answer_close(struct door_answer *a)
{
    free(a->body);
    *a = (struct door_answer){ 0 };
}

void door_client_encode(struct text *t, struct slice text)
{
    static const char hex[] = "0123456789ABCDEF";
    for (size_t k = 0; k < text.size; k++) {
        unsigned char c = (unsigned char)text.bytes[k];
        bool is_plain =
            (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || (c && strchr("-._~", c));
        if (is_plain) { text_put_byte(t, (char)c); continue; }
        text_put_byte(t, '%');
        text_put_byte(t, hex[c >> 4]);
        text_put_byte(t, hex[c & 15]);
    }
}

/* Problems */

static int exit_of(long status)
{
    switch (status) {
    case 401: case 403: return EXIT_NOT_PERMITTED;
    case 404:           return EXIT_NOT_FOUND;
    case 409:           return EXIT_CONFLICT;
    case 413: case 415: case 422: return EXIT_REFUSED;
    case 429: case 503: return EXIT_TRY_AGAIN;
    default:            return EXIT_FAILED;
    }
}

const char *door_text(const json_t *object, const char *name)
{
    const char *text = json_string_value(json_object_get(object, name));
    return text ? text : "";
}

long long door_count(const json_t *object, const char *name)
{
    return json_integer_value(json_object_get(json_object_get(object, "counts"), name));
}

static void say_errors(const json_t *list)
{
    const json_t *error;
    size_t k;
    json_array_foreach(list, k, error) {
        const json_t *where = json_object_get(error, "where");
        fprintf(stderr, "error[%s %lld]: %s\n", door_text(error, "code"),
                (long long)json_integer_value(json_object_get(error, "number")), door_text(error, "message"));
        if (json_object_get(where, "row"))
            fprintf(stderr, "  at row %lld\n", (long long)json_integer_value(json_object_get(where, "row")));
        if (*door_text(error, "fix")) fprintf(stderr, "  %s\n", door_text(error, "fix"));
        if (k == 19) { fprintf(stderr, "… and %zu more of them\n", json_array_size(list) - 20); return; }
    }
}

int door_client_refuse(const struct door_answer *a, const char *what)
{
    json_error_t error;
    json_t *o = json_loadb(a->body ? a->body : "", a->size, 0, &error);
    const char *code = door_text(o, "code"), *title = door_text(o, "title"), *detail = door_text(o, "detail"),
               *fix = door_text(o, "fix");
    fprintf(stderr, "error[%s]: %s: %s%s%s\n", *code ? code : "HTTP", what, *title ? title : "the server refuses",
            *detail ? ". " : "", detail);
    if (!*title) fprintf(stderr, "  status %ld\n", a->status);
    if (*fix) fprintf(stderr, "  %s\n", fix);
    say_errors(json_object_get(o, "errors"));
    json_decref(o);
    return exit_of(a->status);
}
