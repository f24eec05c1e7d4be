/* tests/support/toy.c: two small stages with real decisions over rows. */
#include "support/toy.h"

#include "base/assert.h"
#include "wire/bytes.h"
#include "wire/dossier_codec.h"

enum { TOY_RECEIVED = 1700000000 };

struct toy_facts { const struct toy *toy; instant_ms now; };

/* --- tables ----------------------------------------------------------------------------------------------------- */

struct toy_count { uint64_t value; };

static enum err decode_count(struct arena *a, struct slice value, void *record)
{
    struct bytes_reader r = bytes_reader_of(value);
    (void)a;
    ((struct toy_count *)record)->value = bytes_take_uint(&r);
    return bytes_finish(&r);
}

static struct slice encode_count(struct arena *a, const void *record)
{
    struct bytes_writer w = bytes_writer_in(a);
    if (((const struct toy_count *)record)->value == 0) return (struct slice){ 0 };
    bytes_put_uint(&w, ((const struct toy_count *)record)->value);
    return bytes_written(&w);
}

static enum err decode_fund(struct arena *a, struct slice value, void *record)
{
    struct toy_fund *f = record;
    struct bytes_reader r = bytes_reader_of(value);
    (void)a;
    f->paid_minor = bytes_take_int(&r);
    f->lines = bytes_take_uint(&r);
    return bytes_finish(&r);
}

static struct slice encode_fund(struct arena *a, const void *record)
{
    const struct toy_fund *f = record;
    struct bytes_writer w = bytes_writer_in(a);
    bytes_put_int(&w, f->paid_minor);
    bytes_put_uint(&w, f->lines);
    return bytes_written(&w);
}

static const struct stage_table tables[] = {
    [TOY_KNOWN] = { { "known", sizeof(struct toy_count), decode_count, encode_count }, 1 },
    [TOY_FUND]  = { { "fund", sizeof(struct toy_fund), decode_fund, encode_fund }, 2 },
    [TOY_LINES] = { { "lines", sizeof(struct toy_count), decode_count, encode_count }, 3 },
};

static bool is_no_count(const void *record)
{
    return ((const struct toy_count *)record)->value == 0;
}

static bool is_no_fund(const void *record)
{
    (void)record;
    return false;
}

/* What every line moves stays decoded within a batch. */
static const struct stage_keeper kept[] = {
    { TOY_KNOWN, { books_own_nothing, is_no_count, NULL } }, { TOY_FUND, { books_own_nothing, is_no_fund, NULL } },
};

/* --- words ------------------------------------------------------------------------------------------------------ */

struct words { struct slice rest; char letter; struct slice verb, argument; };

static bool next_word(struct words *w)
{
    while (w->rest.size) {
        struct slice word = slice_cut(&w->rest, ' ');
        if (word.size < 2 || word.bytes[0] != w->letter || word.bytes[1] != ':') continue;
        word = slice_skip(word, 2);
        w->verb = slice_cut(&word, '=');
        w->argument = word;
        return true;
    }
    return false;
}

static bool is(const struct words *w, const char *verb)
{
    return slice_equal(w->verb, slice_from(verb));
}

static int64_t number(struct slice s)
{
    uint64_t value = 0;
    ASSERT(slice_to_uint(s, 1000000, &value));
    return (int64_t)value;
}

/* --- decide ----------------------------------------------------------------------------------------------------- */

static struct slice known_key(struct arena *a, const struct dossier *d, struct slice datum)
{
    return BOOKS_KEY(a, d->receipt->partner_root_id, datum);
}

static bool is_known(const struct dossier *d, const struct toy_facts *f, struct verdict *v, struct slice datum)
{
    const struct toy_count *row = books_read(v->books, TOY_KNOWN, known_key(v->arena, d, datum), NULL);
    for (unsigned i = 0; i < f->toy->known_count; i++)
        if (slice_equal(f->toy->known[i], datum)) return true;
    return row->value > 0;
}

static struct slice with_prefix(struct arena *a, const char *prefix, struct slice text)
{
    struct text t = text_in(a, strlen(prefix) + text.size);
    text_put(&t, slice_from(prefix));
    text_put(&t, text);
    return text_slice(&t);
}

static void park(struct verdict *v, enum reason_code code, struct slice on)
{
    verdict_give(v, code);
    verdict_wait(v, code, on);
}

static bool waits_here(struct verdict *v, struct slice line_id)
{
    bool found;
    const struct waiting_line *w = books_read(v->books, STAGE_TABLE_WAITING, line_id, &found);
    ASSERT(!found || w->dossier->receipt);
    return found;
}

