/* claimctl/holds_noted.c: the topic of what waits, followed from where each object stood. */
#include "claimctl/holds_noted.h"

#include "claimctl/topic_reader.h"
#include "domain/actor.h"
#include "runtime/clock.h"
#include "wire/dossier_codec.h"

#include <stdlib.h>

enum { TELL_MS = 3000 };

struct waiting_for {
    struct holds_command    *command;
    const struct holds_sent *sent;
    bool                    *noted;                 /* by index of `sent` */
    unsigned                 count, left;
    instant_ms               begun_unix_ms;
    bool                     told;
};

static bool is_of(const struct holds_named *object, const struct dossier *d)
{
    if (object->is_case) return dossier_is_case(d) && slice_equal(d->clearance->case_id, object->id);
    return !dossier_is_case(d) && d->receipt && slice_equal(d->receipt->line_id, object->id);
}

static bool has_act(const struct dossier *d, struct slice actor, instant_ms at_unix_ms)
{
    for (unsigned i = d->review_count; i-- > 0;)
        if (d->reviews[i].at_unix_ms == at_unix_ms && actor_is_same(d->reviews[i].actor_id, actor)) return true;
    return false;
}

static void note(struct waiting_for *w, const struct record *record)
{
    struct dossier d;
    arena_reset(&w->command->scratch);
    if (dossier_decode(&w->command->scratch, record->value, &d) != OK) return;
    for (unsigned i = 0; i < w->count; i++) {
        bool is_it = !w->noted[i] && is_of(w->sent[i].object, &d)
                     && has_act(&d, w->command->broker.actor, w->sent[i].at_unix_ms);
        w->noted[i] |= is_it;
        w->left -= is_it;
    }
}

static bool see(void *context, const struct record *record, instant_ms at_unix_ms)
{
    struct waiting_for *w = context;
    instant_ms waited_ms = clock_now_unix_ms() - w->begun_unix_ms;
    (void)at_unix_ms;
    if (record) note(w, record);
    if (w->left && !w->told && waited_ms >= TELL_MS) {
        fprintf(stderr, "sent; waiting until the stage has noted it\n");
        w->told = true;
    }
    return w->left > 0 && waited_ms < HOLDS_NOTED_MS;
}

/* One range a partition, from after the first of its objects. */
static unsigned put_ranges(const struct waiting_for *w, struct topic_range *ranges)
{
    unsigned count = 0;
    for (unsigned i = 0; i < w->count; i++) {
        const struct holds_named *o = w->sent[i].object;
        unsigned at = 0;
        while (at < count && ranges[at].partition != o->place.partition) at++;
        if (at == count)
            ranges[count++] = (struct topic_range){ .topic = TOPIC_CLAIMS_HELD,
                                                    .partition = o->place.partition,
                                                    .from = { .kind = MOMENT_OFFSET, .offset = o->offset + 1 },
                                                    .until = { .kind = MOMENT_END } };
        else if (o->offset + 1 < ranges[at].from.offset) ranges[at].from.offset = o->offset + 1;
    }
    return count;
}

void holds_noted_wait(struct holds_command *c, const struct holds_sent *sent, unsigned count)
{
    if (count == 0) return;
    struct topic_range *ranges = calloc(count, sizeof *ranges);
    bool *noted = calloc(count, sizeof *noted);
    if (!ranges || !noted) abort();
    struct waiting_for w = { c, sent, noted, count, count, clock_now_unix_ms(), false };
    enum err e = topic_read(&c->broker, ranges, put_ranges(&w, ranges), true, see, &w);
    if (w.left)
        fprintf(stderr,
                "%u of %u acts are sent and not yet noted by their stage%s%s: they count when it comes to them; "
                "claimctl lag tells how far it is\n",
                w.left, count, e == OK ? "" : ", ", e == OK ? "" : err_text(e));
    free(noted);
    free(ranges);
}
