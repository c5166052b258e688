package dev.mgit.serve.http;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;

/** The body of a request, of a given length or in chunks (RFC 9112, section 7.1). Reading ends where it ends. */
final class RequestBody extends InputStream {
    private static final int MAX_LINE = 1024;
    private static final int HEX = 16;

    private final InputStream in;
    private final boolean chunked;
    private final Runnable beforeReading;
    private boolean started;
    /** Bytes left of the body, or of the chunk. */
    private long left;

    private boolean ended;

    /** @param beforeReading called once before the first byte is waited for */
    RequestBody(InputStream in, long length, Runnable beforeReading) {
        this.in = in;
        this.chunked = length == RequestHead.CHUNKED;
        this.left = chunked ? 0 : length;
        this.ended = length == 0;
        this.beforeReading = beforeReading;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        if (ended) {
            return -1;
        }
        if (length == 0) {
            return 0;
        }
        if (!started) {
            started = true;
            beforeReading.run();
        }
        if (chunked && left == 0) {
            nextChunk();
            if (ended) {
                return -1;
            }
        }
        int count = in.read(target, offset, (int) Math.min(length, left));
        if (count < 0) {
            throw new EOFException("the request ends within its body");
        }
        left -= count;
        if (left == 0) {
            if (chunked) {
                requireEmptyLine();
            } else {
                ended = true;
            }
        }
        return count;
    }

    private void nextChunk() throws IOException {
        String size = line().split(";", 2)[0].strip();
        try {
            left = Long.parseLong(size, HEX);
        } catch (NumberFormatException e) {
            throw new HttpError(400, "a chunk has no size");
        }
        if (left < 0) {
            throw new HttpError(400, "a chunk has no size");
        }
        if (left == 0) {
            while (!line().isEmpty()) {
                // trailers say nothing that is needed
            }
            ended = true;
        }
    }

    private void requireEmptyLine() throws IOException {
        if (!line().isEmpty()) {
            throw new HttpError(400, "a chunk is longer than it says");
        }
    }

    private String line() throws IOException {
        var line = new StringBuilder();
        for (int b = in.read(); b != '\n'; b = in.read()) {
            if (b < 0) {
                throw new EOFException("the request ends within its body");
            }
            if (line.length() >= MAX_LINE) {
                throw new HttpError(400, "a line between chunks is too long");
            }
            line.append((char) b);
        }
        return line.toString().stripTrailing();
    }

    /** Reads what is left, up to so many bytes; whether that was all. */
    boolean drain(int most) throws IOException {
        byte[] buffer = new byte[1 << 13];
        int budget = most;
        while (!ended && budget > 0) {
            budget -= Math.max(0, read(buffer, 0, Math.min(buffer.length, budget)));
        }
        return ended;
    }
}
