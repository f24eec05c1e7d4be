/* claimctl/terms_file.h: files of terms as the verbs of `programs` open them. */
#ifndef CLAIMCTL_TERMS_FILE_H
#define CLAIMCTL_TERMS_FILE_H

#include "wire/world.h"

/* One program of one file: what was read, and the tree with the position of every member. */
struct terms_file {
    struct slice       path;
    const struct node *tree;
    struct program     program;
};

/* Reads one program. False: every error stands in `problems`. */
bool terms_file_read(struct arena *a, struct slice path, struct terms_file *out, struct problems *problems);

/* Prints what stands in `problems` on stderr, and gives the exit code of it (file_refusal.h). */
int terms_file_complain(struct arena *a, const struct problems *problems);

/* Prints what a world names that it has not (struct world), as warnings. */
void terms_file_warn(const struct problems *doubts);

#endif
