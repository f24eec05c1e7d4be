/* claimctl/info.c: `info`, `config`, `context`: every path and setting in use, where it stands, and whether it can be
 * used. */
#include "claimctl/broker.h"
#include "claimctl/command.h"
#include "claimctl/option.h"
#include "claimctl/output.h"
#include "runtime/service.h"

#include <limits.h>
#include <stdlib.h>
#include <unistd.h>

enum { TEXT_BYTES = 256 << 10 };

static int open_settings(struct broker *b, int argc, char **argv, int words)
{
    int code = broker_open(b, &argc, argv);
    option_take(&argc, argv, NULL, 0);
    return code == EXIT_DONE && argc != words ? command_usage(argv[0]) : code;
}

static int close_all(struct broker *b, struct output *out, int code)
{
    broker_close(b);
    return output_close(out) ? code : EXIT_FAILED;
}

static void print_settings(struct broker *b, struct output *out)
{
    struct text t = text_in(&b->arena, TEXT_BYTES);
    settings_put_table(&t, &b->settings, false);
    output_put(out, text_slice(&t));
}

static void print_person(const struct broker *b, struct output *out)
{
    output_print(out, "context  %.*s%s\n", SLICE_ARGS(b->context.size ? b->context : SLICE("none")),
                 b->readonly ? ", read-only" : "");
    output_print(out, "actor    %.*s\nroles    ", SLICE_ARGS(b->actor));
    for (unsigned i = 0; i < b->role_count; i++) output_print(out, "%s%.*s", i ? "," : "", SLICE_ARGS(b->roles[i]));
    output_print(out, "\n");
}

/* --- info --- */

int claimctl_info(int argc, char **argv)
{
    static struct broker b;
    struct output out = output_stdout();
    char program[PATH_MAX] = "", config[PATH_MAX];
    int code = open_settings(&b, argc, argv, 1);
    if (code != EXIT_DONE) return close_all(&b, &out, code);
    ssize_t size = readlink("/proc/self/exe", program, sizeof program - 1);
    output_print(&out, "program  %.*s\n", (int)(size > 0 ? size : 0), program);
    const char *file = broker_config_file(config, sizeof config);
    output_print(&out, "config   %s\n", file ? file : "none");
    print_person(&b, &out);
    output_print(&out, "library  librdkafka %s\n\n", kafka_client_version());
    print_settings(&b, &out);
    return close_all(&b, &out, EXIT_DONE);
}

/* --- config --- */

static int echo(int argc, char **argv)
{
    static struct broker b;
    struct output out = output_stdout();
    int code = open_settings(&b, argc, argv, 2);
    if (code == EXIT_DONE) print_settings(&b, &out);
    return close_all(&b, &out, code);
}

static int check(int argc, char **argv)
{
    static struct broker b;
    struct output out = output_stdout();
    int code = open_settings(&b, argc, argv, 2);
    if (code == EXIT_DONE) code = broker_connect(&b);
    if (code == EXIT_DONE) output_print(&out, "%s answers\n", b.kafka.brokers);
    return close_all(&b, &out, code);
}

/* A file in which everything is a comment: what it says until somebody changes it is the default. */
static void print_template(struct output *out)
{
    output_print(out, "# Settings of claimctl. What is commented out is the default. Above it stand, weaker first: a "
                      "context, the environment\n"
                      "# (CLAIMSTREAM_KAFKA_BROKERS …), options.\n\n");
    for (enum setting_id id = 0; id < SETTING_COUNT; id++) {
        const struct setting_row *row = setting_row(id);
        if (!setting_is_read_by(id, SERVICE_CLAIMCTL)) continue;
        output_print(out, "# %.*s\n#%.*s: %.*s\n\n", SLICE_ARGS(row->help), SLICE_ARGS(row->name),
                     SLICE_ARGS(row->fallback.size ? row->fallback : SLICE("\"\"")));
    }
    output_print(out, "# Installations by name, chosen by --context NAME or CLAIMSTREAM_CONTEXT.\n"
                      "#contexts:\n#  prod: {kafka.brokers: \"kafka-1:9092,kafka-2:9092\", kafka.security.protocol: "
                      "SSL, actor: ann, roles: [reviewer], readonly: true}\n");
}

