/* claimctl/publish.c: the shelf read from Kafka, and rows of what publishing does. */
#include "claimctl/publish.h"

#include "base/assert.h"
#include "claimctl/command.h"
#include "claimctl/nearest.h"
#include "claimctl/topic_reader.h"
#include "runtime/clock.h"
#include "stage/reference_apply.h"
#include "wire/json_text.h"
#include "wire/partner_codec.h"
#include "wire/reference_codec.h"

enum { SCRATCH_BYTES = 64 << 20, AUDIT_BYTES = 4096, UNREADABLE_SHOWN_MAX = 10 };

static bool is_readable(struct publish *p, const struct record *record)
{
    struct partner partner;
    struct publication by;
    struct reference reference;
    if (record->value.size == 0) return true;
    arena_reset(&p->scratch);
    return record->topic == TOPIC_PARTNERS ? partner_decode(&p->scratch, record->value, &partner, &by) == OK
                                           : reference_decode(&p->scratch, record->value, &reference) == OK;
}

/* A record that nobody can read changes nothing: what stood under its key stays in force, as every stage has it. */
static bool shelve(void *publish, const struct record *record, instant_ms at_unix_ms)
{
    struct publish *p = publish;
    (void)at_unix_ms;
    if (is_readable(p, record)) {
        shelf_put(p->shelf, record->topic == TOPIC_PARTNERS, record->key, record->value);
        return true;
    }
    struct slice topic = topic_row(record->topic)->name;
    if (++p->unreadable <= UNREADABLE_SHOWN_MAX)
        fprintf(stderr,
                "warning: %.*s partition %d offset %lld, key %.*s: the record cannot be read; what stood under the key "
                "before stays in force\n",
                SLICE_ARGS(topic), record->partition, (long long)record->offset, SLICE_ARGS(record->key));
    return true;
}

int publish_open(struct publish *p, struct broker *b, struct output *out, bool execute)
{
    static const enum topic topics[] = { TOPIC_PARTNERS, TOPIC_PROGRAMS };
    *p = (struct publish){ .broker = b, .out = out, .shelf = shelf_open() };
    p->who = (struct publisher){ .actor_id = b->actor, .at_unix_ms = clock_now_unix_ms() };
    if (!p->shelf || arena_open(&p->scratch, SCRATCH_BYTES, SCRATCH_BYTES) != OK)
        return broker_fail(b, ERR_MEMORY_EXHAUSTED, "publish");
    enum err e = topic_read_all(b, topics, 2, shelve, p);
    if (e != OK) return broker_fail(b, e, "partners.v1, programs.v1");
    return execute ? publish_arm(p) : EXIT_DONE;
}

int publish_arm(struct publish *p)
{
    enum err e = kafka_writer_open(&p->broker->kafka, &p->writer);
    return e == OK ? EXIT_DONE : broker_fail(p->broker, e, "partners.v1, programs.v1");
}

/* --- rows --- */

static struct slice name_of(struct publish *p, const struct reference_draft *d)
{
    struct text t = text_in(&p->scratch, 1024);
    if (d->partner) {
        PUT(&t, "PARTNER/");
        text_put(&t, d->partner->partner_id);
        return text_slice(&t);
    }
    text_put(&t, reference_key(&p->scratch, &d->reference));
    if (d->reference.terms) {
        PUT(&t, " version ");
        text_put_int(&t, d->reference.terms->versions[0].version);
    }
    return text_slice(&t);
}

