/* claimctl/holds_state.c: a run again, then what people decide. */
#include "claimctl/holds_state.h"

#include "claimctl/command.h"
#include "claimctl/explain.h"
#include "claimctl/run_feed.h"
#include "claimctl/run_keep.h"
#include "claimctl/run_review.h"
#include "wire/dossier_codec.h"
#include "wire/json_text.h"
#include "wire/limits.h"
#include "wire/masking.h"

#include <stdio.h>

enum { READ_BYTES = 64 << 20, ACTS_BYTES_MAX = 16 << 20 };

struct state_acts {
    struct holds_command *command;
    struct state_dir      kept;                     /* the run as it stands */
    struct transcript     before;
    struct run_options    options;
    const char           *acts;                     /* path of those so far; NULL none */
    struct run_engine     engine;
    struct arena          read_before, read_now;    /* of one entry each */
    struct text           all_acts;                 /* those so far and the new ones */
    const struct holds_named *named[HOLDS_OBJECTS_MAX];     /* by word */
};

/* --- what the words name --- */

static int find_in(struct state_acts *s, const struct transcript_entry *entries, uint32_t count)
{
    struct holds_command *c = s->command;
    for (uint32_t i = 0; i < count; i++) {
        struct slice bytes;
        struct dossier d;
        arena_reset(&s->read_before);
        if (entries[i].size == 0 || entries[i].type == ENTRY_OBJECT) continue;
        if (transcript_read(&s->before, &entries[i], &s->read_before, &bytes) != OK
            || dossier_decode(&s->read_before, bytes, &d) != OK) {
            fprintf(stderr, "error[FILE_UNREADABLE %d]: entry %u of the run cannot be read\n", ERR_FILE_UNREADABLE,
                    i + 1);
            return EXIT_FAILED;
        }
        struct record record = { .value = bytes };
        for (unsigned k = 0; k < c->word_count; k++) (void)holds_command_note(c, k, &d, &record);
    }
    return EXIT_DONE;
}

static int find_objects(struct state_acts *s)
{
    int code = find_in(s, s->before.entries, s->before.count);
    if (code == EXIT_DONE) code = find_in(s, s->before.case_entries, s->before.case_count);
    for (unsigned k = 0; code == EXIT_DONE && k < s->command->word_count; k++)
        s->named[k] = holds_command_choose(s->command, k, &code);
    return code;
}

/* --- again --- */

static bool is_same_entry(struct state_acts *s, struct transcript_entry *before, struct transcript_entry *now)
{
    struct slice a, b;
    if (before->size != now->size || before->type != now->type) return false;
    if (before->size == 0) return true;
    arena_reset(&s->read_before);
    arena_reset(&s->read_now);
    if (transcript_read(&s->before, before, &s->read_before, &a) != OK) return false;
    return transcript_read(&s->engine.transcript, now, &s->read_now, &b) == OK && slice_equal(a, b);
}

static bool is_same_run(struct state_acts *s)
{
    struct transcript *a = &s->before, *b = &s->engine.transcript;
    bool same = a->count == b->count && a->case_count == b->case_count && !b->failed;
    if (b->spool) same &= fflush(b->spool) == 0;
    for (uint32_t i = 0; same && i < a->count; i++) same = is_same_entry(s, &a->entries[i], &b->entries[i]);
    for (uint32_t i = 0; same && i < a->case_count; i++)
        same = is_same_entry(s, &a->case_entries[i], &b->case_entries[i]);
    return same;
}

static int run_again(struct state_acts *s)
{
    struct run_feed feed = { .engine = &s->engine, .is_again = true };
    int code = run_engine_open(&s->engine, &s->options);
    if (code == EXIT_DONE) code = run_feed_all(&feed);
    if (code != EXIT_DONE || is_same_run(s)) return code;
    if (s->engine.transcript.failed) return EXIT_FAILED;        /* no room for it: the transcript has said it */
    fprintf(stderr,
            "error[FILE_UNREADABLE %d]: %s: the run does not end any more as it stands there; its world, its inputs or "
            "this program are others now\n"
            "  run it again with claimctl run --state, then decide\n",
            ERR_FILE_UNREADABLE, s->kept.folder);
    return EXIT_CONFLICT;
}

/* --- acting --- */

static void keep_act(struct state_acts *s, const struct review *r)
{
    struct json j = json_over(&s->all_acts);
    json_open_object(&j);
    json_name(&j, SLICE("review"));
    json_open_object(&j);
    json_word(&j, "act", VOCABULARY_ACT, r->act);
    json_text(&j, "line_id", r->line_id);
    json_text(&j, "case_id", r->case_id);
    json_word(&j, "verb", VOCABULARY_VERB, r->verb);
    if (r->accepted_qty_milli) json_decimal(&j, "accepted_qty", r->accepted_qty_milli, 3);
    json_word(&j, "role", VOCABULARY_ROLE, r->role);
    json_text(&j, "note", r->note);
    json_text(&j, "actor_id", r->actor_id);
    json_name(&j, SLICE("actor_roles"));
    json_open_array(&j);
    for (unsigned i = 0; i < r->actor_roles.count; i++) json_put_text(&j, r->actor_roles.items[i]);
    json_close_array(&j);
    json_text(&j, "pivot", r->pivot);
    json_instant(&j, "at", r->at_unix_ms);
    json_instant(&j, "until", r->until_unix_ms);
    json_close_object(&j);
    json_close_object(&j);
    text_put_byte(&s->all_acts, '\n');
}

