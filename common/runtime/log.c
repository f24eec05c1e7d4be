/* runtime/log.c: events as lines; the limit of a place; one write a line. */
#include "runtime/log.h"

#include "base/assert.h"
#include "runtime/clock.h"
#include "runtime/json_line.h"

#include <errno.h>
#include <pthread.h>
#include <unistd.h>

static struct {
    enum service    service;
    unsigned        instance;
    char            name_space[64];
    atomic_int      fd;
    atomic_uint     least, format, site_lines_max;
} log_state = { .service = SERVICE_COUNT, .fd = STDOUT_FILENO, .site_lines_max = 20 };

static atomic_uint_fast64_t dropped_in_all;
static _Thread_local const char *thread_name;

void log_open(enum service service, unsigned instance, const char *name_space)
{
    ASSERT(service < SERVICE_COUNT);
    log_state.service = service;
    log_state.instance = instance;
    struct text kept = text_over(log_state.name_space, sizeof log_state.name_space - 1);
    text_put(&kept, slice_from(name_space));
}

void log_set(enum log_level least, enum log_format format, unsigned site_lines_max)
{
    ASSERT(site_lines_max > 0);
    atomic_store(&log_state.least, least);
    atomic_store(&log_state.format, format);
    atomic_store(&log_state.site_lines_max, site_lines_max);
}

void log_to(int fd)
{
    atomic_store(&log_state.fd, fd);
}

void log_name_thread(const char *name)
{
    thread_name = name;
    pthread_setname_np(pthread_self(), name);       /* for top -H and perf */
}

/* The words of log.level stand with their default first; this is their order by weight. */
static unsigned weight(enum log_level level)
{
    static const unsigned weights[] = { [LOG_DEBUG] = 0, [LOG_INFO] = 1, [LOG_WARNING] = 2, [LOG_ERROR] = 3 };
    return weights[level];
}

uint64_t log_dropped(void)
{
    return atomic_load(&dropped_in_all);
}

bool log_is_on(enum log_level level)
{
    return weight(level) >= weight((enum log_level)atomic_load_explicit(&log_state.least, memory_order_relaxed));
}

static const char *level_name(enum log_level level)
{
    static const char *const names[] = {
        [LOG_DEBUG] = "debug", [LOG_INFO] = "info", [LOG_WARNING] = "warning", [LOG_ERROR] = "error"
    };
    return names[level];
}

/* --- rendering -------------------------------------------------------------------------------------------------- */

static void render_json(struct text *t, instant_ms at, enum log_level level, const char *event,
                        const struct log_field *fields, unsigned count)
{
    char buffer[32];
    struct text time = text_over(buffer, sizeof buffer);
    instant_put(&time, at);
    text_put_byte(t, '{');
    json_line_member(t, "time", text_slice(&time));
    json_line_member(t, "level", slice_from(level_name(level)));
    if (log_state.service < SERVICE_COUNT) {
        json_line_member(t, "service", slice_from(service_row(log_state.service)->name));
        json_line_number(t, "instance", log_state.instance);
    }
    if (log_state.name_space[0]) json_line_member(t, "namespace", slice_from(log_state.name_space));
    if (thread_name) json_line_member(t, "worker", slice_from(thread_name));
    json_line_member(t, "event", slice_from(event));
    for (unsigned i = 0; i < count; i++) {
        if (fields[i].kind == LOG_FIELD_NUMBER) json_line_number(t, fields[i].name, fields[i].number);
        else json_line_member(t, fields[i].name, fields[i].text);
    }
    text_put_byte(t, '}');
}

static bool is_plain(struct slice s)
{
    for (size_t i = 0; i < s.size; i++)
        if ((unsigned char)s.bytes[i] <= ' ' || s.bytes[i] == '"' || s.bytes[i] == '=') return false;
    return s.size > 0;
}

/* What people read: time, level, event, name=value. */
static void render_plain(struct text *t, instant_ms at, enum log_level level, const char *event,
                         const struct log_field *fields, unsigned count)
{
    instant_put(t, at);
    text_put_byte(t, ' ');
    text_put(t, slice_from(level_name(level)));
    text_put_byte(t, ' ');
    if (thread_name) {
        text_put(t, slice_from(thread_name));
        text_put_byte(t, ' ');
    }
    text_put(t, slice_from(event));
    for (unsigned i = 0; i < count; i++) {
        text_put_byte(t, ' ');
        text_put(t, slice_from(fields[i].name));
        text_put_byte(t, '=');
        if (fields[i].kind == LOG_FIELD_NUMBER) text_put_int(t, fields[i].number);
        else if (is_plain(fields[i].text)) text_put(t, fields[i].text);
        else json_line_text(t, fields[i].text);
    }
}

void log_render(struct text *t, enum log_format format, instant_ms at, enum log_level level, const char *event,
                const struct log_field *fields, unsigned count)
{
    static const char *const priorities[] = {
        [LOG_DEBUG] = "<7>", [LOG_INFO] = "<6>", [LOG_WARNING] = "<4>", [LOG_ERROR] = "<3>"
    };
    if (format == LOG_JSON) {
        render_json(t, at, level, event, fields, count);
        return;
    }
    if (format == LOG_JOURNAL) text_put(t, slice_from(priorities[level]));
    render_plain(t, at, level, event, fields, count);
}

/* --- writing ---------------------------------------------------------------------------------------------------- */

/* False: this second is used up. Two threads may both begin a second; then a few lines more are written, never lost. */
static bool site_takes(struct log_site *site, instant_ms at, unsigned *dropped)
{
    int64_t second = at / INSTANT_SECOND_MS;
    *dropped = 0;
    if (atomic_exchange(&site->second, second) != second) {
        atomic_store(&site->written, 0);
        *dropped = atomic_exchange(&site->dropped, 0);
    }
    if (atomic_fetch_add(&site->written, 1) < atomic_load(&log_state.site_lines_max)) return true;
    atomic_fetch_add(&site->dropped, 1);
    atomic_fetch_add(&dropped_in_all, 1);
    return false;
}

static void write_line(const char *bytes, size_t size)
{
    int fd = atomic_load(&log_state.fd);
    while (fd >= 0 && size > 0) {
        ssize_t done = write(fd, bytes, size);
        if (done < 0 && errno == EINTR) continue;
        if (done <= 0) return;                      /* nobody reads: the work goes on */
        bytes += done;
        size -= (size_t)done;
    }
}

/* A line that does not fit loses its last fields, not its end. */
static struct slice render_within(char *line, instant_ms at, enum log_level level, const char *event,
                                  const struct log_field *fields, unsigned count)
{
    enum log_format format = (enum log_format)atomic_load(&log_state.format);
    for (;;) {
        struct text t = text_over(line, LOG_LINE_BYTES - 1);
        log_render(&t, format, at, level, event, fields, count);
        if (!t.full || count == 0) return text_slice(&t);
        count--;
    }
}

void log_write(struct log_site *site, enum log_level level, const char *event, const struct log_field *fields,
               unsigned count)
{
    enum { FIELDS_MAX = 24 };
    struct log_field all[FIELDS_MAX];
    char line[LOG_LINE_BYTES];
    unsigned dropped;
    ASSERT(count < FIELDS_MAX);
    if (!log_is_on(level)) return;
    instant_ms at = clock_now_unix_ms();
    if (!site_takes(site, at, &dropped)) return;
    memcpy(all, fields, count * sizeof *fields);
    if (dropped) all[count++] = LOG_NUMBER("dropped", dropped);
    struct slice rendered = render_within(line, at, level, event, all, count);
    line[rendered.size] = '\n';
    write_line(line, rendered.size + 1);
}
