/* claimctl/screen.c: `screen payouts`: whom the payouts name that are not settled yet, against the lists as they are
 * now, so that money to a listed party can be stopped (screening.md 6.6). */
#include "base/assert.h"
#include "claimctl/command.h"
#include "claimctl/file_refusal.h"
#include "claimctl/line_name.h"
#include "claimctl/list_files.h"
#include "claimctl/moment.h"
#include "claimctl/option.h"
#include "claimctl/publish.h"
#include "claimctl/reading.h"
#include "claimctl/records_on_file.h"
#include "claimctl/run_feed.h"
#include "claimctl/run_keep.h"
#include "claimctl/sums.h"
#include "claimctl/terms_file.h"
#include "compliance/list_hits.h"
#include "domain/calendar.h"
#include "domain/currency.h"
#include "domain/name/party_key.h"
#include "runtime/clock.h"
#include "wire/limits.h"
#include "wire/list_load.h"
#include "wire/masking.h"

#include <stdlib.h>

enum {
    /* Partner and root, each with its payee and owners; the parties of the line. */
    PARTIES_MAX = 2 * (2 + PARTNER_OWNERS_MAX) + 5,
    KEPT_BYTES = 256 << 20,
    WORK_BYTES = 64 << 20
};

/* What became of an entry: settled by the ERP, taken back by later entries. */
struct fate { int64_t settled_minor, taken_back_minor; };

/* Somebody whom a payout names, and as what. */
struct named { const char *as; struct party party; struct slice key; const struct partner *profile; };

struct screening {
    struct reading          reading;
    struct arena            lists_arena, cache_arena, kept, work;
    struct problems         problems;
    struct slice            lists_file, since_word;
    bool                    lists_is_set;           /* by a setting, not by --lists */
    instant_ms              now_unix_ms, since_unix_ms;
    bool                    with_weak;
    /* who is on file, and what is in force */
    const char             *acts;                   /* of the run of --state */
    struct run_options      run_options;
    struct run_engine       engine;                 /* that run again */
    struct publish          on_file;
    struct records_on_file  records;
    struct profiles        *profiles;
    const struct catalogue *catalogue;
    struct name_lists       own_lists;
    const struct name_lists *lists;
    struct screen_cache    *cache;
    /* the first walk */
    struct directory        fates_index, reps_index;
    struct fate            *fates;
    struct slice           *reps;
    uint32_t                fate_capacity, rep_capacity;
    /* the second */
    struct listing          listing;
    struct sums             open;
    uint64_t                looked_at, hits, cleared;
};

/* --- the first walk: what is settled or taken back, and how sellers are called --- */

static struct fate *fate_of(struct screening *x, struct slice payout_id)
{
    bool found;
    uint32_t *place = directory_at(&x->fates_index, payout_id, &found);
    if (!found) *place = x->fates_index.count;      /* from 1 on */
    uint32_t at = *place;
    if (at >= x->fate_capacity) {
        uint32_t capacity = 2 * at + 64;
        x->fates = realloc(x->fates, capacity * sizeof *x->fates);
        ASSERT(x->fates != NULL);
        memset(x->fates + x->fate_capacity, 0, (capacity - x->fate_capacity) * sizeof *x->fates);
        x->fate_capacity = capacity;
    }
    return &x->fates[at];
}

static struct slice rep_key(struct arena *a, struct slice root_id, struct slice rep_id)
{
    return BOOKS_KEY(a, root_id, rep_id);
}

/* The root under which compliance decided: classification may have found a partner that intake did not know. */
static struct slice root_of(const struct dossier *d)
{
    const struct classification *c = d->classification;
    return c && c->partner_root_id.size ? c->partner_root_id : d->receipt->partner_root_id;
}

static void note_rep(struct screening *x, const struct dossier *d)
{
    const struct line *l = d->line;
    bool found;
    if (!l->roster || !l->roster->name.size || !l->rep_id.size) return;
    uint32_t *place = directory_at(&x->reps_index, rep_key(&x->reading.arena, root_of(d), l->rep_id), &found);
    if (!found) *place = x->reps_index.count;
    uint32_t at = *place;
    if (at >= x->rep_capacity) {
        x->rep_capacity = 2 * at + 64;
        x->reps = realloc(x->reps, x->rep_capacity * sizeof *x->reps);
        ASSERT(x->reps != NULL);
    }
    x->reps[at] = slice_copy(&x->kept, l->roster->name);
}

