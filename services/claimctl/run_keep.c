/* claimctl/run_keep.c: options as NUL-terminated KEY=VALUE texts, paths made absolute. */
#include "claimctl/run_keep.h"

#include "base/assert.h"
#include "claimctl/balances.h"
#include "claimctl/command.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

enum { COMMAND_BYTES_MAX = 2 << 20 };

static int complain(enum err e, const char *what, const char *why)
{
    fprintf(stderr, "error[%s %d]: %s: %s\n", err_name(e), e, what, why);
    return EXIT_FAILED;
}

/* --- writing --- */

static void put(struct output *o, const char *key, const char *value)
{
    if (!value) return;
    output_put(o, slice_from(key));
    output_put(o, SLICE("="));
    output_put(o, slice_of(value, strlen(value) + 1));
}

static void put_path(struct output *o, const char *key, const char *path)
{
    char whole[PATH_MAX];
    bool is_stdin = strcmp(path, "-") == 0;
    put(o, key, !is_stdin && realpath(path, whole) ? whole : path);
}

static void put_number(struct output *o, const char *key, uint64_t number)
{
    char text[32];
    snprintf(text, sizeof text, "%llu", (unsigned long long)number);
    put(o, key, text);
}

static bool write_command(const struct run_engine *r)
{
    const struct run_options *o = r->options;
    struct output out;
    if (output_open(&out, state_dir_file(&r->state, "command")) != OK) return false;
    put_path(&out, "world", o->world);
    put(&out, "name", o->name);
    for (unsigned i = 0; i < o->input_count; i++)
        if (o->inputs[i] != o->acts) put_path(&out, "input", o->inputs[i]);
    put(&out, "partner", o->partner);
    put(&out, "currency", o->currency);
    put(&out, "profile", o->profile);
    put_number(&out, "received-from-input", o->received_from_input);
    put_number(&out, "seed", o->seed);
    put_number(&out, "batch-lines", run_engine_batch_lines(r));
    put_number(&out, "clock", (uint64_t)embedded_now(r->engine));
    for (unsigned i = 0; i < o->set_count; i++) put(&out, "set", o->sets[i]);
    return output_close(&out);
}

static bool write_acts(const struct run_engine *r, struct slice acts)
{
    struct output out;
    if (output_open(&out, state_dir_file(&r->state, "acts.ndjson")) != OK) return false;
    output_put(&out, acts);
    return output_close(&out);
}

int run_keep(struct run_engine *r, struct slice acts)
{
    struct output balances;
    if (!r->options->state) return EXIT_DONE;
    if (output_open(&balances, state_dir_file(&r->state, "balances.ndjson")) != OK) return EXIT_FAILED;
    enum err e = balances_write(r, &balances);
    bool written = output_close(&balances);
    if (e != OK) return r->transcript.failed ? EXIT_FAILED : complain(e, r->options->state, err_text(e));
    if (!written || !write_command(r) || !write_acts(r, acts)) return EXIT_FAILED;
    return state_dir_finish(&r->state, &r->transcript) == OK ? EXIT_DONE : EXIT_FAILED;
}

/* --- reading --- */

static bool take_number(struct slice value, uint64_t max, uint64_t *number)
{
    return slice_to_uint(value, max, number);
}

/* Every text ends with a NUL, so that values are C strings where they lie. */
static bool take(struct run_options *o, struct slice key, struct slice value)
{
    uint64_t number = 0;
    if (slice_equal(key, SLICE("world"))) o->world = value.bytes;
    else if (slice_equal(key, SLICE("name"))) o->name = value.bytes;
    else if (slice_equal(key, SLICE("partner"))) o->partner = value.bytes;
    else if (slice_equal(key, SLICE("currency"))) o->currency = value.bytes;
    else if (slice_equal(key, SLICE("profile"))) o->profile = value.bytes;
    else if (slice_equal(key, SLICE("input")) && o->input_count < RUN_INPUTS_MAX)
        o->inputs[o->input_count++] = value.bytes;
    else if (slice_equal(key, SLICE("set")) && o->set_count < RUN_SETS_MAX) o->sets[o->set_count++] = value.bytes;
    else if (slice_equal(key, SLICE("seed"))) return take_number(value, UINT64_MAX, &o->seed);
    else if (slice_equal(key, SLICE("batch-lines")) && take_number(value, UINT32_MAX, &number))
        o->batch_lines = (uint32_t)number;
    else if (slice_equal(key, SLICE("received-from-input")) && take_number(value, 1, &number))
        o->received_from_input = number;
    else return slice_equal(key, SLICE("clock"));        /* nothing that a run is told */
    return true;
}

