package dev.mgit.hooks.serving;

import dev.mgit.delta.Hashes;
import dev.mgit.delta.MgitException;
import dev.mgit.delta.format.TrainingState;
import dev.mgit.delta.json.Json;
import dev.mgit.delta.json.JsonObject;
import dev.mgit.hooks.JsonMembers;
import dev.mgit.lineage.version.FileEntry;
import dev.mgit.lineage.version.Lineage;
import dev.mgit.lineage.version.Transaction;
import dev.mgit.lineage.version.Version;
import dev.mgit.lineage.version.VersionId;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Plans as noted on versions: the latest for each number of threads and size of batch. */
public final class ServingPlans {
    /** The namespace of the notes. */
    public static final String NAMESPACE = "serving-plans";

    private static final int SCHEMA = 1;

    /** Versions looked back on for a plan. */
    private static final int LOOKED_BACK = 50;

    private final Lineage lineage;
    private final Path root;

    public ServingPlans(Lineage lineage, Path root) {
        this.lineage = lineage;
        this.root = root;
    }

    /**
     * A plan as it stands for a version.
     *
     * @param of the version it was made for: this one, or one it replaced
     * @param stale why it no longer holds; empty if it does
     */
    public record Standing(NotedPlan plan, VersionId of, Optional<String> stale) {
        /** {@code plan for 4 threads, batch 8: <2,2,4>}, with why it is stale. */
        public String text() {
            ServingPlan made = plan.plan();
            return "plan for " + made.threads() + " threads, batch " + made.batch() + ": " + made.text()
                    + stale.map(why -> ", stale: " + why).orElse("");
        }

        public JsonObject toJson() {
            return JsonMembers.of("of", of.hex(), "plan", plan.plan().toJson(), "stale", stale);
        }
    }

    /** The plans of a version, or of the latest before it that has any. */
    public List<Standing> of(VersionId version) {
        Optional<VersionId> at = Optional.of(version);
        for (int i = 0; i < LOOKED_BACK && at.isPresent(); i++) {
            List<Standing> found = standing(at.get(), version);
            if (!found.isEmpty()) {
                return found;
            }
            at = lineage.version(at.get()).previous();
        }
        return List.of();
    }

    /** Only those noted on the version itself. */
    public List<Standing> noted(VersionId version) {
        return standing(version, version);
    }

    private List<Standing> standing(VersionId planned, VersionId served) {
        List<NotedPlan> plans =
                lineage.note(NAMESPACE, planned, ServingPlans::parse).orElse(List.of());
        if (plans.isEmpty()) {
            return List.of();
        }
        String weights = weights(served);
        return plans.stream()
                .map(plan -> new Standing(plan, planned, stale(plan, weights, planned)))
                .toList();
    }

    private Optional<String> stale(NotedPlan plan, String weights, VersionId of) {
        if (!plan.weights().equals(weights)) {
            return Optional.of("the weights have changed since " + of.abbreviated());
        }
        if (plan.profilePath().isEmpty()) {
            return Optional.empty();
        }
        Path file = root.resolve(plan.profilePath());
        if (!Files.exists(file)) {
            return Optional.of("its profile " + plan.profilePath() + " is gone");
        }
        try {
            return LatencyProfile.read(file).sha256().equals(plan.profile())
                    ? Optional.empty()
                    : Optional.of("its profile " + plan.profilePath() + " has changed");
        } catch (MgitException e) {
            return Optional.of("its profile " + plan.profilePath() + " can no longer be read");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A hash of all files of a version that hold weights, names aside from their order. */
    public String weights(VersionId version) {
        MessageDigest digest = Hashes.sha256();
        lineage.checkpoint(version).files().stream()
                .filter(file -> file.stored() == FileEntry.Storage.PARAMETERS && !TrainingState.isFile(file.path()))
                .sorted(Comparator.comparing(FileEntry::path))
                .forEach(file -> digest.update(
                        lineage.manifest(version, file.path()).sha256().getBytes(StandardCharsets.UTF_8)));
        return HexFormat.of().formatHex(digest.digest());
    }

    /** The files of a version by their SHA-256, as {@code sha256sum} prints it. */
    public Map<String, String> files(VersionId version) {
        Map<String, String> files = new TreeMap<>();
        lineage.checkpoint(version).files().stream()
                .filter(file -> file.stored() == FileEntry.Storage.PARAMETERS)
                .forEach(
                        file -> files.put(lineage.manifest(version, file.path()).sha256(), file.path()));
        return files;
    }

    /** Notes a plan in the caller's transaction, in place of the one for the same threads and batch. */
    public void add(Transaction transaction, Version version, NotedPlan plan) {
        List<NotedPlan> all = new ArrayList<>(
                lineage.note(NAMESPACE, version.id(), ServingPlans::parse).orElse(List.of()));
        all.add(plan);
        transaction.putNote(NAMESPACE, version.id(), note(all));
    }

    /** @throws MgitException of kind INTEGRITY if it is no note of plans */
    public static List<NotedPlan> parse(byte[] note) {
        return JsonMembers.read(
                note,
                "the record of serving plans",
                json -> json.objects("plans").stream().map(NotedPlan::fromJson).toList());
    }

    /** The plans of two notes on one version; of two for the same threads and batch the later one. */
    public static byte[] union(byte[] ours, byte[] theirs) {
        List<NotedPlan> all = new ArrayList<>(parse(ours));
        all.addAll(parse(theirs));
        return note(all);
    }

    private static byte[] note(List<NotedPlan> all) {
        Map<String, NotedPlan> latest = new TreeMap<>();
        all.stream()
                .sorted(Comparator.comparing(NotedPlan::made).thenComparing(NotedPlan::profile))
                .forEach(one -> latest.put(
                        String.format(
                                "%05d %05d", one.plan().threads(), one.plan().batch()),
                        one));
        Map<String, Double> metrics = new TreeMap<>();
        latest.values().stream()
                .map(NotedPlan::plan)
                .forEach(plan ->
                        metrics.put("plan/" + plan.threads() + "x" + plan.batch() + "/seconds", plan.seconds()));
        return Json.pretty(JsonMembers.of(
                "schema",
                SCHEMA,
                "plans",
                latest.values().stream().map(NotedPlan::toJson).toList(),
                "metrics",
                metrics));
    }
}
