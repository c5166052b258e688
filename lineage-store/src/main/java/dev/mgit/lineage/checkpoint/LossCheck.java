package dev.mgit.lineage.checkpoint;

import dev.mgit.delta.Dtype;
import dev.mgit.delta.Hashes;
import dev.mgit.delta.MgitException;
import dev.mgit.delta.layout.ByteSource;
import dev.mgit.delta.layout.LogicalTensor;
import dev.mgit.delta.numeric.Floats;
import dev.mgit.lineage.checkpoint.LossReport.FileLoss;
import dev.mgit.lineage.checkpoint.LossReport.TensorLoss;
import dev.mgit.lineage.parameters.BlockReader;
import dev.mgit.lineage.parameters.BlockWriter;
import dev.mgit.lineage.parameters.ObjectReader;
import dev.mgit.lineage.parameters.ParameterStore;
import dev.mgit.lineage.parameters.StoredObject;
import dev.mgit.lineage.parameters.TensorObjects;
import dev.mgit.lineage.version.Manifest;
import java.io.IOException;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;

/**
 * Reads a lossily stored file back and holds every element against the original. One pass over the file, one block in
 * memory at a time.
 */
final class LossCheck {
    private final ParameterStore store;
    private final BlockReader reader;
    private final BlockWriter writer;
    private final double bound;
    private final double[] wanted = new double[Floats.CHUNK];
    private final double[] found = new double[Floats.CHUNK];

    private double largest;
    private double errors;
    private double energy;

    /** @param writer the one that stored the file */
    LossCheck(ParameterStore store, BlockReader reader, BlockWriter writer, double bound) {
        this.store = store;
        this.reader = reader;
        this.writer = writer;
        this.bound = bound;
    }

    /** A file's manifest as the store has the file, and how far that is from the original. */
    record Checked(Manifest manifest, FileLoss loss) {}

    /**
     * Checks one file.
     *
     * @param manifest as it was written: its objects are the store's, its hash is the original's
     * @throws MgitException of kind INTEGRITY if an element is further from the original than the bound
     */
    Checked check(String path, ByteSource original, Manifest manifest) throws IOException {
        MessageDigest digest = Hashes.sha256();
        List<TensorLoss> losses = new ArrayList<>();
        for (Manifest.Entry entry : manifest.entries()) {
            if (readBack(entry, original, digest)) {
                String name = entry.tensor().orElseThrow().name();
                if (!(largest <= bound)) {
                    throw MgitException.integrity(path + ", tensor '" + name + "': stored with an error of " + largest
                            + ", more than " + bound);
                }
                losses.add(new TensorLoss(name, largest, energy == 0 ? 0 : Math.sqrt(errors / energy)));
            }
        }
        String sha256 = HexFormat.of().formatHex(digest.digest());
        return new Checked(asStored(manifest, sha256), new FileLoss(path, manifest.sha256(), losses));
    }

    private Manifest asStored(Manifest written, String sha256) throws IOException {
        ByteSource stored = ObjectReader.content(new ObjectReader.Store(store, reader), written);
        List<LogicalTensor> tensors =
                written.tensors().stream().map(Manifest.Tensor::seen).toList();
        return new Manifest(
                written.format(),
                written.size(),
                sha256,
                written.entries(),
                TensorObjects.of(tensors, written.entries(), stored, sha256),
                written.packing());
    }

    /** Hashes a range as the store has it, and measures the error where it is not exact; true if so. */
    private boolean readBack(Manifest.Entry entry, ByteSource original, MessageDigest digest) throws IOException {
        if (entry.tensor().isEmpty()) {
            digest(entry, original, digest);
            return false;
        }
        StoredObject object = store.object(entry.object()).orElseThrow();
        largest = 0;
        errors = 0;
        energy = 0;
        boolean lossy = false;
        long at = entry.offset();
        for (StoredObject.Block block : object.blocks()) {
            byte[] bytes = new byte[block.length()];
            original.read(at, bytes, 0, bytes.length);
            if (writer.isInexact(block.id())) {
                byte[] stored = reader.read(block.id());
                measure(entry.tensor().orElseThrow().dtype(), bytes, stored);
                lossy |= !Arrays.equals(bytes, stored);
                bytes = stored;
            }
            digest.update(bytes);
            at += block.length();
        }
        return lossy;
    }

    /** What is no tensor is never stored other than it was. */
    private static void digest(Manifest.Entry entry, ByteSource original, MessageDigest digest) throws IOException {
        byte[] buffer = new byte[(int) Math.min(1 << 20, entry.length())];
        for (long done = 0; done < entry.length(); done += buffer.length) {
            int some = (int) Math.min(buffer.length, entry.length() - done);
            original.read(entry.offset() + done, buffer, 0, some);
            digest.update(buffer, 0, some);
        }
    }

    private void measure(Dtype dtype, byte[] original, byte[] stored) {
        int count = original.length / dtype.bytes();
        for (int first = 0; first < count; first += Floats.CHUNK) {
            int some = Math.min(Floats.CHUNK, count - first);
            Floats.read(dtype, original, first, wanted, some);
            Floats.read(dtype, stored, first, found, some);
            for (int i = 0; i < some; i++) {
                double error = Math.abs(found[i] - wanted[i]);
                largest = error <= largest ? largest : error; // a NaN stays
                errors += error * error;
                energy += wanted[i] * wanted[i];
            }
        }
    }
}
