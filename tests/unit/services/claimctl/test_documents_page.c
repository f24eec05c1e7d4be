/* What a list of documents says of each. */
#include "claimctl/documents_page.h"

#include "support/test.h"

static bool is_read(const char *profiles, const char *by)
{
    json_t *document = json_object();
    json_object_set_new(document, "profile", json_string(profiles));
    bool was = documents_page_was_read_by(document, slice_from(by));
    json_decref(document);
    return was;
}

TEST(a_document_was_read_by_each_profile_of_its_groups)
{
    CHECK(is_read("east@1 west@3", "east@2") && is_read("east@1 west@3", "west@4"));
    CHECK(is_read("west@3", "west@4") && is_read("west@3", "west"));
    CHECK(!is_read("east@1 west@3", "we@4") && !is_read("", "west@4"));
}

TEST(a_correction_is_told_by_its_parent_and_not_by_its_name)
{
    json_t *document = json_pack("{s:s}", "name", "march.replay-1.csv");
    CHECK(!documents_page_is_correction(document));
    json_object_set_new(document, "parent", json_string("3fa9"));
    CHECK(documents_page_is_correction(document));
    json_decref(document);
}

static bool note_name(void *names, const json_t *document)
{
    size_t size = strlen(names);
    snprintf((char *)names + size, 16 - size, "%s", door_text(document, "name"));
    return strcmp(door_text(document, "name"), "b") != 0;
}

TEST(documents_are_replayed_from_the_oldest_on_until_one_ends_it)
{
    char names[16] = "";
    json_t *newest_first = json_pack("[{s:s}{s:s}{s:s}{s:s}]", "name", "a", "name", "b", "name", "c", "name", "d");
    documents_page_visit_backwards(newest_first, note_name, names);
    CHECK(strcmp(names, "dcb") == 0);
    names[0] = '\0';
    json_array_clear(newest_first);
    documents_page_visit_backwards(newest_first, note_name, names);
    CHECK(names[0] == '\0');
    json_decref(newest_first);
}
