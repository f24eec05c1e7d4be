/* claimctl/schemas.c: `schemas list|show|export|check`: what records, messages, topics and doors are made of, for
 * people who write them and systems that read them. */
#include "base/assert.h"
#include "claimctl/broker.h"
#include "claimctl/code_lists.h"
#include "claimctl/command.h"
#include "claimctl/descriptor.h"
#include "claimctl/file_refusal.h"
#include "claimctl/line_keys.h"
#include "claimctl/listing.h"
#include "claimctl/nearest.h"
#include "claimctl/option.h"
#include "claimctl/schema_text.h"
#include "intake/openapi.h"
#include "wire/problems.h"
#include "wire/terms.h"
#include "wire/world.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <sys/stat.h>

enum { TEXT_BYTES = 4 << 20, ARENA_BYTES = 64 << 20, FILE_BYTES_MAX = 4 << 20, CELL_BYTES = 1024 };

/* --- show --- */

static const struct listing_field key_fields[] = {
    { "key", LISTING_TEXT, "path from the top of the record; [] behind a list of blocks, * for a name of your own",
      false },
    { "type", LISTING_TEXT, "what may stand there, with unit and bounds", false },
    { "default", LISTING_TEXT, "what holds where it is absent; required: it must stand", false },
    { "meaning", LISTING_TEXT, "what it does", false },
    { "example", LISTING_TEXT, "as it may be written", true },
};
enum { KEY_FIELDS = sizeof key_fields / sizeof key_fields[0] };

struct showing { struct listing listing; struct slice prefix; unsigned found; struct nearest near; };

static bool is_below(struct slice path, struct slice prefix)
{
    if (slice_is_empty(prefix) || slice_equal(path, prefix)) return true;
    if (!slice_starts_with(path, prefix)) return false;
    return path.bytes[prefix.size] == '.' || path.bytes[prefix.size] == '[';
}

static bool is_shown(struct showing *s, struct slice path)
{
    nearest_offer(&s->near, path);
    return is_below(path, s->prefix);
}

static void show_key(void *context, const struct schema_key *key)
{
    struct showing *s = context;
    char buffer[CELL_BYTES];
    struct text type = text_over(buffer, sizeof buffer);
    const struct member *m = key->member;
    const struct key_about *about = key_about_find(slice_from(key->schema->what), slice_from(m->name));
    if (!is_shown(s, key->path)) return;
    schema_key_put_type(&type, m);
    const struct slice cells[KEY_FIELDS] = {
        key->path,
        text_slice(&type),
        m->required                     ? SLICE("required")
        : m->fallback                   ? slice_from(m->fallback)
        : about && about->initial.size  ? about->initial
                                        : (struct slice){ 0 },
        about ? about->meaning : (struct slice){ 0 },
        about ? about->example : (struct slice){ 0 },
    };
    listing_row(&s->listing, cells);
    s->found++;
}

/* Settings are written as they are named, dots and all. */
static void show_policies(struct showing *s)
{
    for (unsigned i = 0; i < policy_about_count(); i++) {
        char buffers[2][CELL_BYTES];
        struct text initial = text_over(buffers[0], CELL_BYTES), path = text_over(buffers[1], CELL_BYTES);
        struct policy_about p = policy_about_at(i, &initial);
        PUT(&path, "settings.");
        text_put(&path, p.name);
        if (!is_shown(s, text_slice(&path))) continue;
        const struct slice cells[KEY_FIELDS] = { text_slice(&path), p.type, p.initial, p.meaning, p.initial };
        listing_row(&s->listing, cells);
        s->found++;
    }
}

static void show_limit_setting(void *context, const struct schema_key *key)
{
    char buffer[CELL_BYTES];
    struct text path = text_over(buffer, sizeof buffer);
    struct schema_key below = *key;
    PUT(&path, "settings.");
    text_put(&path, key->path);
    below.path = text_slice(&path);
    show_key(context, &below);
}

static int refuse_root(struct slice word)
{
    struct slice names[64];
    unsigned count;
    const struct schema_root *roots = schema_roots(&count);
    for (unsigned i = 0; i < count; i++) names[i] = roots[i].word;
    names[count++] = SLICE("line");
    names[count++] = SLICE("kind");
    struct nearest near = nearest_of(word, names, count);
    return nearest_refuse(&near, "claimctl schemas list names them", "no record is called %.*s", SLICE_ARGS(word));
}

