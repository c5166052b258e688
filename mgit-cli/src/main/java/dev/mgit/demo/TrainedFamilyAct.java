package dev.mgit.demo;

import dev.mgit.delta.MgitException;
import dev.mgit.fixtures.DigitsExample;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** A family that really trains, each member by a recorded command, and the tests that hang on it. */
final class TrainedFamilyAct implements Act {
    static final String DATA = "digits/digits.csv.gz";
    static final String BASE = "digits/base";

    @Override
    public void play(Stage stage) throws IOException {
        stage.say(
                "A family that is really trained: small networks that read scanned digits (UCI), by the program in",
                "digits/. mgit run checks out the parents, runs the command, and commits the result with its recipe.");
        DigitsExample.writeTo(stage.folder());
        stage.prompt("javac digits/*.java");
        try {
            DigitsExample.compile(stage.folder());
        } catch (IllegalStateException e) {
            throw MgitException.failed("the example cannot be built: " + e.getMessage());
        }
        stage.train(run("base", "Two epochs", "--input", DATA), "train --epochs 2");
        for (String change : List.of("rotated", "noisy", "torn")) {
            stage.train(
                    run(change, "For " + change + " scans", "--from", BASE, "--input", DATA),
                    "finetune --on " + change + " --rate 1e-3");
        }
        stage.train(small("12 units"), "distil --hidden 12 --epochs 30");
        stage.train(run("small-int8", "A byte a weight", "--from", "digits/small=quantize"), "quantize");
        stage.train(run("sparse", "Three tenths are zero", "--from", "digits/torn=prune"), "prune --share 0.3");
        stage.train(
                run("merged", "Average of two", "--from", "digits/rotated=merge", "--from", "digits/noisy=merge"),
                "merge");
        test(stage);
    }

    /** The start of the command that makes the distilled model. */
    static List<String> small(String message) {
        return run("small", message, "--from", BASE + "=distill", "--input", DATA);
    }

    static List<String> run(String model, String message, String... more) {
        List<String> arguments = new ArrayList<>(List.of("run", "--model", "digits/" + model, "-m", message));
        arguments.addAll(List.of(more));
        return arguments;
    }

    private static void test(Stage stage) {
        stage.say(
                "Tests are attached to models. These two gate every update of the family: accuracy may not fall more "
                        + "than",
                "0.02 below the parent's, and accuracy on corrupted scans is tracked.");
        stage.mgit(0, testOf(stage, "plain", "accuracy:higher:min=0.8:tolerance-vs-parent=0.02", "evaluate"));
        stage.mgit(0, testOf(stage, "damaged", "accuracy:higher", "evaluate --on all"));
        stage.mgit("test", "run", "digits/base", "--descendants", "-j", "2");
    }

    private static List<String> testOf(Stage stage, String name, String metric, String program) {
        return stage.withProgram(
                List.of(
                        "test",
                        "add",
                        name,
                        "--on",
                        "digits/*",
                        "--event",
                        "update",
                        "--metric",
                        metric,
                        "--input",
                        DATA),
                program);
    }
}
