package dev.mgit.cli.console;

import dev.mgit.lineage.text.TextWidth;
import dev.mgit.lineage.text.VisibleText;
import java.util.List;

/** A few lines on stderr that are drawn again in place, for long work of several parts; wiped at the end. */
public final class LiveLines implements AutoCloseable {
    private static final String CLEAR_BELOW = "\r\u001b[J";

    private final Terminal terminal;
    private int drawn;

    LiveLines(Terminal terminal) {
        this.terminal = terminal;
    }

    /** Replaces what was drawn before; each line is cut to the terminal's width. */
    public void draw(List<String> lines) {
        drawVisible(lines.stream()
                .map(line -> TextWidth.cut(VisibleText.of(line), terminal.columns() - 1))
                .toList());
    }

    /** The same with lines that are short enough and as the terminal is to get them, styles and all. */
    public synchronized void drawVisible(List<String> lines) {
        var text = new StringBuilder(wiping());
        lines.forEach(line -> text.append(line).append('\n'));
        terminal.err().print(text);
        terminal.err().flush();
        drawn = lines.size();
    }

    private String wiping() {
        return drawn == 0 ? "" : "\u001b[" + drawn + "A" + CLEAR_BELOW;
    }

    @Override
    public synchronized void close() {
        terminal.err().print(wiping());
        terminal.err().flush();
        drawn = 0;
    }
}
