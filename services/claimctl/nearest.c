/* claimctl/nearest.c: the nearest of the names that go by. */
#include "claimctl/nearest.h"

#include "claimctl/command.h"
#include "wire/problems.h"

#include <stdarg.h>
#include <stdio.h>

enum { BEGINNING_MIN = 4, DISTANCE_MAX = 3 };     /* DISTANCE_MAX: no word is nearer than that, whatever it is */

struct nearest nearest_to(struct slice word)
{
    return (struct nearest){ .word = word };
}

/* Empty: none was near. */
static struct slice nearest_name(const struct nearest *n)
{
    return slice_of(n->name, n->name_size);
}

static void keep(struct nearest *n, struct slice name)
{
    memcpy(n->name, name.bytes, name.size);
    n->name_size = name.size;
}

static bool begins(const struct nearest *n, struct slice name)
{
    return n->word.size >= BEGINNING_MIN && slice_starts_with(name, n->word);
}

void nearest_offer(struct nearest *n, struct slice name)
{
    if (name.size > NEAREST_NAME_MAX || !n->word.size || name.size + DISTANCE_MAX < n->word.size) return;
    if (name.size > n->word.size + DISTANCE_MAX && !begins(n, name)) return;
    const struct slice both[] = { nearest_name(n), name };
    struct slice better = problems_nearest(n->word, both, 2);
    if (better.size ? better.bytes == name.bytes : !n->name_size && begins(n, name)) keep(n, name);
}

struct nearest nearest_of(struct slice word, const struct slice *names, unsigned count)
{
    struct nearest n = nearest_to(word);
    for (unsigned i = 0; i < count; i++) nearest_offer(&n, names[i]);
    return n;
}

struct nearest nearest_of_words(struct slice word, enum vocabulary list)
{
    struct nearest n = nearest_to(word);
    for (int number = 1; number < word_count(list); number++) nearest_offer(&n, word_text(list, number));
    return n;
}

static int refuse(const struct nearest *n, enum err code, const char *next, const char *format, va_list arguments)
{
    fprintf(stderr, "error[%s %d]: ", err_name(code), code);
    vfprintf(stderr, format, arguments);
    if (n->name_size) fprintf(stderr, "; did you mean %.*s?", SLICE_ARGS(nearest_name(n)));
    fprintf(stderr, "\n");
    if (next) fprintf(stderr, "  %s\n", next);
    return code == ERR_USAGE ? EXIT_USAGE : EXIT_NOT_FOUND;
}

int nearest_refuse(const struct nearest *n, const char *next, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    int code = refuse(n, ERR_NAME_UNKNOWN, next, format, arguments);
    va_end(arguments);
    return code;
}

int nearest_refuse_word(const struct nearest *n, const char *next, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    int code = refuse(n, ERR_USAGE, next, format, arguments);
    va_end(arguments);
    return code;
}

int nearest_refuse_profile(const struct mapping_profiles *profiles, struct slice name)
{
    struct nearest near = nearest_to(name);
    nearest_offer(&near, SLICE("default"));
    for (unsigned i = 0; i < profiles->count; i++) nearest_offer(&near, profiles->items[i]->name);
    return nearest_refuse(&near, NULL, "there is no mapping profile %.*s", SLICE_ARGS(name));
}
