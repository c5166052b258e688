package dev.mgit.cli.command.store;

import dev.mgit.cli.console.Context;
import dev.mgit.cli.console.JsonOption;
import dev.mgit.cli.console.Output;
import dev.mgit.cli.console.Session;
import dev.mgit.cli.console.Table;
import dev.mgit.delta.MgitException;
import dev.mgit.lineage.git.GitMaintenance;
import dev.mgit.lineage.verify.Unproven;
import dev.mgit.lineage.version.Lineage;
import dev.mgit.lineage.version.Operation;
import java.io.IOException;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The operation log. */
@Command(name = "op", description = "Show the operation log of the repository.")
public final class OpCommand {
    private final Context context;

    OpCommand(Context context) {
        this.context = context;
    }

    @Command(name = "log", description = "List operations, newest first. Revert one with 'mgit undo ID'.")
    int log(
            @Option(names = "-n", paramLabel = "N", defaultValue = "20", description = "Show at most N (default: 20).")
                    int limit,
            @Option(
                            names = "--verify",
                            description =
                                    "Check that every record is whole and follows the one it was written after, and "
                                            + "that all references are where the records say. Exits with 6 if not.")
                    boolean verify,
            @Mixin JsonOption json)
            throws IOException {
        try (Session session = Session.open(context)) {
            if (verify) {
                return verify(session, json);
            }
            List<Operation> operations = session.repository().lineage().operations(Integer.MAX_VALUE).stream()
                    .filter(operation -> !operation.inner())
                    .limit(Math.max(0, limit))
                    .toList();
            if (json.wanted()) {
                json(operations);
                return 0;
            }
            Table table = context.output().table("Operation", "When", "Who", "What");
            for (Operation operation : operations) {
                table.row(
                        operation.id(),
                        operation.when().toString().substring(0, 19),
                        operation.author().name(),
                        operation.description());
            }
            table.print();
        }
        return 0;
    }

    private int verify(Session session, JsonOption json) throws IOException {
        List<String> wrong;
        try (GitMaintenance git = GitMaintenance.open(
                session.repository().files().lineage(),
                session.repository().files().operationLog())) {
            wrong = git.verifyOperations();
        }
        Lineage lineage = session.repository().lineage();
        int records = lineage.operations(Integer.MAX_VALUE).size();
        String head = lineage.operationHead().orElse("");
        if (json.wanted()) {
            context.output().json(out -> {
                out.writeBooleanField("verified", wrong.isEmpty());
                out.writeNumberField("operations", records);
                out.writeStringField("head", head);
                out.writeArrayFieldStart("wrong");
                for (String sentence : wrong) {
                    out.writeString(sentence);
                }
                out.writeEndArray();
            });
        } else {
            wrong.forEach(sentence ->
                    context.output().line(context.output().styled(Output.Style.RED, "damaged: ") + sentence));
            context.output()
                    .line(records
                            + (records == 1 ? " operation, " : " operations, ")
                            + (head.isEmpty() ? "not chained yet" : "head " + head)
                            + (wrong.isEmpty() ? ": all records follow one another" : ""));
            context.output().line("Unproven: " + Unproven.sentence(lineage));
        }
        return wrong.isEmpty() ? 0 : MgitException.Kind.INTEGRITY.exitCode();
    }

    private void json(List<Operation> operations) throws IOException {
        context.output().json(out -> {
            out.writeArrayFieldStart("operations");
            for (Operation operation : operations) {
                out.writeStartObject();
                out.writeStringField("id", operation.id());
                out.writeStringField("description", operation.description());
                out.writeStringField("author", operation.author().toString());
                out.writeStringField("when", operation.when().toString());
                if (operation.undoes().isPresent()) {
                    out.writeStringField("undoes", operation.undoes().get());
                }
                out.writeArrayFieldStart("changes");
                for (Operation.RefChange change : operation.changes()) {
                    out.writeStartObject();
                    out.writeStringField("ref", change.ref());
                    out.writeStringField("before", change.before().orElse(null));
                    out.writeStringField("after", change.after().orElse(null));
                    out.writeEndObject();
                }
                out.writeEndArray();
                out.writeEndObject();
            }
            out.writeEndArray();
        });
    }
}
