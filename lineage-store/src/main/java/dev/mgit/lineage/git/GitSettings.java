package dev.mgit.lineage.git;

import dev.mgit.delta.MgitException;
import dev.mgit.lineage.version.SettingsFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.eclipse.jgit.errors.ConfigInvalidException;
import org.eclipse.jgit.lib.Config;
import org.eclipse.jgit.lib.StoredConfig;
import org.eclipse.jgit.storage.file.FileBasedConfig;
import org.eclipse.jgit.util.FS;
import org.jspecify.annotations.Nullable;

/** Settings in a file of Git's configuration syntax. */
public final class GitSettings implements SettingsFile {
    private static final Pattern KEY = Pattern.compile("([A-Za-z0-9-]+)\\.(?:(.+)\\.)?([A-Za-z][A-Za-z0-9-]*)");

    private final StoredConfig config;
    private final String where;

    private GitSettings(StoredConfig config, String where) {
        this.config = config;
        this.where = where;
    }

    /** Reads a file; one that does not exist is empty. */
    public static GitSettings read(Path file) {
        QuietSystem.install();
        return load(new FileBasedConfig(file.toFile(), FS.DETECTED), file.toString());
    }

    /**
     * Reads the settings of a repository, which lie in a file that somebody else may have written: it cannot include
     * others.
     *
     * @param user file with the user's own, which count where the repository says nothing
     * @throws MgitException of kind INTEGRITY if the repository's cannot be read
     */
    public static GitSettings ofRepository(Path file, Optional<Path> user) {
        QuietSystem.install();
        StoredConfig base = user.map(path -> read(path).config).orElse(null);
        var config = new FileBasedConfig(base, file.toFile(), FS.DETECTED) {
            @Override
            protected byte @Nullable [] readIncludedConfig(String path) {
                return null;
            }
        };
        try {
            GitSettings settings = load(config, file.toString());
            if (!isReadable(config.toText())) {
                throw new MgitException(MgitException.Kind.USAGE, file + " cannot be read: it is no text", null);
            }
            return settings;
        } catch (MgitException e) {
            throw new MgitException(
                    MgitException.Kind.INTEGRITY,
                    e.getMessage(),
                    "fix it by hand, or run 'mgit fsck --repair', which keeps the lines that can be read",
                    e);
        }
    }

    /** What of a file of settings can be read, line by line; empty if all of it can. */
    public static Optional<String> readablePart(Path file) throws IOException {
        QuietSystem.install();
        byte[] bytes = Files.readAllBytes(file);
        String text = new String(bytes, StandardCharsets.UTF_8);
        if (isReadable(text) && Arrays.equals(text.getBytes(StandardCharsets.UTF_8), bytes)) {
            return Optional.empty();
        }
        var kept = new StringBuilder();
        boolean section = false; // what follows a section's damaged name is not another's
        for (String line : text.lines().toList()) {
            boolean begins = line.strip().startsWith("[");
            boolean readable = isReadable(kept + line + "\n");
            section = begins ? readable : section;
            if (readable && section) {
                kept.append(line).append('\n');
            }
        }
        return Optional.of(kept.toString());
    }

