/* domain/name/index.c: terms (tokens and joined neighbours of the listed names), keys that lead to terms, and the names
 * in which each term stands. A query goes from keys to terms, is compared with each term once, and sums weights by
 * name. */
#include "domain/name/index.h"

#include "base/assert.h"
#include "base/number_set.h"
#include "domain/name/key_table.h"

enum {
    TRIGRAM_LETTERS_MIN = 10,
    TRIGRAM_COUNT = 26 * 26 * 26,
    TRIGRAM_LENGTHS_APART_MAX = 3,
    DELETE_LETTERS_MIN = 4,
    DELETE_TWO_LETTERS_MIN = 6,
    DELETE_TWO_LETTERS_MAX = 14,
    KEYS_OF_A_TERM_MAX = 192,
    TERMS_AT_ONCE = 64,
    LETTERS_OF_VOWELS = 1 << 0 | 1 << 4 | 1 << 8 | 1 << 14 | 1 << 20,   /* A E I O U */
};

/* What a key says of a term; mixed into its hash. */
enum key_kind {
    KEY_TEXT = 1,
    KEY_SPELLING,
    KEY_SKELETON,
    KEY_DELETE,
    KEY_SHORT_FORM,
    KEY_NICKNAME,
    KEY_SYNONYM,
    KEY_INITIALS,
    KEY_BEGINNING,
    KEY_SOUND,
    KEY_ABBREVIATION,
    KEY_IDENTIFIER
};

/* A token text or two joined ones, as they stand in listed names. */
struct term {
    const struct name_token *token;
    bool                     is_token;
    const struct name_run   *run;                   /* NULL: no names have it as neighbours */
    uint32_t                 df;                    /* names that contain it as a token */
    uint32_t                 first, last;           /* postings, half open */
};

struct posting { uint32_t name; int32_t weight; };
enum { KEY_OF_TOKEN = 1u << 31 };                   /* in the target of a key to a term that is a token */

/* A term that has trigrams, with its letters. */
struct long_term { uint32_t term, size; };

/* Terms by text while and after building: open addressing. */
struct term_table {
    uint32_t *slots;                                /* term + 1, 0 free */
    uint32_t  mask;
};

struct name_index {
    struct indexed_name *names;
    uint32_t             name_count;
    struct term         *terms;
    uint32_t             term_count;
    struct term_table    by_text;
    struct posting      *postings;
    struct key_table     keys;                      /* to terms */
    uint16_t            *weights;                   /* by name: of all its tokens, family factor apart */
    struct key_table     identifiers;               /* to bearers */
    struct index_bearer *bearers;
    const struct list_identifier **bearer_ids;
    uint32_t             bearer_count;
    struct long_term    *long_terms;
    uint32_t             long_count;
    uint32_t            *trigram_first;             /* TRIGRAM_COUNT + 1 */
    uint32_t            *trigram_terms;             /* as they stand in long_terms */
};

static uint32_t mix(enum key_kind kind, uint32_t hash)
{
    uint32_t mixed = (hash ^ (uint32_t)kind * 0x9E3779B9u) * 0x85EBCA6Bu;
    return mixed ^ mixed >> 15;
}

/* Building: fold, count, prepare. */

static bool is_thing(enum party_kind kind)
{
    return kind == PARTY_KIND_ORGANISATION || kind == PARTY_KIND_VESSEL || kind == PARTY_KIND_AIRCRAFT;
}

/* True when it bears a legal form. */
static bool fold_listed(struct arena *a, const struct indexed_name *n, struct fold *f)
{
    if (n->name->family_first) fold_family_first(a, n->name->text, f);
    else fold_text(a, n->name->text, f);
    struct fold whole = *f;
    fold_strip_legal_form(f);
    if (f->may_be_whole && n->entry->kind == PARTY_KIND_PERSON) *f = whole;
    return f->count < whole.count;
}

/* What nobody said is a firm or a vessel but calls itself one: MARITIME TRADING, MV KESTREL. */
static bool calls_itself_a_thing(const struct fold *f)
{
    uint16_t rows[WORD_NICKNAME_ROWS_MAX];
    if (f->count > 1 && word_vessel_prefix(&f->tokens[0], &f->tokens[1])
        && !(word_classes(f->tokens[0]) & WORD_HONORIFIC))
        return true;
    for (unsigned i = 0; i < f->count; i++) {
        bool is_common = (word_classes(f->tokens[i]) & (WORD_COMMON | WORD_TITLE)) == WORD_COMMON;
        if (is_common && word_nicknames(f->tokens[i], rows) == 0) return true;
    }
    return false;
}

static uint32_t count_names(const struct name_list *lists, unsigned count)
{
    uint32_t names = 0;
    for (unsigned l = 0; l < count; l++)
        for (unsigned e = 0; e < lists[l].entry_count; e++) names += lists[l].entries[e].name_count;
    return names;
}

