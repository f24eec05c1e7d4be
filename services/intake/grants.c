/* intake/grants.c: files of grants, by schema. */
#include "intake/grants.h"

#include "base/assert.h"
#include "domain/calendar.h"
#include "intake/register.h"
#include "wire/terms_schema.h"
#include "wire/world.h"
#include "wire/yaml.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>

enum {
    TOKENS_MAX = 16384,
    SCHEMAS_MAX = 4096,
    PROFILES_MAX = 4096,
    GUID_TEXT_BYTES = 36
};

/* Files as they are written */

struct token_record { struct slice submitter, sha256; struct texts scopes; };
struct source_record { struct slice source, submitter; };
struct schema_record { uint32_t id; struct slice guid; unsigned type; };
struct file_record {
    const struct submitter     *submitters;
    unsigned                    submitter_count;
    const struct token_record  *tokens;
    unsigned                    token_count;
    const struct source_record *sources;
    unsigned                    source_count;
    const struct schema_record *schemas;
    unsigned                    schema_count;
};

static const char *const types[] = { "protobuf", "json", NULL };

static const struct member token_members[] = {
    { "submitter", ID_OF(struct token_record, submitter, 64), .required = true },
    { "sha256", TEXT_OF(struct token_record, sha256, SHA256_HEX), .required = true },
    { "scopes", TEXTS_OF(struct token_record, scopes, 16), .required = true },
};
static const struct schema token_schema = SCHEMA_OF(struct token_record, token_members, "a token", NULL);

static const struct member source_members[] = {
    { "source", TEXT_OF(struct source_record, source, 1024), .required = true },
    { "submitter", ID_OF(struct source_record, submitter, 64), .required = true },
};
static const struct schema source_schema = SCHEMA_OF(struct source_record, source_members, "a source", NULL);

static const struct member schema_members[] = {
    { "id", .type = MEMBER_WHOLE, PLACE(struct schema_record, id), .max = UINT32_MAX },
    { "guid", TEXT_OF(struct schema_record, guid, GUID_TEXT_BYTES) },
    { "type", .type = MEMBER_CHOICE, PLACE(struct schema_record, type), .choices = types, .fallback = "protobuf" },
};
static const struct schema schema_schema = SCHEMA_OF(struct schema_record, schema_members, "a schema", NULL);

struct reader_of_file { struct arena *arena; struct problems *problems; struct grants *out; };

static bool read_file(const struct reader_of_file *f, const char *path, const struct member *members, unsigned count,
                      const char *noun, struct file_record *record, struct text_source *source,
                      const struct node **tree)
{
    struct slice text;
    *source = (struct text_source){ .arena = f->arena,
                                    .file = slice_copy(f->arena, slice_from(path)),
                                    .problems = f->problems,
                                    .code = ERR_CONFIG_INVALID };
    if (world_read_file(f->arena, source->file, WORLD_YAML_BYTES_MAX, &text, f->problems) != OK) return false;
    *tree = yaml_read(source, text);
    if (!*tree) return false;
    struct reading r = reading_of(source);
    struct schema schema = { .what = noun, .members = members, .member_count = count, .bytes = sizeof *record };
    return schema_read(&r, &schema, *tree, record);
}

/* Submitters and their tokens */

static bool take_scopes(struct reading *r, const struct node *n, const struct token_record *t, unsigned *scopes)
{
    static const struct { struct slice word; enum scope scope;
    } words[] = {
        { SLICE_INIT("submit"), SCOPE_SUBMIT },
        { SLICE_INIT("read"), SCOPE_READ },
        { SLICE_INIT("operate"), SCOPE_OPERATE },
    };
    *scopes = 0;
    for (unsigned k = 0; k < t->scopes.count; k++) {
        unsigned found = 0;
        for (unsigned w = 0; w < 3; w++)
            if (slice_equal(words[w].word, t->scopes.items[k])) found = words[w].scope;
        if (!found) {
            schema_refuse(r, schema_place(n, "scopes"), "scopes", "use submit, read and operate",
                          "there is no scope \"%.*s\"", SLICE_ARGS(t->scopes.items[k]));
            return false;
        }
        *scopes |= found;
    }
    return true;
}

