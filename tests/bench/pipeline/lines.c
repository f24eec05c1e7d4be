/* tests/bench/pipeline/lines.c: load and sink of the product, with the answers of `bare`:
 *
 *   lines load --brokers B --lines N [--rate LINES_PER_S] [--first N] [--distributors N] [--into received]
 *              [--stamps no]
 *   lines sink --brokers B --lines N [--first N]
 *   lines fill --brokers B --lines N [--partitions N]
 *
 * Every line is a sale that earns one payout of a volume rebate. Its invoice number says which line it is and when it
 * was to be sent, and the payout carries that on. Lines are submitted as records for intake; with `--into received`
 * they go to classification as if intake had taken them; with `--stamps no` the same number is the same line however
 * often it is sent. `fill` writes so many rows into payout's changelog, as if it had decided that much before. */
#include "base/hash.h"
#include "payout/stage.h"
#include "runtime/kafka_log.h"
#include "runtime/kafka_writer.h"
#include "wire/dossier_codec.h"

#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { BUCKETS = 1000000, IDLE_S = 60, FLUSH_MS = 300000, PARTITIONS_MAX = 1024, CUSTOMERS = 2003 };

/* Latencies in buckets of 0.1 ms. */
struct latencies { uint32_t counts[BUCKETS]; uint64_t total; };

struct options {
    struct kafka_options kafka;
    long                 lines, rate, first, distributors;
    long                 partitions;
    bool                 into_received, unstamped;
};

static struct arena arena;

static int64_t now_ns(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static void must(enum err e, const char *what)
{
    if (e == OK) return;
    fprintf(stderr, "lines: %s: %s\n", what, err_text(e));
    exit(75);
}

/* --- load ------------------------------------------------------------------------------------------------------- */

static int32_t today(void)
{
    struct tm tm;
    time_t now = time(NULL);
    gmtime_r(&now, &tm);
    return (tm.tm_year + 1900) * 10000 + (tm.tm_mon + 1) * 100 + tm.tm_mday;
}

static struct slice print(const char *format, long a, int64_t b)
{
    char *text = arena_alloc(&arena, 64);
    int size = snprintf(text, 64, format, a, b);
    return slice_of(text, (size_t)size);
}

static struct line line_of(const struct options *o, long number, int64_t due_ns)
{
    struct line l = { .kind = KIND_POS_SALE,
                      .vendor_part = SLICE("SW-24"),
                      .uom = SLICE("EA"),
                      .currency = SLICE("USD"),
                      .has_resale_unit_micros = true,
                      .invoice_line = SLICE("1") };
    l.partner_id = print("D-%03ld", number % o->distributors + 1, 0);
    l.invoice_no = print("%ld.%" PRId64, number, due_ns);
    l.message_id = l.invoice_no;
    l.invoice_date = l.ship_date = today();
    l.qty_milli = 1000 * (1 + number % 50);
    l.resale_unit_micros = 240000000 + 10000 * (number % 997);
    l.sold_to = (struct party){ .name = print("Customer %ld of the bench", number % CUSTOMERS, 0),
                                .id_type = SLICE("92"),
                                .id = print("C-%06ld", number % CUSTOMERS, 0),
                                .country = SLICE("US") };
    return l;
}

static struct slice as_received(const struct line *l)
{
    struct slice submission, receipt, both;
    struct receipt r = { .partner_root_id = l->partner_id, .submitter_id = SLICE("bench"), .line_id = l->invoice_no,
                         .received_at_unix_ms = (int64_t)time(NULL) * 1000, .door = DOOR_KAFKA };
    struct id_part part = ID_TEXT(l->invoice_no);
    r.line_id = hash_id(&arena, &part, 1);
    r.document_id = hash_document_id(&arena, &part, 1);
    must(section_encode(&arena, SECTION_SUBMISSION, l, &submission), "submission");
    must(section_encode(&arena, SECTION_RECEIPT, &r, &receipt), "receipt");
    must(dossier_append(&arena, submission, receipt, &both), "dossier");
    return both;
}

static int run_load(const struct options *o)
{
    struct kafka_writer *writer;
    must(kafka_writer_open(&o->kafka, &writer), "writer");
    int64_t begin_ns = now_ns() + 1000000;
    for (long i = 0; i < o->lines; i++) {
        int64_t due_ns = o->rate ? begin_ns + i * 1000000000 / o->rate : now_ns();
        struct timespec at = { .tv_sec = due_ns / 1000000000, .tv_nsec = due_ns % 1000000000 };
        if (o->rate) clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &at, NULL);
        arena_reset(&arena);
        struct line l = line_of(o, o->first + i, o->unstamped ? 0 : due_ns);
        struct slice value;
        if (o->into_received) value = as_received(&l);
        else must(line_encode(&arena, &l, &value), "line");
        must(kafka_writer_send(writer, o->into_received ? TOPIC_CLAIMS_RECEIVED : TOPIC_CLAIMS_SUBMITTED, -1,
                               l.partner_id, value, NULL, 0),
             "send");
    }
    must(kafka_writer_flush(writer, FLUSH_MS), "flush");
    printf("{\"sent\":%ld}\n", o->lines);
    fflush(stdout);
    _exit(0);
}

