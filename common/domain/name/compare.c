/* domain/name/compare.c: weights, alignment, score and its limits. */
#include "domain/name/compare.h"

#include "base/assert.h"
#include "base/bits.h"
#include "domain/name/mark.h"
#include "domain/name/run.h"

enum {
    SCORE_FEW_TOKENS_MAX = 7900,
    SCORE_FEW_LETTERS_MAX = 8900,
    SCORE_PATRONYMICS_MAX = 7900,
    SCORE_TWO_FIRMS_MAX = 7900,
    SCORE_TWO_PERSONS_MAX = 7900,
    SCORE_ONE_FIRM_MAX = 8900,
    PROPER_SIMILARITY_MIN = 8000,
    PROPER_BESIDE_A_TRADE_MIN = SIMILARITY_SKELETON + 1,
    ALIGNED_LETTERS_MIN = 5,
    ARTICLE_SKELETON_MIN = 4,
    WEIGHT_THAT_COUNTS = 300,
    FEMININE_PAIRS_MIN = 2,
    PROPER_WORDS_OF_A_FIRM_MIN = 2,
    PATRONYMIC_WEIGHT_MAX = 400,
};

int32_t compare_weight(uint64_t df, uint64_t names)
{
    int64_t weight = COMPARE_WEIGHT_MAX - 800 * bits_log2(df ? df : 1) / bits_log2(names > 1000 ? names : 1000);
    return weight < COMPARE_WEIGHT_MIN ? COMPARE_WEIGHT_MIN : (int32_t)weight;
}

static int32_t weigh(const struct name_token *t, bool is_thing, const struct name_weights *w)
{
    unsigned classes = t->classes;
    if ((classes & WORD_TITLE) && !is_thing) return COMPARE_WEIGHT_HONORIFIC;
    if (classes & WORD_HONORIFIC) return COMPARE_WEIGHT_HONORIFIC;
    if (classes & WORD_CONNECTIVE) return COMPARE_WEIGHT_CONNECTIVE;
    if (is_thing && (classes & WORD_FORM)) return COMPARE_WEIGHT_FORM;
    if ((classes & WORD_PLACE) && is_thing) classes |= WORD_COMMON;
    int32_t weight = w->of(w->context, t->text);
    ASSERT(weight >= COMPARE_WEIGHT_MIN && weight <= COMPARE_WEIGHT_MAX);
    return (classes & WORD_COMMON) && weight > COMPARE_WEIGHT_COMMON_MAX ? COMPARE_WEIGHT_COMMON_MAX : weight;
}

/* The first token, not in first place, of a person's three or more that ends as a patronymic does. */
static void find_patronymic(struct arena *a, struct name_form *f)
{
    struct slice stem;
    f->patronymic = -1;
    if (f->is_thing || f->count < 3) return;
    for (unsigned i = 1; i < f->count; i++) {
        if (!word_patronymic(f->tokens[i].text, &stem, &f->gender)) continue;
        f->patronymic = (int)i;
        similarity_prepare(a, stem, &f->stem);
        return;
    }
}

static void weigh_all(struct name_form *f, const struct name_weights *w)
{
    int32_t others = 0;
    f->own_words = 0;
    for (unsigned i = 0; i < f->count; i++) {
        f->tokens[i].weight = weigh(&f->tokens[i], f->is_thing, w);
        if ((int)i != f->patronymic) others += f->tokens[i].weight;
        f->own_words += similarity_is_own_word(&f->tokens[i]);
        if (f->tokens[i].is_family) f->tokens[i].weight = f->tokens[i].weight * 13 / 10;
    }
    mark_words(f);
    if (f->patronymic < 0) return;
    int32_t fifth = others / 5;
    f->tokens[f->patronymic].weight = fifth > PATRONYMIC_WEIGHT_MAX ? PATRONYMIC_WEIGHT_MAX : fifth;
}

/* The son or daughter of whom follows: SAID BIN SALIM AL-HARBI, as a patronymic says it elsewhere. */
static bool is_filiation(struct slice text)
{
    static const struct slice words[] = { SLICE_INIT("BIN"), SLICE_INIT("IBN"), SLICE_INIT("BINT"),
                                          SLICE_INIT("OULD") };
    for (unsigned i = 0; i < sizeof words / sizeof words[0]; i++)
        if (slice_equal(text, words[i])) return true;
    return false;
}

/* The father, or the word that says so, inside the name: BIN SALIM, but not BIN LADEN, which is a family name. */
static bool is_of_father(const struct name_form *f, unsigned i)
{
    unsigned word = is_filiation(f->tokens[i].text) ? i : i > 0 && is_filiation(f->tokens[i - 1].text) ? i - 1 : 0;
    return word > 0 && word + 2 < f->count;
}

/* D. I. are initials, and no particle or name that is written alike; J O E is a name. */
static void read_as_letters(struct name_token *t)
{
    t->classes &= (uint8_t)~WORD_CONNECTIVE;
    t->nickname_count = 0;
}

