/* domain/name/romanisation.c: sounds by classes, Pinyin in Wade-Giles, Cantonese in Pinyin. */
#include "domain/name/romanisation.h"

#include "base/assert.h"
#include "domain/name/fold.h"

#define COUNT(array) (unsigned)(sizeof(array) / sizeof((array)[0]))

enum {
    CONSONANTS_MIN = 3,
    SYLLABLES_MAX = 3,
    SYLLABLE_LETTERS_MAX = 6,
    WADE_GILES_LETTERS_MAX = 7,
    TOKEN_BYTES_MAX = 2 * FOLD_TOKEN_BYTES_MAX      /* two joined */
};

/* Letters, and the classes of their sound for each reader: S hisses, H breathes, V is of the lips, ~ a vowel. */
struct letters { char written[9]; char sounds[ROMANISATION_READERS][3]; };

#define TO_ALL(sound) { sound, sound, sound }

/* Longer ones before those that they begin with. */
static const struct letters letters[] = {
    { "DSCHTSCH", TO_ALL("DS") },  { "SCHTSCH", TO_ALL("S") },    { "CHTCH", TO_ALL("S") },
    { "TSCH", TO_ALL("S") },       { "SHCH", TO_ALL("S") },       { "SZCZ", TO_ALL("S") },
    { "DSCH", TO_ALL("S") },       { "TCH", TO_ALL("S") },        { "SCH", TO_ALL("S") },
    { "DZH", TO_ALL("S") },        { "SH", TO_ALL("S") },         { "ZH", TO_ALL("S") },
    { "SZ", TO_ALL("S") },         { "CZ", TO_ALL("S") },         { "TS", TO_ALL("S") },
    { "TZ", TO_ALL("S") },         { "DZ", TO_ALL("S") },         { "DJ", { "S", "D~", "S" } },
    { "PH", TO_ALL("V") },         { "KH", TO_ALL("H") },         { "CK", { "K", "SK", "K" } },
    { "GH", TO_ALL("K") },         { "CH", { "S", "H", "S" } },   { "TH", { "T", "T", "S" } },
    { "DH", { "D", "D", "S" } },   { "C", { "K", "S", "S" } },    { "J", { "S", "~", "S" } },
    { "F", TO_ALL("V") },          { "G", TO_ALL("K") },          { "Q", TO_ALL("K") },
    { "W", TO_ALL("V") },          { "X", TO_ALL("KS") },         { "Z", TO_ALL("S") },
    { "A", TO_ALL("~") },          { "E", TO_ALL("~") },          { "I", TO_ALL("~") },
    { "O", TO_ALL("~") },          { "U", TO_ALL("~") },          { "Y", TO_ALL("~") },
};

static const struct letters *letters_at(struct slice rest)
{
    for (unsigned i = 0; i < COUNT(letters); i++)
        if (letters[i].written[0] == rest.bytes[0] && slice_starts_with(rest, slice_from(letters[i].written)))
            return &letters[i];
    return NULL;
}

/* What a reader has heard so far: each class once in a row. */
struct heard { char bytes[2 * TOKEN_BYTES_MAX]; size_t size; unsigned consonants; };

static void hear(struct heard *h, char sound)
{
    if (h->size && h->bytes[h->size - 1] == sound) return;
    h->bytes[h->size++] = sound;
    h->consonants += sound != '~';
}

static uint32_t hash_of(struct heard *h)
{
    if (h->size && h->bytes[h->size - 1] == 'H') { h->size--; h->consonants--; }
    return h->consonants >= CONSONANTS_MIN ? fold_hash(slice_of(h->bytes, h->size)) : 0;
}

void romanisation_sounds(struct slice token, uint32_t sounds[ROMANISATION_READERS])
{
    struct heard heard[ROMANISATION_READERS];
    ASSERT(token.size <= TOKEN_BYTES_MAX);
    for (unsigned r = 0; r < ROMANISATION_READERS; r++) heard[r].size = heard[r].consonants = 0;
    while (token.size) {
        const struct letters *l = letters_at(token);
        for (unsigned r = 0; r < ROMANISATION_READERS; r++) {
            if (!l) hear(&heard[r], token.bytes[0]);
            for (const char *sound = l ? l->sounds[r] : ""; *sound; sound++) hear(&heard[r], *sound);
        }
        token = slice_skip(token, l ? strlen(l->written) : 1);
    }
    for (unsigned r = 0; r < ROMANISATION_READERS; r++) sounds[r] = hash_of(&heard[r]);
}

