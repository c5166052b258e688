package dev.mgit.bench.cascade;

import dev.mgit.lineage.version.EdgeKind;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * G2: one base, nine tasks, ten versions of each. Version k is fine-tuned from the base on a quarter of the images, to
 * which any of the first k changes may have happened.
 */
record ManyTasks(Scale scale) implements Shape {
    @Override
    public String name() {
        return "g2";
    }

    @Override
    public String title() {
        return "one base, " + scale.tasks() + " tasks, " + scale.versions() + " versions each";
    }

    @Override
    public List<Training> roots() {
        return List.of(base(scale, "plain"));
    }

    /** The base this shape and {@link SharedLayers} start from. */
    static Training base(Scale scale, String changes) {
        return Training.root(
                "base", "train", "--hidden", scale.hidden(), "--epochs", "" + scale.epochs(), "--on", changes);
    }

    @Override
    public List<List<Training>> waves() {
        List<List<Training>> waves = new ArrayList<>();
        for (int version = 0; version < scale.versions(); version++) {
            List<Training> wave = new ArrayList<>();
            for (String task : judged()) {
                wave.add(version(task, 1 + wave.size() % 4, Tasks.CHANGES.subList(0, version + 1)));
            }
            waves.add(wave);
        }
        return waves;
    }

    private static Training version(String task, int part, List<String> changes) {
        return Training.from(
                "base",
                EdgeKind.FINETUNE,
                task,
                "finetune",
                "--task",
                task,
                "--part",
                part + "/4",
                "--epochs",
                "15",
                "--rate",
                "1e-3",
                "--on",
                String.join(",", changes));
    }

    @Override
    public List<Training> better() {
        return List.of(base(scale, "all"));
    }

    @Override
    public List<String> judged() {
        return Tasks.TASKS.subList(0, scale.tasks());
    }

    @Override
    public Optional<Paper> paper() {
        return Optional.of(new Paper(90, 78, 66));
    }
}
