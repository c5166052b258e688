package dev.mgit.cli.command.hooks;

import dev.mgit.delta.MgitException;
import dev.mgit.hooks.modeltest.TestScope;
import dev.mgit.lineage.graph.LineageGraph;
import dev.mgit.lineage.version.VersionId;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Which versions a command is about, mixed into those about tests. */
final class VersionsOption {
    @Parameters(
            paramLabel = "REV",
            arity = "0..*",
            description = "Versions to use. Default: the newest of every " + "model.")
    private List<String> revisions = new ArrayList<>();

    @Option(names = "--all", description = "All versions.")
    private boolean all;

    @Option(names = "--ancestors", description = "Also the ancestors of REV.")
    private boolean ancestors;

    @Option(names = "--descendants", description = "Also the descendants of REV.")
    private boolean descendants;

    @Option(names = "--since", paramLabel = "REV", description = "All versions that are neither REV nor its ancestors.")
    private @Nullable String since;

    @Option(names = "--test", paramLabel = "NAME", description = "Only this test. Repeatable.")
    private List<String> tests = new ArrayList<>();

    /** Whether versions were asked for by name. */
    boolean named() {
        return !revisions.isEmpty();
    }

    List<String> tests() {
        return tests;
    }

    /** The versions, each once. */
    List<VersionId> versions(HookSession session, TestScope scope) {
        int choices = (all ? 1 : 0) + (ancestors ? 1 : 0) + (descendants ? 1 : 0) + (since != null ? 1 : 0);
        if (choices > 1 || (!revisions.isEmpty() && (all || since != null))) {
            throw MgitException.usage("choose one of REV, --all, --ancestors, --descendants and --since");
        }
        if ((ancestors || descendants) && revisions.isEmpty()) {
            throw MgitException.usage("--ancestors and --descendants need a REV");
        }
        if (all) {
            return scope.versions(scope.heads(), TestScope.Range.ANCESTORS);
        }
        if (since != null) {
            return scope.versions(List.of(session.resolve(since)), TestScope.Range.SINCE);
        }
        List<VersionId> named = revisions.stream().map(session::resolve).toList();
        if (named.isEmpty()) {
            return scope.heads();
        }
        return scope.versions(
                named,
                ancestors
                        ? TestScope.Range.ANCESTORS
                        : descendants ? TestScope.Range.DESCENDANTS : TestScope.Range.SELF);
    }

    static TestScope scope(HookSession session) {
        return new TestScope(LineageGraph.of(session.lineage()));
    }
}
