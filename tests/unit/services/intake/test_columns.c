#include "intake/columns.h"

#include "support/table.h"

static enum slot slot_of(const char *header, const struct mapping_profile *p)
{
    struct slice cells[] = { slice_from(header) };
    return columns_read(test_arena(), cells, 1, p, NULL).items[0].slot;
}

TEST(headers_of_real_files_find_their_fields)
{
    struct table t = TABLE(
        "header                                         | field",
        "Invoice Number                                 | invoice_no",
        "INVOICE_NO                                     | invoice_no",
        "invoice_no                                     | invoice_no",
        "InvoiceNo                                      | invoice_no",
        "Inv. Nbr                                       | invoice_no",
        "Inv #                                          | invoice_no",
        "Line No.                                       | invoice_line",
        "Date Invoiced                                  | invoice_date",
        "U/M                                            | uom",
        "Distributor-to-Reseller Invoice Number         | invoice_no",
        "ShipDateTime                                   | ship_date",
        "Mfr Part Nbr                                   | vendor_part",
        "Part                                           | vendor_part",
        "SKU                                            | partner_part",
        "UPC/GTIN14                                     | gtin",
        "S/D No                                         | authorisation_no",
        "S/D Price                                      | claimed_cost_unit",
        "S/N                                            | serials",
        "Reported Product Unit Price - Local Currency   | resale_unit",
        "Customer PO                                    | order_no",
        "Customer                                       | sold_to.name",
        "Customer Name                                  | sold_to.name",
        "Customer No.                                   | sold_to.id",
        "Customer DUNS                                  | sold_to.duns",
        "SoldToCity                                     | sold_to.city",
        "ShipToName                                     | ship_to.name",
        "Ship To Address1                               | ship_to.address",
        "Shipto Postal Code                             | ship_to.postal_code",
        "Deliver-To Zip                                 | ship_to.postal_code",
        "End User Country                               | end_customer.country",
        "end_customer.name                              | end_customer.name",
        "Vendor                                         | vendor.name",
        "vendor.country                                 | vendor.country",
        "Offset Order No                                | offset_order_no");
    while (table_next(&t)) {
        struct slice header = cell(&t, "header");
        CHECK_CELL(&t, "field", slot_name(slot_of(slice_copy(test_arena(), header).bytes, mapping_profile_default())));
    }
}

/* feeds.md 7.3, word for word. */
TEST(each_alias_of_the_page_finds_its_field)
{
    struct table t = TABLE(
        "field               | aliases",
        "invoice_no          | invoice number, invoice no, invoice, inv nbr, distributor invoice number, "
        "distributor to reseller invoice number, document number",
        "invoice_line        | invoice line, invoice item, line number, so line number, item no",
        "order_no            | customer po, reseller po, po number",
        "invoice_date        | invoice date, inv dt, distributor to reseller invoice date",
        "ship_date           | ship date, date shipped, shipped date, shipdatetime",
        "vendor_part         | vendor part number, mfr part number, mfr part nbr, manufacturer part, vendor "
        "part, part, part no, part number, standard part number, catalog number, "
        "catalogue number, product code, product sku, material, mpn",
        "partner_part        | distributor sku, dist sku code, im sku, sku, sku number, distributor product id, "
        "buyers part number, buyer part number, stock code",
        "gtin                | upc, ean, gtin, upc gtin14",
        "qty                 | quantity, qty, product quantity, billing quantity, qty shipped, quantity "
        "shipped, shipped quantity, shipped qty, qty sold, quantity sold, units",
        "uom                 | uom, unit, unit of measure",
        "resale_unit         | resale price, unit resale, reported product unit price, reported product unit "
        "price local currency, sale unit price, net price, sell price",
        "book_unit           | book cost, disty book cost, dbc, list cost, reference unit price",
        "claimed_cost_unit   | s d price, spa cost, contract cost, net cost, authorized cost, adjust cost",
        "claimed_debit_unit  | claim per unit, debit amount",
        "claimed_amount      | extended claim amount, claim amount, rebate amount requested, rebate requested, "
        "distributor credit amount",
        "extended_amount     | sales amount, extended resale, extended cost, extended price, ext price",
        "authorisation_no    | s d no, debit number, spa number, spa entitlement, promotion authorization "
        "number, authorization number, agreement number, rebate contract number",
        "deal_reg_no         | deal id, reported deal id, deal registration, quote id",
        "original_invoice_no | original invoice number, return invoice no, re bill invoice number",
        "kind                | transaction type, sale type, type",
        "serials             | serial number, product serial number, s n",
        "claim_id            | claim number, claim id, claim no",
        "debit_memo_ref      | debit memo",
        "claim_line          | claim line",
        "location_id         | branch, branch office, warehouse number, distributor warehouse number, "
        "distributor location, distributor location code",
        "currency            | currency, currency code, currency of transaction, local currency");
    while (table_next(&t)) {
        struct slice aliases = cell(&t, "aliases");
        while (aliases.bytes) {
            struct slice alias = slice_trim(slice_cut(&aliases, ','));
            CHECK_CELL(&t, "field", slot_name(slot_of(slice_copy(test_arena(), alias).bytes, mapping_profile_default())));
        }
    }
}