static void add_name(struct arena *a, struct name_index *x, struct fold *folds, const struct indexed_name *name)
{
    struct fold *f = &folds[x->name_count];
    bool bears_legal_form = fold_listed(a, name, f);
    if (f->count == 0) return;
    struct indexed_name *own = &x->names[x->name_count++];
    *own = *name;
    bool is_unknown = name->entry->kind == PARTY_KIND_UNSPECIFIED;
    own->is_thing = is_thing(name->entry->kind) || (is_unknown && (bears_legal_form || calls_itself_a_thing(f)));
}

static void collect_names(struct arena *a, struct name_index *x, struct fold *folds, const struct name_list *lists,
                          unsigned count)
{
    for (unsigned l = 0; l < count; l++)
        for (unsigned e = 0; e < lists[l].entry_count; e++)
            for (unsigned n = 0; n < lists[l].entries[e].name_count; n++) {
                const struct list_entry *entry = &lists[l].entries[e];
                add_name(a, x, folds,
                         &(struct indexed_name){ .list = &lists[l], .entry = entry, .name = &entry->names[n] });
            }
}

static uint32_t *slot_of(const struct term_table *t, const struct term *terms, struct slice text)
{
    uint32_t at = fold_hash(text) & t->mask;
    while (t->slots[at] && !slice_equal(terms[t->slots[at] - 1].token->text, text)) at = (at + 1) & t->mask;
    return &t->slots[at];
}

static struct term *term_of(struct name_index *x, const struct name_token *token)
{
    uint32_t *slot = slot_of(&x->by_text, x->terms, token->text);
    if (*slot == 0) {
        x->terms[x->term_count] = (struct term){ .token = token };
        *slot = ++x->term_count;
    }
    return &x->terms[*slot - 1];
}

static bool occurs_before(const struct fold *f, unsigned index)
{
    for (unsigned i = 0; i < index; i++)
        if (slice_equal(f->tokens[i], f->tokens[index])) return true;
    return false;
}

/* Texts are counted before they are prepared: weights need the counts of all. */
static void count_tokens(struct arena *a, struct name_index *x, const struct fold *folds)
{
    for (uint32_t n = 0; n < x->name_count; n++) {
        for (unsigned i = 0; i < folds[n].count; i++) {
            uint32_t *slot = slot_of(&x->by_text, x->terms, folds[n].tokens[i]);
            if (*slot == 0) {
                struct name_token *bare = ARENA_NEW(a, struct name_token);
                bare->text = folds[n].tokens[i];
                term_of(x, bare)->df = 1;
            } else if (!occurs_before(&folds[n], i)) {
                x->terms[*slot - 1].df++;
            }
        }
    }
}

static int32_t weight_of(const void *context, struct slice token)
{
    const struct name_index *x = context;
    uint32_t slot = *slot_of(&x->by_text, x->terms, token);
    return compare_weight(slot ? x->terms[slot - 1].df : 0, x->name_count);
}

struct name_weights index_weights(const struct name_index *x)
{
    return (struct name_weights){ .of = weight_of, .context = x };
}

static void prepare_names(struct arena *a, struct name_index *x, const struct fold *folds)
{
    struct name_weights weights = index_weights(x);
    for (uint32_t n = 0; n < x->name_count; n++)
        compare_prepare(a, &folds[n], x->names[n].is_thing, &weights, &x->names[n].form);
}

/* Visits every token and every run of every name with its term. */
static void visit_terms(struct name_index *x,
                        void (*visit)(struct name_index *, struct term *, uint32_t name, int32_t weight))
{
    for (uint32_t n = 0; n < x->name_count; n++) {
        const struct name_form *f = &x->names[n].form;
        for (unsigned i = 0; i < f->count; i++) {
            struct term *t = term_of(x, &f->tokens[i]);
            t->token = t->is_token ? t->token : &f->tokens[i];
            t->is_token = true;
            visit(x, t, n, f->tokens[i].weight);
        }
        for (unsigned i = 0; i < f->run_count; i++) {
            struct term *t = term_of(x, &f->runs[i].token);
            if (!t->is_token) t->token = &f->runs[i].token;
            if (!t->run || t->run->is_acronym || t->run->is_of_stems) t->run = &f->runs[i];
            visit(x, t, n, compare_run_weight(f, i));
        }
    }
}

static void count_posting(struct name_index *x, struct term *t, uint32_t name, int32_t weight)
{
    (void)x;
    (void)name;
    (void)weight;
    t->last++;
}

static void put_posting(struct name_index *x, struct term *t, uint32_t name, int32_t weight)
{
    x->postings[t->last++] = (struct posting){ .name = name, .weight = weight };
}

static void post_names(struct arena *a, struct name_index *x)
{
    uint32_t total = 0;
    visit_terms(x, count_posting);
    for (uint32_t i = 0; i < x->term_count; i++) {
        uint32_t count = x->terms[i].last;
        x->terms[i].first = x->terms[i].last = total;
        total += count;
    }
    x->postings = ARENA_ARRAY(a, total + 1u, struct posting);
    visit_terms(x, put_posting);
}