static const struct schema_root *root_named(struct slice word)
{
    unsigned count;
    const struct schema_root *roots = schema_roots(&count);
    for (unsigned i = 0; i < count; i++)
        if (slice_equal(roots[i].word, word)) return &roots[i];
    return NULL;
}

static int take_form(int *argc, char **argv, enum listing_form *form)
{
    bool is_known = listing_take_form(argc, argv, form, NULL);
    option_take(argc, argv, NULL, 0);
    return is_known ? EXIT_DONE : EXIT_USAGE;
}

/* The members of a line object. */
static void show_line(struct showing *s)
{
    for (unsigned i = 0; i < line_key_count(); i++) {
        char buffers[2][CELL_BYTES];
        struct text room = text_over(buffers[0], CELL_BYTES), of = text_over(buffers[1], CELL_BYTES);
        struct line_key key = line_key_at(i, &room);
        if (!is_shown(s, key.path)) continue;
        if (key.of.size) PUT(&of, "required of ");
        text_put(&of, key.of);
        const struct slice cells[KEY_FIELDS] = { key.path, key.type, text_slice(&of), key.meaning, key.example };
        listing_row(&s->listing, cells);
        s->found++;
    }
}

/* The kinds of lines: the sign of their quantity and what they cannot do without. */
static void show_kinds(struct showing *s)
{
    for (enum kind kind = KIND_UNSPECIFIED + 1; kind < KIND_COUNT; kind++) {
        char buffers[3][CELL_BYTES];
        struct text room = text_over(buffers[0], CELL_BYTES), type = text_over(buffers[1], CELL_BYTES),
                    needs = text_over(buffers[2], CELL_BYTES);
        struct kind_about about = line_kind_about(kind, &room);
        if (!is_shown(s, kind_name(kind))) continue;
        PUT(&type, "quantity: ");
        text_put(&type, about.quantity);
        if (about.needs.size) PUT(&needs, "needs ");
        text_put(&needs, about.needs);
        const struct slice cells[KEY_FIELDS] = {
            kind_name(kind), text_slice(&type), text_slice(&needs), about.meaning, { 0 }
        };
        listing_row(&s->listing, cells);
        s->found++;
    }
}

static void show_root(struct showing *s, const struct schema_root *root)
{
    schema_keys_visit(root->schema, show_key, s);
    if (root->schema == terms_ruleset_schema()) show_policies(s);
    if (root->schema == terms_limits_schema())
        schema_keys_visit(terms_limit_settings_schema(), show_limit_setting, s);
}

/* `program`, or a part of it: `program.volume.tiers`; `line` and `kind` are no records and told all the same. */
static int show(int argc, char **argv)
{
    struct output out = output_stdout();
    struct showing s = { .found = 0 };
    enum listing_form form;
    int code = take_form(&argc, argv, &form);
    if (code != EXIT_DONE) return code;
    if (argc != 3) return command_refuse("schemas", "show", "it takes one record, or a part of one");
    struct slice rest = slice_from(argv[2]), word = slice_cut(&rest, '.');
    const struct schema_root *root = root_named(word);
    bool is_line = slice_equal(word, SLICE("line")), is_kind = slice_equal(word, SLICE("kind"));
    if (!root && !is_line && !is_kind) return refuse_root(word);
    s.prefix = rest;
    s.near = nearest_to(rest);
    if (listing_begin(&s.listing, &out, key_fields, KEY_FIELDS, form)) {
        if (root) show_root(&s, root);
        else if (is_line) show_line(&s);
        else show_kinds(&s);
        listing_end(&s.listing);
        if (!s.found) {
            code = nearest_refuse(&s.near, "claimctl schemas show RECORD names its keys", "%.*s has no %.*s",
                                  SLICE_ARGS(word), SLICE_ARGS(rest));
        }
    }
    return output_close(&out) ? code : EXIT_FAILED;
}

/* --- list --- */

static const struct listing_field root_fields[] = {
    { "record", LISTING_TEXT, "its word, for schemas show", false },
    { "file", LISTING_TEXT, "where it stands in a world", false },
    { "keys", LISTING_WHOLE, "how many it can have", false },
};

