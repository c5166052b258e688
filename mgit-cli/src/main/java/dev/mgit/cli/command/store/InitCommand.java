package dev.mgit.cli.command.store;

import dev.mgit.cli.console.Context;
import dev.mgit.lineage.repository.Repository;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Creates a repository. */
@Command(name = "init", description = "Create a repository (a folder .mgit) in DIR.")
public final class InitCommand implements Callable<Integer> {
    private final Context context;

    @Parameters(paramLabel = "DIR", arity = "0..1", defaultValue = ".", description = "Default: the current folder.")
    private Path directory = Path.of(".");

    InitCommand(Context context) {
        this.context = context;
    }

    @Override
    public Integer call() throws IOException {
        try (Repository repository = Repository.init(context.resolve(directory), context.user())) {
            context.output()
                    .line("Created an empty repository in " + repository.files().mgit());
        }
        return 0;
    }
}