/* Keys of a token: how it is written and sounds, each text that lacks one of its letters, its rows in word lists. */
struct keys_of_term { uint32_t hashes[KEYS_OF_A_TERM_MAX]; unsigned count; };

static void put_key(struct keys_of_term *k, enum key_kind kind, uint32_t hash)
{
    ASSERT(k->count < KEYS_OF_A_TERM_MAX);
    k->hashes[k->count++] = mix(kind, hash);
}

static size_t without_letter(struct slice text, size_t at, char *out)
{
    memcpy(out, text.bytes, at);
    memcpy(out + at, text.bytes + at + 1, text.size - at - 1);
    return text.size - 1;
}

/* Texts that lack the letter at `from` or after it, and as many more of those after it as `more` says. Of a doubled
 * letter one is enough. */
static void put_deletes(struct keys_of_term *k, struct slice text, size_t from, bool and_one_more)
{
    char shorter[SIMILARITY_TOKEN_BYTES_MAX];
    for (size_t i = from; i < text.size; i++) {
        if (i > from && text.bytes[i] == text.bytes[i - 1]) continue;
        struct slice rest = slice_of(shorter, without_letter(text, i, shorter));
        put_key(k, KEY_DELETE, fold_hash(rest));
        if (and_one_more) put_deletes(k, rest, i, false);
    }
}

/* Two texts at n edits share a text that lacks at most n letters of each. */
static void put_neighbourhood(struct keys_of_term *k, struct slice text, bool is_join)
{
    bool two = !is_join && text.size >= DELETE_TWO_LETTERS_MIN && text.size <= DELETE_TWO_LETTERS_MAX;
    put_key(k, KEY_DELETE, fold_hash(text));
    put_deletes(k, text, 0, two);
}

/* A word, and each cut that a word of a trade may suffer; a word and its plural have a beginning in common. */
static void put_beginnings(struct keys_of_term *k, const struct name_token *t)
{
    size_t size = t->text.size;
    put_key(k, KEY_BEGINNING, t->hash);
    for (size_t cut = SIMILARITY_CUT_LETTERS_MIN; (t->classes & WORD_COMMON) && cut < size; cut++)
        put_key(k, KEY_BEGINNING, fold_hash(slice_head(t->text, cut)));
    if (size > 5 && memcmp(t->text.bytes + size - 3, "IES", 3) == 0)
        put_key(k, KEY_SYNONYM, fold_hash(slice_head(t->text, size - 3)));
    if (size > 4 && t->text.bytes[size - 1] == 'Y')
        put_key(k, KEY_SYNONYM, fold_hash(slice_head(t->text, size - 1)));
}

static uint32_t ends_of(char first, char last)
{
    return (uint32_t)((uint8_t)first << 8 | (uint8_t)last);
}

/* First and last letter of a short form, and of each that a word of a trade or a place may have. */
static void put_abbreviations(struct keys_of_term *k, const struct name_token *t)
{
    struct slice text = t->text;
    uint32_t put = 0;
    if (similarity_may_abbreviate(t))
        put_key(k, KEY_ABBREVIATION, ends_of(text.bytes[0], text.bytes[text.size - 1]));
    for (size_t i = 2; (t->classes & (WORD_COMMON | WORD_PLACE)) && i < text.size; i++) {
        uint32_t letter = 1u << (text.bytes[i] - 'A');
        if ((put | LETTERS_OF_VOWELS) & letter) continue;
        put |= letter;
        put_key(k, KEY_ABBREVIATION, ends_of(text.bytes[0], text.bytes[i]));
    }
}

/* Of equal sounds one is enough. */
static void put_sounds(struct keys_of_term *k, const struct name_token *t)
{
    for (unsigned i = 0; i < ROMANISATION_READERS; i++) {
        bool is_known = t->sounds[i] == 0;
        for (unsigned j = 0; j < i; j++) is_known |= t->sounds[i] == t->sounds[j];
        if (!is_known) put_key(k, KEY_SOUND, t->sounds[i]);
    }
}

/* Every run of three short words is one: what has a slip shares its spelling or its consonants, or is not looked
 * for. */
static struct keys_of_term keys_of_stems(const struct name_token *t)
{
    struct keys_of_term k;
    k.count = 0;
    put_key(&k, KEY_TEXT, t->hash);
    if (t->spelling.size >= 2) put_key(&k, KEY_SPELLING, t->spelling_hash);
    if (t->skeleton.size >= 3) put_key(&k, KEY_SKELETON, t->skeleton_hash);
    return k;
}

