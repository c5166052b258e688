package dev.mgit.hooks.event;

import dev.mgit.delta.MgitException;
import dev.mgit.delta.json.JsonObject;
import dev.mgit.hooks.Members;
import dev.mgit.hooks.executor.Limits;
import dev.mgit.hooks.test.Selector;
import java.util.List;
import java.util.regex.Pattern;

/**
 * A registered hook: a command that runs on an event.
 *
 * @param shell true if the command is a line for a shell rather than words
 * @param command program and arguments, run in the repository's folder
 */
public record HookRegistration(
        String name, HookEvent event, Selector on, Limits limits, boolean shell, List<String> command) {
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,99}");
    private static final int SCHEMA = 1;

    public HookRegistration {
        command = List.copyOf(command);
        if (!NAME.matcher(name).matches()) {
            throw new MgitException(
                    MgitException.Kind.USAGE, "'" + name + "' cannot name a hook", "use letters, digits, . _ and -");
        }
        if (command.isEmpty()) {
            throw new MgitException(MgitException.Kind.USAGE, "hook '" + name + "' has no command", "give it after --");
        }
    }

    public JsonObject toJson() {
        return Members.of(
                "schema",
                SCHEMA,
                "name",
                name,
                "event",
                event.word(),
                "on",
                on.text(),
                "limits",
                limits.toJson(),
                "shell",
                shell,
                "command",
                command);
    }

    static HookRegistration fromJson(JsonObject json) {
        if (json.number("schema") > SCHEMA) {
            throw new MgitException(
                    MgitException.Kind.FAILED,
                    "hook '" + json.string("name") + "' was registered by a newer mgit",
                    "update mgit to run it");
        }
        return new HookRegistration(
                json.string("name"),
                HookEvent.parse(json.string("event")),
                new Selector(json.string("on")),
                json.optionalObject("limits").map(Limits::fromJson).orElse(Limits.NONE),
                json.flag("shell"),
                json.strings("command"));
    }
}
