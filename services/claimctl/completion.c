/* claimctl/completion.c: completion for three shells from commands.def; each script is generated, none is written by
 * hand. */
#include "claimctl/command.h"
#include "claimctl/output.h"
#include "runtime/topic.h"

#include <stdio.h>

static void put_words(struct output *o, const char *separator)
{
    for (unsigned i = 0; i < command_row_count; i++)
        output_print(o, "%s%.*s", i ? separator : "", SLICE_ARGS(command_rows[i].word));
}

static void put_verbs(struct output *o, struct slice command)
{
    const char *separator = "";
    for (unsigned i = 0; i < command_verb_count; i++) {
        if (!slice_equal(command_verbs[i].command, command)) continue;
        output_print(o, "%s%.*s", separator, SLICE_ARGS(command_verbs[i].word));
        separator = " ";
    }
}

/* The options of a command, or of one of its verbs. */
static void put_options(struct output *o, struct slice command, struct slice verb)
{
    const char *separator = "";
    for (unsigned i = 0; i < command_option_count; i++) {
        const struct option_row *x = &command_options[i];
        if (!command_takes(command, verb, x)) continue;
        output_print(o, "%s%.*s", separator, SLICE_ARGS(x->name));
        separator = " ";
    }
}

/* What stands after a word that takes words of ours: topics, commands, verbs. */
static void put_bash_words(struct output *o)
{
    output_print(o, "    esac\n    case ${COMP_WORDS[1]} in\n        tail) verbs=\"");
    for (enum topic t = TOPIC_NONE + 1; t < TOPIC_COUNT; t++)
        output_print(o, "%s%.*s", t > TOPIC_NONE + 1 ? " " : "", SLICE_ARGS(topic_row(t)->name));
    output_print(o, "\" ;;\n        help) verbs=\"");
    put_words(o, " ");
    output_print(o, "\" ;;\n        completion) verbs=\"bash zsh fish\" ;;\n");
}

static void put_bash(struct output *o)
{
    output_print(o, "_claimctl()\n{\n    local word=${COMP_WORDS[COMP_CWORD]} verbs= options=\n    COMPREPLY=()\n");
    output_print(o, "    if [ \"$COMP_CWORD\" -eq 1 ]; then\n        COMPREPLY=($(compgen -W \"");
    put_words(o, " ");
    output_print(o, "\" -- \"$word\"))\n        return\n    fi\n    case \"${COMP_WORDS[1]} ${COMP_WORDS[2]}\" in\n");
    for (unsigned i = 0; i < command_verb_count; i++) {
        const struct verb_row *v = &command_verbs[i];
        output_print(o, "        '%.*s %.*s') options=\"", SLICE_ARGS(v->command), SLICE_ARGS(v->word));
        put_options(o, v->command, v->word);
        output_print(o, "\" ;;\n");
    }
    output_print(o, "    esac\n    case ${COMP_WORDS[1]} in\n");
    for (unsigned i = 0; i < command_row_count; i++) {
        output_print(o, "        %.*s) verbs=\"", SLICE_ARGS(command_rows[i].word));
        put_verbs(o, command_rows[i].word);
        output_print(o, "\" options=${options:-\"");
        put_options(o, command_rows[i].word, (struct slice){ 0 });
        output_print(o, "\"} ;;\n");
    }
    put_bash_words(o);
    output_print(o, "    esac\n"
                    "    if [ \"$COMP_CWORD\" -eq 2 ] && [ -n \"$verbs\" ] && [ \"${word#-}\" = \"$word\" ]; then\n"
                    "        COMPREPLY=($(compgen -W \"$verbs\" -- \"$word\"))\n"
                    "    elif [ \"${word#-}\" != \"$word\" ]; then\n"
                    "        COMPREPLY=($(compgen -W \"$options\" -- \"$word\"))\n"
                    "    fi\n}\ncomplete -o default -F _claimctl claimctl\n");
}

/* In a zsh or fish description: no quote, colon or bracket that the shell would read. */
static void put_plain(struct output *o, struct slice s)
{
    for (size_t i = 0; i < s.size; i++) {
        char byte = s.bytes[i];
        output_print(o, "%c", strchr("'\\[]:\"$`", byte) ? ' ' : byte);
    }
}

static void put_zsh_option(struct output *o, const struct option_row *x)
{
    output_print(o, "            '%.*s[", SLICE_ARGS(x->name));
    put_plain(o, x->help);
    output_print(o, "]");
    if (x->value.size) {
        output_print(o, ":");
        put_plain(o, x->value);
        output_print(o, ":_files");
    }
    output_print(o, "' \\\n");
}

