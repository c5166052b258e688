package dev.mgit.lineage.graph;

import dev.mgit.lineage.graph.BisectState.Verdict;
import dev.mgit.lineage.graph.GraphIndex.Loaded;
import dev.mgit.lineage.graph.LineageGraph.Direction;
import dev.mgit.lineage.version.EdgeKind;
import dev.mgit.lineage.version.InMemoryLineage;
import dev.mgit.lineage.version.Model;
import dev.mgit.lineage.version.Transaction;
import dev.mgit.lineage.version.VersionBuilder;
import dev.mgit.lineage.version.VersionId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.function.Supplier;

/**
 * Prints how long the graph's questions take on made lineages of several shapes. Run it in a fresh process; the first
 * column of a question is its first, cold run, the second the best of five.
 *
 * <p>Arguments: number of versions (100000 if left out), folder for the index files.
 */
public final class GraphBench {
    /** A way to choose the parents of the next version. */
    private enum Shape {
        /** One model, each version after the last. */
        CHAIN,
        /** Every version a model of its own, derived from one of all before, as on a model hub. */
        TREE,
        /** 500 models with 200 versions each, one in ten merged from two others. */
        MODELS_WITH_MERGES,
        /** One root, everything else derived from it. */
        STAR
    }

    private GraphBench() {}

    public static void main(String[] args) throws IOException {
        int size = args.length > 0 ? Integer.parseInt(args[0]) : 100_000;
        Path folder = args.length > 1 ? Path.of(args[1]) : Files.createTempDirectory("graph-bench");
        for (Shape shape : Shape.values()) {
            System.out.printf("%n%s, %d versions%n", shape, size);
            Path file = folder.resolve(shape.name());
            List<VersionId> made = run(fill(shape, size), file);
            questions(new GraphIndex(file).load(new InMemoryLineage(), "now").graph(), made);
        }
    }

    private static List<VersionId> run(Filled filled, Path file) {
        GraphIndex index = new GraphIndex(file);
        time(
                "reading every version, no graph made",
                () -> count(filled.lineage().walk(heads(filled.lineage()))));
        time("index: build and write, reading included", () -> index.load(filled.lineage(), "old"));
        VersionId last = filled.made().get(filled.made().size() - 1);
        Transaction change = filled.lineage()
                .begin("one more", filled.lineage().version(last).author());
        VersionId added = change.write(VersionBuilder.of("added")
                .from(last, "m", EdgeKind.FINETUNE)
                .at(1 << 29)
                .build());
        change.setModel("added", added);
        change.apply();
        time("index: add one version and write", () -> index.load(filled.lineage(), "now"));
        for (int i = 0; i < 5; i++) {
            Loaded loaded = time("index: load", () -> index.load(filled.lineage(), "now"));
            if (loaded.origin() != GraphIndex.Origin.LOADED) {
                throw new IllegalStateException("not loaded but " + loaded.origin());
            }
        }
        System.out.printf("%-40s %9d bytes%n", "index: size", file.toFile().length());
        List<VersionId> all = new ArrayList<>(filled.made());
        all.add(added);
        return all;
    }

    private static void questions(LineageGraph graph, List<VersionId> made) {
        VersionId first = made.get(0);
        VersionId last = made.get(made.size() - 1);
        VersionId middle = made.get(made.size() / 2);
        twice("describe (model~n) the first", () -> graph.describe(first));
        twice(
                "ancestors of the last",
                () -> graph.reach(last, Direction.ANCESTORS, EdgeFilter.ALL).size());
        twice(
                "impact of the first",
                () -> new Impact(graph).of(first, EdgeFilter.ALL).size());
        twice("log of all heads, whole", () -> count(graph.log(made, Direction.ANCESTORS, EdgeFilter.ALL)));
        twice("merge bases", () -> graph.mergeBases(last, middle).size());
        twice("stale models", () -> new Staleness(graph).all().size());
        Bisect bisect = new Bisect(graph);
        twice("bisect, first step", () -> bisect.next(BisectState.start().with(Verdict.BAD, last)));
        Find.Query any = Find.Query.ANY;
        Find.Query text = new Find.Query(
                any.model(),
                any.author(),
                any.trailers(),
                Optional.of("no such words"),
                any.since(),
                any.until(),
                any.kinds(),
                any.tensor(),
                any.metrics());
        twice(
                "find by message text",
                () -> new Find(graph, new InMemoryLineage()).all(text).size());
    }

    private static List<VersionId> heads(InMemoryLineage lineage) {
        return lineage.models().stream().map(Model::head).toList();
    }

    private static int count(Iterator<?> elements) {
        int count = 0;
        for (; elements.hasNext(); elements.next()) {
            count++;
        }
        return count;
    }

    private static <T> T time(String what, Supplier<T> work) {
        long start = System.nanoTime();
        T result = work.get();
        System.out.printf("%-40s %9.1f ms%n", what, (System.nanoTime() - start) / 1e6);
        return result;
    }

    private static void twice(String what, Supplier<?> work) {
        double[] millis = new double[6];
        Object result = "";
        for (int i = 0; i < millis.length; i++) {
            long start = System.nanoTime();
            result = work.get();
            millis[i] = (System.nanoTime() - start) / 1e6;
        }
        double best = Double.MAX_VALUE;
        for (int i = 1; i < millis.length; i++) {
            best = Math.min(best, millis[i]);
        }
        String shown = String.valueOf(result);
        System.out.printf(
                "%-40s %9.1f ms %9.1f ms   %s%n",
                what, millis[0], best, shown.substring(0, Math.min(60, shown.length())));
    }

    private record Filled(InMemoryLineage lineage, List<VersionId> made) {}

    private static Filled fill(Shape shape, int size) {
        InMemoryLineage lineage = new InMemoryLineage();
        List<VersionId> made = new ArrayList<>(size);
        Random random = new Random(7);
        Transaction change = lineage.begin("fill", MadeLineage.ADA);
        for (int i = 0; i < size; i++) {
            String model = model(shape, i);
            VersionBuilder version = VersionBuilder.of(model)
                    .at(60L * i)
                    .message("train on shard " + i + "\n\nA body of some length, as people write them.");
            parents(shape, i, made, random, version);
            VersionId id = change.write(version.build());
            made.add(id);
            change.setModel(model, id);
        }
        change.apply();
        return new Filled(lineage, made);
    }

    private static String model(Shape shape, int i) {
        return switch (shape) {
            case CHAIN -> "model";
            case MODELS_WITH_MERGES -> "team/model-" + i % 500;
            case TREE, STAR -> "user/model-" + i;
        };
    }

    private static void parents(Shape shape, int i, List<VersionId> made, Random random, VersionBuilder version) {
        if (i == 0) {
            return;
        }
        switch (shape) {
            case CHAIN -> version.after(made.get(i - 1));
            case TREE -> version.from(made.get(random.nextInt(i)), "m", EdgeKind.FINETUNE);
            case STAR -> version.from(made.get(0), "m", EdgeKind.FINETUNE);
            case MODELS_WITH_MERGES -> {
                if (i >= 500) {
                    version.after(made.get(i - 500));
                } else {
                    version.from(made.get(random.nextInt(i)), "m", EdgeKind.FINETUNE);
                }
                if (random.nextInt(10) == 0) {
                    version.from(made.get(random.nextInt(i)), "m", EdgeKind.MERGE);
                }
            }
        }
    }
}
