package dev.mgit.delta.format.torch;

import dev.mgit.delta.format.pickle.Pickle.UnsupportedException;
import dev.mgit.delta.layout.ByteSource;
import dev.mgit.delta.layout.CompanionReader;
import dev.mgit.delta.layout.FileByteSource;
import dev.mgit.delta.layout.FormatException;
import dev.mgit.delta.layout.Layout;
import dev.mgit.delta.layout.LayoutBuilder;
import dev.mgit.delta.layout.SliceByteSource;
import dev.mgit.delta.layout.UnsupportedFormatException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Reads the {@code .distcp} files of {@code torch.distributed.checkpoint} (FSDP): what torch.save wrote, one after the
 * other, as the {@code .metadata} beside them says. Part of a tensor is named with its slices: {@code weight[2:4]}.
 */
public final class DistributedReader implements CompanionReader {
    private static final String METADATA = ".metadata";
    private static final long LONGEST = 1L << 28;

    @Override
    public String name() {
        return "pytorch-distributed";
    }

    @Override
    public boolean checksumsTensors() {
        return true; // of each zip archive within
    }

    @Override
    public boolean isExport() {
        return false;
    }

    @Override
    public boolean ownsName(String fileName) {
        return fileName.endsWith(".distcp");
    }

    @Override
    public Optional<Layout> read(Path file, ByteSource source) throws IOException {
        Path metadata = file.resolveSibling(METADATA);
        if (!ownsName(String.valueOf(file.getFileName())) || !Files.isRegularFile(metadata)) {
            return Optional.empty();
        }
        List<DistributedMetadata.Item> items = items(metadata, String.valueOf(file.getFileName()));
        var layout = new LayoutBuilder(name(), source.size());
        for (DistributedMetadata.Item item : items) {
            if (item.offset() < 0 || item.length() < 0 || item.offset() > source.size() - item.length()) {
                throw new FormatException(METADATA + " puts " + item.name() + " at " + item.length()
                        + " bytes from byte " + item.offset() + ", but the file ends at byte " + source.size());
            }
            item(item, source, layout);
        }
        Layout read = layout.build();
        return read.tensors().isEmpty() ? Optional.empty() : Optional.of(read);
    }

    private static List<DistributedMetadata.Item> items(Path metadata, String fileName) throws IOException {
        try (FileByteSource source = FileByteSource.open(metadata)) {
            if (source.size() > LONGEST) {
                throw new UnsupportedFormatException(METADATA + " is longer than " + LONGEST + " bytes");
            }
            return DistributedMetadata.items(source, fileName);
        } catch (UnsupportedException e) {
            throw new UnsupportedFormatException(METADATA + " beside it has " + e.getMessage());
        } catch (UnsupportedFormatException e) {
            throw e;
        } catch (FormatException e) {
            throw new UnsupportedFormatException(METADATA + " beside it is damaged: " + e.getMessage());
        }
    }

    /** An item of a kind that torch.save did not write, such as a compressed one, stays opaque. */
    private static void item(DistributedMetadata.Item item, ByteSource file, LayoutBuilder layout) throws IOException {
        Optional<Layout> saved;
        try {
            saved = new TorchReader().read("", new SliceByteSource(file, item.offset(), item.length()));
        } catch (UnsupportedFormatException e) {
            return;
        }
        if (saved.isPresent()) {
            layout.embed(
                    saved.get(),
                    item.offset(),
                    inner -> item.name() + item.part() + (item.isTensor() ? "" : "." + inner));
        }
    }
}
