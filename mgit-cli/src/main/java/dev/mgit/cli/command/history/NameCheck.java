package dev.mgit.cli.command.history;

import dev.mgit.cli.console.Session;
import dev.mgit.delta.MgitException;
import dev.mgit.lineage.checkpoint.CheckoutState;
import dev.mgit.lineage.checkpoint.CommitRequest;
import dev.mgit.lineage.checkpoint.Commits;
import dev.mgit.lineage.detect.Detector;
import dev.mgit.lineage.imports.RunFolder;
import dev.mgit.lineage.version.VersionId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** Refuses what only a path has named where it looks like a mistake; whoever gives {@code --model} means it. */
final class NameCheck {
    private final Session session;
    private final Detector detector;

    NameCheck(Session session) {
        this.session = session;
        this.detector = new Detector(session.repository());
    }

    /** @throws MgitException of kind USAGE for the folder of a run, whose checkpoints are versions each */
    void requireCheckpoint(Path path, Path files, Optional<String> model) throws IOException {
        boolean known = model.isPresent()
                || CheckoutState.find(session.repository(), files).isPresent();
        if (!known && Files.isReadable(files) && RunFolder.is(files)) {
            throw new MgitException(
                    MgitException.Kind.USAGE,
                    "'" + path + "' is no checkpoint but a run that holds several",
                    "make a version of each with 'mgit import " + path + "'; to store it as one version: --model NAME");
        }
    }

    /** @throws MgitException of kind CONFLICT if the weights share nothing with those of the model they would go to */
    void requireKin(Path path, CommitRequest request) throws IOException {
        Commits.Target target = new Commits(session.repository(), session.progress()).target(request);
        Optional<VersionId> head = target.suggested().flatMap(name -> target.previous());
        if (head.isPresent() && isStrange(request.path(), head.get())) {
            throw new MgitException(
                    MgitException.Kind.CONFLICT,
                    "the weights of '" + path + "' have nothing in common with " + target.model() + " at "
                            + head.get().abbreviated(),
                    "of another model: --model NEW; if it is meant: --model " + target.model());
        }
    }

    /** What cannot be read now, the commit itself reports. */
    private boolean isStrange(Path files, VersionId head) {
        try {
            return detector.isStrange(Detector.sketch(files), head);
        } catch (IOException | MgitException e) {
            return false;
        }
    }
}
