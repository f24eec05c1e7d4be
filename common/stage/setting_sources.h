/* stage/setting_sources.h: where settings come from: files, the environment, options; every error with its place and
 * the nearest known name (surfaces.md 2.5). */
#ifndef STAGE_SETTING_SOURCES_H
#define STAGE_SETTING_SOURCES_H

#include "runtime/setting.h"
#include "wire/problems.h"

enum { SETTING_SETS_MAX = 256 };

struct setting_sources {
    const char        *file;                        /* NULL: CLAIMSTREAM_CONFIG, else the usual places */
    const char *const *sets;                        /* name=value of --set, and what other options mean */
    unsigned           set_count;
    const char        *brokers;                     /* of --brokers; NULL: not said */
    char             **environment;                 /* as environ; NULL: none */
};

/* Fills settings that settings_init made. ERR_CONFIG_INVALID, ERR_FILE_UNREADABLE: see problems. */
enum err setting_sources_read(struct settings *s, const struct setting_sources *sources,
                              struct problems *problems) MUST_CHECK;

/* Reads one YAML text: maps nest, names may also stand with their dots; a list is texts parted by commas. `contexts` is
 * claimctl's and passed over. */
enum err setting_sources_read_text(struct settings *s, struct slice file, struct slice text,
                                   struct problems *problems) MUST_CHECK;

/* Tells what differs between two readings: `visit` with each setting (properties of Kafka: SETTING_KAFKA_BROKERS), and
 * whether a reload takes it. */
typedef void setting_sources_differs(void *context, enum setting_id id, bool reloads);
void setting_sources_compare(const struct settings *before, const struct settings *after,
                             setting_sources_differs *visit, void *context);

#endif
