/* tests/integration/record_send.c: record_send BROKERS TOPIC: each line of stdin is a record, its key, its headers and
 * its value in hex: KEY<TAB>name=value,name=value<TAB>VALUE. Ends with 0 when the broker has all of them. */
#include <librdkafka/rdkafka.h>

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FLUSH_MS = 300000 };

static _Noreturn void die(const char *what, const char *why)
{
    fprintf(stderr, "record_send: %s: %s\n", what, why);
    exit(1);
}

static int digit_of(char c)
{
    const char *digits = "0123456789abcdef", *at = c ? strchr(digits, c) : NULL;
    if (!at) die("hex", "a digit is none");
    return (int)(at - digits);
}

/* In the place of the text. */
static size_t decode(char *hex)
{
    size_t size = strlen(hex) / 2;
    for (size_t k = 0; k < size; k++) hex[k] = (char)(digit_of(hex[2 * k]) << 4 | digit_of(hex[2 * k + 1]));
    return size;
}

static rd_kafka_headers_t *headers_of(char *list)
{
    rd_kafka_headers_t *headers = rd_kafka_headers_new(8);
    for (char *rest = list, *one; (one = strsep(&rest, ","));) {
        char *value = strchr(one, '=');
        if (!value) continue;
        *value++ = 0;
        size_t size = decode(value);
        if (rd_kafka_header_add(headers, one, -1, value, (ssize_t)size)) die(one, "this header cannot be added");
    }
    return headers;
}

static void send_record(rd_kafka_t *rk, const char *topic, char *line)
{
    char *rest = line, *key = strsep(&rest, "\t"), *headers = strsep(&rest, "\t"), *value = rest;
    if (!headers || !value) die("line", "it has no three parts");
    size_t key_size = decode(key), value_size = decode(value);
    rd_kafka_resp_err_t e = rd_kafka_producev(
        rk, RD_KAFKA_V_TOPIC(topic), RD_KAFKA_V_KEY(key, key_size), RD_KAFKA_V_VALUE(value, value_size),
        RD_KAFKA_V_HEADERS(headers_of(headers)), RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY), RD_KAFKA_V_END);
    if (e) die(topic, rd_kafka_err2str(e));
}

int main(int argc, char **argv)
{
    char why[512], *line = NULL;
    size_t room = 0;
    if (argc != 3) die("usage", "record_send BROKERS TOPIC");
    rd_kafka_conf_t *conf = rd_kafka_conf_new();
    bool is_set = rd_kafka_conf_set(conf, "bootstrap.servers", argv[1], why, sizeof why) == RD_KAFKA_CONF_OK
                  && rd_kafka_conf_set(conf, "enable.idempotence", "true", why, sizeof why) == RD_KAFKA_CONF_OK;
    rd_kafka_t *rk = is_set ? rd_kafka_new(RD_KAFKA_PRODUCER, conf, why, sizeof why) : NULL;
    if (!rk) die("client", why);
    for (ssize_t size; (size = getline(&line, &room, stdin)) > 0;) {
        line[size - 1] = 0;
        send_record(rk, argv[2], line);
    }
    free(line);
    if (rd_kafka_flush(rk, FLUSH_MS)) die(argv[2], "the broker did not take all of them");
    rd_kafka_destroy(rk);
    return 0;
}
