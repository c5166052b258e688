package dev.mgit.delta.format.tfjs;

import dev.mgit.delta.Dtype;
import dev.mgit.delta.TensorSpec;
import dev.mgit.delta.layout.ByteSource;
import dev.mgit.delta.layout.CompanionReader;
import dev.mgit.delta.layout.FileByteSource;
import dev.mgit.delta.layout.FolderListing;
import dev.mgit.delta.layout.FormatException;
import dev.mgit.delta.layout.Layout;
import dev.mgit.delta.layout.LayoutBuilder;
import dev.mgit.delta.layout.LogicalTensor;
import dev.mgit.delta.layout.UnsupportedFormatException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Reads the shards of a TensorFlow.js model as the manifest beside them says. Part of a weight that two shards share is
 * named as NumPy would index it, {@code kernel.flat[0:1024]}.
 */
public final class TfjsReader implements CompanionReader {
    private static final String MANIFESTS = "{model.json,*manifest.json}";
    private static final long LONGEST = 1L << 28;

    @Override
    public String name() {
        return "tfjs";
    }

    @Override
    public boolean checksumsTensors() {
        return false;
    }

    @Override
    public boolean isExport() {
        return true;
    }

    @Override
    public boolean ownsName(String fileName) {
        return false;
    }

    @Override
    public Optional<Layout> read(Path file, ByteSource source) throws IOException {
        Path folder = file.toAbsolutePath().getParent();
        String name = String.valueOf(file.getFileName());
        if (folder == null) {
            return Optional.empty();
        }
        for (Path manifest : manifests(folder, name)) {
            for (WeightsManifest.Group group : isPromised(manifest) ? groups(manifest) : groupsIfAny(manifest)) {
                if (group.paths().contains(name)) {
                    return Optional.of(shard(group, name, folder, source));
                }
            }
        }
        return Optional.empty();
    }

    /**
     * Manifests are called {@code model.json} or {@code …manifest.json}, or as the file with what makes it a shard cut off. Of
     * the last there is one to look for by each way to cut; the folder may have a hundred thousand files.
     */
    private static List<Path> manifests(Path folder, String name) throws IOException {
        if (FolderListing.of(folder, "*.json").isEmpty()) {
            return List.of();
        }
        List<Path> manifests = new ArrayList<>(FolderListing.of(folder, MANIFESTS));
        for (int end = 0; end <= name.length(); end++) {
            Path cut = folder.resolve(name.substring(0, end) + ".json");
            if (Files.isRegularFile(cut) && !cut.endsWith(name) && !manifests.contains(cut)) {
                manifests.add(cut);
            }
        }
        return manifests;
    }

    /**
     * The files that a manifest names, all of which lie in its folder; of those of a folder below none.
     *
     * @return empty if the file is no manifest, or none that can be read
     */
    public static List<String> shards(Path manifest) throws IOException {
        return groupsIfAny(manifest).stream()
                .flatMap(group -> group.paths().stream())
                .filter(path -> !path.isEmpty() && !path.contains("/") && !path.contains("\\"))
                .filter(path -> path.indexOf('\0') < 0)
                .toList();
    }

    /** Whether a file of that name is a manifest, or damaged. */
    private static boolean isPromised(Path file) {
        String name = String.valueOf(file.getFileName());
        return name.equals("model.json") || name.endsWith("manifest.json");
    }

    /** Of a file that need not be a manifest. */
    private static List<WeightsManifest.Group> groupsIfAny(Path file) throws IOException {
        try {
            return groups(file);
        } catch (UnsupportedFormatException e) {
            return List.of();
        }
    }

    private static List<WeightsManifest.Group> groups(Path manifest) throws IOException {
        if (!Files.isRegularFile(manifest)) {
            return List.of();
        }
        try (FileByteSource source = FileByteSource.open(manifest)) {
            return source.size() > LONGEST ? List.of() : WeightsManifest.parse(source);
        } catch (UnsupportedFormatException e) {
            throw new UnsupportedFormatException(manifest.getFileName() + " beside it: " + e.getMessage());
        } catch (FormatException e) {
            throw new UnsupportedFormatException(manifest.getFileName() + " beside it is damaged: " + e.getMessage());
        }
    }

    private Layout shard(WeightsManifest.Group group, String name, Path folder, ByteSource source) throws IOException {
        int at = group.paths().indexOf(name);
        long start = 0;
        for (String before : group.paths().subList(0, at)) {
            start = Math.addExact(start, size(folder, before));
        }
        long end = start + source.size();
        var layout = new LayoutBuilder(name(), source.size());
        long position = 0;
        for (TensorSpec weight : group.weights()) {
            long next = sum(position, weight.byteLength());
            if (position >= start && next <= end) {
                whole(weight, position - start, layout);
            } else if (position < end && next > start) {
                part(
                        weight,
                        Math.max(position, start) - position,
                        Math.min(next, end) - position,
                        position - start,
                        layout);
            }
            position = next;
        }
        if (position > end && at == group.paths().size() - 1) {
            throw new FormatException("the manifest beside it describes weights to byte " + (position - start)
                    + ", but the file ends at byte " + source.size());
        }
        return layout.build();
    }

    private static void whole(TensorSpec weight, long offset, LayoutBuilder layout) {
        layout.range(offset, weight);
        layout.view(LogicalTensor.rowMajor(weight, offset));
    }

    /** Bytes {@code from} to {@code to} of a weight that begins, or would, at a byte of the file. */
    private static void part(TensorSpec weight, long from, long to, long offset, LayoutBuilder layout) {
        int width = weight.dtype().bytes();
        boolean aligned = from % width == 0 && to % width == 0;
        if (aligned) {
            String name = weight.name() + ".flat[" + from / width + ":" + to / width + "]";
            whole(new TensorSpec(name, weight.dtype(), List.of((to - from) / width)), offset + from, layout);
        } else {
            String name = weight.name() + ".bytes[" + from + ":" + to + "]";
            var spec = new TensorSpec(name, Dtype.OPAQUE, List.of(to - from));
            layout.range(offset + from, spec);
            layout.view(LogicalTensor.unreadable(
                    name, spec.shape(), offset + from, to - from, "an element of it lies in two files"));
        }
    }

    private static long size(Path folder, String path) throws IOException {
        Path before;
        try {
            before = folder.resolve(path);
        } catch (InvalidPathException e) {
            throw new UnsupportedFormatException("the manifest beside it names a file that cannot be: " + path);
        }
        if (!Files.isRegularFile(before)) {
            throw new UnsupportedFormatException(
                    "its weights begin where those of " + path + " end, which is not there");
        }
        return Files.size(before);
    }

    private static long sum(long position, long length) {
        try {
            return Math.addExact(position, length);
        } catch (ArithmeticException e) {
            throw new FormatException("the manifest beside it describes more than any file can hold");
        }
    }
}
