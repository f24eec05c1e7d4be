/* intake/columns.c: headers become slots: the profile's names, our own, the aliases, then parties as prefix and
 * suffix. */
#include "intake/columns.h"

#include "base/assert.h"
#include "intake/plain.h"

#include <pthread.h>
#include <utf8proc.h>

enum {
    NAME_BYTES_MAX = 200,
    RANK_PROFILE = 0,
    RANK_OWN = 1000,
    RANK_ALIAS = 2000,
    RANK_PARTY = 10000,
    PREFIX_STEP = 100,
    RANK_BARE = 20000,
    UNKNOWN_BYTES_MAX = 200,
    ALIAS_PLACES = 4096,
    SCORE_LEAST = 2
};

/* What one header means; a lower rank stands first, and of one rank who has no remark after it. */
struct meaning { enum slot slot; unsigned rank; bool has_remark; };

static bool stands_before(const struct meaning *a, const struct meaning *b)
{
    return a->rank != b->rank ? a->rank < b->rank : !a->has_remark && b->has_remark;
}

struct alias { enum slot slot; struct slice name; };
static const struct alias aliases[] = {
#define ALIAS(slot, name) { SLOT_##slot, SLICE_INIT(name) },
#include "intake/alias.def"
#undef ALIAS
};

static const struct { enum slot slot; struct slice name, as; } prefixes[] = {
#define PREFIX(party, name, as) { SLOT_##party, SLICE_INIT(name), SLICE_INIT(as) },
#include "intake/party_alias.def"
#undef PREFIX
};

static const struct { enum party_part part; struct slice name; } suffixes[] = {
#define SUFFIX(part, name) { PARTY_PART_##part, SLICE_INIT(name) },
#include "intake/party_alias.def"
#undef SUFFIX
};

enum { ALIASES = sizeof aliases / sizeof *aliases };
_Static_assert(2 * ALIASES < ALIAS_PLACES && RANK_ALIAS + ALIASES < RANK_PARTY,
               "aliases are found by their hash and rank before parties");
_Static_assert(RANK_PARTY + PREFIX_STEP * (sizeof prefixes / sizeof *prefixes) < RANK_BARE,
               "parties rank before what is bare");

/* 1 + index of an alias, by the hash of its name: every header of every document is looked up here. */
static uint16_t alias_places[ALIAS_PLACES];
static pthread_once_t aliases_placed = PTHREAD_ONCE_INIT;

static uint16_t *alias_place(struct slice name)
{
    uint32_t hash = 2166136261u;
    for (size_t k = 0; k < name.size; k++) hash = (hash ^ (unsigned char)name.bytes[k]) * 16777619u;
    for (;; hash++) {
        uint16_t *place = &alias_places[hash % ALIAS_PLACES];
        if (*place == 0 || slice_equal(aliases[*place - 1].name, name)) return place;
    }
}

static void place_aliases(void)
{
    for (unsigned k = 0; k < ALIASES; k++) {
        uint16_t *place = alias_place(aliases[k].name);
        ASSERT(*place == 0);
        *place = (uint16_t)(k + 1);
    }
}

/* Folding */

static bool is_word(int32_t c)
{
    switch (utf8proc_category(c)) {
    case UTF8PROC_CATEGORY_LU: case UTF8PROC_CATEGORY_LL: case UTF8PROC_CATEGORY_LT: case UTF8PROC_CATEGORY_LM:
    case UTF8PROC_CATEGORY_LO: case UTF8PROC_CATEGORY_ND: case UTF8PROC_CATEGORY_NL: case UTF8PROC_CATEGORY_NO:
    case UTF8PROC_CATEGORY_MN: case UTF8PROC_CATEGORY_MC:
        return true;
    default:
        return false;
    }
}

static bool is_digit(int32_t c) { return c >= '0' && c <= '9'; }
static bool is_upper(int32_t c) { return utf8proc_category(c) == UTF8PROC_CATEGORY_LU; }

