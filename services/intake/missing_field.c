/* intake/missing_field.c: the list of missing_field.def, in the words of the format of a draft. */
#include "intake/missing_field.h"

enum { HOW_BYTES = 320 };

struct row { struct slice name, column, member, x12; };

static struct row row_of(struct slice name)
{
    static const struct row rows[] = {
#define MISSING(name, column, member, x12) \
    { SLICE_INIT(name), SLICE_INIT(column), SLICE_INIT(member), SLICE_INIT(x12) },
#include "intake/missing_field.def"
#undef MISSING
    };
    for (unsigned k = 0; k < sizeof rows / sizeof *rows; k++)
        if (slice_equal(rows[k].name, name)) return rows[k];
    return (struct row){ name, name, name, { 0 } };
}

struct slice missing_field_how(struct arena *a, const struct draft *d, struct slice name)
{
    struct row row = row_of(name);
    struct text t = text_in(a, HOW_BYTES);
    bool is_x12 = d->icn.size > 0, is_text = !is_x12 && d->sign_names_kind;
    if (is_x12 && row.x12.size > 0) {
        PUT(&t, "as ");
        text_put(&t, row.x12);
    } else if (is_x12) {
        PUT(&t, "in a segment that x12.maps of your profile names for it");
    } else if (is_text) {
        PUT(&t, "in a column ");
        text_put(&t, row.column);
        PUT(&t, ", or name yours under text.columns of your profile (field ");
        text_put(&t, name);
        PUT(&t, ")");
    } else {
        PUT(&t, "as the member ");
        text_put(&t, row.member);
    }
    return text_slice(&t);
}
