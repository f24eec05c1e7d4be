/* claimctl/schema_text.h: what other systems are told of ours (surfaces.md 7.3): messages, topics, doors, records. */
#ifndef CLAIMCTL_SCHEMA_TEXT_H
#define CLAIMCTL_SCHEMA_TEXT_H

#include "wire/schema_keys.h"

/* What a person is told of a key: `initial` is the default where the table leaves it to the reader, `example` a value
 * that may stand there. */
struct key_about { struct slice initial, meaning, example; };

/* By the noun of the table and the name of the member, key_about.def; NULL: nobody wrote it. */
const struct key_about *key_about_find(struct slice what, struct slice name);

/* Settings of rulesets have no table of members: name, type, default and what they mean. */
struct policy_about { struct slice name, type, initial, meaning; };
unsigned policy_about_count(void);
struct policy_about policy_about_at(unsigned index, struct text *initial);

/* The descriptor set of all messages, as protoc writes it. */
struct slice schema_text_descriptor_set(void);

/* JSON Schema (2020-12) of a kind of record. */
void schema_text_put_record(struct text *t, const struct schema_root *root);

/* AsyncAPI 3.0: every topic with key, partitions, retention and clean-up, and how it must be read. */
void schema_text_put_topics(struct text *t);

#endif
