package dev.mgit.lineage.git;

import dev.mgit.delta.json.JsonException;
import dev.mgit.delta.json.JsonObject;
import dev.mgit.lineage.version.Operation;
import dev.mgit.lineage.version.Person;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.Repository;

/** An operation as a line of the operation log. */
final class OperationJson {
    private OperationJson() {}

    static Map<String, Object> of(Operation operation) {
        var json = new LinkedHashMap<String, Object>();
        json.put("id", operation.id());
        json.put("description", operation.description());
        json.put("name", operation.author().name());
        json.put("email", operation.author().email());
        json.put("when", operation.when().toString());
        operation.undoes().ifPresent(undone -> json.put("undoes", undone));
        json.put("changes", operation.changes().stream().map(OperationJson::of).toList());
        return json;
    }

    static Map<String, String> of(Operation.RefChange change) {
        var json = new LinkedHashMap<String, String>();
        json.put("ref", change.ref());
        change.before().ifPresent(before -> json.put("before", before));
        change.after().ifPresent(after -> json.put("after", after));
        return json;
    }

    /** @throws JsonException or {@link java.time.DateTimeException} if it is no operation */
    static Operation read(JsonObject json) {
        return new Operation(
                json.string("id"),
                json.string("description"),
                new Person(json.string("name"), json.string("email")),
                Instant.parse(json.string("when")),
                json.objects("changes").stream().map(OperationJson::change).toList(),
                json.optionalString("undoes"));
    }

    static Operation.RefChange change(JsonObject json) {
        var change = new Operation.RefChange(
                json.string("ref"), json.optionalString("before"), json.optionalString("after"));
        boolean ids =
                Stream.concat(change.before().stream(), change.after().stream()).allMatch(ObjectId::isId);
        if (!Repository.isValidRefName(change.ref()) || !ids) {
            throw new JsonException("'" + change.ref() + "' cannot be changed so");
        }
        return change;
    }
}