static void read_deep(struct verdict *v, const struct dossier *d, int64_t depth)
{
    uint64_t at = 0;
    for (int64_t i = 0; i < depth; i++) {
        char key[32];
        struct text t = text_over(key, sizeof key);
        text_put_int(&t, (int64_t)at);
        const struct toy_count *row =
            books_read(v->books, TOY_LINES, BOOKS_KEY(v->arena, d->receipt->partner_root_id, text_slice(&t)), NULL);
        if (v->books->missed) return;               /* the next one is named by this one */
        at = row->value + at + 1;
    }
}

static void read_wide(struct verdict *v, const struct dossier *d, int64_t count)
{
    for (int64_t i = 0; i < count; i++) {
        char key[32];
        struct text t = text_over(key, sizeof key);
        text_put_int(&t, i);
        books_read(v->books, TOY_LINES, BOOKS_KEY(v->arena, d->receipt->partner_root_id, text_slice(&t)), NULL);
    }
}

static void open_case(struct verdict *v, const struct dossier *d, struct slice subject)
{
    struct clearance *c = ARENA_NEW(v->arena, struct clearance);
    struct reason *reason = ARENA_NEW(v->arena, struct reason);
    *reason = (struct reason){ .code = REASON_SANCTIONS_HIT, .outcome = OUTCOME_HOLD };
    c->judgement = (struct judgement){ .outcome = OUTCOME_HOLD, .reasons = reason, .reason_count = 1 };
    c->case_id = with_prefix(v->arena, "case-", subject);
    c->case_kind = CASE_KIND_PARTY;
    c->case_subject = subject;
    c->case_line_ids = (struct texts){ &d->receipt->line_id, 1 };
    v->cases[v->case_count++] = c;
}

static void make_huge(struct verdict *v, enum reason_code note)
{
    size_t size = 60 << 10;
    for (unsigned i = 0; i < 8; i++) {
        struct reason *r = verdict_give(v, note);
        for (unsigned k = 0; k < 2; k++) {
            char *bytes = arena_alloc(v->arena, size);
            memset(bytes, 'x', size);
            reason_argument(r, SLICE("x"), slice_of(bytes, size));
        }
    }
}

/* part: and so many times z. */
static void park_long(struct verdict *v, const struct dossier *d, const struct toy_facts *f, int64_t length)
{
    struct text t = text_in(v->arena, 5 + (size_t)length);
    PUT(&t, "part:");
    while (length-- > 0) text_put_byte(&t, 'z');
    for (unsigned i = 0; i < f->toy->known_count; i++)
        if (slice_equal(f->toy->known[i], text_slice(&t))) return;
    ASSERT(d->line);
    park(v, REASON_PART_UNKNOWN, text_slice(&t));
}

static void obey(const struct words *w, const struct dossier *d, const struct toy_facts *f, struct verdict *v)
{
    if (is(w, "hold") && !v->review) verdict_give(v, reason_find(w->argument));
    if (is(w, "reject")) verdict_give(v, reason_find(w->argument));
    if (is(w, "park") && !is_known(d, f, v, w->argument))
        park(v, w->letter == 'a' ? REASON_PART_UNKNOWN : REASON_FX_RATE_MISSING, w->argument);
    if (is(w, "longpark")) park_long(v, d, f, number(w->argument));
    if (is(w, "behind") && waits_here(v, w->argument))
        park(v, REASON_WAITING_FOR_TARGET, with_prefix(v->arena, WAIT_TARGET, w->argument));
    if (is(w, "cancel") && waits_here(v, w->argument)) v->withdraws = w->argument;
    if (is(w, "deep")) read_deep(v, d, number(w->argument));
    if (is(w, "wide")) read_wide(v, d, number(w->argument));
    if (is(w, "case")) open_case(v, d, w->argument);
    if (is(w, "huge") && v->judgement->reason_count == 0)
        make_huge(v, w->letter == 'a' ? REASON_WEAK_EVIDENCE : REASON_PRIOR_PERIOD);
    if (is(w, "wait") && f->now < d->receipt->received_at_unix_ms + number(w->argument) * INSTANT_HOUR_MS) {
        park(v, REASON_WAITING_FOR_POS, SLICE("pos:never"));
        v->judgement->waiting.due_unix_ms = d->receipt->received_at_unix_ms + number(w->argument) * INSTANT_HOUR_MS;
    }
    if (is(w, "say")) {
        struct toy_count *row = books_change(v->books, TOY_KNOWN, known_key(v->arena, d, w->argument));
        row->value++;
        v->wakes[v->wake_count++] = w->argument;
    }
}

