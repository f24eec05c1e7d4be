/* tests/unit/common/wire/test_mapping_profile.c */
#include "support/test.h"
#include "wire/mapping_profile.h"

#include <stdio.h>

static struct problems problems;
static struct mapping_profiles on_file;

static const struct mapping_profile *read_profile(const char *text)
{
    problems = problems_in(test_arena());
    return mapping_profile_read(test_arena(), SLICE("p.yaml"), slice_from(text), &on_file, &problems);
}

static const struct mapping_profile *file_profile(const char *text)
{
    const struct mapping_profile *p = read_profile(text);
    CHECK(p != NULL);
    if (p) CHECK_INT(mapping_profiles_add(test_arena(), &on_file, p), OK);
    return p;
}

static void begin(void)
{
    on_file = (struct mapping_profiles){ 0 };
}

TEST(the_built_in_profile_has_the_defaults_of_the_page)
{
    const struct mapping_profile *p = mapping_profile_default();
    uint8_t digest[SHA256_BYTES];
    hash_sha256(SLICE("profile: default\nversion: 1\n"), digest);
    CHECK(memcmp(digest, p->sha256, sizeof digest) == 0);
    CHECK_TEXT(p->name, "default");
    CHECK_INT(p->version, 1);
    CHECK_TEXT(p->uom_default, "EA");
    CHECK_TEXT(p->time_zone, "UTC");
    CHECK_INT(p->kinds, PROFILE_KINDS_DEFAULT);
    CHECK(!(p->kinds & KIND_BIT(KIND_AGREEMENT)) && !(p->kinds & KIND_BIT(KIND_SELL_IN)));
    CHECK_INT(p->answers.sla_hours, 48);
    CHECK_INT(p->x12.control_window_days, 400);
    CHECK_TEXT(p->x12.versions.items[1], "005010");
    CHECK(p->x12.sii_assumed);
    CHECK_INT(p->text.delimiter, 0);
    CHECK_INT(p->tolerance + p->excess_digits + p->sd_lines + p->mirror_rows + p->json.unknown, 0);
}

TEST(the_example_of_the_page_loads)
{
    begin();
    const struct mapping_profile *p = read_profile(
        "profile: northwind\nversion: 4\neffective_from: 2026-01-01\nextends: default\nsubmitter: "
        "northwind-edi\npartner_id: P-17\n"
        "reports_for: [P-17, P-17-LYON]\nvendor: false\nkinds: [POS_SALE, POS_RETURN, SHIP_DEBIT_CLAIM, TRANSFER_IN, "
        "TRANSFER_OUT, INVENTORY]\n"
        "country_default: FR\ncurrency_default: EUR\ntime_zone: Europe/Paris\ntolerance: default\nsd_lines: "
        "both\nexcess_digits: reject\n"
        "answers: {ta1: always, functional: \"999\", response_849: exceptions, sla_hours: 24}\n"
        "x12:\n  senders: [{qualifier: \"01\", id: \"123456789\", group: NWPOS}]\n  versions: [\"004010\"]\n  "
        "control_numbers: hash_only\n"
        "  lin01: invoice_line\n  sii05: book_unit\n  second_st_is_end_customer: true\n  length_limits: [{segment: "
        "REF, element: 2, max: 50}]\n"
        "  maps:\n    - {set: \"867\", field: authorisation_no, segment: REF, qualifiers: [AU, BB]}\n"
        "text:\n  delimiter: \";\"\n  encoding: windows-1252\n  decimal: comma\n  dates: dmy\n  header_row: 3\n"
        "  columns:\n    - {field: vendor_part, names: [Hersteller Nr, Artikelnummer]}\n    - {field: "
        "end_customer.name, names: [Endkunde]}\n"
        "  constants: [{field: currency, value: EUR}]\n  empty_markers: [unbekannt]\n"
        "json:\n  unknown: reject\n  pointers: [{field: qty, pointer: /quantity/value}]\n"
        "values:\n  - {field: kind, value: POS_RETURN, names: [GU, RMA]}\n  - {field: uom, value: EA, names: [ST, "
        "\"QTY01:61\"]}\n");
    CHECK_INT(problems.count, 0);
    if (!p) return;
    CHECK_TEXT(p->name, "northwind");
    CHECK_INT(p->effective_from, 20260101);
    CHECK_TEXT(p->reports_for.items[1], "P-17-LYON");
    CHECK_INT(p->kinds, KIND_BIT(KIND_POS_SALE) | KIND_BIT(KIND_POS_RETURN) | KIND_BIT(KIND_SHIP_DEBIT_CLAIM)
                            | KIND_BIT(KIND_TRANSFER_IN) | KIND_BIT(KIND_TRANSFER_OUT) | KIND_BIT(KIND_INVENTORY));
    CHECK_TEXT(p->currency_default, "EUR");
    CHECK_TEXT(p->uom_default, "EA");
    CHECK_TEXT(p->time_zone, "Europe/Paris");
    CHECK(p->sd_lines == SD_LINES_BOTH && p->excess_digits == EXCESS_DIGITS_REJECT);
    CHECK(p->answers.ta1 == ANSWER_TA1_ALWAYS && p->answers.functional == ANSWER_FUNCTIONAL_999);
    CHECK(p->answers.response_849 == ANSWER_849_EXCEPTIONS && p->answers.sla_hours == 24);
    CHECK_TEXT(p->x12.senders[0].group, "NWPOS");
    CHECK_INT(p->x12.versions.count, 1);
    CHECK(p->x12.control_numbers == CONTROL_NUMBERS_HASH_ONLY && p->x12.lin01 == LIN01_INVOICE_LINE
          && p->x12.second_st_is_end_customer);
    CHECK_TEXT(p->x12.sii05, "book_unit");
    CHECK_TEXT(p->x12.sii06, "book_unit");
    CHECK(!p->x12.sii_assumed);
    CHECK_INT(p->x12.length_limits[0].max, 50);
    CHECK_TEXT(p->x12.maps[0].qualifiers.items[1], "BB");
    CHECK_INT(p->text.delimiter, ';');
    CHECK_TEXT(p->text.encoding, "windows-1252");
    CHECK(p->text.decimal == DECIMAL_STYLE_COMMA && p->text.dates == DATE_STYLE_DMY && p->text.header_row == 3);
    CHECK_TEXT(p->text.columns[1].field, "end_customer.name");
    CHECK_TEXT(p->text.constants[0].value, "EUR");
    CHECK_TEXT(p->text.empty_markers.items[0], "unbekannt");
    CHECK(p->json.unknown == JSON_UNKNOWN_REJECT);
    CHECK_TEXT(p->json.pointers[0].pointer, "/quantity/value");
    CHECK_TEXT(p->values[1].names.items[1], "QTY01:61");
}

