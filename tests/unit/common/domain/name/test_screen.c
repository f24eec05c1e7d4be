/* A name against the lists in force: screening.md 6.3 rules 6 to 8, 6.4, 6.5. */
#include "domain/name/screen.h"

#include "support/table.h"

#include <stdio.h>

/* A list of names written "id kind name", with members set by the test. */
static struct list_entry an_entry(const char *id, enum party_kind kind, const char *name)
{
    struct list_name *names = ARENA_ARRAY(test_arena(), 1, struct list_name);
    names[0] = (struct list_name){ .text = slice_from(name), .family_first = kind == PARTY_KIND_PERSON };
    return (struct list_entry){ .entry_id = slice_from(id), .kind = kind, .names = names, .name_count = 1 };
}

static struct list_entry with_alias(struct list_entry e, const char *alias, enum list_strength strength)
{
    struct list_name *names = ARENA_ARRAY(test_arena(), e.name_count + 1, struct list_name);
    memcpy(names, e.names, e.name_count * sizeof *names);
    names[e.name_count] = (struct list_name){ .text = slice_from(alias), .strength = strength };
    e.names = names;
    e.name_count++;
    return e;
}

static struct list_entry with_country(struct list_entry e, const char *country)
{
    struct slice *items = ARENA_ARRAY(test_arena(), 1, struct slice);
    items[0] = slice_from(country);
    e.countries = (struct texts){ .items = items, .count = 1 };
    return e;
}

static struct list_entry born(struct list_entry e, int32_t from, int32_t to)
{
    struct year_span *span = ARENA_NEW(test_arena(), struct year_span);
    *span = (struct year_span){ from, to };
    e.births = span;
    e.birth_count = 1;
    return e;
}

static struct list_entry identified(struct list_entry e, const char *type, const char *value, const char *country)
{
    struct list_identifier *id = ARENA_NEW(test_arena(), struct list_identifier);
    *id = (struct list_identifier){ slice_from(type), slice_from(value), slice_from(country) };
    e.identifiers = id;
    e.identifier_count = 1;
    return e;
}

static struct name_lists lists_of(const struct list_entry *entries, unsigned count)
{
    struct name_list *list = ARENA_NEW(test_arena(), struct name_list);
    struct list_entry *own = ARENA_ARRAY(test_arena(), count, struct list_entry);
    struct name_lists lists;
    memcpy(own, entries, count * sizeof *own);
    *list = (struct name_list){ .id = SLICE("L"), .purpose = LIST_PURPOSE_DENIED, .required = true };
    list_seal(test_arena(), list, own, count);
    screen_prepare(test_arena(), list, 1, &lists);
    return lists;
}

static struct name_lists some_lists(void)
{
    struct list_entry entries[] = {
        an_entry("1", PARTY_KIND_ORGANISATION, "KESTREL MARITIME TRADING"),
        with_country(born(an_entry("2", PARTY_KIND_PERSON, "DORVANIK, Petr Olegovich"), 1960, 1962), "CY"),
        with_alias(an_entry("3", PARTY_KIND_ORGANISATION, "VARNHOLT AERO LEASING"), "VARNHOLT WINGS",
                   LIST_STRENGTH_WEAK),
        identified(an_entry("4", PARTY_KIND_ORGANISATION, "BELMORA COMMUNICATION GROUP CO., LTD."), "TAX", "12-345 678",
                   "RO"),
        an_entry("5", PARTY_KIND_VESSEL, "AL KADEEM"),
        with_country(with_alias(an_entry("6", PARTY_KIND_PERSON, "QADIR, Ali"), "LITTLE FALCON", LIST_STRENGTH_WEAK),
                     "IQ"),
    };
    return lists_of(entries, sizeof entries / sizeof entries[0]);
}

static const struct screen_limits usual = { .score_min = 7000, .candidates_max = SCREEN_CANDIDATES_DEFAULT };

static struct name_answer screened(const struct name_lists *lists, const struct name_query *q)
{
    struct name_answer answer;
    screen_name(test_arena(), lists, LIST_PURPOSE_DENIED, q, usual, &answer);
    return answer;
}

