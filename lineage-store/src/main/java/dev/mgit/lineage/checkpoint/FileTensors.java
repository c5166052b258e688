package dev.mgit.lineage.checkpoint;

import dev.mgit.delta.TensorSpec;
import dev.mgit.delta.layout.ByteSource;
import dev.mgit.delta.layout.Layout;
import dev.mgit.delta.planner.ChildTensor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** The tensors of a file on disk, as the planner sees them. */
final class FileTensors {
    private final ByteSource source;
    private final Map<String, Layout.Range> byName = new HashMap<>();

    FileTensors(Layout layout, ByteSource source) {
        this.source = source;
        for (Layout.Range range : layout.ranges()) {
            range.tensor().ifPresent(tensor -> byName.putIfAbsent(tensor.name(), range));
        }
    }

    /** @param range one that is a tensor */
    ChildTensor of(Layout.Range range) {
        return new OnDisk(range);
    }

    private final class OnDisk implements ChildTensor {
        private final Layout.Range range;

        OnDisk(Layout.Range range) {
            this.range = range;
        }

        @Override
        public TensorSpec spec() {
            return range.tensor().orElseThrow();
        }

        @Override
        public void read(long offset, byte[] target, int length) {
            try {
                source.read(range.offset() + offset, target, 0, length);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        @Override
        public Optional<ChildTensor> sibling(String name) {
            return Optional.ofNullable(byName.get(name)).map(OnDisk::new);
        }
    }
}
