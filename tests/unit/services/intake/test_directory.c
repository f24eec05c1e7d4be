/* Whom an identifier and an id lead to, from the local copy of partners.v1. */
#include "intake/directory.h"

#include "support/profile.h"
#include "support/test.h"

#include <unistd.h>

enum { RENEWED_MS = 250 };

TEST(an_identifier_leads_to_who_bears_it_now_and_to_nobody_who_gave_it_up)
{
    struct profile_copy copy = profile_copy_open();
    struct partner_directory *d = partner_directory_open(copy.copy);
    struct intake_partners p = partner_directory_partners(d);
    profile_put(&copy, "N-100", "Birch", 1, "081446207");
    profile_put(&copy, "V-310", "Alder", 1, "081446207");
    CHECK_TEXT(p.identified(p.context, SLICE("1"), SLICE("081446207")), "N-100");
    CHECK_TEXT(p.identified(p.context, SLICE("1"), SLICE("081446208")), "");
    profile_put(&copy, "N-100", "Birch", 2, NULL);
    usleep(1000 * RENEWED_MS);
    CHECK_TEXT(p.identified(p.context, SLICE("1"), SLICE("081446207")), "V-310");
    profile_put(&copy, "V-310", "Alder", 2, NULL);
    usleep(1000 * RENEWED_MS);
    CHECK_TEXT(p.identified(p.context, SLICE("1"), SLICE("081446207")), "");
    CHECK_TEXT(p.root(p.context, SLICE("V-310")), "V-310");
    CHECK_TEXT(p.root(p.context, SLICE("X")), "");
    partner_directory_close(d);
    profile_copy_close(&copy);
}
