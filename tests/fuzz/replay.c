/* tests/fuzz/replay.c: runs a fuzz target on the files of its corpus, without libFuzzer, so that every build and
 * sanitizer does: replay FOLDER COUNTS. A broken promise ends the process; a folder without files fails. */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { INPUT_BYTES_MAX = 4 << 20, PATH_BYTES_MAX = 1024 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The input lies in a block of its own size, so that a sanitizer sees the first byte read beyond it. */
static void run_file(const char *path, uint8_t *buffer)
{
    FILE *file = fopen(path, "rb");
    size_t size = file ? fread(buffer, 1, INPUT_BYTES_MAX, file) : 0;
    uint8_t *input = malloc(size ? size : 1);
    if (!file || !input || fclose(file)) {
        fprintf(stderr, "%s cannot be read\n", path);
        exit(1);
    }
    memcpy(input, buffer, size);
    (void)LLVMFuzzerTestOneInput(input, size);
    free(input);
}

static unsigned run_folder(const char *folder)
{
    unsigned count = 0;
    uint8_t *buffer = malloc(INPUT_BYTES_MAX);
    DIR *files = opendir(folder);
    for (struct dirent *entry; buffer && files && (entry = readdir(files));) {
        char path[PATH_BYTES_MAX];
        if (entry->d_name[0] == '.') continue;
        snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
        run_file(path, buffer);
        count++;
    }
    if (files) closedir(files);
    free(buffer);
    return count;
}

int main(int argc, char **argv)
{
    if (argc != 3) {
        fprintf(stderr, "usage: replay FOLDER COUNTS\n");
        return 64;
    }
    unsigned count = run_folder(argv[1]);
    FILE *counts = fopen(argv[2], "w");
    printf("%s: %u inputs\n", argv[1], count);
    if (!counts || count == 0) return 1;
    fprintf(counts, "1 0\n");
    return fclose(counts) ? 1 : 0;
}
