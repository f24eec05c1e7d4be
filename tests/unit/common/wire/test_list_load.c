/* Lists of names from their files: screening.md 6.4. */
#include "wire/list_load.h"

#include "support/test.h"
#include "wire/list_csv.h"
#include "wire/list_ofac.h"
#include "wire/list_un.h"

#include <stdio.h>
#include <unistd.h>

static struct problems problems;

static struct text_source a_source(const char *file)
{
    problems = problems_in(test_arena());
    return (struct text_source){
        .arena = test_arena(), .file = slice_from(file), .problems = &problems, .code = ERR_LIST_INVALID
    };
}

static struct slice said(void)
{
    struct text t = text_in(test_arena(), 4096);
    problems_put(&t, &problems);
    return text_slice(&t);
}

static bool says(const char *words)
{
    struct slice all = said(), w = slice_from(words);
    for (size_t i = 0; i + w.size <= all.size; i++)
        if (memcmp(all.bytes + i, w.bytes, w.size) == 0) return true;
    return false;
}

#define HEADER "entry_id,kind,name,aliases,weak_aliases,countries,birth_dates,identifiers,program,remarks\n"

TEST(reads_our_own_csv)
{
    struct text_source s = a_source("denied.csv");
    struct list_entry *e;
    unsigned count;
    bool fine = list_csv_read(&s,
                              SLICE(HEADER "A-1,person,\"DUMBRAVA, Casimir\",CASIMIR D|C. DUMBRAVA,THE "
                                           "OAK,RO|Moldova,1961|1970-02-03|1980-1982,TAX:12-3|vat:9,TEST,made up\n"
                                           "A-2,,KESTREL,,,,,,,\n"),
                              &e, &count);
    CHECK(fine);
    CHECK_INT(count, 2);
    CHECK_TEXT(e[0].entry_id, "A-1");
    CHECK_INT(e[0].kind, PARTY_KIND_PERSON);
    CHECK_INT(e[0].name_count, 4);
    CHECK_TEXT(e[0].names[0].text, "DUMBRAVA, Casimir");
    CHECK(!e[0].names[0].family_first);             /* a comma says nothing here */
    CHECK_TEXT(e[0].names[2].text, "C. DUMBRAVA");
    CHECK_INT(e[0].names[2].strength, LIST_STRENGTH_ALIAS);
    CHECK_INT(e[0].names[3].strength, LIST_STRENGTH_WEAK);
    CHECK_INT(e[0].countries.count, 2);
    CHECK_TEXT(e[0].countries.items[1], "MD");
    CHECK_INT(e[0].birth_count, 3);
    CHECK_INT(e[0].births[2].from, 1980);
    CHECK_INT(e[0].births[2].to, 1982);
    CHECK_INT(e[0].identifier_count, 2);
    CHECK_TEXT(e[0].identifiers[1].type, "TAX");
    CHECK_TEXT(e[0].identifiers[1].value, "9");
    CHECK_INT(e[1].kind, PARTY_KIND_UNSPECIFIED);
}

TEST(refuses_a_csv_with_every_problem_at_its_row)
{
    struct text_source s = a_source("denied.csv");
    struct list_entry *e;
    unsigned count;
    CHECK(!list_csv_read(&s, SLICE(HEADER
        "A-1,ROBOT,KESTREL,,,,,,,\n"
        "A-1,,ALDER,,,Narnia,,,,\n"
        "A-3,,,,,,,,,\n"
        "A-4,,BIRCH,,,,soon,TAX,,\n"), &e, &count));
    CHECK(says("\"ROBOT\" is no kind of party"));
    CHECK(says("denied.csv:2"));
    CHECK(says("entry \"A-1\" stands here and in row 2"));
    CHECK(says("\"Narnia\" is no country"));
    CHECK(says("denied.csv:4"));
    CHECK(says("\"soon\" names no year"));
    CHECK(says("\"TAX\" is no identifier"));
}

static bool read_ofac(const char *sdn, const char *alt, const char *add, const char *comments, struct list_entry **e,
                      unsigned *count)
{
    struct text_source s = a_source("OFAC");
    struct slice texts[LIST_OFAC_COUNT] = { slice_from(sdn), slice_from(alt), slice_from(add), slice_from(comments) };
    struct slice paths[LIST_OFAC_COUNT] = { SLICE("sdn.csv"), SLICE("alt.csv"), SLICE("add.csv"),
                                            SLICE("sdn_comments.csv") };
    return list_ofac_read(&s, texts, paths, e, count);
}

