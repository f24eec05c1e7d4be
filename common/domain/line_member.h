/* domain/line_member.h: places of a line that line_field.def does not name: parts of parties, and flat members of
 * reference lines. The types are those of line_field.def and of intake's typing. */
#ifndef DOMAIN_LINE_MEMBER_H
#define DOMAIN_LINE_MEMBER_H

/* Parts of a party (domain.md 3.1). `duns` is an id of type 1; `address_2` is added to `address`. */
#define PARTY_PARTS(P, party) \
    P(party, name, TEXT, 120) P(party, id_type, TEXT, 4) P(party, id, TEXT, 64) P(party, duns, TEXT, 64) \
    P(party, address, TEXT, 200) P(party, address_2, TEXT, 200) P(party, city, TEXT, 120) P(party, region, TEXT, 120) \
    P(party, postal_code, TEXT, 20) P(party, country, COUNTRY, 2) P(party, role, ROLE, 0) \
    P(party, kind, PARTY_KIND, 0) P(party, birth_year, UINT, 2099)

/* The parties of a line, in the order of line_field.def. */
#define PARTIES(P) P(sold_to) P(ship_to) P(end_customer) P(vendor)

/* Flat members of reference lines (domain.md 4.3) that are no fields of line_field.def, for all four kinds together:
 * R(member, type, detail). Their lists nest. */
#define REFERENCE_MEMBERS(R) \
    R(revision, COUNT, 0) R(effective_from, DATE, 0) R(status, WORD, 0) R(issue_date, DATE, 0) R(valid_from, DATE, 0) \
    R(valid_to, DATE, 0) R(closed_on, DATE, 0) R(blanket, FLAG, 0) R(amount_limit, AMOUNT, 0) R(project, TEXT, 120) \
    R(family, TEXT, 48) R(value, AMOUNT, 0) R(expected_close, DATE, 0) R(extension, FLAG, 0) R(withdrawn, FLAG, 0) \
    R(planned_spend, AMOUNT, 0) R(approved_amount, AMOUNT, 0) R(name, TEXT, 120) R(tax_country, COUNTRY, 2) \
    R(tax_form_on_file, FLAG, 0)

#endif
