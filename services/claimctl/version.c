/* claimctl/version.c: what this binary is made of. */
#include "claimctl/command.h"
#include "claimctl/output.h"

#include <jansson.h>
#include <openssl/crypto.h>
#include <protobuf-c/protobuf-c.h>

#ifndef CLAIMSTREAM_VERSION
#define CLAIMSTREAM_VERSION "0.1.0"
#endif

int claimctl_version(int argc, char **argv)
{
    (void)argc, (void)argv;
    struct output o = output_stdout();
    output_print(&o, "claimctl " CLAIMSTREAM_VERSION " (%s)\n", __VERSION__);
    output_print(&o, "protobuf-c %s · jansson %s · %s\n", protobuf_c_version(), jansson_version_str(),
                 OpenSSL_version(OPENSSL_VERSION));
    return output_close(&o) ? EXIT_DONE : EXIT_FAILED;
}
