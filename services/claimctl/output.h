/* claimctl/output.h: where a command prints (surfaces.md 2.3). A closed pipe ends the printing without a word, never
 * the work; any other failed write is reported once and makes the command fail. */
#ifndef CLAIMCTL_OUTPUT_H
#define CLAIMCTL_OUTPUT_H

#include "base/str.h"

#include <stdio.h>

struct output {
    FILE       *file;
    const char *name;                               /* for the message */
    bool        owned, closed, failed;
};

/* "-" is stdout. ERR_FILE_UNWRITABLE: said on stderr. */
enum err output_open(struct output *o, const char *path) MUST_CHECK;
struct output output_stdout(void);
struct output output_stderr(void);

/* What cannot be written is noted: output_close says so. */
void output_put(struct output *o, struct slice bytes);
void output_line(struct output *o, struct slice line);          /* with a line feed after it */
void output_print(struct output *o, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Flushes and closes. False when something could not be written, other than to a closed pipe. */
bool output_close(struct output *o);

/* What stands after the noun of a count: "s", or nothing after one. */
static inline const char *plural(uint64_t count) { return count == 1 ? "" : "s"; }

#endif
