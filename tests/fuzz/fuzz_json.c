/* JSON and NDJSON through intake, whatever the bytes: by their names, and by pointers of a profile. */
#include "intake_document.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    static const struct profile_pointer pointers[] = {
        { SLICE_INIT("qty"), SLICE_INIT("/quantity/value") },
        { SLICE_INIT("uom"), SLICE_INIT("/quantity/unit") },
        { SLICE_INIT("vendor_part"), SLICE_INIT("/items/0/a~1b") },
        { SLICE_INIT("sold_to.name"), SLICE_INIT("/buyer") },
        { SLICE_INIT("qty"), SLICE_INIT("/items/1") },
    };
    struct mapping_profile pointing = *mapping_profile_default();
    pointing.json.pointers = pointers;
    pointing.json.pointer_count = sizeof pointers / sizeof *pointers;
    fuzz_document(json_reader_open, bytes, size);
    return fuzz_document_under(&pointing, json_reader_open, bytes, size);
}
