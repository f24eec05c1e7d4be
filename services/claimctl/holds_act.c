/* claimctl/holds_act.c: from the words of the command line to Review records. */
#include "claimctl/holds_act.h"

#include "base/assert.h"
#include "claimctl/command.h"
#include "claimctl/explain.h"
#include "claimctl/line_name.h"
#include "claimctl/output.h"
#include "claimctl/publish.h"
#include "claimctl/reading_options.h"
#include "claimctl/topic_reader.h"
#include "compliance/list_hits.h"
#include "domain/currency.h"
#include "domain/decimal.h"
#include "domain/rounding.h"
#include "runtime/clock.h"
#include "stage/review.h"
#include "wire/dossier_codec.h"

#include <stdlib.h>

enum { OBJECTS_MAX = 1000, ARENA_BYTES = 512 << 20, SCRATCH_BYTES = 64 << 20, SAYS_BYTES = 8192, FLUSH_MS = 30000 };

static const struct acting { const char *word; enum act act; enum verb verb; } actings[] = {
    { "release", ACT_PROPOSE, VERB_RELEASE }, { "adjust", ACT_PROPOSE, VERB_ADJUST },       { "deny", ACT_PROPOSE, VERB_DENY },
    { "ask", ACT_PROPOSE, VERB_ASK },         { "assign", ACT_PROPOSE, VERB_ASSIGN_ROLE },  { "clear", ACT_PROPOSE, VERB_CLEAR_PARTY },
    { "block", ACT_PROPOSE, VERB_CONFIRM_PARTY }, { "confirm", ACT_CONFIRM, VERB_UNSPECIFIED }, { "decline", ACT_DECLINE, VERB_UNSPECIFIED },
    { "withdraw", ACT_WITHDRAW, VERB_UNSPECIFIED },
};

/* What a word of the command line names: the longest dossier of it, and where that lies. */
struct object { struct slice word, dossier, key; int32_t partition; enum topic topic; };

struct act_command {
    struct broker        broker;
    struct publish       publish;                   /* for the limits in force */
    struct catalogue    *catalogue;
    struct output        out;
    struct arena         arena, scratch;
    const struct acting *acting;
    struct slice         reason, qty, role, pivot;
    int64_t              qty_milli;
    enum role            role_number;
    bool                 execute;
    struct object        objects[OBJECTS_MAX];
    unsigned             object_count;
    uint32_t             effective, pending, noted, void_count;
    int                  code;                      /* of the gravest void */
};

/* --- command line --- */

static int refuse(const char *what)
{
    fprintf(stderr, "error[USAGE %d]: %s\n  more: claimctl help holds\n", ERR_USAGE, what);
    return EXIT_USAGE;
}

static int check_words(struct act_command *c)
{
    if (!c->reason.size) return refuse("--reason TEXT is needed: why, for the record and, where the reason says so, for the partner");
    if (c->acting->verb == VERB_ADJUST) {
        if (!c->qty.size || decimal_parse(c->qty, 3, DECIMAL_EXCESS_REFUSE, &c->qty_milli, NULL) != OK || c->qty_milli <= 0)
            return refuse("adjust takes --qty N: the quantity that is accepted, in base units, above 0");
    } else if (c->qty.size) return refuse("--qty belongs to adjust");
    if (c->acting->verb == VERB_ASSIGN_ROLE) {
        int role = c->role.size ? word_find(VOCABULARY_ROLE, slice_upper(&c->arena, c->role)) : 0;
        if (role <= 0) return refuse("assign takes --role: DISTRIBUTOR VAR SOLUTION_INTEGRATOR MSP RETAILER AGENT CONSULTANT");
        c->role_number = (enum role)role;
    } else if (c->role.size) return refuse("--role belongs to assign; the roles of the person who acts are --roles");
    return EXIT_DONE;
}

static int read_words(struct act_command *c, int argc, char **argv)
{
    const struct reading_option options[] = {
        { "--reason", &c->reason, NULL }, { "--qty", &c->qty, NULL }, { "--role", &c->role, NULL }, { "--pivot", &c->pivot, NULL }, { "--execute", NULL, &c->execute },
    };
    for (int i = 1; i < argc; i++)
        if (strcmp(argv[i], "--state") == 0) return refuse("a run that has ended decides nothing more: put the review into the input of the run, {\"review\":{…}}");
    int code = broker_open(&c->broker, &argc, argv);
    if (code != EXIT_DONE) return code;
    if (reading_options_take(&argc, argv, options, sizeof options / sizeof options[0]) != OK) return EXIT_USAGE;
    if (argc < 3 || argc - 2 > OBJECTS_MAX) return command_usage("holds");
    for (int i = 2; i < argc; i++) c->objects[c->object_count++] = (struct object){ .word = slice_from(argv[i]) };
    return check_words(c);
}

