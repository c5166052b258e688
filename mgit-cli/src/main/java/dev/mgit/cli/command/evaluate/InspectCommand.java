package dev.mgit.cli.command.evaluate;

import dev.mgit.cli.console.Context;
import dev.mgit.cli.console.JsonOption;
import dev.mgit.delta.MgitException;
import dev.mgit.lineage.architecture.WebAddress;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Looks at a model by its headers. */
@Command(
        name = "inspect",
        description = {
            "Count a model's parameters by role, or look at its dimensions, from headers and configuration alone: no "
                    + "weights are read.",
            "Roles are told by the names of tensors; what no known family names is listed as other. --shapes: which "
                    + "dimensions fight a GPU's tensor cores or leave its last wave of tiles half empty, and the nearest "
                    + "values that do not.",
            "A file on the web is read by range requests; for a checkpoint in several files give the address of its "
                    + "index (.safetensors.index.json).",
            "Works on paths and addresses outside a repository too."
        })
public final class InspectCommand implements Callable<Integer> {
    private final Context context;

    @Parameters(
            paramLabel = "REV|PATH|URL",
            arity = "0..1",
            defaultValue = "@",
            description = "A revision, a file or folder, or http(s)://. Default: the version checked out here.")
    private String subject = "@";

    @Mixin
    private final ShapesView shapes = new ShapesView();

    @Mixin
    private final JsonOption json = new JsonOption();

    InspectCommand(Context context) {
        this.context = context;
    }

    @Override
    public Integer call() throws IOException {
        if (!shapes.wanted()) {
            RolesView.show(context, subject, json.wanted());
        } else if (WebAddress.looksLike(subject)) {
            throw MgitException.usage("--shapes takes a version, a file or a folder, no address");
        } else {
            shapes.show(context, subject, json.wanted());
        }
        return 0;
    }
}
