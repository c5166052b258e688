package dev.mgit.cli.command.help;

import dev.mgit.cli.console.Context;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Tells a shell what may stand in the place of the last word, a candidate and what it means on each line. */
@Command(
        name = "__complete",
        hidden = true,
        description = "Print completion candidates for the last word of a command line.")
public final class CompleteCommand implements Runnable {
    private final Context context;

    @Parameters(paramLabel = "WORD", arity = "0..*", description = "The words after mgit; the last one is completed.")
    private List<String> words = new ArrayList<>();

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before it runs anything
    private CommandSpec spec;

    CompleteCommand(Context context) {
        this.context = context;
    }

    /** Where the last word stands: in which command, after how many operands, or as the value of an option. */
    private static final class Place {
        private CommandLine command;
        private int operands;
        private Optional<OptionSpec> valueOf = Optional.empty();
        private boolean onlyOperands;

        Place(CommandLine command) {
            this.command = command;
        }

        void pass(String word) {
            if (valueOf.isPresent()) {
                valueOf = Optional.empty();
            } else if (word.equals("--")) {
                onlyOperands = true;
            } else if (!onlyOperands && word.startsWith("-") && word.length() > 1) {
                valueOf = Optional.ofNullable(command.getCommandSpec().findOption(word))
                        .filter(option -> option.arity().min() > 0);
            } else if (operands == 0 && command.getSubcommands().containsKey(word)) {
                command = command.getSubcommands().get(word);
            } else {
                operands++;
            }
        }
    }

    @Override
    public void run() {
        var place = new Place(spec.root().commandLine());
        String last = words.isEmpty() ? "" : words.get(words.size() - 1);
        words.subList(0, Math.max(0, words.size() - 1)).forEach(place::pass);
        candidates(place, last)
                .filter(candidate -> candidate.word().startsWith(last))
                .forEach(candidate -> context.output().fields(candidate.word(), candidate.meaning()));
    }

    private Stream<CompletionCandidate> candidates(Place place, String last) {
        CommandSpec command = place.command.getCommandSpec();
        var values = new CompletionCandidates(context);
        if (place.valueOf.isPresent()) {
            return values.of(place.valueOf.get(), last);
        }
        if (!place.onlyOperands && last.startsWith("-")) {
            return command.options().stream()
                    .filter(option -> !option.hidden())
                    .flatMap(option ->
                            Stream.of(option.names()).map(name -> new CompletionCandidate(name, summary(option))));
        }
        if (command.name().equals("help")) {
            return commands(spec.root().commandLine());
        }
        Stream<CompletionCandidate> operands = command.positionalParameters().stream()
                .filter(parameter -> parameter.index().contains(place.operands))
                .limit(1)
                .flatMap(parameter -> values.of(parameter, last));
        return Stream.concat(place.operands == 0 ? commands(place.command) : Stream.empty(), operands);
    }

    private static Stream<CompletionCandidate> commands(CommandLine command) {
        return command.getSubcommands().entrySet().stream()
                .filter(sub -> !sub.getValue().getCommandSpec().usageMessage().hidden())
                .map(sub -> new CompletionCandidate(
                        sub.getKey(),
                        first(sub.getValue().getCommandSpec().usageMessage().description())));
    }

    private static String summary(ArgSpec argument) {
        return first(argument.description());
    }

    private static String first(String... lines) {
        return lines.length == 0 ? "" : lines[0];
    }
}