TEST(scalars_of_a_chain_are_the_nearest_and_lists_with_a_field_begin_with_it)
{
    begin();
    file_profile("profile: base\nversion: 1\ncountry_default: US\nuom_default: PC\ntext:\n  dates: mdy\n  columns: "
                 "[{field: qty, names: [Menge]}]\n"
                 "  empty_markers: [x]\nvalues: [{field: uom, value: EA, names: [ST]}]\n");
    const struct mapping_profile *p =
        file_profile("profile: own\nversion: 1\nextends: base\ncountry_default: FR\ntext:\n  columns: [{field: qty, "
                     "names: [Quantite]}]\n  empty_markers: [y]\n");
    if (!p) return;
    CHECK_TEXT(p->extends, "base");
    CHECK_TEXT(p->country_default, "FR");
    CHECK_TEXT(p->uom_default, "PC");
    CHECK_INT(p->text.dates, DATE_STYLE_MDY);
    CHECK_INT(p->text.column_count, 2);
    CHECK_TEXT(p->text.columns[0].names.items[0], "Quantite");
    CHECK_TEXT(p->text.columns[1].names.items[0], "Menge");
    CHECK_INT(p->text.empty_markers.count, 1);
    CHECK_TEXT(p->text.empty_markers.items[0], "y");
    CHECK_INT(p->value_count, 1);
    const struct mapping_profile *exact = read_profile("profile: exact\nversion: 1\nextends: base@1\n");
    CHECK(exact && exact->text.column_count == 1);
}

TEST(auto_and_best_take_back_what_a_base_said)
{
    begin();
    file_profile(
        "profile: base\nversion: 1\ntext: {delimiter: \"\\t\", encoding: latin1, sheet: POS, header_row: 2}\n");
    CHECK_INT(on_file.items[0]->text.delimiter, '\t');
    const struct mapping_profile *p = read_profile("profile: own\nversion: 1\nextends: base\ntext: {delimiter: auto, "
                                                   "encoding: auto, sheet: best, header_row: auto}\n");
    CHECK(p && p->text.delimiter == 0 && p->text.encoding.size == 0 && p->text.sheet.size == 0
          && p->text.header_row == 0);
}

TEST(the_version_in_force_is_the_highest_that_has_begun)
{
    begin();
    file_profile("profile: p\nversion: 1\neffective_from: 2025-01-01\n");
    file_profile("profile: p\nversion: 2\neffective_from: 2026-01-01\n");
    CHECK(mapping_profile_find(&on_file, SLICE("p"), 20241231) == NULL);
    CHECK_INT(mapping_profile_find(&on_file, SLICE("p"), 20251231)->version, 1);
    CHECK_INT(mapping_profile_find(&on_file, SLICE("p"), 20260101)->version, 2);
    CHECK(mapping_profile_find(&on_file, SLICE("q"), 20260101) == NULL);
    CHECK(mapping_profile_find(&on_file, SLICE("default"), 20260101) == mapping_profile_default());
}

