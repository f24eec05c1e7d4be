/* claimctl/broker.c: settings of the command line tool, and how it says that Kafka is not there. */
#include "claimctl/broker.h"

#include "base/assert.h"
#include "claimctl/command.h"
#include "claimctl/option.h"
#include "domain/actor.h"
#include "stage/setting_sources.h"
#include "wire/limits.h"
#include "wire/normal_text.h"
#include "wire/world.h"
#include "wire/yaml.h"

#include <errno.h>
#include <limits.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

extern char **environ;

enum {
    ARENA_BYTES = 8 << 20,
    CONNECT_MS = 5000,
    CONFIG_BYTES_MAX = 1 << 20,
    PROBLEM_TEXT_BYTES = 64 << 10,
    CONTEXT_BYTES_MAX = 256
};

/* What the command line says of it. */
struct flags {
    const char *brokers, *config, *context, *as, *roles;
    const char *sets[SETTING_SETS_MAX];
    unsigned    set_count;
};

/* --- command line --- */

static struct flags take_flags(int *argc, char **argv)
{
    struct flags f = {
        .brokers = option_pick_text(argc, argv, "--brokers"),
        .config = option_pick_text(argc, argv, "--config"),
        .context = option_pick_text(argc, argv, "--context"),
        .as = option_pick_text(argc, argv, "--as"),
        .roles = option_pick_text(argc, argv, "--roles"),
    };
    f.set_count = option_pick_each(argc, argv, "--set", f.sets, SETTING_SETS_MAX);
    return f;
}

/* --- contexts --- */

static int complain(struct broker *b, const struct problems *problems)
{
    struct text t = text_in(&b->arena, PROBLEM_TEXT_BYTES);
    problems_put(&t, problems);
    fwrite(t.bytes, 1, t.size, stderr);
    return EXIT_BAD_SETTING;
}

void broker_own_config_file(char *path, size_t size)
{
    const char *folder = getenv("XDG_CONFIG_HOME"), *home = getenv("HOME");
    if (folder && *folder) snprintf(path, size, "%s/claimstream/config.yaml", folder);
    else snprintf(path, size, "%s/.config/claimstream/config.yaml", home ? home : "");
}

void broker_context_file(char *path, size_t size)
{
    broker_own_config_file(path, size);
    char *name = strrchr(path, '/') + 1;
    snprintf(name, size - (size_t)(name - path), "context");
}

/* What `context use` chose; empty: nothing. Another file of settings than one's own has contexts of its own. */
static struct slice chosen_context(struct broker *b)
{
    char path[PATH_MAX], name[CONTEXT_BYTES_MAX] = "";
    if (b->config || getenv("CLAIMSTREAM_CONFIG")) return (struct slice){ 0 };
    broker_context_file(path, sizeof path);
    FILE *file = fopen(path, "re");
    bool has_name = file && fgets(name, sizeof name, file);
    if (file) fclose(file);
    name[strcspn(name, "\r\n")] = 0;
    return has_name ? slice_copy(&b->arena, slice_trim(slice_from(name))) : (struct slice){ 0 };
}

const char *broker_config_file(char *path, size_t size)
{
    const char *named = getenv("CLAIMSTREAM_CONFIG");
    if (named) return named;
    broker_own_config_file(path, size);
    if (access(path, R_OK) == 0) return path;
    snprintf(path, size, "/etc/claimstream/config.yaml");
    return access(path, R_OK) == 0 ? path : NULL;
}

void broker_make_folder(const char *folder)
{
    char path[PATH_MAX];
    snprintf(path, sizeof path, "%s", folder);
    for (char *slash = path + 1; (slash = strchr(slash, '/')); *slash++ = '/') {
        *slash = 0;
        if (mkdir(path, 0777) != 0 && errno != EEXIST) return;
    }
    if (mkdir(path, 0777) != 0 && errno != EEXIST) return;      /* opening the file will tell */
}

static void take_roles(struct broker *b, struct slice list)
{
    b->role_count = 0;
    while (list.size && b->role_count < BROKER_ROLES_MAX) {
        struct slice role = slice_trim(slice_cut(&list, ','));
        if (role.size) b->roles[b->role_count++] = slice_copy(&b->arena, role);
    }
}

static void take_role_list(struct broker *b, const struct node *roles)
{
    if (!roles) return;
    if (roles->type == NODE_SCALAR) take_roles(b, roles->text);
    for (const struct node_entry *e = roles->type == NODE_LIST ? roles->first : NULL;
         e && b->role_count < BROKER_ROLES_MAX; e = e->next)
        b->roles[b->role_count++] = slice_copy(&b->arena, e->value->text);
}

