package dev.mgit.cli.command.help;

import dev.mgit.cli.command.store.KnownSettings;
import dev.mgit.cli.console.Context;
import dev.mgit.cli.console.Revisions.FileOf;
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
final class Candidates {
    /** A label that lists the words themselves: {@code text|json}. */
    private static final Pattern CHOICE = Pattern.compile("[a-z]+(\\|[a-z]+)+");

    private final Context context;

    Candidates(Context context) {
        this.context = context;
    }

    /** @param typed what is there already: after {@code ..}, {@code :} or {@code =} something else may follow */
    Stream<Candidate> of(ArgSpec argument, String typed) {
        if (argument.type().isEnum()) {
            return Arrays.stream(argument.type().getEnumConstants())
                    .map(value -> new Candidate(value.toString().toLowerCase(Locale.ROOT), ""));
        }
        if (argument.completionCandidates() != null) {
            return StreamSupport.stream(argument.completionCandidates().spliterator(), false)
                    .map(word -> new Candidate(word, ""));
        }
        String label = argument.paramLabel();
        if (label.contains("REV") && typed.contains("=")) {
            return kinds(typed.substring(0, typed.indexOf('=') + 1));
        }
        if (label.equals("REV[:PATH]") && typed.contains(":")) {
            return files(typed);
        }
        if (CHOICE.matcher(label).matches()) {
            return Arrays.stream(label.split("\\|", -1)).map(word -> new Candidate(word, ""));
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
            case "KEY" -> KnownSettings.all().stream().map(known -> new Candidate(known.name(), known.meaning()));
            default -> Stream.empty();
        };
    }

    /** Names of whatever the command is about. */
    private Stream<Candidate> names(ArgSpec argument) {
        return switch (argument.command().name()) {
            case "tag" -> tags();
            case "branch", "commit", "run", "merge" -> models();
            default -> Stream.empty();
        };
    }

    private static Stream<Candidate> kinds(String before) {
        return Arrays.stream(EdgeKind.values()).map(kind -> new Candidate(before + kind.word(), ""));
    }

    private Stream<Candidate> models() {
        return ask(lineage -> lineage.models().stream()
                .map(model ->
                        new Candidate(model.name(), "model " + model.head().abbreviated())));
    }

    private Stream<Candidate> tags() {
        return ask(lineage -> lineage.tags().stream()
                .map(tag -> new Candidate(tag.name(), "tag " + tag.version().abbreviated())));
    }

    private Stream<Candidate> revisions(String typed) {
        int range = typed.indexOf("..");
        String before = range < 0 ? "" : typed.substring(0, range + 2);
        return Stream.concat(models(), tags()).map(name -> new Candidate(before + name.word(), name.meaning()));
    }

    private Stream<Candidate> files(String typed) {
        FileOf file = FileOf.parse(typed).orElseThrow();
        String before = typed.substring(0, typed.length() - file.path().length());
        return session(session ->
                session.repository().lineage().checkpoint(session.resolve(file.revision())).files().stream()
                        .map(entry -> new Candidate(before + entry.path(), "")));
    }

    private Stream<Candidate> ask(Function<Lineage, Stream<Candidate>> question) {
        return session(session -> question.apply(session.repository().lineage()));
    }

    /** Nothing is known outside a repository, or of one that cannot be read; the shell is no place to say so. */
    private Stream<Candidate> session(Function<Session, Stream<Candidate>> question) {
        try (@Nullable Session session = Session.ifAny(context)) {
            return session == null ? Stream.empty() : question.apply(session).toList().stream();
        } catch (IOException | MgitException e) {
            return Stream.empty();
        }
    }
}
