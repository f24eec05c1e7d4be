/* claimctl/output.c: printing that knows a closed pipe from a full disk. */
#include "claimctl/output.h"

#include <errno.h>
#include <stdarg.h>

struct output output_stdout(void)
{
    return (struct output){ .file = stdout, .name = "standard output" };
}

struct output output_stderr(void)
{
    return (struct output){ .file = stderr, .name = "standard error" };
}

enum err output_open(struct output *o, const char *path)
{
    *o = output_stdout();
    if (strcmp(path, "-") == 0) return OK;
    *o = (struct output){ .file = fopen(path, "wb"), .name = path, .owned = true };
    if (o->file) return OK;
    fprintf(stderr, "error[FILE_UNWRITABLE %d]: %s: %s\n", ERR_FILE_UNWRITABLE, path, strerror(errno));
    return ERR_FILE_UNWRITABLE;
}

static void check_write(struct output *o, bool written)
{
    if (written || o->closed || o->failed) return;
    if (errno == EPIPE) {
        o->closed = true;
        return;
    }
    o->failed = true;
    fprintf(stderr, "error[FILE_UNWRITABLE %d]: %s: %s\n", ERR_FILE_UNWRITABLE, o->name, strerror(errno));
}

void output_put(struct output *o, struct slice bytes)
{
    if (o->closed || o->failed || bytes.size == 0) return;
    check_write(o, fwrite(bytes.bytes, 1, bytes.size, o->file) == bytes.size);
}

void output_line(struct output *o, struct slice line)
{
    output_put(o, line);
    output_put(o, SLICE("\n"));
}

void output_print(struct output *o, const char *format, ...)
{
    va_list arguments;
    if (o->closed || o->failed) return;
    va_start(arguments, format);
    check_write(o, vfprintf(o->file, format, arguments) >= 0);
    va_end(arguments);
}

bool output_close(struct output *o)
{
    if (!o->file) return true;
    check_write(o, fflush(o->file) == 0);
    if (o->owned) check_write(o, fclose(o->file) == 0);
    o->file = NULL;
    return !o->failed;
}
