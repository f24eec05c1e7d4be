/* claimctl/holds_act.c: from the words of the command line to Review records. */
#include "claimctl/holds_act.h"

#include "base/assert.h"
#include "claimctl/command.h"
#include "claimctl/holding.h"
#include "claimctl/holds_command.h"
#include "claimctl/holds_noted.h"
#include "claimctl/holds_state.h"
#include "claimctl/publish.h"
#include "claimctl/topic_reader.h"
#include "compliance/list_hits.h"
#include "runtime/clock.h"
#include "wire/dossier_codec.h"

#include <stdlib.h>


struct sending {
    struct holds_command *command;
    struct publish        publish;                  /* for the limits in force */
    struct catalogue     *catalogue;
    const struct holds_named *objects[HOLDS_OBJECTS_MAX];
    struct holds_sent     to_note[HOLDS_OBJECTS_MAX];   /* acts that leave their object where it waits */
    unsigned              to_note_count;
};

/* --- finding --- */

static bool take(void *context, const struct record *record, instant_ms at_unix_ms)
{
    struct sending *s = context;
    struct holds_command *c = s->command;
    struct dossier d;
    (void)at_unix_ms;
    arena_reset(&c->scratch);
    if (dossier_decode(&c->scratch, record->value, &d) != OK) return true;
    for (unsigned i = 0; i < c->word_count; i++) {
        struct holds_named *n = holds_command_note(c, i, &d, record);
        if (!n) continue;
        n->dossier = slice_copy(&c->arena, record->value);
        n->key = slice_copy(&c->arena, record->key);
        n->offset = record->offset;
    }
    return true;
}

static int find_objects(struct sending *s)
{
    static const enum topic topics[] = { TOPIC_CLAIMS_HELD, TOPIC_CLAIMS_DECIDED };
    struct holds_command *c = s->command;
    enum err e = topic_read_all(&c->broker, topics, 2, take, s);
    if (e != OK) return broker_fail(&c->broker, e, "claims.held.v1, claims.decided.v1");
    int code = EXIT_DONE;
    for (unsigned i = 0; code == EXIT_DONE && i < c->word_count; i++) s->objects[i] = holds_command_choose(c, i, &code);
    return code;
}

/* --- acting --- */

static int send(struct sending *s, const struct holds_named *o, const struct review *r)
{
    struct holds_command *c = s->command;
    struct slice bytes;
    enum err e = review_encode(&c->scratch, r, &bytes);
    if (e == OK) e = kafka_writer_send(s->publish.writer, TOPIC_REVIEWS, o->place.partition, o->key, bytes, NULL, 0);
    return e == OK ? EXIT_DONE : broker_fail(&c->broker, e, "reviews.v1");
}

/* The second signature on a case is also that on the verdict, which holds for the party's next line and for every root
 * (screening.md 6.6). It goes first: a verdict whose case stays open is signed again, a closed case never. */
static int publish_verdict(struct sending *s, const struct dossier *d, const struct review_effect *effect)
{
    struct holds_command *c = s->command;
    struct party_record record = { 0 };
    bool blocked = effect->verb == VERB_CONFIRM_PARTY;
    if (!blocked && effect->verb != VERB_CLEAR_PARTY) return EXIT_DONE;
    if (!list_hits_verdict(&c->scratch, d->clearance, blocked, &record.verdict)) {
        output_line(&c->out, SLICE("  no verdict: the case does not say which party was compared with which entry; the "
                                   "next line is asked again"));
        return EXIT_DONE;
    }
    ASSERT(effect->actors.count >= 2);
    struct reference_draft draft = reference_draft_party(&c->scratch, &record);
    s->publish.who.actor_id = effect->actors.items[0];
    s->publish.who.approver_id = effect->actors.items[1];
    output_print(&c->out, "  %s: ", blocked ? "blocked" : "cleared");
    int code = publish_draft(&s->publish, &draft);
    if (code == EXIT_DONE && s->publish.counts[SHELF_REFUSED]) code = EXIT_FAILED;
    enum err e = code == EXIT_DONE && c->execute ? kafka_writer_flush(s->publish.writer, BROKER_PATIENCE_MS) : OK;
    return e == OK ? code : broker_fail(&c->broker, e, "programs.v1");
}

static bool waits(const struct judgement *j)
{
    return j && (j->outcome == OUTCOME_HOLD || j->outcome == OUTCOME_PARK);
}

static int act_on(struct sending *s, const struct holds_named *o)
{
    struct holds_command *c = s->command;
    struct dossier d;
    enum section section;
    arena_reset(&c->scratch);
    if (dossier_decode(&c->scratch, o->dossier, &d) != OK || !d.receipt)
        return broker_fail(&c->broker, ERR_WIRE_MALFORMED, "the held dossier");
    struct review r = holds_command_review(c, &d, clock_now_unix_ms());
    r.stage = holding_stage(&d, &section);
    struct review_object object = review_object_of(s->catalogue, &d, r.stage, section);
    r.clearance_hash = object.hash;
    r.has_clearance_hash = true;
    struct review_answer answer = { .standing = REVIEW_VOID, .why = REVIEW_VOID_NOT_WAITING };
    if (o->place.topic == TOPIC_CLAIMS_HELD && waits(object.judgement)) answer = review_weigh(&c->scratch, &object, &r);
    holds_command_print_subject(c, &d, s->catalogue);
    holds_command_print_answer(c, &d, s->catalogue, &r, &answer);
    int code = answer.closes ? publish_verdict(s, &d, &answer.effect) : EXIT_DONE;
    if (code != EXIT_DONE) return code;
    if (!c->execute || answer.standing == REVIEW_VOID) return EXIT_DONE;
    if (answer.standing != REVIEW_EFFECTIVE) s->to_note[s->to_note_count++] = (struct holds_sent){ o, r.at_unix_ms };
    return send(s, o, &r);
}

static int act_on_all(struct sending *s)
{
    struct holds_command *c = s->command;
    int code = EXIT_DONE;
    for (unsigned i = 0; code == EXIT_DONE && i < c->word_count; i++) code = act_on(s, s->objects[i]);
    if (code == EXIT_DONE && c->execute) {
        enum err e = kafka_writer_flush(s->publish.writer, BROKER_PATIENCE_MS);
        if (e != OK) code = broker_fail(&c->broker, e, "reviews.v1");
    }
    if (code == EXIT_DONE) holds_noted_wait(c, s->to_note, s->to_note_count);
    return holds_command_finish(c, code);
}

static int act_on_services(struct holds_command *c)
{
    static struct sending s;
    s = (struct sending){ .command = c };
    int code = c->execute ? broker_may_write(&c->broker, DUTY_REVIEW) : EXIT_DONE;
    if (code == EXIT_DONE) code = broker_connect(&c->broker);
    if (code == EXIT_DONE) code = find_objects(&s);
    if (code == EXIT_DONE) code = holds_command_confirm(c, s.objects);
    if (code != EXIT_DONE) return code;
    code = publish_open(&s.publish, &c->broker, &c->out, c->execute);
    if (code == EXIT_DONE && !(s.catalogue = publish_catalogue(&s.publish)))
        code = broker_fail(&c->broker, ERR_MEMORY_EXHAUSTED, "catalogue");
    if (code == EXIT_DONE) code = act_on_all(&s);
    catalogue_close(s.catalogue);
    publish_close(&s.publish);
    return code;
}

int holds_act(int argc, char **argv)
{
    static struct holds_command c;
    int code = holds_command_read(&c, argc, argv);
    if (code == EXIT_DONE) code = c.state ? holds_state_act(&c) : act_on_services(&c);
    return holds_command_close(&c, code);
}
