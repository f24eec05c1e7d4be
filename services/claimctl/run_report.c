/* claimctl/run_report.c: the end of a run. */
#include "claimctl/run_report.h"

#include "base/assert.h"
#include "claimctl/colour.h"
#include "claimctl/explain.h"
#include "claimctl/listing.h"
#include "claimctl/payout_text.h"
#include "claimctl/refusal_text.h"
#include "claimctl/results.h"
#include "wire/dossier_codec.h"
#include "wire/masking.h"
#include "domain/currency.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum {
    REPORT_ARENA_BYTES = 128 << 20,
    REPORT_TEXT_BYTES = 2 << 20,
    REPORT_LINES_SHOWN = 10,
    NAME_COLUMN = 24,
    GAP = 10
};

/* --- totals --- */

static void add_total(struct run_report *r, const struct payout *p)
{
    if (!slice_equal(p->ledger, SLICE("EARNED"))) return;
    sum_add(sums_at(&r->engine->arena, &r->earned, p->incentive, (struct slice){ 0 }, p->currency), p->amount_minor);
}

/* The line that shows most: a claim that was paid and cut, else a claim that was paid; never one of which a later line
 * took back some, since its money does not stand. */
static void consider_story(struct run_report *r, uint32_t entry, const struct standing *s)
{
    bool claim = standing_kind(s->dossier->line) == KIND_SHIP_DEBIT_CLAIM && s->paid_minor > 0 && !s->live.size;
    int rank = !claim ? 0 : s->outcome == OUTCOME_SHORT ? 2 + (int)s->reason_count : 1;
    if (rank <= r->story_rank) return;
    r->story_rank = rank;
    r->story = entry + 1;
    r->example_row = s->dossier->receipt->row;
    r->example_document = slice_copy(&r->engine->arena, s->dossier->receipt->file_name);
}

static void count_line(struct run_report *r, uint32_t entry, const struct transcript_entry *e, const struct standing *s)
{
    r->lines++;
    r->counts[s->outcome]++;
    r->engine->documents[e->document].counts[s->outcome]++;
    r->refused |= s->outcome == OUTCOME_REJECT || s->outcome == OUTCOME_DEAD;
    for (unsigned i = 0; s->dossier->payout && i < s->dossier->payout->entry_count; i++)
        add_total(r, &s->dossier->payout->entries[i]);
    consider_story(r, entry, s);
}

/* --- the walk --- */

static struct slice name_of(const struct run_report *r, const struct transcript_entry *e)
{
    return e->name ? r->engine->names[e->name - 1] : (struct slice){ 0 };
}

/* Whole only for those who tell why: the stages decoded all of it on its way. */
static enum err read_standing(struct run_report *r, const struct transcript_entry *e, bool tells_why, struct dossier *d,
                              struct standing *s)
{
    struct slice bytes;
    TRY(transcript_read(&r->engine->transcript, e, &r->arena, &bytes));
    TRY(tells_why ? dossier_decode(&r->arena, bytes, d) : dossier_decode_outline(&r->arena, bytes, d));
    standing_read(d, r->engine->catalogue, s);
    return OK;
}

/* Results are for programs and keep what came in; sentences show no persons, as everywhere. */
static void put_sentence(struct run_report *r, const struct standing *s, struct output *sentences)
{
    struct text t = text_over(r->buffer, REPORT_TEXT_BYTES);
    struct dossier shown = *s->dossier;
    struct standing of_shown;
    masking_hide(&r->arena, &shown);
    if (shown.line != s->dossier->line) {           /* there are some */
        standing_read(&shown, r->engine->catalogue, &of_shown);
        of_shown.live = s->live;
        s = &of_shown;
    }
    explain_put_line(&t, s);
    text_put_byte(&t, '\n');
    colour_put_sentence(sentences, text_slice(&t));
}

