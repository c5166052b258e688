package dev.mgit.lineage.repository;

import java.nio.file.Path;

/** The layout below {@code .mgit}. Nobody else builds these paths. */
public record RepositoryFiles(Path root, Path mgit) {
    public static final String FOLDER = ".mgit";

    static RepositoryFiles below(Path root) {
        return new RepositoryFiles(root, root.resolve(FOLDER));
    }

    /** One line: the version of this layout. */
    public Path formatFile() {
        return mgit.resolve("format");
    }

    /** One line, made at random: tells this repository from another at the same place. */
    public Path id() {
        return mgit.resolve("id");
    }

    /** The bare Git repository of the lineage. */
    public Path lineage() {
        return mgit.resolve("lineage.git");
    }

    /** The RocksDB database of blocks and objects. */
    public Path parameters() {
        return mgit.resolve("parameters");
    }

    /** A store that is being rebuilt from a damaged one; not whole yet. */
    public Path parametersBeingRebuilt() {
        return mgit.resolve("parameters-unfinished");
    }

    /** A rebuilt store, whole, that is about to take the damaged one's place. */
    public Path parametersRebuilt() {
        return mgit.resolve("parameters-rebuilt");
    }

    /** Where a damaged store is kept once a rebuilt one has taken its place. */
    public Path parametersDamaged() {
        return mgit.resolve("parameters-damaged");
    }

    public Path config() {
        return mgit.resolve("config");
    }

    public Path operationLog() {
        return mgit.resolve("operations");
    }

    public Path lockFile() {
        return mgit.resolve("lock");
    }

    /** Which version each checked-out folder holds. */
    public Path checkouts() {
        return mgit.resolve("checkouts");
    }

    /** What a command was about to do to the user's files, for whoever cleans up after a crash. */
    public Path journal() {
        return mgit.resolve("journal");
    }

    /** Derived data that is rebuilt when missing. */
    public Path index() {
        return mgit.resolve("index");
    }

    /** Sketches of versions, by which relatives are found; derived data too. */
    public Path sketches() {
        return index().resolve("sketches");
    }

    /** Copies of the indexes of remote stores, a folder for each remote. */
    public Path remoteIndexes() {
        return index().resolve("remotes");
    }

    /** The lineage graph, so that questions need not read every commit. */
    public Path graphIndex() {
        return index().resolve("graph");
    }

    /** Which version has which tensors, so that a search need not read every manifest. */
    public Path tensorIndex() {
        return index().resolve("tensors");
    }

    /** A search for the first bad version that is under way. */
    public Path bisect() {
        return mgit.resolve("bisect");
    }

    /** A merge that is under way. */
    public Path merge() {
        return mgit.resolve("merge");
    }

    /** What clients have sent to a server and not committed yet. */
    public Path uploads() {
        return mgit.resolve("uploads");
    }

    /** Runs, logs and other work of hooks. */
    public Path hooks() {
        return mgit.resolve("hooks");
    }
}