TEST(headers_as_distributors_write_them_find_their_fields)
{
    struct table t = TABLE(
        "header              | field",
        "Item                | vendor_part",
        "Item Number         | vendor_part",
        "Item No.            | invoice_line",
        "Ln                  | invoice_line",
        "LN#                 | invoice_line",
        "Line #              | invoice_line",
        "PO #                | order_no",
        "Cust #              | sold_to.id",
        "Cust Name           | sold_to.name",
        "Cust St             | sold_to.region",
        "Bill-To Zip Code    | sold_to.postal_code",
        "End Cust Name       | end_customer.name",
        "MFG P/N             | vendor_part",
        "MfrPartNo           | vendor_part",
        "Disty Part #        | partner_part",
        "Qty Ship            | qty",
        "Invoiced Qty        | qty",
        "Unit Cost           | book_unit",
        "Price Each          | resale_unit",
        "Ext. Amt            | extended_amount",
        "Total Claim         | claimed_amount",
        "Debit Nbr           | authorisation_no",
        "Special Bid #       | authorisation_no",
        "Whse                | location_id",
        "Curr.               | currency",
        "Date                | invoice_date",
        "Ship DT             | ship_date");
    while (table_next(&t)) {
        struct slice header = cell(&t, "header");
        CHECK_CELL(&t, "field", slot_name(slot_of(slice_copy(test_arena(), header).bytes, mapping_profile_default())));
    }
}

TEST(headers_of_other_languages_find_their_fields_with_and_without_accents)
{
    struct table t = TABLE(
        "header                 | field",
        "Rechnungs-Nr.          | invoice_no",
        "Rechnungsdatum         | invoice_date",
        "Pos.                   | invoice_line",
        "Artikelnummer          | vendor_part",
        "Stückzahl              | qty",
        "Stueckzahl             | qty",
        "Währung                | currency",
        "WAEHRUNG               | currency",
        "Kundenname             | sold_to.name",
        "Kunden-Nr.             | sold_to.id",
        "Kunde Ort              | sold_to.city",
        "Endkunde               | end_customer.name",
        "N° facture             | invoice_no",
        "N°facture              | invoice_no",
        "Numéro de facture      | invoice_no",
        "Date d'expédition      | ship_date",
        "Référence              | vendor_part",
        "Réf. fabricant         | vendor_part",
        "Quantité               | qty",
        "QTE                    | qty",
        "Prix unitaire HT       | resale_unit",
        "Client final           | end_customer.name",
        "Nº Factura             | invoice_no",
        "Número de factura      | invoice_no",
        "Código de artículo     | vendor_part",
        "Cantidad               | qty",
        "Precio Unitario        | resale_unit",
        "Fecha de envío         | ship_date",
        "Nr. fattura            | invoice_no",
        "Quantità               | qty",
        "Factuurnummer          | invoice_no",
        "Aantal                 | qty",
        "Quantidade             | qty",
        "№                      | none",
        "Reference              | none");
    while (table_next(&t)) {
        struct slice header = cell(&t, "header"), field = cell(&t, "field");
        struct slice found = slot_name(slot_of(slice_copy(test_arena(), header).bytes, mapping_profile_default()));
        CHECK_SLICE(found.size ? found : SLICE("none"), field);
    }
}

TEST(a_profile_names_a_column_before_all_that_we_know_of_it)
{
    static const struct slice names[] = { SLICE_INIT("Cust #"), SLICE_INIT("Artikelnummer") };
    static const struct profile_column columns[] = { { SLICE_INIT("partner_part"), { names, 2 } } };
    struct mapping_profile p = *mapping_profile_default();
    p.text.columns = columns;
    p.text.column_count = 1;
    CHECK_INT(slot_of("Cust #", &p), SLOT_partner_part);
    CHECK_INT(slot_of("Artikelnummer", &p), SLOT_partner_part);
    CHECK_INT(slot_of("Artikel-Nr.", &p), SLOT_vendor_part);
}