static void count_key(void *context, const struct schema_key *key)
{
    (void)key;
    ++*(unsigned *)context;
}

static void list_row(struct listing *l, struct slice word, struct slice file, unsigned keys)
{
    char buffer[24];
    struct text number = text_over(buffer, sizeof buffer);
    text_put_int(&number, keys);
    const struct slice cells[] = { word, file, text_slice(&number) };
    listing_row(l, cells);
}

static int list(int argc, char **argv)
{
    struct output out = output_stdout();
    struct listing l = { .names_in_tsv = true };
    enum listing_form form;
    unsigned count;
    const struct schema_root *roots = schema_roots(&count);
    int code = take_form(&argc, argv, &form);
    if (code != EXIT_DONE) return code;
    if (argc != 2) return command_refuse("schemas", "list", "%s is one word too many", argv[2]);
    if (!listing_begin(&l, &out, root_fields, 3, form)) return output_close(&out) ? EXIT_DONE : EXIT_FAILED;
    for (unsigned i = 0; i < count; i++) {
        unsigned keys = 0;
        schema_keys_visit(roots[i].schema, count_key, &keys);
        list_row(&l, roots[i].word, roots[i].file, keys);
    }
    list_row(&l, SLICE("line"), SLICE("inbox/…: what partners send"), line_key_count());
    list_row(&l, SLICE("kind"), SLICE("kind of a line"), KIND_COUNT - 1);
    listing_end(&l);
    return output_close(&out) ? EXIT_DONE : EXIT_FAILED;
}

/* --- export, check --- */

typedef bool visit_file(void *context, const char *name, struct slice bytes);

/* What the numbers in messages mean. */
static const struct { const char *name; void (*put)(struct text *t); } code_lists[] = {
    { "reasons.json", code_lists_put_reasons },
    { "rules.json", code_lists_put_rules },
    { "issues.json", code_lists_put_issues },
};

/* Every file of an export, in one order. False: a visit wanted no more. */
static bool walk_files(visit_file *visit, void *context)
{
    char name[128];
    unsigned count;
    const struct schema_root *roots = schema_roots(&count);
    char *room = malloc(TEXT_BYTES);
    ASSERT(room);
    struct text t = text_over(room, TEXT_BYTES);
    bool more = visit(context, "claimstream.binpb", schema_text_descriptor_set())
                && visit(context, "openapi.json", openapi_text());
    schema_text_put_topics(&t);
    more = more && visit(context, "asyncapi.json", text_slice(&t));
    for (unsigned i = 0; more && i < count; i++) {
        t = text_over(room, TEXT_BYTES);
        schema_text_put_record(&t, &roots[i]);
        snprintf(name, sizeof name, "%.*s.schema.json", SLICE_ARGS(roots[i].word));
        more = visit(context, name, text_slice(&t));
    }
    if (more) {
        t = text_over(room, TEXT_BYTES);
        line_keys_put_schema(&t);
        more = visit(context, "line.schema.json", text_slice(&t));
    }
    for (unsigned i = 0; more && i < sizeof code_lists / sizeof code_lists[0]; i++) {
        t = text_over(room, TEXT_BYTES);
        code_lists[i].put(&t);
        more = visit(context, code_lists[i].name, text_slice(&t));
    }
    free(room);
    return more;
}

struct exporting { const char *folder; struct output out; unsigned differing, missing; struct arena arena; };

static bool write_file(void *context, const char *name, struct slice bytes)
{
    struct exporting *x = context;
    char path[PATH_MAX];
    struct output file;
    snprintf(path, sizeof path, "%s/%s", x->folder, name);
    if (output_open(&file, path) != OK) return false;
    output_put(&file, bytes);
    if (!output_close(&file)) return false;
    output_print(&x->out, "%s\n", path);
    return true;
}

static int export(int argc, char **argv)
{
    struct exporting x = { .out = output_stdout() };
    option_take(&argc, argv, NULL, 0);
    if (argc != 3) return command_refuse("schemas", "export", "it takes one folder");
    x.folder = argv[2];
    broker_make_folder(x.folder);
    bool is_written = walk_files(write_file, &x);
    return output_close(&x.out) && is_written ? EXIT_DONE : EXIT_FAILED;
}