static bool note_fates(struct reading *r, const struct transcript_entry *e, const struct standing *s, void *context)
{
    struct screening *x = context;
    const struct dossier *d = s->dossier;
    (void)e, (void)r;
    if (d->line) note_rep(x, d);
    for (unsigned i = 0; d->payout && i < d->payout->entry_count; i++) {
        const struct payout *p = &d->payout->entries[i];
        bool settles = slice_equal(p->ledger, SLICE("SETTLED")) && d->line->payout_ids.count == 1;
        if (settles) fate_of(x, d->line->payout_ids.items[0])->settled_minor += p->amount_minor;
        else if (p->reverses_payout_id.size) fate_of(x, p->reverses_payout_id)->taken_back_minor -= p->amount_minor;
    }
    return true;
}

/* --- whom a payout names --- */

struct parties { struct named at[PARTIES_MAX]; unsigned count; };

static void add(struct screening *x, struct parties *list, const char *as, const struct party *p,
                const struct partner *profile)
{
    if (party_is_absent(p) && !profile) return;
    struct slice key = p->key.size ? p->key : party_key(&x->work, p);
    for (unsigned i = 0; i < list->count; i++)
        if (slice_equal(list->at[i].key, key) && slice_equal(list->at[i].party.name, p->name)) return;
    ASSERT(list->count < PARTIES_MAX);
    list->at[list->count++] = (struct named){ as, *p, key, profile };
}

static void add_owners(struct screening *x, struct parties *list, const struct owner *owners, unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        add(x, list, "owner", &owners[i].party, NULL);
        add_owners(x, list, owners[i].owners, owners[i].owner_count);
    }
}

static void add_partner(struct screening *x, struct parties *list, const char *as, struct slice partner_id)
{
    enum profile_source source;
    const struct partner *p = partner_id.size ? x->profiles->ops->find(x->profiles, partner_id, &source) : NULL;
    if (!p) return;
    struct party self = { .name = p->name, .key = p->partner_id, .country = p->country };
    struct party payee = { .name = p->payee.name, .key = p->payee.payee_id, .country = p->payee.country };
    add(x, list, as, &self, p);
    if (payee.name.size) add(x, list, "payee", &payee, NULL);
    add_owners(x, list, p->owners, p->owner_count);
}

static void add_rep(struct screening *x, struct parties *list, const struct dossier *d)
{
    if (!d->line->rep_id.size) return;
    uint32_t at = directory_get(&x->reps_index, rep_key(&x->work, root_of(d), d->line->rep_id), 0);
    struct party rep = { .key = d->line->rep_id, .kind = PARTY_KIND_PERSON };
    if (!at) return;
    rep.name = x->reps[at];
    add(x, list, "rep", &rep, NULL);
}

static void find_parties(struct screening *x, const struct dossier *d, struct parties *list)
{
    const struct line *l = d->line;
    list->count = 0;
    add_partner(x, list, "partner", l->partner_id);
    add_partner(x, list, "root", root_of(d));
    add(x, list, "sold_to", &l->sold_to, NULL);
    add(x, list, "ship_to", &l->ship_to, NULL);
    add(x, list, "end_customer", &l->end_customer, NULL);
    add(x, list, "vendor", &l->vendor, NULL);
    add_rep(x, list, d);
}

/* --- the second walk --- */

static const struct listing_field fields[] = {
    { "payout_id", LISTING_TEXT, "the entry: idempotency key of the payment", false },
    { "line", LISTING_TEXT, "document:row of the line that posted it", false },
    { "partner_id", LISTING_TEXT, "who is paid", false },
    { "open", LISTING_FIGURE, "what is neither settled nor taken back", false },
    { "currency", LISTING_TEXT, "ISO 4217", false },
    { "payable_on", LISTING_TEXT, "ISO date", false },
    { "as", LISTING_TEXT, "what the party is to it: partner root payee owner sold_to ship_to end_customer vendor rep",
      false },
    { "party", LISTING_TEXT, "the name that was compared", false },
    { "entry", LISTING_TEXT, "list and entry; empty: two persons said that the party is blocked", false },
    { "listed_as", LISTING_TEXT, "the name or alias that is nearest", false },
    { "score", LISTING_WHOLE, "0 to 10000", false },
    { "band", LISTING_TEXT, "STRONG LIKELY WEAK, or BLOCKED", false },
    { "party_key", LISTING_TEXT, "", true },
    { "alignment", LISTING_TEXT, "word by word", true },
    { "line_id", LISTING_TEXT, "id of that line", true },
};
enum { FIELD_COUNT = sizeof fields / sizeof fields[0] };

