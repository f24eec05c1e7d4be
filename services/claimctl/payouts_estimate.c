/* claimctl/payouts_estimate.c: rating lines on a world's end state. */
#include "claimctl/payouts_estimate.h"

#include "claimctl/command.h"
#include "claimctl/line_name.h"
#include "claimctl/option.h"
#include "claimctl/output.h"
#include "claimctl/payout_text.h"
#include "claimctl/program_reasons.h"
#include "claimctl/sums.h"
#include "claimctl/what_if.h"

enum { AMOUNT_BYTES = 128 };                        /* of an entry: amount, currency, program, ledger */

struct estimate {
    struct output out;
    struct sums   totals;
    bool          refused, lacks_partner;
};

/* What a program said of a line that it pays nothing, or less: `SD-26: PART_NOT_ON_AUTH`. */
static void print_programs(struct estimate *x, const struct standing *s)
{
    struct slice ids[PROGRAMS_OF_A_LINE_MAX];
    static struct program_reasons p;                        /* large, and lines are printed one by one */
    unsigned count = program_reasons_list(s->dossier, ids), said = 0;
    for (unsigned i = 0; i < count; i++) {
        program_reasons_gather(&p, s, ids[i]);
        if (p.count == 0) continue;
        output_print(&x->out, "%s%.*s:", said++ ? "; " : s->reason_count ? "\t" : "\t-\t", SLICE_ARGS(ids[i]));
        for (unsigned k = 0; k < p.count; k++)
            output_print(&x->out, " %.*s", SLICE_ARGS(reason_name(p.reasons[k].code)));
    }
}

static void print_line(struct what_if *w, struct estimate *x, const struct standing *s)
{
    const struct payout_section *p = s->dossier->payout;
    struct text amounts = text_in(&w->arena, ((size_t)(p ? p->entry_count : 0) + 1) * AMOUNT_BYTES);
    payout_put_amounts(&amounts, p);
    for (unsigned i = 0; p && i < p->entry_count; i++) {
        const struct payout *e = &p->entries[i];
        sum_add(sums_at(&w->engine.arena, &x->totals, e->program_id, e->ledger, e->currency), e->amount_minor);
    }
    output_print(&x->out, "%.*s\t%.*s\t%.*s\t%.*s", SLICE_ARGS(line_name_in(&w->arena, s->dossier->receipt)),
                 SLICE_ARGS(kind_name(s->dossier->line->kind)), SLICE_ARGS(word_text(VOCABULARY_OUTCOME, s->outcome)),
                 SLICE_ARGS(amounts.size ? text_slice(&amounts) : SLICE("-")));
    for (unsigned i = 0; i < s->reason_count; i++)
        output_print(&x->out, "%c%.*s", i ? ' ' : '\t', SLICE_ARGS(reason_name(s->reasons[i].code)));
    print_programs(x, s);
    output_put(&x->out, SLICE("\n"));
    x->refused |= s->outcome == OUTCOME_REJECT || s->outcome == OUTCOME_DEAD;
}

static struct slice member(const struct node *object, const char *name)
{
    const struct node *n = node_find(object, slice_from(name));
    return n && n->type == NODE_SCALAR ? n->text : SLICE("-");
}

/* `pos.csv:3: partner_id is missing. Add it.` */
static void tell_error(struct slice document, const struct node *error)
{
    const struct node *where = node_find(error, SLICE("where")), *row = where ? node_find(where, SLICE("row")) : NULL;
    fprintf(stderr, "%.*s%s%.*s: %.*s %.*s\n", SLICE_ARGS(document), row ? ":" : "",
            SLICE_ARGS(row ? row->text : (struct slice){ 0 }), SLICE_ARGS(member(error, "message")),
            SLICE_ARGS(member(error, "fix")));
}

/* Why a row was refused; that none names a partner has an answer of this command. */
static void tell_refusal(struct estimate *x, const struct node *object)
{
    const struct node *errors = node_find(object, SLICE("errors"));
    for (const struct node_entry *e = errors ? errors->first : NULL; e; e = e->next) {
        tell_error(member(object, "document"), e->value);
        x->lacks_partner |= slice_equal(member(e->value, "field"), SLICE("partner_id"));
    }
}

