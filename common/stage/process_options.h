/* stage/process_options.h: the command line of a service binary, alike for all of them (surfaces.md 3). */
#ifndef STAGE_PROCESS_OPTIONS_H
#define STAGE_PROCESS_OPTIONS_H

#include "stage/setting_sources.h"

enum process_mode {
    PROCESS_RUN,
    PROCESS_CHECK,
    PROCESS_SETTINGS,
    PROCESS_SETTINGS_MARKDOWN,
    PROCESS_SETTINGS_YAML,
    PROCESS_HEALTH,
    PROCESS_VERSION,
    PROCESS_HELP,
};

/* What services exit with (surfaces.md 2.3). */
enum process_exit {
    PROCESS_DRAINED = 0,
    PROCESS_UNHEALTHY = 1,
    PROCESS_USAGE = 2,
    PROCESS_BROKEN_PROMISE = 70,
    PROCESS_RESTART = 75,
    PROCESS_BAD_SETTING = 78
};

struct process_options {
    enum process_mode mode;
    const char       *file;
    const char       *sets[SETTING_SETS_MAX];       /* name=value, those of --instance, --log, --log-level among them */
    unsigned          set_count;
    struct slice      complaint;                    /* of a wrong command line: a sentence */
};

/* ERR_USAGE: see complaint. Texts live in the arena. */
enum err process_options_read(struct arena *a, int argc, char **argv, struct process_options *o) MUST_CHECK;

/* The text of --help: options, exit codes. */
void process_options_help(struct text *t, enum service service, const char *what);

#endif
