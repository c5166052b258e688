package dev.mgit.demo;

import dev.mgit.cli.console.CommandRunner;
import dev.mgit.cli.console.Context;
import dev.mgit.cli.console.Output;
import dev.mgit.delta.MgitException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** Shows what mgit is for, on real weights and with real training. */
@Command(
        name = "demo",
        description = {
            "Tour mgit on real weights: commit the BGE family, draw its lineage, see where the bytes went,",
            "and restore every byte. Then train a family of small networks, improve its base, and let mgit test",
            "and retrain everything derived from it. Prints each command it runs; keeps the repository for exploring."
        })
public final class DemoCommand implements Callable<Integer> {
    private final Context context;

    @Parameters(paramLabel = "DIR", arity = "0..1", description = "An empty or new folder. Default: a temporary one.")
    private @Nullable Path directory;

    @ParentCommand
    @SuppressWarnings("NullAway.Init") // picocli sets it before it runs anything
    private CommandRunner runner;

    DemoCommand(Context context) {
        this.context = context;
    }

    @Override
    public Integer call() throws IOException {
        Stage stage =
                new Stage(context.output(), runner, folder(), context.terminal().environment());
        stage.mgit("init");
        for (Act act : List.of(new PublishedFamilyAct(), new TrainedFamilyAct(), new BetterBase())) {
            act.play(stage);
        }
        Output output = context.output();
        output.line("");
        output.line("The repository is yours to explore:");
        output.line("  cd " + stage.folder());
        output.line("  git -C .mgit/lineage.git log --graph --all");
        return 0;
    }

    private Path folder() throws IOException {
        if (directory == null) {
            return Files.createTempDirectory("mgit-demo-");
        }
        Path folder = context.resolve(directory);
        Files.createDirectories(folder);
        try (Stream<Path> children = Files.list(folder)) {
            if (children.findAny().isPresent()) {
                throw MgitException.usage("'" + folder + "' is not empty");
            }
        }
        return folder;
    }
}
