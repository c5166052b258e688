package dev.mgit.delta.frame;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.mgit.delta.BlockId;
import dev.mgit.delta.Dtype;
import dev.mgit.delta.MgitException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** All data here is made. */
class FrameTest {
    static Stream<Frame> frames() {
        return Stream.of(
                Frame.root(Dtype.OPAQUE, 0, new byte[0]),
                Frame.root(Dtype.BF16, 1 << 20, random(1000)),
                predicted(1536, 1, List.of(Region.whole(id(1), 1536)), new byte[0], random(40)),
                predicted(1536, 4, List.of(new Region(List.of(id(1)), 4, 1536)), new byte[0], new byte[0]),
                predicted(1536, 4, List.of(new Region(List.of(id(1)), 0, 1537)), random(3), new byte[0]),
                predicted(900, 255, List.of(), random(200), random(17)),
                predicted(900, 2, List.of(new Region(List.of(), 0, 0)), random(200), random(17)),
                predicted(
                        5_000_000,
                        3,
                        IntStream.range(0, Frame.MAX_REGIONS)
                                .mapToObj(i -> new Region(List.of(id(i), id(i + 100)), i * 1000, 1_000_000 + i))
                                .toList(),
                        random(300),
                        random(99)));
    }

    private static Frame predicted(int rawLength, int depth, List<Region> sources, byte[] parameters, byte[] payload) {
        return new Frame(
                Dtype.F32, rawLength, depth, depth + 3, Optional.of(new Prediction(17, sources, parameters)), payload);
    }

    @ParameterizedTest
    @MethodSource("frames")
    void parseUndoesEncode(Frame frame) {
        Frame back = Frame.parse(frame.encode());

        assertThat(back.dtype()).isEqualTo(frame.dtype());
        assertThat(back.rawLength()).isEqualTo(frame.rawLength());
        assertThat(back.depth()).isEqualTo(frame.depth());
        assertThat(back.generation()).isEqualTo(frame.generation());
        assertThat(back.payload()).isEqualTo(frame.payload());
        assertThat(back.prediction().map(Prediction::sources))
                .isEqualTo(frame.prediction().map(Prediction::sources));
        assertThat(back.prediction().map(Prediction::predictor))
                .isEqualTo(frame.prediction().map(Prediction::predictor));
        if (frame.prediction().isPresent()) {
            assertThat(back.prediction().orElseThrow().parameters())
                    .isEqualTo(frame.prediction().orElseThrow().parameters());
        }
        assertThat(back.encode()).isEqualTo(frame.encode());
    }

    @Test
    void bytesAreThoseOfTheFormatDocument() {
        Frame frame = new Frame(
                Dtype.BF16,
                300,
                2,
                5,
                Optional.of(new Prediction(
                        17, List.of(new Region(List.of(id(7)), 5, 300)), new byte[] {(byte) 0xaa, (byte) 0xbb})),
                new byte[] {1, 2, 3});

        assertThat(HexFormat.of().formatHex(frame.encode()))
                .isEqualTo("d7" + "01" + "01" + "04" + "ac02" // magic, version, predicted, BF16, 300
                        + "02" + "05" + "11" + "01" // depth, generation, predictor 17, one region
                        + "01" + "05" + "ac02" + id(7).hex() // one block, skip, length
                        + "02" + "aabb" + "010203" // parameters, payload
                        + "431aa9fb"); // CRC32C
    }

    @Test
    void aSmallPredictedTensorPaysUnderFiftyBytes() {
        Frame frame = predicted(1536, 1, List.of(Region.whole(id(1), 1536)), new byte[0], new byte[0]);

        assertThat(frame.encode()).hasSizeLessThan(50);
    }

    @ParameterizedTest
    @MethodSource("frames")
    void everyTruncationIsRefused(Frame frame) {
        byte[] whole = frame.encode();
        for (int length = 0; length < whole.length; length++) {
            byte[] cut = Arrays.copyOf(whole, length);
            assertThat(refusalOf(cut)).as("cut to %d", length).isEqualTo(FrameException.Refusal.CORRUPT);
        }
    }