    private static boolean isReadable(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (Character.isISOControl(c) && "\t\r\n".indexOf(c) < 0 || c == '\ufffd') {
                return false;
            }
        }
        try {
            new Config().fromText(text);
            return true;
        } catch (ConfigInvalidException | IllegalArgumentException e) {
            return false;
        }
    }

    /**
     * The user's own Git configuration and the machine's, from where Git takes them: where {@code user.name} and {@code
     * user.email} usually stand, and what programs are to be run. No repository's counts.
     */
    public static GitSettings ofUser(Map<String, String> environment) {
        QuietSystem.install();
        StoredConfig all = null;
        for (Path file : ofUserFiles(environment)) {
            try {
                all = load(new FileBasedConfig(all, file.toFile(), FS.DETECTED), file.toString()).config;
            } catch (MgitException e) {
                // it is Git's, and Git complains of it: what cannot be read is left out
            }
        }
        return new GitSettings(all == null ? new FileBasedConfig(null, FS.DETECTED) : all, "your Git configuration");
    }

    /** The last counts most. */
    private static List<Path> ofUserFiles(Map<String, String> environment) {
        List<Path> files = new ArrayList<>();
        if (!environment.containsKey("GIT_CONFIG_NOSYSTEM")) {
            files.add(Path.of(environment.getOrDefault("GIT_CONFIG_SYSTEM", "/etc/gitconfig")));
        }
        String global = environment.get("GIT_CONFIG_GLOBAL");
        if (global != null) {
            files.add(Path.of(global));
            return files;
        }
        String home = environment.getOrDefault("HOME", "");
        String folder = environment.getOrDefault("XDG_CONFIG_HOME", "");
        if (!folder.isEmpty() || !home.isEmpty()) {
            files.add((folder.isEmpty() ? Path.of(home, ".config") : Path.of(folder)).resolve("git/config"));
        }
        if (!home.isEmpty()) {
            files.add(Path.of(home, ".gitconfig"));
        }
        return files;
    }

    private static GitSettings load(StoredConfig config, String where) {
        try {
            config.load();
            return new GitSettings(config, where);
        } catch (ConfigInvalidException e) {
            throw new MgitException(
                    MgitException.Kind.USAGE, where + " cannot be read: " + e.getMessage(), "fix it by hand", e);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private record Key(String section, String subsection, String name) {
        static Key parse(String key) {
            Matcher parts = KEY.matcher(key);
            if (!parts.matches()) {
                throw MgitException.usage("'" + key + "' is not a key: write section.name or section.sub.name");
            }
            return new Key(parts.group(1), parts.group(2), parts.group(3));
        }
    }

    @Override
    public Optional<String> get(String key) {
        Key k = Key.parse(key);
        return Optional.ofNullable(config.getString(k.section(), k.subsection(), k.name()));
    }

    @Override
    public void set(String key, String value) {
        Key k = Key.parse(key);
        config.setString(k.section(), k.subsection(), k.name(), value);
        save();
    }

    @Override
    public void add(String key, String value) {
        Key k = Key.parse(key);
        List<String> values = new ArrayList<>(values(k.section(), k.subsection(), k.name()));
        values.add(value);
        config.setStringList(k.section(), k.subsection(), k.name(), values);
        save();
    }

    @Override
    public void replace(Map<String, List<String>> values) {
        // In one order, whatever that of the map: the same settings are the same file.
        new TreeMap<>(values).forEach((key, some) -> {
            Key k = Key.parse(key);
            config.setStringList(k.section(), k.subsection(), k.name(), some);
        });
        save();
    }

    @Override
    public boolean unset(String key) {
        Key k = Key.parse(key);
        boolean there = config.getString(k.section(), k.subsection(), k.name()) != null;
        config.unset(k.section(), k.subsection(), k.name());
        save();
        return there;
    }

    /** @throws MgitException of kind USAGE if what was set could not be read back */
    private void save() {
        if (!isReadable(config.toText())) {
            throw new MgitException(
                    MgitException.Kind.USAGE,
                    "a setting cannot have control characters in it; " + where + " stays as it is",
                    null);
        }
        try {
            // JGit's own way does not sync: a power failure would leave an empty file
            Path file = ((FileBasedConfig) config).getFile().toPath();
            GitFiles.replace(
                    Files.exists(file) ? file.toRealPath() : file,
                    config.toText().getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new MgitException(
                    MgitException.Kind.FAILED, "cannot write " + where + ": " + e.getMessage(), null, e);
        }
    }

    @Override
    public Map<String, List<String>> all() {
        Map<String, List<String>> all = new TreeMap<>();
        for (String section : config.getSections()) {
            for (String name : config.getNames(section)) {
                all.put(section + "." + name, values(section, null, name));
            }
            for (String sub : config.getSubsections(section)) {
                for (String name : config.getNames(section, sub)) {
                    all.put(section + "." + sub + "." + name, values(section, sub, name));
                }
            }
        }
        return all;
    }

    /** JGit gives null for an empty value. */
    private List<String> values(String section, @Nullable String subsection, String name) {
        return Arrays.stream(config.getStringList(section, subsection, name))
                .map(value -> Objects.requireNonNullElse(value, ""))
                .toList();
    }
}
