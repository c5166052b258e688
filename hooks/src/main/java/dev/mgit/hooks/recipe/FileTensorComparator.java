package dev.mgit.hooks.recipe;

import dev.mgit.delta.Dtype;
import dev.mgit.delta.MgitException;
import dev.mgit.delta.TensorSpec;
import dev.mgit.delta.format.Formats;
import dev.mgit.delta.layout.ByteSource;
import dev.mgit.delta.layout.FileByteSource;
import dev.mgit.delta.layout.Layout;
import dev.mgit.delta.layout.LogicalTensor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Compares the float tensors (F64, F32, F16, BF16) of two files of any known format by name, a stretch at a time.
 * Tensors of other dtypes are compared as bytes; where those differ the distances are not numbers.
 */
public final class FileTensorComparator implements TensorComparator {
    private static final int STRETCH = 1 << 18;

    @Override
    public List<Difference> compare(Path expected, Path actual) {
        try (FileByteSource leftFile = FileByteSource.open(expected);
                FileByteSource rightFile = FileByteSource.open(actual)) {
            Layout expectedLayout = Formats.layoutOf(expected, leftFile);
            Layout actualLayout = Formats.layoutOf(actual, rightFile);
            ByteSource left = expectedLayout.content(leftFile);
            ByteSource right = actualLayout.content(rightFile);
            Map<String, LogicalTensor> before = tensors(expectedLayout);
            Map<String, LogicalTensor> after = tensors(actualLayout);
            List<Difference> differences = new ArrayList<>();
            for (Map.Entry<String, LogicalTensor> tensor : before.entrySet()) {
                LogicalTensor other = after.remove(tensor.getKey());
                Optional<Difference> difference = other == null
                        ? Optional.of(unknown(tensor.getKey()))
                        : compare(tensor.getKey(), left, tensor.getValue(), right, other);
                difference.ifPresent(differences::add);
            }
            after.keySet().forEach(extra -> differences.add(unknown(extra)));
            return differences;
        } catch (MgitException e) {
            // Damaged, or of no known format: all there is to say is that the bytes differ.
            return List.of();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Map<String, LogicalTensor> tensors(Layout layout) {
        Map<String, LogicalTensor> result = new LinkedHashMap<>();
        layout.tensors().forEach(tensor -> result.put(tensor.name(), tensor));
        return result;
    }

    private static Difference unknown(String tensor) {
        return new Difference(tensor, Double.NaN, Double.NaN);
    }

    private static Optional<Difference> compare(
            String name, ByteSource left, LogicalTensor from, ByteSource right, LogicalTensor to) throws IOException {
        TensorSpec spec = from.spec();
        ByteSource expected = from.open(left);
        ByteSource actual = to.open(right);
        if (!spec.equals(to.spec()) || expected.size() != actual.size()) {
            return Optional.of(unknown(name));
        }
        boolean floats = spec.dtype() == Dtype.F64
                || spec.dtype() == Dtype.F32
                || spec.dtype() == Dtype.F16
                || spec.dtype() == Dtype.BF16;
        double largest = 0;
        double squares = 0;
        boolean same = true;
        byte[] a = new byte[STRETCH];
        byte[] b = new byte[STRETCH];
        for (long at = 0; at < expected.size(); at += STRETCH) {
            int length = (int) Math.min(STRETCH, expected.size() - at);
            expected.read(at, a, 0, length);
            actual.read(at, b, 0, length);
            if (java.util.Arrays.equals(a, 0, length, b, 0, length)) {
                continue;
            }
            same = false;
            for (int i = 0; floats && i < length; i += spec.dtype().bytes()) {
                double difference = Math.abs(value(a, i, spec.dtype()) - value(b, i, spec.dtype()));
                largest = Math.max(largest, difference);
                squares += difference * difference;
            }
        }
        if (same) {
            return Optional.empty();
        }
        return Optional.of(floats ? new Difference(name, largest, Math.sqrt(squares)) : unknown(name));
    }

    private static double value(byte[] bytes, int at, Dtype dtype) {
        ByteBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        return switch (dtype) {
            case F64 -> buffer.getDouble(at);
            case F32 -> buffer.getFloat(at);
            case BF16 -> Float.intBitsToFloat(buffer.getShort(at) << 16);
            default -> half(buffer.getShort(at));
        };
    }

    /** IEEE 754 binary16. */
    private static double half(short bits) {
        int exponent = bits >> 10 & 31;
        int mantissa = bits & 1023;
        double magnitude = switch (exponent) {
            case 0 -> mantissa * 0x1p-24;
            case 31 -> mantissa == 0 ? Double.POSITIVE_INFINITY : Double.NaN;
            default -> (1024 + mantissa) * Math.pow(2, exponent - 25);
        };
        return bits < 0 ? -magnitude : magnitude;
    }
}