/* One setting of a context, nested or with its dots; `actor`, `roles` and `readonly` are no settings. */
static bool take_setting(struct broker *b, struct slice file, struct slice prefix, const struct node_entry *e,
                         struct problems *problems)
{
    struct text name = text_in(&b->arena, prefix.size + e->key.size + 1);
    text_put(&name, prefix);
    if (prefix.size) text_put_byte(&name, '.');
    text_put(&name, e->key);
    bool good = true;
    if (e->value->type == NODE_MAP) {
        for (const struct node_entry *inner = e->value->first; inner; inner = inner->next)
            good &= take_setting(b, file, text_slice(&name), inner, problems);
        return good;
    }
    struct setting_place place = { .origin = SETTING_FILE, .where = file, .line = e->at.line, .column = e->at.column };
    if (settings_set(&b->settings, text_slice(&name), e->value->text, place) == SETTING_TAKEN) return true;
    struct problem p = { .code = ERR_CONFIG_INVALID,
                         .file = file,
                         .at = e->at,
                         .member = text_slice(&name),
                         .message = SLICE("this is no setting, or it cannot have this value"),
                         .fix = SLICE("claimctl config echo lists all of them") };
    problems_add(problems, &p);
    return false;
}

static bool is_own_member(struct slice key)
{
    return slice_equal(key, SLICE("actor")) || slice_equal(key, SLICE("roles")) || slice_equal(key, SLICE("readonly"));
}

static int refuse_context(const struct node *contexts, struct slice name)
{
    enum { NAMES_MAX = 64 };
    struct slice names[NAMES_MAX];
    unsigned count = 0;
    for (const struct node_entry *e = contexts && contexts->type == NODE_MAP ? contexts->first : NULL;
         e && count < NAMES_MAX; e = e->next)
        names[count++] = e->key;
    struct slice near = problems_nearest(name, names, count);
    fprintf(stderr, "error[CONFIG_INVALID %d]: there is no context %.*s", ERR_CONFIG_INVALID, SLICE_ARGS(name));
    if (near.size) fprintf(stderr, "; did you mean %.*s?", SLICE_ARGS(near));
    fprintf(stderr,
            "\n  contexts stand in config.yaml: contexts: {%.*s: {kafka.brokers: HOST:PORT}}; claimctl context use "
            "none forgets a choice\n",
            SLICE_ARGS(name));
    return EXIT_BAD_SETTING;
}

/* Nothing but comments, as `config init` writes it. */
static bool is_blank(struct slice text)
{
    while (text.size) {
        const char *end = memchr(text.bytes, '\n', text.size);
        struct slice line = slice_head(text, end ? (size_t)(end - text.bytes) : text.size);
        text = slice_skip(text, line.size + (end != NULL));
        line = slice_trim(line);
        if (line.size && line.bytes[0] != '#') return false;
    }
    return true;
}

/* The map of contexts, NULL when there is none; *file is where it stands. */
static const struct node *read_contexts(struct broker *b, struct slice *file, struct problems *problems)
{
    char path[PATH_MAX];
    const char *name = b->config ? b->config : broker_config_file(path, sizeof path);
    struct slice text;
    if (!name) return NULL;
    *file = slice_copy(&b->arena, slice_from(name));
    struct text_source s = { &b->arena, *file, problems, ERR_CONFIG_INVALID };
    if (world_read_file(&b->arena, s.file, CONFIG_BYTES_MAX, &text, problems) != OK) return NULL;
    return is_blank(text) ? NULL : node_find(yaml_read(&s, text), SLICE("contexts"));
}

int broker_contexts(struct broker *b, broker_visit_context *visit, void *context)
{
    struct problems problems = problems_in(&b->arena);
    struct slice file = { 0 };
    const struct node *contexts = read_contexts(b, &file, &problems);
    if (problems.count) return complain(b, &problems);
    for (const struct node_entry *e = contexts && contexts->type == NODE_MAP ? contexts->first : NULL; e; e = e->next) {
        struct slice brokers = node_text(e->value, "kafka.brokers");
        if (!brokers.size) brokers = node_text(node_find(e->value, SLICE("kafka")), "brokers");
        visit(context, e->key, brokers, slice_equal(node_text(e->value, "readonly"), SLICE("true")));
    }
    return EXIT_DONE;
}

