/* intake/response_849.h: the answer to a claim or report line by line, as an 849 (feeds.md 12), from dispositions.
 * Pure. */
#ifndef INTAKE_RESPONSE_849_H
#define INTAKE_RESPONSE_849_H

#include "domain/reason.h"
#include "intake/x12_out.h"
#include "wire/mapping_profile.h"

enum { RESPONSE_CODES_MAX = 10 };

/* A line as it was sent and what was decided. PASS, SHORT, REJECT are final; HOLD and PARK are answered 25, a final
 * answer comes later. */
struct response_line {
    struct slice contract_qualifier, contract_no;   /* CON01, CON02; lines of one contract stand together */
    struct slice            claim_line, movement;   /* PAD01, PAD02 */
    struct slice            lin01, part_qualifier, part, control_no;        /* LIN01-03; REF*D9; empty when not sent */
    struct slice qty_code, qty, qty_unit, amount, amount_flag;     /* QTY01-03, AMT02, 03; empty when not sent */
    int64_t                 qty_milli;
    struct slice            uom, currency;          /* currency empty: that of the response */
    bool                    has_amount;             /* the line claimed an amount */
    int64_t claimed_minor, approved_minor;          /* SHORT: nearer to zero than claimed */
    enum outcome            outcome;
    const enum reason_code *reasons;
    unsigned                reason_count;
};

/* What the lines of one answer have in common. */
struct response {
    struct x12_out_envelope    envelope;
    struct slice               from_group, to_group, version;       /* GS02, GS03, GS08 */
    uint32_t                   group_number;
    struct slice               claim_type, report_id, currency;     /* BRC02, BRC04; ISO 4217 */
    int32_t                    date;                /* of the answer */
};

/* Sets and lines as they come. The interchange begins with the first line that is listed. */
struct response_writer {
    struct x12_out           out;
    enum answer_849          wanted;
    struct response          header;                /* of the set at work */
    char                     contract[128];
    bool                     has_isa, has_set, has_contract, has_amounts;
    int64_t                  total_minor;
    uint64_t                 listed;
};

/* Nothing written yet; the sink is borrowed. */
void response_writer_open(struct response_writer *w, enum answer_849 wanted, const struct answer_sink *sink);
/* Lines that follow belong to this set, whose texts must live until it ends; the one before it has ended. */
void response_writer_set(struct response_writer *w, const struct response *header);
/* Writes what stands after its lines, its total in the currency of its header; nothing where no set is open. */
void response_writer_end_set(struct response_writer *w);
void response_writer_line(struct response_writer *w, const struct response_line *line);
/* The set has no lines, since it was refused whole: its header says why. */
void response_writer_refuse(struct response_writer *w, const enum reason_code *reasons, unsigned reason_count);
/* False: nothing was written, as for ANSWER_849_NONE, or for EXCEPTIONS when every line passed whole. */
bool response_writer_close(struct response_writer *w);

#endif