static void print_row(struct publish *p, const struct reference_draft *d, const struct shelf_outcome *o)
{
    static const char *const words[PUBLISH_ANSWERS] = {
        [SHELF_IN_FORCE] = "in force", [SHELF_PROPOSED] = "proposed", [SHELF_UNCHANGED] = "unchanged",
        [SHELF_WAITS] = "waits",       [SHELF_CONFLICT] = "conflict", [SHELF_REFUSED] = "refused",
    };
    struct slice name = name_of(p, d);
    if (p->quiet && (o->answer == SHELF_IN_FORCE || o->answer == SHELF_UNCHANGED)) return;
    output_print(p->out, "%.*s\t%s", SLICE_ARGS(name), words[o->answer]);
    if (o->answer == SHELF_IN_FORCE && o->waits_for.size)
        output_print(p->out, "\tproposed by %.*s, approved by %.*s", SLICE_ARGS(o->waits_for),
                     SLICE_ARGS(p->who.actor_id));
    if (o->answer == SHELF_PROPOSED) output_print(p->out, "\tanother person publishes the same to put it in force");
    if (o->answer == SHELF_WAITS) output_print(p->out, "\tfor another person than %.*s", SLICE_ARGS(o->waits_for));
    if (o->answer == SHELF_CONFLICT)
        output_print(p->out, "\tit is in force with other content; give what changed a new version");
    if (o->answer == SHELF_REFUSED) output_print(p->out, "\t%s", err_text(o->error));
    output_put(p->out, SLICE("\n"));
}

/* Terms, profiles and verdicts bear who published them; prices, rates and products do not, so that the audit has it. */
static bool bears_author(const struct reference_draft *d)
{
    return d->partner || d->reference.terms || d->reference.party;
}

enum err publish_note(struct publish *p, struct slice verb, struct slice object, struct slice reason)
{
    struct text t = text_in(&p->scratch, AUDIT_BYTES);
    struct json j = json_over(&t);
    json_open_object(&j);
    json_instant(&j, "at", p->who.at_unix_ms);
    json_text(&j, "actor", p->who.actor_id);
    json_text(&j, "verb", verb);
    json_text(&j, "object", object);
    json_text(&j, "reason", reason);
    json_close_object(&j);
    return kafka_writer_send(p->writer, TOPIC_AUDIT, -1, p->who.actor_id, text_slice(&t), NULL, 0);
}

static enum err send(struct publish *p, const struct shelf_send *s)
{
    struct slice value = s->value.size ? s->value : (struct slice){ 0 };
    TRY(kafka_writer_send(p->writer, s->is_partner ? TOPIC_PARTNERS : TOPIC_PROGRAMS, -1, s->key, value, NULL, 0));
    p->sent++;
    return OK;
}

static struct slice root_of(const struct partner *p)
{
    return p->root_id.size ? p->root_id : p->partner_id;
}

/* What is counted, owed and on file lies under a root and stays there: under another one a sale that is sent again is
 * new. */
static void warn_of_root(struct publish *p, const struct partner *new)
{
    struct partner old;
    struct publication by;
    struct slice bytes = shelf_find(p->shelf, true, new->partner_id);
    if (!bytes.size || partner_decode(&p->scratch, bytes, &old, &by) != OK) return;
    if (slice_equal(root_of(&old), root_of(new))) return;
    fprintf(stderr,
            "warning: %.*s moves from root %.*s to %.*s: its sales, agreements, lots, volumes and funds stay with "
            "%.*s; a sale that is sent again is new, and a return of one before finds none\n",
            SLICE_ARGS(new->partner_id), SLICE_ARGS(root_of(&old)), SLICE_ARGS(root_of(new)),
            SLICE_ARGS(root_of(&old)));
}

int publish_draft(struct publish *p, const struct reference_draft *draft)
{
    arena_reset(&p->scratch);
    if (draft->partner) warn_of_root(p, draft->partner);
    struct shelf_outcome o = shelf_publish(p->shelf, &p->scratch, draft, &p->who);
    p->counts[o.answer]++;
    print_row(p, draft, &o);
    for (unsigned i = 0; i < o.send_count; i++) {
        enum err e = p->writer ? send(p, &o.sends[i]) : OK;
        if (e != OK) return broker_fail(p->broker, e, o.sends[i].is_partner ? "partners.v1" : "programs.v1");
        shelf_put(p->shelf, o.sends[i].is_partner, o.sends[i].key, o.sends[i].value);
    }
    if (p->writer && o.send_count && !bears_author(draft)) {
        enum err e = publish_note(p, SLICE("publish"), name_of(p, draft),
                                  SLICE("in force by one person, as the vendor's books have it"));
        if (e != OK) return broker_fail(p->broker, e, "audit.v1");
    }
    return EXIT_DONE;
}