void compare_prepare(struct arena *a, const struct fold *f, bool is_thing, const struct name_weights *w,
                     struct name_form *out)
{
    ASSERT(f->count > 0 && f->count <= ALIGNMENT_MAX && f->family_count <= f->count);
    *out = (struct name_form){ .tokens = ARENA_ARRAY(a, f->count, struct name_token),
                               .count = f->count,
                               .is_thing = is_thing };
    for (unsigned i = 0; i < f->count; i++) {
        similarity_prepare(a, f->tokens[i], &out->tokens[i]);
        similarity_listen(&out->tokens[i]);
        if (f->spelt >> i & 1u) read_as_letters(&out->tokens[i]);
        if (i > 0 && i + 1 == f->count && slice_equal(f->tokens[i], SLICE("I"))) out->tokens[i].numeral = SLICE("1");
        out->tokens[i].is_family = !is_thing && f->family_count < f->count && i < f->family_count;
    }
    run_join(a, out, f->was_company);
    find_patronymic(a, out);
    weigh_all(out, w);
}

void compare_prepare_as(struct arena *a, const struct name_form *f, bool is_thing, const struct name_weights *w,
                        struct name_form *out)
{
    *out = *f;
    out->is_thing = is_thing;
    out->tokens = ARENA_ARRAY(a, f->count, struct name_token);
    for (unsigned i = 0; i < f->count; i++) out->tokens[i] = f->tokens[i];
    find_patronymic(a, out);
    weigh_all(out, w);
}

static bool has_token(const struct name_form *f, struct slice text)
{
    for (unsigned i = 0; i < f->count; i++)
        if (slice_equal(f->tokens[i].text, text)) return true;
    return false;
}

/* A Roman numeral reads as digits where the other name has those digits and not the numeral. */
static struct slice read_token(const struct name_form *f, unsigned index, const struct name_form *other)
{
    const struct name_token *t = &f->tokens[index];
    bool reads = t->numeral.size && f->count >= 2 && has_token(other, t->numeral) && !has_token(other, t->text);
    return reads ? t->numeral : t->text;
}

static int32_t similarity_of_patronymics(const struct name_form *q, const struct name_form *e)
{
    if (similarity_is_equal(&q->tokens[q->patronymic], &e->tokens[e->patronymic])) return SIMILARITY_EQUAL;
    bool one_name =
        q->gender == e->gender && q->stem.skeleton.size >= 2 && slice_equal(q->stem.skeleton, e->stem.skeleton);
    return one_name ? SIMILARITY_WORD : 0;
}

/* An initial meets its word where a family name and a given name are there besides, to agree or to differ. */
static bool initials_meet(const struct name_form *q, const struct name_form *e)
{
    return !q->is_thing && !e->is_thing && q->count >= COMPARE_INITIAL_TOKENS_MIN
           && e->count >= COMPARE_INITIAL_TOKENS_MIN;
}

/* MTL STEEL may be METAL STEEL where the name says more, and where it says nothing else MTL is a name. */
static bool may_shorten(const struct name_form *f, unsigned at)
{
    return f->is_thing && (f->count > 2 || f->own_words > similarity_is_own_word(&f->tokens[at]));
}

static int32_t similarity_at(const struct name_form *q, unsigned i, const struct name_form *e, unsigned j)
{
    const struct name_token *x = &q->tokens[i], *y = &e->tokens[j];
    if ((int)i == q->patronymic && (int)j == e->patronymic) return similarity_of_patronymics(q, e);
    if (x->numeral.size && y->has_digit) return slice_equal(read_token(q, i, e), y->text) ? SIMILARITY_EQUAL : 0;
    if (y->numeral.size && x->has_digit) return slice_equal(read_token(e, j, q), x->text) ? SIMILARITY_EQUAL : 0;
    if ((similarity_is_initial(x, y) || similarity_is_initial(y, x)) && initials_meet(q, e)) return SIMILARITY_INITIAL;
    bool are_persons = !q->is_thing && !e->is_thing;
    int32_t similarity = similarity_of(x, y, are_persons);
    if (similarity >= SIMILARITY_WORD || are_persons) return similarity;
    bool abbreviates = (similarity_is_abbreviation(x, y) && may_shorten(q, i))
                       || (similarity_is_abbreviation(y, x) && may_shorten(e, j));
    return abbreviates ? SIMILARITY_WORD : similarity;
}

/* One comparison at work. */
struct match {
    const struct name_form *query, *entry;
    int32_t                 similarities[ALIGNMENT_MAX][ALIGNMENT_MAX];
    struct alignment_table  table;                  /* similarity times weight */
};

static int32_t pair_weight(int32_t a, int32_t b)
{
    return (a + b) / 2;
}

static void fill_table(struct match *m)
{
    m->table.row_count = m->query->count;
    m->table.column_count = m->entry->count;
    for (unsigned i = 0; i < m->query->count; i++) {
        for (unsigned j = 0; j < m->entry->count; j++) {
            int32_t s = similarity_at(m->query, i, m->entry, j);
            m->similarities[i][j] = s;
            m->table.values[i][j] =
                s ? (int64_t)s * pair_weight(m->query->tokens[i].weight, m->entry->tokens[j].weight) : 0;
        }
    }
}

/* A way to align: at most two joins, the rest one to one. */
struct way {
    struct comparison how;
    int64_t           sum;                          /* of similarity times weight */
};

static unsigned all_below(unsigned count)
{
    return (1u << count) - 1;
}

int32_t compare_run_weight(const struct name_form *f, unsigned run)
{
    int32_t weight = 0;
    for (unsigned i = 0; i < f->runs[run].count; i++) weight += f->tokens[f->runs[run].first + i].weight;
    return weight;
}

static unsigned run_set(const struct name_run *run)
{
    return all_below(run->count) << run->first;
}