static struct keys_of_term keys_of(const struct name_token *t, const struct name_run *run)
{
    struct keys_of_term k;
    bool is_join = run != NULL;
    if (is_join && run->is_of_stems) return keys_of_stems(t);
    k.count = 0;
    put_key(&k, KEY_TEXT, t->hash);
    if (t->numeral.size) put_key(&k, KEY_TEXT, fold_hash(t->numeral));
    if (t->has_digit) {
        struct slice numeral = word_numeral_of(t->text);
        if (numeral.size) put_key(&k, KEY_TEXT, fold_hash(numeral));
        return k;
    }
    if (t->initials) put_key(&k, KEY_INITIALS, t->initials);
    if (t->text.size == 2)
        put_key(&k, KEY_INITIALS, (uint32_t)((uint8_t)t->text.bytes[0] << 8 | (uint8_t)t->text.bytes[1]));
    if (t->spelling.size >= 2) put_key(&k, KEY_SPELLING, t->spelling_hash);
    if (t->skeleton.size >= 3) put_key(&k, KEY_SKELETON, t->skeleton_hash);
    if (t->wade_giles) put_key(&k, KEY_TEXT, t->wade_giles);
    for (unsigned i = 0; i < t->reading_count; i++) put_key(&k, KEY_TEXT, t->readings[i]);
    put_sounds(&k, t);
    if (t->text.size >= DELETE_LETTERS_MIN) put_neighbourhood(&k, t->text, is_join);
    if (!is_join && t->text.size >= SIMILARITY_CUT_LETTERS_MIN) put_beginnings(&k, t);
    if (!is_join) put_abbreviations(&k, t);
    if (t->short_form) put_key(&k, KEY_SHORT_FORM, t->short_form);
    for (unsigned i = 0; i < t->of_short_form_count; i++) put_key(&k, KEY_SHORT_FORM, t->of_short_forms[i]);
    bool is_particle = t->classes & WORD_CONNECTIVE;            /* half a list has one */
    if (t->synonym && !is_particle) put_key(&k, KEY_SYNONYM, t->synonym);
    for (unsigned i = 0; i < t->nickname_count; i++) put_key(&k, KEY_NICKNAME, t->nicknames[i]);
    return k;
}

/* A word that two neighbours of another name make, too, keeps their initials. */
static struct keys_of_term keys_of_listed(const struct term *t)
{
    struct keys_of_term k = keys_of(t->token, t->is_token ? NULL : t->run);
    if (t->is_token && t->run && t->run->token.initials) put_key(&k, KEY_INITIALS, t->run->token.initials);
    return k;
}

static void key_terms(struct arena *a, struct name_index *x)
{
    uint32_t count = 0, at = 0;
    for (uint32_t i = 0; i < x->term_count; i++) count += keys_of_listed(&x->terms[i]).count;
    struct key *keys = ARENA_ARRAY(a, count + 1u, struct key);
    for (uint32_t i = 0; i < x->term_count; i++) {
        struct keys_of_term k = keys_of_listed(&x->terms[i]);
        uint32_t target = i | (x->terms[i].is_token ? (uint32_t)KEY_OF_TOKEN : 0u);
        for (unsigned j = 0; j < k.count; j++) keys[at++] = (struct key){ .hash = k.hashes[j], .target = target };
    }
    ASSERT(at == count);
    x->keys = key_table_of(a, keys, count);
}

static unsigned trigram_at(struct slice text, size_t i)
{
    return (unsigned)((text.bytes[i] - 'A') * 26 + (text.bytes[i + 1] - 'A')) * 26
           + (unsigned)(text.bytes[i + 2] - 'A');
}

static bool has_trigrams(const struct term *t)
{
    return t->is_token && !t->token->has_digit && t->token->text.size >= TRIGRAM_LETTERS_MIN;
}

static void find_long_terms(struct arena *a, struct name_index *x)
{
    for (uint32_t i = 0; i < x->term_count; i++) x->long_count += has_trigrams(&x->terms[i]);
    x->long_terms = ARENA_ARRAY(a, x->long_count + 1u, struct long_term);
    x->long_count = 0;
    for (uint32_t i = 0; i < x->term_count; i++)
        if (has_trigrams(&x->terms[i]))
            x->long_terms[x->long_count++] = (struct long_term){ i, (uint32_t)x->terms[i].token->text.size };
}

static void index_trigrams(struct arena *a, struct name_index *x)
{
    find_long_terms(a, x);
    x->trigram_first = ARENA_ARRAY(a, TRIGRAM_COUNT + 2, uint32_t);
    for (uint32_t i = 0; i < x->long_count; i++) {
        struct slice text = x->terms[x->long_terms[i].term].token->text;
        for (size_t j = 0; j + 2 < text.size; j++) x->trigram_first[trigram_at(text, j) + 2]++;
    }
    for (unsigned g = 0; g <= TRIGRAM_COUNT; g++) x->trigram_first[g + 1] += x->trigram_first[g];
    x->trigram_terms = ARENA_ARRAY(a, x->trigram_first[TRIGRAM_COUNT + 1] + 1u, uint32_t);
    for (uint32_t i = 0; i < x->long_count; i++) {
        struct slice text = x->terms[x->long_terms[i].term].token->text;
        for (size_t j = 0; j + 2 < text.size; j++) x->trigram_terms[x->trigram_first[trigram_at(text, j) + 1]++] = i;
    }
}

