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
import java.util.function.Predicate;
import java.util.regex.Pattern;

/**
 * The lineage as the Hub's endpoints see it: models by repository id, versions by revision, files with their hashes. A
 * lineage is for one thread at a time, so every look at it goes through here.
 */
public final class HubModels {
    /** The name clients give to the newest version unless told otherwise. */
    public static final String MAIN = "main";

    /**
     * What a branch of a model other than {@link #MAIN} is called here: a model of its own. Tags that clients set are
     * named alike, so that two models may have the same.
     */
    public static String branch(String model, String branch) {
        return branch.equals(MAIN) ? model : model + SCOPE + branch;
    }

    /** What a tag that a client sets on a model is called here. */
    public static String tag(String model, String tag) {
        return model + SCOPE + tag;
    }

    /** Whether a client has set a tag on a model. */
    public boolean isOwnTag(Model model, String tag) {
        synchronized (lineage) {
            return lineage.tags().stream().anyMatch(known -> known.name().equals(tag(model.name(), tag)));
        }
    }

    static final String SCOPE = "@";

    private static final Pattern RELATIVE = Pattern.compile("(?:main|HEAD)?((?:@\\{[^{}]*\\})?[~^].*|@\\{[^{}]*\\})");

    private static final long MOST_ENTRIES = 100_000;

    private final Lineage lineage;
    private final Predicate<String> created;
    private final Cached<VersionId, HubTree> trees =
            new Cached<>(MOST_ENTRIES, tree -> 1 + tree.files().size());
    private final Cached<FileOf, Manifest> manifests =
            new Cached<>(MOST_ENTRIES, manifest -> 1 + manifest.entries().size());

    private record FileOf(VersionId version, String path) {}

    public HubModels(Lineage lineage) {
        this(lineage, name -> false);
    }

    /** @param created whether clients have made a model of that name that has no version yet */
    public HubModels(Lineage lineage, Predicate<String> created) {
        this.lineage = lineage;
        this.created = created;
    }

    public List<Model> all() {
        synchronized (lineage) {
            return lineage.models();
        }
    }

    /** @throws dev.mgit.serve.http.HttpError if there is none */
    public Model model(String id) {
        synchronized (lineage) {
            return known(id).orElseThrow(() -> isEmpty(id) ? HubErrors.emptyModel(id) : HubErrors.noModel(id));
        }
    }

    private Optional<Model> known(String id) {
        String name = name(id);
        return find(name).or(() -> anyBranch(name));
    }

    /** Without a main branch, any other is as good. */
    private Optional<Model> anyBranch(String name) {
        return lineage.models().stream()
                .filter(model -> model.name().startsWith(name + SCOPE))
                .findFirst()
                .map(model -> new Model(name, model.head()));
    }

    /** The name of the model with an id, or of the one that would get it. */
    public String name(String id) {
        synchronized (lineage) {
            boolean plain = id.startsWith(RepoId.NO_NAMESPACE) && find(id).isEmpty();
            String named = plain ? id.substring(RepoId.NO_NAMESPACE.length()) : id;
            return find(named).isPresent() ? named : RepoId.unescaped(named).orElse(named);
        }
    }

    /** Whether an id is that of a model without versions. */
    public boolean isEmpty(String id) {
        synchronized (lineage) {
            return known(id).isEmpty() && created.test(name(id));
        }
    }

    /** A model by its name, as it stands. */
    public Optional<Model> tryModel(String name) {
        synchronized (lineage) {
            return find(name);
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
    public VersionId version(Model model, String revision) {
        if (revision.equals(MAIN) || revision.equals("HEAD") || revision.equals("refs/heads/" + MAIN)) {
            return model.head();
        }
        var relative = RELATIVE.matcher(revision);
        String typed = relative.matches() ? model.name() + relative.group(1) : revision;
        synchronized (lineage) {
            Optional<VersionId> found;
            try {
                found = lineage.tryResolve(model.name() + SCOPE + revision)
                        .or(() -> lineage.tryResolve(typed))
                        .filter(this::isVersion);
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

    public Version version(VersionId id) {
        synchronized (lineage) {
            return lineage.version(id);
        }
    }

    /** The tags on versions of a model, and those that clients have set on it. */
    public List<Tag> tags(Model model) {
        String scope = model.name() + SCOPE;
        synchronized (lineage) {
            return lineage.tags().stream()
                    .filter(tag -> tag.name().startsWith(scope)
                            || lineage.version(tag.version()).model().equals(model.name()))
                    .map(tag -> tag.name().startsWith(scope)
                            ? new Tag(tag.name().substring(scope.length()), tag.version())
                            : tag)
                    .toList();
        }
    }

    /** The branches of a model by the names that clients know, {@link #MAIN} first. */
    List<Model> branches(Model model) {
        String scope = model.name() + SCOPE;
        List<Model> branches = new ArrayList<>(List.of(new Model(MAIN, model.head())));
        all().stream()
                .filter(other -> other.name().startsWith(scope))
                .forEach(other -> branches.add(new Model(other.name().substring(scope.length()), other.head())));
        return branches;
    }

    /** Versions of a model from one on back, newest first, some of them passed over. */
    public List<Version> history(VersionId from, int skip, int most) {
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

    public HubTree tree(VersionId version) {
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

    public byte[] verbatim(VersionId version, String path) {
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
