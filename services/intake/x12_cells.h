/* intake/x12_cells.h: how the parts of the X12 reader put elements into the draft of a header, a movement or a line. */
#ifndef INTAKE_X12_CELLS_H
#define INTAKE_X12_CELLS_H

#include "intake/x12.h"

/* The place of a segment, for draft_cell.at. */
uint32_t x12_add_place(struct x12 *x, const struct x12_segment *s, uint32_t position);
/* The text lies in the buffer of an unwrapped segment, which the next one takes. */
bool x12_is_flat(const struct x12 *x, struct slice s);
/* A copy that lives as long as its scope. */
struct slice x12_keep_bytes(struct x12 *x, struct x12_scope_cells *scope, struct slice s);
/* A text that lives as long as its scope, in UTF-8. */
struct slice x12_keep_text(struct x12 *x, struct x12_scope_cells *scope, struct slice s);
/* A cell of an element. */
struct draft_cell x12_cell_at(struct x12 *x, struct x12_scope_cells *scope, const struct x12_segment *s,
                              unsigned element, struct slice text);
/* Puts a text unless one of the same or a lower rank stands there. */
void x12_put_ranked(struct x12 *x, struct x12_scope_cells *scope, const struct x12_segment *s, unsigned element,
                    struct slice text, enum slot slot, unsigned rank);
/* An element of the segment at work into a slot, first come. */
void x12_put(struct x12 *x, struct x12_scope_cells *scope, unsigned element, enum slot slot);
/* A word of ours. */
void x12_put_word(struct x12 *x, struct x12_scope_cells *scope, enum slot slot, struct slice word);
/* An extra named by segment and qualifier: REF:Q1. */
void x12_put_extra(struct x12 *x, struct x12_scope_cells *scope, const struct x12_segment *s, unsigned element,
                   struct slice qualifier, struct slice text);
/* An extra of that name. */
void x12_put_named_extra(struct x12 *x, struct x12_scope_cells *scope, unsigned element, struct slice name,
                         struct slice text);
/* Empties a scope. */
void x12_scope_begin(struct x12_scope_cells *scope);
/* A finding on the segment at work; issues NULL: of the document. */
void x12_warn(struct x12 *x, struct issues *issues, enum issue_code code, unsigned element, struct slice value);
/* The first of repeated qualifiers counts; true for a further one, which is warned. */
bool x12_is_repeated(struct x12 *x, struct x12_scope_cells *scope, struct slice qualifier, unsigned element);
/* A value by the qualifier of its segment. */
void x12_take_qualified(struct x12 *x, struct x12_scope_cells *scope, const struct x12_segment *s,
                        struct slice qualifier, unsigned element, struct slice text);
void x12_take_ref(struct x12 *x, struct x12_scope_cells *scope);
/* A date as yyyymmdd; six digits get their century. */
struct slice x12_date_text(struct x12 *x, struct x12_scope_cells *scope, struct slice text);
void x12_take_dtm(struct x12 *x, struct x12_scope_cells *scope);
void x12_take_cur(struct x12 *x, struct x12_scope_cells *scope);
void x12_take_lin(struct x12 *x, struct x12_scope_cells *scope, const struct x12_segment *s);
/* A component of a composite, from 0. */
struct slice x12_component(const struct x12 *x, struct slice composite, unsigned number);
void x12_take_uit(struct x12 *x);
void x12_take_amt(struct x12 *x);

/* SLOT_sold_to, SLOT_end_customer or SLOT_NONE. */
enum slot x12_slot_of_role(enum x12_party role);
/* A segment of a party of the movement at work. */
void x12_take_party(struct x12 *x);
/* A segment of a party of the header. */
void x12_take_head_party(struct x12 *x);

/* A line of an agreement begins; a segment of it. */
void x12_open_term(struct x12 *x);
void x12_take_term(struct x12 *x);
/* CON, PAD and what follows them in an 845. */
void x12_open_agreement(struct x12 *x);
/* The line is whole. */
void x12_finish_agreement(struct x12 *x);

/* Begins a PTD, CON or LIN. */
void x12_begin_movement(struct x12 *x);
/* Begins the line whose first segment is at work. */
void x12_begin_line(struct x12 *x, uint64_t offset);

#endif