static char bare_letter(char c)
{
    if (c >= 'a' && c <= 'z') return (char)(c - 'a' + 'A');
    return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ? c : 0;
}

/* Letters and digits in upper case, hashed. */
static uint32_t hash_of_identifier(const struct list_identifier *id)
{
    uint32_t hash = fold_hash(id->type);
    for (size_t i = 0; i < id->value.size; i++) {
        char c = bare_letter(id->value.bytes[i]);
        if (c) hash = (hash ^ (uint8_t)c) * 16777619u;
    }
    return mix(KEY_IDENTIFIER, hash);
}

static bool next_letter(struct slice *rest, char *c)
{
    while (rest->size) {
        *c = bare_letter(rest->bytes[0]);
        *rest = slice_skip(*rest, 1);
        if (*c) return true;
    }
    return false;
}

static bool is_equal_without_separators(struct slice a, struct slice b)
{
    bool has_any = false;
    for (;;) {
        char x = 0, y = 0;
        bool has_x = next_letter(&a, &x), has_y = next_letter(&b, &y);
        if (has_x != has_y || x != y) return false;
        if (!has_x) return has_any;
        has_any = true;
    }
}

static uint16_t sum_of(uint16_t sum, int32_t weight)
{
    return (uint16_t)(sum + weight < UINT16_MAX ? sum + weight : UINT16_MAX);
}

/* Without family factors and legal forms: what is unaligned may count without them, candidates are sought without SA or
 * CO, which may be names, and no bound may be too low. */
static void weigh_names(struct arena *a, struct name_index *x)
{
    x->weights = ARENA_ARRAY(a, x->name_count + 1u, uint16_t);
    for (uint32_t n = 0; n < x->name_count; n++) {
        const struct name_form *f = &x->names[n].form;
        for (unsigned i = 0; i < f->count; i++)
            if (!(f->tokens[i].classes & WORD_FORM))
                x->weights[n] = sum_of(x->weights[n], f->tokens[i].weight * 10 / (f->tokens[i].is_family ? 13 : 10));
    }
}

static void key_identifiers(struct arena *a, struct name_index *x, const struct name_list *lists, unsigned count)
{
    uint32_t total = 0;
    for (unsigned l = 0; l < count; l++)
        for (unsigned e = 0; e < lists[l].entry_count; e++) total += lists[l].entries[e].identifier_count;
    struct key *keys = ARENA_ARRAY(a, total + 1u, struct key);
    x->bearers = ARENA_ARRAY(a, total + 1u, struct index_bearer);
    x->bearer_ids = ARENA_ARRAY(a, total + 1u, const struct list_identifier *);
    for (unsigned l = 0; l < count; l++)
        for (unsigned e = 0; e < lists[l].entry_count; e++)
            for (unsigned i = 0; i < lists[l].entries[e].identifier_count; i++) {
                const struct list_entry *entry = &lists[l].entries[e];
                keys[x->bearer_count] =
                    (struct key){ .hash = hash_of_identifier(&entry->identifiers[i]), .target = x->bearer_count };
                x->bearer_ids[x->bearer_count] = &entry->identifiers[i];
                x->bearers[x->bearer_count++] = (struct index_bearer){ .list = &lists[l], .entry = entry };
            }
    x->identifiers = key_table_of(a, keys, total);
}

static void make_term_table(struct arena *a, struct name_index *x, const struct fold *folds)
{
    uint32_t texts = 1, size = 1024;
    for (uint32_t n = 0; n < x->name_count; n++)
        texts += (1 + COMPARE_RUNS_OF_A_TOKEN) * folds[n].count + 1; /* tokens and runs */
    while (size < 2 * texts) size *= 2;
    x->by_text = (struct term_table){ .slots = ARENA_ARRAY(a, size, uint32_t), .mask = size - 1 };
    x->terms = ARENA_ARRAY(a, texts, struct term);
}

const struct name_index *index_build(struct arena *a, const struct name_list *lists, unsigned count)
{
    struct name_index *x = ARENA_NEW(a, struct name_index);
    uint32_t names = count_names(lists, count);
    struct fold *folds = ARENA_ARRAY(a, names + 1u, struct fold);
    x->names = ARENA_ARRAY(a, names + 1u, struct indexed_name);
    collect_names(a, x, folds, lists, count);
    make_term_table(a, x, folds);
    count_tokens(a, x, folds);
    prepare_names(a, x, folds);
    post_names(a, x);
    key_terms(a, x);
    index_trigrams(a, x);
    weigh_names(a, x);
    key_identifiers(a, x, lists, count);
    ASSERT(x->name_count <= names);
    return x;
}

