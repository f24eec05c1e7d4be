/* claimctl/run.c: `claimctl run`: the four stages in one process, fed from a world and files (first-hour.md 8). */
#include "claimctl/argument.h"
#include "claimctl/balances.h"
#include "claimctl/command.h"
#include "claimctl/line_names.h"
#include "claimctl/run_feed.h"
#include "claimctl/run_figures.h"
#include "claimctl/run_keep.h"
#include "claimctl/run_report.h"
#include "runtime/clock.h"

#include <limits.h>
#include <stdlib.h>

struct outputs {
    struct output results, balances, figures, sentences;
    bool has_results, has_balances, has_figures, has_sentences;
};

static bool is_stdout(const char *path)
{
    return path && strcmp(path, "-") == 0;
}

/* Terms, partners, products, prices: what a world's folder holds in two formats. */
static bool is_of_world(const char *path, const char *folder)
{
    char of_path[PATH_MAX], of_folder[PATH_MAX];
    if (!path || !realpath(path, of_path) || !realpath(folder, of_folder)) return false;
    size_t size = strlen(of_folder);
    struct slice name = slice_from(of_path);
    return strncmp(of_path, of_folder, size) == 0 && of_path[size] == '/'
           && (slice_ends_with(name, SLICE(".yaml")) || slice_ends_with(name, SLICE(".csv")));
}

/* The documents of the world, and the files of its lists. */
static struct argument_files world_files(struct run_engine *r)
{
    const struct world *w = &r->world;
    unsigned count = w->document_count, at = 0;
    for (unsigned i = 0; i < w->lists.source_count; i++) count += w->lists.sources[i].files.count;
    const char **paths = ARENA_ARRAY(&r->arena, count + 1, const char *);
    for (unsigned i = 0; i < w->document_count; i++) paths[at++] = slice_copy(&r->arena, w->documents[i].path).bytes;
    for (unsigned i = 0; i < w->lists.source_count; i++)
        for (unsigned k = 0; k < w->lists.sources[i].files.count; k++)
            paths[at++] = slice_copy(&r->arena, w->lists.sources[i].files.items[k]).bytes;
    return (struct argument_files){ paths, count };
}

/* What the command line alone does not say: whether something is written over a file of the world. */
static bool outputs_are_apart(struct run_engine *r)
{
    const struct run_options *o = r->options;
    const char *const written[] = { o->results, o->balances, o->figures };
    for (unsigned i = 0; i < sizeof written / sizeof *written; i++) {
        struct argument_files self = { &written[i], 1 };
        if (is_of_world(written[i], o->world)) return argument_are_apart("run", self, self);
    }
    return argument_are_apart("run", (struct argument_files){ written, 3 }, world_files(r));
}

static int open_outputs(struct outputs *o, const struct run_options *options)
{
    bool objects_on_stdout = is_stdout(options->results) || is_stdout(options->balances) || is_stdout(options->figures);
    if (options->results && output_open(&o->results, options->results) != OK) return EXIT_FAILED;
    o->has_results = options->results != NULL;
    if (options->balances && output_open(&o->balances, options->balances) != OK) return EXIT_FAILED;
    o->has_balances = options->balances != NULL;
    if (options->figures && output_open(&o->figures, options->figures) != OK) return EXIT_FAILED;
    o->has_figures = options->figures != NULL;
    o->has_sentences = options->explain;
    o->sentences = objects_on_stdout ? output_stderr() : output_stdout();
    return EXIT_DONE;
}

static bool close_outputs(struct outputs *o)
{
    bool written = true;
    if (o->has_results) written &= output_close(&o->results);
    if (o->has_balances) written &= output_close(&o->balances);
    if (o->has_figures) written &= output_close(&o->figures);
    if (o->has_sentences) written &= output_close(&o->sentences);
    return written;
}

/* All that the command line asks of the run, until something cannot be written. */
static int write_outputs(struct run_report *r, struct run_feed *feed, struct outputs *o, uint64_t started_ms)
{
    struct run_engine *engine = r->engine;
    const struct run_options *options = engine->options;
    enum err e = run_report_walk(r, o->has_results ? &o->results : NULL, o->has_sentences ? &o->sentences : NULL);
    if (e == OK && o->has_balances) e = balances_write(engine, &o->balances);
    if (e != OK) return engine->transcript.failed ? EXIT_FAILED : command_fail(e, NULL);
    int code = run_keep(engine, (struct slice){ 0 });
    if (code != EXIT_DONE) return code;
    if (options->responses && run_responses_write(&feed->responses, engine, options->responses) != OK)
        return EXIT_FAILED;
    uint64_t took_ms = (uint64_t)clock_mono_ms() - started_ms;
    if (o->has_figures) run_figures_write(engine, feed->lines, took_ms, &o->figures);
    if (o->has_results || o->has_balances || is_stdout(options->figures)) return EXIT_DONE;
    struct output summary = output_stdout();
    run_report_print(r, &summary, took_ms);
    return output_close(&summary) ? EXIT_DONE : EXIT_FAILED;
}

/* What the exit code says of a run whose outputs are written. */
static int judge_run(const struct run_report *r, const struct run_feed *feed, bool is_balanced)
{
    if (!is_balanced) return EXIT_DIFFERS;
    if (feed->interrupted) return EXIT_INTERRUPTED;
    return feed->refused || r->refused || r->engine->dead ? EXIT_REFUSED : EXIT_DONE;
}

static int report(struct run_engine *engine, struct run_feed *feed, struct outputs *o, uint64_t started_ms)
{
    struct run_report r = { .engine = engine };
    line_names_use(&engine->transcript);
    int code = write_outputs(&r, feed, o, started_ms);
    bool is_balanced = r.conserved && r.books.held == r.books.total;
    if (!is_balanced && (o->has_results || o->has_balances)) books_check_print(&r.books, stderr);
    if (code == EXIT_DONE) code = judge_run(&r, feed, is_balanced);
    run_report_close(&r);
    line_names_use(NULL);
    return code;
}

int claimctl_run(int argc, char **argv)
{
    struct run_options options;
    struct run_engine engine;
    struct outputs outputs = { 0 };
    uint64_t started_ms = (uint64_t)clock_mono_ms();
    enum err e = run_options_read(argc, argv, &options);
    if (e != OK) return e == ERR_NAME_UNKNOWN ? EXIT_NOT_FOUND : EXIT_USAGE;
    int code = run_feed_check(&options);
    if (code != EXIT_DONE) return code;
    run_feed_listen();
    struct run_feed feed = { .engine = &engine };
    code = run_engine_open(&engine, &options);
    if (code == EXIT_DONE && !outputs_are_apart(&engine)) code = EXIT_USAGE;
    if (code == EXIT_DONE) code = open_outputs(&outputs, &options);
    if (code == EXIT_DONE) code = run_feed_all(&feed);
    if (code == EXIT_DONE) code = report(&engine, &feed, &outputs, started_ms);
    if (code == EXIT_DONE || code == EXIT_REFUSED) run_redis_print(&engine.redis, stderr);
    run_engine_close(&engine);
    bool written = close_outputs(&outputs);
    return !written && code != EXIT_USAGE && code != EXIT_BAD_SETTING ? EXIT_FAILED : code;
}
