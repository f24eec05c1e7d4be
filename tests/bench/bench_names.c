/* Names at size: speed and memory of the index, recall on listed names with one treatment, false alerts on business
 * names (screening.md 6.4). Everything is made up from a seed here; nothing is fitted to public sets.
 *
 *   bench_names RESULTS.ndjson [SEED]     one object a figure is appended; a table goes to standard output */
#include "base/assert.h"
#include "bench/figure.h"
#include "domain/name/index.h"
#include "domain/name/screen.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum {
    LISTED = 20000,
    BUSINESSES = 20000,
    TREATED = 4000,
    LIKELY = 8000,
    NAME_BYTES = 200,
    TOKENS = 8,
    TOKEN_BYTES = 40,
    TIMED = 20000
};

static uint64_t seed = 1, first_seed = 1;

static unsigned below(unsigned limit)
{
    seed += 0x9E3779B97F4A7C15u;
    uint64_t z = (seed ^ seed >> 30) * 0xBF58476D1CE4E5B9u;
    z = (z ^ z >> 27) * 0x94D049BB133111EBu;
    return (unsigned)((z ^ z >> 31) % limit);
}

/* Few are frequent, many are rare. */
static unsigned skewed(unsigned limit)
{
    unsigned a = below(limit), b = below(limit);
    return a < b ? a : b;
}

#define COUNT(array) (unsigned)(sizeof(array) / sizeof((array)[0]))
#define PICK(array) (array)[skewed(COUNT(array))]

static const char *const slavic_given[] = { "ALEKSANDR", "SERGEY",   "DMITRIY",  "ANDREY",    "ALEKSEY",    "MIKHAIL",
                                            "IVAN",      "NIKOLAY",  "VLADIMIR", "YEVGENIY",  "IGOR",       "OLEG",
                                            "YURIY",     "PAVEL",    "VIKTOR",   "ANATOLIY",  "KONSTANTIN", "ROMAN",
                                            "MAKSIM",    "DENIS",    "ARTEM",    "RUSLAN",    "STANISLAV",  "VALERIY",
                                            "TATYANA",   "YELENA",   "OLGA",     "NATALYA",   "IRINA",      "SVETLANA",
                                            "GALINA",    "LYUDMILA", "MARINA",   "YEKATERINA" };
static const char *const patronymics[] = { "ALEKSANDROVICH", "SERGEYEVICH",  "NIKOLAYEVICH", "IVANOVICH",
                                           "VLADIMIROVICH",  "MIKHAYLOVICH", "VIKTOROVICH",  "ANATOLYEVICH",
                                           "YURYEVICH",      "PETROVICH",    "ALEKSEYEVICH", "PAVLOVICH",
                                           "BORISOVICH",     "OLEGOVICH" };
static const char *const arabic_given[] = { "MOHAMMED",    "AHMAD",    "ALI",     "HASSAN", "HUSSEIN", "MAHMOUD",
                                            "ABDULLAH",    "IBRAHIM",  "KHALID",  "YUSUF",  "OMAR",    "MUSTAFA",
                                            "SAID",        "TARIQ",    "FAISAL",  "NASSER", "JAMAL",   "RASHID",
                                            "SALEH",       "HAMID",    "QASIM",   "WALID",  "FATIMA",  "AISHA",
                                            "ZAINAB",      "MARIAM",   "SALIM",   "BASHIR", "MUNIR",   "ABDUL RAHMAN",
                                            "ABDUL KARIM", "NUREDDIN", "SHAHRAM", "MEHDI",  "REZA",    "GHOLAM" };
static const char *const spanish_given[] = { "JOSE",      "JUAN",    "LUIS",    "CARLOS",  "JORGE",     "MANUEL",
                                             "FRANCISCO", "ANTONIO", "PEDRO",   "MIGUEL",  "ALEJANDRO", "RAFAEL",
                                             "FERNANDO",  "RICARDO", "EDUARDO", "ROBERTO", "MARIA",     "GUADALUPE",
                                             "ROSA",      "TERESA",  "JULIO",   "HECTOR",  "RAMON",     "ALBERTO" };
static const char *const english_given[] = { "JAMES",   "JOHN",     "ROBERT",  "MICHAEL",  "WILLIAM", "DAVID",
                                             "RICHARD", "THOMAS",   "CHARLES", "DANIEL",   "MATTHEW", "GEORGE",
                                             "EDWARD",  "PETER",    "MARY",    "PATRICIA", "LINDA",   "BARBARA",
                                             "SUSAN",   "MARGARET", "SARAH",   "HELEN",    "SIMON",   "PHILIP" };
