package dev.mgit.cli.console;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.Charset;
import java.util.Set;

/**
 * Standard error without the stack traces that JGit prints there. For a repository in a folder a thread of JGit's plays the
 * other side; what fails in it comes to this side as a message, and is printed as a trace besides.
 */
public final class QuietErrors extends OutputStream {
    private static final Set<String> OTHER_SIDES = Set.of("JGit-Upload-Pack", "JGit-Receive-Pack");

    private final OutputStream out;

    private QuietErrors(OutputStream out) {
        this.out = out;
    }

    /** What to write to in place of standard error, or of another stream. */
    public static PrintStream of(PrintStream stream) {
        return new PrintStream(new QuietErrors(stream), true, Charset.defaultCharset());
    }

    @Override
    public void write(int b) throws IOException {
        if (isHeard()) {
            out.write(b);
        }
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        if (isHeard()) {
            out.write(bytes, offset, length);
        }
    }

    @Override
    public void flush() throws IOException {
        out.flush();
    }

    private static boolean isHeard() {
        return !OTHER_SIDES.contains(Thread.currentThread().getName());
    }
}
