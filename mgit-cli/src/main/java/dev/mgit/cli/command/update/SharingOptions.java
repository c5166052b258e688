package dev.mgit.cli.command.update;

import dev.mgit.cli.command.hooks.HookSession;
import dev.mgit.delta.MgitException;
import dev.mgit.hooks.sharing.Promise;
import dev.mgit.lineage.version.VersionId;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Option;

/** What a recipe declares its model to share with others, mixed into {@code run} and {@code recipe set}. */
final class SharingOptions {
    @Option(
            names = "--freeze",
            paramLabel = "GLOB",
            description = "Declare that tensors of these names stay those of the parent, to the bit. Repeatable, as "
                    + "are the next two. A version that breaks a declaration is refused (see sharing.check).")
    private List<String> frozen = new ArrayList<>();

    @Option(
            names = "--entangle",
            paramLabel = "MODEL:GLOB",
            description = "Declare that they are those of another model, to the bit.")
    private List<String> entangled = new ArrayList<>();

    @Option(
            names = "--init-from",
            paramLabel = "REV:GLOB",
            description = "Declare that they were initialised from another version: same names and shapes.")
    private List<String> initialised = new ArrayList<>();

    @Option(names = "--no-sharing", description = "Declare nothing.")
    private boolean none;

    boolean given() {
        return none || !(frozen.isEmpty() && entangled.isEmpty() && initialised.isEmpty());
    }

    /** @throws MgitException of kind USAGE if one cannot be read, or names what there is not */
    List<Promise> promises(HookSession session) {
        if (none && !(frozen.isEmpty() && entangled.isEmpty() && initialised.isEmpty())) {
            throw MgitException.usage("--no-sharing goes with none of --freeze, --entangle and --init-from");
        }
        List<Promise> promises = new ArrayList<>();
        frozen.forEach(glob -> promises.add(Promise.freeze(glob)));
        for (String text : entangled) {
            String[] parts = parts("--entangle", "MODEL:GLOB", text);
            promises.add(Promise.entangle(parts[0], parts[1]));
        }
        for (String text : initialised) {
            String[] parts = parts("--init-from", "REV:GLOB", text);
            VersionId version = session.resolve(parts[0]);
            promises.add(Promise.initFrom(session.version(version).model(), version, parts[1]));
        }
        return promises;
    }

    private static String[] parts(String option, String form, String text) {
        int colon = text.indexOf(':');
        if (colon <= 0 || colon == text.length() - 1) {
            throw new MgitException(
                    MgitException.Kind.USAGE,
                    "cannot read '" + text + "' as " + option,
                    "write " + option + " " + form + ", with a glob of tensor names");
        }
        return new String[] {text.substring(0, colon), text.substring(colon + 1)};
    }
}
