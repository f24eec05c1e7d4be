/* claimctl/statement.c: sums over the lines of one partner. */
#include "claimctl/statement.h"

#include "base/assert.h"
#include "claimctl/agreement_limits.h"
#include "claimctl/command.h"
#include "claimctl/line_name.h"
#include "claimctl/moment.h"
#include "claimctl/partner_name.h"
#include "claimctl/program_reasons.h"
#include "claimctl/statement_claims.h"
#include "claimctl/sums.h"
#include "domain/books.h"
#include "domain/currency.h"
#include "domain/decimal.h"

/* With claims there is room for a million numbers; what is not touched costs nothing. */
enum { STATEMENT_ARENA_BYTES = 64 << 20, CLAIMS_ARENA_BYTES = 1 << 28 };
enum { FIGURE_BYTES = 64, NAME_BYTES = 512 };

/* A row that intake refused says not when it came: the lines of its document, before or after it, do. */
struct pending { struct slice document, reason, currency, claim_id; int64_t minor; struct pending *next; };

struct statement {
    struct arena            arena;
    struct slice            partner_id, root;
    struct statement_period period;
    struct sums             paid, settled, refused, unpaid;
    struct statement_claims claims;                 /* of --claims */
    bool                    has_claims;
    struct agreement_limits limits;
    uint32_t                lines, waiting;
    struct nearest          near;                   /* to its id */
    struct listing         *listing;                /* of rows for other programs; NULL: a page for people */
    bool                    is_known;               /* a line or an entry names the partner, whenever it was */
    struct pending         *pending;                /* rows whose time the next line tells */
    struct slice            document;               /* of the line read last */
    instant_ms              received_unix_ms;       /* and when it came */
    instant_ms              first_unix_ms, last_unix_ms;    /* of what was counted */
};

/* --- the period --- */

/* `2026-04`: that month. */
static bool read_month(struct slice word, struct statement_period *p)
{
    uint64_t year, month;
    if (word.size != 7 || word.bytes[4] != '-' || !slice_to_uint(slice_head(word, 4), 9998, &year) || year < 1970
        || !slice_to_uint(slice_skip(word, 5), 12, &month) || month < 1)
        return false;
    int32_t from = (int32_t)(year * 10000 + month * 100 + 1),
            to = month == 12 ? (int32_t)((year + 1) * 10000 + 101) : from + 100;
    p->since_unix_ms = moment_of_day(from);
    p->until_unix_ms = moment_of_day(to);
    return true;
}

/* A place in time; `beginning` and `now` leave the period open. */
static bool read_edge(struct slice word, const char *option, instant_ms now_unix_ms, instant_ms *edge)
{
    struct moment m = { 0 };
    if (word.size == 0) return true;
    if (moment_read(word, now_unix_ms, &m) && m.kind != MOMENT_OFFSET) {
        *edge = m.kind == MOMENT_INSTANT ? m.unix_ms : 0;
        return true;
    }
    fprintf(stderr, "error[USAGE %d]: %s takes 30d, 2026-04-01, an instant of RFC 3339, beginning or now\n", ERR_USAGE,
            option);
    return false;
}

bool statement_period_read(struct slice since, struct slice until, struct slice month, instant_ms now_unix_ms,
                           struct statement_period *period)
{
    *period = (struct statement_period){ 0 };
    bool is_read = month.size == 0 || (read_month(month, period) && since.size == 0 && until.size == 0);
    if (!is_read)
        fprintf(stderr, "error[USAGE %d]: --month takes a month, as 2026-04, without --since and --until\n", ERR_USAGE);
    return is_read && (month.size || (read_edge(since, "--since", now_unix_ms, &period->since_unix_ms)
                                      && read_edge(until, "--until", now_unix_ms, &period->until_unix_ms)));
}

/* True when it belongs there; then the statement reaches so far. */
static bool takes(struct statement *x, instant_ms at_unix_ms)
{
    if (x->period.since_unix_ms && at_unix_ms < x->period.since_unix_ms) return false;
    if (x->period.until_unix_ms && at_unix_ms >= x->period.until_unix_ms) return false;
    if (!x->first_unix_ms || at_unix_ms < x->first_unix_ms) x->first_unix_ms = at_unix_ms;
    if (at_unix_ms > x->last_unix_ms) x->last_unix_ms = at_unix_ms;
    return true;
}

