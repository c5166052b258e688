package dev.mgit.cli.command.watch;

import dev.mgit.cli.console.Context;
import dev.mgit.cli.console.JsonOption;
import dev.mgit.cli.console.Output;
import dev.mgit.hooks.watch.WatchEvent;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Locale;

/** What a watch prints: a line for each thing that happens, as text or as JSON. */
final class WatchText {
    private final Context context;
    private final String model;
    private final boolean json;

    WatchText(Context context, String model, JsonOption json) {
        this.context = context;
        this.model = model;
        this.json = json.wanted();
    }

    void started(String run, String rule) {
        if (json) {
            line(out -> {
                out.writeStringField("event", "watching");
                out.writeStringField("run", run);
                out.writeStringField("model", model);
            });
        } else {
            line("Watching " + run + " for checkpoints of " + model + "; " + rule);
        }
    }

    void stopped() {
        if (json) {
            line(out -> out.writeStringField("event", "stopped"));
        } else {
            line("Stopped watching");
        }
    }

    void tell(WatchEvent event) {
        if (json) {
            line(out -> {
                out.writeStringField("event", event.kind().name().toLowerCase(Locale.ROOT));
                if (event.folder().isPresent()) {
                    out.writeStringField("folder", event.folder().get());
                }
                if (event.version().isPresent()) {
                    out.writeStringField("model", model);
                    out.writeStringField("id", event.version().get().hex());
                    out.writeNumberField("bytes", event.bytes());
                }
                if (event.kind() == WatchEvent.Kind.COMMITTED) {
                    out.writeNumberField("stored_bytes", event.stored());
                }
                if (!event.detail().isEmpty()) {
                    out.writeStringField("reason", event.detail());
                }
            });
        } else {
            line(event.folder().map(name -> name + ": ").orElse("") + sentence(event));
        }
    }

    private String sentence(WatchEvent event) {
        String version =
                event.version().map(id -> model + "@" + id.abbreviated()).orElse("");
        return switch (event.kind()) {
            case COMMITTED ->
                "committed as " + version + ", " + Output.bytes(event.bytes()) + " stored as "
                        + Output.bytes(event.stored());
            case KNOWN -> "is " + version;
            case WAITING -> "not finished: " + event.detail();
            case FAILED -> "not committed: " + event.detail();
            case KEPT -> "kept: " + event.detail() + (version.isEmpty() ? "" : " (" + version + ")");
            case REMOVED ->
                "removed" + (event.bytes() == 0 ? "" : ", " + Output.bytes(event.bytes())) + "; it is " + version;
            case PAUSED -> "paused: " + event.detail();
            case RESUMED -> "resumed: there is room again";
        };
    }

    private void line(String text) {
        context.output().line(text);
        context.terminal().out().flush();
    }

    private void line(Output.Fields fields) {
        try {
            context.output().jsonLine(fields);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
