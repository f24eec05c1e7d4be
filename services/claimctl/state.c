/* claimctl/state.c: `state list|show|verify`: the tables that services saved, read beside them. */
#include "claimctl/balances.h"
#include "claimctl/broker.h"
#include "claimctl/command.h"
#include "claimctl/listing.h"
#include "claimctl/option.h"
#include "claimctl/state_row.h"
#include "claimctl/state_verify.h"
#include "claimctl/topic_reader.h"

#include <stdlib.h>
#include <time.h>

enum { ROW_TEXT_BYTES = 8 << 20, ROW_ARENA_BYTES = 64 << 20, PARTITION_MAX = 9999 };

struct state_command {
    struct state_places places;
    struct output       out;
    struct slice        dir, stage, partition, table, partner;
    enum listing_form   form;
    struct arena        arena;                      /* of one row */
};

static int usage_error(const char *what, struct slice word)
{
    fprintf(stderr, "error[USAGE %d]: %s %.*s\n", ERR_USAGE, what, SLICE_ARGS(word));
    return EXIT_USAGE;
}

/* The options of all verbs; `rest` are those of one alone. */
static int open_command(struct state_command *c, int argc, char **argv)
{
    const struct option_slot options[] = {
        { "--state-dir", &c->dir, NULL }, { "--stage", &c->stage, NULL },     { "--partition", &c->partition, NULL },
        { "--table", &c->table, NULL },   { "--partner", &c->partner, NULL },
    };
    uint64_t partition = 0;
    c->out = output_stdout();
    if (!listing_take_form(&argc, argv, &c->form, NULL)) return EXIT_USAGE;
    option_take(&argc, argv, options, sizeof options / sizeof options[0]);
    if (argc != 2) return command_usage("state");
    if (!c->dir.size)
        return usage_error("state needs",
                           SLICE("--state-dir DIR: where a service keeps its tables (setting state.dir)"));
    if (c->partition.size && !slice_to_uint(c->partition, PARTITION_MAX, &partition))
        return usage_error("no partition:", c->partition);
    c->places.stage = c->stage;
    c->places.partition = c->partition.size ? (int32_t)partition : -1;
    if (arena_open(&c->arena, ROW_ARENA_BYTES, ROW_ARENA_BYTES) != OK) return EXIT_FAILED;
    if (c->form == LISTING_HELP) return EXIT_DONE;
    return state_places_open(&c->places, c->dir.bytes) == OK ? EXIT_DONE : EXIT_NOT_FOUND;
}

static int close_command(struct state_command *c, int code)
{
    bool nothing = code == EXIT_DONE && c->form != LISTING_HELP && c->places.count == 0;
    if (nothing)
        fprintf(stderr, "error[FILE_UNREADABLE %d]: no such tables below %.*s\n", ERR_FILE_UNREADABLE,
                SLICE_ARGS(c->dir));
    if (code == EXIT_DONE && (nothing || c->places.unreadable)) code = nothing ? EXIT_NOT_FOUND : EXIT_FAILED;
    state_places_close(&c->places);
    arena_close(&c->arena);
    bool written = output_close(&c->out);
    free(c);
    return written ? code : EXIT_FAILED;
}

static struct state_command *new_command(void)
{
    struct state_command *c = calloc(1, sizeof *c);
    if (!c) abort();
    return c;
}

/* --- list --- */

static const struct listing_field list_fields[] = {
    { "stage", LISTING_TEXT, "the stage whose tables they are", false },
    { "partition", LISTING_WHOLE, "of its topics", false },
    { "rows", LISTING_WHOLE, "in all tables", false },
    { "bytes", LISTING_WHOLE, "of the data file in use", false },
    { "changelog_offset", LISTING_WHOLE, "what the tables are good for; a restart replays from here", false },
    { "saved_at", LISTING_TEXT, "when", false },
    { "left", LISTING_TEXT,
      "in use; clean: closed and synced; dirty: its process died, or nobody tells who has it; damaged: cannot be read; "
      "unreadable: standard error says why",
      false },
    { "changelog", LISTING_TEXT, "the topic behind the tables", true },
    { "cluster_id", LISTING_TEXT, "of the broker", true },
    { "generation", LISTING_WHOLE, "folder of the partition; above 1: an earlier one was held", true },
};
enum { LIST_LEFT = 6, LIST_FIELDS = sizeof list_fields / sizeof list_fields[0] };