/* --- finding --- */

static bool is_named(const struct dossier *d, struct slice word)
{
    if (dossier_is_case(d)) return slice_equal(d->clearance->case_id, word);
    if (!d->receipt || !d->line) return false;
    return slice_equal(d->receipt->line_id, word) || slice_equal(d->line->invoice_no, word) || slice_equal(d->line->claim_id, word) ||
           line_name_is(d->receipt, word);
}

static struct slice id_of(const struct dossier *d)
{
    return dossier_is_case(d) ? d->clearance->case_id : d->receipt->line_id;
}

/* Two lines of one invoice number are one too many. */
static bool is_same(struct act_command *c, const struct object *o, const struct dossier *d)
{
    struct dossier before;
    size_t mark = arena_mark(&c->scratch);
    bool same = dossier_decode(&c->scratch, o->dossier, &before) == OK && slice_equal(id_of(&before), id_of(d));
    arena_rewind(&c->scratch, mark);
    return same;
}

static bool take(void *context, const struct record *record, instant_ms at_unix_ms)
{
    struct act_command *c = context;
    struct dossier d;
    (void)at_unix_ms;
    arena_reset(&c->scratch);
    if (dossier_decode(&c->scratch, record->value, &d) != OK) return true;
    for (unsigned i = 0; i < c->object_count; i++) {
        struct object *o = &c->objects[i];
        if (!is_named(&d, o->word) || (o->dossier.size && !is_same(c, o, &d)) || record->value.size <= o->dossier.size) continue;
        o->dossier = slice_copy(&c->arena, record->value);
        o->key = slice_copy(&c->arena, record->key);
        o->partition = record->partition;
        o->topic = record->topic;
    }
    return true;
}

static int find_objects(struct act_command *c)
{
    static const enum topic topics[] = { TOPIC_CLAIMS_HELD, TOPIC_CLAIMS_DECIDED };
    enum err e = topic_read_all(&c->broker, topics, 2, take, c);
    if (e != OK) return broker_fail(&c->broker, e, "claims.held.v1, claims.decided.v1");
    for (unsigned i = 0; i < c->object_count; i++)
        if (!c->objects[i].dossier.size) {
            fprintf(stderr, "error[USAGE %d]: nothing of that name waits: %.*s\n  claimctl holds list names what does\n", ERR_USAGE, SLICE_ARGS(c->objects[i].word));
            return EXIT_NOT_FOUND;
        }
    return EXIT_DONE;
}

/* --- weighing --- */

static enum stage_id stage_of(const struct dossier *d, enum section *section)
{
    if (d->payout) return *section = SECTION_PAYOUT, STAGE_PAYOUT;
    if (d->clearance) return *section = SECTION_CLEARANCE, STAGE_COMPLIANCE;
    return *section = SECTION_CLASSIFICATION, STAGE_CLASSIFICATION;
}

static struct review review_of(struct act_command *c, const struct dossier *d, enum stage_id stage, enum section section)
{
    struct review r = {
        .act = c->acting->act, .verb = c->acting->verb, .stage = stage, .clearance_hash = dossier_section_hash(d->bytes, section), .has_clearance_hash = true,
        .accepted_qty_milli = c->qty_milli, .role = c->role_number, .note = c->reason, .pivot = c->pivot, .actor_id = c->broker.actor,
        .actor_roles = { c->broker.roles, c->broker.role_count }, .at_unix_ms = clock_now_unix_ms(), .sequence = d->review_count + 1,
        .partner_root_id = d->receipt ? d->receipt->partner_root_id : (struct slice){ 0 },
    };
    if (dossier_is_case(d)) r.case_id = d->clearance->case_id;
    else r.line_id = d->receipt->line_id;
    return r;
}

/* A void for lack of rights weighs more than one for lack of an object. */
static int code_of(enum review_void why)
{
    switch (why) {
    case REVIEW_VOID_ROLE_MISSING:
    case REVIEW_VOID_DUTY_CONFLICT:
    case REVIEW_VOID_SIGNED_BEFORE:      return EXIT_NOT_PERMITTED;
    case REVIEW_VOID_NOT_WAITING:
    case REVIEW_VOID_SECTION_SUPERSEDED:
    case REVIEW_VOID_PROPOSAL_STANDS:    return EXIT_CONFLICT;
    default:                             return EXIT_FAILED;
    }
}

