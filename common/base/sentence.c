/* base/sentence.c: braces and what stands in for them. */
#include "base/sentence.h"

/* What a sentence says of an argument that nobody knows. */
static struct slice stand_in(struct slice name)
{
    static const struct { struct slice name, words; } rows[] = {
        { SLICE_INIT("element"), SLICE_INIT("an element") },
        { SLICE_INIT("field"), SLICE_INIT("a field") },
        { SLICE_INIT("how"), SLICE_INIT("in its place") },
        { SLICE_INIT("line"), SLICE_INIT("without a number") },
        { SLICE_INIT("note"), SLICE_INIT("without a note") },
        { SLICE_INIT("original"), SLICE_INIT("its original") },
        { SLICE_INIT("program"), SLICE_INIT("the program") },
        { SLICE_INIT("value"), SLICE_INIT("(nothing)") },
    };
    for (unsigned i = 0; i < sizeof rows / sizeof rows[0]; i++)
        if (slice_equal(rows[i].name, name)) return rows[i].words;
    return SLICE("(not known)");
}

static bool is_letter(char c)
{
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

static void put_stand_in(struct text *t, size_t first, struct slice name)
{
    struct slice words = stand_in(name);
    if (t->size > first && is_letter(t->bytes[t->size - 1])) return;
    if (t->size == first && is_letter(words.bytes[0])) {
        text_put_byte(t, (char)(words.bytes[0] & ~0x20));
        words = slice_skip(words, 1);
    }
    text_put(t, words);
}

bool sentence_fill(struct text *t, struct slice sentence, struct slice (*argument)(const void *of, struct slice name),
                   const void *of)
{
    bool is_known = true;
    size_t first = t->size;
    while (sentence.size) {
        size_t open = slice_find(sentence, '{');
        text_put(t, slice_head(sentence, open));
        sentence = slice_skip(sentence, open + 1);
        if (sentence.size == 0) break;
        struct slice name = slice_cut(&sentence, '}'), value = argument(of, name);
        is_known &= value.size > 0;
        if (value.size) text_put(t, value);
        else put_stand_in(t, first, name);
    }
    return is_known;
}
