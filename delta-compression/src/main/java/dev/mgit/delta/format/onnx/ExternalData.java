package dev.mgit.delta.format.onnx;

import dev.mgit.delta.layout.ByteSource;
import dev.mgit.delta.layout.CompanionReader;
import dev.mgit.delta.layout.FileByteSource;
import dev.mgit.delta.layout.FolderListing;
import dev.mgit.delta.layout.FormatException;
import dev.mgit.delta.layout.Layout;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Files that hold the weights of an ONNX model beside them: only the model says what is in them. */
public final class ExternalData implements CompanionReader {
    /** Folders above a data file in which its model is looked for; exporters put both in one. */
    private static final int LEVELS = 2;

    @Override
    public String name() {
        return OnnxReader.EXTERNAL_DATA;
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

    /** Looks for ONNX models in the file's folder, and the one above. */
    @Override
    public Optional<Layout> read(Path file, ByteSource source) throws IOException {
        List<OnnxReader.External> tensors = new ArrayList<>();
        Path folder = file.toAbsolutePath().normalize().getParent();
        for (int level = 0; level < LEVELS && folder != null; level++) {
            String relative = folder.relativize(file.toAbsolutePath().normalize())
                    .toString()
                    .replace('\\', '/');
            for (Path model : FolderListing.of(folder, "*.onnx")) {
                tensors.addAll(named(model, relative));
            }
            folder = folder.getParent();
        }
        return tensors.isEmpty() ? Optional.empty() : Optional.of(OnnxReader.externalLayout(tensors, source));
    }

    /** What a model says of a data file; nothing if the model itself is damaged, which is told when it is read. */
    private static List<OnnxReader.External> named(Path model, String relative) throws IOException {
        if (!Files.isRegularFile(model)) {
            return List.of();
        }
        try (FileByteSource source = FileByteSource.open(model)) {
            return OnnxReader.externalTensors(source).getOrDefault(relative, List.of());
        } catch (FormatException e) {
            return List.of();
        }
    }
}
