/* JSON and NDJSON through intake, whatever the bytes. */
#include "intake_document.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    return fuzz_document(json_reader_open, bytes, size);
}