TEST(finds_a_listed_name_with_entry_score_and_alignment)
{
    struct name_lists lists = some_lists();
    struct name_answer answer = screened(&lists, &(struct name_query){ .name = SLICE("Kestral Maritime") });
    CHECK_INT(answer.hit_count, 1);
    CHECK_TEXT(answer.hits[0].entry->entry_id, "1");
    CHECK_TEXT(answer.hits[0].name, "KESTREL MARITIME TRADING");
    CHECK_TEXT(answer.hits[0].alignment, "KESTRAL~KESTREL 8999, MARITIME=MARITIME, +TRADING");
    CHECK_TEXT(screen_band(answer.hits[0].score, 9500, 8000, 7000), "LIKELY");
    CHECK(!answer.is_unreadable && !answer.is_cut && !answer.hits[0].weak && !answer.hits[0].by_identifier);
}

TEST(needs_no_common_first_letter)
{
    struct name_lists lists = some_lists();
    CHECK_INT(screened(&lists, &(struct name_query){ .name = SLICE("Estrel Maritime Trading") }).hit_count, 1);
    CHECK_INT(screened(&lists, &(struct name_query){ .name = SLICE("Alkadeem") }).hit_count, 1);
}

/* The two given names, joined, spell a name of another entry: they are found by their initials all the same. */
TEST(initials_find_names_whose_joint_form_is_a_word_of_its_own)
{
    enum { BEARERS = 100 };                                 /* of the family name, which is not enough by itself */
    struct list_entry entries[BEARERS + 2];
    for (unsigned i = 0; i < BEARERS; i++) {
        char *id = arena_alloc(test_arena(), 8);
        snprintf(id, 8, "B%u", i);
        entries[i] = an_entry(id, PARTY_KIND_PERSON, "DORVANIK, MICHAEL");
    }
    entries[BEARERS] = an_entry("K", PARTY_KIND_PERSON, "KOSTRIN, ANNAKARINA");
    entries[BEARERS + 1] = an_entry("P", PARTY_KIND_PERSON, "DORVANIK, ANNA KARINA");
    struct name_lists lists = lists_of(entries, BEARERS + 2);
    struct name_query q = { .name = SLICE("A. K. Dorvanik") };
    struct name_answer answer;
    screen_name(test_arena(), &lists, LIST_PURPOSE_DENIED, &q,
                (struct screen_limits){ 8000, SCREEN_CANDIDATES_DEFAULT }, &answer);
    CHECK_INT(answer.hit_count, 1);
    if (answer.hit_count) CHECK_TEXT(answer.hits[0].entry->entry_id, "P");
}

/* A title is a word as any other until it is known to stand before a person's name: candidates are sought for both. */
TEST(a_title_hides_nobody)
{
    static const char *const ids[] = { "A", "B", "C", "D", "E", "F", "G", "H" };
    struct list_entry entries[9];
    for (unsigned i = 0; i < 8; i++)
        entries[i] = an_entry(ids[i], PARTY_KIND_PERSON, "DRIOTTON, MICHAEL"); /* words that many bear weigh less */
    entries[8] = an_entry("P", PARTY_KIND_PERSON, "DORVANIK, MICHAEL");
    struct name_lists lists = lists_of(entries, 9);
    struct table t = TABLE(
        "query                        | entry",
        "PRESIDENT DRIOTTON MICHAEL   | A",
        "MINISTER MICHAEL DORVANIK    | P",
        "PRIME MINISTER MICHAEL DORVANIK | P");
    while (table_next(&t)) {
        struct name_query q = { .name = cell(&t, "query") };
        struct name_answer answer;
        screen_name(test_arena(), &lists, LIST_PURPOSE_DENIED, &q,
                    (struct screen_limits){ 7000, SCREEN_CANDIDATES_DEFAULT }, &answer);
        CHECK(answer.hit_count > 0);
        if (answer.hit_count) CHECK_CELL(&t, "entry", answer.hits[0].entry->entry_id);
    }
}

TEST(qualifiers_lower_where_both_sides_are_known)
{
    struct table t = TABLE(
        "name                     kind  born  country | score",
        "Petr Olegovich Dorvanik  0     0     -       | 10000",
        "Petr Olegovich Dorvanik  1     0     -       | 10000",
        "Petr Olegovich Dorvanik  2     0     -       | 8500",
        "Petr Olegovich Dorvanik  0     1961  -       | 10000",
        "Petr Olegovich Dorvanik  0     1963  -       | 10000",     /* one apart */
        "Petr Olegovich Dorvanik  0     1959  -       | 10000",
        "Petr Olegovich Dorvanik  0     1964  -       | 8500",
        "Petr Olegovich Dorvanik  0     1958  -       | 8500",
        "Petr Olegovich Dorvanik  0     0     CY      | 10000",
        "Petr Olegovich Dorvanik  0     0     cy      | 10000",
        "Petr Olegovich Dorvanik  0     0     DE      | 9000",
        "Petr Olegovich Dorvanik  2     1980  DE      | 8500",      /* 1 500 together at most */
        "Kestrel Maritime Trading  2    0     DE      | 10000");
    struct name_lists lists = some_lists();
    while (table_next(&t)) {
        struct name_query q = { .name = cell(&t, "name"), .kind = (enum party_kind)cell_int(&t, "kind"),
                                .birth_year = (int32_t)cell_int(&t, "born"), .country = cell(&t, "country") };
        struct name_answer answer = screened(&lists, &q);
        CHECK_CELL_INT(&t, "score", answer.hit_count ? answer.hits[0].score : 0);
    }
}

