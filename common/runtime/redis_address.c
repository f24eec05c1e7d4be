/* runtime/redis_address.c: a host, a port, or the path of a socket. */
#include "runtime/redis_address.h"

static bool read_port(struct slice text, int *port)
{
    uint64_t value;
    if (!slice_to_uint(text, 65535, &value) || value == 0) return false;
    *port = (int)value;
    return true;
}

static bool read_bracketed(struct slice address, struct slice *host, int *port)
{
    size_t end = slice_find(address, ']');
    if (end == address.size || end == 1) return false;
    *host = slice_head(slice_skip(address, 1), end - 1);
    struct slice rest = slice_skip(address, end + 1);
    *port = REDIS_PORT;
    return rest.size == 0 || (rest.bytes[0] == ':' && read_port(slice_skip(rest, 1), port));
}

bool redis_address_read(struct slice address, struct slice *host, int *port)
{
    if (!address.size || address.size >= REDIS_ADDRESS_BYTES) return false;
    if (address.bytes[0] == '[') return read_bracketed(address, host, port);
    *host = address;
    *port = 0;
    if (address.bytes[0] == '/' || address.bytes[0] == '.') return true;        /* the path of a socket */
    size_t colon = slice_find(address, ':');
    *host = slice_head(address, colon);
    *port = REDIS_PORT;
    return host->size > 0 && (colon == address.size || read_port(slice_skip(address, colon + 1), port));
}

static bool keep(const char **text, char *kept, size_t room)
{
    struct slice s = slice_from(*text);
    if (s.size >= room) return false;
    if (s.size) memcpy(kept, s.bytes, s.size);
    kept[s.size] = 0;
    *text = kept;
    return true;
}

enum err redis_address_keep(struct redis_options *o, struct redis_texts *kept)
{
    struct slice host;
    int port;
    bool fits = redis_address_read(slice_from(o->address), &host, &port)
                && keep(&o->address, kept->address, sizeof kept->address)
                && keep(&o->user, kept->user, sizeof kept->user)
                && keep(&o->password, kept->password, sizeof kept->password);
    return fits ? OK : ERR_CONFIG_INVALID;
}