TEST(reads_the_four_files_of_ofac)
{
    struct list_entry *e;
    unsigned count;
    bool fine = read_ofac(
        "36,\"KESTREL AIRLINES\",-0- ,\"CUBA\",-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- \r\n"
        "306,\"DORVANIK, Petr\",\"individual\",\"SDGT] [IRAN\",\"Mr\",-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,\"DOB circa 1955; "
        "alt. DOB 02 Mar 1956; nationality Iran; a.k.a. 'THE OAK'; Passport A003 (Iraq) issued 01 Jan 2000; \"\r\n"
        "400,\"AL KADEEM\",\"vessel\",\"IRAN\",-0- ,\"9BAC\",\"Tanker\",-0- ,-0- ,\"Panama\",-0- ,\"Vessel "
        "Registration Identification IMO 9187631; DOB 1900.\"\r\n\x1a",
        "36,12,\"aka\",\"KESTREL \"\"AIR\"\"\",-0- \r\n306,13,\"aka\",\"DORVANYK, Pyotr\",-0- \r\n\x1a",
        "36,25,-0- ,\"Havana\",\"Cuba\",-0- \r\n306,26,\"x\",\"y\",\"undetermined\",-0- \r\n\x1a",
        "306,\"Tax ID No. 77-1 (Russia); citizen Russia.\"\r\n\x1a", &e, &count);
    CHECK(fine);
    CHECK_INT(count, 3);
    CHECK_INT(e[0].kind, PARTY_KIND_ORGANISATION);
    CHECK_TEXT(e[0].names[1].text, "KESTREL \"AIR\"");
    CHECK_TEXT(e[0].countries.items[0], "CU");
    CHECK_INT(e[1].kind, PARTY_KIND_PERSON);
    CHECK(e[1].names[0].family_first && e[1].names[1].family_first);
    CHECK_TEXT(e[1].program, "SDGT|IRAN");
    CHECK_INT(e[1].name_count, 3);
    CHECK_TEXT(e[1].names[2].text, "THE OAK");
    CHECK_INT(e[1].names[2].strength, LIST_STRENGTH_WEAK);
    CHECK_INT(e[1].birth_count, 2);
    CHECK_INT(e[1].births[0].from, 1955);
    CHECK_INT(e[1].countries.count, 2);
    CHECK_TEXT(e[1].countries.items[0], "IR");
    CHECK_TEXT(e[1].countries.items[1], "RU");
    CHECK_INT(e[1].identifier_count, 2);
    CHECK_TEXT(e[1].identifiers[0].value, "A003");
    CHECK_TEXT(e[1].identifiers[0].country, "IQ");
    CHECK_TEXT(e[1].identifiers[1].type, "TAX");
    CHECK_TEXT(e[1].identifiers[1].value, "77-1");
    CHECK_INT(e[2].kind, PARTY_KIND_VESSEL);
    CHECK_TEXT(e[2].countries.items[0], "PA");
    CHECK_TEXT(e[2].identifiers[0].type, "IMO");
}

TEST(reads_the_identifiers_of_remarks_whole)
{
    static const struct { const char *part, *type, *value, *country; } rows[] = {
        { "Passport 75 1234567 (Russia) issued 01 Jan 2000", "PASSPORT", "75 1234567", "RU" },
        { "Passport A003 issued 01 Jan 2000 expires 02 Jan 2010 (Iraq)", "PASSPORT", "A003", "IQ" },
        { "Passport A003 expires 02 Jan 2010", "PASSPORT", "A003", "" },
        { "alt. Passport C 04 (Iran)", "PASSPORT", "C 04", "IR" },
        { "Unified Social Credit Code (USCC) 9131 0115 (China)", "REGISTRATION", "9131 0115", "CN" },
        { "Tax ID No. 12-34 (Russia)", "TAX", "12-34", "RU" },
        { "V.A.T. Number DE 811 (Germany)", "TAX", "DE 811", "DE" },
        { "D-U-N-S Number 12-345-6789", "DUNS", "12-345-6789", "" },
    };
    for (unsigned i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct text sdn = text_in(test_arena(), 1000);
        struct list_entry *e;
        unsigned count;
        PUT(&sdn, "1,\"KESTREL\",-0- ,\"X\",-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,\"");
        text_put(&sdn, slice_from(rows[i].part));
        PUT(&sdn, ".\"\r\n");
        text_put_byte(&sdn, 0);
        CHECK(read_ofac(sdn.bytes, "", "", "", &e, &count) && count == 1 && e[0].identifier_count == 1);
        CHECK_SLICE(e[0].identifiers[0].type, slice_from(rows[i].type));
        CHECK_SLICE(e[0].identifiers[0].value, slice_from(rows[i].value));
        CHECK_SLICE(e[0].identifiers[0].country, slice_from(rows[i].country));
    }
}

