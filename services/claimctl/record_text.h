/* claimctl/record_text.h: a record of one of our topics for people and machines: what `tail` and `lines trace`
 * print. */
#ifndef CLAIMCTL_RECORD_TEXT_H
#define CLAIMCTL_RECORD_TEXT_H

#include "base/instant.h"
#include "claimctl/descriptor.h"
#include "claimctl/output.h"
#include "runtime/source.h"
#include "wire/message_json.h"

/* {"topic","partition","offset","at","key","headers":{…},"line":{…},"value":{…}}: `line` is where the line of a dossier
 * stands, as results have it; `value` every field (wire/message_json.h), JSON as it came, or {"bytes","error"} of what
 * cannot be read. */
void record_text_put_json(struct text *t, struct arena *a, const struct record *record, instant_ms at_unix_ms);

/* One line without line feed: place, time, key, and in short what it says. */
void record_text_put_line(struct text *t, struct arena *a, const struct record *record, instant_ms at_unix_ms);

/* What records of TOPIC_NONE are from here on: of a topic of others, whose values are messages of that kind; NULL: not
 * known, JSON as it came or bytes. Borrowed. */
struct record_text_foreign { struct slice topic; const struct descriptor_message *message; };
void record_text_take_foreign(const struct record_text_foreign *foreign);

/* The members of such an object, one a line: name and what its values are. */
void record_text_put_members(struct output *o, enum topic topic);

/* A format as kcat has it: %t topic, %p partition, %o offset, %k key, %s value, %S its size, %T time in ms since 1970,
 * %a the same as RFC 3339, %h headers, %{member} as --where finds it, \n \t \\ %%. False: the format has something
 * else. */
bool record_text_format_is_good(struct slice format);
void record_text_put_format(struct text *t, struct arena *a, struct slice format, const struct record *record,
                            instant_ms at_unix_ms);

#endif