static enum err report_line(struct run_report *r, uint32_t index, struct output *results, struct output *sentences)
{
    const struct transcript_entry *e = &r->engine->transcript.entries[index];
    struct dossier d;
    struct standing s;
    TRY(read_standing(r, e, sentences != NULL, &d, &s));
    if (d.payout) s.live = books_check_live(&r->books, d.receipt->line_id);
    books_check_call(&r->books, d.payout);
    count_line(r, index, e, &s);
    if (results) {
        struct text t = text_over(r->buffer, REPORT_TEXT_BYTES);
        results_put_line(&t, &s, name_of(r, e), e->first_seq);
        ASSERT(!t.full);
        output_line(results, text_slice(&t));
    }
    books_check_line(&r->books, &s, &r->arena);
    if (sentences) put_sentence(r, &s, sentences);
    return OK;
}

/* A row, document or review that went no further than intake. */
static void put_refusal(struct run_report *r, const struct transcript_entry *e, struct slice object,
                        struct output *sentences)
{
    struct text t = text_over(r->buffer, REPORT_TEXT_BYTES);
    refusal_put_sentence(&t, &r->arena, object, r->engine->documents[e->document].lines);
    text_put_byte(&t, '\n');
    colour_put_sentence(sentences, text_slice(&t));
}

static enum err report_entry(struct run_report *r, uint32_t index, struct output *results, struct output *sentences)
{
    const struct transcript_entry *e = &r->engine->transcript.entries[index];
    struct slice bytes;
    arena_reset(&r->arena);
    if (e->type == ENTRY_LINE) {
        if (e->size) return report_line(r, index, results, sentences);
        r->conserved = false;                           /* a line that was accepted and never heard of again */
        return OK;
    }
    if (e->size == 0) return OK;                        /* a question that settled itself */
    TRY(transcript_read(&r->engine->transcript, e, &r->arena, &bytes));
    if (results) output_line(results, bytes);
    if (sentences) put_refusal(r, e, bytes, sentences);
    return OK;
}

/* A case that waits for a person, under the id by which cases are put in order: how partitions took turns shows nowhere
 * in the results. */
struct open_case { char id[ID_BYTES_MAX + 1]; uint32_t entry; };

static int by_case_id(const void *a, const void *b)
{
    return strcmp(((const struct open_case *)a)->id, ((const struct open_case *)b)->id);
}

static enum err read_case(struct run_report *r, uint32_t entry, struct dossier *d)
{
    struct standing s;
    arena_reset(&r->arena);
    return read_standing(r, &r->engine->transcript.case_entries[entry], false, d, &s);
}

/* Of a slot in which two lines stand, with what was found. */
static enum err check_case(struct run_report *r, uint32_t entry, const struct dossier *outline)
{
    struct dossier d;
    struct standing s;
    if (!outline->clearance || outline->clearance->case_kind != CASE_KIND_PARTNER) return OK;
    TRY(read_standing(r, &r->engine->transcript.case_entries[entry], true, &d, &s));
    books_check_case(&r->books, &d);
    return OK;
}

static enum err find_open_cases(struct run_report *r, struct open_case *cases, uint32_t *count)
{
    for (uint32_t i = 0; i < r->engine->transcript.case_count; i++) {
        struct dossier d;
        TRY(read_case(r, i, &d));
        TRY(check_case(r, i, &d));
        if (!d.clearance || d.clearance->judgement.outcome != OUTCOME_HOLD) continue;
        *slice_write(slice_head(d.clearance->case_id, ID_BYTES_MAX), cases[*count].id) = 0;
        cases[(*count)++].entry = i;
    }
    qsort(cases, *count, sizeof *cases, by_case_id);
    return OK;
}

static enum err put_cases(struct run_report *r, const struct open_case *cases, uint32_t count, struct output *results)
{
    for (uint32_t i = 0; i < count; i++) {
        struct dossier d;
        TRY(read_case(r, cases[i].entry, &d));
        struct text text = text_over(r->buffer, REPORT_TEXT_BYTES);
        results_put_case(&text, d.clearance);
        output_line(results, text_slice(&text));
    }
    return OK;
}