/* A seam inside a word: aB, a1, 1a, and the last capital of ABc. */
static bool is_seam(int32_t before, int32_t c, int32_t after)
{
    if (before == 0 || !is_word(before)) return false;
    if (is_digit(before) != is_digit(c)) return true;
    if (is_upper(c) && !is_upper(before)) return true;
    return is_upper(c) && is_upper(before) && after != 0 && is_word(after) && !is_upper(after) && !is_digit(after);
}

static size_t points_of(struct slice name, int32_t points[NAME_BYTES_MAX])
{
    size_t count = 0;
    while (name.size > 0 && count < NAME_BYTES_MAX) {
        utf8proc_ssize_t n =
            utf8proc_iterate((const utf8proc_uint8_t *)name.bytes, (utf8proc_ssize_t)name.size, &points[count]);
        if (n <= 0) points[count] = 0xfffd;
        name = slice_skip(name, n > 0 ? (size_t)n : 1);
        if (points[count] != 0x200b && points[count] != 0xfeff && points[count] != 0xad) count++;
    }
    return count;
}

static struct slice fold_points(struct arena *a, const int32_t *points, size_t count, bool split)
{
    char *folded = arena_alloc(a, 5 * count + 1);
    size_t size = 0;
    for (size_t i = 0; i < count; i++) {
        bool seam = split && is_seam(i > 0 ? points[i - 1] : 0, points[i], i + 1 < count ? points[i + 1] : 0);
        if ((seam || !is_word(points[i])) && size > 0 && folded[size - 1] != ' ') folded[size++] = ' ';
        if (is_word(points[i]))
            size += (size_t)utf8proc_encode_char(utf8proc_tolower(points[i]), (utf8proc_uint8_t *)folded + size);
    }
    while (size > 0 && folded[size - 1] == ' ') size--;
    return slice_of(folded, size);
}

struct slice columns_fold(struct arena *a, struct slice name)
{
    int32_t points[NAME_BYTES_MAX];
    return fold_points(a, points, points_of(slice_head(name, NAME_BYTES_MAX), points), false);
}

/* How a header can be read: as it is; with its signs for "number" as that word; without accents. */
enum reading { READ_SIGNS, READ_AS_IS, READ_BARE };

static size_t put_points(int32_t *to, size_t size, const char *ascii)
{
    while (*ascii && size < NAME_BYTES_MAX) to[size++] = *ascii++;
    return size;
}

/* Cust # is cust no, N° the same; *has_signs: there was one. */
static size_t spell_signs(const int32_t *points, size_t count, int32_t to[NAME_BYTES_MAX], bool *has_signs)
{
    size_t size = 0;
    *has_signs = false;
    for (size_t k = 0; k < count; k++) {
        bool is_degree = points[k] == 0xb0 && k > 0 && (points[k - 1] == 'n' || points[k - 1] == 'N');
        bool is_sign = points[k] == '#' || points[k] == 0x2116;
        if (is_degree) size = put_points(to, size, "o ");
        else if (is_sign) size = put_points(to, size, " no ");
        else if (size < NAME_BYTES_MAX) to[size++] = points[k];
        *has_signs |= is_degree || is_sign;
    }
    return size;
}

static bool has_accents(const int32_t *points, size_t count)
{
    for (size_t k = 0; k < count; k++)
        if (points[k] >= 0x80) return true;
    return false;
}

static size_t drop_accents(const int32_t *points, size_t count, int32_t to[NAME_BYTES_MAX])
{
    size_t size = 0;
    for (size_t k = 0; k < count && size + 4 < NAME_BYTES_MAX; k++) {
        int boundary = 0;
        if (points[k] == 0xdf) { size = put_points(to, size, "ss"); continue; }
        if (points[k] < 0x80) { to[size++] = points[k]; continue; }
        utf8proc_ssize_t n = utf8proc_decompose_char(
            points[k], to + size, 4, UTF8PROC_DECOMPOSE | UTF8PROC_COMPAT | UTF8PROC_STRIPMARK, &boundary);
        if (n > 0 && n <= 4) size += (size_t)n;
    }
    return size;
}

