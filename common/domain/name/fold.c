/* domain/name/fold.c: code points through a generated table, tokens by a few rules, short forms by word lists. */
#include "domain/name/fold.h"

#include "base/assert.h"
#include "base/utf8.h"
#include "domain/name/fold_table.h"
#include "domain/name/word.h"

enum { SCANNED_LETTERS_MIN = 6 };

#define COUNT(array) (unsigned)(sizeof(array) / sizeof((array)[0]))

/* The tokens while they grow, in one buffer of fixed size: names are short, and what is longer is cut. */
struct folding {
    char     letters[FOLD_TOKENS_MAX][FOLD_TOKEN_BYTES_MAX];
    uint8_t  sizes[FOLD_TOKENS_MAX];
    bool     from_singles[FOLD_TOKENS_MAX];         /* made of single letters so far: the next one joins */
    bool     is_dotted[FOLD_TOKENS_MAX];            /* a full stop stood after its first letter */
    unsigned count;
    char     token[FOLD_TOKEN_BYTES_MAX];           /* the one being read */
    unsigned token_size;
    bool     has_dot;
    bool     is_cut;
};

/* The row of a code point: A–Z, 0–9 and blanks that separate. */
static struct slice row_of(uint32_t point)
{
    if (point > FOLD_LAST) return SLICE(" ");
    unsigned number = fold_rows[fold_pages[point >> 8]][point & 0xFF];
    return slice_of(fold_texts + fold_offsets[number], (size_t)(fold_offsets[number + 1] - fold_offsets[number]));
}

static bool is_letter(char c)
{
    return c >= 'A' && c <= 'Z';
}

static void append(struct folding *f, unsigned index, const char *letters, unsigned size)
{
    unsigned room = FOLD_TOKEN_BYTES_MAX - f->sizes[index];
    if (size > room) f->is_cut = true;
    if (size > room) size = room;
    memcpy(f->letters[index] + f->sizes[index], letters, size);
    f->sizes[index] = (uint8_t)(f->sizes[index] + size);
}

/* What a scanner reads for a letter among letters: TECHN0LOGY, SEBAST1AN. One digit alone, in a word of six or more; in
 * front, where a number may stand, the 0 that no number begins with: 0CEANIC. */
static void repair_digit(char *letters, unsigned size)
{
    unsigned digits = 0, at = 0;
    for (unsigned i = 0; i < size; i++) {
        if (is_letter(letters[i])) continue;
        digits++;
        at = i;
    }
    if (size < SCANNED_LETTERS_MIN || digits != 1 || at + 1 == size) return;
    if (at == 0 && letters[0] != '0') return;
    if (letters[at] == '0') letters[at] = 'O';
    if (letters[at] == '1') letters[at] = 'I';
    if (letters[at] == '5') letters[at] = 'S';
}

/* Ends the token being read. A single letter after single letters becomes one token with them. */
static void end_token(struct folding *f)
{
    bool is_single = f->token_size == 1 && is_letter(f->token[0]);
    bool joins = is_single && f->count > 0 && f->from_singles[f->count - 1];
    if (f->token_size == 0) return;
    repair_digit(f->token, f->token_size);
    if (!joins && f->count == FOLD_TOKENS_MAX) {
        f->is_cut = true;
    } else {
        unsigned index = joins ? f->count - 1 : f->count++;
        append(f, index, f->token, f->token_size);
        f->from_singles[index] = is_single;
        f->is_dotted[index] = f->has_dot;
    }
    f->token_size = 0;
    f->has_dot = false;
}

static void put_row(struct folding *f, struct slice row)
{
    for (size_t i = 0; i < row.size; i++) {
        if (row.bytes[i] == ' ') end_token(f);
        else if (f->token_size < FOLD_TOKEN_BYTES_MAX) f->token[f->token_size++] = row.bytes[i];
        else f->is_cut = true;
    }
}

