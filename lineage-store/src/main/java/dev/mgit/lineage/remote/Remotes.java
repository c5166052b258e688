package dev.mgit.lineage.remote;

import dev.mgit.delta.MgitException;
import dev.mgit.lineage.git.RemoteAddress;
import dev.mgit.lineage.version.DidYouMean;
import dev.mgit.lineage.version.SettingsFile;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;

/** The remotes of a repository, in its settings file: {@code remote.NAME.url} and what belongs to it. */
public final class Remotes {
    private static final String SECTION = "remote.";
    private static final String URL = "url";
    private static final String STORE = "store";
    private static final String LINEAGE_ONLY = "lineageOnly";
    private static final String FILTER = "filter";
    private static final String DEFAULT = "origin";
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9_-]*");

    private final SettingsFile settings;
    private final Path root;

    /**
     * @param settings the repository's own; a user's settings name no remotes
     * @param root what relative addresses in the file are relative to
     */
    public Remotes(SettingsFile settings, Path root) {
        this.settings = settings;
        this.root = root;
    }

    /** Whether a setting is one of those kept here. */
    public static boolean isSetting(String key) {
        return key.startsWith(SECTION);
    }

    /** In order of names. */
    public List<Remote> list() {
        var names = new TreeSet<String>();
        for (String key : settings.all().keySet()) {
            int end = key.lastIndexOf('.');
            if (key.startsWith(SECTION) && end > SECTION.length() && key.endsWith("." + URL)) {
                names.add(key.substring(SECTION.length(), end));
            }
        }
        names.stream().filter(name -> !NAME.matcher(name).matches()).findFirst().ifPresent(name -> {
            throw new MgitException(
                    MgitException.Kind.USAGE,
                    "the settings have a remote '" + name + "', which is no name of one",
                    "fix the name in .mgit/config");
        });
        return names.stream().map(this::get).toList();
    }

    /** @throws MgitException of kind USAGE if there is none of that name */
    public Remote get(String name) {
        String prefix = SECTION + name + ".";
        if (!NAME.matcher(name).matches()) {
            throw unknown(name);
        }
        String url = settings.get(prefix + URL).orElseThrow(() -> unknown(name));
        return new Remote(
                name,
                RemoteAddress.parse(url, root),
                settings.get(prefix + STORE),
                settings.get(prefix + LINEAGE_ONLY).map(Boolean::parseBoolean).orElse(false),
                settings.all().getOrDefault(prefix + FILTER, List.of()));
    }

    /**
     * The remote that is meant where none is named: {@code origin}, or the only one.
     *
     * @throws MgitException of kind USAGE if there is none, or several and no {@code origin}
     */
    public Remote chosen(Optional<String> named) {
        if (named.isPresent()) {
            return get(named.get());
        }
        List<Remote> all = list();
        return all.stream()
                .filter(remote -> all.size() == 1 || remote.name().equals(DEFAULT))
                .findFirst()
                .orElseThrow(() -> all.isEmpty()
                        ? new MgitException(
                                MgitException.Kind.USAGE,
                                "there is no remote",
                                "add one with 'mgit remote add origin LINEAGE-URL --store STORE-URL'")
                        : new MgitException(
                                MgitException.Kind.USAGE,
                                "which remote: "
                                        + String.join(
                                                ", ",
                                                all.stream().map(Remote::name).toList()) + "?",
                                "name it"));
    }

    /** @throws MgitException of kind USAGE for a name that none can have, of kind CONFLICT for one that is taken */
    public void requireNew(String name) {
        if (!NAME.matcher(name).matches()) {
            throw new MgitException(
                    MgitException.Kind.USAGE,
                    "'" + name + "' is not a valid name for a remote",
                    "use letters, digits, '-' and '_'");
        }
        if (settings.get(SECTION + name + "." + URL).isPresent()) {
            throw new MgitException(
                    MgitException.Kind.CONFLICT,
                    "there is already a remote '" + name + "'",
                    "remove it with 'mgit remote rm " + name + "'");
        }
    }

    /** As {@link #requireNew}. */
    public void add(Remote remote) {
        requireNew(remote.name());
        String prefix = SECTION + remote.name() + ".";
        settings.replace(Map.of(
                prefix + URL, List.of(remote.address().toString()),
                prefix + STORE, remote.store().stream().toList(),
                prefix + LINEAGE_ONLY, remote.lineageOnly() ? List.of("true") : List.of(),
                prefix + FILTER, remote.filter()));
    }

    /** Keeps the address of the store a remote turned out to have. */
    void setStore(String name, String store) {
        settings.set(SECTION + name + "." + STORE, store);
    }

    /** @throws MgitException of kind USAGE if there is none of that name */
    public void remove(String name) {
        get(name);
        var none = new TreeMap<String, List<String>>();
        List.of(URL, STORE, LINEAGE_ONLY, FILTER).forEach(key -> none.put(SECTION + name + "." + key, List.of()));
        settings.replace(none);
    }

    private MgitException unknown(String name) {
        return new MgitException(
                MgitException.Kind.USAGE,
                "there is no remote '" + name + "'",
                DidYouMean.hint(name, list().stream().map(Remote::name).toList(), "'mgit remote' lists them"));
    }
}