static void list_place(struct state_command *c, struct listing *l, const struct state_place *place)
{
    const struct lmdb_reading *r = lmdb_reader_reading(place->reader);
    struct text saved = text_in(&c->arena, 32);
    instant_put(&saved, r->meta.saved_at_unix_ms);
    struct slice cells[LIST_FIELDS] = {
        slice_from(place->stage),
        slice_of_int(&c->arena, place->partition),
        slice_of_int(&c->arena, (int64_t)lmdb_reader_count(place->reader)),
        slice_of_int(&c->arena, (int64_t)r->disk_bytes),
        slice_of_int(&c->arena, r->meta.changelog_offset),
        text_slice(&saved),
        r->is_used ? SLICE("in use") : r->is_clean ? SLICE("clean") : SLICE("dirty"),
        slice_from(r->meta.changelog),
        slice_from(r->meta.cluster_id),
        slice_of_int(&c->arena, r->generation),
    };
    listing_row(l, cells);
}

/* Named all the same: whoever counts the partitions finds it. */
static void list_unreadable(struct state_command *c, struct listing *l, const struct state_place *place)
{
    struct slice cells[LIST_FIELDS] = { slice_from(place->stage), slice_of_int(&c->arena, place->partition) };
    cells[LIST_LEFT] = place->err == ERR_STATE_MALFORMED ? SLICE("damaged") : SLICE("unreadable");
    listing_row(l, cells);
}

static int list(int argc, char **argv)
{
    struct state_command *c = new_command();
    struct listing l = { .names_in_tsv = true };
    int code = open_command(c, argc, argv);
    if (code != EXIT_DONE) return close_command(c, code);
    if (listing_begin(&l, &c->out, list_fields, LIST_FIELDS, c->form)) {
        for (unsigned i = 0; i < c->places.count; i++) {
            const struct state_place *place = &c->places.places[i];
            if (place->reader) list_place(c, &l, place);
            else list_unreadable(c, &l, place);
        }
        listing_end_of(&l, c->places.count > 0);
    }
    return close_command(c, code);
}

/* --- show --- */

struct showing { struct state_command *command; struct state_row row; struct text text; };

static enum err show_row(void *context, struct slice key, struct slice value)
{
    struct showing *s = context;
    arena_rewind(&s->command->arena, 0);
    s->text.size = 0;
    s->text.full = false;
    s->row.key = key;
    s->row.value = value;
    TRY(state_row_put(&s->text, &s->command->arena, &s->row));
    output_line(&s->command->out, text_slice(&s->text));
    return OK;
}

static enum err show_table(struct state_command *c, struct showing *s, const struct state_place *place, bool *known)
{
    char root_key[STORE_KEY_MAX];
    struct text prefix = text_over(root_key, sizeof root_key);
    s->row.stage = state_row_stage(slice_from(place->stage));
    s->row.partition = place->partition;
    if (!s->row.stage || !state_row_table(s->row.stage, c->table, &s->row.table)) return OK;
    *known = true;
    if (c->partner.size) {
        text_put_byte(&prefix, (char)(c->partner.size >> 8));
        text_put_byte(&prefix, (char)(c->partner.size & 255));
        text_put(&prefix, c->partner);
    }
    return store_scan(lmdb_reader_base(place->reader), s->row.table, text_slice(&prefix), (struct slice){ 0 }, show_row,
                      s);
}

static int show_tables(struct state_command *c)
{
    char *bytes = malloc(ROW_TEXT_BYTES);
    if (!bytes) abort();
    struct showing s = { .command = c, .text = text_over(bytes, ROW_TEXT_BYTES) };
    bool known = false;
    enum err e = OK;
    for (unsigned i = 0; i < c->places.count; i++) {
        const struct state_place *place = &c->places.places[i];
        enum err of_place = place->reader ? show_table(c, &s, place, &known) : OK;
        if (of_place == OK) continue;
        fprintf(stderr, "%s/p%03d: a row behind those shown cannot be read\n", place->stage, place->partition);
        e = of_place;
    }
    free(bytes);
    if (e != OK) return command_fail(e, NULL);
    return known || c->places.count == 0 ? EXIT_DONE : usage_error("no stage here has a table", c->table);
}

static int32_t today(void)
{
    return instant_date((instant_ms)time(NULL) * 1000, 0);
}

