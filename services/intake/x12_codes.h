/* intake/x12_codes.h: what the codes of a movement mean: the table of feeds.md 6, in one place. Pure. */
#ifndef INTAKE_X12_CODES_H
#define INTAKE_X12_CODES_H

#include "intake/draft.h"
#include "wire/mapping_profile.h"

enum x12_class {
    X12_CLASS_NONE, /* no code */
    X12_CLASS_UNKNOWN,
    X12_CLASS_SALE,
    X12_CLASS_DROP_SHIP,
    X12_CLASS_SUMMARY,
    X12_CLASS_RETURN,
    X12_CLASS_PRICE,
    X12_CLASS_MOVED,
    X12_CLASS_MOVED_IN,
    X12_CLASS_MOVED_OUT,
    X12_CLASS_STOCK,
    X12_CLASS_STOCK_IN,
    X12_CLASS_STOCK_OUT,
    X12_CLASS_DEMAND,
    X12_CLASS_MIRROR,
    X12_CLASS_MIRROR_OUT,
    X12_CLASS_AGREED,
};

/* What a code of PTD01 or PAD02, of PTD06, of QTY01 says of a line: NONE without a code, UNKNOWN of one that we do not
 * know. */
enum x12_class x12_movement_class(struct slice code);
enum x12_class x12_transfer_class(struct slice code);
enum x12_class x12_quantity_class(struct slice code);

enum x12_party { X12_PARTY_NONE, X12_PARTY_SOLD_TO, X12_PARTY_END_CUSTOMER, X12_PARTY_LOCATION };
enum x12_party x12_party_of(struct slice n101);  /* whom an N1 names; NONE: nobody whom a line has a place for */

/* The type of a party's id that a REF names; empty when it names none. */
struct slice x12_id_type(struct slice ref01);

/* Everything that marks what a line is. `given`: the kind the profile's values name for one of the codes. */
struct x12_marks {
    enum x12_class movement, transfer, quantity;
    enum kind      given;
    bool           is_claim_set;                    /* 844 */
    bool           has_return_hint;                 /* REF*CM, AMT03 C, where the profile takes them for returns */
    bool           mirror_is_stock;                 /* profile mirror_rows */
};

enum x12_sort { X12_SORT_LINE, X12_SORT_MIRROR, X12_SORT_DEMAND, X12_SORT_UNKNOWN };
enum x12_sign { X12_SIGN_AS_SENT, X12_SIGN_PLUS, X12_SIGN_MINUS };

struct x12_meaning {
    enum x12_sort sort;
    enum kind     kind;
    enum x12_sign sign;
    bool          is_return, is_summary, is_direct_ship;
    unsigned      unknown;                          /* of SORT_UNKNOWN: 0 movement, 1 transfer, 2 quantity */
};

/* First match wins, in the order of the page. */
struct x12_meaning x12_meaning_of(const struct x12_marks *m, bool is_negative);

#endif
