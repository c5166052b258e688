package dev.mgit.cli.command.help;

import dev.mgit.cli.command.store.KnownSettings;
import dev.mgit.cli.console.Context;
import dev.mgit.cli.console.RevisionArguments.FileOf;
import dev.mgit.cli.console.Session;
import dev.mgit.delta.MgitException;
import dev.mgit.lineage.version.EdgeKind;
import dev.mgit.lineage.version.Lineage;
import java.io.IOException;
import java.util.Arrays;
import java.util.Locale;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.ArgSpec;

/** What an argument may be, by the label it has in the help. What cannot be known is left to the shell: files. */
final class CompletionCandidates {
    /** A label that lists the words themselves: {@code text|json}. */
    private static final Pattern CHOICE = Pattern.compile("[a-z]+(\\|[a-z]+)+");

    private final Context context;

    CompletionCandidates(Context context) {
        this.context = context;
    }

    /** @param typed what is there already: after {@code ..}, {@code :} or {@code =} something else may follow */
    Stream<CompletionCandidate> of(ArgSpec argument, String typed) {
        if (argument.type().isEnum()) {
            return Arrays.stream(argument.type().getEnumConstants())
                    .map(value -> new CompletionCandidate(value.toString().toLowerCase(Locale.ROOT), ""));
        }
        if (argument.completionCandidates() != null) {
            return StreamSupport.stream(argument.completionCandidates().spliterator(), false)
                    .map(word -> new CompletionCandidate(word, ""));
        }
        String label = argument.paramLabel();
        if (label.contains("REV") && typed.contains("=")) {
            return kinds(typed.substring(0, typed.indexOf('=') + 1));
        }
        if (label.equals("REV[:PATH]") && typed.contains(":")) {
            return files(typed);
        }
        if (CHOICE.matcher(label).matches()) {
            return Arrays.stream(label.split("\\|", -1)).map(word -> new CompletionCandidate(word, ""));
        }
        return switch (label) {
            case "REV",
                    "REV[=KIND]",
                    "REV[:PATH]",
                    "MODEL|REV",
                    "REV|TENSOR-HASH",
                    "A B",
                    "CHILD",
                    "PARENT",
                    "GOOD",
                    "BAD" -> revisions(typed);
            case "MODEL", "OLD" -> models();
            case "NAME" -> names(argument);
            case "KIND" -> kinds("");
            case "KEY" ->
                KnownSettings.all().stream().map(known -> new CompletionCandidate(known.name(), known.meaning()));
            default -> Stream.empty();
        };
    }

    /** Names of whatever the command is about. */
    private Stream<CompletionCandidate> names(ArgSpec argument) {
        return switch (argument.command().name()) {
            case "tag" -> tags();
            case "branch", "commit", "run", "merge" -> models();
            default -> Stream.empty();
        };
    }

    private static Stream<CompletionCandidate> kinds(String before) {
        return Arrays.stream(EdgeKind.values()).map(kind -> new CompletionCandidate(before + kind.word(), ""));
    }

    private Stream<CompletionCandidate> models() {
        return ask(lineage -> lineage.models().stream()
                .map(model -> new CompletionCandidate(
                        model.name(), "model " + model.head().abbreviated())));
    }

    private Stream<CompletionCandidate> tags() {
        return ask(lineage -> lineage.tags().stream()
                .map(tag -> new CompletionCandidate(
                        tag.name(), "tag " + tag.version().abbreviated())));
    }

    private Stream<CompletionCandidate> revisions(String typed) {
        int range = typed.indexOf("..");
        String before = range < 0 ? "" : typed.substring(0, range + 2);
        return Stream.concat(models(), tags())
                .map(name -> new CompletionCandidate(before + name.word(), name.meaning()));
    }

    private Stream<CompletionCandidate> files(String typed) {
        FileOf file = FileOf.parse(typed).orElseThrow();
        String before = typed.substring(0, typed.length() - file.path().length());
        return session(session ->
                session.repository().lineage().checkpoint(session.resolve(file.revision())).files().stream()
                        .map(entry -> new CompletionCandidate(before + entry.path(), "")));
    }

    private Stream<CompletionCandidate> ask(Function<Lineage, Stream<CompletionCandidate>> question) {
        return session(session -> question.apply(session.repository().lineage()));
    }

    /** Nothing is known outside a repository, or of one that cannot be read; the shell is no place to say so. */
    private Stream<CompletionCandidate> session(Function<Session, Stream<CompletionCandidate>> question) {
        try (@Nullable Session session = Session.ifAny(context)) {
            return session == null ? Stream.empty() : question.apply(session).toList().stream();
        } catch (IOException | MgitException e) {
            return Stream.empty();
        }
    }
}
