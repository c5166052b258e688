package dev.mgit.delta.codec;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mgit.delta.Dtype;
import dev.mgit.delta.Hashes;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;

/**
 * Payloads written once must decode to the same bytes for ever. Each line of the resource holds a dtype, the block's
 * length, its prediction (or {@code -}) and payload in Base64, and the SHA-256 of the raw bytes. The data is made;
 * {@link #main} writes what today's coder makes of it, of which the lines of an added method belong behind the others.
 */
class GoldenPayloadTest {
    private static final String RESOURCE = "golden-payloads.txt";

    @Test
    void oldPayloadsDecodeToTheSameBytes() throws IOException {
        Set<Integer> methods = new HashSet<>();
        try (InputStream in = Objects.requireNonNull(GoldenPayloadTest.class.getResourceAsStream(RESOURCE));
                BlockCoder coder = new BlockCoder()) {
            for (String line : new String(in.readAllBytes(), StandardCharsets.US_ASCII).split("\n", -1)) {
                if (line.isEmpty()) {
                    continue;
                }
                List<String> fields = Arrays.asList(line.split(" ", -1));
                Dtype dtype = Dtype.valueOf(fields.get(0));
                byte[] raw = new byte[Integer.parseInt(fields.get(1))];
                byte[] prediction =
                        fields.get(2).equals("-") ? null : Base64.getDecoder().decode(fields.get(2));
                byte[] payload = Base64.getDecoder().decode(fields.get(3));
                coder.decode(payload, 0, payload.length, dtype, prediction, raw, raw.length);
                assertThat(digest(raw)).as(line).isEqualTo(fields.get(4));
                methods.add((int) payload[0]);
            }
        }
        assertThat(methods).containsExactlyInAnyOrder(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12);
    }

    private static String digest(byte[] bytes) {
        return HexFormat.of().formatHex(Hashes.sha256().digest(bytes));
    }

    public static void main(String[] args) throws IOException {
        List<String> lines = new ArrayList<>();
        try (BlockCoder coder = new BlockCoder()) {
            for (Effort effort : Effort.values()) {
                for (Dtype dtype :
                        new Dtype[] {Dtype.F32, Dtype.BF16, Dtype.F8_E4M3, Dtype.F64, Dtype.I32, Dtype.OPAQUE}) {
                    for (BlockSamples.Kind kind : BlockSamples.Kind.values()) {
                        int length = kind == BlockSamples.Kind.SPARSE_CHANGE ? 3001 : 515;
                        BlockSamples made = BlockSamples.make(kind, dtype, length, 99);
                        lines.add(line(coder, dtype, effort, made.raw, made.prediction));
                        if (kind == BlockSamples.Kind.PALETTE || kind == BlockSamples.Kind.FINE_TUNE) {
                            lines.add(line(coder, dtype, effort, made.raw, null));
                        }
                    }
                }
            }
            byte[] text = "the same words again and ".repeat(20).getBytes(StandardCharsets.US_ASCII);
            text[77] = 'X';
            byte[] edited = text.clone();
            edited[100] = 'Y';
            lines.add(line(coder, Dtype.OPAQUE, Effort.SMALL, edited, text));
            lines.add(line(coder, Dtype.OPAQUE, Effort.SMALL, text, null));
            lines.addAll(quantized(coder));
            byte[] moved = new byte[edited.length - 40];
            System.arraycopy(edited, 40, moved, 0, moved.length);
            lines.add(line(coder, Dtype.OPAQUE, Effort.BALANCED, moved, BlockCoderTest.words(3, 900)));
            lines.add(line(
                    coder, Dtype.OPAQUE, Effort.BALANCED, BlockCoderTest.words(3, 400), BlockCoderTest.words(3, 900)));
            byte[] steps = BlockCoderTest.smallSteps((1 << 14) + 1);
            lines.add(line(coder, Dtype.U8, Effort.BALANCED, steps, new byte[steps.length]));
            byte[] mixed = new byte[50_000];
            byte[] floats = BlockSamples.make(BlockSamples.Kind.UNRELATED, Dtype.F32, 49_000, 99).raw;
            System.arraycopy(BlockCoderTest.words(3, 901), 0, mixed, 0, 901);
            System.arraycopy(floats, 0, mixed, 901, floats.length);
            lines.add(line(coder, Dtype.OPAQUE, Effort.BALANCED, mixed, BlockCoderTest.words(3, 900)));
            byte[] reworded = BlockCoderTest.words(3, 4000);
            for (int i = 0; i < reworded.length; i += 7 + i % 5) {
                reworded[i] = (byte) "abc".charAt(i % 3);
            }
            lines.add(line(coder, Dtype.OPAQUE, Effort.SMALL, reworded, BlockCoderTest.words(3, 4000)));
        }
        Files.writeString(Path.of(args[0]), String.join("\n", new java.util.LinkedHashSet<>(lines)) + "\n");
    }

    /** With and without contexts, and with elements that are no multiple of the step. */
    private static List<String> quantized(BlockCoder coder) {
        List<String> lines = new ArrayList<>();
        for (Dtype dtype : new Dtype[] {Dtype.F64, Dtype.F32, Dtype.F16, Dtype.BF16}) {
            for (int length : new int[] {515, 4097 * dtype.bytes() + 1}) {
                BlockSamples made = BlockSamples.make(BlockSamples.Kind.UNRELATED, dtype, length, 7);
                var quantized = new LossyQuantizer(dtype, 0.125)
                        .reconstruct(made.raw, length, made.prediction, 64)
                        .orElseThrow();
                quantized.raw()[length / 2] ^= 1;
                byte[] out = new byte[BlockCoder.maxEncodedLength(length)];
                int size = coder.encode(
                        quantized.raw(), length, dtype, made.prediction, quantized.quantum(), Effort.BALANCED, out);
                lines.add(line(dtype, quantized.raw(), made.prediction, Arrays.copyOf(out, size)));
            }
        }
        return lines;
    }

    private static String line(
            BlockCoder coder,
            Dtype dtype,
            Effort effort,
            byte[] raw,
            byte @org.jspecify.annotations.Nullable [] prediction) {
        byte[] out = new byte[BlockCoder.maxEncodedLength(raw.length)];
        int size = coder.encode(raw, raw.length, dtype, prediction, effort, out);
        return line(dtype, raw, prediction, Arrays.copyOf(out, size));
    }

    private static String line(
            Dtype dtype, byte[] raw, byte @org.jspecify.annotations.Nullable [] prediction, byte[] payload) {
        Base64.Encoder base64 = Base64.getEncoder();
        return String.join(
                " ",
                dtype.name(),
                Integer.toString(raw.length),
                prediction == null ? "-" : base64.encodeToString(prediction),
                base64.encodeToString(payload),
                digest(raw));
    }
}