/* --- sums --- */

/* One row a reason and currency: a line of which it took no money, or that claims none, joins the row it has. */
static struct sum *refused_sum(struct statement *x, struct slice reason, struct slice currency)
{
    for (struct sum *s = x->refused.first; s; s = s->next) {
        if (!slice_equal(s->name, reason)) continue;
        if (slice_is_empty(s->currency)) s->currency = slice_copy(&x->arena, currency);
        if (slice_is_empty(currency) || slice_equal(s->currency, currency)) return s;
    }
    return sums_at(&x->arena, &x->refused, reason, (struct slice){ 0 }, currency);
}

static bool refuses(const struct standing *s)
{
    return s->outcome == OUTCOME_REJECT || s->outcome == OUTCOME_SHORT || s->outcome == OUTCOME_DEAD;
}

void statement_share_refused(const struct standing *s, int64_t *shares_minor)
{
    int64_t left = s->has_claim ? s->refused_minor : 0;
    for (unsigned i = 0; i < s->reason_count; i++) {
        int64_t cut = s->reasons[i].cut_minor;
        shares_minor[i] = cut > 0 && cut < left ? cut : cut > 0 ? left : 0;
        left -= shares_minor[i];
    }
    if (s->reason_count) shares_minor[0] += left;
}

static void add_refused(struct statement *x, const struct standing *s)
{
    int64_t shares_minor[STANDING_REASONS_MAX];
    statement_share_refused(s, shares_minor);
    for (unsigned i = 0; i < s->reason_count; i++) {
        bool costs =
            s->reasons[i].outcome == OUTCOME_REJECT || s->reasons[i].outcome == OUTCOME_SHORT || shares_minor[i];
        struct slice currency = shares_minor[i] ? s->currency : (struct slice){ 0 };
        if (costs) sum_add(refused_sum(x, reason_name(s->reasons[i].code), currency), shares_minor[i]);
    }
}

/* Reasons for which a program pays nothing on a line that passes, and that its sender could have helped. */
static bool could_be_helped(enum reason_code code)
{
    return code == REASON_PERIOD_CLOSED || code == REASON_FIELD_MISSING;
}

/* A line that passes and earns nothing: of each program what kept it from paying, which no outcome tells. */
static void add_unpaid(struct statement *x, const struct standing *s)
{
    static struct program_reasons p;                    /* large, and lines come one by one */
    struct slice ids[PROGRAMS_OF_A_LINE_MAX];
    unsigned count = program_reasons_list(s->dossier, ids);
    for (unsigned i = 0; i < count; i++) {
        program_reasons_gather(&p, s, ids[i]);
        if (p.count && could_be_helped(p.reasons[0].code))
            sum_add(sums_at(&x->arena, &x->unpaid, reason_name(p.reasons[0].code), ids[i], (struct slice){ 0 }), 0);
    }
}

/* What its submissions have in common: the number of the claim, and of its line or what that is about. */
static struct slice claimed_line_name(struct statement *x, const struct dossier *d)
{
    const struct line *l = d->line;
    struct slice part = d->classification ? d->classification->sku : l->vendor_part;
    if (l->claim_line.size) return BOOKS_KEY(&x->arena, l->claim_id, l->claim_line);
    return BOOKS_KEY(&x->arena, l->claim_id, l->invoice_no, l->invoice_line, l->vendor_invoice_no, part);
}

static bool repeats(const struct standing *s)
{
    enum reason_code first = s->reason_count ? s->reasons[0].code : REASON_NONE;
    return first == REASON_DUPLICATE || first == REASON_RESUBMISSION_INVALID;
}

