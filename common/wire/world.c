/* wire/world.c: the folder of a world, file by file; every error of every file is reported. */
#include "wire/world.h"

#include "base/assert.h"
#include "domain/calendar.h"
#include "wire/limits.h"
#include "wire/terms_schema.h"
#include "wire/yaml.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum { FILES_MAX = 4096, DOCUMENTS_MAX_OF_WORLD = 65536, SOURCES_MAX = 64, PRICE_LISTS_NAMED_MAX = 64,
       FILE_ROOM_BYTES = 1 << 20 };

#define OPERATOR_KINDS \
    (KIND_BIT(KIND_FUND_ADJUSTMENT) | KIND_BIT(KIND_PERIOD_CLOSE) | KIND_BIT(KIND_ADJUSTMENT) | \
    KIND_BIT(KIND_REVERSE) | \
     KIND_BIT(KIND_RERATE) | KIND_BIT(KIND_SETTLEMENT))

/* --- files --- */

static enum err refuse_file(struct problems *problems, struct slice path, const char *message)
{
    struct problem p = { .code = ERR_FILE_UNREADABLE, .file = path, .message = slice_from(message),
                         .fix = SLICE("check the name and the rights of the file") };
    problems_add(problems, &p);
    return ERR_FILE_UNREADABLE;
}

static enum err refuse_errno(struct problems *problems, struct slice path)
{
    char message[160], buffer[96];
    snprintf(message, sizeof message, "the file cannot be read: %s", strerror_r(errno, buffer, sizeof buffer));
    return refuse_file(problems, path, message);
}

static bool read_all(int fd, char *bytes, size_t size, size_t *taken)
{
    for (*taken = 0; *taken < size;) {
        ssize_t got = read(fd, bytes + *taken, size - *taken);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return false;
        if (got == 0) break;
        *taken += (size_t)got;
    }
    return true;
}

static enum err read_open(struct arena *a, int fd, struct slice path, size_t bytes_max, struct slice *bytes,
                          struct problems *problems)
{
    struct stat st;
    size_t taken;
    if (fstat(fd, &st) != 0) return refuse_errno(problems, path);
    if (!S_ISREG(st.st_mode)) return refuse_file(problems, path, "this is no file");
    size_t size = (size_t)st.st_size;
    if (size > bytes_max) return refuse_file(problems, path, "the file is too large");
    if (size + FILE_ROOM_BYTES > a->limit - a->used)
        return refuse_file(problems, path, "the file is too large for the memory it was given");
    char *copy = arena_alloc(a, size + 1);
    if (!read_all(fd, copy, size, &taken)) return refuse_errno(problems, path);
    *bytes = slice_of(copy, taken);
    return OK;
}

enum err world_read_file(struct arena *a, struct slice path, size_t bytes_max, struct slice *bytes,
                         struct problems *problems)
{
    struct slice terminated = slice_copy(a, path);
    if (memchr(path.bytes, '\0', path.size))
        return refuse_file(problems, path, "the name of the file holds a NUL byte");
    int fd = open(terminated.bytes, O_RDONLY | O_CLOEXEC);
    if (fd < 0) return refuse_errno(problems, path);
    enum err e = read_open(a, fd, path, bytes_max, bytes, problems);
    close(fd);
    return e;
}

static struct slice join(struct arena *a, struct slice folder, struct slice name)
{
    struct text t = text_in(a, folder.size + name.size + 2);
    text_put(&t, folder);
    if (folder.size && folder.bytes[folder.size - 1] != '/') text_put_byte(&t, '/');
    text_put(&t, name);
    return slice_copy(a, text_slice(&t));
}

static bool exists(struct arena *a, struct slice path)
{
    struct stat st;
    return stat(slice_copy(a, path).bytes, &st) == 0;
}

static enum err refuse_full(struct problems *problems, struct slice folder)
{
    struct problem p = { .code = ERR_FILE_UNREADABLE, .file = folder,
                         .message = SLICE("the folder holds more than 4096 files *.yaml"),
                         .fix = SLICE("take out of it what is no longer in force, or run in parts") };
    problems_add(problems, &p);
    return ERR_FILE_UNREADABLE;
}

static int compare_names(const void *a, const void *b)
{
    return slice_compare(*(const struct slice *)a, *(const struct slice *)b);
}