TEST(a_weak_alias_is_capped_unless_country_or_birth_year_agrees)
{
    struct name_lists lists = some_lists();
    struct name_answer answer = screened(&lists, &(struct name_query){ .name = SLICE("Varnholt Wings") });
    CHECK_INT(answer.hits[0].score, 7900);
    CHECK(answer.hits[0].weak);
    answer = screened(&lists, &(struct name_query){ .name = SLICE("Little Falcon"), .country = SLICE("IQ") });
    CHECK_INT(answer.hits[0].score, 8900);
    answer = screened(&lists, &(struct name_query){ .name = SLICE("Little Falcon"), .country = SLICE("DE") });
    CHECK_INT(answer.hit_count, 0);                 /* 7 900 - 1 000 */
}

TEST(an_identifier_of_one_type_hits_whatever_the_name)
{
    struct table t = TABLE(
        "type      value       country | score",
        "TAX       12345678    RO      | 10000",
        "TAX       12 345-678  -       | 10000",
        "TAX       12345678    DE      | 0",
        "DUNS      12345678    RO      | 0",
        "TAX       12345679    RO      | 0",
        "TAX       -           RO      | 0");
    struct name_lists lists = some_lists();
    while (table_next(&t)) {
        struct list_identifier id = { cell(&t, "type"), cell(&t, "value"), cell(&t, "country") };
        struct name_query q = { .name = SLICE("Something Else"), .identifiers = &id, .identifier_count = 1 };
        struct name_answer answer = screened(&lists, &q);
        CHECK_CELL_INT(&t, "score", answer.hit_count ? answer.hits[0].score : 0);
        if (answer.hit_count)
            CHECK(answer.hits[0].by_identifier && slice_equal(answer.hits[0].entry->entry_id, SLICE("4")));
    }
}

TEST(who_is_hit_by_identifier_and_by_name_is_told_once)
{
    struct name_lists lists = some_lists();
    struct list_identifier id = { SLICE("TAX"), SLICE("12345678"), SLICE("RO") };
    struct name_query q = { .name = SLICE("Belmora Communication Group"), .identifiers = &id, .identifier_count = 1 };
    struct name_answer answer = screened(&lists, &q);
    CHECK_INT(answer.hit_count, 1);
    CHECK(answer.hits[0].by_identifier);
    q.name = SLICE("Kestral Maritime Trading");
    answer = screened(&lists, &q);
    CHECK_INT(answer.hit_count, 2);
    CHECK(answer.hits[0].by_identifier && slice_equal(answer.hits[0].entry->entry_id, SLICE("4")));
    CHECK(!answer.hits[1].by_identifier && slice_equal(answer.hits[1].entry->entry_id, SLICE("1")));
}

TEST(a_name_that_folds_to_nothing_cannot_be_compared)
{
    struct name_lists lists = some_lists();
    CHECK(screened(&lists, &(struct name_query){ .name = SLICE("!!") }).is_unreadable);
    CHECK(screened(&lists, &(struct name_query){ .name = SLICE("") }).is_unreadable);
    CHECK(!screened(&lists, &(struct name_query){ .name = SLICE("x") }).is_unreadable);
}

TEST(asks_only_lists_of_the_purpose)
{
    struct name_lists lists = some_lists();
    struct name_query q = { .name = SLICE("Kestrel Maritime Trading") };
    struct name_answer answer;
    screen_name(test_arena(), &lists, LIST_PURPOSE_FORWARDER, &q, usual, &answer);
    CHECK_INT(answer.hit_count, 0);
}

