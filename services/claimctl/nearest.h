/* claimctl/nearest.h: the known name that a person may have meant, found while names go by; then nothing need be
 * kept of them (surfaces.md 2.4: unknown ids name the nearest known one). */
#ifndef CLAIMCTL_NEAREST_H
#define CLAIMCTL_NEAREST_H

#include "base/str.h"
#include "domain/vocabulary.h"
#include "wire/mapping_profile.h"

enum { NEAREST_NAME_MAX = 96 };

struct nearest { struct slice word; char name[NEAREST_NAME_MAX]; size_t name_size; };

/* Looks for a name like `word`, which is borrowed; an empty word is like nothing. */
struct nearest nearest_to(struct slice word);

/* A name that is known: copied when it is nearer than those before. One that begins with all of a word of four
 * characters or more counts after what is only misspelt. */
void nearest_offer(struct nearest *n, struct slice name);

/* The nearest of `count` names to a word of a fixed list. */
struct nearest nearest_of(struct slice word, const struct slice *names, unsigned count);

/* The same of the words of a vocabulary. */
struct nearest nearest_of_words(struct slice word, enum vocabulary list);

/* Says on stderr "error[CODE NUMBER]: WHAT; did you mean NAME?", `next` below it (NULL: nothing). nearest_refuse is
 * NAME_UNKNOWN and answers EXIT_NOT_FOUND, nearest_refuse_word USAGE and EXIT_USAGE. */
int nearest_refuse(const struct nearest *n, const char *next, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
int nearest_refuse_word(const struct nearest *n, const char *next, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* The same of a mapping profile. */
int nearest_refuse_profile(const struct mapping_profiles *profiles, struct slice name);

#endif