/* Names of the .yaml files of a folder in bytewise order. */
static enum err list_folder(struct arena *a, struct slice folder, const struct slice **names, unsigned *count,
                            struct problems *problems)
{
    struct slice *found = ARENA_ARRAY(a, FILES_MAX, struct slice);
    bool is_full = false;
    DIR *dir = opendir(slice_copy(a, folder).bytes);
    *count = 0;
    *names = found;
    if (!dir) return refuse_errno(problems, folder);
    for (const struct dirent *entry; !is_full && (entry = readdir(dir));) {
        struct slice name = slice_from(entry->d_name);
        if (name.bytes[0] == '.' || !slice_ends_with(name, SLICE(".yaml"))) continue;
        is_full = *count == FILES_MAX;
        if (!is_full) found[(*count)++] = slice_copy(a, name);
    }
    closedir(dir);
    if (is_full) return refuse_full(problems, folder);
    qsort(found, *count, sizeof *found, compare_names);
    return OK;
}

/* --- reading one file after another --- */

struct loader {
    struct arena     *arena;
    struct slice      folder;
    struct catalogue *catalogue;
    struct world     *world;
    struct problems  *problems;
    bool              has_all_profiles;             /* false: one could not be read, and that was said */
    const struct node *submitters, *partners;       /* where they were written */
};

static struct text_source source_of(const struct loader *l, struct slice path, enum err code)
{
    return (struct text_source){ .arena = l->arena, .file = path, .problems = l->problems, .code = code };
}

/* The tree of a YAML file; NULL with a problem. */
static const struct node *read_yaml(const struct loader *l, const struct text_source *s, size_t bytes_max)
{
    struct slice text;
    if (world_read_file(l->arena, s->file, bytes_max, &text, l->problems) != OK) return NULL;
    return yaml_read(s, text);
}

/* --- world.yaml --- */

static const struct member submitter_members[] = {
    { "id", ID_OF(struct submitter, id, 64), .required = true },
    { "partner_id", ID_OF(struct submitter, partner_id, 64) },
    { "reports_for", TEXTS_OF(struct submitter, reports_for, 64) },
    { "roles", TEXTS_OF(struct submitter, roles, 24) },
    { "vendor", FLAG_OF(struct submitter, vendor), .fallback = "false" },
    { "operator", FLAG_OF(struct submitter, operates), .fallback = "false" },
    { "kinds", .type = MEMBER_KINDS, PLACE(struct submitter, kinds) },
    { "profile", ID_OF(struct submitter, profile, 64), .fallback = "default" },
};

static void check_submitter(struct reading *r, const struct node *n, void *record)
{
    struct submitter *s = record;
    (void)r;
    if (!node_find(n, SLICE("kinds"))) s->kinds = PROFILE_KINDS_DEFAULT;
    if (s->operates) s->kinds |= OPERATOR_KINDS;
}

static const struct schema submitter_schema = SCHEMA_OF(struct submitter, submitter_members, "a submitter",
                                                        check_submitter);

const struct schema *world_submitter_schema(void)
{
    return &submitter_schema;
}

static const struct member document_members[] = {
    { "submitter", ID_OF(struct world_document, submitter, 64), .required = true },
    { "file", TEXT_OF(struct world_document, file, 1024), .required = true },
    { "received_at", .type = MEMBER_INSTANT, PLACE(struct world_document, received_at_unix_ms), .required = true },
};
static const struct schema document_schema = SCHEMA_OF(struct world_document, document_members, "a document", NULL);

static const struct member world_members[] = {
    { "clock", .type = MEMBER_INSTANT, PLACE(struct world, clock_unix_ms), .required = true },
    { "submitters", RECORDS_OF(struct world, submitters, submitter_count, submitter_schema),
      .bound = WORLD_SUBMITTERS_MAX },
    { "documents", RECORDS_OF(struct world, documents, document_count, document_schema),
      .bound = DOCUMENTS_MAX_OF_WORLD },
};
static const struct schema world_schema = SCHEMA_OF(struct world, world_members, "a world", NULL);

const struct submitter *world_submitter(const struct world *w, struct slice id)
{
    for (unsigned i = 0; i < w->submitter_count; i++)
        if (slice_equal(w->submitters[i].id, id)) return &w->submitters[i];
    return NULL;
}

