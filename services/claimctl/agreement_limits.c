/* claimctl/agreement_limits.c: the newest revision of each agreement, as its lines tell it. */
#include "claimctl/agreement_limits.h"

enum { KEY_BYTES = 256, LINE_NO_BYTES = 16, REVISION_MAX = UINT32_MAX / 2 };

void agreement_limits_open(struct agreement_limits *x)
{
    directory_open(&x->agreements);
    directory_open(&x->lines);
}

void agreement_limits_close(struct agreement_limits *x)
{
    directory_close(&x->agreements);
    directory_close(&x->lines);
}

/* No id and no number has a control character. */
static void put_key(struct text *t, struct slice root, struct slice number, struct slice line_no)
{
    text_put(t, root);
    text_put_byte(t, '\n');
    text_put(t, number);
    text_put_byte(t, '\n');
    text_put(t, line_no);
}

/* Revisions beyond are told apart no more: the later line counts. */
static uint32_t bounded(int64_t revision)
{
    return revision < 0 ? 0 : revision > REVISION_MAX - 1 ? REVISION_MAX - 1 : (uint32_t)revision;
}

void agreement_limits_note(struct agreement_limits *x, const struct standing *s)
{
    char buffer[KEY_BYTES], digits[LINE_NO_BYTES];
    const struct dossier *d = s->dossier;
    const struct agreement *a = d->line->agreement;
    if (!a || s->outcome != OUTCOME_PASS) return;
    struct slice root = d->classification ? d->classification->partner_root_id : d->receipt->partner_root_id;
    struct text key = text_over(buffer, sizeof buffer);
    put_key(&key, root, d->line->authorisation_no, (struct slice){ 0 });
    uint32_t revision = bounded(a->revision), *newest = directory_at(&x->agreements, text_slice(&key), NULL);
    if (revision + 1 < *newest) return;
    *newest = revision + 1;
    for (unsigned i = 0; i < a->line_count; i++) {
        struct text line_no = text_over(digits, sizeof digits);
        key = text_over(buffer, sizeof buffer);
        text_put_int(&line_no, a->lines[i].line_no);
        put_key(&key, root, d->line->authorisation_no, text_slice(&line_no));
        *directory_at(&x->lines, text_slice(&key), NULL) = 2 * revision + (a->lines[i].authorised_qty_milli == 0);
    }
}

bool agreement_limits_are_open(const struct agreement_limits *x, const struct node *balance)
{
    struct slice root = node_text(balance, "partner_root_id"), number = node_text(balance, "authorisation_no");
    char buffer[KEY_BYTES];
    struct text key = text_over(buffer, sizeof buffer);
    put_key(&key, root, number, (struct slice){ 0 });
    uint32_t newest = directory_get(&x->agreements, text_slice(&key), 0);
    key = text_over(buffer, sizeof buffer);
    put_key(&key, root, number, node_text(balance, "line_no"));
    uint32_t line = directory_get(&x->lines, text_slice(&key), 0);
    return newest && (line & 1) && line / 2 == newest - 1;
}