struct open_payout {
    const struct payout *payout;
    const struct dossier *dossier;
    const struct policy *policy;
    int64_t open_minor;
    bool is_listed;
};

/* The names that were compared are read in clear, and shown as those of every line are. */
static struct slice shown(struct arena *a, const struct named *n, struct slice text)
{
    return masking_is_person(n->party.kind, n->party.birth_year) && text.size ? masking_text(a, text) : text;
}

static void print_hit(struct screening *x, struct open_payout *o, const struct named *n, const struct name_hit *hit,
                      struct slice band)
{
    struct arena *a = &x->work;
    struct text open = text_in(a, 32), score = text_in(a, 16);
    money_put(&open, o->open_minor, o->payout->currency);
    text_put_int(&score, hit ? hit->score : SCREEN_SCORE_MAX);
    const struct slice cells[FIELD_COUNT] = {
        o->payout->payout_id,
        line_name_in(a, o->dossier->receipt),
        o->payout->partner_id,
        text_slice(&open),
        o->payout->currency,
        date_text(a, o->payout->payable_on),
        slice_from(n->as),
        shown(a, n, n->party.name),
        hit ? list_hits_entry(a, hit) : SLICE(""),
        hit ? hit->name : SLICE(""),
        text_slice(&score),
        band,
        shown(a, n, n->key),
        shown(a, n, hit ? hit->alignment : SLICE("")),
        o->payout->line_id,
    };
    listing_row(&x->listing, cells);
    x->hits++;
    o->is_listed = true;
}

static void screen_party(struct screening *x, struct open_payout *o, const struct named *n)
{
    const struct policy *policy = o->policy;
    struct name_query q = screen_query_of(&x->work, &n->party);
    struct screen_limits limits = { (int32_t)(x->with_weak ? policy->screening_weak_score
                                                           : policy->screening_likely_score),
                                    (unsigned)policy->screening_candidates_max };
    struct name_answer answer;
    if (n->profile && n->profile->identifier_count)
        screen_identify(&x->work, &q, n->profile->identifiers, n->profile->identifier_count);
    screen_cached(x->cache, &x->work, x->lists, LIST_PURPOSE_DENIED, &q, limits, &answer);
    for (unsigned i = 0; i < answer.hit_count; i++) {
        const struct name_hit *hit = &answer.hits[i];
        if (list_hits_is_cleared(&x->work, x->catalogue, n->key, &n->party, hit->by_identifier ? n->profile : NULL,
                                 hit->entry))
            x->cleared++;
        else
            print_hit(x, o, n, hit,
                      screen_band(hit->score, policy->screening_strong_score, policy->screening_likely_score,
                                  policy->screening_weak_score));
    }
    if (catalogue_party_is_blocked(x->catalogue, n->key)) print_hit(x, o, n, NULL, SLICE("BLOCKED"));
}

/* Entries before it that took back what their line replaces stand for it where later lines take back (domain.md 11). */
static int64_t open_of(struct screening *x, const struct payout_section *s, unsigned entry)
{
    const struct payout *p = &s->entries[entry];
    int64_t open = p->amount_minor;
    for (unsigned i = 0; i <= entry; i++) {
        const struct payout *named = &s->entries[i];
        bool stands_for_it = slice_equal(named->program_id, p->program_id) && named->reverses_payout_id.size;
        uint32_t at = i == entry || stands_for_it ? directory_get(&x->fates_index, named->payout_id, 0) : 0;
        if (at) open -= x->fates[at].settled_minor + x->fates[at].taken_back_minor;
    }
    return slice_equal(p->ledger, SLICE("EARNED")) && open > 0 ? open : 0;
}

