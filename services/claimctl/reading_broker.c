/* claimctl/reading_broker.c: topics into the transcript that a run would have left. */
#include "claimctl/reading_broker.h"

#include "base/assert.h"
#include "claimctl/balances.h"
#include "claimctl/changelog.h"
#include "claimctl/command.h"
#include "claimctl/dead_line.h"
#include "claimctl/document_names.h"
#include "claimctl/topic_reader.h"
#include "runtime/clock.h"
#include "wire/dossier_codec.h"

#include <stdlib.h>

enum { SCRATCH_BYTES = 64 << 20, NAMES_BYTES = 256 << 20, NO_ENTRY = UINT32_MAX };

struct filling {
    struct transcript     *transcript;
    struct arena           scratch;
    struct transcript_key *keys;                    /* by entry */
    struct topic_place    *places;                  /* by entry */
    uint32_t               capacity;
    struct directory       documents;               /* document_id → place of its name + 1 */
    struct directory       dead;                    /* line_id → entry + 1 of its report */
    struct arena           names;
    struct slice          *document_names;
    uint32_t               document_count, document_capacity;
    uint64_t               unreadable;
    struct broker         *broker;
    struct document_names  intake;                  /* of documents of which no line went on */
};

static struct transcript_key *key_at(struct filling *f, uint32_t entry)
{
    if (entry >= f->capacity) {
        f->capacity = 2 * entry + 1024;
        f->keys = realloc(f->keys, f->capacity * sizeof *f->keys);
        f->places = realloc(f->places, f->capacity * sizeof *f->places);
        ASSERT(f->keys && f->places);
    }
    return &f->keys[entry];
}

static uint64_t number_of(struct slice document_id)
{
    uint64_t number;
    struct hash128 hash = hash_bytes(document_id);
    memcpy(&number, hash.bytes, sizeof number);
    return number;
}

/* Dead letters do not name the file: lines of the same document do. */
static void note_document(struct filling *f, const struct receipt *r)
{
    bool found;
    uint32_t *at = directory_at(&f->documents, r->document_id, &found);
    if (found) return;
    if (f->document_count == f->document_capacity) {
        f->document_capacity = 2 * f->document_capacity + 64;
        f->document_names = realloc(f->document_names, f->document_capacity * sizeof *f->document_names);
        ASSERT(f->document_names);
    }
    f->document_names[f->document_count++] = slice_copy(&f->names, r->file_name);
    *at = f->document_count;
}

static struct slice document_named(struct filling *f, struct slice document_id)
{
    uint32_t place = directory_get(&f->documents, document_id, 0);
    return place ? f->document_names[place - 1] : document_names_find(&f->intake, f->broker, document_id);
}

static bool take_dossier(struct filling *f, const struct record *record)
{
    struct dossier d;
    if (dossier_decode(&f->scratch, record->value, &d) != OK) return false;
    if (dossier_is_case(&d)) {
        transcript_case(f->transcript, d.clearance->case_id,
                        record->value); /* its records lie in one partition, in order */
        return true;
    }
    note_document(f, d.receipt);
    uint32_t entry = transcript_enter(f->transcript, d.receipt->line_id);
    *key_at(f, entry) = (struct transcript_key){ d.receipt->received_at_unix_ms, number_of(d.receipt->document_id),
                                                 d.receipt->position };
    if (f->transcript->entries[entry].size && !topic_supersedes(record, &f->places[entry])) return true;
    f->places[entry] = (struct topic_place){ record->topic, record->partition, record->value.size };
    transcript_put(f->transcript, entry, record->value);
    return true;
}

/* What ended in the dead letters is reported in the form in which a run keeps it; what was sent again and went on is
 * not, and of several attempts the last one is. */
