/* claimctl/version.c: what this binary is made of. */
#include "claimctl/command.h"
#include "claimctl/listing.h"
#include "claimctl/option.h"
#include "classification/stage.h"
#include "compliance/stage.h"
#include "intake/stage.h"
#include "payout/stage.h"
#include "runtime/build.h"
#include "runtime/kafka_client.h"
#include "runtime/lmdb_store.h"

#include <jansson.h>
#include <openssl/crypto.h>
#include <protobuf-c/protobuf-c.h>

static const struct listing_field fields[] = {
    { "part", LISTING_TEXT, "claimctl, a library, the messages, the tables of a stage", false },
    { "version", LISTING_TEXT, "of it", false },
};

static void row(struct listing *l, const char *part, const char *version)
{
    const struct slice cells[] = { slice_from(part), slice_from(version) };
    listing_row(l, cells);
}

/* The layout of a stage's rows: a service that finds another one rebuilds its tables from the topics. */
static void row_of_stage(struct listing *l, const struct stage *stage)
{
    char part[64], version[32];
    snprintf(part, sizeof part, "rows of %s", stage->name);
    snprintf(version, sizeof version, "%u", stage->row_version);
    row(l, part, version);
}

static void print(struct listing *l)
{
    char state[16];
    snprintf(state, sizeof state, "%d", STATE_SCHEMA_VERSION);
    row(l, "claimctl", BUILD_VERSION);
    row(l, "commit", build_commit());
    row(l, "compiler", __VERSION__);
    row(l, "librdkafka", kafka_client_version());
    row(l, "protobuf-c", protobuf_c_version());
    row(l, "jansson", jansson_version_str());
    row(l, "openssl", OpenSSL_version(OPENSSL_VERSION));
    row(l, "wire", "claimstream.v1");
    row(l, "state", state);
    row_of_stage(l, &intake_stage);
    row_of_stage(l, &classification_stage);
    row_of_stage(l, &compliance_stage);
    row_of_stage(l, &payout_stage);
}

int claimctl_version(int argc, char **argv)
{
    struct output o = output_stdout();
    struct listing l = { 0 };
    enum listing_form form;
    if (!listing_take_form(&argc, argv, &form, NULL)) return EXIT_USAGE;
    option_take(&argc, argv, NULL, 0);
    if (argc != 1) return command_usage("version");
    if (listing_begin(&l, &o, fields, 2, form)) {
        print(&l);
        listing_end(&l);
    }
    return output_close(&o) ? EXIT_DONE : EXIT_FAILED;
}
