/* wire/section_codec.c: the sections that stages append: receipt, classification, clearance, payout. */
#include "claimstream/v1/dossier.pb-c.h"
#include "wire/dossier_codec.h"
#include "wire/messages.h"

#define S struct evidence
static struct message_field evidence_fields[] = {
    WORD(kind, EVIDENCE_COUNT), TEXT(id, TEXT_BYTES_MAX), NUMBER(revision), NUMBER(score), TEXT(text, TEXT_BYTES_MAX),
};
DETAIL(evidence, evidence, NULL);
#undef S

#define S struct figure
static struct message_field figure_fields[] = {
    TEXT(name, TEXT_BYTES_MAX), NUMBER(value), NUMBER_ELSE("divisor", divisor, 1), TEXT(unit, ID_BYTES_MAX),
    TEXT(text, TEXT_BYTES_MAX),
};
static MESSAGE(figure, figure, NULL, NULL);
#undef S

static enum err check_reason(const void *record)
{
    return ((const struct reason *)record)->code ? OK : ERR_WIRE_FIELD;
}

/* The effective outcome is not on the wire: the section's own outcome says what stood. */
static void derive_reason(void *record)
{
    struct reason *r = record;
    r->outcome = reason_outcome(r->code);
}

_Static_assert((int)REASON_ARGUMENTS_MAX == (int)ARGUMENTS_MAX, "one bound for the arguments of a reason");

#define S struct reason
static struct message_field reason_fields[] = {
    REASON_NUMBER("number", code),
    ARRAY(arguments, argument_count, pair, ARGUMENTS_MAX),
    NUMBER(cut_qty_milli),
    NUMBER(cut_minor),
};
static MESSAGE(reason, reason, check_reason, derive_reason);
#undef S

#define S struct waiting
static struct message_field waiting_fields[] = {
    REASON_NUMBER("reason", reason), TEXT(on, TEXT_BYTES_MAX), NUMBER(since_unix_ms), NUMBER(due_unix_ms),
};
static DETAIL(waiting, waiting, NULL);
#undef S

static enum err check_rule_result(const void *record)
{
    return ((const struct rule_result *)record)->number ? OK : ERR_WIRE_FIELD;
}

#define S struct rule_result
static struct message_field rule_result_fields[] = {
    NUMBER(number),
    NUMBER(version),
    WORD(mode, RULE_MODE_COUNT),
    WORD(value, TRUTH_COUNT),
    REASON_NUMBER("reason", reason),
    NUMBER(points),
    PART(observed, figure),
    PART(limit, figure),
    LIST(evidence, evidence_count, evidence, EVIDENCE_MAX),
    NUMBER(evidence_left_out),
};
static DETAIL(rule_result, rule_result, check_rule_result);
#undef S

static enum err check_receipt(const void *record)
{
    const struct receipt *r = record;
    return r->line_id.size && r->partner_root_id.size && r->document_id.size ? OK : ERR_WIRE_FIELD;
}

#define S struct receipt
static struct message_field receipt_fields[] = {
    TEXT(line_id, ID_BYTES_MAX),
    TEXT(partner_root_id, TEXT_BYTES_MAX),
    NUMBER(received_at_unix_ms),
    TEXT(submitter_id, TEXT_BYTES_MAX),
    TEXT(document_id, ID_BYTES_MAX),
    NUMBER(position),
    WORD(door, DOOR_COUNT),
    TEXT(file_name, TEXT_BYTES_MAX),
    TEXT(icn, ID_BYTES_MAX),
    TEXT(gcn, ID_BYTES_MAX),
    TEXT(tscn, ID_BYTES_MAX),
    TEXT(profile, TEXT_BYTES_MAX),
    HASH_IF(profile_sha256, SHA256_BYTES),
    TEXT(traceparent, TEXT_BYTES_MAX),
    NUMBERS(warnings, warning_count, WARNINGS_MAX),
    LIST(texts, text_count, pair, RECEIPT_TEXTS_MAX),
    NUMBER(row),
    NUMBER(correctable_kinds),
};
OUTLINED(receipt, receipt, check_receipt, "line_id partner_root_id document_id position file_name warnings row");
#undef S
MESSAGE_AT_START(receipt)

static enum err check_candidate(const void *record)
{
    return ((const struct candidate *)record)->program_id.size ? OK : ERR_WIRE_FIELD;
}

#define S struct candidate
static struct message_field candidate_fields[] = {
    TEXT(program_id, ID_BYTES_MAX), NUMBER(program_version), WORD(cell, CELL_COUNT), NUMBER(enrolled),
    LIST(reasons, reason_count, reason, REASONS_MAX), TEXT(expected_volume, ID_BYTES_MAX), TEXT(baseline, ID_BYTES_MAX),
};
static OUTLINED(candidate, candidate, check_candidate, "program_id reasons");
#undef S

