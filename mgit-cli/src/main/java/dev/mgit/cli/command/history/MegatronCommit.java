package dev.mgit.cli.command.history;

import dev.mgit.cli.console.Context;
import dev.mgit.cli.console.Session;
import dev.mgit.delta.MgitException;
import dev.mgit.hooks.FolderTools;
import dev.mgit.hooks.WorkFolder;
import dev.mgit.lineage.megatron.MegatronCheckpoint;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Puts a Megatron-LM checkpoint together in a folder of its own, for as long as it takes to commit it. */
final class MegatronCommit {
    private MegatronCommit() {}

    /** Commits what is in a folder. */
    interface Commit {
        void of(Path folder) throws IOException;
    }

    static void with(Context context, Session session, Path checkpoint, @Nullable String model, Commit commit)
            throws IOException {
        if (model == null) {
            throw new MgitException(
                    MgitException.Kind.USAGE, "--megatron needs the name of the model", "name it with --model NAME");
        }
        if (!Files.isDirectory(checkpoint)) {
            throw new MgitException(
                    MgitException.Kind.USAGE, "there is no folder '" + checkpoint + "'", "check the path");
        }
        WorkFolder work = WorkFolder.create(session.repository().files().hooks().resolve("megatron"));
        try {
            Path folder = FolderTools.create(work.path().resolve("model"));
            MegatronCheckpoint.Written written = MegatronCheckpoint.write(checkpoint, folder);
            commit.of(folder);
            context.output().note("put together from " + written.ranks() + (written.ranks() == 1 ? " rank" : " ranks"));
        } catch (MgitException e) {
            // The user knows the checkpoint, not the folder that stands for it.
            String message = e.getMessage().replace(work.path().resolve("model").toString(), checkpoint.toString());
            throw new MgitException(e.kind(), message, e.hint(), e);
        } finally {
            work.delete();
        }
    }
}