/* Empty: it reads no differently. */
static struct slice fold_as(struct arena *a, struct slice name, enum reading reading, bool split)
{
    int32_t sent[NAME_BYTES_MAX], spelt[NAME_BYTES_MAX], bare[NAME_BYTES_MAX];
    bool has_signs;
    size_t count = points_of(slice_head(name, NAME_BYTES_MAX), sent);
    if (reading == READ_AS_IS) return fold_points(a, sent, count, split);
    size_t size = spell_signs(sent, count, spelt, &has_signs);
    if (reading == READ_SIGNS ? !has_signs : !has_accents(sent, count)) return (struct slice){ 0 };
    size = drop_accents(spelt, size, bare);
    return fold_points(a, bare, size, split);
}

/* Meaning */

static bool profile_meaning(struct arena *a, struct slice folded, const struct mapping_profile *p, struct meaning *m)
{
    for (unsigned i = 0; i < p->text.column_count; i++) {
        const struct profile_column *c = &p->text.columns[i];
        for (unsigned k = 0; k < c->names.count; k++) {
            if (!slice_equal(columns_fold(a, c->names.items[k]), folded)) continue;
            *m = (struct meaning){ .slot = slot_find(c->field), .rank = RANK_PROFILE + i };
            return m->slot != SLOT_NONE;
        }
    }
    return false;
}

/* qty, end_customer.name, folded as a header would be; reference lines are not sent as text. */
static bool own_meaning(struct slice folded, struct meaning *m)
{
    char name[64];
    for (enum slot slot = SLOT_NONE + 1; slot < SLOT_REFERENCE; slot++) {
        struct slice own = slot_name(slot);
        if (own.size != folded.size || own.size > sizeof name) continue;
        for (size_t i = 0; i < own.size; i++) name[i] = own.bytes[i] == '_' || own.bytes[i] == '.' ? ' ' : own.bytes[i];
        if (memcmp(name, folded.bytes, folded.size) != 0) continue;
        bool is_party = slot < SLOT_FIELDS_END && line_fields[slot - 1].type == FIELD_TYPE_PARTY;
        *m = (struct meaning){ .slot = is_party ? slot_of_party(slot, PARTY_PART_name) : slot, .rank = RANK_OWN };
        return true;
    }
    return false;
}

static bool alias_meaning(struct slice folded, struct meaning *m)
{
    pthread_once(&aliases_placed, place_aliases);
    uint16_t place = *alias_place(folded);
    if (place == 0) return false;
    *m = (struct meaning){ .slot = aliases[place - 1].slot, .rank = RANK_ALIAS + place - 1u };
    return true;
}

static bool suffix_meaning(struct slice suffix, enum slot party, unsigned rank, struct meaning *m)
{
    if (slice_is_empty(suffix)) {
        *m = (struct meaning){ .slot = slot_of_party(party, PARTY_PART_name), .rank = rank + PREFIX_STEP - 1 };
        return true;
    }
    for (unsigned i = 0; i < sizeof suffixes / sizeof *suffixes; i++) {
        if (!slice_equal(suffixes[i].name, suffix)) continue;
        *m = (struct meaning){ .slot = slot_of_party(party, suffixes[i].part), .rank = rank + i };
        return true;
    }
    return false;
}

static bool party_meaning(struct slice folded, struct meaning *m)
{
    for (unsigned i = 0; i < sizeof prefixes / sizeof *prefixes; i++) {
        struct slice prefix = prefixes[i].name;
        if (!slice_starts_with(folded, prefix)) continue;
        if (folded.size > prefix.size && folded.bytes[prefix.size] != ' ') continue;
        if (suffix_meaning(slice_skip(folded, prefix.size + 1), prefixes[i].slot, RANK_PARTY + i * PREFIX_STEP, m))
            return true;
    }
    return false;
}