/* Of a claim with a number, which a sale may name, too: what was refused, or waits. */
static void add_claim(struct statement *x, const struct standing *s)
{
    struct slice claim_id = s->dossier->line->claim_id;
    if (!x->has_claims || !claim_id.size || !kind_is_claim(standing_kind(s->dossier->line))) return;
    struct slice currency = s->has_claim ? s->currency : (struct slice){ 0 };
    struct claimed_line line = { .sum = statement_claims_at(&x->claims, &x->arena, claim_id, currency) };
    bool waits = s->outcome == OUTCOME_HOLD || s->outcome == OUTCOME_PARK;
    if (s->has_claim && waits) line.waits_minor = s->refused_minor;
    else if (s->has_claim && refuses(s)) line.refused_minor = s->refused_minor;
    statement_claims_count(&x->claims, &x->arena, claimed_line_name(x, s->dossier), line, repeats(s));
}

static void add_refused_claim(struct statement *x, const struct pending *p)
{
    if (!x->has_claims || !p->claim_id.size) return;
    struct claim_sum *sum = statement_claims_at(&x->claims, &x->arena, p->claim_id, p->currency);
    sum->lines++;
    sum->refused_minor += p->minor;
}

/* What its lines earned, less what came back of it: entries of a correction bear the number of what they take back. */
static void add_paid_claim(struct statement *x, const struct payout *p)
{
    if (!x->has_claims || !p->claim_id.size || !slice_equal(p->ledger, SLICE("EARNED"))) return;
    statement_claims_at(&x->claims, &x->arena, p->claim_id, p->currency)->paid_minor += p->amount_minor;
}

/* Of a document's rows those before this line came with it; of another document's with the line before. */
static void settle_pending(struct statement *x, struct slice document, instant_ms received_unix_ms)
{
    for (const struct pending *p = x->pending; p; p = p->next) {
        bool is_of_next = slice_equal(p->document, document) && !slice_equal(p->document, x->document);
        if (!takes(x, is_of_next || !x->received_unix_ms ? received_unix_ms : x->received_unix_ms)) continue;
        x->lines++;
        sum_add(refused_sum(x, p->reason, p->currency), p->minor);
        add_refused_claim(x, p);
    }
    x->pending = NULL;
}

static void note_document(struct statement *x, const struct receipt *receipt)
{
    settle_pending(x, receipt->file_name, receipt->received_at_unix_ms);
    if (!slice_equal(x->document, receipt->file_name))
        x->document = slice_copy(&x->arena, receipt->file_name);
    x->received_unix_ms = receipt->received_at_unix_ms;
}

static void count_entry(struct statement *x, const struct payout *p, instant_ms decided_unix_ms)
{
    bool is_settled = slice_equal(p->ledger, SLICE("SETTLED"));
    if (!takes(x, p->decided_at_unix_ms ? p->decided_at_unix_ms : decided_unix_ms)) return;
    add_paid_claim(x, p);
    struct sum *sum = is_settled
                          ? sums_at(&x->arena, &x->settled, p->program_id, (struct slice){ 0 }, p->currency)
                          : sums_at(&x->arena, &x->paid, p->program_id, p->ledger, p->currency);
    sum_add(sum, p->amount_minor);
}

static bool count_line(struct reading *r, const struct transcript_entry *e, const struct standing *s, void *context)
{
    struct statement *x = context;
    const struct dossier *d = s->dossier;
    (void)r, (void)e;
    note_document(x, d->receipt);
    agreement_limits_note(&x->limits, s);
    for (unsigned i = 0; d->payout && i < d->payout->entry_count; i++) {
        const struct payout *p = &d->payout->entries[i];
        nearest_offer(&x->near, p->partner_id);
        if (!slice_equal(p->partner_id, x->partner_id)) continue;
        x->is_known = true;
        count_entry(x, p, d->payout->judgement.decided_at_unix_ms);
    }
    nearest_offer(&x->near, d->line->partner_id);
    if (!slice_equal(d->line->partner_id, x->partner_id)) return true;
    x->is_known = true;
    if (!x->root.size)
        x->root =
            slice_copy(&x->arena, d->classification ? d->classification->partner_root_id : d->receipt->partner_root_id);
    if (!takes(x, d->receipt->received_at_unix_ms)) return true;
    x->lines++;
    if (refuses(s)) add_refused(x, s);
    add_claim(x, s);
    if (s->outcome == OUTCOME_PASS && d->payout && d->payout->entry_count == 0) add_unpaid(x, s);
    return true;
}

