package dev.mgit.serve.hub;

import dev.mgit.delta.MgitException;
import dev.mgit.lineage.version.FileEntry;
import dev.mgit.lineage.version.Lineage;
import dev.mgit.lineage.version.Manifest;
import dev.mgit.lineage.version.Model;
import dev.mgit.lineage.version.Tag;
import dev.mgit.lineage.version.Version;
import dev.mgit.lineage.version.VersionId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The lineage as the Hub's endpoints see it: models by repository id, versions by revision, files with their hashes. A
 * lineage is for one thread at a time, so every look at it goes through here.
 */
public final class HubModels {
    /** The name clients give to the newest version unless told otherwise. */
    static final String MAIN = "main";

    private static final Pattern RELATIVE = Pattern.compile("(?:main|HEAD)?((?:@\\{[^{}]*\\})?[~^].*|@\\{[^{}]*\\})");

    private static final long MOST_ENTRIES = 100_000;

    private final Lineage lineage;
    private final Cached<VersionId, HubTree> trees =
            new Cached<>(MOST_ENTRIES, tree -> 1 + tree.files().size());
    private final Cached<FileOf, Manifest> manifests =
            new Cached<>(MOST_ENTRIES, manifest -> 1 + manifest.entries().size());

    private record FileOf(VersionId version, String path) {}

    public HubModels(Lineage lineage) {
        this.lineage = lineage;
    }

    List<Model> all() {
        synchronized (lineage) {
            return lineage.models();
        }
    }

    /** @throws dev.mgit.serve.http.HttpError if there is none */
    Model model(String id) {
        synchronized (lineage) {
            return find(id).or(() -> RepoId.unescaped(id).flatMap(this::find)).orElseThrow(() -> HubErrors.noModel(id));
        }
    }

    private Optional<Model> find(String name) {
        try {
            return lineage.model(name);
        } catch (IllegalArgumentException e) {
            return Optional.empty(); // no name that a model can have
        }
    }

    /**
     * The version a revision means in a model: {@code main}, a tag, an id, or whatever else mgit takes; what follows
     * from {@code main} goes back from there ({@code main~2}).
     *
     * @throws dev.mgit.serve.http.HttpError if there is none
     */
    VersionId version(Model model, String revision) {
        if (revision.equals(MAIN) || revision.equals("HEAD") || revision.equals("refs/heads/" + MAIN)) {
            return model.head();
        }
        var relative = RELATIVE.matcher(revision);
        String typed = relative.matches() ? model.name() + relative.group(1) : revision;
        synchronized (lineage) {
            Optional<VersionId> found;
            try {
                found = lineage.tryResolve(typed).filter(this::isVersion);
            } catch (MgitException e) {
                if (e.kind() != MgitException.Kind.USAGE) {
                    throw e;
                }
                found = Optional.empty(); // several
            }
            return found.orElseThrow(() -> HubErrors.noRevision(model.name(), revision));
        }
    }

    /** Commits that hold no version can be named too. */
    private boolean isVersion(VersionId id) {
        return !lineage.version(id).model().isEmpty();
    }

    Version version(VersionId id) {
        synchronized (lineage) {
            return lineage.version(id);
        }
    }

    /** The tags on versions of a model. */
    List<Tag> tags(Model model) {
        synchronized (lineage) {
            return lineage.tags().stream()
                    .filter(tag -> lineage.version(tag.version()).model().equals(model.name()))
                    .toList();
        }
    }

    /** Versions of a model from one on back, newest first, some of them passed over. */
    List<Version> history(VersionId from, int skip, int most) {
        List<Version> history = new ArrayList<>();
        Optional<VersionId> at = Optional.of(from);
        for (int i = 0; at.isPresent() && history.size() < most; i++) {
            Version version = version(at.get());
            if (i >= skip) {
                history.add(version);
            }
            at = version.previous();
        }
        return history;
    }

    HubTree tree(VersionId version) {
        return trees.get(version, this::read);
    }

    private HubTree read(VersionId version) {
        List<HubEntry> files = new ArrayList<>();
        List<FileEntry> stored;
        synchronized (lineage) {
            stored = lineage.checkpoint(version).files();
        }
        for (FileEntry file : stored) {
            files.add(
                    file.stored() == FileEntry.Storage.VERBATIM
                            ? HubEntry.verbatim(file.path(), verbatim(version, file.path()))
                            : HubEntry.large(
                                    file.path(), manifest(version, file.path()).sha256(), file.size()));
        }
        return new HubTree(files);
    }

    byte[] verbatim(VersionId version, String path) {
        synchronized (lineage) {
            return lineage.verbatim(version, path);
        }
    }

    Manifest manifest(VersionId version, String path) {
        return manifests.get(new FileOf(version, path), file -> {
            synchronized (lineage) {
                return lineage.manifest(file.version(), file.path());
            }
        });
    }
}
