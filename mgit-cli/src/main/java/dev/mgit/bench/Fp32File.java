package dev.mgit.bench;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;

/** A made safetensors file that holds nothing but fp32 tensors, as one array. */
final class Fp32File {
    private Fp32File() {}

    static float[] read(Path file) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
        int start = Math.toIntExact(8 + bytes.getLong(0));
        float[] values = new float[(bytes.capacity() - start) / 4];
        bytes.position(start)
                .slice()
                .order(ByteOrder.LITTLE_ENDIAN)
                .asFloatBuffer()
                .get(values);
        return values;
    }

    /** NaN where the arrays differ in length or hold one. */
    static double largestDifference(float[] a, float[] b) {
        double largest = a.length == b.length ? 0 : Double.NaN;
        for (int i = 0; i < Math.min(a.length, b.length); i++) {
            double difference = Math.abs((double) a[i] - b[i]);
            largest = difference <= largest ? largest : difference;
        }
        return largest;
    }
}