static int read_context(struct broker *b, const struct flags *f)
{
    const char *name = f->context ? f->context : getenv("CLAIMSTREAM_CONTEXT");
    struct slice chosen = name && *name ? slice_from(name) : chosen_context(b);
    struct problems problems = problems_in(&b->arena);
    struct slice file = { 0 };
    if (!chosen.size) return EXIT_DONE;
    b->context = slice_copy(&b->arena, chosen);
    const struct node *contexts = read_contexts(b, &file, &problems), *own = node_find(contexts, b->context);
    if (problems.count) return complain(b, &problems);
    if (!own || own->type != NODE_MAP) return refuse_context(contexts, b->context);
    bool good = true;
    for (const struct node_entry *e = own->first; e; e = e->next)
        if (!is_own_member(e->key)) good &= take_setting(b, file, (struct slice){ 0 }, e, &problems);
    b->readonly = slice_equal(node_text(own, "readonly"), SLICE("true"));
    b->actor = node_text(own, "actor");
    take_role_list(b, node_find(own, SLICE("roles")));
    return good ? EXIT_DONE : complain(b, &problems);
}

/* --- opening --- */

static int read_settings(struct broker *b, struct flags *f)
{
    struct problems problems = problems_in(&b->arena);
    struct setting_sources sources = { .file = f->config, .sets = f->sets, .set_count = f->set_count,
                                       .brokers = f->brokers, .environment = environ };
    settings_init(&b->settings, &b->arena, SERVICE_CLAIMCTL);
    if (setting_sources_read(&b->settings, &sources, &problems) != OK) return complain(b, &problems);
    return read_context(b, f);
}

static void note_log(void *context, enum kafka_severity severity, const char *facility, const char *text)
{
    struct broker *b = context;
    if (severity <= KAFKA_WARNING) snprintf(b->last, sizeof b->last, "%s: %s", facility, text);
}

static void open_kafka(struct broker *b)
{
    const struct settings *s = &b->settings;
    for (unsigned i = 0; i < s->property_count; i++)
        b->properties[i] = (struct kafka_property){ s->properties[i].name.bytes, s->properties[i].value.bytes };
    b->kafka = (struct kafka_options){
        .brokers = settings_path(s, SETTING_KAFKA_BROKERS),
        .properties = b->properties,
        .property_count = s->property_count,
        .namespace = settings_path(s, SETTING_NAMESPACE),
        .stage = "claimctl",
        .log = note_log,
        .context = b,
    };
}

static struct slice login(struct broker *b)
{
    struct passwd *p = getpwuid(getuid());
    const char *user = p ? p->pw_name : getenv("USER");
    return slice_copy(&b->arena, slice_from(user && *user ? user : "nobody"));
}

/* --as, the context's actor, else the login: the same person however it is typed, so in one form in the records. */
static int read_actor(struct broker *b, const struct flags *f)
{
    struct slice said = f->as ? slice_from(f->as) : b->actor.size ? b->actor : login(b);
    if (said.size <= ID_BYTES_MAX && actor_is_named(said) && normal_text(&b->arena, said, &b->actor)) return EXIT_DONE;
    const char *where = f->as ? "--as" : b->actor.size ? "actor of the context" : "the name of the login";
    fprintf(stderr, "error[USAGE %d]: %s: nobody is named by this\n", ERR_USAGE, where);
    fprintf(stderr,
            "  name the person who acts in at most %d printable ASCII characters with a letter or digit, so that no "
            "other id looks the same: --as anna\n",
            ID_BYTES_MAX);
    return EXIT_USAGE;
}

int broker_open(struct broker *b, int *argc, char **argv)
{
    static struct flags f;
    char buffer[BROKER_TEXT_BYTES];
    struct text why = text_over(buffer, sizeof buffer);
    *b = (struct broker){ 0 };
    f = take_flags(argc, argv);
    if (arena_open(&b->arena, ARENA_BYTES, ARENA_BYTES) != OK) return EXIT_FAILED;
    b->config = f.config;
    int code = read_settings(b, &f);
    if (code == EXIT_DONE) code = read_actor(b, &f);
    if (code != EXIT_DONE) return code;
    if (f.roles) take_roles(b, slice_from(f.roles));
    if (!b->role_count) b->roles[b->role_count++] = SLICE("reviewer");
    open_kafka(b);
    if (kafka_client_check(&b->kafka, &why) == OK) return EXIT_DONE;
    fprintf(stderr, "error[CONFIG_INVALID %d]: %.*s\n", ERR_CONFIG_INVALID, SLICE_ARGS(text_slice(&why)));
    return EXIT_BAD_SETTING;
}

