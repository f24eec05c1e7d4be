/* intake/rejects_fields.c: lines of X12 as CSV whose columns are the names of fields, with the texts as sent. */
#include "base/assert.h"
#include "intake/rejects_parts.h"

enum { CELL_BYTES = 4096 };

static const enum slot columns[] = {
    SLOT_kind,
    SLOT_partner_id,
    SLOT_submission_no,
    SLOT_invoice_no,
    SLOT_invoice_line,
    SLOT_invoice_date,
    SLOT_ship_date,
    SLOT_order_no,
    SLOT_vendor_part,
    SLOT_partner_part,
    SLOT_gtin,
    SLOT_qty_milli,
    SLOT_uom,
    SLOT_currency,
    SLOT_resale_unit_micros,
    SLOT_book_unit_micros,
    SLOT_claimed_cost_unit_micros,
    SLOT_claimed_debit_unit_micros,
    SLOT_claimed_amount_minor,
    SLOT_extended_amount_minor,
    SLOT_authorisation_no,
    SLOT_auth_line,
    SLOT_deal_reg_no,
    SLOT_claim_id,
    SLOT_claim_line,
    SLOT_debit_memo_ref,
    SLOT_rma_no,
    SLOT_original_invoice_no,
    SLOT_original_invoice_line,
    SLOT_price_change_date,
    SLOT_location_id,
    SLOT_snapshot_date,
    SLOT_report_from,
    SLOT_report_to,
    SLOT_direct_ship,
    SLOT_summary,
    SLOT_test,
    SLOT_serials,
    SLOT_sold_to_name,
    SLOT_sold_to_id_type,
    SLOT_sold_to_id,
    SLOT_sold_to_duns,
    SLOT_sold_to_address,
    SLOT_sold_to_address_2,
    SLOT_sold_to_city,
    SLOT_sold_to_region,
    SLOT_sold_to_postal_code,
    SLOT_sold_to_country,
    SLOT_ship_to_name,
    SLOT_ship_to_id_type,
    SLOT_ship_to_id,
    SLOT_ship_to_duns,
    SLOT_ship_to_address,
    SLOT_ship_to_address_2,
    SLOT_ship_to_city,
    SLOT_ship_to_region,
    SLOT_ship_to_postal_code,
    SLOT_ship_to_country,
    SLOT_end_customer_name,
    SLOT_end_customer_id_type,
    SLOT_end_customer_id,
    SLOT_end_customer_duns,
    SLOT_end_customer_address,
    SLOT_end_customer_address_2,
    SLOT_end_customer_city,
    SLOT_end_customer_region,
    SLOT_end_customer_postal_code,
    SLOT_end_customer_country,
};
enum { COLUMN_COUNT = sizeof columns / sizeof *columns };

static void put_cell(struct rejects *r, struct slice text, bool is_ours)
{
    rejects_put(r, SLICE("\""));
    if (is_ours && text.size && memchr("=+-@", text.bytes[0], 4)) rejects_put(r, SLICE("'"));
    for (size_t quote; (quote = slice_find(text, '"')) < text.size; text = slice_skip(text, quote + 1)) {
        rejects_put(r, slice_head(text, quote + 1));
        rejects_put(r, SLICE("\""));
    }
    rejects_put(r, text);
    rejects_put(r, SLICE("\""));
}

static void put_header(struct rejects *r)
{
    for (unsigned k = 0; k < COLUMN_COUNT; k++) {
        rejects_put(r, slot_name(columns[k]));
        rejects_put(r, SLICE(","));
    }
    rejects_put(r, SLICE(REJECTS_LINE_ID "," REJECTS_CODES "," REJECTS_MESSAGE "\r\n"));
}

/* 1.234 alone may be a thousand or a fraction: with a fourth digit it is a fraction for every reader. */
static bool has_three_decimals(struct slice number)
{
    return number.size > 4 && slice_find(number, '.') == number.size - 4;
}

static struct slice serials_of(const struct draft *d, struct text *t)
{
    const struct draft_list *list = &d->lists[DRAFT_LIST_serials];
    for (unsigned k = 0; k < list->count && k < list->capacity; k++) {
        if (k > 0) PUT(t, " ");
        text_put(t, list->items[k].text);
    }
    return text_slice(t);
}

/* A currency that command or profile gave is said, too: whoever sends the file may name another one. */
static struct slice text_of(const struct intake_line *line, enum slot slot, struct text *room)
{
    const struct draft *d = line->draft;
    if (slot == SLOT_serials) return serials_of(d, room);
    struct slice text = draft_text(d, slot);
    if (slot == SLOT_currency && text.size == 0 && line->line) return line->line->currency;
    if (!slot_is_number(slot) || !has_three_decimals(text)) return text;
    text_put(room, text);
    PUT(room, "0");
    return text_slice(room);
}

void rejects_fields_take(struct rejects *r, const struct refusal *f)
{
    char room[CELL_BYTES];
    ASSERT(f->line->draft);
    if (!r->has_begun) put_header(r);
    for (unsigned k = 0; k < COLUMN_COUNT; k++) {
        struct text t = text_over(room, sizeof room);
        struct slice text = text_of(f->line, columns[k], &t);
        if (text.size) put_cell(r, text, false);
        rejects_put(r, SLICE(","));
    }
    put_cell(r, f->line_id, true);
    rejects_put(r, SLICE(","));
    put_cell(r, f->codes, true);
    rejects_put(r, SLICE(","));
    put_cell(r, f->message, true);
    rejects_put(r, SLICE("\r\n"));
}
