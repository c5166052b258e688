package dev.mgit.serve.http;

import dev.mgit.lineage.text.VisibleText;
import java.util.LinkedHashMap;
import java.util.Map;

/** A request that cannot be answered as its sender hoped; becomes a reply. */
public final class HttpError extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final int status;
    private final transient Map<String, String> headers;

    /** @param message one sentence for whoever sent the request */
    public HttpError(int status, String message) {
        this(status, message, Map.of());
    }

    public HttpError(int status, String message, Map<String, String> headers) {
        super(VisibleText.of(message)); // it may quote what was sent, and ends in somebody's terminal
        this.status = status;
        this.headers = Map.copyOf(headers);
    }

    public int status() {
        return status;
    }

    /** The message as JSON, and in the header in which clients of the Hugging Face Hub look for it. */
    Reply reply() {
        String message = String.valueOf(getMessage());
        Map<String, String> all = new LinkedHashMap<>(headers);
        all.put("X-Error-Message", message.replaceAll("[^\\x20-\\x7e]", "?"));
        return Reply.json(status, Map.of("error", message)).with(all);
    }
}
