/* domain/rating/rows.h: the state of payout as records (domain.md 4.4): one list of tables (rows.def), and for each
 * record one list of members from which the struct here and its codec (wire/table_payout.c) are made.
 *
 * ROW_MEMBER types: UINT uint32_t · INT int64_t (milli, minor, micros) · WIDE __int128 · DATE yyyymmdd · FLAG bool ·
 * ENUM enum of that name · TEXT slice · DAYS a set of days · LIST that struct, `<name>` and `<name>_count` · GONE: an
 * INT that earlier versions had. Lists are bounded where ROW_STRUCTS names the element. A change of members is a new
 * version of the record (the byte in front, which the loop writes). */
#ifndef DOMAIN_RATING_ROWS_H
#define DOMAIN_RATING_ROWS_H

#include "domain/books.h"
#include "domain/calendar.h"
#include "domain/program.h"

enum payout_table {
#define PAYOUT_ROW(id, number, name, record, key_parts) PAYOUT_##id,
#include "domain/rating/rows.def"
#undef PAYOUT_ROW
    PAYOUT_TABLE_COUNT
};

/* Days of a window of 512 from `first_day` (days since 1970); older ones fall out. */
enum { DAY_SET_WORDS = 8, DAY_SET_DAYS = 64 * DAY_SET_WORDS };
struct day_set { int32_t first_day; uint64_t words[DAY_SET_WORDS]; };

/* The detail of FLAG, INT, UINT and TEXT: with which version of the rows the member came; 0: it was always there. That
 * of GONE: with which it went. */
#define ROW_MEMBER(type, name, detail) ROW_MEMBER_##type(name, detail)
#define ROW_MEMBER_UINT(name, detail) uint32_t name;
#define ROW_MEMBER_INT(name, detail)  int64_t name;
#define ROW_MEMBER_WIDE(name, detail) __int128 name;
#define ROW_MEMBER_DATE(name, detail) int32_t name;
#define ROW_MEMBER_FLAG(name, detail) bool name;
#define ROW_MEMBER_ENUM(name, detail) enum detail name;
#define ROW_MEMBER_TEXT(name, detail) struct slice name;
#define ROW_MEMBER_DAYS(name, detail) struct day_set name;
#define ROW_MEMBER_LIST(name, detail) struct detail *name; unsigned name##_count;
#define ROW_MEMBER_GONE(name, detail)

/* A text alone. */
#define ROW_TEXT_FIELDS(F) F(TEXT, text, 0)

/* Terms that an agreement sets for itself; `present` has an AGREEMENT_OVERRIDES_ bit for each that it names. */
#define AGREEMENT_OVERRIDES_FIELDS(F) \
    F(UINT, present, 0) F(ENUM, cost_basis, cost_basis) F(ENUM, lot_shortage, lot_shortage) \
    F(ENUM, over_qty, over_qty) F(ENUM, resale_above, resale_above) F(INT, resale_share_percent_micros, 0) \
    F(INT, resale_tolerance_percent_micros, 0) F(INT, min_debit_minor, 0) F(ENUM, pos_match, pos_match) \
    F(UINT, pos_wait_days, 0) F(FLAG, auto_claim, 0) F(UINT, window_days, 0) F(ENUM, anchor, anchor) \
    F(INT, tolerance_minor, 0)

enum {
    AGREEMENT_OVERRIDES_COST_BASIS = 1 << 0,
    AGREEMENT_OVERRIDES_LOT_SHORTAGE = 1 << 1,
    AGREEMENT_OVERRIDES_OVER_QTY = 1 << 2,
    AGREEMENT_OVERRIDES_RESALE_ABOVE = 1 << 3,
    AGREEMENT_OVERRIDES_RESALE_SHARE = 1 << 4,
    AGREEMENT_OVERRIDES_RESALE_TOLERANCE = 1 << 5,
    AGREEMENT_OVERRIDES_MIN_DEBIT = 1 << 6,
    AGREEMENT_OVERRIDES_POS_MATCH = 1 << 7,
    AGREEMENT_OVERRIDES_POS_WAIT_DAYS = 1 << 8,
    AGREEMENT_OVERRIDES_AUTO_CLAIM = 1 << 9,
    AGREEMENT_OVERRIDES_WINDOW_DAYS = 1 << 10,
    AGREEMENT_OVERRIDES_ANCHOR = 1 << 11,
    AGREEMENT_OVERRIDES_TOLERANCE = 1 << 12,
};

