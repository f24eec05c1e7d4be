/* domain/name/similarity.c: spelling forms, skeletons, edit distance and Jaro-Winkler of tokens. */
#include "domain/name/similarity.h"

#include "base/assert.h"
#include "base/bits.h"

enum { JOINED_SPELLING_LETTERS_MIN = 6, ABBREVIATION_LETTERS_MIN = 3, ABBREVIATION_LETTERS_MAX = 5 };

/* A digraph and the letter that stands for it. */
struct digraph { char from[4]; char to; };

/* One after the other, each throughout; a spelling form takes them all, a skeleton the consonants. */
static const struct digraph consonants[] = {
    { "DZH", 'J' }, { "TCH", 'J' }, { "SCH", 'J' }, { "SH", 'J' }, { "CH", 'J' }, { "ZH", 'J' }, { "DJ", 'J' },
    { "PH", 'F' },  { "KH", 'K' },  { "CK", 'K' },  { "GH", 'G' }, { "DH", 'D' }, { "TH", 'T' }, { "TS", 'S' },
};
static const struct digraph vowels[] = { { "OU", 'U' }, { "OO", 'U' }, { "EE", 'I' }, { "AA", 'A' } };

#define COUNT(array) (unsigned)(sizeof(array) / sizeof((array)[0]))

static size_t replace_throughout(char *text, size_t size, const struct digraph *d)
{
    size_t length = strlen(d->from), out = 0;
    for (size_t i = 0; i < size;) {
        if (text[i] == d->from[0] && i + length <= size && memcmp(text + i, d->from, length) == 0) {
            text[out++] = d->to;
            i += length;
        } else {
            text[out++] = text[i++];
        }
    }
    return out;
}

static uint32_t letter_bit(char c)
{
    return (uint32_t)1 << (c - 'A');
}

/* `letters`: those that the text has, and maybe more: most texts have few of the digraphs' */
static size_t replace_all(char *text, size_t size, uint32_t *letters, const struct digraph *list, unsigned count)
{
    for (unsigned i = 0; i < count && size > 1; i++) {
        uint32_t both = letter_bit(list[i].from[0]) | letter_bit(list[i].from[1]);
        if ((*letters & both) != both) continue;
        size = replace_throughout(text, size, &list[i]);
        *letters |= letter_bit(list[i].to);
    }
    return size;
}

static size_t keep_doubled_once(char *text, size_t size)
{
    size_t out = 0;
    for (size_t i = 0; i < size; i++)
        if (out == 0 || text[out - 1] != text[i]) text[out++] = text[i];
    return out;
}

static char spelled(char c)
{
    switch (c) {
    case 'Q': case 'C': return 'K';
    case 'Y': return 'I';
    case 'W': return 'V';
    case 'Z': return 'S';
    default: return c;
    }
}

static char sounded(char c)
{
    switch (c) {
    case 'Q': case 'C': case 'G': return 'K';
    case 'W': return 'V';
    case 'Z': case 'X': return 'S';
    default: return c;
    }
}

static bool is_vowel(char c)
{
    return c == 'A' || c == 'E' || c == 'I' || c == 'O' || c == 'U' || c == 'Y';
}

/* Step 2, into a buffer of SIMILARITY_TOKEN_BYTES_MAX: the size. */
static size_t similarity_spelling(struct slice token, uint32_t letters, char *out)
{
    size_t size = token.size;
    ASSERT(size <= SIMILARITY_TOKEN_BYTES_MAX);
    memcpy(out, token.bytes, size);
    size = replace_all(out, size, &letters, consonants, COUNT(consonants));
    size = replace_all(out, size, &letters, vowels, COUNT(vowels));
    for (size_t i = 0; i < size; i++) out[i] = spelled(out[i]);
    return keep_doubled_once(out, size);
}

/* As scripts leave it that write no vowels: MHMD, YWSF. */
static bool has_no_vowel_behind(struct slice token, size_t first)
{
    for (size_t i = first; i < token.size; i++)
        if (is_vowel(token.bytes[i]) && token.bytes[i] != 'Y') return false;
    return true;
}

static bool has_no_vowel(struct slice token)
{
    return token.size >= 3 && has_no_vowel_behind(token, 0);
}

