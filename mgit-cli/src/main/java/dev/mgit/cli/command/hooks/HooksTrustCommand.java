package dev.mgit.cli.command.hooks;

import dev.mgit.cli.console.Context;
import dev.mgit.cli.console.JsonOption;
import dev.mgit.cli.console.Output;
import dev.mgit.cli.console.WaitOption;
import dev.mgit.delta.MgitException;
import dev.mgit.hooks.JsonMembers;
import dev.mgit.hooks.Trust;
import dev.mgit.hooks.event.TrustReview;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Shows what may not run here yet, and accepts it. */
@Command(
        name = "trust",
        description = {
            "Review tests, hooks and recipes that came from elsewhere; they do not run here until approved.",
            "Approval covers the exact text shown; if it changes, approve again. What was registered here is already "
                    + "approved. The list of approvals never leaves this clone."
        })
final class HooksTrustCommand implements Callable<Integer> {
    private static final int ID = 12;
    private static final int LEAST = 6;

    private final Context context;

    @Parameters(paramLabel = "ID", arity = "0..*", description = "Approve these.")
    private List<String> ids = new ArrayList<>();

    @Option(names = "--all", description = "Show and approve everything pending.")
    private boolean all;

    @Option(names = "--withdraw", paramLabel = "ID|NAME", description = "Revoke approval.")
    private List<String> withdrawn = new ArrayList<>();

    @Mixin
    private final WaitOption wait = new WaitOption();

    @Mixin
    private final JsonOption json = new JsonOption();

    HooksTrustCommand(Context context) {
        this.context = context;
    }

    @Override
    public Integer call() throws IOException {
        try (HookSession session = HookSession.open(context, wait)) {
            var review = new TrustReview(session.workspace());
            List<Trust.Item> leaving = withdrawn.stream()
                    .map(text -> one(review.accepted(), text, true))
                    .toList();
            List<Trust.Item> pending = review.pending();
            List<Trust.Item> entering = all
                    ? pending
                    : ids.stream().map(text -> one(pending, text, false)).toList();
            leaving.forEach(review::withdraw);
            if (!entering.isEmpty()) {
                review.accept(entering);
            }
            if (json.wanted()) {
                json(all || ids.isEmpty() ? pending : List.of(), entering, leaving);
            } else {
                print(pending, entering, leaving);
            }
        }
        return 0;
    }

    private void print(List<Trust.Item> pending, List<Trust.Item> entering, List<Trust.Item> leaving) {
        Output output = context.output();
        boolean asked = ids.isEmpty() && withdrawn.isEmpty();
        if (asked) {
            pending.forEach(this::show);
        }
        leaving.forEach(item -> output.line("No longer trusted: " + item.name()));
        entering.forEach(item -> output.line("Trusted: " + item.name()));
        if (asked && pending.isEmpty()) {
            output.line("Everything here is trusted");
        } else if (asked && !all) {
            output.hint("approve what you have reviewed with 'mgit hooks trust ID...', or everything with --all");
        }
    }

    private void show(Trust.Item item) {
        Output output = context.output();
        output.line(output.styled(Output.Style.BOLD, id(item) + "  " + item.name()));
        item.content().lines().forEach(line -> output.line("    " + line));
        output.line("");
    }

    private static String id(Trust.Item item) {
        return item.digest().substring(0, ID);
    }

    /** What is to be accepted is named by its digest alone, so that it is what was shown. */
    private static Trust.Item one(List<Trust.Item> items, String text, boolean accepted) {
        List<Trust.Item> found = items.stream()
                .filter(item -> (accepted && item.name().equals(text))
                        || (text.length() >= LEAST && item.digest().startsWith(text)))
                .toList();
        if (found.size() != 1) {
            throw new MgitException(
                    MgitException.Kind.USAGE,
                    found.isEmpty()
                            ? "nothing " + (accepted ? "accepted" : "that waits") + " has the id '" + text + "'"
                            : "'" + text + "' is ambiguous",
                    "'mgit hooks trust' lists what is pending, with ids");
        }
        return found.get(0);
    }

    private void json(List<Trust.Item> pending, List<Trust.Item> entering, List<Trust.Item> leaving) {
        Records.print(
                context,
                JsonMembers.of(
                        "schema",
                        1,
                        "pending",
                        all
                                ? List.of()
                                : pending.stream().map(HooksTrustCommand::json).toList(),
                        "accepted",
                        entering.stream().map(HooksTrustCommand::json).toList(),
                        "withdrawn",
                        leaving.stream().map(HooksTrustCommand::json).toList()));
    }

    private static Object json(Trust.Item item) {
        return JsonMembers.of("id", item.digest(), "name", item.name(), "content", item.content());
    }
}
