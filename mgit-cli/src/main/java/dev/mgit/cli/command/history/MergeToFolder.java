package dev.mgit.cli.command.history;

import dev.mgit.cli.console.Context;
import dev.mgit.cli.console.JsonOption;
import dev.mgit.cli.console.Session;
import dev.mgit.delta.MgitException;
import dev.mgit.delta.TaskPool;
import dev.mgit.hooks.FolderTools;
import dev.mgit.lineage.checkpoint.CopyProgress;
import dev.mgit.lineage.diff.DiffSide;
import dev.mgit.lineage.diff.DiffSides;
import dev.mgit.lineage.git.DurableNames;
import dev.mgit.lineage.merge.Merge;
import dev.mgit.lineage.merge.MergeBase;
import dev.mgit.lineage.merge.MergePlan;
import dev.mgit.lineage.merge.MergeRule;
import dev.mgit.lineage.repository.FileStat;
import dev.mgit.lineage.repository.Repository;
import dev.mgit.lineage.repository.UserFolder;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** A merge of revisions, files or folders into a folder; needs no repository unless a revision is named. */
final class MergeToFolder {
    private final Context context;
    private final JsonOption json;
    private final List<String> sides;
    private final Optional<String> base;
    private final List<String> strategies;

    MergeToFolder(
            Context context, JsonOption json, List<String> sides, Optional<String> base, List<String> strategies) {
        this.context = context;
        this.json = json;
        this.sides = sides;
        this.base = base;
        this.strategies = strategies;
    }

    int run(Path folder, boolean planOnly) throws IOException {
        if (!planOnly) {
            requireEmpty(folder);
        }
        try (Session session = Session.ifAny(context)) {
            Optional<Repository> repository = Optional.ofNullable(session).map(Session::repository);
            CopyProgress progress = session == null ? CopyProgress.none() : session.progress();
            var names = new DiffSides(repository, context.directory());
            DiffSide ours = names.parse(sides.get(0));
            DiffSide theirs = names.parse(sides.get(1));
            Optional<DiffSide> common = base.map(names::parse).or(() -> ancestor(repository, ours, theirs));
            try (Merge merge = Merge.open(
                    repository,
                    common.map(MergeToFolder::source),
                    source(ours),
                    source(theirs),
                    progress,
                    TaskPool.usualThreads())) {
                MergePlan plan =
                        merge.plan(strategies.stream().map(MergeRule::parse).toList());
                var text = new MergeText(context, json);
                if (planOnly) {
                    return text.plan(plan, Optional.empty(), List.of());
                }
                if (!plan.canGoOn()) {
                    return text.refused(plan);
                }
                write(merge, plan, folder);
                text.written(plan, folder);
            }
        }
        return 0;
    }

    private static Optional<DiffSide> ancestor(Optional<Repository> repository, DiffSide ours, DiffSide theirs) {
        if (repository.isPresent()
                && ours instanceof DiffSide.Revision left
                && theirs instanceof DiffSide.Revision right) {
            return MergeBase.of(repository.get().graph(), left.version(), right.version())
                    .map(id -> new DiffSide.Revision(id.abbreviated(), id));
        }
        return Optional.empty();
    }

    private static Merge.Source source(DiffSide side) {
        return side instanceof DiffSide.Revision revision
                ? new Merge.Stored(revision.version())
                : new Merge.OnDisk(((DiffSide.OnDisk) side).path());
    }

    private static void requireEmpty(Path folder) throws IOException {
        if (Files.exists(folder)) {
            try (DirectoryStream<Path> found = Files.newDirectoryStream(folder)) {
                if (found.iterator().hasNext()) {
                    throw new MgitException(
                            MgitException.Kind.CONFLICT,
                            "'" + folder + "' is not empty",
                            "give a new or empty folder with --output");
                }
            }
        }
    }

    /** Written beside and moved in whole, so that a folder with files in it is a result. */
    private static void write(Merge merge, MergePlan plan, Path folder) throws IOException {
        DurableNames.createFolders(folder);
        Path staging = Files.createDirectory(folder.resolve(".mgit-staging-" + UUID.randomUUID()));
        try {
            merge.write(plan, staging);
            List<Path> made = new ArrayList<>();
            try (DirectoryStream<Path> found = Files.newDirectoryStream(staging)) {
                found.forEach(made::add);
            }
            var target = new UserFolder(folder);
            for (Path path : made) {
                target.place(path, folder.resolve(staging.relativize(path)), FileStat.ABSENT);
            }
        } finally {
            FolderTools.delete(staging);
        }
    }
}
