/* domain/name/run.c: which neighbouring tokens of a name may be one word of another. */
#include "domain/name/run.h"

#include "base/assert.h"

enum { RUN_OF_THREE_LETTERS_MAX = 6, ACRONYM_ALONE_LETTERS_MIN = 4 };

static void put_run(struct arena *a, struct name_form *f, unsigned first, unsigned count, bool turned)
{
    struct text joined = text_in(a, count * FOLD_TOKEN_BYTES_MAX);
    for (unsigned i = 0; i < count; i++) text_put(&joined, f->tokens[first + (turned ? count - 1 - i : i)].text);
    struct name_run *run = &f->runs[f->run_count];
    if (joined.size > SIMILARITY_TOKEN_BYTES_MAX) return;   /* no token is that long */
    *run = (struct name_run){ .first = first, .count = count };
    similarity_prepare(a, text_slice(&joined), &run->token);
    if (count == 2 && !turned)
        run->token.initials = (uint16_t)(f->tokens[first].text.bytes[0] << 8 | f->tokens[first + 1].text.bytes[0]);
    f->run_count++;
}

/* The article within an Arabic name: ABD AL RAHMAN. */
static bool is_article(struct slice text)
{
    return slice_equal(text, SLICE("AL")) || slice_equal(text, SLICE("EL")) || slice_equal(text, SLICE("UL"));
}

static bool ends_with_article(struct slice text)
{
    return text.size > 3 && slice_starts_with(text, SLICE("ABD")) && text.bytes[text.size - 1] == 'L';
}

/* Before T, D, R, Z, S and N its L becomes the next letter: ABDURRAHMAN, NUREDDIN. */
static bool assimilates(struct slice next)
{
    return next.size > 2 && memchr("TDRZSN", next.bytes[0], 6);
}

/* Without the letters of an article, which leaves the skeleton of the assimilated form, or of an AND. */
static void put_outer_run(struct arena *a, struct name_form *f, unsigned first, unsigned count)
{
    struct text joined = text_in(a, count * FOLD_TOKEN_BYTES_MAX);
    struct slice before = f->tokens[first].text, last = f->tokens[first + count - 1].text;
    text_put(&joined, count == 2 ? slice_head(before, before.size - 1) : before);
    text_put(&joined, last);
    struct name_run *run = &f->runs[f->run_count++];
    *run = (struct name_run){ .first = first, .count = count, .is_outer = true };
    similarity_prepare(a, text_slice(&joined), &run->token);
    similarity_listen(&run->token);
}

/* H AND M, which is written HM, too. */
static bool are_letters_with_and(const struct name_form *f, unsigned first)
{
    return slice_equal(f->tokens[first + 1].text, SLICE("AND")) && f->tokens[first].text.size <= 2
           && f->tokens[first + 2].text.size <= 2;
}

/* Syllables and word stems that are written as one, too: HAE KUM GANG, TECHNO PROM EXPORT. */
static bool are_short(const struct name_form *f, unsigned first)
{
    for (unsigned i = first; i < first + 3; i++)
        if (f->tokens[i].text.size > RUN_OF_THREE_LETTERS_MAX || f->tokens[i].has_digit) return false;
    return f->count > 3;                            /* else it is the whole name */
}

static void join_articles(struct arena *a, struct name_form *f, unsigned first)
{
    bool has_third = first + 2 < f->count, is_between = has_third && is_article(f->tokens[first + 1].text);
    const struct name_token *t = &f->tokens[first];
    bool are_particles = has_third && similarity_is_particle(t) && similarity_is_particle(t + 1);
    bool are_stems = has_third && !is_between && !are_particles && are_short(f, first);
    if (is_between || are_particles || are_stems) put_run(a, f, first, 3, false);
    if (are_stems) f->runs[f->run_count - 1].is_of_stems = true;
    if (has_third && are_letters_with_and(f, first)) put_outer_run(a, f, first, 3);
    if (f->is_thing) return;
    if (is_between && assimilates(f->tokens[first + 2].text)) put_outer_run(a, f, first, 3);
    if (first + 1 < f->count && ends_with_article(f->tokens[first].text) && assimilates(f->tokens[first + 1].text))
        put_outer_run(a, f, first, 2);
}

/* First letters of the first `count` words, joining ones apart, and of the COMPANY that was taken off. */
static struct slice initials_of(struct arena *a, const struct name_form *f, unsigned count, bool is_company)
{
    struct text t = text_in(a, ALIGNMENT_MAX + 1);
    for (unsigned i = 0; i < count; i++)
        if (!similarity_is_particle(&f->tokens[i])) text_put_byte(&t, f->tokens[i].text.bytes[0]);
    if (is_company) text_put_byte(&t, 'C');
    return text_slice(&t);
}

static void put_acronym(struct arena *a, struct name_form *f, unsigned count, bool is_company)
{
    struct slice letters = initials_of(a, f, count, is_company);
    if (letters.size < ACRONYM_ALONE_LETTERS_MIN) return;
    struct name_run *run = &f->runs[f->run_count++];
    *run = (struct name_run){ .first = 0, .count = count, .is_acronym = true };
    similarity_prepare(a, letters, &run->token);
}

/* A firm's name as its initials alone; those that it bears besides, as NIOC after it, are no word of theirs. */
static void put_acronyms(struct arena *a, struct name_form *f, bool is_company)
{
    struct slice last = f->tokens[f->count - 1].text;
    bool bears_its_own = slice_equal(last, initials_of(a, f, f->count - 1, false))
                         || slice_equal(last, initials_of(a, f, f->count - 1, true));
    unsigned count = bears_its_own ? f->count - 1 : f->count;
    put_acronym(a, f, count, false);
    if (is_company) put_acronym(a, f, count, true);
}

/* A name written as one word may have its family name in front or after. */
void run_join(struct arena *a, struct name_form *f, bool is_company)
{
    f->runs = f->count > 1 ? ARENA_ARRAY(a, COMPARE_RUNS_OF_A_TOKEN * f->count + 1u, struct name_run) : NULL;
    for (unsigned i = 0; i + 1 < f->count; i++) put_run(a, f, i, 2, false);
    for (unsigned i = 0; i + 1 < f->count; i++) join_articles(a, f, i);
    if (f->count > 1) put_run(a, f, 0, f->count, f->count == 2);
    if (f->count + is_company >= ACRONYM_ALONE_LETTERS_MIN) put_acronyms(a, f, is_company);
}