static const char *sentence_of(enum review_void why)
{
    static const char *const sentences[REVIEW_VOID_COUNT] = {
        [REVIEW_VOID_NOT_WAITING] = "it does not wait any more", [REVIEW_VOID_SECTION_SUPERSEDED] = "it was judged again meanwhile",
        [REVIEW_VOID_ROLE_MISSING] = "the roles of this person do not permit it (--roles)",
        [REVIEW_VOID_DUTY_CONFLICT] = "this person is submitter, rep or payee of the line", [REVIEW_VOID_SIGNED_BEFORE] = "this person has signed already: another one is needed",
        [REVIEW_VOID_NO_PROPOSAL] = "there is no proposal to confirm, decline or withdraw", [REVIEW_VOID_PROPOSAL_STANDS] = "another proposal stands: confirm, decline or withdraw it first",
        [REVIEW_VOID_VERB_NOT_POSSIBLE] = "what it waits for cannot be decided so", [REVIEW_VOID_QTY_INVALID] = "the quantity must be above 0 and below what is accepted now",
        [REVIEW_VOID_ROLE_NOT_NAMED] = "no role is named", [REVIEW_VOID_TOO_MANY] = "the dossier holds no further review",
    };
    return sentences[why] ? sentences[why] : "it cannot be weighed";
}

static void print_subject(struct act_command *c, const struct dossier *d)
{
    struct standing s;
    struct text t = text_in(&c->scratch, SAYS_BYTES);
    standing_read(d, c->catalogue, &s);
    if (dossier_is_case(d)) {
        PUT(&t, "case ");
        text_put(&t, d->clearance->case_id);
        text_put_byte(&t, ' ');
        text_put(&t, d->clearance->case_subject);
    } else explain_put_line(&t, &s);
    output_line(&c->out, text_slice(&t));
}

static void print_answer(struct act_command *c, const struct review_answer *a)
{
    const char *did = c->execute ? "sent" : "would be sent";
    switch (a->standing) {
    case REVIEW_EFFECTIVE: output_print(&c->out, "  %s by %.*s: %s, effective at once\n", c->acting->word, SLICE_ARGS(c->broker.actor), did); c->effective++; return;
    case REVIEW_PENDING:   output_print(&c->out, "  %s by %.*s: %s, takes effect when another person confirms it\n", c->acting->word, SLICE_ARGS(c->broker.actor), did); c->pending++; return;
    case REVIEW_NOTED:     output_print(&c->out, "  %s by %.*s: %s, noted\n", c->acting->word, SLICE_ARGS(c->broker.actor), did); c->noted++; return;
    case REVIEW_VOID:      break;
    }
    struct slice word = review_void_text(a->why);
    output_print(&c->out, "  %s by %.*s: has no effect, %s [%.*s]\n", c->acting->word, SLICE_ARGS(c->broker.actor), sentence_of(a->why), SLICE_ARGS(word));
    c->void_count++;
    if (code_of(a->why) > c->code) c->code = code_of(a->why);
}

/* The verdict on a case frees no line: each goes on by an act of its own. */
static void print_case_lines(struct act_command *c, const struct dossier *d, const struct review_answer *a)
{
    unsigned count = dossier_is_case(d) ? d->clearance->case_line_ids.count : 0;
    if (a->standing != REVIEW_EFFECTIVE || count == 0) return;
    output_print(&c->out, "  the case is closed; of its lines, those that wait go on by holds release or deny:\n");
    for (unsigned i = 0; i < count; i++) output_print(&c->out, "    %.*s\n", SLICE_ARGS(d->clearance->case_line_ids.items[i]));
}

static int send(struct act_command *c, const struct object *o, const struct review *r)
{
    struct slice bytes;
    enum err e = review_encode(&c->scratch, r, &bytes);
    if (e == OK) e = kafka_writer_send(c->publish.writer, TOPIC_REVIEWS, o->partition, o->key, bytes, NULL, 0);
    return e == OK ? EXIT_DONE : broker_fail(&c->broker, e, "reviews.v1");
}

/* The second signature on a case is also that on the verdict, which holds for the party's next line and for every root
 * (screening.md 6.6). It goes first: a verdict whose case stays open is signed again, a closed case never. */