/* The same after a first A, which stands for a letter there, and not for a vowel: ABD, AMR. */
static bool are_consonants(struct slice token)
{
    if (has_no_vowel(token)) return true;
    return token.size >= 3 && token.bytes[0] == 'A' && has_no_vowel_behind(token, 1);
}

/* In such scripts W within a word writes a vowel. */
static size_t drop_inner_w(char *text, size_t size)
{
    size_t out = 1;
    for (size_t i = 1; i < size; i++)
        if (text[i] != 'W') text[out++] = text[i];
    return out;
}

static size_t similarity_skeleton(struct slice token, uint32_t letters, char *out)
{
    size_t size = token.size, kept = 0;
    ASSERT(size <= SIMILARITY_TOKEN_BYTES_MAX);
    memcpy(out, token.bytes, size);
    if (size && out[0] == 'Y') out[0] = 'J';
    letters |= letter_bit('J');
    if (has_no_vowel(token)) size = drop_inner_w(out, size);
    size = replace_all(out, size, &letters, consonants, COUNT(consonants));
    for (size_t i = 0; i < size; i++) {
        if (!is_vowel(out[i])) out[kept++] = sounded(out[i]);
        else if (i == 0) out[kept++] = 'A';
    }
    if (kept && out[kept - 1] == 'H') kept--;
    return keep_doubled_once(out, kept);
}

/* Restricted: no piece is edited twice. Rows of the table for i - 2, i - 1 and i. */
static unsigned distance_within(struct slice a, struct slice b)
{
    uint8_t rows[3][SIMILARITY_TOKEN_BYTES_MAX + 1];
    for (size_t j = 0; j <= b.size; j++) rows[0][j] = (uint8_t)j;
    for (size_t i = 1; i <= a.size; i++) {
        uint8_t *row = rows[i % 3], *above = rows[(i - 1) % 3], *before = rows[(i + 1) % 3];
        row[0] = (uint8_t)i;
        for (size_t j = 1; j <= b.size; j++) {
            bool same = a.bytes[i - 1] == b.bytes[j - 1];
            unsigned best = above[j - 1] + (same ? 0u : 1u);
            if (above[j] + 1u < best) best = above[j] + 1u;
            if (row[j - 1] + 1u < best) best = row[j - 1] + 1u;
            if (i > 1 && j > 1 && a.bytes[i - 1] == b.bytes[j - 2] && a.bytes[i - 2] == b.bytes[j - 1]
                && before[j - 2] + 1u < best) best = before[j - 2] + 1u;
            row[j] = (uint8_t)best;
        }
    }
    return rows[a.size % 3][b.size];
}

unsigned similarity_distance(struct slice a, struct slice b, unsigned limit)
{
    ASSERT(a.size <= SIMILARITY_TOKEN_BYTES_MAX && b.size <= SIMILARITY_TOKEN_BYTES_MAX);
    size_t apart = a.size > b.size ? a.size - b.size : b.size - a.size;
    if (apart > limit) return limit + 1;
    while (a.size && b.size && a.bytes[0] == b.bytes[0]) { a = slice_skip(a, 1); b = slice_skip(b, 1); }
    while (a.size && b.size && a.bytes[a.size - 1] == b.bytes[b.size - 1]) { a.size--; b.size--; }
    unsigned distance = distance_within(a, b);
    return distance <= limit ? distance : limit + 1;
}

/* Marks the letters of a and b that meet within the window; how many. */
static unsigned mark_matches(struct slice a, struct slice b, bool *in_a, bool *in_b)
{
    size_t longer = a.size > b.size ? a.size : b.size, window = longer / 2 > 0 ? longer / 2 - 1 : 0;
    unsigned matches = 0;
    for (size_t i = 0; i < a.size; i++) {
        size_t from = i > window ? i - window : 0, to = i + window + 1 < b.size ? i + window + 1 : b.size;
        for (size_t j = from; j < to; j++) {
            if (in_b[j] || a.bytes[i] != b.bytes[j]) continue;
            in_a[i] = in_b[j] = true;
            matches++;
            break;
        }
    }
    return matches;
}

static unsigned count_out_of_order(struct slice a, struct slice b, const bool *in_a, const bool *in_b)
{
    unsigned count = 0;
    for (size_t i = 0, j = 0; i < a.size; i++) {
        if (!in_a[i]) continue;
        while (!in_b[j]) j++;
        count += a.bytes[i] != b.bytes[j++];
    }
    return count;
}