/* False: there is no further one, or it does not end. */
static bool next_text(struct slice *bytes, struct slice *key, struct slice *value)
{
    const char *end = bytes->size ? memchr(bytes->bytes, 0, bytes->size) : NULL;
    if (!end) return false;
    *value = slice_of(bytes->bytes, (size_t)(end - bytes->bytes));
    *bytes = slice_skip(*bytes, value->size + 1);
    *key = slice_cut(value, '=');
    return true;
}

static bool parse(struct slice bytes, struct run_options *o)
{
    struct slice key, value;
    *o = run_options_default(NULL);
    while (next_text(&bytes, &key, &value))
        if (!take(o, key, value)) return false;
    return bytes.size == 0 && o->world != NULL;
}

static bool read_file(struct arena *a, const char *path, struct slice *bytes)
{
    FILE *file = fopen(path, "rb");
    if (!file) return false;
    char *room = arena_alloc(a, COMMAND_BYTES_MAX);
    size_t size = fread(room, 1, COMMAND_BYTES_MAX, file);
    bool ok = !ferror(file) && size < COMMAND_BYTES_MAX;
    fclose(file);
    *bytes = slice_of(room, size);
    return ok;
}

instant_ms run_keep_clock(const struct state_dir *d)
{
    struct arena a = { 0 };
    struct slice bytes = { 0 }, key, value;
    uint64_t clock = 0;
    if (arena_open(&a, 2 * COMMAND_BYTES_MAX, 2 * COMMAND_BYTES_MAX) != OK) return 0;
    if (read_file(&a, state_dir_file(d, "command"), &bytes))
        while (next_text(&bytes, &key, &value))
            if (slice_equal(key, SLICE("clock")) && !slice_to_uint(value, INT64_MAX, &clock)) clock = 0;
    arena_close(&a);
    return (instant_ms)clock;
}

static const char *copy_path(struct arena *a, const char *path)
{
    struct text t = text_in(a, strlen(path) + 1);
    text_put(&t, slice_from(path));
    text_put_byte(&t, 0);
    return t.bytes;
}

struct slice run_keep_world(struct arena *a, const struct state_dir *d)
{
    struct slice bytes;
    struct run_options o = run_options_default(NULL);
    bool is_read = read_file(a, state_dir_file(d, "command"), &bytes) && parse(bytes, &o) && o.world;
    return is_read ? slice_copy(a, slice_from(o.world)) : (struct slice){ 0 };
}

int run_keep_read(struct arena *a, const struct state_dir *d, struct run_options *o, const char **acts)
{
    struct slice bytes;
    struct stat status;
    if (!read_file(a, state_dir_file(d, "command"), &bytes) || !parse(bytes, o))
        return complain(ERR_FILE_UNREADABLE, d->folder,
                        "the run does not say how it was started; run it again with this build");
    for (unsigned i = 0; i < o->input_count; i++)
        if (strcmp(o->inputs[i], "-") == 0)
            return complain(ERR_FILE_UNREADABLE, d->folder,
                            "the run read standard input, which cannot be read again; give it a file as --input");
    const char *path = copy_path(a, state_dir_file(d, "acts.ndjson"));
    *acts = stat(path, &status) == 0 && status.st_size > 0 ? path : NULL;
    if (*acts && o->input_count == RUN_INPUTS_MAX)
        return complain(ERR_FILE_UNREADABLE, d->folder, "the run has no place for one more input");
    if (*acts) o->inputs[o->input_count++] = o->acts = *acts;
    return EXIT_DONE;
}