static bool is_meant(struct arena *a, struct slice folded, const struct mapping_profile *p, struct meaning *m)
{
    return (p && profile_meaning(a, folded, p, m))
           || (!p && (own_meaning(folded, m) || alias_meaning(folded, m) || party_meaning(folded, m)));
}

/* What the profile says of a header comes before all that we know of it. */
static struct meaning look_up(struct arena *a, struct slice name, const struct mapping_profile *p)
{
    struct meaning m = { 0 };
    size_t mark = arena_mark(a);
    struct {
        enum reading reading;
        const struct mapping_profile *profile;
    } looks[] = { { READ_AS_IS, p }, { READ_SIGNS, NULL }, { READ_AS_IS, NULL }, { READ_BARE, NULL } };
    for (unsigned k = p->text.column_count > 0 ? 0 : 1; k < 4 && m.slot == SLOT_NONE; k++)
        for (int split = 0; split < 2 && m.slot == SLOT_NONE; split++) {
            struct slice folded = fold_as(a, name, looks[k].reading, split);
            if (slice_is_empty(folded) || !is_meant(a, folded, looks[k].profile, &m)) m = (struct meaning){ 0 };
        }
    arena_rewind(a, mark);
    return m;
}

/* `Ship Date (MM/DD/YYYY)`, as forms name their columns: what stands in the brackets at the end, folded; empty when
 * there are none. *before: what stands in front of them. */
static struct slice in_brackets(struct arena *a, struct slice name, struct slice *before)
{
    struct slice s = slice_trim(name);
    size_t at = s.size;
    if (s.size == 0 || s.bytes[s.size - 1] != ')') return (struct slice){ 0 };
    while (at > 0 && s.bytes[at - 1] != '(') at--;
    if (at < 2) return (struct slice){ 0 };
    *before = slice_head(s, at - 1);
    return columns_fold(a, slice_skip(s, at));
}

/* How many there are of a letter, and where the first stands. */
static unsigned count_letter(struct slice s, char letter, size_t *first)
{
    unsigned count = 0;
    for (size_t k = s.size; k-- > 0;)
        if (s.bytes[k] == letter) { count++; *first = k; }
    return count;
}

/* mm dd yyyy */
static bool is_date_pattern(struct slice folded, enum date_style *order)
{
    size_t day = 0, month = 0, year = 0, blank = 0;
    unsigned days = count_letter(folded, 'd', &day), months = count_letter(folded, 'm', &month),
             years = count_letter(folded, 'y', &year), blanks = count_letter(folded, ' ', &blank);
    *order = year < day && year < month ? DATE_STYLE_YMD : day < month ? DATE_STYLE_DMY : DATE_STYLE_MDY;
    return days > 0 && months > 0 && years > 0 && days + months + years + blanks == folded.size;
}

/* Tells how a cell is to be filled, and nothing of what it is; a currency or a unit does. */
static bool is_remark(struct slice folded)
{
    static const struct slice words[] = { SLICE_INIT("required"), SLICE_INIT("mandatory"), SLICE_INIT("optional"),
                                          SLICE_INIT("if applicable"), SLICE_INIT("if available") };
    enum date_style order;
    for (unsigned k = 0; k < sizeof words / sizeof *words; k++)
        if (slice_equal(folded, words[k])) return true;
    return is_date_pattern(folded, &order);
}

static struct meaning meaning_of(struct arena *a, struct slice name, const struct mapping_profile *p)
{
    struct meaning m = look_up(a, name, p);
    bool has_remark = false;
    while (m.slot == SLOT_NONE && (has_remark = is_remark(in_brackets(a, name, &name))))
        m = look_up(a, name, p);
    m.has_remark = has_remark;
    return m;
}

static enum date_style named_order(struct arena *a, struct slice name)
{
    enum date_style order = DATE_STYLE_AUTO;
    for (struct slice remark = in_brackets(a, name, &name); remark.size > 0; remark = in_brackets(a, name, &name))
        if (is_date_pattern(remark, &order)) return order;
    return DATE_STYLE_AUTO;
}

/* Words that speak of returns */

