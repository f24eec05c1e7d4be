/* claimctl/header_names.c: aliases by the name of their slot, parties as beginnings and ends. */
#include "claimctl/header_names.h"

enum { WIDTH = 100, INDENT = 4, NAME_BYTES = 64 };

static const struct { struct slice slot, name; } aliases[] = {
#define ALIAS(slot, name) { SLICE_INIT(#slot), SLICE_INIT(name) },
#include "intake/alias.def"
#undef ALIAS
};

static const struct { struct slice party, name; } beginnings[] = {
#define PREFIX(party, name, as) { SLICE_INIT(#party), SLICE_INIT(name) },
#include "intake/party_alias.def"
#undef PREFIX
};

static const struct { struct slice part, name; } ends[] = {
#define SUFFIX(part, name) { SLICE_INIT(#part), SLICE_INIT(name) },
#include "intake/party_alias.def"
#undef SUFFIX
};

/* A list in lines; `column`: how far the present one goes, 0 before the first name. */
struct names { struct output *out; const char *title; unsigned column; };

static void put(struct names *n, struct slice name)
{
    bool begins = n->column == 0, is_full = n->column + name.size > WIDTH;
    if (begins) output_print(n->out, "  %s: ", n->title);
    else if (is_full) output_print(n->out, ",\n%*s", INDENT, "");
    else output_put(n->out, SLICE(", "));
    if (begins) n->column = (unsigned)strlen(n->title);
    if (is_full) n->column = INDENT;
    n->column += (unsigned)name.size + 2;
    output_put(n->out, name);
}

static void end(struct names *n)
{
    if (n->column) output_put(n->out, SLICE("\n"));
}

/* A slot is called as its member, a unit after it, `_` where the path has a point. */
static bool names_member(struct slice slot, struct slice path)
{
    static const struct slice units[] = { SLICE_INIT(""), SLICE_INIT("_milli"), SLICE_INIT("_micros"),
                                          SLICE_INIT("_minor") };
    char name[NAME_BYTES];
    struct text t = text_over(name, sizeof name);
    for (size_t i = 0; i < path.size; i++) text_put_byte(&t, path.bytes[i] == '.' ? '_' : path.bytes[i]);
    if (t.full || !slice_starts_with(slot, text_slice(&t))) return false;
    for (unsigned i = 0; i < sizeof units / sizeof units[0]; i++)
        if (slice_equal(slice_skip(slot, t.size), units[i])) return true;
    return false;
}

static void print_party(struct output *o, struct slice party, struct slice part)
{
    struct names begin = { .out = o, .title = "or a header that begins with" };
    struct names end_of = { .out = o, .title = "and ends with" };
    bool has_end = false;
    for (unsigned i = 0; i < sizeof ends / sizeof ends[0]; i++) has_end |= slice_equal(ends[i].part, part);
    if (!has_end) return;
    for (unsigned i = 0; i < sizeof beginnings / sizeof beginnings[0]; i++)
        if (slice_equal(beginnings[i].party, party)) put(&begin, beginnings[i].name);
    if (!begin.column) return;
    end(&begin);
    for (unsigned i = 0; i < sizeof ends / sizeof ends[0]; i++)
        if (slice_equal(ends[i].part, part)) put(&end_of, ends[i].name);
    end(&end_of);
}

void header_names_print(struct output *o, struct slice path)
{
    struct names all = { .out = o, .title = "headers" };
    for (unsigned i = 0; i < sizeof aliases / sizeof aliases[0]; i++)
        if (names_member(aliases[i].slot, path)) put(&all, aliases[i].name);
    end(&all);
    struct slice part = path, party = slice_cut(&part, '.');
    if (part.bytes) print_party(o, party, part);
}
