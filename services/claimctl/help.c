/* claimctl/help.c: the commands, and what a code means. */
#include "claimctl/command.h"
#include "claimctl/header_names.h"
#include "claimctl/line_keys.h"
#include "claimctl/output.h"
#include "domain/reason.h"
#include "domain/rule.h"
#include "intake/issue.h"
#include "stage/review.h"
#include "wire/problems.h"

#include <stdio.h>

static const struct { enum err code; } errors[] = {
#define ERR(name, number, class, text) { ERR_##name },
#include "base/err.def"
#undef ERR
};

/* Each has one: the compiler complains where it is missing. */
static struct slice error_step(enum err code)
{
    switch (code) {
    case OK: break;
#define ERROR_ABOUT(name, step) case ERR_##name: return SLICE(step);
#include "claimctl/error_about.def"
#undef ERROR_ABOUT
    }
    return (struct slice){ 0 };
}

/* --- commands --- */

static int width_of_words(void)
{
    size_t width = 0;
    for (unsigned i = 0; i < command_row_count; i++)
        if (command_rows[i].word.size > width) width = command_rows[i].word.size;
    return (int)width;
}

static void print_verbs_of(struct output *o, struct slice command, int indent)
{
    bool first = true;
    for (unsigned i = 0; i < command_verb_count; i++) {
        if (!slice_equal(command_verbs[i].command, command)) continue;
        if (first) output_print(o, "%*s%.*s", indent, "", SLICE_ARGS(command_verbs[i].word));
        else output_print(o, " · %.*s", SLICE_ARGS(command_verbs[i].word));
        first = false;
    }
    if (!first) output_put(o, SLICE("\n"));
}

static void print_commands(struct output *o)
{
    int width = width_of_words();
    output_print(o, "claimctl: run, inspect and check Claimstream\n\n  claimctl run --sample first-hour\n\n");
    for (unsigned i = 0; i < command_row_count; i++) {
        const struct command_row *c = &command_rows[i];
        output_print(o, "  %-*.*s  %.*s\n", width, SLICE_ARGS(c->word), SLICE_ARGS(c->help));
        if (c->arguments.size) output_print(o, "%*s%.*s\n", width + 4, "", SLICE_ARGS(c->arguments));
        else print_verbs_of(o, c->word, width + 4);
    }
    output_print(
        o, "\n  claimctl help COMMAND [VERB] says more; claimctl help CODE explains a reason, an issue or an error;\n"
           "  claimctl help exit lists the exit codes\n");
}

static void print_verb(struct output *o, const struct verb_row *v)
{
    output_print(o, "  claimctl %.*s %.*s%s%.*s\n      %.*s\n", SLICE_ARGS(v->command), SLICE_ARGS(v->word),
                 v->arguments.size ? " " : "", SLICE_ARGS(v->arguments), SLICE_ARGS(v->help));
}

static void print_verbs(struct output *o, struct slice command)
{
    bool is_first = true;
    for (unsigned i = 0; i < command_verb_count; i++) {
        if (!slice_equal(command_verbs[i].command, command)) continue;
        if (is_first) output_put(o, SLICE("\n"));
        is_first = false;
        print_verb(o, &command_verbs[i]);
    }
}

/* "list, export: " where some of the verbs take the option; of many it stands with each of them. */
static void print_takers(struct output *o, const struct option_row *x)
{
    enum { TAKERS_SHOWN_MAX = 3 };
    struct slice verbs = x->command.size ? x->verbs : (struct slice){ 0 };
    unsigned count = 0;
    for (struct slice rest = verbs; rest.size; count++) slice_cut(&rest, '|');
    if (count == 0 || count > TAKERS_SHOWN_MAX) return;
    for (const char *separator = ""; verbs.size; separator = ", ") {
        struct slice verb = slice_cut(&verbs, '|');
        output_print(o, "%s%.*s", separator, SLICE_ARGS(verb));
    }
    output_put(o, SLICE(": "));
}