static void take_token(const struct reader_of_file *f, struct reading *r, const struct node *n,
                       const struct token_record *from, struct grant_token *to)
{
    to->submitter = from->submitter;
    if (!grants_find(f->out, from->submitter))
        schema_refuse(r, schema_place(n, "submitter"), "submitter", "name one of the submitters of this file",
                      "there is no submitter \"%.*s\"", SLICE_ARGS(from->submitter));
    if (!register_id_of(from->sha256, to->sha256))
        schema_refuse(r, schema_place(n, "sha256"), "sha256", "printf %%s TOKEN | sha256sum",
                      "a token stands as the 64 digits of its SHA-256");
    (void)take_scopes(r, n, from, &to->scopes);
}

static void take_submitters(const struct reader_of_file *f, struct reading *r, const struct node *tree,
                            const struct file_record *record)
{
    struct grants *g = f->out;
    struct grant *grants = ARENA_ARRAY(f->arena, record->submitter_count + 1, struct grant);
    struct grant_token *tokens = ARENA_ARRAY(f->arena, record->token_count + 1, struct grant_token);
    for (unsigned k = 0; k < record->submitter_count; k++) {
        const struct submitter *s = &record->submitters[k];
        if (grants_find(g, s->id))
            schema_refuse(r, schema_place(tree, "submitters"), "submitters", "give each its own id",
                          "\"%.*s\" stands twice", SLICE_ARGS(s->id));
        grants[k] = (struct grant){
            .submitter = { .id = s->id,
                           .partner_id = s->partner_id,
                           .reports_for = s->reports_for,
                           .roles = s->roles,
                           .vendor = s->vendor,
                           .operates = s->operates,
                           .kinds = s->kinds },
            .profile = s->profile,
        };
        g->items = grants;
        g->count = k + 1;
    }
    const struct node *list = node_find(tree, SLICE("tokens"));
    const struct node_entry *e = list ? list->first : NULL;
    for (unsigned k = 0; k < record->token_count; k++, e = e->next)
        take_token(f, r, e->value, &record->tokens[k], &tokens[k]);
    g->tokens = tokens;
    g->token_count = record->token_count;
}

static void read_submitters(const struct reader_of_file *f, const char *path)
{
    struct member members[] = {
        { "submitters", .type = MEMBER_RECORDS, PLACE(struct file_record, submitters),
          ASIDE(struct file_record, submitter_count), .schema = world_submitter_schema(),
          .bound = WORLD_SUBMITTERS_MAX },
        { "tokens", RECORDS_OF(struct file_record, tokens, token_count, token_schema), .bound = TOKENS_MAX },
    };
    struct file_record record = { 0 };
    struct text_source source;
    const struct node *tree;
    if (!read_file(f, path, members, 2, "a file of submitters", &record, &source, &tree)) return;
    struct reading r = reading_of(&source);
    take_submitters(f, &r, tree, &record);
}

/* Sources and schemas of records */

static void read_sources(const struct reader_of_file *f, const char *path)
{
    const struct member members[] = { { "sources", RECORDS_OF(struct file_record, sources, source_count, source_schema),
                                        .bound = WORLD_SUBMITTERS_MAX } };
    struct file_record record = { 0 };
    struct text_source source;
    const struct node *tree;
    if (!read_file(f, path, members, 1, "a file of sources", &record, &source, &tree)) return;
    struct grant_source *sources = ARENA_ARRAY(f->arena, record.source_count + 1, struct grant_source);
    struct reading r = reading_of(&source);
    for (unsigned k = 0; k < record.source_count; k++) {
        sources[k] = (struct grant_source){ record.sources[k].source, record.sources[k].submitter };
        if (!grants_find(f->out, sources[k].submitter))
            schema_refuse(&r, schema_place(tree, "sources"), "submitter", "name one of the file of submitters",
                          "there is no submitter \"%.*s\"", SLICE_ARGS(sources[k].submitter));
    }
    f->out->sources = sources;
    f->out->source_count = record.source_count;
}