/* Documents stay inside the folder of the world. */
static bool is_inside(struct slice file)
{
    if (file.size == 0 || file.bytes[0] == '/') return false;
    while (file.bytes)
        if (slice_equal(slice_cut(&file, '/'), SLICE(".."))) return false;
    return true;
}

static void check_document(struct reading *r, const struct node *n, const struct world *w, unsigned index)
{
    const struct world_document *d = &w->documents[index];
    int64_t before = index ? w->documents[index - 1].received_at_unix_ms : w->clock_unix_ms;
    if (!world_submitter(w, d->submitter)) {
        struct slice *ids = ARENA_ARRAY(r->source->arena, w->submitter_count + 1, struct slice);
        for (unsigned i = 0; i < w->submitter_count; i++) ids[i] = w->submitters[i].id;
        schema_refuse_unknown(r, schema_place(n, "submitter"), d->submitter, ids, w->submitter_count,
                              "submitter of this world");
    }
    if (!is_inside(d->file))
        schema_refuse(r, schema_place(n, "file"), "file", "name it from the folder of the world",
                      "\"%.*s\" lies outside the world", SLICE_ARGS(d->file));
    else if (!exists(r->source->arena, d->path))
        schema_refuse(r, schema_place(n, "file"), "file", "check the name", "there is no file \"%.*s\"",
                      SLICE_ARGS(d->file));
    if (d->received_at_unix_ms < before)
        schema_refuse(r, schema_place(n, "received_at"), "received_at", "write documents in the order of receipt",
                      index ? "the document before was received later"
                            : "the document is received before the clock of the world");
}

static void check_documents(struct reading *r, const struct loader *l, const struct node *list)
{
    struct world_document *documents = (struct world_document *)l->world->documents;
    const struct node_entry *e = list ? list->first : NULL;
    for (unsigned i = 0; i < l->world->document_count; i++, e = e->next) {
        documents[i].path = join(l->arena, l->folder, documents[i].file);
        check_document(r, e->value, l->world, i);
    }
}

static void check_submitters(struct reading *r, const struct loader *l, const struct node *list)
{
    const struct node_entry *e = list ? list->first : NULL;
    for (unsigned i = 0; i < l->world->submitter_count; i++, e = e->next) {
        const struct submitter *s = &l->world->submitters[i];
        if (world_submitter(l->world, s->id) != s)
            schema_refuse(r, schema_place(e->value, "id"), "submitters", "give each submitter its own id",
                          "\"%.*s\" stands twice", SLICE_ARGS(s->id));
        if (l->has_all_profiles && !mapping_profile_find(&l->world->profiles, s->profile, DATE_MAX))
            schema_refuse(r, schema_place(e->value, "profile"), "submitters",
                          "put it into profiles/<name>@<version>.yaml",
                          "there is no mapping profile \"%.*s\"", SLICE_ARGS(s->profile));
    }
}

static void load_world_file(struct loader *l)
{
    struct text_source s = source_of(l, join(l->arena, l->folder, SLICE("world.yaml")), ERR_WORLD_INVALID);
    struct reading r = reading_of(&s);
    const struct node *n = read_yaml(l, &s, WORLD_YAML_BYTES_MAX);
    if (!n || !schema_read(&r, &world_schema, n, l->world)) return;
    l->submitters = node_find(n, SLICE("submitters"));
    check_submitters(&r, l, l->submitters);
    check_documents(&r, l, node_find(n, SLICE("documents")));
}

/* --- partners --- */

static void refuse_second(struct reading *r, const struct node *n, struct slice id)
{
    schema_refuse(r, schema_place(n, "partner_id"), "partner_id", "keep one of the two", "partner %.*s stands twice",
                  SLICE_ARGS(id));
}

static bool is_known(const struct partner *partners, unsigned count, struct slice id)
{
    for (unsigned i = 0; i < count; i++)
        if (slice_equal(partners[i].partner_id, id)) return true;
    return false;
}