TEST(best_hits_come_first_and_one_per_entry)
{
    struct list_entry entries[] = {
        with_alias(an_entry("A", PARTY_KIND_ORGANISATION, "KESTREL MARITIME"), "KESTRAL MARITIME", LIST_STRENGTH_ALIAS),
        an_entry("B", PARTY_KIND_ORGANISATION, "KESTREL MARITIME TRADING"),
        an_entry("C", PARTY_KIND_ORGANISATION, "KESTREL MARITIME"),
    };
    struct name_lists lists = lists_of(entries, 3);
    struct name_answer answer = screened(&lists, &(struct name_query){ .name = SLICE("Kestral Maritime") });
    CHECK_INT(answer.hit_count, 3);
    CHECK_TEXT(answer.hits[0].entry->entry_id, "A");
    CHECK_TEXT(answer.hits[0].name, "KESTRAL MARITIME");
    CHECK_INT(answer.hits[0].score, 10000);
    CHECK_TEXT(answer.hits[1].entry->entry_id, "C");
    CHECK_TEXT(answer.hits[2].entry->entry_id, "B");
}

TEST(a_cut_of_candidates_is_told_and_keeps_the_likeliest)
{
    struct list_entry entries[40];
    for (unsigned i = 0; i < 40; i++) {
        struct text name = text_in(test_arena(), 40), id = text_in(test_arena(), 8);
        PUT(&name, "GLOBAL WORKS ");
        for (unsigned k = 0; k < 6; k++) text_put_byte(&name, (char)('A' + (i * 7 + k * 11) % 26));
        text_put_int(&id, i);
        entries[i] = an_entry("x", PARTY_KIND_ORGANISATION, "x");
        entries[i].entry_id = text_slice(&id);
        ((struct list_name *)entries[i].names)->text = text_slice(&name);
    }
    struct name_lists lists = lists_of(entries, 40);
    struct name_query q = { .name = entries[17].names[0].text };
    struct name_answer answer;
    screen_name(test_arena(), &lists, LIST_PURPOSE_DENIED, &q,
                (struct screen_limits){ .score_min = 9000, .candidates_max = 3 }, &answer);
    CHECK(answer.is_cut);
    CHECK_INT(answer.hits[0].score, 10000);
    CHECK_SLICE(answer.hits[0].name, q.name);
}

TEST(finds_a_listed_name_within_the_text_of_another)
{
    struct name_lists lists = some_lists();
    struct name_query q = { .name = SLICE(
                                "Oak Bank Ltd c/o Kestrel Maritime Trading LLC (formerly Varnholt Aero Leasing)") };
    struct name_answer answer = screened(&lists, &q);
    CHECK_INT(answer.hit_count, 2);
    CHECK_INT(answer.hits[0].score, 10000);
    CHECK_TEXT(answer.hits[0].entry->entry_id, "1");
    CHECK_TEXT(answer.hits[1].entry->entry_id, "3");
    q.name = SLICE("Kestrel Maritime Trading dba Kestral Maritime");
    answer = screened(&lists, &q);                  /* one entry is one hit, by the best name */
    CHECK_INT(answer.hit_count, 1);
    CHECK_INT(answer.hits[0].score, 10000);
    q.name =
        SLICE("A aka B aka C aka D aka E aka F aka G aka H aka I aka J aka K aka L aka M aka N aka Kestrel Maritime"
              " Trading");
    CHECK_INT(screened(&lists, &q).hit_count, 1);   /* after however many */
    q.name = SLICE("Oak Bank Ltd care of Ash Brothers");
    CHECK_INT(screened(&lists, &q).hit_count, 0);
}

TEST(the_cache_answers_as_the_lists_do)
{
    struct arena own;
    CHECK(arena_open(&own, 1 << 20, 8 << 20) == OK);
    struct screen_cache *cache = screen_cache_open(&own, 4);
    struct name_lists lists = some_lists();
    static const char *const names[] = { "Kestral Maritime", "KESTRAL, MARITIME", "Nobody at all",
                                         "Petr Dorvanik",    "Al Kadeem",         "!!",
                                         "Varnholt Wings",   "Kestral Maritime",  "Little Falcon",
                                         "Belmora Comm Grp", "Elm c/o Kestrel Maritime Trading",
                                         "Elm CO Kestrel Maritime Trading" };
    for (unsigned round = 0; round < 3; round++) {
        for (unsigned i = 0; i < sizeof names / sizeof names[0]; i++) {
            struct name_query q = { .name = slice_from(names[i]) };
            struct name_answer fresh = screened(&lists, &q), kept;
            screen_cached(cache, test_arena(), &lists, LIST_PURPOSE_DENIED, &q, usual, &kept);
            CHECK_INT(kept.hit_count, fresh.hit_count);
            CHECK(kept.is_unreadable == fresh.is_unreadable);
            for (unsigned h = 0; h < fresh.hit_count; h++) {
                CHECK_INT(kept.hits[h].score, fresh.hits[h].score);
                CHECK(kept.hits[h].entry == fresh.hits[h].entry);
                CHECK_SLICE(kept.hits[h].alignment, fresh.hits[h].alignment);
            }
        }
        if (round == 1) lists = some_lists();       /* another snapshot: nothing of the old one is answered */
    }
    arena_close(&own);
}

