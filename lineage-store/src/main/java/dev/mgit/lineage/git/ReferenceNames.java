package dev.mgit.lineage.git;

import dev.mgit.delta.MgitException;
import dev.mgit.lineage.version.Model;
import java.util.List;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.Repository;

/** Which names models, tags and mgit's own references may have, and what Git calls them. */
final class ReferenceNames {
    private ReferenceNames() {}

    /** See {@link GitLineage#requireModelName}. */
    static void requireModel(String name, List<Model> models) {
        branch(name);
        for (Model model : models) {
            if (name.startsWith(model.name() + "/") || model.name().startsWith(name + "/")) {
                throw new MgitException(
                        MgitException.Kind.USAGE,
                        "there cannot be a model '" + name + "' beside '" + model.name() + "'",
                        "a name that others have as their folder is taken; use another");
            }
        }
    }

    static String branch(String name) {
        return checked(Constants.R_HEADS + name, "model", name);
    }

    static String checked(String ref, String what, String name) {
        if (!Repository.isValidRefName(ref) || name.startsWith("-") || name.equals("HEAD")) {
            throw new MgitException(
                    MgitException.Kind.USAGE,
                    "'" + name + "' is not a legal name for a " + what,
                    "use letters, digits, '-', '_', '.' and '/' as Git allows in branch names");
        }
        return ref;
    }
}
