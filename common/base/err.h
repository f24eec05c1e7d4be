/* base/err.h: operating errors, one list. A refusal of a line is not an error but a reason (domain/reason.def). */
#ifndef BASE_ERR_H
#define BASE_ERR_H

#define MUST_CHECK __attribute__((warn_unused_result))

enum err {
    OK = 0,
#define ERR(name, number, class, text) ERR_##name = number,
#include "base/err.def"
#undef ERR
};

/* What to do about an error; only the loop reads it. */
enum err_class {
    ERR_CLASS_NONE,
    ERR_CLASS_RETRY,                                /* the same step again, after a delay */
    ERR_CLASS_POISON,                               /* this line to the dead letters, go on */
    ERR_CLASS_FATAL_75,                             /* drain, exit 75: restart me */
    ERR_CLASS_FATAL_78,                             /* drain, exit 78: do not restart me */
};

/* The code and its sentence, as messages and `claimctl help` show them. Static texts; asserts that
 * the number is one of the list. */
const char *err_name(enum err e);
const char *err_text(enum err e);
enum err_class err_class(enum err e);

/* Hands an error upwards. */
#define TRY(expression) do { enum err try_err = (expression); if (try_err != OK) return try_err; } while (0)

#endif
