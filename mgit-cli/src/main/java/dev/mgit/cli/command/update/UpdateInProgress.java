package dev.mgit.cli.command.update;

import dev.mgit.cli.command.hooks.Records;
import dev.mgit.cli.console.Context;
import dev.mgit.cli.console.Output;
import dev.mgit.delta.json.JsonObject;
import dev.mgit.hooks.JsonMembers;
import dev.mgit.hooks.cascade.UpdateHolder;
import dev.mgit.hooks.cascade.UpdateReport;
import dev.mgit.hooks.cascade.Updates;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What one can ask of the update in progress without taking it up: how it stands, and that it end. */
final class UpdateInProgress {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final Context context;
    private final Updates updates;

    UpdateInProgress(Context context, Updates updates) {
        this.context = context;
        this.updates = updates;
    }

    void status(boolean json) {
        Optional<UpdateReport> present = updates.status();
        Optional<UpdateReport> report = present.or(() -> updates.last().map(UpdateReport::fromJson));
        if (json) {
            Records.print(context, report.map(found -> record(found, present)).orElse(JsonMembers.of("schema", 1)));
        } else if (report.isEmpty()) {
            context.output().line("No update in progress, and none before");
        } else {
            var text = new UpdateText(context);
            text.table(report.get());
            present.ifPresentOrElse(this::process, () -> text.next(report.get()));
        }
    }

    private JsonObject record(UpdateReport report, Optional<UpdateReport> present) {
        Map<String, @Nullable Object> members =
                new LinkedHashMap<>(report.toJson().members());
        if (present.isPresent()) {
            updates.holder().ifPresent(holder -> members.put("process", holder.toJson()));
            members.put("cancelled", updates.cancelled());
        }
        return new JsonObject(members);
    }

    /** Who works on it, and what one can do. */
    private void process(UpdateReport report) {
        Output output = context.output();
        Optional<UpdateHolder> holder = updates.holder();
        String go = "continue with 'mgit update --continue', or abort with 'mgit update --abort'";
        if (holder.filter(UpdateHolder::alive).isPresent()) {
            output.line("Running: " + holder.get().name() + ", since "
                    + holder.get().since() + (updates.cancelled() ? "; it was asked to end" : ""));
            output.hint(
                    "end it with 'mgit update --cancel'; see what a command prints with 'mgit update --logs MODEL -f'");
        } else if (updates.cancelled()) {
            output.line("Not running: it was cancelled");
            output.hint(go);
        } else if (holder.isPresent()) {
            output.line("Not running: its process (" + holder.get().name()
                    + ") was killed, or its machine went down; nothing is lost");
            output.hint(go);
        } else {
            output.line(
                    report.state().equals("stopped")
                            ? "Not running: it stopped at a failure"
                            : "No process watches it; what it has queued runs on");
            output.hint(go);
        }
    }

    void cancel(boolean json) {
        Optional<UpdateReport> left = updates.cancel(PATIENCE);
        if (json) {
            Records.print(context, left.map(UpdateReport::toJson).orElse(JsonMembers.of("schema", 1, "state", "done")));
        } else if (left.isEmpty()) {
            context.output().line("The update had come to its end; nothing was cancelled");
        } else {
            new UpdateText(context).table(left.get());
            context.output().line("Update cancelled; its jobs are ended, and what was made is kept");
            context.output().hint("go on with 'mgit update --continue', or abort with 'mgit update --abort'");
        }
    }
}
