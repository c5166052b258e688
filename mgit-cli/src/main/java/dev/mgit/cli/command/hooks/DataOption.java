package dev.mgit.cli.command.hooks;

import dev.mgit.cli.console.Context;
import dev.mgit.delta.MgitException;
import dev.mgit.hooks.data.DataArgument;
import dev.mgit.hooks.data.DataRecord;
import dev.mgit.hooks.data.DataRecord.Item;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Option;

/** {@code --data}, mixed into commands that make versions. */
public final class DataOption {
    @Option(
            names = "--data",
            paramLabel = "NAME=PATH|DIGEST[,licence=SPDX]",
            description = "Data the version was made with; its SHA-256 and license are recorded with the version. "
                    + "Repeatable.")
    private List<String> data = new ArrayList<>();

    public boolean isGiven() {
        return !data.isEmpty();
    }

    /** @param root the repository's folder */
    public DataRecord record(Context context, Path root) {
        List<Item> items = data.stream()
                .map(text -> DataArgument.parse(text, context.directory(), root))
                .toList();
        if (items.stream().map(Item::name).distinct().count() < items.size()) {
            throw MgitException.usage("--data names the same data twice");
        }
        return new DataRecord(items);
    }
}
