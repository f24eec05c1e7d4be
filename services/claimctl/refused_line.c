/* claimctl/refused_line.c: lines that intake refused, in rows and sentences. */
#include "claimctl/refused_line.h"

#include "claimctl/line_name.h"

static const struct node *list(const struct node *object, const char *name)
{
    const struct node *m = node_find(object, slice_from(name));
    return m && m->type == NODE_LIST && m->count ? m : NULL;
}

bool refused_line_read(const struct node *object, struct refused_line *l)
{
    *l = (struct refused_line){
        .receipt = { .line_id = node_text(object, "line_id"),
                     .file_name = node_text(object, "document"),
                     .position = node_number(object, "position"),
                     .row = node_number(object, "row") },
        .kind = node_text(object, "kind"),
        .claim_id = node_text(object, "claim_id"),
        .invoice_no = node_text(object, "invoice_no"),
        .outcome = (enum outcome)word_find(VOCABULARY_OUTCOME, node_text(object, "outcome")),
        .reasons = list(object, "reasons"),
        .errors = list(object, "errors"),
    };
    return l->outcome != 0;
}

static bool is(struct slice value, struct slice word)
{
    return value.size && slice_equal(value, word);
}

bool refused_line_is_named(const struct refused_line *l, struct slice word)
{
    return is(l->receipt.line_id, word) || is(l->invoice_no, word) || is(l->claim_id, word)
           || line_name_is(&l->receipt, word);
}

static void put_issue(struct text *t, const struct node *issue)
{
    struct slice fix = node_text(issue, "fix");
    PUT(t, "  ");
    text_put(t, node_text(issue, "code"));
    PUT(t, "  ");
    text_put(t, node_text(issue, "message"));
    if (fix.size) text_put_byte(t, ' ');
    text_put(t, fix);
    text_put_byte(t, '\n');
}

void refused_line_put_explanation(struct text *t, const struct refused_line *l)
{
    line_name_put(t, &l->receipt);
    PUT(t, "  ");
    text_put(t, word_text(VOCABULARY_OUTCOME, l->outcome));
    PUT(t, "  ");
    text_put(t, l->kind.size ? l->kind : SLICE("A record"));
    if (l->invoice_no.size) PUT(t, " of invoice ");
    text_put(t, l->invoice_no);
    text_put(t, l->outcome == OUTCOME_DEAD ? SLICE(" could not be read.\n") : SLICE(" is refused at intake.\n"));
    for (const struct node_entry *e = l->errors ? l->errors->first : NULL; e; e = e->next) put_issue(t, e->value);
}
