/* Candidates: no name that scores enough is missed, whatever leads to it (screening.md 6.4). */
#include "domain/name/index.h"
#include "domain/name/screen.h"

#include "support/test.h"

enum { NAMES = 200, QUERIES = 150 };

/* A word of a small stock, sometimes with one letter changed, so that near names are frequent. */
static void put_word(struct text *t, uint64_t *seed)
{
    static const char *const words[] = { "KESTREL", "KARTREL", "DORVANIK", "BELMORA", "ALKADEEM", "AL", "KADEEM", "TRADING", "GLOBAL", "COMM", "COMMUNICATION",
                                         "MARITIME", "II", "2", "17", "WORKS", "PETROCHEMICALS", "INTERNATIONAL", "YUSUF", "QADIM", "ZHARKOV", "OAK" };
    struct slice word = slice_from(words[test_random(seed) % (sizeof words / sizeof words[0])]);
    size_t changed = test_random(seed) % (2 * word.size + 1);
    for (size_t i = 0; i < word.size; i++) text_put_byte(t, i == changed && word.bytes[i] > '9' ? (char)('A' + test_random(seed) % 26) : word.bytes[i]);
}

static struct slice a_name(uint64_t *seed)
{
    struct text t = text_in(test_arena(), 128);
    for (unsigned i = 0, count = 1 + test_random(seed) % 4; i < count; i++) {
        if (i) text_put_byte(&t, ' ');
        put_word(&t, seed);
    }
    return text_slice(&t);
}

static void make_list(struct name_list *list, uint64_t *seed)
{
    struct list_entry *entries = ARENA_ARRAY(test_arena(), NAMES, struct list_entry);
    struct list_name *names = ARENA_ARRAY(test_arena(), NAMES, struct list_name);
    for (unsigned i = 0; i < NAMES; i++) {
        struct text id = text_in(test_arena(), 8);
        text_put_int(&id, 1000 + i);
        names[i] = (struct list_name){ .text = a_name(seed) };
        entries[i] = (struct list_entry){ .entry_id = text_slice(&id), .kind = PARTY_KIND_ORGANISATION, .names = &names[i], .name_count = 1 };
    }
    *list = (struct name_list){ .id = SLICE("L"), .purpose = LIST_PURPOSE_DENIED };
    list_seal(test_arena(), list, entries, NAMES);
}

static int32_t score_in(const struct name_answer *answer, const struct list_entry *entry)
{
    for (unsigned i = 0; i < answer->hit_count; i++)
        if (answer->hits[i].entry == entry) return answer->hits[i].score;
    return 0;
}

TEST(finds_what_comparing_with_every_name_finds)
{
    uint64_t seed = test_seed();
    struct name_list list;
    struct name_lists lists;
    unsigned hits = 0;
    make_list(&list, &seed);
    screen_prepare(test_arena(), &list, 1, &lists);
    struct name_weights weights = index_weights(lists.index);
    for (unsigned run = 0; run < QUERIES; run++) {
        size_t mark = arena_mark(test_arena());
        struct name_query q = { .name = a_name(&seed), .kind = PARTY_KIND_ORGANISATION };
        struct name_answer answer;
        struct name_form form;
        struct fold f;
        screen_name(test_arena(), &lists, LIST_PURPOSE_DENIED, &q, (struct screen_limits){ 7000, NAMES }, &answer);
        fold_text(test_arena(), q.name, &f);
        fold_strip_legal_form(&f);
        compare_prepare(test_arena(), &f, true, &weights, &form);
        for (unsigned i = 0; i < index_name_count(lists.index); i++) {
            struct comparison c;
            compare_names(&form, &index_name(lists.index, i)->form, true, 0, &c);
            if (c.score < 7000) continue;
            CHECK_INT(score_in(&answer, index_name(lists.index, i)->entry), c.score);
            hits++;
        }
        arena_rewind(test_arena(), mark);
    }
    CHECK(hits > QUERIES);
}

TEST(the_empty_index_finds_nothing)
{
    struct name_lists lists;
    struct name_answer answer;
    screen_prepare(test_arena(), NULL, 0, &lists);
    screen_name(test_arena(), &lists, LIST_PURPOSE_DENIED, &(struct name_query){ .name = SLICE("Kestrel") }, (struct screen_limits){ 7000, 8 }, &answer);
    CHECK_INT(answer.hit_count, 0);
    CHECK(!answer.is_unreadable);
}
