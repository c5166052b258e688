package dev.mgit.lineage.completeness;

import dev.mgit.delta.format.Formats;
import dev.mgit.delta.layout.Layout;
import java.io.IOException;

/**
 * The layout of a file that was read and found sound, kept or read again when it is needed: of a checkpoint with very many
 * tensors the layouts of all files at once are too much to hold.
 */
public final class KeptLayout {
    private final String format;
    private final long size;
    private final Reading reading;

    /** Reads a layout. */
    public interface Reading {
        Layout read() throws IOException;
    }

    private KeptLayout(Layout layout, Reading reading) {
        this.format = layout.format();
        this.size = layout.size();
        this.reading = reading;
    }

    public static KeptLayout of(Layout layout) {
        return new KeptLayout(layout, () -> layout);
    }

    /** @param reading reads the same file as it was read before */
    public static KeptLayout readAgain(Layout layout, Reading reading) {
        return new KeptLayout(layout, reading);
    }

    /** See {@link Layout#format}. */
    public String format() {
        return format;
    }

    /** Bytes of the content. */
    public long size() {
        return size;
    }

    public boolean isOpaque() {
        return format.equals(Formats.OPAQUE);
    }

    public Layout get() throws IOException {
        return reading.read();
    }
}