/* A row that intake refused: its first reason bears its money. */
static bool count_refused(struct reading *r, const struct node *object, void *context)
{
    struct statement *x = context;
    const struct node *reasons = node_find(object, SLICE("reasons"));
    struct slice currency = node_text(object, "currency"), refused = node_text(object, "refused");
    int64_t minor = 0;
    (void)r;
    if (!slice_equal(node_text(object, "partner_id"), x->partner_id)) return true;
    bool has_money = refused.size && currency_find(currency) &&
                     decimal_parse(refused, currency_exponent(currency), DECIMAL_EXCESS_REFUSE, &minor, NULL) == OK;
    struct slice reason =
        reasons && reasons->type == NODE_LIST && reasons->first ? reasons->first->value->text : SLICE("UNREADABLE");
    bool is_claim = kind_is_claim(kind_find(node_text(object, "kind")));
    struct slice claim_id = is_claim ? node_text(object, "claim_id") : (struct slice){ 0 };
    struct pending *p = ARENA_NEW(&x->arena, struct pending);
    *p = (struct pending){ .document = slice_copy(&x->arena, node_text(object, "document")),
                           .reason = slice_copy(&x->arena, reason),
                           .currency = has_money ? slice_copy(&x->arena, currency) : (struct slice){ 0 },
                           .claim_id = slice_copy(&x->arena, claim_id),
                           .minor = minor,
                           .next = x->pending };
    x->pending = p;
    x->is_known = true;
    return true;
}

/* Only what is earned is paid: a fund is granted, and what is expected may never come. */
static const char *part_of(struct slice ledger)
{
    if (slice_equal(ledger, SLICE("FUND"))) return "granted";
    return slice_equal(ledger, SLICE("ESTIMATED")) ? "expected" : "paid";
}

/* All of it, a sum a ledger and currency, or a currency: what a partner compares with his own books. */
static struct sums totals_of(struct statement *x, const struct sums *sums)
{
    struct sums totals = { 0 };
    for (const struct sum *s = sums->first; s; s = s->next) {
        if (slice_is_empty(s->currency)) continue;
        struct sum *total = sums_at(&x->arena, &totals, (struct slice){ 0 }, s->ledger, s->currency);
        total->minor += s->minor;
        total->count += s->count;
    }
    return totals;
}

/* What is owed and was not settled yet, of all time: in a part of it the one belongs to what stands outside. */
static struct sums open_of(struct statement *x)
{
    struct sums open = { 0 };
    if (x->period.since_unix_ms || x->period.until_unix_ms) return open;
    for (const struct sum *s = x->settled.first; s; s = s->next)
        sums_of_currency(&x->arena, &open, s->currency)->minor -= s->minor;
    for (struct sum *o = open.first; o; o = o->next)
        for (const struct sum *s = x->paid.first; s; s = s->next)
            if (slice_equal(s->ledger, SLICE("EARNED")) && slice_equal(s->currency, o->currency)) o->minor += s->minor;
    return open;
}

/* --- as rows for other programs --- */

static const struct listing_field fields[] = {
    { "part", LISTING_TEXT,
      "paid, granted, expected, settled, refused, unpaid, claim, waits, left; total of the first five; open", false },
    { "of", LISTING_TEXT, "program, reason, claim number, line, or what is left; empty: all", false },
    { "ledger", LISTING_TEXT, "of what is paid; EARNED is what is owed", false },
    { "count", LISTING_WHOLE, "entries, or lines", false },
    { "amount", LISTING_FIGURE, "money", false },
    { "currency", LISTING_TEXT, "of it", false },
    { "qty", LISTING_FIGURE, "what is left of an agreement, in base units; empty: it has no limit", false },
    { "reason", LISTING_TEXT, "why it waits, as its partner may read it", true },
    { "since", LISTING_TEXT, "of what waits, RFC 3339", true },
    { "until", LISTING_TEXT, "when it is due, RFC 3339", true },
    { "refused", LISTING_FIGURE, "of a claim number, whose amount is what was paid", true },
    { "outstanding", LISTING_FIGURE, "of a claim number: what waits", true },
    { "claim_id", LISTING_TEXT, "of what waits", true },
};
enum { FIELD_COUNT = sizeof fields / sizeof fields[0] };
enum { PART, OF, LEDGER, COUNT, AMOUNT, CURRENCY, QTY, REASON, SINCE, UNTIL, REFUSED, OUTSTANDING, CLAIM_ID };