const struct indexed_name *index_name(const struct name_index *x, unsigned id)
{
    ASSERT(id < x->name_count);
    return &x->names[id];
}

/* What a name has in common with the query so far, in weights of either side. */
struct common { uint16_t of_entry, of_query; };

/* A search at work. What it says of terms and names counts for those in the two sets alone: a query meets few. */
struct search {
    const struct name_index *index;
    const struct index_query *asked;
    uint32_t                 weight, light;         /* of the query at most, and of what may stay unaligned for nothing */
    struct arena            *arena;
    struct number_set        judged, found;         /* terms, names */
    uint8_t                 *trigrams;              /* by long term: shared with the query token; NULL: not asked yet */
    uint8_t                 *judged_for;            /* by term: the query token it was last compared with */
    struct common           *common;                /* by name */
    uint8_t                 *last_token;            /* by name: the query token counted last */
    uint8_t                  token;                 /* at hand, from 1 */
    int32_t                  token_weight;
};

static void add_to_name(struct search *s, uint32_t name, int32_t weight)
{
    struct common *c = &s->common[name];
    if (!number_set_put(&s->found, name)) {
        *c = (struct common){ 0 };
        s->last_token[name] = 0;
    }
    if (s->last_token[name] != s->token) c->of_query = sum_of(c->of_query, s->token_weight);
    s->last_token[name] = s->token;
    c->of_entry = sum_of(c->of_entry, weight);
}

/* What two tokens may be worth at most: as persons' names, as things', as an initial and its word. */
static int32_t worth_alone(const struct name_token *listed, const struct name_token *token)
{
    int32_t best = similarity_of(token, listed, true);
    if (best < SIMILARITY_INITIAL && similarity_is_initial(listed, token)) best = SIMILARITY_INITIAL;
    if (best < SIMILARITY_WORD
        && (similarity_is_abbreviation(listed, token) || similarity_is_abbreviation(token, listed)))
        best = SIMILARITY_WORD;
    if (best > 0 || !token->nickname_count || !listed->nickname_count) return best;
    return similarity_of(token, listed, false);
}

static int32_t worth(const struct term *t, const struct name_token *token, const struct name_run *run)
{
    if (run) return t->is_token ? compare_run_similarity(run, t->token, true) : 0;
    if (token->numeral.size && slice_equal(token->numeral, t->token->text)) return SIMILARITY_EQUAL;
    if (t->token->numeral.size && slice_equal(t->token->numeral, token->text)) return SIMILARITY_EQUAL;
    int32_t alone = t->is_token ? worth_alone(t->token, token) : 0;
    if (alone == SIMILARITY_EQUAL || !t->run) return alone;
    int32_t joined = compare_run_similarity(t->run, token, true);
    return joined > alone ? joined : alone;
}

/* Each term is compared with a query token once, whatever the number of keys that lead to it. */
static void judge_term(struct search *s, uint32_t term, const struct name_token *token, const struct name_run *run)
{
    const struct term *t = &s->index->terms[term];
    if (number_set_put(&s->judged, term) && s->judged_for[term] == s->token) return;
    s->judged_for[term] = s->token;
    int32_t similarity = worth(t, token, run);
    if (similarity == 0) return;
    for (uint32_t i = t->first; i < t->last; i++) {
        const struct posting *p = &s->index->postings[i];
        add_to_name(s, p->name, similarity * p->weight / SIMILARITY_EQUAL + 1);
    }
}

/* What is looked up lies all over a large index: all of a token's is asked for before the first is needed. */
static void fetch_keys(const struct key_table *t, const struct keys_of_term *k)
{
    for (unsigned i = 0; i < k->count; i++) __builtin_prefetch(&t->buckets[k->hashes[i] >> t->shift]);
    for (unsigned i = 0; i < k->count; i++) __builtin_prefetch(&t->keys[t->buckets[k->hashes[i] >> t->shift]]);
}

/* Terms that are fetched together and judged after it. */
struct herd { uint32_t terms[TERMS_AT_ONCE]; unsigned count; };

static void judge_herd(struct search *s, struct herd *h, const struct name_token *token, const struct name_run *run)
{
    for (unsigned i = 0; i < h->count; i++) __builtin_prefetch(s->index->terms[h->terms[i]].token);
    for (unsigned i = 0; i < h->count; i++) judge_term(s, h->terms[i], token, run);
    h->count = 0;
}

