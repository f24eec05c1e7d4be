/* domain/vocabulary.c: texts of the closed lists. */
#include "domain/vocabulary.h"

#define WORD_ROW(list, word, number) [number] = SLICE_INIT(#word),
#define LIST_TABLE(list) static const struct slice words_##list[] = { list##_WORDS(WORD_ROW) };
VOCABULARY_LISTS(LIST_TABLE)

struct word_list { const struct slice *words; int count; };

#define LIST_ROW(list) [VOCABULARY_##list] = { words_##list, (int)(sizeof words_##list / sizeof words_##list[0]) },
static const struct word_list lists[VOCABULARY_COUNT] = { VOCABULARY_LISTS(LIST_ROW) };

struct slice word_text(enum vocabulary list, int number)
{
    const struct word_list *l = &lists[list];
    return number > 0 && number < l->count ? l->words[number] : (struct slice){ 0 };
}

int word_find(enum vocabulary list, struct slice word)
{
    const struct word_list *l = &lists[list];
    for (int number = 1; number < l->count; number++)
        if (slice_equal(l->words[number], word)) return number;
    return 0;
}

int word_count(enum vocabulary list)
{
    return lists[list].count;
}
