package dev.mgit.delta.codec;

import com.github.luben.zstd.util.Native;
import com.github.luben.zstd.util.ZstdVersion;
import dev.mgit.delta.MgitException;
import dev.mgit.delta.NativeFiles;
import java.io.IOException;
import java.net.URL;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;

/** The zstd that payloads are coded with. */
public final class ZstdLibrary {
    private ZstdLibrary() {}

    /** Of the library and, after a dash, of its binding. */
    public static String version() {
        return ZstdVersion.VERSION;
    }

    /** @throws MgitException of kind FAILED if the library cannot be unpacked or started here */
    public static synchronized void load() {
        if (Native.isLoaded()) {
            return;
        }
        try {
            Optional<Path> folder = NativeFiles.folder();
            URL resource = Native.class.getResource(resource());
            if (folder.isEmpty() || resource == null) {
                Native.load();
            } else {
                String name = Path.of(resource()).getFileName().toString();
                System.load(NativeFiles.unpacked(folder.get().toAbsolutePath(), "zstd", resource, name)
                        .toString());
                Native.assumeLoaded();
            }
        } catch (IOException | LinkageError e) {
            throw NativeFiles.notLoaded("zstd", e);
        }
    }

    /** Where its jar has it for Linux; elsewhere it finds and unpacks it for itself. */
    private static String resource() {
        String system = System.getProperty("os.name", "").toLowerCase(Locale.ROOT);
        String processor = System.getProperty("os.arch", "");
        return "/" + system + "/" + processor + "/libzstd-jni-" + version() + ".so";
    }
}
