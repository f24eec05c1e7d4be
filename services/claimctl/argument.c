/* claimctl/argument.c: an option and its value, in one word or two. */
#include "claimctl/argument.h"

#include "base/err.h"
#include "domain/currency.h"

#include <stdio.h>
#include <string.h>

bool argument_take(int argc, char **argv, int *at, const char *name, const char **value)
{
    size_t size = strlen(name);
    if (strncmp(argv[*at], name, size) != 0) return false;
    if (argv[*at][size] == '=') {
        *value = argv[*at] + size + 1;
        return true;
    }
    if (argv[*at][size] != 0 || *at + 1 >= argc) return false;
    *value = argv[++*at];
    return true;
}

bool argument_is_currency(const char *command, const char *code)
{
    if (!code || currency_find(slice_from(code))) return true;
    fprintf(stderr, "error[USAGE %d]: --currency takes a code of ISO 4217, as USD: %s\n  more: claimctl help %s\n",
            ERR_USAGE, code, command);
    return false;
}
