package dev.mgit.lineage.version;

/** A change that takes in what somebody else did. */
public interface ExchangeTransaction extends Transaction {
    /** Sets what is known of a model's head at a remote, {@code refs/remotes/REMOTE/NAME}. */
    void setRemoteModel(String remote, String name, VersionId head);

    void deleteRemoteModel(String remote, String name);

    /**
     * Joins somebody else's notes of one namespace with those here. {@link #apply} ends in a conflict where the merger
     * has no answer.
     *
     * @param theirs the head of their notes, whose objects are here
     * @param merger for notes that both changed
     */
    void mergeNotes(String namespace, VersionId theirs, NoteMerger merger);

    /**
     * Joins somebody else's registry files with those here. {@link #apply} ends in a conflict where both changed one.
     *
     * @param theirs the head of their registry, whose objects are here
     */
    void mergeRegistry(VersionId theirs);
}
