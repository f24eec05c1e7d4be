/* claimctl/taken_back.c: entries that reverse others, by the entry that they reverse. */
#include "claimctl/taken_back.h"

#include "claimctl/line_name.h"
#include "claimctl/payout_text.h"

#include <stdlib.h>

enum { ARENA_MIN_BYTES = 1 << 16, ARENA_BYTES = 1 << 30 };

/* The place of the takings of an entry. */
static uint32_t place_of(struct taken_back *b, struct slice payout_id)
{
    uint32_t *at = directory_at(&b->places, payout_id, NULL);
    if (*at) return *at - 1;
    if (b->count == b->capacity) {
        b->capacity = b->capacity ? 2 * b->capacity : 64;
        b->firsts = realloc(b->firsts, b->capacity * sizeof *b->firsts);
        b->lasts = realloc(b->lasts, b->capacity * sizeof *b->lasts);
        if (!b->firsts || !b->lasts) abort();
    }
    b->firsts[b->count] = b->lasts[b->count] = NULL;
    *at = ++b->count;
    return *at - 1;
}

static void add(struct taken_back *b, const struct dossier *d, const struct payout *p)
{
    struct taking *taking = ARENA_NEW(&b->arena, struct taking);
    uint32_t place = place_of(b, p->reverses_payout_id);
    *taking = (struct taking){
        .line_name = line_name_in(&b->arena, d->receipt),
        .program_id = slice_copy(&b->arena, p->program_id),
        .ledger = slice_copy(&b->arena, p->ledger),
        .currency = slice_copy(&b->arena, p->currency),
        .kind = d->line->kind,
        .amount_minor = p->amount_minor,
        .qty_milli = p->qty_milli,
    };
    if (b->lasts[place]) b->lasts[place]->next = taking;
    else b->firsts[place] = taking;
    b->lasts[place] = taking;
}

/* What is settled was paid, not taken back. */
static bool takes_back(const struct payout *p)
{
    return p->reverses_payout_id.size && !slice_equal(p->ledger, SLICE("SETTLED"));
}

static bool visit(struct reading *r, const struct transcript_entry *e, const struct standing *s, void *context)
{
    const struct payout_section *section = s->dossier->payout;
    (void)r, (void)e;
    for (unsigned i = 0; section && i < section->entry_count; i++)
        if (takes_back(&section->entries[i])) add(context, s->dossier, &section->entries[i]);
    return true;
}

bool taken_back_read(struct taken_back *b, struct reading *r)
{
    *b = (struct taken_back){ 0 };
    if (arena_open(&b->arena, ARENA_MIN_BYTES, ARENA_BYTES) != OK) return false;
    directory_open(&b->places);
    return reading_walk(r, visit, b);
}

void taken_back_close(struct taken_back *b)
{
    if (!b->arena.base) return;
    directory_close(&b->places);
    arena_close(&b->arena);
    free(b->firsts);
    free(b->lasts);
}

static const struct taking *first_of(const struct taken_back *b, const struct payout *p)
{
    uint32_t place = b->count ? directory_get(&b->places, p->payout_id, 0) : 0;
    return place ? b->firsts[place - 1] : NULL;
}

/* A CANCEL or a REPLACE leaves nothing of it; returns leave what they did not bring back. */
static bool is_whole(const struct payout *p, const struct taking *taking)
{
    int64_t left_milli = p->qty_milli;
    for (; taking; taking = taking->next) {
        if (taking->kind == KIND_CANCEL || taking->kind == KIND_REPLACE) return true;
        left_milli += taking->qty_milli;
    }
    return p->qty_milli > 0 && left_milli <= 0;
}

struct slice taken_back_standing(const struct taken_back *b, const struct dossier *d)
{
    const struct payout_section *section = d->payout;
    unsigned touched = 0, whole = 0, entries = 0;
    for (unsigned i = 0; section && i < section->entry_count; i++) {
        const struct taking *taking = first_of(b, &section->entries[i]);
        entries += !takes_back(&section->entries[i]);
        touched += taking != NULL;
        whole += taking && is_whole(&section->entries[i], taking);
    }
    if (!touched) return (struct slice){ 0 };
    return whole >= entries ? SLICE("REVERSED") : SLICE("ADJUSTED");
}

static void put_taking(struct text *t, const struct taking *taking)
{
    const struct payout shown = {
        .amount_minor = taking->amount_minor,
        .currency = taking->currency,
        .program_id = taking->program_id,
        .ledger = taking->ledger,
    };
    PUT(t, "  taken back by ");
    text_put(t, taking->line_name);
    PUT(t, " (");
    text_put(t, kind_name(taking->kind));
    PUT(t, "): ");
    payout_put_amount(t, &shown);
    text_put_byte(t, '\n');
}

void taken_back_put(struct text *t, const struct taken_back *b, const struct dossier *d)
{
    for (unsigned i = 0; d->payout && i < d->payout->entry_count; i++)
        for (const struct taking *at = first_of(b, &d->payout->entries[i]); at; at = at->next) put_taking(t, at);
}
