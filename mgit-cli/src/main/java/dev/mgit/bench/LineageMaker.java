package dev.mgit.bench;

import dev.mgit.delta.MgitException;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Deque;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;

/**
 * Makes a lineage of many versions in a real Git repository by {@code git fast-import}, with the messages and trailers
 * that mgit writes. Every version has the files of one that mgit committed, and a record of its model. 200 versions a
 * model, the first version of a model finetuned from a version made before; one version in ten is also merged from
 * another.
 */
final class LineageMaker {
    private static final int VERSIONS_A_MODEL = 200;
    private static final int MERGED = 10;
    private static final long START = 1_600_000_000;
    private static final long STEP_SECONDS = 60;
    private static final String PERSON = "Ada <ada@example.org> ";

    /** Where fast-import leaves the last version; no reference that mgit looks at. */
    private static final String MADE = "refs/made/last";

    private final int models;
    private final Random random = new Random(7);
    private final List<String> ids = new ArrayList<>();
    private final List<String> names = new ArrayList<>();
    private final List<List<Integer>> parents = new ArrayList<>();
    private List<String> trees = List.of();

    LineageMaker(int versions) {
        this(versions, VERSIONS_A_MODEL);
    }

    LineageMaker(int versions, int versionsAModel) {
        this.models = Math.max(1, versions / versionsAModel);
    }

    /** Ids of the versions made, parents before children. */
    List<String> ids() {
        return ids;
    }

    int models() {
        return models;
    }

    /** The newest version of each model, by name. */
    Map<String, String> heads() {
        Map<String, String> heads = new LinkedHashMap<>();
        for (int i = 0; i < ids.size(); i++) {
            heads.put(names.get(i), ids.get(i));
        }
        return heads;
    }

    /** How many versions one was made from, all the way back. */
    int ancestors(int version) {
        BitSet reached = new BitSet();
        Deque<Integer> open = new ArrayDeque<>(List.of(version));
        while (!open.isEmpty()) {
            for (int parent : parents.get(open.pop())) {
                if (!reached.get(parent)) {
                    reached.set(parent);
                    open.push(parent);
                }
            }
        }
        return reached.cardinality();
    }

    /**
     * Writes that many versions into a bare Git repository, without references to them.
     *
     * @param seed the model whose files they have
     */
    void make(Path git, String seed, int versions) throws IOException {
        trees = ModelTrees.make(
                git,
                seed,
                IntStream.range(0, models).mapToObj(LineageMaker::name).toList());
        Process process = new ProcessBuilder("git", "-C", git.toString(), "fast-import", "--quiet")
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        try (OutputStream out = new BufferedOutputStream(process.getOutputStream(), 1 << 20)) {
            for (int i = 0; i < versions; i++) {
                out.write(version(i));
            }
        }
        if (ChildProcess.await(process) != 0) {
            throw MgitException.failed("'git fast-import' failed");
        }
        ChildProcess.output(git, List.of("git", "update-ref", "-d", MADE));
    }

    private static String name(int model) {
        return "team/model-" + model;
    }

    private record Edge(int parent, String kind) {}

    private byte[] version(int i) {
        String model = name(i % models);
        String tree = trees.get(i % models);
        int previous = i - models;
        List<Edge> edges = new ArrayList<>();
        if (previous < 0 && i > 0) {
            edges.add(new Edge(random.nextInt(i), "finetune"));
        }
        if (i > models && random.nextInt(MERGED) == 0) {
            edges.add(new Edge(random.nextInt(i - models), "merge"));
        }
        List<Integer> parents = new ArrayList<>();
        StringBuilder text =
                new StringBuilder("train on shard " + i + "\n\nA body of some length, as people write it.\n\n");
        text.append("Mgit-Model: ").append(model).append('\n');
        if (previous >= 0) {
            parents.add(previous);
            text.append("Mgit-Previous: ").append(ids.get(previous)).append('\n');
        }
        for (Edge edge : edges) {
            if (!parents.contains(edge.parent())) {
                parents.add(edge.parent());
            }
            text.append("Derived-From: ").append(names.get(edge.parent())).append('@');
            text.append(ids.get(edge.parent())).append(" (").append(edge.kind()).append(")\n");
        }
        String person = PERSON + (START + i * STEP_SECONDS) + " +0000\n";
        ids.add(id(tree, parents, person, text.toString()));
        names.add(model);
        this.parents.add(parents);
        return commit(i, tree, parents, person, text.toString());
    }

    private byte[] commit(int i, String tree, List<Integer> parents, String person, String text) {
        byte[] message = text.getBytes(StandardCharsets.UTF_8);
        StringBuilder commit = new StringBuilder(parents.isEmpty() ? "reset " + MADE + "\n\n" : "");
        commit.append("commit ").append(MADE).append("\nmark :").append(i + 1).append('\n');
        commit.append("author ").append(person).append("committer ").append(person);
        commit.append("data ").append(message.length).append('\n').append(text);
        for (int p = 0; p < parents.size(); p++) {
            commit.append(p == 0 ? "from :" : "merge :")
                    .append(parents.get(p) + 1)
                    .append('\n');
        }
        commit.append("M 040000 ").append(tree).append(" \n\n");
        return commit.toString().getBytes(StandardCharsets.UTF_8);
    }

    /** What Git will call the commit; its children's messages name it before Git has said so. */
    private String id(String tree, List<Integer> parents, String person, String text) {
        StringBuilder body = new StringBuilder("tree " + tree + "\n");
        parents.forEach(parent -> body.append("parent ").append(ids.get(parent)).append('\n'));
        body.append("author ")
                .append(person)
                .append("committer ")
                .append(person)
                .append('\n')
                .append(text);
        byte[] bytes = body.toString().getBytes(StandardCharsets.UTF_8);
        try {
            MessageDigest sha1 = MessageDigest.getInstance("SHA-1");
            sha1.update(("commit " + bytes.length + "\0").getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(sha1.digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
