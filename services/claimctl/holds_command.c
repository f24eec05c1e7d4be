/* claimctl/holds_command.c: words into an act, an answer into words. */
#include "claimctl/holds_command.h"

#include "base/assert.h"
#include "claimctl/command.h"
#include "claimctl/confirm.h"
#include "claimctl/explain.h"
#include "claimctl/holding.h"
#include "claimctl/line_name.h"
#include "claimctl/option.h"
#include "claimctl/state_dir.h"
#include "domain/actor.h"
#include "domain/decimal.h"
#include "wire/masking.h"

enum { ARENA_BYTES = 512 << 20, SCRATCH_BYTES = 64 << 20, SAYS_BYTES = 8192, MINUTES_MAX = 24 * 60 };

static const struct holds_act_row rows[] = {
    { "take", ACT_TAKE, VERB_UNSPECIFIED },
    { "release", ACT_PROPOSE, VERB_RELEASE },
    { "adjust", ACT_PROPOSE, VERB_ADJUST },
    { "deny", ACT_PROPOSE, VERB_DENY },
    { "ask", ACT_PROPOSE, VERB_ASK },
    { "answer", ACT_PROPOSE, VERB_ANSWER },
    { "assign", ACT_PROPOSE, VERB_ASSIGN_ROLE },
    { "clear", ACT_PROPOSE, VERB_CLEAR_PARTY },
    { "block", ACT_PROPOSE, VERB_CONFIRM_PARTY },
    { "confirm", ACT_CONFIRM, VERB_UNSPECIFIED },
    { "decline", ACT_DECLINE, VERB_UNSPECIFIED },
    { "withdraw", ACT_WITHDRAW, VERB_UNSPECIFIED },
};

/* --- command line --- */

static int refuse(const char *what)
{
    fprintf(stderr, "error[USAGE %d]: %s\n  more: claimctl help holds\n", ERR_USAGE, what);
    return EXIT_USAGE;
}

/* "30m": minutes, for a take. */
static bool read_minutes(struct slice text, int64_t *ms)
{
    uint64_t minutes;
    if (text.size < 2 || text.bytes[text.size - 1] != 'm') return false;
    if (!slice_to_uint(slice_head(text, text.size - 1), MINUTES_MAX, &minutes) || minutes == 0) return false;
    *ms = (int64_t)minutes * INSTANT_MINUTE_MS;
    return true;
}

static int check_words(struct holds_command *c)
{
    bool takes = c->row->act == ACT_TAKE;
    if (!c->reason.size && !takes)
        return refuse("--reason TEXT is needed: why, for the record and, where the reason says so, for the partner");
    if (c->lasts.size && !takes) return refuse("--for belongs to take");
    if (c->lasts.size && !read_minutes(c->lasts, &c->lasts_ms)) return refuse("--for takes minutes, as 30m");
    if (c->row->verb == VERB_ADJUST) {
        if (!c->qty.size || decimal_parse(c->qty, MILLI_DIGITS, DECIMAL_EXCESS_REFUSE, &c->qty_milli, NULL) != OK
            || c->qty_milli <= 0)
            return refuse("adjust takes --qty N: the quantity that is accepted, in base units, above 0");
    } else if (c->qty.size) return refuse("--qty belongs to adjust");
    if (c->row->verb == VERB_ASSIGN_ROLE) {
        int role = c->role.size ? word_find(VOCABULARY_ROLE, slice_upper(&c->arena, c->role)) : 0;
        if (role <= 0)
            return refuse("assign takes --role: DISTRIBUTOR VAR SOLUTION_INTEGRATOR MSP RETAILER AGENT CONSULTANT");
        c->role_number = (enum role)role;
    } else if (c->role.size) return refuse("--role belongs to assign; the roles of the person who acts are --roles");
    return EXIT_DONE;
}

int holds_command_read(struct holds_command *c, int argc, char **argv)
{
    *c = (struct holds_command){ .out = output_stdout() };
    const struct option_slot options[] = {
        { "--reason", &c->reason, NULL }, { "--qty", &c->qty, NULL },   { "--role", &c->role, NULL },
        { "--pivot", &c->pivot, NULL },   { "--for", &c->lasts, NULL }, { "--execute", NULL, &c->execute },
        { "--yes", NULL, &c->yes },
    };
    if (arena_open(&c->arena, ARENA_BYTES, ARENA_BYTES) != OK
        || arena_open(&c->scratch, SCRATCH_BYTES, SCRATCH_BYTES) != OK)
        return EXIT_FAILED;
    for (unsigned i = 0; i < sizeof rows / sizeof rows[0]; i++)
        if (strcmp(rows[i].word, argv[1]) == 0) c->row = &rows[i];
    ASSERT(c->row);                                 /* the table of verbs has the same words */
    c->state = option_pick_text(&argc, argv, "--state");
    int code = broker_open(&c->broker, &argc, argv);
    if (code != EXIT_DONE) return code;
    option_take(&argc, argv, options, sizeof options / sizeof options[0]);
    if (argc < 3 || argc - 2 > HOLDS_OBJECTS_MAX) return command_usage("holds");
    for (int i = 2; i < argc; i++) {
        c->near[c->word_count] = nearest_to(slice_from(argv[i]));
        c->words[c->word_count++] = slice_from(argv[i]);
    }
    return check_words(c);
}

