/* intake/x12_out.h: X12 written segment by segment, with counts and control numbers kept. Pure. */
#ifndef INTAKE_X12_OUT_H
#define INTAKE_X12_OUT_H

#include "intake/answer.h"
#include "intake/x12_tokens.h"

enum { X12_OUT_BYTES_MAX = 2048 };

struct x12_out {
    const struct answer_sink *sink;
    struct x12_delimiters     delimiters;
    char                      bytes[X12_OUT_BYTES_MAX];
    size_t                    size, kept;           /* kept: up to the last element that is not empty */
    uint32_t                  segments, sets, groups;       /* since ST, GS, ISA */
    uint32_t                  interchange_number, group_number, set_number;
};

/* Who answers whom, in the sender's envelope turned around. */
struct x12_out_envelope {
    struct slice from_qualifier, from_id, to_qualifier, to_id, version;     /* ISA */
    bool         is_test;
    instant_ms   now_unix_ms;
    uint32_t     control_number;
};

/* Segments of the envelope, counted and numbered by the writer. */
void x12_out_isa(struct x12_out *o, const struct x12_out_envelope *e);
void x12_out_gs(struct x12_out *o, struct slice type, struct slice from, struct slice to, struct slice version,
                instant_ms now_unix_ms);
void x12_out_st(struct x12_out *o, struct slice set);
void x12_out_se(struct x12_out *o);
void x12_out_ge(struct x12_out *o);
void x12_out_iea(struct x12_out *o);

/* A segment: begin, its elements, end. Empty elements at the end are left out. Bytes of a text that are delimiters or
 * outside the basic set become blanks. */
void x12_out_begin(struct x12_out *o, struct slice id);
void x12_out_text(struct x12_out *o, struct slice text);
void x12_out_number(struct x12_out *o, uint64_t value);
void x12_out_component(struct x12_out *o, uint64_t value);      /* a further component of the last element */
void x12_out_end(struct x12_out *o);

/* The text can be written as it is. */
bool x12_out_holds(const struct x12_out *o, struct slice text);

#endif
