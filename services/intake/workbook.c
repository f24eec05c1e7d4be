/* intake/workbook.c: the container, its relations, styles and shared strings. */
#include "intake/workbook.h"

#include "base/assert.h"

#include <stdio.h>
#include <stdlib.h>

enum {
    PIECE_BYTES = 16 << 10,
    PATH_BYTES = 512,
    RELATIONS_MAX = 256,
    FORMATS_MAX = WORKBOOK_CODES_MAX,
    FORMAT_BYTES = 256,
    NAME_BYTES = 128,
    ESCAPE_BYTES = 7
};

void workbook_fail(struct workbook *w, enum issue_code code, const char *what, uint64_t max)
{
    if (w->problem.code == ISSUE_NONE) w->problem = (struct workbook_problem){ code, what, max, NULL };
}

static void broken(struct workbook *w, const char *what)
{
    workbook_fail(w, ISSUE_WORKBOOK_BROKEN, what, 0);
}

/* XML */

const char *workbook_local(const char *name)
{
    const char *colon = strrchr(name, ':');
    return colon ? colon + 1 : name;
}

const char *workbook_attribute(const char **attributes, const char *name)
{
    for (; attributes[0]; attributes += 2)
        if (strcmp(workbook_local(attributes[0]), name) == 0) return attributes[1];
    return NULL;
}

/* Nothing is declared in a workbook: a document type, and with it every entity, ends the reading. */
static void refuse_doctype(void *user, const XML_Char *name, const XML_Char *system, const XML_Char *public_id,
                           int has_subset)
{
    (void)name, (void)system, (void)public_id, (void)has_subset;
    XML_StopParser((XML_Parser)user, XML_FALSE);    /* handlers are given their parser */
}

XML_Parser workbook_parser(void *user, XML_StartElementHandler start, XML_EndElementHandler end,
                           XML_CharacterDataHandler text)
{
    XML_Parser p = XML_ParserCreate(NULL);
    if (!p) return NULL;
    XML_SetUserData(p, user);
    XML_SetElementHandler(p, start, end);
    XML_SetCharacterDataHandler(p, text);
    XML_SetStartDoctypeDeclHandler(p, refuse_doctype);
    XML_UseParserAsHandlerArg(p);                   /* handlers find their data by XML_GetUserData */
    return p;
}

static bool count_inflated(struct workbook *w, uint64_t bytes)
{
    w->inflated += bytes;
    if (w->inflated > WORKBOOK_BYTES_MAX) workbook_fail(w, ISSUE_WORKBOOK_TOO_LARGE, "bytes", WORKBOOK_BYTES_MAX);
    else if (w->inflated > WORKBOOK_RATIO_FREE_BYTES && w->inflated / WORKBOOK_RATIO_MAX > w->bytes.size)
        workbook_fail(w, ISSUE_ENCODING_BOMB, "ratio", WORKBOOK_RATIO_MAX);
    return w->problem.code == ISSUE_NONE;
}

void workbook_begin_pass(struct workbook *w)
{
    w->inflated = w->shared;
}

static zip_int64_t read_piece(struct workbook_source *s, void *piece)
{
    if (s->file) return zip_fread(s->file, piece, PIECE_BYTES);
    struct slice next = slice_head(slice_skip(s->sorted, s->at), PIECE_BYTES);
    if (next.size > 0) memcpy(piece, next.bytes, next.size);
    s->at += next.size;
    return (zip_int64_t)next.size;
}

enum workbook_feed workbook_feed(struct workbook *w, struct workbook_source *source, XML_Parser parser, uint64_t *fed)
{
    void *piece = XML_GetBuffer(parser, PIECE_BYTES);
    zip_int64_t size = piece ? read_piece(source, piece) : -1;
    if (size < 0) { broken(w, "a part cannot be inflated"); return WORKBOOK_BAD; }
    if (!count_inflated(w, (uint64_t)size)) return WORKBOOK_BAD;
    *fed += (uint64_t)size;
    enum XML_Status status = XML_ParseBuffer(parser, (int)size, size == 0);
    if (status == XML_STATUS_ERROR) { broken(w, "a part is no sound XML"); return WORKBOOK_BAD; }
    if (status == XML_STATUS_SUSPENDED) return WORKBOOK_SUSPENDED;
    XML_Index at = XML_GetCurrentByteIndex(parser);
    if (at >= 0 && *fed > (uint64_t)at + WORKBOOK_TOKEN_BYTES_MAX) {
        broken(w, "a part has a tag beyond all bounds");
        return WORKBOOK_BAD;
    }
    return size == 0 ? WORKBOOK_END : WORKBOOK_FED;
}

