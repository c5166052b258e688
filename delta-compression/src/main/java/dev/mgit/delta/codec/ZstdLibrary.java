package dev.mgit.delta.codec;

import com.github.luben.zstd.util.ZstdVersion;

/** The zstd that payloads are coded with. */
public final class ZstdLibrary {
    private ZstdLibrary() {}

    /** Of the library and, after a dash, of its binding. */
    public static String version() {
        return ZstdVersion.VERSION;
    }
}
