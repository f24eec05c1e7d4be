/* intake/country.c: codes by search, names by what folding leaves of them. Pure. */
#include "intake/country.h"

#include "domain/name/fold.h"
#include "domain/name/word.h"

#include <stdlib.h>

struct country { char two[3], three[4], number[4]; };

static const struct country countries[] = {
#define COUNTRY(two, three, number) { two, three, number },
#include "intake/country.def"
#undef COUNTRY
};
static const struct { struct slice name, code; } words[] = {
#define COUNTRY_WORD(name, code) { SLICE_INIT(name), SLICE_INIT(code) },
#include "intake/country_word.def"
#undef COUNTRY_WORD
};
enum { COUNTRY_COUNT = sizeof countries / sizeof countries[0], THREE = 3 };

static int by_two(const void *key, const void *country)
{
    return memcmp(key, ((const struct country *)country)->two, 2);
}

static struct slice of_two(struct slice code)
{
    const struct country *found = bsearch(code.bytes, countries, COUNTRY_COUNT, sizeof *countries, by_two);
    return found ? slice_from(found->two) : (struct slice){ 0 };
}

static struct slice of_three(struct slice code)
{
    for (unsigned i = 0; i < COUNTRY_COUNT; i++)
        if (slice_equal(code, slice_from(countries[i].three)) || slice_equal(code, slice_from(countries[i].number)))
            return slice_from(countries[i].two);
    return (struct slice){ 0 };
}

static struct slice of_code(struct slice code)
{
    if (code.size == 2) return of_two(code);
    return code.size == THREE ? of_three(code) : (struct slice){ 0 };
}

static struct slice of_name(struct arena *a, struct slice name)
{
    struct fold f;
    fold_text(a, name, &f);
    struct slice folded = fold_join(a, &f), code = word_country(folded);
    for (unsigned i = 0; i < sizeof words / sizeof words[0] && !code.size; i++)
        if (slice_equal(folded, words[i].name)) code = words[i].code;
    return code;
}

struct slice country_of(struct arena *a, struct slice text)
{
    struct slice found = of_code(slice_upper(a, slice_trim(text)));
    return found.size ? found : of_name(a, text);
}