static enum err report_cases(struct run_report *r, struct output *results)
{
    uint32_t count = 0, all = r->engine->transcript.case_count;
    if (!results || !all) return OK;
    struct open_case *cases = calloc(all, sizeof *cases);
    enum err e = cases ? find_open_cases(r, cases, &count) : ERR_MEMORY_EXHAUSTED;
    if (e == OK) e = put_cases(r, cases, count, results);
    free(cases);
    return e;
}

enum err run_report_walk(struct run_report *r, struct output *results, struct output *sentences)
{
    TRY(arena_open(&r->arena, REPORT_ARENA_BYTES, REPORT_ARENA_BYTES));
    r->buffer = malloc(REPORT_TEXT_BYTES);
    if (!r->buffer) return ERR_MEMORY_EXHAUSTED;
    TRY(books_check_open(&r->books, r->engine));
    TRY(books_check_line_rows(&r->books));
    r->conserved = !r->engine->broken;
    for (uint32_t i = 0; i < r->engine->transcript.count; i++) TRY(report_entry(r, i, results, sentences));
    TRY(report_cases(r, results));
    TRY(books_check_tables(&r->books));
    for (uint32_t i = 0; i < r->engine->document_count; i++) {
        const struct run_document *d = &r->engine->documents[i];
        uint64_t sum = 0;
        for (unsigned o = 0; o < OUTCOME_COUNT; o++) sum += d->counts[o];
        if (sum != d->lines) r->conserved = false;
    }
    return OK;
}

void run_report_close(struct run_report *r)
{
    books_check_close(&r->books);
    free(r->buffer);
    arena_close(&r->arena);
}

/* --- the summary --- */

/* A document of which no line was judged: why. */
static void put_state(struct text *t, const struct run_document *d)
{
    static const struct { struct slice state, words;
    } kinds[] = {
        { SLICE_INIT("HELD"), SLICE_INIT("held: ") },
        { SLICE_INIT("REJECTED"), SLICE_INIT("refused: ") },
        { SLICE_INIT("DUPLICATE"), SLICE_INIT("was posted before") },
        { SLICE_INIT("VALIDATED"), SLICE_INIT("only checked") },
    };
    size_t from = t->size;
    text_put(t, d->name);
    listing_pad(t, from, NAME_COLUMN);
    bool says_why = slice_equal(d->state, SLICE("DUPLICATE")) && d->why.size > 0;  /* its report was cancelled */
    for (unsigned i = 0; i < sizeof kinds / sizeof kinds[0] && !says_why; i++)
        if (slice_equal(d->state, kinds[i].state)) text_put(t, kinds[i].words);
    text_put(t, d->why);
    PUT(t, "\n");
}

static void put_counts(struct text *t, const struct run_report *r, const struct run_document *d)
{
    static const struct { enum outcome outcome; const char *word; } parts[] = {
        { OUTCOME_PASS, "passed" }, { OUTCOME_SHORT, "short" }, { OUTCOME_HOLD, "held" }, { OUTCOME_PARK, "parked" },
        { OUTCOME_REJECT, "rejected" }, { OUTCOME_DEAD, "dead" },
    };
    size_t from = t->size;
    text_put(t, d->name);
    listing_pad(t, from, NAME_COLUMN);
    text_put_int(t, d->lines);
    for (unsigned i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        text_put(t, i ? SLICE(" + ") : SLICE(" = "));
        text_put_int(t, d->counts[parts[i].outcome]);
        text_put_byte(t, ' ');
        text_put(t, slice_from(parts[i].word));
    }
    for (int i = 0; i < GAP; i++) text_put_byte(t, ' ');
    text_put(t, r->conserved ? SLICE("conserved in lines and money\n") : SLICE("NOT CONSERVED\n"));
}

