/* wire/world.h: a world, one folder with reference data and the documents of a run (worlds/tiny/README.md).
 *
 * world_load reads the whole folder but the documents and puts the records in force; every error of every file is
 * reported, not only the first. Everything lives in the arena and in the catalogue. */
#ifndef WIRE_WORLD_H
#define WIRE_WORLD_H

#include "base/instant.h"
#include "domain/name/list.h"
#include "wire/mapping_profile.h"
#include "wire/problems.h"
#include "wire/reference_text.h"

enum { WORLD_FILE_BYTES_MAX = 64 << 20, WORLD_YAML_BYTES_MAX = 16 << 20, WORLD_SUBMITTERS_MAX = 4096 };

/* Who may send what; the grants of feeds.md 13. */
struct submitter {
    struct slice id, partner_id, profile;           /* profile: name of a mapping profile, "default" */
    struct texts reports_for;                       /* "*": all */
    struct texts roles;                             /* that the same person holds at the console (surfaces.md 4.4) */
    bool         vendor, operates;                  /* operates: `operator`, may send F K A Z Y E */
    unsigned     kinds;                             /* KIND_BIT(…) */
};

struct world_document { struct slice submitter, file, path; instant_ms received_at_unix_ms; };  /* path: folder/file */

enum list_format  { LIST_FORMAT_CSV, LIST_FORMAT_OFAC_SDN, LIST_FORMAT_UN_XML };

/* One source of names (screening.md 6.4); files as paths from where the process runs. */
struct list_source {
    struct slice      id;
    enum list_purpose purpose;
    enum list_format  format;
    struct texts      files;
    bool              required, has_max_age_hours;
    uint32_t          max_age_hours;                /* 0 never stale */
};

struct world_lists { bool denied_none, are_absent; const struct list_source *sources; unsigned source_count; };

struct world {
    struct slice                  folder;
    instant_ms                    clock_unix_ms;
    const struct submitter       *submitters;
    unsigned                      submitter_count;
    const struct world_document  *documents;
    unsigned                      document_count;
    const struct partner         *partners;
    unsigned                      partner_count;
    struct world_lists            lists;
    struct mapping_profiles       profiles;
    struct problems               doubts;           /* what names a partner or price list that it has not: a warning */
};

/* Reads the folder. ERR_WORLD_INVALID, ERR_FILE_UNREADABLE: see `problems`; the catalogue may then hold some
 * records. */
enum err world_load(struct arena *a, struct slice folder, struct catalogue *c, struct world *w,
                    struct problems *problems) MUST_CHECK;

/* The grants of one submitter, as world.yaml and the file of intake.submitters write them. */
struct schema;
const struct schema *world_submitter_schema(void);

/* The submitter of that id, NULL when none. */
const struct submitter *world_submitter(const struct world *w, struct slice id);

/* Reads lists.yaml (or a file like it) whose `files` stand relative to `folder`. */
bool world_read_lists(const struct text_source *s, const struct node *root, struct slice folder,
                      struct world_lists *out) MUST_CHECK;

/* The whole file in the arena, at most bytes_max; errors also go to `problems`. */
enum err world_read_file(struct arena *a, struct slice path, size_t bytes_max, struct slice *bytes,
                         struct problems *problems) MUST_CHECK;

/* What a record was, for whoever must be told: waiting lines wake by it (stage/waiting.h). */
enum record_type {
    RECORD_NONE, RECORD_PROGRAM, RECORD_MATRIX, RECORD_LIMITS, RECORD_RULESET, RECORD_TAX_TABLE, RECORD_PARTNER,
    RECORD_PRODUCT, RECORD_PRICE_LIST, RECORD_FX_TABLE, RECORD_PARTY,
};

struct applied_record {
    enum record_type        type;
    const struct partner *partner; /* RECORD_PARTNER: in the source's arena; its holder puts it in force */
    const struct product   *product;                /* RECORD_PRODUCT: wakes part:<part> */
    const struct fx_pair   *fx;                     /* RECORD_FX_TABLE: wakes fx:<table>/<from>/<to> */
};

/* Reads {"program": {…}, "volume": {…}}, {"price_list": {…}} … and puts it in force; a partner is only read. False:
 * nothing was put, see the problems. */
bool record_apply(const struct text_source *s, const struct node *record, struct catalogue *c,
                  struct applied_record *out) MUST_CHECK;

/* The tables, for schema_keys.h. */
const struct schema *world_schema_of(void);
const struct schema *world_lists_schema(void);

#endif