/* A run meets tokens alone. */
static void follow_keys(struct search *s, const struct name_token *token, const struct name_run *run)
{
    const struct key_table *keys = &s->index->keys;
    struct keys_of_term k = keys_of(token, run);
    struct herd herd;
    uint32_t first, last;
    herd.count = 0;
    fetch_keys(keys, &k);
    for (unsigned i = 0; i < k.count; i++) {
        key_table_range(keys, k.hashes[i], &first, &last);
        for (; first < last; first++) {
            uint32_t target = keys->keys[first].target, term = target & ~(uint32_t)KEY_OF_TOKEN;
            if (run && !(target & KEY_OF_TOKEN)) continue;
            if (herd.count == TERMS_AT_ONCE) judge_herd(s, &herd, token, run);
            herd.terms[herd.count++] = term;
            __builtin_prefetch(&s->index->terms[term]);
        }
    }
    judge_herd(s, &herd, token, run);
}

/* Listed initials that may stand for the token. */
static void follow_initial(struct search *s, const struct name_token *token)
{
    uint32_t first, last;
    if (token->has_digit || token->text.size < 2) return;
    key_table_range(&s->index->keys, mix(KEY_TEXT, fold_hash(slice_head(token->text, 1))), &first, &last);
    for (; first < last; first++)
        judge_term(s, s->index->keys.keys[first].target & ~(uint32_t)KEY_OF_TOKEN, token, NULL);
}

static unsigned apart(size_t a, size_t b)
{
    return (unsigned)(a > b ? a - b : b - a);
}

static void judge_by_trigrams(struct search *s, uint32_t at, const struct name_token *token)
{
    size_t size = s->index->long_terms[at].size, shorter = size < token->text.size ? size : token->text.size;
    if (2u * s->trigrams[at] < shorter - 2 || apart(size, token->text.size) > TRIGRAM_LENGTHS_APART_MAX) return;
    judge_term(s, s->index->long_terms[at].term, token, NULL);
}

static void follow_trigrams(struct search *s, const struct name_token *token)
{
    const struct name_index *x = s->index;
    if (token->has_digit || token->text.size < TRIGRAM_LETTERS_MIN) return;
    if (!s->trigrams) s->trigrams = ARENA_ARRAY(s->arena, x->long_count + 1u, uint8_t);
    for (size_t j = 0; j + 2 < token->text.size; j++) {
        unsigned gram = trigram_at(token->text, j);
        for (uint32_t i = x->trigram_first[gram]; i < x->trigram_first[gram + 1]; i++)
            s->trigrams[x->trigram_terms[i]]++;
    }
    for (size_t j = 0; j + 2 < token->text.size; j++) {
        unsigned gram = trigram_at(token->text, j);
        for (uint32_t i = x->trigram_first[gram]; i < x->trigram_first[gram + 1]; i++) {
            uint32_t at = x->trigram_terms[i];
            if (s->trigrams[at] == 0) continue;
            judge_by_trigrams(s, at, token);
            s->trigrams[at] = 0;
        }
    }
}

static void begin_token(struct search *s, unsigned number, int32_t weight)
{
    s->token = (uint8_t)(number + 1);
    s->token_weight = weight;
}

static void follow_query(struct search *s, const struct name_form *query)
{
    for (unsigned i = 0; i < query->count; i++) {
        begin_token(s, i, query->tokens[i].weight);
        follow_keys(s, &query->tokens[i], NULL);
        if (query->count >= COMPARE_INITIAL_TOKENS_MIN) follow_initial(s, &query->tokens[i]);
        follow_trigrams(s, &query->tokens[i]);
    }
    for (unsigned i = 0; i < query->run_count; i++) {
        begin_token(s, query->count + i, compare_run_weight(query, i));
        follow_keys(s, &query->runs[i].token, &query->runs[i]);
    }
}

static uint32_t weight_of_query(const struct name_form *query)
{
    uint32_t weight = 0;
    for (unsigned i = 0; i < query->count; i++) weight += (uint32_t)query->tokens[i].weight;
    return weight;
}

static bool may_cost_little(const struct name_form *query, unsigned at)
{
    if (query->count >= COMPARE_INITIAL_TOKENS_MIN && query->tokens[at].text.size == 1) return true;
    return query->tokens[at].classes & (WORD_PLACE | WORD_FORM);
}

/* Its patronymic, its initials, places and legal forms. */
static uint32_t light_of_query(const struct name_form *query)
{
    uint32_t light = 0;
    for (unsigned i = 0; i < query->count; i++)
        if ((int)i == query->patronymic || may_cost_little(query, i)) light += (uint32_t)query->tokens[i].weight;
    return light;
}

static uint64_t at_most(uint64_t value, uint64_t max)
{
    return value < max ? value : max;
}

/* Two initials that are a legal form are not sought, since SA and CO are in half a list: in the name of a person that
 * they may stand for they count as all that it says besides. */
static bool may_stand_for(const struct name_token *letters, const struct name_form *person)
{
    for (unsigned i = 0; !person->is_thing && i < person->run_count; i++)
        if (similarity_are_initials(&person->runs[i].token, letters)) return true;
    return false;
}

/* The score (screening.md 6.3 step 5) if everything in common aligned fully and nothing else did: none is greater.
 * Where one name may stand whole in the other, what is left costs least. */
