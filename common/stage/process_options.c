/* stage/process_options.c: one table of options; --instance, --log and --log-level are settings by another name. */
#include "stage/process_options.h"

#include "base/assert.h"

struct option_row { const char *name, *argument, *setting, *help; enum process_mode mode; };

static const struct option_row rows[] = {
    { "config", "FILE", NULL, "settings from this file alone, not from the usual places", PROCESS_RUN },
    { "set", "NAME=VALUE", NULL, "one setting, above file and environment; may stand often", PROCESS_RUN },
    { "instance", "N", "instance", "ordinal of this process", PROCESS_RUN },
    { "log", "FORMAT", "log.format", "json, text or journal", PROCESS_RUN },
    { "log-level", "LEVEL", "log.level", "info, debug, warning or error", PROCESS_RUN },
    { "check", NULL, NULL, "settings, connections and the checks of the start; 0, 75 (no broker answers) or 78",
      PROCESS_CHECK },
    { "settings", NULL, NULL,
      "every setting with its value and where that comes from; =md: as a table, =yaml: as a file", PROCESS_SETTINGS },
    { "health", NULL, NULL, "asks the running instance whether it is ready; 0 or 1", PROCESS_HEALTH },
    { "version", NULL, NULL, "what this binary is made of", PROCESS_VERSION },
    { "help", NULL, NULL, "this help", PROCESS_HELP },
};
enum { ROWS = sizeof rows / sizeof rows[0] };

static enum err complain(struct arena *a, struct process_options *o, const char *what, struct slice word)
{
    o->complaint = SLICE_JOIN(a, slice_from(what), SLICE(" "), slice_head(word, 200));
    return ERR_USAGE;
}

static enum err complain_unknown(struct arena *a, struct process_options *o, struct slice name)
{
    struct slice names[ROWS];
    for (unsigned i = 0; i < ROWS; i++) names[i] = slice_from(rows[i].name);
    struct slice near = problems_nearest(name, names, ROWS);
    TRY(near.size ? OK : complain(a, o, "unknown option", name));
    o->complaint = SLICE_JOIN(a, SLICE("unknown option "), slice_head(name, 200), SLICE("; did you mean --"), near,
                              SLICE("?"));
    return ERR_USAGE;
}

static enum err add_set(struct arena *a, struct process_options *o, const char *setting, struct slice value)
{
    struct text t = text_in(a, value.size + 64);
    if (o->set_count == SETTING_SETS_MAX) return complain(a, o, "too many settings, at", value);
    if (setting) {
        text_put(&t, slice_from(setting));
        text_put_byte(&t, '=');
    }
    text_put(&t, value);
    o->sets[o->set_count++] = slice_copy(a, text_slice(&t)).bytes;
    return OK;
}

static const struct option_row *find_row(struct slice name)
{
    for (unsigned i = 0; i < ROWS; i++)
        if (slice_equal(slice_from(rows[i].name), name)) return &rows[i];
    return NULL;
}

static enum err take_mode(struct arena *a, struct process_options *o, const struct option_row *row, struct slice value)
{
    bool settings = row->mode == PROCESS_SETTINGS;
    bool as_markdown = settings && slice_equal(value, SLICE("md")),
         as_yaml = settings && slice_equal(value, SLICE("yaml"));
    if (value.bytes && !as_markdown && !as_yaml)
        return complain(a, o, "this option takes no value:", slice_from(row->name));
    if (o->mode != PROCESS_RUN && o->mode != row->mode)
        return complain(a, o, "one thing at a time: not also", slice_from(row->name));
    o->mode = as_markdown ? PROCESS_SETTINGS_MARKDOWN : as_yaml ? PROCESS_SETTINGS_YAML : row->mode;
    return OK;
}

/* --name=value, or --name value; *at moves past the value. */
static enum err take(struct arena *a, struct process_options *o, int argc, char **argv, int *at)
{
    struct slice value = slice_from(argv[*at]), name;
    if (!slice_starts_with(value, SLICE("--"))) return complain(a, o, "unexpected argument", value);
    name = slice_skip(value, 2);
    value = name;
    name = slice_cut(&value, '=');
    const struct option_row *row = find_row(name);
    if (!row) return complain_unknown(a, o, name);
    if (!row->argument) return take_mode(a, o, row, value);
    if (!value.bytes) {
        if (*at + 1 == argc) return complain(a, o, "this option needs a value:", name);
        value = slice_from(argv[++*at]);
    }
    if (slice_equal(name, SLICE("config"))) {
        o->file = value.bytes;
        return OK;
    }
    return add_set(a, o, row->setting, value);
}

enum err process_options_read(struct arena *a, int argc, char **argv, struct process_options *o)
{
    *o = (struct process_options){ .mode = PROCESS_RUN };
    for (int at = 1; at < argc; at++) TRY(take(a, o, argc, argv, &at));
    return OK;
}

void process_options_help(struct text *t, enum service service, const char *what)
{
    PUT(t, "usage: ");
    text_put(t, slice_from(service_row(service)->binary));
    PUT(t, " [options]\n");
    text_put(t, slice_from(what));
    PUT(t, "\n\n");
    for (unsigned i = 0; i < ROWS; i++) {
        size_t from = t->size;
        PUT(t, "  --");
        text_put(t, slice_from(rows[i].name));
        if (rows[i].argument) {
            text_put_byte(t, ' ');
            text_put(t, slice_from(rows[i].argument));
        }
        while (t->size - from < 24) text_put_byte(t, ' ');
        text_put(t, slice_from(rows[i].help));
        text_put_byte(t, '\n');
    }
    PUT(t, "\nSettings: option, environment (CLAIMSTREAM_KAFKA_BROKERS), file, default; --settings lists them.\n"
           "SIGTERM drains, SIGHUP reads reloadable settings again, SIGUSR1 logs where it stands.\n"
           "Exit: 0 drained, 2 usage, 70 broken promise, 75 restart me, 78 a setting is wrong, do not restart me.\n");
}
