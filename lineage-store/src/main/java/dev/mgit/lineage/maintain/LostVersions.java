package dev.mgit.lineage.maintain;

import dev.mgit.lineage.git.GitHealth;
import dev.mgit.lineage.graph.EdgeFilter;
import dev.mgit.lineage.graph.GraphIndex;
import dev.mgit.lineage.graph.LineageGraph;
import dev.mgit.lineage.maintain.FsckReport.Damage;
import dev.mgit.lineage.maintain.FsckReport.Place;
import dev.mgit.lineage.maintain.FsckReport.Touched;
import dev.mgit.lineage.repository.Repository;
import dev.mgit.lineage.version.VersionId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Names the versions behind a lost one. Nothing that is left leads to them, but the index of the graph still knows which
 * they were.
 */
final class LostVersions {
    private static final Pattern OBJECT = Pattern.compile("Git object ([0-9a-f]{40})");

    private LostVersions() {}

    static List<Damage> of(Repository repository, GitHealth health) {
        Optional<LineageGraph> graph =
                new GraphIndex(repository.derived(repository.files().graphIndex())).kept();
        if (graph.isEmpty() || health.damage().isEmpty()) {
            return List.of();
        }
        List<VersionId> lost = new ArrayList<>();
        for (GitHealth.Damage damage : health.damage()) {
            Matcher object = OBJECT.matcher(damage.what());
            if (object.matches() && graph.get().contains(new VersionId(object.group(1)))) {
                lost.add(new VersionId(object.group(1)));
            }
        }
        return graph.get().reach(lost, LineageGraph.Direction.ANCESTORS, EdgeFilter.ALL).stream()
                .filter(version -> !health.versions().contains(version))
                .map(version -> damage(version, graph.get().modelOf(version), lost.contains(version)))
                .toList();
    }

    private static Damage damage(VersionId version, String model, boolean first) {
        return new Damage(
                Place.LINEAGE,
                "version " + version.abbreviated(),
                first ? "its commit is missing or damaged" : "nothing leads to it any more but a version that is lost",
                List.of(new Touched(version, model, Optional.empty(), Optional.empty(), false)));
    }
}