static const struct name_run *run_of(const struct name_form *q, const struct name_form *e, const struct compare_join *j)
{
    return &(j->side == COMPARE_OF_QUERY ? q : e)->runs[j->run_at];
}

/* The tokens that a join takes of each side, as bits. */
static void joined_sets(const struct name_form *q, const struct name_form *e, const struct compare_join *j,
                        unsigned *of_query, unsigned *of_entry)
{
    unsigned run = run_set(run_of(q, e, j)), single = 1u << j->single_at;
    *of_query = j->side == COMPARE_OF_QUERY ? run : single;
    *of_entry = j->side == COMPARE_OF_QUERY ? single : run;
}

/* What the query's and the entry's side of a join weigh. */
static void joined_weights(const struct name_form *q, const struct name_form *e, const struct compare_join *j,
                           int32_t *of_query, int32_t *of_entry)
{
    int32_t run = compare_run_weight(j->side == COMPARE_OF_QUERY ? q : e, j->run_at);
    int32_t single = (j->side == COMPARE_OF_QUERY ? e : q)->tokens[j->single_at].weight;
    *of_query = j->side == COMPARE_OF_QUERY ? run : single;
    *of_entry = j->side == COMPARE_OF_QUERY ? single : run;
}

static void align_way(const struct match *m, struct way *w)
{
    unsigned rows = all_below(m->query->count), columns = all_below(m->entry->count);
    w->sum = 0;
    for (unsigned i = 0; i < w->how.join_count; i++) {
        unsigned of_query, of_entry;
        int32_t query_weight, entry_weight;
        joined_sets(m->query, m->entry, &w->how.joins[i], &of_query, &of_entry);
        joined_weights(m->query, m->entry, &w->how.joins[i], &query_weight, &entry_weight);
        rows &= ~of_query;
        columns &= ~of_entry;
        w->sum += (int64_t)w->how.joins[i].similarity * pair_weight(query_weight, entry_weight);
    }
    w->sum += alignment_choose(&m->table, rows, columns, w->how.matches);
    for (unsigned i = 0; i < m->query->count; i++)
        w->how.similarities[i] = w->how.matches[i] == ALIGNMENT_NONE ? 0 : m->similarities[i][w->how.matches[i]];
}

/* An initial is one edit, which a word that stands beside it would always be near enough to take in. */
static bool joins_an_initial(const struct name_form *f, const struct name_run *run)
{
    if (f->is_thing || f->count < COMPARE_INITIAL_TOKENS_MIN) return false;
    return f->tokens[run->first].text.size == 1 || f->tokens[run->first + run->count - 1].text.size == 1;
}

int32_t compare_run_similarity(const struct name_run *run, const struct name_token *one, bool is_person)
{
    if (run->is_acronym) return similarity_is_equal(&run->token, one) ? SIMILARITY_ACRONYM : 0;
    if (is_person && similarity_are_initials(&run->token, one)) return SIMILARITY_INITIAL;
    if (is_person && similarity_share_a_row(&run->token, one)) return SIMILARITY_JOINED;
    return similarity_of_joined(&run->token, one,
                                run->is_outer ? ARTICLE_SKELETON_MIN : SIMILARITY_JOINED_SKELETON_MIN);
}

/* How a run stands against a token, 0 when it may not. */
static int32_t similarity_as_join(const struct name_form *pairs, const struct name_run *run,
                                  const struct name_form *singles, unsigned single_at)
{
    const struct name_token *single = &singles->tokens[single_at];
    bool is_person =
        !pairs->is_thing && !singles->is_thing && pairs->count >= COMPARE_INITIAL_TOKENS_MIN && singles->count >= 2;
    if (run->is_acronym && !pairs->is_thing) return 0;
    int32_t similarity = compare_run_similarity(run, single, is_person);
    bool takes_in = joins_an_initial(pairs, run) && similarity < SIMILARITY_EQUAL;
    return takes_in && !similarity_are_initials(&run->token, single) ? 0 : similarity;
}

static bool overlap(const struct match *m, const struct comparison *how, const struct compare_join *j)
{
    unsigned of_query, of_entry, other_query, other_entry;
    joined_sets(m->query, m->entry, j, &of_query, &of_entry);
    for (unsigned i = 0; i < how->join_count; i++) {
        joined_sets(m->query, m->entry, &how->joins[i], &other_query, &other_entry);
        if ((of_query & other_query) || (of_entry & other_entry)) return true;
    }
    return false;
}

/* Tries each run of one side against each token of the other, beside what `base` has joined; keeps the best way. */
static void try_joins(const struct match *m, enum compare_side side, const struct way *base, struct way *best)
{
    const struct name_form *pairs = side == COMPARE_OF_QUERY ? m->query : m->entry;
    const struct name_form *singles = side == COMPARE_OF_QUERY ? m->entry : m->query;
    for (unsigned r = 0; r < pairs->run_count; r++) {
        for (unsigned s = 0; s < singles->count; s++) {
            struct compare_join j = { .side = side, .run_at = r, .single_at = s };
            j.similarity = similarity_as_join(pairs, &pairs->runs[r], singles, s);
            if (j.similarity == 0 || overlap(m, &base->how, &j)) continue;
            struct way w = *base;
            w.how.joins[w.how.join_count++] = j;
            align_way(m, &w);
            if (w.sum > best->sum) *best = w;
        }
    }
}

