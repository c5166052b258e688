package dev.mgit.lineage.export;

import dev.mgit.lineage.checkpoint.NewFiles;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Path;

/** A layout as a folder. */
final class OciFolder implements OciFiles {
    private static final int BUFFER = 1 << 16;

    private final NewFiles files;

    OciFolder(Path folder) {
        this.files = new NewFiles(folder);
    }

    @Override
    public void add(String path, long size, Content content) throws IOException {
        try (FileChannel channel = files.create(path, false)) {
            OutputStream out = new BufferedOutputStream(Channels.newOutputStream(channel), BUFFER);
            content.writeTo(out);
            out.flush();
            channel.force(true);
        }
    }

    @Override
    public void close() {}
}
