/* claimctl/programs_history.c: the history judged twice, and the money that moves. */
#include "claimctl/programs_history.h"

#include "base/assert.h"
#include "claimctl/command.h"
#include "claimctl/moment.h"
#include "claimctl/money_moved.h"
#include "claimctl/replay.h"
#include "runtime/clock.h"

enum { SIDES = 2 };

struct difference {
    struct arena      *arena;
    const bool        *counts;                      /* by line: received since */
    unsigned           side;                        /* 0 as in force, 1 with the other terms */
    struct money_moved money, totals;               /* totals: of all programs, also those whose money stays */
};

static void add(void *difference, uint32_t line, const struct payout *p)
{
    struct difference *d = difference;
    if (!d->counts[line]) return;
    money_moved_add(&d->money, d->side, p);
    struct payout total = *p;
    total.partner_id = SLICE("TOTAL");
    total.program_id = (struct slice){ 0 };
    money_moved_add(&d->totals, d->side, &total);
}

static int read_since(struct slice word, instant_ms *since_unix_ms)
{
    struct moment m;
    bool good = moment_read(word, clock_now_unix_ms(), &m) && (m.kind == MOMENT_BEGINNING || m.kind == MOMENT_INSTANT);
    *since_unix_ms = good && m.kind == MOMENT_INSTANT ? m.unix_ms : INT64_MIN;
    if (good) return EXIT_DONE;
    fprintf(stderr, "error[USAGE %d]: --since %.*s is no time: 30d, an RFC 3339 instant or beginning\n", ERR_USAGE,
            SLICE_ARGS(word));
    return EXIT_USAGE;
}

static void choose_since(const struct history *h, instant_ms since_unix_ms, bool *counts)
{
    for (uint32_t i = 0; i < h->count; i++) {
        const struct history_record *r = &h->records[i];
        if (r->line != HISTORY_NO_LINE && r->at_unix_ms >= since_unix_ms) counts[r->line] = true;
    }
}

static struct ends_compared compare_ends(const struct history *h, const bool *counts,
                                         struct line_end *const ends[SIDES])
{
    struct ends_compared c = { 0 };
    for (uint32_t i = 0; i < h->line_count; i++)
        if (counts[i]) ends_compare(&c, &ends[0][i], &ends[1][i]);
    return c;
}

static void say_first(const struct history *h, instant_ms since_unix_ms)
{
    char buffer[64];
    struct text t = text_over(buffer, sizeof buffer);
    if (h->first_unix_ms == INT64_MAX || h->first_unix_ms <= since_unix_ms) return;
    instant_put(&t, h->first_unix_ms);
    fprintf(stderr, "the first line on file was received %.*s\n", SLICE_ARGS(text_slice(&t)));
}

static int run_sides(struct programs_history *p, struct publish *on_file, const struct history *h,
                     instant_ms since_unix_ms)
{
    struct spill rooms[SIDES + 1] = { 0 };
    struct line_end *ends[SIDES] = { NULL };
    struct output out = output_stdout();
    struct difference d = { .arena = p->arena, .money = { .arena = p->arena }, .totals = { .arena = p->arena } };
    struct replay r = {
        .history = h, .on_file = on_file, .lists = p->lists, .programs = p->programs, .posted = add, .context = &d
    };
    bool *counts = spill_grow(&rooms[SIDES], h->line_count + (size_t)1);
    int code = EXIT_DONE;
    choose_since(h, since_unix_ms, counts);
    d.counts = counts;
    for (d.side = 0; d.side < SIDES && code == EXIT_DONE; d.side++) {
        ends[d.side] = r.ends = spill_grow(&rooms[d.side], (h->line_count + (size_t)1) * sizeof(struct line_end));
        r.program_count = d.side ? p->program_count : 0;
        code = replay_run(&r);
    }
    if (code == EXIT_DONE) {
        unsigned sums = money_moved_print(&d.money, &out);
        money_moved_print_rows(&d.totals, &out);
        say_first(h, since_unix_ms);
        if (r.void_count)
            fprintf(
                stderr,
                "%u act%s of people stay%s without effect under these terms: what they decided does not wait then\n",
                r.void_count, plural(r.void_count), r.void_count == 1 ? "s" : "");
        struct ends_compared compared = compare_ends(h, counts, ends);
        ends_say(&compared, "received since", sums);
    }
    for (unsigned i = 0; i <= SIDES; i++) spill_close(&rooms[i]);
    return output_close(&out) ? code : EXIT_FAILED;
}

int programs_history_simulate(struct programs_history *p, struct broker *b)
{
    struct publish on_file = { 0 };
    struct history history = { 0 };
    instant_ms since_unix_ms;
    int code = read_since(p->since, &since_unix_ms);
    if (code == EXIT_DONE) code = broker_connect(b);
    if (code != EXIT_DONE) return code;
    code = publish_open(&on_file, b, NULL, false);
    if (code == EXIT_DONE) code = history_open(&history, b);
    if (code == EXIT_DONE && !p->lists)
        fprintf(stderr, "nobody is screened in this run; --lists FILE names the lists of claim-screener\n");
    if (code == EXIT_DONE) code = run_sides(p, &on_file, &history, since_unix_ms);
    history_close(&history);
    publish_close(&on_file);
    return code;
}
