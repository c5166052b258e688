package dev.mgit.bench.cascade;

import dev.mgit.lineage.version.EdgeKind;
import java.util.ArrayList;
import java.util.List;

/**
 * G3: federated training (McMahan et al. 2017) by some of forty workers a round. A worker has a fortieth of the images,
 * all changed in its own way, and trains the last round's model on them; a round's model is the average of its workers.
 */
record Federation(Scale scale) implements Shape {
    private static final int WORKERS = 40;

    @Override
    public String name() {
        return "g3";
    }

    @Override
    public String title() {
        return scale.rounds() + " federated rounds of " + scale.workers() + " of " + WORKERS + " workers";
    }

    @Override
    public List<Training> roots() {
        return List.of(start("1", "plain"));
    }

    private Training start(String epochs, String changes) {
        return Training.root("start", "train", "--hidden", scale.hidden(), "--epochs", epochs, "--on", changes);
    }

    @Override
    public List<List<Training>> waves() {
        List<List<Training>> waves = new ArrayList<>();
        for (int round = 1; round <= scale.rounds(); round++) {
            List<Training> workers = new ArrayList<>();
            for (int i = 0; i < scale.workers(); i++) {
                // Seven and forty have no common divisor: no worker is taken twice within eight rounds.
                int worker = ((round - 1) * scale.workers() + i) * 7 % WORKERS;
                workers.add(worker(round, worker));
            }
            List<String> parents =
                    workers.stream().map(made -> made.models().get(0)).toList();
            waves.add(workers);
            waves.add(List.of(new Training(List.of(model(round)), parents, EdgeKind.MERGE, List.of("merge"))));
        }
        return waves;
    }

    private static Training worker(int round, int worker) {
        return Training.from(
                round == 1 ? "start" : model(round - 1),
                EdgeKind.FINETUNE,
                String.format("round-%02d/worker-%02d", round, worker + 1),
                "finetune",
                "--part",
                worker + 1 + "/" + WORKERS,
                "--epochs",
                "5",
                "--rate",
                "1e-3",
                "--on",
                Tasks.CHANGES.get(worker % Tasks.CHANGES.size()));
    }

    private static String model(int round) {
        return String.format("round-%02d/model", round);
    }

    @Override
    public List<Training> better() {
        return List.of(start("" + scale.epochs(), "all"));
    }

    @Override
    public List<String> judged() {
        List<String> models = new ArrayList<>();
        for (int round = 1; round <= scale.rounds(); round++) {
            models.add(model(round));
        }
        return models;
    }
}