static void put_hangul(struct folding *f, uint32_t point)
{
    unsigned index = point - FOLD_HANGUL_FIRST;
    put_row(f, slice_from(fold_initials[index / (21 * 28)]));
    put_row(f, slice_from(fold_vowels[index / 28 % 21]));
    put_row(f, slice_from(fold_finals[index % 28]));
}

static bool is_hangul(uint32_t point)
{
    return point >= FOLD_HANGUL_FIRST && point <= FOLD_HANGUL_LAST;
}

static bool is_latin(uint32_t point)
{
    return (point >= 'A' && point <= 'Z') || (point >= 'a' && point <= 'z') || (point >= 0xC0 && point <= 0x24F)
        || (point >= 0x1E00 && point <= 0x1EFF);
}

static bool is_cyrillic_or_greek(uint32_t point)
{
    return (point >= 0x370 && point <= 0x52F) || (point >= 0x1C80 && point <= 0x1C88)
           || (point >= 0x1F00 && point <= 0x1FFF) || (point >= 0x2DE0 && point <= 0x2DFF)
           || (point >= 0xA640 && point <= 0xA69F);
}

static bool separates(uint32_t point)
{
    struct slice row = is_hangul(point) ? SLICE("A") : row_of(point);
    return row.size > 0 && row.bytes[0] == ' ';
}

/* The bytes up to the next separator. *is_mixed: Latin letters stand beside Cyrillic or Greek ones. */
static struct slice next_word(struct slice rest, bool *is_mixed)
{
    struct slice at = rest;
    bool has_latin = false, has_other = false;
    while (at.size) {
        struct slice before = at;
        uint32_t point = utf8_next(&at);
        if (separates(point)) { at = before; break; }
        has_latin |= is_latin(point);
        has_other |= is_cyrillic_or_greek(point);
    }
    *is_mixed = has_latin && has_other;
    return slice_head(rest, rest.size - at.size);
}

static char look_alike(uint32_t point)
{
    switch (point) {
#define LOOK_ALIKE(code_point, letter) case code_point: return letter;
#include "domain/name/look_alike.def"
#undef LOOK_ALIKE
    default: return 0;
    }
}

/* --- letters that sound otherwise where they stand --- */

enum { ARABIC_ALEF = 0x627, ARABIC_AIN = 0x639, ARABIC_LAM = 0x644, ARABIC_HEH = 0x647, HEBREW_ALEF = 0x5D0, HEBREW_BET = 0x5D1,
       HEBREW_AYIN = 0x5E2, HEBREW_FINAL_PE = 0x5E3, HEBREW_PE = 0x5E4, GREEK_OMICRON = 0x3BF, GREEK_UPSILON = 0x3C5,
       GREEK_UPSILON_ACUTE = 0x3CD, LETTERS_BEHIND_ARTICLE_MIN = 3 };

static bool is_consonant(struct slice row)
{
    return row.size && row.bytes[0] != 'A';
}

/* What a letter is because of its place, else nothing: a first alef and ain are vowels that others write, BET and PE
 * soften after a letter, OMICRON UPSILON is one vowel. No Arabic word begins with two consonants: a HEH after the first
 * is no SH, KH, ZH with it. */
static struct slice sound_in_place(uint32_t point, uint32_t before, bool is_second)
{
    switch (point) {
    case ARABIC_HEH: return is_second && is_consonant(row_of(before)) ? SLICE("AH") : (struct slice){ 0 };
    case ARABIC_AIN: case HEBREW_ALEF: case HEBREW_AYIN: return before ? (struct slice){ 0 } : SLICE("A");
    case HEBREW_BET:      return before ? SLICE("V") : (struct slice){ 0 };
    case HEBREW_PE:       return before ? SLICE("F") : (struct slice){ 0 };
    case HEBREW_FINAL_PE: return SLICE("F");
    case GREEK_UPSILON: case GREEK_UPSILON_ACUTE:
        return before == GREEK_OMICRON ? SLICE("U") : (struct slice){ 0 };
    default: return (struct slice){ 0 };
    }
}

