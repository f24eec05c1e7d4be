/* claimctl/run.c: `claimctl run`: the four stages in one process, fed from a world and files (first-hour.md 8). */
#include "claimctl/balances.h"
#include "claimctl/command.h"
#include "claimctl/line_names.h"
#include "claimctl/run_feed.h"
#include "claimctl/run_figures.h"
#include "claimctl/run_keep.h"
#include "claimctl/run_report.h"

#include <time.h>

struct outputs {
    struct output results, balances, figures, sentences;
    bool has_results, has_balances, has_figures, has_sentences;
};

static uint64_t monotonic_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

static bool is_stdout(const char *path)
{
    return path && strcmp(path, "-") == 0;
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

static int report(struct run_engine *engine, struct run_feed *feed, struct outputs *o, uint64_t started_ms)
{
    struct run_report r = { .engine = engine };
    line_names_use(&engine->transcript);
    enum err e = run_report_walk(&r, o->has_results ? &o->results : NULL, o->has_sentences ? &o->sentences : NULL);
    if (e == OK && o->has_balances) e = balances_write(engine, &o->balances);
    int code = e == OK                      ? run_keep(engine, (struct slice){ 0 })
               : engine->transcript.failed ? EXIT_FAILED
                                           : command_fail(e, NULL);
    if (code == EXIT_DONE && engine->options->responses
        && run_responses_write(&feed->responses, engine, engine->options->responses) != OK)
        code = EXIT_FAILED;
    if (code == EXIT_DONE && o->has_figures)
        run_figures_write(engine, feed->lines, monotonic_ms() - started_ms, &o->figures);
    if (code == EXIT_DONE && !o->has_results && !o->has_balances && !is_stdout(engine->options->figures)) {
        struct output summary = output_stdout();
        run_report_print(&r, &summary, monotonic_ms() - started_ms);
        if (!output_close(&summary)) code = EXIT_FAILED;
    }
    bool wrong = !r.conserved || r.books.held != r.books.total;
    if (wrong && (o->has_results || o->has_balances)) books_check_print(&r.books, stderr);
    if (code == EXIT_DONE && wrong) code = EXIT_DIFFERS;
    if (code == EXIT_DONE && (feed->refused || r.refused || engine->dead)) code = EXIT_REFUSED;
    if (feed->interrupted && (code == EXIT_DONE || code == EXIT_REFUSED)) code = EXIT_INTERRUPTED;
    run_report_close(&r);
    line_names_use(NULL);
    return code;
}

int claimctl_run(int argc, char **argv)
{
    struct run_options options;
    struct run_engine engine;
    struct outputs outputs = { 0 };
    uint64_t started_ms = monotonic_ms();
    enum err e = run_options_read(argc, argv, &options);
    if (e != OK) return e == ERR_NAME_UNKNOWN ? EXIT_NOT_FOUND : EXIT_USAGE;
    int code = run_feed_check(&options);
    if (code != EXIT_DONE) return code;
    run_feed_listen();
    struct run_feed feed = { .engine = &engine };
    code = run_engine_open(&engine, &options);
    if (code == EXIT_DONE) code = open_outputs(&outputs, &options);
    if (code == EXIT_DONE) code = run_feed_all(&feed);
    if (code == EXIT_DONE) code = report(&engine, &feed, &outputs, started_ms);
    if (code == EXIT_DONE || code == EXIT_REFUSED) run_redis_print(&engine.redis, stderr);
    run_engine_close(&engine);
    bool written = close_outputs(&outputs);
    return !written && code != EXIT_USAGE && code != EXIT_BAD_SETTING ? EXIT_FAILED : code;
}