/* --- messages against what somebody has --- */

static const struct descriptor_field *field_numbered(const struct descriptor_message *m, uint32_t number)
{
    const struct descriptor_field *f = m->fields;
    while (f && f->number != number) f = f->next;
    return f;
}

static void compare_message(struct exporting *x, const struct descriptor_message *theirs,
                            const struct descriptor_message *ours)
{
    for (const struct descriptor_field *f = theirs->fields; f; f = f->next) {
        const struct descriptor_field *now = field_numbered(ours, f->number);
        bool breaks = !now || now->type != f->type || now->is_repeated != f->is_repeated
                      || !slice_equal(now->name, f->name) || !slice_equal(now->type_name, f->type_name);
        if (breaks)
            output_print(&x->out, "breaks\t%.*s.%.*s = %u is %s\n", SLICE_ARGS(theirs->name), SLICE_ARGS(f->name),
                         f->number, now ? "another field now" : "no more");
        x->differing += breaks;
    }
    for (const struct descriptor_field *f = ours->fields; f; f = f->next)
        if (!field_numbered(theirs, f->number))
            output_print(&x->out, "new\t%.*s.%.*s = %u\n", SLICE_ARGS(ours->name), SLICE_ARGS(f->name), f->number);
}

/* What was added breaks nobody; what is gone or means something else does. */
static bool compare_messages(struct exporting *x, struct slice bytes)
{
    struct descriptor theirs, ours;
    if (descriptor_read(&x->arena, bytes, &theirs) != OK) return false;
    enum err e = descriptor_read(&x->arena, schema_text_descriptor_set(), &ours);
    ASSERT(e == OK);
    for (const struct descriptor_message *m = theirs.messages; m; m = m->next) {
        const struct descriptor_message *now = descriptor_find(&ours, m->name);
        if (now) compare_message(x, m, now);
        else output_print(&x->out, "breaks\t%.*s is no message any more\n", SLICE_ARGS(m->name));
        x->differing += !now;
    }
    return true;
}

static bool compare_file(void *context, const char *name, struct slice bytes)
{
    struct exporting *x = context;
    struct problems problems = problems_in(&x->arena);
    char path[PATH_MAX];
    struct slice theirs;
    snprintf(path, sizeof path, "%s/%s", x->folder, name);
    if (world_read_file(&x->arena, slice_copy(&x->arena, slice_from(path)), FILE_BYTES_MAX, &theirs, &problems) != OK) {
        output_print(&x->out, "missing\t%s\n", name);
        x->missing++;
        return true;
    }
    if (slice_equal(theirs, bytes)) return true;
    bool is_set = strcmp(name, "claimstream.binpb") == 0;
    if (is_set && compare_messages(x, theirs)) return true;
    output_print(&x->out, "%s\t%s\n", is_set ? "unreadable" : "differs", name);
    x->differing++;
    return true;
}

static int check(int argc, char **argv)
{
    static struct exporting x;
    x = (struct exporting){ .out = output_stdout() };
    option_take(&argc, argv, NULL, 0);
    if (argc != 3) return command_refuse("schemas", "check", "it takes one folder that export wrote");
    x.folder = argv[2];
    struct stat status;
    if (stat(x.folder, &status) != 0) return file_refuse(x.folder, errno);
    if (!S_ISDIR(status.st_mode)) return file_refuse(x.folder, ENOTDIR);
    if (arena_open(&x.arena, ARENA_BYTES, ARENA_BYTES) != OK) return EXIT_FAILED;
    walk_files(compare_file, &x);
    arena_close(&x.arena);
    fprintf(stderr, "%u difference%s, %u file%s missing\n", x.differing, plural(x.differing), x.missing,
            plural(x.missing));
    if (!output_close(&x.out)) return EXIT_FAILED;
    return x.differing || x.missing ? EXIT_DIFFERS : EXIT_DONE;
}

int claimctl_schemas(int argc, char **argv)
{
    static const struct command_verb verbs[] = {
        { SLICE_INIT("list"), list },
        { SLICE_INIT("show"), show },
        { SLICE_INIT("export"), export },
        { SLICE_INIT("check"), check },
    };
    return command_run_verb("schemas", verbs, sizeof verbs / sizeof verbs[0], argc, argv);
}
