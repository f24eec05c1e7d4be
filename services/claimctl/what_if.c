/* claimctl/what_if.c: running a world without keeping anything. */
#include "claimctl/what_if.h"

#include "claimctl/command.h"
#include "claimctl/json_node.h"
#include "claimctl/run_feed.h"
#include "wire/dossier_codec.h"

enum { WHAT_IF_ARENA_BYTES = 64 << 20 };

static bool apply_all(struct what_if *w)
{
    for (const struct node_entry *e = w->records ? w->records->first : NULL; e; e = e->next)
        if (!run_engine_apply(&w->engine, w->records_file, e->value)) return false;
    for (unsigned i = 0; i < w->program_count; i++)
        if (!run_engine_apply(&w->engine, w->programs[i].path, w->programs[i].tree)) return false;
    return !w->record || run_engine_apply(&w->engine, w->record_file, w->record);
}

int what_if_run(struct what_if *w)
{
    struct run_feed feed = { .engine = &w->engine, .is_again = w->is_again };
    w->arena = (struct arena){ 0 };
    int code = run_feed_check(&w->options);
    if (code != EXIT_DONE) return code;
    code = run_engine_open(&w->engine, &w->options);
    if (code == EXIT_DONE && arena_open(&w->arena, WHAT_IF_ARENA_BYTES, WHAT_IF_ARENA_BYTES) != OK) code = EXIT_FAILED;
    if (code == EXIT_DONE && !apply_all(w)) code = EXIT_FAILED;
    return code == EXIT_DONE ? run_feed_all(&feed) : code;
}

void what_if_close(struct what_if *w)
{
    arena_close(&w->arena);
    run_engine_close(&w->engine);
}

uint32_t what_if_first_input(const struct what_if *w)
{
    return w->engine.world.document_count;
}

static bool visit_entry(struct what_if *w, const struct transcript_entry *e, what_if_visit *visit, void *context)
{
    struct slice bytes;
    struct dossier d;
    struct standing s;
    arena_reset(&w->arena);
    if (transcript_read(&w->engine.transcript, e, &w->arena, &bytes) != OK) return false;
    if (e->type == ENTRY_OBJECT) {
        const struct node *object = json_node_read(&w->arena, bytes, 1);
        if (object) visit(w, e, NULL, object, context);
        return object != NULL;
    }
    if (dossier_decode(&w->arena, bytes, &d) != OK) return false;
    standing_read(&d, w->engine.catalogue, &s);
    visit(w, e, &s, NULL, context);
    return true;
}

bool what_if_walk(struct what_if *w, what_if_visit *visit, void *context)
{
    for (uint32_t i = 0; i < w->engine.transcript.count; i++) {
        const struct transcript_entry *e = &w->engine.transcript.entries[i];
        if (e->size == 0 || visit_entry(w, e, visit, context)) continue;
        fprintf(stderr, "error[FILE_UNREADABLE %d]: entry %u of the run cannot be read\n", ERR_FILE_UNREADABLE, i + 1);
        return false;
    }
    return true;
}