static void obey_all(char letter, const struct dossier *d, const struct toy_facts *f, struct verdict *v)
{
    struct words w = { .rest = d->line->reason_text, .letter = letter };
    while (next_word(&w)) obey(&w, d, f, v);
    if (v->review && v->review->verb == VERB_DENY) {
        struct reason *r = verdict_give(v, REASON_DENIED_ON_REVIEW);
        reason_argument(r, SLICE("note"), v->review->note);
    }
}

static void close_verdict(struct verdict *v)
{
    verdict_close(v);
    if (v->judgement->outcome == OUTCOME_HOLD || v->judgement->outcome == OUTCOME_PARK) books_forget(v->books);
}

static void decide_first(const struct dossier *d, const void *facts, const struct policy *policy, struct verdict *v)
{
    struct classification *c = v->section;
    ASSERT(policy->park_max_hours > 0);
    c->partner_root_id = d->receipt->partner_root_id;
    if (slice_starts_with(c->partner_root_id, SLICE("unknown:")))
        c->partner_root_id = slice_skip(c->partner_root_id, 8);
    c->received_date = instant_date(d->receipt->received_at_unix_ms, 0);
    c->sla_hours = 24;
    c->base_qty_milli = d->line->qty_milli;
    obey_all('a', d, facts, v);
    close_verdict(v);
}

static void post(const struct dossier *d, struct verdict *v)
{
    struct payout_section *s = v->section;
    struct payout *p = ARENA_NEW(v->arena, struct payout);
    *p = (struct payout){ .payout_id = with_prefix(v->arena, "pay-", d->receipt->line_id),
                          .line_id = d->receipt->line_id,
                          .partner_root_id = d->classification->partner_root_id,
                          .program_id = SLICE("TOY"),
                          .amount_minor = d->line->claimed_amount_minor,
                          .currency = d->line->currency };
    s->entries = p;
    s->entry_count = 1;
}

static void pay(const struct dossier *d, struct verdict *v)
{
    struct slice root = d->classification->partner_root_id;
    struct toy_fund *fund = books_change(v->books, TOY_FUND, BOOKS_KEY(v->arena, root));
    struct toy_count *line = books_change(v->books, TOY_LINES, BOOKS_KEY(v->arena, root, d->receipt->line_id));
    if (line->value++ > 0) return;                  /* a record delivered twice is paid once (domain.md 5.0) */
    fund->lines++;
    if (!d->line->has_claimed_amount_minor) return;
    fund->paid_minor += d->line->claimed_amount_minor;
    post(d, v);
}

static void decide_second(const struct dossier *d, const void *facts, const struct policy *policy, struct verdict *v)
{
    (void)policy;
    ASSERT(d->classification);
    obey_all('b', d, facts, v);
    if (v->judgement->reason_count == 0 && d->classification->judgement.outcome == OUTCOME_PASS) pay(d, v);
    if (d->classification->judgement.outcome == OUTCOME_REJECT && v->judgement->reason_count == 0)
        verdict_give(v, REASON_DENIED_ON_REVIEW);
    close_verdict(v);
}

static void withdraw(const struct dossier *d, const struct policy *policy, struct verdict *v)
{
    (void)policy;
    struct toy_count *row = books_change(v->books, TOY_KNOWN, known_key(v->arena, d, SLICE("withdrawn")));
    row->value++;
}

static enum err gather(struct stage_env *env, const struct dossier *d, void *facts)
{
    struct toy_facts *f = facts;
    (void)d;
    f->toy = env->own;
    f->now = env->now_unix_ms;
    return OK;
}

static enum err prefetch(struct stage_env *env, struct stage_item *items, unsigned count)
{
    for (unsigned i = 0; i < count; i++) ASSERT(items[i].dossier->line && items[i].facts);
    ((struct toy *)env->own)->prefetched += count;
    return OK;
}