int holds_command_close(struct holds_command *c, int code)
{
    broker_close(&c->broker);
    arena_close(&c->scratch);
    arena_close(&c->arena);
    return output_close(&c->out) ? code : EXIT_FAILED;
}

/* --- the act --- */

/* Whoever answers a proposal names it as it was seen: one that came in its place meanwhile is not answered. */
static void name_proposal(struct review *r, const struct dossier *d)
{
    const struct review *proposal = holding_of(d, r->at_unix_ms).proposal;
    if (!proposal || (r->act != ACT_CONFIRM && r->act != ACT_DECLINE)) return;
    r->verb = proposal->verb;
    r->accepted_qty_milli = proposal->accepted_qty_milli;
    r->role = proposal->role;
}

struct review holds_command_review(const struct holds_command *c, const struct dossier *d, instant_ms at_unix_ms)
{
    struct review r = {
        .act = c->row->act,
        .verb = c->row->verb,
        .accepted_qty_milli = c->qty_milli,
        .role = c->role_number,
        .note = c->reason,
        .pivot = c->pivot,
        .actor_id = c->broker.actor,
        .actor_roles = { c->broker.roles, c->broker.role_count },
        .at_unix_ms = at_unix_ms,
        .sequence = d->review_count + 1,
        .partner_root_id = d->receipt ? d->receipt->partner_root_id : (struct slice){ 0 },
    };
    if (c->lasts_ms) r.until_unix_ms = at_unix_ms + c->lasts_ms;
    name_proposal(&r, d);
    if (dossier_is_case(d)) r.case_id = d->clearance->case_id;
    else r.line_id = d->receipt->line_id;
    return r;
}

/* --- what the words name --- */

static bool names(struct slice word, const struct dossier *d)
{
    if (dossier_is_case(d)) return slice_equal(d->clearance->case_id, word);
    if (!d->receipt || !d->line) return false;
    return slice_equal(d->receipt->line_id, word) || slice_equal(d->line->invoice_no, word)
           || slice_equal(d->line->claim_id, word) || line_name_is(d->receipt, word);
}

/* Whether it waits, and for how much. */
static void read_standing(struct holds_command *c, struct holds_named *n, const struct dossier *d)
{
    struct standing s;
    n->waits = n->is_case;
    if (n->is_case) return;
    standing_read(d, NULL, &s);
    n->waits = s.outcome == OUTCOME_HOLD || s.outcome == OUTCOME_PARK;
    n->amount_minor = s.has_claim ? s.refused_minor : 0;
    n->currency = s.has_claim ? slice_copy(&c->arena, s.currency) : (struct slice){ 0 };
}

/* Takes nothing of the arenas: it is asked for each object of a run and each word. */
static void offer(struct nearest *near, const struct dossier *d)
{
    char room[NEAREST_NAME_MAX];
    struct text name = text_over(room, sizeof room);
    if (dossier_is_case(d)) nearest_offer(near, d->clearance->case_id);
    if (dossier_is_case(d) || !d->receipt || !d->line) return;
    line_name_put(&name, d->receipt);
    if (!name.full) nearest_offer(near, text_slice(&name));
    nearest_offer(near, d->line->invoice_no);
    nearest_offer(near, d->line->claim_id);
}

struct holds_named *holds_command_note(struct holds_command *c, unsigned word, const struct dossier *d,
                                       const struct record *record)
{
    if (!names(c->words[word], d)) {
        if (!c->named[word]) offer(&c->near[word], d);
        return NULL;
    }
    bool is_case = dossier_is_case(d);
    struct slice id = is_case ? d->clearance->case_id : d->receipt->line_id;
    struct holds_named *n = c->named[word];
    while (n && !slice_equal(n->id, id)) n = n->next;
    if (n && !is_case && !topic_supersedes(record, &n->place)) return NULL;
    if (!n) {
        n = ARENA_NEW(&c->arena, struct holds_named);
        *n = (struct holds_named){ .id = slice_copy(&c->arena, id), .is_case = is_case, .next = c->named[word] };
        c->named[word] = n;
    }
    n->place = (struct topic_place){ record->topic, record->partition, record->value.size };
    read_standing(c, n, d);
    return n;
}