TEST(columns_that_differ_in_a_sign_have_names_of_their_own)
{
    struct slice cells[] = { SLICE("Cust"), SLICE("Cust #"), SLICE("Cust") };
    struct columns c = columns_read(test_arena(), cells, 3, mapping_profile_default(), NULL);
    CHECK_TEXT(c.items[1].name, "Cust #");
    CHECK_INT(c.items[1].slot, SLOT_sold_to_id);
    CHECK_TEXT(c.items[2].name, "Cust 2");
}

/* What a form says of how its cells are filled is no part of a name; a currency or a unit is. */
TEST(a_remark_in_brackets_behind_a_header_is_passed_over)
{
    struct table t = TABLE(
        "header                            | field",
        "Ship Date (MM/DD/YYYY)            | ship_date",
        "Invoice Date (yyyymmdd) (optional) | invoice_date",
        "Mfr Part # (required)             | vendor_part",
        "Qty (Mandatory)                   | qty",
        "Resale Price (USD)                | -",
        "Qty (Cases)                       | -",
        "Ship Date (MM)                    | -",
        "(required)                        | -");
    while (table_next(&t)) {
        struct slice header = cell(&t, "header");
        CHECK_CELL(&t, "field", slot_name(slot_of(slice_copy(test_arena(), header).bytes, mapping_profile_default())));
    }
}

TEST(a_name_with_a_remark_stands_behind_the_same_name_without)
{
    struct slice cells[] = { SLICE("Qty (optional)"), SLICE("Qty"), SLICE("Invoice") };
    struct columns c = columns_read(test_arena(), cells, 3, mapping_profile_default(), NULL);
    CHECK_INT(c.items[0].slot, SLOT_NONE);
    CHECK_INT(c.items[1].slot, SLOT_qty_milli);
}

TEST(nothing_matches_by_its_beginning_alone)
{
    static const char *const headers[] = { "Qty On Hand",
                                           "Invoice Total Comment",
                                           "Reported Product Unit Price - USD",
                                           "Customer Satisfaction",
                                           "Partner",
                                           "",
                                           "---" };
    for (unsigned i = 0; i < sizeof headers / sizeof *headers; i++)
        CHECK_INT(slot_of(headers[i], mapping_profile_default()), SLOT_NONE);
}

TEST(of_several_columns_of_one_field_the_first_alias_counts)
{
    struct slice cells[] = { SLICE("Document Number"), SLICE("Invoice Number"), SLICE("Bill To"),
                             SLICE("Reseller Name"), SLICE("Invoice Number") };
    struct columns c = columns_read(test_arena(), cells, 5, mapping_profile_default(), NULL);
    CHECK_INT(c.items[0].slot, SLOT_NONE);
    CHECK_INT(c.items[1].slot, SLOT_invoice_no);
    CHECK_INT(c.items[2].slot, SLOT_NONE);
    CHECK_INT(c.items[3].slot, SLOT_sold_to_name);
    CHECK_INT(c.items[4].slot, SLOT_NONE);
    CHECK_TEXT(c.items[4].name, "Invoice Number 2");
}

/* The fields of a header row, in order. */
static struct slice fields_of(const char *row)
{
    struct slice cells[COLUMNS_MAX], rest = slice_copy(test_arena(), slice_from(row));
    unsigned count = 0;
    struct text t = text_in(test_arena(), 400);
    while (rest.bytes) {
        struct slice after = rest;
        cells[count++] = slice_trim(slice_cut(&after, ','));
        rest = after;
    }
    struct columns c = columns_read(test_arena(), cells, count, mapping_profile_default(), NULL);
    for (unsigned k = 0; k < count; k++) {
        if (k > 0) PUT(&t, " ");
        text_put(&t, c.items[k].slot == SLOT_NONE ? SLICE("-") : slot_name(c.items[k].slot));
    }
    return text_slice(&t);
}

TEST(spellings_of_one_buyer_are_one_and_other_buyers_are_extras)
{
    struct table t = TABLE(
        "header                                              | fields",
        "Invoice, Customer, Cust #, Cust City                | invoice_no sold_to.name sold_to.id sold_to.city",
        "Invoice, Kunde, Kunden-Nr., Customer Country        | invoice_no sold_to.name sold_to.id sold_to.country",
        "Invoice, Sold To, Customer Name, Bill To City       | invoice_no sold_to.name - -",
        "Invoice, Customer Name, Bill To Name, Soldto City   | invoice_no - - sold_to.city",
        "Invoice, End Customer, End User Country             | invoice_no end_customer.name end_customer.country",
        "Invoice, Ship To Name, Consignee City               | invoice_no ship_to.name ship_to.city");
    while (table_next(&t)) {
        struct slice header = cell(&t, "header");
        CHECK_CELL(&t, "fields", fields_of(slice_copy(test_arena(), header).bytes));
    }
}

