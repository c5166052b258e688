package dev.mgit.demo;

import dev.mgit.delta.MgitException;
import java.util.List;

/** The base gets better; what was made from it is made again and tested, and one child is held back by its gate. */
final class BetterBase implements Act {
    @Override
    public void play(Stage stage) {
        stage.say("The base improves: trained longer, and on corrupted scans too. Its family is now stale.");
        stage.train(
                TrainedFamilyAct.run("base", "Thirty epochs, on all kinds of scans", "--input", TrainedFamilyAct.DATA),
                "train --epochs 30 --on all");
        stage.mgit("status");
        stage.mgit("update", TrainedFamilyAct.BASE, "--plan", "-j", "2");
        stage.say(
                "The update reruns each recipe on the new parents, parents first, and tests the results. Twelve units",
                "cannot follow the better teacher: the gate stops that student and everything derived from it.");
        stage.mgit(MgitException.Kind.GATE.exitCode(), List.of("update", TrainedFamilyAct.BASE, "-j", "2"));
        stage.mgit("test", "report");
        stage.say("With a few more units the student passes, and the next update rebuilds the rest.");
        stage.train(TrainedFamilyAct.small("16 units"), "distil --hidden 16");
        stage.mgit("update", TrainedFamilyAct.BASE, "-j", "2");
        stage.mgit("test", "run", TrainedFamilyAct.BASE, "digits/small", "-j", "2");
        stage.mgit("test", "report");
        stage.mgit("log", "--graph", "digits/small-int8", "digits/merged");
    }
}
