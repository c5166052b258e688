package dev.mgit.cli.command.update;

import dev.mgit.cli.command.hooks.HookSession;
import dev.mgit.cli.command.hooks.ProgressOptions;
import dev.mgit.cli.console.Context;
import dev.mgit.cli.console.Session;
import dev.mgit.cli.console.WaitOption;
import dev.mgit.delta.MgitException;
import dev.mgit.hooks.recipe.NodeRun;
import dev.mgit.lineage.git.RemoteAddress;
import dev.mgit.lineage.repository.DurableFiles;
import dev.mgit.lineage.repository.Repository;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** What a job of an update is where nodes share no files with the machine that asked for it. */
@Command(
        name = "node",
        description = {
            "Carry out one job of an update on a machine that has no copy of the repository.",
            "The scripts of jobs run it where the setting executor.command.remote, slurm.remote or kubernetes.remote "
                    + "names a remote. It fetches what the job needs, runs the recipe's command in a folder of its own, "
                    + "and pushes the result for the machine that runs the update.",
            "Exits with the command's exit code, with 5 if the job has been withdrawn, with 6 if it is not the one "
                    + "that was asked for, with 7 if the remote cannot be reached."
        })
public final class NodeCommand implements Callable<Integer> {
    private final Context context;

    @Parameters(index = "0", paramLabel = "LINEAGE-URL", description = "Where the lineage is, as for 'remote add'.")
    private String url = "";

    @Parameters(index = "1", paramLabel = "RUN", description = "The job, refs/mgit/runs/RUN there.")
    private String run = "";

    @Parameters(index = "2", paramLabel = "SHA-256", description = "Digest of what the job is to do.")
    private String digest = "";

    @Option(
            names = "--scratch",
            paramLabel = "DIR",
            description = "Work in a new folder below DIR, and remove it at the end. Default: TMPDIR, else /tmp.")
    private @Nullable Path scratch;

    NodeCommand(Context context) {
        this.context = context;
    }

    @Override
    public Integer call() throws IOException {
        RemoteAddress address = RemoteAddress.parse(url, context.directory());
        Path work = Files.createTempDirectory(scratch(), "mgit-node-");
        try {
            return carryOut(address, work);
        } finally {
            DurableFiles.deleteTree(work);
        }
    }

    private Path scratch() {
        String named = context.terminal().environment().get("TMPDIR");
        Path folder = scratch != null ? context.resolve(scratch) : Path.of(named == null ? "/tmp" : named);
        if (!Files.isDirectory(folder)) {
            throw new MgitException(
                    MgitException.Kind.USAGE, "there is no folder " + folder, "name one with --scratch, or in TMPDIR");
        }
        return folder;
    }

    private int carryOut(RemoteAddress address, Path work) throws IOException {
        Repository.init(work, context.user()).close();
        try (Session session = Session.open(context, work);
                HookSession hooks = HookSession.within(context, session, new WaitOption())) {
            var node =
                    new NodeRun(hooks.workspace(), hooks.localExecutor(), address, run, ProgressOptions.lines(context));
            return node.carryOut(digest, context.directory());
        }
    }
}