static int finish(struct publish *p)
{
    enum err e = p->writer ? kafka_writer_flush(p->writer, BROKER_PATIENCE_MS) : OK;
    if (e != OK) return broker_fail(p->broker, e, "partners.v1, programs.v1");
    fprintf(stderr,
            "%u in force, %u proposed, %u unchanged, %u waiting for a second person, %u in conflict, %u refused\n",
            p->counts[SHELF_IN_FORCE], p->counts[SHELF_PROPOSED], p->counts[SHELF_UNCHANGED], p->counts[SHELF_WAITS],
            p->counts[SHELF_CONFLICT], p->counts[SHELF_REFUSED]);
    if (!p->writer) fprintf(stderr, "a plan: nothing was sent; --execute does it\n");
    if (p->counts[SHELF_REFUSED]) return EXIT_FAILED;
    return p->counts[SHELF_CONFLICT] ? EXIT_CONFLICT : EXIT_DONE;
}

int publish_all(struct publish *p, const struct reference_drafts *drafts)
{
    int code = EXIT_DONE;
    for (unsigned i = 0; code == EXIT_DONE && i < drafts->count; i++) code = publish_draft(p, &drafts->items[i]);
    return code == EXIT_DONE ? finish(p) : code;
}

void publish_close(struct publish *p)
{
    if (p->writer) kafka_writer_close(p->writer);
    shelf_close(p->shelf);
    arena_close(&p->scratch);
}

/* --- what is on file --- */

static bool is_act(const struct publication *by)
{
    bool is_world = slice_starts_with(by->approver_id, SLICE("world:")) || slice_equal(by->approver_id, SLICE("world"));
    return by->author_id.size > 0 && !is_world;
}

struct acts { struct publish *publish; bool found; };

static bool look_for_act(void *acts_, bool is_partner, struct slice key, struct slice value)
{
    struct acts *acts = acts_;
    struct partner partner;
    struct publication by = { 0 };
    struct reference r = { 0 };
    (void)key;
    arena_reset(&acts->publish->scratch);
    if (is_partner && partner_decode(&acts->publish->scratch, value, &partner, &by) == OK) acts->found = is_act(&by);
    if (is_partner || reference_decode(&acts->publish->scratch, value, &r) != OK) return !acts->found;
    if (r.party) acts->found = is_act(&r.party->publication);
    for (unsigned i = 0; r.terms && i < r.terms->version_count && !acts->found; i++)
        acts->found = is_act(&r.terms->versions[i].publication);
    return !acts->found;
}

bool publish_has_acts_of_people(struct publish *p)
{
    struct acts acts = { .publish = p };
    shelf_walk(p->shelf, look_for_act, &acts);
    return acts.found;
}

struct applying { struct publish *publish; struct reference_target target; };

static bool apply(void *applying, bool is_partner, struct slice key, struct slice value)
{
    struct applying *a = applying;
    struct record record = { .topic = is_partner ? TOPIC_PARTNERS : TOPIC_PROGRAMS, .key = key, .value = value };
    arena_reset(&a->publish->scratch);
    reference_apply(&a->target, &a->publish->scratch, &record);
    return true;
}

struct catalogue *publish_catalogue(struct publish *p)
{
    struct applying a = { .publish = p, .target = { .catalogue = catalogue_open() } };
    if (a.target.catalogue) shelf_walk(p->shelf, apply, &a);
    return a.target.catalogue;
}

int publish_refuse_program(const struct catalogue *on_file, struct slice program_id)
{
    struct nearest near = nearest_to(program_id);
    for (unsigned i = 0; i < catalogue_program_count(on_file); i++)
        nearest_offer(&near, catalogue_program_at(on_file, i)->id);
    return nearest_refuse(&near, "claimctl programs list names them", "no program %.*s is in force",
                          SLICE_ARGS(program_id));
}
