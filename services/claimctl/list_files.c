/* claimctl/list_files.c: from the file that names lists to lists. */
#include "claimctl/list_files.h"

#include "wire/list_load.h"
#include "wire/yaml.h"

struct slice list_files_folder(struct slice path)
{
    size_t size = path.size;
    while (size > 0 && path.bytes[size - 1] != '/') size--;
    return slice_head(path, size);
}

bool list_files_sources(struct arena *a, struct slice path, struct world_lists *out, struct problems *problems)
{
    struct text_source s = { .arena = a, .file = path, .problems = problems, .code = ERR_LIST_INVALID };
    struct slice text, folder = list_files_folder(path);
    if (world_read_file(a, path, WORLD_YAML_BYTES_MAX, &text, problems) != OK) return false;
    const struct node *root = yaml_read(&s, text);
    if (folder.size > 1) folder.size--;
    return root && world_read_lists(&s, root, folder.size ? slice_copy(a, folder) : SLICE("."), out);
}

bool list_files_load(struct arena *a, struct slice path, struct name_lists *out, struct problems *problems)
{
    struct world_lists sources;
    return list_files_sources(a, path, &sources, problems) && list_load(a, &sources, out, problems) == OK;
}
