package dev.mgit.hooks.eval;

import dev.mgit.delta.json.Json;
import dev.mgit.delta.json.JsonObject;
import dev.mgit.hooks.JsonMembers;
import dev.mgit.lineage.version.Lineage;
import dev.mgit.lineage.version.Transaction;
import dev.mgit.lineage.version.VersionId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Evaluations as noted on versions. One note has the figures, which many commands read; another each instance's values,
 * which only a comparison of two versions reads.
 */
public final class Evaluations {
    /** The namespace of the figures. */
    public static final String NAMESPACE = "evaluations";

    /** The namespace of each instance's values. */
    public static final String INSTANCES = "evaluation-instances";

    /** Of one version; more are not kept. */
    public static final long MOST_VALUES = 2_000_000;

    private static final int SCHEMA = 1;

    /** Of one scenario by one harness. */
    private static final int KEPT = 8;

    private final Lineage lineage;

    public Evaluations(Lineage lineage) {
        this.lineage = lineage;
    }

    /** All of a version, oldest first. */
    public List<Evaluation> of(VersionId version) {
        return lineage.note(NAMESPACE, version, Evaluations::parse).orElse(List.of());
    }

    /** The latest of each scenario, by scenario and harness. */
    public List<Evaluation> latest(VersionId version) {
        Map<String, Evaluation> latest = new TreeMap<>();
        of(version).forEach(one -> latest.put(one.scenario() + " " + one.harness(), one));
        return List.copyOf(latest.values());
    }

    /** Each instance's values of an evaluation, where they were kept. */
    public Optional<Instances> instances(VersionId version, Evaluation evaluation) {
        return lineage.note(INSTANCES, version, Evaluations::parseInstances).map(all -> all.get(evaluation.digest()));
    }

    /**
     * Notes runs on a version, in the caller's transaction; those that are there already are passed over.
     *
     * @return what was added
     */
    public List<Evaluation> add(Transaction transaction, VersionId version, List<HarnessRun> runs, Instant now) {
        List<Evaluation> all = new ArrayList<>(of(version));
        Map<String, Instances> values = new LinkedHashMap<>(
                lineage.note(INSTANCES, version, Evaluations::parseInstances).orElse(Map.of()));
        List<Evaluation> added = new ArrayList<>();
        for (HarnessRun run : runs) {
            long kept = values.values().stream().mapToLong(Instances::size).sum();
            boolean fits = kept + run.instances().size() <= MOST_VALUES;
            var evaluation = new Evaluation(
                    run.harness(),
                    run.scenario(),
                    run.spec(),
                    run.metrics(),
                    fits ? run.instances().count() : 0,
                    now);
            String digest = evaluation.digest();
            if (all.stream().anyMatch(one -> one.digest().equals(digest))) {
                continue;
            }
            all.add(evaluation);
            added.add(evaluation);
            if (evaluation.instances() > 0) {
                values.put(digest, run.instances());
            }
        }
        if (!added.isEmpty()) {
            List<Evaluation> kept = kept(all);
            transaction.putNote(NAMESPACE, version, note(kept));
            transaction.putNote(INSTANCES, version, note(values, kept));
        }
        return added;
    }

    /** @throws dev.mgit.delta.MgitException of kind INTEGRITY if it is no note of evaluations */
    public static List<Evaluation> parse(byte[] note) {
        return JsonMembers.read(
                note,
                "the record of evaluations",
                json -> json.objects("evaluations").stream()
                        .map(Evaluation::fromJson)
                        .toList());
    }

    /** By digest of the evaluation. */
    public static Map<String, Instances> parseInstances(byte[] note) {
        return JsonMembers.read(note, "the record of evaluated instances", json -> {
            Map<String, Instances> all = new LinkedHashMap<>();
            JsonObject runs = json.optionalObject("runs").orElse(new JsonObject(Map.of()));
            runs.members().keySet().forEach(digest -> all.put(digest, Instances.fromJson(runs.object(digest))));
            return all;
        });
    }

    /** The evaluations of two notes on one version, each once. */
    public static byte[] union(byte[] ours, byte[] theirs) {
        Map<String, Evaluation> all = new LinkedHashMap<>();
        parse(ours).forEach(one -> all.put(one.digest(), one));
        parse(theirs).forEach(one -> all.putIfAbsent(one.digest(), one));
        return note(kept(List.copyOf(all.values())));
    }

    public static byte[] unionOfInstances(byte[] ours, byte[] theirs) {
        Map<String, Instances> all = new TreeMap<>(parseInstances(ours));
        parseInstances(theirs).forEach(all::putIfAbsent);
        return instancesNote(all);
    }

    private static List<Evaluation> kept(List<Evaluation> all) {
        Map<String, List<Evaluation>> byScenario = new TreeMap<>();
        all.stream()
                .sorted(Comparator.comparing(Evaluation::imported).thenComparing(Evaluation::digest))
                .forEach(one -> byScenario
                        .computeIfAbsent(one.scenario() + " " + one.harness(), key -> new ArrayList<>())
                        .add(one));
        return byScenario.values().stream()
                .flatMap(list -> list.subList(Math.max(0, list.size() - KEPT), list.size()).stream())
                .sorted(Comparator.comparing(Evaluation::imported).thenComparing(Evaluation::digest))
                .toList();
    }

    /** {@code metrics} has every latest value under its whole name, for {@code mgit find --metric}. */
    private static byte[] note(List<Evaluation> all) {
        Map<String, Double> values = new TreeMap<>();
        all.forEach(one -> one.metrics().forEach((name, value) -> values.put(one.name(name), value.value())));
        return Json.pretty(JsonMembers.of(
                "schema",
                SCHEMA,
                "evaluations",
                all.stream().map(Evaluation::toJson).toList(),
                "metrics",
                values));
    }

    private static byte[] note(Map<String, Instances> values, List<Evaluation> kept) {
        Map<String, Instances> wanted = new TreeMap<>(values);
        wanted.keySet().retainAll(kept.stream().map(Evaluation::digest).toList());
        return instancesNote(wanted);
    }

    private static byte[] instancesNote(Map<String, Instances> values) {
        Map<String, JsonObject> runs = new LinkedHashMap<>();
        values.forEach((digest, instances) -> runs.put(digest, instances.toJson()));
        return Json.bytes(JsonMembers.of("schema", SCHEMA, "runs", runs));
    }
}
