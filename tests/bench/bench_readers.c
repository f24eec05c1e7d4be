/* Intake by format: from the bytes of a document to typed lines with their receipts, survey and post, the same sales
 * each.
 *
 *   bench_readers RESULTS.ndjson [LINES]     one object a figure is appended; a table goes to standard output */
#include "bench/figure.h"
#include "intake/document.h"
#include "intake/submission.h"
#include "wire/dossier_codec.h"

#include <stdlib.h>

enum { LINES = 50000, RUNS = 3, PATH_BYTES = 256 };

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

/* Records of protobuf, each after its length: the lines of a document as their sender would have sent them. */
static enum err write_record(void *context, const struct intake_line *line)
{
    struct arena *a = ((void **)context)[0];
    arena_reset(a);
    struct slice bytes;
    TRY(line_encode(a, line->line, &bytes));
    uint32_t size = (uint32_t)bytes.size;
    bool is_written = fwrite(&size, sizeof size, 1, ((void **)context)[1]) == 1
                      && fwrite(bytes.bytes, size, 1, ((void **)context)[1]) == 1;
    return is_written ? OK : ERR_FILE_UNWRITABLE;
}

static int fail(const char *what, const char *path)
{
    fprintf(stderr, "%s: %s\n", path, what);
    return 1;
}

/* All of a document; false when it was not read whole. */
static bool take_document(const char *path, struct intake_events events)
{
    struct intake_submitter submitter = submitter_local();
    struct intake_partners partners = { .root = root_of, .identified = partner_of };
    struct mapping_profiles none = { 0 };
    struct spool spool;
    struct intake *intake;
    struct slice name = slice_from(path);
    if (spool_open_document(&spool, path) != OK) return false;
    struct intake_job job = { .spool = &spool,
                              .file_name = name,
                              .door = DOOR_CLAIMCTL,
                              .received_at_unix_ms = received,
                              .submitter = &submitter,
                              .partners = &partners,
                              .partner_id = SLICE("D-001"),
                              .profile = mapping_profile_find(&none, SLICE("default"), instant_date(received, 0)) };
    if (intake_open(&intake, &job, &events) != OK) return false;
    bool is_whole = intake_post_all(intake) == OK;
    const struct issues *errors = &intake_result(intake)->errors;
    for (unsigned i = 0; i < errors->count && i < 3; i++)
        fprintf(stderr, "%s: %s\n", path, issue_name(errors->items[i].code).bytes);
    intake_close(intake);
    spool_close(&spool);
    return is_whole;
}

static bool take(const char *path, uint64_t lines)
{
    uint64_t passed = 0;
    return take_document(path, (struct intake_events){ .context = &passed, .on_line = on_line }) && passed == lines;
}

static int write_records(const char *folder)
{
    char from[PATH_BYTES], to[PATH_BYTES];
    struct arena a;
    snprintf(from, sizeof from, "%s/pos.ndjson", folder);
    snprintf(to, sizeof to, "%s/pos.pb", folder);
    FILE *out = fopen(to, "w");
    if (!out || arena_open(&a, 1 << 16, 1 << 20) != OK) return fail("cannot be written", to);
    void *context[] = { &a, out };
    bool is_whole = take_document(from, (struct intake_events){ .context = context, .on_line = write_record });
    arena_close(&a);
    return fclose(out) == 0 && is_whole ? 0 : fail("no records", to);
}

/* What the posting worker does with each record: decode, type by its fields, hand over. */
static bool take_records(const char *path, uint64_t lines)
{
    uint64_t passed = 0, plain = 0;
    struct intake_submitter submitter = { .id = SLICE("erp"), .any_partner = true, .kinds = PROFILE_KINDS_DEFAULT };
    struct intake_partners partners = { .root = root_of, .identified = partner_of };
    struct intake_events events = { .context = &passed, .on_line = on_line };
    struct mapping_profiles none = { 0 };
    struct intake_job job = { .door = DOOR_KAFKA,
                              .received_at_unix_ms = received,
                              .submitter = &submitter,
                              .partners = &partners,
                              .document_id = SLICE("0000000000000000000000000000000000000000000000000000000000000000"),
                              .profile = mapping_profile_find(&none, SLICE("default"), instant_date(received, 0)) };
    struct intake *intake = NULL;
    struct spool spool;
    struct arena a;
    if (spool_open_document(&spool, path) != OK || arena_open(&a, 1 << 16, 1 << 20) != OK) return false;
    for (struct slice rest = spool.bytes; rest.size >= sizeof(uint32_t);) {
        uint32_t size;
        bool done = false;
        memcpy(&size, rest.bytes, sizeof size);
        struct line line;
        struct slice bytes = slice_head(slice_skip(rest, sizeof size), size);
        struct spool record = spool_over(bytes);
        rest = slice_skip(rest, sizeof size + size);
        arena_reset(&a);
        if (line_decode(&a, bytes, &line) != OK) break;
        plain += submission_is_plain(&line, job.profile);
        job.spool = &record;
        job.submission = &line;
        if ((intake ? intake_again(intake, &job, &events) : intake_open(&intake, &job, &events)) != OK) break;
        while (!done)
            if (intake_post(intake, 1, &done) != OK) break;
    }
    if (intake) intake_close(intake);
    arena_close(&a);
    spool_close(&spool);
    return passed == lines && plain == lines;
}

static int measure(FILE *results, const char *folder, const char *file, const char *figure, double target,
                   uint64_t lines, bool (*take_all)(const char *path, uint64_t lines))
{
    char path[PATH_BYTES];
    int64_t least = INT64_MAX;
    snprintf(path, sizeof path, "%s/%s", folder, file);
    for (unsigned i = 0; i < RUNS; i++) {
        int64_t from = figure_cpu_ns();
        if (!take_all(path, lines)) return fail("not every line passed", path);
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
    static const struct {
        const char *file, *figure, *read;
        double target;
        bool (*take_all)(const char *path, uint64_t lines);
    } rows[] = {
        { "pos.csv", "intake_text", "intake_text_read", 4, take },
        { "pos.csv.gz", "intake_text_gzip", "intake_text_gzip_read", 4, take },
        { "pos.ndjson", "intake_json", "intake_json_read", 20, take },
        { "pos.ndjson.gz", "intake_json_gzip", "intake_json_gzip_read", 20, take },
        { "pos.x12", "intake_x12", "intake_x12_read", 4, take },
        { "pos.x12.gz", "intake_x12_gzip", "intake_x12_gzip_read", 4, take },
        { "pos.xlsx", "intake_workbook", "intake_workbook_read", 30, take },
        { "pos.pb", "intake_protobuf", "intake_protobuf_read", 4, take_records },
    };
    int failed = 0;
    for (unsigned k = 0; k < sizeof rows / sizeof *rows; k++) {
        failed |= measure(results, folder, rows[k].file, rows[k].figure, rows[k].target, lines,
                          rows[k].take_all);
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
    int failed = write_records(folder) || measure_all(results, folder, lines);
    snprintf(command, sizeof command, "rm -rf %s", folder);
    if (system(command) != 0) return fail("not removed", folder);
    return fclose(results) == 0 ? failed : 1;
}
