package dev.mgit.delta.json;

/** Text that is not the JSON it should be. Callers say which file it was in. */
public final class JsonException extends RuntimeException {
    public JsonException(String message) {
        super(message);
    }
}