/* Does it stand in the folded name, from the beginning of a word; as whole words, unless it is a stem? */
static bool has_words(struct slice folded, struct slice words, bool is_stem)
{
    for (size_t at = 0; at + words.size <= folded.size; at++) {
        if (at > 0 && folded.bytes[at - 1] != ' ') continue;
        if (memcmp(folded.bytes + at, words.bytes, words.size) != 0) continue;
        if (is_stem || at + words.size == folded.size || folded.bytes[at + words.size] == ' ') return true;
    }
    return false;
}

static bool has_any_word(struct slice folded, const struct slice *words, unsigned count, bool is_stem)
{
    for (unsigned k = 0; k < count; k++)
        if (has_words(folded, words[k], is_stem)) return true;
    return false;
}

static bool speaks_of_return(struct slice folded)
{
#define WORD(words) SLICE_INIT(words),
#define RETURN_WORD WORD
    static const struct slice whole[] = {
#include "intake/return_word.def"
    };
#undef RETURN_WORD
#define RETURN_STEM WORD
    static const struct slice stems[] = {
#include "intake/return_word.def"
    };
#undef RETURN_STEM
#define RETURN_LEAVE WORD
    static const struct slice left[] = {
#include "intake/return_word.def"
    };
#undef RETURN_LEAVE
#undef WORD
    if (has_any_word(folded, left, sizeof left / sizeof *left, false)) return false;
    return has_any_word(folded, whole, sizeof whole / sizeof *whole, false)
           || has_any_word(folded, stems, sizeof stems / sizeof *stems, true);
}

static bool hints_return(struct arena *a, struct slice name)
{
    bool does = false;
    size_t mark = arena_mark(a);
    for (int split = 0; split < 2 && !does; split++) {
        struct slice bare = fold_as(a, name, READ_BARE, split);
        does = speaks_of_return(bare.size > 0 ? bare : fold_as(a, name, READ_AS_IS, split));
    }
    arena_rewind(a, mark);
    return does;
}

/* Header rows */

enum slot columns_slot(struct arena *a, struct slice name, const struct mapping_profile *profile)
{
    return name.size > NAME_BYTES_MAX ? SLOT_NONE : meaning_of(a, name, profile).slot;
}

bool columns_has_digit(struct slice text)
{
    int32_t points[NAME_BYTES_MAX];
    bool is_ascii = true;
    for (size_t k = 0; k < text.size; k++) {
        if (is_digit(text.bytes[k])) return true;
        is_ascii &= (unsigned char)text.bytes[k] < 0x80;
    }
    size_t count = is_ascii ? 0 : points_of(text, points);
    for (size_t k = 0; k < count; k++) {
        utf8proc_category_t category = utf8proc_category(points[k]);
        if (category == UTF8PROC_CATEGORY_ND || category == UTF8PROC_CATEGORY_NO) return true;
    }
    return false;
}

static bool is_anchor(enum slot slot)
{
    return slot == SLOT_vendor_part || slot == SLOT_partner_part || slot == SLOT_gtin || slot == SLOT_invoice_no
           || slot == SLOT_qty_milli;
}

bool columns_are_ours(const struct slice *cells, unsigned count)
{
    for (unsigned i = count; i-- > 0;)
        if (slice_equal(slice_trim(cells[i]), SLICE(COLUMNS_OURS))) return true;
    return false;
}

unsigned columns_score(struct arena *a, const struct slice *cells, unsigned count,
                       const struct mapping_profile *profile, unsigned least)
{
    uint64_t seen[SLOT_WORDS] = { 0 };
    unsigned score = 0;
    bool anchored = false;
    if (least < SCORE_LEAST) least = SCORE_LEAST;
    for (unsigned i = 0; i < count && i < COLUMNS_MAX; i++) {
        if (score + (count - i) < least) return 0;      /* whatever the rest is: names cost a search each */
        enum slot slot = columns_slot(a, cells[i], profile);
        if (slot == SLOT_NONE || (seen[slot / 64] >> (slot % 64) & 1)) continue;
        seen[slot / 64] |= 1ull << (slot % 64);
        anchored |= is_anchor(slot);
        score++;
    }
    return anchored && score >= least ? score : 0;
}