static struct slice money_cell(struct arena *a, __int128 minor, struct slice currency)
{
    struct text t = text_in(a, FIGURE_BYTES);
    ASSERT(minor <= INT64_MAX && minor >= INT64_MIN);
    if (currency.size) money_put(&t, (int64_t)minor, currency);
    return text_slice(&t);
}

/* Why a line waits, as its partner reads it: what is under review is not named, so that nobody is warned. */
static struct slice waiting_word(const struct standing *s)
{
    char buffer[FIGURE_BYTES];
    struct text sentence = text_over(buffer, sizeof buffer);
    if (!s->reason_count) return word_text(VOCABULARY_OUTCOME, s->outcome);
    reason_put_sentence(&sentence, &s->reasons[0]);
    return slice_starts_with(text_slice(&sentence), SLICE("The line is under review")) ? SLICE("UNDER_REVIEW")
                                                                                      : reason_name(s->reasons[0].code);
}

static struct slice instant_cell(struct arena *a, instant_ms unix_ms)
{
    struct text t = text_in(a, FIGURE_BYTES);
    if (unix_ms) instant_put(&t, unix_ms);
    return text_slice(&t);
}

/* `part` NULL: what the ledger says, `total` in front of it where it is one. */
static void list_sums(struct statement *x, struct arena *a, const char *part, const struct sums *sums, bool total)
{
    for (const struct sum *s = sums->first; s; s = s->next) {
        struct text count = text_in(a, FIGURE_BYTES), word = text_in(a, FIGURE_BYTES);
        if (total) PUT(&word, "total ");
        text_put(&word, slice_from(part ? part : part_of(s->ledger)));
        if (s->count) text_put_int(&count, s->count);
        const struct slice cells[FIELD_COUNT] = {
            [PART] = text_slice(&word),
            [OF] = s->name,
            [LEDGER] = s->ledger,
            [COUNT] = text_slice(&count),
            [AMOUNT] = money_cell(a, s->minor, s->currency),
            [CURRENCY] = s->currency,
        };
        listing_row(x->listing, cells);
    }
}

static void list_claim(struct statement *x, const struct claim_sum *sum)
{
    struct text count = text_in(&x->arena, FIGURE_BYTES);
    text_put_int(&count, sum->lines);
    const struct slice cells[FIELD_COUNT] = {
        [PART] = SLICE("claim"),
        [OF] = sum->claim_id,
        [COUNT] = text_slice(&count),
        [AMOUNT] = money_cell(&x->arena, sum->paid_minor, sum->currency),
        [CURRENCY] = sum->currency,
        [REFUSED] = money_cell(&x->arena, sum->refused_minor, sum->currency),
        [OUTSTANDING] = money_cell(&x->arena, sum->waits_minor, sum->currency),
    };
    listing_row(x->listing, cells);
}

static void list_claims(struct statement *x)
{
    for (uint32_t i = 0; i < x->claims.count; i++)
        for (const struct claim_sum *sum = x->claims.sums[i]; sum; sum = sum->next) list_claim(x, sum);
}

static bool list_waiting(struct reading *r, const struct transcript_entry *e, const struct standing *s, void *context)
{
    struct statement *x = context;
    (void)e;
    if (s->outcome != OUTCOME_HOLD && s->outcome != OUTCOME_PARK) return true;
    if (!slice_equal(s->dossier->line->partner_id, x->partner_id)) return true;
    const struct waiting *w = &dossier_standing(s->dossier)->waiting;
    const struct slice cells[FIELD_COUNT] = {
        [PART] = SLICE("waits"),
        [OF] = line_name_in(&r->arena, s->dossier->receipt),
        [AMOUNT] = money_cell(&r->arena, s->refused_minor, s->has_claim ? s->currency : (struct slice){ 0 }),
        [CURRENCY] = s->has_claim ? s->currency : (struct slice){ 0 },
        [REASON] = waiting_word(s),
        [SINCE] =
            instant_cell(&r->arena, w->since_unix_ms ? w->since_unix_ms : s->dossier->receipt->received_at_unix_ms),
        [UNTIL] = instant_cell(&r->arena, w->due_unix_ms),
        [CLAIM_ID] = s->dossier->line->claim_id,
    };
    listing_row(x->listing, cells);
    return !r->out.closed;
}