static void put_zsh(struct output *o)
{
    output_print(o, "#compdef claimctl\n_claimctl()\n{\n    local -a commands verbs\n    commands=(\n");
    for (unsigned i = 0; i < command_row_count; i++) {
        output_print(o, "        '%.*s:", SLICE_ARGS(command_rows[i].word));
        put_plain(o, command_rows[i].help);
        output_print(o, "'\n");
    }
    output_print(o, "    )\n    if (( CURRENT == 2 )); then\n        _describe command commands\n        return\n    "
                    "fi\n    case $words[2] in\n");
    for (unsigned i = 0; i < command_row_count; i++) {
        struct slice command = command_rows[i].word;
        output_print(o, "    %.*s)\n        verbs=(", SLICE_ARGS(command));
        put_verbs(o, command);
        output_print(o, ")\n        if (( CURRENT == 3 && $#verbs )) && [[ $words[CURRENT] != -* ]]; then\n            "
                        "compadd -a verbs\n            return\n        fi\n"
                        "        _arguments -S \\\n");
        for (unsigned k = 0; k < command_option_count; k++)
            if (command_takes(command, (struct slice){ 0 }, &command_options[k]))
                put_zsh_option(o, &command_options[k]);
        output_print(o, "            '*:file:_files'\n        ;;\n");
    }
    output_print(o, "    esac\n}\ncompdef _claimctl claimctl\n");
}

static void put_fish_line(struct output *o, const char *condition, struct slice command, struct slice word,
                          struct slice help)
{
    output_print(o, "complete -c claimctl -f -n '%s%.*s' -a %.*s -d '", condition, SLICE_ARGS(command),
                 SLICE_ARGS(word));
    put_plain(o, help);
    output_print(o, "'\n");
}

/* After the commands that take what many take. */
static void put_fish_takers(struct output *o, const struct option_row *x)
{
    if (slice_is_empty(x->verbs)) return;
    output_print(o, "-n '__fish_seen_subcommand_from");
    for (unsigned i = 0; i < command_row_count; i++)
        if (command_takes(command_rows[i].word, (struct slice){ 0 }, x))
            output_print(o, " %.*s", SLICE_ARGS(command_rows[i].word));
    output_put(o, SLICE("' "));
}

/* After the command, and after those of its verbs that take it. */
static void put_fish_condition(struct output *o, const struct option_row *x)
{
    if (x->command.size == 0) {
        put_fish_takers(o, x);
        return;
    }
    output_print(o, "-n '__fish_seen_subcommand_from %.*s", SLICE_ARGS(x->command));
    if (x->verbs.size) output_put(o, SLICE("; and __fish_seen_subcommand_from"));
    for (struct slice verbs = x->verbs; verbs.size;) {
        struct slice verb = slice_cut(&verbs, '|');
        output_print(o, " %.*s", SLICE_ARGS(verb));
    }
    output_put(o, SLICE("' "));
}

static void put_fish(struct output *o)
{
    for (unsigned i = 0; i < command_row_count; i++)
        put_fish_line(o, "__fish_use_subcommand", (struct slice){ 0 }, command_rows[i].word, command_rows[i].help);
    for (unsigned i = 0; i < command_verb_count; i++)
        put_fish_line(o, "__fish_seen_subcommand_from ", command_verbs[i].command, command_verbs[i].word,
                      command_verbs[i].help);
    for (unsigned i = 0; i < command_option_count; i++) {
        const struct option_row *x = &command_options[i];
        output_print(o, "complete -c claimctl ");
        put_fish_condition(o, x);
        output_print(o, "-l %.*s %s-d '", SLICE_ARGS(slice_skip(x->name, 2)), x->value.size ? "-r " : "");
        put_plain(o, x->help);
        output_print(o, "'\n");
    }
}

int claimctl_completion(int argc, char **argv)
{
    static const struct { struct slice shell; void (*put)(struct output *); } shells[] = {
        { SLICE_INIT("bash"), put_bash }, { SLICE_INIT("zsh"), put_zsh }, { SLICE_INIT("fish"), put_fish },
    };
    struct output o = output_stdout();
    for (unsigned i = 0; argc == 2 && i < sizeof shells / sizeof shells[0]; i++)
        if (slice_equal(shells[i].shell, slice_from(argv[1]))) {
            shells[i].put(&o);
            return output_close(&o) ? EXIT_DONE : EXIT_FAILED;
        }
    return command_usage("completion");
}
