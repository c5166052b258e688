package dev.mgit.hooks.cost;

import dev.mgit.delta.json.Json;
import dev.mgit.hooks.JsonMembers;
import dev.mgit.lineage.version.Lineage;
import dev.mgit.lineage.version.Transaction;
import dev.mgit.lineage.version.VersionId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Costs as noted on versions: the latest of each request and hardware. */
public final class NotedCosts {
    /** The namespace of the notes. */
    public static final String NAMESPACE = "costs";

    private static final int SCHEMA = 1;

    /** Of one version. */
    private static final int KEPT = 64;

    private final Lineage lineage;

    public NotedCosts(Lineage lineage) {
        this.lineage = lineage;
    }

    /** Those of a version, by name. */
    public List<NotedCost> of(VersionId version) {
        return lineage.note(NAMESPACE, version, NotedCosts::parse).orElse(List.of());
    }

    /** The cost that was noted last with a runtime profile. */
    public Optional<NotedCost> profiled(VersionId version) {
        return of(version).stream()
                .filter(cost -> cost.profile().isPresent())
                .max(Comparator.comparing(NotedCost::made));
    }

    /** Notes a cost in the caller's transaction, in place of the one of its name. */
    public void add(Transaction transaction, VersionId version, NotedCost cost) {
        List<NotedCost> all = new ArrayList<>(of(version));
        all.add(cost);
        transaction.putNote(NAMESPACE, version, note(all));
    }

    /** @throws dev.mgit.delta.MgitException of kind INTEGRITY if it is no note of costs */
    public static List<NotedCost> parse(byte[] note) {
        return JsonMembers.read(
                note,
                "the record of costs",
                json -> json.objects("costs").stream().map(NotedCost::fromJson).toList());
    }

    /** The costs of two notes on one version; of two of one name the later one. */
    public static byte[] union(byte[] ours, byte[] theirs) {
        List<NotedCost> all = new ArrayList<>(parse(ours));
        all.addAll(parse(theirs));
        return note(all);
    }

    private static byte[] note(List<NotedCost> all) {
        Map<String, NotedCost> latest = new TreeMap<>();
        all.stream()
                .sorted(Comparator.comparing(NotedCost::made)
                        .thenComparing(cost -> Json.text(cost.toJson()))) // so that both sides of a merge agree
                .forEach(cost -> latest.put(cost.name(), cost));
        List<NotedCost> kept = latest.values().stream()
                .sorted(Comparator.comparing(NotedCost::made).reversed().thenComparing(NotedCost::name))
                .limit(KEPT)
                .sorted(Comparator.comparing(NotedCost::name))
                .toList();
        Map<String, Double> metrics = new TreeMap<>();
        kept.forEach(cost -> metrics.putAll(cost.metrics()));
        return Json.pretty(JsonMembers.of(
                "schema", SCHEMA, "costs", kept.stream().map(NotedCost::toJson).toList(), "metrics", metrics));
    }
}