/* --- fill ------------------------------------------------------------------------------------------------------- */

/* Rows of the size of those of payout, under keys in no order, of partner roots that send nothing. */
static int run_fill(const struct options *o)
{
    enum { TABLE_LINES = 8, VALUE_BYTES = 120 };
    struct kafka_writer *writer;
    char value[VALUE_BYTES] = { (char)payout_stage.row_version };
    must(kafka_writer_open(&o->kafka, &writer), "writer");
    for (long i = 0; i < o->lines; i++) {
        arena_reset(&arena);
        struct id_part number = ID_INT(i);
        struct slice root = print("F-%05ld", i % 20000, 0), id = hash_id(&arena, &number, 1);
        char *key = arena_alloc(&arena, 64);
        int size = snprintf(key, 64, "%c%.*s%.*s", TABLE_LINES, SLICE_ARGS(root), SLICE_ARGS(id));
        must(kafka_writer_send(writer, TOPIC_PAYOUT_CHANGELOG, (int32_t)(i % o->partitions),
                               slice_of(key, (size_t)size), slice_of(value, sizeof value), NULL, 0),
             "send");
    }
    must(kafka_writer_flush(writer, 10 * FLUSH_MS), "flush");
    printf("{\"sent\":%ld}\n", o->lines);
    fflush(stdout);
    _exit(0);
}

/* --- sink ------------------------------------------------------------------------------------------------------- */

struct sink_state {
    const struct options *options;
    struct latencies     *latencies;
    bool                 *known;
    long                  seen, twice;
    int64_t               first_due_ns, last_ns;
    int64_t               back_ns;                  /* when the first line came that was sent behind the signal */
};

/* SIGUSR1: something happens now, and how long is it until a line that is sent behind it comes out? */
static volatile int64_t signal_ns;

static void note_signal(int number)
{
    (void)number;
    signal_ns = now_ns();
}

static enum err take_payout(void *context, const struct record *record, int64_t timestamp_unix_ms)
{
    struct sink_state *s = context;
    struct payout p;
    (void)timestamp_unix_ms;
    arena_reset(&arena);
    must(payout_decode(&arena, record->value, &p), "payout");
    char text[64] = { 0 }, *rest = text;
    if (p.invoice_no.size == 0 || p.invoice_no.size >= sizeof text) return OK;
    memcpy(text, p.invoice_no.bytes, p.invoice_no.size);
    long at = strtol(text, &rest, 10) - s->options->first;
    if (*rest != '.' || at < 0 || at >= s->options->lines) return OK;
    int64_t due_ns = strtoll(rest + 1, NULL, 10), latency = 0;
    s->twice += s->known[at];
    s->seen += !s->known[at];
    s->known[at] = true;
    s->last_ns = now_ns();
    if (signal_ns && due_ns >= signal_ns && !s->back_ns) s->back_ns = s->last_ns;
    if (due_ns < s->first_due_ns) s->first_due_ns = due_ns;
    latency = (s->last_ns - due_ns) / 100000;
    s->latencies->counts[latency < 0 ? 0 : latency < BUCKETS ? latency : BUCKETS - 1]++;
    s->latencies->total++;
    return OK;
}

