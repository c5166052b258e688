package dev.mgit.serve.web;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mgit.fixtures.Await;
import dev.mgit.lineage.repository.Repository;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.TreeMap;

/**
 * A lineage of {@value #VERSIONS} versions in a real Git repository, as wide and as deep as they come: one base with
 * 10,000 fine-tunes, one model of 5,000 versions, 200 families of some models each, and a merge of 300 models.
 */
public final class LargeLineage {
    static final int VERSIONS = 20_000;
    static final int TUNED = 10_000;
    static final int LONG = 5_000;
    static final int FAMILIES = 200;
    static final int MERGED = 300;

    private static final String PERSON = "Ada <ada@example.org> ";
    private static final String EMPTY_TREE = "4b825dc642cb6eb9a060e54bf8d69288fbee4904";

    private final List<String> ids = new ArrayList<>();
    private final List<String> models = new ArrayList<>();
    private final OutputStream out;

    private LargeLineage(OutputStream out) {
        this.out = out;
    }

    /** Makes it in a new repository in a folder. */
    public static void make(Path folder) throws IOException {
        try (Repository repository = Repository.init(folder)) {
            String git = repository.files().lineage().toString();
            Process process = new ProcessBuilder("git", "-C", git, "fast-import", "--quiet")
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            LargeLineage made;
            try (OutputStream out = new BufferedOutputStream(process.getOutputStream(), 1 << 20)) {
                made = new LargeLineage(out);
                made.all();
            }
            assertThat(Await.exit(process)).isZero();
            made.nameModels(repository.files().lineage());
        }
    }

    /** All at once: fifteen thousand files, one for each reference, would take most of the time. */
    private void nameModels(Path git) throws IOException {
        TreeMap<String, String> heads = new TreeMap<>();
        for (int i = 0; i < ids.size(); i++) {
            heads.put("refs/heads/" + models.get(i), ids.get(i));
        }
        var packed = new StringBuilder("# pack-refs with: peeled fully-peeled sorted \n");
        heads.forEach((name, id) -> packed.append(id).append(' ').append(name).append('\n'));
        Files.writeString(git.resolve("packed-refs"), packed);
    }

    private void all() throws IOException {
        int base = version("base", -1, List.of(), "");
        int before = version("long", -1, List.of(base), "continue-pretrain");
        for (int i = 1; i < LONG; i++) {
            before = version("long", before, List.of(), "");
        }
        for (int i = 0; i < TUNED; i++) {
            version("tuned/" + i, -1, List.of(base), "finetune");
        }
        List<Integer> merged = new ArrayList<>();
        for (int i = 0; i < MERGED; i++) {
            merged.add(1 + LONG + i);
        }
        version("merged", -1, merged, "merge");
        for (int i = 0; ids.size() < VERSIONS; i++) {
            String family = "family-" + i % FAMILIES;
            int root = 2 + LONG + TUNED + i % FAMILIES;
            if (i < FAMILIES) {
                version(family + "/root", -1, List.of(), "");
            } else {
                version(family + "/" + i, -1, List.of(root), i % 3 == 0 ? "quantize" : "finetune");
            }
        }
    }

    private int version(String model, int previous, List<Integer> from, String kind) throws IOException {
        int number = ids.size();
        List<Integer> parents = new ArrayList<>(from);
        var text = new StringBuilder("train on shard " + number + "\n\nMgit-Model: " + model + "\n");
        if (previous >= 0) {
            parents.add(0, previous);
            text.append("Mgit-Previous: ").append(ids.get(previous)).append('\n');
        }
        for (int parent : from) {
            text.append("Derived-From: ").append(models.get(parent)).append('@').append(ids.get(parent));
            text.append(" (").append(kind).append(")\n");
        }
        String person = PERSON + (1_700_000_000L + 60L * number) + " +0000\n";
        ids.add(id(parents, person, text.toString()));
        models.add(model);
        // Without a parent a commit would follow the one before it in the stream.
        var commit = new StringBuilder(parents.isEmpty() ? "reset refs/made\n\n" : "");
        commit.append("commit refs/made\nmark :").append(number + 1).append('\n');
        commit.append("author ").append(person).append("committer ").append(person);
        commit.append("data ").append(text.length()).append('\n').append(text);
        for (int p = 0; p < parents.size(); p++) {
            commit.append(p == 0 ? "from :" : "merge :")
                    .append(parents.get(p) + 1)
                    .append('\n');
        }
        out.write(commit.append("deleteall\n\n").toString().getBytes(StandardCharsets.UTF_8));
        return number;
    }

    /** What Git will call the commit; messages of later ones name it before Git has said so. */
    private String id(List<Integer> parents, String person, String text) {
        var body = new StringBuilder("tree " + EMPTY_TREE + "\n");
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

    public static void main(String[] args) throws IOException {
        make(Path.of(args[0]));
    }
}