static int show_balances(struct state_command *c)
{
    static struct store *payout[PARTITION_MAX + 1], *compliance[PARTITION_MAX + 1];
    memset(payout, 0, sizeof payout);
    memset(compliance, 0, sizeof compliance);
    for (unsigned i = 0; i < c->places.count; i++) {
        const struct state_place *p = &c->places.places[i];
        const struct stage *stage = state_row_stage(slice_from(p->stage));
        if (!p->reader || !stage || p->partition > PARTITION_MAX) continue;
        if (stage->id == STAGE_PAYOUT) payout[p->partition] = lmdb_reader_base(p->reader);
        if (stage->id == STAGE_COMPLIANCE) compliance[p->partition] = lmdb_reader_base(p->reader);
    }
    enum err e = balances_write_of(
        &(struct balances_source){ payout, compliance, PARTITION_MAX + 1, today(), c->partner }, &c->out);
    return e == OK ? EXIT_DONE : command_fail(e, NULL);
}

static int show(int argc, char **argv)
{
    struct state_command *c = new_command();
    int code = open_command(c, argc, argv);
    if (code == EXIT_DONE && c->form != LISTING_HELP) code = c->table.size ? show_tables(c) : show_balances(c);
    return close_command(c, code);
}

/* --- verify --- */

struct verifying { struct state_fold *fold; enum err err; };

static bool add_record(void *context, const struct record *r, instant_ms at_unix_ms)
{
    struct verifying *v = context;
    (void)at_unix_ms;
    if (r) v->err = state_fold_add(v->fold, r->key, r->value, r->offset);
    return v->err == OK;
}

static const char *verdict_of(const struct state_differences *d)
{
    return state_differences_none(d) ? "agrees" : "DIFFERS";
}

static int verify_place(struct state_command *c, struct broker *b, const struct state_place *place)
{
    const struct lmdb_reading *r = lmdb_reader_reading(place->reader);
    struct topic_range range = {
        state_verify_topic(r->meta.changelog), place->partition, { .kind = MOMENT_BEGINNING }, { .kind = MOMENT_END }
    };
    struct state_differences d = { 0 };
    if (range.topic == TOPIC_NONE) return usage_error("no changelog of ours:", slice_from(r->meta.changelog));
    struct verifying v = { .fold = state_fold_open(r->meta.changelog_offset) };
    if (!v.fold) return command_fail(ERR_MEMORY_EXHAUSTED, NULL);
    enum err e = topic_read(b, &range, 1, false, add_record, &v);
    if (e == OK) e = v.err;
    if (e == OK) e = state_fold_compare(v.fold, lmdb_reader_base(place->reader), &d);
    state_fold_close(v.fold);
    if (e != OK) return broker_fail(b, e, r->meta.changelog);
    output_print(
        &c->out,
        "%s/p%03d\t%s\t%llu equal, %llu missing, %llu unknown, %llu other, %llu written since, up to offset %lld\n",
        place->stage, place->partition, verdict_of(&d), (unsigned long long)d.equal, (unsigned long long)d.missing,
        (unsigned long long)d.unknown, (unsigned long long)d.other, (unsigned long long)d.skipped,
        (long long)r->meta.changelog_offset);
    return state_differences_none(&d) ? EXIT_DONE : EXIT_DIFFERS;
}

/* A difference outweighs what could not be told. */
static int worse(int a, int b)
{
    return a == EXIT_DIFFERS || b == EXIT_DONE ? a : b;
}

static int verify(int argc, char **argv)
{
    static struct broker b;
    int code = broker_open(&b, &argc, argv);
    if (code != EXIT_DONE) {
        broker_close(&b);
        return code;
    }
    struct state_command *c = new_command();
    code = open_command(c, argc, argv);
    if (code == EXIT_DONE && c->places.count) code = broker_connect(&b);
    for (unsigned i = 0; code != EXIT_UNREACHABLE && code != EXIT_USAGE && i < c->places.count; i++)
        if (c->places.places[i].reader) code = worse(code, verify_place(c, &b, &c->places.places[i]));
    broker_close(&b);
    return close_command(c, code);
}

int claimctl_state(int argc, char **argv)
{
    static const struct command_verb verbs[] = { { SLICE_INIT("list"), list },
                                                 { SLICE_INIT("show"), show },
                                                 { SLICE_INIT("verify"), verify } };
    return command_run_verb("state", verbs, sizeof verbs / sizeof verbs[0], argc, argv);
}
