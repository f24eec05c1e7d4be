/* stage/setting_sources.c: reading settings, weakest source first. */
#include "stage/setting_sources.h"

#include "base/assert.h"
#include "wire/world.h"
#include "wire/yaml.h"

#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

enum { FILE_BYTES_MAX = 1 << 20, NAME_BYTES_MAX = 256, SECRET_BYTES_MAX = 65536 };

struct sources { struct settings *settings; struct problems *problems; struct arena *arena; };

static void __attribute__((format(printf, 5, 6))) refuse(const struct sources *s, const struct setting_place *place,
                                                         struct slice member, struct slice fix, const char *format, ...)
{
    char message[512];
    va_list list;
    va_start(list, format);
    vsnprintf(message, sizeof message, format, list);
    va_end(list);
    struct problem p = { .code = ERR_CONFIG_INVALID,
                         .file = place->where,
                         .at = { place->line, place->column },
                         .member = member,
                         .message = slice_from(message),
                         .fix = fix };
    problems_add(s->problems, &p);
}

static struct slice nearest_name(struct slice name)
{
    struct slice names[SETTING_COUNT];
    for (enum setting_id id = 0; id < SETTING_COUNT; id++) names[id] = setting_row(id)->name;
    return problems_nearest(name, names, SETTING_COUNT);
}

static void refuse_unknown(const struct sources *s, const struct setting_place *place, struct slice name)
{
    struct slice near = nearest_name(name);
    struct text fix = text_in(s->arena, NAME_BYTES_MAX + 32);
    if (near.size) {
        PUT(&fix, "did you mean ");
        text_put(&fix, near);
        text_put_byte(&fix, '?');
    } else PUT(&fix, "--settings lists all of them");
    refuse(s, place, name, text_slice(&fix), "there is no setting %.*s", SLICE_ARGS(name));
}

static void refuse_value(const struct sources *s, const struct setting_place *place, struct slice name,
                         struct slice value)
{
    enum setting_id id = setting_find(name);
    struct text fix = text_in(s->arena, 512);
    PUT(&fix, "it takes ");
    if (id < SETTING_COUNT) setting_put_range(&fix, setting_row(id));
    else PUT(&fix, "text of at most 4096 bytes");
    refuse(s, place, name, text_slice(&fix), "%.*s cannot be \"%.*s\"", SLICE_ARGS(name),
           SLICE_ARGS(slice_head(value, 200)));
}

/* --- secrets from files ----------------------------------------------------------------------------------------- */

/* kafka.sasl.password_file: PATH gives kafka.sasl.password: who looks at arguments or the environment sees a path. */
static bool is_secret_file(struct slice name, struct slice *secret)
{
    static const struct slice suffix = SLICE_INIT("_file"), kafka = SLICE_INIT("kafka.");
    if (!slice_starts_with(name, kafka) || !slice_ends_with(name, suffix)) return false;
    *secret = slice_head(name, name.size - suffix.size);
    return setting_is_secret(*secret);
}

static bool read_secret(const struct sources *s, struct slice path, struct slice *value)
{
    struct slice bytes;
    if (world_read_file(s->arena, path, SECRET_BYTES_MAX, &bytes, s->problems) != OK) return false;
    while (bytes.size && (bytes.bytes[bytes.size - 1] == '\n' || bytes.bytes[bytes.size - 1] == '\r')) bytes.size--;
    *value = bytes;
    return true;
}

static void take(const struct sources *s, struct slice name, struct slice value, struct setting_place place)
{
    struct slice secret;
    if (is_secret_file(name, &secret)) {
        if (!read_secret(s, value, &value)) return;
        name = secret;
        if (place.origin == SETTING_FLAG) place.origin = SETTING_ENVIRONMENT;      /* what the option named is a file */
    }
    switch (settings_set(s->settings, name, value, place)) {
    case SETTING_TAKEN:   return;
    case SETTING_UNKNOWN: refuse_unknown(s, &place, name); return;
    case SETTING_REFUSED: refuse_value(s, &place, name, value); return;
    case SETTING_SECRET:
        refuse(s, &place, name, SLICE("write it to a file and name that: add _file to the name"),
               "%.*s is a secret: everybody sees the arguments of a process", SLICE_ARGS(name));
        return;
    case SETTING_TOO_MANY:
        refuse(s, &place, name, SLICE("take some away"), "there are more than %d kafka.<property> settings",
               SETTING_PROPERTIES_MAX);
        return;
    }
}

/* --- files ------------------------------------------------------------------------------------------------------ */

static struct slice join_list(const struct sources *s, const struct node *list)
{
    struct text t = text_in(s->arena, SETTING_TEXT_MAX + 1);
    for (const struct node_entry *e = list->first; e; e = e->next) {
        if (t.size) text_put_byte(&t, ',');
        text_put(&t, e->value->text);
    }
    return text_slice(&t);
}

