package dev.mgit.lineage.diff;

import dev.mgit.delta.MgitException;
import dev.mgit.lineage.checkpoint.CheckoutState;
import dev.mgit.lineage.repository.Repository;
import dev.mgit.lineage.version.VersionId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Finds out what the arguments of a diff name. A revision wins over a path of the same name; {@code ./name} and
 * absolute paths are always paths.
 */
public final class DiffSides {
    private final Optional<Repository> repository;
    private final Path directory;

    /**
     * @param repository empty outside of any: then only paths can be named
     * @param directory what relative paths are relative to
     */
    public DiffSides(Optional<Repository> repository, Path directory) {
        this.repository = repository;
        this.directory = directory;
    }

    /** The two sides of {@code mgit diff}; with fewer arguments the current folder is the second side. */
    public List<DiffSide> of(List<String> arguments) throws IOException {
        return switch (arguments.size()) {
            case 0 -> List.of(checkedOut(), here());
            case 1 -> List.of(parse(arguments.get(0)), here());
            case 2 -> List.of(parse(arguments.get(0)), parse(arguments.get(1)));
            default ->
                throw new MgitException(
                        MgitException.Kind.USAGE,
                        "diff needs two sides, not " + arguments.size(),
                        "'--files GLOB' compares only some files");
        };
    }

    private DiffSide.OnDisk here() throws IOException {
        return new DiffSide.OnDisk(".", state().map(CheckoutState::folder).orElse(directory));
    }

    private DiffSide checkedOut() throws IOException {
        CheckoutState state = state().orElseThrow(() -> new MgitException(
                MgitException.Kind.USAGE,
                "'" + directory + "' is not a checkout, so there is nothing to compare it with",
                "name what to compare: mgit diff A B"));
        if (state.partial()) {
            throw new MgitException(
                    MgitException.Kind.USAGE,
                    "'" + state.folder() + "' has only part of " + state.model(),
                    "name what to compare: mgit diff " + state.model() + " .");
        }
        return new DiffSide.Revision(state.model() + "@" + state.version().abbreviated(), state.version());
    }

    private Optional<CheckoutState> state() throws IOException {
        return repository.isEmpty() ? Optional.empty() : CheckoutState.find(repository.get(), directory);
    }

    /**
     * What one argument names.
     *
     * @throws MgitException of kind USAGE if it is neither a revision nor a path
     */
    public DiffSide parse(String text) {
        Optional<Path> path = path(text);
        boolean explicit = text.startsWith("./")
                || text.startsWith("../")
                || text.startsWith("/")
                || text.equals(".")
                || text.equals("..");
        if (explicit || repository.isEmpty()) {
            return onDisk(text, path)
                    .orElseThrow(() -> new MgitException(
                            MgitException.Kind.USAGE,
                            "there is no file or folder '" + text + "'",
                            explicit ? "check the path" : "revisions can only be named inside a repository"));
        }
        Optional<VersionId> version = repository.get().lineage().tryResolve(text);
        if (version.isPresent()) {
            return new DiffSide.Revision(text, version.get());
        }
        Optional<DiffSide> disk = onDisk(text, path);
        // resolve() says best what is wrong with a revision, and what may have been meant
        return disk.isPresent()
                ? disk.get()
                : new DiffSide.Revision(text, repository.get().lineage().resolve(text));
    }

    private Optional<Path> path(String text) {
        try {
            return Optional.of(directory.resolve(text).normalize());
        } catch (InvalidPathException e) {
            return Optional.empty();
        }
    }

    private static Optional<DiffSide> onDisk(String label, Optional<Path> path) {
        return path.filter(Files::exists).map(found -> new DiffSide.OnDisk(label, found));
    }
}