/* Those of a command or of one of its verbs that are its own, or those that many take. */
static void print_options(struct output *o, struct slice command, struct slice verb, bool own, const char *title)
{
    enum { WIDTH = 26 };
    bool first = true;
    for (unsigned i = 0; i < command_option_count; i++) {
        const struct option_row *x = &command_options[i];
        if (own != (x->command.size > 0) || !command_takes(command, verb, x)) continue;
        if (first) output_print(o, "\n%s\n", title);
        first = false;
        int used = (int)(x->name.size + (x->value.size ? 1 + x->value.size : 0));
        output_print(o, "  %.*s%s%.*s%*s  ", SLICE_ARGS(x->name), x->value.size ? " " : "", SLICE_ARGS(x->value),
                     used < WIDTH ? WIDTH - used : 0, "");
        if (slice_is_empty(verb)) print_takers(o, x);
        output_print(o, "%.*s\n", SLICE_ARGS(x->help));
    }
}

static bool print_command(struct output *o, struct slice word)
{
    const struct command_row *c = command_find(word);
    if (!c) return false;
    struct slice example = command_example(c->word);
    output_print(o, "  claimctl %.*s\n\n", SLICE_ARGS(example));
    output_print(o, "claimctl %.*s%s%.*s\n  %.*s\n", SLICE_ARGS(c->word), c->arguments.size ? " " : "",
                 SLICE_ARGS(c->arguments), SLICE_ARGS(c->help));
    print_verbs(o, c->word);
    print_options(o, c->word, (struct slice){ 0 }, true, "options");
    print_options(o, c->word, (struct slice){ 0 }, false, "options that many commands have");
    return true;
}

/* One verb with its own options. An exit code. */
static int help_verb(struct output *o, struct slice command, const char *word)
{
    const struct command_row *c = command_find(command);
    const struct verb_row *v = c ? command_find_verb(c->word, slice_from(word)) : NULL;
    if (!v) {
        if (c) command_refuse_verb(c->word.bytes, word);
        return EXIT_NOT_FOUND;
    }
    print_verb(o, v);
    print_options(o, c->word, v->word, true, "options");
    print_options(o, c->word, v->word, false, "options that many commands have");
    return EXIT_DONE;
}

/* --- codes --- */

struct issue_text { struct slice name, severity, reason, sentence, fix; unsigned number; };