/* Words that begin as the article does and have none. */
static const struct slice without_article[] = {
#define WITHOUT_ARTICLE(letters) SLICE_INIT(letters),
#include "domain/name/without_article.def"
#undef WITHOUT_ARTICLE
};

/* Bytes of the article that Arabic writes as one word with the name after it. */
static size_t article_at(struct slice word)
{
    struct slice rest = word;
    if (word.size < 4 || utf8_next(&rest) != ARABIC_ALEF || utf8_next(&rest) != ARABIC_LAM) return 0;
    size_t size = word.size - rest.size;
    for (unsigned i = 0; i < COUNT(without_article); i++)
        if (slice_starts_with(word, without_article[i])) return 0;
    for (unsigned letters = 0; letters < LETTERS_BEHIND_ARTICLE_MIN; letters++)
        if (rest.size == 0 || utf8_next(&rest) == 0) return 0;
    return size;
}

static void put_word(struct folding *f, struct slice word, bool is_mixed)
{
    size_t article = article_at(word);
    uint32_t before = 0;
    if (article) {
        put_row(f, SLICE("AL "));
        word = slice_skip(word, article);
    }
    for (unsigned at = 0; word.size; at++) {
        uint32_t point = utf8_next(&word);
        char letter = is_mixed ? look_alike(point) : 0;
        struct slice sound = sound_in_place(point, before, at == 1);
        f->has_dot |= point == '.' && f->token_size == 1;
        if (letter) put_row(f, slice_of(&letter, 1));
        else if (is_hangul(point)) put_hangul(f, point);
        else put_row(f, sound.size ? sound : row_of(point));
        before = point;
    }
}

static void fold_tokens(struct folding *f, struct slice text)
{
    while (text.size) {
        bool is_mixed;
        struct slice word = next_word(text, &is_mixed);
        put_word(f, word, is_mixed);
        text = slice_skip(text, word.size);
        if (text.size) put_row(f, row_of(utf8_next(&text)));
    }
    end_token(f);
}

/* --- letters alone --- */

static void put_letters(struct text *t, struct slice row)
{
    for (size_t i = 0; i < row.size; i++)
        if (row.bytes[i] != ' ') text_put_byte(t, row.bytes[i]);
}

static void put_letters_of(struct text *t, uint32_t point, bool is_mixed)
{
    char letter = is_mixed ? look_alike(point) : 0;
    unsigned index = point - FOLD_HANGUL_FIRST;
    if (letter) {
        text_put_byte(t, letter);
    } else if (is_hangul(point)) {
        put_letters(t, slice_from(fold_initials[index / (21 * 28)]));
        put_letters(t, slice_from(fold_vowels[index / 28 % 21]));
        put_letters(t, slice_from(fold_finals[index % 28]));
    } else {
        put_letters(t, row_of(point));
    }
}

struct slice fold_letters(struct arena *a, struct slice text)
{
    struct text t = text_in(a, FOLD_LETTERS_OF_BYTE * text.size + 1);
    while (text.size) {
        bool is_mixed;
        struct slice word = next_word(text, &is_mixed);
        text = slice_skip(text, word.size);
        while (word.size) put_letters_of(&t, utf8_next(&word), is_mixed);
        if (text.size) put_letters(&t, row_of(utf8_next(&text)));       /* an ampersand separates, and is a word */
    }
    return text_slice(&t);
}

struct replacement { struct slice from, to; };

static const struct replacement short_forms[] = {
#define ABBREVIATION(short, word) { SLICE_INIT(short), SLICE_INIT(word) },
#define SHORT_FORM(short, words)
#include "domain/name/abbreviation.def"
#undef ABBREVIATION
#undef SHORT_FORM
};

static const struct replacement number_words[] = {
#define NUMBER_WORD(word, digits) { SLICE_INIT(word), SLICE_INIT(digits) },
#include "domain/name/number_word.def"
#undef NUMBER_WORD
};

