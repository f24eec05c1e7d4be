/* claimctl/filter_names.c: members by their paths. */
#include "claimctl/filter_names.h"

#include "claimctl/command.h"
#include "claimctl/nearest.h"
#include "claimctl/record_text.h"

#include <stdio.h>

enum { PATH_BYTES = 256 };

struct search {
    const struct filter_term *term;
    struct nearest            near;
    bool                      is_found, is_number;
};

static void take(struct search *s, struct slice path, struct slice type)
{
    struct slice name = s->term->name, of_value = SLICE("value.");
    if (slice_starts_with(name, of_value)) name = slice_skip(name, of_value.size);
    nearest_offer(&s->near, path);
    if (!slice_equal(path, name)) return;
    s->is_found = true;
    s->is_number = slice_starts_with(type, SLICE("decimal")) || slice_starts_with(type, SLICE("money"))
                   || slice_starts_with(type, SLICE("minor")) || slice_starts_with(type, SLICE("whole"));
}

/* Paths are told with [] behind lists, and asked for without. */
static void visit(void *context, struct slice path, struct slice type)
{
    char buffer[PATH_BYTES];
    struct text t = text_over(buffer, sizeof buffer);
    for (size_t i = 0; i < path.size; i++)
        if (path.bytes[i] != '[' && path.bytes[i] != ']') text_put_byte(&t, path.bytes[i]);
    take(context, text_slice(&t), type);
}

/* Headers have names of their own. */
static bool is_around(struct slice name)
{
    static const struct slice around[] = { SLICE_INIT("topic"), SLICE_INIT("partition"), SLICE_INIT("offset"),
                                           SLICE_INIT("at"), SLICE_INIT("key"), SLICE_INIT("key_bytes") };
    for (unsigned i = 0; i < sizeof around / sizeof around[0]; i++)
        if (slice_equal(around[i], name)) return true;
    return slice_starts_with(name, SLICE("headers."));
}

static bool is_compared(const struct filter_term *t)
{
    return t->operator == FILTER_LESS || t->operator == FILTER_AT_MOST || t->operator == FILTER_GREATER
           || t->operator == FILTER_AT_LEAST;
}

static int check(const struct filter_term *term, enum topic topic)
{
    int order;
    struct search s = { .term = term, .near = nearest_to(term->name) };
    if (is_around(term->name) || !record_text_members(topic, visit, &s)) return EXIT_DONE;
    if (!s.is_found)
        return nearest_refuse_word(&s.near, "--format help names the members", "no record of %.*s has a member %.*s",
                                   SLICE_ARGS(topic_row(topic)->name), SLICE_ARGS(term->name));
    if (!s.is_number || !is_compared(term) || filter_compare_decimals(term->value, term->value, &order))
        return EXIT_DONE;
    fprintf(stderr, "error[USAGE %d]: %.*s is a number, and \"%.*s\" is none\n", ERR_USAGE, SLICE_ARGS(term->name),
            SLICE_ARGS(term->value));
    return EXIT_USAGE;
}

int filter_names_check(const struct filter *f, enum topic topic)
{
    int code = EXIT_DONE;
    for (unsigned i = 0; code == EXIT_DONE && i < f->count; i++) code = check(&f->terms[i], topic);
    return code;
}
