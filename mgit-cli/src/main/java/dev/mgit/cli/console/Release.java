package dev.mgit.cli.console;

import java.io.IOException;
import java.io.InputStream;
import java.util.Properties;

/** The version the build wrote into the jar. */
public final class Release {
    private Release() {}

    public static String number() throws IOException {
        Properties built = new Properties();
        try (InputStream in = Release.class.getResourceAsStream("/dev/mgit/cli/version.properties")) {
            if (in != null) {
                built.load(in);
            }
        }
        return built.getProperty("version", "unknown");
    }
}