zip_file_t *workbook_part(struct workbook *w, const char *path)
{
    zip_int64_t index = zip_name_locate(w->zip, path, ZIP_FL_NOCASE);
    char other[PATH_BYTES];
    if (index < 0) {
        snprintf(other, sizeof other, "%s", path);
        for (char *at = other; (at = strchr(at, '/'));) *at = '\\';
        index = zip_name_locate(w->zip, other, ZIP_FL_NOCASE);
    }
    return index < 0 ? NULL : zip_fopen_index(w->zip, (zip_uint64_t)index, 0);
}

/* Parses a part whole. False: it is not there, or broken. */
static bool parse_part(struct workbook *w, const char *path, void *user, XML_StartElementHandler start,
                       XML_EndElementHandler end, XML_CharacterDataHandler text)
{
    uint64_t fed = 0;
    struct workbook_source source = { .file = workbook_part(w, path) };
    if (!source.file) return false;
    XML_Parser parser = workbook_parser(user, start, end, text);
    enum workbook_feed feed = parser ? WORKBOOK_FED : WORKBOOK_BAD;
    while (feed == WORKBOOK_FED) feed = workbook_feed(w, &source, parser, &fed);
    if (parser) XML_ParserFree(parser);
    zip_fclose(source.file);
    return feed == WORKBOOK_END;
}

static void on_nothing(void *parser, const XML_Char *name)
{
    (void)parser, (void)name;
}

/* Relations */

struct relation { char id[NAME_BYTES], type[NAME_BYTES], target[PATH_BYTES]; };
struct relations { struct relation *items; unsigned count; char folder[PATH_BYTES]; };

static void keep(char *to, size_t size, const char *from)
{
    snprintf(to, size, "%s", from ? from : "");
}

/* folder/./a/../b as folder/b. */
static void put_path(char *to, size_t size, const char *folder, const char *target)
{
    char joined[2 * PATH_BYTES];
    size_t written = 0;
    snprintf(joined, sizeof joined, "%s%.*s", folder, (int)(PATH_BYTES / 2), target);
    for (struct slice rest = slice_from(joined); rest.bytes;) {
        struct slice step = slice_cut(&rest, '/');
        if (slice_equal(step, SLICE("..")))
            for (written -= written > 0; written > 0 && to[written - 1] != '/';) written--;
        if (step.size == 0 || slice_equal(step, SLICE(".")) || slice_equal(step, SLICE(".."))) continue;
        if (written + step.size + 2 > size) break;
        memcpy(to + written, step.bytes, step.size);
        written += step.size;
        if (rest.bytes) to[written++] = '/';
    }
    to[written] = 0;
}

static void on_relation(void *parser, const XML_Char *name, const XML_Char **attributes)
{
    struct relations *r = XML_GetUserData(parser);
    if (strcmp(workbook_local(name), "Relationship") != 0 || r->count == RELATIONS_MAX) return;
    struct relation *to = &r->items[r->count++];
    const char *type = workbook_attribute(attributes, "Type"), *target = workbook_attribute(attributes, "Target");
    const char *slash = type ? strrchr(type, '/') : NULL;
    keep(to->id, sizeof to->id, workbook_attribute(attributes, "Id"));
    keep(to->type, sizeof to->type, slash ? slash + 1 : type);
    if (!target) target = "";
    put_path(to->target, sizeof to->target, target[0] == '/' ? "" : r->folder, target);
}

/* Relations of a part: folder/_rels/name.rels */
static bool read_relations(struct workbook *w, const char *part, struct relations *r)
{
    char path[PATH_BYTES];
    const char *slash = strrchr(part, '/');
    int folder = slash ? (int)(slash - part) + 1 : 0;
    struct text t = text_over(path, sizeof path - 1);
    if (folder > PATH_BYTES / 4) return false;
    keep(r->folder, (size_t)folder + 1, part);
    text_put(&t, slice_from(r->folder));
    PUT(&t, "_rels/");
    text_put(&t, slice_from(part + folder));
    PUT(&t, ".rels");
    if (t.full) return false;
    path[t.size] = 0;
    r->items = ARENA_ARRAY(w->arena, RELATIONS_MAX, struct relation);
    r->count = 0;
    return parse_part(w, path, r, on_relation, on_nothing, NULL);
}

