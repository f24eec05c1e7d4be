/* claimctl/reading.c: walking the lines of a finished run. */
#include "claimctl/reading.h"

#include "claimctl/command.h"
#include "claimctl/json_node.h"
#include "claimctl/line_name.h"
#include "claimctl/line_names.h"
#include "claimctl/option.h"
#include "claimctl/progress.h"
#include "claimctl/reading_broker.h"
#include "domain/name/party_key.h"
#include "wire/dossier_codec.h"
#include "wire/masking.h"

#include <stdlib.h>

enum { READING_ARENA_BYTES = 64 << 20 };

int reading_open(struct reading *r, int *argc, char **argv)
{
    *r = (struct reading){ .out = output_stdout() };
    directory_open(&r->persons);
    int code = listing_take_form(argc, argv, &r->form, &r->has_form) ? EXIT_DONE : EXIT_USAGE;
    r->folder = option_pick_text(argc, argv, "--state");
    if (code == EXIT_DONE && !r->folder) {
        r->has_broker = true;
        code = broker_open(&r->broker, argc, argv);
    }
    return code == EXIT_DONE ? EXIT_DONE : reading_close(r, code);
}

static int start_broker(struct reading *r)
{
    int code = broker_connect(&r->broker);
    if (code == EXIT_DONE && transcript_open(&r->transcript, NULL) != OK)
        code = broker_fail(&r->broker, ERR_FILE_UNWRITABLE, "the folder of temporary files");
    return code == EXIT_DONE ? reading_broker_fill(&r->broker, &r->transcript) : code;
}

int reading_start(struct reading *r)
{
    if (arena_open(&r->arena, READING_ARENA_BYTES, READING_ARENA_BYTES) != OK) return EXIT_FAILED;
    line_names_use(&r->transcript);
    if (r->has_broker) return start_broker(r);
    return state_dir_code(state_dir_open(&r->state, r->folder, &r->transcript));
}

int reading_close(struct reading *r, int code)
{
    bool printed = output_close(&r->out);
    line_names_use(NULL);
    if (r->transcript.spool) transcript_close(&r->transcript);
    arena_close(&r->arena);
    directory_close(&r->persons);
    if (r->balances) fclose(r->balances);
    if (r->has_broker) broker_close(&r->broker);
    return printed ? code : EXIT_FAILED;
}

static bool complain(const char *what, uint32_t number)
{
    fprintf(stderr, "error[FILE_UNREADABLE %d]: %s %u of the run cannot be read\n", ERR_FILE_UNREADABLE, what, number);
    return false;
}

static void note_person(struct reading *r, const struct party *p)
{
    if (!masking_is_person(p->kind, p->birth_year)) return;
    struct slice key = p->key.size ? p->key : party_key(&r->arena, p);
    if (key.size) (void)directory_at(&r->persons, key, NULL);
}

/* Lines are walked before cases, whose subject one of them named. */
static void hide_persons(struct reading *r, struct dossier *d)
{
    bool is_known;
    if (d->line) {
        const struct party *const parties[] = { &d->line->sold_to, &d->line->end_customer, &d->line->ship_to,
                                                &d->line->vendor };
        for (unsigned i = 0; i < sizeof parties / sizeof parties[0]; i++) note_person(r, parties[i]);
        if (d->line->rep_id.size) (void)directory_at(&r->persons, d->line->rep_id, NULL);
        masking_hide(&r->arena, d);
    } else if (d->clearance && d->clearance->case_subject.size) {
        is_known = directory_get(&r->persons, d->clearance->case_subject, UINT32_MAX) != UINT32_MAX;
        if (is_known) masking_hide_case(&r->arena, d);
    }
}

/* False: the entry cannot be read; *more: the visit wants the next one. */
static bool visit_dossier(struct reading *r, const struct transcript_entry *e, uint32_t number, reading_visit *visit,
                          void *context, bool *more)
{
    struct slice bytes;
    struct dossier d;
    struct standing s;
    arena_reset(&r->arena);
    if (transcript_read(&r->transcript, e, &r->arena, &bytes) != OK || dossier_decode(&r->arena, bytes, &d) != OK)
        return complain("line", number);
    if (!r->shows_persons) hide_persons(r, &d);
    standing_read(&d, NULL, &s);
    *more = visit(r, e, &s, context);
    return true;
}

