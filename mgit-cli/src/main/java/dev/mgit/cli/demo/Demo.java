package dev.mgit.cli.demo;

import dev.mgit.cli.console.CommandRunner;
import dev.mgit.cli.console.Context;
import dev.mgit.cli.console.Output;
import dev.mgit.delta.MgitException;
import dev.mgit.fixtures.RealModel;
import dev.mgit.fixtures.RealModels;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** Shows the main job on the real BGE family. */
@Command(
        name = "demo",
        description = {
            "Show the main job on real weights: commit the BGE family, draw its lineage, see where the bytes went,",
            "and get every byte back. Prints each command it runs; leaves the repository for exploring."
        })
public final class Demo implements Callable<Integer> {
    private final Context context;

    @Parameters(paramLabel = "DIR", arity = "0..1", description = "An empty or new folder. Default: a temporary one.")
    private @Nullable Path directory;

    @ParentCommand
    @SuppressWarnings("NullAway.Init") // picocli sets it before it runs anything
    private CommandRunner runner;

    Demo(Context context) {
        this.context = context;
    }

    @Override
    public Integer call() throws IOException {
        Path folder = folder();
        Output output = context.output();
        output.line("The BGE family: three published models, each made from the one before it.");
        List<RealModel> family = RealModels.bgeFamily();
        mgit(folder, "init");
        for (RealModel model : family) {
            model.extractTo(folder.resolve("published"));
        }
        for (RealModel model : family) {
            mgit(folder, commit(model).toArray(String[]::new));
        }
        mgit(folder, "log", "--graph");
        mgit(folder, "du", "--explain");
        mgit(folder, "diff", family.get(0).name(), family.get(1).name(), "--stat");
        for (RealModel model : family) {
            mgit(folder, "checkout", model.name(), "restored/" + model.name());
            compare(folder.resolve("published").resolve(model.name()), folder.resolve("restored/" + model.name()));
        }
        output.line("");
        output.line("Every byte came back. The repository is yours to explore:");
        output.line("  cd " + folder);
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

    private static List<String> commit(RealModel model) {
        List<String> arguments = new ArrayList<>(List.of("commit", "published/" + model.name()));
        model.parent()
                .ifPresent(parent -> arguments.addAll(
                        List.of("--from", parent + "=" + model.edge().orElse("finetune"))));
        arguments.addAll(List.of("-m", "As published: " + model.card()));
        return arguments;
    }

    private void mgit(Path folder, String... arguments) {
        Output output = context.output();
        String typed = Stream.of(arguments)
                .map(argument -> argument.indexOf(' ') >= 0 ? "'" + argument + "'" : argument)
                .collect(Collectors.joining(" "));
        output.line("");
        output.line(output.styled(Output.Style.BOLD, "$ mgit " + typed));
        int exit = runner.run(folder, arguments);
        if (exit != 0) {
            throw MgitException.failed("the demo's command 'mgit " + typed + "' ended with " + exit);
        }
    }

    private void compare(Path published, Path restored) throws IOException {
        List<Path> files;
        try (Stream<Path> tree = Files.walk(published)) {
            files = tree.filter(Files::isRegularFile).toList();
        }
        for (Path file : files) {
            Path twin = restored.resolve(published.relativize(file).toString());
            if (Files.mismatch(file, twin) >= 0) {
                throw MgitException.integrity("'" + twin + "' is not what was committed");
            }
        }
        context.output().line("cmp: " + files.size() + " files are the same, byte for byte");
    }
}
