package dev.mgit.cli.command.evidence;

import dev.mgit.cli.console.Context;
import dev.mgit.delta.MgitException;
import dev.mgit.lineage.sign.Trust;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Whose signatures count. */
final class TrustOptions {
    @Option(
            names = "--key",
            paramLabel = "FILE",
            description = "Public key in PEM whose signatures count (repeatable). Default: the setting sign.trust.")
    private final List<Path> keys = new ArrayList<>();

    @Option(
            names = "--certificate-root",
            paramLabel = "FILE",
            description = "Root certificates in PEM; signatures under them count (repeatable).")
    private final List<Path> roots = new ArrayList<>();

    @Option(
            names = "--at",
            paramLabel = "TIME",
            description = "When certificates must be valid: a date or an ISO time. Default: now.")
    private @Nullable String at;

    boolean given() {
        return !keys.isEmpty() || !roots.isEmpty();
    }

    /** Those that options name, or else those that count by the settings and by what the repository says. */
    Trust trust(Context context, Trust ofRepository) {
        var files = new KeyFiles(context);
        List<Path> named = new ArrayList<>(keys);
        named.addAll(roots);
        Trust trust = given() ? files.trust(named) : files.configuredTrust().and(ofRepository);
        return trust.as(at == null ? Instant.now() : time(at));
    }

    private static Instant time(String text) {
        try {
            return text.length() <= 10
                    ? LocalDate.parse(text).atStartOfDay().toInstant(ZoneOffset.UTC)
                    : Instant.parse(text);
        } catch (DateTimeException e) {
            throw new MgitException(
                    MgitException.Kind.USAGE,
                    "'" + text + "' is no time",
                    "write 2026-01-31 or 2026-01-31T12:00:00Z",
                    e);
        }
    }
}
