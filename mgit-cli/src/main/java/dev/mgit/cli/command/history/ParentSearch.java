package dev.mgit.cli.command.history;

import dev.mgit.cli.console.Output;
import dev.mgit.cli.console.Session;
import dev.mgit.delta.MgitException;
import dev.mgit.lineage.checkpoint.CommitRequest;
import dev.mgit.lineage.checkpoint.CommitResult;
import dev.mgit.lineage.checkpoint.SameFiles;
import dev.mgit.lineage.detect.Detected;
import dev.mgit.lineage.detect.Detector;
import dev.mgit.lineage.detect.ModelSketch;
import dev.mgit.lineage.repository.WriterLock;
import dev.mgit.lineage.version.EdgeKind;
import dev.mgit.lineage.version.Model;
import dev.mgit.lineage.version.ProvenanceEdge;
import dev.mgit.lineage.version.VersionId;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** What {@code mgit commit} does about where a checkpoint comes from: {@code --detect}, and the hint without it. */
final class ParentSearch {
    /** Less sure finds are not worth a hint. */
    private static final double SURE = 0.4;

    private final Session session;
    private final Output output;
    private final Detector detector;

    ParentSearch(Session session, Output output) {
        this.session = session;
        this.output = output;
        this.detector = new Detector(session.repository());
    }

    /** The origin of a checkpoint among all versions, printed with its evidence; empty if none is sure enough. */
    Optional<Detected> detect(Path path, double minConfidence, WriterLock lock) throws IOException {
        detector.update(lock, session.progress());
        Optional<Detected> found = detector.originOf(name(path), Detector.sketch(path));
        if (found.isEmpty()) {
            output.note("no version in this repository is close enough to be the parent");
        }
        boolean unsure =
                found.filter(origin -> origin.confidence() < minConfidence).isPresent();
        found.ifPresent(origin -> {
            output.note((unsure ? "too unsure to record: " : "found: ") + words(origin));
            origin.evidence().forEach(reason -> output.note("  " + reason));
        });
        return unsure ? Optional.empty() : found;
    }

    static List<CommitRequest.Origin> origins(Detected found) {
        return found.parents().stream()
                .flatMap(parent -> parent.version().stream())
                .map(version -> new CommitRequest.Origin(version, found.kind(), ProvenanceEdge.Source.INFERRED))
                .toList();
    }

    static Map<String, String> trailer(Detected found) {
        return Map.of("Inferred-Confidence", String.format(Locale.ROOT, "%.2f", found.confidence()));
    }

    /**
     * Keeps the sketch of a fresh version for later searches, tells what contradicts the parents declared for it and,
     * where none is, what it looks like it comes from. The version is safe whatever happens here, so failures are silent.
     */
    void after(Path path, CommitResult result) {
        try {
            ModelSketch sketch = Detector.sketch(path);
            boolean unknown = result.previous().isEmpty() && result.origins().isEmpty();
            Optional<Detected> found = unknown ? detector.originOf(result.model(), sketch) : Optional.empty();
            detector.contradiction(result.model(), sketch, declared(result))
                    .ifPresent(said -> output.note("committed as declared, but " + said));
            detector.keep(result.version(), sketch);
            tell(result, found.filter(origin -> origin.confidence() >= SURE));
        } catch (IOException | MgitException e) {
            result.sameAs().ifPresent(same -> sayIsSame(same, result.model()));
        }
    }

    private void tell(CommitResult result, Optional<Detected> found) {
        Optional<VersionId> same = result.sameAs()
                .or(() -> found.stream()
                        .flatMap(origin -> origins(origin).stream())
                        .map(CommitRequest.Origin::version)
                        .filter(version -> SameFiles.in(session.repository().lineage(), version, result.version()))
                        .findFirst());
        if (same.isPresent()) {
            sayIsSame(same.get(), result.model());
        } else {
            found.ifPresent(origin -> suggest(result.model(), origin));
        }
    }

    private void sayIsSame(VersionId version, String model) {
        Optional<String> newest = session.repository().lineage().models().stream()
                .filter(other -> other.head().equals(version))
                .map(Model::name)
                .findFirst();
        output.note("same content as "
                + newest.map(other -> other + "; to rename it: mgit undo && mgit mv " + other + " " + model)
                        .orElseGet(() -> session.name(version)));
    }

    private static List<CommitRequest.Origin> declared(CommitResult result) {
        return result.origins().stream()
                .filter(origin -> origin.source() == ProvenanceEdge.Source.DECLARED)
                .toList();
    }

    /** Says what a model without known origin looks like, and how to record that. */
    private void suggest(String model, Detected found) {
        output.note((found.kind() == EdgeKind.COPY ? "these are " : "this looks like a ") + words(found));
        found.parents()
                .forEach(parent -> output.hint("record it with 'mgit edge add " + model + " " + parent.name() + " "
                        + found.kind().word() + "', or commit with --detect"));
    }

    private static String words(Detected found) {
        return found.words(found.parents()) + String.format(Locale.ROOT, " (confidence %.2f)", found.confidence());
    }

    private static String name(Path path) {
        return String.valueOf(path.getFileName());
    }
}