static size_t common_prefix(struct slice a, struct slice b, size_t max)
{
    size_t size = 0;
    while (size < max && size < a.size && size < b.size && a.bytes[size] == b.bytes[size]) size++;
    return size;
}

/* Jaro-Winkler, prefix up to 4 letters, factor 0.1, no threshold. */
static int32_t similarity_jaro_winkler(struct slice a, struct slice b)
{
    bool in_a[SIMILARITY_TOKEN_BYTES_MAX] = { false }, in_b[SIMILARITY_TOKEN_BYTES_MAX] = { false };
    ASSERT(a.size <= SIMILARITY_TOKEN_BYTES_MAX && b.size <= SIMILARITY_TOKEN_BYTES_MAX);
    int32_t matches = (int32_t)mark_matches(a, b, in_a, in_b);
    if (matches == 0) return 0;
    int32_t exchanged = (int32_t)count_out_of_order(a, b, in_a, in_b) / 2;
    int32_t jaro = (SIMILARITY_EQUAL * matches / (int32_t)a.size + SIMILARITY_EQUAL * matches / (int32_t)b.size
                    + SIMILARITY_EQUAL * (matches - exchanged) / matches) / 3;
    return jaro + (int32_t)common_prefix(a, b, 4) * (SIMILARITY_EQUAL - jaro) / 10;
}

/* The distance allowed for tokens whose shorter one has that many letters. */
static unsigned similarity_allowance(size_t shorter)
{
    return shorter <= 3 ? 0 : shorter <= 5 ? 1 : shorter <= 9 ? 2 : 3;
}

static struct slice kept(struct arena *a, const char *bytes, size_t size)
{
    return slice_copy(a, slice_of(bytes, size));
}

static void read_as_cantonese(struct arena *a, struct name_token *t)
{
    uint32_t readings[ROMANISATION_READINGS_MAX];
    t->reading_count = (uint8_t)romanisation_cantonese(t->text, readings);
    if (t->reading_count == 0) return;
    uint32_t *kept = ARENA_ARRAY(a, t->reading_count, uint32_t);
    memcpy(kept, readings, t->reading_count * sizeof *kept);
    t->readings = kept;
}

