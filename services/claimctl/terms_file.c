/* claimctl/terms_file.c: reading one program from its file. */
#include "claimctl/terms_file.h"

#include "claimctl/file_refusal.h"
#include "wire/limits.h"
#include "wire/yaml.h"

#include <stdio.h>

enum { PROBLEM_TEXT_BYTES = 1 << 18 };

bool terms_file_read(struct arena *a, struct slice path, struct terms_file *out, struct problems *problems)
{
    struct text_source s = { .arena = a, .file = path, .problems = problems, .code = ERR_TERMS_INVALID };
    struct slice text;
    *out = (struct terms_file){ .path = path };
    if (world_read_file(a, path, TERMS_TEXT_BYTES_MAX, &text, problems) != OK) return false;
    out->tree = yaml_read(&s, text);
    return out->tree && terms_read_program(&s, out->tree, &out->program);
}

void terms_file_warn(const struct problems *doubts)
{
    for (const struct problem *p = doubts->first; p; p = p->next) {
        char buffer[4096];
        struct text t = text_over(buffer, sizeof buffer);
        problem_put(&t, p);
        fprintf(stderr, "warning%.*s", SLICE_ARGS(slice_skip(text_slice(&t), strlen("error"))));
    }
}

int terms_file_complain(struct arena *a, const struct problems *problems)
{
    struct text t = text_in(a, PROBLEM_TEXT_BYTES);
    problems_put(&t, problems);
    fwrite(t.bytes, 1, t.size, stderr);
    return file_refusal_code(problems);
}
