/* claimctl/run_figures.c: the system's account of this process and the engine's of its state. */
#include "claimctl/run_figures.h"

#include "wire/json_text.h"

#include <sys/resource.h>

enum { OBJECT_BYTES = 1024, STATUS_LINE_BYTES = 256, KIB = 1024 };

/* A row of the process's status, in bytes; 0 when there is none. */
static int64_t status_bytes(const char *name)
{
    char line[STATUS_LINE_BYTES];
    uint64_t kib = 0;
    FILE *file = fopen("/proc/self/status", "r");
    while (file && fgets(line, sizeof line, file)) {
        struct slice rest = slice_from(line), word = slice_cut(&rest, ':');
        if (!slice_equal(word, slice_from(name))) continue;
        rest = slice_trim(rest);
        slice_to_uint(slice_cut(&rest, ' '), INT64_MAX / KIB, &kib);
    }
    if (file) fclose(file);
    return (int64_t)kib * KIB;
}

static int64_t cpu_ms(void)
{
    struct rusage u;
    getrusage(RUSAGE_SELF, &u);
    return (int64_t)(u.ru_utime.tv_sec + u.ru_stime.tv_sec) * 1000 + (u.ru_utime.tv_usec + u.ru_stime.tv_usec) / 1000;
}

void run_figures_write(const struct run_engine *engine, uint64_t lines, uint64_t elapsed_ms, struct output *out)
{
    char buffer[OBJECT_BYTES];
    struct text t = text_over(buffer, sizeof buffer);
    struct json j = json_over(&t);
    json_open_object(&j);
    json_int(&j, "lines", (int64_t)lines);
    json_int(&j, "elapsed_ms", (int64_t)elapsed_ms);
    json_int(&j, "cpu_ms", cpu_ms());
    json_int(&j, "peak_bytes", status_bytes("VmHWM"));
    json_int(&j, "anonymous_bytes", status_bytes("RssAnon"));
    json_int(&j, "file_bytes", status_bytes("RssFile"));
    json_int(&j, "state_bytes", (int64_t)embedded_state_bytes(engine->engine));
    json_close_object(&j);
    output_line(out, text_slice(&t));
}