TEST(a_version_is_immutable)
{
    begin();
    file_profile("profile: p\nversion: 1\n");
    CHECK_INT(mapping_profiles_add(test_arena(), &on_file, read_profile("profile: p\nversion: 1\n")), OK);
    CHECK_INT(on_file.count, 1);
    CHECK_INT(mapping_profiles_add(test_arena(), &on_file, read_profile("profile: p\nversion: 1\n# changed\n")),
              ERR_CONFIG_INVALID);
    CHECK_INT(mapping_profiles_add(test_arena(), &on_file, read_profile("profile: p\nversion: 2\n")), OK);
}

TEST(a_profile_that_cannot_be_used_is_refused_where_it_is_wrong)
{
    static const struct { const char *text; uint32_t line, column; const char *message, *fix;
    } refusals[] = {
        { "version: 1\n", 1, 1, "profile is missing", "add profile: name" },
        { "profile: p\n", 1, 1, "version is missing", "add version: 1" },
        { "profile: default\nversion: 2\n", 1, 10, "the profile default is built in", "give it a name of its own" },
        { "profile: p\nversion: 1\nextends: q\n", 3, 10, "there is no profile \"q\" to extend",
          "write default, or the name of a profile on file that is no later" },
        { "profile: p\nversion: 1\ntolerence: strict\n", 3, 1, "\"tolerence\" is no member of a mapping profile",
          "did you mean tolerance?" },
        { "profile: p\nversion: 1\ntolerance: loose\n", 3, 12, "\"loose\" is not known here", "one of default strict" },
        { "profile: p\nversion: 1\nkinds: [POS_SALES]\n", 3, 9, "\"POS_SALES\" is not known here", NULL },
        { "profile: p\nversion: 1\ntext: {dates: mdx}\n", 3, 15, "\"mdx\" is not known here",
          "did you mean mdy? one of auto ymd dmy mdy" },
        { "profile: p\nversion: 1\ntext: {delimiter: \"||\"}\n", 3, 19, "\"||\" is no delimiter", NULL },
        { "profile: p\nversion: 1\ntext: {header_row: 0}\n", 3, 20, "0 is outside 1 to 1000", NULL },
        { "profile: p\nversion: 1\ntext: {columns: [{field: quantity, names: [Menge]}]}\n", 3, 26,
          "\"quantity\" is no field of a line", NULL },
        { "profile: p\nversion: 1\ntext: {columns: [{field: sold_to.nam, names: [K]}]}\n", 3, 26,
          "\"sold_to.nam\" is no field of a line", NULL },
        { "profile: p\nversion: 1\ntext: {columns: [{field: qty.name, names: [K]}]}\n", 3, 26,
          "\"qty.name\" is no field of a line", NULL },
        { "profile: p\nversion: 1\ntext: {columns: [{field: qty}]}\n", 3, 18, "names is missing", NULL },
        { "profile: p\nversion: 1\njson: {pointers: [{field: qty, pointer: quantity}]}\n", 3, 41,
          "\"quantity\" is no JSON pointer", NULL },
        { "profile: p\nversion: 1\nvalues: [{field: kind, value: SPA, names: [X]}]\n", 3, 31,
          "\"SPA\" is no kind of line", NULL },
        { "profile: p\nversion: 1\nx12: {sii05: qty}\n", 3, 14, "\"qty\" is no unit price of a line", NULL },
        { "profile: p\nversion: 1\nx12: {versions: [\"004010\", \"004030\"]}\n", 3, 17,
          "version \"004030\" is not read", "write 002040, 003040, 004010 or 005010" },
        { "profile: p\nversion: 1\ncurrency_default: EURO\n", 3, 19, "\"EURO\" is no currency of ISO 4217", NULL },
        { "profile: p\nversion: 1\nanswers: {sla_hours: 0}\n", 3, 22, "0 is outside 1 to 8760", NULL },
    };
    begin();
    for (unsigned i = 0; i < sizeof refusals / sizeof refusals[0]; i++) {
        CHECK(read_profile(refusals[i].text) == NULL);
        CHECK_INT(problems.count, 1);
        if (problems.count == 0) continue;
        CHECK_SLICE(problems.first->message, slice_from(refusals[i].message));
        CHECK_INT(problems.first->at.line, refusals[i].line);
        CHECK_INT(problems.first->at.column, refusals[i].column);
        if (refusals[i].fix) CHECK_SLICE(problems.first->fix, slice_from(refusals[i].fix));
    }
}