static int64_t ticking(void)
{
    static int64_t ns;
    return ns += 5;
}

static void add_up(void *context, int64_t ns)
{
    *(int64_t *)context += ns;
}

TEST(what_the_cache_does_not_spare_is_timed)
{
    struct arena own;
    int64_t total = 0;
    CHECK(arena_open(&own, 1 << 20, 8 << 20) == OK);
    struct screen_cache *cache = screen_cache_open(&own, 64);
    struct name_lists lists = some_lists();
    screen_cache_meter(cache, (struct screen_meter){ ticking, add_up, &total });
    static const char *const names[] = { "Kestrel Maritime", "KESTREL maritime", "Elm", "Kestrel Maritime" };
    static const int64_t after[] = { 5, 5, 10, 10 };
    for (unsigned i = 0; i < 4; i++) {
        struct name_query q = { .name = slice_from(names[i]) };
        struct name_answer kept;
        screen_cached(cache, test_arena(), &lists, LIST_PURPOSE_DENIED, &q, usual, &kept);
        CHECK_INT(total, after[i]);
    }
    arena_close(&own);
}

/* Four spellings asked in turn, every other one of them the listed person: what is kept of one answers no other. */
static void keeps_apart(const char *listed, const char *const names[static 4])
{
    struct arena own;
    CHECK(arena_open(&own, 1 << 20, 8 << 20) == OK);
    struct screen_cache *cache = screen_cache_open(&own, 64);
    struct list_entry entries[] = { an_entry("1", PARTY_KIND_PERSON, listed) };
    struct name_lists lists = lists_of(entries, 1);
    for (unsigned i = 0; i < 4; i++) {
        struct name_query q = { .name = slice_from(names[i]) };
        struct name_answer fresh = screened(&lists, &q), kept;
        screen_cached(cache, test_arena(), &lists, LIST_PURPOSE_DENIED, &q, usual, &kept);
        CHECK_INT(fresh.hit_count, i % 2);
        CHECK_INT(kept.hit_count, fresh.hit_count);
    }
    arena_close(&own);
}

/* A legal form makes a name of unknown kind a thing: the answer to one spelling is no answer to the other, nor to one
 * that is written as the other is kept. */
TEST(the_cache_keeps_a_firm_and_a_person_of_one_name_apart)
{
    keeps_apart("DORVANIK, Aleksandr",
                (const char *const[]){ "Sasha Dorvanik LLC", "SASHA DORVANIK+", "Sasha Dorvanik LLC", "Sasha Dorvanik" });
}

TEST(initials_of_a_person_that_are_a_legal_form_find_the_names_they_stand_for)
{
    struct list_entry entries[] = { an_entry("1", PARTY_KIND_PERSON, "DORVANIK, Arnold Bram"),
                                    an_entry("2", PARTY_KIND_PERSON, "HOGEVEEN, Stefan Anton"),
                                    an_entry("3", PARTY_KIND_ORGANISATION, "KESTREL STEEL AND ALLOYS") };
    struct name_lists lists = lists_of(entries, 3);
    static const struct { const char *query; unsigned entry; } names[] = {
        { "A. B. Dorvanik", 0 }, { "Dorvanik A B", 0 },  { "A.B. Dorvanyk", 0 },  { "Hogeveen S. A.", 1 },
        { "S.A. Hogeveen", 1 },  { "HOGEVEEN, SA", 1 },
    };
    static const enum party_kind kinds[] = { PARTY_KIND_PERSON, PARTY_KIND_UNSPECIFIED };
    for (unsigned k = 0; k < 2; k++) {
        for (unsigned i = 0; i < sizeof names / sizeof names[0]; i++) {
            struct name_query q = { .name = slice_from(names[i].query), .kind = kinds[k] };
            struct name_answer found = screened(&lists, &q);
            CHECK_INT(found.hit_count, 1);
            if (found.hit_count) CHECK_SLICE(found.hits[0].name, entries[names[i].entry].names[0].text);
            if (found.hit_count) CHECK(found.hits[0].score >= 8000);
        }
        static const char *const others[] = { "S. A. Dorvanik", "Hogeveen A. S.", "A. B. Arnold", "Kestrel S.A." };
        for (unsigned i = 0; i < sizeof others / sizeof others[0]; i++) {
            struct name_query q = { .name = slice_from(others[i]), .kind = kinds[k] };
            struct name_answer found = screened(&lists, &q);
            CHECK(!found.hit_count || found.hits[0].score < 8000);
        }
    }
}

