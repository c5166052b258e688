package dev.mgit.lineage.remote.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mgit.delta.TaskPool;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What every store promises. */
abstract class RemoteStoreContract {
    /** The store under test, empty at the start of each test. */
    abstract RemoteStore store();

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private List<String> keys(String prefix) {
        List<String> keys = new ArrayList<>();
        store().list(prefix, entry -> keys.add(entry.key()));
        return keys;
    }

    @Test
    void whatIsPutIsReadWholeAndInRanges() {
        store().put("packs/ab/one.pack", Content.of(bytes("0123456789")));
        assertThat(store().get("packs/ab/one.pack", ByteRange.first(100))).contains(bytes("0123456789"));
        assertThat(store().get("packs/ab/one.pack", ByteRange.of(2, 3))).contains(bytes("234"));
        assertThat(store().get("packs/ab/one.pack", ByteRange.of(8, 30))).contains(bytes("89"));
        assertThat(store().get("packs/ab/one.pack", ByteRange.last(4))).contains(bytes("6789"));
        assertThat(store().get("packs/ab/one.pack", ByteRange.last(40))).contains(bytes("0123456789"));
        assertThat(store().get("packs/ab/one.pack", ByteRange.of(10, 1))).contains(new byte[0]);
    }

    @Test
    void aMissingObjectIsNoFailure() {
        assertThat(store().get("gone", ByteRange.first(1))).isEmpty();
        assertThat(store().head("gone")).isEmpty();
        store().delete("gone");
        assertThat(keys("none/")).isEmpty();
    }

    @Test
    void anEmptyObjectIsOne() {
        store().put("empty", Content.of(new byte[0]));
        assertThat(store().get("empty", ByteRange.first(10))).contains(new byte[0]);
        assertThat(store().head("empty").orElseThrow().size()).isZero();
    }

    @Test
    void aSecondPutReplaces() {
        store().put("lease", Content.of(bytes("a long one")));
        store().put("lease", Content.of(bytes("short")));
        assertThat(store().get("lease", ByteRange.first(100))).contains(bytes("short"));
    }

    @Test
    void headTellsSizeAndWhenByTheStoresClock() {
        store().put("a", Content.of(new byte[1234]));
        RemoteStore.Entry entry = store().head("a").orElseThrow();
        assertThat(entry.size()).isEqualTo(1234);
        assertThat(entry.modified()).isAfter(Instant.parse("2020-01-01T00:00:00Z"));
        List<RemoteStore.Entry> listed = new ArrayList<>();
        store().list("", listed::add);
        assertThat(listed).singleElement().satisfies(found -> {
            assertThat(found.key()).isEqualTo("a");
            assertThat(found.size()).isEqualTo(1234);
        });
    }

    @Test
    void listsWhatIsBelowAPrefixAndNothingElse() {
        for (String key : List.of("index/b.idx", "index/a.idx", "index2/c.idx", "packs/aa/x.pack", "packs/bb/y.pack")) {
            store().put(key, Content.of(bytes(key)));
        }
        assertThat(keys("index/")).containsExactly("index/a.idx", "index/b.idx");
        assertThat(keys("packs/")).containsExactly("packs/aa/x.pack", "packs/bb/y.pack");
        assertThat(keys("")).hasSize(5);
        store().delete("index/a.idx");
        assertThat(keys("index/")).containsExactly("index/b.idx");
    }

    @Test
    void listsMoreThanOnePage() throws IOException {
        TaskPool.forEach(8, 1100, number -> store().put("many/" + number, Content.of(new byte[1])));
        assertThat(keys("many/")).hasSize(1100);
    }

    @Test
    void onlyTheFirstOfSeveralCreatorsWins() throws IOException {
        assertThat(store().putIfAbsent("gc/1", bytes("first"))).isTrue();
        assertThat(store().putIfAbsent("gc/1", bytes("second"))).isFalse();
        assertThat(store().get("gc/1", ByteRange.first(100))).contains(bytes("first"));
        AtomicInteger winners = new AtomicInteger();
        TaskPool.forEach(8, 16, number -> {
            if (store().putIfAbsent("gc/2", bytes("creator " + number))) {
                winners.incrementAndGet();
            }
        });
        assertThat(winners).hasValue(1);
        assertThat(StoreProbe.honoursConditions(store())).isTrue();
        assertThat(keys("probe/")).isEmpty();
    }

    @Test
    void aLargeObjectComesBackAsItWas() {
        byte[] large = new byte[9 << 20];
        new SplittableRandom(1).nextBytes(large);
        store().put("large", Content.of(large));
        assertThat(store().get("large", ByteRange.first(large.length)).orElseThrow())
                .isEqualTo(large);
        assertThat(store().get("large", ByteRange.of(5 << 20, 3)).orElseThrow())
                .isEqualTo(new byte[] {large[5 << 20], large[(5 << 20) + 1], large[(5 << 20) + 2]});
    }

    /** A source that ends early, as when what is sent turns out to have changed. */
    @Test
    void anObjectThatCouldNotBeReadToItsEndNeverAppears() {
        Content broken = new Content() {
            @Override
            public long length() {
                return 1 << 20;
            }

            @Override
            public InputStream open() {
                return new InputStream() {
                    private int left = 1 << 19;

                    @Override
                    public int read() throws IOException {
                        if (left-- == 0) {
                            throw new IOException("the source broke");
                        }
                        return 7;
                    }

                    @Override
                    public int read(byte[] target, int from, int length) throws IOException {
                        if (length > 0) {
                            target[from] = (byte) read();
                        }
                        return Math.min(length, 1);
                    }
                };
            }
        };
        assertThatThrownBy(() -> store().put("half", broken)).isInstanceOf(StoreException.class);
        assertThat(store().head("half")).isEmpty();
        assertThat(keys("")).doesNotContain("half");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "/etc/passwd",
                "../outside",
                "a/../../outside",
                "a//b",
                "a/",
                ".hidden",
                "a/.new-1",
                "a\\b",
                "a\u0000b",
                "ü",
                "a b",
                "a/./b",
                "C:/x"
            })
    void hostileKeysAreRefused(String key) {
        assertThatThrownBy(() -> store().put(key, Content.of(new byte[1])))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> store().putIfAbsent(key, new byte[1])).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> store().get(key, ByteRange.first(1))).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> store().head(key)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> store().delete(key)).isInstanceOf(IllegalArgumentException.class);
    }
}
