/* intake/record.h: what a record of claims.submitted.v1 holds (feeds.md 9.2): a bare submission, a framed one, an event
 * in either mode, or a JSON line object. Pure: from bytes and headers to the payload and who says it. */
#ifndef INTAKE_RECORD_H
#define INTAKE_RECORD_H

#include "intake/framing.h"
#include "intake/issue.h"
#include "runtime/source.h"

/* What names an event, or its source: 1 to 1024 bytes of UTF-8. */
bool record_is_event_text(struct slice s);

enum record_payload { RECORD_SUBMISSION, RECORD_JSON };

/* Texts are borrowed from the record, or from the arena. */
struct record_content {
    enum issue_code     issue;                      /* ISSUE_NONE: it is readable this far */
    struct slice        value;                      /* of the issue */
    bool                is_schema_unknown;          /* it may become known: the record waits */
    enum record_payload payload;
    struct slice        bytes;
    struct slice        source, id;                 /* of an event, empty: of none */
    struct slice        traceparent;
};

/* What a JSON object says that names a specversion: an event in structured mode, whose data are JSON. */
struct record_event {
    struct slice source, id, data;                  /* data: where they stand in the object */
    bool         is_sound;                          /* nothing is missing, or said twice */
};

/* False: the object is no event. */
bool record_event_read(struct arena *a, struct slice object, struct record_event *event);

/* What a record of claims.submitted.v1 is, by its headers and first bytes; borrowed from it and the arena. */
struct record_content record_read(struct arena *a, const struct record *record, const struct framing_schemas *schemas);

#endif