/* A letter that is lost finds nobody: our own files are UTF-8, and nothing without a letter is a name. */
TEST(refuses_a_csv_whose_letters_would_be_lost)
{
    struct text_source s = a_source("denied.csv");
    struct list_entry *e;
    unsigned count;
    CHECK(!list_csv_read(&s, SLICE(HEADER "A-1,,ALDER,,,,,,,\nA-2,,CAF\xc9 KESTREL,,,,,,,\n"), &e, &count));
    CHECK(says("denied.csv:3") && says("the file is not UTF-8"));
    s = a_source("denied.csv");
    CHECK(!list_csv_read(&s, SLICE(HEADER "A-1,,...,,,,,,,\n"), &e, &count));
    CHECK(says("denied.csv:2") && says("has no letter and no digit"));
    s = a_source("denied.csv");
    CHECK(list_csv_read(&s, SLICE("\xef\xbb\xbf" HEADER "A-1,,\"KESTREL \"\"M\"\", CO\",,,,,,,\"two\r\nlines\"\r\n"),
                        &e, &count));
    CHECK_TEXT(e[0].names[0].text, "KESTREL \"M\", CO");
}

TEST(refuses_ofac_files_that_are_torn)
{
    struct list_entry *e;
    unsigned count;
    static const char row[] = "36,\"KESTREL\",-0- ,\"CUBA\",-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- \r\n";
    CHECK(read_ofac(row, "", "", "", &e, &count));
    CHECK(!read_ofac("36,\"KESTREL\",-0- ,\"CUBA\"\r\n", "", "", "", &e, &count));
    CHECK(says("another number of columns") && says("sdn.csv:1"));
    CHECK(!read_ofac("\x1a", "", "", "", &e, &count) && says("the file has no entry"));
    CHECK(!read_ofac("36,\"KESTREL,-0- ,\"CUBA\r\n", "", "", "", &e, &count));
    CHECK(
        !read_ofac("x,\"KESTREL\",-0- ,\"CUBA\",-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- \r\n", "", "", "", &e, &count));
    CHECK(says("does not begin with a number"));
    CHECK(!read_ofac(row, "36,1,\"aka\",\"K\",-0- \r\n37,1,\"aka\",\"X\",-0- \r\n", "", "", &e, &count));
    CHECK(says("no entry of that number") && says("alt.csv:2"));
}

/* Two, three and five: entries are found by number whatever their order. */
TEST(reads_ofac_entries_in_any_order)
{
    static const char *const numbers[] = { "9", "36", "7", "40", "8" };
    static const unsigned counts[] = { 2, 3, 5 };
    for (unsigned k = 0; k < sizeof counts / sizeof counts[0]; k++) {
        struct text sdn = text_in(test_arena(), 1000), alt = text_in(test_arena(), 1000);
        struct list_entry *e;
        unsigned count;
        for (unsigned i = 0; i < counts[k]; i++) {
            text_put(&sdn, slice_from(numbers[i]));
            PUT(&sdn, ",\"KESTREL\",-0- ,\"X\",-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- \r\n");
            text_put(&alt, slice_from(numbers[i]));
            PUT(&alt, ",1,\"aka\",\"ALDER ");
            text_put(&alt, slice_from(numbers[i]));
            PUT(&alt, "\",-0- \r\n");
        }
        PUT(&sdn, "\x1a");
        PUT(&alt, "\x1a");
        text_put_byte(&sdn, 0);
        text_put_byte(&alt, 0);
        CHECK(read_ofac(sdn.bytes, alt.bytes, "", "", &e, &count) && count == counts[k]);
        for (unsigned i = 0; i < count; i++) {
            CHECK_INT(e[i].name_count, 2);
            CHECK(e[i].name_count == 2 && slice_equal(slice_skip(e[i].names[1].text, 6), e[i].entry_id));
        }
    }
}

