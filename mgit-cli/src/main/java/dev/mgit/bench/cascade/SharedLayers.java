package dev.mgit.bench.cascade;

import dev.mgit.lineage.version.EdgeKind;
import java.util.List;
import java.util.Optional;

/** G5: one base, nine tasks learnt together, batch by batch in turn, by one run; all share the hidden layers. */
record SharedLayers(Scale scale) implements Shape {
    @Override
    public String name() {
        return "g5";
    }

    @Override
    public String title() {
        return "one base, " + scale.tasks() + " tasks trained together";
    }

    @Override
    public List<Training> roots() {
        return List.of(ManyTasks.base(scale, "plain"));
    }

    @Override
    public List<List<Training>> waves() {
        List<String> arguments = List.of(
                "multitask",
                "--tasks",
                String.join(",", judged()),
                "--part",
                "1/4",
                "--epochs",
                "10",
                "--rate",
                "1e-3",
                "--on",
                "plain");
        return List.of(List.of(new Training(judged(), List.of("base"), EdgeKind.FINETUNE, arguments)));
    }

    @Override
    public List<Training> better() {
        return List.of(ManyTasks.base(scale, "all"));
    }

    @Override
    public List<String> judged() {
        return Tasks.TASKS.subList(0, scale.tasks());
    }

    @Override
    public Optional<Paper> paper() {
        return Optional.of(new Paper(90, 58, 53));
    }
}
