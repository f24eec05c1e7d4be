/* runtime/setting.h: what a process is told, each value with where it came from (surfaces.md 2.5, 3).
 *
 * A flag is above the environment, that above the file, that above the default, whatever the order of setting. Who
 * reads the sources and words the errors is stage/setting_sources.h. After reading, a set is immutable: a reload makes
 * a new one. */
#ifndef RUNTIME_SETTING_H
#define RUNTIME_SETTING_H

#include "runtime/service.h"

enum setting_id {
#define SETTING(id, name, type, fallback, least, most, readers, reload, help) SETTING_##id,
#include "runtime/setting.def"
#undef SETTING
    SETTING_COUNT
};

enum setting_type {
    SETTING_TYPE_TEXT,
    SETTING_TYPE_PATH,
    SETTING_TYPE_ADDRESS,
    SETTING_TYPE_LIST,
    SETTING_TYPE_WORD,
    SETTING_TYPE_FLAG,
    SETTING_TYPE_COUNT,
    SETTING_TYPE_MILLIS,
    SETTING_TYPE_SECONDS,
    SETTING_TYPE_HOURS,
    SETTING_TYPE_DAYS,
    SETTING_TYPE_BYTES,
};
enum setting_reload { SETTING_FIXED, SETTING_LIVE };
enum setting_origin { SETTING_DEFAULT, SETTING_FILE, SETTING_ENVIRONMENT, SETTING_FLAG };

struct setting_row {
    struct slice      name, fallback, help;
    enum setting_type type;
    int64_t           least, most;                  /* numbers: bounds; texts: bytes, most 0: SETTING_TEXT_MAX */
    unsigned          readers;                      /* bits of enum service */
    bool              reloads;
};

enum { SETTING_TEXT_MAX = 4096, SETTING_PROPERTIES_MAX = 128 };

/* Where a value stands: the file with line and column, the variable, or the option. */
struct setting_place { enum setting_origin origin; struct slice where; uint32_t line, column; };

struct setting_value { struct slice text; int64_t number; struct setting_place place; };

/* A property of librdkafka under its own name. */
struct setting_property { struct slice name, value; struct setting_place place; };

struct settings {
    struct arena           *arena;                  /* texts live there */
    enum service            service;
    struct setting_value    values[SETTING_COUNT];
    struct setting_property properties[SETTING_PROPERTIES_MAX];
    unsigned                property_count;
};

/* What setting.def has of it. */
const struct setting_row *setting_row(enum setting_id id);
/* SETTING_COUNT when no setting has the name. */
enum setting_id setting_find(struct slice name);
/* True when the service reads it. */
bool setting_is_read_by(enum setting_id id, enum service service);
/* `a whole number from 1 to 5000`, for messages and the manual. */
void setting_put_range(struct text *t, const struct setting_row *row);
/* The name as an environment variable: CLAIMSTREAM_KAFKA_BROKERS. */
void setting_put_variable(struct text *t, struct slice name);

/* Everything by default. The arena keeps the texts. */
void settings_init(struct settings *s, struct arena *arena, enum service service);

enum setting_answer {
    SETTING_TAKEN,                                  /* or passed over: a stronger origin spoke */
    SETTING_UNKNOWN,                                /* neither a setting nor kafka.<property> */
    SETTING_REFUSED,                                /* the value is not in its range */
    SETTING_SECRET,                                 /* a password on a command line: give it as kafka.<property>_file */
    SETTING_TOO_MANY,                               /* properties */
};
enum setting_answer settings_set(struct settings *s, struct slice name, struct slice value, struct setting_place place);

/* The value in force as text, empty when none is set; borrowed from the settings. */
struct slice settings_text(const struct settings *s, enum setting_id id);
/* The same, terminated; NULL when empty. */
const char *settings_path(const struct settings *s, enum setting_id id);
int64_t settings_number(const struct settings *s, enum setting_id id);
bool settings_flag(const struct settings *s, enum setting_id id);
/* The place of a WORD in its list: 0 is the default. */
unsigned settings_word(const struct settings *s, enum setting_id id);
enum setting_origin settings_origin(const struct settings *s, enum setting_id id);

/* Host and port of an ADDRESS; an empty admin.listen is worked out from service and instance. A socket path gives port
 * 0. */
void settings_address(const struct settings *s, enum setting_id id, struct text *host, unsigned *port);

/* True for names whose value nobody may see: passwords, keys. */
bool setting_is_secret(struct slice name);

/* `file deploy/payout.yaml:7`, `environment CLAIMSTREAM_…`, `option --set`, `default`. */
void setting_put_place(struct text *t, const struct setting_place *place);

/* The table of name, type, default, value and origin that the service reads; as Markdown: without value and origin. */
void settings_put_table(struct text *t, const struct settings *s, bool markdown);
/* A file with everything that the service reads, commented out at its default: what stands in deploy/config. */
void settings_put_yaml(struct text *t, const struct settings *s);
/* {"kafka.brokers":{"value":…,"origin":…},…}, masked. */
void settings_put_json(struct text *t, const struct settings *s);

#endif