static bool is_list_of_texts(const struct node *n)
{
    if (n->type != NODE_LIST) return false;
    for (const struct node_entry *e = n->first; e; e = e->next)
        if (e->value->type != NODE_SCALAR) return false;
    return true;
}

static void take_map(const struct sources *s, struct slice file, struct slice prefix, const struct node *map);

static void take_entry(const struct sources *s, struct slice file, struct slice prefix, const struct node_entry *e)
{
    char buffer[NAME_BYTES_MAX];
    struct text name = text_over(buffer, sizeof buffer);
    text_put(&name, prefix);
    if (prefix.size) text_put_byte(&name, '.');
    text_put(&name, e->key);
    struct setting_place place = { .origin = SETTING_FILE, .where = file, .line = e->at.line, .column = e->at.column };
    if (name.full)
        refuse(s, &place, slice_head(text_slice(&name), 64), (struct slice){ 0 }, "a name is longer than %d bytes",
               NAME_BYTES_MAX);
    else if (slice_equal(text_slice(&name), SLICE("contexts"))) return;
    else if (e->value->type == NODE_MAP) take_map(s, file, text_slice(&name), e->value);
    else if (e->value->type == NODE_SCALAR) take(s, text_slice(&name), e->value->text, place);
    else if (is_list_of_texts(e->value)) take(s, text_slice(&name), join_list(s, e->value), place);
    else
        refuse(s, &place, text_slice(&name), SLICE("write texts"), "%.*s is a list of something else than texts",
               SLICE_ARGS(text_slice(&name)));
}

static void take_map(const struct sources *s, struct slice file, struct slice prefix, const struct node *map)
{
    for (const struct node_entry *e = map->first; e; e = e->next) take_entry(s, file, prefix, e);
}

/* A file of nothing but comments is an empty one. */
static bool says_nothing(struct slice text)
{
    while (text.size) {
        struct slice line = slice_trim(slice_cut(&text, '\n'));
        if (line.size && line.bytes[0] != '#' && line.bytes[0] != '\r') return false;
    }
    return true;
}

enum err setting_sources_read_text(struct settings *settings, struct slice file, struct slice text,
                                   struct problems *problems)
{
    struct sources s = { settings, problems, settings->arena };
    struct text_source source = { .arena = s.arena, .file = file, .problems = problems, .code = ERR_CONFIG_INVALID };
    unsigned before = problems->count;
    if (says_nothing(text)) return OK;
    const struct node *root = yaml_read(&source, text);
    if (root && root->type == NODE_MAP) take_map(&s, file, (struct slice){ 0 }, root);
    else if (root) {
        struct setting_place place = {
            .origin = SETTING_FILE, .where = file, .line = root->at.line, .column = root->at.column
        };
        refuse(&s, &place, (struct slice){ 0 }, SLICE("write name: value"), "the file is no map of settings");
    }
    return problems->count == before ? OK : ERR_CONFIG_INVALID;
}

static enum err read_file(const struct sources *s, struct slice path)
{
    struct slice text;
    TRY(world_read_file(s->arena, path, FILE_BYTES_MAX, &text, s->problems));
    return setting_sources_read_text(s->settings, path, text, s->problems);
}

static struct slice variable(char **environment, const char *name)
{
    struct slice wanted = slice_from(name);
    for (; environment && *environment; environment++) {
        struct slice rest = slice_from(*environment), found = slice_cut(&rest, '=');
        if (slice_equal(found, wanted)) return rest;
    }
    return (struct slice){ 0 };
}

static enum err read_where_it_exists(const struct sources *s, struct slice folder, const char *behind)
{
    struct text path = text_in(s->arena, SETTING_TEXT_MAX);
    text_put(&path, folder);
    text_put(&path, slice_from(behind));
    text_put_byte(&path, 0);
    if (path.full || access(path.bytes, F_OK) != 0) return OK;
    return read_file(s, slice_from(path.bytes));
}

/* The file of the machine, above it that of the person. */
static enum err read_usual_files(const struct sources *s, char **environment)
{
    struct slice config = variable(environment, "XDG_CONFIG_HOME"), home = variable(environment, "HOME");
    enum err machine = read_where_it_exists(s, SLICE("/etc"), "/claimstream/config.yaml"), person = OK;
    if (config.size) person = read_where_it_exists(s, config, "/claimstream/config.yaml");
    else if (home.size) person = read_where_it_exists(s, home, "/.config/claimstream/config.yaml");
    return machine != OK ? machine : person;
}

static enum err read_files(const struct sources *s, const struct setting_sources *sources)
{
    struct slice named = variable(sources->environment, "CLAIMSTREAM_CONFIG");
    if (sources->file) return read_file(s, slice_from(sources->file));
    return named.size ? read_file(s, named) : read_usual_files(s, sources->environment);
}

/* --- environment ------------------------------------------------------------------------------------------------ */

static bool is_named(struct slice variable_name, struct slice setting)
{
    char buffer[NAME_BYTES_MAX];
    struct text t = text_over(buffer, sizeof buffer);
    setting_put_variable(&t, setting);
    return slice_equal(text_slice(&t), variable_name);
}