/* The best way with a join more than `base` has; false when there is none. */
static bool join_once_more(const struct match *m, const struct way *base, struct way *best)
{
    best->sum = -1;
    try_joins(m, COMPARE_OF_QUERY, base, best);
    try_joins(m, COMPARE_OF_ENTRY, base, best);
    return best->sum >= 0;
}

/* What an alignment leaves and what it joins, summed for score and limits. */
struct tally {
    int64_t  sum, aligned_weight;
    int64_t  query_unaligned, query_patronymic_unaligned, query_place_unaligned, entry_unaligned, family_unaligned;
    unsigned query_tokens_that_count, entry_tokens_that_count, query_letters, entry_letters;
    int64_t  query_left_out, entry_left_out;        /* of the unaligned, what counts */
    int64_t  query_particles, entry_particles;      /* of the unaligned, AL, BIN, DE LA */
    int64_t  of_fathers;                            /* of these, BIN SALIM */
    int32_t  similarity_min;                        /* of aligned pairs */
    int32_t  proper_similarity_min, proper_similarity_max;  /* of those that are no common words */
    unsigned query_unaligned_classes, entry_unaligned_classes;
    unsigned own_words_aligned, proper_aligned, query_proper_unaligned, entry_proper_unaligned;
    unsigned query_joined, entry_joined;            /* tokens of a join that is equal, as bits */
    unsigned query_feminine, entry_feminine;        /* aligned words that end in one A more than their counterparts */
    bool     has_proper, family_is_aligned, is_whole, is_identical, are_two_names;
    bool     begins_or_ends_otherwise;              /* one side, with a proper word that the other has not */
};

static void tally_pair(struct tally *t, int32_t similarity, int32_t query_weight, int32_t entry_weight)
{
    if (similarity < t->similarity_min) t->similarity_min = similarity;
    int32_t weight = pair_weight(query_weight, entry_weight);
    t->sum += (int64_t)similarity * weight;
    t->aligned_weight += weight;
    t->is_identical &= similarity == SIMILARITY_EQUAL;
}

static void tally_aligned(struct tally *t, const struct name_token *token, bool of_query)
{
    unsigned counts = token->weight >= WEIGHT_THAT_COUNTS;
    t->family_is_aligned |= token->is_family;
    if (of_query) { t->query_tokens_that_count += counts; t->query_letters += (unsigned)token->text.size; }
    else { t->entry_tokens_that_count += counts; t->entry_letters += (unsigned)token->text.size; }
}

/* WORD_PLACE, WORD_COMMON for what a firm does, or nothing. */
static unsigned class_of_trade(const struct name_token *t)
{
    if (t->classes & WORD_PLACE) return WORD_PLACE;
    return t->classes & (WORD_FILLER | WORD_FORM) ? 0 : t->classes & WORD_COMMON;
}

/* What a firm adds to its name, and what joins its words, costs no more where the query has it than where the entry
 * has. */
static bool says_where_or_what_form(const struct name_token *t)
{
    return t->classes & (WORD_PLACE | WORD_FORM | WORD_CONNECTIVE);
}

/* An initial too, though E, I and Y are particles as well. */
static bool may_contradict(const struct name_token *t)
{
    return t->weight >= WEIGHT_THAT_COUNTS || t->text.size == 1;
}

static void tally_proper(struct tally *t, int32_t similarity)
{
    t->has_proper = true;
    t->proper_aligned++;
    if (similarity > t->proper_similarity_max) t->proper_similarity_max = similarity;
    if (similarity < t->proper_similarity_min) t->proper_similarity_min = similarity;
}

/* One slip makes no other name of a short word, however much of it that is. */
static int32_t similarity_as_names(const struct name_token *a, const struct name_token *b, int32_t similarity)
{
    bool is_one_slip = similarity < PROPER_SIMILARITY_MIN && similarity_distance(a->text, b->text, 1) <= 1;
    return is_one_slip ? PROPER_SIMILARITY_MIN : similarity;
}

/* THE KESTREL COMPANY is KESTREL. */
static bool is_beside_the_name(const struct name_form *f, unsigned i)
{
    return f->tokens[i].is_prefix || (f->is_thing && slice_equal(f->tokens[i].text, SLICE("THE")));
}

/* PRESIDENT is no title of a firm. */
static bool is_proper_to(const struct name_form *f, unsigned i)
{
    const struct name_token *t = &f->tokens[i];
    bool is_title_alone = f->is_thing && t->classes == WORD_TITLE;
    return (similarity_is_proper(t) || is_title_alone) && !t->is_prefix;
}

static void tally_unaligned_query(struct tally *t, const struct name_form *q, unsigned i)
{
    if ((int)i == q->patronymic) t->query_patronymic_unaligned += q->tokens[i].weight;
    else if (q->is_thing && says_where_or_what_form(&q->tokens[i])) t->query_place_unaligned += q->tokens[i].weight;
    else t->query_unaligned += q->tokens[i].weight;
    if ((int)i != q->patronymic && may_contradict(&q->tokens[i])) t->query_left_out += q->tokens[i].weight;
    if (similarity_is_particle(&q->tokens[i]) && q->tokens[i].text.size > 1) t->query_particles += q->tokens[i].weight;
    if (is_of_father(q, i)) t->of_fathers += q->tokens[i].weight;
    t->query_unaligned_classes |= class_of_trade(&q->tokens[i]);
    t->is_whole &= is_beside_the_name(q, i);
    if (!is_proper_to(q, i)) return;
    t->query_proper_unaligned++;
    t->begins_or_ends_otherwise |= i == 0 || i + 1 == q->count;
}

