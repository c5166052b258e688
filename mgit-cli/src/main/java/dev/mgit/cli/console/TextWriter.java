package dev.mgit.cli.console;

import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;

/** Text as UTF-8 over a stream of bytes, which can be written to as well. */
public final class TextWriter extends PrintWriter {
    private final OutputStream stream;

    TextWriter(OutputStream stream) {
        super(new OutputStreamWriter(stream, StandardCharsets.UTF_8));
        this.stream = stream;
    }

    /** Thrown where results cannot be written: a command whose output is cut off has not succeeded. */
    public static final class Failed extends RuntimeException {
        private static final long serialVersionUID = 1;

        private final String reason;

        Failed(IOException cause) {
            super(cause);
            this.reason = String.valueOf(cause.getMessage());
        }

        /** What the operating system said. */
        public String reason() {
            return reason;
        }

        /** Whether the reader went away, as {@code head} does when it has seen enough. */
        public boolean isClosedPipe() {
            return reason.contains("Broken pipe") || reason.contains("Stream closed");
        }
    }

    /** The bytes below, after the text written so far. */
    OutputStream bytes() {
        flush();
        return stream;
    }

    /** A stream whose failures no {@link PrintWriter} swallows. */
    static OutputStream strict(OutputStream stream) {
        return new OutputStream() {
            @Override
            public void write(int b) {
                write(new byte[] {(byte) b}, 0, 1);
            }

            @Override
            public void write(byte[] bytes, int offset, int length) {
                try {
                    stream.write(bytes, offset, length);
                } catch (IOException e) {
                    throw new Failed(e);
                }
            }

            @Override
            public void flush() {
                try {
                    stream.flush();
                } catch (IOException e) {
                    throw new Failed(e);
                }
            }
        };
    }
}