static bool take_dead(struct filling *f, const struct record *record, instant_ms at_unix_ms)
{
    struct dead_line line;
    const struct dead_line_names names = { .document = document_named(f, dead_line_document_id(record)) };
    if (!dead_line_read(&f->scratch, record, at_unix_ms, &names, &line)) return false;
    if (line.line_id.size && directory_get(&f->transcript->lines, line.line_id, NO_ENTRY) != NO_ENTRY) return true;
    uint32_t *before = line.line_id.size ? directory_at(&f->dead, line.line_id, NULL) : NULL,
             entry = f->transcript->count;
    if (before && *before) {
        transcript_report_again(f->transcript, *before - 1, line.json);
        return true;
    }
    transcript_report(f->transcript, 0, line.json);
    if (before) *before = entry + 1;
    *key_at(f, entry) = (struct transcript_key){ line.failed_unix_ms, number_of(line.document_id), line.position };
    return true;
}

static bool take_payout(struct filling *f, const struct record *record)
{
    struct payout p;
    if (payout_decode(&f->scratch, record->value, &p) != OK) return false;
    transcript_post(f->transcript, p.line_id, record->key);
    return true;
}

static bool take(void *filling, const struct record *record, instant_ms at_unix_ms)
{
    struct filling *f = filling;
    bool good;
    arena_reset(&f->scratch);
    if (record->topic == TOPIC_PAYOUTS) good = take_payout(f, record);
    else if (record->topic == TOPIC_DEADLETTERS) good = take_dead(f, record, at_unix_ms);
    else good = take_dossier(f, record);
    if (!good && f->unreadable++ == 0)
        fprintf(stderr, "warning: %.*s/%d@%lld cannot be read and is passed over\n",
                SLICE_ARGS(topic_row(record->topic)->name), record->partition, (long long)record->offset);
    return !f->transcript->failed;
}

int reading_broker_fill(struct broker *b, struct transcript *t)
{
    static const enum topic topics[] = { TOPIC_CLAIMS_DECIDED, TOPIC_CLAIMS_HELD, TOPIC_PAYOUTS, TOPIC_DEADLETTERS };
    struct filling f = { .transcript = t, .broker = b };
    if (arena_open(&f.scratch, SCRATCH_BYTES, SCRATCH_BYTES) != OK
        || arena_open(&f.names, NAMES_BYTES, NAMES_BYTES) != OK)
        return broker_fail(b, ERR_MEMORY_EXHAUSTED, "topics");
    directory_open(&f.documents);
    directory_open(&f.dead);
    document_names_open(&f.intake);
    enum err e = topic_read_all(b, topics, sizeof topics / sizeof topics[0], take, &f);
    if (e == OK && t->count) transcript_sort(t, f.keys);
    if (f.unreadable > 1)
        fprintf(stderr, "warning: %llu records in all could not be read\n", (unsigned long long)f.unreadable);
    free(f.keys);
    free(f.places);
    free(f.document_names);
    directory_close(&f.documents);
    directory_close(&f.dead);
    document_names_close(&f.intake);
    arena_close(&f.names);
    arena_close(&f.scratch);
    if (e != OK) return broker_fail(b, e, "claims.decided.v1, claims.held.v1, payouts.v1");
    return t->failed ? EXIT_FAILED : EXIT_DONE;
}

/* --- balances --- */

FILE *reading_broker_balances(struct broker *b)
{
    struct memory_store *payout = NULL, *compliance = NULL;
    struct output out = { .file = tmpfile(), .name = "the folder of temporary files" };
    enum err e = out.file ? changelog_replay(b, TOPIC_PAYOUT_CHANGELOG, &payout) : ERR_FILE_UNWRITABLE;
    if (e == OK) e = changelog_replay(b, TOPIC_COMPLIANCE_CHANGELOG, &compliance);
    if (e == OK) {
        struct store *payouts = memory_store_base(payout), *compliances = memory_store_base(compliance);
        struct balances_source source = { .payout = &payouts,
                                          .compliance = &compliances,
                                          .partitions = 1,
                                          .date = instant_date(clock_now_unix_ms(), 0) };
        e = balances_write_of(&source, &out);
    }
    if (e == OK && (fflush(out.file) != 0 || out.failed)) e = ERR_FILE_UNWRITABLE;
    memory_store_close(payout);
    memory_store_close(compliance);
    if (e != OK) {
        broker_fail(b, e, "payout.changelog.v1, compliance.changelog.v1");
        if (out.file) fclose(out.file);
        return NULL;
    }
    rewind(out.file);
    return out.file;
}
