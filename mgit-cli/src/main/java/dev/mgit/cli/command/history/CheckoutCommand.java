package dev.mgit.cli.command.history;

import dev.mgit.cli.console.Context;
import dev.mgit.cli.console.JsonOption;
import dev.mgit.cli.console.LeftOutText;
import dev.mgit.cli.console.Session;
import dev.mgit.delta.MgitException;
import dev.mgit.lineage.checkpoint.CheckoutRequest;
import dev.mgit.lineage.checkpoint.CheckoutState;
import dev.mgit.lineage.checkpoint.Checkouts;
import dev.mgit.lineage.git.GitLineage;
import dev.mgit.lineage.version.Checkpoint;
import dev.mgit.lineage.version.Glob;
import dev.mgit.lineage.version.Lineage;
import dev.mgit.lineage.version.VersionId;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Writes a version's files. */
@Command(
        name = "checkout",
        description = {
            "Write the files of a version to a folder, bit for bit.",
            "Everything is verified before the folder changes; modified files are not overwritten."
        })
public final class CheckoutCommand implements Callable<Integer> {
    private final Context context;

    @Parameters(index = "0", paramLabel = "REV", description = "A model, tag, id, @, or REV~N.")
    private String revision = "";

    @Parameters(
            index = "1",
            paramLabel = "DIR",
            arity = "0..1",
            description = "Default: a folder named after the " + "model.")
    private @Nullable Path directory;

    @Option(names = "--files", paramLabel = "GLOB", description = "Only files whose path matches GLOB.")
    private @Nullable String files;

    @Option(
            names = "--tensors",
            paramLabel = "GLOB",
            description = "Only tensors matching GLOB, written to DIR/tensors.safetensors.")
    private @Nullable String tensors;

    @Option(
            names = "--weights-only",
            description = "Leave out training state: optimizer, scheduler, random number generators.")
    private boolean weightsOnly;

    @Option(
            names = {"-f", "--force"},
            description = "Overwrite modified files.")
    private boolean force;

    @Mixin
    private final JsonOption json = new JsonOption();

    CheckoutCommand(Context context) {
        this.context = context;
    }

    @Override
    public Integer call() throws IOException {
        if (weightsOnly && tensors != null) {
            throw MgitException.usage("--weights-only is about files and cannot be combined with --tensors");
        }
        try (Session session = Session.open(context)) {
            Lineage lineage = session.repository().lineage();
            VersionId version = session.resolve(revision);
            String model = modelOf(lineage, version);
            Path folder = context.resolve(directory == null ? named(model, version) : directory);
            if (folder.startsWith(session.repository().files().mgit())) {
                throw MgitException.usage("'" + folder + "' is inside the repository's own folder");
            }
            var request = new CheckoutRequest(
                    version,
                    model,
                    folder,
                    Optional.ofNullable(files).map(Glob::new),
                    Optional.ofNullable(tensors).map(Glob::new),
                    weightsOnly,
                    force);
            List<String> written = new Checkouts(session.repository(), session.progress()).checkout(request);
            if (json.wanted()) {
                json(version, model, folder, written, lineage.checkpoint(version));
                return 0;
            }
            context.output()
                    .line("Checked out " + session.name(version) + " into " + session.shown(folder) + " ("
                            + written.size() + (written.size() == 1 ? " file)" : " files)"));
            noteOuter(session, folder);
            if (files == null && tensors == null && !weightsOnly) {
                LeftOutText.resuming(lineage.checkpoint(version)).forEach(context.output()::note);
            }
        }
        return 0;
    }

    /** A folder inside a checked-out one becomes part of that one's model, which is rarely meant. */
    private void noteOuter(Session session, Path folder) throws IOException {
        Path parent = folder.getParent();
        if (parent == null) {
            return;
        }
        CheckoutState.find(session.repository(), parent)
                .ifPresent(outer -> context.output()
                        .note(session.shown(folder) + " lies in a checkout of " + outer.model()
                                + ": its next commit takes this folder along; 'mgit checkout REV .' writes a version "
                                + "in place"));
    }

    private void json(VersionId version, String model, Path folder, List<String> written, Checkpoint checkpoint)
            throws IOException {
        context.output().json(out -> {
            out.writeStringField("id", version.hex());
            out.writeStringField("model", model);
            out.writeStringField("folder", folder.toString());
            out.writeArrayFieldStart("files");
            for (String file : written) {
                out.writeString(file);
            }
            out.writeEndArray();
            LeftOutText.json(out, checkpoint);
        });
    }

    /** A version from elsewhere says itself what its model is called: that must not lead out of this folder. */
    private static Path named(String model, VersionId version) {
        try {
            GitLineage.requireModelName(model, List.of());
            return Path.of(model);
        } catch (MgitException e) {
            return Path.of(version.abbreviated());
        }
    }

    /** The model whose head is checked out by its name, else the one the version was made for. */
    private String modelOf(Lineage lineage, VersionId version) {
        return lineage.model(revision).isPresent()
                ? revision
                : lineage.version(version).model();
    }
}
