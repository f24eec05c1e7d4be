/* claimctl/ruleset_file.c: one ruleset of one YAML file. */
#include "claimctl/ruleset_file.h"

#include "claimctl/command.h"
#include "claimctl/terms_file.h"
#include "wire/limits.h"
#include "wire/terms.h"
#include "wire/yaml.h"

int ruleset_file_read(struct arena *a, struct slice path, struct ruleset_file *out)
{
    struct problems problems = problems_in(a);
    struct text_source s = { .arena = a, .file = path, .problems = &problems, .code = ERR_TERMS_INVALID };
    struct slice text;
    *out = (struct ruleset_file){ .path = path };
    bool read = world_read_file(a, path, TERMS_TEXT_BYTES_MAX, &text, &problems) == OK
                && (out->tree = yaml_read(&s, text)) != NULL && terms_read_ruleset(&s, out->tree, &out->ruleset);
    return read ? EXIT_DONE : terms_file_complain(a, &problems);
}
