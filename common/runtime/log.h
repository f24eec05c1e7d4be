/* runtime/log.h: what happens, one JSON object an event on stdout (surfaces.md 3): time level service instance event,
 * fields.
 *
 * Event names are noun + past participle (`batch_aborted`). Each place in the code may write log.site_lines_max events
 * a second; the first one of the next second says how many were dropped. One write a line, so that threads need no
 * lock. */
#ifndef RUNTIME_LOG_H
#define RUNTIME_LOG_H

#include "base/instant.h"
#include "runtime/service.h"

#include <stdatomic.h>

enum log_level { LOG_INFO, LOG_DEBUG, LOG_WARNING, LOG_ERROR };     /* the order of the words of log.level */
enum log_format { LOG_JSON, LOG_PLAIN, LOG_JOURNAL };               /* of log.format */
enum { LOG_LINE_BYTES = 4096 };

struct log_field {
    const char *name;
    enum { LOG_FIELD_TEXT, LOG_FIELD_NUMBER } kind;
    struct slice text;
    int64_t number;
};

/* The meter of one place: the second at work, how many were written in it and how many dropped since. */
struct log_site { _Atomic int64_t second; atomic_uint written, dropped; };

/* Opens the log of the process. Threads may write from here. */
void log_open(enum service service, unsigned instance, const char *name_space);
void log_set(enum log_level least, enum log_format format, unsigned site_lines_max);
/* Where lines go; -1: nowhere. Default: stdout. */
void log_to(int fd);
/* `w01`, in every event of the calling thread. */
void log_name_thread(const char *name);

/* True when events of that level are written. */
bool log_is_on(enum log_level level);
/* Events that were not written, so far. */
uint64_t log_dropped(void);
void log_write(struct log_site *site, enum log_level level, const char *event, const struct log_field *fields,
               unsigned count);

/* An event as one line without its line feed; for the writer and its test. */
void log_render(struct text *t, enum log_format format, instant_ms at, enum log_level level, const char *event,
                const struct log_field *fields, unsigned count);

#define LOG_TEXT(key, value)   ((struct log_field){ .name = (key), .kind = LOG_FIELD_TEXT, .text = (value) })
#define LOG_WORD(key, value)   LOG_TEXT(key, slice_from(value))
#define LOG_NUMBER(key, value) \
    ((struct log_field){ .name = (key), .kind = LOG_FIELD_NUMBER, .number = (int64_t)(value) })
/* Name, number and sentence of an error. */
#define LOG_ERR(e)             LOG_WORD("code", err_name(e)), LOG_NUMBER("number", e), LOG_WORD("message", err_text(e))

/* LOG(LOG_INFO, "partition_assigned", LOG_NUMBER("partition", p)); fields may be none. */
#define LOG(level, event, ...) \
    do { \
        static struct log_site log_site_; \
        const struct log_field log_fields_[] = { { 0 }, ##__VA_ARGS__ }; \
        log_write(&log_site_, (level), (event), log_fields_ + 1, sizeof log_fields_ / sizeof log_fields_[0] - 1); \
    } while (0)

#endif
