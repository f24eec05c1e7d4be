/* claimctl/refused_line.h: a line that intake refused, from the object that a run keeps of it: it never got a
 * dossier. */
#ifndef CLAIMCTL_REFUSED_LINE_H
#define CLAIMCTL_REFUSED_LINE_H

#include "domain/dossier.h"
#include "wire/node.h"

struct refused_line {
    struct receipt     receipt;                     /* line_id, file_name, position, row; no more of it */
    struct slice       kind, claim_id, invoice_no;  /* empty: it could not be read */
    enum outcome       outcome;
    const struct node *reasons;                     /* names by precedence; NULL none */
    const struct node *errors;                      /* issues as results have them; NULL none */
};

/* False when the object is no line: a document, or a review without effect. Texts lie where the object's do. */
bool refused_line_read(const struct node *object, struct refused_line *l);

/* True when `word` names the line: its id, its name, or its invoice or claim number. */
bool refused_line_is_named(const struct refused_line *l, struct slice word);

/* A sentence, then a row for each issue: what is wrong and what to do; line feeds included. */
void refused_line_put_explanation(struct text *t, const struct refused_line *l);

#endif
