/* claimctl/submit_beside.c: two readings of each document of a file, in step. */
#include "claimctl/submit_beside.h"

#include "intake/replay.h"

static void forget(void *context, struct slice bytes)
{
    (void)context;
    (void)bytes;
}

static struct slice name_of(struct text *t, const struct mapping_profile *p)
{
    text_put(t, slice_head(p->name, t->capacity / 2));
    PUT(t, "@");
    text_put_int(t, p->version);
    return text_slice(t);
}

static enum err compare(const struct beside_options *o, const struct spool *document, struct json_out *j,
                        struct output *out)
{
    struct spool spools[] = { *document, *document };
    struct intake_submitter local = submitter_local();
    struct intake_job before = { .spool = &spools[0],
                                 .door = DOOR_CLAIMCTL,
                                 .received_at_unix_ms = o->received_at_unix_ms,
                                 .submitter = &local,
                                 .profile = o->profile,
                                 .partner_id = o->partner_id,
                                 .currency = o->currency,
                                 .is_validation = true },
                      after = before;
    struct answer_sink nowhere = { NULL, forget };
    struct replay_counts counts;
    char room[128];
    struct text name = text_over(room, sizeof room);
    after.spool = &spools[1];
    after.profile = o->beside;
    json_out_reset(j);
    json_out_begin(j, '{');
    json_out_member(j, SLICE("profile"), name_of(&name, o->beside));
    json_out_name(j, SLICE("changes"));
    json_out_begin(j, '[');
    TRY(replay_compare(&before, &after, NULL, &nowhere, j, &counts));
    json_out_end(j);
    replay_put_counts(j, &counts);
    json_out_end(j);
    output_line(out, json_out_bytes(j));
    return OK;
}

enum err submit_beside(const struct beside_options *o, struct output *out)
{
    struct spool file, document;
    struct json_out j;
    size_t at = 0;
    TRY(spool_open_document(&file, o->path));
    json_out_open(&j);
    enum err e = OK;
    while (e == OK && intake_document_next(&file, &at, &document)) e = compare(o, &document, &j, out);
    json_out_close(&j);
    spool_close(&file);
    return e;
}
