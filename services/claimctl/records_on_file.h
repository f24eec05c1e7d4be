/* claimctl/records_on_file.h: what is in force of partners.v1 and programs.v1, as a stage would have it. */
#ifndef CLAIMCTL_RECORDS_ON_FILE_H
#define CLAIMCTL_RECORDS_ON_FILE_H

#include "domain/catalogue.h"
#include "stage/memory_profiles.h"
#include "wire/reference_shelf.h"

struct records_on_file {
    struct arena            kept;                   /* profiles */
    struct catalogue       *catalogue;
    struct memory_profiles *profiles;
};

/* Puts everything on the shelf that was approved in force. False: no memory. Close it whatever it was. */
bool records_on_file_open(struct records_on_file *r, const struct shelf *shelf) MUST_CHECK;
void records_on_file_close(struct records_on_file *r);

#endif