static struct slice told_apart(struct arena *a, struct slice name)
{
    struct slice spelt = fold_as(a, name, READ_SIGNS, false);
    return spelt.size > 0 ? spelt : columns_fold(a, name);
}

/* A name met before gets ` 2`, ` 3` …; where there is none its place is told. */
static struct slice unique_name(struct arena *a, const struct slice *cells, unsigned at)
{
    if (slice_is_empty(slice_trim(cells[at]))) return SLICE_JOIN(a, SLICE("column "), slice_of_int(a, at + 1));
    struct slice folded = told_apart(a, cells[at]);
    unsigned before = 0;
    for (unsigned i = 0; i < at; i++) {
        size_t mark = arena_mark(a);
        before += folded.size > 0 && slice_equal(told_apart(a, cells[i]), folded);
        arena_rewind(a, mark);
    }
    struct slice name = plain_text_leniently(a, slice_head(cells[at], NAME_BYTES_MAX));
    struct text t = text_in(a, name.size + 12);
    text_put(&t, name);
    if (before > 0) PUT(&t, " ");
    if (before > 0) text_put_int(&t, before + 1);
    return text_slice(&t);
}

/* What the prefix of a column is a spelling of. */
static struct slice prefix_of(const struct meaning *m)
{
    return prefixes[(m->rank - RANK_PARTY) / PREFIX_STEP].as;
}

/* A file may name several that bought: the first of the list is the buyer, what is said of the others is no part of
 * him. Cust # and Customer are one. */
static void drop_later_prefixes(struct meaning *m, unsigned count)
{
    for (enum slot party = SLOT_sold_to; party <= SLOT_vendor; party++) {
        const struct meaning *best = NULL;
        for (unsigned i = 0; i < count; i++)
            if (slot_party(m[i].slot) == party && m[i].rank >= RANK_PARTY && (!best || m[i].rank < best->rank))
                best = &m[i];
        struct slice as = best ? prefix_of(best) : (struct slice){ 0 };
        for (unsigned i = 0; i < count; i++)
            if (slot_party(m[i].slot) == party && m[i].rank >= RANK_PARTY && !slice_equal(prefix_of(&m[i]), as))
                m[i].slot = SLOT_NONE;
    }
}

/* The one party that the columns name; SLOT_NONE: none, or several. */
static enum slot only_party(const struct meaning *m, unsigned count)
{
    enum slot only = SLOT_NONE;
    for (unsigned i = 0; i < count; i++) {
        enum slot party = slot_party(m[i].slot);
        if (party == SLOT_NONE || party == SLOT_vendor || party == only) continue;
        if (only != SLOT_NONE) return SLOT_NONE;
        only = party;
    }
    return only;
}

static bool is_country(struct arena *a, struct slice name)
{
    size_t mark = arena_mark(a);
    struct meaning m = { 0 };
    struct slice readings[] = { fold_as(a, name, READ_AS_IS, false), fold_as(a, name, READ_AS_IS, true),
                                fold_as(a, name, READ_BARE, false) };
    bool is = false;
    for (unsigned k = 0; k < sizeof readings / sizeof *readings && !is; k++)
        is = readings[k].size > 0 && suffix_meaning(readings[k], SLOT_sold_to, 0, &m)
             && m.slot == slot_of_party(SLOT_sold_to, PARTY_PART_country);
    arena_rewind(a, mark);
    return is;
}

/* A country that says of nobody whose it is belongs to the one party of the file, before a default of its profile
 * would. */
static void give_country(struct arena *a, const struct column *columns, struct meaning *m, unsigned count)
{
    enum slot party = only_party(m, count);
    if (party == SLOT_NONE) return;
    for (unsigned i = 0; i < count; i++)
        if (m[i].slot == SLOT_NONE && is_country(a, columns[i].name))
            m[i] = (struct meaning){ .slot = slot_of_party(party, PARTY_PART_country), .rank = RANK_BARE };
}

