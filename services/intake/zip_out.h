/* intake/zip_out.h: a ZIP file written as it comes: parts are deflated one after the other, nothing is kept but their
 * names. Pure. */
#ifndef INTAKE_ZIP_OUT_H
#define INTAKE_ZIP_OUT_H

#include "base/str.h"

#include <stdio.h>
#include <zlib.h>

enum { ZIP_OUT_PARTS_MAX = 8 };

struct zip_out {
    FILE    *to;
    z_stream deflate;
    uint64_t size;                                  /* written so far */
    struct { const char *name; uint64_t at, packed, plain; uint32_t crc; } parts[ZIP_OUT_PARTS_MAX];
    unsigned count;
    bool     is_open, is_broken;
};

/* False: no memory. */
bool zip_out_open(struct zip_out *z, FILE *to);
/* The next part; its name must outlive the archive. */
void zip_out_part(struct zip_out *z, const char *name);
void zip_out_put(struct zip_out *z, struct slice bytes);
/* Writes the directory. False: a part passed 4 GiB, or something could not be written. */
bool zip_out_close(struct zip_out *z);

#endif
