package dev.mgit.lineage.imports;

import dev.mgit.delta.Dtype;
import dev.mgit.delta.Hashes;
import dev.mgit.delta.TensorSpec;
import dev.mgit.delta.format.torch.StoredParameter;
import dev.mgit.delta.layout.ByteSource;
import dev.mgit.delta.layout.FileByteSource;
import dev.mgit.delta.layout.FormatException;
import dev.mgit.delta.layout.LogicalTensor;
import dev.mgit.delta.numeric.Floats;
import dev.mgit.delta.numeric.LittleEndian;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.tukaani.xz.MemoryLimitException;
import org.tukaani.xz.XZFormatException;
import org.tukaani.xz.XZInputStream;

/**
 * The elements of one parameter of the published MGit's store, in order: as they are stored, or its parent's plus the
 * difference. Held against the SHA-256 that is the file's name: of the stored bytes, or of the 64-bit sums, which are what
 * MGit hashes. They are then rounded to the parent's dtype, as PyTorch does when it loads them into the model.
 */
final class ParameterReader implements AutoCloseable {
    /** Memory for unpacking, with which the largest dictionary of xz's presets is read. */
    private static final int MOST_KIBIBYTES = 65 << 10;

    /** ln(1 + ε) for the ε = 1e-4 that is fixed in MGit, as NumPy gives it. */
    private static final double STEP = 0x1.a368d0657fcd4p-14;

    private final FileByteSource file;
    private final Optional<ParameterReader> parent;
    private final TensorSpec spec;
    private final @Nullable ByteSource stored;
    private final @Nullable InputStream difference;
    private final MessageDigest digest = Hashes.sha256();
    private long done;

    private ParameterReader(
            FileByteSource file,
            Optional<ParameterReader> parent,
            TensorSpec spec,
            @Nullable ByteSource stored,
            @Nullable InputStream difference) {
        this.file = file;
        this.parent = parent;
        this.spec = spec;
        this.stored = stored;
        this.difference = difference;
    }

    /** Finds the parent of a parameter that is stored as a difference. */
    interface Parents {
        ParameterReader open() throws IOException;
    }

    static ParameterReader open(String name, Path path, Parents parents) throws IOException {
        FileByteSource file = FileByteSource.open(path);
        Optional<ParameterReader> parent = Optional.empty();
        boolean kept = false;
        try {
            StoredParameter parameter = StoredParameter.read(file);
            ParameterReader reader;
            if (parameter.whole().isPresent()) {
                LogicalTensor tensor = parameter.whole().get();
                TensorSpec spec = new TensorSpec(
                        name, tensor.spec().dtype(), tensor.spec().shape());
                reader = new ParameterReader(file, parent, spec, tensor.open(file), null);
            } else {
                parent = Optional.of(parents.open());
                TensorSpec base = parent.get().spec();
                if (!base.shape().equals(parameter.shape()) || !base.dtype().isFloat()) {
                    throw new FormatException("it differs from a parameter of shape " + base.shape() + " and dtype "
                            + base.dtype() + ", but has the shape " + parameter.shape());
                }
                reader = new ParameterReader(
                        file,
                        parent,
                        new TensorSpec(name, base.dtype(), base.shape()),
                        null,
                        unpack(parameter.packed()));
            }
            kept = true;
            return reader;
        } catch (FormatException e) {
            throw e.in(String.valueOf(path.getFileName()));
        } finally {
            if (!kept) {
                parent.ifPresent(ParameterReader::close);
                file.close();
            }
        }
    }

    TensorSpec spec() {
        return spec;
    }

    /** Reads the next elements into the beginning of a buffer. */
    void read(byte[] target, int elements) throws IOException {
        Dtype dtype = spec.dtype();
        if (stored != null) {
            int length = elements * dtype.bytes();
            stored.read(done * dtype.bytes(), target, 0, length);
            digest.update(target, 0, length);
        } else {
            parent.orElseThrow().read(target, elements);
            double[] values = new double[elements];
            Floats.read(dtype, target, 0, values, elements);
            byte[] words = new byte[elements * Long.BYTES];
            if (difference == null || readDifference(difference, words) < words.length) {
                throw new FormatException("its difference has fewer elements than its shape says").in(spec.name());
            }
            for (int i = 0; i < elements; i++) {
                long steps = (long) LittleEndian.LONG.get(words, i * Long.BYTES);
                values[i] += 2 * steps * STEP;
                LittleEndian.LONG.set(words, i * Long.BYTES, Double.doubleToRawLongBits(values[i]));
            }
            digest.update(words);
            Floats.write(dtype, values, target, 0, elements);
        }
        done += elements;
    }

    private static InputStream unpack(byte[] packed) throws IOException {
        try {
            // What comes out is held against a SHA-256.
            return new XZInputStream(new ByteArrayInputStream(packed), MOST_KIBIBYTES, false);
        } catch (XZFormatException e) {
            throw new FormatException("it was not compressed by xz");
        }
    }

    private int readDifference(InputStream from, byte[] words) {
        try {
            return from.readNBytes(words, 0, words.length);
        } catch (MemoryLimitException e) {
            throw new FormatException("xz compressed it with a dictionary that takes more than 65 MiB").in(spec.name());
        } catch (IOException e) {
            throw new FormatException("xz cannot unpack it: " + e.getMessage()).in(spec.name());
        }
    }

    /** @throws FormatException if what was read is not what the file's name says */
    void requireHash(String sha256) {
        if (!HexFormat.of().formatHex(digest.digest()).equals(sha256)) {
            throw new FormatException(
                    "it is not what its name says: its SHA-256 is another",
                    "the store is damaged, or a parent was saved again; let MGit write the model's folder if it can");
        }
    }

    @Override
    public void close() {
        parent.ifPresent(ParameterReader::close);
        try {
            file.close();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
