/* stage/seed.c: sixteen hex digits from a file. */
#include "stage/seed.h"

#include <stdio.h>
#include <stdlib.h>

enum { SEED_HEX = 16 };

static enum err refuse(const struct settings *s, struct problems *problems, enum err code)
{
    struct problem p = { .code = code,
                         .file = settings_text(s, SETTING_STATE_SEED_FILE),
                         .member = SLICE("state.seed_file"),
                         .message = SLICE("the seed of state keys cannot be read"),
                         .fix = SLICE("write 16 hex digits, the same for all processes of the installation") };
    problems_add(problems, &p);
    return code;
}

enum err seed_read(const struct settings *settings, struct problems *problems, uint64_t *seed)
{
    const char *path = settings_path(settings, SETTING_STATE_SEED_FILE);
    char text[SEED_HEX + 1] = { 0 }, *end = NULL;
    *seed = 0;
    if (!path) return OK;
    FILE *f = fopen(path, "r");
    if (!f) return refuse(settings, problems, ERR_FILE_UNREADABLE);
    size_t size = fread(text, 1, SEED_HEX, f);
    fclose(f);
    if (size == SEED_HEX) *seed = strtoull(text, &end, 16);
    return end && !*end && text[0] != '-' && text[0] != '+' && text[0] != ' '
               ? OK
               : refuse(settings, problems, ERR_CONFIG_INVALID);
}
