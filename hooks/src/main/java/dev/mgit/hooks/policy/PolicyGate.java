package dev.mgit.hooks.policy;

import dev.mgit.delta.MgitException;
import dev.mgit.hooks.Workspace;
import dev.mgit.lineage.sign.Trust;
import dev.mgit.lineage.version.Version;
import dev.mgit.lineage.version.VersionId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/** Lets versions pass only if they keep the repository's policy. Where there is none, everything passes. */
public final class PolicyGate {
    private static final int SHOWN = 5;

    private final Workspace workspace;

    public PolicyGate(Workspace workspace) {
        this.workspace = workspace;
    }

    /** Where a version is. */
    public enum Stage {
        /** About to be published here: not yet signed, nor tested. */
        ENTRY,
        /** Published, and about to be sent, taken over, or judged as it stands. */
        PUBLISHED
    }

    /**
     * What one rule says of one version.
     *
     * @param concerned false if it says nothing about such a version
     * @param objections ends of a sentence that begins with the version; empty if the rule is kept
     * @param advice what to do about them
     */
    public record Finding(
            VersionId version, String name, String rule, boolean concerned, List<String> objections, String advice) {
        public Finding {
            objections = List.copyOf(objections);
        }

        public boolean kept() {
            return objections.isEmpty();
        }

        /** Sentences without their end. */
        public List<String> sentences() {
            return objections.stream()
                    .map(objection -> "rule '" + rule + "': " + name + " " + objection)
                    .toList();
        }
    }

    /** Whose signatures the policy counts. */
    public Trust trust() {
        return Policy.of(workspace.lineage()).map(Policy::trust).orElse(Trust.none());
    }

    public boolean hasPolicy() {
        return workspace.lineage().registryFile(Policy.FILE).isPresent();
    }

    /** What every rule says of a version, in the order of the policy. */
    public List<Finding> explain(VersionId id) {
        synchronized (workspace) {
            Optional<Policy> policy = Policy.of(workspace.lineage());
            return policy.isEmpty() ? List.of() : findings(policy.get(), id, facts(policy.get()), Stage.PUBLISHED);
        }
    }

    /** What breaks the policy. */
    public List<Finding> objections(Collection<VersionId> versions, Stage stage) {
        synchronized (workspace) {
            Optional<Policy> policy = Policy.of(workspace.lineage());
            List<Finding> found = new ArrayList<>();
            if (policy.isPresent() && !policy.get().rules().isEmpty()) {
                Facts facts = facts(policy.get());
                versions.forEach(id -> findings(policy.get(), id, facts, stage).stream()
                        .filter(finding -> !finding.kept())
                        .forEach(found::add));
            }
            return found;
        }
    }

    private Facts facts(Policy policy) {
        return new Facts(workspace, policy.trust(), Instant.now());
    }

    private static List<Finding> findings(Policy policy, VersionId id, Facts facts, Stage stage) {
        Version version = facts.version(id)
                .orElseThrow(() -> MgitException.integrity("version " + id.abbreviated() + " is not here"));
        List<Finding> findings = new ArrayList<>();
        for (Policy.Scoped scoped : policy.rules()) {
            Rule rule = scoped.rule();
            if (stage == Stage.ENTRY && !rule.bindsAtEntry()) {
                continue;
            }
            boolean concerned = scoped.concerns(version, facts);
            findings.add(new Finding(
                    id,
                    facts.name(id),
                    rule.name(),
                    concerned,
                    concerned ? rule.objections(version, facts) : List.of(),
                    rule.advice()));
        }
        return findings;
    }

    /** @throws MgitException of kind GATE naming rules and versions */
    public void require(Collection<VersionId> versions, Stage stage) {
        refuse(objections(versions, stage));
    }

    private static void refuse(List<Finding> objections) {
        if (objections.isEmpty()) {
            return;
        }
        List<String> sentences = objections.stream()
                .flatMap(finding -> finding.sentences().stream())
                .toList();
        String more = sentences.size() > SHOWN ? "; and " + (sentences.size() - SHOWN) + " more" : "";
        throw new MgitException(
                MgitException.Kind.GATE,
                "against the policy: "
                        + String.join("; ", sentences.subList(0, Math.min(SHOWN, sentences.size())))
                        + more,
                objections.get(0).advice());
    }

    /**
     * Makes a text the repository's policy.
     *
     * @throws MgitException of kind USAGE if it is none
     */
    public void set(byte[] json, String where) {
        Policy unused = Policy.parse(json, where);
        workspace.locked("policy", () -> {
            var transaction = workspace.lineage().begin("policy", workspace.author());
            transaction.putRegistryFile(Policy.FILE, json);
            transaction.apply();
            return unused;
        });
    }

    /** The text of the policy. */
    public Optional<byte[]> text() {
        return workspace.lineage().registryFile(Policy.FILE);
    }
}