static struct slice replaced(const struct replacement *list, unsigned count, struct slice token)
{
    unsigned low = 0, high = count;
    while (low < high) {
        unsigned middle = (low + high) / 2;
        int order = slice_compare(token, list[middle].from);
        if (order == 0) return list[middle].to;
        if (order < 0) high = middle;
        else low = middle + 1;
    }
    return token;
}

/* 12TH is 12, and 1ST the word that firms write out. */
static struct slice without_ordinal(struct slice token)
{
    static const struct slice ends[] = { SLICE_INIT("TH"), SLICE_INIT("ST"), SLICE_INIT("ND"), SLICE_INIT("RD") };
    if (token.size < 3 || token.bytes[0] < '1' || token.bytes[0] > '9') return token;
    struct slice digits = slice_head(token, token.size - 2), end = slice_skip(token, token.size - 2);
    for (size_t i = 0; i < digits.size; i++)
        if (digits.bytes[i] < '0' || digits.bytes[i] > '9') return token;
    for (unsigned i = 0; i < COUNT(ends); i++)
        if (slice_equal(end, ends[i])) return slice_equal(digits, SLICE("1")) ? SLICE("FIRST") : digits;
    return token;
}

static bool is_unit(struct slice text)
{
    return text.size == 1 && text.bytes[0] >= '1' && text.bytes[0] <= '9';
}

/* Digits of number words alone; empty for others. */
static struct slice digits_of(struct slice word)
{
    struct slice digits =
        slice_equal(word, SLICE("FIRST")) ? SLICE("1") : replaced(number_words, COUNT(number_words), word);
    return slice_equal(digits, word) ? (struct slice){ 0 } : digits;
}

static void move_token(struct fold *f, unsigned to, unsigned from)
{
    unsigned is_spelt = f->spelt >> from & 1u;
    f->tokens[to] = f->tokens[from];
    f->spelt = (uint16_t)((f->spelt & ~(1u << to)) | is_spelt << to);
}

/* TWENTY ONE, FORTY SECOND and SEVENTY 2 are one number. */
static void join_numbers(struct arena *a, struct fold *f)
{
    unsigned kept = 0;
    for (unsigned i = 0; i < f->count; i++) {
        struct slice tens = digits_of(f->tokens[i]);
        struct slice unit = i + 1 < f->count ? f->tokens[i + 1] : (struct slice){ 0 };
        if (!is_unit(unit)) unit = digits_of(unit);
        bool joins = tens.size == 2 && tens.bytes[0] >= '2' && tens.bytes[1] == '0' && is_unit(unit);
        move_token(f, kept, i);
        if (joins) {
            char digits[] = { tens.bytes[0], unit.bytes[0] };
            f->tokens[kept] = slice_copy(a, slice_of(digits, sizeof digits));
            i++;
        }
        kept++;
    }
    f->count = kept;
}

static void spell_out(struct arena *a, struct fold *f)
{
    if (f->count > 1) join_numbers(a, f);
    for (unsigned i = 0; i < f->count; i++) {
        f->tokens[i] = replaced(short_forms, COUNT(short_forms), f->tokens[i]);
        if (f->count < 2) continue;
        f->tokens[i] = without_ordinal(replaced(number_words, COUNT(number_words), f->tokens[i]));
    }
}

static void keep(struct arena *a, const struct folding *f, struct fold *out)
{
    size_t bytes = 0;
    for (unsigned i = 0; i < f->count; i++) bytes += f->sizes[i];
    char *at = arena_alloc(a, bytes + 1);
    for (unsigned i = 0; i < f->count; i++) {
        memcpy(at, f->letters[i], f->sizes[i]);
        out->tokens[i] = slice_of(at, f->sizes[i]);
        out->spelt |= (uint16_t)(((f->from_singles[i] || f->is_dotted[i]) && f->sizes[i] == 2) << i);
        at += f->sizes[i];
    }
    out->count = f->count;
    out->is_cut = f->is_cut;
    spell_out(a, out);
}

