/* intake/grants.h: who may send what, with which token, read with which profile (feeds.md 2, 13, 14): the files that
 * intake.submitters, records.schemas and intake.profiles_dir name, as one immutable whole. A reload makes another
 * one. */
#ifndef INTAKE_GRANTS_H
#define INTAKE_GRANTS_H

#include "intake/framing.h"
#include "intake/submitter.h"
#include "intake/readings.h"

enum scope { SCOPE_SUBMIT = 1, SCOPE_READ = 2, SCOPE_OPERATE = 4, SCOPE_ALL = 7 };

struct grant { struct intake_submitter submitter; struct slice profile; };
struct grant_token { struct slice submitter; uint8_t sha256[SHA256_BYTES]; unsigned scopes; };
struct grant_source { struct slice source, submitter; };    /* of events */

struct grants {
    const struct grant        *items;
    unsigned                   count;
    const struct grant_token  *tokens;
    unsigned                   token_count;
    const struct grant_source *sources;
    unsigned                   source_count;
    struct slice               bare_submitter;      /* of records that name no source; empty: nobody */
    struct framing_schemas     schemas;
    struct mapping_profiles    profiles;
    struct grant               local;
    bool                       allows_all;          /* intake.auth: none: whoever asks is `local` */
};

/* Where to read; NULL or empty: nothing. */
struct grant_files {
    const char *submitters, *sources, *schemas, *profiles_dir;
    struct slice bare_submitter;
    bool         deprecated_index_format, allows_all;
};

/* ERR_CONFIG_INVALID, ERR_FILE_UNREADABLE: every error of every file stands in the problems. */
enum err grants_read(struct arena *a, const struct grant_files *files, struct grants *out,
                     struct problems *problems) MUST_CHECK;

/* NULL: not known. */
const struct grant *grants_find(const struct grants *g, struct slice submitter_id);

/* Who shows that token (of `Authorization: Bearer`); NULL: nobody. With allows_all an empty token is `local`. */
const struct grant *grants_of_token(const struct grants *g, struct slice token, unsigned *scopes);

/* Who sends events of that source; empty: bare records. */
const struct grant *grants_of_source(const struct grants *g, struct slice source);

/* The profile of a name, or the grant's own when it is empty, in force on a day; NULL: none. A name may carry
 * @version. */
const struct mapping_profile *grants_profile(const struct grants *g, const struct grant *grant, struct slice name,
                                             int32_t day);

/* Those of a document by their names as readings_name wrote them; false: one is not there. */
bool grants_readings(const struct grants *g, const struct grant *grant, struct slice names, int32_t day,
                     struct readings *out);

#endif
