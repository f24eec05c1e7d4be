package bench;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.CountDownLatch;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.StoreBuilder;
import org.apache.kafka.streams.state.Stores;

/**
 * One stage of the pipeline's shape as a Kafka Streams application, exactly once:
 * {@code java bench.Streams --stage compliance --in T --out T --brokers B --state-dir D [--commit-ms 100]}.
 *
 * A record is what {@code bare load} sends: its number, its due time, filler. A stage reads its stores, writes them and appends
 * a section of the size the product's have. There is no codec to speak of and few rules: less work than the product does.
 */
public final class Streams {
    private static final int SECTION_BYTES = 120;
    private static final int PARTNERS = 500;
    private static final Serde<Long> KEY = Serdes.Long();
    private static final Serde<byte[]> BYTES = Serdes.ByteArray();

    /** What a stage keeps: a table of keys that come once, or counters of keys that come often. */
    private record Kept(String once, String often) {}

    private static final Map<String, Kept> STAGES = Map.of(
        "intake", new Kept("seen", null),
        "classification", new Kept(null, "features"),
        "compliance", new Kept("keys", "velocity"),
        "payout", new Kept("lines", "volume"));

    private static final class Stage implements Processor<byte[], byte[], byte[], byte[]> {
        private final Kept kept;
        private ProcessorContext<byte[], byte[]> context;
        private KeyValueStore<Long, byte[]> once;
        private KeyValueStore<Long, byte[]> often;

        Stage(Kept kept) { this.kept = kept; }

        @Override public void init(ProcessorContext<byte[], byte[]> given) {
            context = given;
            if (kept.once() != null) once = given.getStateStore(kept.once());
            if (kept.often() != null) often = given.getStateStore(kept.often());
        }

        private boolean isNew(long number) {
            return once == null || once.putIfAbsent(number, ByteBuffer.allocate(32).putLong(number).array()) == null;
        }

        private long count(long partner) {
            if (often == null) return 0;
            byte[] before = often.get(partner);
            long total = before == null ? 1 : ByteBuffer.wrap(before).getLong() + 1;
            often.put(partner, ByteBuffer.allocate(64).putLong(total).array());
            return total;
        }

        @Override public void process(Record<byte[], byte[]> line) {
            ByteBuffer in = ByteBuffer.wrap(line.value()).order(java.nio.ByteOrder.LITTLE_ENDIAN);
            long number = in.getLong();
            if (!isNew(number)) return;
            byte[] out = new byte[line.value().length + SECTION_BYTES];
            System.arraycopy(line.value(), 0, out, 0, line.value().length);
            ByteBuffer.wrap(out, line.value().length, 8).putLong(count(number % PARTNERS));
            context.forward(line.withValue(out));
        }
    }

    private static StoreBuilder<KeyValueStore<Long, byte[]>> store(String name, boolean isHot) {
        var builder = Stores.keyValueStoreBuilder(Stores.persistentKeyValueStore(name), KEY, BYTES);
        return isHot ? builder.withCachingEnabled() : builder.withCachingDisabled();
    }

    private static Topology topology(Kept kept, String in, String out) {
        Topology t = new Topology();
        t.addSource("in", Serdes.ByteArray().deserializer(), Serdes.ByteArray().deserializer(), in);
        t.addProcessor("stage", () -> new Stage(kept), "in");
        if (kept.once() != null) t.addStateStore(store(kept.once(), false), "stage");
        if (kept.often() != null) t.addStateStore(store(kept.often(), true), "stage");
        t.addSink("out", out, Serdes.ByteArray().serializer(), Serdes.ByteArray().serializer(), "stage");
        return t;
    }

    private static Properties settings(Map<String, String> options) {
        int commitMs = Integer.parseInt(options.getOrDefault("commit-ms", "100"));
        Properties p = new Properties();
        p.put(StreamsConfig.APPLICATION_ID_CONFIG, "streams." + options.get("stage"));
        p.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, options.get("brokers"));
        p.put(StreamsConfig.STATE_DIR_CONFIG, options.get("state-dir"));
        p.put(StreamsConfig.PROCESSING_GUARANTEE_CONFIG, StreamsConfig.EXACTLY_ONCE_V2);
        p.put(StreamsConfig.COMMIT_INTERVAL_MS_CONFIG, commitMs);
        p.put(StreamsConfig.POLL_MS_CONFIG, Math.min(100, commitMs));        // the commit clock is looked at between polls
        p.put(StreamsConfig.STATESTORE_CACHE_MAX_BYTES_CONFIG, 32L << 20);
        p.put(StreamsConfig.REPLICATION_FACTOR_CONFIG, 1);
        p.put(StreamsConfig.mainConsumerPrefix("group.instance.id"), options.get("stage") + "-0");
        p.put(StreamsConfig.consumerPrefix("auto.offset.reset"), "earliest");
        p.put(StreamsConfig.producerPrefix("batch.size"), 128 << 10);
        return p;
    }

    public static void main(String[] arguments) throws InterruptedException {
        Map<String, String> options = new HashMap<>();
        for (int i = 0; i + 1 < arguments.length; i += 2) options.put(arguments[i].substring(2), arguments[i + 1]);
        Kept kept = STAGES.get(options.getOrDefault("stage", ""));
        if (kept == null) throw new IllegalArgumentException("--stage is one of " + STAGES.keySet());
        KafkaStreams streams = new KafkaStreams(topology(kept, options.get("in"), options.get("out")), settings(options));
        CountDownLatch ended = new CountDownLatch(1);
        streams.setStateListener((now, before) -> {
            System.out.println("state " + now);
            if (now == KafkaStreams.State.NOT_RUNNING || now == KafkaStreams.State.ERROR) ended.countDown();
        });
        Runtime.getRuntime().addShutdownHook(new Thread(() -> streams.close(Duration.ofSeconds(10))));
        streams.start();
        ended.await();
    }

    private Streams() {}
}