static unsigned count_waiting(const struct holds_named *n)
{
    unsigned count = 0;
    for (; n; n = n->next) count += n->waits;
    return count;
}

const struct holds_named *holds_command_choose(const struct holds_command *c, unsigned word, int *code)
{
    const struct holds_named *n = c->named[word];
    unsigned waiting = count_waiting(n);
    if (!n) {
        *code = nearest_refuse(&c->near[word], "claimctl holds list names what does",
                               "nothing of that name waits: %.*s", SLICE_ARGS(c->words[word]));
        return NULL;
    }
    if (waiting > 1) {
        fprintf(stderr,
                "error[USAGE %d]: %u lines that wait are called %.*s; say which by its invoice or its line_id, as "
                "holds show prints them:\n",
                ERR_USAGE, waiting, SLICE_ARGS(c->words[word]));
        for (; n; n = n->next)
            if (n->waits) fprintf(stderr, "  %.*s\n", SLICE_ARGS(n->id));
        *code = EXIT_CONFLICT;
        return NULL;
    }
    while (waiting && !n->waits) n = n->next;
    return n;
}

int holds_command_confirm(const struct holds_command *c, const struct holds_named *const *objects)
{
    struct confirmation question;
    int code = confirm_open(&question, &c->broker.settings, "lines and cases", c->yes);
    bool decides = c->row->act != ACT_TAKE && c->row->act != ACT_WITHDRAW && c->row->verb != VERB_ASK
                   && c->row->verb != VERB_ANSWER;
    if (code != EXIT_DONE || !c->execute || !decides) return code;
    for (unsigned i = 0; i < c->word_count; i++)
        confirm_add(&question, objects[i]->amount_minor, objects[i]->currency);
    return confirm_ask(&question, stdin);
}

/* --- telling --- */

/* A void for lack of rights weighs more than one for lack of an object. */
static int code_of(enum review_void why)
{
    switch (why) {
    case REVIEW_VOID_ROLE_MISSING:
    case REVIEW_VOID_DUTY_CONFLICT:
    case REVIEW_VOID_OF_ANOTHER:
    case REVIEW_VOID_SIGNED_BEFORE:      return EXIT_NOT_PERMITTED;
    case REVIEW_VOID_NOT_WAITING:
    case REVIEW_VOID_SECTION_SUPERSEDED:
    case REVIEW_VOID_TAKEN:
    case REVIEW_VOID_PROPOSAL_STANDS:    return EXIT_CONFLICT;
    default:                             return EXIT_FAILED;
    }
}

void holds_command_print_subject(struct holds_command *c, const struct dossier *d, const struct catalogue *catalogue)
{
    struct standing s;
    struct text t = text_in(&c->scratch, SAYS_BYTES);
    struct dossier shown = *d;
    masking_hide(&c->scratch, &shown);
    standing_read(&shown, catalogue, &s);
    if (dossier_is_case(d)) {
        PUT(&t, "case ");
        text_put(&t, d->clearance->case_id);
        text_put_byte(&t, ' ');
        text_put(&t, d->clearance->case_kind == CASE_KIND_SAMPLE ? line_name_in(&c->scratch, d->receipt)
                                                                 : d->clearance->case_subject);
    } else explain_put_line(&t, &s);
    output_line(&c->out, text_slice(&t));
}

/* The verdict on a case frees no line: each goes on by an act of its own. */
static void print_case_lines(struct holds_command *c, const struct dossier *d)
{
    unsigned count =
        dossier_is_case(d) && d->clearance->case_kind == CASE_KIND_PARTY ? d->clearance->case_line_ids.count : 0;
    if (count == 0) return;
    output_print(&c->out, "  the case is closed; of its lines, those that wait go on by holds release or deny:\n");
    for (unsigned i = 0; i < count; i++)
        output_print(&c->out, "    %.*s\n", SLICE_ARGS(d->clearance->case_line_ids.items[i]));
}

static void print_duty(struct holds_command *c, const char *what, struct slice name, uint32_t version)
{
    output_print(&c->out, "    %.*s %s%s%.*s", SLICE_ARGS(c->broker.actor), what, name.size ? " " : "",
                 SLICE_ARGS(name));
    if (version) output_print(&c->out, " version %u", version);
    output_put(&c->out, SLICE("\n"));
}

