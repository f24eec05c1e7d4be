/* claimctl/line_keys.h: the members of a line object and the kinds of lines in words: what `schemas show line`, `schemas
 * show kind`, `help KIND`, line.schema.json and deploy/manual/lines.md print. */
#ifndef CLAIMCTL_LINE_KEYS_H
#define CLAIMCTL_LINE_KEYS_H

#include "domain/kind.h"

/* As a person writes it in JSON: `lines[].method`. `of` names the kinds that must have it, parted by blanks; empty:
 * none. */
struct line_key { struct slice path, type, of, meaning, example; };

/* How many members a line can have. */
unsigned line_key_count(void);

/* Type and kinds are written into the text. */
struct line_key line_key_at(unsigned index, struct text *room);

/* What a kind is, the sign of its quantity, and the members it must have, parted by ", ". */
struct kind_about { struct slice meaning, quantity, needs; };
struct kind_about line_kind_about(enum kind kind, struct text *room);

/* JSON Schema (2020-12) of a line object. */
void line_keys_put_schema(struct text *t);

#endif