/* "agreement Q-7731 line 1", of the members that name it. */
static struct slice name_of(struct arena *a, const struct node *balance, const char *what, const char *number,
                            const char *between, const char *part)
{
    struct text t = text_in(a, NAME_BYTES);
    text_put(&t, slice_from(what));
    text_put(&t, node_text(balance, number));
    text_put(&t, slice_from(between));
    if (part) text_put(&t, node_text(balance, part));
    return text_slice(&t);
}

static bool list_left(struct reading *r, const struct node *balance, void *context)
{
    const struct statement *x = context;
    struct slice kind = node_text(balance, "kind");
    struct slice cells[FIELD_COUNT] = { [PART] = SLICE("left") };
    if (!slice_equal(node_text(balance, "partner_root_id"), x->root)) return true;
    if (slice_equal(kind, SLICE("agreement_line"))) {
        cells[OF] = name_of(&r->arena, balance, "agreement ", "authorisation_no", " line ", "line_no");
        if (!agreement_limits_are_open(&x->limits, balance)) cells[QTY] = node_text(balance, "remaining");
    } else if (slice_equal(kind, SLICE("fund"))) {
        cells[OF] = name_of(&r->arena, balance, "fund ", "program_id", " ", "period");
        cells[AMOUNT] = node_text(balance, "available");
    } else if (slice_equal(kind, SLICE("preapproval"))) {
        cells[OF] = name_of(&r->arena, balance, "pre-approval ", "preapproval_no", "", NULL);
        cells[AMOUNT] = node_text(balance, "reserved");
    } else return true;
    if (cells[AMOUNT].size) cells[CURRENCY] = node_text(balance, "currency");
    listing_row(x->listing, cells);
    return !r->out.closed;
}

static bool list_all(struct reading *r, struct statement *x)
{
    struct sums paid = totals_of(x, &x->paid), refused = totals_of(x, &x->refused),
                settled = totals_of(x, &x->settled), open = open_of(x);
    list_sums(x, &x->arena, NULL, &x->paid, false);
    list_sums(x, &x->arena, NULL, &paid, true);
    list_sums(x, &x->arena, "settled", &x->settled, false);
    list_sums(x, &x->arena, "settled", &settled, true);
    list_sums(x, &x->arena, "open", &open, false);
    list_sums(x, &x->arena, "refused", &x->refused, false);
    list_sums(x, &x->arena, "refused", &refused, true);
    list_sums(x, &x->arena, "unpaid", &x->unpaid, false);
    list_claims(x);
    return reading_walk(r, list_waiting, x) && reading_walk_balances(r, list_left, x);
}

/* --- as a page for people --- */

static void print_money(struct output *o, __int128 minor, struct slice currency)
{
    char buffer[FIGURE_BYTES];
    struct text t = text_over(buffer, sizeof buffer);
    if (slice_is_empty(currency)) PUT(&t, "-");
    else sum_put_money(&t, minor, currency);
    output_put(o, text_slice(&t));
}

static void print_sums(struct output *o, const char *word, const char *one, const char *many, const struct sums *sums)
{
    for (const struct sum *s = sums->first; s; s = s->next) {
        output_print(o, "%s\t%.*s\t", word ? word : part_of(s->ledger), SLICE_ARGS(s->name));
        if (s->ledger.size) output_print(o, "%.*s\t", SLICE_ARGS(s->ledger));
        output_print(o, "%u %s\t", s->count, s->count == 1 ? one : many);
        print_money(o, s->minor, s->currency);
        output_put(o, SLICE("\n"));
    }
}

