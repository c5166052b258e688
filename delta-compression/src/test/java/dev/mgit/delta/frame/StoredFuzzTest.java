package dev.mgit.delta.frame;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.mgit.delta.BlockId;
import dev.mgit.delta.Dtype;
import dev.mgit.delta.MgitException;
import dev.mgit.delta.codec.BlockCoder;
import dev.mgit.delta.codec.Effort;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;

/** Whatever a damaged store hands out, parsing and decoding give a value or refuse as damage; nothing else. */
class StoredFuzzTest {
    private static final int LENGTH = 2048;
    private static final Dtype[] DTYPES = {Dtype.F32, Dtype.BF16, Dtype.F16, Dtype.I8};

    static Stream<byte[]> frames() {
        var prediction = new Prediction(1, List.of(Region.whole(BlockId.of(new byte[32]), LENGTH)), new byte[3]);
        return Stream.of(
                Frame.root(Dtype.F32, LENGTH, noise(100)).encode(),
                new Frame(Dtype.F32, LENGTH, 1, 1, Optional.of(prediction), noise(50)).encode());
    }

    @MethodSource("frames")
    @FuzzTest(maxDuration = "5m")
    void frame(byte[] bytes) {
        if (bytes.length < 6) {
            return;
        }
        byte[] sealed = FrameTest.seal(bytes.clone());
        try {
            assertThat(Frame.parse(sealed).encode()).isEqualTo(sealed);
        } catch (MgitException e) {
            assertThat(e.getMessage()).doesNotContain("\n");
        }
    }

    /** Payloads of every dtype below, the first byte saying which and whether there is a prediction. */
    static Stream<byte[]> payloads() {
        return Stream.iterate(0, i -> i < 2 * DTYPES.length, i -> i + 1).map(StoredFuzzTest::payload);
    }

    private static byte[] payload(int kind) {
        byte[] raw = noise(LENGTH);
        byte[] predicted = raw.clone();
        for (int i = 0; i < LENGTH; i += 8) {
            predicted[i] ^= 1;
        }
        byte[] out = new byte[BlockCoder.maxEncodedLength(LENGTH)];
        try (var coder = new BlockCoder()) {
            int size =
                    coder.encode(raw, LENGTH, DTYPES[kind / 2], kind % 2 == 0 ? null : predicted, Effort.BALANCED, out);
            byte[] all = new byte[size + 1];
            all[0] = (byte) kind;
            System.arraycopy(out, 0, all, 1, size);
            return all;
        }
    }

    @MethodSource("payloads")
    @FuzzTest(maxDuration = "5m")
    void payload(byte[] bytes) {
        if (bytes.length == 0) {
            return;
        }
        int kind = Math.floorMod(bytes[0], 2 * DTYPES.length);
        byte[] payload = Arrays.copyOfRange(bytes, 1, bytes.length);
        byte[] predicted = kind % 2 == 0 ? null : noise(LENGTH);
        try (var coder = new BlockCoder()) {
            coder.decode(payload, 0, payload.length, DTYPES[kind / 2], predicted, new byte[LENGTH], LENGTH);
        } catch (MgitException e) {
            assertThat(e.kind()).isEqualTo(MgitException.Kind.INTEGRITY);
        }
    }

    private static byte[] noise(int length) {
        byte[] bytes = new byte[length];
        new SplittableRandom(length).nextBytes(bytes);
        return bytes;
    }
}
