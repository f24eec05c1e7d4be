/* wire/payout_codec.c: Payout, one entry as it goes to payouts.v1. */
#include "claimstream/v1/payout.pb-c.h"
#include "wire/dossier_codec.h"
#include "wire/messages.h"

/* Downstream de-duplicates on the id and adds by root and currency: an entry without them is none. */
static enum err check_payout(const void *record)
{
    const struct payout *p = record;
    bool is_whole = p->payout_id.size && p->line_id.size && p->partner_root_id.size && p->currency.size;
    return is_whole ? OK : ERR_WIRE_FIELD;
}

#define S struct payout
static struct message_field payout_fields[] = {
    TEXT(payout_id, ID_BYTES_MAX),
    TEXT(line_id, ID_BYTES_MAX),
    TEXT(partner_root_id, TEXT_BYTES_MAX),
    TEXT(program_id, ID_BYTES_MAX),
    NUMBER(amount_minor),
    TEXT(currency, ID_BYTES_MAX),
    NUMBER(decided_at_unix_ms),
    NUMBER(adjustment_no),
    TEXT(document_id, ID_BYTES_MAX),
    TEXT(partner_id, TEXT_BYTES_MAX),
    TEXT(payee, ID_BYTES_MAX),
    TEXT(payee_id, TEXT_BYTES_MAX),
    TEXT(role, ID_BYTES_MAX),
    NUMBER(program_version),
    TEXT(incentive, ID_BYTES_MAX),
    TEXT(ledger, ID_BYTES_MAX),
    NUMBER(qty_milli),
    NUMBER(program_amount_minor),
    TEXT(program_currency, ID_BYTES_MAX),
    TEXT(fx_table, TEXT_BYTES_MAX),
    NUMBER(fx_rate_micros),
    NUMBER(fx_units),
    NUMBER(fx_date),
    TEXT(earned_period, ID_BYTES_MAX),
    TEXT(posted_period, ID_BYTES_MAX),
    NUMBER(payable_on),
    TEXT(payment_method, ID_BYTES_MAX),
    TEXT(tax_treatment, TEXT_BYTES_MAX),
    NUMBER(tax_reportable),
    TEXT(authorisation_no, TEXT_BYTES_MAX),
    TEXT(deal_reg_no, TEXT_BYTES_MAX),
    TEXT(preapproval_no, TEXT_BYTES_MAX),
    TEXT(reverses_payout_id, TEXT_BYTES_MAX),
    TEXT(cause, ID_BYTES_MAX),
    TEXT(reasons, TEXT_BYTES_MAX),
    TEXT(sku, TEXT_BYTES_MAX),
    TEXT(invoice_no, TEXT_BYTES_MAX),
    TEXT(claim_id, TEXT_BYTES_MAX),
};
OUTLINED(payout, payout, check_payout,
         "payout_id line_id partner_root_id program_id amount_minor currency adjustment_no payee role program_version "
         "incentive ledger "
         "qty_milli program_amount_minor program_currency earned_period posted_period payable_on tax_reportable "
         "reverses_payout_id cause "
         "reasons");
#undef S
MESSAGE_AT_START(payout)

enum err payout_encode(struct arena *a, const struct payout *p, struct slice *out)
{
    return message_encode(&payout_message, a, p, DOSSIER_BYTES_MAX, out);
}

enum err payout_decode(struct arena *a, struct slice bytes, struct payout *p)
{
    if (bytes.size > DOSSIER_BYTES_MAX) return ERR_WIRE_TOO_LARGE;
    *p = (struct payout){ 0 };
    return message_decode(&payout_message, a, bytes, p);
}
