package dev.mgit.lineage.maintain;

import dev.mgit.lineage.checkpoint.CopyProgress;
import dev.mgit.lineage.maintain.FsckReport.Damage;
import dev.mgit.lineage.maintain.FsckReport.Touched;
import dev.mgit.lineage.query.Audit;
import dev.mgit.lineage.repository.Repository;
import dev.mgit.lineage.verify.VerifyRules;
import dev.mgit.lineage.version.VersionId;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Verifies the versions of an audit as {@code mgit fsck} would. */
public final class AuditVerifier implements Audit.Verifier {
    private final Repository repository;
    private final CopyProgress progress;

    private final VerifyRules rules;

    public AuditVerifier(Repository repository, CopyProgress progress) {
        this(repository, progress, VerifyRules.NONE);
    }

    public AuditVerifier(Repository repository, CopyProgress progress, VerifyRules rules) {
        this.repository = repository;
        this.progress = progress;
        this.rules = rules;
    }

    @Override
    public Audit.Verified verify(Collection<VersionId> versions, boolean deep) {
        FsckReport report;
        try {
            report = new Fsck(repository, progress, rules).versions(versions, !deep);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Map<VersionId, List<String>> wrong = new LinkedHashMap<>();
        for (Damage damage : report.damage()) {
            Set<VersionId> touched = new LinkedHashSet<>();
            damage.touched().stream()
                    .map(Touched::version)
                    .filter(versions::contains)
                    .forEach(touched::add);
            // Damage that no version is known to need stands against the version asked about, the first.
            (touched.isEmpty() ? versions.stream().limit(1).toList() : touched)
                    .forEach(version -> wrong.computeIfAbsent(version, id -> new ArrayList<>())
                            .add(damage.what() + ": " + damage.why()));
        }
        return new Audit.Verified(wrong, report.gitObjects(), report.blocks(), report.bytes());
    }
}
