package dev.mgit.cli.command.lineage;

import dev.mgit.cli.console.Context;
import dev.mgit.hooks.FolderTools;
import dev.mgit.hooks.audit.MakingQuery;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Conditions on how versions were made, mixed into {@code find}. */
final class MakingOptions {
    @Option(
            names = "--input",
            paramLabel = "DIGEST|PATH",
            description =
                    "Made with this data: a file or folder as it is now, the start of a digest, or the path of an "
                            + "input that is no longer there.")
    private @Nullable String input;

    @Option(names = "--dataset", paramLabel = "NAME", description = "Made with data of this name.")
    private @Nullable String dataset;

    @Option(
            names = "--code-revision",
            paramLabel = "REV",
            description = "Made by code whose Git revision starts with REV.")
    private @Nullable String codeRevision;

    @Option(
            names = "--package",
            paramLabel = "NAME[=VERSION]",
            description = "Made by a program that had this package installed.")
    private @Nullable String library;

    @Option(
            names = {"--licence", "--license"},
            paramLabel = "SPDX",
            description = "Under this license, alone or among others.")
    private @Nullable String licence;

    MakingQuery query(Context context) {
        return new MakingQuery(
                Optional.ofNullable(input).map(text -> digestOf(context, text)),
                Optional.ofNullable(dataset),
                Optional.ofNullable(codeRevision),
                Optional.ofNullable(library).map(MakingQuery.Library::parse),
                Optional.ofNullable(licence));
    }

    private static String digestOf(Context context, String text) {
        Path path = context.resolve(Path.of(text));
        return Files.exists(path) ? FolderTools.digest(path) : text;
    }
}