/* A fault has a name of its own here, though partners read that of its reason. */
static const struct issue_text issues[] = {
#define ISSUE(name, number, severity, level, ak, reason, sentence, fix) \
    { SLICE_INIT(#name), SLICE_INIT(#severity), SLICE_INIT(#reason), SLICE_INIT(sentence), SLICE_INIT(fix), number },
#define FAULT(name, reason, severity, level, ak, sentence, fix) \
    { SLICE_INIT(#name), SLICE_INIT(#severity), SLICE_INIT(#reason), SLICE_INIT(sentence), SLICE_INIT(fix), \
    REASON_##reason },
#include "intake/issues.def"
#undef ISSUE
#undef FAULT
};

static void print_fix(struct output *o, struct slice fix)
{
    if (fix.size) output_print(o, "  what to do: %.*s\n", SLICE_ARGS(fix));
}

/* A reason that a document gives has finer sentences: the fix of the only one, or their names. */
static bool print_fixes(struct output *o, enum reason_code code)
{
    struct slice fix = { 0 };
    unsigned count = 0;
    for (unsigned i = 0; i < sizeof issues / sizeof issues[0]; i++) {
        if (issues[i].number != (unsigned)code || !issues[i].fix.size) continue;
        fix = issues[i].fix;
        count++;
    }
    if (count == 1) print_fix(o, fix);
    if (count <= 1) return count == 1;
    output_print(o, "  what to do: as the sentence of its case says:");
    for (unsigned i = 0; i < sizeof issues / sizeof issues[0]; i++)
        if (issues[i].number == (unsigned)code) output_print(o, " %.*s", SLICE_ARGS(issues[i].name));
    output_put(o, SLICE("\n"));
    return true;
}

/* What waits here needs somebody, or nothing. */
static void print_next(struct output *o, enum reason_code code)
{
    if (print_fixes(o, code)) return;
    if (code == REASON_DUPLICATE)
        print_fix(o, SLICE("Nothing, if it says the same again. A REPLACE that names the line on file changes what"
                           " that says, price and customer, too; what was refused comes with the next submission_no."));
    if (reason_outcome(code) == OUTCOME_HOLD)
        print_fix(o, SLICE("Nothing; a person decides: claimctl holds list shows what waits."));
    if (reason_outcome(code) == OUTCOME_PARK)
        print_fix(o, SLICE("Nothing; the line goes on when what it waits for is there."));
}

/* What no partner is told, people who look at a line are. */
static struct slice untold(enum reason_code code)
{
    switch (code) {
    case REASON_WEAK_EVIDENCE:
        return SLICE("The partner's behaviour says too little of the role that it sold in; the declared one is kept. A "
                     "note: nothing is cut.");
    case REASON_SECTION_MISSING:
        return SLICE("A record between two stages lacks what the stage before has to write: it is none of ours, or a "
                     "fault of ours. It is a dead letter: claimctl deadletters list.");
    default: return (struct slice){ 0 };
    }
}

static bool print_reason(struct output *o, struct slice word)
{
    uint64_t number;
    enum reason_code code = reason_find(word);
    if (code == REASON_NONE && slice_to_uint(word, 999, &number) && reason_is_known((unsigned)number))
        code = (enum reason_code)number;
    if (code == REASON_NONE) return false;
    char buffer[512];
    struct text sentence = text_over(buffer, sizeof buffer);
    struct reason shown = { .code = code, .outcome = reason_outcome(code) };
    reason_put_template(&sentence, code);
    output_print(o, "%.*s %u: ends a line %.*s\n", SLICE_ARGS(reason_name(code)), (unsigned)code,
                 SLICE_ARGS(word_text(VOCABULARY_OUTCOME, (int)shown.outcome)));
    if (sentence.size) output_print(o, "  the partner reads: %.*s\n", SLICE_ARGS(text_slice(&sentence)));
    else output_print(o, "  %.*s\n", SLICE_ARGS(untold(code)));
    print_next(o, code);
    if (reason_x12_901(code).size) output_print(o, "  X12 849, element 901: %.*s\n", SLICE_ARGS(reason_x12_901(code)));
    return true;
}

static bool print_issue(struct output *o, struct slice word)
{
    uint64_t number = 0;
    bool by_number = slice_to_uint(word, 9999, &number) && number >= 1000;
    for (unsigned i = 0; i < sizeof issues / sizeof issues[0]; i++) {
        const struct issue_text *x = &issues[i];
        if (by_number ? number != x->number : !slice_equal(word, x->name)) continue;
        output_print(o, "%.*s %u: %s of a document\n", SLICE_ARGS(x->name), x->number,
                     slice_equal(x->severity, SLICE("ERROR"))     ? "an error"
                     : slice_equal(x->severity, SLICE("WARNING")) ? "a warning"
                                                                  : "a note");
        output_print(o, "  the submitter reads: %.*s\n", SLICE_ARGS(x->sentence));
        print_fix(o, x->fix);
        if (!slice_equal(x->reason, SLICE("NONE")))
            output_print(o, "  a line is refused with %.*s\n", SLICE_ARGS(x->reason));
        return true;
    }
    return false;
}

static bool print_error(struct output *o, struct slice word)
{
    uint64_t number = 0;
    bool by_number = slice_to_uint(word, 9999, &number);
    for (unsigned i = 0; i < sizeof errors / sizeof errors[0]; i++) {
        enum err code = errors[i].code;
        if (by_number ? number != (uint64_t)code : !slice_equal(word, slice_from(err_name(code)))) continue;
        output_print(o, "%s %d: %s\n", err_name(code), (int)code, err_text(code));
        print_fix(o, error_step(code));
        return true;
    }
    return false;
}

static bool print_void(struct output *o, struct slice word)
{
    uint64_t number = 0;
    bool by_number = slice_to_uint(word, 9999, &number);
    for (enum review_void why = REVIEW_VOID_NONE + 1; why < REVIEW_VOID_COUNT; why++) {
        const struct review_void_row *row = review_void_row(why);
        if (by_number ? number != row->number : !slice_equal(word, row->word)) continue;
        output_print(o, "%.*s %u: an act on what waits has no effect, %.*s\n  %.*s\n", SLICE_ARGS(row->word),
                     row->number, SLICE_ARGS(row->sentence), SLICE_ARGS(row->fix));
        return true;
    }
    return false;
}

/* --- words and rules --- */

/* What listings and sentences say in one word; DUPLICATE is a reason, too. */
static bool print_word(struct output *o, struct slice word)
{
    static const struct { struct slice word, of, meaning; } words[] = {
#define WORD_ABOUT(word, of, meaning) { SLICE_INIT(#word), SLICE_INIT(of), SLICE_INIT(meaning) },
#include "claimctl/word_about.def"
#undef WORD_ABOUT
    };
    for (unsigned i = 0; i < sizeof words / sizeof words[0]; i++) {
        if (!slice_equal(words[i].word, word)) continue;
        output_print(o, "%.*s: %.*s\n  %.*s\n", SLICE_ARGS(word), SLICE_ARGS(words[i].of),
                     SLICE_ARGS(words[i].meaning));
        return true;
    }
    return false;
}

static bool print_exit_codes(struct output *o, struct slice word)
{
    static const struct { unsigned number; struct slice meaning; } codes[] = {
#define EXIT_CODE(name, number, meaning) { number, SLICE_INIT(meaning) },
#include "claimctl/exit_code.def"
#undef EXIT_CODE
    };
    if (!slice_equal(word, SLICE("exit"))) return false;
    output_put(o, SLICE("exit: what claimctl ends with\n"));
    for (unsigned i = 0; i < sizeof codes / sizeof codes[0]; i++)
        output_print(o, "  %3u  %.*s\n", codes[i].number, SLICE_ARGS(codes[i].meaning));
    return true;
}

/* DUP-03; what it looks at is a page of its own. */
static bool print_rule(struct output *o, struct slice word)
{
    const struct rule_row *row = rule_by_word(word);
    if (!row) return false;
    output_print(o, "%.*s: a rule, %.*s\n  what it looks at, and its settings: claimctl rules show %.*s\n",
                 SLICE_ARGS(word), SLICE_ARGS(row->name), SLICE_ARGS(word));
    return true;
}

/* --- lines --- */

enum { ROOM_BYTES = 1024 };

static bool print_kind(struct output *o, struct slice word)
{
    char buffer[ROOM_BYTES];
    struct text room = text_over(buffer, sizeof buffer);
    enum kind kind = kind_find(word);
    if (kind == KIND_UNSPECIFIED) return false;
    struct kind_about about = line_kind_about(kind, &room);
    output_print(o, "%.*s: a kind of line\n  %.*s\n  quantity: %.*s\n", SLICE_ARGS(word), SLICE_ARGS(about.meaning),
                 SLICE_ARGS(about.quantity));
    if (about.needs.size) output_print(o, "  needs: %.*s\n", SLICE_ARGS(about.needs));
    output_put(o, SLICE("  its members: claimctl schemas show line\n"));
    return true;
}

/* What a party says of itself is told once, at the buyer. */
static struct slice as_of_buyer(struct slice word, char *buffer, size_t room)
{
    static const struct slice parties[] = { SLICE_INIT("ship_to."), SLICE_INIT("end_customer."),
                                            SLICE_INIT("vendor.") };
    struct text t = text_over(buffer, room);
    for (unsigned i = 0; i < sizeof parties / sizeof parties[0]; i++) {
        if (!slice_starts_with(word, parties[i])) continue;
        PUT(&t, "sold_to.");
        text_put(&t, slice_skip(word, parties[i].size));
        return text_slice(&t);
    }
    return word;
}

static bool print_member(struct output *o, struct slice word)
{
    char name[ROOM_BYTES];
    struct slice path = as_of_buyer(word, name, sizeof name);
    for (unsigned i = 0; i < line_key_count(); i++) {
        char buffer[ROOM_BYTES];
        struct text room = text_over(buffer, sizeof buffer);
        struct line_key key = line_key_at(i, &room);
        if (!slice_equal(key.path, path)) continue;
        output_print(o, "%.*s: a member of a line, %.*s\n  %.*s\n", SLICE_ARGS(word), SLICE_ARGS(key.type),
                     SLICE_ARGS(key.meaning));
        if (key.of.size) output_print(o, "  required of: %.*s\n", SLICE_ARGS(key.of));
        if (key.example.size) output_print(o, "  as in: %.*s\n", SLICE_ARGS(key.example));
        header_names_print(o, word);
        return true;
    }
    return false;
}

/* --- what is near --- */

static struct slice near_code(struct slice word)
{
    enum { NAMES_MAX = 1024 };
    static struct slice names[NAMES_MAX];
    unsigned count = 0;
    for (unsigned i = 0; i < command_row_count; i++) names[count++] = command_rows[i].word;
    for (unsigned i = 0; i < sizeof issues / sizeof issues[0]; i++) names[count++] = issues[i].name;
    for (unsigned i = 0; i < sizeof errors / sizeof errors[0]; i++)
        names[count++] = slice_from(err_name(errors[i].code));
    for (enum review_void why = REVIEW_VOID_NONE + 1; why < REVIEW_VOID_COUNT; why++)
        names[count++] = review_void_row(why)->word;
    for (unsigned number = 1; number < 1000 && count < NAMES_MAX; number++)
        if (reason_is_known(number)) names[count++] = reason_name((enum reason_code)number);
    for (enum kind kind = KIND_UNSPECIFIED + 1; kind < KIND_COUNT && count < NAMES_MAX; kind++)
        names[count++] = kind_name(kind);
    return problems_nearest(word, names, count);
}

static void complain(struct slice word)
{
    struct slice near = near_code(word);
    fprintf(stderr, "error[NAME_UNKNOWN %d]: nothing is known of %.*s", ERR_NAME_UNKNOWN, SLICE_ARGS(word));
    if (near.size) fprintf(stderr, "; did you mean %.*s?", SLICE_ARGS(near));
    fprintf(stderr, "\n  claimctl help lists the commands; a code stands in the brackets of an error;\n"
                    "  claimctl schemas show kind lists the kinds of lines, schemas show line what they may say\n");
}

int claimctl_help(int argc, char **argv)
{
    char buffer[64];
    struct output o = output_stdout();
    bool found = argc < 2;
    if (argc > 2 && command_find(slice_from(argv[1]))) {
        int code = help_verb(&o, slice_from(argv[1]), argv[2]);
        return output_close(&o) ? code : EXIT_FAILED;
    }
    if (argc > 2) return command_usage("help");
    if (argc < 2) print_commands(&o);
    else {
        struct slice word = slice_from(argv[1]);
        struct text upper = text_over(buffer, sizeof buffer);
        for (size_t i = 0; i < word.size; i++)
            text_put_byte(&upper, word.bytes[i] >= 'a' && word.bytes[i] <= 'z' ? (char)(word.bytes[i] - 'a' + 'A')
                                                                               : word.bytes[i]);
        struct slice code = text_slice(&upper);
        found = print_command(&o, word) || print_reason(&o, code) || print_issue(&o, code) || print_error(&o, code)
                || print_void(&o, code) || print_kind(&o, code) || print_rule(&o, code) || print_member(&o, word)
                || print_exit_codes(&o, word);
        found |= print_word(&o, code);
        if (!found) complain(word);
    }
    if (!output_close(&o)) return EXIT_FAILED;
    return found ? EXIT_DONE : EXIT_NOT_FOUND;
}