static bool screen_line(struct reading *r, const struct transcript_entry *e, const struct standing *s, void *context)
{
    struct screening *x = context;
    const struct dossier *d = s->dossier;
    struct parties parties;
    (void)e;
    if (!d->payout || !d->line || d->payout->judgement.decided_at_unix_ms < x->since_unix_ms) return true;
    arena_reset(&x->work);
    find_parties(x, d, &parties);
    for (unsigned i = 0; i < d->payout->entry_count; i++) {
        struct open_payout o = { .payout = &d->payout->entries[i], .dossier = d };
        o.open_minor = open_of(x, d->payout, i);
        if (!o.open_minor) continue;
        x->looked_at++;
        o.policy = catalogue_policy(x->catalogue, instant_date(x->now_unix_ms, 0), root_of(d), (struct slice){ 0 },
                                    INCENTIVE_UNSPECIFIED);
        for (unsigned k = 0; k < parties.count; k++) screen_party(x, &o, &parties.at[k]);
        if (o.is_listed) sum_add(sums_of_currency(&x->kept, &x->open, o.payout->currency), o.open_minor);
    }
    return !r->out.closed;
}

/* --- what is in force --- */

/* The run again: profiles and verdicts may have come between its lines. */
static int take_run(struct screening *x)
{
    int code = run_keep_read(&x->kept, &x->reading.state, &x->run_options, &x->acts);
    struct run_feed feed = { .engine = &x->engine, .is_again = true };
    if (code == EXIT_DONE) code = run_engine_open(&x->engine, &x->run_options);
    if (code == EXIT_DONE) code = run_feed_all(&feed);
    if (code == EXIT_DONE && embedded_run_until_idle(x->engine.engine) != OK) code = EXIT_FAILED;
    if (code != EXIT_DONE) return code;
    x->profiles = memory_profiles_base(x->engine.profiles);
    x->catalogue = x->engine.catalogue;
    x->lists = x->engine.compliance.lists;
    x->now_unix_ms = embedded_now(x->engine.engine);
    return EXIT_DONE;
}

static int take_installation(struct screening *x)
{
    int code = publish_open(&x->on_file, &x->reading.broker, NULL, false);
    if (code != EXIT_DONE) return code;
    if (!records_on_file_open(&x->records, x->on_file.shelf)) return command_fail(ERR_MEMORY_EXHAUSTED, "records");
    x->profiles = memory_profiles_base(x->records.profiles);
    x->catalogue = x->records.catalogue;
    x->now_unix_ms = clock_now_unix_ms();
    x->lists_is_set = !x->lists_file.size;
    if (x->lists_is_set) x->lists_file = settings_text(&x->reading.broker.settings, SETTING_SCREENING_LISTS_FILE);
    return EXIT_DONE;
}

static int take_lists(struct screening *x)
{
    if (x->lists_file.size) {
        if (!list_files_load(&x->lists_arena, x->lists_file, &x->own_lists, &x->problems)) {
            int code = terms_file_complain(&x->kept, &x->problems);
            return x->lists_is_set ? EXIT_BAD_SETTING : code;
        }
        x->lists = &x->own_lists;
    }
    if (!x->lists) return option_usage("which lists? --lists FILE, or the setting screening.lists_file");
    x->cache = screen_cache_open(&x->cache_arena, SCREEN_CACHE_ENTRIES);
    return EXIT_DONE;
}

/* Without --since as far back as a changed list looks. */
static int take_since(struct screening *x)
{
    struct moment since = { .kind = MOMENT_INSTANT };
    const struct policy *policy = catalogue_policy(x->catalogue, instant_date(x->now_unix_ms, 0), (struct slice){ 0 },
                                                   (struct slice){ 0 }, INCENTIVE_UNSPECIFIED);
    since.unix_ms = x->now_unix_ms - policy->screening_lookback_days * 24 * INSTANT_HOUR_MS;
    bool good = !x->since_word.size || moment_read(x->since_word, x->now_unix_ms, &since);
    if (!good || since.kind == MOMENT_OFFSET)
        return option_usage("--since takes a time: 90d, 2h, an RFC 3339 instant, beginning");
    x->since_unix_ms = since.kind == MOMENT_BEGINNING ? 0 : since.kind == MOMENT_END ? x->now_unix_ms : since.unix_ms;
    return EXIT_DONE;
}