static const char *const chinese_family[] = { "WANG", "ZHANG", "CHEN",  "YANG",  "HUANG", "ZHAO", "ZHOU",
                                              "LIU",  "GUO",   "LIN",   "ZHENG", "XIE",   "SONG", "TANG",
                                              "DENG", "FENG",  "CHENG", "JIANG", "SHEN",  "ZHU",  "LI",
                                              "WU",   "XU",    "SUN",   "MA",    "HE" };
static const char *const chinese_given[] = { "XIAOMING", "JIANGUO",  "WEIDONG", "GUOQIANG", "YONGSHENG", "ZHIGANG",
                                             "MINGHUA",  "LIPING",   "XIUYING", "JIANHUA",  "HAIYAN",    "CHUNMEI",
                                             "ZHENHUA",  "QINGSHAN", "BAOLIN",  "DAWEI",    "RONGXIN",   "SHAOPENG" };
static const char *const onsets[] = { "B",  "D",  "G",  "K",  "L",  "M",  "N",  "P",  "R",  "S",
                                      "T",  "V",  "Z",  "CH", "SH", "KR", "TR", "DR", "ST", "GR",
                                      "BR", "SV", "ZH", "KH", "F",  "H",  "PL", "SK", "Y" };
static const char *const cores[] = { "A", "E", "I", "O", "U", "A", "E", "O", "AI", "YA", "IO" };
static const char *const codas[] = { "", "", "N", "R", "L", "S", "M", "K", "T", "V", "RN", "LD", "ND" };
static const char *const slavic_ends[] = {
    "OV", "EV", "IN", "ENKO", "SKIY", "CHUK", "OVA", "EVA", "YAN", "IDZE", "UK"
};
static const char *const spanish_ends[] = { "EZ", "AS", "OS", "ADO", "ERO", "ARIO", "INO", "ALES" };
static const char *const english_ends[] = {
    "TON", "SON", "LEY", "FIELD", "FORD", "MAN", "WELL", "WORTH", "BURN", "ER"
};
static const char *const firsts[] = { "OAK",   "BLUE",  "RIVER", "STONE",  "BRIGHT", "HAR",    "WEST",  "NORTH",
                                      "CLEAR", "ASH",   "FOX",   "WOLF",   "SUMMER", "WINTER", "IRON",  "COPPER",
                                      "MAPLE", "CEDAR", "LAKE",  "HILL",   "GRAND",  "PEN",    "BRAD",  "WIN",
                                      "STAN",  "CROSS", "KINGS", "RAVENS", "GOLDEN", "SILVER", "RED",   "BLACK",
                                      "WHITE", "LONG",  "BROOK", "MOSS",   "THORN",  "ALDER",  "BIRCH", "HAZEL" };
static const char *const seconds[] = { "FIELD", "TON",    "RIDGE", "WOOD",  "BROOK", "FORD",  "HURST", "MORE",
                                       "GATE",  "STONE",  "WELL",  "LAND",  "VIEW",  "POINT", "PORT",  "WAY",
                                       "MARK",  "BRIDGE", "SIDE",  "CREST", "HAVEN", "WORTH", "DALE",  "MOOR",
                                       "LEY",   "BURY",   "COTE",  "STEAD", "HOLM",  "CLIFF" };
static const char *const listed_ends[] = { "ABAD", "AN",   "EXPORT", "NEFT",  "MASH", "SAZAN", "STROY", "PROM",
                                           "KAR",  "TEKS", "OIL",    "ISTAN", "AVIA", "BANK",  "GAZ" };
static const char *const common[] = {
    "TRADING",      "GROUP",      "INTERNATIONAL", "GENERAL",      "INDUSTRIES",   "SHIPPING",  "SERVICES",
    "HOLDINGS",     "ENERGY",     "ENGINEERING",   "TECHNOLOGY",   "LOGISTICS",    "MARITIME",  "PETROLEUM",
    "CONSTRUCTION", "INVESTMENT", "ELECTRONICS",   "TRANSPORT",    "CHEMICAL",     "SYSTEMS",   "MINING",
    "RESOURCES",    "COMMERCIAL", "AVIATION",      "MARINE",       "FOODS",        "BANK",      "DEVELOPMENT",
    "STEEL",        "TEXTILES",   "CONSULTING",    "SOFTWARE",     "AGRICULTURAL", "SECURITY",  "MEDIA",
    "ACADEMY",      "AIRLINES",   "APPAREL",       "AUTOMOTIVE",   "BEVERAGES",    "BIOTECH",   "BROKERAGE",
    "CARGO",        "CERAMICS",   "CLINIC",        "CLOTHING",     "COMMODITIES",  "COMPUTERS", "CONTRACTING",
    "COSMETICS",    "DESIGN",     "DISTRIBUTION",  "EDUCATION",    "EQUIPMENT",    "EXPORTS",   "FASHION",
    "FINANCE",      "FISHERIES",  "FREIGHT",       "FURNITURE",    "GALLERY",      "HARDWARE",  "HEALTHCARE",
    "HOSPITALITY",  "INSURANCE",  "JEWELLERY",     "LABORATORIES", "LEASING",      "LIGHTING",  "MACHINERY",
    "MARKETING",    "METALS",     "NETWORKS",      "OPTICAL",      "PACKAGING",    "PARTNERS",  "PHARMACEUTICALS",
    "PLASTICS",     "PRINTING",   "PROPERTIES",    "PUBLISHING",   "RENTAL",       "RESEARCH",  "RETAIL",
    "RUBBER",       "SOLUTIONS",  "STUDIOS",       "SUPPLIES",     "TIMBER",       "TOOLS",     "TRAVEL",
    "VENTURES",     "WAREHOUSE"
};
static const char *const legal[] = { "LLC", "LTD",          "CO., LTD.", "GMBH", "S.A.", "INC.", "OOO",
                                     "JSC", "S.A. DE C.V.", "SDN BHD",   "FZE",  "",     "",     "" };