void similarity_prepare(struct arena *a, struct slice text, struct name_token *out)
{
    char form[SIMILARITY_TOKEN_BYTES_MAX];
    *out = (struct name_token){ .text = text, .hash = fold_hash(text) };
    for (size_t i = 0; i < text.size; i++) {
        char c = text.bytes[i];
        ASSERT((c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'));
        if (c <= '9') out->has_digit = true;
        else out->letters |= letter_bit(c);
    }
    if (out->has_digit) return;
    out->spelling = kept(a, form, similarity_spelling(text, out->letters, form));
    out->skeleton = kept(a, form, similarity_skeleton(text, out->letters, form));
    out->spelling_hash = fold_hash(out->spelling);
    out->skeleton_hash = fold_hash(out->skeleton);
    out->has_no_vowel = has_no_vowel(text);
    out->are_consonants = are_consonants(text);
    out->numeral = word_numeral(text);
    out->nickname_count = (uint8_t)word_nicknames(text, out->nicknames);
    out->short_form = (uint8_t)word_short_form(text);
    out->of_short_form_count = (uint8_t)word_of_short_forms(text, out->of_short_forms);
    out->synonym = (uint8_t)word_synonym(text);
    out->classes = (uint8_t)(word_classes(text) | (word_is_cut_form(text) ? WORD_FORM : 0u));
    out->syllables = (uint8_t)romanisation_pinyin(text, &out->wade_giles);
    read_as_cantonese(a, out);
}

void similarity_listen(struct name_token *t)
{
    if (!t->has_digit && !t->classes && t->text.size >= SIMILARITY_SOUND_LETTERS_MIN)
        romanisation_sounds(t->text, t->sounds);
}

/* Each edit changes the set of letters by at most two. */
static bool may_be_near(const struct name_token *a, const struct name_token *b, unsigned limit)
{
    size_t apart = a->text.size > b->text.size ? a->text.size - b->text.size : b->text.size - a->text.size;
    return apart <= limit && bits_count(a->letters ^ b->letters) <= 2 * limit;
}

static int32_t similarity_by_letters(const struct name_token *a, const struct name_token *b)
{
    int32_t shorter = (int32_t)(a->text.size < b->text.size ? a->text.size : b->text.size);
    int32_t longer = (int32_t)(a->text.size < b->text.size ? b->text.size : a->text.size);
    unsigned allowance = similarity_allowance((size_t)shorter);
    if (allowance == 0 || !may_be_near(a, b, allowance)) return 0;
    unsigned distance = similarity_distance(a->text, b->text, allowance);
    if (distance > allowance) return 0;
    return (similarity_jaro_winkler(a->text, b->text) + SIMILARITY_EQUAL * (longer - (int32_t)distance) / longer) / 2;
}

static bool has_equal_spelling(const struct name_token *a, const struct name_token *b)
{
    return a->spelling_hash == b->spelling_hash && a->spelling.size >= 2 && slice_equal(a->spelling, b->spelling);
}

static bool has_equal_skeleton(const struct name_token *a, const struct name_token *b, size_t letters_min)
{
    return a->skeleton_hash == b->skeleton_hash && a->skeleton.size >= letters_min
           && slice_equal(a->skeleton, b->skeleton);
}

bool similarity_share_a_row(const struct name_token *a, const struct name_token *b)
{
    for (unsigned i = 0; i < a->nickname_count; i++)
        for (unsigned j = 0; j < b->nickname_count; j++)
            if (a->nicknames[i] == b->nicknames[j]) return true;
    return false;
}

static bool is_short_form_of(const struct name_token *a, const struct name_token *b)
{
    for (unsigned i = 0; a->short_form && i < b->of_short_form_count; i++)
        if (b->of_short_forms[i] == a->short_form) return true;
    return false;
}

/* FOUNDRY, FOUNDRIES. */
static bool is_plural_of(struct slice longer, struct slice shorter)
{
    size_t stem = shorter.size - 1;
    return shorter.size >= 5 && longer.size == shorter.size + 2 && shorter.bytes[stem] == 'Y'
           && memcmp(longer.bytes, shorter.bytes, stem) == 0 && memcmp(longer.bytes + stem, "IES", 3) == 0;
}

/* A word of a trade that was cut short: ELECTRO, INDUSTR. What is a known word itself is cut only where it is long. */
static bool is_cut_from(const struct name_token *cut, const struct name_token *whole)
{
    size_t size = cut->text.size;
    if (!(whole->classes & WORD_COMMON) || size < SIMILARITY_CUT_LETTERS_MIN || size >= whole->text.size) return false;
    if (cut->classes && size < SIMILARITY_CUT_LETTERS_MIN + 1) return false;
    return memcmp(cut->text.bytes, whole->text.bytes, size) == 0;
}

static bool are_forms_of_one_word(const struct name_token *a, const struct name_token *b)
{
    if (is_plural_of(a->text, b->text) || is_plural_of(b->text, a->text)) return true;
    return is_cut_from(a, b) || is_cut_from(b, a);
}

/* Words that mean one thing, of which a list knows. */
static bool are_one_word(const struct name_token *a, const struct name_token *b, bool nicknames_meet)
{
    if (a->synonym && a->synonym == b->synonym) return true;
    if (!nicknames_meet && are_forms_of_one_word(a, b)) return true;
    if (is_short_form_of(a, b) || is_short_form_of(b, a)) return true;
    return nicknames_meet && similarity_share_a_row(a, b);
}

/* Two known words that are not one word are two words, however alike: HASSAN and HUSSEIN, EASTERN and WESTERN. Words of
 * a trade that begin alike may be forms of one. */
static bool are_two_words(const struct name_token *a, const struct name_token *b, bool nicknames_meet)
{
    if (a->nickname_count && b->nickname_count && (nicknames_meet || !similarity_share_a_row(a, b))) return true;
    return (a->classes & b->classes & WORD_COMMON) && common_prefix(a->text, b->text, 4) < 4;
}

/* A name of a person as it is written in letters without vowels, against its sound. */
static bool sounds_like_consonants(const struct name_token *a, const struct name_token *b)
{
    bool fits = a->are_consonants != b->are_consonants && a->text.size >= 3 && b->text.size >= 3;
    return fits && has_equal_skeleton(a, b, a->text.bytes[0] == b->text.bytes[0] ? 2 : 3);      /* SYD, SAEED */
}

/* CARGO is a trade and GEORGE none, though they sound alike, VISION is one and MISSION none: what is no slip of a known
 * word is another word. */
static bool is_a_trade_and_another_word(const struct name_token *a, const struct name_token *b, int32_t by_letters)
{
    bool is_slip = by_letters >= SIMILARITY_SLIP_MIN || (by_letters && similarity_distance(a->text, b->text, 1) <= 1);
    return !is_slip && (a->classes ^ b->classes) & WORD_COMMON;
}

/* One reader's letters may be another's. */
static bool sound_alike(const struct name_token *a, const struct name_token *b)
{
    for (unsigned i = 0; i < ROMANISATION_READERS; i++)
        for (unsigned j = 0; a->sounds[i] && j < ROMANISATION_READERS; j++)
            if (a->sounds[i] == b->sounds[j]) return true;
    return false;
}

/* XIAOPING and HSIAOPING: what is Pinyin itself is no Wade-Giles, or PING would be BING. */
static bool is_wade_giles_of(const struct name_token *a, const struct name_token *pinyin)
{
    return pinyin->wade_giles && pinyin->wade_giles == a->hash && !a->syllables;
}

/* TAIMAN and DAWEN. */
static bool is_cantonese_of(const struct name_token *a, const struct name_token *pinyin)
{
    for (unsigned i = 0; pinyin->syllables && i < a->reading_count; i++)
        if (a->readings[i] == pinyin->hash) return true;
    return false;
}

static bool are_one_by_cantonese(const struct name_token *a, const struct name_token *b)
{
    return is_cantonese_of(a, b) || is_cantonese_of(b, a);
}

static bool are_one_in_chinese(const struct name_token *a, const struct name_token *b)
{
    return is_wade_giles_of(a, b) || is_wade_giles_of(b, a) || are_one_by_cantonese(a, b);
}

/* BDT and BDF of two firms: letters that stand for words bear no slip. */
static bool are_two_acronyms(const struct name_token *a, const struct name_token *b)
{
    return a->has_no_vowel && b->has_no_vowel && a->text.size <= SIMILARITY_ACRONYM_LETTERS_MAX
           && b->text.size <= SIMILARITY_ACRONYM_LETTERS_MAX;
}

bool similarity_are_two_names(const struct name_token *a, const struct name_token *b, bool are_chinese)
{
    bool has_initial = a->text.size == 1 || b->text.size == 1;
    if (has_initial || similarity_is_equal(a, b) || are_one_word(a, b, true)) return false;
    bool are_pinyin = are_chinese && a->syllables && b->syllables;
    if (are_pinyin && are_one_by_cantonese(a, b)) return true;
    if (are_one_in_chinese(a, b)) return false;
    if (are_chinese && a->syllables && a->wade_giles == b->wade_giles) return true;
    if (a->has_no_vowel != b->has_no_vowel || has_equal_spelling(a, b) || sound_alike(a, b)) return false;
    if (a->text.size != b->text.size || similarity_distance(a->text, b->text, 1) <= 1) return false;
    return a->skeleton.size && b->skeleton.size && similarity_distance(a->skeleton, b->skeleton, 1) > 1;
}

bool similarity_are_two_syllables(const struct name_token *a, const struct name_token *b)
{
    if (!a->syllables || a->syllables != b->syllables || similarity_is_equal(a, b)) return false;
    return a->syllables == 1 || similarity_distance(a->text, b->text, 1) > 1;
}

/* Letters without a name of their own: BR for Barbara Rosa, MD for Michael David, and not LI, which is a name, nor AL,
 * a particle. */
static bool may_be_initials(const struct name_token *t)
{
    return t->text.size == 2 && !t->has_digit && !t->nickname_count
           && !(t->classes & ~(unsigned)(WORD_HONORIFIC | WORD_FORM));
}

bool similarity_are_initials(const struct name_token *joined, const struct name_token *letters)
{
    return joined->initials && may_be_initials(letters)
        && joined->initials == ((uint8_t)letters->text.bytes[0] << 8 | (uint8_t)letters->text.bytes[1]);
}

bool similarity_is_initial(const struct name_token *a, const struct name_token *b)
{
    return a->text.size == 1 && b->text.size > 1 && !a->has_digit && a->text.bytes[0] == b->text.bytes[0];
}

/* The letters in their order, others between them. */
static bool holds_in_order(struct slice whole, struct slice letters)
{
    size_t next = 0;
    for (size_t i = 0; i < whole.size && next < letters.size; i++) next += whole.bytes[i] == letters.bytes[next];
    return next == letters.size;
}

bool similarity_may_abbreviate(const struct name_token *t)
{
    bool is_short = t->text.size >= ABBREVIATION_LETTERS_MIN && t->text.size <= ABBREVIATION_LETTERS_MAX;
    char last = is_short ? t->text.bytes[t->text.size - 1] : 'A';
    return is_short && !t->has_digit && !t->nickname_count && !(t->classes & ~(unsigned)WORD_COMMON)
           && (last == 'Y' || !is_vowel(last));
}

bool similarity_is_abbreviation(const struct name_token *a, const struct name_token *word)
{
    struct slice letters = a->text, whole = word->text;
    if (!similarity_may_abbreviate(a) || !(word->classes & (WORD_COMMON | WORD_PLACE))) return false;
    if (whole.size < letters.size + 2 || whole.bytes[0] != letters.bytes[0]) return false;
    return a->has_no_vowel ? holds_in_order(whole, letters) : slice_starts_with(whole, letters);
}

int32_t similarity_of(const struct name_token *a, const struct name_token *b, bool nicknames_meet)
{
    if (similarity_is_equal(a, b)) return SIMILARITY_EQUAL;
    if (a->has_digit || b->has_digit) return 0;
    bool are_one = are_one_word(a, b, nicknames_meet) || (nicknames_meet && are_one_in_chinese(a, b));
    bool are_two = !are_one && (are_two_words(a, b, nicknames_meet) || (!nicknames_meet && are_two_acronyms(a, b)));
    int32_t best = are_two ? 0 : similarity_by_letters(a, b);
    if (best < SIMILARITY_SPELLING && has_equal_spelling(a, b)) best = SIMILARITY_SPELLING;
    if (!are_one && is_a_trade_and_another_word(a, b, best)) {
        are_two = true;
        best = best < SIMILARITY_SPELLING ? 0 : best;
    }
    size_t letters_min = nicknames_meet ? 3 : 4;    /* of persons, ADL and ADIL */
    if (!are_two && best < SIMILARITY_SKELETON && a->text.size >= letters_min && b->text.size >= letters_min
        && has_equal_skeleton(a, b, 3))
        best = SIMILARITY_SKELETON;
    if (!are_two && best < SIMILARITY_SKELETON && nicknames_meet && sounds_like_consonants(a, b))
        best = SIMILARITY_SKELETON;
    if (!are_two && best < SIMILARITY_SKELETON && sound_alike(a, b)) best = SIMILARITY_SKELETON;
    if (best < SIMILARITY_WORD && are_one) best = SIMILARITY_WORD;
    ASSERT(best >= 0 && best < SIMILARITY_EQUAL);
    return best;
}

int32_t similarity_of_joined(const struct name_token *joined, const struct name_token *one, size_t skeleton_min)
{
    if (similarity_is_equal(joined, one)) return SIMILARITY_EQUAL;
    if (joined->has_digit || one->has_digit) return 0;
    if (are_one_in_chinese(joined, one)) return SIMILARITY_JOINED;
    if (joined->synonym && joined->synonym == one->synonym) return SIMILARITY_JOINED;      /* STEEL WORKS, STAHLWERK */
    if (joined->text.size >= JOINED_SPELLING_LETTERS_MIN && has_equal_spelling(joined, one)) return SIMILARITY_SKELETON;
    bool are_long = joined->text.size >= 6 && one->text.size >= 6;
    if (are_long && may_be_near(joined, one, 1) && similarity_distance(joined->text, one->text, 1) <= 1)
        return SIMILARITY_JOINED;
    return has_equal_skeleton(joined, one, skeleton_min) || sound_alike(joined, one) ? SIMILARITY_SKELETON : 0;
}