/* Of a number in two currencies the lines stand in the first row. */
static void print_claims(struct output *o, const struct statement_claims *c)
{
    for (uint32_t i = 0; i < c->count; i++)
        for (const struct claim_sum *sum = c->sums[i]; sum; sum = sum->next) {
            output_print(o, "claim\t%.*s\t%u %s\tpaid ", SLICE_ARGS(sum->claim_id), sum->lines,
                         sum->lines == 1 ? "line" : "lines");
            print_money(o, sum->paid_minor, sum->currency);
            output_put(o, SLICE("\trefused "));
            print_money(o, sum->refused_minor, sum->currency);
            output_put(o, SLICE("\twaits "));
            print_money(o, sum->waits_minor, sum->currency);
            output_put(o, SLICE("\n"));
        }
}

static void print_instant(struct output *o, const char *word, instant_ms unix_ms)
{
    char buffer[FIGURE_BYTES];
    struct text t = text_over(buffer, sizeof buffer);
    if (!unix_ms) return;
    instant_put(&t, unix_ms);
    output_print(o, "\t%s %.*s", word, SLICE_ARGS(text_slice(&t)));
}

static bool print_waiting(struct reading *r, const struct transcript_entry *e, const struct standing *s, void *context)
{
    struct statement *x = context;
    const struct receipt *receipt = s->dossier->receipt;
    (void)e;
    if (s->outcome != OUTCOME_HOLD && s->outcome != OUTCOME_PARK) return true;
    if (!slice_equal(s->dossier->line->partner_id, x->partner_id)) return true;
    const struct judgement *j = dossier_standing(s->dossier);
    output_print(&r->out, "waits\t%.*s\t%.*s\t", SLICE_ARGS(line_name_in(&r->arena, receipt)),
                 SLICE_ARGS(waiting_word(s)));
    print_money(&r->out, s->has_claim ? s->refused_minor : 0, s->has_claim ? s->currency : (struct slice){ 0 });
    print_instant(&r->out, "since", j->waiting.since_unix_ms ? j->waiting.since_unix_ms : receipt->received_at_unix_ms);
    print_instant(&r->out, "until", j->waiting.due_unix_ms);
    output_put(&r->out, SLICE("\n"));
    x->waiting++;
    return !r->out.closed;
}

static void print_left_of_agreement(struct output *o, const struct statement *x, const struct node *balance)
{
    output_print(o, "left\tagreement %.*s line %.*s\t", SLICE_ARGS(node_text(balance, "authorisation_no")),
                 SLICE_ARGS(node_text(balance, "line_no")));
    if (agreement_limits_are_open(&x->limits, balance)) output_put(o, SLICE("no limit\n"));
    else
        output_print(o, "%.*s of %.*s\n", SLICE_ARGS(node_text(balance, "remaining")),
                     SLICE_ARGS(node_text(balance, "authorised")));
}

/* What a partner can still use: of agreements a quantity, of funds and pre-approvals money. */
static bool print_left(struct reading *r, const struct node *balance, void *context)
{
    const struct statement *x = context;
    struct slice kind = node_text(balance, "kind"), currency = node_text(balance, "currency");
    if (!slice_equal(node_text(balance, "partner_root_id"), x->root)) return true;
    if (slice_equal(kind, SLICE("agreement_line"))) print_left_of_agreement(&r->out, x, balance);
    if (slice_equal(kind, SLICE("fund")))
        output_print(&r->out, "left\tfund %.*s %.*s\t%.*s %.*s\n", SLICE_ARGS(node_text(balance, "program_id")),
                     SLICE_ARGS(node_text(balance, "period")), SLICE_ARGS(node_text(balance, "available")),
                     SLICE_ARGS(currency));
    if (slice_equal(kind, SLICE("preapproval")))
        output_print(&r->out, "left\tpre-approval %.*s\t%.*s of %.*s %.*s\t%.*s paid, it is %.*s\n",
                     SLICE_ARGS(node_text(balance, "preapproval_no")),
                     SLICE_ARGS(node_text(balance, "reserved")), SLICE_ARGS(node_text(balance, "approved")),
                     SLICE_ARGS(currency), SLICE_ARGS(node_text(balance, "paid")),
                     SLICE_ARGS(node_text(balance, "status")));
    return !r->out.closed;
}

