package dev.mgit.serve.http;

import java.time.Duration;

/**
 * What a client may take up.
 *
 * @param connections open at once; one more closes the one that has waited longest for a request
 * @param requestLine bytes of method, path and query
 * @param head bytes of the request line and all header lines
 * @param patience how long a client may take to send a head, or the next piece of a body, or to take the next
 *     {@value #PIECE} bytes of an answer
 * @param grace how long requests that are under way when the server is closed may take to end
 */
public record Limits(int connections, int requestLine, int head, Duration patience, Duration grace) {
    /** Bytes written at a time. */
    static final int PIECE = 1 << 16;

    /** Header lines of a request. */
    static final int HEADERS = 100;

    public static Limits standard() {
        return new Limits(256, 8 << 10, 32 << 10, Duration.ofSeconds(30), Duration.ofSeconds(30));
    }
}
