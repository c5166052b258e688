package dev.mgit.cli.command.history;

import dev.mgit.delta.MgitException;
import dev.mgit.lineage.version.Lineage;
import dev.mgit.lineage.version.Model;

/** Finding models by the name a user typed. */
final class Models {
    private Models() {}

    /** @throws MgitException of kind USAGE, with a did-you-mean hint, if there is no such model */
    static Model require(Lineage lineage, String name) {
        return lineage.model(name).orElseThrow(() -> {
            if (lineage.tryResolve(name).isPresent()) {
                return MgitException.usage("'" + name + "' is a version, not a model");
            }
            lineage.resolve(name); // says what is near
            return MgitException.usage("there is no model '" + name + "'");
        });
    }
}