struct text_name { char bytes[NAME_BYTES]; };

static void add(struct text_name *n, const char *word)
{
    size_t size = strlen(n->bytes);
    if (*word) snprintf(n->bytes + size, sizeof n->bytes - size, "%s%s", size ? " " : "", word);
}

static void add_comma(struct text_name *n)
{
    size_t size = strlen(n->bytes);
    snprintf(n->bytes + size, sizeof n->bytes - size, ",");
}

/* A word that no language has, of two to four syllables. */
static void make_word(char *word, size_t room, unsigned syllables)
{
    word[0] = 0;
    for (unsigned i = 0; i < syllables; i++) {
        size_t size = strlen(word);
        bool is_last = i + 1 == syllables;
        snprintf(word + size, room - size, "%s%s%s", onsets[below(COUNT(onsets))], cores[below(COUNT(cores))],
                 is_last ? codas[below(COUNT(codas))] : "");
    }
}

static void add_made(struct text_name *n, unsigned syllables, const char *end)
{
    char word[TOKEN_BYTES], whole[TOKEN_BYTES + 8];
    make_word(word, sizeof word, syllables);
    snprintf(whole, sizeof whole, "%s%s", word, end);
    add(n, whole);
}

/* Family name first, as lists write it; the family name ends at *family_size. */
static void make_person(struct text_name *n)
{
    n->bytes[0] = 0;
    switch (below(5)) {
    case 0:
        add_made(n, 1 + below(2), PICK(slavic_ends));
        add_comma(n);
        add(n, PICK(slavic_given));
        if (below(10) < 6) add(n, PICK(patronymics));
        break;
    case 1:
        add(n, below(2) ? "AL" : "");
        add_made(n, 2, below(2) ? "I" : "");
        add_comma(n);
        add(n, PICK(arabic_given));
        if (below(2)) add(n, PICK(arabic_given));
        if (below(4) == 0) add_made(n, 2, "");
        break;
    case 2:
        add_made(n, 2, PICK(spanish_ends));
        add_made(n, 1 + below(2), PICK(spanish_ends));
        add_comma(n);
        add(n, PICK(spanish_given));
        if (below(2)) add(n, PICK(spanish_given));
        break;
    case 3:
        add_made(n, 1 + below(2), PICK(english_ends));
        add_comma(n);
        add(n, PICK(english_given));
        if (below(3) == 0) add(n, PICK(english_given));
        break;
    default:
        add(n, PICK(chinese_family));
        add_comma(n);
        add(n, PICK(chinese_given));
        break;
    }
}

static void add_common_words(struct text_name *n)
{
    unsigned words = 1 + below(2) + (below(4) == 0);
    for (unsigned i = 0; i < words; i++) add(n, PICK(common));
    add(n, legal[below(COUNT(legal))]);
}

/* As lists have them. */
static void make_listed_thing(struct text_name *n)
{
    unsigned made = 1 + (below(3) == 0);
    n->bytes[0] = 0;
    for (unsigned i = 0; i < made; i++) add_made(n, 2 + below(2), below(2) ? PICK(listed_ends) : "");
    add_common_words(n);
}

static void add_compound(struct text_name *n)
{
    char word[TOKEN_BYTES];
    snprintf(word, sizeof word, "%s%s", firsts[below(COUNT(firsts))], seconds[below(COUNT(seconds))]);
    add(n, word);
}

/* As customers have them: compounds, family names, made words. */
static void make_business(struct text_name *n)
{
    unsigned made = 1 + (below(4) == 0);
    n->bytes[0] = 0;
    for (unsigned i = 0; i < made; i++) {
        switch (below(4)) {
        case 0: case 1: add_compound(n); break;
        case 2: add_made(n, 1 + below(2), PICK(english_ends)); break;
        default: add_made(n, 3, PICK(spanish_ends)); break;
        }
    }
    add_common_words(n);
}

