package dev.mgit.lineage.version;

/**
 * One change to the lineage: any number of new versions, reference moves and notes that become visible together or
 * not at all, and one entry of the operation log. The caller holds the repository's writer lock.
 */
public interface Transaction {
    /** Writes a version's objects durably; no reference moves yet. */
    VersionId write(NewVersion version);

    /** Sets or creates a model's head. The head must still be what it was when the transaction began. */
    void setModel(String name, VersionId head);

    void deleteModel(String name);

    void setTag(String name, VersionId version);

    void deleteTag(String name);

    /** Replaces a version's note in a namespace. */
    void putNote(String namespace, VersionId version, byte[] content);

    void removeNote(String namespace, VersionId version);

    /** Moves a version's note, readable or not, out of the way, into the namespace {@code set-aside/NAMESPACE}. */
    void setNoteAside(String namespace, VersionId version);

    /** Writes a registry file (see {@link Lineage#registryFile}). */
    void putRegistryFile(String path, byte[] content);

    void removeRegistryFile(String path);

    /** Sets {@code refs/mgit/NAME}, which keeps a version alive without showing it as a model. */
    void setPrivateRef(String name, VersionId version);

    void deletePrivateRef(String name);

    /**
     * Makes everything visible in one atomic reference transaction.
     *
     * @throws dev.mgit.delta.MgitException of kind CONFLICT if a reference moved since the transaction began
     */
    void apply();
}