static void load_partners(struct loader *l)
{
    struct text_source s = source_of(l, join(l->arena, l->folder, SLICE("partners.yaml")), ERR_TERMS_INVALID);
    struct reading r = reading_of(&s);
    const struct node *n = read_yaml(l, &s, WORLD_YAML_BYTES_MAX);
    if (!n) return;
    if (n->type != NODE_LIST) {
        schema_refuse(&r, n->at, NULL, "write one list: - partner_id: …", "partners.yaml must be a list");
        return;
    }
    struct partner *partners = ARENA_ARRAY(l->arena, n->count + 1, struct partner);
    unsigned count = 0;
    for (const struct node_entry *e = n->first; e; e = e->next) {
        if (!reference_read_partner(&s, e->value, &partners[count])) continue;
        if (is_known(partners, count, partners[count].partner_id))
            refuse_second(&r, e->value, partners[count].partner_id);
        count++;
    }
    l->world->partners = partners;
    l->world->partner_count = count;
    l->partners = n;
}

/* --- programs, CSV --- */

/* A share of a rebate goes to a program that is in another file: checked when all were read (domain.md 5.2 V9). */
struct split { struct slice path, program_id, currency; struct position at; struct split *next; };

static void note_split(const struct loader *l, struct slice path, const struct node *n, const struct node *program,
                       struct split **splits)
{
    struct split *noted = ARENA_NEW(l->arena, struct split);
    *noted = (struct split){ .path = path, .program_id = program->text, .at = program->at, .next = *splits,
                             .currency = node_find(node_find(n, SLICE("program")), SLICE("currency"))->text };
    *splits = noted;
}

static void check_split(const struct loader *l, const struct split *split)
{
    struct text_source s = source_of(l, split->path, ERR_TERMS_INVALID);
    struct reading r = reading_of(&s);
    const struct program_history *h = catalogue_program(l->catalogue, split->program_id);
    const struct program *fund = h ? h->versions[h->version_count - 1] : NULL;
    if (!fund || fund->incentive != INCENTIVE_MDF)
        schema_refuse(&r, split->at, "volume.coop_split.program", "name an MDF program of this world",
                      "there is no MDF program \"%.*s\"",
                      SLICE_ARGS(split->program_id));
    else if (!slice_equal(fund->currency, split->currency))
        schema_refuse(&r, split->at, "volume.coop_split.program", "use one currency for both",
                      "program %.*s is in %.*s, this one in %.*s",
                      SLICE_ARGS(split->program_id), SLICE_ARGS(fund->currency), SLICE_ARGS(split->currency));
}

static void load_program_file(const struct loader *l, struct slice path, struct split **splits)
{
    struct text_source s = source_of(l, path, ERR_TERMS_INVALID);
    struct reading r = reading_of(&s);
    struct applied_record record;
    size_t mark = arena_mark(l->arena);
    const struct node *n = read_yaml(l, &s, TERMS_TEXT_BYTES_MAX);
    if (!n || !record_apply(&s, n, l->catalogue, &record)) return;
    const struct node *fund = node_find(node_find(node_find(n, SLICE("volume")), SLICE("coop_split")),
                                        SLICE("program"));
    if (fund) note_split(l, path, n, fund, splits);
    else if (record.type < RECORD_PARTNER) arena_rewind(l->arena, mark);
    if (record.type >= RECORD_PARTNER)
        schema_refuse(&r, n->at, NULL, "partners stand in partners.yaml, products, prices and rates in their CSV files",
                      "a file of programs/ holds a program, matrix, limits, ruleset or tax_table");
}

static void load_programs(const struct loader *l)
{
    struct slice folder = join(l->arena, l->folder, SLICE("programs"));
    struct split *splits = NULL;
    const struct slice *names;
    unsigned count, before = l->problems->count;
    if (list_folder(l->arena, folder, &names, &count, l->problems) != OK) return;
    for (unsigned i = 0; i < count; i++) load_program_file(l, join(l->arena, folder, names[i]), &splits);
    if (l->problems->count > before) return;        /* a fund that could not be read was reported */
    for (; splits; splits = splits->next) check_split(l, splits);
}

static void refuse_put(const struct text_source *s, const struct node *n, const char *message)
{
    struct reading r = reading_of(s);
    schema_refuse(&r, n->at, NULL, "change one of the two", "%s", message);
}