static void tally_unaligned_entry(struct tally *t, const struct name_form *e, unsigned j)
{
    if (e->tokens[j].is_family) t->family_unaligned += e->tokens[j].weight;
    else t->entry_unaligned += e->tokens[j].weight;
    if ((int)j != e->patronymic && may_contradict(&e->tokens[j]))
        t->entry_left_out += e->tokens[j].weight * (e->tokens[j].is_family ? 10 : 13) / 13;
    if (similarity_is_particle(&e->tokens[j]) && e->tokens[j].text.size > 1)
        t->entry_particles += e->tokens[j].weight * (e->tokens[j].is_family ? 10 : 13) / 13;
    if (is_of_father(e, j)) t->of_fathers += e->tokens[j].weight;
    t->entry_unaligned_classes |= class_of_trade(&e->tokens[j]);
    t->is_whole &= is_beside_the_name(e, j);
    if (!is_proper_to(e, j)) return;
    t->entry_proper_unaligned++;
    t->begins_or_ends_otherwise |= j == 0 || j + 1 == e->count;
}

/* The tokens of each side that the way aligns, as bits. */
static void aligned_sets(const struct name_form *q, const struct name_form *e, const struct comparison *c,
                         unsigned *of_query, unsigned *of_entry)
{
    *of_query = *of_entry = 0;
    for (unsigned i = 0; i < q->count; i++) {
        if (c->matches[i] == ALIGNMENT_NONE) continue;
        *of_query |= 1u << i;
        *of_entry |= 1u << c->matches[i];
    }
    for (unsigned i = 0; i < c->join_count; i++) {
        unsigned query_set, entry_set;
        joined_sets(q, e, &c->joins[i], &query_set, &entry_set);
        *of_query |= query_set;
        *of_entry |= entry_set;
    }
}

/* ALEKSANDRA, ALEKSANDR. */
static bool is_feminine_of(const struct name_token *a, const struct name_token *b)
{
    bool ends_so = a->text.size == b->text.size + 1 && a->text.bytes[b->text.size] == 'A';
    return ends_so && slice_starts_with(a->text, b->text);
}

static void tally_match(struct tally *t, const struct name_token *q, const struct name_token *e, int32_t similarity)
{
    tally_pair(t, similarity, q->weight, e->weight);
    t->query_feminine += is_feminine_of(q, e);
    t->entry_feminine += is_feminine_of(e, q);
    t->own_words_aligned += similarity_is_own_word(q) && similarity_is_own_word(e);
    if (similarity_is_proper(q) && similarity_is_proper(e)) tally_proper(t, similarity_as_names(q, e, similarity));
}

/* The family name, which both begin or end with, is another token than the one at hand. */
static bool has_another_equal_family(const struct name_form *q, unsigned at, const struct name_form *e)
{
    unsigned last = q->count - 1, other = e->count - 1;
    if (at != 0 && similarity_is_equal(&q->tokens[0], &e->tokens[0])) return true;
    return at != last && similarity_is_equal(&q->tokens[last], &e->tokens[other]);
}

/* Of two persons; patronymics have rules of their own. */
static bool are_two_names(const struct name_form *q, unsigned i, const struct name_form *e, unsigned j)
{
    if (q->is_thing || e->is_thing || (int)i == q->patronymic || (int)j == e->patronymic) return false;
    if (!similarity_is_proper(&q->tokens[i]) || !similarity_is_proper(&e->tokens[j])) return false;
    bool are_chinese = q->is_chinese && e->is_chinese;
    if (are_chinese && has_another_equal_family(q, i, e) && similarity_are_two_syllables(&q->tokens[i], &e->tokens[j]))
        return true;
    return similarity_are_two_names(&q->tokens[i], &e->tokens[j], are_chinese);
}

static void tally_join(struct tally *t, const struct name_form *q, const struct name_form *e,
                       const struct compare_join *j)
{
    unsigned of_query, of_entry;
    int32_t query_weight, entry_weight;
    joined_sets(q, e, j, &of_query, &of_entry);
    joined_weights(q, e, j, &query_weight, &entry_weight);
    tally_pair(t, j->similarity, query_weight, entry_weight);
    tally_proper(t, j->similarity);
    if (j->similarity < SIMILARITY_EQUAL) return;
    t->query_joined |= of_query;
    t->entry_joined |= of_entry;
}

static struct tally tally_of(const struct name_form *q, const struct name_form *e, const struct comparison *c)
{
    struct tally t = { .is_whole = true,
                       .is_identical = true,
                       .similarity_min = SIMILARITY_EQUAL,
                       .proper_similarity_min = SIMILARITY_EQUAL };
    unsigned of_query, of_entry;
    aligned_sets(q, e, c, &of_query, &of_entry);
    for (unsigned i = 0; i < q->count; i++) {
        if (c->matches[i] != ALIGNMENT_NONE) {
            const struct name_token *match = &e->tokens[c->matches[i]];
            tally_match(&t, &q->tokens[i], match, c->similarities[i]);
            t.are_two_names |= are_two_names(q, i, e, (unsigned)c->matches[i]);
        }
        if (of_query >> i & 1u) tally_aligned(&t, &q->tokens[i], true);
        else tally_unaligned_query(&t, q, i);
    }
    for (unsigned j = 0; j < e->count; j++) {
        if (of_entry >> j & 1u) tally_aligned(&t, &e->tokens[j], false);
        else tally_unaligned_entry(&t, e, j);
    }
    for (unsigned i = 0; i < c->join_count; i++) tally_join(&t, q, e, &c->joins[i]);
    return t;
}