/* An agreement as a whole: one head a revision. Superseded revisions leave when the list is full. */
#define AGREEMENT_HEAD_FIELDS(F) \
    F(INT, revision, 0) F(INT, received_at_unix_ms, 0) F(DATE, effective_from, 0) F(ENUM, status, agreement_status) \
    F(DATE, issue_date, 0) F(DATE, valid_from, 0) F(DATE, valid_to, 0) F(DATE, closed_on, 0)
#define AGREEMENT_ROW_FIELDS(F) \
    F(TEXT, program_id, 0) F(TEXT, partner_id, 0) F(TEXT, currency, 0) F(INT, paid_minor, 0) \
    F(LIST, heads, agreement_head)

/* One revision's terms, written once. */
#define AGREED_PARTY_FIELDS(F) \
    F(TEXT, name, 0) F(TEXT, id_type, 0) F(TEXT, id, 0) F(TEXT, key, 0) F(TEXT, postal_code, 0) F(TEXT, country, 0)
#define AGREED_LINE_FIELDS(F) \
    F(UINT, line_no, 0) F(LIST, products, row_text) F(ENUM, method, debit_method) F(INT, term_micros, 0) \
    F(TEXT, uom, 0) F(INT, authorised_milli, 0) F(FLAG, has_book_price, 0) F(INT, book_price_micros, 0) \
    F(ENUM, resale_policy, resale_policy) F(INT, resale_min_micros, 0) F(INT, resale_max_micros, 0)
#define AGREEMENT_TERMS_ROW_FIELDS(F) \
    F(FLAG, blanket, 0) F(INT, amount_limit_minor, 0) F(LIST, locations, row_text) F(LIST, customers, agreed_party) \
    F(LIST, lines, agreed_line) F(LIST, overrides, agreement_overrides)

/* `authorised` is that of the last revision received (0 none), in base units; consumed: paid units less reversed. */
#define AGREEMENT_LINE_ROW_FIELDS(F) \
    F(INT, authorised_milli, 0) F(INT, consumed_milli, 0) F(INT, paid_minor, 0) F(TEXT, currency, 0) \
    F(INT, highest_authorised_milli, 0)

/* Which agreements name a customer (key "*": blanket ones), for auto_claim. */
#define INDEXED_AGREEMENT_FIELDS(F) F(TEXT, authorisation_no, 0) F(DATE, valid_to, 0)
#define AGREEMENT_INDEX_ROW_FIELDS(F) F(LIST, agreements, indexed_agreement)

/* A cost lot. Its cost per base unit is cost_micros / cost_den: a price per case need not be whole micros a piece. FIFO
 * order is (receipt_date, seq, no). seq counts arrivals; a part that is split off `of_no` keeps the seq of the whole.
 * `adjusted`: the partner's own STOCK_ADJUST brought its units, no vendor, and they stay that wherever they go to
 * and come back from. */
#define LOT_CREDIT_FIELDS(F) F(DATE, effective, 0) F(INT, amount_micros, 0) F(TEXT, payout_id, 0)
#define LOT_FIELDS(F) \
    F(UINT, no, 0) F(UINT, seq, 0) F(TEXT, line_id, 0) F(DATE, receipt_date, 0) F(DATE, ship_date, 0) \
    F(INT, qty_milli, 0) F(INT, remaining_milli, 0) F(UINT, of_no, 0) F(GONE, left_milli, 9) F(INT, cost_micros, 0) \
    F(UINT, cost_den, 0) F(TEXT, currency, 0) F(LIST, credits, lot_credit) F(FLAG, adjusted, 8)
/* A pool. `net_milli`: the sum of all movements to date (5.6 K3). `open_days`: days with open uncovered quantity.
 * `days`: days that have a stock_day_row. */
#define LOTS_ROW_FIELDS(F) \
    F(UINT, next_no, 0) F(INT, net_milli, 0) F(DAYS, open_days, 0) F(DAYS, days, 0) F(LIST, lots, lot)

/* Movements of a pool on one day. `credited`: units that a price change of that day credited. `direct`: units sold that
 * day which never lay here, as the seller says. Units that found no lot stand in one stream in order of arrival:
 * `uncovered_milli` so far. Lots served some of them from the front (`served`), and returns gave some back unserved
 * (`holes`). Units of lots have a place in the order in which they left on that day, `left_milli` so far: `outs` says
 * by places, in rising order, to which lot they belong now, less what came back; not `is_placed`: only how many of each
 * lot. */