TEST(a_country_that_says_of_nobody_whose_is_that_of_the_one_party)
{
    struct table t = TABLE(
        "header                                              | fields",
        "Invoice, Customer, Country                          | invoice_no sold_to.name sold_to.country",
        "Invoice, Kunde, Land                                | invoice_no sold_to.name sold_to.country",
        "Invoice, End User, Country Code                     | invoice_no end_customer.name end_customer.country",
        "Invoice, Customer, CountryCode                      | invoice_no sold_to.name sold_to.country",
        "Invoice, Client, Pays                               | invoice_no sold_to.name sold_to.country",
        "Invoice, Customer, Country, Customer Country        | invoice_no sold_to.name - sold_to.country",
        "Invoice, Customer, End User, Country                | invoice_no sold_to.name end_customer.name -",
        "Invoice, Qty, Country                               | invoice_no qty -",
        "Invoice, Customer, City, Zip, Country of Origin     | invoice_no sold_to.name - - -");
    while (table_next(&t)) {
        struct slice header = cell(&t, "header");
        CHECK_CELL(&t, "fields", fields_of(slice_copy(test_arena(), header).bytes));
    }
}

TEST(a_row_is_a_header_by_two_fields_one_of_them_part_invoice_or_quantity)
{
    const struct mapping_profile *p = mapping_profile_default();
    CHECK_INT(columns_score(test_arena(), (struct slice[]){ SLICE("Invoice"), SLICE("Qty"), SLICE("x") }, 3, p, 0), 2);
    CHECK_INT(columns_score(test_arena(), (struct slice[]){ SLICE("Invoice"), SLICE("x") }, 2, p, 0), 0);
    CHECK_INT(columns_score(test_arena(), (struct slice[]){ SLICE("Currency"), SLICE("Customer") }, 2, p, 0), 0);
}

TEST(a_score_that_nobody_has_a_use_for_is_none)
{
    const struct mapping_profile *p = mapping_profile_default();
    const struct slice row[] = { SLICE("Invoice"), SLICE("Qty"), SLICE("x") };
    CHECK_INT(columns_score(test_arena(), row, 3, p, 0), 2);
    CHECK_INT(columns_score(test_arena(), row, 3, p, 2), 2);
    CHECK_INT(columns_score(test_arena(), row, 3, p, 3), 0);
    CHECK_INT(columns_score(test_arena(), row, 3, p, 4), 0);
}

TEST(names_fold_to_lower_case_and_single_blanks)
{
    CHECK_TEXT(columns_fold(test_arena(),
                            SLICE("  Hersteller-Nr. / \xc3\x9c"
                                  "BER  ")),
               "hersteller nr \xc3\xbc"
               "ber");
    CHECK_TEXT(slot_name(slot_of("ShipToName", mapping_profile_default())), "ship_to.name");   /* split, when need be */
}

TEST(columns_without_a_meaning_are_named_as_far_as_there_is_room)
{
    struct slice cells[] = { SLICE("Invoice"), SLICE("Shade"),  SLICE(" "),
                             SLICE("Qty"),     SLICE("Colour"), SLICE("claimstream_codes") };
    struct columns c = columns_read(test_arena(), cells, 6, mapping_profile_default(), NULL);
    struct text t = text_in(test_arena(), 300);
    columns_put_unknown(&t, &c);
    CHECK_SLICE(text_slice(&t), SLICE(", kept without a meaning: Shade, Colour"));
    char long_name[190];
    memset(long_name, 'x', sizeof long_name);
    struct slice many[] = { SLICE("Colour"), slice_of(long_name, sizeof long_name), SLICE("Shade") };
    c = columns_read(test_arena(), many, 3, mapping_profile_default(), NULL);
    t.size = 0;
    columns_put_unknown(&t, &c);
    CHECK_SLICE(text_slice(&t), SLICE(", kept without a meaning: Colour, …"));
    c = columns_read(test_arena(), cells, 1, mapping_profile_default(), NULL);
    t.size = 0;
    columns_put_unknown(&t, &c);
    CHECK_INT(t.size, 0);
}