static bool names_a_trade(const struct name_form *f)
{
    for (unsigned i = 0; i < f->count; i++)
        if ((f->tokens[i].classes & WORD_COMMON) && !(f->tokens[i].classes & WORD_TITLE)) return true;
    return false;
}

/* A person's name of two that count or more which stands whole in another, alike by more than letters: the other says
 * more of the same person, and nothing contradicts. Patronymics have rules of their own. */
static bool is_part_of_a_name(const struct name_form *q, const struct name_form *e, const struct tally *t)
{
    if (q->is_thing || e->is_thing) return false;
    if ((t->query_left_out > 0) == (t->entry_left_out > 0)) return false;
    if (t->query_tokens_that_count < 2 || t->entry_tokens_that_count < 2 || t->similarity_min < SIMILARITY_SKELETON)
        return false;
    return (t->family_unaligned == 0 || t->family_is_aligned) && !names_a_trade(q) && !names_a_trade(e);
}

static int32_t at_most(int32_t score, int32_t max)
{
    return score < max ? score : max;
}

/* Two proper words or more in common, none besides, and what one of them says of its trade the other leaves out. */
static bool says_more_of_one_firm(const struct name_form *q, const struct name_form *e, const struct tally *t)
{
    if ((!q->is_thing && !e->is_thing) || t->own_words_aligned < PROPER_WORDS_OF_A_FIRM_MIN) return false;
    if (t->query_proper_unaligned + t->entry_proper_unaligned > 0) return false;
    return t->similarity_min >= SIMILARITY_SKELETON && (t->query_unaligned == 0 || t->entry_unaligned == 0);
}

/* A brand by itself, and what the other says besides is of its trade, its place and its form. */
static bool says_more_of_one_brand(const struct name_form *q, const struct name_form *e, const struct tally *t)
{
    if ((!q->is_thing && !e->is_thing) || q->is_brand == e->is_brand) return false;
    return t->own_words_aligned == 1 && t->similarity_min == SIMILARITY_EQUAL && t->proper_aligned == 1
           && t->query_proper_unaligned + t->entry_proper_unaligned == 0;
}

/* Enough for a person to look at, and too little to take the one for the other unseen. */
static int32_t score_as_one_firm(const struct tally *t, int32_t score)
{
    int64_t unaligned = t->query_unaligned + t->query_place_unaligned + t->entry_unaligned;
    int64_t whole = t->aligned_weight + COMPARE_LEFT_OUT_PERCENT * unaligned / 100;
    int32_t as_one = at_most((int32_t)(t->sum / whole), SCORE_ONE_FIRM_MAX);
    return as_one > score ? as_one : score;
}

/* Step 5. Of two family names one is often left out: beside an aligned one another weighs as any token does. */
static int32_t score_of(const struct name_form *q, const struct name_form *e, const struct tally *t)
{
    bool family_is_missed = t->family_unaligned > 0 && !t->family_is_aligned;
    int64_t family = family_is_missed ? t->family_unaligned : t->family_unaligned * 10 / 13;
    int64_t patronymic = (family_is_missed ? 8 : 2) * t->query_patronymic_unaligned / 10;
    int64_t whole = t->aligned_weight + 8 * t->query_unaligned / 10 + patronymic
                    + 35 * (t->query_place_unaligned + t->entry_unaligned + family) / 100;
    if (is_part_of_a_name(q, e, t))
        whole -= (80 - COMPARE_LEFT_OUT_PERCENT) * (t->query_left_out + t->query_particles) / 100
               + (35 - COMPARE_LEFT_OUT_PERCENT) * (t->entry_left_out + t->entry_particles) / 100
               + (COMPARE_LEFT_OUT_PERCENT - COMPARE_FATHER_PERCENT) * t->of_fathers / 100;
    int32_t score = whole > 0 ? (int32_t)(t->sum / whole) : 0;
    return says_more_of_one_firm(q, e, t) || says_more_of_one_brand(q, e, t) ? score_as_one_firm(t, score) : score;
}

static bool has_number(const struct name_form *f, const struct name_form *other, struct slice number)
{
    for (unsigned i = 0; i < f->count; i++)
        if (slice_equal(read_token(f, i, other), number)) return true;
    return false;
}

/* Numbers of `other`, without those of the tokens in `joined`, which are written as part of one word. */
static bool contains_numbers_of(const struct name_form *f, const struct name_form *other, unsigned joined)
{
    for (unsigned i = 0; i < other->count; i++) {
        if (joined >> i & 1u || other->tokens[i].is_prefix) continue;
        struct slice number = read_token(other, i, f);
        bool is_number = other->tokens[i].has_digit || number.bytes != other->tokens[i].text.bytes;
        if (is_number && !has_number(f, other, number)) return false;
    }
    return true;
}

static bool patronymics_differ(const struct name_form *q, const struct name_form *e)
{
    if (q->patronymic < 0 || e->patronymic < 0) return false;
    if (q->gender != e->gender) return true;
    if (similarity_of_patronymics(q, e) > 0) return false;
    return similarity_of(&q->stem, &e->stem, false) == 0 && !word_stems_are_one(q->stem.text, e->stem.text);
}