struct slice toy_release(struct arena *a, const struct dossier *held, instant_ms at_unix_ms)
{
    struct slice roles[] = { SLICE("reviewer") }, bytes = { 0 };
    struct review act = { .act = ACT_PROPOSE,
                          .stage = STAGE_CLASSIFICATION,
                          .line_id = held->receipt->line_id,
                          .verb = VERB_RELEASE,
                          .clearance_hash = dossier_section_hash(held->bytes, SECTION_CLASSIFICATION),
                          .has_clearance_hash = true,
                          .actor_id = SLICE("anna"),
                          .actor_roles = { roles, 1 },
                          .at_unix_ms = at_unix_ms,
                          .partner_root_id = held->receipt->partner_root_id };
    enum err e = review_encode(a, &act, &bytes);
    ASSERT(e == OK);
    return bytes;
}

const struct stage toy_first = {
    .name = "toy-first",
    .id = STAGE_CLASSIFICATION,
    .letter = 'C',
    .inputs = { TOPIC_CLAIMS_RECEIVED, TOPIC_REVIEWS },
    .outputs = { [OUTCOME_PASS] = TOPIC_CLAIMS_CLASSIFIED,
                 [OUTCOME_SHORT] = TOPIC_CLAIMS_CLASSIFIED,
                 [OUTCOME_HOLD] = TOPIC_CLAIMS_HELD,
                 [OUTCOME_PARK] = TOPIC_CLAIMS_HELD,
                 [OUTCOME_REJECT] = TOPIC_CLAIMS_CLASSIFIED,
                 [OUTCOME_DEAD] = TOPIC_DEADLETTERS },
    .changelog = TOPIC_CLASSIFICATION_CHANGELOG,
    .needs = HAS(SUBMISSION) | HAS(RECEIPT),
    .writes = SECTION_CLASSIFICATION,
    .section_bytes = sizeof(struct classification),
    .facts_bytes = sizeof(struct toy_facts),
    .tables = tables,
    .table_count = sizeof tables / sizeof tables[0],
    .kept = kept,
    .kept_count = sizeof kept / sizeof kept[0],
    .row_version = 3, /* not that of waiting lines */
    .prefetch = prefetch,
    .gather = gather,
    .decide = decide_first,
    .withdraw = withdraw,
};

const struct stage toy_second = {
    .name = "toy-second",
    .id = STAGE_PAYOUT,
    .letter = 'P',
    .inputs = { TOPIC_CLAIMS_CLASSIFIED, TOPIC_REVIEWS },
    .outputs = { [OUTCOME_PASS] = TOPIC_CLAIMS_DECIDED,
                 [OUTCOME_SHORT] = TOPIC_CLAIMS_DECIDED,
                 [OUTCOME_HOLD] = TOPIC_CLAIMS_HELD,
                 [OUTCOME_PARK] = TOPIC_CLAIMS_HELD,
                 [OUTCOME_REJECT] = TOPIC_CLAIMS_DECIDED,
                 [OUTCOME_DEAD] = TOPIC_DEADLETTERS },
    .changelog = TOPIC_PAYOUT_CHANGELOG,
    .needs = HAS(SUBMISSION) | HAS(RECEIPT) | HAS(CLASSIFICATION),
    .writes = SECTION_PAYOUT,
    .entries = TOPIC_PAYOUTS,
    .section_bytes = sizeof(struct payout_section),
    .facts_bytes = sizeof(struct toy_facts),
    .tables = tables,
    .table_count = sizeof tables / sizeof tables[0],
    .kept = kept,
    .kept_count = sizeof kept / sizeof kept[0],
    .row_version = 3, /* not that of waiting lines */
    .prefetch = prefetch,
    .gather = gather,
    .decide = decide_second,
    .withdraw = withdraw,
};

/* --- lines ------------------------------------------------------------------------------------------------------ */

struct slice toy_dossier(struct arena *a, const struct toy_line *line)
{
    struct slice root = slice_from(line->root), bytes = { 0 };
    struct line l = {
        .kind = KIND_MDF_CLAIM, .partner_id = root, .reason_text = slice_from(line->words), .currency = SLICE("USD"),
        .has_claimed_amount_minor = line->amount_minor != 0, .claimed_amount_minor = line->amount_minor,
        .rep_id = slice_from(line->rep), .qty_milli = 10000,
    };
    struct receipt r = {
        .line_id = slice_from(line->name),
        .partner_root_id = root,
        .document_id = SLICE("document"),
        .submitter_id = slice_from(line->submitter ? line->submitter : "sender"),
        .received_at_unix_ms =
            line->received_at_unix_ms ? line->received_at_unix_ms : (int64_t)TOY_RECEIVED * INSTANT_SECOND_MS,
    };
    enum err e = dossier_begin(a, &l, &r, &bytes);
    ASSERT(e == OK);
    return bytes;
}