static const char *target_of(const struct relations *r, const char *type, const char *id)
{
    for (unsigned k = 0; k < r->count; k++)
        if ((!type || strcmp(r->items[k].type, type) == 0) && (!id || strcmp(r->items[k].id, id) == 0))
            return r->items[k].target;
    return NULL;
}

/* The workbook part */

struct book { struct workbook *workbook; const struct relations *relations; };

static bool is_true(const char *text)
{
    return text && (strcmp(text, "1") == 0 || strcmp(text, "true") == 0);
}

static void on_book(void *parser, const XML_Char *name, const XML_Char **attributes)
{
    struct book *b = XML_GetUserData(parser);
    struct workbook *w = b->workbook;
    const char *local = workbook_local(name);
    if (strcmp(local, "workbookPr") == 0) w->is_1904 = is_true(workbook_attribute(attributes, "date1904"));
    if (strcmp(local, "sheet") != 0) return;
    if (w->sheet_count == WORKBOOK_SHEETS_MAX) {
        workbook_fail(w, ISSUE_WORKBOOK_TOO_LARGE, "sheets", WORKBOOK_SHEETS_MAX);
        return;
    }
    const char *title = workbook_attribute(attributes, "name"), *state = workbook_attribute(attributes, "state");
    const char *id = NULL;
    for (const char **at = attributes; at[0]; at += 2)      /* r:id beside sheetId */
        if (strcmp(workbook_local(at[0]), "id") == 0 && strchr(at[0], ':')) id = at[1];
    const char *part = id ? target_of(b->relations, NULL, id) : NULL;
    w->sheets[w->sheet_count++] = (struct workbook_sheet){
        .name = slice_copy(w->arena, slice_head(slice_from(title), NAME_BYTES)),
        .part = slice_from(part),
        .is_hidden = state && strcmp(state, "visible") != 0,
    };
}

/* Styles */

struct formats {
    struct workbook *workbook;
    struct {
        unsigned id;
        struct workbook_style style;
    } items[FORMATS_MAX];
    unsigned count;
    uint16_t percent;                               /* the code of the formats 9 and 10, which have none of their own */
    bool in_cells;
};

/* The place of a code that shows more than the number; 0: it does not. */
static uint16_t keep_code(struct workbook *w, struct slice text, enum workbook_format format)
{
    struct slice currency = workbook_format_currency(text);
    bool says_more = format == WORKBOOK_FORMAT_PERCENT || format == WORKBOOK_FORMAT_SIGNS || currency.size > 0;
    if (!says_more || w->code_count == WORKBOOK_CODES_MAX) return 0;
    if (!w->codes) w->codes = ARENA_ARRAY(w->arena, WORKBOOK_CODES_MAX, struct workbook_code);
    w->codes[w->code_count++] = (struct workbook_code){ slice_copy(w->arena, text), currency, format };
    return (uint16_t)w->code_count;
}

static struct workbook_style style_of(struct formats *f, unsigned id)
{
    for (unsigned k = 0; k < f->count; k++)
        if (f->items[k].id == id) return f->items[k].style;
    struct workbook_style built_in = { .format = (uint8_t)workbook_format_builtin(id) };
    if (built_in.format != WORKBOOK_FORMAT_PERCENT) return built_in;
    if (!f->percent) f->percent = keep_code(f->workbook, SLICE("0.00%"), WORKBOOK_FORMAT_PERCENT);
    built_in.code = f->percent;
    return built_in;
}

static bool add_style(struct workbook *w, struct workbook_style style)
{
    if (w->style_count == WORKBOOK_STYLES_MAX) return false;
    if (w->style_count == w->style_capacity) {
        unsigned capacity = w->style_capacity ? 2 * w->style_capacity : 64;
        struct workbook_style *grown = realloc(w->styles, capacity * sizeof *grown);
        if (!grown) return false;
        w->styles = grown;
        w->style_capacity = capacity;
    }
    w->styles[w->style_count++] = style;
    return true;
}

static unsigned number_of(const char *text)
{
    uint64_t value = 0;
    if (text) (void)slice_to_uint(slice_from(text), UINT32_MAX, &value);
    return (unsigned)value;
}