static bool take_guid(struct slice text, uint8_t guid[FRAMING_GUID_BYTES])
{
    unsigned digits = 0;
    for (size_t k = 0; k < text.size; k++) {
        char c = text.bytes[k];
        int value = c >= '0' && c <= '9'   ? c - '0'
                    : c >= 'a' && c <= 'f' ? c - 'a' + 10
                    : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                           : -1;
        if (c == '-') continue;
        if (value < 0 || digits == 2 * FRAMING_GUID_BYTES) return false;
        guid[digits / 2] = (uint8_t)(guid[digits / 2] << 4 | value);
        digits++;
    }
    return digits == 2 * FRAMING_GUID_BYTES;
}

static void read_schemas(const struct reader_of_file *f, const char *path)
{
    const struct member members[] = { { "schemas", RECORDS_OF(struct file_record, schemas, schema_count, schema_schema),
                                        .bound = SCHEMAS_MAX } };
    struct file_record record = { 0 };
    struct text_source source;
    const struct node *tree;
    if (!read_file(f, path, members, 1, "a file of schemas", &record, &source, &tree)) return;
    struct framing_schema *schemas = ARENA_ARRAY(f->arena, record.schema_count + 1, struct framing_schema);
    struct reading r = reading_of(&source);
    for (unsigned k = 0; k < record.schema_count; k++) {
        const struct schema_record *from = &record.schemas[k];
        schemas[k] = (struct framing_schema){ .id = from->id,
                                              .type = (enum framing_type)from->type,
                                              .has_guid = from->guid.size > 0 };
        if (from->guid.size > 0 && !take_guid(from->guid, schemas[k].guid))
            schema_refuse(&r, schema_place(tree, "schemas"), "guid", "write 32 hex digits, with or without dashes",
                          "\"%.*s\" is no GUID", SLICE_ARGS(from->guid));
    }
    f->out->schemas.items = schemas;
    f->out->schemas.count = record.schema_count;
}

/* Profiles */

static int is_profile(const struct dirent *e)
{
    size_t size = strlen(e->d_name);
    return e->d_name[0] != '.' && size > 5 && strcmp(e->d_name + size - 5, ".yaml") == 0
           && strchr(e->d_name, '@') != NULL;
}

static bool read_profile(const struct reader_of_file *f, const char *folder, const char *name)
{
    char path[PATH_MAX];
    struct slice text;
    int size = snprintf(path, sizeof path, "%s/%s", folder, name);
    if (size < 0 || (size_t)size >= sizeof path) return false;
    if (world_read_file(f->arena, slice_from(path), WORLD_YAML_BYTES_MAX, &text, f->problems) != OK) return false;
    const struct mapping_profile *p =
        mapping_profile_read(f->arena, slice_copy(f->arena, slice_from(path)), text, &f->out->profiles, f->problems);
    return p && mapping_profiles_add(f->arena, &f->out->profiles, p) == OK;
}

/* A profile may extend one that stands later in the folder: what cannot be read yet is tried again after the
 * others. */
static void read_profiles(const struct reader_of_file *f, const char *folder)
{
    struct dirent **entries;
    int count = scandir(folder, &entries, is_profile, alphasort);
    if (count < 0) {
        struct problem p = { .code = ERR_FILE_UNREADABLE,
                             .file = slice_copy(f->arena, slice_from(folder)),
                             .message = SLICE("the folder of mapping profiles cannot be read"),
                             .fix = SLICE("check intake.profiles_dir") };
        problems_add(f->problems, &p);
        return;
    }
    struct reader_of_file quiet = *f;
    bool has_more = true;
    for (int round = 0; has_more && round < count; round++) {
        struct problems unheard = problems_in(f->arena);
        has_more = false;
        quiet.problems = &unheard;
        unsigned before = f->out->profiles.count;
        for (int k = 0; k < count; k++)
            if (entries[k]->d_name[0] && read_profile(&quiet, folder, entries[k]->d_name)) entries[k]->d_name[0] = 0;
        has_more = f->out->profiles.count > before;
    }
    for (int k = 0; k < count; k++) {
        if (entries[k]->d_name[0]) (void)read_profile(f, folder, entries[k]->d_name);
        free(entries[k]);
    }
    free(entries);
}

static bool is_given(const char *path)
{
    return path && *path;
}

