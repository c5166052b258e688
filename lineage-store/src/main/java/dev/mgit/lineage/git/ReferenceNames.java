package dev.mgit.lineage.git;

import dev.mgit.delta.MgitException;
import dev.mgit.lineage.version.Model;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.eclipse.jgit.lib.AbbreviatedObjectId;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ObjectReader;
import org.eclipse.jgit.lib.Repository;
import org.jspecify.annotations.Nullable;

/** Which names models, tags and mgit's own references may have, and what Git calls them. */
final class ReferenceNames {
    private static final Pattern ABBREVIATED = Pattern.compile("[0-9a-f]{7,40}");

    private ReferenceNames() {}

    /** See {@link GitLineage#requireModelName}. */
    static void requireModel(String name, List<Model> models) {
        branch(name);
        meaning(name).ifPresent(meaning -> {
            throw spelled(name, meaning, "model");
        });
        for (Model model : models) {
            if (name.startsWith(model.name() + "/") || model.name().startsWith(name + "/")) {
                throw new MgitException(
                        MgitException.Kind.USAGE,
                        "cannot create model '" + name + "' beside '" + model.name() + "'",
                        "names that are folders of other names are taken; use another");
            }
        }
    }

    /**
     * A name means one thing: Git would let a tag win over a model of its name, without a word.
     *
     * @param what has the name: {@code model} or {@code tag}
     * @param wanted what was to get it
     */
    static MgitException taken(String what, String name, String wanted) {
        return new MgitException(
                MgitException.Kind.USAGE,
                "there is already a " + what + " '" + name + "'; a " + wanted
                        + " of that name would make the name ambiguous",
                what.equals("tag")
                        ? "use another name, or remove the tag with 'mgit tag -d " + name + "'"
                        : "use another name, or rename the model with 'mgit mv " + name + " NEW'");
    }

    /**
     * What a revision of this spelling means already, whatever models and tags there are.
     *
     * @return words, such as {@code the id of a version}; empty if it is free
     */
    static Optional<String> meaning(Repository git, String name) throws IOException {
        Optional<String> always = meaning(name);
        return always.isPresent() || !beginsId(git, name) ? always : Optional.of("the beginning of a version's id");
    }

    private static Optional<String> meaning(String name) {
        if (name.equals("@")) {
            return Optional.of("the version checked out in a folder");
        }
        if (name.startsWith(Constants.R_REFS)) {
            return Optional.of("the full name of a model or tag");
        }
        return ObjectId.isId(name) ? Optional.of("the id of a version") : Optional.empty();
    }

    private static MgitException spelled(String name, String meaning, String wanted) {
        return new MgitException(
                MgitException.Kind.USAGE,
                "'" + name + "' is " + meaning + "; a " + wanted + " of that name would make the name ambiguous",
                "use another name");
    }

    /** Whether a name is an abbreviated id, of as many digits as Git shows at least. */
    static boolean beginsId(Repository git, String name) throws IOException {
        if (!ABBREVIATED.matcher(name).matches()) {
            return false;
        }
        try (ObjectReader reader = git.newObjectReader()) {
            for (ObjectId id : reader.resolve(AbbreviatedObjectId.fromString(name))) {
                if (reader.open(id).getType() == Constants.OBJ_COMMIT) {
                    return true;
                }
            }
        }
        return false;
    }

    /** Refuses new names that mean something already. */
    static void requireFree(Repository git, Map<String, ObjectId> before, Map<String, @Nullable ObjectId> after)
            throws IOException {
        requireUnique(before, after);
        for (Map.Entry<String, @Nullable ObjectId> reference : after.entrySet()) {
            String ref = reference.getKey();
            boolean model = ref.startsWith(Constants.R_HEADS);
            if ((model || ref.startsWith(Constants.R_TAGS))
                    && reference.getValue() != null
                    && !before.containsKey(ref)) {
                String name = ref.substring((model ? Constants.R_HEADS : Constants.R_TAGS).length());
                Optional<String> meaning = meaning(git, name);
                if (meaning.isPresent()) {
                    throw spelled(name, meaning.get(), model ? "model" : "tag");
                }
            }
        }
    }

    /** Refuses new names of models that tags have or are given, and the other way round. */
    private static void requireUnique(Map<String, ObjectId> before, Map<String, @Nullable ObjectId> after) {
        after.forEach((ref, target) -> {
            boolean named = ref.startsWith(Constants.R_HEADS) || ref.startsWith(Constants.R_TAGS);
            if (named && target != null && !before.containsKey(ref)) {
                boolean model = ref.startsWith(Constants.R_HEADS);
                String name = ref.substring((model ? Constants.R_HEADS : Constants.R_TAGS).length());
                String other = (model ? Constants.R_TAGS : Constants.R_HEADS) + name;
                if (after.containsKey(other) ? after.get(other) != null : before.containsKey(other)) {
                    throw model ? taken("tag", name, "model") : taken("model", name, "tag");
                }
            }
        });
    }

    static String branch(String name) {
        return checked(Constants.R_HEADS + name, "model", name);
    }

    static String checked(String ref, String what, String name) {
        if (!Repository.isValidRefName(ref) || name.startsWith("-") || name.equals("HEAD")) {
            throw new MgitException(
                    MgitException.Kind.USAGE,
                    "'" + name + "' is not a valid name for a " + what,
                    "use letters, digits, '-', '_', '.' and '/' as Git allows in branch names");
        }
        return ref;
    }
}
