package dev.mgit.cli.command.hooks;

import dev.mgit.cli.console.Context;
import dev.mgit.delta.json.JsonObject;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Printing what the hooks library records as JSON anyway. */
public final class Records {
    private Records() {}

    public static void print(Context context, JsonObject record) {
        context.output().jsonDocument(record);
    }

    /** A record with one member more. */
    public static JsonObject with(JsonObject record, String name, @Nullable Object value) {
        Map<String, @Nullable Object> members = new LinkedHashMap<>(record.members());
        members.put(name, value);
        return new JsonObject(members);
    }

    /** A command as one line; words that are not plain are quoted. */
    public static String line(List<String> command) {
        return command.stream()
                .map(word -> word.matches("[\\w@%+=:,./{}-]+") ? word : "'" + word.replace("'", "'\\''") + "'")
                .collect(Collectors.joining(" "));
    }

    static void hintIfInert(Context context, boolean allTrusted) {
        if (!allTrusted) {
            context.output()
                    .hint("untrusted entries came from elsewhere and do not run; review them with 'mgit hooks trust'");
        }
    }
}
