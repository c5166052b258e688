package dev.mgit.cli.console;

import dev.mgit.lineage.text.TextWidth;
import dev.mgit.lineage.text.VisibleText;
import java.util.Locale;

/** One line on stderr that says how far something is, redrawn in place and wiped at the end. Safe for threads. */
public final class ProgressLine implements AutoCloseable {
    private static final long REDRAW_NANOS = 100_000_000;

    private final Terminal terminal;
    private final String what;
    private final boolean shown;
    private final long started = System.nanoTime();
    private long drawn;
    private int width;

    ProgressLine(Terminal terminal, String what, boolean shown) {
        this.terminal = terminal;
        this.what = what;
        this.shown = shown;
    }

    /** Says that {@code done} of {@code total} bytes are dealt with; a total of 0 means it is not known. */
    public synchronized void bytes(long done, long total) {
        long now = System.nanoTime();
        if (!shown || now - drawn < REDRAW_NANOS) {
            return;
        }
        drawn = now;
        double seconds = (now - started) / 1e9;
        String share = total > 0 ? String.format(Locale.ROOT, " %3d%%", Math.min(100, done * 100 / total)) : "";
        draw(what + share + "  " + Output.bytes(done) + "  " + Output.bytes((long) (done / seconds)) + "/s");
    }

    /** Says that {@code done} of {@code total} things are dealt with. */
    public synchronized void items(long done, long total) {
        long now = System.nanoTime();
        if (shown && now - drawn >= REDRAW_NANOS) {
            drawn = now;
            draw(what + " " + done + (total > 0 ? " of " + total : ""));
        }
    }

    /** Prints a line that stays, such as what is being waited for; also where no progress is shown. */
    public synchronized void message(String line) {
        wipe();
        terminal.err().println(VisibleText.of(line));
        terminal.err().flush();
    }

    @Override
    public synchronized void close() {
        wipe();
        terminal.err().flush();
    }

    private void draw(String line) {
        String fitting = TextWidth.cut(VisibleText.of(line), terminal.columns() - 1);
        int columns = TextWidth.of(fitting);
        terminal.err().print("\r" + fitting + " ".repeat(Math.max(0, width - columns)));
        terminal.err().flush();
        width = columns;
    }

    private void wipe() {
        if (width > 0) {
            terminal.err().print("\r" + " ".repeat(width) + "\r");
            width = 0;
        }
    }
}