/* Treatments of one name, over its folded tokens. */

struct tokens { char token[TOKENS][2 * TOKEN_BYTES]; unsigned count, family_count; };

static void tokens_of(struct arena *a, const char *name, struct tokens *t)
{
    struct fold f;
    fold_family_first(a, slice_from(name), &f);
    bool is_person = f.family_count > 0;
    fold_strip_legal_form(&f);
    t->family_count = is_person ? f.family_count : 0;
    t->count = f.count < TOKENS ? f.count : TOKENS;
    for (unsigned i = 0; i < t->count; i++) snprintf(t->token[i], sizeof t->token[i], "%.*s", SLICE_ARGS(f.tokens[i]));
}

static void name_of(const struct tokens *t, struct text_name *n)
{
    n->bytes[0] = 0;
    for (unsigned i = 0; i < t->count; i++) add(n, t->token[i]);
}

/* A token that has `letters` letters or more and no digit, NULL when there is none. */
static char *long_token(struct tokens *t, size_t letters)
{
    unsigned first = below(t->count);
    for (unsigned i = 0; i < t->count; i++) {
        char *token = t->token[(first + i) % t->count];
        if (strlen(token) >= letters && strpbrk(token, "0123456789") == NULL) return token;
    }
    return NULL;
}

static bool exchange_letters(struct tokens *t)
{
    char *token = long_token(t, 4);
    if (!token) return false;
    size_t at = below((unsigned)strlen(token) - 1);
    char c = token[at];
    token[at] = token[at + 1];
    token[at + 1] = c;
    return true;
}

static bool drop_letter(struct tokens *t)
{
    char *token = long_token(t, 5);
    if (!token) return false;
    size_t at = below((unsigned)strlen(token));
    memmove(token + at, token + at + 1, strlen(token) - at);
    return true;
}

static bool double_letter(struct tokens *t)
{
    char *token = long_token(t, 4);
    if (!token) return false;
    size_t at = below((unsigned)strlen(token));
    memmove(token + at + 1, token + at, strlen(token) - at + 1);
    return true;
}

static bool replace_letter(struct tokens *t)
{
    char *token = long_token(t, 4);
    if (!token) return false;
    token[below((unsigned)strlen(token))] = (char)('A' + below(26));
    return true;
}

/* How other systems write the same sounds. */
static const char *const romanisations[][2] = {
    { "KH", "H" }, { "ZH", "J" }, { "IY", "Y" },   { "YU", "IU" },  { "YA", "IA" }, { "YE", "E" },
    { "KS", "X" }, { "Q", "K" },  { "OU", "U" },   { "U", "OU" },   { "EE", "I" },  { "SS", "S" },
    { "W", "V" },  { "Y", "I" },  { "EY", "EI" },  { "AY", "AI" },  { "J", "DJ" },  { "MM", "M" },
    { "DD", "D" }, { "C", "K" },  { "CH", "TCH" }, { "SH", "SCH" }, { "TS", "C" },  { "I", "Y" },
    { "V", "W" },  { "O", "U" },  { "E", "I" },    { "DZ", "Z" },   { "H", "" },    { "S", "Z" },
};

static bool replace_first(char *token, size_t room, const char *from, const char *to)
{
    char *at = strstr(token, from), rest[2 * TOKEN_BYTES];
    if (!at) return false;
    snprintf(rest, sizeof rest, "%s", at + strlen(from));
    snprintf(at, room - (size_t)(at - token), "%s%s", to, rest);
    return true;
}

static bool romanise_otherwise(struct tokens *t)
{
    char *token = long_token(t, 5);
    unsigned first = below(COUNT(romanisations));
    for (unsigned i = 0; token && i < COUNT(romanisations); i++) {
        const char *const *pair = romanisations[(first + i) % COUNT(romanisations)];
        if (replace_first(token, sizeof t->token[0], pair[0], pair[1])) return true;
    }
    return false;
}

static bool shuffle_tokens(struct tokens *t)
{
    if (t->count < 2) return false;
    for (unsigned i = t->count - 1; i > 0; i--) {
        unsigned j = below(i + 1);
        char swap[2 * TOKEN_BYTES];
        memcpy(swap, t->token[i], sizeof swap);
        memcpy(t->token[i], t->token[j], sizeof swap);
        memcpy(t->token[j], swap, sizeof swap);
    }
    return true;
}

