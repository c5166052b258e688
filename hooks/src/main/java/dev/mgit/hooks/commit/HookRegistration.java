package dev.mgit.hooks.commit;

import dev.mgit.delta.json.JsonObject;
import dev.mgit.hooks.JsonMembers;
import dev.mgit.hooks.Registrations;
import dev.mgit.hooks.check.BuiltIn;
import dev.mgit.hooks.executor.Limits;
import dev.mgit.hooks.modeltest.Selector;
import java.util.List;

/**
 * A registered hook: a command that runs on an event.
 *
 * @param shell true if the command is a line for a shell rather than words
 * @param command program and arguments, run in the repository's folder
 */
public record HookRegistration(
        String name, HookEvent event, Selector on, Limits limits, boolean shell, List<String> command) {
    public HookRegistration {
        command = List.copyOf(command);
        Registrations.require("hook", name, command);
    }

    public JsonObject toJson() {
        return JsonMembers.of(
                "schema",
                Registrations.schema(BuiltIn.named(command)),
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
        Registrations.requireReadable("hook", json);
        return new HookRegistration(
                json.string("name"),
                HookEvent.parse(json.string("event")),
                new Selector(json.string("on")),
                json.optionalObject("limits").map(Limits::fromJson).orElse(Limits.NONE),
                json.flag("shell"),
                json.strings("command"));
    }
}