static int publish_verdict(struct act_command *c, const struct dossier *d, const struct review_effect *effect)
{
    struct party_record record = { 0 };
    bool blocked = effect->verb == VERB_CONFIRM_PARTY;
    if (!blocked && effect->verb != VERB_CLEAR_PARTY) return EXIT_DONE;
    if (!list_hits_verdict(&c->scratch, d->clearance, blocked, &record.verdict)) {
        output_line(&c->out, SLICE("  no verdict: the case does not say which party was compared with which entry; the next line is asked again"));
        return EXIT_DONE;
    }
    ASSERT(effect->actors.count >= 2);
    struct reference_draft draft = reference_draft_party(&c->scratch, &record);
    c->publish.who.actor_id = effect->actors.items[0];
    c->publish.who.approver_id = effect->actors.items[1];
    output_print(&c->out, "  %s: ", blocked ? "blocked" : "cleared");
    int code = publish_draft(&c->publish, &draft);
    if (code == EXIT_DONE && c->publish.counts[SHELF_REFUSED]) code = EXIT_FAILED;
    enum err e = code == EXIT_DONE && c->execute ? kafka_writer_flush(c->publish.writer, FLUSH_MS) : OK;
    return e == OK ? code : broker_fail(&c->broker, e, "programs.v1");
}

static bool waits(const struct judgement *j)
{
    return j && (j->outcome == OUTCOME_HOLD || j->outcome == OUTCOME_PARK);
}

static int act_on(struct act_command *c, const struct object *o)
{
    struct dossier d;
    enum section section;
    arena_reset(&c->scratch);
    if (dossier_decode(&c->scratch, o->dossier, &d) != OK) return broker_fail(&c->broker, ERR_WIRE_MALFORMED, "the held dossier");
    enum stage_id stage = stage_of(&d, &section);
    const struct judgement *j = dossier_judgement(&d, section);
    struct review r = review_of(c, &d, stage, section);
    struct slice currency = d.line ? d.line->currency : (struct slice){ 0 };
    int32_t received = d.receipt ? instant_date(d.receipt->received_at_unix_ms, 0) : 0;
    struct review_object object = { .dossier = &d, .stage = stage, .judgement = j, .hash = r.clearance_hash, .limits = review_limits_on(c->catalogue, currency, received) };
    struct review_answer answer = { .standing = REVIEW_VOID, .why = REVIEW_VOID_NOT_WAITING };
    if (o->topic == TOPIC_CLAIMS_HELD && waits(j)) answer = review_weigh(&c->scratch, &object, &r);
    print_subject(c, &d);
    print_answer(c, &answer);
    print_case_lines(c, &d, &answer);
    int code = answer.closes ? publish_verdict(c, &d, &answer.effect) : EXIT_DONE;
    if (code != EXIT_DONE) return code;
    return c->execute && answer.standing != REVIEW_VOID ? send(c, o, &r) : EXIT_DONE;
}

static int act_on_all(struct act_command *c)
{
    int code = EXIT_DONE;
    for (unsigned i = 0; code == EXIT_DONE && i < c->object_count; i++) code = act_on(c, &c->objects[i]);
    if (code == EXIT_DONE && c->execute) {
        enum err e = kafka_writer_flush(c->publish.writer, FLUSH_MS);
        if (e != OK) code = broker_fail(&c->broker, e, "reviews.v1");
    }
    fprintf(stderr, "%u effective, %u waiting for a second person, %u noted, %u without effect\n", c->effective, c->pending, c->noted, c->void_count);
    if (!c->execute) fprintf(stderr, "a plan: nothing was sent; --execute does it\n");
    return code == EXIT_DONE ? c->code : code;
}

static int run(struct act_command *c)
{
    int code = c->execute ? broker_may_write(&c->broker) : EXIT_DONE;
    if (code == EXIT_DONE) code = broker_connect(&c->broker);
    if (code == EXIT_DONE) code = find_objects(c);
    if (code != EXIT_DONE) return code;
    code = publish_open(&c->publish, &c->broker, &c->out, c->execute);
    if (code == EXIT_DONE && !(c->catalogue = publish_catalogue(&c->publish))) code = broker_fail(&c->broker, ERR_MEMORY_EXHAUSTED, "catalogue");
    if (code == EXIT_DONE) code = act_on_all(c);
    catalogue_close(c->catalogue);
    publish_close(&c->publish);
    return code;
}

int holds_act(int argc, char **argv)
{
    static struct act_command c;
    c = (struct act_command){ .out = output_stdout() };
    for (unsigned i = 0; i < sizeof actings / sizeof actings[0]; i++)
        if (strcmp(actings[i].word, argv[1]) == 0) c.acting = &actings[i];
    if (arena_open(&c.arena, ARENA_BYTES, ARENA_BYTES) != OK || arena_open(&c.scratch, SCRATCH_BYTES, SCRATCH_BYTES) != OK) return EXIT_FAILED;
    int code = read_words(&c, argc, argv);
    if (code == EXIT_DONE) code = run(&c);
    broker_close(&c.broker);
    arena_close(&c.scratch);
    arena_close(&c.arena);
    return output_close(&c.out) || code != EXIT_DONE ? code : EXIT_FAILED;
}