static bool join_tokens(struct tokens *t)
{
    if (t->count < 2) return false;
    unsigned at = below(t->count - 1);
    if (strlen(t->token[at]) + strlen(t->token[at + 1]) > TOKEN_BYTES) return false;
    memcpy(t->token[at] + strlen(t->token[at]), t->token[at + 1], strlen(t->token[at + 1]) + 1);
    for (unsigned i = at + 1; i + 1 < t->count; i++) memcpy(t->token[i], t->token[i + 1], sizeof t->token[i]);
    t->count--;
    return true;
}

/* Family names come last where people write themselves. */
static void put_family_last(struct tokens *t)
{
    struct tokens turned = { .count = t->count };
    for (unsigned i = 0; i < t->count; i++)
        memcpy(turned.token[i], t->token[(i + t->family_count) % t->count], sizeof turned.token[i]);
    *t = turned;
}

static bool leave_middle_out(struct tokens *t)
{
    if (t->count < 3) return false;
    put_family_last(t);
    unsigned at = 1 + below(t->count - 2);
    for (unsigned i = at; i + 1 < t->count; i++) memcpy(t->token[i], t->token[i + 1], sizeof t->token[i]);
    t->count--;
    return true;
}

static const struct { const char *name; bool (*treat)(struct tokens *);
} treatments[] = {
    { "exchanged", exchange_letters },   { "dropped", drop_letter },
    { "doubled", double_letter },        { "replaced", replace_letter },
    { "romanised", romanise_otherwise }, { "shuffled", shuffle_tokens },
    { "joined", join_tokens },           { "middle_missing", leave_middle_out },
};

/* Figures. */

static FILE *results;

static void report(const char *name, long long value, const char *unit, enum figure_aim aim, double target)
{
    figure_write(results, &(struct bench_figure){ name, (double)value, unit, aim, target, LISTED, first_seed });
}

