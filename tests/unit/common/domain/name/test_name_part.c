/* Several names in one text. */
#include "domain/name/name_part.h"

#include "support/table.h"

static struct slice joined(struct slice name)
{
    struct slice parts[NAME_PARTS_MAX];
    struct text t = text_in(test_arena(), 4 * name.size + 16);
    unsigned count = name_parts(name, parts);
    for (unsigned i = 0; i < count; i++) {
        if (i) text_put(&t, SLICE(" + "));
        text_put(&t, parts[i]);
    }
    return text_slice(&t);
}

TEST(a_text_of_a_name_gives_the_names_within_it)
{
    struct table t = TABLE(
        "name                                     | parts",
        "Elm Ltd                                  | -",
        "-                                        | -",
        "Elm Ltd c/o Oak Bank                     | Elm Ltd + Oak Bank",
        "c/o Oak Bank                             | Oak Bank",
        "Elm Ltd, C/O Oak Bank                    | Elm Ltd + Oak Bank",
        "Elm Ltd care of Oak Bank                 | Elm Ltd + Oak Bank",
        "Elm Ltd dba Ash Trading                  | Elm Ltd + Ash Trading",
        "Elm D/B/A Ash T/A Fir                    | Elm + Ash + Fir",
        "Elm Ltd (formerly Ash Trading)           | Elm Ltd + Ash Trading",
        "Elm Ltd formerly known as Ash Trading    | Elm Ltd + Ash Trading",
        "Elm Ltd, on behalf of Ash; Trading       | Elm Ltd + Ash; Trading",
        "Elm (Schweiz) AG                         | -",
        "A dba B dba C dba D dba E                | A + B + C + D + E",
        "Elm c/o                                  | Elm",
        "Carex Office                             | -",
        "Dbase Formerlyton                        | -",
        "Elm-dba Ash                              | -",
        "AKA                                      | -",
        "aka aka aka                              | -");
    while (table_next(&t)) CHECK_CELL(&t, "parts", joined(cell(&t, "name")));
}