/* --- the verb --- */

static void say_sums(const struct screening *x)
{
    char room[40];
    struct text since = text_over(room, sizeof room);
    if (x->since_unix_ms) instant_put(&since, x->since_unix_ms);
    else PUT(&since, "the beginning");
    fprintf(stderr,
            "%llu payouts that are not settled, of lines decided since %.*s, were looked at, %llu pairs of party and "
            "entry found", (unsigned long long)x->looked_at, SLICE_ARGS(text_slice(&since)),
            (unsigned long long)x->hits);
    if (x->cleared) fprintf(stderr, ", %llu passed over that people cleared", (unsigned long long)x->cleared);
    fprintf(stderr, "\n");
    for (const struct sum *s = x->open.first; s; s = s->next) {
        struct text t = text_over(room, sizeof room);
        sum_put_money(&t, s->minor, s->currency);
        fprintf(stderr, "to be stopped: %u payout%s, %.*s\n", s->count, plural(s->count), SLICE_ARGS(text_slice(&t)));
    }
}

static int screen_all(struct screening *x)
{
    int code = x->lists_file.size && !x->lists_is_set ? file_check(x->lists_file.bytes) : EXIT_DONE;
    if (code == EXIT_DONE) code = x->reading.has_broker ? take_installation(x) : take_run(x);
    if (code == EXIT_DONE) code = take_lists(x);
    if (code == EXIT_DONE) code = take_since(x);
    if (code != EXIT_DONE) return code;
    if (!reading_walk(&x->reading, note_fates, x) || !reading_walk(&x->reading, screen_line, x)) return EXIT_FAILED;
    listing_end(&x->listing);
    say_sums(x);
    return x->hits ? EXIT_DIFFERS : EXIT_DONE;
}

static int open_memory(struct screening *x)
{
    bool good = arena_open(&x->lists_arena, LIST_ARENA_BYTES / 2, LIST_ARENA_BYTES / 2) == OK
                && arena_open(&x->cache_arena, WORK_BYTES, WORK_BYTES) == OK
                && arena_open(&x->kept, KEPT_BYTES, KEPT_BYTES) == OK
                && arena_open(&x->work, WORK_BYTES, WORK_BYTES) == OK;
    directory_open(&x->fates_index);
    directory_open(&x->reps_index);
    x->problems = problems_in(&x->kept);
    return good ? EXIT_DONE : command_fail(ERR_MEMORY_EXHAUSTED, "memory");
}

static void close_memory(struct screening *x)
{
    if (x->run_options.world) run_engine_close(&x->engine);
    if (x->on_file.shelf) publish_close(&x->on_file);
    records_on_file_close(&x->records);
    directory_close(&x->fates_index);
    directory_close(&x->reps_index);
    free(x->fates);
    free(x->reps);
    arena_close(&x->lists_arena);
    arena_close(&x->cache_arena);
    arena_close(&x->kept);
    arena_close(&x->work);
}

static int payouts(int argc, char **argv)
{
    static struct screening x;
    x = (struct screening){ 0 };
    const struct option_slot options[] = { { "--since", &x.since_word, NULL },
                                              { "--lists", &x.lists_file, NULL },
                                              { "--weak", NULL, &x.with_weak } };
    int code = reading_open(&x.reading, &argc, argv);
    if (code != EXIT_DONE) return code;
    x.reading.shows_persons = true;                 /* to compare them */
    option_take(&argc, argv, options, sizeof options / sizeof options[0]);
    if (argc != 2) return reading_close(&x.reading, command_usage("screen"));
    if (!listing_begin(&x.listing, &x.reading.out, fields, FIELD_COUNT, x.reading.form))
        return reading_close(&x.reading, EXIT_DONE);
    code = open_memory(&x);
    if (code == EXIT_DONE) code = reading_start(&x.reading);
    if (code == EXIT_DONE) code = screen_all(&x);
    close_memory(&x);
    return reading_close(&x.reading, code);
}

int claimctl_screen(int argc, char **argv)
{
    static const struct command_verb verbs[] = { { SLICE_INIT("payouts"), payouts } };
    return command_run_verb("screen", verbs, 1, argc, argv);
}