enum err grants_read(struct arena *a, const struct grant_files *files, struct grants *out, struct problems *problems)
{
    struct reader_of_file f = { a, problems, out };
    unsigned before = problems->count;
    *out = (struct grants){ .bare_submitter = slice_copy(a, files->bare_submitter), .allows_all = files->allows_all };
    out->local = (struct grant){ .submitter = submitter_local(), .profile = SLICE("default") };
    out->local.submitter.is_local = false;          /* what only a run may say stays with it */
    out->schemas.deprecated_index_format = files->deprecated_index_format;
    if (is_given(files->profiles_dir)) read_profiles(&f, files->profiles_dir);
    if (is_given(files->submitters)) read_submitters(&f, files->submitters);
    if (is_given(files->sources)) read_sources(&f, files->sources);
    if (is_given(files->schemas)) read_schemas(&f, files->schemas);
    for (unsigned k = 0; k < out->count; k++) {
        if (mapping_profile_find(&out->profiles, out->items[k].profile, DATE_MAX)) continue;
        struct problem p = { .code = ERR_CONFIG_INVALID,
                             .file = slice_copy(a, slice_from(files->submitters)),
                             .member = SLICE("profile"),
                             .message = SLICE("a submitter names a mapping profile that is not in intake.profiles_dir"),
                             .fix = out->items[k].profile };
        problems_add(problems, &p);
    }
    return problems->count == before ? OK : problems->first->code;
}

/* Asking */

const struct grant *grants_find(const struct grants *g, struct slice submitter_id)
{
    for (unsigned k = 0; k < g->count; k++)
        if (slice_equal(g->items[k].submitter.id, submitter_id)) return &g->items[k];
    return g->allows_all && slice_equal(submitter_id, SLICE("local")) ? &g->local : NULL;
}

/* Every token is looked at, so that the time tells nothing. */
const struct grant *grants_of_token(const struct grants *g, struct slice token, unsigned *scopes)
{
    uint8_t digest[SHA256_BYTES];
    const struct grant_token *found = NULL;
    *scopes = 0;
    if (token.size == 0) {
        *scopes = g->allows_all ? SCOPE_ALL : 0;
        return g->allows_all ? &g->local : NULL;
    }
    hash_sha256(token, digest);
    for (unsigned k = 0; k < g->token_count; k++) {
        uint8_t differs = 0;
        for (unsigned n = 0; n < SHA256_BYTES; n++) differs |= (uint8_t)(g->tokens[k].sha256[n] ^ digest[n]);
        if (!differs) found = &g->tokens[k];
    }
    if (!found) return NULL;
    *scopes = found->scopes;
    return grants_find(g, found->submitter);
}

const struct grant *grants_of_source(const struct grants *g, struct slice source)
{
    if (source.size == 0) return g->bare_submitter.size ? grants_find(g, g->bare_submitter) : NULL;
    for (unsigned k = 0; k < g->source_count; k++)
        if (slice_equal(g->sources[k].source, source)) return grants_find(g, g->sources[k].submitter);
    return NULL;
}

const struct mapping_profile *grants_profile(const struct grants *g, const struct grant *grant, struct slice name,
                                             int32_t day)
{
    uint64_t version;
    if (name.size == 0) return mapping_profile_find(&g->profiles, grant->profile, day);
    size_t at = slice_find(name, '@');
    if (at == name.size) return mapping_profile_find(&g->profiles, name, day);
    if (!slice_to_uint(slice_skip(name, at + 1), UINT32_MAX, &version)) return NULL;
    struct slice base = slice_head(name, at);
    for (unsigned k = 0; k < g->profiles.count; k++)
        if (slice_equal(g->profiles.items[k]->name, base) && g->profiles.items[k]->version == version)
            return g->profiles.items[k];
    const struct mapping_profile *built_in = mapping_profile_default();
    return slice_equal(base, built_in->name) && version == built_in->version ? built_in : NULL;
}

bool grants_readings(const struct grants *g, const struct grant *grant, struct slice names, int32_t day,
                     struct readings *out)
{
    *out = (struct readings){ 0 };
    do {
        const struct mapping_profile *p = grants_profile(g, grant, slice_cut(&names, ' '), day);
        if (!p || out->count == READINGS_MAX) return false;
        out->items[out->count++] = (struct profile_reading){ p, p };
    } while (names.size > 0);
    return true;
}