TEST(reads_the_un_list)
{
    struct text_source s = a_source("un.xml");
    struct list_entry *e;
    unsigned count;
    bool fine = list_un_read(
        &s,
        SLICE("<?xml version=\"1.0\"?><CONSOLIDATED_LIST><INDIVIDUALS><INDIVIDUAL><DATAID>1</DATAID>"
              "<FIRST_NAME>PETR</FIRST_NAME><SECOND_NAME>OLEGOVICH</SECOND_NAME><THIRD_NAME> DORVANIK "
              "</THIRD_NAME><UN_LIST_TYPE>Made-up</UN_LIST_TYPE>"
              "<REFERENCE_NUMBER>QDi.001</REFERENCE_NUMBER><NAME_ORIGINAL_SCRIPT>\xd0\x9f\xd1\x91\xd1\x82\xd1\x80</"
              "NAME_ORIGINAL_SCRIPT>"
              "<NATIONALITY><VALUE>Iran (Islamic Republic of)</VALUE></NATIONALITY>"
              "<INDIVIDUAL_ALIAS><QUALITY>Low</QUALITY><ALIAS_NAME>The Oak</ALIAS_NAME></INDIVIDUAL_ALIAS>"
              "<INDIVIDUAL_ALIAS><QUALITY>Good</QUALITY><ALIAS_NAME>Pyotr &amp; Co</ALIAS_NAME></INDIVIDUAL_ALIAS>"
              "<INDIVIDUAL_ALIAS><QUALITY/><ALIAS_NAME/></INDIVIDUAL_ALIAS>"
              "<INDIVIDUAL_ADDRESS><CITY>x</CITY><COUNTRY>Cyprus</COUNTRY></INDIVIDUAL_ADDRESS>"
              "<INDIVIDUAL_DATE_OF_BIRTH><TYPE_OF_DATE>EXACT</TYPE_OF_DATE><DATE>1961-02-03</DATE></"
              "INDIVIDUAL_DATE_OF_BIRTH>"
              "<INDIVIDUAL_DATE_OF_BIRTH><TYPE_OF_DATE>BETWEEN</TYPE_OF_DATE><FROM_YEAR>1970</FROM_YEAR><TO_YEAR>1972</"
              "TO_YEAR></INDIVIDUAL_DATE_OF_BIRTH>"
              "<INDIVIDUAL_DOCUMENT><TYPE_OF_DOCUMENT>Passport</TYPE_OF_DOCUMENT><NUMBER>A "
              "1</NUMBER><ISSUING_COUNTRY>Cyprus</ISSUING_COUNTRY></INDIVIDUAL_DOCUMENT>"
              "</INDIVIDUAL></INDIVIDUALS><ENTITIES><ENTITY><DATAID>2</DATAID><FIRST_NAME>KESTREL MARITIME</FIRST_NAME>"
              "<ENTITY_ALIAS><QUALITY>f.k.a.</QUALITY><ALIAS_NAME>KESTREL SEA</ALIAS_NAME></ENTITY_ALIAS>"
              "<ENTITY_ADDRESS><COUNTRY>Panama</COUNTRY></ENTITY_ADDRESS></ENTITY></ENTITIES></CONSOLIDATED_LIST>"),
        &e, &count);
    CHECK(fine);
    CHECK_INT(count, 2);
    CHECK_TEXT(e[0].entry_id, "QDi.001");
    CHECK_TEXT(e[0].program, "Made-up");
    CHECK_TEXT(e[0].names[0].text, "PETR OLEGOVICH DORVANIK");
    CHECK_INT(e[0].name_count, 4);
    CHECK_INT(e[0].names[1].strength, LIST_STRENGTH_ALIAS);
    CHECK_INT(e[0].names[2].strength, LIST_STRENGTH_WEAK);
    CHECK_TEXT(e[0].names[3].text, "Pyotr & Co");
    CHECK_INT(e[0].countries.count, 2);
    CHECK_TEXT(e[0].countries.items[0], "IR");
    CHECK_TEXT(e[0].countries.items[1], "CY");
    CHECK_INT(e[0].birth_count, 2);
    CHECK_INT(e[0].births[1].to, 1972);
    CHECK_TEXT(e[0].identifiers[0].type, "PASSPORT");
    CHECK_TEXT(e[0].identifiers[0].country, "CY");
    CHECK_TEXT(e[1].entry_id, "2");
    CHECK_INT(e[1].kind, PARTY_KIND_ORGANISATION);
    CHECK_TEXT(e[1].countries.items[0], "PA");
}

static bool un_refuses(struct slice text, const char *words)
{
    struct text_source s = a_source("un.xml");
    struct list_entry *e;
    unsigned count;
    return !list_un_read(&s, text, &e, &count) && says(words);
}

