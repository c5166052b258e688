package dev.mgit.bench;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * The MGit paper's lossy coder as its authors run it ({@code delta_compression.py} of msr-fiddle/mgit): q = floor(Δ /
 * (2·ln(1 + ε)) + 0.5) as 64-bit words, compressed by Python's own LZMA, here a million at a time.
 */
final class PaperCoder {
    private static final int WORDS = 1 << 20;
    private static final String SCRIPT = "import sys,lzma; d=sys.stdin.buffer.read(); c=lzma.compress(d); "
            + "assert lzma.decompress(c)==d; print(len(c))";

    private final double step;
    private long original;
    private long stored;
    private double largestError;
    private String why = "nothing was encoded";
    private boolean failed;

    PaperCoder(double bound) {
        this.step = 2 * Math.log1p(bound);
    }

    /** Codes a model's weights against those its parent is stored with. */
    void add(float[] parent, Path files) throws IOException {
        float[] child = Fp32File.read(files.resolve("model.safetensors"));
        for (int from = 0; from < child.length && !failed; from += WORDS) {
            int count = Math.min(WORDS, child.length - from);
            ByteBuffer words = ByteBuffer.allocate(8 * count).order(ByteOrder.LITTLE_ENDIAN);
            for (int i = from; i < from + count; i++) {
                double quantum = Math.floor(((double) child[i] - parent[i]) / step + 0.5);
                words.putLong((long) quantum);
                largestError = Math.max(largestError, Math.abs(parent[i] + quantum * step - child[i]));
            }
            stored += compressed(words.array());
            original += 4L * count;
        }
    }

    private long compressed(byte[] words) throws IOException {
        try {
            Process python = new ProcessBuilder("python3", "-c", SCRIPT)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            try (OutputStream in = python.getOutputStream()) {
                in.write(words);
            }
            String printed = new String(python.getInputStream().readAllBytes(), StandardCharsets.US_ASCII).strip();
            if (python.waitFor() == 0) {
                return Long.parseLong(printed);
            }
            fail("python3 has no lzma");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            fail("interrupted");
        } catch (IOException e) {
            fail("python3 does not start");
        }
        return 0;
    }

    private void fail(String reason) {
        failed = true;
        why = reason;
    }

    boolean ran() {
        return !failed && original > 0;
    }

    String why() {
        return why;
    }

    long original() {
        return original;
    }

    long stored() {
        return stored;
    }

    double largestError() {
        return largestError;
    }
}