static int64_t now_ns(void)
{
    struct timespec t;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static int compare_times(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

static struct arena memory, work;
static struct name_lists lists;
static struct text_name *names;                     /* as listed; persons first */
static const struct screen_limits limits = { .score_min = 7000, .candidates_max = SCREEN_CANDIDATES_DEFAULT };

static void make_lists(void)
{
    struct list_entry *entries = ARENA_ARRAY(&memory, LISTED, struct list_entry);
    struct list_name *listed = ARENA_ARRAY(&memory, LISTED, struct list_name);
    struct name_list *list = ARENA_NEW(&memory, struct name_list);
    names = ARENA_ARRAY(&memory, LISTED, struct text_name);
    for (unsigned i = 0; i < LISTED; i++) {
        bool is_person = i < LISTED * 3 / 5;
        char *id = arena_alloc(&memory, 8);
        if (is_person) make_person(&names[i]);
        else make_listed_thing(&names[i]);
        snprintf(id, 8, "E%06u", i);
        listed[i] = (struct list_name){ .text = slice_from(names[i].bytes), .family_first = is_person };
        entries[i] = (struct list_entry){ .entry_id = slice_from(id),
                                          .kind = is_person ? PARTY_KIND_PERSON : PARTY_KIND_ORGANISATION,
                                          .names = &listed[i],
                                          .name_count = 1 };
    }
    *list = (struct name_list){ .id = SLICE("MADE"), .purpose = LIST_PURPOSE_DENIED, .required = true };
    list_seal(&memory, list, entries, LISTED);
    int64_t from = now_ns();
    size_t before = memory.used;
    screen_prepare(&memory, list, 1, &lists);
    int64_t took_ms = (now_ns() - from) / 1000000;
    report("names_index_build", took_ms, "ms", FIGURE_AT_MOST, 2000);
    report("names_index_bytes_a_name", (long long)((memory.used - before) / LISTED), "B", FIGURE_LOOKED_AT, 0);
}

/* The score with which the entry is found, 0 when it is not. */
static int32_t score_of_entry(const char *query, unsigned entry)
{
    struct name_query q = { .name = slice_from(query) };
    struct name_answer answer;
    int32_t score = 0;
    screen_name(&work, &lists, LIST_PURPOSE_DENIED, &q, limits, &answer);
    for (unsigned i = 0; i < answer.hit_count; i++)
        if (answer.hits[i].entry == &lists.lists[0].entries[entry]) score = answer.hits[i].score;
    arena_reset(&work);
    return score;
}

static void measure_recall(bool verbose)
{
    long long all = 0, all_found = 0;
    for (unsigned k = 0; k < COUNT(treatments); k++) {
        long long tried = 0, found = 0;
        for (unsigned i = 0; i < TREATED; i++) {
            unsigned entry = below(LISTED);
            struct tokens t;
            struct text_name treated;
            tokens_of(&work, names[entry].bytes, &t);
            if (!treatments[k].treat(&t)) continue;
            name_of(&t, &treated);
            int32_t score = score_of_entry(treated.bytes, entry);
            tried++;
            found += score >= LIKELY;
            if (verbose && score < LIKELY)
                printf("  %-14s %5d  %-40s  %s\n", treatments[k].name, score, treated.bytes, names[entry].bytes);
        }
        char name[64];
        long long bp = tried ? found * 10000 / tried : 10000;
        snprintf(name, sizeof name, "names_recall_%s", treatments[k].name);
        report(name, bp, "bp", FIGURE_AT_LEAST, 9900);
        all += tried;
        all_found += found;
    }
    report("names_recall", all_found * 10000 / all, "bp", FIGURE_AT_LEAST, 9900);
}

static void measure_false_alerts(const char *figure, void (*make)(struct text_name *), enum figure_aim aim,
                                 bool verbose)
{
    long long alerts = 0;
    int64_t *times = malloc(BUSINESSES * sizeof *times);
    ASSERT(times != NULL);
    for (unsigned i = 0; i < BUSINESSES; i++) {
        struct text_name business;
        struct name_answer answer;
        make(&business);
        struct name_query q = { .name = slice_from(business.bytes) };
        int64_t from = now_ns();
        screen_name(&work, &lists, LIST_PURPOSE_DENIED, &q, limits, &answer);
        times[i] = now_ns() - from;
        if (answer.hit_count && answer.hits[0].score >= LIKELY) {
            alerts++;
            if (verbose)
                printf("  alert %5d  %-40s  %.*s\n", answer.hits[0].score, business.bytes,
                       SLICE_ARGS(answer.hits[0].name));
        }
        arena_reset(&work);
    }
    qsort(times, BUSINESSES, sizeof *times, compare_times);
    long long bp = alerts * 10000 / BUSINESSES;
    report(figure, bp, "bp", aim, 10);
    if (aim != FIGURE_LOOKED_AT)
        report("names_screening_p50", times[BUSINESSES / 2] / 1000, "us", FIGURE_AT_MOST, 150);
    if (aim != FIGURE_LOOKED_AT)
        report("names_screening_p99", times[BUSINESSES * 99 / 100] / 1000, "us", FIGURE_AT_MOST, 1000);
    free(times);
}

/* Two persons who share a family name, or a given name, are two persons. */
static void measure_other_people(void)
{
    long long alerts = 0, tried = 0;
    for (unsigned i = 0; i < TREATED; i++) {
        struct tokens x, y;
        struct text_name mixed;
        unsigned entry = below(LISTED * 3 / 5), other = below(LISTED * 3 / 5);
        tokens_of(&work, names[entry].bytes, &x);
        tokens_of(&work, names[other].bytes, &y);
        if (x.count < 2 || y.count < 2 || strcmp(x.token[x.count - 1], y.token[y.count - 1]) == 0) continue;
        x.count = 2;
        memcpy(x.token[1], y.token[1], sizeof x.token[1]);
        name_of(&x, &mixed);
        tried++;
        alerts += score_of_entry(mixed.bytes, entry) >= LIKELY;
    }
    report("names_other_people_alerts", alerts * 10000 / tried, "bp", FIGURE_AT_MOST, 200);
}

/* Labelled pairs: one party named otherwise, or two parties alike. What people do with names, not what lists do with
 * letters. */

static bool swap_words(struct tokens *t, const char *const (*pairs)[2], unsigned count)
{
    unsigned first = below(count);
    for (unsigned k = 0; k < count; k++) {
        const char *const *pair = pairs[(first + k) % count];
        for (unsigned i = 0; i < t->count; i++) {
            if (strcmp(t->token[i], pair[0]) != 0) continue;
            snprintf(t->token[i], sizeof t->token[i], "%s", pair[1]);
            return true;
        }
    }
    return false;
}

static void put_in_front(struct tokens *t, const char *word)
{
    if (t->count == TOKENS) t->count--;
    memmove(t->token[1], t->token[0], t->count * sizeof t->token[0]);
    snprintf(t->token[0], sizeof t->token[0], "%s", word);
    t->count++;
}

static bool use_nickname(struct tokens *t)
{
    static const char *const pairs[][2] = {
        { "WILLIAM", "BILL" },     { "ROBERT", "BOB" },     { "MICHAEL", "MIKE" },    { "RICHARD", "DICK" },
        { "MARGARET", "PEGGY" },   { "EDWARD", "TED" },     { "ALEKSANDR", "SASHA" }, { "MIKHAIL", "MISHA" },
        { "VLADIMIR", "VOLODYA" }, { "FRANCISCO", "PACO" }, { "JOSE", "PEPE" },       { "NIKOLAY", "KOLYA" },
        { "IVAN", "VANYA" },       { "DMITRIY", "DIMA" },   { "JOHN", "JACK" },       { "THOMAS", "TOM" },
        { "CHARLES", "CHUCK" },    { "GUADALUPE", "LUPE" },
    };
    return t->family_count && swap_words(t, pairs, COUNT(pairs));
}

static bool shorten_words(struct tokens *t)
{
    static const char *const pairs[][2] = {
        { "INTERNATIONAL", "INTL" },  { "TRADING", "TRDG" },     { "GROUP", "GRP" },        { "TECHNOLOGY", "TECH" },
        { "SERVICES", "SVCS" },       { "HOLDINGS", "HLDGS" },   { "ENGINEERING", "ENGG" }, { "SHIPPING", "SHPG" },
        { "CONSTRUCTION", "CONSTR" }, { "TRANSPORT", "TRANSP" }, { "INVESTMENT", "INVT" },  { "INDUSTRIES", "IND" },
        { "CHEMICAL", "CHEM" },       { "ELECTRONICS", "ELEC" }, { "EQUIPMENT", "EQPT" },   { "DISTRIBUTION", "DIST" },
    };
    return !t->family_count && swap_words(t, pairs, COUNT(pairs));
}

static bool add_title(struct tokens *t)
{
    static const char *const words[] = { "PRESIDENT", "GENERAL", "DR", "MINISTER", "SHEIKH", "MR" };
    if (!t->family_count) return false;
    put_in_front(t, PICK(words));
    return true;
}

static bool is_patronymic(const char *token)
{
    size_t size = strlen(token);
    return size > 5 && (strcmp(token + size - 5, "OVICH") == 0 || strcmp(token + size - 5, "EVICH") == 0);
}

static bool respell_patronymic(struct tokens *t)
{
    for (unsigned i = 0; i < t->count; i++) {
        size_t size = strlen(t->token[i]);
        if (!is_patronymic(t->token[i])) continue;
        memcpy(t->token[i] + size - 4, "YCH", 4);           /* OVICH, OVYCH */
        return true;
    }
    return false;
}

static bool drop_patronymic(struct tokens *t)
{
    for (unsigned i = 0; i < t->count; i++) {
        if (!is_patronymic(t->token[i])) continue;
        t->count--;
        memmove(t->token[i], t->token[i + 1], (t->count - i) * sizeof t->token[0]);
        return true;
    }
    return false;
}

static bool shorten_middle_name(struct tokens *t)
{
    if (!t->family_count || t->count < 3 || is_patronymic(t->token[t->count - 1])) return false;
    t->token[t->count - 1][1] = 0;                          /* the last given name to its initial */
    return true;
}

static bool change_legal_form(struct tokens *t)
{
    if (t->family_count || t->count == TOKENS) return false;
    snprintf(t->token[t->count++], sizeof t->token[0], "%s", below(2) ? "LTD" : "GMBH");
    return true;
}

static bool slip_twice(struct tokens *t)
{
    return replace_letter(t) && drop_letter(t);
}

static const struct { const char *name; bool (*treat)(struct tokens *);
} same_parties[] = {
    { "exchanged", exchange_letters },
    { "dropped", drop_letter },
    { "romanised", romanise_otherwise },
    { "shuffled", shuffle_tokens },
    { "joined", join_tokens },
    { "middle_missing", leave_middle_out },
    { "nickname", use_nickname },
    { "short_forms", shorten_words },
    { "title", add_title },
    { "patronymic_respelt", respell_patronymic },
    { "patronymic_dropped", drop_patronymic },
    { "middle_initial", shorten_middle_name },
    { "legal_form", change_legal_form },
    { "two_slips", slip_twice },
};

static void make_like(bool is_person, struct tokens *t)
{
    struct text_name other;
    if (is_person) make_person(&other);
    else make_listed_thing(&other);
    tokens_of(&work, other.bytes, t);
}

static bool keep_family_alone(struct tokens *t)
{
    struct tokens other;
    if (!t->family_count) return false;
    make_like(true, &other);
    if (!other.family_count || other.count <= other.family_count) return false;
    t->count = t->family_count + 1;
    memcpy(t->token[t->family_count], other.token[other.family_count], sizeof t->token[0]);
    return true;
}

static bool keep_given_alone(struct tokens *t)
{
    struct tokens other;
    if (!t->family_count) return false;
    make_like(true, &other);
    if (!other.family_count) return false;
    unsigned particles = t->family_count > 1 && strcmp(t->token[0], "AL") == 0,
             others = other.family_count > 1 && strcmp(other.token[0], "AL") == 0;
    memcpy(t->token[particles], other.token[others], sizeof t->token[0]);
    return true;
}

static bool change_patronymic(struct tokens *t)
{
    for (unsigned i = 0; i < t->count; i++) {
        const char *other = PICK(patronymics);
        if (!is_patronymic(t->token[i]) || strncmp(other, t->token[i], 4) == 0) continue;
        snprintf(t->token[i], sizeof t->token[i], "%s", other);
        return true;
    }
    return false;
}

static bool keep_common_words_alone(struct tokens *t)
{
    struct tokens other;
    if (t->family_count || t->count < 2) return false;
    make_like(false, &other);
    memcpy(t->token[0], other.token[0], sizeof t->token[0]);
    return true;
}

static const struct { const char *name; bool (*treat)(struct tokens *);
} other_parties[] = {
    { "other_given_name", keep_family_alone },
    { "other_family_name", keep_given_alone },
    { "other_patronymic", change_patronymic },
    { "other_proper_word", keep_common_words_alone },
};

struct pair_counts { long long right, missed, wrong; };

/* Alerts among `tried` names made from listed ones by one treatment. */
static long long alerts_of(bool (*treat)(struct tokens *), long long *tried, bool shows_alerts, bool verbose)
{
    long long alerts = 0;
    *tried = 0;
    for (unsigned i = 0; i < TREATED; i++) {
        unsigned entry = below(LISTED);
        struct tokens t;
        struct text_name treated;
        tokens_of(&work, names[entry].bytes, &t);
        if (!treat(&t)) continue;
        name_of(&t, &treated);
        int32_t score = score_of_entry(treated.bytes, entry);
        alerts += score >= LIKELY;
        ++*tried;
        if (verbose && (score >= LIKELY) == shows_alerts)
            printf("  pair %5d  %-40s  %s\n", score, treated.bytes, names[entry].bytes);
    }
    return alerts;
}

static void measure_pairs(bool verbose)
{
    struct pair_counts all = { 0 };
    char name[64];
    long long tried;
    for (unsigned k = 0; k < COUNT(same_parties); k++) {
        long long alerts = alerts_of(same_parties[k].treat, &tried, false, verbose);
        all.right += alerts;
        all.missed += tried - alerts;
        snprintf(name, sizeof name, "pairs_found_%s", same_parties[k].name);
        report(name, tried ? alerts * 10000 / tried : 10000, "bp", FIGURE_LOOKED_AT, 0);
    }
    for (unsigned k = 0; k < COUNT(other_parties); k++) {
        long long alerts = alerts_of(other_parties[k].treat, &tried, true, verbose);
        all.wrong += alerts;
        snprintf(name, sizeof name, "pairs_alerted_%s", other_parties[k].name);
        report(name, tried ? alerts * 10000 / tried : 0, "bp", FIGURE_LOOKED_AT, 0);
    }
    long long f1 = 2 * all.right * 10000 / (2 * all.right + all.missed + all.wrong);
    report("pairs_f1", f1, "bp", FIGURE_AT_LEAST, 8200);
}

static void measure_cache(void)
{
    struct arena own;
    enum err e = arena_open(&own, 64 << 20, 16 << 20);
    ASSERT(e == OK);
    struct screen_cache *cache = screen_cache_open(&own, 65536);
    struct text_name known[256];
    for (unsigned i = 0; i < 256; i++) make_business(&known[i]);
    int64_t from = 0;
    for (unsigned round = 0; round < 65; round++) {
        if (round == 1) from = now_ns();
        for (unsigned i = 0; i < 256; i++) {
            struct name_query q = { .name = slice_from(known[i].bytes) };
            struct name_answer answer;
            screen_cached(cache, &work, &lists, LIST_PURPOSE_DENIED, &q, limits, &answer);
        }
        arena_reset(&work);
    }
    int64_t each_ns = (now_ns() - from) / (64 * 256);
    report("names_screening_cached", each_ns, "ns", FIGURE_AT_MOST, 300);
    arena_close(&own);
}

int main(int argc, char **argv)
{
    bool verbose = getenv("VERBOSE") != NULL;
    if (argc < 2 || !(results = fopen(argv[1], "a"))) {
        fprintf(stderr, "bench_names RESULTS.ndjson [SEED]\n");
        return 2;
    }
    if (argc > 2) seed = first_seed = strtoull(argv[2], NULL, 10);
    enum err e = arena_open(&memory, (size_t)2 << 30, (size_t)1 << 30);
    if (e == OK) e = arena_open(&work, 64 << 20, 64 << 20);
    ASSERT(e == OK);
    make_lists();
    measure_false_alerts("names_false_alerts", make_business, FIGURE_AT_MOST, verbose);
    measure_false_alerts("names_alerts_of_the_same_tongue", make_listed_thing, FIGURE_LOOKED_AT, false);
    measure_cache();
    measure_recall(verbose);
    measure_other_people();
    measure_pairs(verbose);
    return fclose(results) == 0 ? 0 : 1;
}