/* Properties of librdkafka have dots and no underscores, but for the _file of ours. */
static struct slice property_of(const struct sources *s, struct slice rest)
{
    struct text t = text_in(s->arena, rest.size + 1);
    for (size_t i = 0; i < rest.size; i++) {
        char byte = rest.bytes[i];
        text_put_byte(&t, byte == '_' ? '.' : byte >= 'A' && byte <= 'Z' ? (char)(byte - 'A' + 'a') : byte);
    }
    struct slice name = text_slice(&t);
    if (slice_ends_with(name, SLICE(".file"))) t.bytes[name.size - 5] = '_';
    return name;
}

/* Orchestrators put CLAIMSTREAM_…_SERVICE_HOST and the like beside a service of that name. */
static bool is_service_link(struct slice name, struct slice value)
{
    return slice_starts_with(value, SLICE("tcp://")) || slice_ends_with(name, SLICE("_SERVICE_HOST")) ||
           memmem(name.bytes, name.size, "_SERVICE_PORT", 13) || memmem(name.bytes, name.size, "_TCP_", 5);
}

static void take_variable(const struct sources *s, struct slice name, struct slice value)
{
    static const struct slice ours = SLICE_INIT("CLAIMSTREAM_"), kafka = SLICE_INIT("CLAIMSTREAM_KAFKA_");
    struct setting_place place = { .origin = SETTING_ENVIRONMENT, .where = name };
    if (!slice_starts_with(name, ours) || is_service_link(name, value)) return;
    static const struct slice others[] = { SLICE_INIT("CLAIMSTREAM_CONFIG"), SLICE_INIT("CLAIMSTREAM_CONTEXT"),
                                           SLICE_INIT("CLAIMSTREAM_SERVER"), SLICE_INIT("CLAIMSTREAM_TOKEN"),
                                           SLICE_INIT("CLAIMSTREAM_CA_FILE") }; /* of claimctl */
    for (unsigned k = 0; k < sizeof others / sizeof *others; k++)
        if (slice_equal(name, others[k])) return;
    for (enum setting_id id = 0; id < SETTING_COUNT; id++)
        if (is_named(name, setting_row(id)->name)) {
            take(s, setting_row(id)->name, value, place);
            return;
        }
    struct slice rest = slice_skip(name, ours.size);
    if (slice_starts_with(name, kafka)) take(s, property_of(s, rest), value, place);
    else refuse_unknown(s, &place, property_of(s, rest));
}

static void take_environment(const struct sources *s, char **environment)
{
    for (; environment && *environment; environment++) {
        struct slice rest = slice_from(*environment), name = slice_cut(&rest, '=');
        take_variable(s, name, rest);
    }
}

/* --- options ---------------------------------------------------------------------------------------------------- */

static void take_set(const struct sources *s, const char *set)
{
    struct slice value = slice_from(set), name = slice_cut(&value, '=');
    struct setting_place place = { .origin = SETTING_FLAG, .where = SLICE("--set") };
    if (!value.bytes)
        refuse(s, &place, name, SLICE("write --set name=value"), "--set %.*s has no value", SLICE_ARGS(name));
    else take(s, name, value, place);
}

enum err setting_sources_read(struct settings *settings, const struct setting_sources *sources,
                              struct problems *problems)
{
    struct sources s = { settings, problems, settings->arena };
    unsigned before = problems->count;
    enum err e = read_files(&s, sources);
    take_environment(&s, sources->environment);
    ASSERT(sources->set_count <= SETTING_SETS_MAX);
    for (unsigned i = 0; i < sources->set_count; i++) take_set(&s, sources->sets[i]);
    struct setting_place place = { .origin = SETTING_FLAG, .where = SLICE("--brokers") };
    if (sources->brokers) take(&s, SLICE("kafka.brokers"), slice_from(sources->brokers), place);
    if (e != OK) return e;
    return problems->count == before ? OK : ERR_CONFIG_INVALID;
}

/* --- reloading -------------------------------------------------------------------------------------------------- */

static bool properties_differ(const struct settings *a, const struct settings *b)
{
    if (a->property_count != b->property_count) return true;
    for (unsigned i = 0; i < a->property_count; i++)
        if (!slice_equal(a->properties[i].name, b->properties[i].name) ||
            !slice_equal(a->properties[i].value, b->properties[i].value))
            return true;
    return false;
}

void setting_sources_compare(const struct settings *before, const struct settings *after,
                             setting_sources_differs *visit, void *context)
{
    for (enum setting_id id = 0; id < SETTING_COUNT; id++) {
        if (!setting_is_read_by(id, before->service)) continue;
        if (!slice_equal(before->values[id].text, after->values[id].text)) visit(context, id, setting_row(id)->reloads);
    }
    if (properties_differ(before, after)) visit(context, SETTING_KAFKA_BROKERS, false);
}
