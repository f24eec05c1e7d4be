/* stage/seed.h: the installation's secret for state keys (kafka.md 6.1). */
#ifndef STAGE_SEED_H
#define STAGE_SEED_H

#include "runtime/setting.h"
#include "wire/problems.h"

/* Reads state.seed_file, 16 hex digits; without one the seed is 0. ERR_CONFIG_INVALID, ERR_FILE_UNREADABLE: see
 * problems. */
enum err seed_read(const struct settings *settings, struct problems *problems, uint64_t *seed) MUST_CHECK;

#endif
