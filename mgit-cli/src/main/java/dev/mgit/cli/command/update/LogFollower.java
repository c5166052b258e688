package dev.mgit.cli.command.update;

import dev.mgit.cli.console.Context;
import dev.mgit.delta.MgitException;
import dev.mgit.hooks.cascade.UpdateLogs;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;

/** Prints what a command has printed, and goes on while it prints more. Whole lines only, as they come. */
final class LogFollower {
    private static final long LOOK_MILLIS = 200;
    private static final int CHUNK = 1 << 16;

    private final Context context;
    private final Map<Path, Long> read = new HashMap<>();
    private boolean any;

    LogFollower(Context context) {
        this.context = context;
    }

    /** @param logs where they are, and whether more will come */
    void print(Supplier<UpdateLogs> logs, boolean follow) throws IOException {
        while (true) {
            UpdateLogs now = logs.get();
            rest(now.stdout(), now.over() || !follow);
            rest(now.stderr(), now.over() || !follow);
            if (now.over() || !follow) {
                break;
            }
            context.terminal().out().flush();
            pause();
        }
        if (!any) {
            context.output().note("it has printed nothing");
        }
    }

    private static void pause() {
        try {
            Thread.sleep(LOOK_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw MgitException.failed("interrupted");
        }
    }

    private void rest(Path file, boolean last) throws IOException {
        if (!Files.isRegularFile(file)) {
            return;
        }
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            ByteBuffer buffer = ByteBuffer.allocate(CHUNK);
            while (true) {
                long at = read.getOrDefault(file, 0L);
                int length = Math.max(0, channel.read(buffer.clear(), at));
                int whole = last || length == CHUNK ? length : wholeLines(buffer.array(), length);
                if (whole == 0) {
                    return;
                }
                read.put(file, at + whole);
                any = true;
                new String(buffer.array(), 0, whole, StandardCharsets.UTF_8)
                        .lines()
                        .forEach(context.output()::line);
            }
        }
    }

    private static int wholeLines(byte[] bytes, int length) {
        int end = length;
        while (end > 0 && bytes[end - 1] != '\n') {
            end--;
        }
        return end;
    }
}