static int init(int argc, char **argv)
{
    char path[PATH_MAX], folder[PATH_MAX];
    option_take(&argc, argv, NULL, 0);
    if (argc != 2) return command_usage("config");
    broker_own_config_file(path, sizeof path);
    snprintf(folder, sizeof folder, "%s", path);
    *strrchr(folder, '/') = 0;
    if (access(path, F_OK) == 0) {
        fprintf(stderr, "error[FILE_UNWRITABLE %d]: %s is there already\n", ERR_FILE_UNWRITABLE, path);
        return EXIT_CONFLICT;
    }
    struct output out;
    broker_make_folder(folder);
    if (output_open(&out, path) != OK) return EXIT_FAILED;
    print_template(&out);
    if (!output_close(&out)) return EXIT_FAILED;
    fprintf(stderr, "%s written\n", path);
    return EXIT_DONE;
}

int claimctl_config(int argc, char **argv)
{
    static const struct command_verb verbs[] = { { SLICE_INIT("init"), init },
                                                 { SLICE_INIT("check"), check },
                                                 { SLICE_INIT("echo"), echo } };
    return command_run_verb("config", verbs, sizeof verbs / sizeof verbs[0], argc, argv);
}

/* --- context --- */

static void print_context(void *out, struct slice name, struct slice brokers, bool readonly)
{
    output_print(out, "%.*s\t%.*s\t%s\n", SLICE_ARGS(name), SLICE_ARGS(brokers.size ? brokers : SLICE("-")),
                 readonly ? "read-only" : "-");
}

static int list(int argc, char **argv)
{
    static struct broker b;
    struct output out = output_stdout();
    int code = open_settings(&b, argc, argv, 2);
    if (code == EXIT_DONE) code = broker_contexts(&b, print_context, &out);
    return close_all(&b, &out, code);
}

static int show(int argc, char **argv)
{
    static struct broker b;
    struct output out = output_stdout();
    int code = open_settings(&b, argc, argv, 2);
    if (code == EXIT_DONE) print_person(&b, &out);
    if (code == EXIT_DONE) output_print(&out, "brokers  %s\n", b.kafka.brokers);
    return close_all(&b, &out, code);
}

/* An empty name: the choice is forgotten. Nothing is written into the file of settings, which is a person's. */
static int choose(struct slice name)
{
    char path[PATH_MAX], folder[PATH_MAX];
    struct output out;
    broker_context_file(path, sizeof path);
    snprintf(folder, sizeof folder, "%s", path);
    *strrchr(folder, '/') = 0;
    if (!name.size) {
        if (unlink(path) != 0 && access(path, F_OK) == 0) {
            fprintf(stderr, "error[FILE_UNWRITABLE %d]: %s\n", ERR_FILE_UNWRITABLE, path);
            return EXIT_FAILED;
        }
        fprintf(stderr, "no context is chosen\n");
        return EXIT_DONE;
    }
    broker_make_folder(folder);
    if (output_open(&out, path) != OK) return EXIT_FAILED;
    output_line(&out, name);
    if (!output_close(&out)) return EXIT_FAILED;
    fprintf(stderr, "context %.*s is used where neither --context nor CLAIMSTREAM_CONTEXT says otherwise\n",
            SLICE_ARGS(name));
    return EXIT_DONE;
}

/* A choice that no longer names anything must not stand in the way of the next one: a context named on the line
 * wins. */
static int use(int argc, char **argv)
{
    static struct broker b;
    struct output out = output_stdout();
    if (argc == 3 && strcmp(argv[2], "none") == 0) return choose((struct slice){ 0 });
    if (argc != 3 || argv[2][0] == '-') return command_usage("context");
    char *words[] = { argv[0], argv[1], (char *)"--context", argv[2], NULL };
    int count = 4;
    int code = broker_open(&b, &count, words);      /* refuses a context that is not there, with the nearest */
    if (code == EXIT_DONE) code = choose(slice_from(argv[2]));
    return close_all(&b, &out, code);
}

int claimctl_context(int argc, char **argv)
{
    static const struct command_verb verbs[] = { { SLICE_INIT("list"), list },
                                                 { SLICE_INIT("show"), show },
                                                 { SLICE_INIT("use"), use } };
    return command_run_verb("context", verbs, sizeof verbs / sizeof verbs[0], argc, argv);
}
