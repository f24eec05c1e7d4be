/* Intake by format: from the bytes of a document to typed lines with their receipts, survey and post, the same sales
 * each.
 *
 *   bench_readers RESULTS.ndjson [LINES]     one object a figure is appended; a table goes to standard output */
#include "bench/figure.h"
#include "intake/document.h"

#include <stdlib.h>

enum { LINES = 50000, RUNS = 3, CHUNK_LINES = 1000, PATH_BYTES = 256 };

static const instant_ms received = 1775606400000;   /* 2026-04-08 */

static enum err on_line(void *context, const struct intake_line *line)
{
    *(uint64_t *)context += line->outcome == OUTCOME_PASS;
    return OK;
}

static struct slice root_of(void *context, struct slice partner_id)
{
    (void)context;
    return partner_id;
}

static struct slice partner_of(void *context, struct slice type, struct slice id)
{
    (void)context;
    (void)type;
    (void)id;
    return SLICE("D-001");
}

static int fail(const char *what, const char *path)
{
    fprintf(stderr, "%s: %s\n", path, what);
    return 1;
}

/* All of a document; 0 when it did not pass whole. */
static uint64_t take(const char *path, uint64_t lines)
{
    uint64_t passed = 0;
    struct intake_submitter submitter = submitter_local();
    struct intake_partners partners = { .root = root_of, .identified = partner_of };
    struct intake_events events = { .context = &passed, .on_line = on_line };
    struct mapping_profiles none = { 0 };
    struct spool spool;
    struct intake *intake;
    struct slice name = slice_from(path);
    if (spool_open_document(&spool, path) != OK) return 0;
    struct intake_job job = { .spool = &spool,
                              .file_name = name,
                              .door = DOOR_CLAIMCTL,
                              .received_at_unix_ms = received,
                              .submitter = &submitter,
                              .partners = &partners,
                              .partner_id = SLICE("D-001"),
                              .profile = mapping_profile_find(&none, SLICE("default"), instant_date(received, 0)) };
    if (intake_open(&intake, &job, &events) != OK) return 0;
    for (bool done = false; !done;)
        if (intake_post(intake, CHUNK_LINES, &done) != OK) break;
    const struct issues *errors = &intake_result(intake)->errors;
    for (unsigned i = 0; i < errors->count && i < 3; i++)
        fprintf(stderr, "%s: %s\n", path, issue_name(errors->items[i].code).bytes);
    intake_close(intake);
    spool_close(&spool);
    return passed == lines ? passed : 0;
}

static int measure(FILE *results, const char *folder, const char *file, const char *figure, double target,
                   uint64_t lines)
{
    char path[PATH_BYTES];
    int64_t least = INT64_MAX;
    snprintf(path, sizeof path, "%s/%s", folder, file);
    for (unsigned i = 0; i < RUNS; i++) {
        int64_t from = figure_cpu_ns();
        if (!take(path, lines)) return fail("not every line passed", path);
        int64_t took = figure_cpu_ns() - from;
        if (took < least) least = took;
    }
    figure_put(results, figure, (double)least / (double)lines / 1000, "us", target, lines);
    return 0;
}

/* What reading the bytes alone takes, beside it. */
static int measure_read(FILE *results, const char *folder, const char *file, const char *figure, uint64_t lines)
{
    static char block[1 << 16];
    char path[PATH_BYTES];
    int64_t least = INT64_MAX;
    snprintf(path, sizeof path, "%s/%s", folder, file);
    for (unsigned i = 0; i < RUNS; i++) {
        int64_t from = figure_cpu_ns();
        FILE *in = fopen(path, "r");
        if (!in) return fail("cannot be read", path);
        while (fread(block, 1, sizeof block, in) > 0) {}
        (void)fclose(in);
        int64_t took = figure_cpu_ns() - from;
        if (took < least) least = took;
    }
    figure_put(results, figure, (double)least / (double)lines / 1000, "us", FIGURE_LOOKED_AT, lines);
    return 0;
}

static int measure_all(FILE *results, const char *folder, uint64_t lines)
{
    static const struct { const char *file, *figure, *read; double target; } rows[] = {
        { "pos.csv", "intake_text", "intake_text_read", 4 },
        { "pos.csv.gz", "intake_text_gzip", "intake_text_gzip_read", 4 },
        { "pos.ndjson", "intake_json", "intake_json_read", 20 },
        { "pos.ndjson.gz", "intake_json_gzip", "intake_json_gzip_read", 20 },
        { "pos.x12", "intake_x12", "intake_x12_read", 4 },
        { "pos.x12.gz", "intake_x12_gzip", "intake_x12_gzip_read", 4 },
        { "pos.xlsx", "intake_workbook", "intake_workbook_read", 30 },
    };
    int failed = 0;
    for (unsigned k = 0; k < sizeof rows / sizeof *rows; k++) {
        failed |= measure(results, folder, rows[k].file, rows[k].figure, rows[k].target, lines);
        failed |= measure_read(results, folder, rows[k].file, rows[k].read, lines);
    }
    return failed;
}

int main(int argc, char **argv)
{
    unsigned lines = figure_lines(argc > 2 ? argv[2] : NULL, LINES);
    FILE *results = argc > 1 ? fopen(argv[1], "a") : NULL;
    char folder[] = "/tmp/bench-readers-XXXXXX", command[2 * PATH_BYTES];
    if (!results) {
        fprintf(stderr, "usage: bench_readers RESULTS.ndjson [LINES]\n");
        return 2;
    }
    if (!mkdtemp(folder)) return fail("no folder", folder);
    snprintf(command, sizeof command, "python3 tests/bench/documents.py --lines %u --out %s", lines, folder);
    if (system(command) != 0) return fail("no documents", command);
    snprintf(command, sizeof command, "gzip -k %s/pos.csv %s/pos.ndjson %s/pos.x12", folder, folder, folder);
    if (system(command) != 0) return fail("not compressed", command);
    int failed = measure_all(results, folder, lines);
    snprintf(command, sizeof command, "rm -rf %s", folder);
    if (system(command) != 0) return fail("not removed", folder);
    return fclose(results) == 0 ? failed : 1;
}