/* Which duty of the line this person has already. */
static void print_duties(struct holds_command *c, const struct dossier *d, const struct catalogue *catalogue)
{
    struct slice actor = c->broker.actor, none = { 0 };
    const struct classification *class = d->classification;
    if (d->receipt && actor_is_same(d->receipt->submitter_id, actor)) print_duty(c, "sent the line", none, 0);
    if (d->line && actor_is_same(d->line->rep_id, actor)) print_duty(c, "is the line's rep", none, 0);
    if ((d->line && actor_is_same(d->line->payee_id, actor)) || (class && actor_is_same(class->payee_id, actor)))
        print_duty(c, "is its payee", none, 0);
    for (unsigned i = 0; catalogue && class && i < class->candidate_count; i++) {
        const struct candidate *k = &class->candidates[i];
        if (catalogue_is_author(catalogue, k->program_id, k->program_version, actor))
            print_duty(c, "wrote the terms of", k->program_id, k->program_version);
    }
    if (catalogue && d->line && !(class && class->candidate_count)
        && catalogue_is_author(catalogue, d->line->program_id, d->line->program_version, actor))
        print_duty(c, "wrote the terms of", d->line->program_id, d->line->program_version);
}

static void print_void(struct holds_command *c, const struct dossier *d, const struct catalogue *catalogue,
                       const struct review *act, const struct review_answer *a)
{
    const struct review_void_row *why = review_void_row(a->why);
    output_print(&c->out, "  %s by %.*s: has no effect, %.*s: %.*s [%.*s]\n", c->row->word, SLICE_ARGS(c->broker.actor),
                 SLICE_ARGS(why->sentence), SLICE_ARGS(why->fix), SLICE_ARGS(why->word));
    c->void_count++;
    if (code_of(a->why) > c->code) c->code = code_of(a->why);
    if (a->why == REVIEW_VOID_DUTY_CONFLICT) print_duties(c, d, catalogue);
    if (a->why == REVIEW_VOID_ROLE_MISSING)
        output_print(&c->out, "    it takes the role %s\n",
                     act->act == ACT_CONFIRM || act->act == ACT_DECLINE ? "approver" : "reviewer or approver");
    if (a->why != REVIEW_VOID_TAKEN) return;
    struct holding h = holding_of(d, act->at_unix_ms);
    struct text t = text_in(&c->scratch, SAYS_BYTES);
    holding_put_text(&t, &h);
    output_print(&c->out, "    %.*s\n", SLICE_ARGS(text_slice(&t)));
}

static void print_until(struct holds_command *c, const struct review_answer *a)
{
    struct text t = text_in(&c->scratch, SAYS_BYTES);
    if (!a->until_unix_ms) return;
    instant_put(&t, a->until_unix_ms);
    output_print(&c->out, "    until %.*s nobody else proposes; holds withdraw, with a --reason, gives it back\n",
                 SLICE_ARGS(text_slice(&t)));
}

/* Whoever signed without the role is told that it was asked for. */
static void print_lacking_approvers(struct holds_command *c, unsigned missing)
{
    if (!missing) return;
    output_print(&c->out, "    %u of those who sign it %s still to be with the role approver (--roles approver)\n",
                 missing, missing == 1 ? "has" : "have");
}

void holds_command_print_answer(struct holds_command *c, const struct dossier *d, const struct catalogue *catalogue,
                                const struct review *act, const struct review_answer *a)
{
    const char *did = c->state ? (c->execute ? "done" : "would be done") : c->execute ? "sent" : "would be sent";
    switch (a->standing) {
    case REVIEW_EFFECTIVE:
        output_print(&c->out, "  %s by %.*s: %s, effective at once\n", c->row->word, SLICE_ARGS(c->broker.actor), did);
        c->effective++;
        print_case_lines(c, d);
        return;
    case REVIEW_PENDING:
        output_print(&c->out, "  %s by %.*s: %s, takes effect when another person confirms it\n", c->row->word,
                     SLICE_ARGS(c->broker.actor), did);
        print_lacking_approvers(c, a->approvers_missing);
        c->pending++;
        return;
    case REVIEW_NOTED:
        output_print(&c->out, "  %s by %.*s: %s, noted\n", c->row->word, SLICE_ARGS(c->broker.actor), did);
        c->noted++;
        print_until(c, a);
        return;
    case REVIEW_VOID:
        print_void(c, d, catalogue, act, a);
        return;
    }
}

int holds_command_finish(struct holds_command *c, int code)
{
    fprintf(stderr, "%u effective, %u waiting for a second person, %u noted, %u without effect\n", c->effective,
            c->pending, c->noted, c->void_count);
    if (!c->execute) fprintf(stderr, "a plan: nothing was %s; --execute does it\n", c->state ? "kept" : "sent");
    return code == EXIT_DONE ? c->code : code;
}