static void put_products(const struct loader *l, const struct text_source *s, const struct node *rows)
{
    for (const struct node_entry *e = rows->first; e; e = e->next) {
        struct product p;
        if (!reference_read_product(s, e->value, &p)) continue;
        if (catalogue_product(l->catalogue, p.sku)) refuse_put(s, e->value, "this sku stands in a row before");
        else if (catalogue_put_product(l->catalogue, &p) != OK)
            refuse_put(s, e->value, "no memory is left for this product");
    }
}

static void put_prices(const struct loader *l, const struct text_source *s, const struct node *rows)
{
    const struct price_list *lists;
    unsigned count;
    if (!reference_read_prices(s, rows, &lists, &count)) return;
    for (unsigned i = 0; i < count; i++)
        if (catalogue_put_price_list(l->catalogue, &lists[i]) != OK)
            refuse_put(s, rows, "no memory is left for these prices");
}

static void put_rates(const struct loader *l, const struct text_source *s, const struct node *rows)
{
    for (const struct node_entry *e = rows->first; e; e = e->next) {
        struct fx_pair p;
        if (reference_read_fx(s, e->value, &p) && catalogue_put_fx(l->catalogue, &p) != OK)
            refuse_put(s, e->value, "the rates of this pair in rows before are per other units");
    }
}

static void load_csv(const struct loader *l, struct slice name, enum reference_csv kind,
                     void (*put_rows)(const struct loader *, const struct text_source *, const struct node *))
{
    struct slice path = join(l->arena, l->folder, name), text;
    if (!exists(l->arena, path)) return;
    struct text_source s = source_of(l, path, ERR_TERMS_INVALID);
    unsigned before = l->problems->count;
    size_t mark = arena_mark(l->arena);
    if (world_read_file(l->arena, path, WORLD_FILE_BYTES_MAX, &text, l->problems) != OK) return;
    const struct node *rows = reference_read_csv(&s, kind, text);
    if (rows) put_rows(l, &s, rows);
    if (l->problems->count == before) arena_rewind(l->arena, mark);
}

/* --- lists --- */

static const char *const purposes[] = { "DENIED", "FORWARDER", "PUBLIC_BODY", NULL };
static const char *const formats[] = { "CSV", "OFAC_SDN", "UN_XML", NULL };
static const char *const denied_words[] = { "", "none", NULL };

static const struct member list_source_members[] = {
    { "id", ID_OF(struct list_source, id, 40), .required = true },
    { "purpose", CHOICE_OF(struct list_source, purpose, purposes), .required = true },
    { "format", CHOICE_OF(struct list_source, format, formats), .required = true },
    { "files", TEXTS_OF(struct list_source, files, 1024), .required = true },
    { "required", FLAG_OF(struct list_source, required), .fallback = "false" },
    { "max_age_hours", WHOLE_OF(struct list_source, max_age_hours, 0, 100000),
      ASIDE(struct list_source, has_max_age_hours) },
};

static void check_list_source(struct reading *r, const struct node *n, void *record)
{
    const struct list_source *s = record;
    if (s->files.count == 0)
        schema_refuse(r, schema_place(n, "files"), "files", "name at least one file", "a list without files");
}

static const struct schema list_source_schema = SCHEMA_OF(struct list_source, list_source_members, "a list",
                                                          check_list_source);

static const struct member lists_members[] = {
    { "denied", CHOICE_OF(struct world_lists, denied_none, denied_words) },
    { "sources", RECORDS_OF(struct world_lists, sources, source_count, list_source_schema), .bound = SOURCES_MAX },
};

static void check_lists(struct reading *r, const struct node *n, void *record)
{
    const struct world_lists *l = record;
    bool has_denied = false;
    for (unsigned i = 0; i < l->source_count; i++)
        has_denied = has_denied || l->sources[i].purpose == LIST_PURPOSE_DENIED;
    if (!has_denied && !l->denied_none)
        schema_refuse(r, n->at, NULL, "add a source of purpose DENIED, or write denied: none",
                      "no list of denied parties is named");
    if (has_denied && l->denied_none)
        schema_refuse(r, schema_place(n, "denied"), "denied", "remove it",
                      "denied: none stands beside a list of denied parties");
}

static const struct schema lists_schema = SCHEMA_OF(struct world_lists, lists_members, "lists", check_lists);