void fold_text(struct arena *a, struct slice text, struct fold *out)
{
    struct folding f = { .count = 0 };
    *out = (struct fold){ .count = 0 };
    fold_tokens(&f, text);
    keep(a, &f, out);
}

void fold_family_first(struct arena *a, struct slice text, struct fold *out)
{
    struct folding f = { .count = 0 };
    struct slice rest = text;
    struct slice family = slice_cut(&rest, ',');
    bool has_comma = family.size < text.size;

    *out = (struct fold){ .count = 0 };
    fold_tokens(&f, family);
    unsigned family_count = f.count;
    if (family_count) f.from_singles[family_count - 1] = false;      /* nothing joins across the comma */
    fold_tokens(&f, rest);
    keep(a, &f, out);
    out->family_count = !has_comma ? 0 : family_count < out->count ? family_count : out->count;
}

static void drop_front(struct fold *f, unsigned count)
{
    memmove(f->tokens, f->tokens + count, (f->count - count) * sizeof f->tokens[0]);
    f->count -= count;
    f->spelt >>= count;
    f->family_count -= count < f->family_count ? count : f->family_count;
}

/* LIMITED LIABILITY belongs to the form that stood after it. */
static void drop_limited_liability(struct fold *f)
{
    if (f->count < 3 || !slice_equal(f->tokens[f->count - 1], SLICE("LIABILITY"))) return;
    if (slice_equal(f->tokens[f->count - 2], SLICE("LIMITED"))) f->count -= 2;
}

static bool is_company(struct slice form)
{
    return slice_equal(form, SLICE("COMPANY")) || slice_equal(form, SLICE("CORPORATION"))
        || slice_equal(form, SLICE("CO")) || slice_equal(form, SLICE("CORP"));
}

void fold_strip_legal_form(struct fold *f)
{
    unsigned taken;
    bool may_be_names = true;
    unsigned before = f->count;
    while (f->count > 1 && (taken = word_form_at_end(f->tokens, f->count)) > 0) {
        struct slice last = f->tokens[f->count - 1];
        f->was_company |= is_company(last);
        may_be_names &= taken == 1 && last.size == 2;
        f->count -= taken;
        drop_limited_liability(f);
    }
    while (f->count > 1 && (taken = word_form_at_front(f->tokens, f->count)) > 0) {
        may_be_names &= taken == 1 && f->tokens[0].size == 2;
        drop_front(f, taken);
    }
    f->may_be_whole = may_be_names && f->count < before;
    if (f->family_count > f->count) f->family_count = f->count;
    ASSERT(f->count <= FOLD_TOKENS_MAX);
}

void fold_sort(const struct fold *f, struct fold *out)
{
    *out = *f;
    out->family_count = out->spelt = 0;
    for (unsigned i = 1; i < out->count; i++) {
        struct slice token = out->tokens[i];
        unsigned at = i;
        while (at > 0 && slice_compare(out->tokens[at - 1], token) > 0) {
            out->tokens[at] = out->tokens[at - 1];
            at--;
        }
        out->tokens[at] = token;
    }
}

struct slice fold_join(struct arena *a, const struct fold *f)
{
    struct text joined = text_in(a, FOLD_TOKENS_MAX * (FOLD_TOKEN_BYTES_MAX + 1));
    ASSERT(f->count <= FOLD_TOKENS_MAX);
    for (unsigned i = 0; i < f->count; i++) {
        if (i) text_put_byte(&joined, ' ');
        text_put(&joined, f->tokens[i]);
    }
    return text_slice(&joined);
}

bool fold_equal(const struct fold *a, const struct fold *b)
{
    if (a->count != b->count) return false;
    for (unsigned i = 0; i < a->count; i++)
        if (!slice_equal(a->tokens[i], b->tokens[i])) return false;
    return true;
}

uint32_t fold_hash(struct slice text)
{
    uint32_t hash = 2166136261u;
    for (size_t i = 0; i < text.size; i++) hash = (hash ^ (uint8_t)text.bytes[i]) * 16777619u;
    return hash;
}
