package dev.mgit.delta.format.hdf5;

import dev.mgit.delta.layout.ByteSource;
import dev.mgit.delta.layout.FormatReader;
import dev.mgit.delta.layout.Layout;
import dev.mgit.delta.layout.LayoutBuilder;
import dev.mgit.delta.layout.UnsupportedFormatException;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Reads HDF5 files: each dataset of numbers is a tensor, named by its path, {@code layers/dense/vars/0}. */
public final class Hdf5Reader implements FormatReader {
    private static final int MAX_NAME = 4096;

    /** A group that is still to be read. */
    private record Group(String path, ObjectHeader header) {}

    @Override
    public String name() {
        return "hdf5";
    }

    @Override
    public boolean checksumsTensors() {
        return false; // of the structures around them only
    }

    @Override
    public boolean isExport() {
        return false;
    }

    @Override
    public boolean ownsName(String fileName) {
        String lower = fileName.toLowerCase(Locale.ROOT);
        return lower.endsWith(".h5") || lower.endsWith(".hdf5");
    }

    @Override
    public Optional<Layout> read(String fileName, ByteSource source) throws IOException {
        Optional<Hdf5File> opened = Hdf5File.open(source);
        if (opened.isEmpty()) {
            return Optional.empty(); // Keras keeps other things under the same name
        }
        Hdf5File file = opened.get();
        var layout = new LayoutBuilder(name(), source.size());
        Set<Long> known = new HashSet<>();
        Deque<Group> groups = new ArrayDeque<>();
        groups.add(new Group("", ObjectHeader.read(file, file.root())));
        known.add(file.root());
        while (!groups.isEmpty()) {
            Group group = groups.remove();
            for (Map.Entry<String, Long> link :
                    GroupLinks.of(file, group.header()).entrySet()) {
                String path = group.path() + link.getKey();
                ObjectHeader header = ObjectHeader.read(file, link.getValue());
                if (path.length() > MAX_NAME) {
                    throw new UnsupportedFormatException("its groups are nested deeper than any reader goes");
                }
                if (header.has(ObjectHeader.LAYOUT)) {
                    Dataset.add(file, header, path, layout);
                } else if (known.add(link.getValue())) {
                    groups.add(new Group(path + "/", header));
                }
            }
        }
        return Optional.of(layout.build());
    }
}
