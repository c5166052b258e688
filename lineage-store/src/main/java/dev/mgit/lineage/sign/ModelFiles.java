package dev.mgit.lineage.sign;

import dev.mgit.delta.Hashes;
import dev.mgit.delta.MgitException;
import dev.mgit.delta.json.JsonException;
import dev.mgit.delta.json.JsonObject;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The files of a model and their SHA-256: what OpenSSF model signing signs.
 *
 * @param digests by path, in the order in which model signing lists them: by the parts of paths
 */
public record ModelFiles(Map<String, String> digests) {
    /** The type of the statement. */
    public static final String PREDICATE = "https://model_signing/signature/v1.0";

    /** What is not signed: model signing's own list, and mgit's pointer beside a checkout. */
    static final List<String> IGNORED = List.of(".git", ".gitattributes", ".github", ".gitignore", ".mgit");

    private static final Comparator<String> BY_PARTS = (one, other) -> Arrays.compare(one.split("/"), other.split("/"));

    public ModelFiles {
        Map<String, String> sorted = new TreeMap<>(BY_PARTS);
        sorted.putAll(digests);
        digests = new LinkedHashMap<>(sorted);
    }

    /** The same without some paths and what is below them. */
    ModelFiles without(List<String> ignored) {
        Map<String, String> others = new LinkedHashMap<>(digests);
        others.keySet().removeIf(path -> ignored(path, ignored));
        return new ModelFiles(others);
    }

    static boolean ignored(String path, List<String> ignored) {
        return ignored.stream().anyMatch(name -> path.equals(name) || path.startsWith(name + "/"));
    }

    /** SHA-256 over the raw digests of all files in order: one name for all of them. */
    public String digest() {
        return digest(List.copyOf(digests.values()));
    }

    private static String digest(List<String> digests) {
        MessageDigest all = Hashes.sha256();
        digests.forEach(one -> all.update(HexFormat.of().parseHex(one)));
        return HexFormat.of().formatHex(all.digest());
    }

    /** The statement that these are the model's files. */
    public Statement statement(String model, Optional<String> commit) {
        Map<String, Object> serialization = new LinkedHashMap<>();
        serialization.put("method", "files");
        serialization.put("hash_type", "sha256");
        serialization.put("allow_symlinks", false);
        serialization.put("ignore_paths", IGNORED);
        List<JsonObject> resources = new ArrayList<>();
        digests.forEach((path, digest) -> {
            Map<String, Object> resource = new LinkedHashMap<>();
            resource.put("name", path);
            resource.put("algorithm", "sha256");
            resource.put("digest", digest);
            resources.add(new JsonObject(resource));
        });
        Map<String, Object> predicate = new LinkedHashMap<>();
        predicate.put("serialization", new JsonObject(serialization));
        predicate.put("resources", resources);
        return new Statement(model, subject(commit), PREDICATE, new JsonObject(predicate));
    }

    /** What statements about the model are about. */
    public Map<String, String> subject(Optional<String> commit) {
        Map<String, String> subject = new LinkedHashMap<>();
        subject.put(Statement.FILES, digest());
        commit.ifPresent(id -> subject.put(Statement.COMMIT, id));
        return subject;
    }

    /**
     * The files a statement lists.
     *
     * @throws MgitException of kind INTEGRITY if it is no such statement, or its list is not what its subject says
     */
    static ModelFiles of(Statement statement) {
        if (!statement.predicateType().equals(PREDICATE)) {
            throw MgitException.integrity(
                    "the statement is of type '" + statement.predicateType() + "', not " + PREDICATE);
        }
        try {
            JsonObject serialization = statement.predicate().object("serialization");
            if (!serialization.string("method").equals("files")
                    || !serialization.string("hash_type").equals("sha256")) {
                throw new JsonException("files are named by " + serialization.string("method") + " and "
                        + serialization.string("hash_type") + ", where only whole files by SHA-256 can be checked");
            }
            Map<String, String> digests = new LinkedHashMap<>();
            for (JsonObject resource : statement.predicate().objects("resources")) {
                String digest = resource.string("digest");
                if (!Hashes.isHex(digest, 64) || !resource.string("algorithm").equals("sha256")) {
                    throw new JsonException("'" + resource.string("name") + "' has no SHA-256");
                }
                if (digests.put(resource.string("name"), digest) != null) {
                    throw new JsonException("it lists '" + resource.string("name") + "' twice");
                }
            }
            String all = digest(List.copyOf(digests.values()));
            if (!all.equals(statement.digests().get(Statement.FILES))) {
                throw new JsonException("its files, in the order listed, hash to " + all
                        + ", and not to its subject; files were reordered, added or left out");
            }
            return new ModelFiles(digests);
        } catch (JsonException e) {
            throw new MgitException(
                    MgitException.Kind.INTEGRITY,
                    "the signed list of files is inconsistent: " + e.getMessage(),
                    null,
                    e);
        }
    }

    /** The paths that were left out when these files were signed, as the statement says or as a rule. */
    List<String> ignoredBy(Statement statement) {
        List<String> all = new ArrayList<>(IGNORED);
        try {
            statement
                    .predicate()
                    .optionalObject("serialization")
                    .ifPresent(found -> all.addAll(found.strings("ignore_paths")));
        } catch (JsonException e) {
            // it then leaves nothing out
        }
        all.removeIf(name -> digests.keySet().stream().anyMatch(path -> ignored(path, List.of(name))));
        return all;
    }

    /** How files that are there differ from those listed here, a clause each; at most a few of each kind. */
    List<String> differences(ModelFiles there) {
        List<String> found = new ArrayList<>();
        digests.forEach((path, digest) -> {
            String actual = there.digests.get(path);
            if (actual == null) {
                found.add("'" + path + "' is missing");
            } else if (!actual.equals(digest)) {
                found.add("'" + path + "' was changed: it has SHA-256 " + actual + ", and " + digest + " was signed");
            }
        });
        there.digests.keySet().stream()
                .filter(path -> !digests.containsKey(path))
                .forEach(path -> found.add("'" + path + "' was added: it is not among the files signed"));
        return found;
    }
}
