package dev.mgit.hooks.recipe;

import dev.mgit.delta.json.Json;
import dev.mgit.delta.json.JsonObject;
import dev.mgit.hooks.FolderTools;
import dev.mgit.hooks.JsonMembers;
import java.util.List;

/**
 * What a machine that shares no files with this one is to do: carry out a recipe. It lies at a remote, with the files of
 * {@link NodeFiles}, and follows the parents' versions. The job is told its digest, so that what runs is what this user
 * asked for, whoever may write to the remote.
 *
 * @param run see {@link dev.mgit.lineage.remote.RunExchange#reference}
 * @param nonce makes it another than that of an earlier attempt
 * @param store address of the store of the parameters
 * @param models what the recipe makes, in its order
 * @param recipe with the parents to use and the digests of data and code
 * @param files what comes along
 * @param expected what has to be on the machine, at the same path, since it is too large or belongs to it
 */
record NodeOrder(
        String run,
        String nonce,
        String store,
        List<String> models,
        Recipe recipe,
        List<File> files,
        List<Expected> expected) {
    /** The name of the order among the files of its parcel. */
    static final String FILE = "order.json";

    /** How large an order may be: its recipe may name many packages and files. */
    static final long MAX_BYTES = 16 << 20;

    /** A file by its path from the repository's folder; in the parcel its name is its SHA-256. */
    record File(String path, String sha256, boolean executable) {}

    /** A file or folder by its recorded path, with its digest. */
    record Expected(String path, String sha256) {}

    NodeOrder {
        models = List.copyOf(models);
        files = List.copyOf(files);
        expected = List.copyOf(expected);
    }

    byte[] toBytes() {
        return Json.pretty(JsonMembers.of(
                "schema",
                1,
                "run",
                run,
                "nonce",
                nonce,
                "store",
                store,
                "models",
                models,
                "recipe",
                recipe.toJson(),
                "files",
                files.stream()
                        .map(file -> JsonMembers.of(
                                "path", file.path(), "sha256", file.sha256(), "executable", file.executable()))
                        .toList(),
                "expected",
                expected.stream()
                        .map(file -> JsonMembers.of("path", file.path(), "sha256", file.sha256()))
                        .toList()));
    }

    String digest() {
        return FolderTools.digest(toBytes());
    }

    String recipeDigest() {
        return FolderTools.digest(recipe.toBytes());
    }

    static NodeOrder fromBytes(byte[] bytes) {
        return JsonMembers.read(bytes, "the order of a run", NodeOrder::fromJson);
    }

    private static NodeOrder fromJson(JsonObject json) {
        return new NodeOrder(
                json.string("run"),
                json.string("nonce"),
                json.string("store"),
                json.strings("models"),
                Recipe.fromJson(json.object("recipe")),
                json.objects("files").stream()
                        .map(file -> new File(file.string("path"), file.string("sha256"), file.flag("executable")))
                        .toList(),
                json.objects("expected").stream()
                        .map(file -> new Expected(file.string("path"), file.string("sha256")))
                        .toList());
    }
}