static void on_style(void *parser, const XML_Char *name, const XML_Char **attributes)
{
    struct formats *f = XML_GetUserData(parser);
    const char *local = workbook_local(name);
    if (strcmp(local, "cellXfs") == 0) f->in_cells = true;
    if (strcmp(local, "numFmt") == 0 && f->count < FORMATS_MAX) {
        unsigned digits = 0;
        struct slice code = slice_head(slice_from(workbook_attribute(attributes, "formatCode")), FORMAT_BYTES);
        f->items[f->count].id = number_of(workbook_attribute(attributes, "numFmtId"));
        enum workbook_format format = workbook_format_of(code, &digits);
        f->items[f->count++].style = (struct workbook_style){ (uint8_t)format, (uint8_t)digits,
                                                              keep_code(f->workbook, code, format) };
    }
    if (f->in_cells && strcmp(local, "xf") == 0)
        (void)add_style(f->workbook, style_of(f, number_of(workbook_attribute(attributes, "numFmtId"))));
}

static void on_style_end(void *parser, const XML_Char *name)
{
    struct formats *f = XML_GetUserData(parser);
    if (strcmp(workbook_local(name), "cellXfs") == 0) f->in_cells = false;
}

static int hex_value(char c)
{
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* The unit of an escape `_xHHHH_` at the begin of the text; -1: there is none. */
static int escaped_unit(const char *text, size_t size)
{
    int unit = 0;
    if (size < ESCAPE_BYTES || text[0] != '_' || text[1] != 'x' || text[ESCAPE_BYTES - 1] != '_') return -1;
    for (unsigned k = 2; k < ESCAPE_BYTES - 1; k++) {
        int value = hex_value(text[k]);
        if (value < 0) return -1;
        unit = unit * 16 + value;
    }
    return unit;
}

size_t workbook_unescape(char *text, size_t size)
{
    size_t written = 0;
    if (!memchr(text, '_', size)) return size;
    for (size_t at = 0; at < size;) {
        int unit = escaped_unit(text + at, size - at);
        if (unit < 0 || unit >= 0x80) {
            text[written++] = text[at++];
            continue;
        } /* what XML can hold was not escaped */
        text[written++] = (char)unit;
        at += ESCAPE_BYTES;
    }
    return written;
}

/* Shared strings: one item is the text of its runs, without phonetics */

struct strings { struct workbook *workbook; bool in_text; unsigned phonetic; };

static bool grow_text(struct workbook *w, size_t more)
{
    if (w->text_size + more <= w->text_capacity) return true;
    size_t capacity = w->text_capacity ? 2 * w->text_capacity : 64 << 10;
    while (capacity < w->text_size + more) capacity *= 2;
    char *grown = realloc(w->text, capacity);
    if (!grown) return false;
    w->text = grown;
    w->text_capacity = capacity;
    return true;
}

static bool add_string(struct workbook *w)
{
    if (w->string_count == WORKBOOK_STRINGS_MAX) {
        workbook_fail(w, ISSUE_WORKBOOK_TOO_LARGE, "shared strings", WORKBOOK_STRINGS_MAX);
        return false;
    }
    if (w->string_count == w->string_capacity) {
        uint32_t capacity = w->string_capacity ? 2 * w->string_capacity : 1024;
        uint64_t *grown = realloc(w->ends, capacity * sizeof *grown);
        if (!grown) return false;
        w->ends = grown;
        w->string_capacity = capacity;
    }
    uint64_t from = w->string_count > 0 ? w->ends[w->string_count - 1] : 0;
    if (w->text_size > from) w->text_size = from + workbook_unescape(w->text + from, w->text_size - from);
    w->ends[w->string_count++] = w->text_size;
    return true;
}

static void on_string(void *parser, const XML_Char *name, const XML_Char **attributes)
{
    struct strings *s = XML_GetUserData(parser);
    const char *local = workbook_local(name);
    (void)attributes;
    if (strcmp(local, "rPh") == 0) s->phonetic++;
    if (strcmp(local, "t") == 0) s->in_text = s->phonetic == 0;
}

static void on_string_end(void *parser, const XML_Char *name)
{
    struct strings *s = XML_GetUserData(parser);
    const char *local = workbook_local(name);
    if (strcmp(local, "rPh") == 0 && s->phonetic > 0) s->phonetic--;
    if (strcmp(local, "t") == 0) s->in_text = false;
    if (strcmp(local, "si") == 0 && !add_string(s->workbook)) XML_StopParser(parser, XML_FALSE);
}

static void on_string_text(void *parser, const XML_Char *bytes, int size)
{
    struct strings *s = XML_GetUserData(parser);
    if (!s->in_text) return;
    if (!grow_text(s->workbook, (size_t)size)) { XML_StopParser(parser, XML_FALSE); return; }
    memcpy(s->workbook->text + s->workbook->text_size, bytes, (size_t)size);
    s->workbook->text_size += (size_t)size;
}

/* Opening */

static bool open_container(struct workbook *w)
{
    zip_error_t error;
    zip_error_init(&error);
    zip_source_t *source = zip_source_buffer_create(w->bytes.bytes, w->bytes.size, 0, &error);
    if (source) w->zip = zip_open_from_source(source, ZIP_RDONLY, &error);
    if (source && !w->zip) zip_source_free(source);
    zip_error_fini(&error);
    if (!w->zip) { broken(w, "it is no sound ZIP container"); return false; }
    zip_int64_t parts = zip_get_num_entries(w->zip, 0);
    if (parts > WORKBOOK_PARTS_MAX) workbook_fail(w, ISSUE_WORKBOOK_TOO_LARGE, "parts", WORKBOOK_PARTS_MAX);
    return w->problem.code == ISSUE_NONE;
}

static bool read_shared(struct workbook *w, const struct relations *book)
{
    struct formats *formats = ARENA_NEW(w->arena, struct formats);
    struct strings strings = { .workbook = w };
    formats->workbook = w;
    const char *styles = target_of(book, "styles", NULL), *texts = target_of(book, "sharedStrings", NULL);
    if (styles) (void)parse_part(w, styles, formats, on_style, on_style_end, NULL);
    if (texts && w->problem.code == ISSUE_NONE)
        (void)parse_part(w, texts, &strings, on_string, on_string_end, on_string_text);
    return w->problem.code == ISSUE_NONE;
}

static void unsupported(struct workbook *w, const char *what, const char *instead)
{
    if (w->problem.code == ISSUE_NONE)
        w->problem = (struct workbook_problem){ ISSUE_FORMAT_UNSUPPORTED, what, 0, instead };
}

/* An archive that holds no workbook is told by what other programs write into it. */
static void name_archive(struct workbook *w, const char *document)
{
    static const struct { const char *part, *what; } others[] = {
        { "content.xml", "An OpenDocument file" }, { "Index/Document.iwa", "A Numbers document" },
    };
    if (document && strlen(document) > 4 && strcmp(document + strlen(document) - 4, ".bin") == 0)
        unsupported(w, "A binary workbook (XLSB)", "it saved as XLSX or CSV");
    else if (document && strncmp(document, "xl/", 3) != 0 && zip_name_locate(w->zip, document, ZIP_FL_NOCASE) >= 0)
        unsupported(w, "An Office document that is no workbook", "its table as XLSX or CSV");
    for (unsigned k = 0; k < sizeof others / sizeof *others; k++)
        if (zip_name_locate(w->zip, others[k].part, 0) >= 0)
            unsupported(w, others[k].what, "it saved as XLSX or CSV");
    unsupported(w, "A ZIP archive without a workbook", "the files in it by themselves");
}

/* A part with sheets, whatever its path; the sheets that it names are told by their relations. */
static bool is_workbook(const char *part)
{
    const char *dot = strrchr(part, '.');
    return dot && strcmp(dot, ".xml") == 0 && strncmp(part, "word/", 5) != 0 && strncmp(part, "ppt/", 4) != 0;
}

bool workbook_open(struct workbook *w, struct arena *a, struct slice bytes)
{
    struct relations root, book;
    memset(w, 0, sizeof *w);
    w->arena = a;
    w->bytes = bytes;
    if (!open_container(w)) return false;
    const char *part = "xl/workbook.xml", *named = NULL;
    if (read_relations(w, "", &root)) named = target_of(&root, "officeDocument", NULL);
    if (named) part = named;
    if (w->problem.code != ISSUE_NONE) return false;
    if (!is_workbook(part) || !read_relations(w, part, &book)) {
        name_archive(w, named);
        return false;
    }
    struct book b = { w, &book };
    if (!parse_part(w, part, &b, on_book, on_nothing, NULL) || w->sheet_count == 0) {
        broken(w, "it has no sheets");
        return false;
    }
    bool is_read = read_shared(w, &book);
    w->shared = w->inflated;
    return is_read;
}

void workbook_close(struct workbook *w)
{
    if (w->zip) zip_discard(w->zip);
    free(w->styles);
    free(w->text);
    free(w->ends);
    memset(w, 0, sizeof *w);
}