/* E is AND in BARROW E KEMP, and no word in A AND E. */
static bool is_beside_and(const struct name_form *f, unsigned i)
{
    return (i > 0 && slice_equal(f->tokens[i - 1].text, SLICE("AND")))
           || (i + 1 < f->count && slice_equal(f->tokens[i + 1].text, SLICE("AND")));
}

/* K in H AND K, beside H AND M. */
static bool has_letter_of_its_own(const struct name_form *f, const struct name_form *other)
{
    for (unsigned i = 0; i < f->count; i++) {
        const struct name_token *t = &f->tokens[i];
        bool is_letter = t->text.size == 1 && !t->has_digit && (!similarity_is_particle(t) || is_beside_and(f, i));
        if (is_letter && !has_token(other, t->text)) return true;
    }
    return false;
}

/* Each side names a trade, or a place, that the other does not. Of things also: all that is proper to them is far from
 * alike, or alike in sound alone where one says more of its trade; or nothing proper to them is in common and one says
 * more of its trade (BANK OF CHINA, CHINA CONSTRUCTION BANK); or one word is proper to both, and one begins or
 * ends with another; or each has a letter of its own (H AND K, H AND M). */
static bool are_two_firms(const struct match *m, const struct tally *t)
{
    if (t->query_unaligned_classes & t->entry_unaligned_classes) return true;
    if (!m->query->is_thing && !m->entry->is_thing) return false;
    if (has_letter_of_its_own(m->query, m->entry) && has_letter_of_its_own(m->entry, m->query)) return true;
    bool is_left_a_trade = (t->query_unaligned_classes | t->entry_unaligned_classes) & WORD_COMMON;
    if (!t->has_proper) return is_left_a_trade;
    if (t->proper_aligned < PROPER_WORDS_OF_A_FIRM_MIN && t->begins_or_ends_otherwise) return true;
    return t->proper_similarity_max < (is_left_a_trade ? PROPER_BESIDE_A_TRADE_MIN : PROPER_SIMILARITY_MIN);
}

/* After a name, the father or the son of that name. */
static enum word_generation generation_of(const struct name_form *f)
{
    for (unsigned i = 1; i < f->count; i++) {
        enum word_generation generation = word_generation(f->tokens[i].text);
        if (generation) return generation;
    }
    return WORD_GENERATION_NONE;
}

/* The first of a name, II behind it; empty: none. */
static struct slice numeral_of(const struct name_form *f)
{
    for (unsigned i = 1; i < f->count; i++)
        if (f->tokens[i].numeral.size) return f->tokens[i].numeral;
    return (struct slice){ 0 };
}

static bool generations_differ(const struct name_form *q, const struct name_form *e)
{
    struct slice of_q = numeral_of(q), of_e = numeral_of(e);
    if (of_q.size && of_e.size && !slice_equal(of_q, of_e)) return true;
    enum word_generation of_query = generation_of(q), of_entry = of_query ? generation_of(e) : of_query;
    return of_query && of_entry && of_query != of_entry;
}

/* One of their names is another name that is written alike: PING, MING; or both are a man's and a woman's, a father's
 * and a son's. */
static bool are_two_persons(const struct match *m, const struct tally *t)
{
    if (m->query->is_thing || m->entry->is_thing) return false;
    bool are_man_and_woman = t->query_feminine >= FEMININE_PAIRS_MIN || t->entry_feminine >= FEMININE_PAIRS_MIN;
    return t->proper_similarity_min < PROPER_SIMILARITY_MIN || t->are_two_names || are_man_and_woman
           || generations_differ(m->query, m->entry);
}

/* Step 6, what does not depend on the list. */
static int32_t limit_score(int32_t score, const struct match *m, const struct tally *t, bool entry_is_organisation)
{
    unsigned tokens = t->query_tokens_that_count > t->entry_tokens_that_count ? t->query_tokens_that_count
                                                                              : t->entry_tokens_that_count;
    unsigned letters = t->query_letters < t->entry_letters ? t->query_letters : t->entry_letters;
    bool is_identical = t->is_whole && t->is_identical, is_thing = m->query->is_thing || m->entry->is_thing;
    if (!contains_numbers_of(m->query, m->entry, t->entry_joined)
        || !contains_numbers_of(m->entry, m->query, t->query_joined))
        score = score * 7 / 10;
    bool is_whole = entry_is_organisation && t->is_whole;
    if (tokens < 2 && !is_identical && !is_whole && !says_more_of_one_brand(m->query, m->entry, t))
        score = at_most(score, SCORE_FEW_TOKENS_MAX);
    if (letters < ALIGNED_LETTERS_MIN) score = at_most(score, SCORE_FEW_LETTERS_MAX);
    if (letters < ALIGNED_LETTERS_MIN && is_thing && tokens < 2 && !t->is_identical)
        score = at_most(score, SCORE_FEW_TOKENS_MAX);
    if (are_two_firms(m, t)) score = at_most(score, SCORE_TWO_FIRMS_MAX);
    if (are_two_persons(m, t)) score = at_most(score, SCORE_TWO_PERSONS_MAX);
    if (patronymics_differ(m->query, m->entry)) score = at_most(score, SCORE_PATRONYMICS_MAX);
    return score;
}

