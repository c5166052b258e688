package dev.mgit.lineage.checkpoint;

import dev.mgit.delta.Dtype;
import dev.mgit.delta.MgitException;
import dev.mgit.delta.TensorSpec;
import dev.mgit.delta.frame.Region;
import dev.mgit.delta.planner.Candidates;
import dev.mgit.delta.planner.SourceTensor;
import dev.mgit.delta.predictor.Pieces;
import dev.mgit.lineage.parameters.BlockReader;
import dev.mgit.lineage.parameters.ParameterStore;
import dev.mgit.lineage.parameters.StoredObject;
import dev.mgit.lineage.version.FileEntry;
import dev.mgit.lineage.version.Lineage;
import dev.mgit.lineage.version.Manifest;
import dev.mgit.lineage.version.ObjectId;
import dev.mgit.lineage.version.ProvenanceEdge;
import dev.mgit.lineage.version.Version;
import dev.mgit.lineage.version.VersionId;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Finds the stored tensors that a new version may be predicted from: its parents', and theirs, and its own. */
final class ParentTensors {
    private static final int PARENT = 0;
    private static final int PREVIOUS = 1;
    private static final int GRANDPARENT = 2;

    /** A tensor that may predict others takes some 400 bytes. Of more than these, those of the nearest versions count. */
    private static final long MOST_OTHERS = Runtime.getRuntime().maxMemory() / 1600;

    private static final long MOST_OWN = MOST_OTHERS / 8;

    private final Lineage lineage;
    private final ParameterStore store;
    private final BlockReader reader;
    private final ProcessorTime reading = new ProcessorTime();
    private final ProcessorTime searching = new ProcessorTime();
    private long others;
    private long own;

    ParentTensors(Lineage lineage, ParameterStore store, BlockReader reader) {
        this.lineage = lineage;
        this.store = store;
        this.reader = reader;
    }

    /** Processor time spent reading samples. */
    Duration reading() {
        return reading.sum();
    }

    /**
     * @param previous the version that the new one replaces
     * @param origins the versions its weights were derived from
     */
    Candidates candidates(Optional<VersionId> previous, List<VersionId> origins) {
        Map<VersionId, Integer> ranks = new LinkedHashMap<>();
        origins.forEach(id -> ranks.put(id, PARENT));
        previous.ifPresent(id -> ranks.putIfAbsent(id, PREVIOUS));
        for (VersionId id : List.copyOf(ranks.keySet())) {
            Version version = lineage.version(id);
            version.previous().ifPresent(grandparent -> ranks.putIfAbsent(grandparent, GRANDPARENT));
            for (ProvenanceEdge edge : version.origins()) {
                if (edge.kind().passesWeights()) {
                    ranks.putIfAbsent(edge.parent(), GRANDPARENT);
                }
            }
        }
        var candidates = new Candidates();
        ranks.forEach((id, rank) -> add(candidates, id, rank));
        return candidates;
    }

    /** A parent that is damaged predicts less, and is no reason not to store its child. */
    private void add(Candidates candidates, VersionId version, int rank) {
        try {
            addFiles(candidates, version, rank);
        } catch (MgitException e) {
            requireDamage(e);
        }
    }

    private static void requireDamage(MgitException e) {
        if (e.kind() != MgitException.Kind.INTEGRITY) {
            throw e;
        }
    }

    private void addFiles(Candidates candidates, VersionId version, int rank) {
        String origin = lineage.version(version).model() + "@" + version.abbreviated();
        for (FileEntry file : lineage.checkpoint(version).files()) {
            if (file.stored() == FileEntry.Storage.PARAMETERS) {
                add(candidates, lineage.manifest(version, file.path()), rank, origin);
            }
        }
    }

    /** Adds the tensors of a file of the new version that is stored already: the next may hold them in another form. */
    void addStored(Candidates candidates, Manifest manifest) {
        add(candidates, manifest, SourceTensor.SAME_VERSION, "");
    }

    private void add(Candidates candidates, Manifest manifest, int rank, String origin) {
        Set<ObjectId> seen = new HashSet<>();
        for (Manifest.Entry entry : manifest.entries()) {
            if (isEnough(rank) || entry.tensor().isEmpty() && !seen.add(entry.object())) {
                continue;
            }
            object(entry).ifPresent(object -> {
                TensorSpec spec = entry.tensor().orElseGet(() -> TensorSpec.opaque("", object.length()));
                if (spec.dtype() == Dtype.OPAQUE) {
                    candidates.addOpaque(new Source(reader, searching, spec, object, rank, origin));
                } else {
                    candidates.add(new Source(reader, reading, spec, object, rank, origin));
                }
            });
        }
    }

    private boolean isEnough(int rank) {
        return rank == SourceTensor.SAME_VERSION ? own++ >= MOST_OWN : others++ >= MOST_OTHERS;
    }

    private Optional<StoredObject> object(Manifest.Entry entry) {
        try {
            return store.object(entry.object());
        } catch (MgitException e) {
            requireDamage(e);
            return Optional.empty();
        }
    }

    private record Source(
            BlockReader reader, ProcessorTime reading, TensorSpec spec, StoredObject object, int rank, String origin)
            implements SourceTensor {
        @Override
        public Region region(long offset, int length) {
            return object.region(offset, length);
        }

        @Override
        public void read(long offset, byte[] target, int length) {
            read(target, length, () -> reader.sample(object.region(offset, length), target));
        }

        @Override
        public void read(long offset, int length, Pieces pieces, byte[] joined) {
            read(joined, joined.length, () -> reader.sample(object.region(offset, length), pieces, joined));
        }

        private void read(byte[] target, int length, Runnable sample) {
            reading.of(() -> {
                try {
                    sample.run();
                } catch (MgitException e) {
                    requireDamage(e);
                    Arrays.fill(target, 0, length, (byte) 0); // resembles nothing
                }
            });
        }

        @Override
        public String identity() {
            return object.id().hex();
        }
    }
}
