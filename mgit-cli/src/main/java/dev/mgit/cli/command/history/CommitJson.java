package dev.mgit.cli.command.history;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.mgit.cli.console.FindingsText;
import dev.mgit.cli.console.LeftOutText;
import dev.mgit.cli.console.Session;
import dev.mgit.lineage.checkpoint.CommitRequest;
import dev.mgit.lineage.checkpoint.CommitResult;
import java.io.IOException;

/** The JSON form of a commit. */
final class CommitJson {
    private final Session session;

    CommitJson(Session session) {
        this.session = session;
    }

    /** Writes the fields into an object that is open. */
    void write(JsonGenerator json, CommitResult result) throws IOException {
        json.writeStringField("id", result.version().hex());
        json.writeStringField("model", result.model());
        if (result.previous().isPresent()) {
            json.writeStringField("previous", result.previous().get().hex());
        }
        json.writeArrayFieldStart("from");
        for (CommitRequest.Origin origin : result.origins()) {
            json.writeStartObject();
            json.writeStringField("id", origin.version().hex());
            json.writeStringField(
                    "model",
                    session.repository().lineage().version(origin.version()).model());
            json.writeStringField("kind", origin.kind().word());
            json.writeEndObject();
        }
        json.writeEndArray();
        json.writeNumberField("files", result.files());
        json.writeNumberField("tensors", result.tensors());
        json.writeNumberField("bytes", result.bytes());
        json.writeNumberField("new_bytes", result.newBytes());
        json.writeNumberField("stored_bytes", result.storedBytes());
        if (result.loss().isPresent()) {
            json.writeNumberField("lossy_tensors", result.loss().get().tensors().size());
            json.writeStringField("lossy_bound", result.loss().get().boundText());
        }
        FindingsText.json(json, result.findings());
        LeftOutText.json(json, result.ignored());
    }
}