#define SERVED_FIELDS(F) \
    F(INT, from_milli, 0) F(INT, qty_milli, 0) F(UINT, lot_no, 0) F(UINT, seq, 0) F(DATE, receipt_date, 0) \
    F(INT, cost_micros, 0) F(UINT, cost_den, 0) F(TEXT, currency, 0) F(FLAG, adjusted, 8) F(INT, place_milli, 9)
#define HOLE_FIELDS(F) F(INT, from_milli, 0) F(INT, qty_milli, 0)
#define LOT_OUT_FIELDS(F) F(UINT, lot_no, 0) F(INT, qty_milli, 0) F(INT, place_milli, 9)
#define STOCK_DAY_ROW_FIELDS(F) \
    F(INT, in_milli, 0) F(INT, out_milli, 0) F(INT, received_milli, 0) F(INT, credited_milli, 0) \
    F(INT, uncovered_milli, 0) F(INT, served_to_milli, 0) F(LIST, served, served) F(LIST, holes, hole) \
    F(LIST, outs, lot_out) F(INT, direct_milli, 8) F(INT, left_milli, 9) F(FLAG, is_placed, 9)

/* Units that left a pool, in the order in which they left, from `place_milli` of their day on. lot_no 0: uncovered, by
 * place in the day's stream. */
#define MOVE_FIELDS(F) \
    F(INT, qty_milli, 0) F(UINT, lot_no, 0) F(UINT, seq, 0) F(DATE, receipt_date, 0) F(INT, cost_micros, 0) \
    F(UINT, cost_den, 0) F(TEXT, currency, 0) F(DATE, date, 0) F(INT, place_milli, 0) F(FLAG, adjusted, 8)

/* A transaction T: what its goods did (the *moves* of 4.4), the lines live on it, and what programs posted on it
 * (5.8). */
#define UNIT_RANGE_FIELDS(F) F(INT, from_milli, 0) F(INT, qty_milli, 0)
#define TRANSACTION_LINE_FIELDS(F) \
    F(TEXT, line_id, 0) F(ENUM, kind, kind) F(TEXT, program_id, 0) F(INT, accepted_milli, 0) F(INT, returned_milli, 0) \
    F(INT, moved_milli, 0) F(FLAG, ended, 0) F(WIDE, value_num, 0) F(WIDE, value_den, 0) F(TEXT, currency, 0) \
    F(LIST, ranges, unit_range)
#define TRANSACTION_POSTING_FIELDS(F) \
    F(TEXT, line_id, 0) F(TEXT, program_id, 0) F(UINT, rank, 0) F(FLAG, reduces_lower, 0) F(FLAG, exclusive, 0) \
    F(TEXT, exclusive_group, 0) F(FLAG, volume, 0) F(FLAG, stacks, 0) F(TEXT, currency, 0) F(INT, amount_minor, 0) \
    F(FLAG, counted, 0)
#define COST_PART_FIELDS(F) F(TEXT, currency, 0) F(UINT, cost_den, 0) F(WIDE, milli_micros, 0)
#define TRANSACTION_ROW_FIELDS(F) \
    F(DATE, ship_date, 0) F(TEXT, location_id, 0) F(LIST, moves, move) F(INT, average_milli, 0) \
    F(LIST, average, cost_part) F(LIST, lines, transaction_line) F(LIST, postings, transaction_posting) \
    F(FLAG, awaited, 0)

/* What a program did with a line: what 6.1 needs to take it back. `accepted`: A of the line there; `paid`: Q. On a
 * return: what it took back of `of_line`, negative amounts, so that its CANCEL can give it again; `held`: units of the
 * transaction that the program's claims held before. `first`: the entry of a REPLACE that took back what it replaces.
 */
#define CHARGED_CAP_FIELDS(F) \
    F(UINT, cap, 0) F(TEXT, scope_id, 0) F(TEXT, period, 0) F(INT, amount_minor, 0) F(INT, qty_milli, 0)