static long percentile_us(const struct latencies *l, unsigned per_mille)
{
    uint64_t rank = (l->total * per_mille + 999) / 1000, seen = 0;
    for (long i = 0; i < BUCKETS; i++)
        if ((seen += l->counts[i]) >= rank && seen > 0) return i * 100;
    return 0;
}

static void assign_all(struct kafka_log *log)
{
    static struct offset from[PARTITIONS_MAX];
    int32_t count;
    must(kafka_log_partitions(log, TOPIC_PAYOUTS, &count), "payouts.v1");
    for (int32_t p = 0; p < count; p++) {
        int64_t low, high;
        must(kafka_log_watermarks(log, TOPIC_PAYOUTS, p, 10000, &low, &high), "watermarks");
        from[p] = (struct offset){ .topic = TOPIC_PAYOUTS, .partition = p, .next = high };
    }
    must(kafka_log_assign(log, from, (unsigned)count), "assign");
}

static int run_sink(const struct options *o)
{
    struct kafka_log *log;
    struct sink_state s = { .options = o, .first_due_ns = INT64_MAX, .last_ns = now_ns() };
    signal(SIGUSR1, note_signal);
    s.latencies = calloc(1, sizeof *s.latencies);
    s.known = calloc((size_t)o->lines, sizeof *s.known);
    if (!s.latencies || !s.known) must(ERR_MEMORY_EXHAUSTED, "memory");
    must(kafka_log_open(&o->kafka, KAFKA_FOLLOW_COMMITTED, &log), "log");
    assign_all(log);
    while (s.seen < o->lines && now_ns() - s.last_ns < (int64_t)IDLE_S * 1000000000)
        must(kafka_log_step(log, 20, 20, take_payout, &s, NULL), "read");
    printf("{\"lines\":%ld,\"missing\":%ld,\"twice\":%ld,\"took_us\":%" PRId64 ",\"p50_us\":%ld,\"p99_us\":%ld,"
           "\"back_us\":%" PRId64 "}\n", s.seen, o->lines - s.seen, s.twice, (s.last_ns - s.first_due_ns) / 1000,
           percentile_us(s.latencies, 500), percentile_us(s.latencies, 990),
           s.back_ns ? (s.back_ns - signal_ns) / 1000 : -1);
    fflush(stdout);
    _exit(s.seen < o->lines || s.twice > 0);
}

/* --- options ---------------------------------------------------------------------------------------------------- */

static const char *option(int argc, char **argv, const char *name, const char *otherwise)
{
    for (int i = 1; i + 1 < argc; i++)
        if (strncmp(argv[i], "--", 2) == 0 && strcmp(argv[i] + 2, name) == 0) return argv[i + 1];
    return otherwise;
}

static long number(int argc, char **argv, const char *name, long otherwise)
{
    const char *text = option(argc, argv, name, NULL);
    return text ? strtol(text, NULL, 10) : otherwise;
}

int main(int argc, char **argv)
{
    struct options o = {
        .kafka = { .brokers = option(argc, argv, "brokers", "127.0.0.1:9092"), .stage = "bench" },
        .lines = number(argc, argv, "lines", 100000),
        .rate = number(argc, argv, "rate", 0),
        .first = number(argc, argv, "first", 0),
        .distributors = number(argc, argv, "distributors", 20),
        .partitions = number(argc, argv, "partitions", 2),
        .into_received = strcmp(option(argc, argv, "into", "submitted"), "received") == 0,
        .unstamped = strcmp(option(argc, argv, "stamps", "yes"), "no") == 0,
    };
    must(arena_open(&arena, 1 << 20, 1 << 20), "arena");
    if (argc > 1 && strcmp(argv[1], "load") == 0) return run_load(&o);
    if (argc > 1 && strcmp(argv[1], "sink") == 0) return run_sink(&o);
    if (argc > 1 && strcmp(argv[1], "fill") == 0) return run_fill(&o);
    fprintf(stderr, "usage: lines load|sink|fill [--option value]...\n");
    return 2;
}
