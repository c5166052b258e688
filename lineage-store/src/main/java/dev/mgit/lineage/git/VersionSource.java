package dev.mgit.lineage.git;

import dev.mgit.lineage.version.Version;
import dev.mgit.lineage.version.VersionId;
import java.util.Collection;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/** Versions for a walk through history, each read once and known by its id; both kinds of edges lead on. */
final class VersionSource implements HistoryWalk.Source<VersionId> {
    private final Function<VersionId, Version> reader;
    private final Map<VersionId, Version> read = new HashMap<>();

    private VersionSource(Function<VersionId, Version> reader) {
        this.reader = reader;
    }

    static Iterator<Version> walk(Function<VersionId, Version> reader, Collection<VersionId> from) {
        var source = new VersionSource(reader);
        Iterator<VersionId> ids = new HistoryWalk<>(source, from);
        return new Iterator<>() {
            @Override
            public boolean hasNext() {
                return ids.hasNext();
            }

            @Override
            public Version next() {
                return source.version(ids.next());
            }
        };
    }

    private Version version(VersionId id) {
        return read.computeIfAbsent(id, reader);
    }

    @Override
    public long seconds(VersionId id) {
        return version(id).when().getEpochSecond();
    }

    @Override
    public List<VersionId> parents(VersionId id) {
        Version version = version(id);
        Set<VersionId> ids = new LinkedHashSet<>();
        version.previous().ifPresent(ids::add);
        version.origins().forEach(edge -> ids.add(edge.parent()));
        return List.copyOf(ids);
    }
}
