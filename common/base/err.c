/* base/err.c: names, texts and classes of err.def. */
#include "base/err.h"

#include "base/assert.h"

const char *err_name(enum err e)
{
    switch (e) {
    case OK: return "OK";
#define ERR(name, number, class, text) case ERR_##name: return #name;
#include "base/err.def"
#undef ERR
    }
    NEVER();
}

const char *err_text(enum err e)
{
    switch (e) {
    case OK: return "no error";
#define ERR(name, number, class, text) case ERR_##name: return text;
#include "base/err.def"
#undef ERR
    }
    NEVER();
}

enum err_class err_class(enum err e)
{
    switch (e) {
    case OK: return ERR_CLASS_NONE;
#define ERR(name, number, class, text) case ERR_##name: return ERR_CLASS_##class;
#include "base/err.def"
#undef ERR
    }
    NEVER();
}