/* Where it stands once the act took effect. */
static void print_outcome(struct state_acts *s, unsigned k)
{
    struct holds_command *c = s->command;
    struct transcript *t = &s->engine.transcript;
    uint32_t at = s->named[k]->is_case ? UINT32_MAX : directory_get(&t->lines, s->named[k]->id, UINT32_MAX);
    struct slice bytes;
    struct dossier d;
    struct standing standing;
    arena_reset(&s->read_now);
    if (at == UINT32_MAX || fflush(t->spool) != 0 || transcript_read(t, &t->entries[at], &s->read_now, &bytes) != OK)
        return;
    if (dossier_decode(&s->read_now, bytes, &d) != OK) return;
    struct text says = text_in(&s->read_now, TEXT_BYTES_MAX);
    masking_hide(&s->read_now, &d);
    standing_read(&d, s->engine.catalogue, &standing);
    PUT(&says, "  ");
    explain_put_line(&says, &standing);
    output_line(&c->out, text_slice(&says));
}

static int act_on(struct state_acts *s, unsigned k)
{
    struct holds_command *c = s->command;
    struct embedded_weighed w;
    struct review act = { .actor_id = c->broker.actor };
    bool found = false;
    arena_reset(&c->scratch);
    if (s->named[k]->is_case) act.case_id = s->named[k]->id;
    else act.line_id = s->named[k]->id;
    enum err e = embedded_weigh(s->engine.engine, &c->scratch, act, &w);
    if (e != OK) return command_fail(e, NULL);
    if (!w.found) {
        output_print(&c->out, "%.*s\n", SLICE_ARGS(c->words[k]));
        holds_command_print_answer(c, &w.dossier, s->engine.catalogue, &act, &w.answer);
        return EXIT_DONE;
    }
    act = holds_command_review(c, &w.dossier, embedded_now(s->engine.engine));
    e = embedded_weigh(s->engine.engine, &c->scratch, act, &w);
    if (e != OK) return command_fail(e, NULL);
    holds_command_print_subject(c, &w.dossier, s->engine.catalogue);
    holds_command_print_answer(c, &w.dossier, s->engine.catalogue, &act, &w.answer);
    if (w.answer.standing == REVIEW_VOID) return EXIT_DONE;
    keep_act(s, &act);
    e = run_review_act(&s->engine, &act, &found);
    if (e != OK || s->all_acts.full) return command_fail(e != OK ? e : ERR_MEMORY_EXHAUSTED, NULL);
    if (w.answer.standing == REVIEW_EFFECTIVE) print_outcome(s, k);
    return EXIT_DONE;
}

static bool read_acts(struct state_acts *s)
{
    s->all_acts = text_in(&s->command->arena, ACTS_BYTES_MAX);
    FILE *file = s->acts ? fopen(s->acts, "rb") : NULL;
    if (!s->acts) return true;
    if (!file) return false;
    s->all_acts.size = fread(s->all_acts.bytes, 1, s->all_acts.capacity, file);
    bool ok = !ferror(file) && s->all_acts.size < s->all_acts.capacity;
    fclose(file);
    return ok;
}

static int act_on_all(struct state_acts *s)
{
    struct holds_command *c = s->command;
    int code = run_again(s);
    for (unsigned k = 0; code == EXIT_DONE && k < c->word_count; k++) code = act_on(s, k);
    bool acts = c->effective + c->pending + c->noted > 0;
    if (code == EXIT_DONE && c->execute && acts) code = run_keep(&s->engine, text_slice(&s->all_acts));
    return holds_command_finish(c, code);
}

/* The folder's own path ends as `--state` of the new run, which takes its turn there. */
static int open_all(struct state_acts *s)
{
    struct holds_command *c = s->command;
    if (arena_open(&s->read_before, READ_BYTES, READ_BYTES) != OK
        || arena_open(&s->read_now, READ_BYTES, READ_BYTES) != OK)
        return command_fail(ERR_MEMORY_EXHAUSTED, NULL);
    int code = state_dir_code(state_dir_open(&s->kept, c->state, &s->before));
    if (code != EXIT_DONE) return code;
    code = run_keep_read(&c->arena, &s->kept, &s->options, &s->acts);
    if (code == EXIT_DONE && !read_acts(s)) code = command_fail(ERR_FILE_UNREADABLE, NULL);
    s->options.state = c->execute ? c->state : NULL;
    if (code == EXIT_DONE) code = find_objects(s);
    return code == EXIT_DONE ? holds_command_confirm(c, s->named) : code;
}

int holds_state_act(struct holds_command *c)
{
    static struct state_acts s;
    s = (struct state_acts){ .command = c };
    int code = c->execute ? broker_may_write(&c->broker, DUTY_REVIEW) : EXIT_DONE;
    if (code == EXIT_DONE) code = open_all(&s);
    if (code == EXIT_DONE) code = act_on_all(&s);
    if (s.engine.options) run_engine_close(&s.engine);
    if (s.before.spool) transcript_close(&s.before);
    arena_close(&s.read_now);
    arena_close(&s.read_before);
    return code;
}
