package dev.mgit.lineage.git;

import dev.mgit.delta.json.CheckedJson;
import dev.mgit.delta.json.JsonException;
import dev.mgit.delta.json.JsonObject;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads the operation log line by line: whether each is whole, and follows the one it was written after. */
final class OperationLogCheck {
    private final OperationChain chain;
    private final List<String> found = new ArrayList<>();
    private final Set<String> digests = new HashSet<>();

    /** What the next line must follow. */
    private String before = OperationChain.BEGINNING;

    /** How many lines were chained. */
    private int chained;

    /** Lines that cannot be parsed, by digest: torn by a crash, unless another follows them or the end is missing. */
    private final Map<String, String> strange = new LinkedHashMap<>();

    private @Nullable String anchor;
    private @Nullable String anchored;

    OperationLogCheck(OperationChain chain) {
        this.chain = chain;
    }

    /** @return one clause for each thing that is wrong */
    List<String> run() throws IOException {
        Optional<String> head = chain.recordedHead(); // first: a writer may be adding lines
        List<String> lines = chain.lines();
        for (int i = 0; i < lines.size(); i++) {
            line(i, lines.get(i));
        }
        if (anchor != null && chained > 0 && !anchor.equals(anchored)) {
            found.add("line 1, where the references were when older operations were forgotten, was changed");
        }
        if (head.isPresent() && !digests.contains(head.get())) {
            found.add("its end is missing or was changed: the last record was "
                    + head.get().substring(0, 12) + ", and is not there");
        } else if (head.isEmpty() && chained > 1) {
            found.add("the file that names its last record, operations.head, is missing");
        }
        return found;
    }

    private void line(int index, String text) {
        try {
            JsonObject json = CheckedJson.parse(text.getBytes(StandardCharsets.UTF_8));
            if (json.has("id")) {
                OperationJson.read(json);
            }
            follow(index, text, json);
        } catch (JsonException | DateTimeException e) {
            String what = "line " + (index + 1) + " cannot be parsed: " + e.getMessage();
            if (chained > 0) {
                strange.put(OperationChain.digest(text), what);
            } else if (text.endsWith("}")) {
                found.add(what);
                advance(text);
            }
        }
    }

    private void follow(int index, String text, JsonObject json) {
        if (index == 0 && json.has(OperationLog.FORGOTTEN)) {
            anchor = OperationChain.digest(text);
            before = json.string(OperationLog.FORGOTTEN);
            digests.add(before);
            return;
        }
        Optional<String> previous = json.optionalString(OperationChain.PREVIOUS);
        if (previous.isPresent() && strange.containsKey(previous.get())) {
            before = previous.get();
            found.add(strange.get(before));
        }
        if (previous.isPresent() && !previous.get().equals(before)) {
            found.add("line " + (index + 1) + what(json)
                    + " does not follow the line before it: a record was taken out," + " put in, moved or changed");
        } else if (previous.isEmpty() && chained > 0) {
            found.add("line " + (index + 1) + what(json) + " is not chained to the line before it");
        }
        chained += previous.isPresent() ? 1 : 0;
        json.optionalString(OperationLog.ANCHOR).ifPresent(digest -> anchored = digest);
        advance(text);
    }

    private void advance(String text) {
        before = OperationChain.digest(text);
        digests.add(before);
    }

    private static String what(JsonObject json) {
        return json.optionalString("description")
                .map(description -> " ('" + description + "' at " + json.string("when") + ")")
                .orElse("");
    }
}
