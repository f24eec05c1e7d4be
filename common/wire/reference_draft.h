/* wire/reference_draft.h: records of text on their way to partners.v1 and programs.v1 (first-hour.md 5): what a file of
 * terms, of products, prices or rates, of partners, or a whole world holds, read, checked, not yet signed by
 * anybody. */
#ifndef WIRE_REFERENCE_DRAFT_H
#define WIRE_REFERENCE_DRAFT_H

#include "wire/reference_codec.h"
#include "wire/world.h"

/* One record. Of terms: the one version of the text, without publication; of rates: the rates of the file. */
struct reference_draft {
    struct reference      reference;                /* type UNSPECIFIED: a partner */
    const struct partner *partner;                  /* NULL: a reference */
    struct slice          file;
    struct position       at;
};

struct reference_drafts {
    struct arena           *arena;
    struct reference_draft *items;
    unsigned                count, capacity;
};

/* An empty list whose records live in the arena. */
struct reference_drafts reference_drafts_in(struct arena *a);

/* One YAML record with its word on top; `text` is borrowed by terms. False: see the problems of the source. */
bool reference_draft_read_record(struct reference_drafts *d, const struct text_source *s, struct slice text) MUST_CHECK;

/* The record of a verdict on a party, borrowed; its id in the arena. */
struct reference_draft reference_draft_party(struct arena *a, const struct party_record *p);

/* Rows of products.csv, prices.csv, rates.csv: one draft a sku, list and sku, pair. */
bool reference_draft_read_csv(struct reference_drafts *d, const struct text_source *s, enum reference_csv kind,
                              struct slice text) MUST_CHECK;

/* What kind of CSV a file is, by its first row; false: none of the three. */
bool reference_draft_csv_kind(struct slice text, enum reference_csv *kind) MUST_CHECK;

/* A list of partners as in partners.yaml. */
bool reference_draft_read_partners(struct reference_drafts *d, const struct text_source *s,
                                   const struct node *list) MUST_CHECK;

/* Everything of a world that load reads, partners first; `w` was loaded without problems, so only a file that changed
 * meanwhile can be refused. */
bool reference_draft_read_world(struct reference_drafts *d, const struct world *w,
                                struct problems *problems) MUST_CHECK;

/* A file of terms or of CSV rows, or a folder of them (a world with its folder `programs`, too), in bytewise order. */
bool reference_draft_read_path(struct reference_drafts *d, struct slice path, struct problems *problems) MUST_CHECK;

#endif
