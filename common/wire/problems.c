/* wire/problems.c: a bounded list of errors, and the nearest known word. */
#include "wire/problems.h"

#include "base/assert.h"

#include <utf8proc.h>

enum { WORD_MAX = 48 };

struct problems problems_in(struct arena *a)
{
    return (struct problems){ .arena = a };
}

static bool is_later(struct position a, struct position b)
{
    return a.line != b.line ? a.line > b.line : a.column > b.column;
}

/* Where a problem stands: after those of its file that are not later, files in the order of their first problem. */
static struct problem **place_for(struct problems *problems, const struct problem *p)
{
    struct problem **place = &problems->first, **found = NULL;
    for (; *place; place = &(*place)->next) {
        if (!slice_equal((*place)->file, p->file)) continue;
        if (is_later((*place)->at, p->at)) return place;
        found = &(*place)->next;
    }
    return found ? found : place;
}

/* The size of the printable character that s begins with, 0 when it begins with none. */
static size_t printable_size(struct slice s)
{
    utf8proc_int32_t code;
    utf8proc_ssize_t size = utf8proc_iterate((const utf8proc_uint8_t *)s.bytes, (utf8proc_ssize_t)s.size, &code);
    if (size <= 0) return 0;
    utf8proc_category_t category = utf8proc_category(code);
    return category == UTF8PROC_CATEGORY_CC || category == UTF8PROC_CATEGORY_CF ? 0 : (size_t)size;
}

/* A copy for a terminal: values come from outside and may hold anything. */
static struct slice printable_copy(struct arena *a, struct slice s)
{
    struct text t = text_in(a, s.size + 1);
    while (s.size) {
        size_t size = printable_size(s);
        if (size) text_put(&t, slice_head(s, size));
        else text_put_byte(&t, '?');
        s = slice_skip(s, size ? size : 1);
    }
    return text_slice(&t);
}

void problems_add(struct problems *problems, const struct problem *p)
{
    ASSERT(problems->arena && p->code != OK);
    if (++problems->count > PROBLEMS_MAX) return;
    struct problem *copy = ARENA_NEW(problems->arena, struct problem);
    *copy = (struct problem){
        .code = p->code, .at = p->at, .file = printable_copy(problems->arena, p->file),
        .member = printable_copy(problems->arena, p->member), .message = printable_copy(problems->arena, p->message),
        .fix = printable_copy(problems->arena, p->fix),
    };
    struct problem **place = place_for(problems, p);
    copy->next = *place;
    *place = copy;
}

static void put_where(struct text *t, const struct problem *p)
{
    if (slice_is_empty(p->file)) return;
    PUT(t, "  at ");
    text_put(t, p->file);
    if (p->at.line) {
        text_put_byte(t, ':');
        text_put_int(t, p->at.line);
    }
    if (p->at.line && p->at.column) {
        text_put_byte(t, ':');
        text_put_int(t, p->at.column);
    }
    if (p->member.size) {
        PUT(t, "  ");
        text_put(t, p->member);
    }
    text_put_byte(t, '\n');
}

void problem_put(struct text *t, const struct problem *p)
{
    PUT(t, "error[");
    text_put(t, slice_from(err_name(p->code)));
    text_put_byte(t, ' ');
    text_put_int(t, p->code);
    PUT(t, "]: ");
    text_put(t, p->message);
    text_put_byte(t, '\n');
    put_where(t, p);
    if (p->fix.size) {
        PUT(t, "  ");
        text_put(t, p->fix);
        text_put_byte(t, '\n');
    }
}

void problems_put(struct text *t, const struct problems *problems)
{
    for (const struct problem *p = problems->first; p; p = p->next) problem_put(t, p);
    if (problems->count <= PROBLEMS_MAX) return;
    PUT(t, "and ");
    text_put_int(t, problems->count - PROBLEMS_MAX);
    PUT(t, " errors more\n");
}

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static unsigned least(unsigned a, unsigned b, unsigned c)
{
    unsigned ab = a < b ? a : b;
    return ab < c ? ab : c;
}

/* Insertions, deletions, replacements, without case. */
static unsigned edit_distance(struct slice a, struct slice b)
{
    unsigned row[WORD_MAX + 1];
    for (unsigned k = 0; k <= b.size; k++) row[k] = k;
    for (unsigned i = 0; i < a.size; i++) {
        unsigned before = row[0];
        row[0] = i + 1;
        for (unsigned k = 0; k < b.size; k++) {
            unsigned above = row[k + 1];
            unsigned exchanged = before + (lower(a.bytes[i]) != lower(b.bytes[k]));
            row[k + 1] = least(exchanged, above + 1, row[k] + 1);
            before = above;
        }
    }
    return row[b.size];
}

struct slice problems_nearest(struct slice word, const struct slice *candidates, unsigned count)
{
    struct slice best = { NULL, 0 };
    unsigned allowed = word.size < 4 ? 1 : word.size < 9 ? 2 : 3, least_distance = allowed + 1;
    if (word.size == 0 || word.size > WORD_MAX) return best;
    for (unsigned i = 0; i < count; i++) {
        if (candidates[i].size == 0 || candidates[i].size > WORD_MAX) continue;
        unsigned distance = edit_distance(word, candidates[i]);
        if (distance >= least_distance) continue;
        least_distance = distance;
        best = candidates[i];
    }
    return best;
}