TEST(the_cache_keeps_letters_and_the_word_that_they_spell_apart)
{
    keeps_apart("DORVANIK, Dmitry Ivan",
                (const char *const[]){ "Di Dorvanik", "D. I. Dorvanik", "DI DORVANIK", "D.I. Dorvanik" });
}

/* Of two texts that fold alike only one may have a name within; what stands after the words that folding keeps,
 * too. */
TEST(the_cache_keeps_names_within_a_name_apart)
{
    struct arena own;
    CHECK(arena_open(&own, 1 << 20, 8 << 20) == OK);
    struct screen_cache *cache = screen_cache_open(&own, 64);
    struct name_lists lists = some_lists();
#define LONG_NAME "Elm c/o A1 B2 C3 D4 E5 F6 G7 H8 I9 J10 K11 L12 M13 N14 O15"
    static const char *const names[] = {
        "Elm formerly-known as Kestrel Maritime Trading aka Ash",
        "Elm formerly known as Kestrel Maritime Trading aka Ash",
        LONG_NAME " aka Birch",
        LONG_NAME " aka Kestrel Maritime Trading",
    };
    for (unsigned i = 0; i < sizeof names / sizeof names[0]; i++) {
        struct name_query q = { .name = slice_from(names[i]) };
        struct name_answer fresh = screened(&lists, &q), kept;
        screen_cached(cache, test_arena(), &lists, LIST_PURPOSE_DENIED, &q, usual, &kept);
        CHECK_INT(fresh.hit_count, i % 2);
        CHECK_INT(kept.hit_count, fresh.hit_count);
    }
    arena_close(&own);
}

TEST(a_party_of_a_line_becomes_a_query)
{
    struct party p = { .name = SLICE("Alder"), .id_type = SLICE("FI"), .id = SLICE("12345678"), .country = SLICE("RO"),
                       .kind = PARTY_KIND_ORGANISATION, .birth_year = 0 };
    struct name_query q = screen_query_of(test_arena(), &p);
    CHECK_INT(q.identifier_count, 1);
    CHECK_TEXT(q.identifiers[0].type, "TAX");
    struct name_lists lists = some_lists();
    CHECK_INT(screened(&lists, &q).hits[0].score, 10000);
    p.id_type = SLICE("92");
    CHECK_INT(screen_query_of(test_arena(), &p).identifier_count, 0);
}

TEST(a_customer_is_compared_with_the_names_on_file)
{
    struct slice on_file[] = { SLICE("Birch Works GmbH"), SLICE("Alder Communication Group") };
    CHECK_INT(screen_best(test_arena(), NULL, SLICE("ALDER COMM GRP LTD"), on_file, 2), 9777);
    CHECK_INT(screen_best(test_arena(), NULL, SLICE("Birch Works"), on_file, 2), 10000);
    CHECK_INT(screen_best(test_arena(), NULL, SLICE("Oak"), on_file, 2), 0);
    CHECK_INT(screen_best(test_arena(), NULL, SLICE("?"), on_file, 2), 0);
    CHECK_INT(screen_best(test_arena(), NULL, SLICE("Oak"), on_file, 0), 0);
}

TEST(a_revision_and_a_snapshot_change_with_any_member_and_not_with_the_order)
{
    struct list_entry one = an_entry("1", PARTY_KIND_ORGANISATION, "KESTREL"),
                      two = an_entry("2", PARTY_KIND_PERSON, "ALDER, Jo");
    struct name_lists a = lists_of((struct list_entry[]){ one, two }, 2),
                      b = lists_of((struct list_entry[]){ two, one }, 2);
    CHECK(memcmp(a.lists[0].sha256, b.lists[0].sha256, SHA256_BYTES) == 0);
    CHECK_TEXT(b.lists[0].entries[0].entry_id, "1");
    struct name_lists c = lists_of((struct list_entry[]){ with_country(one, "DE"), two }, 2);
    CHECK(memcmp(a.lists[0].sha256, c.lists[0].sha256, SHA256_BYTES) != 0);
    CHECK(a.lists[0].entries[0].revision != c.lists[0].entries[0].revision);
    CHECK(a.lists[0].entries[1].revision == c.lists[0].entries[1].revision);
    CHECK_INT(list_revision(test_arena(), &a.lists[0].entries[0]).size, LIST_REVISION_HEX);
    CHECK(list_find(&a.lists[0], SLICE("2")) == &a.lists[0].entries[1]);
    CHECK(list_find(&a.lists[0], SLICE("3")) == NULL);
}