void broker_close(struct broker *b)
{
    arena_close(&b->arena);
}

int broker_connect(struct broker *b)
{
    int waited_ms = 0;
    enum err e;                                     /* what is complained of does not mend; who is silent may be slow */
    do e = kafka_client_cluster(&b->kafka, CONNECT_MS, b->cluster_id, sizeof b->cluster_id);
    while (e == ERR_KAFKA_UNREACHABLE && !b->last[0] && (waited_ms += CONNECT_MS) < BROKER_PATIENCE_MS);
    if (e == OK) return EXIT_DONE;
    char what[BROKER_TEXT_BYTES];
    char origin[256];
    struct text place = text_over(origin, sizeof origin);
    setting_put_place(&place, &b->settings.values[SETTING_KAFKA_BROKERS].place);
    snprintf(what, sizeof what, "%s (kafka.brokers, %.*s)", b->kafka.brokers, SLICE_ARGS(text_slice(&place)));
    return broker_fail(b, e, what);
}

bool broker_is_local(const struct broker *b)
{
    const char *brokers = b->kafka.brokers;
    return !strchr(brokers, ',')
           && (strncmp(brokers, "127.", 4) == 0 || strncmp(brokers, "localhost:", 10) == 0
               || strncmp(brokers, "[::1]", 5) == 0);
}

bool broker_finding_stops(const struct broker *b, const struct kafka_findings *found, unsigned i)
{
    bool is_replica = i == 0 && found->has_one_broker;
    return found->at[i].stops && !(is_replica && broker_is_local(b));
}

static bool bears_one_of(const struct broker *b, struct slice roles)
{
    while (roles.size) {
        struct slice role = slice_cut(&roles, ' ');
        for (unsigned i = 0; i < b->role_count; i++)
            if (slice_equal_nocase(b->roles[i], role)) return true;
    }
    return false;
}

int broker_may_write(const struct broker *b, enum duty duty)
{
    static const struct { struct slice roles; const char *what; } duties[] = {
#define DUTY(name, roles, what) [DUTY_##name] = { SLICE_INIT(roles), what },
#include "claimctl/duty.def"
#undef DUTY
    };
    struct slice roles = duties[duty].roles;
    if (b->readonly) {
        fprintf(stderr, "error[USAGE %d]: context %.*s is read-only\n  choose another one with --context\n", ERR_USAGE,
                SLICE_ARGS(b->context));
        return EXIT_NOT_PERMITTED;
    }
    if (!roles.size || bears_one_of(b, roles)) return EXIT_DONE;
    fprintf(stderr,
            "error[USAGE %d]: no role of %.*s may %s\n  one of these may: %.*s (--roles, or `roles` of the context)\n",
            ERR_USAGE, SLICE_ARGS(b->actor), duties[duty].what, SLICE_ARGS(roles));
    return EXIT_NOT_PERMITTED;
}

static int code_of(enum err e)
{
    switch (e) {
    case OK:                      return EXIT_DONE;
    case ERR_KAFKA_UNREACHABLE:
    case ERR_SERVICE_AWAY:
    case ERR_REDIS_AWAY:          return EXIT_UNREACHABLE;
    case ERR_KAFKA_DENIED:        return EXIT_NOT_PERMITTED;
    case ERR_KAFKA_TOPIC:
    case ERR_CONFIG_INVALID:      return EXIT_BAD_SETTING;
    case ERR_TRANSACTION_ABORTED:
    case ERR_TRANSACTION_UNKNOWN: return EXIT_TRY_AGAIN;
    default:                      return EXIT_FAILED;
    }
}

int broker_fail(const struct broker *b, enum err e, const char *what)
{
    fprintf(stderr, "error[%s %d]: %s: %s\n", err_name(e), (int)e, what, err_text(e));
    if (b->last[0]) fprintf(stderr, "  %s\n", b->last);
    if (e == ERR_KAFKA_TOPIC)
        fprintf(stderr,
                "  claimctl topics create makes what is missing, claimctl topics check says what does not fit\n");
    if (e == ERR_KAFKA_UNREACHABLE)
        fprintf(stderr, "  name the brokers with --brokers HOST:PORT, CLAIMSTREAM_KAFKA_BROKERS or kafka.brokers of "
                        "the configuration; make kafka starts one here\n");
    return code_of(e);
}