#define LINE_PROGRAM_FIELDS(F) \
    F(TEXT, program_id, 0) F(UINT, version, 0) F(ENUM, incentive, incentive) F(FLAG, volume, 0) F(FLAG, ended, 0) \
    F(INT, accepted_milli, 0) F(INT, returned_milli, 0) F(INT, paid_milli, 0) F(INT, paid_returned_milli, 0) \
    F(INT, program_minor, 0) F(INT, program_reversed_minor, 0) F(INT, payout_minor, 0) \
    F(INT, payout_reversed_minor, 0) F(TEXT, payout_currency, 0) F(TEXT, fx_table, 0) F(INT, fx_rate_micros, 0) \
    F(INT, fx_units, 0) F(DATE, fx_date, 0) F(TEXT, payout_id, 0) F(TEXT, payee_id, 0) F(TEXT, earned_period, 0) \
    F(ENUM, ledger, ledger) F(LIST, caps, charged_cap) F(TEXT, authorisation_no, 0) F(UINT, auth_line, 0) \
    F(TEXT, deal_reg_no, 0) F(TEXT, preapproval_no, 0) F(INT, value_minor, 0) F(INT, value_reversed_minor, 0) \
    F(INT, share_minor, 0) F(INT, share_reversed_minor, 0) F(TEXT, aggregate, 0) F(TEXT, group, 0) F(TEXT, period, 0) \
    F(DATE, program_date, 0) F(FLAG, qualifies, 0) F(FLAG, benefits, 0) F(TEXT, of_line, 0) F(UINT, tax_year, 0) \
    F(INT, tax_minor, 0) F(FLAG, amount_only, 0) F(FLAG, reversed, 0) F(INT, held_milli, 0) F(TEXT, claim_id, 8) \
    F(TEXT, first_payout_id, 9)
#define KEPT_REASON_FIELDS(F) F(UINT, code, 0) F(ENUM, outcome, outcome)
/* A part of a return: `qty` of the line `original` went back by it. */
#define RETURN_PIECE_FIELDS(F) F(TEXT, line_id, 0) F(INT, qty_milli, 0)
#define LINE_ROW_FIELDS(F) \
    F(ENUM, kind, kind) F(ENUM, outcome, outcome) F(LIST, reasons, kept_reason) F(FLAG, ended, 0) \
    F(TEXT, partner_id, 0) F(TEXT, location_id, 0) F(TEXT, pool_location, 0) F(TEXT, sku, 0) F(TEXT, family, 0) \
    F(TEXT, product_line, 0) F(TEXT, invoice_no, 0) F(TEXT, invoice_line, 0) F(TEXT, customer_key, 0) \
    F(TEXT, rep_id, 0) F(ENUM, role, role) F(DATE, ship_date, 0) F(DATE, invoice_date, 0) F(DATE, received_date, 0) \
    F(INT, base_milli, 0) F(INT, accepted_milli, 0) F(INT, returned_milli, 0) F(FLAG, summary, 0) \
    F(FLAG, direct_ship, 0) F(UINT, lot_no, 0) F(LIST, moves, move) F(INT, moved_milli, 0) F(INT, purchase_minor, 0) \
    F(TEXT, currency, 0) F(TEXT, order_no, 0) F(LIST, programs, line_program) F(LIST, pieces, return_piece) \
    F(TEXT, original, 0) F(TEXT, successor, 0) F(TEXT, replaces, 0)

/* An accumulator of a volume program (5.2 V4). paid: t as posted; fund: its part that went to a fund (V9). */
#define VOLUME_ROW_FIELDS(F) \
    F(INT, amount_minor, 0) F(INT, qty_milli, 0) F(INT, benefit_amount_minor, 0) F(INT, benefit_milli, 0) \
    F(INT, paid_minor, 0) F(INT, fund_minor, 0) F(INT, estimated_minor, 0) F(INT, excess_minor, 0) F(FLAG, closed, 0) \
    F(TEXT, currency, 0) F(INT, expected_micros, 0) F(FLAG, has_expected, 0) F(INT, baseline_micros, 0) \
    F(FLAG, has_baseline, 0) F(INT, guarantee_minor, 0)

/* Accumulators of a program and period beside the one of the whole root: what a close goes through. `closed`: one that
 * comes later is closed from the start. */
#define ACCUMULATOR_FIELDS(F) F(TEXT, aggregate, 0) F(TEXT, group, 0)
#define ACCUMULATORS_ROW_FIELDS(F) F(FLAG, closed, 0) F(LIST, accumulators, accumulator)

