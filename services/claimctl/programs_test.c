/* claimctl/programs_test.c: `programs test`: the cases that a program carries. */
#include "claimctl/programs.h"

#include "claimctl/command.h"
#include "claimctl/option.h"
#include "claimctl/terms_cases.h"
#include "claimctl/terms_file.h"

int programs_test(struct arena *a, int argc, char **argv)
{
    struct terms_file f;
    struct problems problems = problems_in(a);
    if (argc != 3) return option_usage("programs test FILE");
    if (terms_file_read(a, slice_from(argv[2]), &f, &problems)) {
        const struct terms_cases cases = { f.path, f.tree, f.program.id, f.program.currency };
        return terms_cases_run(a, &cases, &problems);
    }
    return terms_file_complain(a, &problems);
}