/* Sorted by Pinyin. */
static const struct { struct slice pinyin, wade_giles;
} syllables[] = {
#define SYLLABLE(pinyin, wade_giles) { SLICE_INIT(pinyin), SLICE_INIT(wade_giles) },
#include "domain/name/syllable.def"
#undef SYLLABLE
};

/* The row of a syllable, or none. */
static int syllable_of(struct slice text)
{
    unsigned low = 0, high = COUNT(syllables);
    while (low < high) {
        unsigned middle = (low + high) / 2;
        int order = slice_compare(syllables[middle].pinyin, text);
        if (order == 0) return (int)middle;
        if (order < 0) low = middle + 1;
        else high = middle;
    }
    return -1;
}

/* The longest first syllable that leaves syllables after it; how many there are, 0 none. None but the first begins
 * with a vowel, or an apostrophe would have stood there. */
static unsigned part(struct slice rest, unsigned syllables_max, int *rows)
{
    if (rest.size == 0 || syllables_max == 0) return 0;
    if (syllables_max < SYLLABLES_MAX && memchr("AEO", rest.bytes[0], 3)) return 0;
    for (size_t size = rest.size < SYLLABLE_LETTERS_MAX ? rest.size : SYLLABLE_LETTERS_MAX; size > 0; size--) {
        rows[0] = syllable_of(slice_head(rest, size));
        if (rows[0] < 0) continue;
        if (size == rest.size) return 1;
        unsigned behind = part(slice_skip(rest, size), syllables_max - 1, rows + 1);
        if (behind) return behind + 1;
    }
    return 0;
}

unsigned romanisation_pinyin(struct slice token, uint32_t *wade_giles)
{
    char written[SYLLABLES_MAX * WADE_GILES_LETTERS_MAX], *at = written;
    int rows[SYLLABLES_MAX];
    *wade_giles = 0;
    if (!token.size || !memchr("AEIOUNGR", token.bytes[token.size - 1], 8)) return 0;      /* as no syllable ends */
    unsigned count = part(token, SYLLABLES_MAX, rows);
    for (unsigned i = 0; i < count; i++) at = slice_write(syllables[rows[i]].wade_giles, at);
    if (count) *wade_giles = fold_hash(slice_of(written, (size_t)(at - written)));
    return count;
}

/* Sorted by syllable. */
static const struct { struct slice syllable, pinyin;
} cantonese[] = {
#define CANTONESE(syllable, pinyin) { SLICE_INIT(syllable), SLICE_INIT(pinyin) },
#include "domain/name/cantonese.def"
#undef CANTONESE
};

static int cantonese_of(struct slice text)
{
    unsigned low = 0, high = COUNT(cantonese);
    while (low < high) {
        unsigned middle = (low + high) / 2;
        int order = slice_compare(cantonese[middle].syllable, text);
        if (order == 0) return (int)middle;
        if (order < 0) low = middle + 1;
        else high = middle;
    }
    return -1;
}

/* Readings that are being put together: what stands so far of one, and those that are done. */
struct readings { char written[SYLLABLES_MAX * SYLLABLE_LETTERS_MAX]; uint32_t *hashes; unsigned count; };

static void read_on(struct readings *r, size_t size, struct slice rest, unsigned syllables_max)
{
    if (rest.size == 0 && r->count < ROMANISATION_READINGS_MAX)
        r->hashes[r->count++] = fold_hash(slice_of(r->written, size));
    if (rest.size == 0 || syllables_max == 0) return;
    for (size_t taken = rest.size < SYLLABLE_LETTERS_MAX ? rest.size : SYLLABLE_LETTERS_MAX; taken > 1; taken--) {
        int row = cantonese_of(slice_head(rest, taken));
        struct slice all = row < 0 ? (struct slice){ 0 } : cantonese[row].pinyin;
        while (all.bytes) {
            struct slice one = slice_cut(&all, ' ');
            if (one.size) memcpy(r->written + size, one.bytes, one.size);
            if (one.size) read_on(r, size + one.size, slice_skip(rest, taken), syllables_max - 1);
        }
    }
}

unsigned romanisation_cantonese(struct slice token, uint32_t readings[ROMANISATION_READINGS_MAX])
{
    struct readings r = { .hashes = readings };
    if (token.size < 2 || token.size > SYLLABLES_MAX * SYLLABLE_LETTERS_MAX) return 0;
    read_on(&r, 0, token, SYLLABLES_MAX);
    return r.count;
}
