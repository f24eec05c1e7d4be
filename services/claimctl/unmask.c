/* claimctl/unmask.c: who may see whom, and the note of it. */
#include "claimctl/unmask.h"

#include "claimctl/command.h"
#include "claimctl/option.h"
#include "runtime/clock.h"
#include "runtime/kafka_writer.h"
#include "wire/json_text.h"
#include "wire/masking.h"

#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

enum { NOTE_BYTES = 4096, REASON_MAX = 1024, OBJECT_MAX = 512, PATH_MAX_BYTES = 4096 };

static struct {
    const struct broker *broker;
    struct broker        own;                       /* of a folder: who acts */
    struct slice         reason;
    bool                 is_asked, is_clear;
} the;

/* --- the command line --- */

int unmask_take(int *argc, char **argv, const struct broker *broker)
{
    the.broker = broker;
    the.is_clear = false;
    const char *reason = option_pick_text(argc, argv, "--unmask");
    the.is_asked = reason != NULL;
    if (!the.is_asked) return EXIT_DONE;
    the.reason = slice_trim(slice_from(reason));
    if (!the.reason.size || the.reason.size > REASON_MAX) {
        fprintf(stderr, "error[USAGE %d]: --unmask takes the reason, for the audit: at most %d bytes\n", ERR_USAGE,
                REASON_MAX);
        return EXIT_USAGE;
    }
    if (broker) return EXIT_DONE;
    the.broker = &the.own;
    return broker_open(&the.own, argc, argv);
}

/* --- the note --- */

static bool is_permitted(void)
{
    for (unsigned i = 0; i < the.broker->role_count; i++)
        if (masking_role_may_unmask(the.broker->roles[i])) return true;
    return false;
}

static void put_note(struct text *t, const char *verb, const char *object)
{
    struct json j = json_over(t);
    json_open_object(&j);
    json_instant(&j, "at", clock_now_unix_ms());
    json_text(&j, "actor", the.broker->actor);
    json_text(&j, "verb", slice_from(verb));
    json_text(&j, "object", slice_head(slice_from(object), OBJECT_MAX));
    json_text(&j, "reason", the.reason);
    json_close_object(&j);
}

static enum err send(struct slice note)
{
    struct kafka_writer *writer;
    TRY(kafka_writer_open(&the.broker->kafka, &writer));
    enum err e = kafka_writer_send(writer, TOPIC_AUDIT, -1, the.broker->actor, note, NULL, 0);
    if (e == OK) e = kafka_writer_flush(writer, BROKER_PATIENCE_MS);
    kafka_writer_close(writer);
    return e;
}

static enum err append(const char *folder, struct text *note)
{
    char path[PATH_MAX_BYTES];
    text_put_byte(note, '\n');
    int size = snprintf(path, sizeof path, "%s/audit.ndjson", folder);
    if (size < 0 || (size_t)size >= sizeof path) return ERR_FILE_UNWRITABLE;
    int file = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
    if (file < 0) return ERR_FILE_UNWRITABLE;
    bool is_written = write(file, note->bytes, note->size) == (ssize_t)note->size;
    return close(file) == 0 && is_written ? OK : ERR_FILE_UNWRITABLE;
}

int unmask_begin(const char *folder, const char *verb, const char *object)
{
    char buffer[NOTE_BYTES];
    struct text note = text_over(buffer, sizeof buffer);
    if (!the.is_asked) return EXIT_DONE;
    if (!is_permitted()) {
        fprintf(stderr,
                "error[USAGE %d]: no role of %.*s may see persons in clear\n"
                "  an auditor, a reviewer or an approver may: --roles, or `roles` of the context\n",
                ERR_USAGE, SLICE_ARGS(the.broker->actor));
        return EXIT_NOT_PERMITTED;
    }
    put_note(&note, verb, object);
    enum err e = note.full ? ERR_WIRE_TOO_LARGE : folder ? append(folder, &note) : send(text_slice(&note));
    if (e != OK) return broker_fail(the.broker, e, folder ? "audit.ndjson" : "audit.v1");
    the.is_clear = true;
    return EXIT_DONE;
}

bool unmask_is_masked(void)
{
    return !the.is_clear;
}
