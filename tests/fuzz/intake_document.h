/* tests/fuzz/intake_document.h: one reader over any bytes, typed, twice: nothing is lost, and both times are alike. */
#ifndef TESTS_FUZZ_INTAKE_DOCUMENT_H
#define TESTS_FUZZ_INTAKE_DOCUMENT_H

#include "base/assert.h"
#include "base/hash.h"
#include "intake/line_json.h"
#include "intake/reader.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

struct fuzz_pass { unsigned steps, lines; struct hash128 last; };

static struct fuzz_pass fuzz_read(struct reader *r, struct draft *d, struct typed *out, struct json_out *json)
{
    struct fuzz_pass pass = { 0 };
    for (enum reader_step step = READER_SKIPPED; step != READER_END; pass.steps++) {
        arena_reset(r->line_arena);
        typing_begin(r->typing, out);
        step = r->ops->next(r, d, &out->issues);
        if (step == READER_DEAD) ASSERT(out->issues.errors > 0);
        if (step != READER_LINE) continue;
        typing_line(r->typing, d, out);
        pass.lines++;
        json_out_reset(json);
        line_json(json, &out->line);
        for (unsigned k = 0; k < out->issues.count; k++) issue_put_json(json, &out->issues.items[k]);
        pass.last = hash_bytes(json_out_bytes(json));
        ASSERT(d->offset <= r->spool->bytes.size);
    }
    return pass;
}

static int fuzz_document_under(const struct mapping_profile *profile, struct reader *(*open)(struct arena *),
                               const uint8_t *bytes, size_t size)
{
    static struct arena arena, line_arena;
    static struct draft draft;
    static struct typed typed;
    static struct intake_submitter local;
    if (!arena.base) {
        ASSERT(arena_open(&arena, 8 << 20, 64 << 20) == OK && arena_open(&line_arena, 4 << 20, 64 << 20) == OK);
        local = submitter_local();
    }
    arena_reset(&arena);
    struct issues errors, warnings;
    struct json_out json;
    struct spool spool = spool_over(slice_of((const char *)bytes, size));
    struct typing typing = { .arena = &line_arena, .submitter = &local, .is_file = true, .dates.received = 20260408 };
    typing_init(&typing, profile);
    issues_init(&errors, &arena, ISSUES_MAX);
    issues_init(&warnings, &arena, ISSUES_MAX);
    json_out_open(&json);
    struct reader *r = open(&arena);
    r->spool = &spool;
    r->profile = typing.profile;
    r->typing = &typing;
    r->arena = &arena;
    r->line_arena = &line_arena;
    r->errors = &errors;
    r->warnings = &warnings;
    r->answers = (struct reader_answers){ .decimal = DECIMAL_STYLE_POINT, .dates = DATE_STYLE_DMY };
    r->is_local = true;
    if (r->ops->survey(r) == SURVEY_READ) {
        struct fuzz_pass first = fuzz_read(r, &draft, &typed, &json);
        r->ops->rewind(r);
        typing.said_claim_in_pos = false;
        struct fuzz_pass second = fuzz_read(r, &draft, &typed, &json);
        ASSERT(first.steps == second.steps && first.lines == second.lines);
        ASSERT(first.lines == 0 || memcmp(&first.last, &second.last, sizeof first.last) == 0);
    }
    r->ops->close(r);
    json_out_close(&json);
    return 0;
}

static inline int fuzz_document(struct reader *(*open)(struct arena *), const uint8_t *bytes, size_t size)
{
    return fuzz_document_under(mapping_profile_default(), open, bytes, size);
}

#endif
