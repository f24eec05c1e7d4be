/* Labelled pairs of names at the one fixed threshold, by kind (screening.md 6.3). Each pair meets a list that holds its
 * entry alone, so that no token is weighed by how rare it is: the comparison has to find by structure what the two
 * names share.
 *
 *   bench_pairs RESULTS.ndjson [PAIRS.tsv]
 *       label (1 one party, 0 two), kind, PERSON, ORGANISATION or UNKNOWN, query, entry; without a file name_pairs.py
 *       makes them, with the half held out, and then name_parties.py of all sets that were written by hand
 *
 * VERBOSE=1 prints the pairs that are judged wrongly. */
#include "base/assert.h"
#include "bench/figure.h"
#include "domain/name/screen.h"

#include <stdio.h>
#include <stdlib.h>

enum { LIKELY = 8000, LINE_BYTES = 1024, KINDS_MAX = 192, KIND_BYTES = 64, COLUMNS = 5, F1_AIM_BP = 8200 };

enum column { LABEL, KIND, SORT, QUERY, ENTRY };

/* Pairs of one kind, and how many of them alerted. */
struct pair_kind { char name[KIND_BYTES]; bool is_same; long tried, alerts; };

static struct pair_kind kinds[KINDS_MAX];
static unsigned kind_count;
static struct arena arena;

static struct pair_kind *kind_of(struct slice name, bool is_same)
{
    for (unsigned i = 0; i < kind_count; i++)
        if (kinds[i].is_same == is_same && slice_equal(slice_from(kinds[i].name), name)) return &kinds[i];
    ASSERT(kind_count < KINDS_MAX && name.size < KIND_BYTES);
    struct pair_kind *k = &kinds[kind_count++];
    snprintf(k->name, sizeof k->name, "%.*s", SLICE_ARGS(name));
    k->is_same = is_same;
    return k;
}

/* A list that does not say what bears a name (UNKNOWN) is one, too. */
static enum party_kind sort_of(struct slice word)
{
    if (slice_equal(word, SLICE("PERSON"))) return PARTY_KIND_PERSON;
    return slice_equal(word, SLICE("ORGANISATION")) ? PARTY_KIND_ORGANISATION : PARTY_KIND_UNSPECIFIED;
}

static int32_t score_of(struct slice query, struct slice entry, enum party_kind kind)
{
    struct list_name name = { .text = entry };
    struct list_entry listed = { .entry_id = SLICE("E1"), .kind = kind, .names = &name, .name_count = 1 };
    struct name_list list = { .id = SLICE("PAIR"), .purpose = LIST_PURPOSE_DENIED };
    struct name_query q = { .name = query };
    struct name_lists lists;
    struct name_answer answer;
    list_seal(&arena, &list, &listed, 1);
    screen_prepare(&arena, &list, 1, &lists);
    screen_name(&arena, &lists, LIST_PURPOSE_DENIED, &q, (struct screen_limits){ .score_min = 1, .candidates_max = 1 },
                &answer);
    return answer.hit_count ? answer.hits[0].score : 0;
}

static bool judge(struct slice line, bool verbose)
{
    struct slice columns[COLUMNS];
    for (unsigned i = 0; i < COLUMNS; i++) {
        if (!line.bytes) return false;
        columns[i] = slice_cut(&line, '\t');
    }
    bool is_same = slice_equal(columns[LABEL], SLICE("1"));
    struct pair_kind *k = kind_of(columns[KIND], is_same);
    int32_t score = score_of(columns[QUERY], columns[ENTRY], sort_of(columns[SORT]));
    k->tried++;
    k->alerts += score >= LIKELY;
    if (verbose && (score >= LIKELY) != is_same)
        printf("  %-40s %5d  %-44.*s %.*s\n", k->name, score, SLICE_ARGS(columns[QUERY]), SLICE_ARGS(columns[ENTRY]));
    arena_reset(&arena);
    return true;
}