static bool visit_object(struct reading *r, const struct transcript_entry *e, uint32_t number,
                         reading_visit_object *visit, void *context, bool *more)
{
    arena_reset(&r->arena);
    const struct node *object = transcript_read(&r->transcript, e, &r->arena, &r->object_json) == OK
                                    ? json_node_read(&r->arena, r->object_json, number)
                                    : NULL;
    if (!object) return complain("object", number);
    *more = visit(r, object, context);
    return true;
}

bool reading_walk_all(struct reading *r, reading_visit *visit, reading_visit_object *visit_refused, void *context)
{
    bool more = true;
    struct progress progress = { .noun = "lines", .total = r->transcript.count };
    progress_begin();
    for (uint32_t i = 0; more && i < r->transcript.count; i++) {
        const struct transcript_entry *e = &r->transcript.entries[i];
        progress.items = progress.done = i;
        progress_step(&progress);
        bool is_object = e->type == ENTRY_OBJECT;
        if (e->size == 0 || (is_object ? !visit_refused : !visit)) continue;
        if (!(is_object ? visit_object(r, e, i + 1, visit_refused, context, &more)
                        : visit_dossier(r, e, i + 1, visit, context, &more)))
            return false;
    }
    progress_end();
    return true;
}

bool reading_walk(struct reading *r, reading_visit *visit, void *context)
{
    return reading_walk_all(r, visit, NULL, context);
}

bool reading_walk_cases(struct reading *r, reading_visit *visit, void *context)
{
    bool more = true;
    for (uint32_t i = 0; more && i < r->transcript.case_count; i++)
        if (r->transcript.case_entries[i].size
            && !visit_dossier(r, &r->transcript.case_entries[i], i + 1, visit, context, &more))
            return false;
    return true;
}

static FILE *open_balances(struct reading *r)
{
    if (!r->has_broker) return fopen(state_dir_file(&r->state, "balances.ndjson"), "rb");
    if (!r->balances) r->balances = reading_broker_balances(&r->broker);
    if (r->balances) rewind(r->balances);
    return r->balances;
}

bool reading_walk_balances(struct reading *r, reading_visit_object *visit, void *context)
{
    FILE *file = open_balances(r);
    char *line = NULL;
    size_t capacity = 0;
    bool good = file != NULL;
    ssize_t size;
    if (!file) return !r->has_broker ? complain("balance", 0) : false;
    for (uint32_t row = 1; (size = getline(&line, &capacity, file)) > 0; row++) {
        arena_reset(&r->arena);
        const struct node *object = json_node_read(&r->arena, slice_trim(slice_of(line, (size_t)size - 1)), row);
        if (!object) good = complain("balance", row);
        if (!object || !visit(r, object, context)) break;
    }
    free(line);
    if (!r->has_broker) fclose(file);
    return good;
}

void reading_offer_names(struct reading *r, const struct standing *s, struct nearest *near)
{
    const struct receipt *receipt = s->dossier->receipt;
    const struct line *l = s->dossier->line;
    if (!l) return;
    nearest_offer(near, line_name_in(&r->arena, receipt));
    nearest_offer(near, l->invoice_no);
    nearest_offer(near, l->claim_id);
    nearest_offer(near, receipt->line_id);
}

bool reading_is_named(const struct standing *s, struct slice word)
{
    const struct receipt *receipt = s->dossier->receipt;
    const struct line *l = s->dossier->line;
    if (!l) return slice_equal(word, s->dossier->clearance->case_id);
    if (slice_equal(word, receipt->line_id) || slice_equal(word, l->invoice_no) || slice_equal(word, l->claim_id))
        return true;
    return line_name_is(receipt, word);
}