TEST(a_list_is_unfit_when_it_is_over_its_age_or_missing)
{
    struct name_list list = { .is_loaded = true, .max_age_hours = 24, .file_time_unix_ms = 1000 };
    CHECK(!list_is_unfit(&list, 1000 + 24 * INSTANT_HOUR_MS));
    CHECK(list_is_unfit(&list, 1001 + 24 * INSTANT_HOUR_MS));
    list.max_age_hours = 0;
    CHECK(!list_is_unfit(&list, 1000 + 10000 * (instant_ms)INSTANT_HOUR_MS));
    list.is_loaded = false;
    CHECK(!list_is_unfit(&list, 0));
    list.required = true;
    CHECK(list_is_unfit(&list, 0));
}

TEST(a_list_that_lost_over_so_many_percent_shrinks)
{
    struct table t = TABLE(
        "before  after  percent | shrinks",
        "100     90     10      | no",
        "100     89     10      | yes",
        "100     100    0       | no",
        "100     99     0       | yes",
        "100     1      99      | no",
        "100     0      99      | yes",
        "100     0      100     | no",
        "7       6      10      | yes",
        "20000   18000  10      | no",
        "20000   17999  10      | yes",
        "100     200    10      | no",
        "0       0      10      | no");
    while (table_next(&t)) {
        struct name_list before = { .entry_count = (uint32_t)cell_int(&t, "before") },
                         after = { .entry_count = (uint32_t)cell_int(&t, "after") };
        CHECK_CELL(&t, "shrinks", list_shrinks(&before, &after, cell_int(&t, "percent")) ? SLICE("yes") : SLICE("no"));
    }
}

TEST(a_band_begins_at_its_score)
{
    struct table t = TABLE(
        "score  strong | band",
        "10000  9500   | STRONG",
        "9500   9500   | STRONG",
        "9499   9500   | LIKELY",
        "9500   9501   | LIKELY",
        "8000   9500   | LIKELY",
        "7999   9500   | WEAK",
        "7000   9500   | WEAK",
        "6999   9500   | -");
    while (table_next(&t)) {
        struct slice band = screen_band((int32_t)cell_int(&t, "score"), cell_int(&t, "strong"), 8000, 7000);
        CHECK_CELL(&t, "band", band);
    }
}

/* As many names share a word with the query: all are compared, or one is left out. */
TEST(candidates_are_cut_above_their_number_and_not_at_it)
{
    enum { NAMES = 5 };
    static const char *const words[NAMES] = { "ALPHA", "BRAVO", "CINDER", "DELTAIC", "EMBER" };
    static struct list_entry entries[NAMES];
    for (unsigned i = 0; i < NAMES; i++) {
        struct text name = text_in(test_arena(), 40);
        PUT(&name, "QUORLAN ");
        text_put(&name, slice_from(words[i]));
        entries[i] = an_entry(words[i], PARTY_KIND_ORGANISATION, "x");
        ((struct list_name *)entries[i].names)->text = text_slice(&name);
    }
    struct name_lists lists = lists_of(entries, NAMES);
    struct name_query q = { .name = SLICE("Quorlan Works") };
    struct name_answer answer;
    for (unsigned max = NAMES - 1; max <= NAMES + 1; max++) {
        screen_name(test_arena(), &lists, LIST_PURPOSE_DENIED, &q,
                    (struct screen_limits){ .score_min = 1, .candidates_max = max }, &answer);
        CHECK(answer.is_cut == (max < NAMES));
    }
}

static enum party_kind kind_in(const struct table *t, const char *column)
{
    struct slice kind = cell(t, column);
    if (slice_equal(kind, SLICE("PERSON"))) return PARTY_KIND_PERSON;
    return slice_equal(kind, SLICE("ORGANISATION")) ? PARTY_KIND_ORGANISATION : PARTY_KIND_UNSPECIFIED;
}

