package dev.mgit.cli.command.history;

import dev.mgit.cli.console.Context;
import dev.mgit.cli.console.JsonOption;
import dev.mgit.cli.console.Session;
import dev.mgit.delta.MgitException;
import dev.mgit.lineage.export.HubExport;
import dev.mgit.lineage.export.ModelPackExport;
import dev.mgit.lineage.sparse.SparseExport;
import dev.mgit.lineage.version.VersionId;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Writes a version for people without mgit. */
@Command(
        name = "export",
        description = {
            "Write a version as plain files for people without mgit.",
            "A folder gets the layout of a Hugging Face repository: the version's files, bit for bit, and base_model "
                    + "and base_model_relation added to the model card in README.md. A card that says otherwise is left "
                    + "as it is, and mgit exits with 3; --force replaces those two fields.",
            "oci:DIR and oci-archive:FILE get a CNCF ModelPack artifact as an OCI image layout, whose manifest names the "
                    + "parents by digest. The same version always has the same digest.",
            "--sparse PARENT writes to a safetensors file what changed in the weights since PARENT: flat indices NAME.idx "
                    + "and new values NAME.val, as TRL and vLLM take them. Bits are compared, so NaN and -0 are kept. "
                    + "Tensors that come, go or change shape are refused.",
            "Nothing is ever overwritten."
        })
public final class ExportCommand implements Callable<Integer> {
    private static final String OCI = "oci:";
    private static final String OCI_ARCHIVE = "oci-archive:";
    private static final int DIFFERS = MgitException.Kind.DIFFERS.exitCode();

    private final Context context;

    @Parameters(index = "0", paramLabel = "REV", description = "A model, tag, id, @, or REV~N.")
    private String revision = "";

    @Parameters(
            index = "1",
            paramLabel = "TARGET",
            description = "A new or empty folder, oci:DIR, oci-archive:FILE, or the file of --sparse.")
    private String target = "";

    @Option(
            names = "--format",
            paramLabel = "FORMAT",
            description = "hf (default for a folder) or modelpack (default for oci: and oci-archive:).")
    private @Nullable String format;

    @Option(
            names = "--sparse",
            paramLabel = "PARENT",
            description = "Only the elements in which the weights differ from those of PARENT.")
    private @Nullable String sparse;

    @Option(names = "--force", description = "Replace what the model card says of its base models.")
    private boolean force;

    @Mixin
    private final JsonOption json = new JsonOption();

    ExportCommand(Context context) {
        this.context = context;
    }

    @Override
    public Integer call() throws IOException {
        if (sparse != null) {
            return sparse(sparse);
        }
        Optional<String> oci = after(OCI).or(() -> after(OCI_ARCHIVE));
        requireFormat(oci.isPresent());
        try (Session session = Session.open(context)) {
            VersionId version = session.resolve(revision);
            return oci.isPresent()
                    ? modelPack(session, version, context.resolve(Path.of(oci.get())))
                    : hub(session, version, context.resolve(Path.of(target)));
        }
    }

    private int sparse(String parentRevision) throws IOException {
        if (format != null || force || !target.endsWith(".safetensors")) {
            throw MgitException.usage(
                    "--sparse takes neither --format nor --force, and writes a file named *.safetensors");
        }
        try (Session session = Session.open(context)) {
            VersionId parent = session.resolve(parentRevision);
            VersionId version = session.resolve(revision);
            Path file = context.resolve(Path.of(target));
            SparseExport.Result result =
                    new SparseExport(session.repository(), session.progress()).export(parent, version, file);
            var text = new ExportText(context);
            if (json.wanted()) {
                context.output().json(out -> text.json(out, version, parent, file, result));
            } else {
                text.print(session, version, parent, file, result);
            }
        }
        return 0;
    }

    private Optional<String> after(String scheme) {
        return target.startsWith(scheme) ? Optional.of(target.substring(scheme.length())) : Optional.empty();
    }

    private void requireFormat(boolean oci) {
        String wanted = format == null ? (oci ? "modelpack" : "hf") : format;
        if (!wanted.equals("hf") && !wanted.equals("modelpack")) {
            throw new MgitException(
                    MgitException.Kind.USAGE,
                    "unknown format '" + wanted + "'",
                    "use --format hf or --format modelpack");
        }
        if (oci != wanted.equals("modelpack")) {
            throw new MgitException(
                    MgitException.Kind.USAGE,
                    "--format " + wanted + " cannot be written to '" + target + "'",
                    oci ? "give a folder" : "give oci:DIR or oci-archive:FILE");
        }
        if (oci && force) {
            throw MgitException.usage(
                    "--force is for the model card of a folder; an artifact holds the files as they are");
        }
        if (target.equals(OCI) || target.equals(OCI_ARCHIVE) || target.isEmpty()) {
            throw MgitException.usage("'" + target + "' names no place to export to");
        }
    }

    private int hub(Session session, VersionId version, Path folder) throws IOException {
        HubExport.Result result =
                new HubExport(session.repository(), session.progress()).export(version, folder, force);
        if (json.wanted()) {
            context.output().json(out -> new ExportText(context).json(out, version, folder, result));
        } else {
            new ExportText(context).print(session, version, folder, result);
        }
        return result.card() == HubExport.Card.CONTRADICTS || result.card() == HubExport.Card.NOT_EDITABLE
                ? DIFFERS
                : 0;
    }

    private int modelPack(Session session, VersionId version, Path place) throws IOException {
        ModelPackExport.Result result = new ModelPackExport(session.repository(), session.progress())
                .export(version, place, target.startsWith(OCI_ARCHIVE));
        if (json.wanted()) {
            context.output().json(out -> {
                out.writeStringField("id", version.hex());
                out.writeStringField("target", place.toString());
                out.writeStringField("digest", result.digest());
                out.writeStringField("tag", result.tag());
                out.writeNumberField("layers", result.layers());
            });
        } else {
            context.output()
                    .line("Exported " + session.name(version) + " to " + session.shown(place) + " (" + result.layers()
                            + (result.layers() == 1 ? " layer" : " layers") + ", tag " + result.tag() + ")");
            context.output().line("  digest " + result.digest());
        }
        return 0;
    }
}
