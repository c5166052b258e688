package dev.mgit.bench.cascade;

import dev.mgit.lineage.version.EdgeKind;
import java.util.ArrayList;
import java.util.List;

/** G4: three architectures, each pruned to three sparsities and fine-tuned again with its zeros kept. */
record PrunedArchitectures(Scale scale) implements Shape {
    private static final List<Architecture> ARCHITECTURES = List.of(
            new Architecture("deep", "128,64,32"), new Architecture("narrow", "48"), new Architecture("wide", "256"));
    private static final List<String> SHARES = List.of("50", "70", "90");

    private record Architecture(String name, String hidden) {}

    @Override
    public String name() {
        return "g4";
    }

    @Override
    public String title() {
        return "architectures pruned to several sparsities and fine-tuned: " + String.join(", ", names());
    }

    private List<Architecture> architectures() {
        return ARCHITECTURES.subList(0, scale.prunings());
    }

    private List<String> names() {
        return architectures().stream().map(Architecture::name).toList();
    }

    private List<String> shares() {
        return SHARES.subList(0, scale.prunings());
    }

    @Override
    public List<Training> roots() {
        return roots("plain");
    }

    private List<Training> roots(String changes) {
        List<Training> roots = new ArrayList<>();
        for (Architecture architecture : architectures()) {
            roots.add(Training.root(
                    architecture.name() + "/base",
                    "train",
                    "--hidden",
                    architecture.hidden(),
                    "--epochs",
                    "" + scale.epochs(),
                    "--on",
                    changes));
        }
        return roots;
    }

    @Override
    public List<List<Training>> waves() {
        List<Training> pruned = new ArrayList<>();
        List<Training> tuned = new ArrayList<>();
        for (String name : names()) {
            for (String share : shares()) {
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
        names().forEach(name -> shares().forEach(share -> models.add(name + "/tuned-" + share)));
        return models;
    }
}
