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

/** Versions for a walk through history, each read once; both kinds of edges lead on. */
final class VersionSource implements HistoryWalk.Source<Version> {
    private final Function<VersionId, Version> reader;
    private final Map<VersionId, Version> read = new HashMap<>();

    private VersionSource(Function<VersionId, Version> reader) {
        this.reader = reader;
    }

    static Iterator<Version> walk(Function<VersionId, Version> reader, Collection<VersionId> from) {
        var source = new VersionSource(reader);
        return new HistoryWalk<>(
                source, from.stream().distinct().map(source::version).toList());
    }

    private Version version(VersionId id) {
        return read.computeIfAbsent(id, reader);
    }

    @Override
    public long seconds(Version version) {
        return version.when().getEpochSecond();
    }

    @Override
    public List<Version> parents(Version version) {
        Set<VersionId> ids = new LinkedHashSet<>();
        version.previous().ifPresent(ids::add);
        version.origins().forEach(edge -> ids.add(edge.parent()));
        return ids.stream().map(this::version).toList();
    }
}
