package dev.mgit.cli.command.store;

import dev.mgit.cli.console.Context;
import dev.mgit.lineage.repository.Repository;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Creates a repository. */
@Command(name = "init", description = "Create a repository (a folder .mgit) in DIR.")
public final class InitCommand implements Callable<Integer> {
    private final Context context;

    @Parameters(paramLabel = "DIR", arity = "0..1", defaultValue = ".", description = "Default: the current folder.")
    private Path directory = Path.of(".");

    @Option(
            names = "--shared",
            description =
                    "Let the group of DIR work in it, whatever the umask: its files get that group, which may read and"
                            + " write them.")
    private boolean shared;

    InitCommand(Context context) {
        this.context = context;
    }

    @Override
    public Integer call() throws IOException {
        try (Repository repository = Repository.init(context.resolve(directory), context.user(), shared)) {
            context.output()
                    .line("Created an empty repository in " + repository.files().mgit());
            if (shared) {
                context.output()
                        .hint("the others of the group consent once each: mgit config --global --add safe.directory "
                                + repository.root().toRealPath());
            }
        }
        return 0;
    }
}