/* The version of a program whose terms a period was closed with: later ones do not act on it (4.2). 0: not closed. */
#define CLOSE_ROW_FIELDS(F) F(UINT, version, 0)

/* Net SELL_IN of a month: one entry a day and currency. */
#define PURCHASE_DAY_FIELDS(F) F(DATE, date, 0) F(TEXT, currency, 0) F(INT, amount_minor, 0)
#define PURCHASE_ROW_FIELDS(F) F(LIST, days, purchase_day)

#define CAP_ROW_FIELDS(F) F(INT, used_minor, 0) F(INT, used_milli, 0) F(TEXT, currency, 0)

/* What claims that one accumulator counts were charged and is paid still (5.4 P5): one a cap and period of it. */
#define CHARGES_ROW_FIELDS(F) F(LIST, charges, charged_cap)

/* Live sales to a customer, for unlinked returns: days that have some, and per day chunks of a few. */
#define SALES_ROW_FIELDS(F) F(DAYS, days, 0) F(FLAG, awaited, 0)
#define OPEN_SALE_FIELDS(F) F(TEXT, line_id, 0) F(INT, left_milli, 0)
#define SALES_DAY_ROW_FIELDS(F) F(UINT, chunks, 0) F(LIST, sales, open_sale)

/* Lines that wait here under a datum that another line asks for: a transaction, or sku and customer. left_out: how many
 * more there are than the list holds. */
#define PENDING_ROW_FIELDS(F) F(LIST, line_ids, row_text) F(UINT, left_out, 0)

/* Goods under way between locations of a root. */
#define TRAVELLING_FIELDS(F) F(TEXT, location_id, 0) MOVE_FIELDS(F) F(LIST, credits, lot_credit)
#define ARRIVAL_FIELDS(F) \
    F(TEXT, from_location, 0) F(UINT, from_no, 0) F(TEXT, location_id, 0) F(UINT, lot_no, 0) F(INT, qty_milli, 0)
#define TRANSFER_ROW_FIELDS(F) F(LIST, moves, travelling) F(INT, left_milli, 0) F(LIST, arrivals, arrival)

/* Units of lots that left a pool for another one, in the order in which they left: a change of price that came before
 * credits them where they are (5.6 K7, K9). */
#define DEPARTURE_FIELDS(F) \
    F(UINT, lot_no, 0) F(DATE, receipt_date, 0) F(DATE, date, 0) F(INT, qty_milli, 0) F(TEXT, order_no, 0)
#define DEPARTURES_ROW_FIELDS(F) F(LIST, departures, departure)

/* Which line a payout belongs to, for REVERSE and SETTLEMENT. */
#define ENTRY_ROW_FIELDS(F) \
    F(TEXT, line_id, 0) F(TEXT, program_id, 0) F(UINT, version, 0) F(ENUM, ledger, ledger) F(INT, amount_minor, 0) \
    F(TEXT, currency, 0) F(INT, program_minor, 0) F(TEXT, period, 0)

/* 5.3: available = accrued + adjusted − reserved − paid − expired − converted. reserving: pre-approvals with an open
 * reservation. */
#define RESERVATION_FIELDS(F) F(TEXT, preapproval_no, 0)
#define FUND_ROW_FIELDS(F) \
    F(INT, accrued_minor, 0) F(INT, adjusted_minor, 0) F(INT, reserved_minor, 0) F(INT, paid_minor, 0) \
    F(INT, expired_minor, 0) F(INT, converted_minor, 0) F(TEXT, currency, 0) F(FLAG, is_converted, 0) \
    F(FLAG, is_closed, 0) F(FLAG, earning_closed, 0) F(LIST, reserving, reservation)
#define PREAPPROVAL_ROW_FIELDS(F) \
    F(INT, revision, 0) F(TEXT, partner_id, 0) F(TEXT, program_id, 0) F(TEXT, activity_type, 0) \
    F(DATE, activity_from, 0) F(DATE, activity_to, 0) F(ENUM, status, preapproval_status) F(INT, approved_minor, 0) \
    F(INT, reserved_minor, 0) F(INT, paid_minor, 0) F(TEXT, currency, 0) F(TEXT, period, 0)
