/* claimctl/holds.c: `holds list`: what waits for a person or a datum, by due time. */
#include "claimctl/command.h"
#include "claimctl/explain.h"
#include "claimctl/reading.h"

#include <stdlib.h>

enum { HOLD_TEXT_MAX = 1024 };

struct held { instant_ms due_unix_ms; unsigned order; char *row; };
struct queue { struct held *items; unsigned count, capacity; };

static void add(struct queue *q, instant_ms due_unix_ms, struct slice row)
{
    if (q->count == q->capacity) {
        q->capacity = q->capacity ? 2 * q->capacity : 64;
        q->items = realloc(q->items, q->capacity * sizeof *q->items);
        if (!q->items) abort();
    }
    q->items[q->count] = (struct held){ due_unix_ms, q->count, strndup(row.bytes, row.size) };
    q->count++;
}

static int by_due(const void *a_, const void *b_)
{
    const struct held *a = a_, *b = b_;
    if (a->due_unix_ms != b->due_unix_ms) return a->due_unix_ms < b->due_unix_ms ? -1 : 1;
    return a->order < b->order ? -1 : 1;
}

static bool add_line(struct reading *r, const struct transcript_entry *e, const struct standing *s, void *context)
{
    (void)e;
    if (s->outcome != OUTCOME_HOLD && s->outcome != OUTCOME_PARK) return true;
    struct text t = text_in(&r->arena, HOLD_TEXT_MAX);
    const struct judgement *j = dossier_standing(s->dossier);
    if (j->waiting.due_unix_ms) instant_put(&t, j->waiting.due_unix_ms);
    else text_put_byte(&t, '-');
    text_put_byte(&t, '\t');
    text_put(&t, word_text(VOCABULARY_STAGE, s->stage));
    text_put_byte(&t, '\t');
    explain_put_line(&t, s);
    if (j->waiting.on.size) {
        PUT(&t, "  [");
        text_put(&t, j->waiting.on);
        text_put_byte(&t, ']');
    }
    add(context, j->waiting.due_unix_ms, text_slice(&t));
    return true;
}

static bool add_case(struct reading *r, const struct transcript_entry *e, const struct standing *s, void *context)
{
    (void)e;
    const struct clearance *c = s->dossier->clearance;
    struct text t = text_in(&r->arena, HOLD_TEXT_MAX);
    if (!c || c->judgement.outcome != OUTCOME_HOLD) return true;
    PUT(&t, "-\tCOMPLIANCE\tcase ");
    text_put(&t, c->case_id);
    text_put_byte(&t, ' ');
    text_put(&t, word_text(VOCABULARY_CASE_KIND, c->case_kind));
    text_put_byte(&t, ' ');
    text_put(&t, c->case_subject);
    add(context, INT64_MAX, text_slice(&t));
    return true;
}

int claimctl_holds(int argc, char **argv)
{
    struct reading r;
    struct queue q = { 0 };
    int code = reading_open(&r, &argc, argv);
    if (code != EXIT_DONE) return code;
    if (argc != 2 || strcmp(argv[1], "list") != 0) {
        fprintf(stderr, "error[USAGE %d]: holds list --state DIR\n", ERR_USAGE);
        return reading_close(&r, EXIT_USAGE);
    }
    if (!reading_walk(&r, add_line, &q) || !reading_walk_cases(&r, add_case, &q)) code = EXIT_FAILED;
    if (q.count) qsort(q.items, q.count, sizeof *q.items, by_due);
    for (unsigned i = 0; i < q.count; i++) {
        output_line(&r.out, slice_from(q.items[i].row));
        free(q.items[i].row);
    }
    if (q.count == 0 && code == EXIT_DONE) fprintf(stderr, "nothing waits\n");
    free(q.items);
    return reading_close(&r, code);
}
