/* claimctl/argument.c: an option and its value, in one word or two. */
#include "claimctl/argument.h"

#include "base/err.h"
#include "domain/currency.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

bool argument_is_currency(const char *command, const char *code)
{
    if (!code || currency_find(slice_from(code))) return true;
    fprintf(stderr, "error[USAGE %d]: --currency takes a code of ISO 4217, as USD: %s\n  more: claimctl help %s\n",
            ERR_USAGE, code, command);
    return false;
}

static bool is_one_file(const char *a, const char *b)
{
    struct stat of_a, of_b;
    if (!a || !b || strcmp(a, "-") == 0) return false;
    if (stat(a, &of_a) != 0) return strcmp(a, b) == 0;
    return S_ISREG(of_a.st_mode) && stat(b, &of_b) == 0 && of_a.st_dev == of_b.st_dev && of_a.st_ino == of_b.st_ino;
}

bool argument_are_apart(const char *command, struct argument_files written, struct argument_files read)
{
    for (unsigned i = 0; i < written.count; i++)
        for (unsigned j = 0; j < i + read.count; j++) {
            const char *other = j < i ? written.paths[j] : read.paths[j - i];
            if (!is_one_file(written.paths[i], other)) continue;
            fprintf(stderr, "error[USAGE %d]: %s is %s: write elsewhere\n  more: claimctl help %s\n", ERR_USAGE,
                    written.paths[i], j < i ? "written twice" : "read as well as written", command);
            return false;
        }
    return true;
}
