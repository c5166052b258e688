package dev.mgit.lineage.maintain;

import dev.mgit.lineage.version.VersionId;
import java.util.List;
import java.util.Optional;

/**
 * What a check found.
 *
 * @param versions versions checked
 * @param objects tensors and other byte ranges of the parameter store checked
 * @param blocks blocks decoded and hashed
 * @param bytes raw bytes of those blocks
 * @param absent objects that are not here, but promised by a remote
 * @param away versions that need such objects
 * @param part which part of the data was read, {@code 1/1} for all
 */
public record FsckReport(
        int versions,
        int gitObjects,
        long objects,
        long blocks,
        long bytes,
        long absent,
        List<Touched> away,
        String part,
        List<Damage> damage) {
    private static final String GIT_OBJECT = "Git object ";

    /** Where damage is. */
    public enum Place {
        /** Git objects, references, notes, the operation log. */
        LINEAGE,
        /** The files of the parameter store as such. */
        STORE,
        OBJECT,
        BLOCK,
        CHECKOUT
    }

    /**
     * One thing that is wrong.
     *
     * @param what e.g. {@code block 1a2b…}
     * @param why one clause
     * @param touched what cannot be read for it; empty if no version needs it
     */
    public record Damage(Place place, String what, String why, List<Touched> touched) {
        public Damage {
            touched = List.copyOf(touched);
        }

        /** The id of the damaged object or block; empty for what has none. */
        public Optional<String> id() {
            return place == Place.OBJECT || place == Place.BLOCK
                    ? Optional.of(what.substring(what.lastIndexOf(' ') + 1))
                    : Optional.empty();
        }
    }

    /**
     * A place in a version that damage reaches.
     *
     * @param model the model's name when the version was made, empty if it cannot be read
     * @param file path in the version, empty for all of it
     * @param tensor empty where the bytes are no tensor's
     * @param byPrediction true if what is damaged is not part of the tensor itself, but it is predicted from it
     */
    public record Touched(
            VersionId version, String model, Optional<String> file, Optional<String> tensor, boolean byPrediction) {}

    public FsckReport {
        away = List.copyOf(away);
        damage = List.copyOf(damage);
    }

    /** Ids of Git objects that are missing or damaged. */
    public List<String> lostGitObjects() {
        return damage.stream()
                .filter(found -> found.place() == Place.LINEAGE && found.what().startsWith(GIT_OBJECT))
                .map(found -> found.what().substring(GIT_OBJECT.length()))
                .toList();
    }

    /** Ids of what is damaged in one kind of place. */
    public List<String> damaged(Place place) {
        return damage.stream()
                .filter(found -> found.place() == place)
                .flatMap(found -> found.id().stream())
                .toList();
    }

    public boolean isClean() {
        return damage.isEmpty();
    }
}