/* No alignment without a join can pass this: every token that may align does so, fully. */
static int32_t score_bound(const struct match *m)
{
    bool is_thing = m->query->is_thing || m->entry->is_thing;
    bool has_own_words = m->query->own_words >= PROPER_WORDS_OF_A_FIRM_MIN
                         && m->entry->own_words >= PROPER_WORDS_OF_A_FIRM_MIN;
    int64_t aligned = 0, lost = 0, rate = COMPARE_FATHER_PERCENT;
    bool has_brand = m->query->is_brand != m->entry->is_brand;
    if (is_thing) rate = has_own_words || has_brand ? COMPARE_LEFT_OUT_PERCENT : 80;
    unsigned columns = 0;
    for (unsigned i = 0; i < m->query->count; i++) {
        int32_t greatest = 0;
        for (unsigned j = 0; j < m->entry->count; j++) {
            if (m->similarities[i][j] == 0) continue;
            int32_t weight = pair_weight(m->query->tokens[i].weight, m->entry->tokens[j].weight);
            columns |= 1u << j;
            if (weight > greatest) greatest = weight;
        }
        aligned += greatest;
        bool is_cheap = m->query->is_thing && rate > 35 && says_where_or_what_form(&m->query->tokens[i]);
        if (greatest == 0)
            lost += ((int)i == m->query->patronymic ? 20 : is_cheap ? 35 : rate) * (int64_t)m->query->tokens[i].weight;
    }
    for (unsigned j = 0; j < m->entry->count; j++)
        if (!(columns >> j & 1u))
            lost += (rate < 35 ? rate : 35) * (int64_t)m->entry->tokens[j].weight
                    * (m->entry->tokens[j].is_family ? 10 : 13) / 13;
    return aligned ? (int32_t)(COMPARE_SCORE_MAX * 100 * aligned / (100 * aligned + lost - lost % 100)) : 0;
}

void compare_names(const struct name_form *query, const struct name_form *entry, bool entry_is_organisation,
                   int32_t score_min, struct comparison *out)
{
    struct match m;                                 /* its tables are filled as far as the names reach */
    m.query = query;
    m.entry = entry;
    struct way best = { .sum = 0 }, joined;
    ASSERT(query->count > 0 && entry->count > 0);
    fill_table(&m);
    bool joins = join_once_more(&m, &best, &joined);
    if (!joins && score_bound(&m) + 20 < score_min) {
        *out = (struct comparison){ .score = 0 };
        memset(out->matches, ALIGNMENT_NONE, sizeof out->matches);
        return;
    }
    align_way(&m, &best);
    while (joins && joined.sum > best.sum) {
        best = joined;
        joins = best.how.join_count < COMPARE_JOINS_MAX && join_once_more(&m, &best, &joined);
    }
    struct tally t = tally_of(query, entry, &best.how);
    ASSERT(t.sum == best.sum);
    *out = best.how;
    out->score = limit_score(score_of(query, entry, &t), &m, &t, entry_is_organisation);
    ASSERT(out->score >= 0 && out->score <= COMPARE_SCORE_MAX);
}

static void put_pair(struct text *t, struct slice query, struct slice entry, int32_t similarity)
{
    if (t->size) PUT(t, ", ");
    text_put(t, query);
    text_put_byte(t, similarity == SIMILARITY_EQUAL ? '=' : '~');
    text_put(t, entry);
    if (similarity == SIMILARITY_EQUAL) return;
    text_put_byte(t, ' ');
    text_put_int(t, similarity);
}

static void put_join(struct text *t, const struct name_form *q, const struct name_form *e,
                     const struct compare_join *j)
{
    char all[FOLD_TOKENS_MAX * (FOLD_TOKEN_BYTES_MAX + 1)];
    bool of_query = j->side == COMPARE_OF_QUERY;
    const struct name_run *run = run_of(q, e, j);
    struct slice single = (of_query ? e : q)->tokens[j->single_at].text;
    struct text joined = text_over(all, sizeof all);
    for (unsigned i = 0; i < run->count; i++) {
        if (i) text_put_byte(&joined, '+');
        text_put(&joined, (of_query ? q : e)->tokens[run->first + i].text);
    }
    put_pair(t, of_query ? text_slice(&joined) : single, of_query ? single : text_slice(&joined), j->similarity);
}

static void put_unaligned(struct text *t, const struct name_form *f, unsigned aligned, char sign)
{
    for (unsigned i = 0; i < f->count; i++) {
        if (aligned >> i & 1u) continue;
        if (t->size) PUT(t, ", ");
        text_put_byte(t, sign);
        text_put(t, f->tokens[i].text);
    }
}

struct slice compare_alignment(struct arena *a, const struct name_form *query, const struct name_form *entry,
                               const struct comparison *c)
{
    struct text t = text_in(a, 2 * FOLD_TOKENS_MAX * (FOLD_TOKEN_BYTES_MAX + 10));
    unsigned of_query, of_entry;
    aligned_sets(query, entry, c, &of_query, &of_entry);
    for (unsigned i = 0; i < query->count; i++)
        if (c->matches[i] != ALIGNMENT_NONE)
            put_pair(&t, query->tokens[i].text, entry->tokens[c->matches[i]].text, c->similarities[i]);
    for (unsigned i = 0; i < c->join_count; i++) put_join(&t, query, entry, &c->joins[i]);
    put_unaligned(&t, query, of_query, '-');
    put_unaligned(&t, entry, of_entry, '+');
    return slice_copy(a, text_slice(&t));
}