/* What a vendor's invoice was paid without a pre-approval (5.3 M7). */
#define ACTIVITY_ROW_FIELDS(F) F(INT, paid_minor, 0) F(TEXT, currency, 0)
#define DEAL_ROW_FIELDS(F) \
    F(INT, revision, 0) F(TEXT, partner_id, 0) F(TEXT, program_id, 0) F(UINT, status, 0) F(TEXT, customer_key, 0) \
    F(TEXT, country, 0) F(TEXT, family, 0) F(LIST, products, row_text) F(INT, qty_milli, 0) F(INT, value_minor, 0) \
    F(TEXT, currency, 0) F(DATE, received_date, 0) F(DATE, last_day, 0) F(DATE, closed_on, 0) F(UINT, extensions, 0) \
    F(INT, share_percent_micros, 0) F(INT, claimed_milli, 0) F(UINT, live_fixed, 0) \
    F(LIST, customers, agreed_party)
#define YEAR_TO_DATE_ROW_FIELDS(F) F(INT, amount_minor, 0) F(TEXT, currency, 0)
/* What locations of a pool reported (5.6 K3). */
#define SNAPSHOT_FIELDS(F) F(DATE, date, 0) F(INT, qty_milli, 0) F(TEXT, line_id, 0) F(TEXT, location_id, 0)
#define SNAPSHOT_ROW_FIELDS(F) F(LIST, snapshots, snapshot)
#define SETTLEMENT_ROW_FIELDS(F) F(INT, settled_minor, 0) F(TEXT, currency, 0)
#define ROSTER_ROW_FIELDS(F) \
    F(TEXT, partner_id, 0) F(DATE, valid_from, 0) F(DATE, valid_to, 0) F(FLAG, inactive, 0) F(TEXT, tax_country, 0) \
    F(FLAG, tax_form_on_file, 0)
/* What a rotation program credited in one of its periods (5.7 O5). */
#define ROTATION_ROW_FIELDS(F) F(INT, credited_minor, 0) F(TEXT, currency, 0)
#define OFFSET_ROW_FIELDS(F) F(INT, credited_minor, 0) F(TEXT, currency, 0)

/* STRUCT(name, fields, most of them in one list; 0: a record), elements before what holds them. The bounds are those of
 * first-hour.md 2 where it has one; what happens at each stands where the list grows. */
