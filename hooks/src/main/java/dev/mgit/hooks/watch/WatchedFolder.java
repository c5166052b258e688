package dev.mgit.hooks.watch;

import dev.mgit.lineage.checkpoint.FolderLook;
import dev.mgit.lineage.checkpoint.TrainingStep;
import dev.mgit.lineage.version.VersionId;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** One checkpoint folder as a watch knows it. */
final class WatchedFolder {
    private final Path path;
    private @Nullable FolderLook look;
    private long unchangedSince;
    private boolean judged;
    private Optional<VersionId> version = Optional.empty();
    private long step;
    private TrainerState state = TrainerState.NONE;
    private String told = "";

    WatchedFolder(Path path) {
        this.path = path;
    }

    Path path() {
        return path;
    }

    String name() {
        return String.valueOf(path.getFileName());
    }

    /** Takes in what it looks like now; what was found out about another look no longer counts. */
    void see(FolderLook now, long nanos) {
        if (!now.equals(look)) {
            look = now;
            unchangedSince = nanos;
            judged = false;
            version = Optional.empty();
        }
    }

    /** It could not be looked at: there is nothing to find out until it can. */
    void seeNothing() {
        look = null;
        judged = true;
        version = Optional.empty();
    }

    FolderLook look() {
        if (look == null) {
            throw new IllegalStateException(path + " was not looked at");
        }
        return look;
    }

    /** How long until it will have been left alone long enough. */
    Duration untilSettled(Duration settle, long nanos) {
        Duration left = settle.minusNanos(nanos - unchangedSince);
        return left.isNegative() ? Duration.ZERO : left;
    }

    /** Whether there is nothing to find out about it. */
    boolean isJudged() {
        return judged;
    }

    void judged() {
        judged = true;
    }

    /** A version has all of it. */
    void holds(VersionId found) throws IOException {
        version = Optional.of(found);
        step = TrainingStep.of(path).orElse(0);
        state = TrainerState.of(path);
        judged = true;
    }

    /** The version that has all of it. */
    Optional<VersionId> version() {
        return version;
    }

    /** To decide whether it stays, once a version has it. */
    KeepRule.Candidate candidate() {
        return new KeepRule.Candidate(path, step, state);
    }

    /** Whether a sentence about it is news. */
    boolean isNews(String sentence) {
        boolean news = !told.equals(sentence);
        told = sentence;
        return news;
    }
}