static void print_totals(struct output *o, const struct sums *totals, const char *word)
{
    for (const struct sum *s = totals->first; s; s = s->next) {
        output_print(o, "total\t%s\t%.*s%s", word ? word : part_of(s->ledger), SLICE_ARGS(s->ledger),
                     s->ledger.size ? "\t" : "");
        print_money(o, s->minor, s->currency);
        output_put(o, SLICE("\n"));
    }
}

/* What was asked for, else from the first line to the last. */
static void print_period(struct output *o, const struct statement *x)
{
    char buffers[2][FIGURE_BYTES];
    struct text from = text_over(buffers[0], FIGURE_BYTES), to = text_over(buffers[1], FIGURE_BYTES);
    instant_ms since = x->period.since_unix_ms ? x->period.since_unix_ms : x->first_unix_ms;
    if (since) instant_put(&from, since);
    if (x->period.until_unix_ms) instant_put(&to, x->period.until_unix_ms);
    else if (x->last_unix_ms) instant_put(&to, x->last_unix_ms);
    if (since)
        output_print(o, "period\t%.*s\t%.*s\t%s\n", SLICE_ARGS(text_slice(&from)), SLICE_ARGS(text_slice(&to)),
                     x->period.until_unix_ms ? "before this instant" : "the last of them");
}

static bool print_all(struct reading *r, struct statement *x)
{
    struct slice name = partner_name_find(r, &x->arena, x->partner_id);
    struct sums paid = totals_of(x, &x->paid), refused = totals_of(x, &x->refused),
                settled = totals_of(x, &x->settled), open = open_of(x);
    output_print(&r->out, "partner\t%.*s\t%u %s%s%.*s\n", SLICE_ARGS(x->partner_id), x->lines,
                 x->lines == 1 ? "line" : "lines", name.size ? "\t" : "", SLICE_ARGS(name));
    print_period(&r->out, x);
    print_sums(&r->out, NULL, "entry", "entries", &x->paid);
    print_totals(&r->out, &paid, NULL);
    print_sums(&r->out, "settled", "entry", "entries", &x->settled);
    print_totals(&r->out, &settled, "settled");
    print_totals(&r->out, &open, "open");
    print_sums(&r->out, "refused", "line", "lines", &x->refused);
    print_totals(&r->out, &refused, "refused");
    print_sums(&r->out, "unpaid", "line", "lines", &x->unpaid);
    print_claims(&r->out, &x->claims);
    if (x->period.since_unix_ms || x->period.until_unix_ms)
        output_put(&r->out, SLICE("now\twhat waits and what is left follows as of now, whatever the period\n"));
    return reading_walk(r, print_waiting, x) && reading_walk_balances(r, print_left, x);
}

static bool tell_all(struct reading *r, struct statement *x)
{
    struct listing l = { 0 };
    if (!r->has_form) return print_all(r, x);
    x->listing = &l;
    bool read = !listing_begin(&l, &r->out, fields, FIELD_COUNT, r->form) || list_all(r, x);
    listing_end_of(&l, read);
    return read;
}

int statement_print(struct reading *r, struct slice partner_id, struct statement_period period, bool with_claims)
{
    struct statement x = {
        .partner_id = partner_id, .period = period, .has_claims = with_claims, .near = nearest_to(partner_id)
    };
    int code = EXIT_FAILED;
    size_t room = with_claims ? CLAIMS_ARENA_BYTES : STATEMENT_ARENA_BYTES;
    if (arena_open(&x.arena, room, room) != OK) return EXIT_FAILED;
    agreement_limits_open(&x.limits);
    if (with_claims) statement_claims_open(&x.claims);
    if (reading_walk_all(r, count_line, count_refused, &x)) {
        settle_pending(&x, (struct slice){ 0 }, x.received_unix_ms);
        if (x.is_known) code = tell_all(r, &x) ? EXIT_DONE : EXIT_FAILED;
        else
            code = nearest_refuse(
                &x.near, "ids are compared as they are written: claimctl partners list names those on file",
                "no line and no payout names partner %.*s", SLICE_ARGS(partner_id));
    }
    statement_claims_close(&x.claims);
    agreement_limits_close(&x.limits);
    arena_close(&x.arena);
    return code;
}