static void place_files(struct arena *a, struct slice folder, struct world_lists *lists)
{
    for (unsigned i = 0; i < lists->source_count; i++) {
        struct slice *files = (struct slice *)lists->sources[i].files.items;
        for (unsigned k = 0; k < lists->sources[i].files.count; k++)
            if (files[k].size && files[k].bytes[0] != '/') files[k] = join(a, folder, files[k]);
    }
}

bool world_read_lists(const struct text_source *s, const struct node *root, struct slice folder,
                      struct world_lists *out)
{
    struct reading r = reading_of(s);
    *out = (struct world_lists){ 0 };
    if (!schema_read(&r, &lists_schema, root, out)) return false;
    place_files(s->arena, folder, out);
    return true;
}

static void load_lists(const struct loader *l)
{
    struct text_source s = source_of(l, join(l->arena, l->folder, SLICE("lists.yaml")), ERR_LIST_INVALID);
    l->world->lists.denied_none = true;
    l->world->lists.are_absent = !exists(l->arena, s.file);
    if (l->world->lists.are_absent) return;
    const struct node *n = read_yaml(l, &s, WORLD_YAML_BYTES_MAX);
    if (n && !world_read_lists(&s, n, l->folder, &l->world->lists)) return;
}

const struct schema *world_schema_of(void) { return &world_schema; }
const struct schema *world_lists_schema(void) { return &lists_schema; }

/* --- mapping profiles --- */

struct profile_file { struct slice path, name, text, extends; bool done; };

/* The base a file names; empty when it names none or cannot be read: reading it will tell. */
static struct slice peek_base(const struct loader *l, const struct profile_file *f)
{
    struct problems ignored = problems_in(l->arena);
    struct text_source s = { .arena = l->arena, .file = f->path, .problems = &ignored, .code = ERR_CONFIG_INVALID };
    const struct node *extends = node_find(yaml_read(&s, f->text), SLICE("extends"));
    struct slice base = extends ? extends->text : (struct slice){ NULL, 0 };
    return slice_cut(&base, '@');
}

/* A file waits while another one that is still to be read may be its base. */
static bool must_wait(const struct profile_file *files, unsigned count, const struct profile_file *f)
{
    for (unsigned i = 0; i < count; i++) {
        struct slice rest = files[i].name;
        if (&files[i] == f || files[i].done) continue;
        if (slice_equal(slice_cut(&rest, '@'), f->extends)) return true;
    }
    return false;
}

static bool is_named_after(struct slice name, const struct mapping_profile *p)
{
    char buffer[128];
    struct text t = text_over(buffer, sizeof buffer);
    text_put(&t, p->name);
    text_put_byte(&t, '@');
    text_put_int(&t, p->version);
    PUT(&t, ".yaml");
    return !t.full && slice_equal(text_slice(&t), name);
}

static void load_profile(const struct loader *l, struct profile_file *f)
{
    struct text_source s = source_of(l, f->path, ERR_CONFIG_INVALID);
    struct reading r = reading_of(&s);
    f->done = true;
    const struct mapping_profile *p = mapping_profile_read(l->arena, f->path, f->text, &l->world->profiles,
                                                           l->problems);
    if (!p) return;
    if (!is_named_after(f->name, p))
        schema_refuse(&r, (struct position){ 1, 1 }, "profile", "rename the file", "the file holds %.*s@%u",
                      SLICE_ARGS(p->name), p->version);
    else if (mapping_profiles_add(l->arena, &l->world->profiles, p) != OK)
        schema_refuse(&r, (struct position){ 1, 1 }, "version", "give it a new version",
                      "this version is on file with other content");
}

static unsigned load_ready_profiles(const struct loader *l, struct profile_file *files, unsigned count,
                                    bool even_waiting)
{
    unsigned loaded = 0;
    for (unsigned i = 0; i < count; i++) {
        if (files[i].done || (!even_waiting && must_wait(files, count, &files[i]))) continue;
        load_profile(l, &files[i]);
        loaded++;
    }
    return loaded;
}

