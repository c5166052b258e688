package dev.mgit.bench;

import dev.mgit.delta.MgitException;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;

/**
 * Makes a lineage of many versions in a real Git repository by {@code git fast-import}, with the messages and trailers
 * that mgit writes. Every version has the files of one that mgit committed. 200 versions a model, the first version of
 * a model finetuned from a version made before; one version in ten is also merged from another.
 */
final class LineageMaker {
    private static final int VERSIONS_A_MODEL = 200;
    private static final int MERGED = 10;
    private static final long START = 1_600_000_000;
    private static final long STEP_SECONDS = 60;
    private static final String PERSON = "Ada <ada@example.org> ";

    private final String tree;
    private final int models;
    private final Random random = new Random(7);
    private final List<String> ids = new ArrayList<>();
    private final List<String> names = new ArrayList<>();

    /** @param tree id of the Git tree all versions have */
    LineageMaker(String tree, int versions) {
        this.tree = tree;
        this.models = Math.max(1, versions / VERSIONS_A_MODEL);
    }

    /** Ids of the versions made, parents before children. */
    List<String> ids() {
        return ids;
    }

    int models() {
        return models;
    }

    /** Writes that many versions into a bare Git repository. */
    void make(Path git, int versions) throws IOException {
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
    }

    private record Edge(int parent, String kind) {}

    private byte[] version(int i) {
        String model = "team/model-" + i % models;
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
        ids.add(id(parents, person, text.toString()));
        names.add(model);
        return commit(i, model, parents, person, text.toString());
    }

    private byte[] commit(int i, String model, List<Integer> parents, String person, String text) {
        byte[] message = text.getBytes(StandardCharsets.UTF_8);
        StringBuilder commit = new StringBuilder("commit refs/heads/" + model + "\nmark :" + (i + 1) + "\n");
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
    private String id(List<Integer> parents, String person, String text) {
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