static void print_refused(struct estimate *x, const struct node *object)
{
    const struct node *reasons = node_find(object, SLICE("reasons"));
    output_print(&x->out, "%.*s:%.*s\t%.*s\t%.*s\t-", SLICE_ARGS(member(object, "document")),
                 SLICE_ARGS(member(object, "row")), SLICE_ARGS(member(object, "kind")),
                 SLICE_ARGS(member(object, "outcome")));
    for (const struct node_entry *e = reasons ? reasons->first : NULL; e; e = e->next)
        output_print(&x->out, "%c%.*s", e == reasons->first ? '\t' : ' ', SLICE_ARGS(e->value->text));
    output_put(&x->out, SLICE("\n"));
    tell_refusal(x, object);
    x->refused = true;
}

/* A document that was not taken apart has no lines: its state, what is wrong with it, and what to do about it. */
static void print_document(struct estimate *x, const struct node *object)
{
    const struct node *errors = node_find(object, SLICE("errors"));
    output_print(&x->out, "%.*s\t-\t%.*s\t-", SLICE_ARGS(member(object, "document")),
                 SLICE_ARGS(member(object, "state")));
    for (const struct node_entry *e = errors ? errors->first : NULL; e; e = e->next)
        output_print(&x->out, "%c%.*s", e == errors->first ? '\t' : ' ', SLICE_ARGS(member(e->value, "code")));
    output_put(&x->out, SLICE("\n"));
    for (const struct node_entry *e = errors ? errors->first : NULL; e; e = e->next)
        tell_error(member(object, "document"), e->value);
    x->refused |= slice_equal(member(object, "state"), SLICE("REJECTED"));
}

static void visit(struct what_if *w, const struct transcript_entry *e, const struct standing *s,
                  const struct node *refused, void *context)
{
    struct estimate *x = context;
    if (e->document < what_if_first_input(w)) return;
    if (s) print_line(w, x, s);
    else if (node_find(refused, SLICE("row"))) print_refused(x, refused);
    else print_document(x, refused);
}

static void print_totals(struct estimate *x)
{
    for (const struct sum *t = x->totals.first; t; t = t->next) {
        char buffer[64];
        struct text amount = text_over(buffer, sizeof buffer);
        sum_put_money(&amount, t->minor, t->currency);
        output_print(&x->out, "total\t%.*s\t%.*s\t%.*s\n", SLICE_ARGS(t->name), SLICE_ARGS(t->ledger),
                     SLICE_ARGS(text_slice(&amount)));
    }
}

int payouts_estimate(int argc, char **argv)
{
    static struct what_if w;
    struct slice world = { 0 }, input = { 0 }, partner = { 0 }, profile = { 0 };
    struct estimate x = { .out = output_stdout() };
    const struct option_slot options[] = { { "--world", &world, NULL }, { "--input", &input, NULL },
                                              { "--partner", &partner, NULL }, { "--profile", &profile, NULL } };
    option_take(&argc, argv, options, 4);
    if (argc != 2 || !world.size || !input.size)
        return option_usage("payouts estimate --world DIR --input FILE [--partner ID] [--profile NAME]");
    w = (struct what_if){ .options = run_options_default(world.bytes) };
    w.options.partner = partner.bytes;
    w.options.profile = profile.bytes;
    w.options.inputs[w.options.input_count++] = input.bytes;
    int code = what_if_run(&w);
    if (code == EXIT_DONE && !what_if_walk(&w, visit, &x)) code = EXIT_FAILED;
    if (code == EXIT_DONE) print_totals(&x);
    if (x.lacks_partner && !partner.size) fprintf(stderr, "--partner ID names the partner of lines that name none\n");
    if (!output_close(&x.out)) code = EXIT_FAILED;
    what_if_close(&w);
    return code == EXIT_DONE && x.refused ? EXIT_REFUSED : code;
}
