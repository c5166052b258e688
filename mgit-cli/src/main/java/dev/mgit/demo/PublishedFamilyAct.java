package dev.mgit.demo;

import dev.mgit.delta.MgitException;
import dev.mgit.fixtures.RealModel;
import dev.mgit.fixtures.RealModels;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** The main job: three published models are committed, looked at, and checked out again. */
final class PublishedFamilyAct implements Act {
    @Override
    public void play(Stage stage) throws IOException {
        stage.say("The BGE family: three published models, each derived from the one before it.");
        List<RealModel> family = RealModels.bgeFamily();
        for (RealModel model : family) {
            model.extractTo(stage.folder().resolve("published"));
        }
        for (RealModel model : family) {
            stage.mgit(commit(model).toArray(String[]::new));
        }
        stage.mgit("log", "--graph");
        stage.mgit("du", "--explain");
        stage.mgit("diff", family.get(0).name(), family.get(1).name(), "--stat");
        for (RealModel model : family) {
            stage.mgit("checkout", model.name(), "restored/" + model.name());
            compare(stage, model.name());
        }
    }

    private static List<String> commit(RealModel model) {
        List<String> arguments = new ArrayList<>(List.of("commit", "published/" + model.name()));
        model.parent()
                .ifPresent(parent -> arguments.addAll(
                        List.of("--from", parent + "=" + model.edge().orElse("finetune"))));
        arguments.addAll(List.of("-m", "As published: " + model.card()));
        return arguments;
    }

    private static void compare(Stage stage, String model) throws IOException {
        Path published = stage.folder().resolve("published").resolve(model);
        Path restored = stage.folder().resolve("restored").resolve(model);
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
        stage.show("cmp: " + files.size() + " files are the same, byte for byte");
    }
}
