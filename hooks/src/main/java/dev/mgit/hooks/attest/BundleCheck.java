package dev.mgit.hooks.attest;

import dev.mgit.delta.MgitException;
import dev.mgit.hooks.Workspace;
import dev.mgit.lineage.sign.Signatures;
import dev.mgit.lineage.sign.Trust;
import dev.mgit.lineage.sign.VersionFiles;
import dev.mgit.lineage.version.FileEntry;
import dev.mgit.lineage.version.Lineage;
import dev.mgit.lineage.version.ProvenanceEdge;
import dev.mgit.lineage.version.Version;
import dev.mgit.lineage.version.VersionId;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** Checks a lineage that came as a bundle, whose objects were hashed when it was opened. */
public final class BundleCheck {
    private final Workspace workspace;
    private final Lineage lineage;
    private final Function<VersionId, List<String>> contradictions;

    /**
     * @param folder where the bundle's objects are
     * @param contradictions in what the commit of a version says of it, a clause each
     */
    public BundleCheck(Lineage lineage, Path folder, Function<VersionId, List<String>> contradictions) {
        this.lineage = lineage;
        this.contradictions = contradictions;
        this.workspace = new BundleWorkspace(lineage, folder);
    }

    /** The bundle as what the policy's gate asks. */
    public Workspace workspace() {
        return workspace;
    }

    /**
     * What was found.
     *
     * @param versions how many versions there are, back to the roots
     * @param roots those that were made from nothing
     * @param signatures of each version that has any
     * @param faults what disagrees, a sentence each
     */
    public record Report(
            int versions, List<Version> roots, Map<Version, List<Signatures.Result>> signatures, List<String> faults) {}

    /** @param files a folder of the model's files to be held against what is recorded; empty to look at none */
    public Report run(VersionId subject, Trust trust, Optional<Path> files) throws IOException {
        List<String> faults = new ArrayList<>();
        List<Version> roots = new ArrayList<>();
        Map<Version, List<Signatures.Result>> signed = new LinkedHashMap<>();
        var attestations = new Attestations(workspace);
        var signatures = new Signatures(trust);
        Iterator<Version> all = lineage.walk(List.of(subject));
        int count = 0;
        while (all.hasNext()) {
            Version version = all.next();
            count++;
            if (version.previous().isEmpty() && version.origins().isEmpty()) {
                roots.add(version);
            }
            checkVersion(version, faults);
            List<Signatures.Result> results = signatures.of(lineage, version.id(), attestations);
            if (!results.isEmpty()) {
                signed.put(version, results);
            }
            Signatures.broken(results)
                    .forEach(result -> faults.add(name(version) + ": the signature over "
                            + attestations.word(result.what()) + " by " + result.signer() + " does not hold: "
                            + String.join("; ", result.faults())));
        }
        if (files.isPresent()) {
            VersionFiles.differences(lineage, subject, files.get())
                    .forEach(clause -> faults.add(files.get() + ": " + clause));
        }
        return new Report(count, roots, signed, faults);
    }

    /** What a predicate type is called. */
    public String word(String type) {
        return new Attestations(workspace).word(type);
    }

    public static String name(Version version) {
        return version.model() + "@" + version.id().abbreviated();
    }

    private void checkVersion(Version version, List<String> faults) {
        try {
            contradictions.apply(version.id()).forEach(clause -> faults.add(name(version) + ": " + clause));
            for (FileEntry file : lineage.checkpoint(version.id()).files()) {
                if (file.stored() == FileEntry.Storage.PARAMETERS) {
                    var unused = lineage.manifest(version.id(), file.path());
                } else {
                    byte[] unused = lineage.verbatim(version.id(), file.path());
                }
            }
            for (ProvenanceEdge edge : version.origins()) {
                var unused = lineage.version(edge.parent());
            }
        } catch (MgitException e) {
            faults.add(name(version) + ": " + e.getMessage());
        }
    }
}
