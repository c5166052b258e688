package dev.mgit.cli;

import dev.mgit.cli.console.Output;
import dev.mgit.delta.NativeFiles;
import dev.mgit.delta.codec.ZstdLibrary;
import dev.mgit.delta.frame.Frame;
import dev.mgit.lineage.git.GitLineage;
import dev.mgit.lineage.parameters.NativeLibrary;
import dev.mgit.lineage.repository.Repository;
import java.io.IOException;
import java.io.InputStream;
import java.util.Properties;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** The version the build wrote into the jar, and what runs it. */
final class BuildVersion implements IVersionProvider {
    static final String VERBOSE = "--verbose";

    @Spec
    private @Nullable CommandSpec spec;

    @Override
    public String[] getVersion() throws IOException {
        String version = "mgit " + number() + " (Java " + Runtime.version() + ")";
        boolean verbose = spec != null
                && spec.commandLine().getParseResult() != null
                && spec.commandLine().getParseResult().hasMatchedOption(VERBOSE);
        return verbose ? new String[] {version, java(), system(), natives(), formats()} : new String[] {version};
    }

    static String number() throws IOException {
        Properties built = new Properties();
        try (InputStream in = BuildVersion.class.getResourceAsStream("version.properties")) {
            if (in != null) {
                built.load(in);
            }
        }
        return built.getProperty("version", "unknown");
    }

    private static String java() {
        return "java:    " + Runtime.version() + ", " + System.getProperty("java.vendor") + ", "
                + System.getProperty("java.home") + ", heap "
                + Output.bytes(Runtime.getRuntime().maxMemory());
    }

    private static String system() {
        return "system:  " + System.getProperty("os.name") + " " + System.getProperty("os.version") + ", "
                + System.getProperty("os.arch") + ", " + Runtime.getRuntime().availableProcessors() + " processors";
    }

    private static String natives() {
        return "natives: RocksDB " + NativeLibrary.version() + ", zstd " + ZstdLibrary.version()
                + NativeFiles.folder().map(folder -> ", unpacked in " + folder).orElse("");
    }

    /** The newest that are written; older ones are read. */
    private static String formats() {
        return "formats: repository " + Repository.FORMAT + ", manifest " + GitLineage.MANIFEST_SCHEMA + ", frame "
                + Frame.VERSION + ", JSON output " + Output.SCHEMA;
    }
}
