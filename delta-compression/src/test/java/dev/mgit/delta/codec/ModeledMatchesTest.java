package dev.mgit.delta.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mgit.delta.MgitException;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** What zstd's search found is coded in fewer bytes than zstd takes, and comes back. Everything is made from fixed seeds. */
class ModeledMatchesTest {
    private final ZstdPatch patch = new ZstdPatch();

    @Test
    void sequencesOfAFrameAreTheBlock() {
        byte[] before = instructions(1, 60_000);
        for (Effort effort : Effort.values()) {
            for (byte[] raw : new byte[][] {
                edited(before, 9),
                instructions(2, 300_000),
                noise(3, 200_000),
                joined(noise(4, 150_000), before, new byte[400_000], noise(4, 150_000)),
                new byte[0],
                {7},
                Arrays.copyOf("abcabcabcabc abcabc".getBytes(StandardCharsets.US_ASCII), 70_000)
            }) {
                assertThat(rebuilt(before, raw, frame(before, raw, effort))).isEqualTo(raw);
            }
        }
    }

    @Test
    void blocksComeBack() {
        byte[] before = instructions(1, 60_000);
        for (byte[] raw : new byte[][] {
            edited(before, 9), instructions(2, 100_000), noise(3, 10_000), before, {}, {7}, new byte[300_000]
        }) {
            for (byte[] context : new byte[][] {before, {}, raw}) {
                assertThat(decoded(context, coded(context, raw), raw.length)).isEqualTo(raw);
            }
        }
    }

    /** Bytes between matches, and distances, follow from what stands around them. */
    @Test
    void codeTakesLessThanInTheFrame() {
        byte[] before = instructions(1, 200_000);
        byte[] raw = edited(before, 5);
        assertThat(coded(before, raw).length).isLessThan(frame(before, raw, Effort.SMALL).length * 92 / 100);
    }

    @Test
    void damageIsRefusedOrDecodesToSomething() {
        byte[] before = instructions(1, 20_000);
        byte[] raw = edited(before, 9);
        byte[] good = coded(before, raw);
        SplittableRandom random = new SplittableRandom(5);
        for (int round = 0; round < 200; round++) {
            byte[] bad = good.clone();
            bad[random.nextInt(bad.length)] ^= (byte) (1 << random.nextInt(8));
            try {
                decoded(before, bad, raw.length);
            } catch (MgitException e) {
                assertThat(e.kind()).isEqualTo(MgitException.Kind.INTEGRITY);
            }
        }
        byte[] cut = Arrays.copyOf(good, good.length / 2);
        byte[] longer = Arrays.copyOf(good, good.length + 100);
        assertThatThrownBy(() -> decoded(before, cut, raw.length)).isInstanceOf(MgitException.class);
        assertThatThrownBy(() -> decoded(before, longer, raw.length)).isInstanceOf(MgitException.class);
        assertThatThrownBy(() -> decoded(before, new byte[0], raw.length)).isInstanceOf(MgitException.class);
    }

    private byte[] frame(byte[] before, byte[] raw, Effort effort) {
        ByteSink sink = new ByteSink();
        patch.compress(before, effort, raw, raw.length, sink);
        return Arrays.copyOf(sink.array(), sink.size());
    }

    private static byte[] rebuilt(byte[] before, byte[] raw, byte[] frame) {
        byte[] all = joined(new byte[8], before, raw);
        int at = 8 + before.length;
        Arrays.fill(all, at, all.length, (byte) 0);
        int from = at;
        int[] matches = ZstdSequences.of(input(frame));
        for (int i = 0; i < matches.length; i += 3) {
            System.arraycopy(raw, at - from, all, at, matches[i]);
            at += matches[i];
            for (int k = 0; k < matches[i + 1]; k++, at++) {
                all[at] = all[at - matches[i + 2]];
            }
        }
        System.arraycopy(raw, at - from, all, at, all.length - at);
        return Arrays.copyOfRange(all, from, all.length);
    }

    private byte[] coded(byte[] before, byte[] raw) {
        ByteSink sink = new ByteSink();
        ModeledMatches.encode(before, raw, raw.length, input(frame(before, raw, Effort.SMALL)), sink);
        return Arrays.copyOf(sink.array(), sink.size());
    }

    private static byte[] decoded(byte[] before, byte[] payload, int length) {
        byte[] target = new byte[length];
        ModeledMatches.decode(before, input(payload), target, length);
        return target;
    }

    private static ByteInput input(byte[] bytes) {
        ByteInput input = new ByteInput();
        input.open(bytes, 0, bytes.length);
        return input;
    }

    /** Like compiled code: few operations, in patterns, with addresses between them. */
    private static byte[] instructions(long seed, int length) {
        SplittableRandom random = new SplittableRandom(seed);
        SplittableRandom patterns = new SplittableRandom(77);
        byte[][] pattern = new byte[500][];
        for (int i = 0; i < pattern.length; i++) {
            pattern[i] = new byte[patterns.nextInt(2, 12)];
            for (int k = 0; k < pattern[i].length; k++) {
                pattern[i][k] = (byte) (0x40 + patterns.nextInt(patterns.nextInt(1, 60)));
            }
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        while (out.size() < length) {
            out.writeBytes(pattern[random.nextInt(random.nextInt(1, 500))]);
            out.write(random.nextInt(256));
            out.write(random.nextInt(8));
        }
        return Arrays.copyOf(out.toByteArray(), length);
    }

    /** The same with every so many bytes changed a little, and a few inserted. */
    private static byte[] edited(byte[] source, int seed) {
        SplittableRandom random = new SplittableRandom(seed);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (int at = 0; at < source.length; ) {
            int length = Math.min(source.length - at, random.nextInt(3, 60));
            out.write(source, at, length);
            at += length + 1;
            out.write(random.nextInt(4));
            if (random.nextInt(20) == 0) {
                out.writeBytes(instructions(random.nextLong(), 30));
            }
        }
        return out.toByteArray();
    }

    private static byte[] noise(long seed, int length) {
        byte[] bytes = new byte[length];
        new SplittableRandom(seed).nextBytes(bytes);
        return bytes;
    }

    private static byte[] joined(byte[]... parts) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            all.writeBytes(part);
        }
        return all.toByteArray();
    }
}