/* The judgement is the first member of each judging section, so one check serves the three. */
_Static_assert(offsetof(struct classification, judgement) == 0 && offsetof(struct clearance, judgement) == 0 &&
               offsetof(struct payout_section, judgement) == 0, "a judging section begins with its judgement");

static enum err check_judgement(const void *record)
{
    return ((const struct judgement *)record)->outcome ? OK : ERR_WIRE_FIELD;
}

/* Numbers 1 to 10 of the three. */
#define JUDGEMENT_FIELDS \
    WORD_AS("outcome", judgement.outcome, OUTCOME_COUNT), \
    LIST_AS("reasons", judgement.reasons, judgement.reason_count, reason, REASONS_MAX), \
    PART_AS("waiting", judgement.waiting, waiting), \
    LIST_AS("rule_results", judgement.rule_results, judgement.rule_result_count, rule_result, RULE_RESULTS_MAX), \
    BITS_AS("rules_false", judgement.rules_false, RULES_FALSE_BYTES), \
    NUMBER_AS("profile_revision", judgement.profile_revision), \
    HASH_AS("input_hash", judgement.input_hash, HASH128_BYTES), \
    NUMBER_AS("decided_at_unix_ms", judgement.decided_at_unix_ms), \
    NUMBER_AS("review_sequence", judgement.review_sequence), \
    TEXT_AS("withdrew_line_id", judgement.withdrew_line_id, ID_BYTES_MAX)

#define S struct classification
static struct message_field classification_fields[] = {
    JUDGEMENT_FIELDS,
    TEXT(partner_root_id, TEXT_BYTES_MAX),
    WORD(role, ROLE_COUNT),
    NUMBER(role_step),
    TEXT(tier, TEXT_BYTES_MAX),
    TEXT(region, TEXT_BYTES_MAX),
    TEXT(sku, TEXT_BYTES_MAX),
    TEXT(family, TEXT_BYTES_MAX),
    TEXT(product_line, TEXT_BYTES_MAX),
    NUMBER(base_qty_milli),
    NUMBER(line_date),
    NUMBER(received_date),
    TEXT(price_list_id, TEXT_BYTES_MAX),
    NUMBER(utc_offset_minutes),
    NUMBER(sla_hours),
    NUMBER(lot_pool_location),
    TEXT(payee_id, TEXT_BYTES_MAX),
    NUMBER(matrix_version),
    LIST(candidates, candidate_count, candidate, CANDIDATES_MAX),
    WORD(observed_role, ROLE_COUNT),
    NUMBER(confidence_ppm),
    WORD(drift, DRIFT_COUNT),
    LIST(role_evidence, role_evidence_count, evidence, EVIDENCE_MAX),
    WORD(profile_source, PROFILE_SOURCE_COUNT),
    WORD(sold_to_role, ROLE_COUNT),
    NUMBER(original_received_date),
    TEXTS(held_preapprovals, HELD_PREAPPROVALS_MAX, TEXT_BYTES_MAX),
    TEXT(reaches_line_ref, ID_BYTES_MAX),
    TEXT(reaches_invoice_no, TEXT_BYTES_MAX),
    TEXT(reaches_invoice_line, TEXT_BYTES_MAX),
    TEXT(reaches_sku, TEXT_BYTES_MAX),
    TEXT(terms_author_id, TEXT_BYTES_MAX),
    REFERENCE(withdrew, line),
    TEXT(withdrew_sku, TEXT_BYTES_MAX),
    NUMBER(withdrew_base_qty_milli),
    REFERENCE(withdrew_receipt, receipt),
    TEXT(may_return_line_id, ID_BYTES_MAX),
};
OUTLINED(classification, classification, check_judgement,
         "outcome reasons partner_root_id role base_qty_milli candidates");
#undef S
MESSAGE_AT_START(classification)

#define S struct contribution
static struct message_field contribution_fields[] = { NUMBER(rule), NUMBER(points) };
static DETAIL(contribution, contribution, NULL);
#undef S

#define S struct deal_place
static struct message_field deal_place_fields[] = { NUMBER(place), NUMBER(share_percent_micros), NUMBER(closed_on) };
static MESSAGE(deal_place, deal_place, NULL, NULL);
#undef S

#define S struct list_version
static struct message_field list_version_fields[] = { TEXT(id, TEXT_BYTES_MAX), HASH(sha256, SHA256_BYTES) };
static DETAIL(list_version, list_version, NULL);
#undef S

