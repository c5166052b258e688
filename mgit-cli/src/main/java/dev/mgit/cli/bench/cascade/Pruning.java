package dev.mgit.cli.bench.cascade;

import dev.mgit.lineage.version.EdgeKind;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** G4: three architectures, each pruned to three sparsities and fine-tuned again with its zeros kept. */
record Pruning(Scale scale) implements Shape {
    private static final Map<String, String> ARCHITECTURES =
            new TreeMap<>(Map.of("deep", "128,64,32", "narrow", "48", "wide", "256"));
    private static final List<String> SHARES = List.of("50", "70", "90");

    @Override
    public String name() {
        return "g4";
    }

    @Override
    public String title() {
        return "three architectures, pruned to three sparsities, fine-tuned";
    }

    @Override
    public List<Training> roots() {
        return roots("plain");
    }

    private List<Training> roots(String changes) {
        List<Training> roots = new ArrayList<>();
        ARCHITECTURES.forEach((name, hidden) -> roots.add(Training.root(
                name + "/base", "train", "--hidden", hidden, "--epochs", "" + scale.epochs(), "--on", changes)));
        return roots;
    }

    @Override
    public List<List<Training>> waves() {
        List<Training> pruned = new ArrayList<>();
        List<Training> tuned = new ArrayList<>();
        for (String name : ARCHITECTURES.keySet()) {
            for (String share : SHARES) {
                String sparse = name + "/pruned-" + share;
                pruned.add(Training.from(name + "/base", EdgeKind.PRUNE, sparse, "prune", "--share", "0." + share));
                tuned.add(Training.from(
                        sparse,
                        EdgeKind.FINETUNE,
                        name + "/tuned-" + share,
                        "finetune",
                        "--zeros",
                        "keep",
                        "--epochs",
                        "5",
                        "--on",
                        "plain"));
            }
        }
        return List.of(pruned, tuned);
    }

    @Override
    public List<Training> better() {
        return roots("all");
    }

    @Override
    public List<String> judged() {
        List<String> models = new ArrayList<>();
        ARCHITECTURES.keySet().forEach(name -> SHARES.forEach(share -> models.add(name + "/tuned-" + share)));
        return models;
    }
}