static void load_profiles(const struct loader *l)
{
    struct slice folder = join(l->arena, l->folder, SLICE("profiles"));
    const struct slice *names;
    unsigned count;
    if (!exists(l->arena, folder)) return;
    if (list_folder(l->arena, folder, &names, &count, l->problems) != OK) return;
    struct profile_file *files = ARENA_ARRAY(l->arena, count + 1, struct profile_file);
    for (unsigned i = 0; i < count; i++) {
        files[i] = (struct profile_file){ .path = join(l->arena, folder, names[i]), .name = names[i] };
        files[i].done = world_read_file(l->arena, files[i].path, TERMS_TEXT_BYTES_MAX, &files[i].text,
                                        l->problems) != OK;
        if (!files[i].done) files[i].extends = peek_base(l, &files[i]);
    }
    while (load_ready_profiles(l, files, count, false) > 0) { }
    load_ready_profiles(l, files, count, true);     /* a circle: each says that its base is not there */
}

/* --- names of nothing: taken as they are, since a record may come yet, and told --- */

static struct reading doubting(struct text_source *s, const struct loader *l, struct slice file)
{
    *s = source_of(l, join(l->arena, l->folder, file), ERR_WORLD_INVALID);
    s->problems = &l->world->doubts;
    return reading_of(s);
}

static void doubt_submitters(const struct loader *l)
{
    struct text_source s;
    struct reading r = doubting(&s, l, SLICE("world.yaml"));
    const struct world *w = l->world;
    struct slice *ids = ARENA_ARRAY(l->arena, w->partner_count + 1, struct slice);
    for (unsigned i = 0; i < w->partner_count; i++) ids[i] = w->partners[i].partner_id;
    const struct node_entry *e = l->submitters ? l->submitters->first : NULL;
    for (unsigned i = 0; i < w->submitter_count; i++, e = e->next) {
        struct slice id = w->submitters[i].partner_id;
        if (id.size && !is_known(w->partners, w->partner_count, id))
            schema_refuse_unknown(&r, schema_place(e->value, "partner_id"), id, ids, w->partner_count,
                                  "partner of this world");
    }
}

/* A world without prices says nothing of them. */
static void doubt_partners(const struct loader *l)
{
    struct text_source s;
    struct reading r = doubting(&s, l, SLICE("partners.yaml"));
    struct slice *ids = ARENA_ARRAY(l->arena, PRICE_LISTS_NAMED_MAX, struct slice);
    unsigned count = catalogue_price_list_ids(l->catalogue, ids, PRICE_LISTS_NAMED_MAX);
    const struct node_entry *e = l->partners->first;
    for (unsigned i = 0; i < l->world->partner_count && count; i++, e = e->next) {
        struct slice id = l->world->partners[i].price_list_id;
        bool found = id.size == 0 || count == PRICE_LISTS_NAMED_MAX;
        for (unsigned k = 0; k < count && !found; k++) found = slice_equal(ids[k], id);
        if (!found)
            schema_refuse_unknown(&r, schema_place(e->value, "price_list_id"), id, ids, count,
                                  "price list of this world");
    }
}

enum err world_load(struct arena *a, struct slice folder, struct catalogue *c, struct world *w,
                    struct problems *problems)
{
    unsigned before = problems->count;
    struct loader l = { .arena = a, .folder = slice_copy(a, folder), .catalogue = c, .world = w, .problems = problems };
    *w = (struct world){ .folder = l.folder, .doubts = problems_in(a) };
    if (!exists(a, folder)) return refuse_errno(problems, folder);  /* once, not for each of its files */
    load_profiles(&l);
    l.has_all_profiles = problems->count == before;
    load_world_file(&l);
    load_partners(&l);
    load_programs(&l);
    load_csv(&l, SLICE("products.csv"), REFERENCE_CSV_PRODUCTS, put_products);
    load_csv(&l, SLICE("prices.csv"), REFERENCE_CSV_PRICES, put_prices);
    load_csv(&l, SLICE("rates.csv"), REFERENCE_CSV_RATES, put_rates);
    load_lists(&l);
    if (problems->count == before) {
        doubt_submitters(&l);
        doubt_partners(&l);
        return OK;
    }
    for (const struct problem *p = problems->first; p; p = p->next)
        if (p->code != ERR_FILE_UNREADABLE) return ERR_WORLD_INVALID;
    return ERR_FILE_UNREADABLE;
}