/* A list that does not say what bears a name: the name may. */
TEST(a_name_of_an_unknown_kind_is_a_firms_by_its_legal_form_its_trade_or_a_vessels_prefix)
{
    struct table t = TABLE(
        "listed                 query                   | alerts",
        "Dorvanik_Steel         Dorvanik_GmbH_Steel     | 1",
        "Robert_Steel           Bob_Steel               | 0",         /* nicknames are for persons */
        "Robert_Dorvanik        Bob_Dorvanik            | 1",
        "Dorvanik_Belmora       MV_Dorvanik_Belmora     | 1",
        "MV_Dorvanik            Dorvanik                | 1",
        "Jane_Dorvanik          Ms_Jane_Dorvanik        | 1");
    while (table_next(&t)) {
        char listed[64], query[64];
        snprintf(listed, sizeof listed, "%.*s", SLICE_ARGS(cell(&t, "listed")));
        snprintf(query, sizeof query, "%.*s", SLICE_ARGS(cell(&t, "query")));
        struct list_entry entry = an_entry("1", PARTY_KIND_UNSPECIFIED, listed);
        struct name_lists lists = lists_of(&entry, 1);
        struct name_query q = { .name = slice_from(query) };
        struct name_answer answer;
        screen_name(test_arena(), &lists, LIST_PURPOSE_DENIED, &q,
                    (struct screen_limits){ 8000, SCREEN_CANDIDATES_DEFAULT }, &answer);
        CHECK_CELL_INT(&t, "alerts", answer.hit_count);
    }
}

/* SA, CO, AB end a firm's name and a person's: whoever does not say that he is a firm may be the person. LTD is no
 * name. */
TEST(a_person_whose_name_ends_like_a_legal_form_is_found)
{
    struct table t = TABLE(
        "kind          listed                 query                         asked         | alerts",
        "PERSON        JOAO_SA                Joao_Sa                      -             | 1",
        "PERSON        JOAO_SA                Jo\xc3\xa3o_S\xc3\xa1           -             | 1",
        "PERSON        JOAO_SA                JOAO_S.A.                    -             | 1",
        "PERSON        JOAO_SA                Sa,_Joao                     -             | 1",
        "PERSON        JOAO_SA                Joao_Sa                      PERSON        | 1",
        "PERSON        JOAO_SA                Joao                         -             | 0",
        "PERSON        JOAO_SA                Joana_Sa                     -             | 0",
        "PERSON        JOAO_SA                Joao_Ltd                     -             | 0",
        "PERSON        JOAO                   Joao_Sa                      -             | 1",
        "PERSON        Mateus_Correia_SA      Mateus_Correia_de_Sa         -             | 1",
        "PERSON        Belmora_Li_CO          Belmora_Li_Co                -             | 1",
        "PERSON        Tkachev_Andrey_Borisovich  Tkachev_A._B.            -             | 1",
        "PERSON        Tkachev_Andrey_Borisovich  Tkachev_A.B.             -             | 1",
        "PERSON        Tkachev_Andrey_Borisovich  Tkachev_AB               ORGANISATION  | 0",
        "PERSON        DORVANIK_Petr          Petr_Dorvanik_SA             -             | 1",
        "PERSON        DORVANIK_Petr_Ltd      Petr_Dorvanik                -             | 1",
        "ORGANISATION  Belmora_SA             Belmora                      -             | 1",
        "ORGANISATION  Belmora                Belmora_AG                   -             | 1",
        "ORGANISATION  Belmora                Belmora_AG                   ORGANISATION  | 1",
        "-             JOAO_SA                Joao_Sa                      -             | 1");
    while (table_next(&t)) {
        char listed[64], query[64];
        snprintf(listed, sizeof listed, "%.*s", SLICE_ARGS(cell(&t, "listed")));
        snprintf(query, sizeof query, "%.*s", SLICE_ARGS(cell(&t, "query")));
        struct list_entry entry = an_entry("1", kind_in(&t, "kind"), listed);
        struct name_lists lists = lists_of(&entry, 1);
        struct name_query q = { .name = slice_from(query), .kind = kind_in(&t, "asked") };
        struct name_answer answer;
        screen_name(test_arena(), &lists, LIST_PURPOSE_DENIED, &q,
                    (struct screen_limits){ 8000, SCREEN_CANDIDATES_DEFAULT }, &answer);
        CHECK_CELL_INT(&t, "alerts", answer.hit_count);
    }
}