static void put_payouts(struct text *t, const struct run_report *r)
{
    size_t from = t->size;
    PUT(t, "payouts");
    listing_pad(t, from, NAME_COLUMN);
    if (!r->earned.first) PUT(t, "none");
    for (unsigned k = 0, shown = 0; k < INCENTIVE_COUNT; k++)
        for (const struct sum *s = r->earned.first; s; s = s->next) {
            if (!slice_equal(s->name, word_text(VOCABULARY_INCENTIVE, (int)k))) continue;
            if (shown++) PUT(t, " · ");
            text_put(t, s->name);
            text_put_byte(t, ' ');
            sum_put_money(t, s->minor, s->currency);
        }
    for (int i = 0; i < GAP; i++) text_put_byte(t, ' ');
    PUT(t, "books ");
    text_put(t, r->books.held == r->books.total ? SLICE("balanced: ") : SLICE("DO NOT BALANCE: "));
    text_put_int(t, r->books.held);
    PUT(t, " of ");
    text_put_int(t, r->books.total);
    PUT(t, " invariants\n");
}

static struct slice partner_name(struct run_report *r, struct slice partner_id)
{
    enum profile_source source;
    struct profiles *p = memory_profiles_base(r->engine->profiles);
    const struct partner *partner = p->ops->find(p, partner_id, &source);
    return partner && partner->name.size ? partner->name : partner_id;
}

static void put_story(struct text *t, struct run_report *r)
{
    struct dossier d;
    struct standing s;
    if (!r->story || read_standing(r, &r->engine->transcript.entries[r->story - 1], true, &d, &s) != OK) return;
    payout_put_story(t, &s, partner_name(r, d.line->partner_id));
}

static void put_next(struct text *t, const struct run_report *r)
{
    if (!r->engine->options->state) return;
    PUT(t, "next: ");
    text_put(t, slice_from(program_invocation_name)); /* as it was called, so that it can be called so again */
    PUT(t, " --state ");
    text_put(t, slice_from(r->engine->options->state));
    PUT(t, " holds list");
    if (r->story && r->example_row) {
        PUT(t, " · lines explain ");
        text_put(t, r->example_document);
        text_put_byte(t, ':');
        text_put_int(t, r->example_row);
    }
    PUT(t, "\n");
}

/* Small documents of a world are not listed, unless nothing larger is there. */
static uint32_t largest_document(const struct run_report *r)
{
    const struct run_document *documents = r->engine->documents;
    uint32_t largest = 0;
    for (uint32_t i = 1; i < r->engine->document_count; i++)
        if (!documents[i].is_input && documents[i].lines > documents[largest].lines) largest = i;
    return largest;
}

static bool is_unposted(const struct run_document *d)
{
    return d->state.size && d->lines == 0;
}

/* Each input, since a person asks for its fate; of the world's documents the large ones and those not posted, up to a
 * bound. */
static void print_documents(struct run_report *r, struct output *out)
{
    uint32_t shown = 0, largest = largest_document(r);
    for (uint32_t i = 0; i < r->engine->document_count; i++) {
        const struct run_document *d = &r->engine->documents[i];
        struct text t = text_over(r->buffer, REPORT_TEXT_BYTES);
        if (!d->is_input && d->lines < REPORT_LINES_SHOWN && !is_unposted(d) && i != largest) continue;
        if (!d->is_input && shown++ >= REPORT_DOCUMENTS_SHOWN) continue;
        if (is_unposted(d)) put_state(&t, d);
        else put_counts(&t, r, d);
        output_put(out, text_slice(&t));
    }
}

void run_report_print(struct run_report *r, struct output *out, uint64_t elapsed_ms)
{
    uint64_t lines = 0;
    arena_reset(&r->arena);
    for (uint32_t i = 0; i < r->engine->document_count; i++) lines += r->engine->documents[i].lines;
    output_print(out, "%s: %u document%s, %llu line%s in %llu.%03llu s\n", r->engine->options->name,
                 r->engine->document_count, plural(r->engine->document_count), (unsigned long long)lines, plural(lines),
                 (unsigned long long)elapsed_ms / 1000, (unsigned long long)elapsed_ms % 1000);
    print_documents(r, out);
    struct text t = text_over(r->buffer, REPORT_TEXT_BYTES);
    put_payouts(&t, r);
    put_story(&t, r);
    put_next(&t, r);
    output_put(out, text_slice(&t));
    books_check_print(&r->books, stderr);
}
