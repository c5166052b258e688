package dev.mgit.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** The peers' codecs give back what they were given: figures of codecs that lose bits would flatter nobody. Made data. */
class ReferenceCodecTest {
    private static final int[] LENGTHS = {0, 1, 3, 4, 7, 1000, 4099, 1 << 16};

    private static List<ReferenceCodec> codecs(int width) {
        return List.of(
                BytePlanes.bitX(width),
                BytePlanes.zipNn(width),
                new FmDelta(width),
                new PlainZstd(3),
                new PlainZstd(19));
    }

    @Test
    void everyCodecGivesEveryBlockBackWithAndWithoutAParent() {
        for (int width : new int[] {2, 4}) {
            for (ReferenceCodec codec : codecs(width)) {
                try (codec) {
                    for (byte[][] pair : samples()) {
                        assertComesBack(codec, pair[0], pair[1]);
                        assertComesBack(codec, pair[0], null);
                    }
                }
            }
        }
    }

    /** Noise, equal blocks, small changes, and all bits set or clear, at odd lengths. */
    private static List<byte[][]> samples() {
        SplittableRandom random = new SplittableRandom(5);
        List<byte[][]> samples = new ArrayList<>();
        for (int length : LENGTHS) {
            byte[] noise = new byte[length];
            random.nextBytes(noise);
            byte[] near = noise.clone();
            for (int i = 0; i < length; i += 5) {
                near[i]++;
            }
            byte[] ones = new byte[length];
            Arrays.fill(ones, (byte) -1);
            samples.add(new byte[][] {noise, near});
            samples.add(new byte[][] {noise, noise});
            samples.add(new byte[][] {ones, new byte[length]});
            samples.add(new byte[][] {new byte[length], noise});
        }
        return samples;
    }

    private static void assertComesBack(ReferenceCodec codec, byte[] raw, byte[] predicted) {
        byte[] out = new byte[2 * raw.length + 1024];
        int size = codec.encode(raw, predicted, out);
        byte[] back = new byte[raw.length];
        codec.decode(Arrays.copyOf(out, size + 16), size, predicted, back);
        assertThat(back).as("%s, %d bytes", codec.name(), raw.length).isEqualTo(raw);
    }

    @Test
    void theRangeCoderNearsTheEntropyOfASkewedStream() {
        RangeModel model = new RangeModel(4);
        SplittableRandom random = new SplittableRandom(6);
        int count = 100_000;
        byte[] out = new byte[count];
        model.startEncode(out);
        for (int i = 0; i < count; i++) {
            model.encode(random.nextInt(16) == 0 ? 1 : 0);
        }
        double bits = 8.0 * model.finishEncode() / count;
        double entropy = -(Math.log(1 / 16.0) / 16 + Math.log(15 / 16.0) * 15 / 16) / Math.log(2);
        assertThat(bits).isBetween(0.98 * entropy, 1.03 * entropy);
    }
}