#define S struct units_held
static struct message_field units_held_fields[] = {
    TEXT(program_id, ID_BYTES_MAX), TEXT(line_id, ID_BYTES_MAX), NUMBER(count), TEXT(serial, TEXT_BYTES_MAX),
    NUMBER(beside),
};
static MESSAGE(units_held, units_held, NULL, NULL);
#undef S

#define S struct clearance
static struct message_field clearance_fields[] = {
    JUDGEMENT_FIELDS,
    OPTIONAL_AS("accepted_qty_milli", accepted_qty_milli, has_accepted_qty),
    LIST(struck, struck_count, candidate, PROGRAMS_OF_A_SECTION_MAX),
    NUMBER(score_points),
    NUMBER(threshold_points),
    LIST(contributions, contribution_count, contribution, RULE_RESULTS_MAX),
    TEXT(resolved_customer_key, TEXT_BYTES_MAX),
    PART_IF(deal, deal_place),
    NUMBER(ruleset_version),
    LIST(lists, list_count, list_version, LISTS_MAX),
    NUMBER(folding_version),
    TEXT(case_id, ID_BYTES_MAX),
    WORD(case_kind, CASE_KIND_COUNT),
    TEXT(case_subject, TEXT_BYTES_MAX),
    TEXTS(case_line_ids, CASE_LINE_IDS_MAX, ID_BYTES_MAX),
    TEXT(resubmits_line_id, ID_BYTES_MAX),
    TEXTS(held_preapprovals, HELD_PREAPPROVALS_MAX, TEXT_BYTES_MAX),
    NUMBER(original_received_date),
    TEXT(reaches_line_id, ID_BYTES_MAX),
    NUMBER(names_original),
    TEXT(original_line_id, ID_BYTES_MAX),
    NUMBER(takes_whole),
    LIST(units_held, units_held_count, units_held, UNITS_HELD_MAX),
    TEXTS(ended_line_refs, LINE_REFS_MAX, ID_BYTES_MAX),
};
OUTLINED(clearance, clearance, check_judgement,
         "outcome reasons accepted_qty_milli struck case_id case_kind case_subject case_line_ids review_sequence");
#undef S
MESSAGE_AT_START(clearance)

#define S struct step
static struct message_field step_fields[] = {
    TEXT(rule, ID_BYTES_MAX), LIST(inputs, input_count, figure, STEP_INPUTS_MAX), PART(result, figure),
};
static MESSAGE(step, step, NULL, NULL);
#undef S

#define S struct balance
static struct message_field balance_fields[] = {
    TEXT(kind, ID_BYTES_MAX), TEXT(id, TEXT_BYTES_MAX), NUMBER(before), NUMBER(after), TEXT(unit, ID_BYTES_MAX),
};
static DETAIL(balance, balance, NULL);
#undef S

#define S struct lot_use
static struct message_field lot_use_fields[] = {
    TEXT(lot_id, TEXT_BYTES_MAX), NUMBER(qty_milli), NUMBER(cost_micros), NUMBER(debit_micros),
    TEXT(currency, ID_BYTES_MAX),
};
static DETAIL(lot_use, lot_use, NULL);
#undef S

static enum err check_program_result(const void *record)
{
    const struct program_result *p = record;
    return p->program_id.size && p->outcome ? OK : ERR_WIRE_FIELD;
}

#define S struct program_result
static struct message_field program_result_fields[] = {
    TEXT(program_id, ID_BYTES_MAX),
    NUMBER(program_version),
    WORD(outcome, OUTCOME_COUNT),
    LIST(reasons, reason_count, reason, REASONS_MAX),
    NUMBER(claim_minor),
    NUMBER(paid_minor),
    NUMBER(refused_minor),
    LIST(workings, working_count, step, STEPS_MAX),
    LIST(balances, balance_count, balance, BALANCES_MAX),
    LIST(lots, lot_count, lot_use, LOT_USES_MAX),
};
static MESSAGE(program_result, program_result, check_program_result, NULL);
#undef S

#define S struct payout_section
static struct message_field payout_section_fields[] = {
    JUDGEMENT_FIELDS,
    LIST(programs, program_count, program_result, PROGRAMS_OF_A_SECTION_MAX),
    LIST(entries, entry_count, payout, ENTRIES_MAX),
    TEXTS(claims_left, CLAIMS_LEFT_MAX, ID_BYTES_MAX),
};
OUTLINED(payout_section, payout_section, check_judgement, "outcome reasons programs entries");
#undef S
MESSAGE_AT_START(payout_section)