TEST(refuses_xml_that_is_torn_deep_or_declares_entities)
{
    CHECK(un_refuses(SLICE("<A><B></A>"), "un.xml:1"));
    CHECK(un_refuses(SLICE(""), "un.xml"));
    CHECK(un_refuses(SLICE("<!DOCTYPE a [<!ENTITY x \"y\">]><a>&x;</a>"), "declares a document type"));
    CHECK(un_refuses(SLICE("<a><a><a><a><a><a><a><a><a><a><a><a><a><a><a><a><a/></a></a></a></a></a></a></a></a></a></"
                           "a></a></a></a></a></a></a>"),
                     "deeper than 16"));
    CHECK(un_refuses(SLICE("<L><INDIVIDUAL><DATAID>1</DATAID></INDIVIDUAL></L>"), "an entry has no name"));
    CHECK(un_refuses(SLICE("<L><INDIVIDUAL><FIRST_NAME>X</FIRST_NAME></INDIVIDUAL></L>"), "an entry has no id"));
}

TEST(refuses_xml_of_somebody_else_that_would_name_nobody)
{
    CHECK(un_refuses(SLICE("<sdnList><sdnEntry><uid>1</uid><lastName>KESTREL</lastName></sdnEntry></sdnList>"),
                     "has no INDIVIDUAL and no ENTITY"));
    CHECK(un_refuses(SLICE("<CONSOLIDATED_LIST/>"), "has no INDIVIDUAL and no ENTITY"));
}

TEST(tells_a_format_by_name_and_first_bytes)
{
    CHECK_INT(list_load_format(SLICE("x/sdn.csv"), SLICE("36,\"A\"")), LIST_FORMAT_OFAC_SDN);
    CHECK_INT(list_load_format(SLICE("x/SDN.CSV"), SLICE("36,\"A\"")), LIST_FORMAT_OFAC_SDN);
    CHECK_INT(list_load_format(SLICE("x/sdn.csv"), SLICE("entry_id,name\n")), LIST_FORMAT_CSV);
    CHECK_INT(list_load_format(SLICE("x/un.xml"), SLICE("\xef\xbb\xbf<?xml")), LIST_FORMAT_UN_XML);
    CHECK_INT(list_load_format(SLICE("denied.csv"), SLICE("entry_id,kind")), LIST_FORMAT_CSV);
}

static struct slice a_file(const char *name, const char *content)
{
    struct text path = text_in(test_arena(), 256);
    PUT(&path, "/tmp/claimstream-test-");
    text_put_int(&path, getpid());
    PUT(&path, "-");
    text_put(&path, slice_from(name));
    struct slice kept = slice_copy(test_arena(), text_slice(&path));
    FILE *f = fopen(kept.bytes, "w");
    CHECK(f != NULL);
    if (f) fputs(content, f);
    if (f) fclose(f);
    return kept;
}

TEST(loads_the_sources_of_a_lists_file)
{
    struct slice files[] = { a_file("a.csv", HEADER "A-1,,KESTREL MARITIME TRADING,,,,,,,\n"),
                             a_file("b.csv", HEADER "A-2,,ALDER WORKS,,,,,,,\n") };
    struct slice missing[] = { SLICE("/nowhere/c.csv") };
    struct list_source sources[] = {
        { .id = SLICE("ONE"),
          .purpose = LIST_PURPOSE_DENIED,
          .files = { files, 2 },
          .required = true,
          .has_max_age_hours = true },
        { .id = SLICE("TWO"), .purpose = LIST_PURPOSE_FORWARDER, .files = { missing, 1 } },
    };
    struct world_lists w = { .sources = sources, .source_count = 2 };
    struct name_lists lists;
    (void)a_source("lists");
    CHECK(list_load(test_arena(), &w, &lists, &problems) == ERR_FILE_UNREADABLE);
    CHECK_INT(lists.list_count, 2);
    CHECK_INT(lists.lists[0].entry_count, 2);
    CHECK(lists.lists[0].is_loaded && !lists.lists[1].is_loaded);
    CHECK_INT(lists.lists[0].max_age_hours, 0);
    CHECK_INT(lists.lists[1].max_age_hours, 24);
    CHECK(lists.lists[0].file_time_unix_ms > 0);
    struct name_answer answer;
    screen_name(test_arena(), &lists, LIST_PURPOSE_DENIED, &(struct name_query){ .name = SLICE("Kestral Maritime") },
                (struct screen_limits){ 7000, 512 }, &answer);
    CHECK_INT(answer.hit_count, 1);

    unlink(files[1].bytes);
    files[1] = files[0];                            /* two files of a source share an id */
    (void)a_source("lists");
    CHECK(list_load(test_arena(), &w, &lists, &problems) == ERR_LIST_INVALID);
    CHECK(!lists.lists[0].is_loaded);
    unlink(files[0].bytes);
}
