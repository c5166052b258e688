package dev.mgit.bench;

import dev.mgit.delta.Dtype;
import dev.mgit.delta.TensorSpec;
import dev.mgit.delta.format.Formats;
import dev.mgit.delta.format.safetensors.SafetensorsHeader;
import dev.mgit.delta.layout.FileByteSource;
import dev.mgit.delta.layout.Layout;
import dev.mgit.delta.numeric.Floats;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * The matrices of a model in fp8, as published checkpoints hold them: divided by a scale that makes the largest
 * magnitude the largest number there is, or cast as they are. The scales, under a thousandth of the file, are left out.
 */
final class Fp8File {
    /** What shares a scale. */
    enum Scale {
        NONE("cast as it is"),
        TENSOR("scale per tensor"),
        CHANNEL("scale per channel");

        final String words;

        Scale(String words) {
            this.words = words;
        }
    }

    private final Dtype dtype;
    private final Scale scale;

    Fp8File(Dtype dtype, Scale scale) {
        this.dtype = dtype;
        this.scale = scale;
    }

    /** Writes the fp32 matrices of {@code source} as one safetensors file; one matrix in memory at a time. */
    void write(Path source, Path target) throws IOException {
        try (FileByteSource bytes = FileByteSource.open(source);
                OutputStream out = new BufferedOutputStream(Files.newOutputStream(target))) {
            List<Layout.Range> matrices =
                    Formats.layoutOf(String.valueOf(source.getFileName()), bytes).ranges().stream()
                            .filter(Fp8File::isMatrix)
                            .toList();
            List<TensorSpec> specs = matrices.stream()
                    .map(range -> range.tensor().orElseThrow())
                    .map(spec -> new TensorSpec(spec.name(), dtype, spec.shape()))
                    .toList();
            out.write(SafetensorsHeader.of(specs, Map.of()).bytes());
            for (Layout.Range range : matrices) {
                byte[] raw = new byte[(int) range.length()];
                bytes.read(range.offset(), raw, 0, raw.length);
                out.write(narrow(raw, range.tensor().orElseThrow()));
            }
        }
    }

    private static boolean isMatrix(Layout.Range range) {
        return range.tensor()
                .filter(spec -> spec.dtype() == Dtype.F32 && spec.shape().size() == 2 && spec.byteLength() > 1 << 16)
                .isPresent();
    }

    private byte[] narrow(byte[] raw, TensorSpec spec) {
        float[] values = new float[raw.length / Float.BYTES];
        Floats.read(Dtype.F32, raw, 0, values, values.length);
        int run = scale == Scale.CHANNEL ? Math.toIntExact(spec.shape().get(1)) : values.length;
        for (int from = 0; scale != Scale.NONE && from < values.length; from += run) {
            divide(values, from, from + run);
        }
        byte[] narrow = new byte[values.length];
        Floats.write(dtype, values, narrow, 0, values.length);
        return narrow;
    }

    private void divide(float[] values, int from, int to) {
        float largest = 0;
        for (int i = from; i < to; i++) {
            largest = Math.max(largest, Math.abs(values[i]));
        }
        if (largest == 0) {
            Arrays.fill(values, from, to, 0);
            return;
        }
        float divisor = largest / (dtype == Dtype.F8_E4M3 ? 448f : 57344f);
        for (int i = from; i < to; i++) {
            values[i] /= divisor;
        }
    }
}