static unsigned winner_of(const struct meaning *m, unsigned count, enum slot slot)
{
    unsigned winner = count;
    for (unsigned i = 0; i < count; i++)
        if (m[i].slot == slot && (winner == count || stands_before(&m[i], &m[winner]))) winner = i;
    return winner;
}

/* Who reads a header row: its cells as columns, and what each by its name would mean. */
struct names {
    struct arena                   *arena;
    const struct mapping_profile   *profile;
    const struct columns_listener  *listener;       /* NULL: nobody */
    struct columns                  columns;
    struct meaning                  meanings[COLUMNS_MAX];
};

static void tell(const struct names *h, enum slot slot, unsigned winner)
{
    if (h->listener) h->listener->repeated(h->listener->context, slot, h->columns.items[winner].name);
}

/* A header that stands twice: the second is no field, though it looks like the one that counts. */
static void tell_same_name(const struct names *h, unsigned at)
{
    const struct column *c = &h->columns.items[at];
    if (slice_equal(c->name, c->header)) return;
    enum slot slot = meaning_of(h->arena, c->header, h->profile).slot;
    unsigned winner = slot == SLOT_NONE ? h->columns.count : winner_of(h->meanings, h->columns.count, slot);
    if (winner < at) tell(h, slot, winner);
}

static void settle(struct names *h, unsigned at)
{
    struct column *c = &h->columns.items[at];
    enum slot slot = h->meanings[at].slot;
    unsigned winner = slot == SLOT_NONE ? at : winner_of(h->meanings, h->columns.count, slot);
    c->slot = winner == at ? slot : SLOT_NONE;
    c->is_number = slot_is_number(c->slot);
    c->is_date = slot_is_date(c->slot);
    c->dates = c->is_date ? named_order(h->arena, c->header) : DATE_STYLE_AUTO;
    c->is_bare = h->meanings[at].rank == RANK_BARE;
    c->hints_return = c->slot == SLOT_rma_no || (slot == SLOT_NONE && hints_return(h->arena, c->name));
    if (winner != at) tell(h, slot, winner);
    if (slot == SLOT_NONE && h->listener) tell_same_name(h, at);
}

struct columns columns_read(struct arena *a, const struct slice *cells, unsigned count,
                            const struct mapping_profile *profile, const struct columns_listener *listener)
{
    ASSERT(count <= COLUMNS_MAX);
    struct names h = { a, profile, listener, .columns = { .items = ARENA_ARRAY(a, count, struct column),
                                                           .count = count } };
    for (unsigned i = 0; i < count; i++) {
        h.columns.items[i].name = unique_name(a, cells, i);
        h.columns.items[i].header = slice_copy(a, slice_trim(cells[i]));
        h.columns.items[i].is_unnamed = h.columns.items[i].header.size == 0;
        h.columns.has_unnamed |= h.columns.items[i].is_unnamed;
        h.meanings[i] = meaning_of(a, h.columns.items[i].name, profile);
    }
    drop_later_prefixes(h.meanings, count);
    give_country(a, h.columns.items, h.meanings, count);
    for (unsigned i = 0; i < count; i++) settle(&h, i);
    return h.columns;
}

void columns_put_unknown(struct text *t, const struct columns *columns)
{
    bool begun = false;
    size_t from = t->size;
    for (unsigned i = 0; i < columns->count; i++) {
        struct slice name = columns->items[i].name;
        if (columns->items[i].slot != SLOT_NONE || columns->items[i].is_unnamed
            || column_is_ours(name))
            continue;
        if (begun) PUT(t, ", ");
        else PUT(t, ", kept without a meaning: ");
        begun = true;
        bool fits = t->size - from + name.size + 8 <= UNKNOWN_BYTES_MAX;
        text_put(t, fits ? name : SLICE("…"));
        if (!fits) return;
    }
}
