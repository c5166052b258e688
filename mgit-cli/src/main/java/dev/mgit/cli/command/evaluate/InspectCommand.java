package dev.mgit.cli.command.evaluate;

import dev.mgit.cli.console.Context;
import dev.mgit.cli.console.JsonOption;
import dev.mgit.delta.MgitException;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Looks at a model by its headers. One mixin for each view. */
@Command(
        name = "inspect",
        description = {
            "Look at a model's dimensions, by headers and configuration alone; reads no weights.",
            "--shapes: which dimensions fight a GPU's tensor cores or leave its last wave of tiles half empty, and the "
                    + "nearest values that do not."
        })
public final class InspectCommand implements Callable<Integer> {
    private final Context context;

    @Parameters(paramLabel = "REV|FILE", description = "A version, or a file or folder outside the repository.")
    private String subject = "";

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
            throw new MgitException(MgitException.Kind.USAGE, "no view was named", "add --shapes");
        }
        shapes.show(context, subject, json.wanted());
        return 0;
    }
}
