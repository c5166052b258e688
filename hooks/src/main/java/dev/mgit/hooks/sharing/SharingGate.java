package dev.mgit.hooks.sharing;

import dev.mgit.delta.MgitException;
import dev.mgit.hooks.JobProgress;
import dev.mgit.hooks.Workspace;
import dev.mgit.lineage.version.Version;
import dev.mgit.lineage.version.VersionId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Lets versions pass only if they keep what is promised of them. The setting {@code sharing.check} says what comes of a
 * broken promise: {@code refuse} the version, {@code warn}, or nothing ({@code off}).
 */
public final class SharingGate {
    /** The setting. */
    public static final String SETTING = "sharing.check";

    /** What comes of a broken promise. */
    private enum Mode {
        REFUSE,
        WARN,
        OFF
    }

    private final Workspace workspace;
    private final Declarations declarations;
    private final JobProgress progress;

    /** What is promised of versions. */
    @FunctionalInterface
    public interface Declarations {
        List<Promise> of(Version version);
    }

    public SharingGate(Workspace workspace, Declarations declarations, JobProgress progress) {
        this.workspace = workspace;
        this.declarations = declarations;
        this.progress = progress;
    }

    /** @throws MgitException of kind USAGE if the setting cannot be read */
    public static void check(Optional<String> setting) {
        var unused = mode(setting);
    }

    private static Mode mode(Optional<String> setting) {
        String word = setting.orElse("refuse");
        for (Mode mode : Mode.values()) {
            if (mode.name().toLowerCase(Locale.ROOT).equals(word)) {
                return mode;
            }
        }
        throw new MgitException(
                MgitException.Kind.USAGE,
                SETTING + " is '" + word + "'",
                "mgit config " + SETTING + " refuse, warn or off");
    }

    /** How a version stands to each promise. */
    public List<Standing> standings(VersionId id, Collection<VersionId> madeTogether) {
        synchronized (workspace) {
            Version version = workspace.lineage().version(id);
            List<Promise> promises = declarations.of(version);
            if (promises.isEmpty()) {
                return List.of();
            }
            var sharing = new Sharing(workspace.lineage(), madeTogether);
            return promises.stream()
                    .map(promise -> sharing.standing(version, promise))
                    .toList();
        }
    }

    /** The promises that versions made together break and may not, a sentence each. */
    public List<String> objections(Collection<VersionId> madeTogether) {
        Mode mode = mode(workspace.setting(SETTING));
        List<String> objections = new ArrayList<>();
        for (VersionId id : mode == Mode.OFF ? List.<VersionId>of() : madeTogether) {
            for (Standing standing : standings(id, madeTogether)) {
                if (standing.kept()) {
                    continue;
                }
                String model = workspace.lineage().version(id).model();
                if (mode == Mode.REFUSE) {
                    objections.add("'" + model + "' " + standing.text());
                } else {
                    progress.on(new JobProgress.Event(
                            JobProgress.Kind.TESTED, model, standing.text(), Optional.of("sharing")));
                }
            }
        }
        return objections;
    }

    /** @throws MgitException of kind GATE naming what is broken */
    public void require(Collection<VersionId> madeTogether) {
        List<String> objections = objections(madeTogether);
        if (!objections.isEmpty()) {
            throw new MgitException(
                    MgitException.Kind.GATE,
                    String.join("; ", objections),
                    "change what the recipe declares with 'mgit recipe set', or allow it with 'mgit config " + SETTING
                            + " warn'");
        }
    }
}