#define ROW_STRUCTS(STRUCT) \
    STRUCT(row_text, ROW_TEXT_FIELDS, 64) \
    STRUCT(agreement_overrides, AGREEMENT_OVERRIDES_FIELDS, 1) \
    STRUCT(agreement_head, AGREEMENT_HEAD_FIELDS, 64) \
    STRUCT(agreement_row, AGREEMENT_ROW_FIELDS, 0) \
    STRUCT(agreed_party, AGREED_PARTY_FIELDS, 200) \
    STRUCT(agreed_line, AGREED_LINE_FIELDS, 200) \
    STRUCT(agreement_terms_row, AGREEMENT_TERMS_ROW_FIELDS, 0) \
    STRUCT(agreement_line_row, AGREEMENT_LINE_ROW_FIELDS, 0) \
    STRUCT(indexed_agreement, INDEXED_AGREEMENT_FIELDS, 64) \
    STRUCT(agreement_index_row, AGREEMENT_INDEX_ROW_FIELDS, 0) \
    STRUCT(lot_credit, LOT_CREDIT_FIELDS, 32) \
    STRUCT(lot, LOT_FIELDS, 1032) \
    STRUCT(lots_row, LOTS_ROW_FIELDS, 0) \
    STRUCT(served, SERVED_FIELDS, 500) \
    STRUCT(hole, HOLE_FIELDS, 128) \
    STRUCT(lot_out, LOT_OUT_FIELDS, 1032) \
    STRUCT(stock_day_row, STOCK_DAY_ROW_FIELDS, 0) \
    STRUCT(move, MOVE_FIELDS, 500) \
    STRUCT(unit_range, UNIT_RANGE_FIELDS, 64) \
    STRUCT(transaction_line, TRANSACTION_LINE_FIELDS, 64) \
    STRUCT(transaction_posting, TRANSACTION_POSTING_FIELDS, 256) \
    STRUCT(cost_part, COST_PART_FIELDS, 8) \
    STRUCT(transaction_row, TRANSACTION_ROW_FIELDS, 0) \
    STRUCT(charged_cap, CHARGED_CAP_FIELDS, 512) \
    STRUCT(line_program, LINE_PROGRAM_FIELDS, 64) \
    STRUCT(kept_reason, KEPT_REASON_FIELDS, 32) \
    STRUCT(return_piece, RETURN_PIECE_FIELDS, 128) \
    STRUCT(line_row, LINE_ROW_FIELDS, 0) \
    STRUCT(volume_row, VOLUME_ROW_FIELDS, 0) \
    STRUCT(accumulator, ACCUMULATOR_FIELDS, 2048) \
    STRUCT(accumulators_row, ACCUMULATORS_ROW_FIELDS, 0) \
    STRUCT(close_row, CLOSE_ROW_FIELDS, 0) \
    STRUCT(purchase_day, PURCHASE_DAY_FIELDS, 128) \
    STRUCT(purchase_row, PURCHASE_ROW_FIELDS, 0) \
    STRUCT(cap_row, CAP_ROW_FIELDS, 0) \
    STRUCT(charges_row, CHARGES_ROW_FIELDS, 0) \
    STRUCT(sales_row, SALES_ROW_FIELDS, 0) \
    STRUCT(open_sale, OPEN_SALE_FIELDS, 16) \
    STRUCT(sales_day_row, SALES_DAY_ROW_FIELDS, 0) \
    STRUCT(pending_row, PENDING_ROW_FIELDS, 0) \
    STRUCT(travelling, TRAVELLING_FIELDS, 500) \
    STRUCT(arrival, ARRIVAL_FIELDS, 500) \
    STRUCT(transfer_row, TRANSFER_ROW_FIELDS, 0) \
    STRUCT(departure, DEPARTURE_FIELDS, 500) \
    STRUCT(departures_row, DEPARTURES_ROW_FIELDS, 0) \
    STRUCT(entry_row, ENTRY_ROW_FIELDS, 0) \
    STRUCT(reservation, RESERVATION_FIELDS, 1024) \
    STRUCT(fund_row, FUND_ROW_FIELDS, 0) \
    STRUCT(preapproval_row, PREAPPROVAL_ROW_FIELDS, 0) \
    STRUCT(activity_row, ACTIVITY_ROW_FIELDS, 0) \
    STRUCT(deal_row, DEAL_ROW_FIELDS, 0) \
    STRUCT(year_to_date_row, YEAR_TO_DATE_ROW_FIELDS, 0) \
    STRUCT(snapshot, SNAPSHOT_FIELDS, 512) \
    STRUCT(snapshot_row, SNAPSHOT_ROW_FIELDS, 0) \
    STRUCT(settlement_row, SETTLEMENT_ROW_FIELDS, 0) \
    STRUCT(roster_row, ROSTER_ROW_FIELDS, 0) \
    STRUCT(offset_row, OFFSET_ROW_FIELDS, 0) \
    STRUCT(rotation_row, ROTATION_ROW_FIELDS, 0)

#define ROW_STRUCT(name, FIELDS, list_max) struct name { FIELDS(ROW_MEMBER) };
ROW_STRUCTS(ROW_STRUCT)
#undef ROW_STRUCT

/* <name>_LIST_MAX: how many of an element one list may hold. */
#define ROW_BOUND(name, FIELDS, list_max) name##_LIST_MAX = list_max,
enum { ROW_STRUCTS(ROW_BOUND) ROW_BOUNDS_END };
#undef ROW_BOUND

/* Number of the changelog and names of the key parts (parted by blanks) of a table. */
uint8_t rows_table_number(enum payout_table table);
struct slice rows_key_names(enum payout_table table);

/* One more element after the list `items` of `count`, in the arena; the old array is left as it is. Asserts count <
 * max. */
void *rows_append(struct arena *a, void *items, unsigned *count, size_t element_bytes, unsigned max);
#define ROWS_APPEND(arena, row, list, element) \
    ((row)->list = rows_append((arena), (row)->list, &(row)->list##_count, sizeof(struct element), \
    element##_LIST_MAX), \
     &(row)->list[(row)->list##_count - 1])

/* Takes the element at `at` out of a list; the order of the rest is kept. */
void rows_remove(void *items, unsigned *count, size_t element_bytes, unsigned at);

/* Days of a set. day_set_add answers false when the day is older than the window; a newer day moves the window on. */
bool day_set_add(struct day_set *set, int32_t date);
void day_set_remove(struct day_set *set, int32_t date);
/* The first day of the set on or after `from` (0: from the start), 0 when none. */
int32_t day_set_next(const struct day_set *set, int32_t from);

#endif
