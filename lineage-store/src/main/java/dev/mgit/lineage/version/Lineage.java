package dev.mgit.lineage.version;

import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * The lineage graph: models, their versions, and how they hang together. Reading never opens the parameter store and
 * is never blocked by a writer. Every change goes through one {@link Transaction}.
 */
public interface Lineage extends AutoCloseable {
    /**
     * Finds the version a revision names: {@code model}, {@code tag}, {@code model~2}, {@code model@{1}}, a full or
     * abbreviated id.
     *
     * @throws dev.mgit.delta.MgitException of kind USAGE if there is none or several, with a did-you-mean hint
     */
    VersionId resolve(String revision);

    Optional<VersionId> tryResolve(String revision);

    /** All models by name. */
    List<Model> models();

    Optional<Model> model(String name);

    List<Tag> tags();

    /** Differs whenever a model, a tag or the notes of edges differ: what an index of the graph was made from. */
    String fingerprint();

    /** One version with its edges as they stand now. */
    Version version(VersionId id);

    /** Everything reachable from the given versions over both kinds of edge, newest first, children before parents. */
    Iterator<Version> walk(Collection<VersionId> from);

    /** The files of a version, without those that were dropped from it later. */
    Checkpoint checkpoint(VersionId id);

    /** The manifest of a file kept in the parameter store. */
    Manifest manifest(VersionId id, String path);

    /** The bytes of a file kept verbatim. */
    byte[] verbatim(VersionId id, String path);

    /** A further record kept in the version's tree under {@code mgit/}, e.g. {@code recipe.json}. */
    Optional<byte[]> extra(VersionId id, String name);

    /**
     * What was noted later about a version in one namespace ({@code tests}, {@code edges}, {@code recipes}). A note
     * whose bytes are damaged counts as not there, here and below, and a warning names it.
     */
    Optional<byte[]> note(String namespace, VersionId id);

    /** The same, as a function reads it; what it throws makes the note one that cannot be read. */
    <T> Optional<T> note(String namespace, VersionId id, Function<byte[], T> reader);

    /** Whether there is a note, be it one that cannot be read. */
    boolean hasNote(String namespace, VersionId id);

    /** All notes of a namespace. */
    Map<VersionId, byte[]> notes(String namespace);

    /** A file versioned with the repository itself rather than with a model: hooks, tests, settings. */
    Optional<byte[]> registryFile(String path);

    /** Paths of all registry files below a folder. */
    List<String> registryFiles(String folder);

    /** References below {@code refs/mgit/} that are not for users: staging areas and the like; short names to ids. */
    Map<String, VersionId> privateRefs(String prefix);

    /** The latest operations, newest first. */
    List<Operation> operations(int limit);

    /**
     * The digest of the last record of the operation log, lower-case hexadecimal SHA-256; it stands for every record
     * before it too. Empty where nothing is chained yet.
     */
    Optional<String> operationHead();

    /**
     * Starts a change. Objects may be written at once; nothing is visible before {@link Transaction#apply()}.
     *
     * @param description what the user did, for the operation log
     */
    Transaction begin(String description, Person author);

    /**
     * Takes back one operation, the latest that is not yet undone if none is named, by moving every reference back.
     * The caller holds the repository's writer lock.
     *
     * @return the operation taken back
     * @throws dev.mgit.delta.MgitException of kind CONFLICT if a later operation moved the same references
     */
    Operation undo(Optional<String> operation, Person author);

    @Override
    void close();
}
