/* fuzz_workbook.c: any container, and any bytes as a part of a sound one (the first byte chooses which), end in lines,
 * refusals and findings. */
#include "base/assert.h"
#include "intake/document.h"
#include "support/container.h"

#include <stdlib.h>

#define ROOT_RELS \
    "<Relationships><Relationship Id=\"rId1\" Type=\"http://x/officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>"
#define BOOK_RELS \
    "<Relationships><Relationship Id=\"rId1\" Type=\"http://x/worksheet\" Target=\"worksheets/sheet1.xml\"/>" \
    "<Relationship Id=\"rId3\" Type=\"http://x/styles\" Target=\"styles.xml\"/><Relationship Id=\"rId4\" Type=\"http://x/sharedStrings\" Target=\"sharedStrings.xml\"/></Relationships>"
#define BOOK "<workbook xmlns:r=\"r\"><sheets><sheet name=\"POS\" r:id=\"rId1\"/></sheets></workbook>"
#define STYLES "<styleSheet><cellXfs><xf numFmtId=\"0\"/><xf numFmtId=\"14\"/></cellXfs></styleSheet>"
#define STRINGS \
    "<sst><si><t>Invoice Number</t></si><si><t>Ship Date</t></si><si><t>Part Number</t></si><si><t>Quantity</t></si></sst>"
#define SHEET \
    "<worksheet><sheetData><row><c t=\"s\"><v>0</v></c><c t=\"s\"><v>1</v></c><c t=\"s\"><v>2</v></c><c t=\"s\"><v>3</v></c></row>" \
    "<row><c t=\"str\"><v>A-1</v></c><c s=\"1\"><v>46083</v></c><c t=\"str\"><v>KX</v></c><c><v>5</v></c></row></sheetData></worksheet>"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void run(struct slice bytes)
{
    struct intake_submitter local = submitter_local();
    struct spool spool = spool_over(bytes);
    struct intake_job job = {
        .spool = &spool,
        .file_name = SLICE("fuzz"),
        .door = DOOR_CLAIMCTL,
        .received_at_unix_ms = 1775638800000,
        .submitter = &local,
        .profile = mapping_profile_default(),
        .partner_id = SLICE("P"),
        .is_validation = true,
    };
    struct intake *intake;
    if (intake_open(&intake, &job, NULL) != OK) return;
    ASSERT(intake_post_all(intake) == OK);
    intake_close(intake);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena arena;
    struct part parts[] = {
        { "_rels/.rels", ROOT_RELS },        { "xl/_rels/workbook.xml.rels", BOOK_RELS },
        { "xl/workbook.xml", BOOK },         { "xl/styles.xml", STYLES },
        { "xl/sharedStrings.xml", STRINGS }, { "xl/worksheets/sheet1.xml", SHEET },
    };
    if (size == 0 || memchr(data, 0, size) || (data[0] == 'P' && size > 1 && data[1] == 'K')) {
        run(slice_of((const char *)data, size));
        return 0;
    }
    ASSERT(arena_open(&arena, 8 << 20, 8 << 20) == OK);
    parts[data[0] % 6].xml = slice_copy(&arena, slice_of((const char *)data + 1, size - 1)).bytes;
    run(container(&arena, parts, 6, false));
    arena_close(&arena);
    return 0;
}