static const char *set = "pairs";                   /* which is measured */

static void report(FILE *results, const char *figure, const char *kind, long value, long lines, enum figure_aim aim,
                   double target)
{
    char name[128];
    snprintf(name, sizeof name, "name_%s_%s%s", set, figure, kind);
    figure_write(results, &(struct bench_figure){ name, (double)value, "bp", aim, target, (uint64_t)lines, 0 });
}

static void report_all(FILE *results)
{
    long right = 0, missed = 0, wrong = 0, all = 0;
    for (unsigned i = 0; i < kind_count; i++) {
        const struct pair_kind *k = &kinds[i];
        all += k->tried;
        right += k->is_same ? k->alerts : 0;
        missed += k->is_same ? k->tried - k->alerts : 0;
        wrong += k->is_same ? 0 : k->alerts;
        report(results, k->is_same ? "found_" : "alerted_", k->name, k->alerts * 10000 / k->tried, k->tried,
               FIGURE_LOOKED_AT, 0);
    }
    if (right == 0) right = 1;                      /* nothing was found: the figures say so with next to nothing */
    long f1 = 2 * right * 10000 / (2 * right + missed + wrong);
    report(results, "precision", "", right * 10000 / (right + wrong), all, FIGURE_LOOKED_AT, 0);
    report(results, "recall", "", right * 10000 / (right + missed), all, FIGURE_LOOKED_AT, 0);
    report(results, "f1", "", f1, all, FIGURE_AT_LEAST, F1_AIM_BP);
}

static bool judge_all(FILE *results, FILE *pairs)
{
    char line[LINE_BYTES];
    unsigned long number = 0;
    kind_count = 0;
    memset(kinds, 0, sizeof kinds);
    while (fgets(line, sizeof line, pairs)) {
        number++;
        line[strcspn(line, "\r\n")] = 0;
        if (judge(slice_from(line), getenv("VERBOSE") != NULL)) continue;
        fprintf(stderr, "bench_pairs: line %lu has too few columns\n", number);
        return false;
    }
    report_all(results);
    return number > 0;
}

static bool judge_made(FILE *results, const char *name, const char *command)
{
    FILE *pairs = popen(command, "r");
    set = name;
    bool done = pairs && judge_all(results, pairs);
    return pairs && pclose(pairs) == 0 && done;
}

int main(int argc, char **argv)
{
    FILE *results = argc >= 2 ? fopen(argv[1], "a") : NULL, *pairs = argc > 2 ? fopen(argv[2], "r") : NULL;
    if (!results || (argc > 2 && !pairs)) {
        fprintf(stderr, "bench_pairs RESULTS.ndjson [PAIRS.tsv]\n");
        return 2;
    }
    enum err e = arena_open(&arena, (size_t)64 << 20, (size_t)64 << 20);
    ASSERT(e == OK);
    bool done = pairs ? judge_all(results, pairs)
                      : judge_made(results, "pairs", "python3 tests/bench/name_pairs.py /dev/stdout")
                            && judge_made(results, "parties", "python3 tests/bench/name_parties.py")
                            && judge_made(results, "registers",
                                          "python3 tests/bench/name_parties.py tests/bench/name_registers.txt")
                            && judge_made(results, "sorts",
                                          "python3 tests/bench/name_parties.py tests/bench/name_sorts.txt")
                            && judge_made(results, "mixed",
                                          "python3 tests/bench/name_parties.py tests/bench/name_mixed.txt")
                            && judge_made(results, "lists",
                                          "python3 tests/bench/name_parties.py tests/bench/name_lists.txt")
                            && judge_made(results, "kinds",
                                          "python3 tests/bench/name_parties.py tests/bench/name_kinds.txt")
                            && judge_made(results, "blind",
                                          "python3 tests/bench/name_parties.py tests/bench/name_blind.txt");
    if (pairs) fclose(pairs);
    return fclose(results) == 0 && done ? 0 : 1;
}
