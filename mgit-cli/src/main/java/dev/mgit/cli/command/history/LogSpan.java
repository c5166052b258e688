package dev.mgit.cli.command.history;

import dev.mgit.cli.console.RevisionArguments.Range;
import dev.mgit.cli.console.Session;
import dev.mgit.delta.MgitException;
import dev.mgit.lineage.version.Lineage;
import dev.mgit.lineage.version.Model;
import dev.mgit.lineage.version.Version;
import dev.mgit.lineage.version.VersionId;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Where a log starts, and what it leaves out: {@code A..B} starts at B and leaves out A and what A was made from. */
final class LogSpan {
    private final Lineage lineage;
    private final List<VersionId> start = new ArrayList<>();
    private final List<VersionId> excluded = new ArrayList<>();

    LogSpan(Session session, List<String> revisions, boolean all) {
        this.lineage = session.repository().lineage();
        for (String revision : revisions) {
            Optional<Range> range = Range.parse(revision);
            range.ifPresent(span -> excluded.add(session.resolve(span.from())));
            start.add(session.resolve(range.map(Range::to).orElse(revision)));
        }
        if (all || revisions.isEmpty()) {
            lineage.models().stream().map(Model::head).forEach(start::add);
            lineage.tags().forEach(tag -> start.add(tag.version()));
        }
    }

    List<VersionId> start() {
        return start;
    }

    /** The versions less what is left out. */
    Iterator<Version> without(Iterator<Version> versions, boolean descendants) {
        if (excluded.isEmpty()) {
            return versions;
        }
        if (descendants) {
            throw MgitException.usage("A..B follows ancestors of B; it cannot be combined with --descendants");
        }
        Set<VersionId> left = new HashSet<>();
        lineage.walk(excluded).forEachRemaining(version -> left.add(version.id()));
        return new Iterator<>() {
            private @Nullable Version next = advance();

            private @Nullable Version advance() {
                while (versions.hasNext()) {
                    Version version = versions.next();
                    if (!left.contains(version.id())) {
                        return version;
                    }
                }
                return null;
            }

            @Override
            public boolean hasNext() {
                return next != null;
            }

            @Override
            public Version next() {
                Version version = next;
                if (version == null) {
                    throw new NoSuchElementException();
                }
                next = advance();
                return version;
            }
        };
    }
}