    @ParameterizedTest
    @MethodSource("frames")
    void everyFlippedBitIsRefused(Frame frame) {
        byte[] bytes = frame.encode();
        for (int bit = 0; bit < bytes.length * 8; bit++) {
            bytes[bit / 8] ^= (byte) (1 << (bit % 8));
            assertThat(refusalOf(bytes)).as("bit %d", bit).isEqualTo(FrameException.Refusal.CORRUPT);
            bytes[bit / 8] ^= (byte) (1 << (bit % 8));
        }
    }

    /** A forger can make the checksum right, so everything behind it has to hold by itself. */
    @ParameterizedTest
    @MethodSource("frames")
    void forgedFramesAreRefusedOrEncodeBackToThemselves(Frame frame) {
        byte[] original = frame.encode();
        SplittableRandom random = new SplittableRandom(11);
        int header = Math.min(original.length - 4, 200);
        for (int at = 2; at < header; at++) {
            for (int value : new int[] {0, 1, 2, 0x7f, 0x80, 0xff, random.nextInt(256)}) {
                byte[] forged = original.clone();
                forged[at] = (byte) value;
                assertHolds(seal(forged));
            }
        }
        for (int length = 6; length < header; length++) {
            assertHolds(seal(Arrays.copyOf(original, length)));
        }
    }

    private static void assertHolds(byte[] forged) {
        Throwable refused =
                catchThrowable(() -> assertThat(Frame.parse(forged).encode()).isEqualTo(forged));
        if (refused != null) {
            assertThat(refused).isInstanceOf(FrameException.class);
        }
    }

    @Test
    void otherVersionsAreToldApartFromDamage() {
        byte[] bytes = Frame.root(Dtype.F16, 2, random(5)).encode();

        bytes[1] = 0;
        assertThat(refusalOf(seal(bytes))).isEqualTo(FrameException.Refusal.TOO_OLD);
        bytes[1] = Frame.VERSION + 1;
        assertThat(refusalOf(seal(bytes))).isEqualTo(FrameException.Refusal.TOO_NEW);
        assertThatThrownBy(() -> Frame.parse(bytes)).hasMessageContaining("frame version 2; the newest");
        bytes[bytes.length - 1]++;
        assertThat(refusalOf(bytes)).isEqualTo(FrameException.Refusal.CORRUPT);
    }

    @Test
    void limitsHoldWhenWriting() {
        List<Region> tooMany = new ArrayList<>();
        for (int i = 0; i <= Frame.MAX_REGIONS; i++) {
            tooMany.add(Region.whole(id(i), 1));
        }
        assertThatThrownBy(() -> predicted(1, 1, tooMany, new byte[0], new byte[0]))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> predicted(1, 0, List.of(), new byte[0], new byte[0]))
                .isInstanceOf(IllegalArgumentException.class);
        Region big = new Region(List.of(id(1)), 0, Frame.MAX_SOURCE_BYTES);
        assertThatThrownBy(() -> predicted(1, 1, List.of(big, big), new byte[0], new byte[0]))
                .isInstanceOf(IllegalArgumentException.class);
    }

    private static FrameException.Refusal refusalOf(byte[] bytes) {
        Throwable thrown = catchThrowable(() -> Frame.parse(bytes));
        assertThat(thrown).isInstanceOf(FrameException.class);
        FrameException refused = (FrameException) thrown;
        assertThat(refused.kind()).isEqualTo(MgitException.Kind.INTEGRITY);
        return refused.refusal();
    }

    /** Makes the checksum right, in place. */
    static byte[] seal(byte[] frame) {
        CRC32C crc = new CRC32C();
        crc.update(frame, 0, frame.length - 4);
        for (int i = 0; i < 4; i++) {
            frame[frame.length - 4 + i] = (byte) (crc.getValue() >>> (8 * i));
        }
        return frame;
    }

    private static BlockId id(int seed) {
        byte[] bytes = new byte[BlockId.BYTES];
        Arrays.fill(bytes, (byte) seed);
        return BlockId.of(bytes);
    }

    private static byte[] random(int length) {
        byte[] bytes = new byte[length];
        new SplittableRandom(length).nextBytes(bytes);
        return bytes;
    }
}