static bool is_enough(const struct search *s, uint64_t of_query, uint64_t of_entry, uint64_t whole)
{
    uint64_t aligned = 50 * (of_query + of_entry), unaligned = s->weight - of_query;
    uint64_t heavy = unaligned - at_most(s->light, unaligned);
    bool may_be_whole = heavy == 0 || 100 * of_entry >= (uint64_t)COMPARE_WHOLE_PERCENT_MIN * whole;
    uint64_t rest = (may_be_whole ? COMPARE_LEFT_OUT_PERCENT : 80) * heavy
                    + (may_be_whole ? COMPARE_LEFT_OUT_PERCENT : 35) * (whole - of_entry);
    return aligned * COMPARE_SCORE_MAX >= (uint64_t)s->asked->score_min * (aligned + rest);
}

static bool may_reach(const struct search *s, uint32_t name)
{
    uint64_t whole = s->index->weights[name], of_entry = at_most(s->common[name].of_entry, whole);
    uint64_t of_query = at_most(s->common[name].of_query, s->weight);
    const struct name_token *letters = s->asked->letters;
    return is_enough(s, of_query, of_entry, whole)
           || (letters && is_enough(s, of_query, whole, whole) && may_stand_for(letters, &s->index->names[name].form));
}

/* Names found that may be meant, the lower id first; how many. */
static uint32_t keep_candidates(const struct search *s, uint32_t *ids)
{
    uint32_t count = 0;
    for (uint32_t w = 0; w < s->found.word_count; w++)
        for (uint64_t rest = s->found.words[w]; rest; rest &= rest - 1) {
            uint32_t n = w * 64 + (uint32_t)__builtin_ctzll(rest);
            if (may_reach(s, n) && s->index->names[n].list->purpose == s->asked->purpose) ids[count++] = n;
        }
    return count;
}

/* Greater weight in common first; of equal ones the lower id. */
static bool comes_first(const struct search *s, uint32_t x, uint32_t y)
{
    uint32_t a = s->common[x].of_entry, b = s->common[y].of_entry;
    return a != b ? a > b : x < y;
}

/* Moves the `count` first of the ids to their front, in no order. */
static void select_first(const struct search *s, uint32_t *ids, uint32_t id_count, uint32_t count)
{
    uint32_t low = 0, high = id_count;
    while (high - low > 1) {
        uint32_t pivot = ids[low + (high - low) / 2], i = low, j = high - 1;
        for (;;) {
            while (comes_first(s, ids[i], pivot)) i++;
            while (comes_first(s, pivot, ids[j])) j--;
            if (i >= j) break;
            uint32_t swap = ids[i];
            ids[i++] = ids[j];
            ids[j--] = swap;
        }
        uint32_t split = j + 1;                     /* ids[low … j] come no later than ids[j + 1 …] */
        if (split == high) split--;                 /* the pivot itself comes last */
        ASSERT(split > low && split < high);
        if (count == split) return;
        if (count < split) high = split;
        else low = split;
    }
}

unsigned index_candidates(struct arena *a, const struct name_index *x, const struct index_query *q, unsigned max,
                          const uint32_t **ids, bool *is_cut)
{
    const struct name_form *query = q->form;
    struct search s = { .index = x,
                        .asked = q,
                        .weight = weight_of_query(query),
                        .light = light_of_query(query) + q->light,
                        .arena = a,
                        .judged = number_set_in(a, x->term_count),
                        .found = number_set_in(a, x->name_count),
                        .judged_for = arena_take(a, x->term_count + 1u),
                        .common = arena_take(a, (x->name_count + 1u) * sizeof(struct common)),
                        .last_token = arena_take(a, x->name_count + 1u) };
    follow_query(&s, query);
    uint32_t *found = arena_take(a, (s.found.count + 1u) * sizeof *found);
    uint32_t count = keep_candidates(&s, found);
    *is_cut = count > max;
    if (*is_cut) select_first(&s, found, count, max);
    *ids = found;
    return *is_cut ? max : count;
}

unsigned index_bearers(struct arena *a, const struct name_index *x, const struct list_identifier *id,
                       enum list_purpose purpose, const struct index_bearer **bearers)
{
    uint32_t first, last;
    unsigned count = 0;
    key_table_range(&x->identifiers, hash_of_identifier(id), &first, &last);
    struct index_bearer *found = ARENA_ARRAY(a, last - first + 1u, struct index_bearer);
    for (; first < last; first++) {
        uint32_t at = x->identifiers.keys[first].target;
        const struct list_identifier *listed = x->bearer_ids[at];
        bool one_country =
            !listed->country.size || !id->country.size || slice_equal_nocase(listed->country, id->country);
        if (x->bearers[at].list->purpose != purpose || !one_country || !slice_equal(listed->type, id->type)) continue;
        if (is_equal_without_separators(listed->value, id->value)) found[count++] = x->bearers[at];
    }
    *bearers = found;
    return count;
}
