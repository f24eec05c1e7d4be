/* claimctl/help.c: the commands, and what a code means. */
#include "claimctl/command.h"
#include "claimctl/output.h"
#include "domain/reason.h"

#include <stdio.h>

struct command_text { const char *word, *arguments, *help; };

static const struct command_text texts[] = {
#define COMMAND(word, function, arguments, help) { word, arguments, help },
#include "claimctl/commands.def"
#undef COMMAND
};

static const struct { enum err code; } errors[] = {
#define ERR(name, number, class, text) { ERR_##name },
#include "base/err.def"
#undef ERR
};

static const char run_options[] =
    "  --world DIR | --sample NAME   the world: reference data and documents\n"
    "  --input FILE                  one more document, in order; - is standard input\n"
    "  --results FILE|-              one JSON object a line: outcome, reasons, money, payouts\n"
    "  --balances FILE|-             what is left: agreements, lots, volumes, caps, funds\n"
    "  --explain                     one sentence a line for people\n"
    "  --partner ID  --currency CODE what lines mean that name none\n"
    "  --profile NAME                mapping profile of the inputs\n"
    "  --received-from-input         each JSON line at its received_at\n"
    "  --set KEY=VALUE               a setting of this run\n"
    "  --seed N  --batch-lines N     interleaving and cut of batches; neither changes the outcome\n"
    "  --state DIR                   leaves log, tables and read model there\n";

static void print_commands(struct output *o)
{
    output_print(o, "claimctl: run, inspect and check Claimstream\n\n  claimctl run --sample first-hour\n\n");
    for (unsigned i = 0; i < sizeof texts / sizeof texts[0]; i++)
        output_print(o, "  %-8s %s\n           %s\n", texts[i].word, texts[i].help, texts[i].arguments);
}

static bool print_command(struct output *o, struct slice word)
{
    for (unsigned i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        if (!slice_equal(word, slice_from(texts[i].word))) continue;
        output_print(o, "claimctl %s %s\n  %s\n", texts[i].word, texts[i].arguments, texts[i].help);
        if (i == 0) output_print(o, "%s", run_options);
        return true;
    }
    return false;
}

static bool print_reason(struct output *o, struct slice word)
{
    uint64_t number;
    enum reason_code code = reason_find(word);
    if (code == REASON_NONE && slice_to_uint(word, 999, &number) && reason_is_known((unsigned)number)) code = (enum reason_code)number;
    if (code == REASON_NONE) return false;
    char buffer[512];
    struct text sentence = text_over(buffer, sizeof buffer);
    struct reason shown = { .code = code, .outcome = reason_outcome(code) };
    reason_put_template(&sentence, code);
    output_print(o, "%.*s %u: ends a line %.*s\n", SLICE_ARGS(reason_name(code)), (unsigned)code,
                 SLICE_ARGS(word_text(VOCABULARY_OUTCOME, (int)shown.outcome)));
    if (sentence.size) output_print(o, "  the partner reads: %.*s\n", SLICE_ARGS(text_slice(&sentence)));
    if (reason_x12_901(code).size) output_print(o, "  X12 849, element 901: %.*s\n", SLICE_ARGS(reason_x12_901(code)));
    return true;
}

static bool print_error(struct output *o, struct slice word)
{
    uint64_t number = 0;
    bool by_number = slice_to_uint(word, 9999, &number);
    for (unsigned i = 0; i < sizeof errors / sizeof errors[0]; i++) {
        enum err code = errors[i].code;
        if (by_number ? number != (uint64_t)code : !slice_equal(word, slice_from(err_name(code)))) continue;
        output_print(o, "%s %d: %s\n", err_name(code), (int)code, err_text(code));
        return true;
    }
    return false;
}

int claimctl_help(int argc, char **argv)
{
    struct output o = output_stdout();
    bool found = argc < 2;
    if (argc < 2) print_commands(&o);
    else {
        struct slice word = slice_from(argv[1]);
        found = print_command(&o, word) || print_reason(&o, word) || print_error(&o, word);
        if (!found) fprintf(stderr, "error[USAGE %d]: nothing is known of %s\n", ERR_USAGE, argv[1]);
    }
    if (!output_close(&o)) return EXIT_FAILED;
    return found ? EXIT_DONE : EXIT_NOT_FOUND;
}
